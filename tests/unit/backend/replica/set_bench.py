"""A whole replica set in memory, whose disks take a little time, or hang."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from nfsgw.backend.api import ROOT, CreateMode, Made, NewAttributes, Stability, Written
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.means import BytesOptions
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.starting import Options
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction
from nfsgw.backend.replica.member import Member
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.options import SetOptions, SetSurroundings
from nfsgw.backend.replica.primary import Primary
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.replica_set import ReplicaSet
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.support.coordinators import MemoryCoordinator
from tests.support.disks import MemoryDisk
from tests.support.replicas import DATA, local_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.fakes import Loop

__all__ = ["DIRECTORY", "LEASE_S", "Place", "SetBench"]

T = TypeVar("T")

DIRECTORY = inode_number(0, 1)
LEASE_S = 5.0
_DISK_S = 0.001


class _Worker:
    """A thread: it takes a little time, or hangs."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._jobs: deque[tuple[Callable[..., Any], tuple[Any, ...], Wait[Any]]] = deque()

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Begin a job."""
        wait: Wait[Any] = Wait()
        self._jobs.append((function, args, wait))
        self._place.later(self._next)
        return wait

    def _next(self) -> None:
        function, args, wait = self._jobs.popleft()
        try:
            result = function(*args)
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits the result
            if isinstance(error, KeyError):
                self._place.misused.append("a descriptor was used after it had been closed")
            wait.fail(error)
        else:
            wait.resolve(result)

    async def emptied(self) -> None:
        """Return: the place sees to that."""

    def close(self) -> None:
        """Do nothing."""


class _Store(MemoryStore):
    """Tables whose commits take a little time, or hang."""

    place: Place

    def write(
        self, work: Callable[[Transaction], object], done: Callable[[StoreFailed | None], None]
    ) -> None:
        """Begin a commit."""
        super().write(work, done)
        self.place.later(self.complete)


class _Copy:
    """A :class:`nfsgw.backend.brick.local.TableCopy`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def begin(self) -> Store:
        """Return empty tables."""
        store = _Store(held=True)
        store.place = self._place
        return store

    def adopt(self, copy: Store) -> None:
        """Put a copy in force."""
        assert isinstance(copy, _Store)
        self._place.store = copy


class Place:
    """A directory with a brick.

    :ivar hung: nothing that waits for its disk goes on.
    :ivar refusal: why it cannot be opened.
    :ivar misused: what was done to its disk that must not be.
    :ivar opened: how many times it was opened; ``closed`` likewise.
    :ivar ends: whether it was closed in good order, each time.
    """

    def __init__(self, brick: str, loop: Loop, turn: Turn) -> None:
        self.brick = brick
        self.loop = loop
        self.turn = turn
        self.disk = MemoryDisk()
        self.store = _Store(held=True)
        self.store.place = self
        self.hung = False
        self.refusal: str | None = None
        self.misused: list[str] = []
        self.opened = self.closed = 0
        self.ends: list[bool] = []
        self._waiting: list[Callable[[], None]] = []
        self._under_way = 0
        local_brick(self.store, self.disk, brick=brick)

    def content(self, inode: int) -> bytes:
        """Return what is in a data file."""
        path = f"{DATA}/{inode >> 20 & 0xFF:02x}/{inode >> 12 & 0xFF:02x}/{inode:016x}"
        file = self.disk.names_now[path]
        return file.read(file.size, 0)

    async def _emptied(self) -> None:
        """Return when nothing is under way, and some time has passed."""
        worker = _Worker(self)
        await worker.run(lambda: None)
        while self._under_way > 1:
            await worker.run(lambda: None)

    def later(self, function: Callable[[], None]) -> None:
        """Call a function when the disk has answered."""
        self._under_way += 1
        self.loop.call_later(_DISK_S, partial(self._due, function))

    def _due(self, function: Callable[[], None]) -> None:
        if self.hung:
            self._waiting.append(function)
            return
        with self.turn:
            function()
            self._under_way -= 1

    def release(self) -> None:
        """Let the disk go on."""
        self.hung = False
        waiting, self._waiting = self._waiting, []
        self._under_way -= len(waiting)
        for function in waiting:
            self.later(function)

    def open(self) -> LocalBrick:
        """Open the brick."""
        if self.refusal is not None:
            raise NfsgwError(self.refusal)
        if self.opened != self.closed:
            raise NfsgwError("it is in use")
        self.opened += 1
        store = _Store(held=True, of=self.store)
        store.place = self
        self.store = store
        local = local_brick(
            store,
            self.disk,
            brick=self.brick,
            threads=_Worker(self),
            stream=_Worker(self),
            start_id=str(self.loop.now_s).encode(),
        )

        async def close(in_good_order: bool) -> None:
            await self._emptied()
            self.closed += 1
            self.ends.append(in_good_order)

        local.close = close
        local.copy = _Copy(self)
        return local


class SetBench:
    """A started set.

    :ivar served: what clients are handed to: the primary, or None.
    """

    def __init__(
        self,
        count: int = 2,
        quorum: tuple[QuorumKind, int] = (QuorumKind.AUTO, 0),
        linger_s: float = 0.0,
        reach: Callable[[Secondary], Member] | None = None,
        reserve_bytes: int = 0,
    ) -> None:
        self.loop = Loop()
        self.turn = Turn(lambda function: self.loop.call_later(0, function))
        self.places: dict[str, Place] = {}
        names = [self.add_place() for _ in range(count)]
        self.coordinator = MemoryCoordinator()
        self.served: Primary | None = None
        self.writable = False
        self.left: list[Sequence[str]] = []
        self._reach = reach or (lambda secondary: secondary)
        self._options = SetOptions(
            Options(reserve_bytes=reserve_bytes, linger_s=linger_s),
            BytesOptions(inline_bytes_max=16, reserve_bytes=0, ranges=False),
            LEASE_S,
            quorum,
        )
        self.start(names)
        self.until(lambda: len(self.in_sync) == count)

    def start(self, names: Sequence[str] = ("unknown",)) -> None:
        """Start the set, anew if it was stopped.

        :param names: the bricks of a set that has no record yet.
        """
        self.membership = Membership(self.coordinator, 1, 0, self.loop.call_later)
        self.result(self.membership.load(names))
        self.set = ReplicaSet(
            self.membership,
            SetSurroundings(self.loop, self.turn, self.loop.call_later, self._open, self._reach),
            self._options,
            self._serve,
            self.left.append,
        )
        self.result(self.set.start())

    def add_place(self) -> str:
        """Make a brick, which belongs to no set yet."""
        brick = f"{len(self.places) + 1:02x}" * 16
        self.places[brick] = Place(brick, self.loop, self.turn)
        return brick

    async def _open(self, brick: str) -> LocalBrick:
        place = self.places[brick]
        opened: LocalBrick = await _Worker(place).run(place.open)
        return opened

    def _serve(self, primary: Primary | None) -> None:
        self.served = primary
        self.writable = primary is not None and self.set.writable

    # Driving

    def until(self, over: Callable[[], bool], limit_s: float = 30) -> None:
        """Go on until something is so."""
        self.loop.run(over, limit_s)

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        end = self.loop.pause(seconds)
        self.loop.run(lambda: end.done)

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
        """Begin something in a turn of its own."""
        with self.turn:
            return step(coroutine)

    def result(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        wait = self.begin(coroutine)
        self.until(lambda: wait.done)
        return wait.result()

    # Looking

    @property
    def primary(self) -> Primary:
        """Return the primary."""
        assert self.served is not None
        return self.served

    @property
    def in_sync(self) -> tuple[str, ...]:
        """Return the bricks that are in sync, as the record says."""
        return self.membership.record.in_sync

    @property
    def leading(self) -> Place:
        """Return the place of the primary."""
        return self.places[self.primary.own.id]

    @property
    def following(self) -> Place:
        """Return the place of another brick."""
        return next(place for place in self.places.values() if place is not self.leading)

    # Operations

    def creating(self, name: bytes, request: bytes | None = None) -> Coroutine[Any, Any, Made]:
        """Return the making of a file."""
        return self.primary.data.change(
            operations.create,
            ROOT,
            DIRECTORY,
            name,
            CreateMode.UNCHECKED,
            NewAttributes(mode=0o644),
            None,
            request=request,
        )

    def writing(
        self, inode: int, offset: int, data: bytes, stability: Stability = Stability.FILE_SYNC
    ) -> Coroutine[Any, Any, Written]:
        """Return a WRITE."""
        return self.primary.data.write(ROOT, inode, offset, data, stability, None)

    def file(self, name: bytes = b"file", size: int = 100) -> int:
        """Make a file with some bytes."""
        inode = self.result(self.creating(name)).inode
        self.result(self.writing(inode, 0, bytes(range(1, 101)) * (size // 100)))
        return inode
