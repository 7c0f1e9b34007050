"""Which brick becomes primary, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.means import BytesOptions, Tasks
from nfsgw.backend.brick.keys import EPOCH
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import pack_number, unpack_number
from nfsgw.backend.brick.starting import Options
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.election import Election, all_or_late
from nfsgw.backend.replica.member import Member
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.primary import Primary
from nfsgw.backend.replica.seat import Seat
from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.support.bricks import FSID, Timers
from tests.support.coordinators import MemoryCoordinator
from tests.support.disks import MemoryDisk, Threads
from tests.support.replicas import HeldWorker, local_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.fakes import Loop

LEASE_S = 5.0
ROOM = DiskSpace(1000, 500, 400, 10, 10, 10)
A, B, C = "aa" * 16, "bb" * 16, "cc" * 16


class Bench:
    """A set of three bricks, all open and in sync; none has ever been primary.

    :ivar failed: why primaries are that no more.
    """

    def __init__(self, *bricks: str) -> None:
        self.loop = Loop()
        turn = Turn(lambda function: self.loop.call_later(0, function))
        self.coordinator = MemoryCoordinator()
        self.membership = Membership(self.coordinator, FSID, 0, self.loop.call_later)
        self.surroundings = SetSurroundings(
            self.loop, turn, self.loop.call_later, self.open, lambda secondary: secondary
        )
        bricks = bricks or (A, B, C)
        self.stores = {brick: MemoryStore() for brick in bricks}
        self.threads = {brick: Threads() for brick in bricks}
        self.seats = {
            brick: Seat(
                brick, self.open, lambda secondary: secondary, self.loop, LEASE_S, Tasks(), _ignore
            )
            for brick in bricks
        }
        self.failed: list[str] = []
        self.lost: list[str] = []
        self.election = Election(
            self.membership,
            self.seats,
            self.surroundings,
            SetOptions(Options(reserve_bytes=0), BytesOptions(reserve_bytes=0), LEASE_S),
            lambda count: True,
            self.note_lost,
        )
        self.result(step(self.membership.load(bricks)))
        for seat in self.seats.values():
            self.result(step(seat.open()))

    async def open(self, brick: str) -> LocalBrick:
        """Open a brick."""
        worker = HeldWorker(self.threads[brick])
        local = local_brick(
            self.stores[brick], MemoryDisk(), brick=brick, threads=worker, stream=worker
        )
        local.look = lambda: ROOM
        return local

    def note_lost(self, member: Member, reason: str) -> None:
        """Take note of one that the primary counts on no more."""
        self.lost.append(member.brick)

    def result(self, wait: Wait[Any]) -> Any:  # noqa: ANN401
        """Let time pass until something is over."""
        self.loop.run(lambda: wait.done, 60)
        return wait.result()

    def receive(self, brick: str, last: int, epoch: int = 1) -> None:
        """Let a brick have one record more, whose number is ``last``."""
        self.stores[brick].fill(Record(last, epoch, last, {(Table.XATTR, b"key"): b"value"}))

    def candidate(self, *leaving: str) -> str | None:
        """Return who would be primary."""
        seat = self.election.candidate(leaving)
        return None if seat is None else seat.brick

    def promote(self, brick: str) -> Wait[Primary]:
        """Begin to make a brick primary."""
        return step(self.election.promote(self.seats[brick], self.failed.append))

    def close(self, brick: str) -> None:
        """Close a brick."""
        self.result(step(self.seats[brick].close(False)))

    def epoch_of(self, brick: str) -> int:
        """Return the last epoch that a brick has heard of."""
        return unpack_number(self.stores[brick].tables[Table.META][EPOCH])


def _ignore(seat: Seat, reason: str) -> None:
    """Do nothing for a brick that has failed."""


# Waiting


def waiting(bench: Bench, *waits: Wait[Any]) -> Wait[None]:
    """Begin to wait for all of them."""
    return step(all_or_late(bench.surroundings, waits, LEASE_S))


def test_wait_is_over_when_all_are_done() -> None:
    """Whether they have succeeded or not; no timer is left."""
    bench, timers = Bench(A), Timers()
    bench.surroundings = replace(bench.surroundings, call_later=timers.call_later)
    waits: list[Wait[None]] = [Wait(), Wait()]
    over = waiting(bench, *waits)
    waits[0].resolve(None)
    assert [over.done] == [False]
    waits[1].fail(OSError("broken"))
    assert over.done
    assert [timer.function for _, timer in timers.waiting] == [None]


def test_wait_is_over_in_time() -> None:
    """Whoever comes later does no harm."""
    bench = Bench(A)
    waits: list[Wait[None]] = [Wait(), Wait()]
    before_s = bench.loop.now_s
    over = waiting(bench, *waits)
    waits[0].resolve(None)
    bench.result(over)
    assert bench.loop.now_s - before_s == LEASE_S
    waits[1].resolve(None)


def test_nothing_is_waited_for_at_once() -> None:
    """Nor what is done already."""
    bench = Bench(A)
    assert waiting(bench).done
    done: Wait[None] = Wait()
    done.resolve(None)
    assert waiting(bench, done, done).done


# Who


def test_last_primary_is_to_be_primary_again() -> None:
    """Whatever others have, nobody was told of it."""
    bench = Bench()
    bench.result(step(bench.membership.take_over(B)))
    bench.receive(A, 2)
    assert bench.candidate() == B


@pytest.mark.parametrize(
    ("records", "chosen"),
    [
        ([(A, 2, 1), (B, 2, 1), (B, 3, 1), (C, 2, 1)], B),
        ([(A, 2, 1), (B, 2, 1), (B, 3, 1), (C, 2, 2)], C),
        ([], A),
    ],
)
def test_brick_with_the_longest_history_takes_over(
    records: list[tuple[str, int, int]], chosen: str
) -> None:
    """A later epoch counts more than many records."""
    bench = Bench()
    for record in records:
        bench.receive(*record)
    assert bench.candidate() == chosen


def test_only_bricks_in_sync_take_over() -> None:
    """What others lack was acknowledged."""
    bench = Bench()
    epoch = bench.result(step(bench.membership.take_over(A)))
    bench.result(step(bench.membership.drop(epoch, B)))
    bench.receive(B, 2)
    bench.close(A)
    assert bench.candidate() == C
    bench.close(C)
    assert bench.candidate() is None


def test_brick_that_is_opened_or_closed_just_now_does_not_take_over() -> None:
    """Nor one that is not open."""
    bench = Bench(A, B)
    bench.seats[A].busy = True
    assert bench.candidate() == B
    bench.close(B)
    assert bench.candidate() is None


def test_promise_to_another_primary_is_kept() -> None:
    """Until it is over; only the last primary itself needs not wait."""
    bench = Bench(A, B)
    bench.result(step(bench.membership.take_over(A)))
    for seat in bench.seats.values():
        assert seat.secondary is not None
        seat.secondary.attach(1).result()
        seat.secondary.beat(1).result()
    assert bench.candidate() == A
    bench.close(A)
    assert bench.candidate() is None
    over = bench.loop.pause(1.3 * LEASE_S)
    bench.loop.run(lambda: over.done)
    assert bench.candidate() == B


def test_brick_that_is_about_to_leave_is_primary_only_if_nobody_else_can() -> None:
    """It would be replaced again at once."""
    bench = Bench(A, B)
    bench.result(step(bench.membership.take_over(A)))
    bench.receive(A, 2)
    assert bench.candidate(A) == B
    bench.close(B)
    assert bench.candidate(A) == A


def test_reasons_why_nobody_can_serve() -> None:
    """Of each brick that would do."""
    bench = Bench()
    epoch = bench.result(step(bench.membership.take_over(A)))
    bench.result(step(bench.membership.drop(epoch, C)))
    bench.seats[A].reason = "its disk is away"
    assert bench.election.why_nobody() == (
        "no brick that is in sync can serve: aaaaaaaa: its disk is away; bbbbbbbb: not open yet"
    )


# How


def test_promoted_brick_is_primary_of_a_new_epoch() -> None:
    """All others follow it, and have what it has."""
    bench = Bench()
    for number in (2, 3):
        bench.receive(A, number)
    bench.receive(B, 2)
    primary = bench.result(bench.promote(A))
    record = bench.membership.record
    assert (record.primary, record.in_sync) == (A, (A, B, C))
    assert record.epoch == primary.epoch
    assert [bench.epoch_of(brick) for brick in (A, B, C)] == [record.epoch] * 3
    assert [len(store.tables[Table.LOG]) for store in bench.stores.values()] == [3] * 3
    assert [member.brick for member in primary.in_sync] == [B, C]
    assert primary.own is bench.seats[A].local
    assert bench.seats[A].secondary is None
    assert not primary.only
    assert primary.shipping.own_room == ROOM
    assert bench.election.promoting is None


def test_epoch_is_above_all_that_any_brick_has_heard_of() -> None:
    """A brick may know more than a record that was lost."""
    bench = Bench()
    meta = bench.stores[B].tables[Table.META]
    meta[EPOCH] = pack_number(41)
    bench.close(B)
    bench.result(step(bench.seats[B].open()))
    assert bench.result(bench.promote(A)).epoch == 42


def test_bricks_that_are_not_there_are_dropped() -> None:
    """Before anything is answered without them."""
    bench = Bench()
    bench.close(B)
    bench.seats[C].busy = True
    primary = bench.result(bench.promote(A))
    assert bench.membership.record.in_sync == (A,)
    assert list(primary.in_sync) == []
    assert not primary.only


def test_bricks_that_are_not_in_sync_are_left_alone() -> None:
    """They are brought up to date later."""
    bench = Bench()
    epoch = bench.result(step(bench.membership.take_over(A)))
    bench.result(step(bench.membership.drop(epoch, B)))
    primary = bench.result(bench.promote(A))
    assert [member.brick for member in primary.in_sync] == [C]
    assert bench.epoch_of(B) == 1


def test_only_brick_of_a_set_counts_on_nobody() -> None:
    """Its own commit is enough."""
    bench = Bench(A)
    primary = bench.result(bench.promote(A))
    assert primary.only
    assert primary.shipping.own_room is None


def test_brick_that_is_not_in_sync_is_not_promoted() -> None:
    """The record does not allow it."""
    bench = Bench()
    epoch = bench.result(step(bench.membership.take_over(A)))
    bench.result(step(bench.membership.drop(epoch, B)))
    with pytest.raises(NfsgwError, match="not in sync"):
        bench.result(bench.promote(B))
    assert bench.membership.record.primary == A


def hang_threads(bench: Bench) -> None:
    """Let the brick's data files hang."""
    bench.threads[A].held = True


def hang_tables(bench: Bench) -> None:
    """Let the brick's tables hang."""
    bench.stores[A].held = True


@pytest.mark.parametrize("hang", [hang_threads, hang_tables])
def test_disk_that_hangs_is_given_up(hang: Callable[[Bench], None]) -> None:
    """Another brick is to be primary, soon."""
    bench = Bench()
    hang(bench)
    before_s = bench.loop.now_s
    with pytest.raises(StoreFailed, match="does not answer"):
        bench.result(bench.promote(A))
    assert bench.loop.now_s - before_s == LEASE_S


def test_disk_that_hangs_takes_nothing_over() -> None:
    """The record is as it was, so the last primary may be that again."""
    bench = Bench()
    bench.result(step(bench.membership.take_over(B)))
    record = bench.membership.record
    bench.threads[A].held = True
    with pytest.raises(StoreFailed):
        bench.result(bench.promote(A))
    assert bench.membership.record == record


def test_tables_that_cannot_be_written_are_a_reason_not_to_be_primary() -> None:
    """The disk is broken."""
    bench = Bench()
    bench.stores[A].held = True
    promoting = bench.promote(A)
    bench.stores[A].fail()
    with pytest.raises(StoreFailed, match="the disk is broken"):
        bench.result(promoting)
    assert bench.failed == []


def test_brick_that_fails_while_it_is_promoted_is_not_primary() -> None:
    """It is being closed."""
    bench = Bench()
    bench.stores[A].held = True
    promoting = bench.promote(A)
    closing = step(bench.seats[A].close(False))
    bench.stores[A].complete()
    with pytest.raises(StoreFailed, match="has failed"):
        bench.result(promoting)
    bench.result(closing)


def test_primary_that_cannot_level_the_others_counts_on_nobody() -> None:
    """The record has changed: another one is primary."""
    bench = Bench()
    secondary = bench.seats[B].secondary
    assert secondary is not None
    release: list[int] = []
    secondary.attach = lambda epoch: Wait()  # type: ignore[method-assign]
    third = bench.seats[C].secondary
    assert third is not None
    third.release = release.append  # type: ignore[method-assign, assignment]
    promoting = bench.promote(A)
    assert bench.election.promoting is not None
    bench.result(step(bench.membership.take_over(C)))
    with pytest.raises(NfsgwError):
        bench.result(promoting)
    assert bench.membership.record.primary == C
    assert len(bench.failed) == 1
    assert release
    assert bench.election.promoting is None


def test_data_files_that_cannot_be_opened_end_the_promotion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it had begun to count on is let go."""

    async def start(data: FileBytes) -> None:
        raise OSError(5, "the disk is broken")

    monkeypatch.setattr(FileBytes, "start", start)
    bench = Bench()
    with pytest.raises(NfsgwError, match="the disk is broken"):
        bench.result(bench.promote(A))
    with pytest.raises(AssertionError, match="nothing is left to do"):
        bench.loop.run(lambda: False)
