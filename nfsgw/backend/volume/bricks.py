"""Bricks of a started volume: added, replaced, removed.

The volume's record says where bricks are, the replica set's own record which ones belong to it.  A
brick that comes is in the volume's record first, and one that goes leaves it last: a set with a
brick that no record names could not find it after a restart, while the reverse costs a look only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from pathlib import Path

from nfsgw.backend.brick.identity import Identity
from nfsgw.backend.volume.kept import KeptVolume
from nfsgw.backend.volume.options import BRICKS_MAX, check_quorum
from nfsgw.backend.volume.places import BadVolume, NewBrick, Places
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError

__all__ = ["BrickChanges"]

Arrange = Callable[[VolumeRecord], VolumeRecord]


class BrickChanges:
    """Changes the bricks of started volumes.

    :param pool_id: returns the pool's id.
    :param clock: for the times of a new root.
    :param random_bytes: for ids.
    """

    def __init__(
        self,
        places: Places,
        pool_id: Callable[[], str],
        clock: Clock,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._places = places
        self._pool_id = pool_id
        self._clock = clock
        self._random_bytes = random_bytes

    def place(self, text: str, path: Path) -> BrickPlace:
        """Return a new brick, with an id of its own."""
        return BrickPlace(self._random_bytes(16).hex(), text, path)

    def new_brick(
        self, record: VolumeRecord, place: BrickPlace, now_ns: int, *, joins: bool
    ) -> NewBrick:
        """Return a brick of a volume that is to be made."""
        identity = Identity(
            pool=self._pool_id(),
            volume=record.id,
            replica_set=0,
            brick=place.id,
            bricks=tuple(brick.id for brick in record.bricks),
            durability=str(record.option("storage.durability")),
        )
        return NewBrick(place.path, identity, now_ns, joins=joins)

    async def add(self, volume: KeptVolume, text: str, path: Path) -> VolumeRecord:
        """Give a volume one more copy, in a directory that is apart from all bricks.

        :raises BadVolume: it is not started, or has as many bricks as it may.
        :raises BrickRefused: the directory cannot be a brick.
        """
        running = volume.started
        if len(volume.record.bricks) >= BRICKS_MAX:
            raise BadVolume(
                f"volume {volume.record.name!r} has {BRICKS_MAX} bricks, which is the most"
            )
        place = self.place(text, path)
        return await self._join(
            volume, place, lambda record: _with(record, place), lambda: running.add_brick(place)
        )

    async def replace(
        self, volume: KeptVolume, old_id: str, text: str, path: Path
    ) -> VolumeRecord:
        """Put a brick in another's place: in a directory apart, or in the old one's own, if wiped.

        :raises BadVolume: the volume is not started, or the old directory still holds its brick.
        :raises BrickRefused: the directory cannot be a brick.
        :raises NfsgwError: no other brick is in sync.
        """
        running = volume.started
        old, place = volume.brick(old_id), self.place(text, path)
        if path == old.path:
            return await self._renew(volume, old, place)
        return await self._join(
            volume,
            place,
            lambda record: _with(record, place, after=old),
            lambda: running.replace_brick(old.id, place),
        )

    async def _join(
        self,
        volume: KeptVolume,
        place: BrickPlace,
        arrange: Arrange,
        tell: Callable[[], Awaitable[None]],
    ) -> VolumeRecord:
        """Make a brick, and give it to a running volume.

        :param arrange: adds it to a record.
        :param tell: tells the running volume.
        """
        new = await self._make(arrange(volume.record), place)
        volume.coming.add(place.id)
        try:
            await volume.update(arrange)
            await tell()
        except NfsgwError:
            await self._places.undo([new])
            await volume.update(lambda record: _without(record, {place.id}))
            raise
        finally:
            volume.coming.discard(place.id)
        return volume.record

    async def _renew(self, volume: KeptVolume, old: BrickPlace, place: BrickPlace) -> VolumeRecord:
        """Make a brick anew in its own directory, which has lost everything."""
        running, name = volume.started, volume.record.name
        if await self._places.holds(old):
            raise BadVolume(
                f"{old.name} still holds its brick. To copy everything to it anew:"
                f" `nfsgw volume heal {name} full {old.name}`; to make a new brick there, empty"
                " the directory first"
            )

        def arrange(record: VolumeRecord) -> VolumeRecord:
            return _without(_with(record, place, after=old), {old.id})

        new = await self._make(arrange(volume.record), place)
        volume.coming.add(place.id)
        try:
            try:
                # The old one first: it may still have the directory open, and locked.
                await running.remove_brick(old.id)
            except NfsgwError:
                await self._places.undo([new])
                raise
            await volume.update(arrange)
            await running.add_brick(place)
        finally:
            volume.coming.discard(place.id)
        return volume.record

    async def _make(self, record: VolumeRecord, place: BrickPlace) -> NewBrick:
        new = self.new_brick(record, place, self._clock.wall_ns(), joins=True)
        await self._places.make([new])
        return new

    async def remove(self, volume: KeptVolume, brick_id: str) -> VolumeRecord:
        """Take a copy out of a volume; its directory keeps its content, marked as nobody's.

        :raises BadVolume: the volume is not started, or has no other brick.
        :raises BadOption: fewer bricks cannot reach the quorum that is set.
        :raises NfsgwError: no other brick is in sync.
        """
        running, place = volume.started, volume.brick(brick_id)
        left = len(volume.record.bricks) - 1
        if not left:
            raise BadVolume(
                f"{place.name} is the only brick of volume {volume.record.name!r}; to give the"
                " volume up, stop and delete it"
            )
        check_quorum(volume.record.options, left)
        await running.remove_brick(place.id)
        record = await volume.update(lambda current: _without(current, {place.id}))
        await self._places.release([place])
        return record

    async def settle(self, volume: KeptVolume) -> None:
        """Take bricks out of the record that the set of a volume just started does not have.

        A daemon that ended in the middle of a change leaves them there.
        """
        members = {each.brick for each in volume.started.health().bricks}
        await self.gone(volume, [place for place in volume.record.bricks if place.id in members])

    async def gone(self, volume: KeptVolume, left: Collection[BrickPlace]) -> None:
        """Take bricks out of the record that the running volume has none of any more.

        :param left: those that it has; others may be coming.
        """
        stay = {place.id for place in left} | volume.coming
        gone = [place for place in volume.record.bricks if place.id not in stay]
        if gone:
            ids = {place.id for place in gone}
            await volume.update(lambda record: _without(record, ids))
            await self._places.release(gone)


def _with(
    record: VolumeRecord, place: BrickPlace, after: BrickPlace | None = None
) -> VolumeRecord:
    """Return a record with one more brick: behind a certain one, or the last one."""
    bricks = list(record.bricks)
    position = bricks.index(after) + 1 if after in bricks else len(bricks)
    bricks.insert(position, place)
    return replace(record, sets={0: tuple(bricks)})


def _without(record: VolumeRecord, ids: Collection[str]) -> VolumeRecord:
    """Return a record without some bricks."""
    left = tuple(place for place in record.bricks if place.id not in ids)
    return replace(record, sets={0: left})
