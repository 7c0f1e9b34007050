"""Servers and clients over loopback: TCP, UDP and local sockets."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 - real sockets need it
from twisted.internet.defer import Deferred

from nfsgw.clock import SystemClock
from nfsgw.errors import FsCode
from nfsgw.filerange import FileRange
from nfsgw.limits import Limits
from nfsgw.rpc.addresses import bind_inet, bind_local
from nfsgw.rpc.client import CallTimeout, ConnectionFailed, Remote, RpcClient, null
from nfsgw.rpc.connections import NoReservedPort, connect_local, connect_tcp, connect_udp
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.message import GarbageArguments, ProcedureUnavailable, ProgramMismatch
from nfsgw.rpc.program import Procedure, Program
from nfsgw.rpc.tcp import TcpServer, listen_local, listen_tcp
from nfsgw.rpc.udp import UdpServer, listen_udp
from nfsgw.turn import Turn
from nfsgw.waiting import deferred_of, gather, step
from nfsgw.xdr.codec import Packer, Unpacker
from tests.unit.rpc.fakes import ALICE, PROGRAM, Echo, fs_error

reactor: Any = _reactor


def on_reactor(test: Callable[..., Coroutine[Any, Any, None]]) -> Any:
    """Run an ``async def`` test on the trampoline, with the reactor running."""

    @pytest_twisted.ensureDeferred  # type: ignore[untyped-decorator]
    @wraps(test)
    async def run(*args: Any, **kwargs: Any) -> None:
        await deferred_of(test(*args, **kwargs))

    return run


def _encode_result(packer: Any, result: Any) -> None:
    packer.pack_uint(result[0])
    packer.pack_opaque(result[1])


def _decode_result(unpacker: Any) -> tuple[int, bytes]:
    return unpacker.unpack_uint(), unpacker.unpack_opaque()


def remote(number: int, version: int = 3) -> Remote:
    """Return a procedure of the echo program."""
    encode = Packer.pack_opaque
    return Remote(PROGRAM, version, number, Packer, Unpacker, encode, _decode_result)


class Site:
    """A dispatcher on the real reactor, with its servers and clients."""

    def __init__(self, **limits: Any) -> None:
        self.turn = Turn(lambda work: reactor.callLater(0, work))
        self.limits = Limits(**limits)
        self.dispatcher = Dispatcher(SystemClock(), self.turn, self.limits)
        self.echo = Echo()
        self.dispatcher.add(self.echo.program())
        self.servers: list[TcpServer | UdpServer] = []
        self.clients: list[RpcClient] = []
        self.xid = 0

    def tcp(self, host: str) -> int:
        """Serve TCP; return the port."""
        server = listen_tcp(reactor, self.dispatcher, host, 0)
        self.servers.append(server)
        return server.port

    def udp(self, host: str) -> int:
        """Serve UDP; return the port."""
        server = listen_udp(reactor, self.dispatcher, host, 0)
        self.servers.append(server)
        return server.port

    async def client(self, host: str, port: int, **options: Any) -> RpcClient:
        """Connect over TCP."""
        self.xid += 1000
        client = await connect_tcp(
            reactor, self.turn, self.limits, host, port,
            first_xid=self.xid, credential=ALICE, **options,
        )  # fmt: skip
        self.clients.append(client)
        return client

    def udp_client(self, host: str, port: int, **options: Any) -> RpcClient:
        """Make a client over UDP."""
        self.xid += 1000
        client = connect_udp(
            reactor, self.turn, host, port, first_xid=self.xid, credential=ALICE, **options
        )
        self.clients.append(client)
        return client

    async def close(self) -> None:
        """Close everything."""
        for client in self.clients:
            client.close()
        for server in self.servers:
            await server.stop(0.5)


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator]
async def site() -> AsyncIterator[Site]:
    """Return a site, and fail if it leaves timers behind."""
    made = Site()
    yield made
    await deferred_of(made.close())
    await pause(0)
    assert not [call for call in reactor.getDelayedCalls() if "nfsgw" in str(call.func)]


def pause(seconds: float) -> Deferred[None]:
    """Wait."""
    deferred: Deferred[None] = Deferred()
    reactor.callLater(seconds, deferred.callback, None)
    return deferred


HOSTS = [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("", "127.0.0.1"), ("", "::1")]


@pytest.mark.parametrize(("host", "target"), HOSTS)
@on_reactor
async def test_tcp(site: Site, host: str, target: str) -> None:
    """Calls over TCP are answered, on IPv4, IPv6 and both, and peers have plain addresses."""
    client = await site.client(target, site.tcp(host))
    assert await client.call(remote(1), b"hello") == (0, b"hello")
    assert site.echo.calls[0].peer.address == target
    assert site.echo.calls[0].peer.local_address == target
    assert site.echo.calls[0].peer.transport == "tcp"


@pytest.mark.parametrize(("host", "target"), HOSTS)
@on_reactor
async def test_udp(site: Site, host: str, target: str) -> None:
    """Calls over UDP are answered, and know the address that they came to."""
    client = site.udp_client(target, site.udp(host))
    assert await client.call(remote(1), b"hello") == (0, b"hello")
    assert site.echo.calls[0].peer.address == target
    assert site.echo.calls[0].peer.local_address == target


@on_reactor
async def test_udp_reply_comes_from_the_address_asked(site: Site) -> None:
    """A client that asks 127.0.0.2 and takes replies from there only gets one."""
    client = site.udp_client("127.0.0.2", site.udp("0.0.0.0"))
    assert await client.call(remote(1), b"hello") == (0, b"hello")
    assert site.echo.calls[0].peer.local_address == "127.0.0.2"


@pytest.mark.parametrize("abstract", [True, False])
@on_reactor
async def test_local(site: Site, abstract: bool, tmp_path: Any) -> None:
    """Calls over a local socket carry the user id that the kernel vouches for."""
    path = f"@nfsgw-test-{os.getpid()}" if abstract else str(tmp_path / "socket")
    site.servers.append(listen_local(reactor, site.dispatcher, path))
    client = connect_local(reactor, site.turn, site.limits, path, first_xid=1)
    site.clients.append(client)
    assert await client.call(remote(1), b"hello") == (0, b"hello")
    peer = site.echo.calls[0].peer
    assert (peer.address, peer.transport, peer.uid) == ("local", "local", os.getuid())
    await site.servers.pop().stop(1.0)
    assert not os.path.exists(path)


@on_reactor
async def test_stale_socket_file_is_replaced(site: Site, tmp_path: Any) -> None:
    """What a killed daemon left is replaced; what a living one listens on is not."""
    path = str(tmp_path / "socket")
    with bind_local(path):
        pass
    site.servers.append(listen_local(reactor, site.dispatcher, path))
    with pytest.raises(OSError, match="in use"):
        bind_local(path)
    (tmp_path / "file").write_text("precious")
    with pytest.raises(OSError, match="in use"):
        bind_local(str(tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "precious"


@on_reactor
async def test_refusals_reach_the_caller(site: Site) -> None:
    """Each ring of error is an exception of its own, over TCP and UDP."""
    for client in (
        await site.client("127.0.0.1", site.tcp("127.0.0.1")),
        site.udp_client("127.0.0.1", site.udp("127.0.0.1")),
    ):
        with pytest.raises(ProcedureUnavailable):
            await client.call(remote(50), b"")
        with pytest.raises(ProgramMismatch) as raised:
            await client.call(null(PROGRAM, 9))
        assert (raised.value.low, raised.value.high) == (2, 3)
        garbage = Remote(
            PROGRAM, 3, 1, Packer, Unpacker, lambda packer, _: packer.pack_uint(99), _decode_result
        )
        with pytest.raises(GarbageArguments):
            await client.call(garbage)
        assert await client.call(null(PROGRAM, 3)) is None


@on_reactor
async def test_many_calls_at_once(site: Site) -> None:
    """Hundreds of calls of all sizes are in flight at once, and each gets its own result."""
    client = await site.client("127.0.0.1", site.tcp("127.0.0.1"))
    data = [bytes((number % 256,)) * (number * number * 7 % 300_000) for number in range(300)]
    waits = [step(client.call(remote(1), piece, timeout_s=60)) for piece in data]
    await gather(*waits)
    assert [wait.result() for wait in waits] == [(0, piece) for piece in data]


@on_reactor
async def test_large_file_leaves_by_sendfile(site: Site, tmp_path: Any) -> None:
    """A reply that is in a file arrives whole, with the right bytes before and after."""
    content = os.urandom(1 << 20)  # noqa: TID251 - any content will do
    path = tmp_path / "file"
    path.write_bytes(content)
    released: list[int] = []
    with path.open("rb") as file:

        async def read(_call: object, _arguments: object) -> tuple[int, FileRange]:
            size = (1 << 20) - 3
            return 7, FileRange(file.fileno(), 3, size, lambda: released.append(1))

        row = Procedure(1, "READ", read, Unpacker.unpack_opaque, _encode_result)
        site.dispatcher.add(Program(300_000, "files", Packer, Unpacker, {1: {1: row}}))
        client = await site.client("127.0.0.1", site.tcp("127.0.0.1"))
        procedure = Remote(300_000, 1, 1, Packer, Unpacker, Packer.pack_opaque, _decode_result)
        waits = [step(client.call(procedure, b"")) for _ in range(8)]
        await gather(*waits)
    assert all(wait.result() == (7, content[3:]) for wait in waits)
    assert released == [1] * 8


@on_reactor
async def test_lost_datagram_is_sent_again_and_run_once(site: Site) -> None:
    """A UDP call whose reply is lost comes again with its xid, and is answered from the cache."""
    port = site.udp("127.0.0.1")
    server = site.servers[0]
    assert isinstance(server, UdpServer)
    send = server.send
    dropped: list[bytes] = []

    def lose_first(datagram: Any, message: bytes) -> None:
        if dropped:
            send(datagram, message)
        else:
            dropped.append(message)

    server.send = lose_first  # type: ignore[method-assign]
    client = site.udp_client("127.0.0.1", port, retry_s=0.05)
    assert await client.call(remote(4), b"change") == (0, b"1")
    assert site.echo.changes == 1
    assert site.dispatcher.metrics.rows[PROGRAM, 3, 4].duplicates == 1


@on_reactor
async def test_calls_time_out(site: Site) -> None:
    """A call that is not answered in time fails, and others go on."""
    for client in (
        await site.client("127.0.0.1", site.tcp("127.0.0.1")),
        site.udp_client("127.0.0.1", site.udp("127.0.0.1"), retry_s=0.02),
    ):
        with pytest.raises(CallTimeout):
            await client.call(remote(3), b"", timeout_s=0.1)
        assert await client.call(remote(1), b"x") == (0, b"x")
    for wait in site.echo.parked:
        wait.resolve(b"too late")
    await pause(0.05)


@on_reactor
async def test_nobody_there(site: Site) -> None:
    """Where nobody listens a call fails at once, not after its time."""
    with bind_inet(socket.SOCK_STREAM, "127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
    with pytest.raises(ConnectionFailed):
        await site.client("127.0.0.1", port)
    with bind_inet(socket.SOCK_DGRAM, "127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
    with pytest.raises(ConnectionFailed):
        await site.udp_client("127.0.0.1", port).call(null(PROGRAM, 3))
    with pytest.raises(ConnectionFailed):
        connect_local(reactor, site.turn, site.limits, "/nonexistent", first_xid=1)
    with pytest.raises(ConnectionFailed):
        await site.client("not an address", 1)


@on_reactor
async def test_connection_lost_under_way(site: Site) -> None:
    """When the server closes, calls under way fail, and later ones too."""
    client = await site.client("127.0.0.1", site.tcp("127.0.0.1"))
    waiting = step(client.call(remote(3), b""))
    await client.call(remote(1), b"x")
    server = site.servers[0]
    assert isinstance(server, TcpServer)
    for connection in list(server.connections):
        connection.close("test")
    with pytest.raises(ConnectionFailed):
        await waiting
    with pytest.raises(ConnectionFailed):
        await client.call(remote(1), b"x")


@pytest.mark.skipif(os.getuid() != 0, reason="needs the privilege to bind ports below 1024")
@on_reactor
async def test_reserved_port(site: Site) -> None:
    """A client that is told to comes from a port below 1024."""
    client = await site.client("127.0.0.1", site.tcp("127.0.0.1"), reserved=True)
    await client.call(remote(1), b"")
    udp = site.udp_client("127.0.0.1", site.udp("127.0.0.1"), reserved=True)
    await udp.call(remote(1), b"")
    assert all(600 <= call.peer.port < 1024 for call in site.echo.calls)


@pytest.mark.skipif(os.getuid() != 0, reason="needs the privilege to bind ports below 1024")
@on_reactor
async def test_reserved_ports_run_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs one is told so; a port is free again as soon as its connection is closed."""
    monkeypatch.setattr("nfsgw.rpc.connections._RESERVED_PORTS", (1012, 1013))
    port, udp_port = site.tcp("127.0.0.1"), site.udp("127.0.0.1")
    clients = [await site.client("127.0.0.1", port, reserved=True) for _ in range(2)]
    with pytest.raises(NoReservedPort):
        await site.client("127.0.0.1", port, reserved=True)
    for _ in range(2):
        site.udp_client("127.0.0.1", udp_port, reserved=True)
    with pytest.raises(NoReservedPort):
        site.udp_client("127.0.0.1", udp_port, reserved=True)
    for server in site.servers:
        if isinstance(server, TcpServer):
            for connection in list(server.connections):
                connection.close("test")
    await pause(0.05)
    for client in clients:
        client.close()
    again = await site.client("127.0.0.1", site.tcp("127.0.0.1"), reserved=True)
    await again.call(remote(1), b"")


@on_reactor
async def test_stop_drains(site: Site) -> None:
    """Stopping answers what is in flight, accepts nobody, and closes all connections."""
    port = site.tcp("127.0.0.1")
    client = await site.client("127.0.0.1", port)
    waiting = step(client.call(remote(3), b""))
    await client.call(remote(1), b"x")
    stopped = step(site.servers.pop().stop(5.0))
    with pytest.raises(ConnectionFailed):
        await site.client("127.0.0.1", port)
    assert site.dispatcher.census.total == 1
    site.echo.parked[0].resolve(b"late")
    assert await waiting == (0, b"late")
    await stopped
    assert site.dispatcher.census.total == 0


@on_reactor
async def test_stop_ends_at_its_deadline(site: Site) -> None:
    """A call that does not end is given up when the time is over."""
    client = await site.client("127.0.0.1", site.tcp("127.0.0.1"))
    waiting = step(client.call(remote(3), b""))
    await client.call(remote(1), b"x")
    await site.servers.pop().stop(0.1)
    with pytest.raises(ConnectionFailed):
        await waiting


@on_reactor
async def test_too_many_connections_are_refused() -> None:
    """Beyond the limit per address a connection is closed at once; the others work on."""
    site = Site(connections_per_address_max=2)
    port = site.tcp("127.0.0.1")
    clients = [await site.client("127.0.0.1", port) for _ in range(3)]
    for client in clients[:2]:
        assert await client.call(remote(1), b"x") == (0, b"x")
    with pytest.raises(ConnectionFailed):
        await clients[2].call(remote(1), b"x")
    assert site.dispatcher.metrics.connections_refused == 1
    await site.close()


@on_reactor
async def test_restart_on_the_same_port(site: Site) -> None:
    """A server that was stopped with open connections can have its port again at once."""
    port = site.tcp("127.0.0.1")
    client = await site.client("127.0.0.1", port)
    await client.call(remote(1), b"x")
    await site.servers.pop().stop(1.0)
    site.servers.append(listen_tcp(reactor, site.dispatcher, "127.0.0.1", port))
    again = await site.client("127.0.0.1", port)
    assert await again.call(remote(1), b"y") == (0, b"y")


@on_reactor
async def test_errors_of_procedures(site: Site) -> None:
    """A file error reaches the caller as the protocol's own result."""
    client = await site.client("127.0.0.1", site.tcp("127.0.0.1"))
    site.echo.error = fs_error(FsCode.NOENT)
    assert await client.call(remote(2), b"") == (ord("N"), b"")
