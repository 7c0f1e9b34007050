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
    """

    __slots__ = ("keys", "size")

    def __init__(self) -> None:
        self.keys: list[dict[bytes, PendingValue]] = [{} for _ in Table]
        self.size = 0

    def add(self, record: Record, shown_after: int) -> None:
        """Lay a record's effects over what is there."""
        sequence = record.sequence
        keys = self.keys
        for (table, key), value in record.changes.items():
            of_table = keys[table]
            if key not in of_table:
                self.size += 1
            of_table[key] = (value, sequence, shown_after)
        if record.request:
            replies = keys[_REPLY]
            self.size += record.request not in replies
            replies[record.request] = (record.reply, sequence, shown_after)

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
        self.size -= 1

    def clear(self) -> None:
        """Forget everything (the brick failed)."""
        for of_table in self.keys:
            if of_table:
                of_table.clear()
        self.size = 0

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
        below = self._below.scan(table, prefix, after)
        above = self._pending.range(table, prefix, after)
        return self._merge(below, above) if above else below

    def _merge(
        self, below: Iterator[tuple[bytes, bytes]], above: list[tuple[bytes, PendingValue]]
    ) -> Iterator[tuple[bytes, bytes]]:
        position = 0
        for item in below:
            key = item[0]
            hidden = False
            while position < len(above) and above[position][0] <= key:
                changed, (value, _, shown_after) = above[position]
                position += 1
                hidden = hidden or changed == key
                self.waits_for = max(self.waits_for, shown_after)
                if value is not None:
                    yield changed, value
            if not hidden:
                yield item
        for changed, (value, _, shown_after) in above[position:]:
            self.waits_for = max(self.waits_for, shown_after)
            if value is not None:
                yield changed, value


class PendingChange(Change):
    """A change on the pending keys; :class:`Change` and :class:`PendingView` in one object.

    It does what the two would do, one on top of the other, in one call per read instead of two.

    :ivar waits_for: as for a :class:`PendingView`.
    """

    __slots__ = ("_below", "_pending_keys", "_view")

    def __init__(self, below: View, pending: Pending, now_ns: int) -> None:
        self._view = view = PendingView(below, pending)
        super().__init__(view, now_ns)
        self._below = below
        self._pending_keys = pending.keys

    @property
    def waits_for(self) -> int:
        """Return the commit point that must be reached before anything seen is shown."""
        return self._view.waits_for

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key as the operation has left it, or None."""
        changes = self.changes
        if changes and (table, key) in changes:
            return changes[table, key]
        pending = self._pending_keys[table].get(key)
        if pending is None:
            return self._below.get(table, key)
        if pending[2] > self._view.waits_for:
            self._view.waits_for = pending[2]
        return pending[0]
