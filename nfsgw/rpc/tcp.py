"""The server's side of TCP and of local stream sockets: listening, connections, draining."""

# ruff: noqa: N802 - Twisted's names for what a reactor calls
from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from twisted.internet.interfaces import IDelayedCall, IReadDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from nfsgw.rpc.addresses import bind_inet, bind_local, stream_peer
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.message import MalformedMessage
from nfsgw.rpc.program import Peer
from nfsgw.rpc.reactor import Reactor
from nfsgw.rpc.record import BufferPool, FramingError
from nfsgw.rpc.stream import Stream
from nfsgw.waiting import Wait

__all__ = ["Connection", "TcpServer", "listen_local", "listen_tcp"]

_BACKLOG: Final = 1024
_ACCEPTED_PER_TURN_MAX: Final = 32
_ACCEPT_PAUSE_S: Final = 1.0
_UNUSED: Final = "no calls for long"
_OUT_OF_RESOURCES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Connection(Stream):
    """A client's connection: records from it are calls."""

    def __init__(self, server: TcpServer, sock: socket.socket, peer: Peer, now_s: float) -> None:
        dispatcher = server.dispatcher
        super().__init__(server.reactor, dispatcher.turn, dispatcher.limits, server.pool, sock)
        self.peer = peer
        self.quiet_since_s = now_s
        """When something was last received or sent, as far as the sweeps saw."""
        self.begun_since_s = now_s
        """When the record that is not whole yet began, as far as the sweeps saw."""
        self.partials_seen = 0
        self.unsent_seen = 0
        self._server = server
        self._dispatch = dispatcher.call

    def _record(self, data: bytes | memoryview, start: int, end: int) -> bool:
        try:
            self._dispatch(data, start, end, self)
        except MalformedMessage as error:
            raise FramingError(str(error)) from None
        return self.in_flight >= self._in_flight_max or self.unsent > self._unsent_max

    def drop(self) -> None:
        """Close at the end of the turn: what is not answered comes again on a new connection."""
        self._turn.send(lambda: self.close("too much under way"))

    def _broken(self, error: FramingError) -> None:
        dispatcher = self._server.dispatcher
        dispatcher.metrics.framing_errors += 1
        dispatcher.complaints.warn(self.peer.address, "connection dropped: not RPC", error)

    def _closed(self, reason: object) -> None:
        self._server.left(self)

    def logPrefix(self) -> str:
        """Return what Twisted puts before lines that it logs for us."""
        return f"rpc,{self.peer.address}"


@implementer(IReadDescriptor)
class _Port:
    """One listening socket on the reactor."""

    def __init__(self, server: TcpServer, sock: socket.socket) -> None:
        self.sock = sock
        self._server = server

    def fileno(self) -> int:
        return self.sock.fileno()

    def logPrefix(self) -> str:
        return "rpc"

    def doRead(self) -> None:
        for _ in range(_ACCEPTED_PER_TURN_MAX):
            try:
                sock, _address = self.sock.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _OUT_OF_RESOURCES:
                    self._server.pause(self, error)
                # Else the peer was gone again before we came to accept it.
                return
            self._server.accepted(sock)

    def connectionLost(self, reason: Failure) -> None:
        self._server.lost(self, reason)


class TcpServer:
    """Serves a dispatcher's programs on listening stream sockets: TCP or local.

    :param reactor: gives readiness and timers (``IReactorFDSet``, ``IReactorTime``).
    :param sockets: bound, perhaps listening already (a service manager may have done both).
    :param path: a socket file of ours, which goes when the server stops.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Reactor,
        dispatcher: Dispatcher,
        sockets: Iterable[socket.socket],
        path: str | None = None,
    ) -> None:
        limits = dispatcher.limits
        self.reactor = reactor
        self.dispatcher = dispatcher
        self.pool = BufferPool(limits.record_bytes_max)
        self.connections: set[Connection] = set()
        self._path = path
        self._ports = [_Port(self, sock) for sock in sockets]
        names = [port.sock.getsockname() for port in self._ports]
        self.port = next((int(name[1]) for name in names if isinstance(name, tuple)), 0)
        """The TCP port of the first socket; 0 for a local one."""
        self._pauses: dict[_Port, IDelayedCall] = {}
        self._sweep_s = max(0.01, min(15.0, limits.record_idle_s / 4))
        self._sweep: IDelayedCall | None = None
        self._emptied: Wait[None] | None = None

    def start(self) -> None:
        """Begin to accept connections."""
        for port in self._ports:
            port.sock.setblocking(False)
            port.sock.listen(_BACKLOG)
            self.reactor.addReader(port)
        self._sweep = self.reactor.callLater(self._sweep_s, self._look_for_idle)

    async def stop(self, deadline_s: float = 5.0) -> None:
        """Accept and read nothing more, answer the calls in flight, then close all connections.

        :param deadline_s: after this time connections are closed with their calls unanswered.
        """
        self._close_ports()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for connection in list(self.connections):
            connection.finish()
        if not self.connections:
            return
        self._emptied = Wait()
        timer = self.reactor.callLater(deadline_s, self._close_all)
        await self._emptied
        if timer.active():
            timer.cancel()

    def _close_ports(self) -> None:
        for pause in self._pauses.values():
            pause.cancel()
        self._pauses.clear()
        for port in self._ports:
            self.reactor.removeReader(port)
            port.sock.close()
        self._ports.clear()
        if self._path is not None:
            with suppress(FileNotFoundError):
                os.unlink(self._path)

    def _close_all(self) -> None:
        self.log.warn(
            "{count} connections closed with calls unanswered", count=len(self.connections)
        )
        for connection in list(self.connections):
            connection.close("stopped")

    def accepted(self, sock: socket.socket) -> None:
        """Take a new connection, unless there are too many."""
        dispatcher = self.dispatcher
        try:
            peer = stream_peer(sock)
        except OSError:
            sock.close()
            return
        if not dispatcher.census.admit(peer.address):
            dispatcher.metrics.connections_refused += 1
            dispatcher.complaints.warn(
                peer.address, "connection refused: too many", f"{dispatcher.census.total} are open"
            )
            sock.close()
            return
        dispatcher.metrics.connections_accepted += 1
        dispatcher.metrics.connections += 1
        connection = Connection(self, sock, peer, dispatcher.clock.seconds())
        self.connections.add(connection)
        connection.start()

    def left(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self.connections.discard(connection)
        self.dispatcher.census.leave(connection.peer.address)
        self.dispatcher.metrics.connections -= 1
        if self._emptied is not None and not self.connections:
            self._emptied.resolve(None)

    def pause(self, port: _Port, error: OSError) -> None:
        """Accept nothing for a second: descriptors or memory have run out."""
        self.log.error("cannot accept connections: {error}", error=error)
        self.reactor.removeReader(port)
        self._pauses[port] = self.reactor.callLater(_ACCEPT_PAUSE_S, self._go_on, port)

    def _go_on(self, port: _Port) -> None:
        del self._pauses[port]
        self.reactor.addReader(port)

    def lost(self, port: _Port, reason: Failure) -> None:
        """Close a listening socket, as the reactor ends (or found it dead)."""
        self.log.debug("a listening socket is closed: {reason}", reason=reason.value)
        port.sock.close()

    def _look_for_idle(self) -> None:
        """Close connections that are silent in the middle of a record, stuck, or long unused.

        One look at all connections every few seconds, instead of a timer each that every call
        would have to move.
        """
        now_s = self.dispatcher.clock.seconds()
        for connection in list(self.connections):
            reason = self._idle_reason(connection, now_s)
            if reason:
                if reason is not _UNUSED:
                    self.dispatcher.complaints.warn(
                        connection.peer.address, "connection dropped: idle", reason
                    )
                connection.close(reason)
        self._sweep = self.reactor.callLater(self._sweep_s, self._look_for_idle)

    def _idle_reason(self, connection: Connection, now_s: float) -> str | None:
        limits = self.dispatcher.limits
        reader = connection.reader
        if (
            connection.active
            or connection.in_flight
            or connection.unsent != connection.unsent_seen
        ):
            connection.active = False
            connection.unsent_seen = connection.unsent
            connection.quiet_since_s = now_s
        if not reader.partial or reader.partials != connection.partials_seen or connection.full:
            connection.partials_seen = reader.partials
            connection.begun_since_s = now_s
        if now_s - connection.begun_since_s > limits.record_idle_s:
            return "a record begun and not ended"
        quiet_s = now_s - connection.quiet_since_s
        if connection.unsent and quiet_s > limits.record_idle_s:
            return "replies not taken"
        if quiet_s > limits.connection_idle_s:
            return _UNUSED
        return None


def listen_tcp(reactor: Reactor, dispatcher: Dispatcher, host: str, port: int) -> TcpServer:
    """Serve on a TCP address; see ``addresses.bind_inet`` for ``host``.

    :raises OSError: the address cannot be had.
    """
    server = TcpServer(reactor, dispatcher, [bind_inet(socket.SOCK_STREAM, host, port)])
    server.start()
    return server


def listen_local(
    reactor: Reactor, dispatcher: Dispatcher, path: str, mode: int = 0o666
) -> TcpServer:
    """Serve on a local stream socket; see ``addresses.bind_local``.

    Peers have the address ``"local"`` and the user id that the kernel vouches for.

    :raises OSError: the path or name cannot be had.
    """
    file = None if path.startswith("@") else path
    server = TcpServer(reactor, dispatcher, [bind_local(path, mode)], file)
    server.start()
    return server
