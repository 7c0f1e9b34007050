"""The extents that are being written, in memory, and how idle ones become clean.

Before the first byte reaches an extent that is clean or has never been written, the record "being
written" is committed (:meth:`OpenExtents.open`); from then on the extent's writes need no record
of their own.  An extent that has been idle for a while goes clean: writes to it are held, the
file is fsynced, the checksum computed in a thread, the record "clean" committed.  A crash between
any two of these steps leaves an extent that counts as being written.

Checksums are CRC-32: 0.3 ms of CPU per MiB where BLAKE2b takes 1.6 and SHA-256, with the
processor's help, 0.65, which is more than the whole WRITE.  It finds what disks and memory do to
bytes; who could forge it could also write the file.

Where there are other bricks, an extent goes clean when all have the same checksum; what differs
is overwritten.  After a start, or after a takeover, nobody knows whether the bytes of the extents
that were being written are the same on all bricks: such an extent is *unlevel*, and is levelled
before anybody reads or writes it, else what one primary has shown could be missing on the next.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import partial
from typing import Final

from nfsgw.backend.brick.bytes.disk import Disk
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.bytes.flushing import Flushes
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.order import Order
from nfsgw.backend.brick.bytes.records import clean_extents, name_extents
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState
from nfsgw.backend.brick.starting import Delayed
from nfsgw.backend.brick.view import Change
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["CRC32", "OPEN_MAX", "OpenExtents", "checksum"]

CRC32: Final = 2
"""The number of CRC-32 (zlib's) as the ``algorithm`` of an extent's checksum."""

OPEN_MAX: Final = 4096
"""Extents being written; beyond it the oldest are cleaned although they have not been idle."""

_PIECE_BYTES: Final = 256 << 10
_ROUND_EXTENTS_MAX: Final = 64
_STILL_EXTENTS_MAX: Final = 4
_ROUND_S: Final = 0.1
"""Between two rounds of cleaning."""

Key = tuple[int, int]
"""(inode, number of the extent)."""


def checksum(disk: Disk, fd: int, number: int, bytes_max: int = EXTENT_BYTES) -> Extent:
    """Read an extent and return it as a clean one; runs in a thread.

    :param bytes_max: how much of it to read.  A clean extent is compared by as many bytes as its
        checksum covers: the file may have grown since by writes further on, which leave a hole.
    """
    start = number * EXTENT_BYTES
    digest = 0
    length = 0
    while length < bytes_max:
        data = disk.read(fd, min(_PIECE_BYTES, bytes_max - length), start + length)
        if not data:
            break
        digest = zlib.crc32(data, digest)
        length += len(data)
    return Extent(ExtentState.CLEAN, CRC32, length, digest.to_bytes(4, "big") + bytes(12))


class OpenExtents:
    """The extents of one brick that are being written."""

    def __init__(self, means: Means, files: DataFiles, flushes: Flushes, order: Order) -> None:
        self._means = means
        self._files = files
        self._flushes = flushes
        self._order = order
        # The time of the last write, the oldest first.
        self._open: dict[Key, float] = {}
        self._numbers: dict[int, set[int]] = {}
        # Extents between two states; nobody writes to them.
        self._changing: dict[Key, Wait[None]] = {}
        # Of those that are open, the ones whose bytes may differ between bricks.
        self._unlevel: dict[Key, None] = {}
        # Extents that were cut while they were being cleaned: what was computed does not hold.
        self._disturbed: set[Key] = set()
        self._being_cut: dict[int, Wait[None]] = {}
        self._timer: Delayed | None = None
        self._cleaning = False
        self._stopped = False

    def __contains__(self, key: Key) -> bool:
        return key in self._open

    def __len__(self) -> int:
        return len(self._open)

    def add(self, keys: Iterable[Key]) -> None:
        """Take note of extents whose record "being written" has been committed."""
        now = self._means.clock.seconds()
        for key in keys:
            self._open.pop(key, None)
            self._open[key] = now
            self._numbers.setdefault(key[0], set()).add(key[1])
        self._schedule()

    def _drop(self, key: Key) -> None:
        self._unlevel.pop(key, None)
        if self._open.pop(key, None) is not None:
            numbers = self._numbers[key[0]]
            numbers.discard(key[1])
            if not numbers:
                del self._numbers[key[0]]

    def is_open(self, inode: int, first: int, last: int) -> bool:
        """Say whether the extents ``first`` to ``last`` may be written at once.

        If so they count as written now, and the answer holds until the next await.
        """
        for number in range(first, last + 1):
            key = (inode, number)
            if key not in self._open or key in self._changing or key in self._unlevel:
                return False
        now = self._means.clock.seconds()
        for number in range(first, last + 1):
            key = (inode, number)
            del self._open[key]
            self._open[key] = now
        return True

    async def open(self, inode: int, first: int, last: int) -> None:
        """Return when :meth:`is_open`, which then holds until the next await.

        :raises FsError: STALE; IO if the brick failed.
        """
        while not self.is_open(inode, first, last):
            keys = [(inode, number) for number in range(first, last + 1)]
            changing = next((key for key in keys if key in self._changing), None)
            if changing is not None:
                await self._changing[changing]
            elif not self.is_level(inode, first, last):
                await self.level(inode, first, last)
            else:
                await self._name(inode, [number for _, number in keys])

    async def _name(self, inode: int, numbers: list[int]) -> None:
        over: Wait[None] = Wait()
        for number in numbers:
            self._changing[inode, number] = over
        try:
            await self._means.brick.change(name_extents, inode, numbers)
            self.add((inode, number) for number in numbers)
        finally:
            for number in numbers:
                del self._changing[inode, number]
            over.resolve(None)

    def take_up(self, keys: Iterable[Key]) -> None:
        """Take over the extents that were being written when the last primary stopped."""
        keys = list(keys)
        self.add(keys)
        if self._means.copies is not None and keys:
            self._unlevel.update(dict.fromkeys(keys))
            self._means.tasks.start(self._level_all())

    async def _level_all(self) -> None:
        while self._unlevel and not self._stopped:
            inode, number = next(iter(self._unlevel))
            await self.level(inode, number, number)

    def is_level(self, inode: int, first: int, last: int) -> bool:
        """Say whether the bytes of the extents ``first`` to ``last`` are the same everywhere."""
        if not self._unlevel:
            return True
        return not any((inode, number) in self._unlevel for number in range(first, last + 1))

    async def level(self, inode: int, first: int, last: int) -> None:
        """Return when :meth:`is_level`: make the other bricks' bytes what they are here.

        :raises FsError: IO or UNDECIDED: the brick failed.
        """
        while not self.is_level(inode, first, last):
            keys = [(inode, number) for number in range(first, last + 1)]
            wait = next((self._changing[key] for key in keys if key in self._changing), None)
            wait = wait or self._being_cut.get(inode)
            if wait is not None:
                await wait
                continue
            await self._level([key for key in keys if key in self._unlevel])

    async def _level(self, keys: list[Key]) -> None:
        over: Wait[None] = Wait()
        for key in keys:
            self._changing[key] = over
        try:
            await self._checksums(keys[0][0], [number for _, number in keys])
            for key in keys:
                self._unlevel.pop(key, None)
        finally:
            for key in keys:
                del self._changing[key]
                self._disturbed.discard(key)
            over.resolve(None)

    async def settled(self, inode: int) -> None:
        """Return when no extent of a file is between two states."""
        while True:
            wait = next((w for key, w in self._changing.items() if key[0] == inode), None)
            if wait is None:
                return
            await wait

    def cut(self, inode: int, cut: int) -> None:
        """Take note that a file is cut: in the same turn as the record that orders it."""
        self._being_cut[inode] = Wait()
        first = cut // EXTENT_BYTES
        for key in self._changing:
            if key[0] == inode and key[1] >= first:
                self._disturbed.add(key)

    def cut_over(self, inode: int) -> None:
        """Take note that the cut is over."""
        self._being_cut.pop(inode).resolve(None)

    def forget(self, inode: int, cut: int) -> None:
        """Drop the extents of a file that lie wholly beyond a cut."""
        first = -(-cut // EXTENT_BYTES)
        for number in sorted(self._numbers.get(inode, ())):
            if number >= first:
                self._drop((inode, number))

    def stop(self) -> None:
        """Begin no more cleaning."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        if self._timer is None and not self._stopped and self._open:
            oldest = next(iter(self._open.values()))
            due = oldest + self._means.options.extent_idle_s
            wait_s = max(due - self._means.clock.seconds(), _ROUND_S)
            if len(self._open) > OPEN_MAX:
                wait_s = 0.0
            self._timer = self._means.call_later(wait_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._cleaning:
            return
        self._cleaning = True
        self._means.tasks.start(self._clean_and_schedule())

    async def _clean_and_schedule(self) -> None:
        failed = True
        try:
            await self.clean_idle()
            failed = False
        finally:
            self._cleaning = False
            if not failed:
                self._schedule()

    async def clean_idle(self) -> None:
        """Clean the extents that have been idle long enough, the oldest first, some of them."""
        before = self._means.clock.seconds() - self._means.options.extent_idle_s
        excess = len(self._open) - OPEN_MAX
        by_inode: dict[int, list[int]] = {}
        chosen = 0
        for (inode, number), written in self._open.items():
            if (written > before and excess <= 0) or chosen == _ROUND_EXTENTS_MAX:
                break
            excess -= 1
            if (inode, number) not in self._changing and self._may_clean(inode):
                by_inode.setdefault(inode, []).append(number)
                chosen += 1
        # Among several bricks writers of the file wait meanwhile, so it is done by pieces.
        at_once = _ROUND_EXTENTS_MAX if self._means.copies is None else _STILL_EXTENTS_MAX
        for inode, numbers in by_inode.items():
            for start in range(0, len(numbers), at_once):
                await self._clean(inode, numbers[start : start + at_once])

    def _may_clean(self, inode: int) -> bool:
        """Say whether the bytes of a file are what they will be.

        A write in flight may have put bytes that are not visible yet, and may never be; one that
        comes later waits for the cleaning before it puts any.
        """
        return inode not in self._being_cut and not self._order.busy(inode)

    async def _clean(self, inode: int, numbers: list[int]) -> None:
        if not self._may_clean(inode):
            return
        numbers = [
            number
            for number in numbers
            if (inode, number) in self._open and (inode, number) not in self._changing
        ]
        if not numbers:
            return
        over: Wait[None] = Wait()
        for number in numbers:
            self._changing[inode, number] = over
        try:
            extents = await self._checksums(inode, numbers)
            for number in numbers:
                self._unlevel.pop((inode, number), None)
            if extents:
                # On a full disk too: it takes the place of what is there.
                await self._means.brick.change(self._put_clean, inode, extents, frees=True)
        finally:
            for number in numbers:
                del self._changing[inode, number]
                self._disturbed.discard((inode, number))
            over.resolve(None)

    async def _checksums(self, inode: int, numbers: list[int]) -> list[tuple[int, Extent]]:
        """Return the extents as they are, durable; nothing if the data file is gone."""
        stillness = self._means.stillness
        if self._means.copies is None:
            async with stillness.moving(inode):
                return await self._checksums_now(inode, numbers)
        # A write further on would move the end of the file, which checksums tell of, and which an
        # extent that is overwritten on another brick sets anew.
        async with stillness.still(inode):
            return await self._checksums_now(inode, numbers)

    async def _checksums_now(self, inode: int, numbers: list[int]) -> list[tuple[int, Extent]]:
        means = self._means
        try:
            file = await self._files.open_aside(inode, means.blocking)
        except FileNotFoundError:
            # Removed, or lost: a lost one is found by the next read.
            for number in numbers:
                self._drop((inode, number))
            return []
        except OSError as error:
            raise means.disk_failed(error) or FsError(FsCode.IO) from error
        try:
            # Marked first, so that there is an fsync even if this process wrote nothing: what a
            # killed one left is in the page cache only.
            self._flushes.wrote(file)
            await self._flushes.flush(inode)
            found = [
                (number, await means.blocking(checksum, means.disk, file.fd, number))
                for number in numbers
            ]
            if means.copies is not None:
                await means.copies.equalise(inode, found, partial(self._bytes, file))
            return found
        except OSError as error:
            raise means.disk_failed(error) or FsError(FsCode.IO) from error
        finally:
            self._files.unpin(file)

    async def _bytes(self, file: DataFile, number: int) -> bytes:
        means = self._means
        start = number * EXTENT_BYTES
        return await means.blocking(means.disk.read, file.fd, EXTENT_BYTES, start)

    def _put_clean(self, change: Change, inode: int, extents: list[tuple[int, Extent]]) -> None:
        # Runs when the record is made, in one turn with its place in the order.
        kept = [item for item in extents if (inode, item[0]) not in self._disturbed]
        clean_extents(change, inode, kept)
        for number, _ in kept:
            self._drop((inode, number))
