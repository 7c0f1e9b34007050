"""A replica set whose bricks are all on this machine: who is primary, who follows, who heals.

It opens the bricks, makes one of those in sync primary, brings the others up to date, and does so
again whenever something changes: a brick that fails is closed, and opened again as soon as it can
be; when the primary fails, another brick that is in sync takes over.  Whoever serves clients is
told which primary it is (``serve``).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from twisted.logger import Logger

from nfsgw.backend.brick.bytes.means import BytesOptions, Tasks
from nfsgw.backend.brick.keys import EPOCH
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import decode_record
from nfsgw.backend.brick.schema import unpack_number
from nfsgw.backend.brick.starting import (
    CallLater,
    Delayed,
    Options,
    Start,
    Surroundings,
    begin_epoch,
)
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.health import SetHealth, Verification
from nfsgw.backend.replica.joining import Joining, Pace
from nfsgw.backend.replica.member import Member, MemberFailed
from nfsgw.backend.replica.membership import Membership, Refused
from nfsgw.backend.replica.primary import Policy, Primary
from nfsgw.backend.replica.quorum import QuorumKind, needed
from nfsgw.backend.replica.report import set_health
from nfsgw.backend.replica.seat import OpenBrick, Reach, Seat
from nfsgw.backend.replica.verify import Verifying
from nfsgw.clock import Clock
from nfsgw.errors import FsError, NfsgwError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step

__all__ = ["ReplicaSet", "SetOptions", "SetSurroundings"]

T = TypeVar("T")

_LOOK_S: Final = 1.0
"""Between two looks at the bricks."""
_ROOM_FACTOR: Final = 1.5
"""A brick comes back when it has so many times its reserve."""
_FULL_FACTOR: Final = 2
"""A brick below its reserve is dropped if the others have so many times as much room."""


@dataclass(frozen=True, slots=True)
class SetOptions:
    """What administrators decide of a set.

    :param lease_s: ``network.ping-timeout``.
    :param quorum: ``cluster.quorum-type``, and ``cluster.quorum-count``.
    """

    brick: Options
    bytes: BytesOptions
    lease_s: float = 5.0
    quorum: tuple[QuorumKind, int] = (QuorumKind.AUTO, 0)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class SetSurroundings:
    """What a set is given to live in.

    :param open_brick: opens one of its bricks.
    :param reach: gives a primary its view of a secondary.
    """

    clock: Clock
    turn: Turn
    call_later: CallLater
    open_brick: OpenBrick
    reach: Reach


class ReplicaSet:
    """One replica set.

    :param membership: its record in the coordinator, loaded.
    :param serve: called with each new primary, and with None when there is none.
    :param left: called with the ids of all members when a brick has left the set.
    """

    log = Logger()

    def __init__(
        self,
        membership: Membership,
        surroundings: SetSurroundings,
        options: SetOptions,
        serve: Callable[[Primary | None], None],
        left: Callable[[Sequence[str]], None],
    ) -> None:
        self.membership = membership
        self.primary: Primary | None = None
        self.seats: dict[str, Seat] = {}
        self._surroundings = surroundings
        self._clock = surroundings.clock
        self._options = options
        self._serve = serve
        self._left = left
        self.tasks = Tasks()
        self._timer: Delayed | None = None
        self._electing = False
        self._stopped = False
        self._reason: str | None = "not started"
        self._verifying: Verifying | None = None
        self._verified: Verification | None = None
        self._full: set[str] = set()
        self._removed: set[str] = set()

    # What is known of it

    @property
    def number_needed(self) -> int:
        """Return how many bricks must be in sync for changes to be accepted."""
        kind, count = self._options.quorum
        return needed(kind, count, len(self.membership.record.members))

    @property
    def reason(self) -> str | None:
        """Return why no brick is primary; None if one is."""
        return None if self.primary is not None else self._reason

    @property
    def writable(self) -> bool:
        """Say whether enough bricks are in sync for changes."""
        primary = self.primary
        return primary is not None and (
            primary.only or 1 + len(primary.in_sync) >= self.number_needed
        )

    @property
    def only_reason(self) -> str:
        """Return why the set's only brick is not open."""
        seat = next(iter(self.seats.values()))
        return seat.reason or self._reason or "it is not open"

    def health(self) -> SetHealth:
        """Return how the set and its bricks are."""
        return set_health(
            self.membership.record,
            self.seats.values(),
            self.primary,
            self.number_needed,
            self.reason,
        )

    # Life

    async def start(self) -> None:
        """Open all bricks, those that answer, and make one primary if that can be."""
        for brick in self.membership.record.members:
            self._add_seat(brick)
        opening = [step(seat.open()) for seat in self.seats.values()]
        await self._all_or(opening, self._options.lease_s)
        await self._elect()
        self._tick()

    def _add_seat(self, brick: str) -> Seat:
        surroundings = self._surroundings
        seat = self.seats[brick] = Seat(
            brick,
            surroundings.open_brick,
            surroundings.reach,
            self._clock,
            self._options.lease_s,
            self.tasks,
            self._fail,
        )
        return seat

    async def _all_or(self, waits: Sequence[Wait[Any]], limit_s: float) -> None:
        """Wait until all are done, or the time is over."""
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

        timer = self._surroundings.call_later(limit_s, late)
        for wait in waits:
            wait.add_callback(done)
        await over
        if not left:
            timer.cancel()

    async def stop(self) -> None:
        """Finish what is under way, and close all bricks that answer."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for seat in self.seats.values():
            if seat.joining is not None:
                seat.joining.cancel("the volume is stopped")
        primary = self.primary
        if primary is not None:
            await primary.stop()
        self.primary = None
        self._serve(None)
        self.membership.close()
        good = primary is not None and primary.stopped_well
        closing = [step(seat.close(good)) for seat in self.seats.values()]
        await self._all_or(closing, self._options.lease_s)

    def _tick(self) -> None:
        if self._stopped:
            return
        self._timer = self._surroundings.call_later(_LOOK_S, self._tick)
        with self._surroundings.turn:
            now_s = self._clock.seconds()
            for seat in tuple(self.seats.values()):
                self._tend(seat, now_s)
            if self.primary is None:
                self.tasks.start(self._elect())

    def _tend(self, seat: Seat, now_s: float) -> None:
        """Do for one brick what is due."""
        if seat.busy:
            return
        if seat.local is None:
            # One that is alone and has failed needs a person, and a restart of the volume.
            if len(self.seats) > 1:
                self.tasks.start(self._reopen(seat))
            return
        if len(self.seats) == 1:
            return
        if seat.silent_s(now_s) > self._options.lease_s:
            self._fail(seat, "its file system does not answer")
            return
        self.tasks.start(seat.look(self._looked))
        self._join(seat)

    async def _reopen(self, seat: Seat) -> None:
        await seat.open()
        if seat.local is not None and not self._stopped:
            if self.primary is None:
                await self._elect()
            self._join(seat)

    # Failing

    def _fail(self, seat: Seat, reason: str) -> None:
        """Close a brick that has failed; it is opened again later."""
        if seat.local is None or self._stopped:
            return
        seat.reason = reason
        self.log.error("brick {brick} has failed: {reason}", brick=seat.brick[:8], reason=reason)
        primary = self.primary
        if primary is not None:
            if primary.own is seat.local:
                primary.brick.step_down(reason)
                return
            if seat.member is not None:
                primary.exclude(seat.member, reason)
        self.tasks.start(seat.close(False))

    def _lost(self, member: Member, reason: str) -> None:
        """Take note that the primary counts no more on a brick."""
        seat = self.seats.get(member.brick)
        if seat is not None and seat.member is member:
            self._fail(seat, reason)
        # The quorum may be gone.
        self._serve(self.primary)

    def _primary_failed(self, seat: Seat, reason: str) -> None:
        primary, self.primary = self.primary, None
        if primary is not None:
            seat.sequence = primary.sequence
        self._reason = reason
        self._serve(None)
        for other in self.seats.values():
            if other.joining is not None:
                other.joining.cancel("the primary has failed")
        if self._stopped:
            return
        seat.reason = reason
        self.tasks.start(seat.close(False))
        self.tasks.start(self._elect())

    # Becoming primary

    async def _elect(self) -> None:
        """Make a brick primary, if one that is in sync is open."""
        if self._electing:
            return
        self._electing = True
        try:
            while self.primary is None and not self._stopped:
                seat = self._candidate()
                if seat is None:
                    return
                try:
                    await self._promote(seat)
                except FsError:
                    # The brick has failed on its way; _primary_failed has closed it.
                    continue
                except NfsgwError as error:
                    self._reason = str(error)
                    self._fail_candidate(seat, str(error))
        finally:
            self._electing = False

    def _fail_candidate(self, seat: Seat, reason: str) -> None:
        seat.reason = reason
        self.log.error(
            "brick {brick} cannot be primary: {reason}", brick=seat.brick[:8], reason=reason
        )
        self.tasks.start(seat.close(False))

    def _candidate(self) -> Seat | None:
        """Return the brick that is to be primary: the last one, or who has the most."""
        record = self.membership.record
        now_s = self._clock.seconds()
        ready = [
            seat
            for brick in record.in_sync
            if (seat := self.seats[brick]).secondary is not None
            and not seat.busy
            and (brick == record.primary or seat.secondary.may_take_over(now_s))
        ]
        if not ready:
            reasons = [
                f"{brick[:8]}: {self.seats[brick].reason or 'not open yet'}"
                for brick in record.in_sync
            ]
            self._reason = "no brick that is in sync can serve: " + "; ".join(reasons)
            return None
        staying = [seat for seat in ready if seat.brick not in self._leaving]
        for seat in staying:
            if seat.brick == record.primary:
                return seat
        return max(staying or ready, key=_history)

    @property
    def _leaving(self) -> set[str]:
        """Return the bricks that should not be primary: they are about to leave the set."""
        record = self.membership.record
        replaced = {old for new, old in record.replacing.items() if new in record.in_sync}
        return replaced | self._removed

    async def _promote(self, seat: Seat) -> None:
        others = [other for other in self.seats.values() if other is not seat]
        known = [_epoch(each) for each in self.seats.values() if each.local is not None]
        epoch = await self.membership.take_over(seat.brick, max(known))
        self._follow_record()
        own = await self._in_time(seat.lead())
        start = await self._in_time(self._begin_epoch(own, epoch))
        only = not others
        primary = Primary(
            own,
            start,
            Surroundings(
                self._clock,
                self._surroundings.turn,
                self._surroundings.call_later,
                partial(_own_room, seat, own if only else None),
            ),
            (self._options.brick, self._options.bytes),
            Policy(self._options.lease_s, lambda count: count >= self.number_needed),
            self.membership,
            self._lost,
            partial(self._primary_failed, seat),
            only,
        )
        try:
            await self._level(primary, others)
            with self._surroundings.turn:
                primary.start()
        except BaseException:
            primary.close()
            raise
        if primary.brick.failure is not None:
            return
        self.primary = primary
        self._reason = None
        seat.reason = None
        self.log.info(
            "brick {brick} is primary of epoch {epoch}, {count} of {all} bricks are in sync",
            brick=seat.brick[:8],
            epoch=epoch,
            count=1 + len(primary.in_sync),
            all=len(self.seats),
        )
        self._serve(primary)
        for other in others:
            self._join(other)

    async def _level(self, primary: Primary, others: Sequence[Seat]) -> None:
        """Level the bricks that are in sync and open; drop those that are not open."""
        if primary.only:
            return
        in_sync = self.membership.record.in_sync
        members = []
        for other in others:
            if other.brick not in in_sync:
                continue
            if other.member is not None and not other.busy:
                members.append(other.member)
            else:
                await self.membership.drop(primary.epoch, other.brick)
        await primary.level(members)

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what some work returns.

        :raises StoreFailed: it takes longer than a brick that does not answer may take.
        """
        wait = step(work)
        await self._all_or([wait], self._options.lease_s)
        if not wait.done:
            raise StoreFailed("its disk does not answer")
        return wait.result()

    async def _begin_epoch(self, local: LocalBrick, epoch: int) -> Start:
        """Note the new epoch on the brick's own tables."""
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

    # Catching up

    def _join(self, seat: Seat) -> None:
        """Begin to bring a brick up to date, if it is open and is not."""
        primary = self.primary
        if (
            primary is None
            or seat.member is None
            or seat.busy
            or seat.joining is not None
            or seat.brick in self.membership.record.in_sync
            or self._stopped
        ):
            return
        reserve = self._options.brick.reserve_bytes
        if seat.room is not None and seat.room.bytes_available < _ROOM_FACTOR * reserve:
            seat.reason = (
                f"its file system is full: {seat.room.bytes_available >> 20} MiB are left"
            )
            return
        seat.joining = Joining(
            primary,
            seat.member,
            self._clock,
            self._surroundings.call_later,
            self._options.pace,
            full=seat.brick in self._full,
        )
        self.tasks.start(self._bring(seat, seat.joining))

    async def _bring(self, seat: Seat, joining: Joining) -> None:
        try:
            await joining.run()
        except MemberFailed as error:
            self._fail(seat, str(error))
        except NfsgwError as error:
            seat.reason = str(error)
        else:
            self._full.discard(seat.brick)
            seat.reason = None
            self.log.info("brick {brick} is in sync", brick=seat.brick[:8])
            self._follow_record()
            if self.primary is not None and self.primary.own.id in self._leaving:
                self.primary.brick.step_down("another brick has taken its place")
            self._serve(self.primary)
        finally:
            seat.joining = None

    def _follow_record(self) -> None:
        """Let bricks go that are no members any more."""
        members = self.membership.record.members
        gone = [brick for brick in self.seats if brick not in members]
        for brick in gone:
            seat = self.seats.pop(brick)
            if self.primary is not None and seat.member is not None:
                self.primary.exclude(seat.member, "it was removed from the set")
            self.tasks.start(seat.close(True))
        if gone:
            self._left(members)

    # What administrators do

    async def add(self, brick: str) -> None:
        """Take a formatted brick into the set; it is brought up to date in the background.

        :raises NfsgwError: the set's record cannot be changed.
        """
        await self.membership.add_member(brick)
        await self._take_in(brick)

    async def replace(self, old: str, new: str) -> None:
        """Put a formatted brick in the place of another, which stays as long as it is needed.

        :raises NfsgwError: the set's record does not allow it.
        """
        await self.membership.replace(old, new)
        await self._take_in(new)
        self._follow_record()

    async def _take_in(self, brick: str) -> None:
        seat = self._add_seat(brick)
        if self.primary is not None and self.primary.only:
            # It was alone, and has to learn to count on others.
            self.primary.brick.step_down("another brick has joined the set")
        await self._reopen(seat)

    async def remove(self, brick: str) -> None:
        """Let a brick go.

        :raises NfsgwError: no other brick is in sync, or the set's record cannot be changed.
        """
        record = self.membership.record
        if brick not in record.members:
            raise Refused(f"brick {brick} does not belong to the set")
        if not [each for each in record.in_sync if each != brick]:
            raise Refused("no other brick is in sync, so it cannot be removed")
        self._removed.add(brick)
        try:
            if self.primary is not None and self.primary.own.id == brick:
                self.primary.brick.step_down("it is being removed")
            await self._elect()
            await self.membership.remove_member(brick)
        finally:
            self._removed.discard(brick)
        self._follow_record()

    def heal_full(self, brick: str) -> None:
        """Copy everything to a brick anew, tables and bytes.

        :raises Refused: it is the only one in sync, or the primary.
        """
        record = self.membership.record
        seat = self.seats.get(brick)
        if seat is None:
            raise Refused(f"brick {brick} does not belong to the set")
        if record.in_sync == (brick,):
            raise Refused("it is the only brick in sync: there is nothing to copy from")
        self._full.add(brick)
        self._fail(seat, "everything is copied to it anew")

    def verify(self) -> None:
        """Begin to compare the bricks in sync; nothing if that is going on, or nobody serves."""
        if self.primary is not None and self._verifying is None:
            self.tasks.start(self._verify())

    @property
    def verification(self) -> Verification | None:
        """Return the comparison that is going on, or the last one since the start."""
        return self._verified if self._verifying is None else self._verifying.verification

    async def _verify(self) -> None:
        primary = self.primary
        assert primary is not None
        self._verifying = verifying = Verifying(
            primary, primary.own.id, self._clock, self._surroundings.call_later
        )
        try:
            self._verified = await verifying.run()
        finally:
            self._verifying = None
        if verifying.primary_diverges and self.primary is primary:
            self._full.add(primary.own.id)
            primary.brick.step_down("its tables are not those of most bricks")

    # Room

    def _looked(self, seat: Seat) -> None:
        """Drop a brick that is full while the others are not."""
        primary = self.primary
        if primary is None or seat.room is None:
            return
        if primary.own is seat.local:
            primary.shipping.own_room = seat.room
        reserve = self._options.brick.reserve_bytes
        if seat.room.bytes_available >= reserve:
            return
        others = [
            other
            for brick in self.membership.record.in_sync
            if (other := self.seats.get(brick)) is not None and other is not seat
        ]
        if others and all(
            other.room is not None and other.room.bytes_available >= _FULL_FACTOR * reserve
            for other in others
        ):
            free = seat.room.bytes_available >> 20
            self._fail(seat, f"its file system is full: {free} MiB are left")


def _own_room(seat: Seat, alone: LocalBrick | None) -> int:
    if alone is not None:
        return alone.disk.space(alone.root).bytes_available
    return 1 << 62 if seat.room is None else seat.room.bytes_available


def _history(seat: Seat) -> tuple[int, int]:
    """Return epoch and sequence of a brick's last record."""
    assert seat.local is not None
    snapshot = seat.local.store.snapshot()
    try:
        last = b""
        for _, value in snapshot.scan(Table.LOG, b""):
            last = value
    finally:
        snapshot.close()
    record = decode_record(last)
    return record.epoch, record.sequence


def _epoch(seat: Seat) -> int:
    assert seat.local is not None
    snapshot = seat.local.store.snapshot()
    try:
        value = snapshot.get(Table.META, EPOCH)
    finally:
        snapshot.close()
    return 0 if value is None else unpack_number(value)
