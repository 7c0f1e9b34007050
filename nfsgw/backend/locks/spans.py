"""Many locked ranges of many owners, asked for those that meet a range.

Shared ranges overlap as they like, so a sorted list alone would not do.  They are kept ascending
in chunks, each with the largest end in it: a question passes over the chunks' ends, and looks into
those that have something to show and perhaps one more.  With ten thousand ranges that is some
microseconds, whatever they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Final

from nfsgw.backend.locks.ranges import Held

__all__ = ["Spans"]

_CHUNK_MAX: Final = 128
_START: Final = itemgetter(0)
_END: Final = itemgetter(1)


class Spans:
    """A collection of ranges.

    :param spans: what is in it at first.
    """

    __slots__ = ("_chunks", "_ends", "_firsts")

    def __init__(self, spans: Iterable[Held] = ()) -> None:
        ordered = sorted(spans)
        half = _CHUNK_MAX // 2
        self._chunks = [ordered[at : at + half] for at in range(0, len(ordered), half)]
        self._firsts = [chunk[0] for chunk in self._chunks]
        self._ends = [max(chunk, key=_END).end for chunk in self._chunks]

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._chunks))

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def add(self, span: Held) -> None:
        """Add a range."""
        if not self._chunks:
            self._chunks, self._firsts, self._ends = [[span]], [span], [span.end]
            return
        at = max(bisect_right(self._firsts, span) - 1, 0)
        chunk = self._chunks[at]
        insort(chunk, span)
        self._firsts[at] = chunk[0]
        if span.end > self._ends[at]:
            self._ends[at] = span.end
        if len(chunk) > _CHUNK_MAX:
            upper = chunk[_CHUNK_MAX // 2 :]
            del chunk[_CHUNK_MAX // 2 :]
            self._chunks.insert(at + 1, upper)
            self._firsts.insert(at + 1, upper[0])
            self._ends[at] = max(chunk, key=_END).end
            self._ends.insert(at + 1, max(upper, key=_END).end)

    def remove(self, span: Held) -> None:
        """Remove a range that is in it, once."""
        at = bisect_right(self._firsts, span) - 1
        chunk = self._chunks[at]
        position = bisect_left(chunk, span)
        assert chunk[position] == span, "a range that is not there is removed"
        del chunk[position]
        if not chunk:
            del self._chunks[at], self._firsts[at], self._ends[at]
            return
        self._firsts[at] = chunk[0]
        if span.end == self._ends[at]:
            self._ends[at] = max(chunk, key=_END).end

    def meeting(self, start: int, end: int) -> Iterator[Held]:
        """Yield the ranges that share a byte with ``start <= byte < end``, ascending."""
        ends = self._ends
        for at in range(bisect_left(self._firsts, end, key=_START)):
            if ends[at] > start:
                for span in self._chunks[at]:
                    if span[0] >= end:
                        return
                    if span[1] > start:
                        yield span
