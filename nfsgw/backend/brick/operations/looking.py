"""GETATTR, LOOKUP, ACCESS, READLINK: what is asked most, so what is looked up least.

Each is one or two gets and some slices of records.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Accessible, Credentials, FileType, Found, Target
from nfsgw.backend.brick.attributes import parent_of
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.names import load_entry, objection
from nfsgw.backend.brick.operations.node import load, load_directory, refusal
from nfsgw.backend.brick.permission import SEARCH, accessible, rights
from nfsgw.backend.brick.schema import NAME_BYTES_MAX
from nfsgw.backend.brick.view import Table, View
from nfsgw.errors import FsCode, FsError

__all__ = ["access", "getattr", "lookup", "readlink"]

_SYMLINK: Final = int(FileType.SYMLINK)
# Globals, because a look-up in an Enum costs twice as much, and a hundred times a turn.
_INODE: Final = Table.INODE
_ENTRY: Final = Table.ENTRY


def getattr(view: View, inode: int) -> bytes:
    """Return the attributes.

    :raises FsError: STALE.
    """
    record = view.get(_INODE, inode_key(inode))
    if record is None:
        raise FsError(FsCode.STALE)
    return record[:84]


def lookup(view: View, credentials: Credentials, directory: int, name: bytes) -> Found:
    """Find a name in a directory; it takes search permission, for ``.`` and ``..`` too.

    :raises FsError: STALE, NOTDIR, ACCES, NOENT, NAMETOOLONG, INVAL.
    """
    record = load_directory(view, directory)
    if not rights(record, credentials) & SEARCH:
        raise refusal(FsCode.ACCES, record)
    if len(name) > NAME_BYTES_MAX:
        raise refusal(FsCode.NAMETOOLONG, record)
    entry = view.get(_ENTRY, inode_key(directory) + name)
    if entry is None:
        # No illegal name and no dot has an entry, so only a miss needs to look at the name.
        return _find_dots(view, directory, record, name)
    inode = entry[:8]
    found = view.get(_INODE, inode)
    if found is None:
        raise FsError(FsCode.IO)
    return Found(int.from_bytes(inode, "big"), found[:84], record[:84])


def _find_dots(view: View, directory: int, record: bytes, name: bytes) -> Found:
    """Find ``.`` or ``..``, or say what is wrong with a name that has no entry."""
    if name == b".":
        return Found(directory, record[:84], record[:84])
    if name == b"..":
        parent = parent_of(record)
        return Found(parent, load_entry(view, parent)[:84], record[:84])
    raise refusal(objection(name, FsCode.NOENT) or FsCode.NOENT, record)


def access(view: View, credentials: Credentials, inode: int, asked: int) -> Accessible:
    """Say which of the asked bits the caller has, by mode and ACL alone.

    :raises FsError: STALE.
    """
    record = view.get(_INODE, inode_key(inode))
    if record is None:
        raise FsError(FsCode.STALE)
    return Accessible(record[:84], accessible(record, credentials) & asked)


def readlink(view: View, credentials: Credentials, inode: int) -> Target:
    """Return a symbolic link's target; everybody may read it, as everywhere.

    :raises FsError: STALE, INVAL for anything else than a symbolic link.
    """
    record = load(view, inode)
    if record[3] != _SYMLINK:
        raise refusal(FsCode.INVAL, record)
    target = view.get(Table.SYMLINK, inode_key(inode))
    if target is None:
        raise FsError(FsCode.IO)
    return Target(record[:84], target)
