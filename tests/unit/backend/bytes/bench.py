"""A brick with its data path on a disk, a store and threads that the test drives."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.api import ROOT, CreateMode, NewAttributes, Stability, Written
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.copies import Copies
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.means import BytesOptions, Means
from nfsgw.backend.brick.check.checking import check_view
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.view import DictView
from nfsgw.filerange import FileRange
from nfsgw.waiting import Wait, step
from tests.support.bricks import FSID, Workshop, memory_brick
from tests.support.disks import MemoryDisk, Threads
from tests.support.stores import MemoryStore

__all__ = ["DIRECTORY", "MIB", "Bench"]

T = TypeVar("T")

MIB = 1 << 20
DIRECTORY = inode_number(0, 1)


class Bench:
    """One brick, open; :meth:`crash` opens it again.

    :param held: commits and threads wait until :meth:`pump`.
    :param copies: the data files of other bricks; None: there is no other brick.
    :param space: the room of the set; None: this brick's own, of which there is plenty.
    """

    def __init__(
        self,
        held: bool = False,
        copies: Copies | None = None,
        space: Callable[[], DiskSpace | None] = lambda: None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        usual = {"inline_bytes_max": 4096, "reserve_bytes": 0, "access_times": False}
        self.options = BytesOptions(**{**usual, **options})
        self.held = held
        self.copies = copies
        self.space = space
        self.disk = MemoryDisk()
        self.store = MemoryStore(held)
        self.starts = 0
        self._open()

    def _open(self) -> None:
        self.starts += 1
        self.shop = Workshop()
        self.shop.clock.advance(self.starts * 1000)
        self.threads = Threads(self.held)
        self.brick = memory_brick(self.store, self.shop, start_id=bytes([self.starts]))
        self.bytes = FileBytes(
            Means(
                self.brick,
                self.disk,
                self.threads.run_in_thread,
                self.shop.clock,
                self.shop.timers.call_later,
                self.options,
                copies=self.copies,
                space=self.space,
            ),
            "data",
        )
        self.disk.make_directory("data")
        starting = self.begin(self.bytes.start())
        while not starting.done:
            with self.shop.turn:
                self.threads.run()
        starting.result()

    def crash(self, random: Random | None = None) -> None:
        """Die and start again; with ``random`` the machine lost its power too."""
        if random is None:
            self.disk.kill()
        else:
            self.disk.lose_power(random)
        if self.store.writing and random is not None and random.random() < 0.5:
            self.store.reach_disk()
        self.store = MemoryStore(self.held, of=self.store)
        self._open()

    # Driving

    def pump_one(self, random: Random | None = None) -> bool:
        """Let one thing happen that is under way; False if there is none."""
        choices: list[Callable[[], object]] = []
        if self.shop.soon:
            choices.append(lambda: self.shop.soon.pop(0)())
        if self.store.writing:
            choices.append(self.store.complete)
        for index in range(len(self.threads.jobs)):
            choices.append(partial(self.threads.run, index))
        if not choices:
            return False
        with self.shop.turn:
            (random.choice(choices) if random else choices[0])()
        return True

    def pump(self, random: Random | None = None) -> None:
        """Let everything that is under way happen."""
        while self.pump_one(random):
            pass

    def idle(self, seconds: float = 100) -> None:
        """Let time pass, and what it brings happen."""
        self.shop.clock.advance(seconds)
        with self.shop.turn:
            self.shop.timers.run()
        self.pump()

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
        """Start an operation in a turn of its own."""
        with self.shop.turn:
            return step(coroutine)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run an operation to its end."""
        wait = self.begin(coroutine)
        for _ in range(10000):
            if wait.done or not self.pump_one():
                break
        if not wait.done:
            # Only UNSTABLE records may linger, and nothing waits for those.
            raise AssertionError("the operation never ends")
        return wait.result()

    # Operations

    def create(self, name: bytes = b"file", request: bytes | None = None) -> int:
        """Create a file, and return its inode number."""
        made = self.run(
            self.bytes.change(
                operations.create,
                ROOT,
                DIRECTORY,
                name,
                CreateMode.UNCHECKED,
                NewAttributes(mode=0o644),
                None,
                request=request,
            )
        )
        return made.inode

    def write(
        self,
        inode: int,
        offset: int,
        data: bytes,
        stability: int = Stability.UNSTABLE,
        request: bytes | None = None,
    ) -> Written:
        """Write, to the end."""
        return self.run(self.bytes.write(ROOT, inode, offset, data, stability, request))

    def read(self, inode: int, offset: int = 0, count: int = 64 * MIB) -> bytes:
        """Read, to the end; a range of a file is read as its receiver would."""
        found = self.run(self.bytes.read(ROOT, inode, offset, count))
        return self.take(found.data)

    def take(self, data: bytes | FileRange) -> bytes:
        """Return the bytes of a reply."""
        if isinstance(data, FileRange):
            taken = self.disk.read(data.fd, data.length, data.offset)
            data.release()
            assert len(taken) == data.length, "the file became shorter than the reply"
            return taken
        return data

    def commit(self, inode: int) -> bytes:
        """Commit; return the verifier."""
        return self.run(self.bytes.commit(inode, 0, 0)).verifier

    def resizing(self, inode: int, size: int) -> Coroutine[Any, Any, Any]:
        """Return the operation that sets a size."""
        return self.bytes.change(operations.setattr, ROOT, inode, NewAttributes(size=size), None)

    def resize(self, inode: int, size: int) -> None:
        """Set the size, to the end."""
        self.run(self.resizing(inode, size))

    def removing(self, name: bytes = b"file") -> Coroutine[Any, Any, Any]:
        """Return the operation that removes a name."""
        return self.bytes.change(operations.remove, ROOT, DIRECTORY, name, frees=True)

    def remove(self, name: bytes = b"file") -> None:
        """Remove a name, to the end."""
        self.run(self.removing(name))

    def size(self, inode: int) -> int:
        """Return the size that GETATTR gives."""
        attributes = self.run(self.brick.read(operations.getattr, inode))
        return int.from_bytes(attributes[20:28], "big")

    def complaints(self) -> list[str]:
        """Return what a check of the stored state finds."""
        view = DictView()
        view.tables = self.store.tables
        report = check_view(view, FSID, self.disk, "data")
        return [str(finding) for finding in report.findings]
