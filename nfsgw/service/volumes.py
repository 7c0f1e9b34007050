"""Volumes for administrators: what they ask, carried out, and how volumes are shown."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from twisted.logger import Logger

from nfsgw.admin.api import Code, Record, Refused
from nfsgw.backend.volume.options import BadOption, OptionNotBuilt
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.registry import BadVolume, Volumes
from nfsgw.service.bricknames import BrickNames
from nfsgw.service.disks import detail
from nfsgw.service.diskthreads import DiskHangs, DiskThreads
from nfsgw.service.sethealth import health_record, verification_record
from nfsgw.waiting import Wait, gather, step

__all__ = ["VolumeCommands"]

T = TypeVar("T")

_STATES: Final = {State.CREATED: "Created", State.STARTED: "Started", State.STOPPED: "Stopped"}


class VolumeCommands:
    """Carries out ``nfsgw volume ...``, one change after the other.

    :param disks: for looks at bricks' disks.
    :param changed: called after each change, so that the exports follow the volumes.
    """

    log = Logger()

    def __init__(
        self,
        volumes: Volumes,
        names: BrickNames,
        disks: DiskThreads,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._volumes = volumes
        self._names = names
        self._disks = disks
        self._changed = changed
        self._last: Wait[None] | None = None

    # Looking

    def list(self) -> Sequence[Record]:
        """Return all volumes, by name."""
        return [self._shown(self._record(name)) for name in self._volumes.names()]

    async def show(self, name: str) -> Record:
        """Return one volume, with what the disks of its bricks say.

        A disk that does not answer is reported so, after a few seconds.
        """
        record = self._record(name)
        looks = [step(self._look(brick)) for brick in record.bricks]
        await gather(*looks)
        shown = dict(self._shown(record))
        found = {place.id: look.result() for place, look in zip(record.bricks, looks, strict=True)}
        shown["bricks"] = [{**brick, **found[brick["id"]]} for brick in shown["bricks"]]
        return shown

    async def _look(self, place: BrickPlace) -> dict[str, Any]:
        try:
            found = await self._disks.look(place.path, lambda: detail(place.path))
        except DiskHangs as error:
            found = {"error": str(error)}
        return {"pid": os.getpid(), **found}

    def heal(self, name: str) -> Record:
        """Return how a volume's bricks are, and what those that are not in sync lack."""
        shown = self._shown(self._record(name))
        keys = ("name", "status", "online", "reason", "sets", "bricks")
        return {key: shown[key] for key in keys}

    def verification(self, name: str) -> Record:
        """Return the comparison of a volume's bricks, under way or ended."""
        record = self._record(name)
        return verification_record(record, self._volumes.verification(name))

    # Changing

    async def create(self, name: str, bricks: Sequence[str], *, force: bool) -> Record:
        """Make a volume of the bricks ``HOST:/path``, all of which hold the same."""
        self._volumes.check_new_name(name)
        places = [(brick, await self._fit(brick, force=force)) for brick in bricks]
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

    async def add_brick(self, name: str, brick: str, *, force: bool) -> Record:
        """Give a started volume one more copy, at ``HOST:/path``."""
        self._record(name)
        path = await self._fit(brick, force=force)
        return await self._change(
            f"brick {brick} added", lambda: self._volumes.add_brick(name, brick, path)
        )

    async def replace_brick(self, name: str, old: str, new: str, *, force: bool) -> Record:
        """Put a brick in the place of another one, which may have been in the same directory."""
        place = self._names.find(old, self._record(name).bricks)
        same = self._names.path(new) == place.path
        path = await self._fit(new, force=force or same)
        return await self._change(
            f"brick {old} to be replaced by {new}",
            lambda: self._volumes.replace_brick(name, place.id, new, path),
        )

    async def remove_brick(self, name: str, brick: str) -> Record:
        """Take a copy out of a started volume; its directory keeps its content."""
        place = self._names.find(brick, self._record(name).bricks)
        return await self._change(
            f"brick {brick} removed", lambda: self._volumes.remove_brick(name, place.id)
        )

    async def heal_full(self, name: str, brick: str | None) -> Record:
        """Copy everything anew to a brick; to all that are healing, if none is named."""
        record = self._record(name)
        if brick is not None:
            chosen = [self._names.find(brick, record.bricks)]
        else:
            states = {each["id"]: each["state"] for each in self._shown(record)["bricks"]}
            chosen = [place for place in record.bricks if states[place.id] == "healing"]
            if not chosen:
                raise Refused(
                    f"no brick of volume {name!r} is healing; name the one that is to be copied"
                    " anew"
                )
        for place in chosen:
            await self._in_turn(partial(self._volumes.heal_full, name, place.id))
            self.log.info("volume {name}: full heal of {brick}", name=name, brick=place.name)
        return self.heal(name)

    def verify(self, name: str) -> Record:
        """Begin to compare a volume's bricks, or go on with it."""
        record = self._record(name)
        if len(record.bricks) < 2:
            raise Refused(f"volume {name!r} has one brick: there is nothing to compare it with")
        error, health = self._volumes.error(name), self._volumes.health(name)
        if error:
            raise Refused(f"volume {name!r} cannot be compared: {error}")
        if health is not None and health.in_sync < 2:
            raise Refused(
                f"only one brick of volume {name!r} is in sync: there is nothing to compare it"
                f" with; see `nfsgw volume heal {name} info`"
            )
        self._volumes.verify(name)
        return self.verification(name)

    async def _fit(self, brick: str, *, force: bool) -> Path:
        """Return the directory of a new brick, after a look whether it is a place for one."""
        path = self._names.path(brick)
        await self._disks.look(path, lambda: self._names.check(brick, path, force=force))
        return path

    def _record(self, name: str) -> VolumeRecord:
        try:
            return self._volumes.record(name)
        except BadVolume as error:
            raise Refused(str(error), Code.UNKNOWN) from None

    async def _change(self, what: str, change: Callable[[], Awaitable[VolumeRecord]]) -> Record:
        """Make one change of a volume's record when all earlier ones are done."""

        async def work() -> VolumeRecord:
            try:
                record = await change()
            except OptionNotBuilt as error:
                raise Refused(str(error), Code.NOT_BUILT) from None
            except BadOption as error:
                raise Refused(str(error), Code.INVALID) from None
            self.log.info("volume {name}: {what}", name=record.name, what=what)
            await self._changed()
            return record

        return self._shown(await self._in_turn(work))

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something when all that was asked for earlier is done."""
        before, mine = self._last, Wait[None]()
        self._last = mine
        try:
            if before is not None:
                await before
            return await work()
        finally:
            mine.resolve(None)

    def _shown(self, record: VolumeRecord) -> Record:
        """Return a volume as it is shown; see :mod:`nfsgw.service.sethealth`."""
        known = record.name in self._volumes.names()
        health = self._volumes.health(record.name) if known else None
        error = self._volumes.error(record.name) if known else None
        return {
            "name": record.name,
            "id": f"{record.id:016x}",
            "type": "Distribute" if len(record.bricks) == 1 else "Replicate",
            "status": _STATES[record.state],
            **health_record(record, health, online=error is None, error=error),
            "options": dict(record.options),
        }
