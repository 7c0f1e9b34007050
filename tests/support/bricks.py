"""Bricks for tests: in a temporary directory, or on a store whose commits end when told to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.identity import Identity
from nfsgw.backend.brick.keys import EPOCH, FORMAT
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import FORMAT_VERSION, pack_number, put_root
from nfsgw.backend.brick.starting import (
    Options,
    Surroundings,
    begin_epoch,
    format_brick,
    prepare,
)
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.backend.brick.worker import Inline
from nfsgw.turn import Turn
from nfsgw.waiting import result_of
from tests.support.stores import MemoryStore

__all__ = [
    "BOOT_ID",
    "FSID",
    "IDENTITY",
    "OpenBrick",
    "Timers",
    "TestClock",
    "Workshop",
    "memory_brick",
    "temporary_brick",
]

FSID = 0x1122334455667788
BOOT_ID = "boot-1"
IDENTITY = Identity("ab" * 16, FSID, 0, "cd" * 16, ("cd" * 16,), "durable")
START_NS = 1_700_000_000_000_000_000


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now_ns = START_NS

    def wall_ns(self) -> int:
        """Return the time of files."""
        return self.now_ns

    def seconds(self) -> float:
        """Return the monotonic time."""
        return self.now_ns / 1e9

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now_ns += int(seconds * 1e9)


class _Timer:
    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        self.function = None


class Timers:
    """Collects what is to be called later; :meth:`run` calls it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, _Timer]] = []

    def call_later(self, delay_s: float, function: Callable[[], None]) -> _Timer:
        """Note a timer."""
        timer = _Timer(function)
        self.waiting.append((delay_s, timer))
        return timer

    def run(self) -> None:
        """Let everything that waits go off."""
        waiting, self.waiting = self.waiting, []
        for _, timer in waiting:
            if timer.function is not None:
                timer.function()


class Workshop:
    """The surroundings of a brick, within reach of the test.

    :ivar soon: functions that the turn wants called when the reactor is free.
    """

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.clock = TestClock()
        self.timers = Timers()
        self.turn = Turn(self.soon.append)
        self.free_bytes = 1 << 40
        self.surroundings = Surroundings(
            self.clock, self.turn, self.timers.call_later, lambda: self.free_bytes
        )

    def run_soon(self) -> None:
        """Run what waits for a free reactor."""
        while self.soon:
            self.soon.pop(0)()


@dataclass
class OpenBrick:
    """A brick in a directory, alone and therefore primary."""

    brick: Brick
    local: LocalBrick

    async def close(self) -> None:
        """Commit what has queued, and let go of the directory."""
        good = self.brick.failure is None
        await self.brick.close()
        await self.local.close(good)

    def abandon(self) -> None:
        """Let go of the directory as it is, as a crash would."""
        result_of(self.local.close(False))


def temporary_brick(
    path: Path,
    workshop: Workshop,
    durability: str = "none",
    options: Options | None = None,
    boot_id: str = BOOT_ID,
) -> OpenBrick:
    """Open the brick in a directory, which is made one if it is not."""
    if not (path / "brick.toml").exists():
        identity = Identity("ab" * 16, FSID, 0, "cd" * 16, ("cd" * 16,), durability)
        format_brick(path, identity, workshop.clock.now_ns)
    local = open_brick(
        path,
        LogBounds(),
        os.urandom(8),  # noqa: TID251 - each opening is a start of its own, as with the daemon
        boot_id,
        lambda name, count: Inline(),
    )
    start = local.store.transact(begin_epoch(FSID, 0, local.start_id))
    brick = Brick(
        path, local.store, start, workshop.surroundings, options or Options(reserve_bytes=0)
    )
    return OpenBrick(brick, local)


def memory_brick(
    store: MemoryStore, workshop: Workshop, options: Options | None = None, start_id: bytes = b"1"
) -> Brick:
    """Open a brick on a store in memory, which is filled if it is empty."""
    if not store.tables[Table.META]:
        change = Change(DictView(), workshop.clock.now_ns)
        put_root(change, FSID)
        local = [(FORMAT, pack_number(FORMAT_VERSION)), (EPOCH, pack_number(1))]
        store.transact(lambda transaction: transaction.put_many(Table.META, local))
        store.fill(Record(1, 1, change.now_ns, change.changes))
    prepare(store, IDENTITY, BOOT_ID)
    start = store.transact(begin_epoch(FSID, 0, start_id))
    return Brick(
        Path("/nowhere"),
        store,
        start,
        workshop.surroundings,
        options or Options(reserve_bytes=0),
    )
