"""Our port mapper and MOUNT program, served inside a namespace by the test's process."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from nfsgw.clock import SystemClock
from nfsgw.limits import Limits
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.portmap.program import portmap_program
from nfsgw.portmap.registration import LOCAL_PATHS, PORT, make_entries, portmap_entries
from nfsgw.portmap.registry import Registry
from nfsgw.rpc.addresses import bind_inet, bind_local
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.tcp import TcpServer
from nfsgw.rpc.udp import UdpServer
from nfsgw.turn import Turn
from nfsgw.waiting import result_of
from tests.integration.portmap.namespace import Namespace
from tests.unit.exports.fakes import Bench

NETIDS = ("tcp", "udp", "tcp6", "udp6")
MOUNT_PORT = 20048


class Server:
    """Ports 111 and 20048 and rpcbind's local sockets, with a volume ``web`` of a few directories.

    :param exports: the exports file's content.
    """

    def __init__(
        self,
        reactor: Any,  # noqa: ANN401 - Twisted's reactor has no one type
        space: Namespace,
        exports: bytes,
        state: Path | None = None,
    ) -> None:
        self.bench = Bench()
        result_of(self.bench.table.load(exports, "exports"))
        self.mounts = Mounts(state, lambda delay_s, function: None)
        self.registry = Registry()
        for entry in [
            *portmap_entries(NETIDS),
            *make_entries(100005, [1, 3], MOUNT_PORT, NETIDS),
        ]:
            self.registry.add(entry)
        turn = Turn(lambda function: reactor.callLater(0, function))
        dispatcher = Dispatcher(SystemClock(), turn, Limits())
        dispatcher.add(portmap_program(self.registry, SystemClock()))
        holding = Holding(0, SystemClock(), lambda delay_s, function: None)
        dispatcher.add(mount_program(self.bench.table, self.mounts, holding))
        streams, datagrams = space.inside(self._bind)
        streams.append(bind_local(space.path(LOCAL_PATHS[0])))
        self._servers: list[TcpServer | UdpServer] = [TcpServer(reactor, dispatcher, streams)]
        self._servers += [UdpServer(reactor, dispatcher, each) for each in datagrams]
        for server in self._servers:
            server.start()

    def _bind(self) -> tuple[list[socket.socket], list[socket.socket]]:
        ports = (PORT, MOUNT_PORT)
        streams = [bind_inet(socket.SOCK_STREAM, "", port) for port in ports]
        streams.append(bind_local(LOCAL_PATHS[1]))
        return streams, [bind_inet(socket.SOCK_DGRAM, "", port) for port in ports]

    async def stop(self) -> None:
        """Stop serving."""
        self.mounts.flush()
        for server in self._servers:
            await server.stop()
