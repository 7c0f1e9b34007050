"""Work on files that checks itself: what it has written is what it reads, and nothing fails.

It knows the content of every file that it has made, writes and reads them by any :class:`Files`,
and notes how long each operation has taken.  This module needs nothing but Python, so that it can
be copied into a guest.
"""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import Any, Protocol

__all__ = ["Files", "Load", "Worker"]

# Mostly small ones, of which some are kept with their metadata; some of several extents (4 MiB).
SIZES = (0, 60, 3000, 8192, 8193, 40_000, 300_000, 1_100_000, 5_000_000, 9_500_000)
FREQUENCIES = (2, 8, 8, 3, 3, 10, 8, 5, 2, 1)
FILES_MAX = 24
TILE_BYTES = 65521
"""A prime, so that no two blocks of a file are alike."""


class Files(Protocol):
    """What the load works on; names have no directory.  Everything may raise OSError."""

    def create(self, name: str, data: bytes) -> None:
        """Make or replace a file, durably."""

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write into a file, durably."""

    def cut(self, name: str, size: int) -> None:
        """Set the size of a file."""

    def read(self, name: str, offset: int, count: int) -> bytes:
        """Read from a file, past all caches."""

    def rename(self, name: str, target: str) -> None:
        """Give a file another name, perhaps that of another file, which is no more then."""

    def remove(self, name: str) -> None:
        """Remove a file."""

    def names(self) -> list[str]:
        """Return all names."""


class Worker:
    """One process of work in a directory of its own.

    :param bytes_max: that its files hold together, about; no file is larger than half of that.
    :ivar contents: what its files hold, by name.
    :ivar operations: how many were done, ``errors`` what failed, ``longest`` the longest pause.
    """

    def __init__(self, files: Files, seed: int, bytes_max: int = 24 << 20) -> None:
        self._files = files
        self._random = random.Random(seed)
        self._bytes_max = bytes_max
        self._made = 0
        self.contents: dict[str, bytearray] = {}
        self.operations = 0
        self.errors: list[str] = []
        self.longest: list[Any] = [0.0, ""]

    def run(self, stop: Callable[[], bool]) -> None:
        """Work until ``stop`` says so, or something fails: what comes then follows from that."""
        while not stop() and not self.errors:
            self.step()

    def step(self) -> None:
        """Do one operation."""
        choices: list[Callable[[], str]] = [self._create] * 3
        if self.contents:
            choices += [self._write, self._write, self._write, self._append, self._cut]
            choices += [self._read, self._read, self._read, self._rename, self._remove]
        held = sum(map(len, self.contents.values()))
        if len(self.contents) >= FILES_MAX or held > self._bytes_max:
            choices = [self._remove]
        self._timed(self._random.choice(choices))

    def _timed(self, operation: Callable[[], str]) -> None:
        begun = time.monotonic()  # noqa: TID251 - it measures
        try:
            what = operation()
        except (OSError, AssertionError) as error:
            what = str(getattr(operation, "__name__", "check"))
            self.errors.append(f"{what}: {error!r}")
        took = time.monotonic() - begun  # noqa: TID251
        self.operations += 1
        if took > self.longest[0]:
            self.longest = [round(took, 3), what]

    def verify(self) -> None:
        """Read all files, and look whether there are others."""
        found = sorted(self._files.names())
        if found != sorted(self.contents):
            self.errors.append(f"names: {found} instead of {sorted(self.contents)}")
        for name in sorted(self.contents):
            self._timed(partial(self._check, name, 0, len(self.contents[name]) + 1))

    def record(self) -> dict[str, list[Any]]:
        """Return size and checksum of each file, which :meth:`restore` takes."""
        return {
            name: [len(data), blake2b(data).hexdigest()] for name, data in self.contents.items()
        }

    def restore(self, record: dict[str, list[Any]]) -> None:
        """Take up the work of another one, after a look at all that it has left."""
        found = sorted(self._files.names())
        if found != sorted(record):
            self.errors.append(f"names: {found} instead of {sorted(record)}")
        for name, (size, digest) in record.items():
            data = self._files.read(name, 0, size + 1)
            if [len(data), blake2b(data).hexdigest()] != [size, digest]:
                self.errors.append(f"restore {name}: {len(data)} of {size} bytes, or others")
            self.contents[name] = bytearray(data)

    # Operations

    def _bytes(self, count: int) -> bytes:
        tile = self._random.randbytes(min(count, TILE_BYTES))
        return (tile * (count // TILE_BYTES + 1))[:count]

    def _size(self) -> int:
        (size,) = self._random.choices(SIZES, FREQUENCIES)
        return min(size, self._bytes_max // 2)

    def _any(self) -> str:
        return self._random.choice(list(self.contents))

    def _create(self) -> str:
        self._made += 1
        name = f"f{self._made}"
        data = self._bytes(self._size())
        self._files.create(name, data)
        self.contents[name] = bytearray(data)
        return f"create {name} of {len(data)}"

    def _write(self) -> str:
        name = self._any()
        content = self.contents[name]
        offset = self._random.randrange(len(content) + 1)
        data = self._bytes(min(self._size(), 1_100_000))
        return self._put(name, offset, data)

    def _append(self) -> str:
        name = self._any()
        return self._put(name, len(self.contents[name]), self._bytes(min(self._size(), 300_000)))

    def _put(self, name: str, offset: int, data: bytes) -> str:
        self._files.write(name, offset, data)
        self.contents[name][offset : offset + len(data)] = data
        return f"write {len(data)} at {offset} of {name}"

    def _cut(self) -> str:
        name = self._any()
        content = self.contents[name]
        size = self._random.randrange(len(content) + 1)
        self._files.cut(name, size)
        del content[size:]
        return f"cut {name} to {size}"

    def _read(self) -> str:
        name = self._any()
        offset = self._random.randrange(len(self.contents[name]) + 1)
        self._check(name, offset, 1_500_000)
        return f"read {name}"

    def _check(self, name: str, offset: int, count: int) -> str:
        found = self._files.read(name, offset, count)
        wanted = bytes(self.contents[name][offset : offset + count])
        if found != wanted:
            raise AssertionError(_difference(name, offset, found, wanted))
        return f"read {name}"

    def _rename(self) -> str:
        name, target = self._any(), self._random.choice([*self.contents, f"r{self._made}"])
        if name != target:
            self._files.rename(name, target)
            self.contents[target] = self.contents.pop(name)
        return f"rename {name} to {target}"

    def _remove(self) -> str:
        name = self._any()
        self._files.remove(name)
        del self.contents[name]
        return f"remove {name}"


def _difference(name: str, offset: int, found: bytes, wanted: bytes) -> str:
    if len(found) != len(wanted):
        return f"{name} at {offset}: {len(found)} bytes instead of {len(wanted)}"
    at = next(i for i, pair in enumerate(zip(found, wanted, strict=True)) if pair[0] != pair[1])
    return f"{name} at {offset}: differs from byte {offset + at} on"


class Load:
    """Several workers, each in a thread."""

    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        self._stopping = False
        for worker in self.workers:
            worker.operations, worker.longest = 0, [0.0, ""]
        self._threads = [
            threading.Thread(target=worker.run, args=(lambda: self._stopping,))
            for worker in self.workers
        ]
        for thread in self._threads:
            thread.start()

    def wait_for(self, stop: Callable[[], bool]) -> None:
        """Return when ``stop`` says so."""
        while not stop():
            time.sleep(0.2)

    def stop(self) -> None:
        """End when what is under way has ended."""
        self._stopping = True
        for thread in self._threads:
            thread.join()

    def result(self) -> dict[str, Any]:
        """Return the number of operations, all errors, and the longest pause and where it was."""
        return {
            "operations": sum(worker.operations for worker in self.workers),
            "errors": [error for worker in self.workers for error in worker.errors],
            "longest": max(worker.longest for worker in self.workers),
        }
