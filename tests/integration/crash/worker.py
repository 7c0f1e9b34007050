"""One client that works, survives the server's death as a kernel would, and checks what it finds.

A call without an answer is sent again, byte for byte, on a new connection.  Calls that were
answered are now and then sent again too: the answer must be the first one, byte for byte.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from nfsgw.xdr.generated import nfs3
from tests.integration.crash.model import BLOCK, File, Mismatch
from tests.support.client import NfsClient, attributes, auth_sys

__all__ = ["Worker"]

_BLOCKS_MAX = 12_000
_REMEMBERED = 12


class Worker:
    """A client with a directory of its own.

    :param client: made for this worker alone.
    :param reborn: waits until the server serves again after its death.
    """

    def __init__(
        self, client: NfsClient, name: str, seed: int, reborn: Callable[[], None]
    ) -> None:
        self.client = client
        self.client.credential = auth_sys(machine=name.encode())
        self.chance = random.Random(seed)
        self.name = name
        self.reborn = reborn
        self.files: dict[bytes, File] = {}
        self.directories: set[bytes] = set()
        self.links: dict[bytes, bytes] = {}
        self.answered: deque[tuple[str, bytes, bytes]] = deque(maxlen=_REMEMBERED)
        self.acknowledged = 0
        self.resent = 0
        self.error: BaseException | None = None
        self._counter = 0
        self.directory = b""

    def prepare(self, root: bytes) -> None:
        """Make the worker's directory."""
        where = nfs3.diropargs3(root, self.name.encode())
        result = self.change("MKDIR", nfs3.MKDIR3args(where, attributes(0o755)))
        self.directory = result.resok.obj

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; an error is kept in ``error``."""
        try:
            while not stop.is_set():
                self.step()
        except BaseException as error:  # noqa: BLE001 - it is raised again by the test
            self.error = error

    def step(self) -> None:
        """Do one random thing."""
        actions: list[tuple[int, Callable[[], None]]] = [
            (6, self.create),
            (12, self.write),
            (4, self.commit),
            (3, self.truncate),
            (3, self.rename),
            (4, self.remove),
            (2, self.mkdir),
            (2, self.rmdir),
            (2, self.symlink),
            (2, self.check_one),
        ]
        weights, functions = zip(*actions, strict=True)
        self.chance.choices(functions, weights)[0]()

    def change(self, name: str, arguments: Any, keep: bool = True) -> Any:  # noqa: ANN401
        """Make a changing call that must succeed, however often the server dies meanwhile."""
        message = self.client.encode(name, arguments, next(self.client.xids))
        answer = self._send(message)
        result = self.client.decode(name, answer)
        if result.status != nfs3.NFS3_OK:
            raise Mismatch(f"{self.name}: {name} {arguments!r:.300}: status {result.status}")
        self.acknowledged += 1
        if keep:
            self.answered.append((name, message, answer))
        return result

    def ask(self, name: str, arguments: Any) -> Any:  # noqa: ANN401
        """Make a call that changes nothing."""
        answer = self._send(self.client.encode(name, arguments, next(self.client.xids)))
        return self.client.decode(name, answer)

    def _send(self, message: bytes) -> bytes:
        while True:
            try:
                connection = self.client.connect()
                connection.send(message)
                xid, answer = connection.receive()
            except OSError:
                self.client.close()
                self.reborn()
                self.resent += 1
                continue
            if xid != int.from_bytes(message[:4], "big"):
                raise Mismatch(f"{self.name}: reply to another call")
            return answer

    # what it does

    def create(self) -> None:
        """Create a file GUARDED or EXCLUSIVE: done twice, both would fail."""
        if len(self.files) > 30:
            return
        name = self._name(b"f")
        if self.chance.random() < 0.5:
            how = nfs3.createhow3(nfs3.GUARDED, obj_attributes=attributes(0o644))
        else:
            how = nfs3.createhow3(nfs3.EXCLUSIVE, verf=self.chance.randbytes(8))
        self.change("CREATE", nfs3.CREATE3args(self._where(name), how))
        self.files[name] = File()

    def write(self) -> None:
        """Write some blocks, stably or not."""
        name = self._some_file()
        if name is None:
            return
        file = self.files[name]
        first = self.chance.choice((0, 0, 1, 7, 8, 15, 40, 8190, _BLOCKS_MAX - 70))
        count = self.chance.choice((1, 1, 2, 8, 16, 64))
        value = self.chance.randrange(1, 256)
        stable = self.chance.choice((nfs3.UNSTABLE, nfs3.UNSTABLE, nfs3.FILE_SYNC))
        data = bytes([value]) * (count * BLOCK)
        arguments = nfs3.WRITE3args(self._find(name), first * BLOCK, len(data), stable, data)
        result = self.change("WRITE", arguments, keep=stable == nfs3.FILE_SYNC).resok
        if result.count != len(data):
            raise Mismatch(f"short write: {result.count}")
        unstable = result.committed == nfs3.UNSTABLE
        verifier = bytes(result.verf) if unstable else None
        restarted = unstable and file.verifier not in (None, verifier)
        file.write(first, count, value, verifier)
        if restarted:
            # A real client would write all that is in doubt again; this one looks what is left.
            self.commit(name)

    def commit(self, name: bytes | None = None) -> None:
        """COMMIT a file: under its writes' verifier all is certain, else some may be lost."""
        name = name or self._some_file()
        if name is None:
            return
        result = self.ask("COMMIT", nfs3.COMMIT3args(self._find(name), 0, 0))
        if result.status != nfs3.NFS3_OK:
            raise Mismatch(f"COMMIT: status {result.status}")
        if self.files[name].verifier == bytes(result.resok.verf):
            self.files[name].settle()
        else:
            self.check_file(name, bytes(result.resok.verf))

    def truncate(self) -> None:
        """Set a file's size."""
        name = self._some_file()
        if name is None:
            return
        blocks = self.chance.choice((0, 1, 5, 10, 8191, 9000))
        arguments = nfs3.SETATTR3args(self._find(name), attributes(size=blocks * BLOCK), None)
        self.change("SETATTR", arguments)
        self.files[name].truncate(blocks)

    def rename(self) -> None:
        """Rename a file, sometimes over another."""
        name = self._some_file()
        if name is None:
            return
        target = self._some_file() if self.chance.random() < 0.3 else self._name(b"r")
        assert target is not None
        if target == name:
            return
        self.change("RENAME", nfs3.RENAME3args(self._where(name), self._where(target)))
        self.files[target] = self.files.pop(name)

    def remove(self) -> None:
        """Remove a file."""
        name = self._some_file()
        if name is not None:
            self.change("REMOVE", nfs3.REMOVE3args(self._where(name)))
            del self.files[name]

    def mkdir(self) -> None:
        """Make a directory."""
        if len(self.directories) < 10:
            name = self._name(b"d")
            self.change("MKDIR", nfs3.MKDIR3args(self._where(name), attributes(0o755)))
            self.directories.add(name)

    def rmdir(self) -> None:
        """Remove a directory."""
        if self.directories:
            name = self.chance.choice(sorted(self.directories))
            self.change("RMDIR", nfs3.RMDIR3args(self._where(name)))
            self.directories.remove(name)

    def symlink(self) -> None:
        """Make or remove a symbolic link."""
        if self.links and self.chance.random() < 0.5:
            name = self.chance.choice(sorted(self.links))
            self.change("REMOVE", nfs3.REMOVE3args(self._where(name)))
            del self.links[name]
            return
        name = self._name(b"s")
        data = nfs3.symlinkdata3(attributes(), b"to " + name)
        self.change("SYMLINK", nfs3.SYMLINK3args(self._where(name), data))
        self.links[name] = b"to " + name

    # what it checks

    def check_one(self) -> None:
        """Check one file."""
        name = self._some_file()
        if name is not None:
            result = self.ask("COMMIT", nfs3.COMMIT3args(self._find(name), 0, 0))
            self.check_file(name, bytes(result.resok.verf))

    def check_file(self, name: bytes, verifier: bytes) -> None:
        """Compare a file with the model, after a COMMIT that answered ``verifier``."""
        file = self.files[name]
        handle = self._find(name)
        shown = self.ask("GETATTR", nfs3.GETATTR3args(handle)).resok.obj_attributes
        size = int.from_bytes(shown[20:28], "big")
        content = {}
        for number in sorted(set(file.blocks) | set(file.possible) | {0, 8191}):
            if (number + 1) * BLOCK <= size:
                read = self.ask("READ", nfs3.READ3args(handle, number * BLOCK, BLOCK))
                content[number] = bytes(read.resok.data)
        try:
            file.check(size, content, verifier)
        except Mismatch as error:
            raise Mismatch(f"{self.name}/{name.decode()}: {error}") from None

    def check_all(self) -> None:
        """Compare the whole directory with the model."""
        listed: set[bytes] = set()
        cookie, eof = 0, False
        while not eof:
            arguments = nfs3.READDIR3args(self.directory, cookie, bytes(8), 4096)
            reply = self.ask("READDIR", arguments).resok.reply
            for entry in reply.entries:
                if entry.name in listed:
                    raise Mismatch(f"{self.name}: {entry.name!r} is listed twice")
                listed.add(entry.name)
                cookie = entry.cookie
            eof = bool(reply.eof)
        wanted = {*self.files, *self.directories, *self.links, b".", b".."}
        if listed != wanted:
            raise Mismatch(f"{self.name}: missing {wanted - listed}, too many {listed - wanted}")
        for name in list(self.files):
            result = self.ask("COMMIT", nfs3.COMMIT3args(self._find(name), 0, 0))
            self.check_file(name, bytes(result.resok.verf))
        for name, target in self.links.items():
            link = self.ask("READLINK", nfs3.READLINK3args(self._find(name)))
            if link.resok.data != target:
                raise Mismatch(f"{self.name}: {name!r} points to {link.resok.data!r}")

    def send_again(self) -> None:
        """Send the last answered calls again: each must get its first answer."""
        for name, message, answer in self.answered:
            again = self._send(message)
            if again != answer:
                first, second = (self.client.decode(name, a) for a in (answer, again))
                raise Mismatch(f"{self.name}: {name} sent again: {first} then {second}")

    # how it names and finds

    def _name(self, kind: bytes) -> bytes:
        self._counter += 1
        return kind + b"%d" % self._counter

    def _some_file(self) -> bytes | None:
        return self.chance.choice(sorted(self.files)) if self.files else None

    def _where(self, name: bytes) -> nfs3.diropargs3:
        return nfs3.diropargs3(self.directory, name)

    def _find(self, name: bytes) -> bytes:
        result = self.ask("LOOKUP", nfs3.LOOKUP3args(self._where(name)))
        if result.status != nfs3.NFS3_OK:
            raise Mismatch(f"{self.name}: {name!r} is gone: status {result.status}")
        handle: bytes = result.resok.object
        return handle
