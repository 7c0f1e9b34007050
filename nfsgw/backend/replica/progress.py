"""How far a brick has come that is brought up to date, how fast, and how long it will take."""

from __future__ import annotations

from collections import deque
from math import sqrt
from typing import Final, NamedTuple

from nfsgw.backend.replica.health import Work
from nfsgw.clock import Clock

__all__ = ["Progress"]

_WINDOW_S: Final = 5.0
_SAMPLE_S: Final = 0.25


class _Sample(NamedTuple):
    time_s: float
    records_left: int
    extents: int
    extent_bytes: int
    all_bytes: int


class Progress:
    """Counts what is done, and measures over the last seconds.

    :ivar step: as in :class:`Work`.
    :ivar records_left: of the log; new ones come all the time, so it is told, not counted.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.step = "waiting"
        self.records_left = 0
        self._extents = 0
        self._extent_bytes = 0
        self._all_bytes = 0
        self._moved_s = 0.0
        self._samples: deque[_Sample] = deque()

    def moved(self, count: int) -> None:
        """Count bytes of tables or of the log."""
        self._all_bytes += count
        self._moved_s = self._clock.seconds()
        self._sample()

    def moved_extent(self, count: int) -> None:
        """Count an extent, and its bytes."""
        self._extents += 1
        self._extent_bytes += count
        self.moved(count)

    def begin(self, step: str) -> None:
        """Begin a step; what was measured in the one before says nothing about its speed."""
        self.step = step
        self._samples.clear()
        self._sample()

    def work(self, extents_left: int, bytes_left: int) -> Work:
        """Return the figures."""
        now = self._now()
        self._drop_old(now.time_s)
        if now.time_s - self._moved_s >= _WINDOW_S:
            # What moved before says nothing any more.
            self._samples.clear()
            self._sample()
        return Work(
            self.records_left,
            extents_left,
            bytes_left,
            self.step,
            self._all_bytes,
            self._bytes_per_s(now),
            self._left_s(now, extents_left, bytes_left),
        )

    def _now(self) -> _Sample:
        return _Sample(
            self._clock.seconds(),
            self.records_left,
            self._extents,
            self._extent_bytes,
            self._all_bytes,
        )

    def _sample(self) -> None:
        now_s = self._clock.seconds()
        if not self._samples or now_s - self._samples[-1].time_s >= _SAMPLE_S:
            self._samples.append(self._now())
            self._drop_old(now_s)

    def _drop_old(self, now_s: float) -> None:
        """Keep one sample from before the window, which is where it begins."""
        while len(self._samples) > 1 and self._samples[1].time_s <= now_s - _WINDOW_S:
            self._samples.popleft()

    def _bytes_per_s(self, now: _Sample) -> float:
        if not self._samples:
            return 0.0
        first = self._samples[0]
        passed_s = now.time_s - first.time_s
        return (now.all_bytes - first.all_bytes) / passed_s if passed_s > 0 else 0.0

    def _left_s(self, now: _Sample, extents_left: int, bytes_left: int) -> float | None:
        if not self._samples:
            return None
        first = self._samples[0]
        passed_s = now.time_s - first.time_s
        if passed_s <= 0:
            return None
        if self.step == "log" and not extents_left:
            # The log grows meanwhile: what counts is how fast it closes in.
            return _left(now.records_left, (first.records_left - now.records_left) / passed_s)
        if self.step != "bytes":
            return None
        # A piece costs something, and each of its bytes does.  If large pieces are left after
        # small ones, counting pieces promises too much and counting bytes too little; the truth
        # lies between, so the mean of both is never far off.
        by_extents = _left(extents_left, (now.extents - first.extents) / passed_s)
        by_bytes = _left(bytes_left, (now.extent_bytes - first.extent_bytes) / passed_s)
        if by_extents is None or by_bytes is None or not bytes_left:
            return by_extents
        return sqrt(by_extents * by_bytes)


def _left(count: int, rate: float) -> float | None:
    if not count:
        return 0.0
    return count / rate if rate > 0 else None
