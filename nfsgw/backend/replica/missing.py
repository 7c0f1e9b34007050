"""The extents that a brick lacks, and how many bytes they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from nfsgw.backend.brick.keys import inode_key, inode_of
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import EXTENT_BYTES, size_of
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import ExtentKey
from nfsgw.backend.replica.source import Source

__all__ = ["Missing", "extent_of", "extents_put"]

_AHEAD_BYTES: Final = 4096


def extent_of(key: bytes) -> ExtentKey:
    """Return what an EXTENT key names."""
    return int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")


def extents_put(records: Iterable[Record]) -> Iterator[ExtentKey]:
    """Yield the extents that records put into a state: their bytes have changed, or may have."""
    for record in records:
        for (table, key), value in record.changes.items():
            if table is Table.EXTENT and value is not None:
                yield extent_of(key)


class Missing:
    """Extents that a joining brick lacks.

    :ivar keys: the set that the primary sees too; it leaves their bytes out of what it sends, and
        may add to it.
    :ivar bytes_left: by the sizes that the files had when their extents were added.
    """

    def __init__(self, source: Source) -> None:
        self._sizes = _Sizes(source)
        self._bytes: dict[ExtentKey, int] = {}
        self.keys: set[ExtentKey] = set()
        self.bytes_left = 0

    def add(self, keys: Iterable[ExtentKey]) -> None:
        """Add extents; some may be there already."""
        self._sizes.forget()
        for key in sorted(set(keys)):
            inode, number = key
            left = self._sizes.of(inode) - number * EXTENT_BYTES
            count = max(0, min(left, EXTENT_BYTES))
            self.bytes_left += count - self._bytes.get(key, 0)
            self._bytes[key] = count
            self.keys.add(key)

    def remove(self, key: ExtentKey) -> int:
        """Remove an extent; return how many bytes were expected."""
        self.keys.remove(key)
        count = self._bytes.pop(key, 0)
        self.bytes_left -= count
        return count

    def clear(self) -> None:
        """Remove all."""
        self.keys.clear()
        self._bytes.clear()
        self.bytes_left = 0

    def by_file(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield (inode, numbers of extents) of all that are missing now, ascending."""
        for inode, keys in groupby(sorted(self.keys), key=lambda key: key[0]):
            yield inode, [number for _, number in keys]


class _Sizes:
    """Sizes of files, asked for in ascending order: the table is read some inodes ahead."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, int] = {}
        self._last = -1

    def forget(self) -> None:
        """Read anew from now on."""
        self._known.clear()
        self._last = -1

    def of(self, inode: int) -> int:
        """Return the size; 0 of one that is not there."""
        if inode > self._last:
            after = inode_key(inode - 1) if inode else b""
            items = self._source.items(Table.INODE, after, _AHEAD_BYTES)
            self._known = {inode_of(key): size_of(value) for key, value in items}
            self._last = max(self._known, default=(1 << 64) - 1)
        return self._known.get(inode, 0)
