"""The bricks that follow a primary, and what is under way on each of them.

Everything that a primary asks of its followers goes through here.  A call to all of them is done
when each has answered, or counts as in sync no more.  So a slow brick makes the set slow, and one
that hangs stops it, but only until it is dropped: it *hangs* if something has been under way on it
for ``patience_s`` while another brick that is in sync is not late.  A disk that is slow together
with all others (they may be one disk) is nobody's fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.replica.leases import Lease
from nfsgw.backend.replica.member import ExtentKey, Member, MemberFailed
from nfsgw.clock import Clock
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["Follower", "Followers", "UnderWay"]

T = TypeVar("T")


class _Part:
    """What one or several followers, or this brick's own disk, have been asked to do."""

    __slots__ = ("left", "started_s", "wait")

    def __init__(self, started_s: float) -> None:
        self.started_s = started_s
        self.left = 0
        self.wait: Wait[None] = Wait()

    def end_one(self) -> None:
        self.left -= 1
        if not self.left and not self.wait.done:
            self.wait.resolve(None)


class UnderWay:
    """What has begun on one brick and not ended, the oldest first."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[_Part, None] = {}

    def __contains__(self, part: object) -> bool:
        return part in self._parts

    def add(self, part: _Part) -> None:
        """Begin something."""
        part.left += 1
        self._parts[part] = None

    def end(self, part: _Part) -> bool:
        """End it; False if that happened before."""
        if part not in self._parts:
            return False
        del self._parts[part]
        part.end_one()
        return True

    def end_all(self) -> None:
        """Count everything as done."""
        while self._parts:
            self.end(next(iter(self._parts)))

    def fail_all(self, error: FsError) -> None:
        """Tell everybody who waits that nothing will come of it."""
        parts, self._parts = self._parts, {}
        for part in parts:
            if not part.wait.done:
                part.wait.fail(error)

    def age_s(self, now_s: float) -> float:
        """Return for how long the oldest has been under way; 0 if there is none."""
        return now_s - next(iter(self._parts)).started_s if self._parts else 0.0


class Follower:
    """Another brick of the set that gets the live stream.

    :ivar attached: it follows this primary, so it answers heartbeats.
    :ivar in_sync: it counts as in sync; else it is about to.
    :ivar missing: extents that it lacks, for which it gets no bytes.
    :ivar room: on its file system; None if it has not said so yet.
    """

    __slots__ = (
        "attached",
        "in_sync",
        "lease",
        "leaving",
        "member",
        "missing",
        "room",
        "under_way",
    )

    def __init__(self, member: Member, in_sync: bool, missing: set[ExtentKey]) -> None:
        self.member = member
        self.attached = not in_sync
        self.in_sync = in_sync
        self.missing = missing
        self.room: DiskSpace | None = None
        self.lease = Lease()
        self.leaving = False
        self.under_way = UnderWay()


class Followers:
    """All followers of one primary.

    :param patience_s: how long a brick may be late alone.
    :param lost: called once per follower that failed or hangs, with the reason; whoever is told
        calls :meth:`dropped` when the set's record says so.
    """

    def __init__(
        self, clock: Clock, patience_s: float, lost: Callable[[Follower, str], None]
    ) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._lost = lost
        self._all: list[Follower] = []
        self._leaving: list[Follower] = []
        self._closed = False
        self.own = UnderWay()
        """What is under way on the primary's own disk."""
        self.quiet: Wait[None] = Wait()
        """Done when this is closed, and the own disk has ended all that was given to it."""
        self._unfinished = 0

    def __iter__(self) -> Iterator[Follower]:
        return iter(tuple(self._all))

    def __len__(self) -> int:
        return len(self._all)

    @property
    def in_sync(self) -> list[Follower]:
        """Return those in sync, without those that are being dropped."""
        return [follower for follower in self._all if follower.in_sync]

    @property
    def leaving(self) -> bool:
        """Say whether one that is in sync is being dropped."""
        return any(follower.in_sync for follower in self._leaving)

    @property
    def closed(self) -> bool:
        """Say whether this brick is not the primary any more."""
        return self._closed

    def add(self, follower: Follower) -> None:
        """Send to one more from now on."""
        self._all.append(follower)

    def find(self, member: Member) -> Follower | None:
        """Return the follower of a member."""
        return next((follower for follower in self._all if follower.member is member), None)

    # Asking

    def each(self, call: Callable[[Follower], Wait[Any] | None]) -> Wait[None] | None:
        """Ask all; return a Wait for the end, or None if that was at once.

        The Wait fails with UNDECIDED if this brick is not the primary any more.

        :param call: None: nothing is to be asked of this one.
        """
        part: _Part | None = None
        for follower in self:
            wait = call(follower)
            if wait is None:
                continue
            if wait.done:
                try:
                    wait.result()
                except MemberFailed as error:
                    self.lose(follower, str(error))
                    if follower in self._leaving:
                        part = part or self._begin()
                        follower.under_way.add(part)
                continue
            part = part or self._begin()
            follower.under_way.add(part)
            wait.add_callback(partial(self._answered, follower, part, wait))
        if self._closed:
            undecided: Wait[None] = Wait()
            undecided.fail(FsError(FsCode.UNDECIDED))
            return undecided
        if part is None:
            return None
        part.end_one()
        return None if part.wait.done else part.wait

    def _begin(self) -> _Part:
        part = _Part(self._clock.seconds())
        # One more, until all have been asked: the first may have answered by then.
        part.left = 1
        return part

    def _answered(self, follower: Follower, part: _Part, wait: Wait[Any]) -> None:
        if part not in follower.under_way:
            return
        try:
            wait.result()
        except MemberFailed as error:
            self.lose(follower, str(error))
            if follower in self._leaving:
                # Its part stays: whoever waits for it goes on when the follower has been dropped.
                return
        follower.under_way.end(part)

    async def ask(self, follower: Follower, call: Callable[[], Wait[T]]) -> T | None:
        """Ask one; None if it is lost before it answers.

        :raises FsError: UNDECIDED: this brick is not the primary any more.
        """
        if self._closed:
            raise FsError(FsCode.UNDECIDED)
        if follower.leaving:
            return None
        part = _Part(self._clock.seconds())
        follower.under_way.add(part)
        wait = call()
        wait.add_callback(partial(self._answered, follower, part, wait))
        await part.wait
        if not wait.done:
            return None
        try:
            return wait.result()
        except MemberFailed:
            return None

    def watch(self, wait: Wait[T]) -> Wait[T]:
        """Return a Wait for something on this brick's own disk, that ends if the brick does.

        On the disk it goes on even then, see :attr:`quiet`.
        """
        if wait.done:
            return wait
        self._unfinished += 1
        wait.add_callback(self._finished)
        watched: Wait[T] = Wait()
        if self._closed:
            # Begun by a call that waited for something else when the end came.
            watched.fail(FsError(FsCode.UNDECIDED))
            return watched
        part = _Part(self._clock.seconds())
        self.own.add(part)

        def finished() -> None:
            if not watched.done:
                self.own.end(part)
                try:
                    value = wait.result()
                except Exception as error:  # noqa: BLE001 - handed to whoever awaits it
                    watched.fail(error)
                else:
                    watched.resolve(value)

        def ended() -> None:
            # Failed by close(): the disk's own answer, if it ever comes, is nobody's any more.
            if not watched.done and not wait.done:
                watched.fail(FsError(FsCode.UNDECIDED))

        wait.add_callback(finished)
        part.wait.add_callback(ended)
        return watched

    def _finished(self) -> None:
        self._unfinished -= 1
        self._look_quiet()

    def _look_quiet(self) -> None:
        if self._closed and not self._unfinished and not self.quiet.done:
            self.quiet.resolve(None)

    # Losing

    def lose(self, follower: Follower, reason: str) -> None:
        """Send it nothing any more, and tell who has it dropped."""
        if follower.leaving or self._closed:
            return
        follower.leaving = True
        self._all.remove(follower)
        self._leaving.append(follower)
        self._lost(follower, reason)

    def dropped(self, follower: Follower) -> None:
        """Wait for nothing of it any more: it does not count as in sync."""
        follower.in_sync = False
        self._leaving.remove(follower)
        follower.under_way.end_all()

    def late(self) -> Follower | UnderWay | None:
        """Return a brick that hangs: a follower, or :attr:`own`; None if none does."""
        now_s = self._clock.seconds()
        counted: list[tuple[float, bool, Follower | None]] = [(self.own.age_s(now_s), True, None)]
        counted += [(f.under_way.age_s(now_s), f.in_sync, f) for f in self._all]
        on_time = [each for each in counted if each[0] < self._patience_s / 2 and each[1]]
        for age_s, _, follower in counted:
            if age_s > self._patience_s and on_time:
                return self.own if follower is None else follower
        return None

    def leased_until_s(self) -> float:
        """Return until when all that are in sync have promised to follow."""
        return min(
            (f.lease.until_s for f in (*self._all, *self._leaving) if f.in_sync),
            default=float("inf"),
        )

    def close(self) -> None:
        """End everything that is under way: this brick is not the primary any more."""
        if self._closed:
            return
        self._closed = True
        error = FsError(FsCode.UNDECIDED)
        for follower in (*self._all, *self._leaving):
            follower.under_way.fail_all(error)
        self._all.clear()
        self._leaving.clear()
        self.own.fail_all(error)
        self._look_quiet()
