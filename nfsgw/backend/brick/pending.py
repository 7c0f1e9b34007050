"""The pending view: every key that was changed above the commit point.

Reads look here first and in the store below second, so an operation builds on the one before it
although neither is on disk yet.  Whoever has read a pending value must wait, before showing
anything of it, until the commit point has passed what it saw; :class:`PendingView` counts that.

A value carries two sequence numbers.  ``sequence`` is the record that wrote it: the value leaves
when the commit point has passed it.  ``shown_after`` is what a reader must wait for: normally the
same, but the result of an UNSTABLE write may be shown early and asks only for what it was itself
built on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.view import Change, Table, View

__all__ = ["Pending", "PendingChange", "PendingValue", "PendingView"]

_REPLY: Final = Table.REPLY


PendingValue = tuple[bytes | None, int, int]
"""A value above the commit point (None = deleted), its ``sequence``, its ``shown_after``.

A plain tuple, because every changed key makes one.
"""


class Pending:
    """All keys above the commit point, by table.

    A scan looks at all pending keys of its table.  There are never many (what is under way in a
    commit or two), and an index of them would cost every change more than it saves few scans.

    :ivar empty: nothing was added since the last :meth:`clear`, so no read needs to look here.
    """

    __slots__ = ("empty", "keys")

    def __init__(self) -> None:
        self.keys: list[dict[bytes, PendingValue]] = [{} for _ in Table]
        self.empty = True

    @property
    def size(self) -> int:
        """Return how many keys there are."""
        return sum(map(len, self.keys))

    def add(self, record: Record, shown_after: int) -> None:
        """Lay a record's effects over what is there."""
        sequence = record.sequence
        keys = self.keys
        for (table, key), value in record.changes.items():
            keys[table][key] = (value, sequence, shown_after)
        if record.request:
            keys[_REPLY][record.request] = (record.reply, sequence, shown_after)
        self.empty = False

    def get(self, table: Table, key: bytes) -> PendingValue | None:
        """Return what is pending of a key, or None."""
        return self.keys[table].get(key)

    def passed(self, record: Record, commit_point: int) -> None:
        """Remove the record's keys that no later record above the commit point has changed."""
        for table, key in record.changes:
            self._remove(table, key, commit_point)
        if record.request:
            self._remove(Table.REPLY, record.request, commit_point)

    def _remove(self, table: Table, key: bytes, commit_point: int) -> None:
        of_table = self.keys[table]
        pending = of_table.get(key)
        if pending is None or pending[1] > commit_point:
            return
        del of_table[key]

    def clear(self) -> None:
        """Forget everything (all of it has passed, or the brick failed)."""
        for of_table in self.keys:
            if of_table:
                of_table.clear()
        self.empty = True

    def range(self, table: Table, prefix: bytes, after: bytes) -> list[tuple[bytes, PendingValue]]:
        """Return the pending keys of a scan, ascending."""
        of_table = self.keys[table]
        if not of_table:
            return []
        found = sorted(key for key in of_table if key.startswith(prefix) and key > after)
        return [(key, of_table[key]) for key in found]


class PendingView:
    """The pending keys over a snapshot of the store; made for one operation.

    :ivar waits_for: the commit point that must be reached before anything seen through this view
        is shown to anyone; 0 if nothing pending was seen.
    """

    __slots__ = ("_below", "_keys", "_pending", "waits_for")

    def __init__(self, below: View, pending: Pending) -> None:
        self._below = below
        self._pending = pending
        self._keys = pending.keys
        self.waits_for = 0

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the newest value of a key, or None."""
        pending = self._keys[table].get(key)
        if pending is None:
            return self._below.get(table, key)
        if pending[2] > self.waits_for:
            self.waits_for = pending[2]
        return pending[0]

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in order; what the caller never comes to does not make it wait."""
        return _scan(self, self._below, self._pending, table, prefix, after)


def _scan(
    reader: PendingView | PendingChange,
    below: View,
    pending: Pending,
    table: Table,
    prefix: bytes,
    after: bytes,
) -> Iterator[tuple[bytes, bytes]]:
    """Return a scan of the pending keys over ``below``; note in ``reader`` what it waits for."""
    items = below.scan(table, prefix, after)
    above = pending.range(table, prefix, after)
    return _merge(reader, items, above) if above else items


def _merge(
    reader: PendingView | PendingChange,
    below: Iterator[tuple[bytes, bytes]],
    above: list[tuple[bytes, PendingValue]],
) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    for item in below:
        key = item[0]
        hidden = False
        while position < len(above) and above[position][0] <= key:
            changed, (value, _, shown_after) = above[position]
            position += 1
            hidden = hidden or changed == key
            reader.waits_for = max(reader.waits_for, shown_after)
            if value is not None:
                yield changed, value
        if not hidden:
            yield item
    for changed, (value, _, shown_after) in above[position:]:
        reader.waits_for = max(reader.waits_for, shown_after)
        if value is not None:
            yield changed, value


class PendingChange(Change):
    """A change on the pending keys; :class:`Change` and :class:`PendingView` in one object.

    It does what the two would do, one on top of the other, in one call per read instead of two.

    :ivar waits_for: as for a :class:`PendingView`.
    """

    __slots__ = ("_keys", "_pending", "waits_for")

    def __init__(self, below: View, pending: Pending, now_ns: int) -> None:
        # What Change.__init__ does, without the call.
        self._base = below
        self.now_ns = now_ns
        self.orders_cut = False
        self.changes = {}
        self._pending = pending
        self._keys = pending.keys
        self.waits_for = 0

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key as the operation has left it, or None."""
        changes = self.changes
        if changes and (table, key) in changes:
            return changes[table, key]
        pending = self._keys[table].get(key)
        if pending is None:
            return self._base.get(table, key)
        if pending[2] > self.waits_for:
            self.waits_for = pending[2]
        return pending[0]

    def _scan_base(
        self, table: Table, prefix: bytes, after: bytes
    ) -> Iterator[tuple[bytes, bytes]]:
        return _scan(self, self._base, self._pending, table, prefix, after)
