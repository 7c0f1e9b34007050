"""Records and bytes on their way to all bricks of a set: the primary's side of the stream.

One batch of records is under way at a time.  It is committed here and on every follower in
parallel, and the commit point passes it when all that are in sync have it; so the logs of bricks
that are in sync differ by one batch at most, and that much can be rolled back.  A batch also waits
for the quorum, and for the leases: without them another brick may be about to become primary.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from nfsgw.backend.brick.applying import Batch
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.replica.followers import Follower, Followers
from nfsgw.backend.replica.fullness import least_room
from nfsgw.backend.replica.member import Member
from nfsgw.clock import Clock
from nfsgw.waiting import Wait, gather, step

__all__ = ["Shipping"]


class Shipping:
    """Commits batches and changes data files on all bricks of a set.

    It is the :class:`nfsgw.backend.brick.commit.Commit` of the primary's tables, and the
    :class:`nfsgw.backend.brick.bytes.copies.Copies` of its data files.

    :param own: the primary's brick.
    :param sequence: of the last record of the log, which all that are in sync have.
    :param enough: says whether so many bricks in sync, this one included, are a quorum.
    """

    def __init__(
        self,
        own: LocalBrick,
        epoch: int,
        sequence: int,
        followers: Followers,
        clock: Clock,
        enough: Callable[[int], bool],
    ) -> None:
        self._own = own
        self._epoch = epoch
        self._followers = followers
        self._clock = clock
        self._enough = enough
        self.commit_point = sequence
        self.sequence = sequence
        """Of the last record that is committed on this brick's own tables."""
        self.keep_from: int | None = None
        """Records from here on stay in the log, for a brick that is catching up."""
        self.own_room: DiskSpace | None = None
        self.came_to_rest: Callable[[], None] = _nothing
        """Called when a batch is everywhere, and waits for a quorum or a lease."""
        self._unnamed: dict[int, bytes] = {}
        self._done: Callable[[StoreFailed | None], None] | None = None
        self._last = sequence
        self._own_part = False
        self._others: Wait[None] | None = None

    # Records

    def begin(self, records: Sequence[Record], done: Callable[[StoreFailed | None], None]) -> None:
        """Start to commit a batch everywhere."""
        assert self._done is None, "two batches at a time"
        self._done = done
        self._last = records[-1].sequence
        # From the beginning: a follower that fails at once lets others look how far this batch is.
        self._own_part, self._others = True, None
        epoch, point = self._epoch, self.commit_point
        self._others = self._followers.each(
            lambda follower: follower.member.append(epoch, records, point)
        )
        if self._followers.closed:
            self._finish(StoreFailed("it is not primary any more"))
            return
        if not len(self._followers) and not self._followers.leaving:
            point = self._last
        batch = Batch(records, self._own.log, point, self.keep_from)
        wait: Wait[None] = Wait()
        self._own.store.write(batch, lambda error: _end(wait, error))
        watched = self._followers.watch(wait)
        watched.add_callback(lambda: self._own_committed(watched))

    def _own_committed(self, wait: Wait[None]) -> None:
        self._own_part = False
        try:
            wait.result()
        except StoreFailed as error:
            self._finish(error)
            return
        except Exception as error:  # noqa: BLE001 - the brick is not primary any more
            self._finish(StoreFailed(str(error)))
            return
        self.sequence = self._last
        if self._others is not None and not self._others.done:
            self._others.add_callback(self.look)
            return
        self.look()

    @property
    def at_rest(self) -> bool:
        """Say whether no batch is on its way to any brick."""
        return self._done is None or self.held

    @property
    def held(self) -> bool:
        """Say whether a batch is everywhere and waits for a quorum or a lease only."""
        return (
            self._done is not None
            and not self._own_part
            and (self._others is None or self._others.done)
        )

    def look(self) -> None:
        """Let the commit point pass the batch under way if nothing keeps it any more."""
        if not self.held:
            return
        if self._followers.closed:
            # Nothing is under way any more, but not because all have it.
            self._finish(StoreFailed("it is not primary any more"))
            return
        if self._followers.leaving or self.short or not self.leased:
            self.came_to_rest()
            return
        self.commit_point = self._last
        self._finish(None)

    @property
    def short(self) -> bool:
        """Say whether too few bricks are in sync for anything to be acknowledged."""
        return not self._enough(1 + len(self._followers.in_sync))

    @property
    def leased(self) -> bool:
        """Say whether every brick that is in sync has promised not to take over now."""
        return self._followers.leased_until_s() > self._clock.seconds()

    def _finish(self, error: StoreFailed | None) -> None:
        done, self._done = self._done, None
        assert done is not None
        done(error)

    # Bytes

    @property
    def alone(self) -> bool:
        """Say whether no other brick is in sync."""
        return not self._followers.in_sync

    def write(self, inode: int, offset: int, data: bytes | memoryview) -> Wait[None] | None:
        """Write bytes on all followers, but for extents that they still lack."""
        epoch = self._epoch

        def send(follower: Follower) -> Wait[None] | None:
            if not follower.missing:
                return follower.member.write(epoch, inode, offset, data)
            wait = None
            for start, piece in _present(follower, inode, offset, data):
                # The last answer is enough: a member carries them out in order.
                wait = follower.member.write(epoch, inode, start, piece)
            return wait

        return self._followers.each(send)

    def create(self, inode: int, data: bytes) -> Wait[None] | None:
        """Make a data file on all followers."""
        epoch = self._epoch
        self._unnamed[inode] = data
        return self._followers.each(lambda f: f.member.create(epoch, inode, data))

    def named(self, inode: int) -> None:
        """Forget a file that was made: a record names it now."""
        self._unnamed.pop(inode, None)

    def send_unnamed(self, follower: Follower) -> None:
        """Make the files on a new follower that no record names yet: it will get the record."""
        member = follower.member
        self._followers.each(lambda f: None if f is not follower else self._create_all(member))

    def _create_all(self, member: Member) -> Wait[None] | None:
        wait = None
        for inode, data in self._unnamed.items():
            wait = member.create(self._epoch, inode, data)
        return wait

    def cut(self, inode: int, size: int) -> Wait[None] | None:
        """Set the length of a data file on all followers."""
        epoch = self._epoch
        return self._followers.each(lambda f: f.member.cut(epoch, inode, size))

    def remove(self, inode: int) -> Wait[None] | None:
        """Remove a data file on all followers."""
        epoch = self._epoch
        return self._followers.each(lambda f: f.member.remove(epoch, inode))

    def sync(self, inode: int) -> Wait[None] | None:
        """Make a data file durable on all followers."""
        epoch = self._epoch
        return self._followers.each(lambda f: f.member.sync(epoch, inode))

    async def equalise(
        self,
        inode: int,
        extents: Sequence[tuple[int, Extent]],
        read: Callable[[int], Coroutine[Any, Any, bytes]],
    ) -> None:
        """Overwrite extents that differ on a follower; see :class:`.Copies`."""
        await gather(
            *[step(self._equalise(each, inode, extents, read)) for each in self._followers]
        )

    async def _equalise(
        self,
        follower: Follower,
        inode: int,
        extents: Sequence[tuple[int, Extent]],
        read: Callable[[int], Coroutine[Any, Any, bytes]],
    ) -> None:
        wanted = [item for item in extents if (inode, item[0]) not in follower.missing]
        for attempt in range(2):
            differing = await self._differing(follower, inode, wanted)
            if not differing:
                return
            if attempt:
                self._followers.lose(follower, "bytes that were written to it are not there")
                return
            for number, extent in differing:
                await self._overwrite(follower, inode, number, extent, read)

    async def _differing(
        self, follower: Follower, inode: int, extents: Sequence[tuple[int, Extent]]
    ) -> list[tuple[int, Extent]]:
        wanted = [(number, EXTENT_BYTES) for number, _ in extents]
        if not wanted:
            return []
        found = await self._followers.ask(
            follower, lambda: follower.member.checksums(self._epoch, inode, wanted)
        )
        if found is None:
            return []
        pairs = zip(extents, found, strict=True)
        return [item for item, extent in pairs if not _equal(item[1], extent)]

    async def _overwrite(
        self,
        follower: Follower,
        inode: int,
        number: int,
        extent: Extent,
        read: Callable[[int], Coroutine[Any, Any, bytes]],
    ) -> None:
        member, epoch = follower.member, self._epoch
        if extent.length:
            data = await read(number)
            call = member.put_extent
            await self._followers.ask(follower, lambda: call(epoch, inode, number, data))
        else:
            # Here the file ends before it.
            size = number * EXTENT_BYTES
            await self._followers.ask(follower, lambda: member.cut(epoch, inode, size))

    async def read(
        self, inode: int, offset: int, count: int, is_good: Callable[[bytes], bool]
    ) -> bytes | None:
        """Return another brick's bytes, for what is lost here; see :class:`.Copies`."""
        number = offset // EXTENT_BYTES
        for follower in self._followers.in_sync:
            if (inode, number) in follower.missing:
                continue
            asked = partial(follower.member.read, self._epoch, inode, offset, count)
            data = await self._followers.ask(follower, asked)
            if data and is_good(data):
                return data
        return None

    # Room

    def room(self, reserve_bytes: int) -> DiskSpace | None:
        """Return the room that the bricks in sync have; None if none has been looked at.

        :param reserve_bytes: what each should have left, see :func:`.fullness.least_room`.
        """
        rooms = [each.room for each in self._followers.in_sync]
        return least_room([*rooms, self.own_room], reserve_bytes)


def _nothing() -> None:
    """Stand for nobody who wants to know."""


def _end(wait: Wait[None], error: StoreFailed | None) -> None:
    if error is None:
        wait.resolve(None)
    else:
        wait.fail(error)


def _equal(one: Extent, other: Extent) -> bool:
    return one.length == other.length and one.digest == other.digest


def _present(
    follower: Follower, inode: int, offset: int, data: bytes | memoryview
) -> list[tuple[int, bytes | memoryview]]:
    """Return the pieces of a write that lie in extents which a follower has."""
    view = memoryview(data)
    end = offset + len(view)
    pieces: list[tuple[int, bytes | memoryview]] = []
    start = offset
    while start < end:
        number = start // EXTENT_BYTES
        stop = min(end, (number + 1) * EXTENT_BYTES)
        if (inode, number) not in follower.missing:
            pieces.append((start, view[start - offset : stop - offset]))
        start = stop
    return pieces
