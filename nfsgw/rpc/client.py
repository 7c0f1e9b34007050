"""The calling side: many calls at once over TCP, a local socket, or UDP with retransmission.

Used for registration with rpcbind, for callbacks, and by the tests.  Calls are awaited in
coroutines that ``nfsgw.waiting`` drives.
"""

from __future__ import annotations

import errno
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from twisted.internet.interfaces import IDelayedCall, IReadDescriptor, IWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits
from nfsgw.rpc import message
from nfsgw.rpc.addresses import local_address
from nfsgw.rpc.auth import ANONYMOUS, encode_credential
from nfsgw.rpc.program import Credential
from nfsgw.rpc.reactor import Reactor
from nfsgw.rpc.record import BufferPool, pack_mark
from nfsgw.rpc.stream import Stream
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from nfsgw.xdr.codec import Packer, Unpacker, XdrError

__all__ = [
    "CallTimeout",
    "ConnectionFailed",
    "Remote",
    "RpcClient",
    "connect_local",
    "connect_tcp",
    "connect_udp",
    "null",
]

_RESERVED_PORTS: Final = range(1023, 599, -1)


class CallTimeout(NfsgwError):
    """No reply came in time; the call may have taken effect."""


class ConnectionFailed(NfsgwError):
    """There is no connection, or it was lost; a call under way may have taken effect."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A procedure of another program, as a caller sees it.

    :param packer: the generated Packer class; ``encode`` is one of its methods.
    :param unpacker: the generated Unpacker class; ``decode`` is one of its methods.
    """

    program: int
    version: int
    number: int
    packer: type[Any]
    unpacker: type[Any]
    encode: Callable[[Any, Any], None]
    decode: Callable[[Any], Any]


def _encode_nothing(_packer: object, _arguments: object) -> None:
    """Encode ``void``."""


def _decode_nothing(_unpacker: object) -> None:
    """Decode ``void``."""


def null(program: int, version: int) -> Remote:
    """Return procedure 0 of a program: it does nothing, but says that the program is there."""
    return Remote(program, version, 0, Packer, Unpacker, _encode_nothing, _decode_nothing)


class _Pending:
    """A call that waits for its reply."""

    __slots__ = ("remote", "timer", "wait")

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.timer: IDelayedCall | None = None
        self.wait: Wait[Any] = Wait()

    def end(self) -> None:
        if self.timer is not None and self.timer.active():
            self.timer.cancel()


class RpcClient(ABC):
    """Calls procedures of one server; :func:`connect_tcp` and its siblings make one.

    :param first_xid: where transaction ids begin.  Two clients at one address that begin alike
        could be taken for each other by the server's replay cache: pass a random number.
    :param credential: sent with every call.
    """

    def __init__(
        self, reactor: Reactor, first_xid: int, credential: Credential, timeout_s: float
    ) -> None:
        self._reactor = reactor
        self._xid = first_xid & 0xFFFFFFFF
        self._flavor = credential.flavor
        self._body = encode_credential(credential)
        self._timeout_s = timeout_s
        self._calls: dict[int, _Pending] = {}
        self._down: object = None

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - its type is what remote.decode returns
        """Call a procedure and return its decoded result.

        :param timeout_s: instead of the client's own.
        :raises CallTimeout: no reply in time.
        :raises ConnectionFailed: the connection is, or gets, closed.
        :raises RpcError: the server answered without a result; ``rpc.message`` has the subclasses.
        :raises XdrError: the arguments cannot be encoded.
        """
        if self._down is not None:
            raise ConnectionFailed(f"closed: {self._down}")
        packer = remote.packer()
        remote.encode(packer, arguments)
        xid = self._next_xid()
        head = message.pack_call(
            xid, remote.program, remote.version, remote.number, self._flavor, self._body
        )
        pending = self._calls[xid] = _Pending(remote)
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        self._transmit(xid, pending, head, packer.parts, limit_s)
        return await pending.wait

    @abstractmethod
    def _transmit(
        self, xid: int, pending: _Pending, head: bytes, parts: list[Any], timeout_s: float
    ) -> None:
        """Send a call and set its timer."""

    @abstractmethod
    def close(self) -> None:
        """Close; calls under way fail with ConnectionFailed."""

    def _next_xid(self) -> int:
        while True:
            self._xid = self._xid + 1 & 0xFFFFFFFF
            if self._xid not in self._calls:
                return self._xid

    def _timed_out(self, xid: int) -> None:
        pending = self._calls.pop(xid, None)
        if pending is not None:
            pending.wait.fail(CallTimeout("no reply in time"))

    def _take_reply(self, data: bytes | memoryview, start: int, end: int) -> None:
        """Match a message with its call; what matches none came too late, or is not for us."""
        if end - start < 4:
            return
        pending = self._calls.pop(int.from_bytes(data[start : start + 4], "big"), None)
        if pending is None:
            return
        pending.end()
        try:
            position = message.parse_reply(data, start, end)
            unpacker = pending.remote.unpacker()
            unpacker.reset(data, position, end)
            result = pending.remote.decode(unpacker)
            unpacker.done()
        except XdrError as error:
            pending.wait.fail(message.RemoteFault(f"an undecodable result: {error}"))
        except message.RpcError as error:
            pending.wait.fail(error)
        else:
            pending.wait.resolve(result)

    def _fail_all(self, reason: object) -> None:
        if self._down is None:
            self._down = reason
        calls, self._calls = self._calls, {}
        for pending in calls.values():
            pending.end()
            pending.wait.fail(ConnectionFailed(f"lost: {reason}"))


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
        self, xid: int, pending: _Pending, head: bytes, parts: list[Any], timeout_s: float
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
        self, xid: int, pending: _Pending, head: bytes, parts: list[Any], timeout_s: float
    ) -> None:
        self._try(xid, pending, b"".join((head, *parts)), timeout_s, self._retry_s)

    def _try(
        self, xid: int, pending: _Pending, datagram: bytes, left_s: float, retry_s: float
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

    :raises ConnectionFailed: it is refused at once, or no reserved port is free.
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
            if reserved or source:
                sock.bind((source or wildcard, source_port))
            sock.connect(address)
        except BlockingIOError:
            return sock
        except OSError as raised:
            sock.close()
            last = raised
            if raised.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                break
        else:
            return sock
    raise ConnectionFailed(str(last)) from last


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
    :raises ConnectionFailed: no route, or no reserved port is free.
    """
    sock = _open(socket.SOCK_DGRAM, host, port, source, reserved)
    return _DatagramClient(reactor, turn, sock, first_xid, credential, timeout_s, retry_s)
