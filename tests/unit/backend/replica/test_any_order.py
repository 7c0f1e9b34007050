"""Whatever clients and administrators do, and disks do not: a set heals, and ends when told."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait
from tests.unit.backend.replica.set_bench import Place, SetBench

EXTENT = 4 << 20
MEMBERS_MAX = 4
SIZES = (0, 50, 5000, EXTENT, EXTENT + 7)
PAUSES_S = (0.0005, 0.002, 0.01, 0.5, 2, 8)


class Play:
    """A set, and what is done to it.

    :ivar calls: of clients, that were begun; ``commands`` likewise of administrators.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        count = random.choice((2, 2, 3))
        self.fixed = random.choice((0, 0, 2))
        quorum = (QuorumKind.FIXED, 2) if self.fixed else (QuorumKind.AUTO, 0)
        self.bench = SetBench(count, quorum, linger_s=random.choice((0.0, 1.0)))
        self.inode = self.bench.file()
        self.calls: list[Wait[Any]] = []
        self.commands: list[Wait[Any]] = []

    def step(self) -> None:
        """Let something happen, and some time pass."""
        actions = (self.call, self.call, self.administer, self.break_disk, self.heal_disks)
        self.random.choice(actions)()
        self.bench.pass_time(self.random.choice(PAUSES_S))

    def call(self) -> None:
        """Let a client call."""
        bench, random = self.bench, self.random
        if bench.served is None:
            return
        data, request = bench.primary.data, b"request-%04d" % len(self.calls)
        offset = random.choice(SIZES)
        size = NewAttributes(size=offset)
        calls = (
            lambda: bench.writing(self.inode, offset, b"x" * random.choice((1, 5000))),
            lambda: bench.creating(request, request),
            lambda: data.commit(self.inode, 0, 0),
            lambda: data.change(operations.setattr, ROOT, self.inode, size, None, request=request),
        )
        self.calls.append(bench.begin(random.choice(calls)()))

    def administer(self) -> None:
        """Let an administrator give a command."""
        bench, random = self.bench, self.random
        members = list(bench.set.seats)
        brick = random.choice(members)
        command = random.choice(("add", "replace", "remove", "heal", "hand over"))
        if command in ("add", "replace") and len(members) < MEMBERS_MAX:
            new = bench.add_place()
            coroutine = bench.set.add(new) if command == "add" else bench.set.replace(brick, new)
            self.commands.append(bench.begin(coroutine))
        elif command == "remove":
            # Fewer could never reach the quorum again, and one that is alone needs a person.
            going = sum(not wait.done for wait in self.commands)
            going += len(bench.membership.record.replacing)
            if len(members) - going > max(2, self.fixed):
                self.commands.append(bench.begin(bench.set.remove(brick)))
        elif command == "heal":
            with suppress(NfsgwError), bench.turn:
                bench.set.heal_full(brick)
        elif command == "hand over" and bench.served is not None:
            with bench.turn:
                bench.primary.give_way("for a test")

    def break_disk(self) -> None:
        """Let a disk hang, fail once, or be taken out."""
        place = self.random.choice(self.places)
        how = self.random.choice(("hang", "fail", "take out"))
        if how == "hang":
            place.hung = True
        elif how == "take out":
            place.refusal = "its disk was taken out"
        else:
            place.disk.sync_error = OSError(5, "for a test")
            self.bench.loop.call_later(0.05, lambda: setattr(place.disk, "sync_error", None))

    def heal_disks(self) -> None:
        """Let all disks be well."""
        for place in self.bench.places.values():
            place.refusal = None
            place.disk.sync_error = None
            place.release()

    @property
    def places(self) -> list[Place]:
        """Return the places of all members."""
        return [self.bench.places[brick] for brick in self.bench.set.seats]

    # What must be so

    def is_whole(self) -> bool:
        """Say whether all members are in sync, and one of them serves."""
        record = self.bench.membership.record
        members = set(record.members)
        return (
            self.bench.served is not None
            and set(record.in_sync) == members == set(self.bench.set.seats)
            and not record.replacing
        )

    def check(self) -> None:
        """Check that all is well in the end."""
        bench = self.bench
        self.heal_disks()
        bench.until(self.is_whole, 120)
        bench.until(lambda: all(wait.done for wait in (*self.calls, *self.commands)), 60)
        bench.until(self.is_whole, 120)
        bench.file(b"last")
        bench.pass_time(20)
        first, *others = (self.shared(place) for place in self.places)
        assert all(other == first for other in others)

    def shared(self, place: Place) -> dict[tuple[Table, bytes], bytes]:
        """Return what a brick shares with others."""
        return {
            (table, key): value
            for table in SHARED_TABLES
            for key, value in place.store.tables[table].items()
            if is_shared(table, key)
        }

    def stop(self) -> None:
        """Stop the set, and check that nothing is left of it."""
        stopping = self.bench.begin(self.bench.set.stop())
        self.bench.until(lambda: stopping.done, 120)
        stopping.result()
        self.heal_disks()
        self.bench.pass_time(60)
        assert self.bench.served is None
        assert all(wait.done for wait in self.calls)
        for place in self.bench.places.values():
            assert place.opened == place.closed
            assert place.misused == []


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1 << 32))
def test_set_heals_and_ends(seed: int) -> None:
    """In any order, at any moment."""
    random = Random(seed)
    play = Play(random)
    for _ in range(random.randrange(5, 25)):
        play.step()
    if random.random() < 0.6:
        play.check()
    play.stop()
