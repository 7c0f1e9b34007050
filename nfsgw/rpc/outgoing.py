"""Connections that we make to other machines' programs, and to this machine's kernel."""

from __future__ import annotations

from collections.abc import Callable

from nfsgw.limits import Limits
from nfsgw.rpc.auth import ANONYMOUS
from nfsgw.rpc.client import RpcClient
from nfsgw.rpc.connections import connect_tcp, connect_udp
from nfsgw.rpc.program import Credential
from nfsgw.rpc.reactor import Reactor
from nfsgw.turn import Turn

__all__ = ["Outgoing"]


class Outgoing:
    """Makes RPC clients on the reactor.

    :param draw_xid: gives a random first transaction id for each of them.
    :param credential: sent with every call.
    :param retry_s: when a call over UDP is first sent again.
    """

    def __init__(
        self,
        reactor: Reactor,
        turn: Turn,
        limits: Limits,
        draw_xid: Callable[[], int],
        credential: Credential = ANONYMOUS,
        retry_s: float = 1.0,
    ) -> None:
        self._reactor = reactor
        self._turn = turn
        self._limits = limits
        self._draw_xid = draw_xid
        self._credential = credential
        self._retry_s = retry_s

    async def connect(
        self,
        transport: str,
        address: str,
        port: int,
        *,
        source: str = "",
        reserved: bool = False,
        timeout_s: float = 10.0,
    ) -> RpcClient:
        """Return a client of a server.

        :param transport: ``"tcp"`` or ``"udp"``.
        :param address: numeric.
        :param source: our address to come from; empty lets the kernel choose.
        :param reserved: come from a port below 1024.
        :param timeout_s: for the connection, and for each call that does not say otherwise.
        :raises NoReservedPort: none of those is free.
        :raises ConnectionFailed: there is no connection, or no such source.
        """
        if transport == "udp":
            return connect_udp(
                self._reactor,
                self._turn,
                address,
                port,
                first_xid=self._draw_xid(),
                credential=self._credential,
                timeout_s=timeout_s,
                retry_s=self._retry_s,
                source=source,
                reserved=reserved,
            )
        return await connect_tcp(
            self._reactor,
            self._turn,
            self._limits,
            address,
            port,
            first_xid=self._draw_xid(),
            credential=self._credential,
            timeout_s=timeout_s,
            source=source,
            reserved=reserved,
        )
