"""Decide who may do what to an inode: POSIX mode bits and ACLs, and the exceptions that NFS needs.

Pure functions of an inode's record and the caller's credentials.  The order is POSIX's: the owner
has the owner's bits even where the group's would give more.  uid 0 has everything, except the
execution of a file that nobody may execute (Linux's rule).

An ACL (acl(5), "access check algorithm", after POSIX.1e draft 17) is about those who are neither.
Who is in several of its groups has what *one* entry grants, not what all grant together: an entry
for reading and one for writing do not make a grant of both.  So :func:`rights` says of each right
alone whether there is an entry for it, and :func:`allows` whether one has all that is wanted.

NFS version 3 has no open, so a file's permission is checked at each READ and WRITE, long after the
client has checked it at open.  Two exceptions keep programs working (RFC 1813, section 4.4): the
*owner* may read, write and truncate whatever the mode says, and who may *execute* a file may
read it, since running it means reading it.  ACCESS never applies them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from struct import Struct
from typing import Final

from nfsgw.backend.api import Access, Credentials, FileType
from nfsgw.backend.brick.acl import by_entries
from nfsgw.backend.brick.schema import INODE_BYTES

__all__ = [
    "CHANGE",
    "EXECUTE",
    "READ",
    "SEARCH",
    "WRITE",
    "accessible",
    "allows",
    "is_member",
    "is_owner",
    "may_read",
    "may_write",
    "rights",
    "sticky_forbids",
]

READ: Final = 4
WRITE: Final = 2
EXECUTE: Final = 1
SEARCH: Final = 1
"""Execute, as it is called on a directory."""
CHANGE: Final = WRITE | SEARCH
"""What it takes to add, change and remove entries of a directory."""

_DIRECTORY: Final = int(FileType.DIRECTORY)
_OWNERS: Final = Struct(">II").unpack_from


def rights(record: bytes, credentials: Credentials) -> int:
    """Return the sum of ``READ``, ``WRITE`` and ``EXECUTE`` that the caller has, each alone."""
    uid = credentials.uid
    if uid == 0:
        if record[3] == _DIRECTORY or (record[6] << 8 | record[7]) & 0o111:
            return 7
        return 6
    owner, gid = _OWNERS(record, 12)
    if uid == owner:
        return (record[6] << 8 | record[7]) >> 6 & 7
    if len(record) > INODE_BYTES:
        return reduce(or_, by_entries(record, credentials))
    if gid == credentials.gid or gid in credentials.groups:
        return record[7] >> 3 & 7
    return record[7] & 7


def allows(record: bytes, credentials: Credentials, wanted: int) -> bool:
    """Say whether the caller has all ``wanted`` rights at once."""
    if rights(record, credentials) & wanted != wanted:
        return False
    return len(record) <= INODE_BYTES or any(
        one & wanted == wanted for one in _alternatives(record, credentials)
    )


def _alternatives(record: bytes, credentials: Credentials) -> Sequence[int]:
    """Return the sums of rights, one of which the caller may use, by a record with ACLs."""
    if is_owner(record, credentials):
        return (rights(record, credentials),)
    return by_entries(record, credentials)


def is_owner(record: bytes, credentials: Credentials) -> bool:
    """Say whether the caller may do what the owner may; uid 0 always may."""
    uid = credentials.uid
    return uid == 0 or uid == int.from_bytes(record[12:16], "big")


def is_member(gid: int, credentials: Credentials) -> bool:
    """Say whether the caller is in the group ``gid``; uid 0 is in all."""
    return credentials.uid == 0 or gid == credentials.gid or gid in credentials.groups


def may_read(record: bytes, credentials: Credentials) -> bool:
    """Say whether a READ is allowed, with the owner's and the execute exception."""
    return bool(rights(record, credentials) & (READ | EXECUTE)) or is_owner(record, credentials)


def may_write(record: bytes, credentials: Credentials) -> bool:
    """Say whether a WRITE or a change of size is allowed, with the owner's exception."""
    return bool(rights(record, credentials) & WRITE) or is_owner(record, credentials)


def sticky_forbids(directory: bytes, entry: bytes, credentials: Credentials) -> bool:
    """Say whether a sticky directory keeps the caller from removing or renaming an entry.

    In a sticky directory only the owner of the entry, the owner of the directory and uid 0 may.
    """
    return (
        bool(directory[6] & 0o2)  # 0o1000, in the upper of the two mode bytes
        and not is_owner(entry, credentials)
        and not is_owner(directory, credentials)
    )


def _access_by_rights(directory: bool) -> tuple[int, ...]:
    """Return, for each of the eight sums of rights, the bits of ACCESS that it grants.

    Changing a directory takes write *and* search, and adding, changing and removing entries are
    one right, so MODIFY, EXTEND and DELETE go together.  DELETE of a file is its directory's
    matter and never granted; LOOKUP is for directories, EXECUTE for all else.
    """
    table = []
    for have in range(8):
        bits = Access(0)
        if have & READ:
            bits |= Access.READ
        if directory:
            if have & SEARCH:
                bits |= Access.LOOKUP
            if have & WRITE and have & SEARCH:
                bits |= Access.MODIFY | Access.EXTEND | Access.DELETE
        else:
            if have & WRITE:
                bits |= Access.MODIFY | Access.EXTEND
            if have & EXECUTE:
                bits |= Access.EXECUTE
        table.append(int(bits))
    return tuple(table)


_DIRECTORY_ACCESS: Final = _access_by_rights(True)
_FILE_ACCESS: Final = _access_by_rights(False)


def accessible(record: bytes, credentials: Credentials) -> int:
    """Return all bits of ACCESS that the caller has (RFC 1813, section 3.3.4), each alone."""
    table = _DIRECTORY_ACCESS if record[3] == _DIRECTORY else _FILE_ACCESS
    if len(record) > INODE_BYTES:
        return reduce(or_, [table[one] for one in _alternatives(record, credentials)])
    return table[rights(record, credentials)]
