"""Walks round a ring of three locks, always holding one and waiting for the next.

Two that do so can only go on in turn: each step of one frees what the other waits for.  Arguments:
the file, steps.  Prints the median and the longest wait in seconds, as JSON.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time

RING = 3


def main() -> None:
    """Walk."""
    fd = os.open(sys.argv[1], os.O_RDWR)
    steps = int(sys.argv[2])
    waits = []
    fcntl.lockf(fd, fcntl.LOCK_EX, 1, 0)
    for step in range(steps):
        start = time.monotonic()  # noqa: TID251 - what a test measures
        fcntl.lockf(fd, fcntl.LOCK_EX, 1, (step + 1) % RING)
        waits.append(time.monotonic() - start)  # noqa: TID251
        fcntl.lockf(fd, fcntl.LOCK_UN, 1, step % RING)
    waits.sort()
    print(json.dumps([waits[len(waits) // 2], waits[-1]]))


main()
