"""LINK: one more name for a file."""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Credentials, FileType, Linked
from nfsgw.backend.brick.attributes import LINKS_MAX, links_of
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.names import add_entry, find, objection
from nfsgw.backend.brick.operations.node import Node, load
from nfsgw.backend.brick.permission import SEARCH, WRITE, rights
from nfsgw.backend.brick.schema import wcc_of
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode, FsError

__all__ = ["link"]

_DIRECTORY: Final = int(FileType.DIRECTORY)


def link(
    change: Change, credentials: Credentials, inode: int, directory: int, name: bytes
) -> Linked:
    """Give a file one more name.

    A failure carries the file's attributes as ``attributes``, and the directory's as ``second``:
    RFC 1813, section 3.3.15 shows both.

    :raises FsError: STALE (file or directory), NOTDIR, ISDIR (a directory has one name), EXIST,
        ACCES, INVAL, NAMETOOLONG, MLINK.
    """
    record = load(change, inode)
    parent_record = change.get(Table.INODE, inode_key(directory))
    if parent_record is None:
        raise FsError(FsCode.STALE, record[:84], wcc_of(record))
    code = _objection(change, credentials, record, parent_record, name)
    if code is not None:
        raise FsError(
            code, record[:84], wcc_of(record), (wcc_of(parent_record), parent_record[:84])
        )
    node = Node(record)
    node.add_links(1)
    node.mark_changed(change.now_ns)
    node.put(change)
    parent = Node(parent_record)
    add_entry(change, parent, name, inode)
    parent.mark_modified(change.now_ns)
    parent.put(change)
    return Linked(node.attributes, parent.before, parent.attributes)


def _objection(
    change: Change, credentials: Credentials, record: bytes, directory: bytes, name: bytes
) -> FsCode | None:
    """Return why a file cannot have this name, or None."""
    if directory[3] != _DIRECTORY:
        return FsCode.NOTDIR
    code = objection(name, FsCode.EXIST)
    if code is not None:
        return code
    have = rights(directory, credentials)
    if not have & SEARCH:
        return FsCode.ACCES
    if find(change, int.from_bytes(directory[52:60], "big"), name) is not None:
        return FsCode.EXIST
    if not have & WRITE:
        return FsCode.ACCES
    if record[3] == _DIRECTORY:
        return FsCode.ISDIR
    if links_of(record) >= LINKS_MAX:
        return FsCode.MLINK
    return None
