"""Stand-ins for what the RPC layer meets: clock, reactor, sockets, sinks, and a small program."""

# ruff: noqa: ANN401 - stands for many types; Twisted's names
from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.task import Clock as TaskClock

from nfsgw.errors import FsError
from nfsgw.limits import Limits
from nfsgw.rpc.auth import encode_credential
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.message import pack_call
from nfsgw.rpc.program import Call, Credential, Peer, Procedure, Program
from nfsgw.rpc.record import LAST_FRAGMENT, pack_mark
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from nfsgw.xdr.codec import Packer, Unpacker

PROGRAM = 200_000
ALICE = Credential(1, b"alice", 1000, 100, (100, 200))
PEER = Peer("192.0.2.7", 700, "192.0.2.1", 2049, "tcp")


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def wall_ns(self) -> int:
        """Return a fixed wall time."""
        return 1_700_000_000_000_000_000

    def seconds(self) -> float:
        """Return the time that was set."""
        return self.now_s


class FakeReactor(TaskClock):
    """A clock with timers, that remembers who wants to read and write."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: set[Any] = set()
        self.writers: set[Any] = set()

    def addReader(self, reader: Any) -> None:
        """Remember a reader."""
        self.readers.add(reader)

    def removeReader(self, reader: Any) -> None:
        """Forget a reader."""
        self.readers.discard(reader)

    def addWriter(self, writer: Any) -> None:
        """Remember a writer."""
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:
        """Forget a writer."""
        self.writers.discard(writer)


class FakeSocket:
    """A stream socket whose other side is the test.

    :ivar room: how many bytes it takes before it is full.
    """

    family = socket.AF_UNIX

    def __init__(self, room: int = 1 << 30) -> None:
        self.incoming: deque[bytes] = deque()
        self.sent = bytearray()
        self.sends = 0
        self.room = room
        self.closed = False
        self.error: OSError | None = None
        self.ended = False

    def setblocking(self, _flag: bool) -> None:
        """Do as sockets do."""

    def fileno(self) -> int:
        """Return some descriptor."""
        return -1 if self.closed else 99

    def recv(self, count: int) -> bytes:
        """Return what the test has put in."""
        if self.error is not None:
            raise self.error
        if not self.incoming:
            if self.ended:
                return b""
            raise BlockingIOError
        data = self.incoming.popleft()
        if len(data) > count:
            self.incoming.appendleft(data[count:])
        return data[:count]

    def recv_into(self, space: memoryview) -> int:
        """Receive into a buffer."""
        data = self.recv(len(space))
        space[: len(data)] = data
        return len(data)

    def send(self, data: bytes) -> int:
        """Take as much as there is room for."""
        if self.error is not None:
            raise self.error
        count = min(self.room, len(data))
        if not count and data:
            raise BlockingIOError
        self.room -= count
        self.sends += 1
        self.sent += data[:count]
        return count

    def sendmsg(self, pieces: list[Any], _ancillary: object, _flags: int) -> int:
        """Take as much as there is room for."""
        return self.send(b"".join(pieces))

    def shutdown(self, _how: int) -> None:
        """Do as sockets do."""

    def close(self) -> None:
        """Close."""
        self.closed = True


class FakeSink:
    """Collects the messages that are sent to it."""

    def __init__(self, peer: Peer = PEER) -> None:
        self.peer = peer
        self.messages: list[bytes] = []
        self.in_flight = 0
        self.drops = 0

    def reply(self, xid: int, parts: list[Any]) -> None:
        """Keep a successful reply."""
        head = b"".join(word.to_bytes(4, "big") for word in (xid, 1, 0, 0, 0, 0))
        self.messages.append(head + b"".join(parts))

    def send(self, message: bytes) -> None:
        """Keep a message."""
        self.messages.append(message)

    def begin(self, units: int) -> None:
        """Count a call that waits."""
        self.in_flight += units

    def settle(self, units: int) -> None:
        """Count it out."""
        self.in_flight -= units

    def drop(self) -> None:
        """Note that a call was left unanswered."""
        self.drops += 1


class Echo:
    """A program for tests: procedures that take an opaque and return an int and an opaque.

    ECHO (1) returns status 0 and its argument; FAIL (2) raises what the test set; PARK (3) waits
    until the test lets it go; CHANGE (4), which changes something, counts and waits if told to;
    SECRET (5) wants a credential; MUTE (6) is FAIL without a failure arm.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.parked: list[Wait[bytes]] = []
        self.calls: list[Call] = []
        self.changes = 0
        self.change_waits = False

    def program(self) -> Program:
        """Return the table."""
        rows = {
            1: self._row(1, "ECHO", self._echo),
            2: self._row(2, "FAIL", self._fail),
            3: self._row(3, "PARK", self._park, sheddable=True),
            4: self._row(4, "CHANGE", self._change, mutates=True, sheddable=True),
            5: self._row(5, "SECRET", self._echo, needs_credential=True),
            6: self._row(6, "MUTE", self._fail, failure=None),
        }
        return Program(PROGRAM, "echo", Packer, Unpacker, {2: rows, 3: rows})

    @staticmethod
    def _row(number: int, name: str, run: Callable[[Call, Any], Any], **flags: Any) -> Procedure:
        flags.setdefault("failure", lambda error: (ord(error.code.name[0]), b""))
        return Procedure(number, name, run, Unpacker.unpack_opaque, _encode, **flags)

    async def _echo(self, call: Call, argument: bytes) -> tuple[int, bytes]:
        self.calls.append(call)
        return 0, argument

    async def _fail(self, _call: Call, _argument: bytes) -> tuple[int, bytes]:
        assert self.error is not None
        raise self.error

    async def _park(self, _call: Call, _argument: bytes) -> tuple[int, bytes]:
        wait: Wait[bytes] = Wait()
        self.parked.append(wait)
        return 0, await wait

    async def _change(self, call: Call, _argument: bytes) -> tuple[int, bytes]:
        self.calls.append(call)
        self.changes += 1
        if self.error is not None:
            raise self.error
        if self.change_waits:
            wait: Wait[bytes] = Wait()
            self.parked.append(wait)
            return 0, await wait
        return 0, b"%d" % self.changes


def _encode(packer: Packer, result: tuple[int, bytes]) -> None:
    packer.pack_uint(result[0])
    packer.pack_opaque(result[1])


class Rig:
    """A dispatcher with the echo program and a clock."""

    def __init__(self, **limits: Any) -> None:
        self.clock = FakeClock()
        self.soon: list[Callable[[], None]] = []
        self.turn = Turn(self.soon.append)
        self.limits = Limits(**limits)
        self.dispatcher = Dispatcher(self.clock, self.turn, self.limits)
        self.echo = Echo()
        self.dispatcher.add(self.echo.program())

    def call(self, sink: FakeSink, message: bytes) -> None:
        """Dispatch one message in a turn."""
        with self.turn:
            self.dispatcher.call(message, 0, len(message), sink)

    def row(self, procedure: int) -> Any:
        """Return the counters of a procedure of version 3."""
        return self.dispatcher.metrics.rows[PROGRAM, 3, procedure]


def call_message(
    procedure: int,
    argument: bytes | None = b"abcd",
    *,
    xid: int = 77,
    program: int = PROGRAM,
    version: int = 3,
    credential: Credential = ALICE,
) -> bytes:
    """Return a call message, whose argument is an opaque (None: nothing)."""
    body = encode_credential(credential)
    head = pack_call(xid, program, version, procedure, credential.flavor, body)
    if argument is None:
        return head
    return head + opaque(argument)


def opaque(data: bytes) -> bytes:
    """Return the XDR form of a variable opaque."""
    return len(data).to_bytes(4, "big") + data + bytes(-len(data) & 3)


def words(*values: int) -> bytes:
    """Return 32-bit words in network order."""
    return b"".join(value.to_bytes(4, "big") for value in values)


def success(xid: int, status: int, data: bytes) -> bytes:
    """Return the reply of the echo program."""
    return words(xid, 1, 0, 0, 0, 0, status) + opaque(data)


def record(message: bytes, *sizes: int) -> bytes:
    """Return a message as a record; ``sizes`` are those of fragments before the last."""
    pieces = []
    for size in sizes:
        pieces.append(words(size) + message[:size])
        message = message[size:]
    return b"".join(pieces) + pack_mark(len(message)) + message


def records_of(stream: bytes) -> list[bytes]:
    """Split what was sent into messages; each must be one fragment."""
    messages = []
    while stream:
        mark = int.from_bytes(stream[:4], "big")
        assert mark & LAST_FRAGMENT
        size = mark & ~LAST_FRAGMENT
        assert len(stream) >= 4 + size
        messages.append(bytes(stream[4 : 4 + size]))
        stream = stream[4 + size :]
    return messages


def fs_error(code: Any) -> FsError:
    """Return a file error."""
    return FsError(code)
