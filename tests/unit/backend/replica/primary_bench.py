"""A primary with followers whose answers, disks and coordinator a test holds in its hand."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import pytest

from nfsgw.backend.api import ROOT, CreateMode, Made, NewAttributes, Stability
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.means import BytesOptions, Tasks
from nfsgw.backend.brick.keys import inode_number
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.starting import Options, Surroundings, begin_epoch
from nfsgw.backend.brick.view import Table
from nfsgw.backend.coordinator.api import CoordinatorFailed
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.member import Member, MemberFailed
from nfsgw.backend.replica.membership import Membership
from nfsgw.backend.replica.primary import Policy, Primary
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import FsCode, FsError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.support.bricks import FSID
from tests.support.coordinators import MemoryCoordinator
from tests.support.disks import MemoryDisk, Threads
from tests.support.replicas import DATA, HeldWorker, local_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.fakes import Loop

T = TypeVar("T")

DIRECTORY = inode_number(0, 1)
LEASE_S = 5.0
PATIENCE_S = 0.6 * LEASE_S
REQUEST = b"client01" + bytes(20)


class Line:
    """The way from the primary to a brick.

    :ivar held: names of calls that do not arrive before :meth:`let_go`.
    :ivar calls: the names of all calls.
    """

    def __init__(self, member: Secondary) -> None:
        self.brick = member.brick
        self.held: set[str] = set()
        self.calls: list[str] = []
        self._member = member
        self._waiting: list[tuple[Callable[[], Any], Wait[Any]]] = []

    @property
    def member(self) -> Member:
        """Return it as what it leads to."""
        return cast("Member", self)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any call of a member
        return partial(self._call, name)

    def _call(self, name: str, *args: Any) -> Any:  # noqa: ANN401
        self.calls.append(name)
        call = partial(getattr(self._member, name), *args)
        if name not in self.held:
            return call()
        wait: Wait[Any] = Wait()
        self._waiting.append((call, wait))
        return wait

    def let_go(self) -> None:
        """Let everything arrive that is held."""
        self.held.clear()
        waiting, self._waiting = self._waiting, []
        for call, wait in waiting:
            answer = call()
            answer.add_callback(partial(_hand_on, answer, wait))

    def fail(self, reason: str = "its disk is broken") -> None:
        """Let everything fail that is held."""
        waiting, self._waiting = self._waiting, []
        for _, wait in waiting:
            wait.fail(MemberFailed(reason))


def _hand_on(answer: Wait[Any], wait: Wait[Any]) -> None:
    try:
        value = answer.result()
    except MemberFailed as error:
        wait.fail(error)
    else:
        wait.resolve(value)


class Coordinator(MemoryCoordinator):
    """A coordinator that may not answer.

    :ivar away: it cannot be reached.
    :ivar held: swaps wait for :meth:`let_go`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.away = self.held = False
        self._waiting: list[Wait[None]] = []

    async def get(self, name: str) -> Any:  # noqa: ANN401
        """Read."""
        if self.away:
            raise CoordinatorFailed("it cannot be reached")
        return await super().get(name)

    async def swap(self, name: str, version: int, value: Mapping[str, Any] | None) -> int:
        """Write."""
        if self.held:
            wait: Wait[None] = Wait()
            self._waiting.append(wait)
            await wait
        return await super().swap(name, version, value)

    def let_go(self) -> None:
        """Let swaps go on."""
        self.held = False
        waiting, self._waiting = self._waiting, []
        for wait in waiting:
            wait.resolve(None)


class Brick:
    """A brick in memory, and the way to it."""

    def __init__(self, brick: str, loop: Loop) -> None:
        self.brick = brick
        self.store = MemoryStore()
        self.disk = MemoryDisk()
        self.threads = Threads()
        self.stream = Threads()
        self.local = local_brick(
            self.store,
            self.disk,
            brick=brick,
            threads=HeldWorker(self.threads),
            stream=HeldWorker(self.stream),
        )
        self.failures: list[str] = []
        self.secondary = Secondary(self.local, loop, LEASE_S, self.failures.append, Tasks())
        self.line = Line(self.secondary)

    @property
    def member(self) -> Member:
        """Return the brick as its primary sees it."""
        return self.line.member

    def receive(self, records: Sequence[Record], point: int) -> None:
        """Put records into its tables, those beyond ``point`` to be taken back perhaps."""
        self.store.transact(
            lambda transaction: receiving.append(transaction, records, LogBounds(), point)
        )

    @property
    def log(self) -> dict[bytes, bytes]:
        """Return its log."""
        return self.store.tables[Table.LOG]

    @property
    def shared(self) -> list[tuple[Table, bytes, bytes]]:
        """Return all that it has in common with others, and its log."""
        items = [
            (table, *item)
            for table in SHARED_TABLES
            for item in sorted(self.store.tables[table].items())
            if is_shared(table, item[0])
        ]
        return items + [(Table.LOG, *item) for item in sorted(self.log.items())]

    def content(self, inode: int) -> bytes | None:
        """Return what is in a data file."""
        file = self.disk.names_now.get(path(inode))
        return None if file is None else file.read(file.size, 0)


def path(inode: int) -> str:
    """Return the path of a data file."""
    return f"{DATA}/{inode >> 20 & 0xFF:02x}/{inode >> 12 & 0xFF:02x}/{inode:016x}"


class Bench:
    """Some bricks, all in sync, of which the first one is to be primary.

    :ivar lost: those that the primary counts on no more, with the reason.
    :ivar failed: why it is not primary any more.
    :ivar needed: how many bricks are a quorum.
    :ivar only: the set has no other brick, and will get none.
    """

    def __init__(self, count: int = 2, extra: int = 0, only: bool = False) -> None:
        self.only = only
        self.loop = Loop()
        self.turn = Turn(lambda function: self.loop.call_later(0, function))
        self.bricks = [
            Brick(f"{number + 1:02x}" * 16, self.loop) for number in range(count + extra)
        ]
        self.coordinator = Coordinator()
        self.membership = Membership(self.coordinator, FSID, 0, self.loop.call_later)
        self.run(self.membership.load([each.brick for each in self.bricks[:count]]))
        for each in self.bricks[count:]:
            self.run(self.membership.add_member(each.brick))
        self.members = self.bricks[1:count]
        self.lost: list[tuple[str, str]] = []
        self.failed: list[str] = []
        self.needed = 1
        self.linger_s = 0.0

    def lead(self) -> Primary:
        """Make the first brick primary, which has yet to level the others."""
        own = self.bricks[0]
        epoch = self.run(self.membership.take_over(own.brick, 1))
        surroundings = Surroundings(self.loop, self.turn, self.loop.call_later, lambda: 1 << 40)
        self.primary = Primary(
            own.local,
            own.store.transact(begin_epoch(FSID, 0, b"start--1", epoch)),
            surroundings,
            (
                Options(reserve_bytes=0, linger_s=self.linger_s),
                BytesOptions(inline_bytes_max=16, reserve_bytes=0),
            ),
            Policy(LEASE_S, lambda count: count >= self.needed),
            self.membership,
            lambda member, reason: self.lost.append((member.brick, reason)),
            self.failed.append,
            only=self.only,
        )
        return self.primary

    def level(self) -> Wait[None]:
        """Begin to level the others."""
        self.lead()
        return self.begin(self.primary.level([each.member for each in self.members]))

    def serve(self) -> Bench:
        """Let the primary serve."""
        self.result(self.level())
        self.run(self.primary.start())
        for each in self.bricks:
            each.line.calls.clear()
        return self

    # Driving

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
        """Begin something in a turn of its own."""
        with self.turn:
            return step(coroutine)

    def result(self, wait: Wait[T]) -> T:
        """Let time pass until something is over."""
        self.loop.run(lambda: wait.done, 60)
        return wait.result()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self.result(self.begin(coroutine))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        end = self.loop.pause(seconds)
        self.loop.run(lambda: end.done)

    # Looking

    @property
    def in_sync(self) -> list[int]:
        """Return the numbers of the bricks that the record counts as in sync."""
        named = self.membership.record.in_sync
        return [number for number, each in enumerate(self.bricks) if each.brick in named]

    def asked(self, number: int) -> list[str]:
        """Return what a brick was asked for, besides heartbeats."""
        return [name for name in self.bricks[number].line.calls if name != "beat"]

    # Operations

    def creating(self, name: bytes = b"file", request: bytes | None = None) -> Any:  # noqa: ANN401
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

    def create(self, name: bytes = b"file", request: bytes | None = None) -> Wait[Made]:
        """Begin to make a file."""
        return self.begin(self.creating(name, request))

    def write(self, inode: int, offset: int, data: bytes) -> Wait[Any]:
        """Begin to write."""
        sync = Stability.FILE_SYNC
        return self.begin(self.primary.data.write(ROOT, inode, offset, data, sync, None))

    def resize(self, inode: int, size: int) -> Wait[Any]:
        """Begin to set a size."""
        new = NewAttributes(size=size)
        return self.begin(self.primary.data.change(operations.setattr, ROOT, inode, new, None))

    def look(self) -> Wait[bytes]:
        """Begin a GETATTR of the root."""
        return self.begin(self.primary.brick.read(operations.getattr, DIRECTORY))

    def file(self, name: bytes = b"file", data: bytes = bytes(range(100))) -> int:
        """Make a file with some bytes."""
        inode = self.result(self.create(name)).inode
        self.result(self.write(inode, 0, data))
        return inode


def code_of(wait: Wait[Any]) -> FsCode:
    """Return the error that something has ended with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


def some(first: int, count: int, epoch: int = 1, value: bytes = b"value") -> list[Record]:
    """Return records, whose values tell their epochs."""
    return [
        Record(number, epoch, number, {(Table.XATTR, b"%d" % number): value + b" %d" % epoch})
        for number in range(first, first + count)
    ]


def code_of_result(bench: Bench, wait: Wait[Any]) -> FsCode:
    """Return the error that something ends with in time."""
    bench.loop.run(lambda: wait.done, 60)
    return code_of(wait)
