"""A brick in the role of its set's primary: it orders all changes and serves all clients.

It is made of the brick's operations (:class:`.brick.Brick`), its data path (:class:`.FileBytes`)
and the way of both to the other bricks (:class:`.Shipping`).  Before it answers anything, every
brick that is in sync must hold its log exactly (:meth:`Primary.level`) or have been dropped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from twisted.logger import Logger

from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.means import BytesOptions, Means, Tasks
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.starting import Options, Start, Surroundings
from nfsgw.backend.replica.content import OwnContent
from nfsgw.backend.replica.followers import Follower, Followers, UnderWay
from nfsgw.backend.replica.member import ExtentKey, Member, Standing
from nfsgw.backend.replica.membership import Membership, NotPrimary
from nfsgw.backend.replica.shipping import Shipping
from nfsgw.errors import FsCode, FsError, NfsgwError
from nfsgw.waiting import Wait

__all__ = ["Policy", "Primary"]

_BEATS: Final = 5
"""Heartbeats in the time of a lease."""
_PATIENCE: Final = 0.6
"""The share of ping-timeout after which a brick that is late alone is dropped: with what comes
after, clients wait less than ping-timeout."""
_APPEND_BYTES: Final = 1 << 20
_COMMIT_S: Final = 30.0
"""How long a stop waits for one thing on the own disk."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What administrators decide of a set.

    :param lease_s: ``network.ping-timeout``.
    :param enough: says whether so many bricks in sync are a quorum.
    """

    lease_s: float
    enough: Callable[[int], bool]


class Primary(OwnContent):
    """The primary of a set; also the :class:`.source.Source` of those who bring bricks up to date.

    :param own: its brick.
    :param start: what :func:`nfsgw.backend.brick.starting.begin_epoch` found.
    :param surroundings: ``free_bytes`` is asked for this brick only; the set has the least of all.
    :param membership: the set's record.
    :param lost: called with a member and the reason when it was dropped or excluded.
    :param failed: called once with the reason when this brick can be primary no more.
    :param only: the set has no other brick.
    """

    log = Logger()

    def __init__(
        self,
        own: LocalBrick,
        start: Start,
        surroundings: Surroundings,
        options: tuple[Options, BytesOptions],
        policy: Policy,
        membership: Membership,
        lost: Callable[[Member, str], None],
        failed: Callable[[str], None],
        only: bool,
    ) -> None:
        self.own = own
        self.only = only
        self.stopped_well = False
        """Everything was committed before it stopped."""
        self.epoch = start.epoch
        self._clock = surroundings.clock
        self._call_later = surroundings.call_later
        self._policy = policy
        self._membership = membership
        self._lost = lost
        self._failed = failed
        self._tasks = Tasks()
        self._pins: dict[str, int] = {}
        self._closed = False
        self._stopping_since_s: float | None = None
        self.followers = Followers(self._clock, policy.lease_s * _PATIENCE, self._lose_follower)
        self.shipping = Shipping(
            own, start.epoch, start.sequence, self.followers, self._clock, policy.enough
        )
        room = partial(self.shipping.room, options[0].reserve_bytes)
        self.brick = Brick(
            own.path,
            own.store,
            start,
            Surroundings(
                surroundings.clock,
                surroundings.turn,
                surroundings.call_later,
                lambda: _available(room(), surroundings.free_bytes),
            ),
            options[0],
            None if only else self.shipping,
            FsCode.IO if only else FsCode.UNDECIDED,
            self._step_aside,
        )
        means = Means(
            self.brick,
            own.disk,
            own.threads.run if only else self.run,
            surroundings.clock,
            surroundings.call_later,
            options[1],
            copies=None if only else self.shipping,
            stream=self._stream if own.durable and not only else None,
            space=room,
        )
        self.shipping.came_to_rest = self.brick.rested
        self.data = FileBytes(means, own.root)

    @property
    def closed(self) -> bool:
        """Say whether it has ended to be primary."""
        return self._closed

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Run a function on the own disk's threads, watched as what other bricks do is."""
        if self.followers.closed:
            return _undecided()
        return self.followers.watch(self.own.threads.run(function, *args))

    def _stream(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        if self.followers.closed:
            return _undecided()
        return self.followers.watch(self.own.stream.run(function, *args))

    # Life

    async def level(self, members: Sequence[Member]) -> None:
        """Bring the logs of bricks that are in sync to exactly this one's; drop those that fail.

        Call once, before :meth:`start`.

        :raises FsError: UNDECIDED: this brick is not primary any more.
        """
        for member in members:
            follower = Follower(member, in_sync=True, missing=set())
            self.followers.add(follower)
        self._watch()
        for follower in self.followers:
            await self._level(follower)
        # Those that were lost meanwhile must be out of the record before anything is answered,
        # and all others must have promised to follow.
        while self.followers.leaving or not self.shipping.leased:
            await self._pause(0.01)
        self._check_leases()

    async def _level(self, follower: Follower) -> None:
        member = follower.member
        standing = await self.followers.ask(follower, lambda: member.attach(self.epoch))
        if standing is None:
            return
        follower.attached = True
        common = self.common(standing)
        if common is None or standing.missing:
            self.followers.lose(follower, "its log has nothing in common with the primary's")
            return
        if standing.sequence > common:
            await self.followers.ask(follower, lambda: member.roll_back(self.epoch, common))
        at = common
        while records := self.records(at, _APPEND_BYTES):
            append = partial(member.append, self.epoch, records, common)
            await self.followers.ask(follower, append)
            at = records[-1].sequence
        await self._beat(follower, self._clock.seconds())

    def common(self, standing: Standing) -> int | None:
        """Return the last record that another brick and this one have both; None if unknown."""
        for sequence, epoch in reversed(standing.tail):
            if self.epoch_of(sequence) == epoch:
                return sequence
        return None

    async def start(self) -> None:
        """Take up cuts and open extents that the last primary has left; then serve.

        :raises NfsgwError: a data file cannot be opened or cut.
        """
        try:
            await self.data.start()
        except OSError as error:
            raise NfsgwError(f"{self.own.path}: {error}") from error

    def _watch(self) -> None:
        """Look, again and again, whether a brick hangs, and keep the leases."""
        if self._closed:
            return
        self._call_later(self._policy.lease_s / _BEATS / 2, self._watch)
        late = self.followers.late()
        if isinstance(late, UnderWay):
            self.brick.step_down("its disk does not answer")
            return
        if late is not None:
            self.followers.lose(late, "it does not answer")
        sent_s = self._clock.seconds()
        for follower in self.followers:
            if follower.attached:
                self._tasks.start(self._beat(follower, sent_s))
        self._check_leases()

    async def _beat(self, follower: Follower, sent_s: float) -> None:
        beat = await self.followers.ask(follower, lambda: follower.member.beat(self.epoch))
        if beat is not None:
            follower.lease.note(sent_s, beat.granted_s)
            follower.room = beat.room
            self._check_leases()

    def _check_leases(self) -> None:
        if not self._closed:
            self.brick.stalled = not self.shipping.leased
            self.shipping.look()
            self._check_stop()

    def _check_stop(self) -> None:
        """End what cannot end any more because the volume is being stopped."""
        if self._stopping_since_s is None:
            return
        if self.shipping.held and self.shipping.short:
            # What was not answered may be lost.
            self.brick.step_down("the volume was stopped below its quorum")
        elif (
            self.followers.leaving
            and self._clock.seconds() - self._stopping_since_s > self._policy.lease_s
        ):
            self.brick.step_down("the volume was stopped, and a brick could not be dropped")
        elif self.followers.own.age_s(self._clock.seconds()) > _COMMIT_S:
            # Before that it is not hurried: there may be much to be made durable.
            self.brick.step_down("the volume was stopped, and its disk does not answer")

    def _lose_follower(self, follower: Follower, reason: str) -> None:
        self.log.warn(
            "brick {brick} is dropped: {reason}", brick=follower.member.brick[:8], reason=reason
        )
        if follower.in_sync:
            self._tasks.start(self._drop(follower, reason))
        else:
            self.followers.dropped(follower)
            self._lost(follower.member, reason)

    async def _drop(self, follower: Follower, reason: str) -> None:
        try:
            await self._membership.drop(self.epoch, follower.member.brick)
        except NotPrimary as error:
            self.brick.step_down(str(error))
            return
        except NfsgwError as error:
            self.brick.step_down(f"the coordinator cannot be reached: {error}")
            return
        if self._closed:
            return
        self.followers.dropped(follower)
        self.shipping.look()
        self._lost(follower.member, reason)

    def _step_aside(self, reason: str) -> None:
        """End everything that waits for other bricks: the own brick has failed."""
        self.close()
        self._failed(reason)

    def give_way(self, reason: str) -> None:
        """End the role though nothing has failed: the next primary knows what became of a call."""
        self.brick.lost = FsCode.UNDECIDED
        self.brick.step_down(reason)

    def close(self) -> None:
        """Stop the clockwork; idempotent."""
        if self._closed:
            return
        self._closed = True
        for follower in self.followers:
            follower.member.release(self.epoch)
        # Calls end now, though what they have begun on the own disk may go on, or hang.
        files = self.data.files
        files.keep()
        self.followers.close()
        self.data.close()
        self.followers.quiet.add_callback(files.let_go)

    async def stop(self) -> None:
        """Finish what is under way, commit everything, and stop."""
        self._stopping_since_s = self._clock.seconds()
        self._check_stop()
        with suppress(FsError):
            await self.data.stop()
            # Asked of the brick: whoever waits hears of its failure before this primary does.
            sound = self.brick.failure is None
            await self.brick.close()
            self.stopped_well = sound
        self.close()

    async def _pause(self, delay_s: float) -> None:
        over: Wait[None] = Wait()
        self._call_later(delay_s, lambda: over.resolve(None))
        await over
        if self._closed:
            raise FsError(FsCode.UNDECIDED)

    # Source: who follows (the rest of it is in .content)

    @property
    def sequence(self) -> int:
        """Return the sequence of the last record on this brick's own tables."""
        return self.shipping.sequence

    @property
    def commit_point(self) -> int:
        """Return the sequence up to which every in-sync brick has committed."""
        return self.shipping.commit_point

    @property
    def in_sync(self) -> Sequence[Member]:
        """Return the other bricks that are in sync."""
        return [follower.member for follower in self.followers.in_sync]

    def pin_log(self, member: Member, sequence: int | None) -> None:
        """Keep the records from ``sequence`` on for a member, however old; None: no more."""
        self._pins.pop(member.brick, None)
        if sequence is not None:
            self._pins[member.brick] = sequence
        self.shipping.keep_from = min(self._pins.values(), default=None)

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Keep the set's tables still; see :class:`.source.Source`."""
        await self.brick.rest(self.shipping.held)
        try:
            yield
        finally:
            self.brick.go_on()

    def include(self, member: Member, missing: set[ExtentKey]) -> bool:
        """Send the live stream to a member too; see :class:`.source.Source`."""
        if not self.shipping.at_rest:
            return False
        follower = Follower(member, in_sync=False, missing=missing)
        self.followers.add(follower)
        # What was begun without it, and will end with a record that it gets; cuts that are under
        # way were carried out there before.
        self.shipping.send_unnamed(follower)
        return True

    def exclude(self, member: Member, reason: str) -> None:
        """Send a member nothing any more; if it was in sync, it is dropped."""
        follower = self.followers.find(member)
        if follower is not None:
            self.followers.lose(follower, reason)

    async def admit(self, member: Member) -> None:
        """Count an included member that lacks nothing as in sync."""
        follower = self.followers.find(member)
        if follower is None or follower.missing:
            raise FsError(FsCode.TRY_LATER)
        sent_s = self._clock.seconds()
        await self._beat(follower, sent_s)
        if follower.leaving:
            # Lost meanwhile: it gets nothing any more, so the record must not name it.
            raise FsError(FsCode.TRY_LATER)
        # From before the swap on nothing is acknowledged without it: the record may say so first.
        follower.in_sync = True
        try:
            await self._membership.admit(self.epoch, member.brick)
        except NotPrimary as error:
            self.brick.step_down(str(error))
            raise FsError(FsCode.UNDECIDED) from error
        except NfsgwError:
            follower.in_sync = False
            raise
        self._check_leases()


def _undecided() -> Wait[Any]:
    wait: Wait[Any] = Wait()
    wait.fail(FsError(FsCode.UNDECIDED))
    return wait


def _available(room: DiskSpace | None, own: Callable[[], int]) -> int:
    return own() if room is None else room.bytes_available
