"""Bricks that are full: whether the set does without them."""

from __future__ import annotations

import pytest

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.replica.fullness import full, has_room, least_room, too_full

RESERVE = 64 << 20
KNOWN_NOT = None


def room(available: int | None) -> DiskSpace | None:
    """Return a brick's room, of so many MiB; None: nobody has looked yet."""
    return None if available is None else DiskSpace(0, 0, available << 20, 0, 0, 0)


@pytest.mark.parametrize(
    ("own", "others", "dropped"),
    [
        (64, [1000], False),
        (63, [1000], True),
        (0, [128, 128], True),
        (63, [127], False),
        (63, [1000, 127], False),
        (63, [1000, KNOWN_NOT], False),
        (KNOWN_NOT, [1000], False),
        (63, [], False),
    ],
)
def test_brick_that_is_full_alone_is_dropped(
    own: int | None, others: list[int | None], dropped: bool
) -> None:
    """If all others have at least twice the reserve; else clients hear that the set is full."""
    assert too_full(room(own), map(room, others), RESERVE) is dropped


def test_full_brick_says_what_is_left() -> None:
    """An administrator reads it."""
    assert full(DiskSpace(0, 0, 63 << 20, 0, 0, 0)) == "its file system is full: 63 MiB are left"


@pytest.mark.parametrize(
    ("rooms", "least"),
    [
        ([], KNOWN_NOT),
        ([KNOWN_NOT], KNOWN_NOT),
        ([10], 10),
        ([1000, 500, 700], 500),
        ([1000, KNOWN_NOT, 700], 700),
        # Alone below what it would come back with: it does not count, or writes that are larger
        # than what it has above its reserve would be refused for ever.
        ([1000, 95, 700], 700),
        ([1000, 0], 1000),
        ([1000, 96, 700], 96),
        # The others are nearly full too, or may be.
        ([1000, 95, 127], 95),
        ([1000, 95, 128], 128),
        ([1000, 95, 95], 95),
        ([1000, 95, KNOWN_NOT], 95),
    ],
)
def test_brick_that_is_full_alone_does_not_count(
    rooms: list[int | None], least: int | None
) -> None:
    """Clients of a set have the least room of any brick, but not of one that is dropped for it."""
    assert least_room(list(map(room, rooms)), RESERVE) == room(least)


@pytest.mark.parametrize(
    ("available", "enough"), [(KNOWN_NOT, True), (96, True), (95, False), (0, False)]
)
def test_brick_comes_back_when_it_has_more_than_the_reserve(
    available: int | None, enough: bool
) -> None:
    """It would be dropped again at once otherwise."""
    assert has_room(room(available), RESERVE) is enough
