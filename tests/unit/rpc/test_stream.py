"""The server's connection: sending, back-pressure, half-closed peers, and idle ones."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.filerange import FileRange
from nfsgw.rpc.message import garbage_args
from nfsgw.rpc.tcp import Connection, TcpServer
from tests.unit.rpc.fakes import (
    PEER,
    FakeReactor,
    FakeSocket,
    Rig,
    call_message,
    record,
    records_of,
    success,
    words,
)


class Wire(Rig):
    """A rig with one connection on a fake socket."""

    def __init__(self, room: int = 1 << 30, **limits: Any) -> None:
        super().__init__(**limits)
        self.reactor = FakeReactor()
        self.server = TcpServer(self.reactor, self.dispatcher, [])
        self.server.start()
        self.sock = FakeSocket(room)
        self.dispatcher.census.admit(PEER.address)
        self.dispatcher.metrics.connections += 1
        self.connection = Connection(self.server, self.sock, PEER, self.clock.now_s)  # type: ignore[arg-type]
        self.server.connections.add(self.connection)
        self.connection.start()

    def receive(self, data: bytes) -> None:
        """Let bytes arrive, and the connection read as often as it wants to."""
        self.sock.incoming.append(data)
        self.read()

    def read(self) -> None:
        """Let the connection read what is there, as long as it wants to."""
        while self.reading() and self.sock.incoming:
            self.connection.doRead()

    def reading(self) -> bool:
        """Say whether the connection waits for input."""
        return self.connection in self.reactor.readers

    def writing(self) -> bool:
        """Say whether the connection waits for room."""
        return self.connection in self.reactor.writers

    @property
    def messages(self) -> list[bytes]:
        """Return the messages that were sent."""
        return records_of(bytes(self.sock.sent))

    def make_room(self, room: int) -> None:
        """Let the peer take more bytes."""
        self.sock.room += room
        if self.writing():
            self.connection.doWrite()


def calls(*xids: int, argument: bytes = b"abcd", procedure: int = 1) -> bytes:
    """Return several calls as one stream."""
    return b"".join(record(call_message(procedure, argument, xid=xid)) for xid in xids)


def replies(*xids: int, argument: bytes = b"abcd") -> list[bytes]:
    """Return what they are answered with."""
    return [success(xid, 0, argument) for xid in xids]


def test_all_replies_of_a_buffer_leave_in_one_send() -> None:
    """Thirty-two calls that arrive together are answered by one system call."""
    wire = Wire()
    wire.receive(calls(*range(32)))
    assert wire.messages == replies(*range(32))
    assert wire.sock.sends == 1
    assert not wire.writing()
    assert wire.connection.unsent == 0


@pytest.mark.parametrize("step", [1, 3, 50])
def test_calls_arrive_in_pieces(step: int) -> None:
    """A call is answered however its bytes are cut."""
    wire = Wire()
    stream = calls(1, 2, 3)
    for position in range(0, len(stream), step):
        wire.receive(stream[position : position + step])
    assert wire.messages == replies(1, 2, 3)


def test_large_call_is_received_in_place() -> None:
    """A call of 200 KiB is answered like any other."""
    wire = Wire()
    wire.receive(calls(1, 2, argument=bytes(200_000)) + calls(3))
    assert wire.messages == replies(1, 2, argument=bytes(200_000)) + replies(3)


@pytest.mark.parametrize("room", [0, 1, 27, 28, 29, 100])
def test_what_the_socket_does_not_take_is_sent_later(room: int) -> None:
    """A slow peer gets every byte in order, however little its socket takes at a time."""
    wire = Wire(room)
    wire.receive(calls(1, 2))
    wire.receive(calls(3))
    assert wire.writing()
    assert wire.connection.unsent
    for _ in range(1000):
        if not wire.writing():
            break
        wire.make_room(7)
    assert wire.messages == replies(1, 2, 3)
    assert wire.connection.unsent == 0


def test_reading_stops_while_the_peer_does_not_read() -> None:
    """A peer that sends calls but takes no replies is not read from, even within one buffer."""
    wire = Wire(room=0, output_bytes_max=2000)
    argument = bytes(600)
    wire.receive(calls(*range(20), argument=argument))
    assert not wire.reading()
    assert len(wire.echo.calls) == 4
    wire.make_room(1 << 20)
    assert wire.reading()
    assert wire.messages == replies(*range(20), argument=argument)


def test_reading_stops_at_the_cap_of_calls_in_flight() -> None:
    """A peer with too many unanswered calls is not read from until some are answered."""
    wire = Wire(calls_in_flight_max=2)
    wire.receive(calls(1, 2, 3, procedure=3))
    assert not wire.reading()
    assert len(wire.echo.parked) == 2
    wire.echo.parked[0].resolve(b"one")
    assert len(wire.echo.parked) == 3
    assert not wire.reading()
    wire.echo.parked[1].resolve(b"two")
    wire.echo.parked[2].resolve(b"three")
    assert wire.reading()
    for work in wire.soon:
        work()
    assert wire.messages == [success(1, 0, b"one"), success(2, 0, b"two"), success(3, 0, b"three")]


def test_half_closed_peer_gets_its_replies() -> None:
    """A peer that closes its sending side is still answered, then closed."""
    wire = Wire()
    wire.receive(calls(1, procedure=3))
    wire.sock.ended = True
    wire.connection.doRead()
    assert wire.sock.fileno() >= 0
    with wire.turn:
        wire.echo.parked[0].resolve(b"late")
    assert wire.messages == [success(1, 0, b"late")]
    assert wire.sock.closed
    assert wire.dispatcher.census.total == 0


def test_closing_peer_is_closed() -> None:
    """A peer that goes away without calls in flight is forgotten at once."""
    wire = Wire()
    wire.sock.ended = True
    wire.connection.doRead()
    assert wire.sock.closed
    assert not wire.server.connections
    assert wire.connection not in wire.reactor.readers
    assert wire.dispatcher.metrics.connections == 0


def test_reply_to_a_lost_client_is_dropped() -> None:
    """Losing the client does not cancel a call, and its reply goes nowhere."""
    wire = Wire()
    wire.receive(calls(1, procedure=3))
    wire.sock.error = ConnectionResetError(errno.ECONNRESET, "reset")
    wire.connection.doRead()
    assert wire.sock.closed
    with wire.turn:
        wire.echo.parked[0].resolve(b"late")
    assert wire.dispatcher.in_flight == 0
    assert not wire.sock.sent


def test_broken_send_closes() -> None:
    """A peer that resets while we send is closed, not retried."""
    wire = Wire()
    wire.sock.incoming.append(calls(1))
    recv = wire.sock.recv

    def receive_then_break(count: int) -> bytes:
        data = recv(count)
        wire.sock.error = BrokenPipeError(errno.EPIPE, "gone")
        return data

    wire.connection._recv = receive_then_break  # type: ignore[assignment]
    wire.connection.doRead()
    assert wire.sock.closed


@pytest.mark.parametrize(
    "rubbish",
    [words(0xFFFFFFFF), record(b"GET / HTTP/1.1\r\n"), record(b""), b"GET / HTTP/1.1\r\n\r\n"],
    ids=["too long", "not a call", "empty", "another protocol"],
)
def test_rubbish_drops_the_connection_after_the_replies(rubbish: bytes) -> None:
    """What is not RPC closes the connection, and is counted; calls before it are answered."""
    wire = Wire()
    wire.receive(calls(1) + rubbish)
    assert wire.messages == replies(1)
    assert wire.sock.closed
    assert wire.dispatcher.metrics.framing_errors == 1


def test_undecodable_arguments_keep_the_connection() -> None:
    """An error within a record is answered in its own ring: the stream goes on."""
    wire = Wire()
    wire.receive(record(call_message(1, None, xid=5)) + calls(6))
    assert wire.messages == [garbage_args(5), *replies(6)]
    assert not wire.sock.closed


# File ranges.


class Ranged:
    """A file, and a connection that is told to send pieces of it."""

    def __init__(self, path: Any, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wire = Wire()
        self.data = bytes(range(256)) * (size // 256)
        path.write_bytes(self.data)
        self.fd = os.open(path, os.O_RDONLY)
        self.released = 0
        self.sendfiles = 0

        def sendfile(_out: int, fd: int, offset: int, count: int) -> int:
            self.sendfiles += 1
            return self.wire.sock.send(os.pread(fd, min(count, 20_000), offset))

        monkeypatch.setattr(os, "sendfile", sendfile)

    def range(self, offset: int, length: int) -> FileRange:
        """Return a piece of the file."""

        def released() -> None:
            self.released += 1

        return FileRange(self.fd, offset, length, released)

    def reply(self, *parts: Any) -> None:
        """Send a reply."""
        with self.wire.turn:
            self.wire.connection.reply(9, list(parts))


@pytest.fixture
def ranged(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ranged]:
    """Return a file of 256 KiB."""
    made = Ranged(tmp_path / "file", 1 << 18, monkeypatch)
    yield made
    os.close(made.fd)


def test_short_range_is_read(ranged: Ranged) -> None:
    """A small piece of a file leaves with its header in one send."""
    ranged.reply(b"head", ranged.range(100, 4096))
    expected = words(9, 1, 0, 0, 0, 0) + b"head" + ranged.data[100:4196]
    assert ranged.wire.messages == [expected]
    assert (ranged.released, ranged.sendfiles, ranged.wire.sock.sends) == (1, 0, 1)


@pytest.mark.parametrize("room", [1 << 30, 10_000, 0])
def test_long_range_leaves_by_sendfile(ranged: Ranged, room: int) -> None:
    """A large piece goes from the file to the socket, in as many steps as that takes."""
    wire = ranged.wire
    wire.sock.room = room
    ranged.reply(b"head", ranged.range(256, 200_000), b"pad")
    wire.receive(calls(1))
    while wire.writing():
        wire.make_room(30_000)
    expected = words(9, 1, 0, 0, 0, 0) + b"head" + ranged.data[256:200_256] + b"pad"
    assert wire.messages == [expected, *replies(1)]
    assert ranged.released == 1
    assert ranged.sendfiles >= 9
    assert wire.connection.unsent == 0


@pytest.mark.parametrize("length", [1000, 100_000])
def test_short_file_drops_the_connection(ranged: Ranged, length: int) -> None:
    """If the file has become shorter its length is on the wire already: nothing can follow."""
    ranged.reply(b"head", ranged.range(len(ranged.data) - 500, length))
    assert ranged.wire.sock.closed
    assert ranged.released == 1


def test_ranges_are_released_when_the_connection_closes(ranged: Ranged) -> None:
    """Files of replies that are not sent are let go of."""
    ranged.wire.sock.room = 0
    ranged.reply(b"head", ranged.range(0, 100_000), ranged.range(0, 100))
    ranged.wire.connection.close("test")
    ranged.reply(b"head", ranged.range(0, 100))
    assert ranged.released == 3


# Idle peers.


def _pass(wire: Wire, seconds: float) -> None:
    for _ in range(int(seconds)):
        wire.clock.now_s += 1
        wire.reactor.advance(1)


def test_record_that_does_not_end_drops_the_connection() -> None:
    """A peer that dribbles a record byte by byte is dropped when its time is over."""
    wire = Wire(record_idle_s=20)
    for byte in calls(1)[:50]:
        wire.receive(bytes((byte,)))
        _pass(wire, 1)
    assert wire.sock.closed


def test_busy_connection_with_partial_records_is_kept() -> None:
    """A connection whose records often come in two pieces is not an idle one."""
    wire = Wire(record_idle_s=20)
    stream = calls(1)
    for _ in range(30):
        wire.receive(stream[50:] + stream[:50] if wire.echo.calls else stream + stream[:50])
        _pass(wire, 3)
    assert not wire.sock.closed


def test_unused_connection_is_closed() -> None:
    """A connection without calls is closed after its time, not before."""
    wire = Wire(record_idle_s=20, connection_idle_s=100)
    wire.receive(calls(1))
    _pass(wire, 95)
    assert not wire.sock.closed
    _pass(wire, 20)
    assert wire.sock.closed


def test_connection_with_a_waiting_call_is_not_idle() -> None:
    """A blocked call keeps its connection."""
    wire = Wire(connection_idle_s=100)
    wire.receive(calls(1, procedure=3))
    _pass(wire, 300)
    assert not wire.sock.closed


def test_peer_that_takes_no_replies_is_dropped() -> None:
    """A peer that has stopped reading does not hold its replies for ever."""
    wire = Wire(room=0, record_idle_s=20)
    wire.receive(calls(1))
    _pass(wire, 15)
    wire.make_room(3)
    _pass(wire, 18)
    assert not wire.sock.closed
    _pass(wire, 15)
    assert wire.sock.closed


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_arrives_only_costs_its_connection(data: st.DataObject) -> None:
    """Calls with bytes changed, cut and inserted, in pieces of any size, raise nothing."""
    stream = bytearray(calls(1, 2) + calls(3, procedure=4) + record(call_message(1, xid=4), 8))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(stream) - 1))
        end = position + data.draw(st.integers(0, 8))
        stream[position:end] = data.draw(st.binary(max_size=8))
    step = data.draw(st.integers(1, len(stream) + 1))
    wire = Wire()
    for position in range(0, len(stream), step):
        wire.receive(bytes(stream[position : position + step]))
    wire.connection.close("test")
    records_of(bytes(wire.sock.sent))
    assert wire.dispatcher.census.total == 0
