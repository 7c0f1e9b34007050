"""The server's side of UDP: one call per datagram, answered from the address that was asked.

A machine with several addresses must reply from the one that the client sent to, or the client
drops the reply.  The kernel tells that address with each datagram (``IP_PKTINFO``,
``IPV6_PKTINFO``), and takes it back with the reply.
"""

# ruff: noqa: N802 - Twisted's names for what a reactor calls
from __future__ import annotations

import socket
from struct import Struct
from typing import Any, Final

from twisted.internet.interfaces import IReadDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from nfsgw.rpc.addresses import bind_inet, plain_address
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.message import ACCEPTED, MalformedMessage
from nfsgw.rpc.pieces import joined, release_pieces
from nfsgw.rpc.program import Peer
from nfsgw.rpc.reactor import Reactor
from nfsgw.waiting import Wait

__all__ = ["UdpServer", "listen_udp"]

_DATAGRAM_BYTES_MAX: Final = 65535
_DATAGRAMS_PER_TURN_MAX: Final = 64
_PEERS_MAX: Final = 4096

# Python 3.11 does not name it; Linux's value.
_IP_PKTINFO: Final = 8
_PKTINFO4: Final = Struct("@i4s4s")
_PKTINFO6: Final = Struct("@16si")
_ANCILLARY_BYTES: Final = socket.CMSG_SPACE(_PKTINFO6.size) + socket.CMSG_SPACE(_PKTINFO4.size)

Ancillary = list[tuple[int, int, bytes]]


class _Datagram:
    """The way back for the reply to one datagram."""

    __slots__ = ("ancillary", "peer", "server", "to")

    def __init__(
        self, server: UdpServer, peer: Peer, to: tuple[Any, ...], ancillary: Ancillary
    ) -> None:
        self.server = server
        self.peer = peer
        self.to = to
        self.ancillary = ancillary

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Datagram) and self.to == other.to and self.peer == other.peer

    def __hash__(self) -> int:
        return hash(self.to)

    def reply(self, xid: int, parts: list[Any]) -> None:
        """Send a successful reply."""
        try:
            result = joined(parts)
        except (OSError, EOFError):
            release_pieces(parts)
            self.server.dropped()
            return
        self.send(ACCEPTED.pack(xid, 1, 0, 0, 0, 0) + result)

    def send(self, message: bytes) -> None:
        """Send a message at the end of the turn."""
        self.server.send(self, message)

    def begin(self, units: int) -> None:
        """Count a call that waits."""
        self.server.begin(units)

    def settle(self, units: int) -> None:
        """Count a call that waits no longer."""
        self.server.settle(units)

    def drop(self) -> None:
        """Leave a call unanswered: who asks over UDP asks again."""
        self.server.dropped()


@implementer(IReadDescriptor)
class UdpServer:
    """Serves a dispatcher's programs on one bound UDP socket.

    A reply that the socket does not take is dropped: the client asks again, and the replay cache
    knows the answer.
    """

    log = Logger()

    def __init__(self, reactor: Reactor, dispatcher: Dispatcher, sock: socket.socket) -> None:
        sock.setblocking(False)
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        self.sock = sock
        self.in_flight = 0
        self._reactor = reactor
        self._dispatcher = dispatcher
        self._port = int(sock.getsockname()[1])
        self._in_flight_max = dispatcher.limits.calls_in_flight_max
        self._output: list[tuple[_Datagram, bytes]] = []
        self._peers: dict[tuple[Any, ...], Peer] = {}
        self._reading = False
        self._stopping = False
        self._emptied: Wait[None] | None = None

    @property
    def port(self) -> int:
        """Return the UDP port."""
        return self._port

    def start(self) -> None:
        """Begin to serve."""
        self._reading = True
        self._reactor.addReader(self)

    async def stop(self, deadline_s: float = 5.0) -> None:
        """Take no more calls, answer those in flight, and close.

        :param deadline_s: after this time the socket is closed with calls unanswered.
        """
        self._stopping = True
        self._stop_reading()
        if self.in_flight:
            self._emptied = Wait()
            timer = self._reactor.callLater(deadline_s, self._give_up)
            await self._emptied
            if timer.active():
                timer.cancel()
        self.flush()
        self.sock.close()

    def _give_up(self) -> None:
        if self._emptied is not None and not self._emptied.done:
            self._emptied.resolve(None)

    # What the ways back call.

    def send(self, datagram: _Datagram, message: bytes) -> None:
        """Send a reply at the end of the turn."""
        if not self._output:
            self._dispatcher.turn.send(self.flush)
        self._output.append((datagram, message))

    def flush(self) -> None:
        """Send all replies of this turn."""
        output, self._output = self._output, []
        if self.sock.fileno() < 0:
            return
        sendmsg = self.sock.sendmsg
        for datagram, message in output:
            try:
                sendmsg((message,), datagram.ancillary, 0, datagram.to)
            except OSError as error:
                self.dropped()
                if not isinstance(error, BlockingIOError):
                    self._dispatcher.complaints.warn(
                        datagram.peer.address, "cannot send a UDP reply", error
                    )

    def dropped(self) -> None:
        """Count a datagram that was not received or not sent."""
        self._dispatcher.metrics.datagrams_dropped += 1

    def begin(self, units: int) -> None:
        """Count a call that waits; at the limit, read no more."""
        self.in_flight += units
        if self.in_flight >= self._in_flight_max:
            self._stop_reading()

    def settle(self, units: int) -> None:
        """Count a call that waits no longer."""
        self.in_flight -= units
        if self._stopping:
            if not self.in_flight:
                self._give_up()
        elif not self._reading and self.in_flight < self._in_flight_max:
            self.start()

    # The reactor's side.

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 when closed."""
        return self.sock.fileno()

    def logPrefix(self) -> str:
        """Return what Twisted puts before lines that it logs for us."""
        return "rpc,udp"

    def doRead(self) -> None:
        """Run the calls of the datagrams that are there."""
        with self._dispatcher.turn:
            for _ in range(_DATAGRAMS_PER_TURN_MAX):
                if not self._reading:
                    return
                try:
                    data, ancillary, flags, sender = self.sock.recvmsg(
                        _DATAGRAM_BYTES_MAX, _ANCILLARY_BYTES
                    )
                except BlockingIOError:
                    return
                except OSError:
                    # What an earlier reply met on its way; the next datagram is not concerned.
                    continue
                self._received(data, ancillary, flags, sender)

    def connectionLost(self, reason: Failure) -> None:
        """Close, as the reactor ends (or found the socket dead)."""
        self.log.debug("a UDP socket is closed: {reason}", reason=reason.value)
        self.sock.close()

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading = False
            self._reactor.removeReader(self)

    def _received(
        self, data: bytes, ancillary: Ancillary, flags: int, sender: tuple[Any, ...]
    ) -> None:
        dispatcher = self._dispatcher
        dispatcher.metrics.datagrams += 1
        if flags & socket.MSG_TRUNC or not sender or not sender[1]:
            self.dropped()
            return
        local, ours = _local_address(ancillary)
        peer = self._peer(sender, local)
        try:
            dispatcher.call(data, 0, len(data), _Datagram(self, peer, sender, ours))
        except MalformedMessage as error:
            dispatcher.complaints.warn(peer.address, "datagrams dropped: not RPC", error)

    def _peer(self, sender: tuple[Any, ...], local: str) -> Peer:
        key = (sender[0], sender[1], local)
        peer = self._peers.get(key)
        if peer is None:
            if len(self._peers) >= _PEERS_MAX:
                self._peers.clear()
            address = plain_address(sender[0])
            peer = self._peers[key] = Peer(address, sender[1], local, self._port, "udp")
        return peer


def _local_address(ancillary: Ancillary) -> tuple[str, Ancillary]:
    """Return the address that a datagram came to, and what makes the reply leave from it."""
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            raw, interface = _PKTINFO6.unpack(value)
            if not raw.startswith(b"\xfe\x80"):
                # Only a link-local address needs the interface; else routing decides.
                interface = 0
            local = plain_address(socket.inet_ntop(socket.AF_INET6, raw))
            if raw[0] == 0xFF:
                return local, []
            return local, [(level, kind, _PKTINFO6.pack(raw, interface))]
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            # The second address is ours also when the datagram was a broadcast.
            _interface, raw, _ = _PKTINFO4.unpack(value)
            local = socket.inet_ntop(socket.AF_INET, raw)
            return local, [(level, kind, _PKTINFO4.pack(0, raw, bytes(4)))]
    return "", []


def listen_udp(reactor: Reactor, dispatcher: Dispatcher, host: str, port: int) -> UdpServer:
    """Serve on a UDP address; see ``addresses.bind_inet`` for ``host``.

    :raises OSError: the address cannot be had.
    """
    server = UdpServer(reactor, dispatcher, bind_inet(socket.SOCK_DGRAM, host, port))
    server.start()
    return server
