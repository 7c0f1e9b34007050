"""The coordinator, elsewhere: durable, slow now and then, its answers sometimes lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from nfsgw.backend.coordinator.api import Conflict, CoordinatorFailed, Stored
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from tests.simulation.scheduler import Life

__all__ = ["OpenCoordinator", "SimCoordinator"]

_THERE_S = 0.002
_BACK_S = 0.002


class SimCoordinator:
    """What it holds; outlives every process.

    :ivar lost: how often, from 0 to 1, a caller hears of a failure whatever has happened.
    :ivar away: it answers nobody.
    :ivar slow: factor on the time that answers take.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.records: dict[str, tuple[int, str]] = {}
        self.lost = 0.0
        self.away = False
        self.slow = 1.0

    def heal(self) -> None:
        """End everything that is wrong with it."""
        self.lost = 0.0
        self.away = False
        self.slow = 1.0

    def find(self, name: str) -> Stored | None:
        """Return a record at once, for checkers."""
        found = self.records.get(name)
        return None if found is None else Stored(found[0], json.loads(found[1]))

    def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Replace a record at once.

        :raises Conflict: it has another version.
        """
        found = self.records.get(name, (0, ""))[0]
        if found != version:
            raise Conflict(f"{name!r} has version {found}, not {version}")
        if value is None:
            self.records.pop(name, None)
            return 0
        self.records[name] = (version + 1, json.dumps(value, sort_keys=True))
        return version + 1


class OpenCoordinator:
    """A :class:`nfsgw.backend.coordinator.api.Coordinator`: what one process sees of it.

    A swap happens between the call and the answer; a process that dies meanwhile never hears.
    """

    def __init__(self, of: SimCoordinator, life: Life, turn: Turn) -> None:
        self._of = of
        self._life = life
        self._turn = turn

    def _pass(self, usual_s: float) -> Wait[None]:
        wait: Wait[None] = Wait()
        of = self._of
        self._life.call_later(
            usual_s * (0.5 + of.random.random()) * of.slow, partial(self._arrive, wait)
        )
        return wait

    def _arrive(self, wait: Wait[None]) -> None:
        with self._turn:
            wait.resolve(None)

    def _check(self, lost: float = 0.0) -> None:
        if self._of.away or self._of.random.random() < lost:
            raise CoordinatorFailed("the coordinator does not answer")

    async def get(self, name: str) -> Stored | None:
        """Return a record, or None."""
        await self._pass(_THERE_S)
        self._check()
        found = self._of.find(name)
        await self._pass(_BACK_S)
        return found

    async def list(self, prefix: str) -> list[tuple[str, Stored]]:
        """Return all records whose names start with ``prefix``, by name."""
        await self._pass(_THERE_S)
        self._check()
        found = [
            (name, Stored(version, json.loads(value)))
            for name, (version, value) in sorted(self._of.records.items())
            if name.startswith(prefix)
        ]
        await self._pass(_BACK_S)
        return found

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Replace a record if it still has the version; return the new version."""
        await self._pass(_THERE_S)
        self._check(self._of.lost / 2)
        new = self._of.swap(name, version, value)
        await self._pass(_BACK_S)
        self._check(self._of.lost)
        return new

    def close(self) -> None:
        """Do nothing."""
