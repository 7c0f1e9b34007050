"""How a replica set is, in figures: what ``volume status`` and ``volume heal NAME info`` show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

__all__ = ["BrickHealth", "BrickState", "Divergence", "SetHealth", "Verification", "Work"]


@unique
class BrickState(Enum):
    """What a brick is to its set; the values are what people see."""

    PRIMARY = "primary"
    IN_SYNC = "in sync"
    HEALING = "healing"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Work:
    """What a brick still needs until it is in sync; exact, not estimated.

    :param records: records of the log that it lacks.
    :param extents: pieces of data files (4 MiB at most) that it lacks; ``bytes_left`` their bytes.
    :param step: what is going on: ``"waiting"``, ``"tables"``, ``"log"``, ``"bytes"``.
    :param done_bytes: brought over since it came back, tables and log included.
    :param bytes_per_s: measured over the last seconds; 0 if nothing moves.
    :param left_s: the estimate of the time left; None if there is none.
    """

    records: int = 0
    extents: int = 0
    bytes_left: int = 0
    step: str = "waiting"
    done_bytes: int = 0
    bytes_per_s: float = 0.0
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class BrickHealth:
    """One brick.

    :param brick: its id.
    :param sequence: of the last record that it is known to have.
    :param reason: why it is offline, or was dropped last; None if all is well.
    :param work: of a brick that is not in sync.
    """

    brick: str
    state: BrickState
    sequence: int
    reason: str | None = None
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class SetHealth:
    """One set.

    :param number: in the volume.
    :param epoch: raised with each change or restart of the primary.
    :param in_sync: how many bricks are in sync, the primary included.
    :param quorum: how many must be for changes to be accepted.
    :param reason: why the set is unavailable or refuses changes; None if it serves.
    """

    number: int
    epoch: int
    in_sync: int
    quorum: int
    bricks: tuple[BrickHealth, ...]
    reason: str | None = None

    @property
    def degraded(self) -> bool:
        """Say whether a brick is not in sync."""
        return self.in_sync < len(self.bricks)


@dataclass(frozen=True, slots=True)
class Divergence:
    """A place where a brick differs from the others.

    :param brick: its id.
    :param where: such as ``"inode 0000000000000007 to 0000000000000009"`` or ``"extent 3 of 42"``.
    :param mended: it is now as the others are.
    """

    brick: str
    where: str
    mended: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """The comparison of a set's in-sync bricks, under way or at its end.

    :param running: False at its end.
    :param items: of tables, compared so far.
    :param extents: clean ones compared so far; ``extents_total`` of the set when it began.
    :param bytes_done: of data files read on each brick.
    :param divergences: the first 1000; ``count`` all of them, ``mended`` those that were mended.
    :param error: why it ended early; None otherwise.
    """

    running: bool = True
    items: int = 0
    extents: int = 0
    extents_total: int = 0
    bytes_done: int = 0
    divergences: tuple[Divergence, ...] = ()
    count: int = 0
    mended: int = 0
    error: str | None = None
