"""What a client does to files that are its own, and how it finds them afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from nfsgw.backend.api import ROOT, CreateMode, Listing, NewAttributes, Stability, Target, Written
from nfsgw.backend.brick.schema import EXTENT_BYTES, size_of
from nfsgw.backend.volume.running import RunningVolume
from nfsgw.errors import FsCode
from nfsgw.filerange import FileRange
from nfsgw.waiting import Wait, gather, step
from tests.simulation.calling import Caller, NoRoom
from tests.simulation.model import BLOCK, Ledger, Mismatch, PrivateFile

__all__ = ["PrivateWork", "bytes_of", "list_names"]

_FILES_MAX = 8
_DIRECTORIES_MAX = 4
_SIZES = (1, 1, 2, 8, 16, 40)
_NEAR = (0, 0, 1, 3, 8, 15, 16, 40)
_FAR = EXTENT_BYTES // BLOCK
_ENTRY_BYTES = 24
_STABILITIES = (
    Stability.UNSTABLE,
    Stability.UNSTABLE,
    Stability.FILE_SYNC,
    Stability.DATA_SYNC,
)

MODE = NewAttributes(mode=0o644)


def bytes_of(data: bytes | FileRange) -> bytes:
    """Return the bytes of a READ; here none of them are a range of a file."""
    assert not isinstance(data, FileRange)
    return data


async def list_names(caller: Caller, directory: int, what: str) -> list[bytes]:
    """List a directory, some entries at a time."""
    names: list[bytes] = []
    cookie = 0
    room = caller.random.choice((200, 600, 4096))
    while True:
        listing = await caller.ask(what, _reader(directory, cookie, room))
        names += [entry.name for entry in listing.entries]
        if listing.eof:
            return names
        if not listing.entries:
            raise Mismatch(f"{what}: no entries, and not the end")
        cookie = listing.entries[-1].cookie


def _reader(
    directory: int, cookie: int, room: int
) -> Callable[[RunningVolume], Coroutine[Any, Any, Listing]]:
    def read(volume: RunningVolume) -> Coroutine[Any, Any, Listing]:
        return volume.readdir(ROOT, directory, cookie, False, room, _ENTRY_BYTES)

    return read


class PrivateWork:
    """A directory of one client, with everything in it.

    :param far: some writes go several MiB away.
    """

    def __init__(self, caller: Caller, ledger: Ledger, far: bool) -> None:
        self._caller = caller
        self._random = caller.random
        self._ledger = ledger
        self._places = (*_NEAR, _FAR - 4, _FAR + 2) if far else _NEAR
        self._root = 0
        self._files: dict[bytes, PrivateFile] = {}
        self._directories: dict[bytes, int] = {}
        self._symlinks: dict[bytes, int] = {}
        self._counter = 0
        self._value = 0

    async def prepare(self, root: int) -> None:
        """Make the client's directory."""
        name = self._caller.name.encode()
        made = await self._caller.change(
            f"mkdir {self._caller.name}",
            lambda volume, request: volume.mkdir(ROOT, root, name, NewAttributes(), request),
        )
        self._root = made.inode

    def actions(self) -> list[tuple[int, Callable[[], Awaitable[None]]]]:
        """Return what it does, each with a weight."""
        return [
            (6, self.create),
            (14, self.write),
            (5, self.burst),
            (5, self.commit_some),
            (4, self.truncate),
            (3, self.rename),
            (1, self.link),
            (4, self.remove),
            (2, self.mkdir),
            (2, self.rmdir),
            (2, self.symlink),
            (6, self.look),
            (1, self.mistake),
        ]

    # Names

    def _name(self, kind: str) -> bytes:
        self._counter += 1
        return f"{kind}{self._counter}".encode()

    def _some(self) -> bytes | None:
        return self._random.choice(list(self._files)) if self._files else None

    async def create(self) -> None:
        """Create a file, in one of the ways of which all but one would fail if done twice."""
        if len(self._files) >= _FILES_MAX:
            await self.remove()
            return
        name = self._name("f")
        mode = self._random.choice(
            (CreateMode.GUARDED, CreateMode.GUARDED, CreateMode.EXCLUSIVE, CreateMode.UNCHECKED)
        )
        verifier = self._random.randbytes(8) if mode is CreateMode.EXCLUSIVE else None
        made = await self._caller.change(
            f"create {name.decode()} {mode.name}",
            lambda volume, request: volume.create(
                ROOT, self._root, name, mode, MODE, verifier, request
            ),
        )
        self._files[name] = PrivateFile(made.inode)

    async def link(self) -> None:
        """Give a file one more name."""
        old = self._some()
        if old is None:
            return
        file = self._files[old]
        name = self._name("l")
        await self._caller.change(
            f"link {old.decode()} {name.decode()}",
            lambda volume, request: volume.link(ROOT, file.inode, self._root, name, request),
        )
        file.links += 1
        self._files[name] = file

    async def rename(self) -> None:
        """Rename a file, sometimes over another one."""
        name = self._some()
        if name is None:
            return
        target = self._some() if self._random.random() < 0.3 else self._name("r")
        if target is None or target == name:
            return
        moved, replaced = self._files[name], self._files.get(target)
        await self._caller.change(
            f"rename {name.decode()} {target.decode()}",
            lambda volume, request: volume.rename(
                ROOT, self._root, name, self._root, target, request
            ),
            keep=moved is not replaced,
        )
        if moved is replaced:
            # Two names of one file: RENAME does nothing then.
            return
        del self._files[name]
        if replaced is not None:
            replaced.links -= 1
        self._files[target] = moved

    async def remove(self) -> None:
        """Remove a file."""
        name = self._some()
        if name is None:
            return
        await self._caller.change(
            f"remove {name.decode()}",
            lambda volume, request: volume.remove(ROOT, self._root, name, request),
        )
        self._files.pop(name).links -= 1

    async def mkdir(self) -> None:
        """Make a directory."""
        if len(self._directories) >= _DIRECTORIES_MAX:
            return
        name = self._name("d")
        made = await self._caller.change(
            f"mkdir {name.decode()}",
            lambda volume, request: volume.mkdir(
                ROOT, self._root, name, NewAttributes(mode=0o755), request
            ),
        )
        self._directories[name] = made.inode

    async def rmdir(self) -> None:
        """Remove a directory."""
        if not self._directories:
            return
        name = self._random.choice(list(self._directories))
        await self._caller.change(
            f"rmdir {name.decode()}",
            lambda volume, request: volume.rmdir(ROOT, self._root, name, request),
        )
        del self._directories[name]

    async def symlink(self) -> None:
        """Make a symbolic link, or remove one."""
        if len(self._symlinks) > 1:
            name = next(iter(self._symlinks))
            await self._caller.change(
                f"remove {name.decode()}",
                lambda volume, request: volume.remove(ROOT, self._root, name, request),
            )
            del self._symlinks[name]
            return
        name = self._name("s")
        made = await self._caller.change(
            f"symlink {name.decode()}",
            lambda volume, request: volume.symlink(
                ROOT, self._root, name, b"to " + name, NewAttributes(), request
            ),
        )
        self._symlinks[name] = made.inode

    async def mistake(self) -> None:
        """Do what must fail."""
        name = self._some()
        if name is None:
            return
        await self._caller.refused(
            f"create {name.decode()} again",
            lambda volume, request: volume.create(
                ROOT, self._root, name, CreateMode.GUARDED, MODE, None, request
            ),
            FsCode.EXIST,
        )
        await self._caller.refused(
            "remove nothing",
            lambda volume, request: volume.remove(ROOT, self._root, b"nothing", request),
            FsCode.NOENT,
        )

    # Bytes

    async def write(self) -> None:
        """Write some blocks, stably or not."""
        name = self._some()
        if name is not None:
            place = self._random.choice(self._places)
            await self._write(name, place, self._random.choice(_SIZES))

    async def burst(self) -> None:
        """Write one file in several places at the same time, as kernels do."""
        name = self._some()
        if name is None:
            return
        place = self._random.choice(self._places)
        waits: list[Wait[None]] = []
        for _ in range(self._random.randint(2, 4)):
            count = self._random.choice(_SIZES)
            waits.append(step(self._write(name, place, count, alone=False)))
            place += count + self._random.choice((0, 0, 3))
        await gather(*waits)
        if self._random.random() < 0.5:
            await self.commit(name)

    async def _write(
        self,
        name: bytes,
        first: int,
        count: int,
        alone: bool = True,
        how: tuple[Stability, ...] = _STABILITIES,
    ) -> None:
        file = self._files[name]
        self._value = value = self._value % 255 + 1
        data = bytes([value]) * (count * BLOCK)
        stability = self._random.choice(how)
        try:
            result = await self._caller.change(
                f"write {name.decode()} {first}+{count} ={value} {stability.name}",
                lambda volume, request: volume.write(
                    ROOT, file.inode, first * BLOCK, data, stability, request
                ),
                keep=stability is not Stability.UNSTABLE,
            )
        except NoRoom:
            file.write_failed(first, count, value)
            return
        verifier = self._check_written(result, stability, len(data))
        doubtful = verifier is not None and file.verifier not in (None, verifier)
        file.write(first, count, value, verifier)
        if doubtful and alone:
            await self.commit(name)

    def _check_written(self, result: Written, stability: int, count: int) -> bytes | None:
        if result.written != count:
            raise Mismatch(f"{self._caller.name}: a short write: {result.written}")
        if result.stability < stability:
            raise Mismatch(f"{self._caller.name}: a write less stable than asked for")
        self._saw_verifier(result.verifier)
        return result.verifier if result.stability == Stability.UNSTABLE else None

    def _saw_verifier(self, verifier: bytes) -> None:
        machine = self._caller.machine
        self._ledger.saw_verifier(verifier, machine.scheduler.seconds(), machine.disturbed_until_s)

    async def truncate(self) -> None:
        """Set a file's size."""
        name = self._some()
        if name is None:
            return
        file = self._files[name]
        size = self._random.choice(self._places) * BLOCK
        await self._caller.change(
            f"setattr {name.decode()} size {size // BLOCK}",
            lambda volume, request: volume.setattr(
                ROOT, file.inode, NewAttributes(size=size), None, request
            ),
        )
        file.truncate(size)

    async def commit_some(self) -> None:
        """COMMIT one file."""
        name = self._some()
        if name is not None:
            await self.commit(name)

    async def commit(self, name: bytes) -> None:
        """COMMIT a file: under its writes' verifier all is certain, else some may be lost.

        Then what is in doubt is written again.
        """
        file = self._files[name]
        committed = await self._caller.ask(
            f"commit {name.decode()}", lambda volume: volume.commit(file.inode, 0, 0)
        )
        self._saw_verifier(committed.verifier)
        if file.verifier in (None, committed.verifier):
            file.settle()
            return
        size = await self._check(name, lost=True)
        for first, count in _runs(file.lost(size), size // BLOCK):
            await self._write(name, first, count, alone=False, how=(Stability.FILE_SYNC,))

    # Looks

    async def look(self) -> None:
        """Look at one file, or at the directory."""
        if self._random.random() < 0.2:
            await self._check_names()
            return
        name = self._some()
        if name is not None:
            # Without a COMMIT nobody knows whether UNSTABLE data has been lost meanwhile.
            await self._check(name, lost=True)

    async def _check(self, name: bytes, lost: bool) -> int:
        """Compare a file with the model; return its size.

        :param lost: UNSTABLE data may be gone.
        """
        file = self._files[name]
        what = f"look at {name.decode()}"
        lost = lost and file.verifier is not None
        found = await self._caller.ask(what, lambda volume: volume.lookup(ROOT, self._root, name))
        try:
            if found.inode != file.inode:
                raise Mismatch(f"it is inode {found.inode}, not {file.inode}")
            if int.from_bytes(found.attributes[8:12], "big") != file.links:
                raise Mismatch(f"its link count is not {file.links}")
            size = size_of(found.attributes)
            file.check_size(size, lost)
            for first, count in _runs(file.doubtful, size // BLOCK):
                data = await self._read(what, file.inode, first * BLOCK, count * BLOCK)
                for number in range(count):
                    block = data[number * BLOCK : (number + 1) * BLOCK]
                    file.check_block(first + number, block, lost)
        except Mismatch as error:
            raise Mismatch(f"{self._caller.name}/{name.decode()}: {error}") from None
        return size

    async def _read(self, what: str, inode: int, offset: int, count: int) -> bytes:
        data = await self._caller.ask(what, lambda volume: volume.read(ROOT, inode, offset, count))
        return bytes_of(data.data)

    async def _check_names(self) -> None:
        names = await list_names(self._caller, self._root, "list own")
        wanted = sorted((*self._files, *self._directories, *self._symlinks, b".", b".."))
        if sorted(names) != wanted:
            raise Mismatch(f"{self._caller.name}: lists {sorted(names)} instead of {wanted}")

    async def check_all(self) -> None:
        """Compare everything with the model; UNSTABLE data is committed first."""
        await self._check_names()
        for name in list(self._files):
            await self.commit(name)
            await self._check(name, lost=False)
        for name, inode in self._symlinks.items():
            target = await self._readlink(name, inode)
            if target.target != b"to " + name:
                raise Mismatch(f"{self._caller.name}/{name.decode()} points to {target.target!r}")

    async def _readlink(self, name: bytes, inode: int) -> Target:
        return await self._caller.ask(
            f"readlink {name.decode()}", lambda volume: volume.readlink(ROOT, inode)
        )


def _runs(numbers: list[int], end: int) -> list[tuple[int, int]]:
    """Return (first, count) of the runs of consecutive numbers below ``end``, a few at a time."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if number >= end:
            break
        if runs and sum(runs[-1]) == number and runs[-1][1] < 64:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs
