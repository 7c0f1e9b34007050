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
        self.registration = Registration(
            self.rpcbind.connect, "/run/rpcbind.sock", self.clock, ENTRIES, yielding
        )

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
    bench.clock.advance(15)
    assert len(bench.registration.missing) == 4
    bench.rpcbind.restart()
    bench.rpcbind.up = True
    bench.clock.advance(15)
    assert bench.registered() == WANTED
    assert not bench.registration.missing


def test_start_does_not_depend_on_rpcbind() -> None:
    """A gateway starts without rpcbind and registers when it comes."""
    bench = Bench()
    bench.rpcbind.up = False
    result_of(bench.registration.start())
    assert bench.registered() == {}
    bench.rpcbind.up = True
    bench.clock.advance(15)
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
    registry = bench.rpcbind.registry
    registry.unset(100003, 3, "udp", "superuser")
    registry.set(Entry(100003, 3, "udp", "0.0.0.0.200.1", "superuser"))
    bench.clock.advance(15)
    assert bench.registered() == WANTED
    assert bench.registration.displaced[100003, 3, "udp"] == "0.0.0.0.200.1"


def test_yielding_program_leaves_a_foreign_registration() -> None:
    """A system rpc.statd is not displaced, and start-up can say so."""
    bench = Bench(yielding=frozenset({100003}))
    bench.rpcbind.registry.set(Entry(100003, 3, "tcp", "0.0.0.0.9.9", "superuser"))
    result_of(bench.registration.start())
    assert bench.registered() == WANTED | {"tcp": "0.0.0.0.9.9"}
    assert bench.registration.missing == {(100003, 3, "tcp")}
    result_of(bench.registration.stop())
    assert bench.registered() == {"tcp": "0.0.0.0.9.9"}


def test_nothing_is_sent_while_all_is_well() -> None:
    """A check of what is right asks once and changes nothing."""
    bench = Bench()
    result_of(bench.registration.start())
    bench.rpcbind.calls.clear()
    bench.clock.advance(15)
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
