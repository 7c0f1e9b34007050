"""Count how often each number occurs, in bounded memory: sorted runs in files, merged."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO, Final

__all__ = ["Counts"]

_RUN_NUMBERS: Final = 1 << 20
_PIECE_NUMBERS: Final = 1 << 13


class Counts:
    """Numbers of 64 bits; once merged, nothing may be added.

    :param run_numbers: how many are held in memory (8 bytes each, some more while sorting).
    """

    def __init__(self, run_numbers: int = _RUN_NUMBERS) -> None:
        self._run_numbers = run_numbers
        self._numbers = array("Q")
        self._runs: list[IO[bytes]] = []

    def add(self, number: int) -> None:
        """Count one more of ``number``."""
        self._numbers.append(number)
        if len(self._numbers) >= self._run_numbers:
            run = TemporaryFile()
            array("Q", sorted(self._numbers)).tofile(run)
            run.seek(0)
            self._runs.append(run)
            self._numbers = array("Q")

    def merged(self) -> Iterator[tuple[int, int]]:
        """Yield (number, how often), ascending; once."""
        runs = [_read(run) for run in self._runs]
        runs.append(iter(sorted(self._numbers)))
        for number, same in groupby(heapq.merge(*runs)):
            yield number, sum(1 for _ in same)
        self.close()

    def close(self) -> None:
        """Drop the files."""
        for run in self._runs:
            run.close()
        self._runs.clear()


def _read(run: IO[bytes]) -> Iterator[int]:
    while data := run.read(_PIECE_NUMBERS * 8):
        yield from array("Q", data)
