"""Calls that follow one another: what a client's process sends about a file keeps its order.

A call that cannot be served is held and tried again (``rpc/holding.py``).  Were the calls behind
it not held with it, the UNLOCK of a process that was killed could run before its LOCK, free
nothing, and the lock would then be granted to nobody.

As long as no call of a line is held, calls run at once, and the volume takes them in the order in
which they begin.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

from nfsgw.backend.locks.api import Client, Locks
from nfsgw.errors import FsError
from nfsgw.rpc.holding import HELD, Holding
from nfsgw.waiting import Wait, gather, step

__all__ = ["Order"]

R = TypeVar("R")


class _Key(NamedTuple):
    """What tells lines apart.

    :param owner: the owner's number, or a reservation's owner handle.
    :param handle: of the file: a volume that is down must not hold up locks in others.
    """

    client: Client
    owner: int | bytes
    handle: bytes


class _Place:
    """A call's place in a line.

    :ivar held: the call waits for its turn, or is tried again.
    :ivar turn: there once it had to wait.
    """

    __slots__ = ("held", "turn")

    def __init__(self) -> None:
        self.held = False
        self.turn: Wait[None] | None = None


class _Line:
    """The calls of one owner about one file that have not ended, the oldest first.

    :param volume: returns the locks that they are about, None while that cannot be told.
    """

    __slots__ = ("_held", "_moving", "key", "places", "volume")

    def __init__(self, key: _Key, volume: Callable[[], Locks | None]) -> None:
        self.key = key
        self.volume = volume
        self.places: dict[_Place, None] = {}
        self._held = 0
        self._moving = False

    def join(self, *, waits: bool = False) -> _Place:
        """Take the last place.

        :param waits: for its turn, even if nothing before it is held.
        """
        place = _Place()
        self.places[place] = None
        if waits or self._held:
            self.hold(place)
        return place

    def hold(self, place: _Place) -> None:
        """Note that a call is held: those that come later wait for it."""
        if not place.held:
            place.held = True
            self._held += 1

    async def turn(self, place: _Place) -> None:
        """Wait until all calls before have ended."""
        if next(iter(self.places)) is not place:
            place.turn = Wait()
            await place.turn

    def leave(self, place: _Place) -> None:
        """End a call, and let the next go on if it waits."""
        del self.places[place]
        self._held -= place.held
        if self._moving:
            # A call that got its turn just now has ended already: the loop below goes on.
            return
        self._moving = True
        for first in self._firsts():
            if first.turn is None or first.turn.done:
                break
            first.turn.resolve(None)
        self._moving = False

    def _firsts(self) -> Iterator[_Place]:
        while self.places:
            yield next(iter(self.places))


class _Sweep(NamedTuple):
    """A call about everything that a client has in a volume."""

    locks: Locks
    places: list[tuple[_Line, _Place]]


class Order:
    """The calls that are under way.

    :param holding: repeats those that cannot be served at once.
    """

    def __init__(self, holding: Holding) -> None:
        self._holding: Final = holding
        self._lines: dict[str, dict[_Key, _Line]] = {}
        self._sweeps: dict[Client, list[_Sweep]] = {}

    async def run(
        self,
        client: Client,
        owner: int | bytes,
        handle: bytes,
        volume: Callable[[], Locks | None],
        work: Callable[[], Coroutine[Any, Any, R]],
        *,
        patient: bool = False,
    ) -> R:
        """Run a call, and repeat it while it cannot be served; not before those that came earlier.

        :param owner: ``svid``, or a reservation's owner handle.
        :param volume: returns the locks that it is about, None while that cannot be told.
        :param patient: see :meth:`Holding.run`; the time begins when it is tried first.
        :raises FsError: what ``work`` raises; TRY_LATER: it had no effect.
        """
        line = self._line(_Key(client, owner, handle), volume)
        place = line.join()

        async def attempt() -> R:
            if place.held:
                await line.turn(place)
            try:
                return await work()
            except FsError as error:
                if error.code in HELD:
                    line.hold(place)
                raise

        try:
            return await self._holding.run(attempt, patient=patient)
        finally:
            self._leave(line, place)

    async def sweep(
        self, client: Client, locks: Locks, work: Callable[[], Coroutine[Any, Any, object]]
    ) -> None:
        """Run a call about all of a client in a volume: after earlier ones and before later ones.

        :raises FsError: as :meth:`run` does.
        """
        with self._passing(client.address, locks, client) as places:
            sweep = _Sweep(locks, places)
            self._sweeps.setdefault(client, []).append(sweep)
            try:
                await _turns(places)
                await self._holding.run(work)
            finally:
                self._sweeps[client].remove(sweep)
                if not self._sweeps[client]:
                    del self._sweeps[client]

    async def settled(self, address: str, locks: Locks) -> None:
        """Wait until all calls of an address about a volume that are under way now have ended."""
        with self._passing(address, locks, None) as places:
            await _turns(places)

    def _line(self, key: _Key, volume: Callable[[], Locks | None]) -> _Line:
        lines = self._lines.get(key.client.address)
        if lines is None:
            lines = self._lines[key.client.address] = {}
        line = lines.get(key)
        if line is None:
            line = lines[key] = _Line(key, volume)
            if self._sweeps:
                for sweep in self._sweeps.get(key.client, ()):
                    if sweep.locks is volume():
                        sweep.places.append((line, line.join(waits=True)))
        return line

    @contextmanager
    def _passing(
        self, address: str, locks: Locks, client: Client | None
    ) -> Iterator[list[tuple[_Line, _Place]]]:
        """Take a place in each line of an address, or of one client there, about a volume."""
        places = [
            (line, line.join(waits=True))
            for line in self._lines.get(address, {}).values()
            if client in (None, line.key.client) and line.volume() is locks
        ]
        try:
            yield places
        finally:
            for line, place in places:
                self._leave(line, place)

    def _leave(self, line: _Line, place: _Place) -> None:
        line.leave(place)
        key = line.key
        lines = self._lines.get(key.client.address, {})
        if not line.places and lines.get(key) is line:
            del lines[key]
            if not lines:
                del self._lines[key.client.address]


async def _turns(places: Iterable[tuple[_Line, _Place]]) -> None:
    await gather(*[step(line.turn(place)) for line, place in places])
