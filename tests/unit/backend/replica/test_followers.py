"""What a primary has under way on other bricks: who is waited for, and who hangs."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from nfsgw.backend.replica.followers import Follower, Followers
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step
from tests.support.bricks import TestClock

PATIENCE_S = 3.0


class Bench:
    """Some followers that are in sync.

    :ivar lost: who was lost, and why.
    """

    def __init__(self, count: int = 2) -> None:
        self.clock = TestClock()
        self.lost: list[tuple[Follower, str]] = []
        self.followers = Followers(self.clock, PATIENCE_S, self.note_lost)
        self.all = [self.add() for _ in range(count)]

    def note_lost(self, follower: Follower, reason: str) -> None:
        """Take note of one that is lost."""
        self.lost.append((follower, reason))

    def add(self, in_sync: bool = True) -> Follower:
        """Add one more."""
        follower = Follower(Mock(), in_sync, set())
        self.followers.add(follower)
        return follower

    def ask_all(self, *answers: Wait[None] | None) -> Wait[None] | None:
        """Ask all; each gives one of these answers."""
        given = dict(zip(self.all, answers, strict=True))
        return self.followers.each(lambda follower: given.get(follower))


def done(error: Exception | None = None) -> Wait[None]:
    """Return an answer that is there at once."""
    wait: Wait[None] = Wait()
    if error is None:
        wait.resolve(None)
    else:
        wait.fail(error)
    return wait


def under_way(wait: Wait[Any] | None) -> Wait[Any]:
    """Return what is under way."""
    assert wait is not None
    assert not wait.done
    return wait


def code_of(wait: Wait[Any]) -> FsCode:
    """Return the error that something has ended with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


# Asking all


def test_what_all_have_done_at_once_needs_no_wait() -> None:
    """In memory, and where nobody follows, nothing is waited for."""
    assert Bench().ask_all(done(), done()) is None
    assert Bench(0).ask_all() is None


def test_call_is_over_when_all_have_answered() -> None:
    """In whatever order the answers come."""
    for first, last in ((0, 1), (1, 0)):
        bench = Bench()
        answers: list[Wait[None]] = [Wait(), Wait()]
        wait = under_way(bench.ask_all(*answers))
        answers[first].resolve(None)
        assert not wait.done
        answers[last].resolve(None)
        wait.result()


def test_call_is_not_over_before_all_have_been_asked() -> None:
    """The first may answer while the second is being asked."""
    bench = Bench()
    answers: list[Wait[None]] = [Wait(), Wait()]

    def ask(follower: Follower) -> Wait[None]:
        if follower is bench.all[1]:
            answers[0].resolve(None)
            return answers[1]
        return answers[0]

    wait = under_way(bench.followers.each(ask))
    answers[1].resolve(None)
    assert wait.done


def test_follower_that_has_nothing_to_do_is_not_waited_for() -> None:
    """Bytes of what it lacks are not sent to it."""
    bench = Bench()
    answer: Wait[None] = Wait()
    wait = under_way(bench.ask_all(None, answer))
    assert bench.all[0].under_way.age_s(bench.clock.seconds() + 100) == 0
    answer.resolve(None)
    assert wait.done


@pytest.mark.parametrize("at_once", [True, False])
def test_follower_that_fails_is_waited_for_until_it_is_dropped(at_once: bool) -> None:
    """Nothing is acknowledged without it as long as it may still take over."""
    bench = Bench()
    failing: Wait[None] = done(MemberFailed("broken")) if at_once else Wait()
    wait = under_way(bench.ask_all(failing, done()))
    if not at_once:
        assert bench.lost == []
        failing.fail(MemberFailed("broken"))
    assert bench.lost == [(bench.all[0], "broken")]
    assert not wait.done
    leaving = [bench.followers.leaving]
    assert bench.followers.in_sync == [bench.all[1]]
    bench.followers.dropped(bench.all[0])
    wait.result()
    assert [*leaving, bench.followers.leaving] == [True, False]
    assert not bench.all[0].in_sync


def test_all_that_fail_are_waited_for() -> None:
    """Each of them until it is dropped."""
    bench = Bench()
    wait = under_way(bench.ask_all(done(MemberFailed("broken")), done(MemberFailed("likewise"))))
    assert [follower for follower, _ in bench.lost] == bench.all
    bench.followers.dropped(bench.all[1])
    assert not wait.done
    bench.followers.dropped(bench.all[0])
    assert wait.done


def test_other_followers_are_waited_for_though_one_was_dropped() -> None:
    """Their answers count as before."""
    bench = Bench()
    answer: Wait[None] = Wait()
    wait = under_way(bench.ask_all(done(MemberFailed("broken")), answer))
    bench.followers.dropped(bench.all[0])
    assert not wait.done
    answer.resolve(None)
    assert wait.done


def test_everything_under_way_on_a_lost_follower_is_over_when_it_is_dropped() -> None:
    """It is lost once, however many of its calls fail."""
    bench = Bench()
    answers: list[Wait[None]] = [Wait(), Wait(), Wait()]
    waits = [under_way(bench.ask_all(answer, done())) for answer in answers]
    answers[1].fail(MemberFailed("broken"))
    answers[2].fail(MemberFailed("likewise"))
    assert bench.lost == [(bench.all[0], "broken")]
    assert not any(wait.done for wait in waits)
    bench.followers.dropped(bench.all[0])
    assert all(wait.done for wait in waits)
    answers[0].resolve(None)


def test_lost_follower_is_asked_nothing_any_more() -> None:
    """Neither with all others nor alone."""
    bench = Bench()
    bench.followers.lose(bench.all[0], "broken")
    asked: list[Follower] = []

    def ask(follower: Follower) -> Wait[None]:
        asked.append(follower)
        return done()

    bench.followers.each(ask)
    assert asked == [bench.all[1]]
    call = Mock()
    assert step(bench.followers.ask(bench.all[0], call)).result() is None
    call.assert_not_called()


def test_follower_that_is_dropped_while_it_is_asked_is_not_waited_for() -> None:
    """One that is not in sync needs no leave of the set's record."""
    bench = Bench(0)
    joining = bench.add(in_sync=False)
    followers = Followers(bench.clock, PATIENCE_S, lambda lost, _: followers.dropped(lost))
    followers.add(joining)
    assert followers.each(lambda follower: done(MemberFailed("broken"))) is None
    assert len(followers) == 0


def test_call_that_makes_a_follower_be_dropped_is_not_waited_for() -> None:
    """A brick may say itself that it has failed, and be dropped before its answer comes."""
    bench = Bench(0)
    followers = Followers(bench.clock, PATIENCE_S, lambda lost, _: followers.dropped(lost))

    def fail(follower: Follower) -> Wait[None]:
        followers.lose(follower, "broken")
        return done(MemberFailed("broken"))

    one, other = (Follower(Mock(), True, set()) for _ in range(2))
    followers.add(one)
    assert followers.each(fail) is None
    followers.add(other)
    assert step(followers.ask(other, lambda: fail(other))).result() is None
    assert len(followers) == 0


def test_follower_is_found_by_its_member() -> None:
    """As long as it follows."""
    bench = Bench()
    assert bench.followers.find(bench.all[1].member) is bench.all[1]
    bench.followers.lose(bench.all[1], "broken")
    assert bench.followers.find(bench.all[1].member) is None


# Asking one


def test_one_follower_answers() -> None:
    """The others have nothing to do with it."""
    bench = Bench()
    answer: Wait[int | None] = Wait()
    asked = step(bench.followers.ask(bench.all[0], lambda: answer))
    assert not asked.done
    answer.resolve(7)
    assert asked.result() == 7
    assert step(bench.followers.ask(bench.all[0], lambda: answer)).result() == 7


def test_follower_that_fails_gives_no_answer() -> None:
    """Whoever has asked goes on when it has been dropped."""
    bench = Bench()
    answer: Wait[int | None] = Wait()
    asked = step(bench.followers.ask(bench.all[0], lambda: answer))
    answer.fail(MemberFailed("broken"))
    assert not asked.done
    bench.followers.dropped(bench.all[0])
    assert asked.result() is None


def test_follower_lost_for_another_reason_gives_no_answer() -> None:
    """It may give one later, which nobody needs."""
    bench = Bench()
    answer: Wait[int | None] = Wait()
    asked = step(bench.followers.ask(bench.all[0], lambda: answer))
    bench.followers.lose(bench.all[0], "it does not answer")
    assert not asked.done
    bench.followers.dropped(bench.all[0])
    assert asked.result() is None
    answer.resolve(7)


# Its own disk


def test_result_of_the_own_disk_is_handed_on() -> None:
    """Values and errors."""
    bench = Bench()
    ready = done()
    assert bench.followers.watch(ready) is ready
    good: Wait[int] = Wait()
    bad: Wait[int] = Wait()
    watched = [bench.followers.watch(wait) for wait in (good, bad)]
    assert not any(wait.done for wait in watched)
    good.resolve(7)
    bad.fail(OSError("broken"))
    assert watched[0].result() == 7
    with pytest.raises(OSError, match="broken"):
        watched[1].result()
    bench.clock.advance(100)
    assert bench.followers.own.age_s(bench.clock.seconds()) == 0


# Hanging


def test_brick_that_is_late_alone_hangs() -> None:
    """If others have answered, it is not because there is so much to do."""
    bench = Bench()
    bench.ask_all(Wait(), done())
    bench.clock.advance(PATIENCE_S)
    assert bench.followers.late() is None
    bench.clock.advance(0.01)
    assert bench.followers.late() is bench.all[0]


def test_nobody_hangs_when_all_are_slow() -> None:
    """They may share a disk."""
    bench = Bench()
    answers: list[Wait[None]] = [Wait(), Wait()]
    own: Wait[None] = Wait()
    bench.ask_all(*answers)
    bench.followers.watch(own)
    bench.clock.advance(100)
    assert bench.followers.late() is None
    own.resolve(None)
    assert bench.followers.late() is bench.all[0]


def test_own_disk_hangs_if_another_brick_answers() -> None:
    """Then that one is to be primary."""
    bench = Bench()
    own: Wait[None] = Wait()
    bench.followers.watch(own)
    answers: list[Wait[None]] = [Wait(), Wait()]
    bench.ask_all(*answers)
    bench.clock.advance(100)
    assert bench.followers.late() is None
    answers[0].resolve(None)
    assert bench.followers.late() is bench.followers.own
    own.resolve(None)
    assert bench.followers.late() is bench.all[1]


def test_brick_that_is_not_in_sync_is_no_measure_for_others() -> None:
    """It cannot take over, so a primary whose disk is slow has to go on."""
    bench = Bench(0)
    joining = bench.add(in_sync=False)
    bench.followers.watch(Wait())
    bench.clock.advance(100)
    assert bench.followers.late() is None
    joining.in_sync = True
    assert bench.followers.late() is bench.followers.own


def test_brick_that_is_not_in_sync_may_hang() -> None:
    """Nobody waits for it longer than for others."""
    bench = Bench(0)
    joining = bench.add(in_sync=False)
    bench.followers.each(lambda follower: Wait())
    bench.clock.advance(100)
    assert bench.followers.late() is joining


def test_brick_that_is_a_little_late_is_no_measure_for_others() -> None:
    """When a disk that all share stops, some calls have been under way longer than others."""
    bench = Bench()
    bench.followers.watch(Wait())
    bench.ask_all(Wait(), done())
    bench.clock.advance(PATIENCE_S / 2)
    bench.ask_all(done(), Wait())
    bench.clock.advance(PATIENCE_S / 2 + 0.01)
    assert bench.followers.late() is None


def test_oldest_call_counts() -> None:
    """A brick that answers, if slowly, does not hang."""
    bench = Bench()
    first: Wait[None] = Wait()
    bench.ask_all(first, done())
    bench.clock.advance(2)
    bench.ask_all(Wait(), done())
    bench.clock.advance(2)
    assert bench.followers.late() is bench.all[0]
    first.resolve(None)
    assert bench.followers.late() is None
    bench.clock.advance(2)
    assert bench.followers.late() is bench.all[0]


# Leases


def test_primary_counts_on_the_shortest_lease() -> None:
    """Of those that are in sync, also of one that is being dropped."""
    bench = Bench(3)
    for follower, sent_s in zip(bench.all, (30.0, 10.0, 20.0), strict=True):
        follower.lease.note(sent_s, 5.0)
    bench.add(in_sync=False)
    assert bench.followers.leased_until_s() == 15.0
    bench.followers.lose(bench.all[1], "broken")
    assert bench.followers.leased_until_s() == 15.0
    bench.followers.dropped(bench.all[1])
    assert bench.followers.leased_until_s() == 25.0


def test_primary_alone_needs_no_lease() -> None:
    """Nobody else may take over."""
    bench = Bench(0)
    bench.add(in_sync=False)
    assert bench.followers.leased_until_s() == float("inf")


# The end


def test_everything_under_way_is_undecided_at_the_end() -> None:
    """On bricks that follow, that are being dropped, and on its own disk."""
    bench = Bench()
    answer: Wait[int] = Wait()
    own: Wait[int] = Wait()
    waits: list[Wait[Any]] = [
        under_way(bench.ask_all(Wait(), Wait())),
        step(bench.followers.ask(bench.all[1], lambda: answer)),
        bench.followers.watch(own),
    ]
    bench.followers.lose(bench.all[0], "broken")
    bench.followers.close()
    assert [code_of(wait) for wait in waits] == [FsCode.UNDECIDED] * 3
    answer.resolve(7)
    own.resolve(7)
    bench.followers.close()
    assert len(bench.followers) == 0
    assert not bench.followers.leaving


def test_nobody_is_lost_after_the_end() -> None:
    """Whoever fails then is the next primary's business."""
    bench = Bench()
    answer: Wait[None] = Wait()
    bench.ask_all(answer, done())
    bench.followers.close()
    answer.fail(MemberFailed("broken"))
    bench.followers.lose(bench.all[1], "broken")
    assert bench.lost == []


def test_end_while_all_are_being_asked() -> None:
    """The one who asks is told so, though all others answer at once."""
    bench = Bench(0)
    followers = Followers(bench.clock, PATIENCE_S, lambda *_: followers.close())
    for _ in range(2):
        followers.add(Follower(Mock(), True, set()))
    answers = [done(MemberFailed("broken")), done()]
    wait = followers.each(lambda follower: answers.pop(0))
    assert wait is not None
    assert code_of(wait) is FsCode.UNDECIDED


def test_disk_that_hangs_holds_up_nobody_after_the_end() -> None:
    """A call that comes to the disk only then is not left without an answer."""
    bench = Bench()
    bench.followers.close()
    assert code_of(bench.followers.watch(Wait())) is FsCode.UNDECIDED
