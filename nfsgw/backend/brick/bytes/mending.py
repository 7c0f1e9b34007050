"""Bytes that this brick has lost, fetched from another brick of its set when a READ needs them."""

from __future__ import annotations

import zlib
from functools import partial

from twisted.logger import Logger

from nfsgw.backend.brick.bytes.disk import write_all
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.records import extents_named
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState, size_of
from nfsgw.backend.brick.view import Table

__all__ = ["Mending"]


class Mending:
    """Mends the data files of a brick that is not the only one of its set."""

    log = Logger()

    def __init__(self, means: Means, files: DataFiles) -> None:
        self._means = means
        self._files = files

    async def mend(self, inode: int, offset: int, count: int) -> bool:
        """Overwrite what is lost of a file with another brick's bytes; say whether that worked.

        If the file is missing, or shorter than it must be, all that it should hold is fetched, not
        only the range that was asked for: the rest would look like a hole, which reads as zeros.

        :raises FsError: UNDECIDED: this brick's disk takes no bytes either, and the brick failed.
        """
        copies = self._means.copies
        if copies is None or copies.alone:
            return False
        async with self._means.stillness.still(inode):
            try:
                lost = await self._lost(inode, offset, count)
                for number, extent in lost:
                    start, good = number * EXTENT_BYTES, partial(_is_good, extent)
                    data = await copies.read(inode, start, EXTENT_BYTES, good)
                    if data is None:
                        return False
                    await self._means.blocking(self.put, inode, number, data)
            except OSError as error:
                failed = self._means.disk_failed(error)
                if failed is not None:
                    raise failed from error
                return False
        self.log.warn(
            "inode {inode}: {count} extents were lost here and fetched from another brick",
            inode=inode,
            count=len(lost),
        )
        return bool(lost)

    async def _lost(self, inode: int, offset: int, count: int) -> list[tuple[int, Extent]]:
        """Return the extents to fetch."""
        view = self._means.brick.view()
        record = view.get(Table.INODE, inode_key(inode))
        if record is None:
            return []
        named = extents_named(view, inode, 0, max(size_of(record), 1))
        try:
            file = await self._files.open_aside(inode, self._means.blocking)
        except FileNotFoundError:
            return named
        try:
            length = self._means.disk.size(file.fd)
        finally:
            self._files.unpin(file)
        first, last = offset // EXTENT_BYTES, (offset + count - 1) // EXTENT_BYTES
        return [
            (number, extent)
            for number, extent in named
            if first <= number <= last or number * EXTENT_BYTES + extent.length > length
        ]

    def put(self, inode: int, number: int, data: bytes) -> None:
        """Overwrite an extent, durably; the data file is made if it is missing.  Blocks.

        :raises OSError: the disk.
        """
        disk = self._means.disk
        path = self._files.path(inode)
        try:
            fd = disk.open(path)
        except FileNotFoundError:
            self._files.create(inode, b"")
            fd = disk.open(path)
        try:
            if data:
                write_all(disk, fd, data, number * EXTENT_BYTES)
            disk.sync(fd)
        finally:
            disk.close(fd)


def _is_good(extent: Extent, data: bytes) -> bool:
    """Say whether bytes are those of an extent, as far as its checksum tells."""
    if extent.state != ExtentState.CLEAN:
        return True
    covered = zlib.crc32(data[: extent.length])
    return len(data) >= extent.length and extent.digest[:4] == covered.to_bytes(4, "big")
