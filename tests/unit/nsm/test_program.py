"""The procedures, through their table: who may call what, and what is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nfsgw.nsm import nsm_program
from nfsgw.nsm.interests import Interest
from nfsgw.nsm.monitors import MONITORS_MAX
from nfsgw.rpc.program import Call, Credential, Peer
from nfsgw.waiting import Wait, result_of, step
from nfsgw.xdr.generated import sm_inter as wire
from tests.support.monitoring import KERNEL, Network
from tests.support.surroundings import Time

PRIV = bytes(range(16))
LOCAL_ROOT = Peer("local", 0, "local", 0, "local", 0)
STRANGERS = [
    Peer("192.0.2.9", 700, "192.0.2.1", 4046, "udp"),
    Peer("192.0.2.1", 700, "192.0.2.1", 4046, "tcp"),
    Peer("2001:db8::9", 700, "2001:db8::1", 4046, "tcp"),
    Peer("127.0.0.1", 1024, "127.0.0.1", 4046, "udp"),
    Peer("local", 0, "local", 0, "local", 1000),
]


class Bench:
    """A started monitor and its table."""

    def __init__(self, folder: Path) -> None:
        self.network = Network(Time())
        self.nsm = self.network.monitor(folder / "nsm.json")
        result_of(self.nsm.start())
        self.program = nsm_program(self.nsm)

    def begin(self, name: str, arguments: object = None, peer: Peer = KERNEL) -> Wait[Any]:
        """Begin a call with AUTH_NONE."""
        (row,) = [row for row in self.program.versions[1].values() if row.name == name]
        return step(row.run(Call(peer, Credential(0), 1), arguments))

    def call(self, name: str, arguments: object = None, peer: Peer = KERNEL) -> Any:  # noqa: ANN401
        """Call a procedure that does not wait."""
        return self.begin(name, arguments, peer).result()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a monitor."""
    return Bench(tmp_path)


def who(program: int = 100021, version: int = 3, procedure: int = 16) -> wire.my_id:
    """Return who monitors: Linux's lock daemon, unless told otherwise."""
    return wire.my_id(b"node1", program, version, procedure)


def mon(host: bytes = b"192.0.2.7", id: wire.my_id | None = None) -> wire.mon:
    """Return the arguments of MON."""
    return wire.mon(wire.mon_id(host, who() if id is None else id), PRIV)


def test_table() -> None:
    """All of version 1 is served; what changes something is kept for who asks again."""
    table = nsm_program(Network(Time()).monitor(Path("nsm.json"))).versions
    assert [(row.name, row.mutates) for row in table[1].values()] == [
        ("NULL", False),
        ("STAT", False),
        ("MON", True),
        ("UNMON", True),
        ("UNMON_ALL", True),
        ("SIMU_CRASH", True),
        ("NOTIFY", True),
    ]
    assert not any(row.needs_credential for row in table[1].values())


@pytest.mark.parametrize(
    "peer", [KERNEL, LOCAL_ROOT, Peer("::1", 1023, "::1", 4046, "tcp")], ids=str
)
def test_kernel_may(bench: Bench, peer: Peer) -> None:
    """The kernel of this machine is served, on each way by which it can come."""
    assert bench.call("STAT", wire.sm_name(b"server"), peer).res_stat == wire.STAT_SUCC
    answer = bench.call("MON", mon(), peer)
    assert answer == wire.sm_stat_res(wire.STAT_SUCC, bench.nsm.state)
    assert bench.nsm.hosts == 1
    assert bench.call("UNMON", mon().monid, peer) == wire.sm_stat(bench.nsm.state)
    assert (bench.nsm.hosts, bench.nsm.refused, bench.network.complaints) == (0, 0, [])
    assert bench.network.expected_changes == 2


@pytest.mark.parametrize("peer", STRANGERS, ids=str)
def test_strangers_may_not(bench: Bench, peer: Peer) -> None:
    """Others, unprivileged programs of this machine among them, change nothing and are counted."""
    bench.call("MON", mon())
    state = bench.nsm.state
    for name, arguments in (("STAT", wire.sm_name(b"server")), ("MON", mon(b"192.0.2.8"))):
        assert bench.call(name, arguments, peer).res_stat == wire.STAT_FAIL
    assert bench.call("UNMON", mon().monid, peer) == wire.sm_stat(state)
    assert bench.call("UNMON_ALL", who(), peer) == wire.sm_stat(state)
    bench.call("SIMU_CRASH", None, peer)
    assert (bench.nsm.state, bench.nsm.hosts, bench.nsm.owed) == (state, 1, 0)
    assert bench.nsm.refused == 5
    assert {address for address, _ in bench.network.complaints} == {peer.address}
    assert bench.network.expected_changes == 1


@pytest.mark.parametrize(
    "arguments",
    [
        mon(b""),
        mon(b"x" * 256),
        mon(b"a\0b"),
        mon(id=wire.my_id(b"", 100021, 3, 16)),
        mon(id=who(program=100005)),
        mon(id=who(program=-1)),
        mon(id=who(version=-3)),
        mon(id=who(procedure=0)),
    ],
    ids=str,
)
def test_impossible_interest(bench: Bench, arguments: wire.mon) -> None:
    """Hosts that cannot be, and programs other than the lock manager, are refused."""
    assert bench.call("MON", arguments).res_stat == wire.STAT_FAIL
    assert bench.nsm.hosts == 0
    assert bench.call("STAT", wire.sm_name(b"a\0b")).res_stat == wire.STAT_FAIL


def test_too_many_hosts(bench: Bench) -> None:
    """Beyond 4,096 hosts MON fails, rather than that the disk fills."""
    for number in range(MONITORS_MAX):
        interest = Interest(b"%d" % number, b"node1", 100021, 3, 16)
        bench.nsm._monitors.interests[interest] = PRIV  # without a disk, which would take long
    assert bench.call("MON", mon()).res_stat == wire.STAT_FAIL


def test_full_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be made durable is not promised."""

    def full(*_arguments: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("nfsgw.nsm.monitors._replace", full)
    assert bench.call("MON", mon()).res_stat == wire.STAT_FAIL
    assert bench.nsm.hosts == 0
    monkeypatch.undo()
    assert bench.call("MON", mon()).res_stat == wire.STAT_SUCC


def test_unmon_takes_out_exactly_one(bench: Bench) -> None:
    """UNMON means the host and the procedure that MON gave; UNMON_ALL all hosts of a procedure."""
    other = who(version=4)
    for arguments in (mon(), mon(b"192.0.2.8"), mon(id=other)):
        bench.call("MON", arguments)
    bench.call("UNMON", wire.mon_id(b"192.0.2.9", who()))
    bench.call("UNMON", wire.mon_id(b"192.0.2.7", who(procedure=17)))
    assert bench.nsm.hosts == 3
    bench.call("UNMON", mon().monid)
    assert bench.nsm.hosts == 2
    bench.call("UNMON_ALL", who())
    assert bench.nsm.hosts == 1
    bench.call("UNMON", mon(id=other).monid)
    assert bench.nsm.hosts == 0


def test_notify_is_answered_after_its_effect(bench: Bench) -> None:
    """While locks cannot be freed, the client that says that it rebooted waits for its answer."""
    bench.network.no_quorum = quorum = Wait[None]()
    peer = Peer("192.0.2.9", 40000, "192.0.2.1", 4046, "udp")
    answer = bench.begin("NOTIFY", wire.stat_chge(b"client", 5), peer)
    assert [answer.done, bench.network.rebooted] == [False, []]
    quorum.resolve(None)
    assert answer.result() is None
    assert bench.network.rebooted == [("192.0.2.9", b"client", 5)]


def test_notify_that_means_nobody(bench: Bench) -> None:
    """A caller without an address, or with an impossible name, frees nothing."""
    bench.call("NOTIFY", wire.stat_chge(b"client", 5), LOCAL_ROOT)
    bench.call("NOTIFY", wire.stat_chge(b"x" * 256, 5), STRANGERS[0])
    assert bench.network.rebooted == []
