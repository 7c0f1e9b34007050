"""The way to another brick: every call and every answer takes time, or never arrives.

In one daemon a secondary could answer before its caller has gone on; between machines nothing
does.  The simulator puts a link before every :class:`~nfsgw.backend.replica.member.Member`, so
nothing in a primary can rely on answers of the same turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import Extent
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import Beat, ExtentKey, Item, Member, RangeDigest, Standing
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from tests.simulation.scheduler import Life

__all__ = ["Cable", "Link"]

T = TypeVar("T")

_WAY_S = 0.0005


class Cable:
    """What all links to one brick go through; outlives the process.

    :ivar slow: factor on the time that things take.
    :ivar cut: nothing arrives, until :meth:`heal`.
    :ivar breaks: when it heals after a cut, the links of that time stay broken for good, as
        connections are after a while; else what was sent meanwhile arrives, late and in order.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.slow = 1.0
        self.cut = False
        self.breaks = False
        self.generation = 0
        self.held: list[tuple[Life, Callable[[], None]]] = []

    def delay(self) -> float:
        """Return how long one thing takes one way."""
        return _WAY_S * (0.2 + self.random.random()) * self.slow

    def heal(self) -> None:
        """Let everything pass again."""
        self.slow = 1.0
        if self.cut:
            self.cut = False
            held, self.held = self.held, []
            if self.breaks:
                self.generation += 1
            for life, function in held:
                life.call_soon(function)


class _Way:
    """One direction of a link: what is sent arrives later, in the order in which it was sent."""

    def __init__(self, cable: Cable, life: Life) -> None:
        self._cable = cable
        self._life = life
        self._generation = cable.generation
        self._under_way: list[Callable[[], None]] = []
        self._until = 0.0

    def send(self, function: Callable[[], None]) -> None:
        """Call ``function`` at the other end."""
        if self._generation != self._cable.generation:
            return
        now = self._life.seconds()
        self._until = max(self._until, now + self._cable.delay())
        self._under_way.append(function)
        self._life.call_later(self._until - now, self._arrive)

    def _arrive(self) -> None:
        """Let the first of what is under way arrive: as many arrive as were sent."""
        cable = self._cable
        if self._generation != cable.generation:
            return
        if cable.cut:
            cable.held.append((self._life, self._arrive))
            return
        self._under_way.pop(0)()


class Link:
    """A member at the other end of a cable; a :class:`nfsgw.backend.replica.member.Member`."""

    def __init__(self, member: Member, cable: Cable, life: Life, turn: Turn) -> None:
        self._member = member
        self._turn = turn
        self._there = _Way(cable, life)
        self._back = _Way(cable, life)

    @property
    def brick(self) -> str:
        """Return the brick's id."""
        return self._member.brick

    def _call(self, function: Callable[..., Wait[T]], *args: Any) -> Wait[T]:  # noqa: ANN401
        answer: Wait[T] = Wait()
        self._there.send(partial(self._carry_out, answer, function, args))
        return answer

    def _carry_out(
        self, answer: Wait[T], function: Callable[..., Wait[T]], args: tuple[Any, ...]
    ) -> None:
        with self._turn:
            result = function(*args)
        result.add_callback(partial(self._back.send, partial(self._give, answer, result)))

    def _give(self, answer: Wait[T], result: Wait[T]) -> None:
        with self._turn:
            try:
                value = result.result()
            except Exception as error:  # noqa: BLE001 - it goes to whoever has called
                answer.fail(error)
            else:
                answer.resolve(value)

    def attach(self, epoch: int) -> Wait[Standing]:
        """Pass it on."""
        return self._call(self._member.attach, epoch)

    def release(self, epoch: int) -> None:
        """Pass it on; there is no answer."""

        def arrive() -> None:
            with self._turn:
                self._member.release(epoch)

        self._there.send(arrive)

    def beat(self, epoch: int) -> Wait[Beat]:
        """Pass it on."""
        return self._call(self._member.beat, epoch)

    def append(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.append, epoch, records, commit_point)

    def roll_back(self, epoch: int, sequence: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.roll_back, epoch, sequence)

    def replay(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.replay, epoch, records, commit_point)

    def begin_copy(self, epoch: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.begin_copy, epoch)

    def load(self, epoch: int, table: Table, items: Sequence[Item]) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.load, epoch, table, items)

    def replay_copy(self, epoch: int, records: Sequence[Record]) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.replay_copy, epoch, records)

    def end_copy(self, epoch: int) -> Wait[Standing]:
        """Pass it on."""
        return self._call(self._member.end_copy, epoch)

    def write(self, epoch: int, inode: int, offset: int, data: bytes | memoryview) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.write, epoch, inode, offset, data)

    def create(self, epoch: int, inode: int, data: bytes) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.create, epoch, inode, data)

    def cut(self, epoch: int, inode: int, size: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.cut, epoch, inode, size)

    def remove(self, epoch: int, inode: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.remove, epoch, inode)

    def sync(self, epoch: int, inode: int) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.sync, epoch, inode)

    def checksums(
        self, epoch: int, inode: int, extents: Sequence[tuple[int, int]]
    ) -> Wait[list[Extent]]:
        """Pass it on."""
        return self._call(self._member.checksums, epoch, inode, extents)

    def read(self, epoch: int, inode: int, offset: int, count: int) -> Wait[bytes]:
        """Pass it on."""
        return self._call(self._member.read, epoch, inode, offset, count)

    def put_extent(self, epoch: int, inode: int, number: int, data: bytes) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.put_extent, epoch, inode, number, data)

    def missing(self, epoch: int) -> Wait[list[ExtentKey]]:
        """Pass it on."""
        return self._call(self._member.missing, epoch)

    def settle(self, epoch: int, extents: Sequence[ExtentKey]) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.settle, epoch, extents)

    def digest(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None
    ) -> Wait[RangeDigest]:
        """Pass it on."""
        return self._call(self._member.digest, epoch, table, after, upto)

    def rows(self, epoch: int, table: Table, after: bytes, upto: bytes | None) -> Wait[list[Item]]:
        """Pass it on."""
        return self._call(self._member.rows, epoch, table, after, upto)

    def mend(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None, items: Sequence[Item]
    ) -> Wait[None]:
        """Pass it on."""
        return self._call(self._member.mend, epoch, table, after, upto, items)
