"""Arithmetic of the ranges that one owner holds on one file.

They lie in a list, ascending and disjoint, and no two that touch are alike (of one mode, taken
under one state of the client): such are one range.  What a request does to the list is a
:class:`Splice`, found by bisection, so its cost is that of what changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from nfsgw.backend.locks.api import Owner

__all__ = ["Held", "Splice", "cut", "is_held", "lay"]


class Held(NamedTuple):
    """A range that is locked: ``start <= byte < end``.

    :param state: the NSM state of the client under which it was taken; 0 is unknown.
    :param since_ns: when it was asked for last.
    :param oh: the owner handle that it was asked for with last.
    """

    start: int
    end: int
    owner: Owner
    exclusive: bool
    state: int
    since_ns: int
    oh: bytes


class Splice(NamedTuple):
    """``held[first:last]`` becomes ``added``."""

    first: int
    last: int
    added: tuple[Held, ...]


_START: Final = itemgetter(0)


def _alike(one: Held, other: Held) -> bool:
    return one.exclusive == other.exclusive and one.state == other.state


def is_held(held: Sequence[Held], new: Held) -> bool:
    """Say whether all of a range is locked as ``new`` would lock it, so that nothing changes."""
    at = bisect_left(held, new.start + 1, key=_START) - 1
    return at >= 0 and held[at].end >= new.end and _alike(held[at], new)


def lay(held: Sequence[Held], new: Held) -> Splice:
    """Lay a range over others: what it covers is replaced, and alike neighbours become one."""
    start, end = new.start, new.end
    first = bisect_left(held, start, key=_START)
    last = bisect_left(held, end, lo=first, key=_START)
    low, high = start, end
    before: tuple[Held, ...] = ()
    after: tuple[Held, ...] = ()
    if first and held[first - 1].end >= start:
        left = held[first - 1]
        if _alike(left, new):
            first -= 1
            low = left.start
        elif left.end > start:
            first -= 1
            before = (left._replace(end=start),)
    if last > first and held[last - 1].end > end:
        right = held[last - 1]
        if _alike(right, new):
            high = right.end
        else:
            after = (right._replace(start=end),)
    elif last < len(held) and held[last].start == end and _alike(held[last], new):
        high = held[last].end
        last += 1
    return Splice(first, last, (*before, new._replace(start=low, end=high), *after))


def cut(held: Sequence[Held], start: int, end: int) -> Splice:
    """Cut ``start <= byte < end`` out of the ranges."""
    first = bisect_left(held, start, key=_START)
    last = bisect_left(held, end, lo=first, key=_START)
    if first and held[first - 1].end > start:
        first -= 1
    added: tuple[Held, ...] = ()
    if first < last:
        if held[first].start < start:
            added = (held[first]._replace(end=start),)
        if held[last - 1].end > end:
            added = (*added, held[last - 1]._replace(start=end))
    return Splice(first, last, added)
