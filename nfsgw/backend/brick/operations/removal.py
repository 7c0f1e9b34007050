"""REMOVE and RMDIR, and the end of an inode."""

from __future__ import annotations

from typing import Final, NamedTuple

from nfsgw.backend.api import Credentials, DirectoryChanged, FileType
from nfsgw.backend.brick.attributes import entries_of, flags_of
from nfsgw.backend.brick.operations.names import find, load_entry, objection, remove_entry
from nfsgw.backend.brick.operations.node import Node, load_directory, refusal
from nfsgw.backend.brick.operations.sizing import mark_cut
from nfsgw.backend.brick.permission import CHANGE, SEARCH, allows, sticky_forbids
from nfsgw.backend.brick.schema import DATA_IN_FILE
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode

__all__ = ["discard", "remove", "rmdir", "unlink"]

_DIRECTORY: Final = int(FileType.DIRECTORY)
_SYMLINK: Final = int(FileType.SYMLINK)
_REGULAR: Final = int(FileType.REGULAR)


class _Doomed(NamedTuple):
    """An entry that may be removed: the directory, the entry's cookie, and what it names."""

    directory: bytes
    cookie: int
    record: bytes


def remove(
    change: Change, credentials: Credentials, directory: int, name: bytes
) -> DirectoryChanged:
    """Remove a name that is not a directory, and with its last name the file.

    :raises FsError: STALE, NOTDIR, NOENT, ACCES (also for the dots), PERM (sticky), ISDIR, INVAL,
        NAMETOOLONG.
    """
    doomed = _open_entry(change, credentials, directory, name, FsCode.ACCES)
    if doomed.record[3] == _DIRECTORY:
        raise refusal(FsCode.ISDIR, doomed.directory)
    unlink(change, doomed.record)
    return _take_entry(change, doomed, name, 0)


def rmdir(
    change: Change, credentials: Credentials, directory: int, name: bytes
) -> DirectoryChanged:
    """Remove an empty directory.

    :raises FsError: STALE, NOTDIR (also if the name is no directory), NOENT, ACCES, PERM (sticky),
        NOTEMPTY, INVAL (also for the dots), NAMETOOLONG.
    """
    doomed = _open_entry(change, credentials, directory, name, FsCode.INVAL)
    if doomed.record[3] != _DIRECTORY:
        raise refusal(FsCode.NOTDIR, doomed.directory)
    if entries_of(doomed.record):
        raise refusal(FsCode.NOTEMPTY, doomed.directory)
    discard(change, doomed.record)
    return _take_entry(change, doomed, name, 1)


def _open_entry(
    change: Change, credentials: Credentials, directory: int, name: bytes, dots: FsCode
) -> _Doomed:
    """Return an entry that the caller may remove.

    :raises FsError: STALE, NOTDIR, NOENT, ACCES, PERM, INVAL, NAMETOOLONG, ``dots``.
    """
    record = load_directory(change, directory)
    code = objection(name, dots)
    if code is not None:
        raise refusal(code, record)
    if not allows(record, credentials, SEARCH):
        raise refusal(FsCode.ACCES, record)
    found = find(change, directory, name)
    if found is None:
        raise refusal(FsCode.NOENT, record)
    inode, cookie = found
    named = load_entry(change, inode)
    if not allows(record, credentials, CHANGE):
        raise refusal(FsCode.ACCES, record)
    if sticky_forbids(record, named, credentials):
        raise refusal(FsCode.PERM, record)
    return _Doomed(record, cookie, named)


def _take_entry(
    change: Change, doomed: _Doomed, name: bytes, subdirectories: int
) -> DirectoryChanged:
    """Take the entry out of its directory, and put that."""
    parent = Node(doomed.directory)
    remove_entry(change, parent, name, doomed.cookie)
    parent.add_links(-subdirectories)
    parent.mark_modified(change.now_ns)
    parent.put(change)
    return DirectoryChanged(parent.before, parent.attributes)


def unlink(change: Change, record: bytes) -> None:
    """Take one name from a file; the last one takes the file with it."""
    node = Node(record)
    node.add_links(-1)
    if not node.links:
        discard(change, record)
        return
    node.mark_changed(change.now_ns)
    node.put(change)


def discard(change: Change, record: bytes) -> None:
    """Delete an inode with all that belongs to it.

    A data file stays until the commit point has passed this record: the TRIM key without an inode
    says that it goes as a whole, and its extents with it, piece by piece.
    """
    key = record[52:60]
    change.delete(Table.INODE, key)
    if record[3] == _SYMLINK:
        change.delete(Table.SYMLINK, key)
    elif record[3] == _REGULAR:
        if flags_of(record) & DATA_IN_FILE:
            mark_cut(change, int.from_bytes(key, "big"), 0)
        else:
            change.delete(Table.INLINE, key)
    for attribute, _ in list(change.scan(Table.XATTR, key)):
        change.delete(Table.XATTR, attribute)
