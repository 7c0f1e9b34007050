"""Names, and a directory's two indexes of them: ``entry`` by name, ``cookie`` in listing order.

Which names are refused, and how (RFC 1813, section 3.2, and what Linux's server answers where the
RFC leaves it open):

=========================  =======================================================================
empty                      ACCES, as the RFC asks
longer than 255 bytes      NAMETOOLONG (PATHCONF says no_trunc)
with ``/`` or NUL inside   INVAL: no client's file system could show it
``.`` and ``..``           LOOKUP finds them; as new names EXIST; in REMOVE ACCES; in RMDIR and
                           RENAME INVAL
=========================  =======================================================================

All other bytes are allowed and never decoded.
"""

from __future__ import annotations

from nfsgw.backend.brick.keys import cookie_key, inode_key
from nfsgw.backend.brick.operations.node import Node
from nfsgw.backend.brick.schema import (
    NAME_BYTES_MAX,
    pack_cookie,
    pack_entry,
    unpack_entry,
)
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.errors import FsCode, FsError

__all__ = [
    "DOTS",
    "add_entry",
    "find",
    "load_entry",
    "objection",
    "remove_entry",
    "rename_entry",
]

DOTS = (b".", b"..")
"""Names that every directory has without an entry."""


def objection(name: bytes, dots: FsCode) -> FsCode | None:
    """Return why a name cannot be that of an entry, or None.

    :param dots: the answer to ``.`` and ``..``.
    """
    if not name:
        return FsCode.ACCES
    if len(name) > NAME_BYTES_MAX:
        return FsCode.NAMETOOLONG
    if name in DOTS:
        return dots
    if b"/" in name or b"\0" in name:
        return FsCode.INVAL
    return None


def find(view: View, directory: int, name: bytes) -> tuple[int, int] | None:
    """Return (inode, cookie) of an entry, or None; the name must be of a legal length."""
    value = view.get(Table.ENTRY, inode_key(directory) + name)
    return None if value is None else unpack_entry(value)


def load_entry(view: View, inode: int) -> bytes:
    """Return the record of an inode that an entry names.

    :raises FsError: IO if there is none, which only a damaged brick can have.
    """
    record = view.get(Table.INODE, inode_key(inode))
    if record is None:
        raise FsError(FsCode.IO)
    return record


def add_entry(change: Change, directory: Node, name: bytes, inode: int) -> None:
    """Give an inode a name in a directory; the caller puts the directory."""
    cookie = directory.take_cookie()
    _put_entry(change, directory.number, name, inode, cookie)
    directory.add_entries(1)


def remove_entry(change: Change, directory: Node, name: bytes, cookie: int) -> None:
    """Take a name out of a directory; the caller puts the directory."""
    change.delete(Table.ENTRY, inode_key(directory.number) + name)
    change.delete(Table.COOKIE, cookie_key(directory.number, cookie))
    directory.add_entries(-1)


def rename_entry(
    change: Change, directory: Node, name: bytes, cookie: int, new_name: bytes, inode: int
) -> None:
    """Give an entry another name in the same directory.

    It keeps its cookie, so whoever lists the directory meanwhile sees it once, under the old name
    or the new; with a new cookie, a program that renames as it lists would never come to an end.
    """
    change.delete(Table.ENTRY, inode_key(directory.number) + name)
    _put_entry(change, directory.number, new_name, inode, cookie)


def _put_entry(change: Change, directory: int, name: bytes, inode: int, cookie: int) -> None:
    """Put an entry into both indexes."""
    change.put(Table.ENTRY, inode_key(directory) + name, pack_entry(inode, cookie))
    change.put(Table.COOKIE, cookie_key(directory, cookie), pack_cookie(inode, name))
