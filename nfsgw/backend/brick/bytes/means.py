"""What the parts of the data path work with, handed in by whoever opens the brick."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from twisted.logger import Logger

from nfsgw.backend.brick.api import BrickOperations
from nfsgw.backend.brick.bytes.copies import Copies
from nfsgw.backend.brick.bytes.disk import Disk, DiskSpace, RunInThread
from nfsgw.backend.brick.bytes.stillness import Stillness
from nfsgw.backend.brick.starting import CallLater
from nfsgw.clock import Clock
from nfsgw.errors import FsError
from nfsgw.waiting import Wait, step

__all__ = ["BytesOptions", "Means", "Tasks"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BytesOptions:
    """What can be set for the bytes of a brick; units are the last word of each name.

    ``inline_bytes_max`` was measured on the cycle create, write, commit, read, remove, 32 files at
    a time, CPU microseconds per file, inline against data file (noisy; best of eight):

    ==========  ============  ================
    bytes       tmpfs         ext4, fsync real
    ==========  ============  ================
    2048        330 / 349     218 / 1031
    4096        311 / 352     305 / 1090
    8192        189 / 536     315 / 1197
    16384       329 / 520     334 / 1254
    ==========  ============  ================

    Speed alone would put the threshold higher still.  But every write to an inline file writes all
    of it twice (table and log), and the log is bounded in bytes: at 8 KiB it still holds thousands
    of whole-file writes.
    """

    durable: bool = True
    """False where fsync is not real: ``durability = none``, tmpfs."""
    inline_bytes_max: int = 8192
    """Files up to this size live in the table ``inline``."""
    extent_idle_s: float = 5.0
    """An extent goes clean when it was not written for so long."""
    reserve_bytes: int = 64 << 20
    """Room on the disk that writes leave alone: for LMDB, and for removals that give room back."""
    reserve_files: int = 64
    """Inodes of the file system below, likewise."""
    space_age_s: float = 1.0
    """How old the known free room may be."""
    range_bytes_min: int = 32 << 10
    """Reads from this size on leave by sendfile; smaller ones are copied, which is cheaper."""
    ranges: bool = True
    """False if replies cannot carry a range of a file (simulation): everything is copied."""
    send_s: float = 5.0
    """How long a cut waits for replies on their way out that are ranges of the file."""
    access_times: bool = True
    """Whether reads set access times (as ``relatime`` does), or nothing does."""
    descriptors_max: int = 512
    """Data files kept open though nobody needs them at the moment."""


class Tasks:
    """Coroutines that nobody awaits where they begin: cleaning, cutting.  None is forgotten."""

    log = Logger()

    def __init__(self) -> None:
        self._running: dict[int, Wait[Any]] = {}
        self._count = 0

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine; an FsError ends it silently (the brick has failed and said so)."""
        self._count += 1
        number = self._count
        wait = step(coroutine)
        if not wait.done:
            self._running[number] = wait
        wait.add_callback(partial(self._ended, number, wait))

    async def drain(self) -> None:
        """Return when none is running any more."""
        while self._running:
            wait = next(iter(self._running.values()))
            over: Wait[None] = Wait()
            wait.add_callback(partial(over.resolve, None))
            await over

    def _ended(self, number: int, wait: Wait[Any]) -> None:
        self._running.pop(number, None)
        try:
            wait.result()
        except FsError:
            pass
        except Exception:  # noqa: BLE001 - a defect; it has no caller to go to
            self.log.failure("work on data files ended with a defect")


@dataclass(slots=True)
class Means:
    """The seams between the data path and the rest.

    :param run_in_thread: runs a blocking function in one of several threads, and returns a Wait
        that is resolved on the reactor's thread.
    :param copies: the other bricks' data files; None where there are none.
    :param space: the room that all bricks have; None: look at this brick's own disk.
    :param stream: like ``run_in_thread``, but one after the other: writes go there, so that a
        disk that hangs does not hang the reactor; None: they are done in place.
    """

    brick: BrickOperations
    disk: Disk
    run_in_thread: RunInThread
    clock: Clock
    call_later: CallLater
    options: BytesOptions
    copies: Copies | None = None
    stream: RunInThread | None = None
    space: Callable[[], DiskSpace | None] = lambda: None
    stillness: Stillness = field(default_factory=Stillness)
    tasks: Tasks = field(default_factory=Tasks)

    async def blocking(self, function: Callable[..., T], *args: Any) -> T:  # noqa: ANN401
        """Run what may wait for a disk: in a thread, or in place where nothing waits."""
        if self.options.durable:
            result: T = await self.run_in_thread(function, *args)
            return result
        return function(*args)

    async def everywhere(
        self,
        others: Wait[None] | None,
        function: Callable[..., object],
        *args: Any,  # noqa: ANN401
    ) -> None:
        """Change a data file here, as :meth:`blocking` does, and on the other bricks.

        :param others: what the other bricks have begun, from :attr:`copies`.
        """
        await self.blocking(function, *args)
        if others is not None:
            await others

    def disk_failed(self, error: OSError) -> FsError | None:
        """Decide what an error of this brick's disk is to a call that changes a data file.

        If another brick is in sync, this one fails, and the call is repeated there.

        :returns: what the call is told then; None if this brick is alone, so that the error is
            the call's own.
        """
        if self.copies is None or self.copies.alone:
            return None
        self.brick.flush_failed(error)
        return FsError(self.brick.lost)
