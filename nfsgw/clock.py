"""Wall time and monotonic time as an argument, so that tests and the simulator own them."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """The two times that the software asks for; timers are the reactor's (``IReactorTime``)."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970, for the times of files."""

    def seconds(self) -> float:
        """Return monotonic seconds, for ages and time-outs."""


class SystemClock:
    """The machine's own clocks; ``CLOCK_BOOTTIME`` counts in sleep too, as leases need."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970."""
        return time.time_ns()

    def seconds(self) -> float:
        """Return seconds since boot."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
