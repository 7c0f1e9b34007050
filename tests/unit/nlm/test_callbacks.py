"""GRANTED: when it is called, how often, and what its answer means."""

from __future__ import annotations

from typing import Any

from nfsgw.backend.locks.api import Callback, Client, Offer, Owner, Wanted
from nfsgw.errors import FsCode
from nfsgw.nlm.callbacks import CALLS_PER_ADDRESS_MAX, Callbacks
from nfsgw.nlm.hosts import Host, Hosts
from nfsgw.rpc.client import ConnectionFailed
from nfsgw.rpc.message import ProcedureUnavailable
from nfsgw.rpc.peers import Complaints
from nfsgw.waiting import step
from nfsgw.xdr.generated import nlm as x
from tests.support.lockd import LockManagers
from tests.support.surroundings import Time
from tests.unit.nlm.fakes import FakeLocks


def make_offer(number: int = 1, address: str = "192.0.2.7", **changed: Any) -> Offer:  # noqa: ANN401
    """Return an offer."""
    callback = Callback(b"fh", b"oh", b"ck", 5, 0, 4, "tcp", "192.0.2.1")
    wanted = Wanted(70, Owner(Client(address, b"alpha"), number), 5, 1 << 64, True)
    return Offer(number, wanted, callback._replace(**changed))


class _Bench:
    def __init__(self) -> None:
        self.time = Time()
        self.managers = LockManagers(self.time.call_later)
        self.hosts = Hosts(self.managers, self.managers.connect, self.time.call_later)
        self.callbacks = self.new_life()
        self.locks = FakeLocks()
        self.callbacks.follow(self.locks.as_locks())

    def new_life(self) -> Callbacks:
        """Return what calls GRANTED, as after a start of the daemon."""
        return Callbacks(self.hosts, self.time.call_later, Complaints(self.time))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = max(self.time.now_ns, int(until_s * 1e9))

    @property
    def calls(self) -> int:
        """Return how many calls there were."""
        return len(self.managers.calls)


def test_granted_is_called_after_the_turn() -> None:
    """The client is told as soon as the turn is over, the answer is noted, and that is all."""
    bench = _Bench()
    bench.locks.offer(make_offer())
    assert bench.calls == 0
    bench.pass_time(0)
    (called,) = bench.managers.calls
    assert called.host == Host("192.0.2.7", 4, "tcp", "192.0.2.1")
    assert called.procedure == x.NLM_GRANTED
    assert called.arguments == x.nlm4_testargs(
        b"ck", True, x.nlm4_lock(b"alpha", b"fh", b"oh", 1, 5, 0)
    )
    assert bench.locks.noted == [(1, True)]
    bench.pass_time(100)
    assert (bench.calls, bench.callbacks.waiting, bench.callbacks.granted) == (1, 0, 1)


def test_version_and_transport_of_the_lock() -> None:
    """An old client is called as it called."""
    bench = _Bench()
    bench.locks.offer(make_offer(1, version=3, transport="udp"))
    bench.locks.offer(make_offer(2, version=1, local_address="192.0.2.2"))
    bench.pass_time(0)
    hosts = [called.host for called in bench.managers.calls]
    assert hosts == [
        Host("192.0.2.7", 3, "udp", "192.0.2.1"),
        Host("192.0.2.7", 1, "tcp", "192.0.2.2"),
    ]
    assert isinstance(bench.managers.calls[0].arguments, x.nlm_testargs)


def test_refusal_frees_the_lock() -> None:
    """A client that does not want the lock any more gives it to the next."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED]
    bench.locks.offer(make_offer())
    bench.pass_time(100)
    assert bench.locks.noted == [(1, False)]
    assert (bench.calls, bench.callbacks.refused) == (1, 1)


def test_granted_is_repeated_until_it_is_answered() -> None:
    """A silent client is asked again, soon at first, and then every half a minute."""
    bench = _Bench()
    bench.managers.answers = [None] * 9
    bench.locks.offer(make_offer())
    times = []
    began_s = bench.time.seconds()
    while not bench.locks.noted:
        before = bench.calls
        assert bench.time.step()
        if bench.calls > before:
            times.append(round(bench.time.seconds() - began_s))
    assert times == [0, 6, 13, 22, 35, 56, 91, 126, 161, 196]
    assert bench.locks.noted == [(1, True)]
    assert bench.callbacks.failed == 9


def test_udp_is_asked_again_sooner() -> None:
    """A lost datagram costs three seconds at first."""
    bench = _Bench()
    bench.managers.answers = [None]
    bench.locks.offer(make_offer(transport="udp"))
    bench.pass_time(3.1)
    assert bench.locks.noted == [(1, True)]


def test_refusal_after_silence_frees_nothing() -> None:
    """The client may have taken the first GRANTED; it refuses the second because it has."""
    bench = _Bench()
    bench.managers.answers = [None, *[x.NLM4_DENIED] * 1000]
    bench.locks.offer(make_offer())
    bench.pass_time(300)
    assert bench.locks.noted == []
    assert bench.calls > 5
    # It unlocks: the offer is gone, and so is everything else.
    bench.locks.offered.clear()
    bench.pass_time(31)
    assert bench.callbacks.waiting == 0
    assert bench.callbacks.refused == 0


def test_refusal_after_a_call_that_did_not_arrive_frees() -> None:
    """Who could not be reached cannot have taken anything."""
    bench = _Bench()
    bench.managers.open = lambda port: False
    bench.locks.offer(make_offer())
    bench.pass_time(0.5)
    bench.managers.open = lambda port: True
    bench.managers.answers = [x.NLM4_DENIED]
    bench.pass_time(1)
    assert bench.locks.noted == [(1, False)]


def test_refusal_of_an_old_offer_frees_nothing() -> None:
    """The daemon that made it may have called GRANTED, and heard the answer or not."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED] * 100
    bench.locks.offer(make_offer(), fresh=False)
    bench.pass_time(100)
    assert bench.locks.noted == []
    bench.managers.answers = []
    bench.pass_time(31)
    assert bench.locks.noted == [(1, True)]


def test_age_of_an_offer_is_not_told_by_the_clock() -> None:
    """A clock that was set back makes no new offer an old one, nor the other way round."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED] * 100
    bench.pass_time(1)
    bench.time.now_ns -= 3_600_000_000_000
    bench.locks.offer(make_offer(1))
    bench.locks.offer(make_offer(2), fresh=False)
    bench.pass_time(2)
    assert bench.locks.noted == [(1, False)]


def test_doubt_outlives_a_change_of_primary() -> None:
    """Between two primaries an offer seems gone; what may have been taken is remembered."""
    bench = _Bench()
    bench.managers.answers = [None, x.NLM4_DENIED]
    offer = make_offer()
    bench.locks.offer(offer)
    bench.locks.offered.clear()
    bench.pass_time(6.5)
    assert bench.callbacks.waiting == 0
    assert bench.calls == 0
    bench.locks.offer(offer)
    bench.pass_time(1)
    bench.locks.offered.clear()
    bench.pass_time(10)
    assert bench.callbacks.waiting == 0
    bench.locks.offer(offer)
    bench.pass_time(0.5)
    assert (bench.calls, bench.locks.noted) == (2, [])


def test_refusal_after_another_program_answered_frees() -> None:
    """A program that happens to have the port now has taken nothing either."""
    bench = _Bench()
    bench.managers.answers = [ProcedureUnavailable("another program"), x.NLM4_DENIED]
    bench.locks.offer(make_offer())
    bench.pass_time(5)
    assert bench.locks.noted == [(1, False)]


def test_grace_period_is_waited_for() -> None:
    """A client that is just starting is asked again, and may still refuse."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED_GRACE_PERIOD, x.NLM4_DENIED_GRACE_PERIOD]
    bench.managers.answers.append(x.NLM4_DENIED)
    bench.locks.offer(make_offer())
    bench.pass_time(0.5)
    assert bench.locks.noted == []
    bench.pass_time(3)
    assert bench.locks.noted == [(1, False)]


def test_other_statuses_are_refusals() -> None:
    """Whatever else a client says, it has not got the lock."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED_NOLOCKS, x.NLM4_FAILED]
    bench.locks.offer(make_offer(1))
    bench.locks.offer(make_offer(2))
    bench.pass_time(1)
    assert sorted(bench.locks.noted) == [(1, False), (2, False)]


def test_port_is_asked_again_after_a_failure() -> None:
    """A client that listens elsewhere now is found there."""
    bench = _Bench()
    bench.locks.offer(make_offer(1))
    bench.pass_time(0)
    bench.managers.answers = [ProcedureUnavailable("another program"), ConnectionFailed("reset")]
    bench.managers.port = 4002
    bench.locks.offer(make_offer(2))
    bench.pass_time(5)
    assert [called.port for called in bench.managers.calls] == [4001, 4001, 4002, 4002]
    assert bench.locks.noted == [(1, True), (2, True)]


def test_note_is_repeated_not_the_call() -> None:
    """While the volume cannot take the answer down, the client is left alone."""
    bench = _Bench()
    bench.locks.answers = [FsCode.TRY_LATER, FsCode.UNDECIDED]
    bench.locks.offer(make_offer())
    bench.pass_time(10)
    assert (bench.calls, bench.locks.noted) == (1, [(1, True)])


def test_answer_outlives_a_change_of_primary() -> None:
    """An answer that no primary could note is noted by the next, and the client left alone."""
    bench = _Bench()
    for number, status in ((1, x.NLM4_GRANTED), (2, x.NLM4_DENIED)):
        bench.managers.answers = [status]
        bench.locks.answers = [FsCode.TRY_LATER]
        offer = make_offer(number)
        bench.locks.offer(offer)
        bench.pass_time(0.5)
        bench.locks.offered.clear()
        bench.pass_time(10)
        assert bench.callbacks.waiting == 0
        bench.locks.offer(offer)
        bench.pass_time(0)
        assert bench.calls == number
    assert bench.locks.noted == [(1, True), (2, False)]


def test_offer_that_is_gone_is_not_called() -> None:
    """An offer that was cancelled in time costs no call, and one cancelled later no more."""
    bench = _Bench()
    bench.locks.offer(make_offer())
    bench.locks.offered.clear()
    bench.pass_time(100)
    assert (bench.calls, bench.callbacks.waiting) == (0, 0)
    bench.managers.answers = [None]
    bench.locks.offer(make_offer(2))
    bench.pass_time(1)
    bench.locks.offered.clear()
    bench.pass_time(100)
    assert (bench.calls, bench.callbacks.waiting) == (1, 0)


def test_offer_that_is_made_again() -> None:
    """A new primary tells of all offers: those under way are not called twice."""
    bench = _Bench()
    bench.managers.answers = [None]
    for _ in range(3):
        bench.locks.offer(make_offer())
        bench.pass_time(0.1)
    assert bench.calls == 1


def test_volumes_are_told_apart() -> None:
    """Two volumes number their offers alike."""
    bench = _Bench()
    other = FakeLocks()
    bench.callbacks.follow(other.as_locks())
    bench.locks.offer(make_offer())
    other.offer(make_offer())
    bench.pass_time(0)
    assert (bench.calls, bench.locks.noted, other.noted) == (2, [(1, True)], [(1, True)])


def test_one_client_does_not_hold_up_the_others() -> None:
    """A silent client has only so many calls under way; another one is told at once."""
    bench = _Bench()
    bench.managers.answers = [None] * CALLS_PER_ADDRESS_MAX
    for number in range(200):
        bench.locks.offer(make_offer(number))
    bench.locks.offer(make_offer(1000, "192.0.2.8"))
    bench.pass_time(1)
    assert bench.calls == CALLS_PER_ADDRESS_MAX + 1
    assert bench.locks.noted == [(1000, True)]
    bench.pass_time(10)
    assert len(bench.locks.noted) == 201


def test_many_unreachable_offers() -> None:
    """Thousands of waiters of a machine that is off do not pile up on the stack."""
    bench = _Bench()
    bench.managers.port = 0
    for number in range(5000):
        bench.locks.offer(make_offer(number))
    bench.pass_time(1.5)
    assert bench.callbacks.failed == 10_000
    bench.managers.port = 4001
    bench.pass_time(2)
    assert bench.callbacks.granted == 5000


def test_stop_ends_everything() -> None:
    """At a stop calls under way, pauses, queues and what has not begun end; offers stay."""
    bench = _Bench()
    bench.managers.answers = [x.NLM4_DENIED_GRACE_PERIOD, *[None] * 100]
    for number in range(100):
        bench.locks.offer(make_offer(number))
    bench.pass_time(0.1)
    bench.locks.offer(make_offer(500))
    stopped = step(bench.callbacks.stop())
    assert stopped.done
    stopped.result()
    assert bench.callbacks.waiting == 0
    assert len(bench.locks.offered) == 101
    assert bench.locks.noted == []
    bench.locks.offer(make_offer(501))
    bench.pass_time(100)
    assert bench.callbacks.waiting == 0
