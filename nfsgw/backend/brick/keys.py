"""Keys of the brick's tables: big-endian, so that byte order is number order.

The layouts are fixed by the brick's format version (:mod:`nfsgw.backend.brick.schema`).
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = [
    "BOOT",
    "COMMIT_POINT",
    "COUNTER_MAX",
    "EMPTY_FILES",
    "EPOCH",
    "FAILED_FLUSHES",
    "FORMAT",
    "MISSING",
    "NEXT_INODE",
    "RECONCILE",
    "cookie_key",
    "entry_key",
    "extent_key",
    "inode_key",
    "inode_number",
    "inode_of",
    "sequence_key",
    "sequence_of",
    "xattr_key",
]

_ONE = struct.Struct(">Q")
_TWO = struct.Struct(">QQ")

inode_key = _ONE.pack
"""Key of INODE, SYMLINK, INLINE and TRIM: the inode number."""

sequence_key = _ONE.pack
"""Key of LOG and UNDO: the sequence number."""

cookie_key = _TWO.pack
"""Key of COOKIE: (directory, cookie)."""

extent_key = _TWO.pack
"""Key of EXTENT: (inode, number of the extent)."""

NEXT_INODE: Final = b"next-inode"
"""META, replicated: the inode number that the next new file gets (8 bytes)."""
FORMAT: Final = b"format"
"""META, local: version of the tables (8 bytes)."""
EPOCH: Final = b"epoch"
"""META, local: raised whenever a primary starts (8 bytes)."""
COMMIT_POINT: Final = b"commit-point"
"""META, local: the commit point last heard of (8 bytes); kept only where undo is kept."""
FAILED_FLUSHES: Final = b"failed-flushes"
"""META, local: failed fsyncs and commits (8 bytes); part of the write verifier."""
BOOT: Final = b"boot"
"""META, local: the machine's boot id while a brick without durability is open."""

MISSING: Final = b"missing/"
"""META, local: before the key of an extent whose bytes the brick lacks."""
RECONCILE: Final = b"reconcile/"
"""META, local: before the key of an inode whose data file is not what the tables say yet."""
EMPTY_FILES: Final = b"empty-files"
"""META, local: the tables came from another brick, so no data file is what they say."""

COUNTER_MAX: Final = (1 << 48) - 1
"""The largest counter of an inode number; the 16 bits above are the set it was born on."""


def entry_key(directory: int, name: bytes) -> bytes:
    """Return the key of ENTRY."""
    return _ONE.pack(directory) + name


def xattr_key(inode: int, name: bytes) -> bytes:
    """Return the key of XATTR."""
    return _ONE.pack(inode) + name


def inode_of(key: bytes) -> int:
    """Return the inode (or directory) number that a key begins with."""
    number: int = _ONE.unpack_from(key)[0]
    return number


def sequence_of(key: bytes) -> int:
    """Return the sequence number that is a LOG or UNDO key."""
    number: int = _ONE.unpack(key)[0]
    return number


def inode_number(replica_set: int, counter: int) -> int:
    """Return an inode number: 16 bits of the set that it is born on, 48 bits of its counter."""
    assert 0 <= replica_set <= 0xFFFF
    assert 0 < counter <= COUNTER_MAX
    return replica_set << 48 | counter
