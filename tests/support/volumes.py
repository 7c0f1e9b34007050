"""Volumes on bricks in temporary directories, that need no threads."""

from __future__ import annotations

from nfsgw.backend.brick.worker import Inline, Worker
from nfsgw.backend.volume.opening import Seams, start_volume
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.waiting import result_of
from tests.support.coordinators import MemoryCoordinator

__all__ = ["inline", "start_at_once"]


def inline(name: str, count: int) -> Worker:
    """Make a worker that needs no thread."""
    return Inline()


async def _ignore(left: tuple[BrickPlace, ...]) -> None:
    """Take note of nothing."""


def start_at_once(record: VolumeRecord, pool_id: str, seams: Seams) -> SetVolume:
    """Start a volume whose bricks are formatted."""
    start = start_volume(record, pool_id, MemoryCoordinator(), _ignore, seams, inline)
    with seams.turn:
        return result_of(start)
