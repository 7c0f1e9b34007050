"""All volumes of the pool: made, started, stopped, deleted and set; what exports asks of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from twisted.logger import Logger

from nfsgw.backend import api
from nfsgw.backend.brick.identity import BrickRefused, Identity, release_brick, set_durability
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.coordinator.api import Coordinator
from nfsgw.backend.volume.options import BadOption, check_option
from nfsgw.backend.volume.pool import Pool
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord, volume_name
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError

__all__ = ["BadVolume", "RunningVolume", "StartVolume", "Volumes"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_BRICKS_MAX: Final = 1


class BadVolume(NfsgwError):
    """A volume cannot be made or changed as asked; the message says why and what to do."""


class RunningVolume(api.Volume, Protocol):
    """A started volume, as its registry sees it."""

    @property
    def failure(self) -> str | None:
        """Return why the volume answers every call with IO, or None while it works."""

    async def close(self) -> None:
        """Finish what is under way, and close the bricks."""


StartVolume = Callable[[VolumeRecord, str], Awaitable[RunningVolume]]
"""``start(record, pool_id)``: open the bricks and return the volume, ready to serve."""


@dataclass(slots=True)
class _Volume:
    record: VolumeRecord
    version: int
    running: RunningVolume | None = None
    error: str | None = None


class Volumes:
    """The volumes.

    :param coordinator: where their records are.
    :param start_volume: opens one (:func:`nfsgw.backend.volume.single.volume_starter`).
    :param clock: for the times of a new root.
    :param random_bytes: for ids and keys.
    """

    log = Logger()

    def __init__(
        self,
        coordinator: Coordinator,
        start_volume: StartVolume,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._coordinator = coordinator
        self._start_volume = start_volume
        self._clock = clock
        self._random_bytes = random_bytes
        self._volumes: dict[str, _Volume] = {}
        self._by_id: dict[int, _Volume] = {}
        self.pool = Pool(coordinator, random_bytes)

    async def load(self) -> None:
        """Read the pool and all volumes; nothing is started yet.

        :raises CoordinatorFailed: a record cannot be read.
        """
        await self.pool.load()
        for _, stored in await self._coordinator.list(volume_name("")):
            self._add(_Volume(VolumeRecord.from_json(stored.value), stored.version))

    def _add(self, volume: _Volume) -> None:
        self._volumes[volume.record.name] = volume
        self._by_id[volume.record.id] = volume

    # What exports asks

    def get(self, volume_id: int) -> api.Volume | None:
        """Return a started volume, the same object until it is stopped; else None."""
        volume = self._by_id.get(volume_id)
        return None if volume is None else volume.running

    def id_of(self, name: str) -> int | None:
        """Return the id of the volume of that name, started or not; None if there is none."""
        volume = self._volumes.get(name)
        return None if volume is None else volume.record.id

    def names(self) -> Iterable[str]:
        """Return the names of all volumes, started or not."""
        return sorted(self._volumes)

    async def export_id(self, volume_id: int, directory: bytes) -> int:
        """Return the id of an exported directory, drawing one the first time."""
        return await self.pool.export_id(volume_id, directory)

    # What administration asks

    def record(self, name: str) -> VolumeRecord:
        """Return a volume's record.

        :raises BadVolume: there is none of that name.
        """
        return self._known(name).record

    def running(self, name: str) -> RunningVolume | None:
        """Return a volume if it is started."""
        return self._known(name).running

    def error(self, name: str) -> str | None:
        """Return why a volume that should be served is not, or None."""
        volume = self._known(name)
        return volume.error if volume.running is None else volume.running.failure

    def _known(self, name: str) -> _Volume:
        volume = self._volumes.get(name)
        if volume is None:
            near = difflib.get_close_matches(name, self._volumes, n=1)
            hint = f"did you mean {near[0]}?" if near else "`nfsgw volume list` shows them all"
            raise BadVolume(f"there is no volume {name!r}; {hint}")
        return volume

    def check_new_name(self, name: str) -> None:
        """Look whether a new volume may have this name.

        :raises BadVolume: it is no name, or taken.
        """
        if not _NAME.fullmatch(name):
            raise BadVolume(
                f"{name!r} cannot name a volume: letters, digits, '_', '-' and '.', up to 64, "
                "the first one a letter, digit or '_'"
            )
        if name in self._volumes:
            raise BadVolume(f"there is a volume {name!r} already")

    async def create(
        self,
        name: str,
        bricks: Sequence[tuple[str, Path]],
        options: Mapping[str, str] | None = None,
    ) -> VolumeRecord:
        """Make a volume of empty directories; it is started separately.

        :param bricks: ``HOST:/directory`` and the directory, on this machine.
        :raises BadVolume: the name is wrong or taken, or so many bricks are not built yet.
        :raises BadOption: an option is wrong.
        :raises BrickRefused: a directory cannot be a brick.
        """
        self.check_new_name(name)
        for text, path in bricks:
            for other in self._volumes.values():
                if path in [place.path for place in other.record.bricks]:
                    raise BadVolume(f"{text} is a brick of volume {other.record.name!r} already")
        if not 1 <= len(bricks) <= _BRICKS_MAX:
            raise BadVolume(f"{len(bricks)} bricks: volumes of more than one are not built yet")
        checked = {key: check_option(key, text) for key, text in (options or {}).items()}
        places = tuple(
            BrickPlace(self._random_bytes(16).hex(), text, path) for text, path in bricks
        )
        record = VolumeRecord(name, self._new_id(), State.CREATED, {0: places}, checked)
        for place in places:
            format_brick(place.path, self._identity(record, 0, place), self._clock.wall_ns())
        version = await self._coordinator.swap(volume_name(name), 0, record.to_json())
        self._add(_Volume(record, version))
        return record

    def _new_id(self) -> int:
        while True:
            drawn = int.from_bytes(self._random_bytes(8), "big")
            if drawn and drawn not in self._by_id:
                return drawn

    def _identity(self, record: VolumeRecord, number: int, place: BrickPlace) -> Identity:
        return Identity(
            pool=self.pool.id,
            volume=record.id,
            replica_set=number,
            brick=place.id,
            bricks=tuple(brick.id for brick in record.sets[number]),
            durability=str(record.option("storage.durability")),
        )

    async def start(self, name: str) -> VolumeRecord:
        """Serve a volume, now and after each restart of the daemon.

        :raises BadVolume: it is started already.
        :raises NfsgwError: a brick cannot be opened; the volume stays as it was.
        """
        volume = self._known(name)
        if volume.running is not None:
            raise BadVolume(f"volume {name!r} is started already")
        await self._open(volume)
        await self._store(volume, replace(volume.record, state=State.STARTED))
        return volume.record

    async def start_all(self) -> None:
        """Serve the volumes that are to be served; one that cannot be is reported, not fatal."""
        for volume in self._volumes.values():
            if volume.record.state is State.STARTED and volume.running is None:
                try:
                    await self._open(volume)
                except NfsgwError as error:
                    self.log.error(
                        "volume {name} cannot be started: {error}",
                        name=volume.record.name,
                        error=str(error),
                    )

    async def _open(self, volume: _Volume) -> None:
        record = volume.record
        try:
            for place in record.bricks:
                set_durability(place.path, str(record.option("storage.durability")))
            volume.running = await self._start_volume(record, self.pool.id)
        except NfsgwError as error:
            volume.error = str(error)
            raise
        volume.error = None

    async def stop(self, name: str) -> VolumeRecord:
        """Serve a volume no more; clients are told to try again later until it is started.

        :raises BadVolume: it is not started.
        """
        volume = self._known(name)
        if volume.record.state is not State.STARTED:
            raise BadVolume(f"volume {name!r} is not started")
        await self._store(volume, replace(volume.record, state=State.STOPPED))
        await self._close(volume)
        return volume.record

    async def stop_all(self) -> None:
        """Close all volumes because the daemon ends; they start with it again."""
        for volume in self._volumes.values():
            try:
                await self._close(volume)
            except NfsgwError as error:
                self.log.error(
                    "volume {name} did not close in good order: {error}",
                    name=volume.record.name,
                    error=str(error),
                )

    async def _close(self, volume: _Volume) -> None:
        running, volume.running = volume.running, None
        volume.error = None
        if running is not None:
            await running.close()

    async def delete(self, name: str) -> VolumeRecord:
        """Forget a stopped volume; its bricks keep their content, marked as nobody's.

        :raises BadVolume: it is started.
        """
        volume = self._known(name)
        if volume.record.state is State.STARTED:
            raise BadVolume(f"volume {name!r} is started; stop it first")
        await self._coordinator.swap(volume_name(name), volume.version, None)
        del self._volumes[name]
        del self._by_id[volume.record.id]
        for place in volume.record.bricks:
            try:
                release_brick(place.path)
            except BrickRefused as error:
                # The volume is gone all the same; a brick that cannot be marked (its disk is
                # missing) still refuses to start, as nobody expects it.
                self.log.warn("{error}", error=str(error))
        return volume.record

    async def set_options(self, name: str, options: Mapping[str, str]) -> VolumeRecord:
        """Change options; all of them or, if one is wrong, none.  In force from the next start.

        :param options: an empty text takes an option back to its default.
        :raises BadOption: an unknown option (the nearest one is named) or a wrong value.
        """
        volume = self._known(name)
        merged = dict(volume.record.options)
        for key, text in options.items():
            if text:
                merged[key] = check_option(key, text)
            elif merged.pop(key, None) is None:
                raise BadOption(f"{key} is not set on volume {name!r}")
        await self._store(volume, replace(volume.record, options=merged))
        return volume.record

    async def _store(self, volume: _Volume, record: VolumeRecord) -> None:
        name = volume_name(record.name)
        volume.version = await self._coordinator.swap(name, volume.version, record.to_json())
        volume.record = record
