"""Locks of a volume on several bricks: takeovers, returns, too few bricks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import pytest

from nfsgw.backend.brick.check.locks import LockCheck
from nfsgw.backend.brick.view import DictView, Table
from nfsgw.backend.locks.api import END, Locked, Locks, Offer, Outcome, Owner, Wanted
from nfsgw.backend.replica.checkup import Checkup
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.locks.desk import CALLBACK, owner
from tests.unit.backend.replica.set_bench import SetBench

ANN, BOB, CAT = owner(1), owner(2), owner(3)
REQUEST = b"client01" + bytes(20)
GRANTED, DENIED, BLOCKED = (
    Locked(Outcome.GRANTED),
    Locked(Outcome.DENIED),
    Locked(Outcome.BLOCKED),
)


class Bench(SetBench):
    """A volume on a set of bricks, its locks, and what was offered."""

    def __init__(self, count: int = 3, quorum: int = 1) -> None:
        places = tuple(
            BrickPlace(f"{number:02x}" * 16, f"h:/b{number}", Path(f"/b{number}"))
            for number in range(1, count + 1)
        )
        self.volume = SetVolume(VolumeRecord("web", 7, State.STARTED, {0: places}))
        self.offered: list[Offer] = []
        self.locks: Locks = self.volume.locks
        self.locks.watch(lambda offer, _fresh: self.offered.append(offer))
        super().__init__(count, quorum=(QuorumKind.FIXED, quorum))
        self.volume.attach(self.set, cast("Checkup", Mock()))
        self.volume.serve(self.served)
        self.inode = self.file()

    def _serve(self, primary: Any) -> None:  # noqa: ANN401 - a Primary or None
        super()._serve(primary)
        self.volume.serve(primary)

    def locking(
        self, of: Owner, start: int, end: int, wait: bool = False, request: bytes | None = None
    ) -> Coroutine[Any, Any, Locked]:
        """Return an exclusive LOCK."""
        wanted = Wanted(self.inode, of, start, end, True)
        callback = CALLBACK if wait else None
        return self.locks.lock(None, wanted, b"oh", 3, True, callback, request)

    def lock(self, of: Owner, start: int, end: int, wait: bool = False) -> Locked:
        """Ask for an exclusive lock."""
        return self.result(self.locking(of, start, end, wait))

    def take_over(self) -> None:
        """Let the primary fail, and another brick serve."""
        old = self.primary
        with self.turn:
            old.brick.step_down("for a test")
        self.until(lambda: self.served not in (None, old) and self.writable)

    def whole(self) -> None:
        """Wait until all bricks are in sync; all must have the same locks, and sound ones."""
        for place in self.places.values():
            place.refusal = None
        self.until(lambda: self.served is not None and len(self.in_sync) == len(self.places))
        self.pass_time(5)
        tables = [place.store.tables for place in self.places.values()]
        for table in (Table.LOCK, Table.MONITOR):
            assert all(each[table] == tables[0][table] for each in tables)
        view = DictView()
        view.tables = tables[0]
        assert list(LockCheck(view).check()) == []

    def code(self, wait: Wait[Any]) -> FsCode:
        """Return the error that something has ended with."""
        with pytest.raises(FsError) as raised:
            wait.result()
        return raised.value.code


def test_locks_survive_a_takeover() -> None:
    """Those that are held, that wait, that are offered; and their watchers hear of them again."""
    bench = Bench()
    bench.lock(ANN, 0, 100)
    assert bench.lock(BOB, 0, 10, wait=True) == BLOCKED
    assert bench.lock(CAT, 20, 30, wait=True) == BLOCKED
    bench.result(bench.locks.unlock(bench.inode, ANN, 0, 10, None))
    listing = bench.locks.listing()
    assert len(bench.offered) == 1
    bench.take_over()
    assert bench.locks.listing() == listing
    assert bench.offered[1:] == bench.offered[:1]
    assert bench.lock(owner(9), 50, 60) == DENIED
    assert bench.lock(owner(9), 5, 6) == DENIED
    bench.result(bench.locks.answered(bench.offered[0].number, True))
    bench.result(bench.locks.unlock(bench.inode, ANN, 0, END, None))
    assert bench.offered[-1].wanted.owner == CAT
    bench.whole()


def test_lock_under_way_in_a_takeover_is_undecided_and_then_known() -> None:
    """Whether it happened is what the next primary says, under the same request."""
    bench = Bench()
    others = [place for place in bench.places.values() if place is not bench.leading]
    bench.leading.hung = True
    wait = bench.begin(bench.locking(ANN, 0, 10, request=REQUEST))
    denied = bench.begin(bench.locking(BOB, 0, 10))
    bench.pass_time(0.5)
    assert not wait.done
    old = bench.leading
    with bench.turn:
        bench.primary.brick.step_down("for a test")
    assert bench.code(wait) is FsCode.UNDECIDED
    assert bench.code(denied) is FsCode.UNDECIDED
    bench.until(lambda: bench.writable)
    assert bench.leading in others
    assert bench.result(bench.locking(ANN, 0, 10, request=REQUEST)) == GRANTED
    assert bench.lock(BOB, 0, 10) == DENIED
    old.release()
    bench.whole()


def test_offer_under_way_in_a_takeover_is_told_by_the_next_primary() -> None:
    """The unlock that made it has failed, as far as its caller knows."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 0, 10, wait=True)
    bench.leading.hung = True
    wait = bench.begin(bench.locks.unlock(bench.inode, ANN, 0, END, REQUEST))
    bench.pass_time(0.5)
    assert bench.offered == []
    old = bench.leading
    with bench.turn:
        bench.primary.brick.step_down("for a test")
    assert bench.code(wait) is FsCode.UNDECIDED
    bench.until(lambda: bench.writable)
    bench.result(bench.locks.unlock(bench.inode, ANN, 0, END, REQUEST))
    assert [offer.wanted.owner for offer in bench.offered] == [BOB]
    old.release()
    bench.whole()


CHANGES: dict[str, Callable[[Bench, bytes | None], Coroutine[Any, Any, Any]]] = {
    "lock": lambda b, request: b.locking(ANN, 0, 10, request=request),
    "wait": lambda b, request: b.locking(CAT, 70, 71, wait=True, request=request),
    "unlock": lambda b, request: b.locks.unlock(b.inode, BOB, 50, 51, request),
    "cancel": lambda b, request: b.locks.cancel(Wanted(b.inode, CAT, 50, 60, True), request),
    "share": lambda b, request: b.locks.share(None, b.inode, ANN.client, b"oh", 1, 0, request),
    "unshare": lambda b, request: b.locks.unshare(b.inode, BOB.client, b"oh", request),
}


def below_quorum() -> Bench:
    """Return a volume that needs two bricks and has one."""
    bench = Bench(2, 2)
    bench.lock(BOB, 50, 100)
    bench.lock(CAT, 50, 60, wait=True)
    bench.result(bench.locks.share(None, bench.inode, BOB.client, b"oh", 1, 0, None))
    other = bench.following
    other.refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(other.brick)
    return bench


@pytest.mark.parametrize("name", CHANGES)
def test_changes_wait_for_the_quorum(name: str) -> None:
    """Nothing of it happens before, in memory neither."""
    bench = below_quorum()
    listing = bench.locks.listing()
    for request in (REQUEST, None):
        assert bench.code(bench.begin(CHANGES[name](bench, request))) is FsCode.TRY_LATER
    for coroutine in (
        bench.locks.answered(1, True),
        bench.locks.free(BOB.client),
        bench.locks.rebooted(BOB.client.address, b"", 9),
        bench.locks.clear([listing[0].wanted]),
    ):
        assert bench.code(bench.begin(coroutine)) is FsCode.TRY_LATER
    assert bench.locks.listing() == listing
    found = bench.result(bench.locks.test(Wanted(bench.inode, ANN, 50, 51, True)))
    assert found is not None
    bench.whole()
    assert bench.locks.listing() == listing
    bench.result(CHANGES[name](bench, REQUEST))
    assert bench.locks.listing() != listing
    bench.whole()


@pytest.mark.parametrize("name", CHANGES)
def test_change_that_was_made_before_gets_its_first_answer(name: str) -> None:
    """To come later would make it a new call."""
    bench = Bench(2, 2)
    bench.lock(BOB, 50, 100)
    bench.lock(CAT, 50, 60, wait=True)
    bench.result(bench.locks.share(None, bench.inode, BOB.client, b"oh", 1, 0, None))
    first = bench.result(CHANGES[name](bench, REQUEST))
    bench.following.refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(bench.following.brick)
    assert not bench.writable
    assert bench.result(CHANGES[name](bench, REQUEST)) == first


def test_brick_that_comes_back_gets_the_locks() -> None:
    """By the log, or by a copy of all tables; and it can be primary then."""
    bench = Bench(2)
    bench.lock(ANN, 0, 10)
    for at in range(3):
        away = bench.following
        away.refusal = "its disk was taken out"
        with bench.turn:
            bench.set.heal_full(away.brick)
        for number in range(20):
            bench.lock(owner(4 + number, at), 100 + number, 101 + number, wait=True)
        bench.whole()
        bench.take_over()
        bench.whole()
        assert len(bench.locks.listing()) == 1 + 20 * (at + 1)
        assert bench.lock(BOB, 9, 10) == DENIED


def test_only_brick_that_is_started_again() -> None:
    """A restart of the daemon keeps every lock."""
    bench = Bench(1)
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 5, 15, wait=True)
    listing = bench.locks.listing()
    bench.result(bench.set.stop())
    assert bench.locks.listing() == ()
    assert bench.code(bench.begin(bench.locking(CAT, 50, 60))) is FsCode.TRY_LATER
    bench.start()
    bench.volume.attach(bench.set, cast("Checkup", Mock()))
    bench.volume.serve(bench.served)
    assert bench.locks.listing() == listing
    bench.result(bench.locks.unlock(bench.inode, ANN, 0, END, None))
    assert [offer.wanted.owner for offer in bench.offered] == [BOB]
