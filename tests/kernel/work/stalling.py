"""Locks, writes and unlocks over and over, and measures.  Arguments: the file, a byte, seconds.

Prints, as JSON, the rounds and the longest lock, write and unlock in seconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time


def main() -> None:
    """Work for the given time."""
    path, byte, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    longest = [0.0, 0.0, 0.0]
    rounds = 0
    now = time.monotonic()  # noqa: TID251 - what a test measures
    end = now + seconds
    while now < end:
        rounds += 1
        for step in range(3):
            start = now
            if step == 1:
                os.pwrite(fd, b"x", byte)
                os.fsync(fd)
            else:
                fcntl.lockf(fd, (fcntl.LOCK_EX, 0, fcntl.LOCK_UN)[step], 1, byte)
            now = time.monotonic()  # noqa: TID251
            longest[step] = max(longest[step], now - start)
    print(json.dumps([rounds, *longest]))


main()
