"""What READ, WRITE and a change of size do to an inode; the bytes themselves are moved elsewhere.

The data path waits for writes in flight, moves bytes and cuts data files.  What it needs of the
inode is here, in the same form as every other operation: permission before it starts, and the
record that makes new bytes visible or old ones invisible at its end.

A file's bytes are in INLINE, or (``DATA_IN_FILE``) in a data file.  Where neither has a byte below
``size``, it is a zero: INLINE may be shorter than the size, and a data file too.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Credentials, FileType, Updated
from nfsgw.backend.brick.attributes import OFFSET_MAX, flags_of, mode_of, unprivileged
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.node import Node, load, refusal
from nfsgw.backend.brick.permission import may_read, may_write
from nfsgw.backend.brick.schema import DATA_IN_FILE, pack_number, size_of, unpack_number
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode

__all__ = ["check_size", "extend", "mark_cut", "readable", "resize", "writable"]

_REGULAR: Final = int(FileType.REGULAR)
_DIRECTORY: Final = int(FileType.DIRECTORY)


def readable(view: View, credentials: Credentials, inode: int) -> bytes:
    """Return the record of a regular file that the caller may READ.

    :raises FsError: STALE; ISDIR for a directory, INVAL for any other type; ACCES.
    """
    record = load(view, inode)
    _check_regular(record)
    if not may_read(record, credentials):
        raise refusal(FsCode.ACCES, record)
    return record


def writable(view: View, credentials: Credentials, inode: int, end: int) -> bytes:
    """Return the record of a regular file that the caller may WRITE up to the offset ``end``.

    :raises FsError: STALE; ISDIR for a directory, INVAL for any other type; ACCES; FBIG.
    """
    record = load(view, inode)
    check_size(record, credentials, end)
    return record


def check_size(record: bytes, credentials: Credentials, size: int) -> None:
    """Check that the caller may write a file, or set its size.

    :raises FsError: ISDIR for a directory, INVAL for any other type; ACCES; FBIG.
    """
    _check_regular(record)
    if not may_write(record, credentials):
        raise refusal(FsCode.ACCES, record)
    if size > OFFSET_MAX:
        raise refusal(FsCode.FBIG, record)


def _check_regular(record: bytes) -> None:
    """Refuse everything that has no bytes of its own."""
    if record[3] != _REGULAR:
        raise refusal(FsCode.ISDIR if record[3] == _DIRECTORY else FsCode.INVAL, record)


def extend(change: Change, credentials: Credentials, inode: int, end: int) -> Updated:
    """Make written bytes visible: the last step of a WRITE whose bytes are in their place.

    The inode is read again, because it may have been removed or cut since :func:`writable`; the
    permission is not, because the WRITE had it when it began.  A write by anybody but uid 0
    takes set-uid and set-gid away.  Where the bytes are (INLINE, or the data file and its
    extents) is the caller's to put.

    :param end: the offset behind the last byte written; a file that ends before it grows.
    :raises FsError: STALE if the file was removed meanwhile.
    """
    node = Node(load(change, inode))
    if end > size_of(node.original):
        node.set_size(end)
    if credentials.uid != 0:
        node.set_mode(unprivileged(mode_of(node.original)))
    node.mark_modified(change.now_ns)
    node.put(change)
    return Updated(node.before, node.attributes)


def resize(change: Change, node: Node, size: int) -> None:
    """Set a regular file's size, and mark what is beyond it to be cut; the caller puts it.

    Inline bytes are cut at once.  Those of a data file are cut when the commit point has passed
    this record; until then the TRIM key (the smallest size since the last cut) says from where,
    and survives a crash.  Growing needs no bytes: what is missing reads as zeros.
    """
    if flags_of(node.original) & DATA_IN_FILE:
        if size < size_of(node.original):
            mark_cut(change, node.number, size)
    else:
        inline = change.get(Table.INLINE, inode_key(node.number))
        if inline is not None and size == 0:
            change.delete(Table.INLINE, inode_key(node.number))
        elif inline is not None and size < len(inline):
            change.put(Table.INLINE, inode_key(node.number), inline[:size])
    node.set_size(size)


def mark_cut(change: Change, inode: int, size: int) -> None:
    """Put the durable order to cut a data file to ``size``, or to what was ordered if less."""
    key = inode_key(inode)
    ordered = change.get(Table.TRIM, key)
    if ordered is None or unpack_number(ordered) > size:
        change.put(Table.TRIM, key, pack_number(size))
        change.orders_cut = True
