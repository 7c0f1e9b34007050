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
from collections.abc import Iterable, Iterator
from operator import itemgetter, ne
from typing import Final

from nfsgw.backend.locks.api import Owner
from nfsgw.backend.locks.ranges import Held

__all__ = ["Spans"]

_CHUNK_MAX: Final = 128
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
    owner = chunk[position].owner
    before = chunk[position - 1].owner if position else None
    after = chunk[position + 1].owner if position + 1 < len(chunk) else None
    if before is None:
        return int(after is not None and after != owner)
    if after is None:
        return int(before != owner)
    return (before != owner) + (after != owner) - (before != after)


class Spans:
    """A collection of ranges.

    :param spans: what is in it at first.
    """

    __slots__ = ("_chunks", "_ends", "_firsts", "_seams")

    def __init__(self, spans: Iterable[Held] = ()) -> None:
        ordered = sorted(spans)
        half = _CHUNK_MAX // 2
        self._chunks = [ordered[at : at + half] for at in range(0, len(ordered), half)]
        self._firsts = [chunk[0] for chunk in self._chunks]
        self._ends = list(map(_end, self._chunks))
        self._seams = list(map(_seams, self._chunks))

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._chunks))

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def add(self, span: Held) -> None:
        """Add a range."""
        if not self._chunks:
            self._chunks, self._firsts = [[span]], [span]
            self._ends, self._seams = [span.end], [0]
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
            upper = chunk[_CHUNK_MAX // 2 :]
            del chunk[_CHUNK_MAX // 2 :]
            self._chunks.insert(at + 1, upper)
            self._firsts.insert(at + 1, upper[0])
            self._ends[at : at + 1] = (_end(chunk), _end(upper))
            self._seams[at : at + 1] = (_seams(chunk), _seams(upper))

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
