"""RENAME: take a name away and give another, replacing what that stood for, in one record.

The order of checks is Linux's, so that programs meet the errors that they know: names, search,
NOENT, own subtree, nothing to do, permission, types, NOTEMPTY.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from nfsgw.backend.api import Credentials, FileType, Renamed
from nfsgw.backend.brick.attributes import DIRECTORY_LINKS_MAX, entries_of, links_of, parent_of
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.names import (
    add_entry,
    find,
    load_entry,
    objection,
    remove_entry,
    rename_entry,
)
from nfsgw.backend.brick.operations.node import Node, shown
from nfsgw.backend.brick.operations.removal import discard, unlink
from nfsgw.backend.brick.permission import CHANGE, SEARCH, WRITE, allows, sticky_forbids
from nfsgw.backend.brick.schema import wcc_of
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError

__all__ = ["rename"]

_DIRECTORY: Final = int(FileType.DIRECTORY)


class _End(NamedTuple):
    """One end of a RENAME: a directory, a name in it, and what that stands for (if anything)."""

    directory: bytes
    number: int
    name: bytes
    inode: int
    cookie: int
    record: bytes | None


def rename(
    change: Change,
    credentials: Credentials,
    source: int,
    source_name: bytes,
    target: int,
    target_name: bytes,
) -> Renamed:
    """Rename, replacing an existing target of the same kind (RFC 1813, section 3.3.14).

    If both names stand for the same file there is nothing to do, and it succeeds.  A failure
    carries the source directory's attributes, and the target directory's as ``second``.

    :raises FsError: STALE, NOTDIR, NOENT, ACCES, PERM (sticky), INVAL (into its own subtree; the
        dots), NAMETOOLONG, ISDIR (a file onto a directory), NOTDIR (a directory onto a file),
        NOTEMPTY, MLINK.
    """
    source_record = change.get(Table.INODE, inode_key(source))
    target_record = change.get(Table.INODE, inode_key(target))
    try:
        old = _open_end(change, credentials, source_record, source, source_name)
        new = _open_end(change, credentials, target_record, target, target_name)
        if old.record is None:
            raise FsError(FsCode.NOENT)
        same = _check(change, credentials, old, old.record, new)
    except FsError as error:
        raise FsError(
            error.code,
            *shown(source_record),
            second=shown(target_record)[::-1],
        ) from error
    assert source_record is not None
    assert target_record is not None
    if same:
        return Renamed(
            wcc_of(source_record), source_record[:84], wcc_of(target_record), target_record[:84]
        )
    return _move(change, old, old.record, new)


def _open_end(
    view: View, credentials: Credentials, record: bytes | None, number: int, name: bytes
) -> _End:
    """Look up one end.

    :raises FsError: STALE, NOTDIR, ACCES, INVAL, NAMETOOLONG.
    """
    if record is None:
        raise FsError(FsCode.STALE)
    if record[3] != _DIRECTORY:
        raise FsError(FsCode.NOTDIR)
    code = objection(name, FsCode.INVAL)
    if code is not None:
        raise FsError(code)
    if not allows(record, credentials, SEARCH):
        raise FsError(FsCode.ACCES)
    found = find(view, number, name)
    if found is None:
        return _End(record, number, name, 0, 0, None)
    return _End(record, number, name, *found, load_entry(view, found[0]))


def _check(view: View, credentials: Credentials, old: _End, moved: bytes, new: _End) -> bool:
    """Check that a RENAME may be done; return whether there is nothing to do.

    :raises FsError: INVAL, ACCES, PERM, NOTDIR, ISDIR, NOTEMPTY, MLINK.
    """
    moves_directory = moved[3] == _DIRECTORY
    crosses = old.number != new.number
    if moves_directory and crosses and _is_within(view, new.number, old.inode):
        raise FsError(FsCode.INVAL)
    if old.inode == new.inode:
        return True
    _check_permission(credentials, old.directory, moved)
    _check_permission(credentials, new.directory, new.record)
    if new.record is not None:
        _check_replacement(moves_directory, new.record)
    if moves_directory and crosses:
        # Its ".." changes, so it is written to.
        if not allows(moved, credentials, WRITE):
            raise FsError(FsCode.ACCES)
        if new.record is None and links_of(new.directory) >= DIRECTORY_LINKS_MAX:
            raise FsError(FsCode.MLINK)
    return False


def _check_permission(credentials: Credentials, directory: bytes, entry: bytes | None) -> None:
    """Check that the caller may change a directory, and take ``entry`` (if any) out of it.

    :raises FsError: ACCES, PERM.
    """
    if not allows(directory, credentials, CHANGE):
        raise FsError(FsCode.ACCES)
    if entry is not None and sticky_forbids(directory, entry, credentials):
        raise FsError(FsCode.PERM)


def _check_replacement(moves_directory: bool, replaced: bytes) -> None:
    """Check that the target is of the source's kind, and empty if it is a directory.

    :raises FsError: NOTDIR, ISDIR, NOTEMPTY.
    """
    if replaced[3] != _DIRECTORY:
        if moves_directory:
            raise FsError(FsCode.NOTDIR)
        return
    if not moves_directory:
        raise FsError(FsCode.ISDIR)
    if entries_of(replaced):
        raise FsError(FsCode.NOTEMPTY)


def _is_within(view: View, directory: int, ancestor: int) -> bool:
    """Say whether a directory is ``ancestor`` or below it: the walk up ends at the root."""
    while directory != ancestor:
        parent = parent_of(load_entry(view, directory))
        if parent == directory:
            return False
        directory = parent
    return True


def _move(change: Change, old: _End, moved: bytes, new: _End) -> Renamed:
    """Carry a checked RENAME out."""
    source = Node(old.directory)
    target = source if old.number == new.number else Node(new.directory)
    if new.record is not None:
        remove_entry(change, target, new.name, new.cookie)
        if new.record[3] == _DIRECTORY:
            discard(change, new.record)
            target.add_links(-1)
        else:
            unlink(change, new.record)
    node = Node(moved)
    if target is source:
        rename_entry(change, source, old.name, old.cookie, new.name, old.inode)
    else:
        remove_entry(change, source, old.name, old.cookie)
        add_entry(change, target, new.name, old.inode)
        node.set_parent(new.number)
        if moved[3] == _DIRECTORY:
            source.add_links(-1)
            target.add_links(1)
    node.mark_changed(change.now_ns)
    node.put(change)
    for directory in (source, target):
        directory.mark_modified(change.now_ns)
        directory.put(change)
    return Renamed(source.before, source.attributes, target.before, target.attributes)
