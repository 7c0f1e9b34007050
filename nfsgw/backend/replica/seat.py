"""One brick's place in its set on this machine: open or not, and in which role."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from twisted.logger import Logger

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.keys import sequence_of
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.joining import Joining
from nfsgw.backend.replica.member import Member
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait

__all__ = ["OpenBrick", "Reach", "Seat"]

OpenBrick = Callable[[str], Coroutine[Any, Any, LocalBrick]]
"""``await open_brick(brick_id)``; raises NfsgwError if it cannot be opened now."""

Reach = Callable[[Secondary], Member]
"""Gives a primary its view of a secondary: itself, or what stands for it beyond a network."""


class Seat:
    """A brick of the set, whether its disk is there or not.

    :param changed: called when the brick was opened, or has failed.
    :ivar reason: why it is not in sync; None if it is, or has not been looked at yet.
    :ivar sequence: of the last record that it is known to have.
    """

    log = Logger()

    def __init__(
        self,
        brick: str,
        open_brick: OpenBrick,
        reach: Reach,
        clock: Clock,
        lease_s: float,
        tasks: Tasks,
        failed: Callable[[Seat, str], None],
    ) -> None:
        self.brick = brick
        self.reason: str | None = None
        self.sequence = 0
        self.local: LocalBrick | None = None
        self.secondary: Secondary | None = None
        self.member: Member | None = None
        self.joining: Joining | None = None
        self.room: DiskSpace | None = None
        self.busy = False
        """It is being opened or closed."""
        self._open_brick = open_brick
        self._reach = reach
        self._clock = clock
        self._lease_s = lease_s
        self._tasks = tasks
        self._failed = failed
        self._looking_since_s: float | None = None
        self._given_up = False
        self._changing: Wait[None] | None = None

    async def open(self) -> None:
        """Open the brick as a secondary; the reason says why that cannot be done now."""
        self._begin()
        try:
            local = await self._open()
        finally:
            self._end()
        if local is None:
            return
        self.local = local
        self._note_sequence(local)
        try:
            self.follow()
        except NfsgwError as error:
            self._failed(self, str(error))

    async def _open(self) -> LocalBrick | None:
        try:
            local = await self._open_brick(self.brick)
            try:
                self.room = await local.threads.run(local.look)
            except OSError:
                await local.close(False)
                raise
            if self._given_up:
                # Its disk has answered too late.
                await local.close(False)
                return None
        except (NfsgwError, OSError) as error:
            if str(error) != self.reason:
                self.log.warn(
                    "brick {brick} cannot be opened: {error}",
                    brick=self.brick[:8],
                    error=str(error),
                )
            self.reason = str(error)
            return None
        return local

    def _begin(self) -> None:
        self.busy = True
        self._changing = Wait()

    def _end(self) -> None:
        self.busy = False
        changing, self._changing = self._changing, None
        if changing is not None:
            changing.resolve(None)

    def follow(self) -> None:
        """Take the role of a secondary."""
        assert self.local is not None
        self.secondary = Secondary(
            self.local, self._clock, self._lease_s, self._secondary_failed, self._tasks
        )
        self.member = self._reach(self.secondary)

    async def lead(self) -> LocalBrick:
        """Give up the role of a secondary, to be primary; return the open brick."""
        local, secondary = self.local, self.secondary
        assert local is not None
        assert secondary is not None
        self.secondary = self.member = None
        # What the last primary has begun here ends before this one begins.
        await secondary.retire()
        await secondary.close_files()
        return local

    def _note_sequence(self, local: LocalBrick) -> None:
        """Take note of the brick's last record, for the time in which it cannot be asked."""
        with suppress(StoreFailed):
            snapshot = local.store.snapshot()
            try:
                last = snapshot.last(Table.LOG)
            finally:
                snapshot.close()
            if last is not None:
                self.sequence = sequence_of(last[0])

    def _secondary_failed(self, reason: str) -> None:
        self._failed(self, reason)

    def give_up(self) -> None:
        """Want the brick no more: one that is being opened is closed when it is open."""
        self._given_up = True

    async def close(self, in_good_order: bool) -> None:
        """Close the brick, when whatever its disk still does has ended."""
        local, self.local = self.local, None
        secondary, self.secondary, self.member = self.secondary, None, None
        if self.joining is not None:
            self.joining.cancel(self.reason or "closed")
        quiet = None if secondary is None else secondary.retire()
        if local is None:
            if self._changing is not None:
                # Somebody else closes it, or it is closed as soon as it is open.
                await self._changing
            return
        self._note_sequence(local)
        self._begin()
        try:
            if secondary is not None and quiet is not None:
                await quiet
                with suppress(OSError):
                    await secondary.close_files()
            await local.close(in_good_order)
        except (NfsgwError, OSError) as error:
            self.log.warn("brick {brick}: {error}", brick=self.brick[:8], error=str(error))
        finally:
            self._end()

    async def look(self, noted: Callable[[Seat], None]) -> None:
        """Look at the brick's directory and room, unless the last look has not ended yet."""
        local = self.local
        if local is None or self._looking_since_s is not None:
            return
        self._looking_since_s = self._clock.seconds()
        try:
            room = await local.threads.run(local.look)
        except OSError as error:
            if self.local is local:
                self._failed(self, f"its directory cannot be used: {error.strerror or error}")
            return
        finally:
            self._looking_since_s = None
        if self.local is local:
            self.room = room
            if self.secondary is not None:
                self.secondary.note_room(room)
            noted(self)

    def silent_s(self, now_s: float) -> float:
        """Return for how long a look has been under way; 0 if none is."""
        return 0.0 if self._looking_since_s is None else now_s - self._looking_since_s
