"""Making our ports known: at the system's rpcbind where one runs, else by our own port mapper."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from nfsgw.clock import Clock
from nfsgw.config.settle import STANDARD_PORTS, Settled
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
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.program import Program
from nfsgw.rpc.tcp import TcpServer
from nfsgw.rpc.udp import UdpServer
from nfsgw.service.lifecycle import StartError
from nfsgw.service.ports import SocketPool, holder_of, usable_addresses

__all__ = ["Portmapping", "netids"]


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
    """How clients find our ports.

    :param places: where an rpcbind of this machine is looked for, and our own listens.
    """

    def __init__(
        self,
        reactor: Any,  # noqa: ANN401 - Twisted's reactor has no one type
        dispatcher: Dispatcher,
        settled: Settled,
        clock: Clock,
        sockets: SocketPool,
        draw_xid: Callable[[], int],
        places: tuple[str, ...] = LOCAL_PATHS,
    ) -> None:
        self._reactor = reactor
        self._dispatcher = dispatcher
        self._settled = settled
        self._clock = clock
        self._sockets = sockets
        self._places = places
        self._connect = rpcbind_connector(reactor, dispatcher.turn, dispatcher.limits, draw_xid)
        self._registration: Registration | None = None
        self._servers: list[TcpServer | UdpServer] = []
        self._program: Program | None = None
        self.state = "none"
        """What is done, for people."""
        self.registered = False
        """Clients can ask port 111 for our ports."""

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
        self.state, self.registered = "none", False

    async def _register(self, place: str) -> None:
        entries = self._entries()
        self._registration = Registration(self._connect, place, self._reactor, entries)
        await self._registration.start()
        missing = self._registration.missing
        if missing and self._settled.portmap == "system":
            raise StartError(
                f"rpcbind at {place} did not take our registrations; is the daemon root's?"
            )
        self.state = f"registered with the system's rpcbind ({place})"
        self.registered = not missing

    def _serve(self) -> None:
        settled, listen = self._settled, self._settled.config.listen
        port = settled.ports.portmap
        registry = Registry(self._dispatcher.limits.portmap_entries_max)
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
        self.state = f"served on port {port}"
        self.registered = port == STANDARD_PORTS.portmap

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
        ports = {"nfs": self._settled.ports.nfs, "mount": self._settled.ports.mount}
        entries: list[Entry] = []
        for program in self._dispatcher.programs:
            port = ports.get(program.name.lower())
            if port is not None:
                entries += make_entries(program.number, sorted(program.versions), port, found)
        return entries
