"""Check what files hold: links' targets, inline bytes, extents, data files, attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nfsgw.backend.brick.bytes.disk import Disk
from nfsgw.backend.brick.bytes.extents import checksum
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.check.finding import Fault, Finding
from nfsgw.backend.brick.keys import (
    EMPTY_FILES,
    MISSING,
    RECONCILE,
    extent_key,
    inode_key,
    inode_of,
)
from nfsgw.backend.brick.schema import (
    DATA_IN_FILE,
    EXTENT_BYTES,
    Extent,
    ExtentState,
    size_of,
    type_of,
    unpack_extent,
    unpack_inode,
    unpack_number,
)
from nfsgw.backend.brick.view import Table, View

__all__ = ["Contents"]

_REGULAR: Final = 1
_SYMLINK: Final = 5
_EXTENT_VALUE_BYTES: Final = 22


class Contents:
    """The check of one brick's contents.

    A brick that is healing knows which of its data files are not what the tables say, or what it
    lacks of them; that is no finding.

    :param disk: below the data files; None: the tables only.
    :param root: the brick's ``data`` directory.
    :ivar files: data files found; ``extents`` whose checksum was compared; ``missing`` ones that
        the brick knows it lacks.
    """

    def __init__(self, view: View, disk: Disk | None = None, root: str = "") -> None:
        self._view = view
        self._disk = disk
        self._files = None if disk is None else DataFiles(disk, root)
        self.files = 0
        self.extents = 0
        self.missing = 0

    def check(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        self.missing = sum(1 for _ in self._view.scan(Table.META, MISSING))
        yield from self._check_links()
        yield from self._check_inline()
        yield from self._check_owners()
        yield from self._check_trims()
        yield from self._check_extents()
        yield from self._check_writing()
        if self._files is not None:
            yield from self._check_files(self._files)

    def _inode(self, key: bytes) -> bytes | None:
        return self._view.get(Table.INODE, key[:8])

    def _check_links(self) -> Iterator[Finding]:
        for key, target in self._view.scan(Table.SYMLINK, b""):
            inode = self._inode(key)
            where = f"inode {inode_of(key)}"
            if inode is None or type_of(inode) != _SYMLINK:
                yield Finding(Fault.OWNER, where, "has a target but is not a symbolic link")
            elif size_of(inode) != len(target):
                text = f"its target has {len(target)} bytes and its size is {size_of(inode)}"
                yield Finding(Fault.SYMLINK, where, text)
        for key, value in self._view.scan(Table.INODE, b""):
            where = f"inode {inode_of(key)}"
            kind = type_of(value)
            if kind == _SYMLINK and self._view.get(Table.SYMLINK, key) is None:
                yield Finding(Fault.SYMLINK, where, "a symbolic link without a target")
            if self._files is not None and kind == _REGULAR:
                yield from self._check_present(self._files, inode_of(key), value)

    def _check_present(self, files: DataFiles, number: int, value: bytes) -> Iterator[Finding]:
        if not unpack_inode(value).flags & DATA_IN_FILE:
            return
        assert self._disk is not None
        try:
            self._disk.close(self._disk.open(files.path(number)))
        except OSError as error:
            # A cut to nothing removes the file first and says so in the inode later.
            trim = self._view.get(Table.TRIM, inode_key(number))
            if (trim is None or unpack_number(trim)) and not self._is_healing(inode_key(number)):
                text = f"its data file cannot be opened: {error.strerror}"
                yield Finding(Fault.FILE_MISSING, f"inode {number}", text)

    def _check_inline(self) -> Iterator[Finding]:
        for key, data in self._view.scan(Table.INLINE, b""):
            inode = self._inode(key)
            where = f"inode {inode_of(key)}"
            if inode is None or type_of(inode) != _REGULAR:
                yield Finding(Fault.OWNER, where, "has inline bytes but is not a regular file")
            elif unpack_inode(inode).flags & DATA_IN_FILE:
                yield Finding(Fault.INLINE, where, "has inline bytes beside its data file")
            elif len(data) > size_of(inode):
                text = f"has {len(data)} inline bytes and a size of {size_of(inode)}"
                yield Finding(Fault.INLINE, where, text)

    def _check_owners(self) -> Iterator[Finding]:
        for key, _ in self._view.scan(Table.XATTR, b""):
            if self._inode(key) is None:
                text = "has a key in xattr but is not there"
                yield Finding(Fault.OWNER, f"inode {inode_of(key)}", text)

    def _check_trims(self) -> Iterator[Finding]:
        for key, value in self._view.scan(Table.TRIM, b""):
            inode = self._inode(key)
            where = f"inode {inode_of(key)}"
            if len(key) != 8 or len(value) != 8:
                yield Finding(Fault.VALUE, f"trim {key.hex()}", "key or value of a wrong length")
            elif inode is None:
                if unpack_number(value):
                    yield Finding(Fault.TRIM, where, "is gone, but not all of its file is to go")
            elif type_of(inode) != _REGULAR:
                yield Finding(Fault.TRIM, where, "has bytes to be cut but is not a regular file")

    def _check_extents(self) -> Iterator[Finding]:
        for key, value in self._view.scan(Table.EXTENT, b""):
            number, index = inode_of(key), int.from_bytes(key[8:], "big")
            where = f"extent {index} of inode {number}"
            if len(key) != 16 or len(value) != _EXTENT_VALUE_BYTES:
                yield Finding(Fault.VALUE, where, "key or value of a wrong length")
                continue
            extent = unpack_extent(value)
            trim = self._view.get(Table.TRIM, key[:8])
            if trim is not None and index >= unpack_number(trim) // EXTENT_BYTES:
                continue  # it goes, or is being cut
            yield from self._check_extent(where, number, index, extent)
            writing = self._view.get(Table.META, WRITING + key) is not None
            if writing != (extent.state == ExtentState.WRITING):
                yield Finding(Fault.WRITING, where, "its state is not what the list says")

    def _check_extent(
        self, where: str, number: int, index: int, extent: Extent
    ) -> Iterator[Finding]:
        inode = self._view.get(Table.INODE, inode_key(number))
        if inode is None or type_of(inode) != _REGULAR:
            yield Finding(Fault.OWNER, where, "its file is not there")
        elif not unpack_inode(inode).flags & DATA_IN_FILE:
            yield Finding(Fault.EXTENT, where, "its file has no data file")
        elif extent.state not in (ExtentState.CLEAN, ExtentState.WRITING):
            yield Finding(Fault.EXTENT, where, f"has the unknown state {extent.state}")
        elif extent.state == ExtentState.CLEAN:
            if index * EXTENT_BYTES + extent.length > size_of(inode):
                yield Finding(Fault.EXTENT, where, "is clean beyond the end of its file")
            elif self._files is not None:
                yield from self._check_sum(self._files, where, number, index, extent)

    def _check_sum(
        self, files: DataFiles, where: str, number: int, index: int, extent: Extent
    ) -> Iterator[Finding]:
        assert self._disk is not None
        try:
            fd = self._disk.open(files.path(number))
        except OSError:
            return  # reported with the inode
        try:
            found = checksum(self._disk, fd, index, extent.length)
        except OSError as error:
            yield Finding(Fault.CHECKSUM, where, f"cannot be read: {error.strerror}")
            return
        finally:
            self._disk.close(fd)
        self.extents += 1
        if found != extent and not self._is_healing(extent_key(number, index)):
            text = f"{found.length} bytes, {found.digest.hex()}; the table says "
            text += f"{extent.length} bytes, {extent.digest.hex()}"
            yield Finding(Fault.CHECKSUM, where, text)

    def _check_writing(self) -> Iterator[Finding]:
        for key, _ in self._view.scan(Table.META, WRITING):
            value = self._view.get(Table.EXTENT, key[len(WRITING) :])
            if value is None or len(value) != _EXTENT_VALUE_BYTES:
                yield Finding(Fault.WRITING, f"meta {key!r}", "lists an extent that is not there")

    def _check_files(self, files: DataFiles) -> Iterator[Finding]:
        for number in files.inodes():
            self.files += 1
            inode = self._view.get(Table.INODE, inode_key(number))
            named = inode is not None and unpack_inode(inode).flags & DATA_IN_FILE
            if named or self._view.get(Table.TRIM, inode_key(number)) is not None:
                continue
            if not self._is_healing(inode_key(number)):
                yield Finding(
                    Fault.FILE_UNKNOWN, f"data file {number:x}", "belongs to no inode and no trim"
                )

    def _is_healing(self, key: bytes) -> bool:
        """Say whether the brick knows that a file, or an extent, is not what the tables say."""
        view = self._view
        return (
            view.get(Table.META, EMPTY_FILES) is not None
            or view.get(Table.META, RECONCILE + key[:8]) is not None
            or next(iter(view.scan(Table.META, MISSING + key)), None) is not None
        )
