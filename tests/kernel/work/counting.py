"""Counts in a file's cells, each under an exclusive lock on its bytes, and notices company.

Arguments: the file, a seed, rounds.  While a cell is locked its first half names who is in it;
its second half counts.  Readers look at all cells under one shared lock: nobody may be in any.
"""

from __future__ import annotations

import fcntl
import os
import random
import struct
import sys

CELL = struct.Struct("<qq")
CELLS = 5


def count(fd: int, cell: int, me: int) -> None:
    """Add one to a cell."""
    place = cell * CELL.size
    fcntl.lockf(fd, fcntl.LOCK_EX, CELL.size, place)
    inside, counted = CELL.unpack(os.pread(fd, CELL.size, place))
    if inside:
        raise SystemExit(f"{me} met {inside} in cell {cell}")
    os.pwrite(fd, CELL.pack(me, counted), place)
    os.fsync(fd)
    if CELL.unpack(os.pread(fd, CELL.size, place)) != (me, counted):
        raise SystemExit(f"{me} was joined in cell {cell}")
    os.pwrite(fd, CELL.pack(0, counted + 1), place)
    fcntl.lockf(fd, fcntl.LOCK_UN, CELL.size, place)


def look(fd: int, before: list[int]) -> list[int]:
    """Return all counts; fail if somebody is in a cell, or counted backwards."""
    length = CELLS * CELL.size
    fcntl.lockf(fd, fcntl.LOCK_SH, length, 0)
    cells = list(CELL.iter_unpack(os.pread(fd, length, 0)))
    fcntl.lockf(fd, fcntl.LOCK_UN, length, 0)
    counts = [counted for _, counted in cells]
    if any(inside for inside, _ in cells) or any(map(int.__gt__, before, counts)):
        raise SystemExit(f"seen under a shared lock, after {before}: {cells}")
    return counts


def main() -> None:
    """Count and look; print how often was counted."""
    path, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    fd = os.open(path, os.O_RDWR)
    draw = random.Random(seed)
    seen = [0] * CELLS
    counted = 0
    for _ in range(rounds):
        if draw.random() < 0.25:
            seen = look(fd, seen)
        else:
            count(fd, draw.randrange(CELLS), seed)
            counted += 1
    print(counted)


main()
