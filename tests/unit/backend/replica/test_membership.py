"""The record of a set: rules, compare-and-swap, outcomes that are unknown for a while."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.coordinator.api import Conflict, CoordinatorFailed, Stored
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.replica.membership import (
    Membership,
    NotPrimary,
    Refused,
    SetRecord,
    set_name,
)
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait, result_of, step
from tests.support.bricks import Timers

NAME = set_name(7, 0)


class ShakyCoordinator:
    """A coordinator of one record, whose calls end when and how the test says.

    :ivar waiting: what is under way: each takes "done", "lost" (it fails without effect), "late"
        (it fails and takes effect when something else is done) or "deaf" (it takes effect and its
        answer is lost).
    :ivar history: all versions of the record.
    """

    def __init__(self) -> None:
        self.stored: Stored | None = None
        self.waiting: list[Callable[[str], None]] = []
        self.late: list[Callable[[], object]] = []
        self.history: list[SetRecord] = []

    async def get(self, name: str) -> Stored | None:
        """Read."""
        assert name == NAME
        found: Stored | None = await self._call(lambda: self.stored)
        return found

    async def list(self, prefix: str) -> list[tuple[str, Stored]]:
        """Nobody lists."""
        raise NotImplementedError

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Write."""
        assert name == NAME
        assert value is not None
        new: int = await self._call(partial(self._swap, version, dict(value)))
        return new

    def _swap(self, version: int, value: dict[str, Any]) -> int:
        found = self.stored.version if self.stored else 0
        if found != version:
            raise Conflict("too late")
        self.stored = Stored(version + 1, value)
        self.history.append(SetRecord.from_json(value))
        return version + 1

    async def _call(self, function: Callable[[], Any]) -> Any:  # noqa: ANN401
        wait: Wait[Any] = Wait()
        self.waiting.append(partial(self._end, wait, function))
        return await wait

    def _end(self, wait: Wait[Any], function: Callable[[], Any], how: str) -> None:
        late, self.late = self.late, []
        for swap in late:
            _ignoring_conflicts(swap)
        if how == "done":
            try:
                result = function()
            except Conflict as error:
                wait.fail(error)
            else:
                wait.resolve(result)
            return
        if how == "deaf":
            _ignoring_conflicts(function)
        if how == "late":
            self.late.append(function)
        wait.fail(CoordinatorFailed(how))

    def run(self, *ends: str) -> None:
        """End what is under way and what comes of it, in these ways, the rest well."""
        given = list(ends)
        while self.waiting:
            self.waiting.pop(0)(given.pop(0) if given else "done")


def _ignoring_conflicts(function: Callable[[], object]) -> None:
    try:
        function()
    except Conflict:
        pass


class Bench:
    """A membership on a shaky coordinator.

    :param members: the record exists already, with these in sync and the first one primary.
    """

    def __init__(self, *members: str) -> None:
        self.coordinator = ShakyCoordinator()
        self.timers = Timers()
        self.membership = self.another()
        if members:
            self.done(self.membership.load(members))
            assert self.done(self.membership.take_over(members[0])) == 1

    def another(self) -> Membership:
        """Give a further process's view of the same record."""
        return Membership(self.coordinator, 7, 0, self.timers.call_later)

    def done(self, coroutine: Coroutine[Any, Any, Any], *ends: str) -> Any:  # noqa: ANN401
        """Run something to its end."""
        wait = step(coroutine)
        self.coordinator.run(*ends)
        while self.timers.waiting:
            self.timers.run()
            self.coordinator.run()
        return wait.result()

    @property
    def now(self) -> SetRecord:
        """Return what the coordinator has."""
        assert self.coordinator.stored is not None
        return SetRecord.from_json(self.coordinator.stored.value)


def test_first_record_has_all_bricks_in_sync_and_no_primary(tmp_path: Path) -> None:
    """A new set begins with equal, empty bricks; a later start finds what became of it."""
    coordinator = EmbeddedCoordinator(tmp_path)
    first = Membership(coordinator, 0xAB, 3, Timers().call_later)
    assert result_of(first.load(["a", "b"])) == SetRecord(0, None, ("a", "b"), ("a", "b"))
    assert result_of(coordinator.get("set/00000000000000ab/3")) is not None
    assert result_of(first.take_over("b")) == 1
    second = Membership(coordinator, 0xAB, 3, Timers().call_later)
    assert result_of(second.load(["c"])) == SetRecord(1, "b", ("a", "b"), ("a", "b"))
    assert second.record == first.record
    coordinator.close()


def test_taking_over_leaves_the_old_primary_behind() -> None:
    """Who is replaced may not know it, so it must not count any more."""
    bench = Bench("a", "b", "c")
    assert bench.now == SetRecord(1, "a", ("a", "b", "c"), ("a", "b", "c"))
    assert bench.done(bench.membership.take_over("b")) == 2
    assert bench.now == SetRecord(2, "b", ("b", "c"), ("a", "b", "c"))
    assert bench.done(bench.membership.take_over("b")) == 3
    assert bench.now.in_sync == ("b", "c")
    with pytest.raises(Refused, match="not in sync"):
        bench.done(bench.membership.take_over("a"))


def test_only_the_primary_drops_and_admits() -> None:
    """A primary of the past changes nothing."""
    bench = Bench("a", "b", "c")
    old = bench.membership
    bench.done(old.drop(1, "c"))
    assert bench.now == SetRecord(1, "a", ("a", "b"), ("a", "b", "c"))
    bench.done(old.drop(1, "c"))
    bench.done(old.admit(1, "c"))
    assert bench.now == SetRecord(1, "a", ("a", "b", "c"), ("a", "b", "c"))
    with pytest.raises(Refused):
        bench.done(old.drop(1, "a"))
    new = bench.another()
    assert bench.done(new.take_over("c")) == 2
    for change in (old.drop(1, "b"), old.admit(1, "a")):
        with pytest.raises(NotPrimary, match="epoch is 2"):
            bench.done(change)
    assert bench.now.in_sync == ("b", "c")
    assert old.record == bench.now


def test_before_the_first_takeover_nobody_drops() -> None:
    """Epoch 0 has no primary."""
    bench = Bench()
    bench.done(bench.membership.load(["a", "b"]))
    with pytest.raises(NotPrimary):
        bench.done(bench.membership.drop(0, "a"))


def test_brick_that_was_removed_is_not_admitted() -> None:
    """It was bringing itself up to date when an administrator removed it."""
    bench = Bench("a", "b")
    bench.done(bench.membership.drop(1, "b"))
    bench.done(bench.membership.remove_member("b"))
    with pytest.raises(Refused, match="belong"):
        bench.done(bench.membership.admit(1, "b"))


def test_last_brick_in_sync_is_not_removed() -> None:
    """Nobody else has the data."""
    bench = Bench("a", "b")
    with pytest.raises(Refused, match="primary"):
        bench.done(bench.membership.remove_member("a"))
    bench.done(bench.membership.drop(1, "b"))
    with pytest.raises(Refused, match="no brick but a is in sync"):
        bench.done(bench.membership.remove_member("a"))
    bench.done(bench.membership.remove_member("b"))
    bench.done(bench.membership.remove_member("b"))
    assert bench.now == SetRecord(1, "a", ("a",), ("a",))


def test_added_brick_has_to_catch_up() -> None:
    """It is a member at once, and in sync when the primary says so."""
    bench = Bench("a")
    bench.done(bench.membership.add_member("b"))
    bench.done(bench.membership.add_member("b"))
    assert bench.now == SetRecord(1, "a", ("a",), ("a", "b"))


def test_replaced_brick_stays_until_the_new_one_is_in_sync() -> None:
    """No copy is given up before there is another."""
    bench = Bench("a", "b", "c")
    membership = bench.membership
    bench.done(membership.replace("b", "n"))
    assert bench.now == SetRecord(1, "a", ("a", "b", "c"), ("a", "b", "n", "c"), {"n": "b"})
    bench.done(membership.replace("b", "n"))
    with pytest.raises(Refused, match="being replaced"):
        bench.done(membership.replace("b", "m"))
    with pytest.raises(Refused, match="already"):
        bench.done(membership.replace("c", "a"))
    with pytest.raises(Refused, match="does not belong"):
        bench.done(membership.replace("x", "y"))
    bench.done(membership.admit(1, "n"))
    assert bench.now == SetRecord(1, "a", ("a", "c", "n"), ("a", "n", "c"))
    bench.done(membership.replace("b", "n"))


def test_replaced_brick_that_is_not_in_sync_goes_at_once() -> None:
    """A broken disk is taken out; its replacement may break as well."""
    bench = Bench("a", "b")
    membership = bench.membership
    bench.done(membership.drop(1, "b"))
    bench.done(membership.replace("b", "n"))
    assert bench.now == SetRecord(1, "a", ("a",), ("a", "n"))
    bench.done(membership.replace("a", "m"))
    bench.done(membership.replace("m", "k"))
    assert bench.now == SetRecord(1, "a", ("a",), ("a", "k", "n"), {"k": "a"})
    bench.done(membership.remove_member("k"))
    assert bench.now == SetRecord(1, "a", ("a",), ("a", "n"))


def test_replaced_primary_stays_until_another_takes_over() -> None:
    """The set must not be without a primary, and a primary not without a place in it."""
    bench = Bench("a", "b")
    membership = bench.membership
    bench.done(membership.replace("a", "n"))
    bench.done(membership.admit(1, "n"))
    assert bench.now == SetRecord(1, "a", ("a", "b", "n"), ("a", "n", "b"), {"n": "a"})
    bench.done(membership.take_over("n"))
    assert bench.now == SetRecord(2, "n", ("b", "n"), ("n", "b"))


def test_replacement_of_a_replacement_takes_over_its_task() -> None:
    """The first one was to take the place of a primary, which has not gone yet."""
    bench = Bench("a", "b")
    membership = bench.membership
    bench.done(membership.replace("a", "m"))
    bench.done(membership.admit(1, "m"))
    bench.done(membership.replace("m", "n"))
    bench.done(membership.admit(1, "n"))
    assert bench.now == SetRecord(1, "a", ("a", "b", "n"), ("a", "n", "b"), {"n": "a"})
    bench.done(membership.take_over("b"))
    assert bench.now == SetRecord(2, "b", ("b", "n"), ("n", "b"))


def test_record_of_another_format_is_left_alone() -> None:
    """A newer version of the software was here, or something broke."""
    bench = Bench("a")
    for value, message in (
        ({**bench.now.to_json(), "format": 2}, "format 2"),
        ({"format": 1}, "damaged"),
        ({**bench.now.to_json(), "replacing": []}, "damaged"),
        ({**bench.now.to_json(), "in_sync": ["z"]}, "contradicts"),
        ({**bench.now.to_json(), "in_sync": []}, "contradicts"),
    ):
        bench.coordinator.stored = Stored(5, value)
        with pytest.raises(CoordinatorFailed, match=message):
            bench.done(bench.membership.add_member("b"))


def test_record_that_is_gone_is_not_made_again() -> None:
    """The volume was deleted while its set was still running."""
    bench = Bench("a")
    bench.coordinator.stored = None
    with pytest.raises(CoordinatorFailed, match="gone"):
        bench.done(bench.membership.take_over("a"))


def test_unreadable_coordinator_changes_nothing() -> None:
    """What was not begun can be tried again by whoever wanted it."""
    bench = Bench("a", "b")
    with pytest.raises(CoordinatorFailed):
        bench.done(bench.membership.drop(1, "b"), "lost")
    assert bench.now.in_sync == ("a", "b")


@pytest.mark.parametrize("how", ["lost", "late", "deaf"])
@pytest.mark.parametrize("unreadable", [0, 1, 3])
def test_unknown_outcome_is_found_out(how: str, unreadable: int) -> None:
    """Nobody acts before it is certain, and what was asked for happens once."""
    bench = Bench("a", "b")
    old = bench.membership
    bench.done(old.drop(1, "b"), "done", how, *["lost"] * unreadable)
    assert bench.now == SetRecord(1, "a", ("a",), ("a", "b"))
    bench.done(old.admit(1, "b"), "done", how, *["lost"] * unreadable)
    assert bench.done(bench.another().take_over("b"), "done", how, *["lost"] * unreadable) == 2
    assert bench.now.epoch == 2


def test_late_swap_is_not_mistaken_for_a_failed_one() -> None:
    """Its effect is not there when the record is read, and comes before the next try."""
    bench = Bench("a", "b")
    wait = step(bench.membership.take_over("b"))
    bench.coordinator.run("done", "late")
    late, bench.coordinator.late = bench.coordinator.late, []
    bench.timers.run()
    bench.coordinator.waiting.pop(0)("done")  # reads the old version
    late[0]()
    bench.coordinator.run()
    assert wait.result() == 2
    assert bench.now == SetRecord(2, "b", ("b",), ("a", "b"))


def test_closing_ends_what_waits_for_the_coordinator() -> None:
    """A daemon can stop though its coordinator is away."""
    bench = Bench("a", "b")
    wait = step(bench.membership.drop(1, "b"))
    queued = step(bench.membership.add_member("c"))
    bench.coordinator.run("done", "lost")
    assert not wait.done
    bench.membership.close()
    for each in (wait, queued):
        with pytest.raises(CoordinatorFailed):
            each.result()
    bench.membership.close()


def test_record_that_others_change_all_the_time_is_given_up() -> None:
    """Some bound must be there."""
    bench = Bench("a", "b")
    wait = step(bench.membership.add_member("c"))
    for number in range(1000):
        if wait.done:
            break
        bench.coordinator.waiting.pop(0)("done")  # reads
        if bench.coordinator.waiting:
            assert bench.coordinator.stored is not None
            bench.coordinator.stored = bench.coordinator.stored._replace(version=1000 + number)
            bench.coordinator.waiting.pop(0)("done")
    with pytest.raises(CoordinatorFailed, match="all the time"):
        wait.result()


# Many who change the same record at the same time


class Crowd:
    """Bricks, each with a process of its own, which take over, drop and admit as they like."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.coordinator = ShakyCoordinator()
        self.timers = Timers()
        self.bricks = ["a", "b", "c", "d"]
        self.names = (f"n{number}" for number in count())
        self.views = {
            brick: Membership(self.coordinator, 7, 0, self.timers.call_later)
            for brick in self.bricks
        }
        self.epochs: dict[str, int] = {}
        self.owners: dict[int, str] = {}
        self.busy: dict[str, Wait[None]] = {}

    async def act(self, brick: str) -> None:
        """Do something as one of the bricks, or as an administrator at its machine."""
        view = self.views[brick]
        await view.load(self.bricks)
        record = await view.refresh()
        other = self.random.choice(record.members)
        epoch = self.epochs.get(brick, record.epoch)
        before = len(self.coordinator.history)
        action = self.random.choice(("take over", "drop", "admit", "add", "replace", "remove"))
        if action == "take over":
            epoch = await view.take_over(brick)
            assert epoch not in self.owners, "two primaries of one epoch"
            self.owners[epoch] = brick
            self.epochs[brick] = epoch
            self.check(before, lambda now: now.epoch == epoch and now.primary == brick)
        elif action == "drop":
            await view.drop(epoch, other)
            self.check(before, lambda now: now.epoch == epoch and other not in now.in_sync)
        elif action == "admit":
            await view.admit(epoch, other)
            self.check(before, lambda now: now.epoch == epoch and other in now.in_sync)
        elif action == "add":
            name = next(self.names)
            await view.add_member(name)
            self.check(before, lambda now: name in now.members)
        elif action == "replace":
            name = next(self.names)
            await view.replace(other, name)
            self.check(before, lambda now: name in now.members)
        elif action == "remove" and len(record.members) > 3:
            await view.remove_member(other)
            self.check(before, lambda now: other not in now.members)

    def check(self, before: int, expected: Callable[[SetRecord], bool]) -> None:
        """Check that a change that ended well was in the record while it was made."""
        assert any(map(expected, self.coordinator.history[max(0, before - 1) :]))

    def start(self) -> None:
        """Begin something with a brick that has nothing to do."""
        idle = [brick for brick in self.bricks if brick not in self.busy]
        if idle:
            brick = self.random.choice(idle)
            wait = step(self.act(brick))
            self.busy[brick] = wait
            wait.add_callback(partial(self.ended, brick, wait))

    def ended(self, brick: str, wait: Wait[None]) -> None:
        """Take note of the end of an action; refusals are fine."""
        self.busy.pop(brick, None)
        try:
            wait.result()
        except NfsgwError:
            pass

    def go_on(self) -> None:
        """Let one call of the coordinator end somehow."""
        if self.coordinator.waiting:
            number = self.random.randrange(len(self.coordinator.waiting))
            how = self.random.choice(("done",) * 20 + ("lost", "late", "deaf"))
            self.coordinator.waiting.pop(number)(how)


@settings(deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_rules_hold_whoever_changes_the_record(seed: int) -> None:
    """Epochs only grow and have one primary; somebody is always in sync, and is a member."""
    random = Random(seed)
    crowd = Crowd(random)
    for _ in range(300):
        random.choice((crowd.start, crowd.go_on, crowd.go_on, crowd.timers.run))()
    while crowd.busy:
        crowd.coordinator.run()
        crowd.timers.run()
    previous = crowd.coordinator.history[0]
    assert previous.epoch == 0
    for record in crowd.coordinator.history:
        assert record.in_sync
        assert set(record.in_sync) <= set(record.members)
        assert len(set(record.members)) == len(record.members)
        assert len(set(record.in_sync)) == len(record.in_sync)
        assert record.primary is None or record.primary in record.in_sync
        assert set(record.replacing) | set(record.replacing.values()) <= set(record.members)
        if record.epoch == previous.epoch:
            assert record.primary == previous.primary
        else:
            assert record.epoch == previous.epoch + 1
            assert record.primary in previous.in_sync
            assert set(record.in_sync) <= set(previous.in_sync)
        previous = record
