"""WRITE and COMMIT: bytes first, then the record that makes them visible.

A write to a small file is one record that holds the bytes.  Any other write goes through these
steps, each of which a crash may follow:

1. the data file is there and durable, and the inode says so (:meth:`Writing._move`);
2. the extents that it touches are named "being written" (:mod:`.extents`);
3. the bytes are in the page cache;
4. unless it is UNSTABLE, they are durable;
5. the record that makes them visible, with the reply, is queued; unless it is UNSTABLE, committed.

Before anything of that its room is taken.  Files that have just been removed give theirs back a
little later, so a write without room waits for that before it is refused.

What is on the way from 2 to 5 counts as a write in flight: size changes and removals wait for it
(:mod:`.order`), and so they come before step 1 or after step 5, never between.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Final

from nfsgw.backend.api import Committed, Credentials, FileType, Stability, Written
from nfsgw.backend.brick.attributes import flags_of
from nfsgw.backend.brick.bytes.cuts import Cuts
from nfsgw.backend.brick.bytes.disk import NO_DESCRIPTORS, translated, write_all
from nfsgw.backend.brick.bytes.extents import OpenExtents
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.bytes.flushing import Flushes
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.order import Order, StableWrites
from nfsgw.backend.brick.bytes.records import (
    Moved,
    announce_file,
    move_to_file,
    write_inline,
    written,
)
from nfsgw.backend.brick.bytes.space import Room
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.node import load, refusal
from nfsgw.backend.brick.operations.sizing import writable
from nfsgw.backend.brick.schema import DATA_IN_FILE, EXTENT_BYTES, size_of, type_of, wcc_of
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["Writing"]

_REGULAR: Final = int(FileType.REGULAR)
_DIRECTORY: Final = int(FileType.DIRECTORY)
_UNSTABLE: Final = int(Stability.UNSTABLE)
_FILE_SYNC: Final = int(Stability.FILE_SYNC)
_ROOM_S: Final = 5.0
"""How long a write without room waits, at most, while files go or nobody has looked since."""
_PAUSE_S: Final = 0.25


class Writing:
    """The writing side of a brick's data path."""

    def __init__(
        self,
        means: Means,
        files: DataFiles,
        order: Order,
        stable: StableWrites,
        flushes: Flushes,
        extents: OpenExtents,
        cuts: Cuts,
        room: Room,
    ) -> None:
        self._means = means
        self._files = files
        self._order = order
        self._stable = stable
        self._flushes = flushes
        self._extents = extents
        self._cuts = cuts
        self._room = room

    async def write(
        self,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: int,
        request: bytes | None,
    ) -> Written:
        """Write all of ``data``; see :meth:`nfsgw.backend.api.Volume.write`."""
        brick = self._means.brick
        count = len(data)
        end = offset + count
        if request is not None and brick.is_known(request):
            # Known: its bytes must not be written again, over those of later writes.
            first: Written = await brick.change(_never, request=request)
            return first
        if stability != _UNSTABLE:
            stability = _FILE_SYNC
        taken = False
        while True:
            try:
                record = writable(brick.view(), credentials, inode, end)
            except FsError:
                # Asked again in the way that waits until what the error shows is committed.
                record = await brick.read(writable, credentials, inode, end)
                continue
            wait = self._closed(inode, end)
            if wait is not None:
                await wait
                continue
            if count == 0:
                return await brick.read(self._nothing, credentials, inode, end, stability)
            in_file = bool(flags_of(record) & DATA_IN_FILE)
            if not taken:
                taken = True
                if await self._take_room(credentials, inode, end, count, not in_file):
                    continue
            if in_file:
                return await self._write_file(
                    credentials, record, inode, offset, data, stability, request
                )
            data = bytes(data)
            if end > self._means.options.inline_bytes_max:
                await self._move(inode, offset, end, record)
                continue
            try:
                return await brick.change(
                    self._write_inline,
                    credentials,
                    inode,
                    offset,
                    data,
                    stability,
                    brick.verifier,
                    request=request,
                    early=stability == _UNSTABLE,
                )
            except Moved:
                continue

    def _closed(self, inode: int, end: int) -> Wait[None] | None:
        """Return what a write up to ``end`` has to wait for, if anything."""
        held = self._order.held(inode)
        if held is not None:
            return held
        cut = self._cuts.get(inode)
        return cut.over if cut is not None and end > cut.size else None

    async def _take_room(
        self, credentials: Credentials, inode: int, end: int, count: int, makes_file: bool
    ) -> bool:
        """Take the room for a write; say whether that had to be waited for.

        It waits if there may be some soon: files go, or nobody has looked since they went.

        :raises FsError: NOSPC; what else :func:`writable` raises.
        """
        if self._room.take(count, makes_file):
            return False
        means = self._means
        refuse_s = means.clock.seconds() + _ROOM_S
        while True:
            may_come = self._cuts.frees_room or self._room.may_fit(count, makes_file)
            if not may_come or means.clock.seconds() >= refuse_s:
                # Read in the way that waits until what the refusal shows is committed.
                record = await means.brick.read(writable, credentials, inode, end)
                raise FsError(FsCode.NOSPC, record[:84], wcc_of(record))
            over: Wait[None] = Wait()
            means.call_later(_PAUSE_S, partial(over.resolve, None))
            await over
            if self._room.take(count, makes_file):
                return True

    def _nothing(
        self, view: View, credentials: Credentials, inode: int, end: int, stability: int
    ) -> Written:
        """Do a WRITE of no bytes, which only checks."""
        record = writable(view, credentials, inode, end)
        return Written(wcc_of(record), record[:84], 0, stability, self._means.brick.verifier)

    def _write_inline(
        self,
        change: Change,
        credentials: Credentials,
        inode: int,
        offset: int,
        data: bytes,
        stability: int,
        verifier: bytes,
    ) -> Written:
        if self._order.held(inode) is not None:
            raise Moved
        return write_inline(change, credentials, inode, offset, data, stability, verifier)

    async def _write_file(
        self,
        credentials: Credentials,
        record: bytes,
        inode: int,
        offset: int,
        data: bytes | memoryview,
        stability: int,
        request: bytes | None,
    ) -> Written:
        brick = self._means.brick
        count = len(data)
        end = offset + count
        noted = None
        put = failed = False
        self._order.enter(inode)
        try:
            first = offset // EXTENT_BYTES
            last = (end - 1) // EXTENT_BYTES
            if not self._extents.is_open(inode, first, last):
                await self._extents.open(inode, first, last)
            if stability != _UNSTABLE:
                noted = self._stable.begin(inode, offset, end)
            # Before the bytes: if a flush fails from here on, the client must write them again.
            verifier = brick.verifier
            if self._means.copies is None:
                file = await self._open_file(record, inode)
                put = True
                self._put_bytes(record, file, offset, data)
            else:
                async with self._means.stillness.moving(inode):
                    file = await self._open_file(record, inode)
                    put = True
                    await self._put_everywhere(record, file, offset, data)
            if noted is not None:
                await self._flushes.flush(inode)
            # The room was taken before the bytes were written, so it is not asked for again.
            return await brick.change(
                written,
                credentials,
                inode,
                end,
                count,
                stability,
                verifier,
                request=request,
                early=noted is None,
                frees=True,
            )
        except Exception:
            failed = put
            raise
        finally:
            if noted is not None:
                self._stable.end(inode, noted)
            self._order.leave(inode)
            if failed:
                await self._hide(inode)

    async def _hide(self, inode: int) -> None:
        """Cut off bytes beyond the size, which a write that failed may have left.

        They would come to light when the file grows, where zeros belong.
        """
        means = self._means
        await self._order.hold(inode)
        await means.stillness.begin(inode)
        try:
            with suppress(FsError, FileNotFoundError):
                size = size_of(load(means.brick.view(), inode))
                file = await self._files.open_aside(inode, means.blocking)
                try:
                    if means.disk.size(file.fd) > size:
                        others = None if means.copies is None else means.copies.cut(inode, size)
                        await means.everywhere(others, means.disk.cut, file.fd, size)
                finally:
                    self._files.unpin(file)
        except OSError as error:
            means.brick.flush_failed(error)
        finally:
            means.stillness.end(inode)
            self._order.release(inode)

    async def _open_file(self, record: bytes, inode: int) -> DataFile:
        try:
            return await self._files.open_aside(inode, self._means.blocking)
        except OSError as error:
            failed = None if error.errno in NO_DESCRIPTORS else self._means.disk_failed(error)
            if failed is None:
                failed = _with_wcc(translated(error, record[:84]), record)
            raise failed from error

    def _put_bytes(
        self, record: bytes, file: DataFile, offset: int, data: bytes | memoryview
    ) -> None:
        """Put bytes into the page cache, and undo one pin.

        :raises FsError: NOSPC, DQUOT or IO; some of the bytes may have been put, which is what a
            local file system does too.
        """
        try:
            write_all(self._means.disk, file.fd, data, offset)
        except OSError as error:
            raise _with_wcc(translated(error, record[:84]), record) from error
        finally:
            self._flushes.wrote(file)
            self._files.unpin(file)

    async def _put_everywhere(
        self, record: bytes, file: DataFile, offset: int, data: bytes | memoryview
    ) -> None:
        """Put bytes into the page caches of all bricks, in the same order everywhere.

        :raises FsError: as :meth:`_put_bytes`, if this brick is alone; else UNDECIDED.
        """
        means = self._means
        assert means.copies is not None
        others = means.copies.write(file.inode, offset, data)
        try:
            if means.stream is None:
                write_all(means.disk, file.fd, data, offset)
            else:
                await means.stream(write_all, means.disk, file.fd, data, offset)
        except OSError as error:
            failed = means.disk_failed(error)
            if failed is None:
                failed = _with_wcc(translated(error, record[:84]), record)
            raise failed from error
        finally:
            self._flushes.wrote(file)
            self._files.unpin(file)
        if others is not None:
            await others

    async def _move(self, inode: int, offset: int, end: int, record: bytes) -> None:
        """Give a file that has none a data file, with its inline bytes in it.

        The TRIM key announces the data file first, so that a crash leaves none unknown; it is
        made durable, directory and all; then one record names it and deletes the inline bytes.
        """
        brick = self._means.brick
        await self._order.hold(inode)
        try:
            cut = self._cuts.get(inode)
            if cut is not None:
                await cut.over
            data = await brick.change(announce_file, inode)
            if data is None:
                return
            numbers = range(offset // EXTENT_BYTES, (end - 1) // EXTENT_BYTES + 1)
            means = self._means
            try:
                async with means.stillness.moving(inode):
                    others = None if means.copies is None else means.copies.create(inode, data)
                    await means.everywhere(others, self._files.create, inode, data)
                await brick.change(move_to_file, inode, numbers)
            except OSError as error:
                failed = means.disk_failed(error)
                if failed is not None:
                    raise failed from error
                # The announcement becomes the order to cut.
                self._cuts.begin(self._cuts.order(inode, 0))
                raise _with_wcc(translated(error, record[:84]), record) from error
            except FsError as error:
                # Likewise if the file was removed meanwhile or the disk is full; but not when the
                # brick has failed, for then the record may have been committed, or was closed.
                if error.code not in (FsCode.IO, FsCode.TRY_LATER, FsCode.UNDECIDED):
                    self._cuts.begin(self._cuts.order(inode, 0))
                raise
            finally:
                if means.copies is not None:
                    means.copies.named(inode)
            if data:
                self._extents.add([(inode, 0)])
            self._extents.add((inode, number) for number in numbers)
        finally:
            self._order.release(inode)

    async def commit(self, inode: int, offset: int, count: int) -> Committed:
        """Make earlier UNSTABLE writes durable; see :meth:`nfsgw.backend.api.Volume.commit`.

        All of the file is flushed, whatever the range, as the kernel's fsync does.
        """
        brick = self._means.brick
        try:
            _regular(brick.view(), inode)
        except FsError:
            # Asked again in the way that waits until what the error shows is committed.
            await brick.read(_regular, inode)
        await self._flushes.flush(inode)
        sequence = brick.pending_sequence(Table.INODE, inode_key(inode))
        if sequence:
            await brick.committed(sequence)
        record = await brick.read(_regular, inode)
        return Committed(wcc_of(record), record[:84], brick.verifier)


def _regular(view: View, inode: int) -> bytes:
    """Return the record of a regular file.

    :raises FsError: STALE, ISDIR, INVAL.
    """
    record = load(view, inode)
    kind = type_of(record)
    if kind != _REGULAR:
        raise refusal(FsCode.ISDIR if kind == _DIRECTORY else FsCode.INVAL, record)
    return record


def _with_wcc(error: FsError, record: bytes) -> FsError:
    error.before = wcc_of(record)
    return error


def _never(change: Change) -> Written:
    raise FsError(FsCode.TRY_LATER)
