"""A whole gateway in this process, without sockets: its programs on two real volumes.

Records go in, replies come out, and every exchange is watched: one well-formed reply or none at
all, nothing logged as a failure, counters that add up, no file touched outside the bricks.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from struct import Struct
from time import process_time
from typing import Any, Final, cast

from nfsgw.backend.brick.check import check_brick
from nfsgw.backend.brick.identity import Identity
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.locks.api import Locks
from nfsgw.backend.volume.opening import Seams
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.table import ExportTable
from nfsgw.limits import Limits
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.nfs3 import Nfs3, nfs3_program
from nfsgw.nfs3.status import STATUS, answerable
from nfsgw.nfsacl import NFSACL_PROGRAM, nfsacl_program
from nfsgw.nlm import Callbacks, Hosts, Messages, Nlm, nlm_program
from nfsgw.nsm import Nsm, nsm_program
from nfsgw.portmap.program import portmap_program
from nfsgw.portmap.registry import Entry, Registry
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.message import MalformedMessage
from nfsgw.rpc.peers import Complaints
from nfsgw.rpc.program import Peer, Procedure, Program
from nfsgw.turn import Turn
from nfsgw.waiting import result_of, step
from nfsgw.xdr.generated import nfs3 as x
from nfsgw.xdr.generated import rpc
from tests.fuzz.watch import logged_failures, touched_files
from tests.support.lockd import LockManagers
from tests.support.monitoring import Network, stored_nowhere
from tests.support.surroundings import Ids, Names, Sink, Time, Volumes
from tests.support.volumes import start_at_once

__all__ = ["CLIENT", "DEMO", "OTHER", "PEERS", "Gateway", "Reply", "Row", "rows"]

DEMO: Final = 0x1000
OTHER: Final = 0x2000
POOL: Final = "ab" * 16
HELD_S_MAX: Final = 30.0
CPU_S_MAX: Final = 10.0
"""More than this for one call is an attack that succeeded."""
MESSAGE_BYTES_MAX: Final = Limits().record_bytes_max

CLIENT: Final = Peer("192.0.2.7", 900, "192.0.2.1", 2049, "tcp")
PEERS: Final = (
    CLIENT,
    Peer("192.0.2.7", 901, "192.0.2.1", 2049, "udp"),
    Peer("192.0.2.8", 50_000, "192.0.2.1", 2049, "tcp"),
    Peer("2001:db8::7", 700, "2001:db8::1", 2049, "tcp"),
    Peer("fe80::9", 700, "fe80::1", 2049, "udp"),
    Peer("127.0.0.1", 600, "127.0.0.1", 111, "tcp"),
    Peer("local", 0, "local", 0, "local", 0),
    Peer("local", 0, "local", 0, "local", 1000),
)

EXPORTS: Final = b"""\
/demo          *(rw,no_root_squash,insecure)
/demo/readonly *(ro,no_root_squash)
/demo/squashed *(rw,all_squash)
/demo/private  198.51.100.0/24(rw)
/other         *(rw,no_root_squash)
"""

_HEADER: Final = Struct(">IIIIII")
_REFUSALS: Final = (x.NFS3ERR_SERVERFAULT, x.NFS3ERR_JUKEBOX)


class Row:
    """A row of a program's table, and the names of its types.

    :ivar arguments: the type of the arguments in the specification; empty if there are none.
    :ivar result: the type of the result; empty for void.
    """

    def __init__(self, program: Program, version: int, row: Procedure) -> None:
        self.program = program
        self.version = version
        self.row = row
        self.arguments = _type_name(row.decode, "unpack_")
        self.result = _type_name(row.encode, "pack_")

    def __repr__(self) -> str:
        return f"{self.program.name}{self.version}.{self.row.name}"


def _type_name(method: Callable[..., Any], prefix: str) -> str:
    name = method.__name__
    return name.removeprefix(prefix) if name.startswith(prefix) else ""


class Reply:
    """A reply that was found well-formed.

    :ivar outcome: ``"SUCCESS"`` or another ``accept_stat``, or why it was denied.
    :ivar result: the decoded result of a successful call.
    """

    def __init__(self, data: bytes, outcome: str, result: Any = None) -> None:  # noqa: ANN401
        self.data = data
        self.outcome = outcome
        self.result = result

    @property
    def status(self) -> str:
        """Return the name of an NFS result's status, without prefix."""
        name = x.nfsstat3(self.result.status).name
        return name.removeprefix("NFS3ERR_").removeprefix("NFS3_")


class Gateway:
    """The gateway.

    :param folder: an empty directory; bricks are made in it, and a neighbour that nothing may
        touch.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = Time()
        self._soon: list[Callable[[], None]] = []
        self._from_threads: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.turn = Turn(self._soon.append)
        self.limits = Limits()
        self.dispatcher = Dispatcher(self.time, self.turn, self.limits)
        bricks = folder / "bricks"
        bricks.mkdir()
        self._allowed = str(bricks) + os.sep
        self.places = [bricks / "demo", bricks / "other"]
        volumes = [
            self._open(name, number, place)
            for name, number, place in zip(
                ("demo", "other"), (DEMO, OTHER), self.places, strict=True
            )
        ]
        self.volumes = Volumes(volumes)
        self.codec = HandleCodec(bytes(range(32)))
        self.ids = Ids()
        self.exports = ExportTable(
            self.volumes, self.codec, self.ids, Names(), self.time, lambda: ["192.0.2.1"]
        )
        result_of(self.exports.load(EXPORTS, "exports"))
        self.managers = LockManagers(self.time.call_later)
        self.hosts = Hosts(self.managers, self.managers.connect, self.time.call_later)
        self.callbacks = Callbacks(self.hosts, self.time.call_later, Complaints(self.time))
        for volume in volumes:
            self.callbacks.follow(volume.locks)
        for program in _programs(self.exports, self.time, self.limits, self):
            self.dispatcher.add(program)
        self._rows = {
            (row.program.number, row.version, row.row.number): row
            for row in _rows_of(self.dispatcher.programs)
        }
        self._tally: Counter[str] = Counter()
        self._xids = itertools.count(1)

    def _open(self, name: str, number: int, place: Path) -> SetVolume:
        brick = f"{number:032x}"
        place.mkdir()
        identity = Identity(POOL, number, 0, brick, (brick,), "none")
        format_brick(place, identity, self.time.now_ns)
        record = VolumeRecord(
            name,
            number,
            State.STARTED,
            {0: (BrickPlace(brick, f"here:{place}", place),)},
            {"storage.durability": "none", "storage.reserve": "1MiB"},
        )
        seams = Seams(
            self.time,
            self.turn,
            self.time.call_later,
            lambda function, *arguments: self._from_threads.put(lambda: function(*arguments)),
            lambda count: bytes(range(count)),
            "boot",
        )
        return start_at_once(record, POOL, seams)

    def close(self) -> None:
        """Close the bricks; what is on their disks must be in order then.

        :raises AssertionError: ``brick check`` finds something.
        """
        with self.turn:
            result_of(self.callbacks.stop())
        for volume in self.volumes.volumes.values():
            with self.turn:
                wait = step(volume.close())
            while not wait.done:
                self._progress(self.time.seconds() + HELD_S_MAX, "closing never ends")
            wait.result()
        for place in self.places:
            report = check_brick(place)
            assert report.clean, [str(finding) for finding in report.findings[:20]]

    def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return an export's id."""
        return self.ids.ids[volume_id, directory]

    def xid(self) -> int:
        """Return an xid that was not used before."""
        return next(self._xids)

    # Exchanging

    def exchange(
        self, data: bytes | memoryview, peer: Peer = CLIENT, start: int = 0, end: int | None = None
    ) -> Reply | None:
        """Give ``data[start:end]`` to the dispatcher, and return its one reply, found well-formed.

        None if it was no call, and so was not answered.
        """
        end = len(data) if end is None else end
        sink = Sink(peer)
        began_s = process_time()
        with logged_failures() as failures, touched_files() as touched:
            malformed = False
            try:
                with self.turn:
                    self.dispatcher.call(data, start, end, sink)
            except MalformedMessage:
                malformed = True
            until_s = self.time.seconds() + HELD_S_MAX
            while not malformed and not sink.replies:
                self._progress(until_s, "the call waits for something that never comes")
            self._run_soon()
        took_s = process_time() - began_s
        assert not failures, failures[0]
        outside = [path for path in touched if not path.startswith(self._allowed)]
        assert not outside, f"files outside the bricks were touched: {outside}"
        assert took_s < CPU_S_MAX, f"one call took {took_s} s"
        assert not sink.units, "a call that is answered still counts as waiting"
        self._tally["messages"] += 1
        if malformed:
            assert not sink.replies, "a reply to something that is no call"
            self._tally["malformed"] += 1
            self._check_counters()
            return None
        assert len(sink.replies) == 1, f"{len(sink.replies)} replies to one call"
        message = bytes(data[start:end])
        reply = self._checked(message, sink.replies[0])
        self._check_counters()
        return reply

    def idle(self, seconds: float = 20.0) -> None:
        """Let time pass, and what is due happen."""
        with logged_failures() as failures:
            until_s = self.time.seconds() + seconds
            self._run_soon()
            stepping = True
            while stepping:
                with self.turn:
                    stepping = self.time.step(until_s)
                self._run_soon()
            self.time.now_ns = int(until_s * 1e9)
        assert not failures, failures[0]

    def _run_soon(self) -> None:
        while self._soon:
            self._soon.pop(0)()

    def _progress(self, until_s: float, problem: str) -> None:
        if self._soon:
            self._run_soon()
            return
        if not self._from_threads.empty():
            self._from_threads.get()()
            return
        with self.turn:
            stepped = self.time.step(until_s)
        assert stepped, problem

    # Checking

    def _checked(self, message: bytes, reply: bytes) -> Reply:
        """Take a reply apart; every deviation from RFC 5531, section 9, is an error."""
        assert len(reply) % 4 == 0, "a reply that is no whole number of words"
        assert len(reply) <= MESSAGE_BYTES_MAX, "a reply above the record limit"
        unpacker = rpc.RPCUnpacker(reply)
        header = unpacker.unpack_rpc_msg()
        assert header.xid == int.from_bytes(message[:4], "big"), "the reply to another call"
        body = header.body.rbody
        assert body is not None, "not a reply"
        if body.stat == rpc.MSG_DENIED:
            unpacker.done()
            self._tally["denied"] += 1
            denied = body.rreply
            assert denied is not None
            if denied.stat == rpc.RPC_MISMATCH:
                assert denied.mismatch == rpc.mismatch_info(2, 2)
                return Reply(reply, "RPC_MISMATCH")
            return Reply(reply, rpc.auth_stat(denied.why or 0).name)
        accepted = body.areply
        assert accepted is not None
        assert (accepted.verf.flavor, accepted.verf.body) == (rpc.AUTH_NONE, b"")
        outcome = rpc.accept_stat(accepted.reply_data.stat).name
        assert outcome != "SYSTEM_ERR", "a call met a defect"
        if outcome != "SUCCESS":
            unpacker.done()
            self._tally["garbage" if outcome == "GARBAGE_ARGS" else "unavailable"] += 1
            return Reply(reply, outcome)
        self._tally["success"] += 1
        program, version, procedure = _HEADER.unpack_from(message)[3:]
        return self._checked_result(program, version, procedure, reply, unpacker.get_position())

    def _checked_result(
        self, program: int, version: int, procedure: int, reply: bytes, position: int
    ) -> Reply:
        row = self._rows[program, version, procedure]
        unpacker = row.program.unpacker(reply)
        unpacker.set_position(position)
        result = None
        if row.result:
            result = getattr(unpacker, f"unpack_{row.result}")()
        unpacker.done()
        if row.program.number == x.NFS_PROGRAM and result is not None:
            name = x.nfsstat3(result.status).name
            assert result.status not in _REFUSALS, f"{row!r} answers {name}"
            allowed = {0, *answerable(row.row.name).values()} & {0, *STATUS.values()}
            assert result.status in allowed, f"{row!r} answers {name}"
        elif row.program.number == NFSACL_PROGRAM and result is not None:
            name = x.nfsstat3(result.status).name
            assert result.status not in _REFUSALS, f"{row!r} answers {name}"
        return Reply(reply, "SUCCESS", result)

    def _check_counters(self) -> None:
        """Compare the metrics with what was seen here."""
        metrics, tally = self.dispatcher.metrics, self._tally
        rows = metrics.rows.values()
        found = {
            "malformed": metrics.malformed,
            "denied": metrics.denied,
            "unavailable": metrics.unavailable,
            "garbage": sum(row.garbage for row in rows),
            "success": sum(row.calls - row.garbage for row in rows),
        }
        assert found == {name: tally[name] for name in found}, "the counters do not add up"
        assert sum(found.values()) == tally["messages"]
        assert not any(row.faults or row.waiting or row.shed for row in rows)
        assert not self.dispatcher.in_flight


def _programs(
    exports: ExportTable | None, time: Time, limits: Limits, gateway: Gateway | None = None
) -> list[Program]:
    registry = Registry()
    for program in (x.NFS_PROGRAM, 100005, 100021):
        registry.add(Entry(program, 3, "tcp", "0.0.0.0.8.1"))
        registry.add(Entry(program, 3, "udp6", "::.8.1"))
    known = cast(ExportTable, exports)
    holding = Holding(limits.hold_s, time, time.call_later)
    nfs = Nfs3(known, limits, holding)

    def locks() -> list[Locks]:
        return [volume.locks for volume in cast(Gateway, gateway).volumes.volumes.values()]

    messages = Messages(gateway.hosts if gateway else cast(Hosts, None), Complaints(time))
    return [
        portmap_program(registry, time),
        mount_program(known, Mounts(None, time.call_later, entries_max=50), holding),
        nfs3_program(nfs),
        nfsacl_program(nfs),
        nlm_program(Nlm(known, locks, holding, messages)),
        nsm_program(_monitor(time)),
    ]


def _monitor(time: Time) -> Nsm:
    nsm = Network(time).monitor(Path("nowhere"), blocking=stored_nowhere())
    result_of(nsm.start())
    return nsm


def _rows_of(programs: Iterable[Program]) -> list[Row]:
    return [
        Row(program, version, row)
        for program in programs
        for version, table in program.versions.items()
        for row in table.values()
    ]


def rows() -> list[Row]:
    """Return all rows of all programs, for what must be known before there is a gateway."""
    return _rows_of(_programs(None, Time(), Limits()))
