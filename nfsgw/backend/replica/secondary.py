"""A brick of this daemon that follows a primary: :class:`.member.Member` on a LocalBrick.

Calls are checked against the epoch where they come in, and then go two ways: what concerns tables
through :class:`.received_tables.ReceivedTables`, in order; what concerns data files through
:class:`.received_files.ReceivedFiles`, in order for each file.  A call is answered when it is
done, and every call is answered: if the brick fails, or its role ends, all that are open fail,
though what they began may never end.

Whose fault it is: an error of the disk fails the brick, which has to join anew.  A call that makes
no sense (records with a gap, a copy that was never begun) fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import Extent
from nfsgw.backend.brick.store import Transaction
from nfsgw.backend.brick.view import Table, View
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.calls import DONE, Calls, failed_wait, reason_of
from nfsgw.backend.replica.leases import Grant
from nfsgw.backend.replica.member import (
    Beat,
    ExtentKey,
    Item,
    MemberFailed,
    RangeDigest,
    StaleEpoch,
    Standing,
)
from nfsgw.backend.replica.received_copy import ReceivedCopy
from nfsgw.backend.replica.received_files import ReceivedFiles
from nfsgw.backend.replica.received_tables import ReceivedTables
from nfsgw.backend.replica.receiving import FileWork
from nfsgw.clock import Clock
from nfsgw.waiting import Wait, step

__all__ = ["Secondary"]

T = TypeVar("T")

_NOBODY: Final = -1


class Secondary:
    """A brick in the role of a follower.

    :param lease_s: for how long each heartbeat lets the primary count on this brick.
    :param failed: called once, with the reason, when the brick fails by itself.
    :param tasks: runs what the calls begin.
    :ivar room: on the brick's file system, as somebody who looks at it has said last.
    :raises StoreFailed: the tables cannot be read.
    """

    def __init__(
        self,
        brick: LocalBrick,
        clock: Clock,
        lease_s: float,
        failed: Callable[[str], None],
        tasks: Tasks,
    ) -> None:
        self._local = brick
        self._clock = clock
        self._tell_failed = failed
        self._calls = Calls(tasks, self._fail)
        self._tables = ReceivedTables(brick.store, brick.log)
        self._files = ReceivedFiles(brick)
        self._copy: ReceivedCopy | None = None
        self._copy_over = DONE
        self._epoch = self._tables.look(receiving.epoch_of)
        # The epoch of the primary whose calls are carried out; nobody's before it has attached.
        self._followed = _NOBODY
        self._ended: str | None = None
        self._has_failed = False
        self._grant = Grant(lease_s)
        self.room: DiskSpace | None = None

    @property
    def brick(self) -> str:
        """Return the brick's id."""
        return self._local.id

    @property
    def epoch(self) -> int:
        """Return the latest epoch that it has heard of."""
        return self._epoch

    def note_room(self, room: DiskSpace) -> None:
        """Take note of the room on the brick's file system."""
        self.room = room

    def may_take_over(self, now_s: float) -> bool:
        """Say whether no primary may count on this brick any more."""
        return self._grant.over(now_s)

    # The end

    def retire(self) -> Wait[None]:
        """End the role: refuse everything from now on, the calls that are open included.

        :returns: a Wait for the end of what is under way on the brick, of which nobody will hear.
        """
        self._end("it follows no primary any more")
        return self._calls.quiet

    def close_files(self) -> Wait[None]:
        """Let go of all descriptors, behind what is under way on data files."""
        return self._files.close()

    def _fail(self, reason: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._end(reason)
            self._tell_failed(reason)

    def _end(self, reason: str) -> None:
        if self._ended is None:
            self._ended = reason
            self._followed = _NOBODY
            self._tables.stop(reason)
            self._drop_copy(reason)
            self._calls.end(reason)

    # Belonging

    def _refused(self, epoch: int) -> Wait[Any] | None:
        """Return what answers a call that is not carried out; None for one that is."""
        if epoch == self._followed:
            return None
        if self._ended is not None:
            return failed_wait(MemberFailed(self._ended))
        if epoch < self._epoch:
            return failed_wait(self._stale())
        return failed_wait(MemberFailed(f"it does not follow the primary of epoch {epoch}"))

    def _stale(self) -> StaleEpoch:
        return StaleEpoch(f"it follows the primary of epoch {self._epoch}")

    def attach(self, epoch: int) -> Wait[Standing]:
        """Follow this primary from now on; see :meth:`Member.attach`."""
        if self._ended is not None:
            return failed_wait(MemberFailed(self._ended))
        if epoch < self._epoch:
            return failed_wait(self._stale())
        if epoch > self._epoch:
            # At once: what an earlier primary began counts for nothing that it could tell anybody.
            self._epoch = epoch
            self._followed = _NOBODY
            self._calls.fail(self._stale)
        self._drop_copy("another copy may be begun")
        return self._calls.answer(self._attach(epoch))

    async def _attach(self, epoch: int) -> Standing:
        standing = await self._settle_in()
        if epoch == self._epoch and self._ended is None:
            self._followed = epoch
        return standing

    async def _settle_in(self) -> Standing:
        """Note the epoch, and do what is left to be done to data files."""
        work = partial(receiving.attach, epoch=self._epoch, start_id=self._local.start_id)
        standing, files = await self._tables.run(work)
        await self._work_on_files(files)
        return standing

    async def _work_on_files(self, work: FileWork) -> None:
        if work.empty or work.files:
            await self._files.carry_out(work)
            await self._tables.run(partial(receiving.end_file_work, work=work))

    def release(self, epoch: int) -> None:
        """Take note that the primary has stopped for good."""
        if epoch == self._followed:
            self._grant.release()

    def beat(self, epoch: int) -> Wait[Beat]:
        """Answer a heartbeat."""
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        answer: Wait[Beat] = Wait()
        answer.resolve(Beat(self.room, self._grant.give(self._clock.seconds())))
        return answer

    # Records

    def append(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Commit records that follow the last one; see :meth:`Member.append`."""
        return self._refused(epoch) or self._calls.answer(
            self._tables.append(records, commit_point)
        )

    def roll_back(self, epoch: int, sequence: int) -> Wait[None]:
        """Take back all records above ``sequence``."""
        work = partial(receiving.roll_back, sequence=sequence)
        return self._refused(epoch) or self._calls.answer(self._tables.run(work))

    def replay(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Commit records whose bytes the brick did not see; see :meth:`Member.replay`."""
        return self._refused(epoch) or self._calls.answer(self._replay(records, commit_point))

    async def _replay(self, records: Sequence[Record], commit_point: int) -> None:
        work = partial(
            receiving.replay, records=records, bounds=self._local.log, commit_point=commit_point
        )
        await self._work_on_files(await self._tables.run(work))

    # A copy of all tables

    def begin_copy(self, epoch: int) -> Wait[None]:
        """Begin an empty set of tables beside the brick's own."""
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        earlier = self._drop_copy("another copy of the tables has begun")
        copy = self._copy = ReceivedCopy(self._local)
        return self._calls.answer(copy.begin(earlier))

    def load(self, epoch: int, table: Table, items: Sequence[Item]) -> Wait[None]:
        """Put items into the copy."""
        return self._in_copy(epoch, partial(receiving.load, table=table, items=items))

    def replay_copy(self, epoch: int, records: Sequence[Record]) -> Wait[None]:
        """Apply records to the copy; the first of them begins its log."""
        work = partial(receiving.replay_copy, records=records, bounds=self._local.log)
        return self._in_copy(epoch, work)

    def _in_copy(self, epoch: int, work: Callable[[Transaction], None]) -> Wait[None]:
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        if self._copy is None:
            return failed_wait(MemberFailed("no copy of the tables has begun"))
        return self._calls.answer(self._copy.run(work))

    def end_copy(self, epoch: int) -> Wait[Standing]:
        """Put the copy in the place of the brick's tables; see :meth:`Member.end_copy`."""
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        if self._copy is None:
            return failed_wait(MemberFailed("no copy of the tables has begun"))
        return self._calls.answer(self._end_copy(self._copy))

    async def _end_copy(self, copy: ReceivedCopy) -> Standing:
        local = self._tables.look(receiving.local_items)
        await copy.run(partial(receiving.finish_copy, epoch=self._epoch, local=local))
        if self._copy is not copy:
            # A later primary has attached meanwhile, whose epoch only the old tables know.
            raise MemberFailed("the copy of the tables was dropped")
        self._copy = None
        try:
            await self._tables.replace(copy.store, lambda: step(copy.adopt()))
        except MemberFailed as error:
            self._copy_over = copy.drop(str(error))
            raise
        self._local.store = copy.store
        return await self._settle_in()

    def _drop_copy(self, reason: str) -> Wait[None]:
        """Forget the copy that was begun, if any; return a Wait for the end of its tables."""
        if self._copy is not None:
            self._copy_over = self._copy.drop(reason)
            self._copy = None
        return self._copy_over

    # Bytes

    def write(self, epoch: int, inode: int, offset: int, data: bytes | memoryview) -> Wait[None]:
        """Write into a data file, which must be there."""
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        if self._local.durable:
            return self._calls.answer(self._files.write(inode, offset, data))
        try:
            self._files.write_at_once(inode, offset, data)
        except OSError as error:
            reason = reason_of(error)
            self._fail(reason)
            return failed_wait(MemberFailed(reason))
        return DONE

    def create(self, epoch: int, inode: int, data: bytes) -> Wait[None]:
        """Make a data file with these bytes, durably."""
        return self._refused(epoch) or self._calls.answer(self._files.create(inode, data))

    def cut(self, epoch: int, inode: int, size: int) -> Wait[None]:
        """Cut a data file that is longer, durably."""
        return self._refused(epoch) or self._calls.answer(self._files.cut(inode, size))

    def remove(self, epoch: int, inode: int) -> Wait[None]:
        """Remove a data file, durably."""
        return self._refused(epoch) or self._calls.answer(self._files.remove(inode))

    def sync(self, epoch: int, inode: int) -> Wait[None]:
        """Make durable all bytes that were written before this call."""
        refused = self._refused(epoch)
        if refused is not None:
            return refused
        return self._calls.answer(self._files.sync(inode)) if self._local.durable else DONE

    # Comparing and mending

    def checksums(
        self, epoch: int, inode: int, extents: Sequence[tuple[int, int]]
    ) -> Wait[list[Extent]]:
        """Make a data file durable, and return checksums of extents of it."""
        return self._refused(epoch) or self._calls.answer(self._files.checksums(inode, extents))

    def read(self, epoch: int, inode: int, offset: int, count: int) -> Wait[bytes]:
        """Return bytes of a data file."""
        return self._refused(epoch) or self._calls.answer(self._files.read(inode, offset, count))

    def put_extent(self, epoch: int, inode: int, number: int, data: bytes) -> Wait[None]:
        """Replace an extent, not yet durably."""
        return self._refused(epoch) or self._calls.answer(
            self._files.put_extent(inode, number, data)
        )

    def missing(self, epoch: int) -> Wait[list[ExtentKey]]:
        """Return the extents that the brick lacks, those included that are open just now."""
        return self._refused(epoch) or self._calls.answer(self._missing())

    async def _missing(self) -> list[ExtentKey]:
        found = await self._tables.run(receiving.note_missing)
        self._files.lacking = {inode for inode, _ in found}
        return found

    def settle(self, epoch: int, extents: Sequence[ExtentKey]) -> Wait[None]:
        """Make extents durable that were put, and strike them off what is missing."""
        return self._refused(epoch) or self._calls.answer(self._settle(extents))

    async def _settle(self, extents: Sequence[ExtentKey]) -> None:
        inodes = list(dict.fromkeys(inode for inode, _ in extents))
        await self._files.settle(inodes)
        self._files.lacking.difference_update(inodes)
        await self._tables.run(partial(receiving.settle, extents=extents))

    def digest(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None
    ) -> Wait[RangeDigest]:
        """Digest a range of a table."""
        return self._look(epoch, partial(receiving.digest, table=table, after=after, upto=upto))

    def rows(self, epoch: int, table: Table, after: bytes, upto: bytes | None) -> Wait[list[Item]]:
        """Return the items of a range of a table."""
        return self._look(epoch, partial(receiving.rows, table=table, after=after, upto=upto))

    def _look(self, epoch: int, function: Callable[[View], T]) -> Wait[T]:
        return self._refused(epoch) or self._calls.answer(self._looked_at(function))

    async def _looked_at(self, function: Callable[[View], T]) -> T:
        return self._tables.look(function)

    def mend(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None, items: Sequence[Item]
    ) -> Wait[None]:
        """Make the items of a range exactly these."""
        work = partial(receiving.mend, table=table, after=after, upto=upto, items=items)
        return self._refused(epoch) or self._calls.answer(self._tables.run(work))
