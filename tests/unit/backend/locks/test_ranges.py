"""The ranges of one owner, against a map of bytes."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.locks.api import END
from nfsgw.backend.locks.ranges import Held, Splice, cut, is_held, lay
from tests.unit.backend.locks.desk import owner

SIZE = 24
ME = owner(1)


def held(start: int, end: int, exclusive: bool = True, state: int = 1, oh: bytes = b"") -> Held:
    """Return a range."""
    return Held(start, end, ME, exclusive, state, 0, oh)


def applied(ranges: list[Held], splice: Splice) -> list[Held]:
    """Return the ranges after a splice."""
    return [*ranges[: splice.first], *splice.added, *ranges[splice.last :]]


Kind = tuple[bool, int]
Steps = list[tuple[int, int, Kind | None]]

steps = st.lists(
    st.tuples(
        st.integers(0, SIZE - 1),
        st.integers(1, SIZE),
        st.none() | st.tuples(st.booleans(), st.integers(1, 2)),
    ),
    max_size=30,
)


def runs(bytes_: list[Kind | None]) -> list[tuple[int, int, Kind]]:
    """Return the longest runs of equal bytes that are locked."""
    found: list[tuple[int, int, Kind]] = []
    for at, kind in enumerate(bytes_):
        if kind is None:
            continue
        if found and found[-1][1] == at and found[-1][2] == kind:
            found[-1] = (found[-1][0], at + 1, kind)
        else:
            found.append((at, at + 1, kind))
    return found


@given(steps)
def test_laying_and_cutting_is_what_it_does_to_bytes(steps: Steps) -> None:
    """Whatever is laid and cut, the ranges are the runs of a map of bytes, and as few."""
    ranges: list[Held] = []
    model: list[Kind | None] = [None] * SIZE
    for start, length, kind in steps:
        end = min(start + length, SIZE)
        if kind is None:
            splice = cut(ranges, start, end)
        else:
            new = held(start, end, *kind)
            is_there = all(each == kind for each in model[start:end])
            assert is_held(ranges, new) == is_there
            splice = lay(ranges, new)
        model[start:end] = [kind] * (end - start)
        ranges = applied(ranges, splice)
        assert [(r.start, r.end, (r.exclusive, r.state)) for r in ranges] == runs(model)


def test_ends_of_the_numbers() -> None:
    """A range may go to the end of all files, and be cut there."""
    ranges = applied([], lay([], held(5, END)))
    assert applied(ranges, cut(ranges, END - 1, END)) == [held(5, END - 1)]
    assert applied(ranges, cut(ranges, 0, 5)) == ranges
    ranges = applied(ranges, lay(ranges, held(END - 1, END, exclusive=False)))
    assert [(each.start, each.end) for each in ranges] == [(5, END - 1), (END - 1, END)]
    assert is_held(ranges, held(END - 1, END, exclusive=False))
    assert not is_held(ranges, held(5, END))


def test_newest_owner_handle_is_that_of_the_whole() -> None:
    """Where ranges become one, the last one's words are kept."""
    ranges = [held(0, 5, oh=b"old"), held(8, 9, oh=b"older")]
    (one,) = applied(ranges, lay(ranges, held(5, 8, oh=b"new")))
    assert one == held(0, 9, oh=b"new")


@pytest.mark.parametrize("at", [0, 5_000, 9_999])
def test_few_of_many_are_touched(at: int) -> None:
    """In ten thousand ranges a splice names only those that change."""
    ranges = [held(20 * number, 20 * number + 10) for number in range(10_000)]
    start = 20 * at
    splice = lay(ranges, held(start + 2, start + 4, exclusive=False))
    assert (splice.first, splice.last) == (at, at + 1)
    assert [each.exclusive for each in splice.added] == [True, False, True]
    splice = cut(ranges, start + 10, start + 20)
    assert splice.first == splice.last
    assert splice.added == ()
    assert bisect_left(ranges, (start,)) == at
