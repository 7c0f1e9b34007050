"""Which full bricks a set does without.

If all bricks fill up together, changes that need room are refused (NOSPC).  If one brick alone is
full, it is not for the clients to suffer: its room does not count, it is dropped like one that has
failed, and comes back when it has room again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from nfsgw.backend.brick.bytes.disk import DiskSpace

__all__ = ["full", "has_room", "least_room", "too_full"]

_BACK_FACTOR: Final = 1.5
"""A brick comes back when it has so many times its reserve.  One that has less, alone, does not
count any more: it would refuse writes that are larger than what it has above its reserve, and
would never be dropped since they do not reach into that."""
_OTHERS_FACTOR: Final = 2
"""A brick below its reserve is dropped if each other one has so many times as much room: bricks of
one size never differ by that much."""


def least_room(rooms: Sequence[DiskSpace | None], reserve_bytes: int) -> DiskSpace | None:
    """Return the room that a set has: the least of any brick, but for one that alone is full.

    :param rooms: of the bricks in sync; None for one that is not known yet.
    :return: None if none is known.
    """
    known = sorted(filter(None, rooms), key=lambda room: room.bytes_available)
    if not known:
        return None
    if len(known) == len(rooms) > 1 and not has_room(known[0], reserve_bytes):
        if known[1].bytes_available >= _OTHERS_FACTOR * reserve_bytes:
            return known[1]
    return known[0]


def too_full(
    room: DiskSpace | None, others: Iterable[DiskSpace | None], reserve_bytes: int
) -> bool:
    """Say whether a brick with this room is to be dropped, since it alone is full.

    :param others: the rooms of the other bricks in sync.
    """
    if room is None or room.bytes_available >= reserve_bytes:
        return False
    enough = _OTHERS_FACTOR * reserve_bytes
    rooms = list(others)
    return bool(rooms) and all(
        other is not None and other.bytes_available >= enough for other in rooms
    )


def has_room(room: DiskSpace | None, reserve_bytes: int) -> bool:
    """Say whether a brick has room enough to be brought up to date; yes if nobody knows."""
    return room is None or room.bytes_available >= _BACK_FACTOR * reserve_bytes


def full(room: DiskSpace) -> str:
    """Return what is told of a full brick."""
    return f"its file system is full: {room.bytes_available >> 20} MiB are left"
