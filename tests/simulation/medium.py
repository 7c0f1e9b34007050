"""One disk as a whole: how fast it is, how much room it has, and what is wrong with it.

A brick's tables and its data files lie on the same disk, so they share this.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from tests.simulation.scheduler import Life

__all__ = ["PLENTY", "Died", "Frozen", "Medium"]

PLENTY = 1 << 40

_SLOW_MAX_S = 2.0


class Died(BaseException):
    """The process was killed in the middle of a piece of work; no code of it may catch that."""


class Frozen(AssertionError):
    """The reactor's thread asked a hanging disk for something: the whole daemon would stand."""


class Medium:
    """One disk.

    :param random: decides its latencies and what its faults do.
    :ivar contents: return how many bytes its tables and data files take.
    :ivar capacity: in bytes; None: so much that nobody need count.
    :ivar slow: factor on all latencies.
    :ivar hung: nothing that waits for the disk goes on until :meth:`release`.
    :ivar read_only: every change fails.
    :ivar gone: the brick's directory is not where it should be; what is open stays so.
    :ivar fail_commit: the next commit of a transaction fails; ``fail_sync`` likewise the next
        fsync that has anything to write.
    :ivar trap: called once, when the disk is next told to do anything.
    :ivar in_thread: a worker's job runs now, so waiting for the disk stops nobody else.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.contents: list[Callable[[], int]] = []
        self.capacity: int | None = None
        self.slow = 1.0
        self.hung = False
        self.read_only = False
        self.gone = False
        self.fail_commit = False
        self.fail_sync = False
        self.in_thread = False
        self.trap: Callable[[], None] | None = None
        self._calls_left: int | None = None
        self._held: list[tuple[Life, Callable[[], object]]] = []

    @property
    def room(self) -> int:
        """Return how many bytes are free."""
        if self.capacity is None:
            return PLENTY
        return max(0, self.capacity - self.used)

    @property
    def used(self) -> int:
        """Return how many bytes are taken."""
        return sum(content() for content in self.contents)

    @property
    def faulty(self) -> bool:
        """Say whether anything is wrong with it now."""
        return (
            self.hung
            or self.read_only
            or self.gone
            or self.fail_commit
            or self.fail_sync
            or self.slow != 1.0
            or self.capacity is not None
        )

    def latency(self, usual_s: float) -> float:
        """Return how long something takes: mostly about the usual time, sometimes much longer."""
        chance = self.random.random()
        spread = 0.5 + chance if chance < 0.95 else 4.0
        return min(usual_s * spread * self.slow, _SLOW_MAX_S)

    # Hanging

    def wait(self, life: Life, usual_s: float, function: Callable[[], object]) -> None:
        """Call a function when the disk has done something that takes about ``usual_s``."""
        trap, self.trap = self.trap, None
        if trap is not None:
            trap()
        life.call_later(self.latency(usual_s), partial(self._unless_hung, life, function))

    def _unless_hung(self, life: Life, function: Callable[[], object]) -> None:
        if self.hung:
            self._held.append((life, function))
        else:
            function()

    def release(self) -> None:
        """Let a hanging disk go on, with what it was told first."""
        self.hung = False
        held, self._held = self._held, []
        for number, (life, function) in enumerate(held):
            life.call_later(0.001 * number, partial(self._unless_hung, life, function))

    def block(self) -> None:
        """Note that the caller waits for the disk, where it stands.

        :raises Frozen: it stands on the reactor's thread, and the disk hangs.
        """
        if self.hung and not self.in_thread:
            raise Frozen("the reactor's thread waits for a disk that hangs")

    # Dying

    def die_after(self, calls: int | None) -> None:
        """Let the process die at a later call of the disk; None: no more."""
        self._calls_left = calls

    def count_call(self) -> None:
        """Note a call of the disk.

        :raises Died: it was the last one.
        """
        if self._calls_left is not None:
            if self._calls_left <= 0:
                raise Died
            self._calls_left -= 1

    def heal(self) -> None:
        """End everything that is wrong with it."""
        self.slow = 1.0
        self.capacity = None
        self.read_only = self.gone = self.fail_commit = self.fail_sync = False
        if self.hung:
            self.release()
