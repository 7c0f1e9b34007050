"""LINK: one more name for a file."""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Credentials, FileType, Linked
from nfsgw.backend.brick.attributes import LINKS_MAX, links_of
from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.names import add_entry, find
from nfsgw.backend.brick.operations.names import objection as name_objection
from nfsgw.backend.brick.operations.node import Node, shown
from nfsgw.backend.brick.permission import CHANGE, SEARCH, allows
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode, FsError

__all__ = ["link"]

_DIRECTORY: Final = int(FileType.DIRECTORY)


def link(
    change: Change, credentials: Credentials, inode: int, directory: int, name: bytes
) -> Linked:
    """Give a file one more name.

    A failure carries the directory's attributes, and the file's as ``second``: RFC 1813, section
    3.3.15 shows both.

    :raises FsError: STALE (file or directory), NOTDIR, PERM (a directory has one name), EXIST,
        ACCES, INVAL, NAMETOOLONG, MLINK.
    """
    record = change.get(Table.INODE, inode_key(inode))
    parent_record = change.get(Table.INODE, inode_key(directory))
    code = FsCode.STALE
    if record is not None and parent_record is not None:
        objection = _objection(change, credentials, record, parent_record, name)
        if objection is None:
            return _link(change, record, parent_record, name)
        code = objection
    raise FsError(code, *shown(parent_record), second=shown(record)[::-1])


def _link(change: Change, record: bytes, directory: bytes, name: bytes) -> Linked:
    """Carry a checked LINK out."""
    node = Node(record)
    node.add_links(1)
    node.mark_changed(change.now_ns)
    node.put(change)
    parent = Node(directory)
    add_entry(change, parent, name, node.number)
    parent.mark_modified(change.now_ns)
    parent.put(change)
    return Linked(node.attributes, parent.before, parent.attributes)


def _objection(
    change: Change, credentials: Credentials, record: bytes, directory: bytes, name: bytes
) -> FsCode | None:
    """Return why a file cannot have this name, or None."""
    if directory[3] != _DIRECTORY:
        return FsCode.NOTDIR
    code = name_objection(name, FsCode.EXIST)
    if code is not None:
        return code
    if not allows(directory, credentials, SEARCH):
        return FsCode.ACCES
    if find(change, int.from_bytes(directory[52:60], "big"), name) is not None:
        return FsCode.EXIST
    if not allows(directory, credentials, CHANGE):
        return FsCode.ACCES
    if record[3] == _DIRECTORY:
        return FsCode.PERM
    if links_of(record) >= LINKS_MAX:
        return FsCode.MLINK
    return None
