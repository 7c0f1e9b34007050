"""READ: bytes from the tables or from a data file, by the cheapest way that does not block.

Small reads are copied from the page cache in place.  Large ones leave by ``sendfile``, as a range
of the open file, if a look at the first and the last page says that they are cached.  What a disk
has to be asked for is read in a thread first.
"""

from __future__ import annotations

from errno import EIO
from typing import Final

from nfsgw.backend.api import Credentials, Data
from nfsgw.backend.brick.bytes.disk import NO_DESCRIPTORS, translated
from nfsgw.backend.brick.bytes.extents import OpenExtents
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.mending import Mending
from nfsgw.backend.brick.bytes.order import StableWrites
from nfsgw.backend.brick.bytes.records import Found, extents_named, look
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import EXTENT_BYTES, ExtentState, size_of
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from nfsgw.filerange import FileRange

__all__ = ["Reading"]

_DAY_S: Final = 86400


class Reading:
    """The reading side of a brick's data path."""

    def __init__(
        self,
        means: Means,
        files: DataFiles,
        stable: StableWrites,
        extents: OpenExtents,
        mending: Mending,
    ) -> None:
        self._means = means
        self._files = files
        self._stable = stable
        self._extents = extents
        self._mending = mending

    async def read(self, credentials: Credentials, inode: int, offset: int, count: int) -> Data:
        """Read up to ``count`` bytes; see :meth:`nfsgw.backend.api.Volume.read`."""
        brick = self._means.brick
        mended = False
        while True:
            found = await brick.read(look, credentials, inode, offset, count)
            data: bytes | FileRange | None = found.data
            if data is None:
                try:
                    data = await self._once(found, credentials, inode, offset, count)
                except FsError as error:
                    if error.code is not FsCode.IO:
                        raise
                    if mended:
                        # What was mended is lost again: it is for another brick to serve.
                        failed = self._means.disk_failed(OSError(EIO, "mended in vain"))
                        if failed is None:
                            raise
                        raise failed from error
                    mended = True
                    if not await self._mending.mend(inode, offset, found.length):
                        raise
            if data is not None:
                self._touch(found.attributes, inode)
                return Data(found.attributes, data, found.eof)

    async def _once(
        self, found: Found, credentials: Credentials, inode: int, offset: int, count: int
    ) -> bytes | FileRange | None:
        """Return bytes of the data file; None if one must look again.

        :raises FsError: IO: they are lost.
        """
        end = offset + count
        # Bytes of a write that promises durability are shown when they are durable.
        wait = self._stable.over(inode, offset, end)
        if wait is not None:
            await wait
            return None
        extents = offset // EXTENT_BYTES, (offset + found.length - 1) // EXTENT_BYTES
        if not self._extents.is_level(inode, *extents):
            await self._extents.level(inode, *extents)
            return None
        data = await self._from_file(found.attributes, inode, offset, found.length)
        if self._stable.over(inode, offset, end) is not None:
            # One began while a thread was reading.
            if isinstance(data, FileRange):
                data.release()
            return None
        if data is None:
            # The file is shorter than it was when we looked, or its bytes are lost.
            again = await self._means.brick.read(look, credentials, inode, offset, count)
            if again.data is None and again.attributes[20:28] == found.attributes[20:28]:
                raise FsError(FsCode.IO, again.attributes)
        return data

    def _touch(self, attributes: bytes, inode: int) -> None:
        """Set the access time as ``relatime`` does: if the file changed since, or once a day."""
        if not self._means.options.access_times:
            return
        atime = attributes[60:68]
        now_ns = self._means.clock.wall_ns()
        if (
            atime <= attributes[68:76]
            or atime <= attributes[76:84]
            or int.from_bytes(atime[:4], "big") + _DAY_S <= now_ns // 1_000_000_000
        ):
            self._means.brick.touch(inode, now_ns)

    async def _from_file(
        self, attributes: bytes, inode: int, offset: int, count: int
    ) -> bytes | FileRange | None:
        """Return bytes of the data file; None if named bytes are not there."""
        try:
            file = await self._files.open_aside(inode, self._means.blocking)
        except FileNotFoundError:
            return self._completed(inode, offset, count, b"", missing=True)
        except OSError as error:
            raise _unreadable(error, attributes) from error
        try:
            data = self._at_once(file, offset, count)
            if isinstance(data, FileRange):
                return data
            if data is None:
                means = self._means
                data = await means.run_in_thread(means.disk.read, file.fd, count, offset)
                if len(data) == count and self._as_range(count):
                    # Cached by now.  The bytes themselves would stay until the client takes them,
                    # and it may have asked for a thousand such replies before it takes the first.
                    self._files.pin(file)
                    return self._files.reply(file, offset, count)
        except OSError as error:
            raise _unreadable(error, attributes) from error
        finally:
            self._files.unpin(file)
        if len(data) == count:
            return data
        return self._completed(inode, offset, count, data)

    def _as_range(self, count: int) -> bool:
        """Say whether a reply is to be a range of the file."""
        options = self._means.options
        return count >= options.range_bytes_min and options.ranges

    def _at_once(self, file: DataFile, offset: int, count: int) -> bytes | FileRange | None:
        """Return what needs no disk; None if it may need one."""
        means = self._means
        disk = means.disk
        if not self._as_range(count):
            return disk.read_cached(file.fd, count, offset)
        last = disk.read_cached(file.fd, 1, offset + count - 1)
        if last:
            if disk.read_cached(file.fd, 1, offset):
                self._files.pin(file)
                return self._files.reply(file, offset, count)
            return None
        # Either not cached, or beyond the end of the file.
        return None if last is None else disk.read_cached(file.fd, count, offset)

    def _completed(
        self, inode: int, offset: int, count: int, data: bytes, missing: bool = False
    ) -> bytes | None:
        """Return bytes with zeros for what was never written.

        None if written bytes are lost, or if the file has been cut since its size was read.

        A file may end before its size does, but not before the end of what the checksum of a
        clean extent covers; and if any extent has a key, there must be a file.
        """
        view = self._means.brick.view()
        record = view.get(Table.INODE, inode_key(inode))
        if record is None or size_of(record) < offset + count:
            return None
        for number, extent in extents_named(view, inode, offset, count):
            if missing:
                return None
            if extent.state != ExtentState.CLEAN or not extent.length:
                continue  # it covers nothing: a clean one may lie behind the end of the file
            covered = number * EXTENT_BYTES + extent.length
            if offset + len(data) < min(covered, offset + count):
                return None
        return data + bytes(count - len(data))


def _unreadable(error: OSError, attributes: bytes) -> FsError:
    """Return what a READ is told: whatever the disk says, the bytes cannot be had from here."""
    if error.errno in NO_DESCRIPTORS:
        return translated(error, attributes)
    # Also of a file system that is read-only: an open file needs one that can be written.
    return FsError(FsCode.IO, attributes)
