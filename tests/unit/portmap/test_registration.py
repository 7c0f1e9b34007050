"""Registration with an rpcbind that restarts, forgets, refuses and is away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twisted.internet.task import Clock

from nfsgw.portmap.registration import Registration, find_rpcbind, make_entries
from nfsgw.portmap.registry import Entry
from nfsgw.waiting import result_of
from tests.unit.portmap.fakes import FakeRpcbind

ENTRIES = make_entries(100003, [3], 2049, ["tcp", "udp", "tcp6", "udp6"])


class Bench:
    """A registration at a fake rpcbind, on a clock of the test."""

    def __init__(self, yielding: frozenset[int] = frozenset()) -> None:
        self.rpcbind = FakeRpcbind()
        self.clock = Clock()
        self.alive = True
        self.asked: list[Entry] = []
        self.registration = Registration(
            self.rpcbind.connect,
            "/run/rpcbind.sock",
            self.clock,
            ENTRIES,
            yielding,
            is_alive=self.is_alive,
        )

    async def is_alive(self, entry: Entry) -> bool:
        """Say whether somebody else's program answers."""
        self.asked.append(entry)
        return self.alive

    def take(self, netid: str, port: int, owner: str = "superuser", program: int = 100003) -> None:
        """Take a place as a program of this machine does: unset it, then set it."""
        registry = self.rpcbind.registry
        registry.unset(program, 3, netid, "superuser")
        high, low = divmod(port, 256)
        assert registry.set(Entry(program, 3, netid, f"0.0.0.0.{high}.{low}", owner))

    def registered(self) -> dict[str, str]:
        """Return where rpcbind says that NFS is."""
        found = self.rpcbind.registry.find_all(100003, 3)
        return {entry.netid: entry.address for entry in found}


WANTED = {"tcp": "0.0.0.0.8.1", "udp": "0.0.0.0.8.1", "tcp6": "::.8.1", "udp6": "::.8.1"}


def test_start_registers_and_stop_takes_back() -> None:
    """While the gateway runs, rpcbind knows where NFS is; after a stop it does not."""
    bench = Bench()
    result_of(bench.registration.start())
    assert bench.registered() == WANTED
    assert not bench.registration.missing
    result_of(bench.registration.stop())
    assert bench.registered() == {}
    assert bench.rpcbind.connections == 0
    assert bench.clock.getDelayedCalls() == []


def test_restarted_rpcbind_is_told_again() -> None:
    """When rpcbind was restarted and has forgotten everything, clients find NFS soon again."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.rpcbind.up = False
    bench.clock.advance(5)
    assert len(bench.registration.missing) == 4
    bench.rpcbind.restart()
    bench.rpcbind.up = True
    bench.clock.advance(5)
    assert bench.registered() == WANTED
    assert not bench.registration.missing


def test_start_does_not_depend_on_rpcbind() -> None:
    """A gateway starts without rpcbind and registers when it comes."""
    bench = Bench()
    bench.rpcbind.up = False
    result_of(bench.registration.start())
    assert bench.registered() == {}
    bench.rpcbind.up = True
    bench.clock.advance(5)
    assert bench.registered() == WANTED


def test_stale_registration_of_a_crashed_run_is_replaced() -> None:
    """What an earlier run on another port left behind does not mislead clients."""
    bench = Bench()
    bench.rpcbind.registry.set(Entry(100003, 3, "tcp", "0.0.0.0.9.9", "superuser"))
    result_of(bench.registration.start())
    assert bench.registered() == WANTED
    assert bench.registration.displaced == {(100003, 3, "tcp"): "0.0.0.0.9.9"}


def test_other_versions_of_others_are_left_alone() -> None:
    """A foreign server's NFS version 4 stays registered."""
    bench = Bench()
    foreign = Entry(100003, 4, "tcp", "0.0.0.0.9.9", "superuser")
    bench.rpcbind.registry.set(foreign)
    result_of(bench.registration.start())
    result_of(bench.registration.stop())
    assert bench.rpcbind.registry.entries() == [foreign]


def test_kernels_registration_is_displaced_and_remembered() -> None:
    """When the local kernel takes a place of ours, we take it back and keep its address."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.take("udp", 51201)
    bench.clock.advance(5)
    assert bench.registered() == WANTED
    assert bench.registration.displaced[100003, 3, "udp"] == "0.0.0.0.200.1"
    bench.rpcbind.registry.unset(100003, 3, "udp", "superuser")
    bench.clock.advance(5)
    assert bench.registered() == WANTED
    assert bench.registration.displaced[100003, 3, "udp"] == "0.0.0.0.200.1"
    bench.take("udp", 51457)
    bench.clock.advance(5)
    assert bench.registration.displaced[100003, 3, "udp"] == "0.0.0.0.201.1"


def test_lock_daemon_is_known_where_we_serve_nothing() -> None:
    """What the kernel has on a transport or in a version that is not ours is known, and left."""
    bench = Bench()
    bench.take("udp", 51201, program=100021)
    bench.take("udp", 51202, program=100099)
    result_of(bench.registration.start())
    assert bench.registration.displaced == {(100021, 3, "udp"): "0.0.0.0.200.1"}
    assert bench.rpcbind.registry.find(100021, 3, "udp") is not None


def test_other_users_program_is_no_kernel() -> None:
    """Who is not root may slip in while a place is empty, but is not called in the kernel's."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.take("udp", 51201, owner="1000")
    bench.take("udp", 51201, owner="unknown", program=100021)
    bench.clock.advance(5)
    assert bench.registered() == WANTED
    assert bench.registration.displaced == {}


def test_expected_change_is_found_at_once() -> None:
    """When a mount on this machine begins, others find our lock manager again in a moment."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.registration.expect_change()
    for pause_s in (0.05, 0.15, 0.3, 0.5, 1, 3):
        bench.take("tcp", 51201)
        bench.clock.advance(pause_s)
        assert bench.registered() == WANTED


def test_checks_become_rare_again() -> None:
    """After a change was expected six checks come in five seconds, then one in five."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.rpcbind.calls.clear()
    bench.registration.expect_change()
    bench.registration.expect_change()
    bench.clock.pump([0.01] * 550)
    assert len(bench.rpcbind.calls) == 6
    bench.clock.pump([0.01] * 500)
    assert len(bench.rpcbind.calls) == 7
    result_of(bench.registration.stop())
    bench.registration.expect_change()
    assert bench.clock.getDelayedCalls() == []


def test_yielding_program_leaves_a_foreign_registration() -> None:
    """A system rpc.statd is not displaced, and start-up can say so; nothing is amiss otherwise."""
    bench = Bench(yielding=frozenset({100003}))
    bench.rpcbind.registry.set(Entry(100003, 3, "tcp", "0.0.0.0.9.9", "superuser"))
    result_of(bench.registration.start())
    assert bench.registered() == WANTED | {"tcp": "0.0.0.0.9.9"}
    assert bench.registration.yielded == {(100003, 3, "tcp"): "0.0.0.0.9.9"}
    assert not bench.registration.missing
    result_of(bench.registration.stop())
    assert bench.registered() == {"tcp": "0.0.0.0.9.9"}


def test_stopped_foreign_program_gives_way() -> None:
    """When the system's rpc.statd is stopped, ours is registered in its place soon."""
    bench = Bench(yielding=frozenset({100003}))
    bench.rpcbind.registry.set(Entry(100003, 3, "tcp", "0.0.0.0.9.9", "superuser"))
    result_of(bench.registration.start())
    bench.rpcbind.registry.unset(100003, 3, "tcp", "superuser")
    bench.clock.advance(5)
    assert bench.registered() == WANTED
    assert bench.registration.yielded == {}


def test_dead_foreign_program_is_displaced() -> None:
    """We yield to who answers, not to what a crashed daemon left behind."""
    bench = Bench(yielding=frozenset({100003}))
    bench.alive = False
    bench.rpcbind.registry.set(Entry(100003, 3, "tcp", "0.0.0.0.9.9", "superuser"))
    result_of(bench.registration.start())
    assert bench.registered() == WANTED
    assert [entry.address for entry in bench.asked] == ["0.0.0.0.9.9"]


def test_nothing_is_sent_while_all_is_well() -> None:
    """A check of what is right asks once and changes nothing."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.rpcbind.calls.clear()
    bench.clock.advance(5)
    assert [number for number, _ in bench.rpcbind.calls] == [4]


def test_refused_transport_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine without IPv6, where rpcbind refuses tcp6, the rest is registered."""
    bench = Bench()
    inner: Callable[[Entry], bool] = bench.rpcbind.registry.set
    monkeypatch.setattr(
        bench.rpcbind.registry,
        "set",
        lambda entry: not entry.netid.endswith("6") and inner(entry),
    )
    result_of(bench.registration.start())
    assert set(bench.registered()) == {"tcp", "udp"}
    assert bench.registration.missing == {(100003, 3, "tcp6"), (100003, 3, "udp6")}


def test_find_rpcbind() -> None:
    """Start-up knows whether a system rpcbind is there, and where it takes registrations."""
    rpcbind = FakeRpcbind()
    assert result_of(find_rpcbind(rpcbind.connect)) == "/run/rpcbind.sock"
    assert result_of(find_rpcbind(rpcbind.connect, ["@/run/rpcbind.sock"])) == "@/run/rpcbind.sock"
    rpcbind.up = False
    assert result_of(find_rpcbind(rpcbind.connect)) is None
    assert rpcbind.connections == 0
