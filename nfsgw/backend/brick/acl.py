"""POSIX ACLs in an inode's record (acl(5); POSIX.1e draft 17).

An inode without ACLs has the plain 124 bytes.  Else behind them stand, big-endian:

==================  ==========================================================================
``H`` ``H``         how many access and how many default entries follow
``HIH``, each       tag, id, permissions; access entries first, each list in canonical order
==================  ==========================================================================

What the mode says is not said twice.  The mode's nine bits *are* the entries USER_OBJ, MASK and
OTHER of an access ACL; only GROUP_OBJ, whose place in the mode the mask has taken, and the named
users and groups are stored.  So a change of mode changes the ACL, as it must, and the two never
disagree.  A *minimal* ACL (three entries, no mask) is the mode, and nothing is stored.  Default
ACLs, which only directories have, are stored whole.

So that who may do what is a function of the record alone, ACLs are nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Final

from nfsgw.backend.api import AclEntry, AclTag, Credentials, FileType
from nfsgw.backend.brick.schema import INODE_BYTES
from nfsgw.errors import FsCode, FsError

__all__ = [
    "ENTRIES_MAX",
    "access_of",
    "base_of",
    "by_entries",
    "canonical",
    "default_of",
    "inherit",
    "is_sound",
    "mode_of_acl",
    "pack_acls",
    "stored_access",
]

ENTRIES_MAX: Final = 512
"""The most entries of one ACL, those in the mode included, as about ext4 has room for; a record
with two such lists has 8 KiB."""

_COUNTS = Struct(">HH")
_ENTRY = Struct(">HIH")
_LISTS_AT: Final = INODE_BYTES + _COUNTS.size
_ID_NONE: Final = 0xFFFFFFFF
"""Nobody's id, as in chown(2)."""

_USER_OBJ: Final = int(AclTag.USER_OBJ)
_USER: Final = int(AclTag.USER)
_GROUP_OBJ: Final = int(AclTag.GROUP_OBJ)
_GROUP: Final = int(AclTag.GROUP)
_MASK: Final = int(AclTag.MASK)
_OTHER: Final = int(AclTag.OTHER)
_NAMED: Final = (_USER, _GROUP)
_TAGS: Final = frozenset(int(tag) for tag in AclTag)
_BEHIND_MODE: Final = (_USER, _GROUP_OBJ, _GROUP)
_DIRECTORY: Final = int(FileType.DIRECTORY)
_SYMLINK: Final = int(FileType.SYMLINK)


def _lists(record: bytes) -> tuple[list[AclEntry], list[AclEntry]]:
    """Return the stored access and default entries."""
    if len(record) <= INODE_BYTES:
        return [], []
    entries = [AclEntry._make(fields) for fields in _ENTRY.iter_unpack(record[_LISTS_AT:])]
    count = _COUNTS.unpack_from(record, INODE_BYTES)[0]
    return entries[:count], entries[count:]


def by_entries(record: bytes, credentials: Credentials) -> Sequence[int]:
    """Return the rights that the caller, who is neither uid 0 nor the owner, has by an ACL.

    They are sums of rights, one for each entry that is about the caller: he may do what *one* of
    them grants in whole.  That is one entry, unless it is by groups that he is in several.

    :param record: has more than 124 bytes.
    """
    count = _COUNTS.unpack_from(record, INODE_BYTES)[0]
    mask = record[7] >> 3 & 7
    own_group = int.from_bytes(record[16:20], "big")
    groups = {credentials.gid, *credentials.groups}
    if not count:
        return (mask if own_group in groups else record[7] & 7,)
    found = []
    stored = record[_LISTS_AT : _LISTS_AT + count * _ENTRY.size]
    for tag, number, permissions in _ENTRY.iter_unpack(stored):
        if tag == _USER:
            if number == credentials.uid:
                return (permissions & mask,)
        elif (own_group if tag == _GROUP_OBJ else number) in groups:
            found.append(permissions & mask)
    return found or (record[7] & 7,)


def access_of(record: bytes) -> tuple[AclEntry, ...]:
    """Return the access ACL of any inode, in canonical order; a minimal one from the mode."""
    stored = _lists(record)[0]
    mode = record[6] << 8 | record[7]
    middle = AclEntry(_MASK if stored else _GROUP_OBJ, 0, mode >> 3 & 7)
    first, last = AclEntry(_USER_OBJ, 0, mode >> 6 & 7), AclEntry(_OTHER, 0, mode & 7)
    return (first, *stored, middle, last)


def base_of(record: bytes) -> tuple[AclEntry, ...]:
    """Return what is left of an inode's access ACL without named entries and mask.

    The group keeps what it had, which may be less than the mask.
    """
    by_tag = {entry.tag: entry.permissions for entry in access_of(record)}
    group = by_tag[_GROUP_OBJ] & by_tag.get(_MASK, 7)
    return (
        AclEntry(_USER_OBJ, 0, by_tag[_USER_OBJ]),
        AclEntry(_GROUP_OBJ, 0, group),
        AclEntry(_OTHER, 0, by_tag[_OTHER]),
    )


def default_of(record: bytes) -> tuple[AclEntry, ...]:
    """Return the default ACL of an inode, in canonical order; empty if it has none."""
    return tuple(_lists(record)[1])


def canonical(entries: Iterable[AclEntry]) -> tuple[AclEntry, ...]:
    """Return an ACL in canonical order: by tag, then by id.

    A mask that only repeats GROUP_OBJ, with no named entry to need it, is left out: the protocol
    adds it to each ACL of three entries.

    :raises FsError: INVAL: not exactly one each of USER_OBJ, GROUP_OBJ and OTHER; named entries
        twice, of nobody, or without a mask; unknown tags; permissions beyond 7.  NOSPC: too many.
    """
    found = sorted(entry if entry.tag in _NAMED else entry._replace(id=0) for entry in entries)
    if len(found) > ENTRIES_MAX:
        raise FsError(FsCode.NOSPC)
    if not _is_valid(found):
        raise FsError(FsCode.INVAL)
    if len(found) == 4 and found[1].permissions == found[2].permissions:
        if [entry.tag for entry in found] == [_USER_OBJ, _GROUP_OBJ, _MASK, _OTHER]:
            del found[2]
    return tuple(found)


def _is_valid(entries: Sequence[AclEntry]) -> bool:
    """Say whether entries in canonical order are an ACL."""
    if len({(entry.tag, entry.id) for entry in entries}) != len(entries):
        return False
    tags = {entry.tag for entry in entries}
    if not {_USER_OBJ, _GROUP_OBJ, _OTHER} <= tags <= _TAGS:
        return False
    if _MASK not in tags and not tags.isdisjoint(_NAMED):
        return False
    return all(
        0 <= permissions <= 7 and 0 <= number < _ID_NONE for _, number, permissions in entries
    )


def mode_of_acl(entries: Sequence[AclEntry]) -> int:
    """Return the nine mode bits that an ACL in canonical order stands for."""
    by_tag = {entry.tag: entry.permissions for entry in entries}
    middle = by_tag.get(_MASK, by_tag[_GROUP_OBJ])
    return by_tag[_USER_OBJ] << 6 | middle << 3 | by_tag[_OTHER]


def stored_access(entries: Sequence[AclEntry]) -> tuple[AclEntry, ...]:
    """Return what of an ACL in canonical order is stored besides the mode."""
    if all(entry.tag != _MASK for entry in entries):
        return ()
    return tuple(entry for entry in entries if entry.tag in _BEHIND_MODE)


def pack_acls(access: Sequence[AclEntry], default: Sequence[AclEntry]) -> bytes:
    """Return what stands behind the 124 bytes.

    :param access: what :func:`stored_access` returns.
    :param default: in canonical order.
    """
    if not access and not default:
        return b""
    packed = [_ENTRY.pack(*entry) for entry in (*access, *default)]
    return _COUNTS.pack(len(access), len(default)) + b"".join(packed)


def inherit(directory: bytes, kind: int, mode: int) -> tuple[int, bytes]:
    """Return the mode of a new inode, and what stands behind its 124 bytes.

    The default ACL of the directory becomes the access ACL, less what ``mode`` does not have; a
    new directory gets it as its own default ACL too.

    :param directory: has more than 124 bytes.
    :param mode: what the client asks for, all twelve bits.
    """
    default = default_of(directory)
    if not default or kind == _SYMLINK:
        return mode, b""
    access = stored_access(default)
    tail = pack_acls(access, default if kind == _DIRECTORY else ())
    return mode & (mode_of_acl(default) | ~0o777), tail


def is_sound(record: bytes) -> bool:
    """Say whether what stands behind a record's 124 bytes could have been stored there."""
    if len(record) == INODE_BYTES:
        return True
    size = len(record) - _LISTS_AT
    if size <= 0 or size % _ENTRY.size or record[3] == _SYMLINK:
        return False
    access, default = _lists(record)
    if sum(_COUNTS.unpack_from(record, INODE_BYTES)) != size // _ENTRY.size:
        return False
    if default and (record[3] != _DIRECTORY or not _is_stored(default)):
        return False
    # Not canonical: a mask may have come to repeat GROUP_OBJ, by a change of mode.
    return not access or _is_stored(access_of(record))


def _is_stored(entries: Sequence[AclEntry]) -> bool:
    """Say whether these are, and are in the order of, an ACL."""
    return len(entries) <= ENTRIES_MAX and list(entries) == sorted(entries) and _is_valid(entries)
