"""One brick's place in its set: opened, closed and looked at, by a disk that may not answer."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.seat import Seat
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait, step
from tests.support.bricks import TestClock
from tests.support.disks import MemoryDisk, Threads
from tests.support.replicas import BRICK_ID, HeldWorker, local_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.bench import LEASE_S

ROOM = DiskSpace(1000, 500, 400, 10, 10, 10)


class Bench:
    """A seat whose brick opens, closes and answers when the test says so.

    :ivar opening: what opens the brick, when it is resolved or fails.
    :ivar threads: the brick's, in which it is looked at.
    :ivar closings: in which order each of its closings was asked for; ``closed`` ends the last.
    :ivar failures: why the seat says that the brick has failed.
    """

    def __init__(self) -> None:
        self.clock = TestClock()
        self.threads = Threads()
        self.store = MemoryStore()
        self.disk = MemoryDisk()
        self.opening: Wait[LocalBrick] = Wait()
        self.closings: list[bool] = []
        self.closed: Wait[None] = Wait()
        self.failures: list[str] = []
        self.noted: list[Seat] = []
        self.seat = Seat(
            BRICK_ID,
            self.open_brick,
            lambda secondary: secondary,
            self.clock,
            LEASE_S,
            Tasks(),
            self.note_failed,
        )

    def note_failed(self, seat: Seat, reason: str) -> None:
        """Take note."""
        assert seat is self.seat
        self.failures.append(reason)

    async def open_brick(self, brick: str) -> LocalBrick:
        """Open the brick, when told."""
        assert brick == BRICK_ID
        return await self.opening

    def local(self) -> LocalBrick:
        """Return the open brick."""
        worker = HeldWorker(self.threads)
        local = local_brick(self.store, self.disk, threads=worker, stream=worker)
        local.look = lambda: ROOM
        local.close = self.close_brick
        return local

    async def close_brick(self, in_good_order: bool) -> None:
        """Close the brick, when told."""
        self.closings.append(in_good_order)
        await self.closed

    def open(self) -> LocalBrick:
        """Open the brick."""
        self.opening = Wait()
        local = self.local()
        opened = step(self.seat.open())
        self.opening.resolve(local)
        opened.result()
        return local

    def look(self) -> Wait[None]:
        """Begin a look."""
        return step(self.seat.look(self.noted.append))

    @property
    def secondary(self) -> Secondary:
        """Return the brick in its role."""
        assert self.seat.secondary is not None
        return self.seat.secondary


# Opening


def test_opened_brick_is_a_secondary() -> None:
    """And its room and its last record are known."""
    bench = Bench()
    local = bench.local()
    bench.store.fill(Record(2, 1, 2, {(Table.XATTR, b"key"): b"value"}))
    opened = step(bench.seat.open())
    states = [bench.seat.busy]
    before = bench.seat.local
    bench.opening.resolve(local)
    opened.result()
    assert [*states, bench.seat.busy] == [True, False]
    assert (before, bench.seat.local) == (None, local)
    assert bench.seat.member is bench.seat.secondary
    assert bench.seat.sequence == 2
    assert bench.seat.room == ROOM
    assert bench.secondary.brick == BRICK_ID


def test_brick_that_cannot_be_opened_says_why() -> None:
    """It may be tried again."""
    bench = Bench()
    opened = step(bench.seat.open())
    bench.opening.fail(NfsgwError("it is in use"))
    opened.result()
    assert bench.seat.reason == "it is in use"
    assert not bench.seat.busy
    assert (bench.seat.local, bench.seat.secondary) == (None, None)
    bench.open()
    assert bench.seat.secondary is not None


def test_brick_whose_directory_cannot_be_looked_at_is_closed_again() -> None:
    """Else nobody could open it any more."""
    bench = Bench()
    local = bench.local()
    local.look = Mock(side_effect=OSError(5, "the disk is broken"))
    opened = step(bench.seat.open())
    bench.opening.resolve(local)
    assert bench.closings == [False]
    assert not opened.done
    bench.closed.resolve(None)
    opened.result()
    assert bench.seat.local is None
    assert not bench.seat.busy
    assert bench.seat.reason is not None
    assert "the disk is broken" in bench.seat.reason


def test_brick_whose_tables_cannot_be_read_has_failed() -> None:
    """Whoever tends the set closes it."""
    bench = Bench()
    local = bench.local()

    def broken() -> Any:  # noqa: ANN401
        raise StoreFailed("its tables cannot be read")

    bench.store.snapshot = broken  # type: ignore[method-assign]
    opened = step(bench.seat.open())
    bench.opening.resolve(local)
    opened.result()
    assert bench.failures == ["its tables cannot be read"]
    assert bench.seat.local is local
    assert bench.seat.secondary is None


@pytest.mark.parametrize("when", ["opening", "looked at"])
def test_brick_that_opens_too_late_is_closed_again(when: str) -> None:
    """The volume was stopped, or the brick removed, while its disk did not answer."""
    bench = Bench()
    bench.threads.held = True
    local = bench.local()
    opened = step(bench.seat.open())
    if when == "looked at":
        bench.opening.resolve(local)
    bench.seat.give_up()
    closed = step(bench.seat.close(True))
    if when == "opening":
        bench.opening.resolve(local)
    bench.threads.run()
    assert bench.closings == [False]
    assert not closed.done
    bench.closed.resolve(None)
    opened.result()
    closed.result()
    assert (bench.seat.local, bench.seat.secondary) == (None, None)


# Failing


def test_failure_of_the_brick_is_told_once() -> None:
    """By itself it does no more."""
    bench = Bench()
    bench.open()
    member = bench.secondary
    member.attach(1).result()
    for _ in range(2):
        with pytest.raises(MemberFailed):
            member.write(1, 7, 0, b"to no file").result()
    assert len(bench.failures) == 1
    assert bench.seat.secondary is member


# Leading


def test_brick_leads_when_all_that_it_did_for_others_has_ended() -> None:
    """What the last primary began does not come behind what this one begins."""
    bench = Bench()
    local = bench.open()
    member = bench.secondary
    member.attach(1).result()
    bench.threads.held = True
    creating = member.create(1, 7, b"data")
    leading = step(bench.seat.lead())
    assert bench.seat.secondary is bench.seat.member is None
    with pytest.raises(MemberFailed):
        creating.result()
    while not leading.done:
        bench.threads.run()
    assert leading.result() is local
    assert bench.seat.local is local
    assert not bench.disk.open_files
    assert bench.disk.names_now


# Closing


@pytest.mark.parametrize("in_good_order", [True, False])
def test_closed_brick_can_be_opened_again(in_good_order: bool) -> None:
    """When it is closed, not earlier."""
    bench = Bench()
    bench.open()
    member = bench.secondary
    bench.store.fill(Record(2, 1, 2, {(Table.XATTR, b"key"): b"value"}))
    closed = step(bench.seat.close(in_good_order))
    states = [bench.seat.busy]
    assert (bench.seat.local, bench.seat.secondary, bench.seat.member) == (None, None, None)
    with pytest.raises(MemberFailed):
        member.attach(1).result()
    assert not closed.done
    bench.closed.resolve(None)
    closed.result()
    assert [*states, bench.seat.busy] == [True, False]
    assert bench.closings == [in_good_order]
    assert bench.seat.sequence == 2
    bench.open()
    assert bench.seat.secondary is not None


def test_what_a_brick_does_ends_before_it_is_closed() -> None:
    """And its files are closed too."""
    bench = Bench()
    bench.open()
    member = bench.secondary
    member.attach(1).result()
    member.create(1, 7, b"data").result()
    member.write(1, 7, 0, b"DATA").result()
    assert bench.disk.open_files
    bench.threads.held = True
    member.write(1, 7, 0, b"last")
    closing = step(bench.seat.close(False))
    assert bench.closings == []
    while bench.threads.jobs:
        bench.threads.run()
    assert bench.closings == [False]
    assert not bench.disk.open_files
    bench.closed.resolve(None)
    closing.result()


def test_commit_under_way_ends_before_the_brick_is_closed() -> None:
    """Its store is no more to be used then."""
    bench = Bench()
    bench.open()
    member = bench.secondary
    member.attach(1).result()
    bench.store.held = True
    member.append(1, [Record(2, 1, 2, {(Table.XATTR, b"key"): b"value"})], 1)
    step(bench.seat.close(False))
    assert bench.closings == []
    bench.store.complete()
    assert bench.closings == [False]


def test_closing_ends_the_joining() -> None:
    """It has nobody to bring up to date."""
    for reason, told in (("it is full", "it is full"), (None, "closed")):
        bench = Bench()
        bench.open()
        bench.seat.joining = joining = Mock()
        bench.seat.reason = reason
        step(bench.seat.close(False))
        joining.cancel.assert_called_once_with(told)


def test_brick_that_is_closed_twice_is_closed_once() -> None:
    """Both are over at the same time."""
    bench = Bench()
    bench.open()
    closings = [step(bench.seat.close(False)), step(bench.seat.close(True))]
    assert not any(closing.done for closing in closings)
    bench.closed.resolve(None)
    assert all(closing.done for closing in closings)
    assert bench.closings == [False]
    step(bench.seat.close(True)).result()


@pytest.mark.parametrize("error", [StoreFailed("broken"), OSError(5, "broken")])
def test_brick_that_cannot_be_closed_well_is_closed(error: Exception) -> None:
    """Nobody can do more for it."""
    bench = Bench()
    bench.open()
    closed = step(bench.seat.close(True))
    bench.closed.fail(error)
    closed.result()
    assert not bench.seat.busy


# Looking


def test_look_notes_the_room() -> None:
    """The brick tells its primary."""
    bench = Bench()
    local = bench.open()
    room = ROOM._replace(bytes_available=7)
    local.look = lambda: room
    bench.look().result()
    assert bench.seat.room == bench.secondary.room == room
    assert bench.noted == [bench.seat]
    assert bench.failures == []


def test_one_look_at_a_time() -> None:
    """A disk that hangs does not take one thread after the other."""
    bench = Bench()
    bench.open()
    bench.threads.held = True
    began_s = bench.clock.seconds()
    assert bench.seat.silent_s(began_s + 7) == 0
    first = bench.look()
    bench.clock.advance(7)
    assert bench.look().done
    assert len(bench.threads.jobs) == 1
    assert bench.seat.silent_s(bench.clock.seconds()) == pytest.approx(7)
    bench.threads.run()
    first.result()
    assert bench.seat.silent_s(bench.clock.seconds()) == 0
    assert bench.noted == [bench.seat]


def test_directory_that_cannot_be_used_is_a_failure() -> None:
    """It was moved away, or its file system is broken."""
    bench = Bench()
    local = bench.open()
    local.look = Mock(side_effect=FileNotFoundError(2, "no such directory"))
    bench.look().result()
    assert bench.failures == ["its directory cannot be used: no such directory"]
    assert bench.noted == []
    bench.look().result()
    assert len(bench.failures) == 2


@pytest.mark.parametrize("outcome", ["room", "error"])
def test_look_that_ends_after_the_brick_was_closed_counts_for_nothing(outcome: str) -> None:
    """It may be another one that is open by then."""
    bench = Bench()
    local = bench.open()
    if outcome == "error":
        local.look = Mock(side_effect=OSError(5, "late"))
    bench.threads.held = True
    look = bench.look()
    step(bench.seat.close(False))
    while bench.threads.jobs:
        bench.threads.run()
    look.result()
    assert bench.noted == []
    assert bench.failures == []


def test_nothing_is_looked_at_while_no_brick_is_open() -> None:
    """There is nothing to look at."""
    bench = Bench()
    assert bench.look().done
    assert bench.noted == []


def test_primary_is_looked_at_too() -> None:
    """It has no secondary to tell."""
    bench = Bench()
    bench.open()
    step(bench.seat.lead()).result()
    bench.look().result()
    assert bench.noted == [bench.seat]
