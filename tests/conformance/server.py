"""Our own programs in this process, as the cases see a server: a record in, a record out.

Everything is real but the network and the time: the dispatcher, the programs, the export table, a
brick on LMDB in a temporary directory, without fsync.  Time stands still between calls; while a
call waits, the timers that it waits for go off at once, and the clock is set to when they were
due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from nfsgw.backend import api
from nfsgw.backend.locks.api import Locks
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.table import ExportTable
from nfsgw.limits import Limits
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.nfs3 import Nfs3, nfs3_program
from nfsgw.nfsacl import nfsacl_program
from nfsgw.nlm import Callbacks, Hosts, Messages, Nlm, nlm_program
from nfsgw.nsm import nsm_program
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Peer
from nfsgw.turn import Turn
from nfsgw.waiting import result_of
from tests.conformance.client import ALICE, ROOT, Session, call_record, ok, parse_reply
from tests.conformance.volumes import open_volume
from tests.support.lockd import LockManagers
from tests.support.monitoring import Network
from tests.support.surroundings import Ids, Names, Sink, Time, Volumes

__all__ = ["CLIENT", "EXPORTS", "InProcess"]

CLIENT = "192.0.2.7"
SERVER = "192.0.2.1"
HELD_S_MAX = 60.0

EXPORTS = b"""\
/demo           *(rw,no_root_squash)
/demo/readonly  *(ro,no_root_squash)
/demo/squashed  *(rw,root_squash)
/demo/anonymous *(rw,all_squash,anonuid=1001,anongid=1001)
/demo/open      *(rw,no_root_squash,insecure)
/demo/noacl     *(rw,no_root_squash,no_acl)
/demo/private   198.51.100.0/24(rw,no_root_squash)
/other          *(rw,no_root_squash)
"""
_DIRECTORIES = (b"readonly", b"squashed", b"anonymous", b"open", b"noacl", b"private")


class Faulty:
    """A volume whose methods fail on request, before they do anything; likewise its locks."""

    def __init__(self, volume: api.Volume) -> None:
        self._volume = volume
        self.faults: dict[str, list[FsCode | Exception]] = {}
        self.locks: Any = FaultyLocks(volume.locks, self)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the volume has
        value = getattr(self._volume, name)
        return self.failing(name, value) if callable(value) else value

    def failing(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        """Return an operation that first does what was requested."""

        async def method(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
            waiting = self.faults.get(name)
            if waiting:
                fault = waiting.pop()
                raise FsError(fault) if isinstance(fault, FsCode) else fault
            return await operation(*args, **kwargs)

        return method


class FaultyLocks:
    """The locks of such a volume; faults are requested of the volume."""

    def __init__(self, locks: Locks, volume: Faulty) -> None:
        self._locks = locks
        self._volume = volume

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the locks have
        value = getattr(self._locks, name)
        return self._volume.failing(name, value) if iscoroutinefunction(value) else value


class InProcess:
    """The server; implements :class:`tests.conformance.client.Exchange`.

    :param directory: an empty directory for the bricks.
    """

    def __init__(self, directory: Path) -> None:
        self.time = Time()
        self._soon: list[Callable[[], object]] = []
        self.turn = Turn(self._soon.append)
        self.limits = Limits()
        self.dispatcher = Dispatcher(self.time, self.turn, self.limits)
        volumes: list[Faulty] = []
        self._closing: list[Callable[[], Any]] = []
        for number, name in enumerate(("demo", "other")):
            volume, close = open_volume(
                directory / name,
                name,
                0x1000 + number,
                self.time,
                self.turn,
                self.time.call_later,
                self._call_from_thread,
            )
            self._closing.append(close)
            volumes.append(Faulty(volume))
        self.volumes = Volumes(volumes)
        self.codec = HandleCodec(bytes(range(32)))
        self.exports = ExportTable(self.volumes, self.codec, Ids(), Names(), self.time, lambda: ())
        result_of(self.exports.load(EXPORTS, "exports"))
        holding = Holding(self.limits.hold_s, self.time, self.time.call_later)
        self.service = Nfs3(self.exports, self.limits, holding)
        self.mounts = Mounts(None, self.time.call_later)
        self.dispatcher.add(nfs3_program(self.service))
        self.dispatcher.add(nfsacl_program(self.service))
        self.dispatcher.add(mount_program(self.exports, self.mounts, holding))
        self.network = Network(self.time)
        self.nsm = self.network.monitor(directory / "nsm.json")
        result_of(self.nsm.start())
        self.dispatcher.add(nsm_program(self.nsm))
        self._add_nlm(holding, volumes)
        self._make_directories()

    def _add_nlm(self, holding: Holding, volumes: list[Faulty]) -> None:
        self.managers = LockManagers(self.time.call_later)
        hosts = Hosts(self.managers, self.managers.connect, self.time.call_later)
        complaints = self.dispatcher.complaints
        self.callbacks = Callbacks(hosts, self.time.call_later, complaints)
        for volume in volumes:
            self.callbacks.follow(volume.locks)
        messages = Messages(hosts, complaints)
        nlm = Nlm(self.exports, lambda: [volume.locks for volume in volumes], holding, messages)
        self.dispatcher.add(nlm_program(nlm))

    def _call_from_thread(self, function: Callable[..., object], *args: object) -> None:
        self._soon.append(lambda: function(*args))

    def _make_directories(self) -> None:
        session = Session(self)
        root = self.mount(b"/demo")
        for name in _DIRECTORIES:
            ok(session.mkdir(root, name, 0o777))
        anonymous = session.lookup(root, b"anonymous").resok
        assert anonymous is not None
        ok(session.setattr(anonymous.object, uid=ALICE.uid))

    def close(self) -> None:
        """Close the bricks."""
        self._finish(self.callbacks.stop())
        for close in self._closing:
            self._finish(close())

    def _finish(self, coroutine: Any) -> None:  # noqa: ANN401 - a coroutine
        with self.turn:
            result_of(coroutine)

    def peer(self, port: int = 900, address: str = CLIENT, transport: str = "tcp") -> Peer:
        """Return who calls."""
        return Peer(address, port, SERVER, 2049, transport)

    # Exchange

    def exchange(self, record: bytes, port: int | None = None) -> bytes:
        """Give the record to the dispatcher, and return what it answers."""
        return self.exchange_from(self.peer(900 if port is None else port), record)

    def exchange_from(self, peer: Peer, record: bytes) -> bytes:
        """Do the same as another peer."""
        sink = Sink(peer)
        with self.turn:
            self.dispatcher.call(record, 0, len(record), sink)
        started_s = self.time.seconds()
        while not sink.replies:
            if self._soon:
                self._soon.pop(0)()
                continue
            with self.turn:
                stepped = self.time.step()
            assert stepped, "the call waits for something that never comes"
            assert self.time.seconds() - started_s < HELD_S_MAX, "held for longer than a minute"
        (reply,) = sink.replies
        return reply

    def settle(self, seconds: float = 0.0) -> None:
        """Let time pass, and what is due happen."""
        until_s = self.time.seconds() + seconds + 0.001
        stepped = True
        while stepped or self._soon:
            while self._soon:
                self._soon.pop(0)()
            with self.turn:
                stepped = self.time.step(until_s)

    @contextmanager
    def fault(self, method: str, fault: FsCode | Exception, times: int = 1) -> Iterator[None]:
        """Make a method of the volume ``demo``, or its locks, fail the next ``times`` times."""
        volume = self.volumes.volumes[0x1000]
        volume.faults[method] = [fault] * times
        try:
            yield
        finally:
            del volume.faults[method]

    def export(self, name: str) -> bytes:
        """Return the root handle of an export: mounted from a client that may."""
        path = b"/other" if name == "other" else b"/demo/" + name.encode()
        return self.mount(path, "198.51.100.9" if name == "private" else CLIENT)

    def mount(self, path: bytes, address: str = CLIENT) -> bytes:
        """Mount a path, by the MOUNT program."""
        arguments = len(path).to_bytes(4, "big") + path + bytes(-len(path) % 4)
        xid, record = call_record(100005, 3, 1, arguments, ROOT)
        answer = parse_reply(self.exchange_from(self.peer(address=address), record), xid)
        assert answer[:4] == bytes(4), f"MNT {path!r} answers {answer[:4].hex()}"
        return answer[8 : 8 + int.from_bytes(answer[4:8], "big")]
