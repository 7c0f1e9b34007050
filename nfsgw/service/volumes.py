"""Volumes for administrators: what they ask, carried out, and how volumes are shown."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import psutil
from twisted.logger import Logger

from nfsgw.admin.api import Code, Record, Refused
from nfsgw.backend.volume.options import BadOption, OptionNotBuilt
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.registry import BadVolume, Volumes
from nfsgw.service.bricknames import BrickNames
from nfsgw.service.threads import Threads
from nfsgw.waiting import Wait

__all__ = ["VolumeCommands"]

_STATES: Final = {State.CREATED: "Created", State.STARTED: "Started", State.STOPPED: "Stopped"}


class VolumeCommands:
    """Carries out ``nfsgw volume ...``, one change after the other.

    :param changed: called after each change, so that the exports follow the volumes.
    """

    log = Logger()

    def __init__(
        self,
        volumes: Volumes,
        names: BrickNames,
        threads: Threads,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._volumes = volumes
        self._names = names
        self._threads = threads
        self._changed = changed
        self._last: Wait[None] | None = None

    def list(self) -> Sequence[Record]:
        """Return all volumes, by name."""
        return [self._shown(self._record(name)) for name in self._volumes.names()]

    async def show(self, name: str) -> Record:
        """Return one volume, with the space in its bricks."""
        record = self._record(name)
        shown = dict(self._shown(record))
        spaces = [await self._threads.run(_looker(brick)) for brick in record.bricks]
        shown["bricks"] = [
            {**brick, **space} for brick, space in zip(shown["bricks"], spaces, strict=True)
        ]
        return shown

    async def create(self, name: str, bricks: Sequence[str], *, force: bool) -> Record:
        """Make a volume of the bricks ``HOST:/path``."""
        self._volumes.check_new_name(name)
        places = [(brick, self._names.directory(brick, force=force)) for brick in bricks]
        return await self._change("created", lambda: self._volumes.create(name, places))

    async def start(self, name: str) -> Record:
        """Serve a volume."""
        self._record(name)
        return await self._change("started", lambda: self._volumes.start(name))

    async def stop(self, name: str) -> Record:
        """Serve a volume no more."""
        self._record(name)
        return await self._change("stopped", lambda: self._volumes.stop(name))

    async def delete(self, name: str) -> Record:
        """Forget a volume; the answer's ``bricks`` are the directories that stay."""
        self._record(name)
        shown = await self._change("deleted", lambda: self._volumes.delete(name))
        return {**shown, "bricks": [brick["path"] for brick in shown["bricks"]]}

    async def set_options(self, name: str, options: Mapping[str, str]) -> Record:
        """Change options."""
        self._record(name)
        return await self._change("set", lambda: self._volumes.set_options(name, options))

    def _record(self, name: str) -> VolumeRecord:
        try:
            return self._volumes.record(name)
        except BadVolume as error:
            raise Refused(str(error), Code.UNKNOWN) from None

    async def _change(self, what: str, change: Callable[[], Awaitable[VolumeRecord]]) -> Record:
        """Make one change when all earlier ones are done."""
        before, mine = self._last, Wait[None]()
        self._last = mine
        try:
            if before is not None:
                await before
            try:
                record = await change()
            except OptionNotBuilt as error:
                raise Refused(str(error), Code.NOT_BUILT) from None
            except BadOption as error:
                raise Refused(str(error), Code.INVALID) from None
            self.log.info("volume {name}: {what}", name=record.name, what=what)
            await self._changed()
        finally:
            mine.resolve(None)
        return self._shown(record)

    def _shown(self, record: VolumeRecord) -> Record:
        known = record.name in self._volumes.names()
        running = known and self._volumes.running(record.name) is not None
        error = self._volumes.error(record.name) if known else None
        state = "failed" if error else "online" if running else "offline"
        bricks: list[dict[str, Any]] = [
            {"id": brick.id, "name": brick.name, "path": str(brick.path), "state": state}
            for brick in record.bricks
        ]
        if error:
            for brick in bricks:
                brick["error"] = error
        return {
            "name": record.name,
            "id": f"{record.id:016x}",
            "type": "Distribute",
            "status": _STATES[record.state],
            "bricks": bricks,
            "options": dict(record.options),
        }


def _looker(brick: BrickPlace) -> Callable[[], dict[str, Any]]:
    def look() -> dict[str, Any]:
        """Return the room at a brick; nothing if its disk is not there."""
        try:
            found = os.statvfs(brick.path)
        except OSError as error:
            return {"error": error.strerror}
        return {
            "space": {
                "total": found.f_blocks * found.f_frsize,
                "free": found.f_bavail * found.f_frsize,
            },
            "inodes_free": found.f_favail,
            "file_system": _file_system(str(brick.path)),
        }

    return look


def _file_system(path: str) -> str:
    """Return device and kind of the file system that a path is on."""
    best, shown = "", "-"
    for partition in psutil.disk_partitions(all=True):
        point = partition.mountpoint
        if (path + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, shown = point, f"{partition.device} ({partition.fstype})"
    return shown
