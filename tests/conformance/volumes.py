"""Volumes for the in-process server: one brick in a temporary directory, without fsync."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from nfsgw.backend.brick.identity import Identity
from nfsgw.backend.brick.starting import CallLater, format_brick
from nfsgw.backend.volume.opening import Seams
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.clock import Clock
from nfsgw.turn import Turn
from tests.support.volumes import start_at_once

__all__ = ["open_volume"]

_POOL = "ab" * 16
_draw = itertools.count(1)


def _random_bytes(count: int) -> bytes:
    """Return bytes that were not drawn before; nothing here must be secret."""
    return next(_draw).to_bytes(count, "big")


def open_volume(
    path: Path,
    name: str,
    volume_id: int,
    clock: Clock,
    turn: Turn,
    call_later: CallLater,
    call_from_thread: Callable[..., object],
) -> tuple[SetVolume, Callable[[], Coroutine[Any, Any, None]]]:
    """Make a volume in a directory and start it; return it, and what closes it."""
    place = BrickPlace(_random_bytes(16).hex(), f"here:{path}", path)
    options = {"storage.durability": "none", "storage.reserve": "0"}
    record = VolumeRecord(name, volume_id, State.STARTED, {0: (place,)}, options)
    identity = Identity(_POOL, volume_id, 0, place.id, (place.id,), "none")
    format_brick(path, identity, clock.wall_ns())
    seams = Seams(
        clock,
        turn,
        call_later,
        call_from_thread,
        _random_bytes,
        "boot",
    )
    volume = start_at_once(record, _POOL, seams)
    return volume, volume.close
