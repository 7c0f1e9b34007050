"""Many locked ranges of many owners, asked for those that meet a range.

Shared ranges overlap as they like, so a sorted list alone would not do.  They are kept ascending
in chunks, each with the largest end in it: a question passes over the chunks' ends, and looks into
those that have something to show and perhaps one more.  With ten thousand ranges that is some
microseconds, whatever they are.

Who asks does so for an owner, whose own ranges are in nobody's interest; there may be thousands in
a row.  So each chunk also knows its *seams*, places where two neighbours are of different owners:
one without seams is passed over as a whole if its owner asks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter, ne
from typing import Final

from nfsgw.backend.locks.api import Owner
from nfsgw.backend.locks.ranges import Held

__all__ = ["Spans"]

_CHUNK_MAX: Final = 127
_SMALL: Final = 16
_START: Final = itemgetter(0)
_END: Final = itemgetter(1)
_OWNER: Final = itemgetter(2)


def _end(chunk: list[Held]) -> int:
    end: int = max(map(_END, chunk))
    return end


def _seams(chunk: list[Held]) -> int:
    """Count how often the owner changes from one range to the next."""
    owners = list(map(_OWNER, chunk))
    return sum(map(ne, owners, owners[1:]))


def _seams_at(chunk: list[Held], position: int) -> int:
    """Count how many seams more there are for a range in its place."""
    owner = chunk[position][2]
    if position + 1 == len(chunk):
        return int(position > 0 and chunk[position - 1][2] != owner)
    after = chunk[position + 1][2]
    if not position:
        return int(after != owner)
    before = chunk[position - 1][2]
    return (before != owner) + (after != owner) - (before != after)


class Spans:
    """A collection of ranges.

    :param spans: what is in it at first.
    """

    __slots__ = ("_chunks", "_ends", "_firsts", "_seams")

    def __init__(self, spans: Iterable[Held] = ()) -> None:
        self._chunks: list[list[Held]] = []
        self._firsts: list[Held] = []
        self._ends: list[int] = []
        self._seams: list[int] = []
        self._replace(0, 0, sorted(spans))

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._chunks))

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def add(self, span: Held) -> None:
        """Add a range."""
        if not self._chunks:
            self._replace(0, 0, [span])
            return
        at = max(bisect_right(self._firsts, span) - 1, 0)
        chunk = self._chunks[at]
        position = bisect_left(chunk, span)
        chunk.insert(position, span)
        self._seams[at] += _seams_at(chunk, position)
        self._firsts[at] = chunk[0]
        if span.end > self._ends[at]:
            self._ends[at] = span.end
        if len(chunk) > _CHUNK_MAX:
            self._replace(at, at + 1, chunk)

    def remove(self, span: Held) -> None:
        """Remove a range that is in it, once."""
        at = bisect_right(self._firsts, span) - 1
        chunk = self._chunks[at]
        position = bisect_left(chunk, span)
        assert chunk[position] == span, "a range that is not there is removed"
        self._seams[at] -= _seams_at(chunk, position)
        del chunk[position]
        if not chunk:
            del self._chunks[at], self._firsts[at], self._ends[at], self._seams[at]
            return
        self._firsts[at] = chunk[0]
        if span.end == self._ends[at]:
            self._ends[at] = _end(chunk)
        if len(chunk) <= _SMALL and len(self._chunks) > 1:
            self._join(at)
            if at:
                self._join(at - 1)

    def remove_all(self, spans: Sequence[Held]) -> None:
        """Remove ranges that are in it, ascending; of many this is much faster."""
        first = at = bisect_right(self._firsts, spans[0]) - 1
        left: list[Held] = []
        position, count = 0, len(spans)
        while position < count:
            for span in self._chunks[at]:
                if position < count and span == spans[position]:
                    position += 1
                else:
                    left.append(span)
            at += 1
        self._replace(first, at, left)

    def _join(self, at: int) -> None:
        """Make one of a chunk and the next if it is a small one, so that there are never many."""
        chunks = self._chunks[at : at + 2]
        if len(chunks) > 1 and sum(map(len, chunks)) <= _CHUNK_MAX // 2:
            self._replace(at, at + 2, [span for chunk in chunks for span in chunk])

    def _replace(self, first: int, last: int, spans: list[Held]) -> None:
        """Put these ranges, ascending, in the place of some chunks."""
        half = _CHUNK_MAX // 2
        chunks = [spans[at : at + half] for at in range(0, len(spans), half)]
        self._chunks[first:last] = chunks
        self._firsts[first:last] = [chunk[0] for chunk in chunks]
        self._ends[first:last] = map(_end, chunks)
        self._seams[first:last] = map(_seams, chunks)

    def meeting(self, start: int, end: int, but: Owner | None = None) -> Iterator[Held]:
        """Yield the ranges that share a byte with ``start <= byte < end``, ascending.

        :param but: of this owner's ranges not all are yielded; the rest is for the caller to skip.
        """
        ends, seams = self._ends, self._seams
        for at in range(bisect_left(self._firsts, end, key=_START)):
            if ends[at] > start:
                chunk = self._chunks[at]
                if not seams[at] and chunk[0].owner == but:
                    continue
                for span in chunk:
                    if span[0] >= end:
                        return
                    if span[1] > start:
                        yield span
