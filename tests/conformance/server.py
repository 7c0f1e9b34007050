"""Our own programs in this process, as the cases see a server: a record in, a record out.

Everything is real but the network and the time: the dispatcher, the programs, the export table, a
brick on LMDB in a temporary directory, without fsync.  Time stands still between calls; while a
call waits, the timers that it waits for go off at once, and the clock is set to when they were
due.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nfsgw.backend import api
from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.hosts import Address
from nfsgw.exports.table import ExportTable
from nfsgw.limits import Limits
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.nfs3 import Nfs3, nfs3_program
from nfsgw.rpc.dispatch import Dispatcher, joined
from nfsgw.rpc.message import ACCEPTED
from nfsgw.rpc.program import Peer
from nfsgw.turn import Turn
from nfsgw.waiting import result_of
from tests.conformance.client import ALICE, ROOT, Session, call_record, ok, parse_reply
from tests.conformance.volumes import open_volume

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
/demo/private   198.51.100.0/24(rw,no_root_squash)
/other          *(rw,no_root_squash)
"""
_DIRECTORIES = (b"readonly", b"squashed", b"anonymous", b"open", b"private")


class Time:
    """A clock and its timers."""

    def __init__(self) -> None:
        self.now_ns = 1_700_000_000_000_000_000
        self._due: list[tuple[int, int, _Timer]] = []
        self._count = itertools.count()

    def wall_ns(self) -> int:
        """Return the time of files; it moves a little, so that two changes differ."""
        self.now_ns += 1000
        return self.now_ns

    def seconds(self) -> float:
        """Return monotonic seconds."""
        return self.now_ns / 1e9

    def call_later(self, delay_s: float, function: Callable[[], object]) -> _Timer:
        """Run a function when somebody waits for that time."""
        timer = _Timer(function)
        due = self.now_ns + int(delay_s * 1e9)
        heapq.heappush(self._due, (due, next(self._count), timer))
        return timer

    def step(self) -> bool:
        """Go to the next timer and run it; return False if there is none."""
        if not self._due:
            return False
        due, _, timer = heapq.heappop(self._due)
        self.now_ns = max(self.now_ns, due)
        if timer.function is not None:
            timer.function()
        return True


class _Timer:
    def __init__(self, function: Callable[[], object]) -> None:
        self.function: Callable[[], object] | None = function

    def cancel(self) -> None:
        """Do not run it."""
        self.function = None


class _Resolver:
    """Knows no names."""

    async def addresses(self, name: str) -> frozenset[Address]:
        return frozenset()

    async def names(self, address: Address) -> tuple[str, ...]:
        return ()

    async def netgroup(self, name: str) -> Collection[str] | None:
        return None


class _Ids:
    """Draws export ids, counting."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, bytes], int] = {}

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        return self._ids.setdefault((volume_id, directory), len(self._ids) + 1)


class _Volumes:
    """The volumes of this server, all started."""

    def __init__(self) -> None:
        self.volumes: dict[int, api.Volume] = {}

    def get(self, volume_id: int) -> api.Volume | None:
        return self.volumes.get(volume_id)

    def id_of(self, name: str) -> int | None:
        return next((v.id for v in self.volumes.values() if v.name == name), None)

    def names(self) -> Iterable[str]:
        return [volume.name for volume in self.volumes.values()]


class Faulty:
    """A volume whose methods fail on request, before they do anything."""

    def __init__(self, volume: api.Volume) -> None:
        self._volume = volume
        self.faults: dict[str, list[FsCode | Exception]] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the volume has
        value = getattr(self._volume, name)
        if not callable(value):
            return value

        async def method(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
            waiting = self.faults.get(name)
            if waiting:
                fault = waiting.pop()
                raise FsError(fault) if isinstance(fault, FsCode) else fault
            return await value(*args, **kwargs)

        return method


class _Sink:
    """Takes the reply to one call."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.record: bytes | None = None

    def reply(self, xid: int, parts: list[Any]) -> None:
        self.record = ACCEPTED.pack(xid, 1, 0, 0, 0, 0) + joined(parts)
        for part in parts:
            release = getattr(part, "release", None)
            if release is not None:
                release()

    def send(self, message: bytes) -> None:
        self.record = message

    def begin(self, units: int) -> None:
        pass

    def settle(self, units: int) -> None:
        pass


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
        volumes = _Volumes()
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
            volumes.volumes[volume.id] = Faulty(volume)
        self.volumes = volumes
        self.codec = HandleCodec(bytes(range(32)))
        self.exports = ExportTable(volumes, self.codec, _Ids(), _Resolver(), self.time, lambda: ())
        result_of(self.exports.load(EXPORTS, "exports"))
        self.service = Nfs3(self.exports, self.limits, self.time, self.time.call_later)
        self.mounts = Mounts(None, self.time.call_later)
        self.dispatcher.add(nfs3_program(self.service))
        self.dispatcher.add(mount_program(self.exports, self.mounts))
        self._make_directories()

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
        sink = _Sink(peer)
        with self.turn:
            self.dispatcher.call(record, 0, len(record), sink)
        started_s = self.time.seconds()
        while sink.record is None:
            if self._soon:
                self._soon.pop(0)()
                continue
            with self.turn:
                stepped = self.time.step()
            assert stepped, "the call waits for something that never comes"
            assert self.time.seconds() - started_s < HELD_S_MAX, "held for longer than a minute"
        return sink.record

    @contextmanager
    def fault(self, method: str, fault: FsCode | Exception, times: int = 1) -> Iterator[None]:
        """Make a method of the volume ``demo`` fail the next ``times`` times."""
        volume = self.volumes.volumes[0x1000]
        assert isinstance(volume, Faulty)
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
