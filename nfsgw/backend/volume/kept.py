"""One volume of the pool: the record that the coordinator keeps, and the volume while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nfsgw.backend.coordinator.api import Conflict, Coordinator
from nfsgw.backend.replica.membership import set_name
from nfsgw.backend.volume.places import BadVolume
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord, volume_name
from nfsgw.backend.volume.running import RunningVolume

__all__ = ["KeptVolume"]

_TRIES_MAX: Final = 10


class KeptVolume:
    """A volume's record and its version, and what follows from them here.

    :ivar running: the volume while it is started.
    :ivar error: why it is not, although it should be.
    :ivar coming: ids of bricks that the record has and that ``running`` is about to hear of.
    """

    def __init__(self, coordinator: Coordinator, record: VolumeRecord, version: int) -> None:
        self.record = record
        self.running: RunningVolume | None = None
        self.error: str | None = None
        self.coming: set[str] = set()
        self._coordinator = coordinator
        self._version = version

    @property
    def started(self) -> RunningVolume:
        """Return the volume, for what only a started one can do.

        :raises BadVolume: it is not started.
        """
        if self.running is None:
            name = self.record.name
            why = f" ({self.error})" if self.error else ""
            raise BadVolume(
                f"volume {name!r} is not started{why}; start it first: `nfsgw volume start {name}`"
            )
        return self.running

    def brick(self, brick_id: str) -> BrickPlace:
        """Return a brick of the record.

        :raises BadVolume: there is none of that id.
        """
        for place in self.record.bricks:
            if place.id == brick_id:
                return place
        raise BadVolume(f"volume {self.record.name!r} has no brick {brick_id}")

    async def update(self, change: Callable[[VolumeRecord], VolumeRecord]) -> VolumeRecord:
        """Change the record, and return it.

        :param change: called with the record as it is when the change comes about; more than once
            if others change it too.
        :raises BadVolume: the volume was deleted.
        :raises Conflict: others keep changing it.
        """
        name = volume_name(self.record.name)
        for _ in range(_TRIES_MAX):
            record, version = change(self.record), self._version
            try:
                version = await self._coordinator.swap(name, version, record.to_json())
            except Conflict:
                await self._read()
                continue
            if version > self._version:
                self.record, self._version = record, version
            return record
        raise Conflict(f"the record of volume {self.record.name!r} keeps changing")

    async def _read(self) -> None:
        stored = await self._coordinator.get(volume_name(self.record.name))
        if stored is None:
            raise BadVolume(f"volume {self.record.name!r} was deleted meanwhile")
        if stored.version > self._version:
            self.record, self._version = VolumeRecord.from_json(stored.value), stored.version

    async def forget(self) -> None:
        """Remove the record, and those of its replica sets.

        :raises Conflict: it was changed meanwhile.
        """
        await self._coordinator.swap(volume_name(self.record.name), self._version, None)
        for number in self.record.sets:
            name = set_name(self.record.id, number)
            stored = await self._coordinator.get(name)
            if stored is not None:
                await self._coordinator.swap(name, stored.version, None)
