"""Bricks that are full: whether the set does without them."""

from __future__ import annotations

from typing import cast
from unittest.mock import Mock

import pytest

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.replica.fullness import has_room, too_full
from nfsgw.backend.replica.seat import Seat

RESERVE = 64 << 20
KNOWN_NOT = None


def seat(available: int | None) -> Seat:
    """Return a brick with so much room, in MiB; None: nobody has looked yet."""
    room = None if available is None else DiskSpace(0, 0, available << 20, 0, 0, 0)
    return cast("Seat", Mock(room=room, reason=None))


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
    full = seat(own)
    reason = too_full(full, [full, *map(seat, others)], RESERVE)
    assert (reason is not None) is dropped
    if reason is not None:
        assert reason == f"its file system is full: {own} MiB are left"


@pytest.mark.parametrize(
    ("available", "enough"), [(KNOWN_NOT, True), (96, True), (95, False), (0, False)]
)
def test_brick_comes_back_when_it_has_more_than_the_reserve(
    available: int | None, enough: bool
) -> None:
    """It would be dropped again at once otherwise."""
    back = seat(available)
    assert has_room(back, RESERVE) is enough
    assert (back.reason is None) is enough
