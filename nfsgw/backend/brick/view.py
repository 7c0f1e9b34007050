"""What an operation sees of a brick: tables of keys and values, and the changes that it makes.

Operations are plain functions on a :class:`View` (those that only look) or a :class:`Change`
(those that change).  They touch nothing else, so a :class:`DictView` is disk enough to test them,
and what a :class:`Change` has collected is a record's physical content: puts and deletes of exact
keys, which a secondary applies and an undo reverses without knowing what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, unique
from typing import Protocol

__all__ = ["Change", "DictView", "Table", "View", "merge"]


@unique
class Table(IntEnum):
    """The tables of a brick.

    The numbers are part of the record format; LMDB's names are the members' in lower case.
    """

    INODE = 0
    ENTRY = 1
    COOKIE = 2
    SYMLINK = 3
    INLINE = 4
    EXTENT = 5
    TRIM = 6
    XATTR = 7
    LOCK = 8
    MONITOR = 9
    REPLY = 10
    LOG = 11
    UNDO = 12
    META = 13

    # Tables are halves of dictionary keys on every path; Enum's own hash is a Python function.
    __hash__ = int.__hash__


class View(Protocol):
    """A consistent look at the tables, valid until the next await."""

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value), ascending, of the keys that start with ``prefix``.

        :param after: a whole key; only keys greater than it are yielded.
        """


def merge(
    below: Iterator[tuple[bytes, bytes]], above: list[tuple[bytes, bytes | None]]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield a scan's items with changes laid over them, in order; a None value hides a key.

    :param above: ascending by key, none of them outside what was scanned.
    """
    position = 0
    count = len(above)
    for item in below:
        key = item[0]
        hidden = False
        while position < count and above[position][0] <= key:
            changed, value = above[position]
            position += 1
            hidden = hidden or changed == key
            if value is not None:
                yield changed, value
        if not hidden:
            yield item
    for changed, value in above[position:]:
        if value is not None:
            yield changed, value


class Change:
    """A view that collects changes, and shows them to whoever reads through it.

    :ivar changes: what the operation has put (bytes) and deleted (None), by table and key.
    :ivar now_ns: the time of the operation, nanoseconds since 1970; never earlier than that of
        any operation before it.
    :ivar orders_cut: it puts a TRIM key; whoever puts one says so here, which spares the data path
        a look at all changes of all others.
    """

    __slots__ = ("_base", "changes", "now_ns", "orders_cut")

    def __init__(self, base: View, now_ns: int) -> None:
        self._base = base
        self.now_ns = now_ns
        self.orders_cut = False
        self.changes: dict[tuple[Table, bytes], bytes | None] = {}

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key as the operation has left it, or None."""
        changes = self.changes
        if changes and (table, key) in changes:
            return changes[table, key]
        return self._base.get(table, key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) as :meth:`View.scan` does, this operation's changes included."""
        own = sorted(
            (key, value)
            for (changed, key), value in self.changes.items()
            if changed is table and key.startswith(prefix) and key > after
        )
        below = self._scan_base(table, prefix, after)
        return merge(below, own) if own else below

    def _scan_base(
        self, table: Table, prefix: bytes, after: bytes
    ) -> Iterator[tuple[bytes, bytes]]:
        return self._base.scan(table, prefix, after)

    def put(self, table: Table, key: bytes, value: bytes) -> None:
        """Set the value of a key."""
        self.changes[table, key] = value

    def delete(self, table: Table, key: bytes) -> None:
        """Remove a key; one that is not there does no harm."""
        self.changes[table, key] = None


class DictView:
    """Tables in dictionaries: a disk for tests of operations, and a model to compare with."""

    def __init__(self) -> None:
        self.tables: dict[Table, dict[bytes, bytes]] = {table: {} for table in Table}

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        return self.tables[table].get(key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value), ascending, of the keys that start with ``prefix``."""
        keys = self.tables[table]
        for key in sorted(keys):
            if key.startswith(prefix) and (not after or key > after):
                yield key, keys[key]

    def apply(self, change: Change) -> None:
        """Carry out what a :class:`Change` has collected."""
        for (table, key), value in change.changes.items():
            if value is None:
                self.tables[table].pop(key, None)
            else:
                self.tables[table][key] = value
