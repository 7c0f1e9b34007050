"""What ``nfsgw brick check`` proves about data files, and what it reads for it.

Offline: nobody has the brick open.  Each function yields complaints, as sentences; none means that
all is well.
"""

from __future__ import annotations

from collections.abc import Iterator

from nfsgw.backend.brick.attributes import flags_of
from nfsgw.backend.brick.bytes.disk import Disk
from nfsgw.backend.brick.bytes.extents import CRC32, checksum
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import DATA_IN_FILE, ExtentState, unpack_extent
from nfsgw.backend.brick.view import Table, View

__all__ = ["check_bytes", "data_files"]


def data_files(disk: Disk, root: str) -> Iterator[int]:
    """Yield the inode numbers of all data files below a ``data`` directory."""
    return DataFiles(disk, root).inodes()


def check_bytes(view: View, disk: Disk, root: str, contents: bool = True) -> Iterator[str]:
    """Compare data files with INODE, INLINE, EXTENT and TRIM.

    :param contents: also read every clean extent and compare its checksum.
    """
    files = DataFiles(disk, root)
    yield from _check_files(view, files)
    yield from _check_inline(view)
    yield from _check_extents(view, disk, files, contents)
    listed = {WRITING + key for key in _extents_in(view, ExtentState.WRITING)}
    noted = {key for key, _ in view.scan(Table.META, WRITING)}
    for key in sorted(listed ^ noted):
        inode = int.from_bytes(key[len(WRITING) : len(WRITING) + 8], "big")
        number = int.from_bytes(key[len(WRITING) + 8 :], "big")
        yield f"extent {number} of inode {inode} is being written, or not: the tables disagree"


def _check_files(view: View, files: DataFiles) -> Iterator[str]:
    for inode in files.inodes():
        key = inode_key(inode)
        if view.get(Table.TRIM, key) is not None:
            continue
        record = view.get(Table.INODE, key)
        if record is None:
            yield f"the data file of inode {inode} belongs to no file"
        elif not flags_of(record) & DATA_IN_FILE:
            yield f"inode {inode} has a data file and does not know"


def _check_inline(view: View) -> Iterator[str]:
    for key, _ in view.scan(Table.INLINE, b""):
        inode = int.from_bytes(key, "big")
        record = view.get(Table.INODE, key)
        if record is None:
            yield f"inline bytes of inode {inode} belong to no file"
        elif flags_of(record) & DATA_IN_FILE:
            yield f"inode {inode} has inline bytes besides its data file"


def _check_extents(view: View, disk: Disk, files: DataFiles, contents: bool) -> Iterator[str]:
    for key, value in view.scan(Table.EXTENT, b""):
        inode, number = int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")
        trim = view.get(Table.TRIM, key[:8])
        record = view.get(Table.INODE, key[:8])
        if record is None:
            if trim is None:
                yield f"extent {number} of inode {inode} belongs to no file"
            continue
        if not flags_of(record) & DATA_IN_FILE:
            yield f"inode {inode} has an extent {number} and no data file"
            continue
        if trim is not None:
            continue
        try:
            fd = disk.open(files.path(inode))
        except FileNotFoundError:
            yield f"the data file of inode {inode} is missing"
            continue
        try:
            extent = unpack_extent(value)
            if extent.state != ExtentState.CLEAN or not contents:
                continue
            if extent.algorithm != CRC32:
                yield f"extent {number} of inode {inode} has a checksum of unknown kind"
            elif checksum(disk, fd, number) != extent:
                yield f"extent {number} of inode {inode} does not match its checksum"
        finally:
            disk.close(fd)


def _extents_in(view: View, state: int) -> Iterator[bytes]:
    for key, value in view.scan(Table.EXTENT, b""):
        if unpack_extent(value).state == state:
            yield key
