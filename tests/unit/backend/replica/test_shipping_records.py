"""A batch of records on its way to all bricks: what it waits for, and what may be undone."""

from __future__ import annotations

from itertools import permutations

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.keys import COMMIT_POINT, sequence_of
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import unpack_number
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.followers import Follower, Followers
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.shipping import Shipping
from tests.support.bricks import TestClock
from tests.support.replicas import local_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.members import ToldMember

LEASE_S = 5.0


class Bench:
    """A primary whose tables commit when told to; its last record is number 1.

    :param members: bricks in sync that follow it.
    :ivar needed: how many bricks are a quorum.
    :ivar ends: how batches have ended.
    :ivar rests: how often a batch came to rest.
    :ivar dropped_at_once: a coordinator that needs no time lets those who are lost go.
    """

    def __init__(self, members: int = 1, log: LogBounds | None = None) -> None:
        self.clock = TestClock()
        self.store = MemoryStore()
        local = local_brick(self.store, log=log)
        self.store.held = True
        self.needed = 1
        self.ends: list[StoreFailed | None] = []
        self.rests = 0
        self.lost: list[Follower] = []
        self.dropped_at_once = False
        self.followers = Followers(self.clock, 3.0, self.note_lost)
        self.shipping = Shipping(
            local, 1, 1, self.followers, self.clock, lambda count: count >= self.needed
        )
        self.shipping.came_to_rest = self.note_rest
        self.members = [self.add() for _ in range(members)]

    def note_lost(self, follower: Follower, reason: str) -> None:
        """Take note of one that is lost; it counts as in sync until :meth:`drop`."""
        self.lost.append(follower)
        if self.dropped_at_once:
            self.drop()

    def note_rest(self) -> None:
        """Count."""
        self.rests += 1

    def add(self, in_sync: bool = True) -> ToldMember:
        """Let one more brick follow."""
        member = ToldMember()
        follower = Follower(member.member, in_sync, set())
        follower.lease.note(self.clock.seconds(), LEASE_S)
        self.followers.add(follower)
        return member

    def follower(self, member: ToldMember) -> Follower:
        """Return what the primary has of a member."""
        found = self.followers.find(member.member)
        assert found is not None
        return found

    def drop(self) -> None:
        """Let the record say that those who are lost are not in sync."""
        while self.lost:
            self.followers.dropped(self.lost.pop())
        self.shipping.look()

    def begin(self, first: int = 2, count: int = 1) -> list[Record]:
        """Begin a batch."""
        records = [
            Record(number, 1, number, {(Table.ENTRY, b"%d" % number): b"value"})
            for number in range(first, first + count)
        ]
        self.shipping.begin(records, self.ends.append)
        return records

    def committed(self, first: int = 2, count: int = 1) -> None:
        """Commit a batch everywhere."""
        self.begin(first, count)
        self.store.complete()
        for member in self.members:
            member.answer()

    @property
    def undo(self) -> list[int]:
        """Return the last records of the batches that this brick can take back."""
        return [sequence_of(key) for key in self.store.tables[Table.UNDO]]

    @property
    def noted_point(self) -> int:
        """Return the commit point that this brick has noted."""
        return unpack_number(self.store.tables[Table.META][COMMIT_POINT])


# What a batch waits for


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_batch_is_over_when_all_bricks_have_it(order: tuple[int, ...]) -> None:
    """In whatever order they commit it."""
    bench = Bench(2)
    records = bench.begin(count=3)
    parts = [bench.store.complete, *[member.answer for member in bench.members]]
    for number in order:
        assert bench.ends == []
        assert bench.shipping.commit_point == 1
        assert not bench.shipping.at_rest
        parts[number]()
    assert bench.ends == [None]
    assert bench.shipping.commit_point == bench.shipping.sequence == 4
    assert bench.shipping.at_rest
    assert not bench.shipping.held
    assert [member.args("append") for member in bench.members] == [[(records, 1)]] * 2


def test_batch_is_sent_to_all_while_it_is_committed_here() -> None:
    """The bricks work side by side."""
    bench = Bench(2)
    bench.begin()
    assert bench.store.writing
    assert [member.names for member in bench.members] == [["append"], ["append"]]


def test_own_tables_are_said_to_have_a_record_when_they_have_it() -> None:
    """Whoever is brought up to date gets nothing that may be lost here."""
    bench = Bench()
    bench.begin()
    bench.members[0].answer()
    assert bench.shipping.sequence == 1
    bench.store.complete()
    assert bench.shipping.sequence == 2


def test_brick_that_is_about_to_be_in_sync_is_waited_for_too() -> None:
    """It must lack nothing when it is."""
    bench = Bench(0)
    joining = bench.add(in_sync=False)
    bench.begin()
    bench.store.complete()
    assert bench.ends == []
    joining.answer()
    assert bench.ends == [None]


def test_commit_point_goes_with_the_next_batch() -> None:
    """So others learn what cannot be taken back any more."""
    bench = Bench()
    for first in (2, 4, 6):
        bench.committed(first, 2)
    assert [point for _, point in bench.members[0].args("append")] == [1, 3, 5]
    assert [records[0].sequence for records, _ in bench.members[0].args("append")] == [2, 4, 6]


# Undo


def test_last_batch_can_be_taken_back() -> None:
    """As long as another brick may become primary without it."""
    bench = Bench()
    bench.committed(2, 2)
    assert (bench.undo, bench.noted_point) == ([3], 1)
    bench.committed(4, 3)
    assert (bench.undo, bench.noted_point) == ([6], 3)


def test_brick_that_is_alone_takes_nothing_back() -> None:
    """Whatever it has committed is history."""
    bench = Bench(0)
    bench.begin(count=2)
    bench.store.complete()
    assert (bench.undo, bench.noted_point) == ([], 3)
    assert bench.ends == [None]


def test_undo_is_kept_for_a_brick_that_is_about_to_be_in_sync() -> None:
    """It may count before the batch is over, and become primary without it."""
    bench = Bench(0)
    bench.add(in_sync=False)
    bench.begin()
    bench.store.complete()
    assert (bench.undo, bench.noted_point) == ([2], 1)


def test_undo_is_kept_as_long_as_a_brick_is_being_dropped() -> None:
    """Until the record says otherwise it may become primary."""
    bench = Bench()
    bench.followers.lose(bench.follower(bench.members[0]), "broken")
    bench.begin()
    bench.store.complete()
    assert (bench.undo, bench.noted_point) == ([2], 1)
    assert bench.ends == []
    bench.drop()
    assert bench.ends == [None]
    bench.begin(3)
    bench.store.complete()
    assert (bench.undo, bench.noted_point) == ([], 3)


def test_pinned_records_stay_in_the_log() -> None:
    """For a brick that is catching up; otherwise old ones are lost."""
    for pinned, oldest in ((None, 64), (40, 40)):
        bench = Bench(0, LogBounds(bytes_max=1, age_s=0))
        bench.shipping.keep_from = pinned
        for first in range(2, 71):
            bench.begin(first)
            bench.store.complete()
        log = [sequence_of(key) for key in bench.store.tables[Table.LOG]]
        assert log == list(range(oldest, 71))


# Losing a brick


def test_brick_that_fails_is_waited_for_until_it_is_dropped() -> None:
    """It may take over as long as it counts as in sync."""
    bench = Bench(2)
    bench.begin()
    bench.store.complete()
    bench.members[0].answer()
    bench.members[1].fail()
    assert bench.ends == []
    bench.drop()
    assert bench.ends == [None]


def test_brick_dropped_before_the_own_commit_has_ended() -> None:
    """The primary's own copy counts as before."""
    bench = Bench()
    bench.begin()
    bench.members[0].fail()
    bench.drop()
    assert bench.ends == []
    bench.store.complete()
    assert bench.ends == [None]


def test_brick_that_is_lost_elsewhere_holds_up_a_batch_that_it_has() -> None:
    """The record is swapped first."""
    bench = Bench(2)
    bench.begin()
    for member in bench.members:
        member.answer()
    bench.followers.lose(bench.follower(bench.members[0]), "it does not answer")
    bench.store.complete()
    assert bench.ends == []
    assert bench.shipping.held
    bench.drop()
    assert bench.ends == [None]


def test_brick_that_fails_at_once_does_not_make_the_batch_pass_early() -> None:
    """Its loss makes others look how far the batch is."""
    bench = Bench(1)
    bench.members[0].results["append"] = MemberFailed("broken")
    bench.dropped_at_once = True
    bench.begin()
    assert len(bench.followers) == 0
    assert bench.ends == []
    bench.store.complete()
    assert bench.ends == [None]


# Quorum and leases


def test_batch_waits_for_a_quorum() -> None:
    """It is everywhere, and at rest, so a brick can be brought up to date and release it."""
    bench = Bench(0)
    bench.needed = 2
    bench.begin()
    rest = [bench.shipping.at_rest]
    bench.store.complete()
    assert bench.ends == []
    assert bench.rests == 1
    assert bench.shipping.short
    assert bench.shipping.held
    assert [*rest, bench.shipping.at_rest] == [False, True]
    assert (bench.shipping.sequence, bench.shipping.commit_point) == (2, 1)
    joining = bench.add(in_sync=False)
    bench.shipping.look()
    assert bench.ends == []
    bench.follower(joining).in_sync = True
    bench.shipping.look()
    assert bench.ends == [None]
    assert bench.shipping.commit_point == 2
    assert not bench.shipping.short


def test_quorum_that_is_lost_during_a_batch_holds_it() -> None:
    """One that was enough when it began is not."""
    bench = Bench(1)
    bench.needed = 2
    bench.begin()
    bench.store.complete()
    bench.members[0].fail()
    bench.drop()
    assert bench.ends == []
    assert bench.shipping.held


def test_batch_waits_for_the_leases() -> None:
    """Without them another brick may be about to become primary."""
    bench = Bench(1)
    bench.begin()
    bench.members[0].answer()
    bench.clock.advance(LEASE_S)
    assert not bench.shipping.leased
    bench.store.complete()
    assert bench.ends == []
    assert bench.rests == 1
    bench.follower(bench.members[0]).lease.note(bench.clock.seconds(), LEASE_S)
    bench.shipping.look()
    assert bench.ends == [None]
    assert bench.rests == 1


def test_look_at_a_batch_that_is_not_everywhere_does_nothing() -> None:
    """Nor without any batch."""
    bench = Bench()
    bench.shipping.look()
    bench.begin()
    bench.shipping.look()
    bench.store.complete()
    bench.shipping.look()
    assert bench.ends == []
    assert bench.rests == 0
    assert bench.shipping.commit_point == 1


# The end


def test_own_commit_that_fails_ends_the_batch() -> None:
    """Whatever other bricks say: this one cannot be primary."""
    for others_first in (True, False):
        bench = Bench()
        bench.begin()
        if others_first:
            bench.members[0].answer()
        bench.store.fail()
        assert [str(end) for end in bench.ends] == ["the disk is broken"]
        assert bench.shipping.sequence == bench.shipping.commit_point == 1


@pytest.mark.parametrize("own_first", [True, False])
def test_batch_under_way_when_the_role_ends_is_not_over(own_first: bool) -> None:
    """Nobody here will ever know."""
    bench = Bench()
    bench.begin()
    if own_first:
        bench.store.complete()
    bench.followers.close()
    assert len(bench.ends) == 1
    assert isinstance(bench.ends[0], StoreFailed)
    assert bench.shipping.commit_point == 1


def test_batch_that_comes_after_the_end_goes_nowhere() -> None:
    """What nobody else gets must not be here either."""
    bench = Bench()
    bench.followers.close()
    bench.begin()
    assert isinstance(bench.ends[0], StoreFailed)
    assert not bench.store.writing
    assert bench.members[0].asked == []
