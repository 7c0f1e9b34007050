"""A started volume of several bricks that only notes what administration asks of it."""

from __future__ import annotations

from typing import Any, cast

from nfsgw.backend.replica.health import BrickHealth, BrickState, SetHealth, Verification
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.backend.volume.running import BricksChanged, RunningVolume
from nfsgw.errors import NfsgwError

__all__ = ["FakeSet", "FakeSets"]


class FakeSet:
    """A replica set without disks.

    :ivar asked: what was asked, in order.
    :ivar refusal: raised by the next change, once.
    :ivar states: of bricks by id; others are in sync, the first one is primary.
    """

    def __init__(self, record: VolumeRecord, bricks_changed: BricksChanged) -> None:
        self.name = record.name
        self.id = record.id
        self.places = list(record.bricks)
        self.bricks_changed = bricks_changed
        self.asked: list[tuple[Any, ...]] = []
        self.refusal: str | None = None
        self.states: dict[str, BrickHealth] = {}
        self.reason: str | None = None
        self.failure: str | None = None
        self.compared: Verification | None = None

    async def close(self) -> None:
        """Note it."""
        self.asked.append(("close",))

    def _note(self, *what: object) -> None:
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise NfsgwError(refusal)
        self.asked.append(what)

    def health(self) -> SetHealth:
        """Return the states that were put in."""
        bricks = tuple(
            self.states.get(
                place.id,
                BrickHealth(place.id, BrickState.IN_SYNC if number else BrickState.PRIMARY, 100),
            )
            for number, place in enumerate(self.places)
        )
        good = sum(each.state in (BrickState.PRIMARY, BrickState.IN_SYNC) for each in bricks)
        return SetHealth(0, 3, good, 2, bricks, self.reason)

    async def add_brick(self, place: BrickPlace) -> None:
        """Note it."""
        self._note("add", place.id)
        self.places.append(place)

    async def replace_brick(self, old_id: str, place: BrickPlace) -> None:
        """Note it; the old brick stays until :meth:`finish`."""
        self._note("replace", old_id, place.id)
        self.places.append(place)

    async def finish(self, brick_id: str) -> None:
        """Let a replaced brick go."""
        self.places = [place for place in self.places if place.id != brick_id]
        await self.bricks_changed(tuple(self.places))

    async def remove_brick(self, brick_id: str) -> None:
        """Note it."""
        self._note("remove", brick_id)
        self.places = [place for place in self.places if place.id != brick_id]

    async def heal_full(self, brick_id: str) -> None:
        """Note it."""
        self._note("full", brick_id)

    def verify(self) -> None:
        """Note it."""
        self._note("verify")
        self.compared = Verification()

    def verification(self) -> Verification | None:
        """Return what was put in."""
        return self.compared


class FakeSets:
    """Starts volumes that are :class:`FakeSet`, and keeps them by name.

    :ivar without: ids of bricks that a set started from now on does not have.
    """

    def __init__(self) -> None:
        self.sets: dict[str, FakeSet] = {}
        self.without: set[str] = set()

    async def start(
        self, record: VolumeRecord, pool_id: str, bricks_changed: BricksChanged
    ) -> RunningVolume:
        """Start a volume."""
        made = self.sets[record.name] = FakeSet(record, bricks_changed)
        made.places = [place for place in made.places if place.id not in self.without]
        return cast("RunningVolume", self.sets[record.name])
