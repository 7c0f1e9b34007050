"""UDP: datagrams in, replies out from the address that was asked."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

import socket
import struct
from collections import deque
from typing import Any

import pytest

from nfsgw.errors import FsCode
from nfsgw.filerange import FileRange
from nfsgw.rpc.udp import UdpServer, _Datagram
from nfsgw.waiting import step
from tests.unit.rpc.fakes import PEER, FakeReactor, Rig, call_message, fs_error, success

IP_PKTINFO = 8
CLIENT = ("192.0.2.7", 700)


class FakeUdpSocket:
    """A UDP socket whose other side is the test."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.family = family
        self.incoming: deque[Any] = deque()
        self.sent: list[tuple[bytes, Any, Any]] = []
        self.options: list[tuple[int, ...]] = []
        self.error: OSError | None = None
        self.closed = False

    def setblocking(self, _flag: bool) -> None:
        """Do as sockets do."""

    def setsockopt(self, *option: int) -> None:
        """Remember an option."""
        self.options.append(option)

    def getsockname(self) -> tuple[str, int]:
        """Return where it is bound."""
        return "0.0.0.0", 2049

    def fileno(self) -> int:
        """Return some descriptor."""
        return -1 if self.closed else 99

    def recvmsg(self, _size: int, _ancillary: int) -> Any:
        """Return what the test has put in."""
        if not self.incoming:
            raise BlockingIOError
        item = self.incoming.popleft()
        if isinstance(item, OSError):
            raise item
        return item

    def sendmsg(self, pieces: Any, ancillary: Any, _flags: int, address: Any) -> None:
        """Keep what is sent."""
        if self.error is not None:
            raise self.error
        self.sent.append((b"".join(pieces), ancillary, address))

    def close(self) -> None:
        """Close."""
        self.closed = True


class Wire(Rig):
    """A rig with a UDP server on a fake socket."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET, **limits: Any) -> None:
        super().__init__(**limits)
        self.reactor = FakeReactor()
        self.sock = FakeUdpSocket(family)
        self.server = UdpServer(self.reactor, self.dispatcher, self.sock)  # type: ignore[arg-type]
        self.server.start()

    def receive(self, *datagrams: bytes, sender: Any = CLIENT, flags: int = 0) -> None:
        """Let datagrams arrive, sent to 192.0.2.1."""
        info = struct.pack("@i", 3) + bytes((192, 0, 2, 1)) + bytes((192, 0, 2, 255))
        ancillary = [(socket.IPPROTO_IP, IP_PKTINFO, info)]
        self.sock.incoming.extend((data, ancillary, flags, sender) for data in datagrams)
        self.server.doRead()

    def reading(self) -> bool:
        """Say whether it waits for datagrams."""
        return self.server in self.reactor.readers

    def sent(self) -> list[bytes]:
        """Return the messages that were sent."""
        return [message for message, _, _ in self.sock.sent]


def test_reply_leaves_from_the_address_that_was_asked() -> None:
    """The reply carries the address that the call came to, also if that was a broadcast."""
    wire = Wire()
    wire.receive(call_message(1, b"hello"))
    info = bytes(4) + bytes((192, 0, 2, 1)) + bytes(4)
    assert wire.sock.sent == [
        (success(77, 0, b"hello"), [(socket.IPPROTO_IP, IP_PKTINFO, info)], CLIENT)
    ]
    assert (socket.IPPROTO_IP, IP_PKTINFO, 1) in wire.sock.options
    peer = wire.echo.calls[0].peer
    assert (peer.address, peer.port, peer.transport) == ("192.0.2.7", 700, "udp")
    assert (peer.local_address, peer.local_port) == ("192.0.2.1", 2049)


@pytest.mark.parametrize(
    ("local", "interface"), [("2001:db8::1", 0), ("fe80::1", 3), ("::ffff:192.0.2.1", 0)]
)
def test_reply_leaves_from_the_ipv6_address_that_was_asked(local: str, interface: int) -> None:
    """IPv6 does the same; only link-local addresses need the interface too."""
    wire = Wire(socket.AF_INET6)
    raw = socket.inet_pton(socket.AF_INET6, local)
    ancillary = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, raw + struct.pack("@i", 3))]
    sender = ("::ffff:192.0.2.7", 700, 0, 0)
    wire.sock.incoming.append((call_message(1), ancillary, 0, sender))
    wire.server.doRead()
    assert wire.sock.sent[0][1] == [
        (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, raw + struct.pack("@i", interface))
    ]
    assert wire.echo.calls[0].peer.address == "192.0.2.7"


def test_datagrams_of_one_turn_are_answered_together() -> None:
    """All datagrams that are there are read in one go, and each is answered."""
    wire = Wire()
    wire.receive(*(call_message(1, xid=xid) for xid in range(5)))
    assert wire.sent() == [success(xid, 0, b"abcd") for xid in range(5)]


def test_truncated_datagram_is_dropped() -> None:
    """A datagram that did not fit is not taken for a call."""
    wire = Wire()
    wire.receive(call_message(1), flags=socket.MSG_TRUNC)
    assert not wire.echo.calls
    assert wire.dispatcher.metrics.datagrams_dropped == 1


@pytest.mark.parametrize("data", [b"", b"abc", bytes(40), b"\0\0\0\1\0\0\0\1" + bytes(60)])
def test_rubbish_is_not_answered(data: bytes) -> None:
    """What is no call gets no answer: its source may be forged."""
    wire = Wire()
    wire.receive(data, call_message(1))
    assert wire.sent()[-1] == success(77, 0, b"abcd")
    assert len(wire.sent()) <= 2


def test_sender_without_port_is_dropped() -> None:
    """Nothing can be sent to port 0."""
    wire = Wire()
    wire.receive(call_message(1), sender=("192.0.2.7", 0))
    assert not wire.echo.calls


def test_socket_error_does_not_stop_the_server() -> None:
    """An ICMP error from an earlier reply costs nothing but a look."""
    wire = Wire()
    wire.sock.incoming.append(ConnectionRefusedError())
    wire.receive(call_message(1))
    assert len(wire.sent()) == 1


def test_repeated_change_is_answered_once_per_address() -> None:
    """A change that comes again while it runs is answered once to each port that asked."""
    wire = Wire()
    wire.echo.change_waits = True
    wire.receive(call_message(4), call_message(4))
    wire.receive(call_message(4), sender=("192.0.2.7", 701))
    assert wire.echo.changes == 1
    with wire.turn:
        wire.echo.parked[0].resolve(b"done")
    assert [address for _, _, address in wire.sock.sent] == [CLIENT, ("192.0.2.7", 701)]


def test_reading_stops_at_the_cap_of_calls_in_flight() -> None:
    """Datagrams wait in the kernel while too many calls are unanswered."""
    wire = Wire(calls_in_flight_max=1)
    wire.receive(call_message(3, xid=1), call_message(3, xid=2))
    assert len(wire.echo.parked) == 1
    assert not wire.reading()
    with wire.turn:
        wire.echo.parked[0].resolve(b"")
    assert wire.reading()
    wire.server.doRead()
    assert len(wire.echo.parked) == 2


def test_reply_that_the_socket_refuses_is_dropped() -> None:
    """The client asks again, and the replay cache knows the answer."""
    wire = Wire()
    wire.sock.error = BlockingIOError()
    wire.receive(call_message(4))
    wire.sock.error = None
    wire.receive(call_message(4))
    assert wire.sent() == [success(77, 0, b"1")]
    assert wire.dispatcher.metrics.datagrams_dropped == 1


def test_error_reply_goes_out_too() -> None:
    """File errors are answered over UDP as over TCP."""
    wire = Wire()
    wire.echo.error = fs_error(FsCode.IO)
    wire.receive(call_message(2))
    assert wire.sent() == [success(77, ord("I"), b"")]


def test_file_range_is_read(tmp_path: Any) -> None:
    """A datagram cannot leave by sendfile: the range is read; a short file costs the reply."""
    wire = Wire()
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    released: list[int] = []
    with path.open("rb") as file, wire.turn:
        way_back = _Datagram(wire.server, PEER, CLIENT, [])
        for length in (4, 100):
            piece = FileRange(file.fileno(), 2, length, lambda: released.append(1))
            way_back.reply(7, [piece])
    assert wire.sent()[0].endswith(b"2345")
    assert len(wire.sent()) == 1
    assert released == [1, 1]


def test_stop_answers_what_is_in_flight() -> None:
    """Stopping waits for calls in flight, and reads no more."""
    wire = Wire()
    wire.receive(call_message(3))
    stopped = step(wire.server.stop(5.0))
    assert wire.sock.fileno() >= 0
    assert not wire.reading()
    with wire.turn:
        wire.echo.parked[0].resolve(b"late")
    assert stopped.done
    assert wire.sent() == [success(77, 0, b"late")]
    assert wire.sock.closed
    assert not wire.reactor.getDelayedCalls()


def test_stop_gives_up_at_its_deadline() -> None:
    """A call that never ends does not keep the server from stopping."""
    wire = Wire()
    wire.receive(call_message(3))
    stopped = step(wire.server.stop(5.0))
    wire.reactor.advance(6)
    assert stopped.done
    assert wire.sock.closed
    with wire.turn:
        wire.echo.parked[0].resolve(b"too late")
    assert wire.sent() == []
