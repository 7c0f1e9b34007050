"""The calling side's sockets: TCP, a local socket, or UDP with retransmission."""

from __future__ import annotations

import errno
import socket
from typing import Any, Final

from twisted.internet.interfaces import IReadDescriptor, IWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from nfsgw.limits import Limits
from nfsgw.rpc.addresses import local_address
from nfsgw.rpc.auth import ANONYMOUS
from nfsgw.rpc.client import ConnectionFailed, PendingCall, RpcClient
from nfsgw.rpc.program import Credential
from nfsgw.rpc.reactor import Reactor
from nfsgw.rpc.record import BufferPool, pack_mark
from nfsgw.rpc.stream import Stream
from nfsgw.turn import Turn
from nfsgw.waiting import Wait

__all__ = ["NoReservedPort", "connect_local", "connect_tcp", "connect_udp"]

_RESERVED_PORTS: Final = range(1023, 599, -1)


class NoReservedPort(ConnectionFailed):
    """All ports below 1024 that may be used are in use; an ordinary one would do as well."""


class _ClientStream(Stream):
    """A connection of ours: records from it are replies."""

    owner: _StreamClient

    @property
    def full(self) -> bool:
        """Say no: replies are always read.

        Were we to stop until our calls are taken, while the server stops reading calls until its
        replies are taken, neither would ever go on.
        """
        return False

    def _record(self, data: bytes | memoryview, start: int, end: int) -> bool:
        self.owner.take(data, start, end)
        return False

    def _closed(self, reason: object) -> None:
        self.owner.lost(reason)


class _StreamClient(RpcClient):
    """Over TCP or a local stream socket."""

    def __init__(
        self,
        reactor: Reactor,
        turn: Turn,
        limits: Limits,
        sock: socket.socket,
        first_xid: int,
        credential: Credential,
        timeout_s: float,
    ) -> None:
        super().__init__(reactor, first_xid, credential, timeout_s)
        pool = BufferPool(limits.record_bytes_max)
        self._stream = _ClientStream(reactor, turn, limits, pool, sock)
        self._stream.owner = self
        self._stream.start()

    def _transmit(
        self, xid: int, pending: PendingCall, head: bytes, parts: list[Any], timeout_s: float
    ) -> None:
        size = len(head) + sum(map(len, parts))
        pending.timer = self._reactor.callLater(timeout_s, self._timed_out, xid)
        self._stream.write([pack_mark(size), head, *parts])

    def close(self) -> None:
        """Close; calls under way fail with ConnectionFailed."""
        self._stream.close("closed by us")

    def take(self, data: bytes | memoryview, start: int, end: int) -> None:
        """Take one reply."""
        self._take_reply(data, start, end)

    def lost(self, reason: object) -> None:
        """Note that the stream is closed."""
        self._fail_all(reason)


@implementer(IReadDescriptor)
class _DatagramClient(RpcClient):
    """Over a connected UDP socket: a call is sent again, with its xid, until a reply comes."""

    def __init__(
        self,
        reactor: Reactor,
        turn: Turn,
        sock: socket.socket,
        first_xid: int,
        credential: Credential,
        timeout_s: float,
        retry_s: float,
    ) -> None:
        super().__init__(reactor, first_xid, credential, timeout_s)
        self._turn = turn
        self._sock = sock
        self._retry_s = retry_s
        reactor.addReader(self)

    def _transmit(
        self, xid: int, pending: PendingCall, head: bytes, parts: list[Any], timeout_s: float
    ) -> None:
        self._try(xid, pending, b"".join((head, *parts)), timeout_s, self._retry_s)

    def _try(
        self, xid: int, pending: PendingCall, datagram: bytes, left_s: float, retry_s: float
    ) -> None:
        if left_s <= 0:
            self._timed_out(xid)
            return
        try:
            self._sock.send(datagram)
        except BlockingIOError:
            # As good as lost on the way.
            pass
        except OSError as error:
            self._refused(error)
            if xid not in self._calls:
                return
        delay_s = min(retry_s, left_s)
        pending.timer = self._reactor.callLater(
            delay_s, self._try, xid, pending, datagram, left_s - delay_s, 2 * retry_s
        )

    def _refused(self, error: OSError) -> None:
        """Fail all calls if the server's machine says that nobody listens there."""
        if error.errno == errno.ECONNREFUSED:
            calls, self._calls = self._calls, {}
            for pending in calls.values():
                pending.end()
                pending.wait.fail(ConnectionFailed(str(error)))

    def close(self) -> None:
        """Close; calls under way fail with ConnectionFailed."""
        if self._sock.fileno() >= 0:
            self._reactor.removeReader(self)
            self._sock.close()
        self._fail_all("closed by us")

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 when closed."""
        return self._sock.fileno()

    def logPrefix(self) -> str:  # noqa: N802 - Twisted's name
        """Return what Twisted puts before lines that it logs for us."""
        return "rpc,udp"

    def doRead(self) -> None:  # noqa: N802 - Twisted's name
        """Take the replies that are there."""
        with self._turn:
            while self._sock.fileno() >= 0:
                try:
                    data = self._sock.recv(65535)
                except BlockingIOError:
                    return
                except OSError as error:
                    self._refused(error)
                    return
                self._take_reply(data, 0, len(data))

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        """Fail all calls: the reactor found the socket dead."""
        self._sock.close()
        self._fail_all(reason.value)


@implementer(IWriteDescriptor)
class _Connecting:
    """A TCP connection that is being made."""

    def __init__(self, reactor: Reactor, sock: socket.socket, timeout_s: float) -> None:
        self.wait: Wait[None] = Wait()
        self._reactor = reactor
        self._sock = sock
        self._timer = reactor.callLater(timeout_s, self._end, "no connection in time")
        reactor.addWriter(self)

    def fileno(self) -> int:
        return self._sock.fileno()

    def logPrefix(self) -> str:  # noqa: N802 - Twisted's name
        return "rpc"

    def doWrite(self) -> None:  # noqa: N802 - Twisted's name
        error = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._end(OSError(error, errno.errorcode.get(error, "?")) if error else None)

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        self.doWrite()

    def _end(self, error: object) -> None:
        if self.wait.done:
            return
        self._reactor.removeWriter(self)
        if self._timer.active():
            self._timer.cancel()
        if error is None:
            self.wait.resolve(None)
        else:
            self._sock.close()
            self.wait.fail(ConnectionFailed(str(error)))


def _open(
    kind: socket.SocketKind, host: str, port: int, source: str, reserved: bool
) -> socket.socket:
    """Begin to connect a new socket.

    :raises NoReservedPort: no reserved port is free.
    :raises ConnectionFailed: it is refused at once.
    """
    flags = socket.AI_NUMERICHOST
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, 0, kind, 0, flags)[0]
    except OSError as error:
        raise ConnectionFailed(f"{host}: {error}") from error
    wildcard = "::" if family == socket.AF_INET6 else "0.0.0.0"
    ports = _RESERVED_PORTS if reserved else (0,)
    last: OSError | None = None
    for source_port in ports:
        sock = socket.socket(family, kind)
        sock.setblocking(False)
        try:
            if reserved and kind == socket.SOCK_STREAM:
                # Else a port that leads to one server could not lead to another as well, nor be
                # used again before a minute has passed.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reserved or source:
                sock.bind((source or wildcard, source_port))
            sock.connect(address)
        except BlockingIOError:
            return sock
        except OSError as raised:
            sock.close()
            last = raised
            if raised.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                raise ConnectionFailed(str(raised)) from raised
        else:
            return sock
    raise (NoReservedPort if reserved else ConnectionFailed)(str(last)) from last


async def connect_tcp(
    reactor: Reactor,
    turn: Turn,
    limits: Limits,
    host: str,
    port: int,
    *,
    first_xid: int,
    credential: Credential = ANONYMOUS,
    timeout_s: float = 10.0,
    source: str = "",
    reserved: bool = False,
) -> RpcClient:
    """Connect to a server over TCP.

    :param host: a numeric address.
    :param timeout_s: for the connection, and for each call unless it says otherwise.
    :param source: our address to come from.
    :param reserved: come from a port below 1024, as servers that check for it want (needs the
        privilege to).
    :raises NoReservedPort: none of those is free.
    :raises ConnectionFailed: there is no connection.
    """
    sock = _open(socket.SOCK_STREAM, host, port, source, reserved)
    await _Connecting(reactor, sock, timeout_s).wait
    return _StreamClient(reactor, turn, limits, sock, first_xid, credential, timeout_s)


def connect_local(
    reactor: Reactor,
    turn: Turn,
    limits: Limits,
    path: str,
    *,
    first_xid: int,
    credential: Credential = ANONYMOUS,
    timeout_s: float = 10.0,
) -> RpcClient:
    """Connect to a server on a local stream socket (``@name`` is an abstract one).

    :raises ConnectionFailed: nobody listens there.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        sock.connect(local_address(path))
    except OSError as error:
        sock.close()
        raise ConnectionFailed(f"{path}: {error}") from error
    return _StreamClient(reactor, turn, limits, sock, first_xid, credential, timeout_s)


def connect_udp(
    reactor: Reactor,
    turn: Turn,
    host: str,
    port: int,
    *,
    first_xid: int,
    credential: Credential = ANONYMOUS,
    timeout_s: float = 10.0,
    retry_s: float = 1.0,
    source: str = "",
    reserved: bool = False,
) -> RpcClient:
    """Return a client of a server on UDP; nothing is sent yet.

    :param retry_s: when a call is first sent again; the time doubles with each.
    :raises NoReservedPort: no reserved port is free.
    :raises ConnectionFailed: no route.
    """
    sock = _open(socket.SOCK_DGRAM, host, port, source, reserved)
    return _DatagramClient(reactor, turn, sock, first_xid, credential, timeout_s, retry_s)
