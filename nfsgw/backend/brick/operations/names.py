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

from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.operations.node import Node
from nfsgw.backend.brick.schema import NAME_BYTES_MAX, pack_number, unpack_entry
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
    cookie = pack_number(directory.count_new_entry())
    _put_entry(change, directory, name, pack_number(inode), cookie)


def remove_entry(change: Change, directory: Node, name: bytes, cookie: int) -> None:
    """Take a name out of a directory; the caller puts the directory."""
    change.delete(Table.ENTRY, directory.key + name)
    change.delete(Table.COOKIE, directory.key + pack_number(cookie))
    directory.count_lost_entry()


def rename_entry(
    change: Change, directory: Node, name: bytes, cookie: int, new_name: bytes, inode: int
) -> None:
    """Give an entry another name in the same directory.

    It keeps its cookie, so whoever lists the directory meanwhile sees it once, under the old name
    or the new; with a new cookie, a program that renames as it lists would never come to an end.
    """
    change.delete(Table.ENTRY, directory.key + name)
    _put_entry(change, directory, new_name, pack_number(inode), pack_number(cookie))


def _put_entry(change: Change, directory: Node, name: bytes, inode: bytes, cookie: bytes) -> None:
    """Put an entry into both indexes, given the inode and the cookie as :func:`pack_number` does.

    Keys and values of both are put together from the same few bytes: ``pack_entry``,
    ``pack_cookie`` and the keys, without packing each number twice.
    """
    change.put(Table.ENTRY, directory.key + name, inode + cookie)
    change.put(Table.COOKIE, directory.key + cookie, inode + name)
