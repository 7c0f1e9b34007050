"""A replica set whose bricks are all on this machine: who is primary, who follows, who heals.

It opens the bricks, makes one of those in sync primary, brings the others up to date, and does so
again whenever something changes: a brick that fails is closed, and opened again as soon as it can
be; when the primary fails, another brick that is in sync takes over.  Whoever serves clients is
told which primary it is (``serve``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from twisted.logger import Logger

from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.starting import Delayed
from nfsgw.backend.replica.election import Election, all_or_late
from nfsgw.backend.replica.fullness import full, has_room, too_full
from nfsgw.backend.replica.health import SetHealth
from nfsgw.backend.replica.joining import Joining
from nfsgw.backend.replica.member import Member, MemberFailed
from nfsgw.backend.replica.membership import Membership, Refused
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.primary import Primary
from nfsgw.backend.replica.quorum import needed
from nfsgw.backend.replica.report import set_health
from nfsgw.backend.replica.seat import Seat
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait, step

__all__ = ["ReplicaSet"]

_ALONE_S: Final = 30.0
"""How long the opening of a set's only brick may take."""
_LOOK_S: Final = 1.0
"""Between two looks at the bricks."""


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
        self._election = Election(
            membership,
            self.seats,
            surroundings,
            options,
            lambda count: count >= self.number_needed,
            self._lost,
        )
        self._timer: Delayed | None = None
        self._electing: Wait[None] | None = None
        self._stopped = False
        self._reason: str | None = "not started"
        self._full: set[str] = set()
        self._removed: set[str] = set()
        self._filled: set[str] = set()

    # What is known of it

    @property
    def number_needed(self) -> int:
        """Return how many bricks must be in sync for changes to be accepted."""
        kind, count = self._options.quorum
        record = self.membership.record
        # A brick and the one that takes its place are one copy.
        return needed(kind, count, len(record.members) - len(record.replacing))

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
        limit_s = self._options.lease_s if len(opening) > 1 else _ALONE_S
        await all_or_late(self._surroundings, opening, limit_s)
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

    async def stop(self) -> None:
        """Finish what is under way, and close all bricks that answer."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for seat in self.seats.values():
            seat.give_up()
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
        await all_or_late(self._surroundings, closing, self._options.lease_s)

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
        if self.primary is not None and self.primary.only:
            return
        if self._is_silent_alone(seat, now_s):
            self._fail(seat, "its file system does not answer")
            return
        self.tasks.start(seat.look(self._looked))
        self._join(seat)

    def _is_silent_alone(self, seat: Seat, now_s: float) -> bool:
        """Say whether a look at a brick does not end, while looks at others do.

        What is in sync is compared with what is in sync: it is never given up for less.
        """
        limit_s = self._options.lease_s
        in_sync = self.membership.record.in_sync
        return seat.silent_s(now_s) > limit_s and any(
            other.local is not None and other.silent_s(now_s) < limit_s / 2
            for other in self.seats.values()
            if other is not seat and (other.brick in in_sync or seat.brick not in in_sync)
        )

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
        primary = self.primary or self._election.promoting
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
        self._reason = reason
        if primary is None or not primary.only or len(self.seats) > 1:
            # Else clients go on to ask it, and are told what it is: an error.
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
        if self._electing is not None:
            return
        over = self._electing = Wait()
        try:
            while self.primary is None and not self._stopped:
                seat = self._election.candidate(self._leaving)
                if seat is None:
                    self._reason = self._election.why_nobody()
                    return
                try:
                    primary = await self._election.promote(
                        seat, partial(self._primary_failed, seat)
                    )
                except NfsgwError as error:
                    self._reason = str(error)
                    # If the brick has failed on its way, _primary_failed has closed it.
                    if seat.local is not None:
                        self._fail_candidate(seat, str(error))
                else:
                    self._begin_serving(seat, primary)
        finally:
            self._electing = None
            over.resolve(None)

    @property
    def _leaving(self) -> set[str]:
        """Return the bricks that should not be primary: they are about to leave the set."""
        record = self.membership.record
        replaced = {old for new, old in record.replacing.items() if new in record.in_sync}
        return replaced | self._removed

    def _begin_serving(self, seat: Seat, primary: Primary) -> None:
        if self._stopped:
            primary.brick.step_down("the volume was stopped")
        elif primary.only and len(self.seats) > 1:
            primary.give_way("another brick has joined the set")
        if primary.brick.failure is not None:
            return
        self.primary = primary
        self._reason = seat.reason = None
        self.log.info(
            "brick {brick} is primary of epoch {epoch}, {count} of {all} bricks are in sync",
            brick=seat.brick[:8],
            epoch=primary.epoch,
            count=1 + len(primary.in_sync),
            all=len(self.seats),
        )
        self._serve(primary)
        self._follow_record()
        for other in tuple(self.seats.values()):
            self._join(other)

    def _fail_candidate(self, seat: Seat, reason: str) -> None:
        seat.reason = reason
        self.log.error(
            "brick {brick} cannot be primary: {reason}", brick=seat.brick[:8], reason=reason
        )
        self.tasks.start(seat.close(False))

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
        if seat.room is not None and not has_room(seat.room, self._options.brick.reserve_bytes):
            seat.reason = full(seat.room)
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
        primary = self.primary
        try:
            await joining.run()
        except MemberFailed as error:
            if self.primary is primary:
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
        gone = self._take_out()
        if gone:
            self.tasks.start(self._let_go(gone))

    def _take_out(self) -> list[Seat]:
        members = self.membership.record.members
        gone = [self.seats.pop(brick) for brick in tuple(self.seats) if brick not in members]
        for seat in gone:
            seat.give_up()
            if self.primary is not None and seat.member is not None:
                self.primary.exclude(seat.member, "it was removed from the set")
        if gone:
            # The quorum may be another one.
            self._serve(self.primary)
        return gone

    async def _let_go(self, gone: Sequence[Seat]) -> None:
        """Close bricks that have left the set, those that answer, and say so."""
        closing = [step(seat.close(True)) for seat in gone]
        await all_or_late(self._surroundings, closing, self._options.lease_s)
        self._left(self.membership.record.members)

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
            self.primary.give_way("another brick has joined the set")
        # The quorum may be another one.
        self._serve(self.primary)
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
            if self._electing is not None:
                await self._electing
            await self.membership.remove_member(brick)
        finally:
            self._removed.discard(brick)
        await self._let_go(self._take_out())

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

    # Room

    def _looked(self, seat: Seat) -> None:
        """Take note of the room on a brick; drop one that is full while the others are not."""
        primary = self.primary
        if primary is None:
            return
        if primary.own is seat.local:
            primary.shipping.own_room = seat.room
        in_sync = self.membership.record.in_sync
        others = [
            other.room
            for other in self.seats.values()
            if other is not seat and other.brick in in_sync and other.local is not None
        ]
        if seat.brick not in in_sync and seat.joining is None:
            # It is not in use: it stays open until there is room, or it fails in earnest.
            return
        if seat.room is None or not too_full(seat.room, others, self._options.brick.reserve_bytes):
            self._filled.discard(seat.brick)
        elif seat.brick not in self._filled:
            # The others are looked at anew before it is dropped: they may be as full by now.
            self._filled.add(seat.brick)
        else:
            self._filled.discard(seat.brick)
            self._fail(seat, full(seat.room))
