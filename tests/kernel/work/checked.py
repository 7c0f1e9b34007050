"""Run the load of load.py (beside this file) on a mount, until a file says that it is enough.

    checked.py DIRECTORY CONTROL SEED

In the directory CONTROL, ``record`` says what the last run has left, all of which is read and
compared first; at the end it says what this run leaves.  This one makes ``started``, and ends when
there is ``stop``.  What was done, what failed and the longest pause go to ``result``.
"""

import json
import os
import sys

from load import Load, Worker  # type: ignore[import-not-found]

WORKERS = 2
BYTES_MAX = 10 << 20


class LocalFiles:
    """Files of one directory; the client's cache is passed by where it would hide the server."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        os.makedirs(directory, exist_ok=True)

    def create(self, name: str, data: bytes) -> None:
        """Make or replace a file, durably."""
        self._write(name, os.O_CREAT | os.O_TRUNC, 0, data)

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write into a file, durably."""
        self._write(name, 0, offset, data)

    def _write(self, name: str, flags: int, offset: int, data: bytes) -> None:
        fd = os.open(self._path(name), os.O_WRONLY | flags, 0o644)
        try:
            while data:
                done = os.pwrite(fd, data, offset)
                data, offset = data[done:], offset + done
            os.fsync(fd)
        finally:
            os.close(fd)

    def cut(self, name: str, size: int) -> None:
        """Set the size of a file."""
        os.truncate(self._path(name), size)

    def read(self, name: str, offset: int, count: int) -> bytes:
        """Read from a file, from the server."""
        fd = os.open(self._path(name), os.O_RDONLY)
        try:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            content = b""
            while len(content) < count:
                piece = os.pread(fd, count - len(content), offset + len(content))
                if not piece:
                    break
                content += piece
            return content
        finally:
            os.close(fd)

    def rename(self, name: str, target: str) -> None:
        """Give a file another name."""
        os.rename(self._path(name), self._path(target))

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self._path(name))

    def names(self) -> list[str]:
        """Return all names."""
        return os.listdir(self._directory)

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)


def main(directory: str, control: str, seed: int) -> None:
    """Take up the work, go on with it, and say how it went."""
    record, stop = f"{control}/record", f"{control}/stop"
    workers = [
        Worker(LocalFiles(f"{directory}/worker{number}"), seed + number, BYTES_MAX)
        for number in range(WORKERS)
    ]
    if os.path.exists(record):
        with open(record) as opened:
            for worker, left in zip(workers, json.load(opened), strict=True):
                worker.restore(left)
    load = Load(workers)
    load.start()
    with open(f"{control}/started", "w"):
        pass
    load.wait_for(lambda: os.path.exists(stop))
    load.stop()
    with open(record, "w") as opened:
        json.dump([worker.record() for worker in workers], opened)
    with open(f"{control}/result", "w") as opened:
        json.dump(load.result(), opened)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
