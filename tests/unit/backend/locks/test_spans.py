"""The ranges of all owners, against a plain list."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.locks.ranges import Held
from nfsgw.backend.locks.spans import Spans
from tests.unit.backend.locks.desk import owner

Range = tuple[int, int, int]

some_ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(1, 4)), max_size=400
)


def span(of: Range) -> Held:
    """Return a shared range: start, length, number of the client."""
    start, length, number = of
    return Held(start, start + length, owner(number), False, 0, 0, b"")


def meeting(spans: list[Held], start: int, end: int) -> list[Held]:
    """Return what the spans must yield."""
    return sorted(each for each in spans if each.start < end and each.end > start)


def check_but(spans: Spans, expected: list[Held], start: int, end: int) -> None:
    """Whose ranges do not matter is perhaps left out, and nobody else."""
    for number in (1, 4, 5):
        found = list(spans.meeting(start, end, owner(number)))
        others = [each for each in expected if each.owner != owner(number)]
        assert [each for each in found if each.owner != owner(number)] == others
        assert set(found) <= set(expected)


@settings(max_examples=50, deadline=None)
@given(some_ranges)
def test_against_a_list(ranges: list[Range]) -> None:
    """Ranges come and go, equal ones too; each question finds exactly those that it should."""
    given_spans = [span(each) for each in ranges]
    half = len(given_spans) // 2
    spans = Spans(given_spans[:half])
    there = given_spans[:half]
    for each in given_spans[half:]:
        spans.add(each)
        there.append(each)
    for number, each in enumerate(given_spans):
        if number % 3:
            spans.remove(each)
            there.remove(each)
        if number % 7 == 0:
            for start in range(0, 80, 9):
                expected = meeting(there, start, start + 5)
                assert list(spans.meeting(start, start + 5)) == expected
                check_but(spans, expected, start, start + 5)
            check_parts(spans)
    assert len(spans) == len(there)
    assert bool(spans) == bool(there)
    assert list(spans.meeting(0, 100)) == sorted(there)


def test_many_equal_ones() -> None:
    """Thousands of readers of one range are many spans, and a neighbour finds none of them."""
    spans = Spans()
    ranges = [Held(0, 20, owner(number % 200, number), False, 0, 0, b"") for number in range(5000)]
    for each in ranges:
        spans.add(each)
    assert len(list(spans.meeting(19, 30))) == 5000
    assert list(spans.meeting(20, 30)) == []
    for each in reversed(ranges):
        spans.remove(each)
    assert not spans


def test_many_of_one_s_own_are_passed_over() -> None:
    """Of thousands of an owner's own ranges few are yielded to it, and what is among them is."""
    me, other = owner(1), owner(2)
    mine = [Held(10 * number, 10 * number + 5, me, True, 0, 0, b"") for number in range(5000)]
    spans = Spans(mine)
    assert list(spans.meeting(0, 1 << 64, me)) == []
    assert len(list(spans.meeting(0, 1 << 64, other))) == 5000
    for start in (7, 25_007, 49_997):
        among = Held(start, start + 1, other, True, 0, 0, b"")
        spans.add(among)
        found = list(spans.meeting(0, 1 << 64, me))
        assert [each for each in found if each.owner == other] == [among]
        assert len(found) < 200
        spans.remove(among)
        assert list(spans.meeting(0, 1 << 64, me)) == []


@settings(max_examples=50, deadline=None)
@given(some_ranges, st.integers(1, 4), st.integers(0, 60), st.integers(0, 60))
def test_many_are_removed_at_once(ranges: list[Range], number: int, start: int, more: int) -> None:
    """A run of one owner's goes, everybody else's stays, and adding goes on."""
    there = [span(each) for each in ranges]
    spans = Spans(there)
    gone = sorted(
        each
        for each in there
        if each.owner == owner(number) and start <= each.start < start + more
    )
    if gone:
        spans.remove_all(gone)
    for each in gone:
        there.remove(each)
    assert list(spans.meeting(0, 100)) == sorted(there)
    for each in gone:
        spans.add(each)
        there.append(each)
    check_parts(spans)
    assert list(spans.meeting(0, 100)) == sorted(there)


def check_parts(spans: Spans) -> None:
    """What is known of each chunk is so."""
    for chunk, first, end, seams in zip(
        spans._chunks, spans._firsts, spans._ends, spans._seams, strict=True
    ):
        assert chunk == sorted(chunk)
        assert (first, end) == (chunk[0], max(each.end for each in chunk))
        assert seams == sum(one.owner != other.owner for one, other in pairwise(chunk))


def test_few_that_are_left_lie_together() -> None:
    """Thousands that came and went leave no thousands of chunks to pass over."""
    spans = Spans()
    ranges = [Held(at, at + 1, owner(at % 3), False, 0, 0, b"") for at in range(0, 10_000, 2)]
    for each in ranges:
        spans.add(each)
    assert len(spans._chunks) < 100
    for at, each in enumerate(ranges):
        if at % 100:
            spans.remove(each)
    check_parts(spans)
    assert len(spans) == 50
    assert len(spans._chunks) <= 3
