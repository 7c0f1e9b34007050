"""Layouts of the values in a brick's tables, format version 1.

An inode's value begins with the 84 bytes of ``fattr3`` exactly as the wire carries them (RFC 1813,
section 2.5), so that a reply's attributes are a slice of it; behind them stands what the wire does
not show.  Every integer is big-endian.  The ACLs of an inode that has any stand behind its 124
bytes (:mod:`nfsgw.backend.brick.acl`).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from nfsgw.backend.brick.keys import COUNTER_MAX, NEXT_INODE, inode_key, inode_number
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode, FsError

__all__ = [
    "ATTRIBUTE_BYTES",
    "COOKIE_DOT",
    "COOKIE_DOT_DOT",
    "COOKIE_FIRST",
    "DATA_IN_FILE",
    "EXTENT_BYTES",
    "FORMAT_VERSION",
    "INODE_BYTES",
    "LAYOUT_WHOLE",
    "NAME_BYTES_MAX",
    "ROOT_COUNTER",
    "Attributes",
    "Extent",
    "ExtentState",
    "Inode",
    "allocate_inode",
    "pack_attributes",
    "pack_cookie",
    "pack_entry",
    "pack_extent",
    "pack_inode",
    "pack_number",
    "pack_time",
    "pack_whole_inode",
    "put_root",
    "size_of",
    "time_ns",
    "type_of",
    "unpack_attributes",
    "unpack_cookie",
    "unpack_entry",
    "unpack_extent",
    "unpack_inode",
    "unpack_number",
    "wcc_of",
]

FORMAT_VERSION: Final = 1
"""Of everything in this module, of keys and of records; a brick of another one is refused."""

ATTRIBUTE_BYTES: Final = 84
INODE_BYTES: Final = 124
"""Of an inode's value without ACLs."""
NAME_BYTES_MAX: Final = 255

COOKIE_DOT: Final = 1
"""The cookie of "." in every directory; 0 is the start of a listing."""
COOKIE_DOT_DOT: Final = 2
COOKIE_FIRST: Final = 3
"""The cookie of the first real entry; each later one gets the next number, never reused."""

ROOT_COUNTER: Final = 1
"""The counter in the inode number of the root, which is born on set 0."""

LAYOUT_WHOLE: Final = 0
"""Layout: all bytes beyond the inline ones are in one data file of the inode's own set."""

DATA_IN_FILE: Final = 1
"""Bit of ``flags``: the bytes are in a data file, and no longer in INLINE."""

EXTENT_BYTES: Final = 4 << 20

_ATTRIBUTES = struct.Struct(">IIIIIQQIIQQIIIIII")
_TIME = struct.Struct(">II")
_REST = struct.Struct(">QIIQQ8s")
_WHOLE = struct.Struct(">IIIIIQQII8sQ8s8s8s8sIIQQ8s")
_NUMBER = struct.Struct(">Q")
_ENTRY = struct.Struct(">QQ")
_EXTENT = struct.Struct(">BBI16s")
assert _ATTRIBUTES.size == ATTRIBUTE_BYTES
assert ATTRIBUTE_BYTES + _REST.size == INODE_BYTES
assert _WHOLE.size == INODE_BYTES


class Attributes(NamedTuple):
    """The fields of ``fattr3``, in wire order; times are (seconds, nanoseconds) flattened."""

    type: int
    mode: int
    nlink: int
    uid: int
    gid: int
    size: int
    used: int
    major: int
    minor: int
    fsid: int
    fileid: int
    atime_s: int
    atime_ns: int
    mtime_s: int
    mtime_ns: int
    ctime_s: int
    ctime_ns: int


class Inode(NamedTuple):
    """An inode's value.

    :ivar attributes: 84 wire bytes.
    :ivar parent: of a directory, the one that it is in (of the root, itself); of other files the
        directory of the last name that CREATE or RENAME gave them, which LINK and REMOVE may have
        made out of date.
    :ivar flags: ``DATA_IN_FILE``.
    :ivar layout: where the bytes are; ``LAYOUT_WHOLE``.
    :ivar entries: of a directory, how many entries it has, "." and ".." not counted.
    :ivar next_cookie: of a directory, the cookie of its next new entry.
    :ivar verifier: 8 bytes of an exclusive CREATE, else zeros.
    :ivar acls: what :mod:`nfsgw.backend.brick.acl` has put behind.
    """

    attributes: bytes
    parent: int = 0
    flags: int = 0
    layout: int = LAYOUT_WHOLE
    entries: int = 0
    next_cookie: int = 0
    verifier: bytes = bytes(8)
    acls: bytes = b""


class ExtentState:
    """States of an extent of 4 MiB of a data file."""

    CLEAN: Final = 1
    """Fsynced, equal on all in-sync bricks, and matching its checksum."""
    WRITING: Final = 2
    """Bytes may have changed since it was last clean."""


class Extent(NamedTuple):
    """An extent's value.

    :ivar algorithm: of the checksum: 0 = none, 2 = CRC-32 (zlib's, big-endian, then zeros).
    :ivar length: how many bytes from the start of the extent the checksum covers.
    """

    state: int
    algorithm: int = 0
    length: int = 0
    digest: bytes = bytes(16)


def pack_attributes(attributes: Attributes) -> bytes:
    """Return the 84 wire bytes."""
    return _ATTRIBUTES.pack(*attributes)


def unpack_attributes(data: bytes) -> Attributes:
    """Return the fields of an inode's value (or of 84 wire bytes)."""
    return Attributes._make(_ATTRIBUTES.unpack_from(data))


def pack_inode(inode: Inode) -> bytes:
    """Return an inode's value."""
    assert len(inode.attributes) == ATTRIBUTE_BYTES
    return inode.attributes + _REST.pack(*inode[1:-1]) + inode.acls


pack_whole_inode = _WHOLE.pack
"""An inode's value from its fields in order; fsid, parent and the three times are 8 bytes each.

For the making of new ones: a third of what :func:`pack_attributes` and :func:`pack_inode` cost.
"""


def unpack_inode(value: bytes) -> Inode:
    """Read an inode's value."""
    rest = _REST.unpack_from(value, ATTRIBUTE_BYTES)
    return Inode._make((value[:ATTRIBUTE_BYTES], *rest, value[INODE_BYTES:]))


def wcc_of(value: bytes) -> bytes:
    """Return the 24 bytes of ``wcc_attr`` (size, mtime, ctime) of an inode's value."""
    return value[20:28] + value[68:84]


def type_of(value: bytes) -> int:
    """Return the ``ftype3`` of an inode's value."""
    return value[3]  # types are 1 to 7, so the last of the four bytes says it all


def size_of(value: bytes) -> int:
    """Return the size of an inode's value."""
    return int.from_bytes(value[20:28], "big")


def pack_time(time_ns: int) -> bytes:
    """Return nanoseconds since 1970 as ``nfstime3``; it holds times from 1970 to 2106."""
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    if not 0 <= seconds <= 0xFFFFFFFF:
        seconds = 0 if seconds < 0 else 0xFFFFFFFF
    return _TIME.pack(seconds, nanoseconds)


def time_ns(data: bytes) -> int:
    """Return the 8 bytes of an ``nfstime3`` as nanoseconds since 1970."""
    seconds, nanoseconds = _TIME.unpack(data)
    result: int = seconds * 1_000_000_000 + nanoseconds
    return result


pack_entry = _ENTRY.pack
"""Value of ENTRY: (inode, cookie)."""


def unpack_entry(value: bytes) -> tuple[int, int]:
    """Return (inode, cookie) of an ENTRY value."""
    inode, cookie = _ENTRY.unpack(value)
    return inode, cookie


def pack_cookie(inode: int, name: bytes) -> bytes:
    """Return the value of COOKIE: the inode, then the name."""
    return _NUMBER.pack(inode) + name


def unpack_cookie(value: bytes) -> tuple[int, bytes]:
    """Return (inode, name) of a COOKIE value."""
    return int.from_bytes(value[:8], "big"), value[8:]


def pack_extent(extent: Extent) -> bytes:
    """Return the value of EXTENT."""
    return _EXTENT.pack(*extent)


def unpack_extent(value: bytes) -> Extent:
    """Read a value of EXTENT."""
    return Extent._make(_EXTENT.unpack(value))


pack_number = _NUMBER.pack
"""Value of TRIM (bytes from here on must be cut) and of the numbers in META."""


def unpack_number(value: bytes) -> int:
    """Return the number in a TRIM or META value."""
    number: int = _NUMBER.unpack(value)[0]
    return number


def allocate_inode(change: Change) -> int:
    """Take the next inode number of the set; numbers are never used again.

    The counter is a replicated key, so every brick of the set agrees on it.

    :raises FsError: NOSPC when the 48 bits of the counter are used up.
    """
    value = change.get(Table.META, NEXT_INODE)
    assert value is not None, "a brick without an inode counter was opened"
    inode = unpack_number(value)
    if inode & COUNTER_MAX == COUNTER_MAX:
        raise FsError(FsCode.NOSPC)
    change.put(Table.META, NEXT_INODE, pack_number(inode + 1))
    return inode


def put_root(change: Change, fsid: int) -> int:
    """Make the root directory of an empty first set, and its inode counter; return its number."""
    root = inode_number(0, ROOT_COUNTER)
    now = divmod(change.now_ns, 1_000_000_000)
    attributes = pack_attributes(
        Attributes(2, 0o755, 2, 0, 0, 4096, 4096, 0, 0, fsid, root, *now, *now, *now)
    )
    value = pack_inode(Inode(attributes, parent=root, next_cookie=COOKIE_FIRST))
    change.put(Table.INODE, inode_key(root), value)
    change.put(Table.META, NEXT_INODE, pack_number(root + 1))
    return root
