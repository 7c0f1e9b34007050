"""Locks and unlocks one file as it is told: one process, so one owner of locks.

Arguments: the file, and the directory with the questions.  Question N is ``N.ask``, a JSON list of
an operation and its arguments; its answer is ``N.answer``, a JSON list of an error's name (or
null), a result, and the seconds that it took.  SIGINT ends what is under way with EINTR.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

FLOCK = "hhqqi4x"
POLL_S = 0.02


class Locker:
    """The file, open for reading and writing; methods are the operations."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)

    def lock(self, start: int, length: int, exclusive: bool, wait: bool) -> None:
        """Lock a range with ``fcntl``; a length of 0 is to the end."""
        how = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        fcntl.lockf(self._fd, how | (0 if wait else fcntl.LOCK_NB), length, start)

    def unlock(self, start: int, length: int) -> None:
        """Free a range."""
        fcntl.lockf(self._fd, fcntl.LOCK_UN, length, start)

    def holder(self, start: int, length: int, exclusive: bool) -> list[int] | None:
        """Return type, start, length and process of a lock that is in the way, or None."""
        wanted = fcntl.F_WRLCK if exclusive else fcntl.F_RDLCK
        asked = struct.pack(FLOCK, wanted, os.SEEK_SET, start, length, 0)
        kind, _, start, length, pid = struct.unpack(
            FLOCK, fcntl.fcntl(self._fd, fcntl.F_GETLK, asked)
        )
        return None if kind == fcntl.F_UNLCK else [kind, start, length, pid]

    def flock(self, exclusive: bool, wait: bool) -> None:
        """Lock the file with ``flock``."""
        how = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        fcntl.flock(self._fd, how | (0 if wait else fcntl.LOCK_NB))

    def unflock(self) -> None:
        """Free what ``flock`` has locked."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def write(self, text: str) -> None:
        """Replace the file's content."""
        os.pwrite(self._fd, text.encode(), 0)
        os.ftruncate(self._fd, len(text.encode()))

    def read(self) -> str:
        """Return the file's content."""
        return os.pread(self._fd, 1 << 20, 0).decode()

    def pid(self) -> int:
        """Return the process's number."""
        return os.getpid()


def interrupted(*_: object) -> None:
    """End a wait."""
    raise InterruptedError(errno.EINTR, "SIGINT")


def perform(work: Callable[[], Any]) -> list[Any]:
    """Do it and return the answer."""
    start = time.monotonic()  # noqa: TID251 - what a test measures
    error, result = None, None
    try:
        result = work()
    except OSError as caught:
        error = errno.errorcode[caught.errno or 0]
    return [error, result, time.monotonic() - start]  # noqa: TID251


def main() -> None:
    """Answer until told to end."""
    path, directory = sys.argv[1:]
    signal.signal(signal.SIGINT, interrupted)
    locker = Locker(path)
    for number in itertools.count(1):
        question = f"{directory}/{number}.ask"
        while not os.path.exists(question):
            time.sleep(POLL_S)
        with open(question) as file:
            name, *arguments = json.load(file)
        if name == "end":
            return
        answer = perform(partial(getattr(locker, name), *arguments))
        with open(f"{directory}/{number}.new", "w") as file:
            json.dump(answer, file)
        os.rename(f"{directory}/{number}.new", f"{directory}/{number}.answer")


main()
