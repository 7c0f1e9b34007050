"""All volumes of the pool: made, started, stopped, deleted and set; what exports asks of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from twisted.logger import Logger

from nfsgw.backend import api
from nfsgw.backend.coordinator.api import Coordinator
from nfsgw.backend.replica.health import SetHealth, Verification
from nfsgw.backend.volume.bricks import BrickChanges
from nfsgw.backend.volume.kept import KeptVolume
from nfsgw.backend.volume.options import BRICKS_MAX, BadOption, check_option, check_quorum
from nfsgw.backend.volume.places import BadVolume, Blocking, Places, at_once, check_apart
from nfsgw.backend.volume.pool import Pool
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord, volume_name
from nfsgw.backend.volume.running import BricksChanged, RunningVolume, StartVolume
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError
from nfsgw.waiting import gather, step

__all__ = ["BadVolume", "BricksChanged", "RunningVolume", "StartVolume", "Volumes"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


class Volumes:
    """The volumes.

    :param coordinator: where their records are.
    :param start_volume: opens one (:func:`nfsgw.backend.volume.opening.volume_starter`).
    :param clock: for the times of a new root.
    :param random_bytes: for ids and keys.
    :param blocking: runs what blocks on the bricks' disks.
    """

    log = Logger()

    def __init__(
        self,
        coordinator: Coordinator,
        start_volume: StartVolume,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        blocking: Blocking = at_once,
    ) -> None:
        self._coordinator = coordinator
        self._start_volume = start_volume
        self._clock = clock
        self._random_bytes = random_bytes
        self._volumes: dict[str, KeptVolume] = {}
        self._by_id: dict[int, KeptVolume] = {}
        self.pool = Pool(coordinator, random_bytes)
        self._places = Places(blocking)
        self._bricks = BrickChanges(self._places, lambda: self.pool.id, clock, random_bytes)

    async def load(self) -> None:
        """Read the pool and all volumes; nothing is started yet.

        :raises CoordinatorFailed: a record cannot be read.
        """
        await self.pool.load()
        for _, stored in await self._coordinator.list(volume_name("")):
            self._add(VolumeRecord.from_json(stored.value), stored.version)

    def _add(self, record: VolumeRecord, version: int) -> None:
        volume = KeptVolume(self._coordinator, record, version)
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

    def _known(self, name: str) -> KeptVolume:
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

        :param bricks: ``HOST:/directory`` and the directory, on this machine; each gets a copy.
        :raises BadVolume: the name is wrong or taken, or the bricks are too many, or not apart.
        :raises BadOption: an option is wrong.
        :raises BrickRefused: a directory cannot be a brick; then none was made one.
        """
        self.check_new_name(name)
        if not 1 <= len(bricks) <= BRICKS_MAX:
            raise BadVolume(f"{len(bricks)} bricks: a volume may have 1 to {BRICKS_MAX}")
        check_apart(bricks, self._all_bricks())
        checked = {key: check_option(key, text) for key, text in (options or {}).items()}
        check_quorum(checked, len(bricks))
        places = tuple(self._bricks.place(text, path) for text, path in bricks)
        record = VolumeRecord(name, self._new_id(), State.CREATED, {0: places}, checked)
        now_ns = self._clock.wall_ns()
        await self._places.make(
            [self._bricks.new_brick(record, place, now_ns, joins=False) for place in places]
        )
        version = await self._coordinator.swap(volume_name(name), 0, record.to_json())
        self._add(record, version)
        return record

    def _all_bricks(self) -> list[tuple[str, BrickPlace]]:
        return [
            (volume.record.name, place)
            for volume in self._volumes.values()
            for place in volume.record.bricks
        ]

    def _new_id(self) -> int:
        while True:
            drawn = int.from_bytes(self._random_bytes(8), "big")
            if drawn and drawn not in self._by_id:
                return drawn

    async def start(self, name: str) -> VolumeRecord:
        """Serve a volume, now and after each restart of the daemon.

        :raises BadVolume: it is started already.
        :raises NfsgwError: a brick cannot be opened; the volume stays as it was.
        """
        volume = self._known(name)
        if volume.running is not None:
            raise BadVolume(f"volume {name!r} is started already")
        await self._open(volume)
        return await volume.update(lambda record: replace(record, state=State.STARTED))

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

    async def _open(self, volume: KeptVolume) -> None:
        async def bricks_changed(left: tuple[BrickPlace, ...]) -> None:
            await self._bricks.gone(volume, left)

        try:
            running = await self._start_volume(volume.record, self.pool.id, bricks_changed)
        except NfsgwError as error:
            volume.error = str(error)
            raise
        volume.running, volume.error = running, None
        await self._bricks.settle(volume)

    async def stop(self, name: str) -> VolumeRecord:
        """Serve a volume no more; clients are told to try again later until it is started.

        :raises BadVolume: it is not started.
        """
        volume = self._known(name)
        if volume.record.state is not State.STARTED:
            raise BadVolume(f"volume {name!r} is not started")
        await volume.update(lambda record: replace(record, state=State.STOPPED))
        await self._close(volume)
        return volume.record

    async def stop_all(self) -> None:
        """Close all volumes because the daemon ends; they start with it again.

        All at once, so that a disk that hangs does not keep other volumes from closing.
        """
        await gather(*[step(self._close_at_end(volume)) for volume in self._volumes.values()])

    async def _close_at_end(self, volume: KeptVolume) -> None:
        try:
            await self._close(volume)
        except NfsgwError as error:
            self.log.error(
                "volume {name} did not close in good order: {error}",
                name=volume.record.name,
                error=str(error),
            )

    async def _close(self, volume: KeptVolume) -> None:
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
        await volume.forget()
        del self._volumes[name]
        del self._by_id[volume.record.id]
        await self._places.release(volume.record.bricks)
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
        check_quorum(merged, len(volume.record.bricks))
        return await volume.update(lambda record: replace(record, options=merged))

    # Bricks of a started volume, and how they are

    async def add_brick(self, name: str, text: str, path: Path) -> VolumeRecord:
        """Give a volume one more copy, in an empty directory; it is filled in the background.

        :param text: ``HOST:/directory``, and ``path`` the directory.
        :raises BadVolume: the volume is not started, has as many bricks as it may, or the
            directory is not apart from other bricks.
        :raises BrickRefused: the directory cannot be a brick.
        """
        volume = self._known(name)
        check_apart([(text, path)], self._all_bricks())
        return await self._bricks.add(volume, text, path)

    async def replace_brick(self, name: str, old: str, text: str, path: Path) -> VolumeRecord:
        """Put a brick in the place of another one.

        The old one stays as long as it is in sync and the new one is not.  The directory may be
        the old one's own, after its disk was replaced or wiped.

        :param old: its id.
        :raises BadVolume: the volume is not started, or the directory is not apart.
        :raises BrickRefused: the directory cannot be a brick.
        :raises NfsgwError: no other brick is in sync.
        """
        volume = self._known(name)
        if path != volume.brick(old).path:
            check_apart([(text, path)], self._all_bricks())
        return await self._bricks.replace(volume, old, text, path)

    async def remove_brick(self, name: str, brick: str) -> VolumeRecord:
        """Take a copy out of a volume; its directory keeps its content, marked as nobody's.

        :param brick: its id.
        :raises BadVolume: the volume is not started, or has no other brick.
        :raises BadOption: fewer bricks cannot reach the quorum that is set.
        :raises NfsgwError: no other brick is in sync.
        """
        return await self._bricks.remove(self._known(name), brick)

    async def heal_full(self, name: str, brick: str) -> None:
        """Copy everything to a brick anew.

        :param brick: its id.
        :raises BadVolume: the volume is not started.
        :raises NfsgwError: no other brick is in sync.
        """
        volume = self._known(name)
        await volume.started.heal_full(volume.brick(brick).id)

    def health(self, name: str) -> SetHealth | None:
        """Return how a volume's replica set is; None while the volume is not started."""
        running = self._known(name).running
        return None if running is None else running.health()

    def verify(self, name: str) -> None:
        """Begin to compare a volume's bricks; nothing if that is going on.

        :raises BadVolume: the volume is not started.
        """
        self._known(name).started.verify()

    def verification(self, name: str) -> Verification | None:
        """Return the comparison that is going on, or the last one since the volume's start.

        :raises BadVolume: the volume is not started.
        """
        return self._known(name).started.verification()
