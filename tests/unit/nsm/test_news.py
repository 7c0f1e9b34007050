"""News of reboots: ours told to others, others' told to the local kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nfsgw.nsm import Nsm
from nfsgw.nsm.interests import Interest
from nfsgw.nsm.news import GIVE_UP_S
from nfsgw.rpc.program import Peer, Unanswered
from nfsgw.waiting import Wait, result_of, step
from nfsgw.xdr.generated import sm_inter as wire
from tests.support.monitoring import KERNEL, LOCAL_ADDRESSES, Called, Network
from tests.support.surroundings import Time

PRIV = bytes(range(16))
NSM = 100024
NLM = 100021


def interest(host: bytes) -> Interest:
    """Return what Linux asks for."""
    return Interest(host, b"node1", NLM, 3, 16)


def peer(address: str) -> Peer:
    """Return somebody who calls us from a high port."""
    return Peer(address, 40000, "192.0.2.1", 4046, "udp")


class Machine:
    """A machine whose daemon and kernel can be started again."""

    def __init__(self, folder: Path) -> None:
        self.network = Network(Time())
        self.file = folder / "nsm.json"
        self.nsm = self.start("first boot")

    def start(self, boot: str) -> Nsm:
        """Start the daemon."""
        self.nsm = self.network.monitor(self.file, boot)
        result_of(self.nsm.start())
        return self.nsm

    def monitor(self, *hosts: bytes) -> None:
        """Have hosts monitored by the kernel."""
        for host in hosts:
            assert result_of(self.nsm.monitor(KERNEL, interest(host), PRIV))

    def reboot(self, *hosts: bytes) -> Nsm:
        """Reboot, with these hosts monitored before."""
        self.monitor(*hosts)
        result_of(self.nsm.stop())
        return self.start("second boot")

    def serve(self, address: str, port: int = 662) -> None:
        """Let another host have a status monitor."""
        self.network.ports[address, NSM, "udp"] = port


def told(calls: list[Called]) -> list[tuple[str, bytes, int]]:
    """Return what other status monitors were told: address, name, state."""
    found = []
    for call in calls:
        assert (call.transport, call.program, call.version, call.procedure) == ("udp", NSM, 1, 6)
        change = wire.SM_INTERUnpacker(call.arguments).unpack_stat_chge()
        found.append((call.address, change.mon_name, change.state))
    return found


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Return a machine; nothing of it is under way when the test ends."""
    machine = Machine(tmp_path)
    yield machine
    result_of(machine.nsm.stop())
    for errand in machine.network.errands:
        errand.result()
    assert machine.network.connections == 0


def test_servers_hear_of_our_reboot(machine: Machine) -> None:
    """Every host that was monitored is told the new number, by the name that it knows us by."""
    for address in ("192.0.2.7", "2001:db8::7"):
        machine.serve(address)
    before = machine.nsm.state
    nsm = machine.reboot(b"192.0.2.7", b"2001:db8::7")
    assert nsm.state == before + 2
    assert told(machine.network.calls) == [
        ("192.0.2.7", b"node1", nsm.state),
        ("2001:db8::7", b"node1", nsm.state),
    ]
    assert nsm.owed == 0
    machine.start("second boot")
    assert len(machine.network.calls) == 2


def test_restart_of_the_daemon_tells_nobody(machine: Machine) -> None:
    """A daemon that is killed and started again has lost nothing, so nobody is told."""
    machine.serve("192.0.2.7")
    machine.monitor(b"192.0.2.7")
    nsm = machine.start("first boot")
    assert (machine.network.calls, nsm.hosts) == ([], 1)


def test_host_that_is_away_is_told_later(machine: Machine) -> None:
    """A host that does not answer is tried again, more and more rarely, until it does."""
    machine.serve("192.0.2.8")
    machine.network.deaf.add("192.0.2.8")
    nsm = machine.reboot(b"192.0.2.8")
    machine.network.run(300)
    tries = len(machine.network.calls)
    assert 8 <= tries <= 13
    machine.network.deaf.clear()
    machine.network.run(60)
    assert len(machine.network.calls) == tries + 1
    assert nsm.owed == 0


def test_host_without_a_monitor_is_given_up(machine: Machine) -> None:
    """After a quarter of an hour nobody is told any more, nor after a restart."""
    nsm = machine.reboot(b"192.0.2.8", b"unknown.example")
    machine.network.run(GIVE_UP_S - 100)
    assert nsm.owed == 2
    machine.network.run(200)
    assert nsm.owed == 0
    assert machine.start("second boot").owed == 0


def test_restart_goes_on_telling(machine: Machine) -> None:
    """Who was not told when the daemon stopped is told by the next one."""
    nsm = machine.reboot(b"192.0.2.8")
    result_of(nsm.stop())
    machine.serve("192.0.2.8")
    machine.network.run(100)
    assert machine.network.calls == []
    nsm = machine.start("second boot")
    assert told(machine.network.calls) == [("192.0.2.8", b"node1", nsm.state)]


def test_names_are_looked_up(machine: Machine) -> None:
    """A host that is monitored by name is told at whichever of its addresses answers."""
    machine.network.names["server.example"] = {"2001:db8::7", "192.0.2.9", "192.0.2.10"}
    machine.serve("192.0.2.10")
    nsm = machine.reboot(b"server.example")
    assert told(machine.network.calls) == [("192.0.2.10", b"node1", nsm.state)]


@pytest.mark.parametrize("host", [b"127.0.0.1", b"192.0.2.1", b"::1", b"me.example"])
def test_machine_that_mounts_from_itself(machine: Machine, host: bytes) -> None:
    """What this machine had locked through its own gateway is freed here; nobody is called."""
    machine.network.names["me.example"] = {"192.0.2.1"}
    nsm = machine.reboot(host)
    assert sorted(machine.network.rebooted) == [
        (address, b"node1", nsm.state) for address in sorted(LOCAL_ADDRESSES)
    ]
    assert (machine.network.calls, nsm.owed) == ([], 0)


def test_no_quorum_holds_up_nobody_else(machine: Machine) -> None:
    """While our own locks cannot be freed, other hosts are told; a restart begins again."""
    quorum: Wait[None] = Wait()
    machine.network.no_quorum = quorum
    nsm = machine.reboot(b"127.0.0.1", b"192.0.2.7")
    machine.network.run(5)
    machine.serve("192.0.2.7")
    machine.network.run(1000)
    assert told(machine.network.calls) == [("192.0.2.7", b"node1", nsm.state)]
    assert nsm.owed == 1
    stopping = step(nsm.stop())
    stopping.result()
    machine.network.no_quorum = None
    assert machine.start("second boot").owed == 0
    assert len(machine.network.rebooted) == 2
    quorum.resolve(None)


def test_simulated_crash_tells_all(machine: Machine) -> None:
    """SIMU_CRASH raises the number and tells everybody, as a reboot does."""
    machine.serve("192.0.2.7")
    machine.monitor(b"192.0.2.7")
    before = machine.nsm.state
    result_of(machine.nsm.simulate_crash(KERNEL))
    assert told(machine.network.calls) == [("192.0.2.7", b"node1", before + 2)]
    assert (machine.nsm.hosts, machine.nsm.owed) == (0, 0)


def heard(calls: list[Called]) -> list[tuple[bytes, int]]:
    """Return what the kernel was told: name, state; all by loopback, from a reserved port."""
    found = []
    for call in calls:
        assert (call.address, call.reserved) == ("127.0.0.1", True)
        assert (call.program, call.version, call.procedure) == (NLM, 3, 16)
        status = wire.SM_INTERUnpacker(call.arguments).unpack_status()
        assert status.priv == PRIV
        found.append((status.mon_name, status.state))
    return found


def test_kernel_hears_of_a_servers_reboot(machine: Machine) -> None:
    """The kernel is told by the name that it gave, with its 16 bytes, once per new number."""
    machine.network.ports["127.0.0.1", NLM, "udp"] = 51201
    machine.monitor(b"192.0.2.7", b"192.0.2.8")
    for state in (5, 5, 7):
        result_of(machine.nsm.notify(peer("192.0.2.7"), b"server.example", state))
    assert heard(machine.network.calls) == [(b"192.0.2.7", 5), (b"192.0.2.7", 7)]
    assert {(call.transport, call.port) for call in machine.network.calls} == {("udp", 51201)}
    assert machine.nsm.hosts == 2
    assert machine.network.rebooted == [("192.0.2.7", b"server.example", n) for n in (5, 5, 7)]


def test_kernel_that_listens_on_tcp_only(machine: Machine) -> None:
    """A lock daemon without UDP is called over TCP."""
    machine.network.ports["127.0.0.1", NLM, "tcp"] = 51202
    machine.monitor(b"192.0.2.7")
    result_of(machine.nsm.notify(peer("192.0.2.7"), b"server", 5))
    assert [(call.transport, call.port) for call in machine.network.calls] == [("tcp", 51202)]


@pytest.mark.parametrize("name", [b"server", b"server.example", b"SERVER.example"])
def test_monitored_name_must_be_the_senders(machine: Machine, name: bytes) -> None:
    """A host that is monitored by name is believed from its own addresses only."""
    machine.network.ports["127.0.0.1", NLM, "udp"] = 51201
    machine.network.names["server.example"] = {"192.0.2.7"}
    machine.monitor(b"server.example")
    result_of(machine.nsm.notify(peer("192.0.2.66"), name, 5))
    assert machine.network.calls == []
    assert machine.network.complaints == [("192.0.2.66", "it is not the host that it says")]
    result_of(machine.nsm.notify(peer("192.0.2.7"), name, 5))
    assert heard(machine.network.calls) == [(b"server.example", 5)]


def test_monitored_address_is_believed_from_there_only(machine: Machine) -> None:
    """Naming another's address does not help: what counts is where the call comes from."""
    machine.network.ports["127.0.0.1", NLM, "udp"] = 51201
    machine.monitor(b"192.0.2.7")
    result_of(machine.nsm.notify(peer("192.0.2.66"), b"192.0.2.7", 5))
    assert machine.network.calls == []
    assert machine.network.rebooted == [("192.0.2.66", b"192.0.2.7", 5)]


def test_kernel_that_does_not_answer(machine: Machine) -> None:
    """The kernel is called a few times; the latest news count; the next NOTIFY begins again."""
    machine.monitor(b"192.0.2.7")
    for state in (5, 7, 9):
        result_of(machine.nsm.notify(peer("192.0.2.7"), b"server", state))
    machine.network.ports["127.0.0.1", NLM, "udp"] = 51201
    machine.network.deaf.add("127.0.0.1")
    machine.network.run(120)
    states = [state for _, state in heard(machine.network.calls)]
    assert states[0] == 5
    assert set(states) == {5, 9}
    assert len(states) == 5 + 6
    machine.network.deaf.clear()
    result_of(machine.nsm.notify(peer("192.0.2.7"), b"server", 9))
    assert heard(machine.network.calls)[-1] == (b"192.0.2.7", 9)


def test_kernel_that_lost_interest_is_left_alone(machine: Machine) -> None:
    """After UNMON the kernel is not called any more."""
    machine.monitor(b"192.0.2.7")
    result_of(machine.nsm.notify(peer("192.0.2.7"), b"server", 5))
    result_of(machine.nsm.unmonitor(KERNEL, interest(b"192.0.2.7")))
    machine.network.ports["127.0.0.1", NLM, "udp"] = 51201
    machine.network.run(120)
    assert machine.network.calls == []


def test_own_locks_are_freed_although_nobody_is_answered(machine: Machine) -> None:
    """If too many others report reboots, this machine's own is reported again."""
    refused = [True]

    async def free(address: str, name: bytes, state: int) -> None:
        if refused:
            refused.clear()
            raise Unanswered

    machine.network.free = free
    nsm = machine.reboot(b"127.0.0.1")
    assert nsm.owed == 1
    machine.network.run(5)
    assert nsm.owed == 0
    assert len(machine.network.rebooted) == len(LOCAL_ADDRESSES) + 1
