"""The lock managers of our clients, as we call them: found, connected to, and remembered.

A client's lock manager listens where its port mapper says.  That is asked once, and again after
every failure: a client that was rebooted has other ports.  Connections are kept for a while, so
that somebody who waits for a lock is told in one round trip.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, Protocol

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits
from nfsgw.rpc.client import Caller, CallTimeout, ConnectionFailed, Remote
from nfsgw.rpc.connections import NoReservedPort
from nfsgw.rpc.outgoing import Outgoing
from nfsgw.rpc.program import Credential
from nfsgw.rpc.reactor import Reactor
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from nfsgw.xdr.generated import nlm as wire
from nfsgw.xdr.generated import rpc

__all__ = ["CallLater", "Connect", "FindPort", "Host", "Hosts", "Unreached", "connector"]

SWEEP_S: Final = 30.0
"""A connection that was not used between two sweeps is closed: after half a minute to a minute."""
IDLE_MAX: Final = 256
"""Connections without a call under way; each has one of some 400 reserved ports."""
PORTS_MAX: Final = 4096
CONNECT_TIMEOUT_S: Final = 5.0

_SUPERUSER: Final = Credential(rpc.AUTH_SYS, b"nfsgw", 0, 0)


class Host(NamedTuple):
    """A client's lock manager, and how we speak to it.

    :param version: of NLM.
    :param transport: ``"tcp"`` or ``"udp"``.
    :param local_address: our address that calls come from; empty for any.
    """

    address: str
    version: int
    transport: str
    local_address: str


class FindPort(Protocol):
    """Asks port mappers; keeps nothing."""

    async def find(self, address: str, program: int, version: int, transport: str) -> int:
        """Return the port of a program at an address.

        :raises NfsgwError: nobody answers, or it is not registered.
        """


Connect = Callable[[Host, int], Awaitable[Caller]]
"""Connects to a host at a port, or raises ConnectionFailed."""
CallLater = Callable[[float, Callable[[], None]], Any]
"""``reactor.callLater``: returns what has ``cancel()``."""


class Unreached(NfsgwError):
    """A call certainly did not get to the client: it was not found, or did not let us connect."""


class _Entry:
    """A connection that is being made, or is there.

    :ivar users: calls under way, but for those whose answer nobody waits for.
    :ivar quiet: it was not used since the last sweep.
    :ivar silent: the last thing that was heard is that no answer came.
    """

    __slots__ = ("dropped", "opening", "quiet", "silent", "users")

    def __init__(self) -> None:
        self.opening: Wait[Caller]
        self.users = 0
        self.quiet = False
        self.silent = False
        self.dropped = False

    def close(self) -> None:
        """Close the connection, now or as soon as it is there."""

        def close() -> None:
            try:
                link = self.opening.result()
            except Exception:  # noqa: BLE001 - whoever wanted the connection was told
                return
            link.close()

        self.opening.add_callback(close)


class Hosts:
    """Calls to clients' lock managers.

    :param find: asks a client's port mapper.
    :param connect: makes connections; see :func:`connector`.
    """

    def __init__(self, find: FindPort, connect: Connect, call_later: CallLater) -> None:
        self._find = find
        self._connect = connect
        self._call_later = call_later
        self._ports: dict[tuple[str, int, str], int] = {}
        self._entries: dict[Host, _Entry] = {}
        # Those without users, the first to be idle first.
        self._idle: dict[Host, _Entry] = {}
        self._sweep: Any = None
        self._closed = False

    async def call(self, host: Host, remote: Remote, arguments: object, timeout_s: float) -> Any:  # noqa: ANN401 - its type is what remote.decode returns
        """Call a procedure of a client's lock manager; return its result.

        After any error the port is looked up again.

        :raises Unreached: the call was not sent.
        :raises NfsgwError: it was sent and may have been heard: no answer in time, the connection
            was lost, or the answer was an error.
        """
        entry = self._enter(host)
        try:
            link = await _opened(entry)
            result = await link.call(remote, arguments, timeout_s)
        except Exception:
            self._drop(host, entry)
            raise
        else:
            entry.silent = False
            return result
        finally:
            self._leave(host, entry)

    async def send(
        self, host: Host, remote: Remote, arguments: object, timeout_s: float
    ) -> Wait[Any]:
        """Call a procedure that need not be answered; return once the call is sent.

        No answer is not taken for a failure.  Only if none comes for a while, the port is looked
        up again: half a minute to a minute.

        :returns: the end of the call, as :meth:`call` ends; to be observed.
        :raises Unreached: the call was not sent.
        """
        entry = self._enter(host)
        try:
            link = await _opened(entry)
        except Exception:
            self._drop(host, entry)
            raise
        else:
            sent = step(link.call(remote, arguments, timeout_s))
        finally:
            self._leave(host, entry)
        sent.add_callback(lambda: self._sent(host, entry, sent))
        return sent

    def _sent(self, host: Host, entry: _Entry, sent: Wait[Any]) -> None:
        try:
            sent.result()
        except CallTimeout:
            entry.silent = True
        except Exception:  # noqa: BLE001 - whoever has the Wait is told as well
            self._drop(host, entry)
            self._close_dropped(entry)
        else:
            entry.silent = False

    def close(self) -> None:
        """Close all connections, and make no more; calls under way fail."""
        self._closed = True
        entries, self._entries = self._entries, {}
        self._idle.clear()
        for entry in entries.values():
            entry.close()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    def _enter(self, host: Host) -> _Entry:
        """Begin to use a connection, a new one if there is none."""
        entry = self._entries.get(host) or self._begin(host)
        self._idle.pop(host, None)
        entry.users += 1
        entry.quiet = False
        return entry

    def _leave(self, host: Host, entry: _Entry) -> None:
        entry.users -= 1
        if entry.users:
            return
        self._close_dropped(entry)
        if self._entries.get(host) is entry:
            self._idle[host] = entry
            if len(self._idle) > IDLE_MAX:
                self._close_idle(next(iter(self._idle)))

    def _close_idle(self, host: Host) -> None:
        del self._idle[host]
        self._entries.pop(host).close()

    def _close_dropped(self, entry: _Entry) -> None:
        if entry.dropped and not entry.users:
            entry.close()

    def _begin(self, host: Host) -> _Entry:
        """Begin to connect."""
        entry = self._entries[host] = _Entry()
        entry.opening = step(self._open(host))
        if self._sweep is None and not self._closed:
            self._sweep = self._call_later(SWEEP_S, self._swept)
        return entry

    async def _open(self, host: Host) -> Caller:
        self._check_open()
        key = (host.address, host.version, host.transport)
        port = self._ports.get(key)
        if port is not None:
            try:
                return self._usable(await self._connect(host, port))
            except (ConnectionFailed, CallTimeout):
                self._ports.pop(key, None)
        port = await self._find.find(host.address, wire.NLM_PROG, host.version, host.transport)
        link = self._usable(await self._connect(host, port))
        if len(self._ports) >= PORTS_MAX:
            self._ports.clear()
        self._ports[key] = port
        return link

    def _check_open(self) -> None:
        if self._closed:
            raise ConnectionFailed("the lock manager stops")

    def _usable(self, link: Caller) -> Caller:
        """Return a new connection, unless it came too late."""
        if self._closed:
            link.close()
            self._check_open()
        return link

    def _drop(self, host: Host, entry: _Entry) -> None:
        """Use a connection for no more calls; it is closed when none is under way."""
        entry.dropped = True
        if self._entries.get(host) is entry:
            del self._entries[host]
            self._idle.pop(host, None)
            self._forget_port(host)

    def _forget_port(self, host: Host) -> None:
        self._ports.pop((host.address, host.version, host.transport), None)

    def _swept(self) -> None:
        for host, entry in list(self._idle.items()):
            if entry.silent:
                self._forget_port(host)
            if entry.quiet or entry.silent:
                self._close_idle(host)
        for entry in self._entries.values():
            entry.quiet = True
        self._sweep = self._call_later(SWEEP_S, self._swept) if self._entries else None


async def _opened(entry: _Entry) -> Caller:
    """Return the connection.

    :raises Unreached: there is none.
    """
    try:
        return await entry.opening
    except NfsgwError as error:
        raise Unreached(str(error)) from error


def connector(
    reactor: Reactor,
    turn: Turn,
    limits: Limits,
    draw_xid: Callable[[], int],
    *,
    reserved: bool,
) -> Connect:
    """Return the way to reach lock managers with our RPC client, as root by AUTH_SYS.

    Over UDP a call is sent once: who repeats GRANTED must know that it is a repetition.

    :param draw_xid: gives a random first transaction id for each connection.
    :param reserved: come from ports below 1024, as some clients ask of a server (needs root); from
        another if none is free, since most do not.
    """
    outgoing = Outgoing(reactor, turn, limits, draw_xid, _SUPERUSER, CONNECT_TIMEOUT_S)

    async def begin(host: Host, port: int, *, reserved: bool) -> Caller:
        return await outgoing.connect(
            host.transport,
            host.address,
            port,
            source=host.local_address,
            reserved=reserved,
            timeout_s=CONNECT_TIMEOUT_S,
        )

    async def connect(host: Host, port: int) -> Caller:
        try:
            return await begin(host, port, reserved=reserved)
        except NoReservedPort:
            return await begin(host, port, reserved=False)

    return connect
