"""Operations of the data path: the changes of tables that go with changes of bytes.

Plain functions of a view, like all operations.  What they keep true between them:

- A file's bytes are in INLINE or, once ``DATA_IN_FILE`` is set, in its data file; a file that
  has neither is all zeros.  INLINE may hold fewer bytes than the size says, and so may the data
  file: the rest is zeros.
- An extent that has a key is *named*: the data file exists, and is at least as long as the
  checksum of a clean one covers.  An extent without a key was never written: a hole, zeros.
- Every extent that is being written has a second key in META (``writing/`` + extent key), so that
  a start finds them without scanning all extents.
- A TRIM key says: bytes of the data file from here on must go, and extent keys with them.  A TRIM
  key of 0 on an inode without ``DATA_IN_FILE`` announces a data file that is being made, so that
  no crash leaves one that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from nfsgw.backend.api import Credentials, Written
from nfsgw.backend.brick.attributes import flags_of
from nfsgw.backend.brick.keys import extent_key, inode_key
from nfsgw.backend.brick.operations.node import load
from nfsgw.backend.brick.operations.sizing import extend, readable
from nfsgw.backend.brick.schema import (
    DATA_IN_FILE,
    EXTENT_BYTES,
    Extent,
    ExtentState,
    pack_extent,
    pack_inode,
    pack_number,
    size_of,
    unpack_extent,
    unpack_inode,
    unpack_number,
)
from nfsgw.backend.brick.view import Change, Table, View

__all__ = [
    "EXTENT_KEYS_MAX",
    "WRITING",
    "Found",
    "Moved",
    "announce_file",
    "boundary_open",
    "clean_extents",
    "clear_extents",
    "end_trim",
    "extents_named",
    "look",
    "move_to_file",
    "name_extents",
    "reopen_boundary",
    "trims",
    "write_inline",
    "writing_extents",
    "written",
]

WRITING: Final = b"writing/"
"""META, replicated: prefix of the keys that list the extents being written."""

EXTENT_KEYS_MAX: Final = 1000
"""Extent keys that one record deletes."""

_BEING_WRITTEN: Final = pack_extent(Extent(ExtentState.WRITING))


class Found(NamedTuple):
    """What a READ finds in the tables.

    :ivar length: how many bytes to give.
    :ivar data: the bytes, or None: they are in the data file.
    """

    attributes: bytes
    length: int
    eof: bool
    data: bytes | None


class Moved(Exception):
    """An inline write came too late: the bytes are in, or on their way to, a data file."""


def look(view: View, credentials: Credentials, inode: int, offset: int, count: int) -> Found:
    """Find what a READ gives.

    :raises FsError: STALE, ISDIR, INVAL (not a regular file), ACCES.
    """
    record = readable(view, credentials, inode)
    attributes = record[:84]
    size = int.from_bytes(record[20:28], "big")
    eof = offset + count >= size
    if eof:
        count = max(0, size - offset)
    if not count:
        return Found(attributes, 0, eof, b"")
    if flags_of(record) & DATA_IN_FILE:
        return Found(attributes, count, eof, None)
    data = view.get(Table.INLINE, inode_key(inode)) or b""
    if offset or len(data) != count:
        data = data[offset : offset + count]
        if len(data) < count:
            data += bytes(count - len(data))
    return Found(attributes, count, eof, data)


def write_inline(
    change: Change,
    credentials: Credentials,
    inode: int,
    offset: int,
    data: bytes,
    stability: int,
    verifier: bytes,
) -> Written:
    """Do a whole WRITE of a small file: its bytes are part of the record.

    :raises FsError: STALE.
    :raises Moved: the bytes are in a data file.
    """
    end = offset + len(data)
    if flags_of(load(change, inode)) & DATA_IN_FILE:
        raise Moved
    key = inode_key(inode)
    old = change.get(Table.INLINE, key) or b""
    if offset > len(old):
        old += bytes(offset - len(old))
    change.put(Table.INLINE, key, old[:offset] + data + old[end:])
    return written(change, credentials, inode, end, len(data), stability, verifier)


def written(
    change: Change,
    credentials: Credentials,
    inode: int,
    end: int,
    count: int,
    stability: int,
    verifier: bytes,
) -> Written:
    """Make bytes that are in their place visible: the last step of a WRITE.

    :param verifier: the one that was valid *before* the bytes were written, because the result
        may be given again later, when bytes that were not synced may have gone.
    :raises FsError: STALE: the file was removed meanwhile.
    """
    before, attributes = extend(change, credentials, inode, end)
    return Written(before, attributes, count, stability, verifier)


def announce_file(change: Change, inode: int) -> bytes | None:
    """Announce that a data file is going to be made; return the inline bytes for it.

    Returns None, and changes nothing, if the bytes are in a data file already.

    :raises FsError: STALE.
    """
    record = load(change, inode)
    if flags_of(record) & DATA_IN_FILE:
        return None
    change.put(Table.TRIM, inode_key(inode), pack_number(0))
    change.orders_cut = True
    return change.get(Table.INLINE, inode_key(inode)) or b""


def move_to_file(change: Change, inode: int, numbers: Iterable[int]) -> None:
    """Say that the data file is there, durable, with the inline bytes in it; name its extents.

    :raises FsError: STALE: the inode went meanwhile; the announcement stays, to be cut.
    """
    found = unpack_inode(load(change, inode))
    key = inode_key(inode)
    change.put(Table.INODE, key, pack_inode(found._replace(flags=found.flags | DATA_IN_FILE)))
    if change.get(Table.INLINE, key) is not None:
        change.delete(Table.INLINE, key)
        _reopen(change, inode, 0)
    change.delete(Table.TRIM, key)
    for number in numbers:
        _reopen(change, inode, number)


def name_extents(change: Change, inode: int, numbers: Iterable[int]) -> None:
    """Put extents into the state "being written"; those that are in it stay as they are.

    :raises FsError: STALE.
    """
    load(change, inode)
    for number in numbers:
        _reopen(change, inode, number)


def _reopen(change: Change, inode: int, number: int) -> None:
    key = extent_key(inode, number)
    if change.get(Table.EXTENT, key) != _BEING_WRITTEN:
        change.put(Table.EXTENT, key, _BEING_WRITTEN)
        change.put(Table.META, WRITING + key, b"")


def clean_extents(change: Change, inode: int, extents: Iterable[tuple[int, Extent]]) -> None:
    """Put extents that were being written into the state "clean", with their checksums.

    Extents that were removed meanwhile are passed over.  One that has no bytes and lies beyond the
    end of the file was named for a write that failed: it becomes a hole again, or else whoever
    lets writes fail at ever new offsets could fill the tables.
    """
    record = change.get(Table.INODE, inode_key(inode))
    for number, extent in extents:
        key = extent_key(inode, number)
        if change.get(Table.EXTENT, key) == _BEING_WRITTEN:
            is_beyond = record is not None and number * EXTENT_BYTES >= size_of(record)
            if is_beyond and not extent.length:
                change.delete(Table.EXTENT, key)
            else:
                change.put(Table.EXTENT, key, pack_extent(extent))
            change.delete(Table.META, WRITING + key)


def reopen_boundary(change: Change, inode: int, cut: int) -> None:
    """Put the extent that a cut goes through, if any, into the state "being written".

    The checksum of a clean one ceases to hold with the cut.
    """
    number, rest = divmod(cut, EXTENT_BYTES)
    if rest and change.get(Table.EXTENT, extent_key(inode, number)) is not None:
        _reopen(change, inode, number)


def boundary_open(view: View, inode: int, cut: int) -> bool:
    """Say whether the extent that a cut went through is being written."""
    key = extent_key(inode, cut // EXTENT_BYTES)
    return bool(cut % EXTENT_BYTES) and view.get(Table.EXTENT, key) == _BEING_WRITTEN


def clear_extents(change: Change, inode: int, cut: int) -> bool:
    """Delete up to ``EXTENT_KEYS_MAX`` keys of extents that lie wholly beyond a cut.

    Returns whether there may be more.
    """
    first = -(-cut // EXTENT_BYTES)
    after = extent_key(inode, first - 1) if first else b""
    count = 0
    # A list, because deleting while scanning would change what is scanned.
    doomed: list[tuple[bytes, bytes]] = []
    for item in change.scan(Table.EXTENT, inode_key(inode), after):
        doomed.append(item)
        count += 1
        if count == EXTENT_KEYS_MAX:
            break
    for key, value in doomed:
        change.delete(Table.EXTENT, key)
        if value == _BEING_WRITTEN:
            change.delete(Table.META, WRITING + key)
    return count == EXTENT_KEYS_MAX


def end_trim(change: Change, inode: int, cut: int) -> None:
    """Delete the TRIM key: the cut is durable and the extent keys beyond it are gone.

    A file that was cut to nothing has no data file any more, and begins again with inline bytes.
    """
    key = inode_key(inode)
    change.delete(Table.TRIM, key)
    record = change.get(Table.INODE, key)
    if cut == 0 and record is not None and flags_of(record) & DATA_IN_FILE:
        found = unpack_inode(record)
        change.put(Table.INODE, key, pack_inode(found._replace(flags=found.flags & ~DATA_IN_FILE)))


def extents_named(view: View, inode: int, offset: int, count: int) -> list[tuple[int, Extent]]:
    """Return the extents that have a key in a range of a file."""
    found = []
    for number in range(offset // EXTENT_BYTES, (offset + count - 1) // EXTENT_BYTES + 1):
        value = view.get(Table.EXTENT, extent_key(inode, number))
        if value is not None:
            found.append((number, unpack_extent(value)))
    return found


def writing_extents(view: View) -> list[tuple[int, int]]:
    """Return (inode, number) of all extents that are being written."""
    head = len(WRITING)
    return [
        (int.from_bytes(key[head : head + 8], "big"), int.from_bytes(key[head + 8 :], "big"))
        for key, _ in view.scan(Table.META, WRITING)
    ]


def trims(view: View) -> list[tuple[int, int]]:
    """Return (inode, cut) of all cuts that were ordered and are not done."""
    return [
        (int.from_bytes(key, "big"), unpack_number(value))
        for key, value in view.scan(Table.TRIM, b"")
    ]
