"""How a brick becomes its set's primary: which one, and by which steps.

Nobody is asked and nothing is guessed: a brick that is in sync has everything that was ever
acknowledged, so any of them may serve, and the compare-and-swap of the set's record
(:meth:`.membership.Membership.take_over`) decides who does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import decode_record
from nfsgw.backend.brick.starting import Start, Surroundings, begin_epoch
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import Member
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.primary import Policy, Primary
from nfsgw.backend.replica.seat import Seat
from nfsgw.waiting import Wait, step

__all__ = ["Election", "all_or_late"]

T = TypeVar("T")


async def all_or_late(
    surroundings: SetSurroundings, waits: Sequence[Wait[Any]], limit_s: float
) -> None:
    """Wait until all are done, or the time is over."""
    if not waits:
        return
    over: Wait[None] = Wait()
    left = len(waits)

    def done() -> None:
        nonlocal left
        left -= 1
        if not left and not over.done:
            over.resolve(None)

    def late() -> None:
        if not over.done:
            over.resolve(None)

    timer = surroundings.call_later(limit_s, late)
    for wait in waits:
        wait.add_callback(done)
    await over
    if not left:
        timer.cancel()


class Election:
    """Chooses a brick of a set, and makes it primary.

    :param seats: all bricks by id, as they come and go.
    :param enough: says whether so many bricks in sync are a quorum.
    :param lost: for the primary: called when it counts no more on another brick.
    """

    def __init__(
        self,
        membership: Membership,
        seats: Mapping[str, Seat],
        surroundings: SetSurroundings,
        options: SetOptions,
        enough: Callable[[int], bool],
        lost: Callable[[Member, str], None],
    ) -> None:
        self._membership = membership
        self._seats = seats
        self._surroundings = surroundings
        self._options = options
        self._enough = enough
        self._lost = lost
        self.promoting: Primary | None = None
        """Who is becoming primary just now, and has begun to count on other bricks."""

    def candidate(self, leaving: Collection[str]) -> Seat | None:
        """Return the brick that is to be primary: the last one, or who has the most.

        :param leaving: bricks that are about to leave the set; only if there is no other.
        """
        record = self._membership.record
        now_s = self._surroundings.clock.seconds()
        ready = [
            seat
            for brick in record.in_sync
            if (seat := self._seats[brick]).secondary is not None
            and not seat.busy
            and (brick == record.primary or seat.secondary.may_take_over(now_s))
        ]
        staying = [seat for seat in ready if seat.brick not in leaving]
        for seat in staying:
            if seat.brick == record.primary:
                return seat
        return max(staying or ready, key=_history, default=None)

    def why_nobody(self) -> str:
        """Say why there is no candidate."""
        reasons = [
            f"{brick[:8]}: {self._seats[brick].reason or 'not open yet'}"
            for brick in self._membership.record.in_sync
        ]
        return "no brick that is in sync can serve: " + "; ".join(reasons)

    async def promote(self, seat: Seat, failed: Callable[[str], None]) -> Primary:
        """Make a brick primary of a new epoch; the others have its log exactly, or are dropped.

        :param failed: for the primary: called with the reason when it can be that no more.
        :raises FsError: it has failed on its way, and has said so.
        :raises NfsgwError: it cannot be primary.
        """
        seats = self._seats.values()
        known = max(each.secondary.epoch for each in seats if each.secondary is not None)
        # First: it answers the last primary no more, and a disk that hangs takes nothing over.
        own = await self._in_time(seat.lead())
        epoch = await self._membership.take_over(seat.brick, known)
        _check_open(seat, own)
        start = await self._in_time(_begin(own, epoch))
        _check_open(seat, own)
        others = [other for other in seats if other is not seat]
        primary = self.promoting = self._make(seat, own, start, bool(others), failed)
        if others:
            # Looked at again and again; a brick that is alone is asked when need be.
            primary.shipping.own_room = seat.room
        try:
            await self._level(primary, others)
            with self._surroundings.turn:
                starting = step(primary.start())
            await starting
        except BaseException:
            primary.close()
            raise
        finally:
            self.promoting = None
        return primary

    def _make(
        self,
        seat: Seat,
        own: LocalBrick,
        start: Start,
        has_others: bool,
        failed: Callable[[str], None],
    ) -> Primary:
        surroundings = self._surroundings
        return Primary(
            own,
            start,
            Surroundings(
                surroundings.clock,
                surroundings.turn,
                surroundings.call_later,
                partial(_own_room, seat, None if has_others else own),
            ),
            (self._options.brick, self._options.bytes),
            Policy(self._options.lease_s, self._enough),
            self._membership,
            self._lost,
            failed,
            only=not has_others,
        )

    async def _level(self, primary: Primary, others: Sequence[Seat]) -> None:
        """Level the bricks that are in sync and open; drop those that are not open."""
        if primary.only:
            return
        members = []
        for other in others:
            if other.brick not in self._membership.record.in_sync:
                continue
            if other.member is not None and not other.busy:
                members.append(other.member)
            else:
                await self._membership.drop(primary.epoch, other.brick)
        await primary.level(members)

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what some work returns.

        :raises StoreFailed: it takes longer than a brick that does not answer may take.
        """
        wait = step(work)
        await all_or_late(self._surroundings, [wait], self._options.lease_s)
        if not wait.done:
            raise StoreFailed("its disk does not answer")
        return wait.result()


def _check_open(seat: Seat, own: LocalBrick) -> None:
    """Look whether a brick is open still.

    :raises StoreFailed: it has failed, and is being closed.
    """
    if seat.local is not own:
        raise StoreFailed("it has failed while it was to become primary")


async def _begin(local: LocalBrick, epoch: int) -> Start:
    """Note the new epoch on a brick's own tables."""
    begun: Wait[None] = Wait()
    work = begin_epoch(local.volume, local.replica_set, local.start_id, epoch)
    found: list[Start] = []

    def done(error: StoreFailed | None) -> None:
        if error is None:
            begun.resolve(None)
        else:
            begun.fail(error)

    local.store.write(lambda transaction: found.append(work(transaction)), done)
    await begun
    return found[0]


def _own_room(seat: Seat, alone: LocalBrick | None) -> int:
    if alone is not None:
        return alone.disk.space(alone.root).bytes_available
    return 1 << 62 if seat.room is None else seat.room.bytes_available


def _history(seat: Seat) -> tuple[int, int]:
    """Return epoch and sequence of a brick's last record."""
    assert seat.local is not None
    snapshot = seat.local.store.snapshot()
    try:
        last = snapshot.last(Table.LOG)
    finally:
        snapshot.close()
    assert last is not None, "a brick that was opened has a log"
    record = decode_record(last[1])
    return record.epoch, record.sequence
