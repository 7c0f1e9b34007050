"""The locks of a volume on one brick: when its answers leave, and whom it tells of offers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from nfsgw.backend.api import ROOT, CreateMode, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.starting import Options
from nfsgw.backend.brick.view import Table
from nfsgw.backend.locks import releasing, volume_locks
from nfsgw.backend.locks.api import (
    END,
    Client,
    ClientLocks,
    Listed,
    Locked,
    Offer,
    Outcome,
    Owner,
    Wanted,
)
from nfsgw.backend.locks.volume_locks import VolumeLocks
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step
from tests.support.bricks import START_NS, Workshop, memory_brick
from tests.support.stores import MemoryStore
from tests.unit.backend.locks.desk import CALLBACK, client, owner

T = TypeVar("T")

ANN, BOB, CAT = owner(1), owner(2), owner(3)
DIRECTORY = 1
GRANTED, DENIED, BLOCKED = (
    Locked(Outcome.GRANTED),
    Locked(Outcome.DENIED),
    Locked(Outcome.BLOCKED),
)
REQUEST = b"client01" + bytes(20)


class Bench:
    """A brick on a store in memory, its locks, and what was offered.

    :ivar offered: what a watcher was called with.
    """

    def __init__(self) -> None:
        self.workshop = Workshop()
        self.store = MemoryStore()
        self.locks = VolumeLocks()
        self.offered: list[Offer] = []
        self.fresh: list[bool] = []
        self.locks.watch(self._take)
        self.start()
        self.inode = self.make(b"file")

    def make(self, name: bytes) -> int:
        """Make a file."""
        new = NewAttributes(mode=0o644)
        return self.result(
            self.brick.change(
                operations.create, ROOT, DIRECTORY, name, CreateMode.GUARDED, new, None
            )
        ).inode

    def start(self) -> None:
        """Start the brick, anew if there was one: what its store has not got is lost."""
        self.brick: Brick = memory_brick(
            self.store, self.workshop, Options(reserve_bytes=1000, room_s=0)
        )
        self.locks.serve(self.brick, self.brick.change, self.brick.read)

    def _take(self, offer: Offer, fresh: bool) -> None:
        self.offered.append(offer)
        self.fresh.append(fresh)

    def crash(self) -> None:
        """Go on with what is durable."""
        self.store = MemoryStore(of=self.store)
        self.start()

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Wait[T]:
        """Begin something, in a turn."""
        with self.workshop.turn:
            return step(coroutine)

    def result(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do something that ends at once."""
        wait = self.begin(coroutine)
        return wait.result()

    def locking(
        self,
        of: Owner,
        start: int,
        end: int,
        wait: bool = False,
        request: bytes | None = None,
        state: int = 3,
    ) -> Coroutine[Any, Any, Locked]:
        """Return an exclusive LOCK."""
        return self.locks.lock(
            None,
            Wanted(self.inode, of, start, end, True),
            b"oh",
            state,
            True,
            CALLBACK if wait else None,
            request,
        )

    def lock(self, of: Owner, start: int, end: int, wait: bool = False) -> Locked:
        """Ask for an exclusive lock."""
        return self.result(self.locking(of, start, end, wait))

    def unlocking(self, of: Owner) -> Coroutine[Any, Any, None]:
        """Return the UNLOCK of everything."""
        return self.locks.unlock(self.inode, of, 0, END, None)

    def code(self, wait: Wait[Any]) -> FsCode:
        """Return the error that something has ended with."""
        with pytest.raises(FsError) as raised:
            wait.result()
        return raised.value.code


def test_lock_is_answered_after_its_commit() -> None:
    """A lock that a crash could take back was never granted."""
    bench = Bench()
    bench.store.held = True
    waits = [bench.begin(bench.locking(ANN, 0, 10))]
    assert not waits[0].done
    with bench.workshop.turn:
        bench.store.complete()
    assert [wait.result() for wait in waits] == [GRANTED]
    bench.crash()
    assert bench.lock(BOB, 0, 10) == DENIED


@pytest.mark.parametrize("what", ["denied", "test", "again", "free"])
def test_what_shows_a_lock_waits_for_its_commit(what: str) -> None:
    """Also an answer that changes nothing itself: what it rests on must stay."""
    bench = Bench()
    bench.store.held = True
    granted = bench.begin(bench.locking(ANN, 0, 10))
    asking: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        "denied": lambda: bench.locking(BOB, 0, 10),
        "test": lambda: bench.locks.test(Wanted(bench.inode, BOB, 0, 10, True)),
        "again": lambda: bench.locking(ANN, 0, 10),
        "free": lambda: bench.locks.free(client(77)),
    }
    answer = bench.begin(asking[what]())
    assert not answer.done
    with bench.workshop.turn:
        bench.store.complete()
    assert (granted.done, answer.done) == (True, True)


def test_test_that_finds_nothing_waits_for_the_unlock() -> None:
    """That a range is free may be taken back, too."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.store.held = True
    bench.begin(bench.unlocking(ANN))
    answer = bench.begin(bench.locks.test(Wanted(bench.inode, BOB, 0, 10, True)))
    assert not answer.done
    with bench.workshop.turn:
        bench.store.complete()
    assert answer.result() is None


def test_answers_do_not_wait_for_other_records() -> None:
    """What is under way of files is no business of locks."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.store.held = True
    new = NewAttributes()
    making = bench.begin(bench.brick.change(operations.mkdir, ROOT, DIRECTORY, b"new", new))
    assert not making.done
    assert bench.lock(BOB, 0, 10) == DENIED
    assert bench.result(bench.locks.test(Wanted(bench.inode, BOB, 0, 1, True))) is not None


def test_known_request_gets_its_first_answer() -> None:
    """A lock that was granted and freed is not taken again by a late duplicate."""
    bench = Bench()
    assert bench.result(bench.locking(ANN, 0, 10, request=REQUEST)) == GRANTED
    bench.result(bench.unlocking(ANN))
    assert bench.result(bench.locking(ANN, 0, 10, request=REQUEST)) == GRANTED
    assert bench.locks.listing() == []
    bench.crash()
    assert bench.result(bench.locking(ANN, 0, 10, request=REQUEST)) == GRANTED
    assert bench.locks.listing() == []


@pytest.mark.parametrize("was", [True, False])
def test_cancel_tells_what_there_was(was: bool) -> None:
    """Also the second time, under the same request."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    if was:
        assert bench.lock(BOB, 0, 10, wait=True) == BLOCKED
    wanted = Wanted(bench.inode, BOB, 0, 10, True)
    assert bench.result(bench.locks.cancel(wanted, REQUEST)) is was
    assert bench.result(bench.locks.cancel(wanted, REQUEST)) is was
    assert bench.result(bench.locks.cancel(wanted, None)) is False


def test_offers_are_told_once_they_are_committed() -> None:
    """Not before: the crash would take back what the client was told."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 0, 10, wait=True)
    bench.store.held = True
    bench.begin(bench.unlocking(ANN))
    assert bench.offered == []
    assert bench.locks.offers() == []
    with bench.workshop.turn:
        bench.store.complete()
    offer = Offer(1, Wanted(bench.inode, BOB, 0, 10, True), CALLBACK)
    assert bench.offered == [offer]
    assert bench.locks.offers() == [offer]
    assert bench.locks.is_offered(1)
    bench.store.held = False
    bench.result(bench.locks.answered(1, True))
    assert not bench.locks.is_offered(1)
    assert [(line.wanted.owner, line.state) for line in bench.locks.listing()] == [(BOB, "held")]
    assert bench.offered == [offer]


def test_offer_that_is_gone_before_its_commit_is_not_told() -> None:
    """The client cancelled while the record was under way."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 0, 10, wait=True)
    bench.store.held = True
    bench.begin(bench.unlocking(ANN))
    cancelled = bench.begin(bench.locks.cancel(Wanted(bench.inode, BOB, 0, 10, True), None))
    for _ in range(2):
        with bench.workshop.turn:
            bench.store.complete()
    assert cancelled.result() is True
    assert bench.offered == []


def test_offers_are_told_again_after_a_restart() -> None:
    """To those that watch, and to one that comes to watch later."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 0, 10, wait=True)
    bench.result(bench.unlocking(ANN))
    bench.crash()
    assert [offer.number for offer in bench.offered] == [1, 1]
    assert bench.fresh == [True, False]
    late: list[tuple[Offer, bool]] = []
    bench.locks.watch(lambda offer, fresh: late.append((offer, fresh)))
    assert late == [(offer, False) for offer in bench.offered[1:]]
    bench.locks.serve(bench.brick, bench.brick.change, bench.brick.read)
    assert len(bench.offered) == 2


def test_frees_on_a_full_disk() -> None:
    """A full disk must not keep locks; but it takes no new ones."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 20, 30)
    bench.lock(CAT, 0, 10, wait=True)
    bench.workshop.free_bytes = 10
    new = NewAttributes(mode=0o600)
    bench.result(bench.brick.change(operations.setattr, ROOT, bench.inode, new, None, frees=True))
    assert bench.code(bench.begin(bench.locking(ANN, 50, 60))) is FsCode.NOSPC
    bench.result(bench.unlocking(ANN))
    bench.result(bench.locks.answered(bench.offered[0].number, False))
    assert bench.result(bench.locks.free(BOB.client)) == 1
    assert bench.locks.listing() == []


def test_failed_brick_answers_nothing() -> None:
    """Not even a denial; and its locks are those of the next start."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.store.held = True
    granted = bench.begin(bench.locking(BOB, 20, 30))
    denied = bench.begin(bench.locking(CAT, 20, 30))
    with bench.workshop.turn:
        bench.store.fail()
    for wait in (granted, denied, bench.begin(bench.locking(CAT, 0, 1))):
        assert bench.code(wait) is FsCode.IO
    bench.crash()
    assert bench.lock(CAT, 20, 30) == GRANTED
    assert bench.lock(CAT, 0, 10) == DENIED


def test_stalled_brick_answers_nothing() -> None:
    """Another brick may have become primary, so nothing may be said about locks."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.brick.stalled = True
    wanted = Wanted(bench.inode, BOB, 0, 10, True)
    for coroutine in (
        bench.locking(BOB, 0, 10),
        bench.locking(BOB, 0, 10, request=REQUEST),
        bench.locks.test(wanted),
        bench.locks.cancel(wanted, None),
        bench.locks.rebooted(ANN.client.address, b"", 3),
        bench.locks.free(CAT.client),
    ):
        assert bench.code(bench.begin(coroutine)) is FsCode.TRY_LATER


def test_tables_that_cannot_be_read() -> None:
    """Nobody gets a lock that may be another's; files are served."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    (key,) = bench.store.tables[Table.LOCK]
    bench.store.tables[Table.LOCK][key] = b"damaged"
    bench.crash()
    for coroutine in (
        bench.locking(BOB, 20, 30),
        bench.locks.test(Wanted(bench.inode, BOB, 0, 10, True)),
        bench.locks.rebooted(ANN.client.address, b"", 3),
    ):
        assert bench.code(bench.begin(coroutine)) is FsCode.IO
    assert "cannot be read" in (bench.locks.failure or "")
    assert (bench.locks.listing(), bench.locks.clients()) == ((), ())
    assert bench.result(bench.brick.read(operations.getattr, bench.inode))


def test_listing() -> None:
    """Everything there is, of one file or of all; and who is known."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    bench.lock(BOB, 0, 5, wait=True)
    bench.lock(CAT, 5, 10, wait=True)
    bench.workshop.clock.advance(1)
    bench.result(bench.locks.unlock(bench.inode, ANN, 0, 5, None))
    bench.result(bench.locks.share(None, bench.inode, client(4), b"oh", 3, 0, None))
    later = START_NS + 1_000_000_000
    expected = [
        Listed(Wanted(bench.inode, ANN, 5, 10, True), "held", START_NS),
        Listed(Wanted(bench.inode, BOB, 0, 5, True), "offered", later),
        Listed(Wanted(bench.inode, CAT, 5, 10, True), "waiting", START_NS),
        Listed(Wanted(bench.inode, Owner(client(4), 0), 0, 0, True), "share", later, 3, 0),
    ]
    assert bench.locks.listing() == expected
    assert bench.locks.listing(bench.inode) == expected
    assert bench.locks.listing(99) == []
    assert bench.locks.clients() == [
        ClientLocks(client(1), 1, 0, True),
        ClientLocks(client(2), 0, 1, True),
        ClientLocks(client(3), 0, 1, True),
        ClientLocks(client(4), 1, 0, False),
    ]
    # What a listing shows can be cleared.
    wanted = [line.wanted for line in expected]
    assert bench.result(bench.locks.clear(wanted)) == 4
    assert bench.locks.listing() == []
    assert len(bench.locks.clients()) == 4


def test_much_is_cleared_in_several_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list makes no record of any length."""
    monkeypatch.setattr(volume_locks, "_CLEARED_MAX", 2)
    bench = Bench()
    for at in range(5):
        bench.lock(ANN, 10 * at, 10 * at + 1)
    before = bench.brick.sequence
    lines = [line.wanted for line in bench.locks.listing()]
    assert bench.result(bench.locks.clear(lines)) == 5
    assert bench.brick.sequence == before + 3


@pytest.mark.parametrize(
    ("names", "told", "freed"),
    [
        ([b"web"], b"something else", [b"web"]),
        ([b"web", b"mail"], b"web", [b"web"]),
        ([b"web", b"mail"], b"WEB.example.com", [b"web"]),
        ([b"web.example.com", b"mail"], b"web", [b"web.example.com"]),
        ([b"web.example.com", b"web.example.org"], b"web.example.org.", [b"web.example.org"]),
        ([b"web.example.com", b"web"], b"web.example.com", [b"web.example.com", b"web"]),
        ([b"web", b"mail"], b"db", []),
        ([b"web", b"mail-without-locks"], b"db", [b"web"]),
        ([b"web", b"mail-without-locks"], b"mail-without-locks", []),
        ([b"web-without-locks"], b"db", []),
        ([], b"db", []),
    ],
)
def test_who_has_rebooted(names: list[bytes], told: bytes, freed: list[bytes]) -> None:
    """The address says it; names only tell apart who shares one."""
    bench = Bench()
    bench.lock(BOB, 1000, 2000)
    for at, name in enumerate(names):
        of = Owner(Client("10.0.0.9", name), 1)
        bench.lock(of, at, at + 1)
        if name.endswith(b"-without-locks"):
            bench.result(bench.unlocking(of))
    assert bench.result(bench.locks.rebooted("10.0.0.9", told, 5)) == len(freed)
    left = {line.wanted.owner.client.name for line in bench.locks.listing()}
    with_locks = {name for name in names if not name.endswith(b"-without-locks")}
    assert left == {BOB.client.name, *with_locks} - set(freed)


def test_clients_without_locks_do_not_confuse() -> None:
    """Of several names at an address only those that have locks count, if any has."""
    bench = Bench()
    bench.lock(Owner(Client("10.0.0.9", b"old-name"), 1), 0, 1)
    bench.result(bench.locks.free(Client("10.0.0.9", b"old-name")))
    bench.lock(Owner(Client("10.0.0.9", b"new-name"), 1), 0, 1)
    assert bench.result(bench.locks.rebooted("10.0.0.9", b"whatever", 5)) == 1


def much_of_ann(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench where all that ANN has, on three files, is freed in several records."""
    monkeypatch.setattr(releasing, "FREED_MAX", 2)
    bench = Bench()
    files = [bench.inode, *(bench.make(name) for name in (b"two", b"three"))]
    for inode in files:
        for at in (0, 20):
            wanted = Wanted(inode, ANN, at, at + 10, True)
            asking = bench.locks.lock(None, wanted, b"oh", 0, True, None, None)
            assert bench.result(asking) == GRANTED
    return bench


@pytest.mark.parametrize("rebooted", [True, False])
def test_much_is_freed_in_several_records(monkeypatch: pytest.MonkeyPatch, rebooted: bool) -> None:
    """Until then the client gets nothing: what it still has from before is about to go."""
    bench = much_of_ann(monkeypatch)
    bench.store.held = True
    if rebooted:
        freeing = bench.begin(bench.locks.rebooted(ANN.client.address, b"", 5))
    else:
        freeing = bench.begin(bench.locks.free(ANN.client))
    pieces = 0
    while not freeing.done:
        pieces += 1
        late = bench.begin(bench.locking(ANN, 20, 30, state=0))
        assert bench.code(late) is FsCode.TRY_LATER
        late = bench.begin(bench.locking(ANN, 20, 30, state=0, request=REQUEST))
        assert bench.code(late) is FsCode.UNDECIDED
        share = bench.begin(bench.locks.share(None, bench.inode, ANN.client, b"", 1, 0, None))
        assert bench.code(share) is FsCode.TRY_LATER
        with bench.workshop.turn:
            bench.store.complete()
    assert freeing.result() == 6
    assert pieces == (4 if rebooted else 3)
    bench.store.held = False
    assert bench.locks.listing() == []
    assert bench.result(bench.locking(ANN, 20, 30, state=0)) == GRANTED
    assert bench.result(bench.locks.rebooted(ANN.client.address, b"", 5)) == int(not rebooted)


def test_crash_in_the_middle_of_a_reboot_s_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client has no answer and sends them again: that frees the rest."""
    bench = much_of_ann(monkeypatch)
    bench.store.held = True
    freeing = bench.begin(bench.locks.rebooted(ANN.client.address, b"", 5))
    with bench.workshop.turn:
        bench.store.complete()
    assert not freeing.done
    bench.crash()
    assert len(bench.locks.listing()) == 4
    assert bench.result(bench.locks.rebooted(ANN.client.address, b"", 5)) == 4
    assert bench.result(bench.locks.rebooted(ANN.client.address, b"", 5)) == 0


def test_reboot_is_remembered_over_a_restart() -> None:
    """The same state again is the same reboot, whoever is primary."""
    bench = Bench()
    bench.lock(ANN, 0, 10)
    assert bench.result(bench.locks.rebooted("10.0.0.1", b"", 5)) == 1
    bench.crash()
    assert bench.result(bench.locking(ANN, 0, 10, state=0)) == GRANTED
    assert bench.result(bench.locks.rebooted("10.0.0.1", b"", 5)) == 0
    assert bench.lock(BOB, 0, 10) == DENIED


def test_without_a_primary() -> None:
    """Nothing is known, and calls are told what the volume tells all callers."""
    bench = Bench()
    bench.lock(ANN, 0, 10)

    async def nobody(*args: Any, request: bytes | None = None, frees: bool = False) -> Any:  # noqa: ANN401
        raise FsError(FsCode.TRY_LATER if request is None else FsCode.UNDECIDED)

    bench.locks.serve(None, nobody, nobody)
    assert bench.code(bench.begin(bench.locking(BOB, 20, 30))) is FsCode.TRY_LATER
    undecided = bench.begin(bench.locking(BOB, 20, 30, request=REQUEST))
    assert bench.code(undecided) is FsCode.UNDECIDED
    test = bench.locks.test(Wanted(bench.inode, BOB, 0, 10, True))
    assert bench.code(bench.begin(test)) is FsCode.TRY_LATER
    assert bench.code(bench.begin(bench.locks.rebooted("10.0.0.1", b"", 5))) is FsCode.TRY_LATER
    assert (bench.locks.offers(), bench.locks.listing(), bench.locks.clients()) == ((), (), ())
    assert not bench.locks.is_offered(1)
    assert bench.locks.knows("10.0.0.99"), "it may be known"


def test_address_of_a_client_is_known() -> None:
    """Whoever has locked is known by its address, over a restart too."""
    bench = Bench()
    assert not bench.locks.knows("10.0.0.1")
    bench.lock(ANN, 0, 10)
    bench.crash()
    assert [bench.locks.knows("10.0.0.1"), bench.locks.knows("10.0.0.2")] == [True, False]
