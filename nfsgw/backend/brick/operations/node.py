"""Inodes as operations hold them: records to look at, and nodes to change.

Operations that only look work on the record's bytes.  An operation that changes an inode makes one
:class:`Node` of it; two nodes of one inode would lose each other's changes, so an operation on two
directories that are the same uses one node for both.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from nfsgw.backend.api import FileType
from nfsgw.backend.brick.attributes import advance, used_by
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import INODE_BYTES, wcc_of
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError

__all__ = ["Node", "load", "load_directory", "refusal", "shown"]

_DIRECTORY: Final = int(FileType.DIRECTORY)
_INODE: Final = Table.INODE
_WORD = Struct(">I")
_LONG = Struct(">Q")
_ENTRIES_AND_COOKIE = Struct(">QQ")
_ENTRIES_AT: Final = 100


def refusal(code: FsCode, record: bytes) -> FsError:
    """Return the error for an operation on one inode, with its attributes as they (still) are.

    An operation that fails has changed nothing, so the attributes before and after are the same.
    """
    return FsError(code, record[:84], wcc_of(record))


def shown(record: bytes | None) -> tuple[bytes | None, bytes | None]:
    """Return what a failure shows of an inode that may be gone: attributes and ``wcc_attr``."""
    return (None, None) if record is None else (record[:84], wcc_of(record))


def load(view: View, inode: int) -> bytes:
    """Return an inode's record.

    :raises FsError: STALE if it is gone.
    """
    record = view.get(_INODE, inode_key(inode))
    if record is None:
        raise FsError(FsCode.STALE)
    return record


def load_directory(view: View, inode: int) -> bytes:
    """Return a directory's record.

    :raises FsError: STALE if it is gone, NOTDIR if it is something else.
    """
    record = view.get(_INODE, inode_key(inode))
    if record is None:
        raise FsError(FsCode.STALE)
    if record[3] != _DIRECTORY:
        raise refusal(FsCode.NOTDIR, record)
    return record


class Node:
    """One inode that an operation changes: its record, writable, and what it was before.

    :ivar key: of INODE, and what the keys of a directory's entries begin with.
    :ivar original: the record before the operation.
    :ivar record: the record as it will be; :meth:`put` hands it to the change.
    """

    __slots__ = ("key", "original", "record")

    def __init__(self, record: bytes) -> None:
        self.key = record[52:60]
        self.original = record
        self.record = bytearray(record)

    @property
    def number(self) -> int:
        """Return the inode number."""
        return int.from_bytes(self.key, "big")

    @property
    def before(self) -> bytes:
        """Return ``wcc_attr`` as it was before the operation."""
        return wcc_of(self.original)

    @property
    def attributes(self) -> bytes:
        """Return the 84 wire bytes as they are now."""
        return bytes(self.record[:84])

    @property
    def links(self) -> int:
        """Return the link count as it is now."""
        return int.from_bytes(self.record[8:12], "big")

    def add_links(self, count: int) -> None:
        """Raise (or lower) the link count."""
        _WORD.pack_into(self.record, 8, self.links + count)

    def set_mode(self, mode: int) -> None:
        """Set the mode bits."""
        _WORD.pack_into(self.record, 4, mode)

    def set_owner(self, uid: int) -> None:
        """Set the owner."""
        _WORD.pack_into(self.record, 12, uid)

    def set_group(self, gid: int) -> None:
        """Set the group."""
        _WORD.pack_into(self.record, 16, gid)

    def set_size(self, size: int) -> None:
        """Set a regular file's size, and what it uses with it."""
        _LONG.pack_into(self.record, 20, size)
        _LONG.pack_into(self.record, 28, used_by(size))

    def set_access_time(self, time: bytes) -> None:
        """Set the atime to 8 wire bytes."""
        self.record[60:68] = time

    def set_modification_time(self, time: bytes) -> None:
        """Set the mtime to 8 wire bytes."""
        self.record[68:76] = time

    def set_parent(self, directory: int) -> None:
        """Set the directory that it is in."""
        _LONG.pack_into(self.record, 84, directory)

    def set_acls(self, acls: bytes) -> None:
        """Set what stands behind the record's 124 bytes."""
        self.record[INODE_BYTES:] = acls

    def count_new_entry(self) -> int:
        """Count an entry more in a directory; return a cookie that it has never used."""
        entries, cookie = _ENTRIES_AND_COOKIE.unpack_from(self.record, _ENTRIES_AT)
        _ENTRIES_AND_COOKIE.pack_into(self.record, _ENTRIES_AT, entries + 1, cookie + 1)
        fresh: int = cookie
        return fresh

    def count_lost_entry(self) -> None:
        """Count an entry less in a directory."""
        (entries,) = _LONG.unpack_from(self.record, _ENTRIES_AT)
        _LONG.pack_into(self.record, _ENTRIES_AT, entries - 1)

    def mark_changed(self, now_ns: int) -> bytes:
        """Advance the ctime, and return it: something about the inode changed."""
        ctime = advance(self.original[76:84], now_ns)
        self.record[76:84] = ctime
        return ctime

    def mark_modified(self, now_ns: int) -> None:
        """Advance ctime and mtime: the contents changed."""
        self.record[68:76] = self.mark_changed(now_ns)

    def put(self, change: Change) -> None:
        """Hand the record to the change."""
        change.put(Table.INODE, self.key, bytes(self.record))
