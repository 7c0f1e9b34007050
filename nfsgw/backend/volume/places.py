"""The directories of a volume's bricks: which ones may be used, made bricks, let go of again.

All of it blocks, on disks that may be broken, so it runs where :class:`Blocking` puts it.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from twisted.logger import Logger

from nfsgw.backend.brick.identity import (
    DATA,
    DATABASE,
    IDENTITY_FILE,
    BrickRefused,
    Identity,
    read_identity,
    release_brick,
)
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.volume.records import BrickPlace
from nfsgw.errors import NfsgwError
from nfsgw.waiting import gather, step

__all__ = ["BadVolume", "Blocking", "NewBrick", "Places", "at_once", "check_apart"]

T = TypeVar("T")


class BadVolume(NfsgwError):
    """A volume cannot be made or changed as asked; the message says why and what to do."""


class Blocking(Protocol):
    """Runs what may block for long, or for ever if a disk is broken."""

    def __call__(self, path: Path, function: Callable[[], T]) -> Awaitable[T]:
        """Run ``function``, which works on the disk of ``path``.

        :raises NfsgwError: the disk does not answer in time.
        """


async def at_once(path: Path, function: Callable[[], T]) -> T:
    """Be a :class:`Blocking` for disks that never hang."""
    return function()


def check_apart(
    new: Sequence[tuple[str, Path]], present: Iterable[tuple[str, BrickPlace]]
) -> None:
    """Look whether each directory is apart from all other bricks.

    :param new: ``HOST:/directory`` and the directory, absolute and normal.
    :param present: the bricks that there are, each with its volume's name.
    :raises BadVolume: two are the same, or one is inside another.
    """
    taken = [(f"a brick of volume {volume!r}", place.path) for volume, place in present]
    for text, path in new:
        for whose, other in taken:
            if path == other:
                raise BadVolume(f"{text} is {whose} already")
            if other in path.parents:
                raise BadVolume(f"{text} is inside {other}, {whose}")
            if path in other.parents:
                raise BadVolume(f"{text} contains {other}, {whose}")
        taken.append(("one of these bricks", path))


class NewBrick:
    """A directory that becomes a brick, and can become what it was as long as nobody used it.

    :param now_ns: the time of the root directory, the same on all bricks that a set begins with.
    :param joins: the set that it will belong to has a history already.
    """

    def __init__(
        self, path: Path, identity: Identity, now_ns: int, *, joins: bool = False
    ) -> None:
        self.path = path
        self._identity = identity
        self._now_ns = now_ns
        self._epoch = 0 if joins else 1
        self._missing: list[Path] = []

    def make(self) -> None:
        """Make the directory, if it is missing, and in it an empty brick.

        :raises BrickRefused: it cannot be used.
        :raises StoreFailed: the disk.
        """
        try:
            self._missing = [each for each in (self.path, *self.path.parents) if not each.exists()]
        except OSError as error:
            raise BrickRefused(f"{self.path} cannot be a brick: {error.strerror}") from None
        try:
            format_brick(self.path, self._identity, self._now_ns, self._epoch)
        except NfsgwError:
            self._remove_directories()
            raise

    def undo(self) -> None:
        """Remove what :meth:`make` made."""
        for name in (DATABASE, DATA):
            shutil.rmtree(self.path / name, ignore_errors=True)
        (self.path / IDENTITY_FILE).unlink(missing_ok=True)
        self._remove_directories()

    def _remove_directories(self) -> None:
        try:
            for directory in self._missing:
                directory.rmdir()
        except OSError:
            return


class Places:
    """Makes bricks of directories, and lets go of them.

    :param blocking: runs what blocks.
    """

    log = Logger()

    def __init__(self, blocking: Blocking) -> None:
        self._blocking = blocking

    async def make(self, bricks: Sequence[NewBrick]) -> None:
        """Make empty directories bricks: all of them or, if one cannot be, none.

        :raises BrickRefused: a directory cannot be used.
        :raises NfsgwError: a disk.
        """
        for count, brick in enumerate(bricks):
            try:
                await self._blocking(brick.path, brick.make)
            except NfsgwError:
                await self.undo(bricks[:count])
                raise

    async def undo(self, bricks: Iterable[NewBrick]) -> None:
        """Make bricks that were never used what they were; errors are logged."""
        for brick in bricks:
            try:
                await self._blocking(brick.path, brick.undo)
            except (NfsgwError, OSError) as error:
                self.log.warn("{path}: {error}", path=str(brick.path), error=str(error))

    async def release(self, places: Iterable[BrickPlace]) -> None:
        """Mark bricks as belonging to no volume; their content stays.

        One that cannot be marked (its disk is missing) is logged.  It is not opened by mistake
        either, since no volume's record names it.
        """
        # At once, not one after the other: each disk that hangs takes its time.
        await gather(*[step(self._release(place)) for place in places])

    async def _release(self, place: BrickPlace) -> None:
        try:
            await self._blocking(place.path, partial(_release, place))
        except NfsgwError as error:
            self.log.warn("{error}", error=str(error))

    async def holds(self, place: BrickPlace) -> bool:
        """Say whether a brick is still in its directory."""
        return await self._blocking(place.path, partial(_is_there, place))


def _is_there(place: BrickPlace) -> bool:
    try:
        return read_identity(place.path).brick == place.id
    except BrickRefused:
        return False


def _release(place: BrickPlace) -> None:
    # Another brick may have been made in the same directory, after its disk was wiped.
    if read_identity(place.path).brick == place.id:
        release_brick(place.path)
