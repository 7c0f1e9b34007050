"""Which full bricks a set does without.

If all bricks fill up together, changes that need room are refused (NOSPC).  If one brick alone is
full, it is not for the clients to suffer: it is dropped like one that has failed, and comes back
when it has room again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nfsgw.backend.replica.seat import Seat

__all__ = ["has_room", "too_full"]

_BACK_FACTOR: Final = 1.5
"""A brick comes back when it has so many times its reserve."""
_OTHERS_FACTOR: Final = 2
"""A brick below its reserve is dropped if each other one has so many times as much room: bricks of
one size never differ by that much."""


def too_full(seat: Seat, in_sync: Iterable[Seat], reserve_bytes: int) -> str | None:
    """Return the reason to drop a brick that alone is full, or None."""
    if seat.room is None or seat.room.bytes_available >= reserve_bytes:
        return None
    rooms = [other.room for other in in_sync if other is not seat]
    enough = _OTHERS_FACTOR * reserve_bytes
    if not rooms or any(room is None or room.bytes_available < enough for room in rooms):
        return None
    return _reason(seat)


def has_room(seat: Seat, reserve_bytes: int) -> bool:
    """Say whether a brick has room enough to be brought up to date; note the reason if not."""
    if seat.room is None or seat.room.bytes_available >= _BACK_FACTOR * reserve_bytes:
        return True
    seat.reason = _reason(seat)
    return False


def _reason(seat: Seat) -> str:
    assert seat.room is not None
    return f"its file system is full: {seat.room.bytes_available >> 20} MiB are left"
