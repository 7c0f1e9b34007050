"""Making our ports known: at the system's rpcbind where one runs, else by our own port mapper."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from twisted.logger import Logger

from nfsgw.clock import Clock
from nfsgw.config.settle import STANDARD_PORTS, Settled
from nfsgw.errors import NfsgwError
from nfsgw.portmap.address import parse_universal
from nfsgw.portmap.displaced import Displaced, Key
from nfsgw.portmap.program import portmap_program
from nfsgw.portmap.registration import (
    LOCAL_PATHS,
    LOOPBACK,
    Registration,
    find_rpcbind,
    make_entries,
    portmap_entries,
    rpcbind_connector,
)
from nfsgw.portmap.registry import Entry, Registry
from nfsgw.rpc.addresses import bind_local
from nfsgw.rpc.client import null
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.outgoing import Outgoing
from nfsgw.rpc.program import Program
from nfsgw.rpc.tcp import TcpServer
from nfsgw.rpc.udp import UdpServer
from nfsgw.service.lifecycle import StartError
from nfsgw.service.ports import SocketPool, holder_of, usable_addresses

__all__ = ["Portmapping", "netids"]

NSM_PROGRAM: Final = 100024
STATD: Final = (
    "another status monitor (rpc.statd) is registered for program 100024 and keeps its place: this"
    " gateway does not hear of clients that reboot, so their locks stay until they are cleared"
    " (nfsgw locks clear). To stop it: systemctl disable --now rpc-statd rpc-statd-notify &&"
    " systemctl mask rpc-statd"
)
_PROBE_S: Final = 2.0


def netids(settled: Settled) -> list[str]:
    """Return the transports that the configuration serves, in rpcbind's words."""
    listen = settled.config.listen
    addresses = usable_addresses(listen.addresses)
    suffixes = []
    if any(":" not in address for address in addresses):
        suffixes.append("")
    if any(":" in address for address in addresses):
        suffixes.append("6")
    transports = ["tcp"] * listen.tcp + ["udp"] * listen.udp
    return [transport + suffix for suffix in suffixes for transport in transports]


class Portmapping:
    """How clients find our ports, and where this machine's own lock daemon is.

    :param places: where an rpcbind of this machine is looked for, and our own listens.
    :param boot_id: the kernel's id of this boot.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Any,  # noqa: ANN401 - Twisted's reactor has no one type
        dispatcher: Dispatcher,
        settled: Settled,
        clock: Clock,
        sockets: SocketPool,
        draw_xid: Callable[[], int],
        places: tuple[str, ...] = LOCAL_PATHS,
        boot_id: str = "",
    ) -> None:
        self._reactor = reactor
        self._dispatcher = dispatcher
        self._settled = settled
        self._clock = clock
        self._sockets = sockets
        self._places = places
        self._boot_id = boot_id
        self._connect = rpcbind_connector(reactor, dispatcher.turn, dispatcher.limits, draw_xid)
        self._outgoing = Outgoing(reactor, dispatcher.turn, dispatcher.limits, draw_xid)
        self._displaced: Displaced | None = None
        self._registration: Registration | None = None
        self._servers: list[TcpServer | UdpServer] = []
        self._program: Program | None = None
        self._state = "none"
        self._serves_standard_port = False

    @property
    def state(self) -> str:
        """Say what is done, for people."""
        yielded = self._registration is not None and self._registration.yielded
        return f"{self._state}; {STATD}" if yielded else self._state

    @property
    def registered(self) -> bool:
        """Say whether clients can ask port 111 for our ports."""
        if self._registration is not None:
            return not self._registration.missing
        return self._serves_standard_port

    def others(self) -> Mapping[Key, str] | None:
        """Return where this machine's own lock and status daemons are, whose places we hold.

        None if nobody finds ours by a port mapper.
        """
        return self._displaced

    def expect_change(self) -> None:
        """Look soon whether the local kernel has taken our lock manager's place.

        To be called whenever a client on this machine mounts, unmounts, or begins or ends to
        monitor somebody.
        """
        if self._registration is not None:
            self._registration.expect_change()

    async def start(self) -> None:
        """Register, or serve.

        :raises StartError: the configuration insists on what cannot be had.
        """
        wanted = self._settled.portmap
        if wanted == "none":
            return
        place = None
        if wanted in ("auto", "system"):
            place = await find_rpcbind(self._connect, (*self._places, LOOPBACK))
        if place == LOOPBACK:
            raise StartError(
                f"port 111 is held by {holder_of(111, socket.SOCK_STREAM) or 'a port mapper'},"
                f" which takes no registrations on {self._places[0]}. Stop it, or set"
                ' listen.portmap = "none" in nfsgw.toml and give clients the ports'
            )
        if place is not None:
            await self._register(place)
        elif wanted == "system":
            raise StartError(
                'listen.portmap is "system", but no rpcbind answers on'
                f" {self._places[0]}. Start it (systemctl start rpcbind), or set"
                ' listen.portmap = "auto"'
            )
        else:
            self._serve()

    async def stop(self) -> None:
        """Take our registrations back, or stop serving."""
        if self._registration is not None:
            await self._registration.stop()
            self._registration = None
        for server in reversed(self._servers):
            await server.stop()
        self._servers.clear()
        if self._program is not None:
            self._dispatcher.remove(self._program)
            self._program = None
        self._displaced = None
        self._state, self._serves_standard_port = "none", False

    async def _register(self, place: str) -> None:
        self._registration = Registration(
            self._connect,
            place,
            self._reactor,
            self._entries(),
            yielding=frozenset({NSM_PROGRAM}),
            displaced=self._find_displaced(),
            is_alive=self._is_alive,
        )
        await self._registration.start()
        missing = self._registration.missing
        if missing and self._settled.portmap == "system":
            raise StartError(
                f"rpcbind at {place} did not take our registrations; is the daemon root's?"
            )
        self._state = f"registered with the system's rpcbind ({place})"
        if self._registration.yielded:
            self.log.warn("{text}", text=STATD)

    def _find_displaced(self) -> Displaced:
        """Return what is known of this machine's own daemons, also from before a restart of ours.

        Without a boot id nothing is kept, since a port is good for one boot only.
        """
        file = self._settled.state / "local-daemons.json" if self._boot_id else None
        self._displaced = Displaced(file, self._boot_id)
        return self._displaced

    async def _is_alive(self, entry: Entry) -> bool:
        """Say whether a program of this machine answers; one that has crashed stays registered."""
        try:
            address, port = parse_universal(entry.address)
            client = await self._outgoing.connect(
                entry.netid.removesuffix("6"),
                {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address),
                port,
                timeout_s=_PROBE_S,
            )
        except (ValueError, NfsgwError):
            return False
        try:
            await client.call(null(entry.program, entry.version))
        except NfsgwError:
            return False
        finally:
            client.close()
        return True

    def _serve(self) -> None:
        settled, listen = self._settled, self._settled.config.listen
        port = settled.ports.portmap
        registry = Registry(self._dispatcher.limits.portmap_entries_max, self._find_displaced())
        for entry in (*portmap_entries(netids(settled), port), *self._entries()):
            registry.add(entry)
        self._program = portmap_program(registry, self._clock)
        self._dispatcher.add(self._program)
        if listen.tcp:
            tcp = self._sockets.open(listen.addresses, port, socket.SOCK_STREAM, "portmap")
            self._begin(TcpServer(self._reactor, self._dispatcher, tcp))
        if listen.udp:
            for each in self._sockets.open(listen.addresses, port, socket.SOCK_DGRAM, "portmap"):
                self._begin(UdpServer(self._reactor, self._dispatcher, each))
        if port == STANDARD_PORTS.portmap:
            self._serve_local()
        self._state = f"served on port {port}"
        self._serves_standard_port = port == STANDARD_PORTS.portmap

    def _serve_local(self) -> None:
        """Listen where programs of this machine look for rpcbind, to register theirs with us."""
        local = []
        for place in self._places:
            try:
                local.append((bind_local(place, 0o666), place))
            except OSError as error:
                for sock, _ in local:
                    sock.close()
                raise StartError(
                    f"portmap cannot listen on {place}: {error.strerror}. Set"
                    ' listen.portmap = "none" in nfsgw.toml if that is another\'s'
                ) from error
        for sock, place in local:
            file = None if place.startswith("@") else place
            self._begin(TcpServer(self._reactor, self._dispatcher, (sock,), path=file))

    def _begin(self, server: TcpServer | UdpServer) -> None:
        server.start()
        self._servers.append(server)

    def _entries(self) -> list[Entry]:
        found = netids(self._settled)
        wanted = self._settled.ports
        ports = {
            "nfs": wanted.nfs,
            "nfsacl": wanted.nfs,
            "mount": wanted.mount,
            "nlm": wanted.nlm,
            "nsm": wanted.nsm,
        }
        entries: list[Entry] = []
        for program in self._dispatcher.programs:
            port = ports.get(program.name.lower())
            if port is not None:
                entries += make_entries(program.number, sorted(program.versions), port, found)
        return entries
