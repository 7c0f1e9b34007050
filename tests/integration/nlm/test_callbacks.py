"""GRANTED and the answers to messages over loopback: TCP and UDP, IPv4 and IPv6."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 - real sockets need it

from nfsgw.backend.locks.api import Callback, Client, Offer, Owner, Wanted
from nfsgw.clock import SystemClock
from nfsgw.limits import Limits
from nfsgw.nlm import Callbacks, Hosts, connector
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.peers import Complaints
from nfsgw.rpc.program import Call, Procedure, Program
from nfsgw.rpc.tcp import TcpServer, listen_tcp
from nfsgw.rpc.udp import UdpServer, listen_udp
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, deferred_of
from nfsgw.xdr.generated import nlm as x
from tests.integration.rpc.test_loopback import on_reactor, pause
from tests.unit.nlm.fakes import FakeLocks

reactor: Any = _reactor

WAYS = [
    ("tcp", "127.0.0.1", "127.0.0.2"),
    ("udp", "127.0.0.1", "127.0.0.2"),
    ("tcp", "::1", "::1"),
    ("udp", "::1", "::1"),
]


class ClientMachine:
    """A client's lock manager on real sockets."""

    def __init__(self) -> None:
        self.turn = Turn(lambda work: reactor.callLater(0, work))
        self.dispatcher = Dispatcher(SystemClock(), self.turn, Limits())
        self.calls: list[tuple[Call, Any]] = []
        self.silent = 0
        rows = {
            version: {
                5: Procedure(
                    5, "GRANTED", self.granted, dialect.decoder("testargs"), dialect.encoder("res")
                )
            }
            for version, dialect in DIALECTS.items()
        }
        self.dispatcher.add(Program(x.NLM_PROG, "client", x.NLMPacker, x.NLMUnpacker, rows))
        self.servers: list[TcpServer | UdpServer] = []

    async def granted(self, call: Call, args: Any) -> Any:
        """Take a lock, or be silent."""
        self.calls.append((call, args))
        if self.silent:
            self.silent -= 1
            await Wait[None]()
        dialect = DIALECTS[call.version]
        return dialect.result(args.cookie, x.NLM4_GRANTED)

    def listen(self, transport: str, host: str) -> None:
        """Serve."""
        listening = listen_tcp if transport == "tcp" else listen_udp
        self.servers.append(listening(reactor, self.dispatcher, host, 0))

    async def find(self, address: str, program: int, version: int, transport: str) -> int:
        """Be the port mapper."""
        assert program == x.NLM_PROG
        return self.servers[-1].port


class Site:
    """The client machine, and our side."""

    def __init__(self) -> None:
        self.machine = ClientMachine()
        self.locks = FakeLocks()
        turn = Turn(lambda work: reactor.callLater(0, work))
        connect = connector(reactor, turn, Limits(), lambda: 1 << 20, reserved=os.geteuid() == 0)
        hosts = Hosts(self.machine, connect, reactor.callLater)
        clock = SystemClock()
        self.callbacks = Callbacks(hosts, reactor.callLater, Complaints(clock))
        self.callbacks.follow(self.locks.as_locks())

    def offer(self, version: int, transport: str, address: str, local_address: str) -> None:
        """Make an offer."""
        callback = Callback(b"fh", b"oh", b"ck", 5, 6, version, transport, local_address)
        wanted = Wanted(1, Owner(Client(address, b"alpha"), 9), 5, 11, True)
        self.locks.offer(Offer(len(self.locks.offered) + 1, wanted, callback))

    async def settle(self, seconds: float = 5.0) -> None:
        """Wait until the offer is answered."""
        for _ in range(int(seconds / 0.02)):
            if self.locks.noted:
                return
            await pause(0.02)


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def site() -> AsyncIterator[Site]:
    """Return a site, and fail if it leaves timers behind."""
    made = Site()
    yield made
    await deferred_of(made.callbacks.stop())
    for server in made.machine.servers:
        await deferred_of(server.stop(0.1))
    await pause(0)
    assert not [call for call in reactor.getDelayedCalls() if "nfsgw.nlm" in str(call.func)]


@pytest.mark.parametrize("version", [1, 3, 4])
@pytest.mark.parametrize(("transport", "address", "local_address"), WAYS)
@on_reactor
async def test_granted(
    site: Site, version: int, transport: str, address: str, local_address: str
) -> None:
    """GRANTED arrives from the address that LOCK came to, as root, and its answer is noted."""
    site.machine.listen(transport, address)
    site.offer(version, transport, address, local_address)
    await site.settle()
    assert site.locks.noted == [(1, True)]
    ((call, args),) = site.machine.calls
    assert (call.peer.address, call.peer.transport) == (local_address, transport)
    assert (call.credential.flavor, call.credential.uid, call.version) == (1, 0, version)
    assert (args.cookie, args.exclusive, args.alock.fh) == (b"ck", True, b"fh")
    assert (args.alock.l_offset, args.alock.l_len, args.alock.svid) == (5, 6, 9)
    if os.geteuid() == 0:
        assert call.peer.port < 1024


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the privilege to bind ports below 1024")
@on_reactor
async def test_reserved_ports_that_are_used_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client is called from another port then; the same port goes to several clients."""
    monkeypatch.setattr("nfsgw.rpc.connections._RESERVED_PORTS", (1011,))
    site.machine.listen("tcp", "127.0.0.1")
    for version in (4, 3):
        site.offer(version, "tcp", "127.0.0.1", "127.0.0.2")
        await site.settle()
        site.locks.noted.clear()
    site.machine.listen("tcp", "127.0.0.3")
    site.offer(4, "tcp", "127.0.0.3", "127.0.0.2")
    await site.settle()
    ports = [call.peer.port for call, _ in site.machine.calls]
    assert (ports[0], ports[2], ports[1] > 1023) == (1011, 1011, True)


@on_reactor
async def test_lost_datagram(site: Site) -> None:
    """A GRANTED over UDP that is not answered is sent once, and again with a new xid."""
    site.machine.listen("udp", "127.0.0.1")
    site.machine.silent = 1
    site.offer(4, "udp", "127.0.0.1", "127.0.0.1")
    await site.settle(6)
    assert site.locks.noted == [(1, True)]
    assert len(site.machine.calls) == 2


@on_reactor
async def test_client_that_is_not_there(site: Site) -> None:
    """A closed port is tried again; a stop ends that at once."""
    site.machine.listen("tcp", "127.0.0.1")
    await site.machine.servers[0].stop(0.1)
    site.offer(4, "tcp", "127.0.0.1", "127.0.0.1")
    await pause(0.3)
    assert site.locks.noted == []
    assert site.callbacks.failed == 1
    assert site.callbacks.waiting == 1


@on_reactor
async def test_connection_is_kept(site: Site) -> None:
    """The second GRANTED uses the first one's connection, and is answered at once."""
    site.machine.listen("tcp", "127.0.0.1")
    site.offer(4, "tcp", "127.0.0.1", "127.0.0.1")
    await site.settle()
    began_s = SystemClock().seconds()
    site.locks.noted.clear()
    site.offer(4, "tcp", "127.0.0.1", "127.0.0.1")
    await site.settle()
    assert SystemClock().seconds() - began_s < 1
    peers = {call.peer.port for call, _ in site.machine.calls}
    assert len(site.machine.calls) == 2
    assert len(peers) == 1
