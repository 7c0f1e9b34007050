"""Access times that wait for a record to ride on: they are never worth a commit of their own."""

from __future__ import annotations

from typing import Final

from nfsgw.backend.brick.keys import inode_key
from nfsgw.backend.brick.schema import pack_time
from nfsgw.backend.brick.view import Change, Table

__all__ = ["Touches"]

_WAITING_MAX: Final = 4096
_PER_RECORD_MAX: Final = 64
_ATIME: Final = slice(60, 68)


class Touches:
    """Access times to be set, the newest per inode."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[int, int] = {}

    def __len__(self) -> int:
        """Return how many are waiting."""
        return len(self._waiting)

    def add(self, inode: int, atime_ns: int) -> None:
        """Note one; beyond a bound, new ones are forgotten."""
        if inode in self._waiting or len(self._waiting) < _WAITING_MAX:
            self._waiting[inode] = atime_ns

    def ride_on(self, change: Change) -> None:
        """Add some of the waiting access times to a change.

        An inode that the change itself sets, or that is gone, needs none.
        """
        waiting = self._waiting
        for inode in list(waiting)[:_PER_RECORD_MAX] if waiting else ():
            atime = pack_time(waiting.pop(inode))
            key = inode_key(inode)
            if (Table.INODE, key) in change.changes:
                continue
            value = change.get(Table.INODE, key)
            if value is not None and value[_ATIME] < atime:
                change.put(Table.INODE, key, value[:60] + atime + value[68:])
