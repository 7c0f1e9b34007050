"""A started volume as administration sees it, and how one is started."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from nfsgw.backend import api
from nfsgw.backend.replica.health import SetHealth, Verification
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord

__all__ = ["BricksChanged", "RunningVolume", "StartVolume"]


class RunningVolume(api.Volume, Protocol):
    """A started volume, as its registry sees it.

    Changes of bricks are in the replica set's own record, durably, when they return; the volume's
    record is the registry's business.
    """

    @property
    def failure(self) -> str | None:
        """Return why the volume serves nothing, or None while it serves."""

    async def close(self) -> None:
        """Finish what is under way, and close the bricks."""

    def health(self) -> SetHealth:
        """Return how its set is; without a look at any disk."""

    async def add_brick(self, place: BrickPlace) -> None:
        """Take one more brick, which is formatted and empty; it joins in the background."""

    async def replace_brick(self, old_id: str, place: BrickPlace) -> None:
        """Take a brick, as :meth:`add_brick` does, in the place of another.

        One that is in sync stays until the new one is; another goes at once.
        """

    async def remove_brick(self, brick_id: str) -> None:
        """Let a brick go, and close it.

        :raises NfsgwError: no other brick is in sync.
        """

    async def heal_full(self, brick_id: str) -> None:
        """Copy everything to a brick anew; until that is done it does not count as in sync.

        :raises NfsgwError: no other brick is in sync.
        """

    def verify(self) -> None:
        """Begin to compare the bricks in sync; nothing if that is going on."""

    def verification(self) -> Verification | None:
        """Return the comparison that is going on, or the last one since the start."""

    async def paths(self, inodes: Iterable[int], entries_max: int) -> dict[int, bytes]:
        """Return the paths of inodes, as far as they are found.

        :param entries_max: look at no more entries of directories than this in all.
        :raises FsError: TRY_LATER.
        """


BricksChanged = Callable[[tuple[BrickPlace, ...]], Awaitable[None]]
"""Called by a volume when a replaced brick has gone and is closed: with those that are left."""

StartVolume = Callable[[VolumeRecord, str, BricksChanged], Awaitable[RunningVolume]]
"""``start(record, pool_id, bricks_changed)``: open the bricks, and return the serving volume."""
