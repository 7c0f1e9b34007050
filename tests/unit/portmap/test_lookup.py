"""Looking up ports at port mappers that answer, refuse, lie or are away."""

from __future__ import annotations

from typing import Any

import pytest

from nfsgw.portmap.displaced import Displaced
from nfsgw.portmap.lookup import NotRegistered, PortLookup
from nfsgw.portmap.registration import make_entries
from nfsgw.rpc.client import CallTimeout, ConnectionFailed, Remote
from nfsgw.rpc.message import ProgramMismatch
from nfsgw.rpc.program import Peer
from nfsgw.waiting import result_of
from tests.unit.portmap.fakes import FakeCaller, FakeRpcbind

HOST = "192.0.2.9"
HOST6 = "2001:db8::9"
OURS = "192.0.2.1"
NLM = 100021


class Caller(FakeCaller):
    """A connection to another host's port mapper, which may answer something else."""

    def __init__(self, bench: Bench, peer: Peer, transport: str) -> None:
        super().__init__(bench.rpcbind, peer)
        self._bench = bench
        self._transport = transport

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - the procedure's own
        """Call a procedure."""
        if self._transport in self._bench.silent:
            raise CallTimeout("no reply in time")
        if remote.version not in self._bench.versions:
            raise ProgramMismatch(2, 3)
        answer = await super().call(remote, arguments)
        return answer if self._bench.lie is None else self._bench.lie


class Bench:
    """A lookup, another host with NLM at port 4045 (and over UDP at 4046), and this machine."""

    def __init__(self) -> None:
        self.rpcbind = FakeRpcbind()
        self.silent: set[str] = set()
        self.refused: set[str] = set()
        self.versions = {2, 3, 4}
        self.lie: Any = None
        self.connected: list[tuple[str, str, int, str]] = []
        self.others: Displaced | None = Displaced()
        self.lookup = PortLookup(
            self.connect, lambda: ["127.0.0.1", OURS, "2001:db8::1"], lambda: self.others
        )
        for netids, port in ((("tcp", "tcp6"), 4045), (("udp", "udp6"), 4046)):
            for entry in make_entries(NLM, [1, 3, 4], port, netids):
                self.rpcbind.registry.add(entry)

    async def connect(
        self,
        transport: str,
        address: str,
        port: int,
        *,
        source: str = "",
        reserved: bool = False,
        timeout_s: float = 10.0,
    ) -> Caller:
        """Connect."""
        assert timeout_s <= 5
        self.connected.append((transport, address, port, source))
        if transport in self.refused:
            raise ConnectionFailed("refused")
        self.rpcbind.connections += 1
        return Caller(self, Peer(OURS, 700, address, 111, transport), transport)

    def find(self, address: str = HOST, transport: str = "tcp", source: str = "") -> int:
        """Look up NLM version 4."""
        try:
            return result_of(self.lookup.find(address, NLM, 4, transport, source))
        finally:
            assert self.rpcbind.connections == 0


def test_found_over_udp() -> None:
    """One question over UDP, from the address that is wanted, gives the port."""
    bench = Bench()
    assert bench.find(source=OURS) == 4045
    assert bench.find(transport="udp") == 4046
    assert bench.connected == [("udp", HOST, 111, OURS), ("udp", HOST, 111, "")]
    assert [number for number, _ in bench.rpcbind.calls] == [3, 3]


def test_ipv6_is_asked_by_newer_versions() -> None:
    """Version 2 knows IPv4 only; old port mappers have version 3 but not 4.

    Both answer for the transport that they are asked over.
    """
    bench = Bench()
    assert bench.find(HOST6, "udp") == 4046
    assert bench.find(HOST6) == 4045
    bench.versions = {2, 3}
    assert bench.find(HOST6, "udp") == 4046
    assert bench.find(HOST6) == 4045
    assert [transport for transport, *_ in bench.connected] == ["udp", "tcp", "udp", "tcp"]
    bench.silent.add("tcp")
    with pytest.raises(CallTimeout):
        bench.find(HOST6)


@pytest.mark.parametrize("obstacle", ["silent", "refused"])
def test_tcp_when_udp_does_not_get_through(obstacle: str) -> None:
    """A firewall that lets only TCP pass costs a few seconds, no more."""
    bench = Bench()
    getattr(bench, obstacle).add("udp")
    assert bench.find() == 4045
    assert [transport for transport, *_ in bench.connected] == ["udp", "tcp"]
    getattr(bench, obstacle).add("tcp")
    with pytest.raises(CallTimeout if obstacle == "silent" else ConnectionFailed):
        bench.find()


def test_not_registered() -> None:
    """A host without a lock daemon is told from a host that is away."""
    bench = Bench()
    bench.rpcbind.restart()
    for address in (HOST, HOST6):
        with pytest.raises(NotRegistered):
            bench.find(address)
    assert len(bench.connected) == 2


@pytest.mark.parametrize("lie", [0, 65536, 0xFFFFFFFF])
def test_impossible_port(lie: int) -> None:
    """A port that cannot be is not believed."""
    bench = Bench()
    bench.lie = lie
    with pytest.raises(NotRegistered):
        bench.find()


@pytest.mark.parametrize(
    "lie", [b"rubbish", b"::.300.1", b"\xff.1.1", b"::.0.0", b"9" * 100_000, b"1." * 50_000]
)
def test_impossible_address(lie: bytes) -> None:
    """Nor is an address that is none."""
    bench = Bench()
    bench.lie = lie
    with pytest.raises(NotRegistered):
        bench.find(HOST6)


def test_only_the_port_counts() -> None:
    """A port mapper cannot send us to another machine."""
    bench = Bench()
    bench.lie = b"2001:db8::66.1.2"
    assert bench.find(HOST6) == 258


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1", OURS, "2001:db8::1"])
def test_this_machine_is_not_asked(address: str) -> None:
    """At an address of this machine the kernel's own lock daemon is meant, never ours."""
    bench = Bench()
    with pytest.raises(NotRegistered):
        bench.find(address)
    assert bench.others is not None
    netid = "tcp6" if ":" in address else "tcp"
    bench.others.note((NLM, 4, netid), ("::" if netid == "tcp6" else "0.0.0.0") + ".200.1")
    assert bench.find(address) == 51201
    with pytest.raises(NotRegistered):
        bench.find(address, "udp")
    bench.others.note((NLM, 4, netid), "rubbish")
    with pytest.raises(NotRegistered):
        bench.find(address)
    assert bench.connected == []


def test_lock_daemon_on_ipv6_sockets_only() -> None:
    """One that registered for IPv6 alone serves IPv4 by the same socket."""
    bench = Bench()
    assert bench.others is not None
    bench.others.note((NLM, 4, "udp6"), "::.200.1")
    assert bench.find("127.0.0.1", "udp") == 51201


def test_other_programs_of_this_machine_are_asked_for() -> None:
    """Only NLM and NSM are here twice; and nobody is, where ours are registered nowhere."""
    bench = Bench()
    for entry in make_entries(100005, [3], 20048, ["udp"]):
        bench.rpcbind.registry.add(entry)
    assert result_of(bench.lookup.find(OURS, 100005, 3, "udp")) == 20048
    bench.others = None
    assert bench.find(OURS) == 4045
