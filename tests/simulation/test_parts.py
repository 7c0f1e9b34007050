"""The simulator's own parts: time, disks, stores, threads, links, the coordinator."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, cast

import pytest
from twisted.internet.error import AlreadyCalled, AlreadyCancelled

from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.coordinator.api import Conflict, CoordinatorFailed
from nfsgw.backend.replica.member import Beat, Member
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.simulation.coordinator import OpenCoordinator, SimCoordinator
from tests.simulation.disk import SimDisk
from tests.simulation.link import Cable, Link
from tests.simulation.medium import Frozen, Medium
from tests.simulation.scheduler import Life, Scheduler, Trace
from tests.simulation.store import SimStore, lose_power
from tests.simulation.tables import Tables
from tests.simulation.threads import SimWorker

BLOCK = 4096


class Stage:
    """Simulated time, and one process on one disk."""

    def __init__(self, seed: int = 1) -> None:
        self.scheduler = Scheduler(str(seed), Trace())
        self.random = Random(seed)
        self.medium = Medium(Random(seed + 1))
        self.life = Life(self.scheduler, "process")
        self.turn = Turn(self.life.call_soon)
        self.tables = Tables()
        self.store = SimStore(self.tables, self.medium, self.life, self.turn, durable=True)
        self.disk = SimDisk(self.medium, durable=True)
        self.disk.make_directory("d")
        self.ends: list[StoreFailed | None] = []

    def write(self, key: bytes, value: bytes) -> None:
        """Begin a transaction that puts one value."""
        self.store.write(_put(key, value), self.ends.append)

    @property
    def values(self) -> dict[bytes, bytes]:
        """Return what the table INODE holds."""
        return dict(self.tables.items(Table.INODE))


def _put(key: bytes, value: bytes) -> Callable[[Transaction], object]:
    return lambda transaction: transaction.put_many(Table.INODE, [(key, value)])


# Time


def test_events_come_in_the_order_of_their_times() -> None:
    """A call due at 1 sees 1, although much later ones were asked for first."""
    scheduler = Scheduler("1", Trace())
    seen: list[float] = []
    for delay in (3.0, 1.0, 2.0):
        scheduler.world.call_later(delay, lambda: seen.append(scheduler.seconds()))
    scheduler.run_for(10.0)
    assert seen == [1.0, 2.0, 3.0]
    assert scheduler.seconds() == 10.0


def test_the_seed_breaks_ties() -> None:
    """Events of one moment come in an order that depends on the seed, and on nothing else."""

    def order(seed: str) -> list[int]:
        scheduler = Scheduler(seed, Trace())
        seen: list[int] = []
        for number in range(8):
            scheduler.world.call_soon(lambda number=number: seen.append(number))  # type: ignore[misc]
        scheduler.run_for(1.0)
        return seen

    assert order("1") == order("1")
    assert order("1") != order("2")


def test_nothing_happens_in_a_life_that_has_ended() -> None:
    """What a process has scheduled dies with it, also if it goes on to schedule."""
    scheduler = Scheduler("1", Trace())
    life = Life(scheduler, "process")
    seen: list[str] = []
    life.call_later(1.0, lambda: seen.append("before"))
    life.end()
    life.call_later(1.0, lambda: seen.append("after"))
    scheduler.run_for(5.0)
    assert seen == []
    assert life.getDelayedCalls() == []


def test_a_timer_can_be_cancelled_and_moved() -> None:
    """Timers do what Twisted's do."""
    scheduler = Scheduler("1", Trace())
    seen: list[float] = []
    moved = scheduler.world.call_later(1.0, lambda: seen.append(scheduler.seconds()))
    cancelled = scheduler.world.call_later(1.0, lambda: seen.append(-1.0))
    cancelled.cancel()
    moved.delay(1.0)
    assert moved.getTime() == 2.0
    assert scheduler.world.getDelayedCalls() == [moved]
    scheduler.run_for(5.0)
    assert seen == [2.0]
    with pytest.raises(AlreadyCalled):
        moved.cancel()
    with pytest.raises(AlreadyCancelled):
        cancelled.cancel()


def test_the_wall_clock_steps_alone() -> None:
    """A step of the wall clock does not move monotonic time."""
    scheduler = Scheduler("1", Trace())
    before = scheduler.wall_ns()
    scheduler.step_wall(-10.0)
    assert scheduler.wall_ns() == before - 10_000_000_000
    assert scheduler.seconds() == 0.0


# The store


def test_a_commit_takes_time() -> None:
    """A commit is seen by later snapshots before its caller hears of it, and by no earlier one."""
    stage = Stage()
    stage.write(b"a", b"1")
    assert stage.values == {}
    snapshot = stage.store.snapshot()
    stage.scheduler.run_until(lambda: bool(stage.values), 1.0)
    assert stage.ends == []
    assert snapshot.get(Table.INODE, b"a") is None
    assert list(snapshot.scan(Table.INODE, b"")) == []
    snapshot.close()
    stage.scheduler.run_for(1.0)
    assert stage.ends == [None]
    assert stage.store.snapshot().get(Table.INODE, b"a") == b"1"


def test_a_commit_that_a_kill_cuts_short_is_there_or_not() -> None:
    """Of a transaction under way at a kill there is all or nothing, by chance."""
    outcomes: list[dict[bytes, bytes]] = []
    for seed in range(20):
        stage = Stage(seed)
        stage.write(b"a", b"1")
        stage.life.end()
        stage.store.kill(stage.random, power=False)
        stage.scheduler.run_for(1.0)
        assert stage.ends == []
        outcomes.append(stage.values)
    assert {} in outcomes
    assert {b"a": b"1"} in outcomes


def test_power_loss_may_take_what_a_kill_left_in_the_cache() -> None:
    """A commit that only the page cache has seen may go with the machine's power."""
    outcomes: list[dict[bytes, bytes]] = []
    for seed in range(40):
        stage = Stage(seed)
        stage.write(b"a", b"1")
        stage.life.end()
        stage.store.kill(stage.random, power=False)
        if stage.values:
            lose_power(stage.tables, stage.random)
            outcomes.append(stage.values)
    assert {} in outcomes
    assert {b"a": b"1"} in outcomes


def test_a_commit_that_was_heard_of_stays() -> None:
    """No crash takes a commit whose end was told."""
    for seed in range(20):
        stage = Stage(seed)
        stage.write(b"a", b"1")
        stage.scheduler.run_for(1.0)
        stage.life.end()
        stage.store.kill(stage.random, power=True)
        lose_power(stage.tables, stage.random)
        assert stage.values == {b"a": b"1"}


def test_a_failed_commit_leaves_cache_and_disk_apart() -> None:
    """After a failure nobody knows: readers and the disk may hold it, or one of them, or none."""
    outcomes: list[tuple[bool, bool]] = []
    for seed in range(60):
        stage = Stage(seed)
        stage.medium.fail_commit = True
        stage.write(b"a", b"1")
        stage.scheduler.run_for(1.0)
        assert isinstance(stage.ends[0], StoreFailed)
        shown = bool(stage.values)
        lose_power(stage.tables, stage.random)
        outcomes.append((shown, bool(stage.values)))
    for shown in (False, True):
        for stored in (False, True):
            assert (shown, stored) in outcomes


def test_two_transactions_at_a_time_are_refused() -> None:
    """The store holds its users to one transaction at a time."""
    stage = Stage()
    stage.write(b"a", b"1")
    with pytest.raises(AssertionError, match="two transactions"):
        stage.write(b"b", b"2")


def test_a_snapshot_overlaps_one_transaction_only() -> None:
    """A snapshot that is open when a second transaction begins is a mistake of its user."""
    stage = Stage()
    stage.store.snapshot()
    stage.write(b"a", b"1")
    stage.scheduler.run_for(1.0)
    with pytest.raises(AssertionError, match="second transaction"):
        stage.write(b"b", b"2")


def test_a_transaction_sees_its_own_changes() -> None:
    """Gets, scans and the last key show what a transaction has put and deleted."""
    stage = Stage()
    stage.store.transact(_put(b"a", b"1"))
    stage.store.transact(_put(b"c", b"3"))

    def work(transaction: Transaction) -> None:
        transaction.put_many(Table.INODE, [(b"b", b"2")])
        transaction.delete_many(Table.INODE, [b"c"])
        assert transaction.get(Table.INODE, b"c") is None
        assert list(transaction.scan(Table.INODE, b"")) == [(b"a", b"1"), (b"b", b"2")]
        assert list(transaction.scan(Table.INODE, b"", b"a")) == [(b"b", b"2")]
        assert transaction.last(Table.INODE) == (b"b", b"2")

    stage.store.transact(work)
    assert stage.values == {b"a": b"1", b"b": b"2"}


def test_a_full_disk_refuses_a_commit() -> None:
    """Tables and data files share the room of their disk."""
    stage = Stage()
    stage.medium.contents.append(stage.tables.used)
    stage.medium.capacity = 2 * BLOCK
    fd = stage.disk.create("d/f")
    stage.disk.write(fd, bytes(2 * BLOCK), 0)
    stage.write(b"a", bytes(100))
    stage.scheduler.run_for(1.0)
    assert isinstance(stage.ends[0], StoreFailed)
    assert stage.values == {}


# The disk


def test_a_failed_fsync_makes_cache_and_disk_differ() -> None:
    """After a failed fsync the cache shows what is not on the disk, and a second one says well."""
    stage = Stage(3)
    fd = stage.disk.create("d/f")
    stage.disk.sync_directory("d")
    data = b"x" * (8 * BLOCK)
    stage.disk.write(fd, data, 0)
    stage.medium.fail_sync = True
    with pytest.raises(OSError, match="input/output error"):
        stage.disk.sync(fd)
    stage.disk.sync(fd)
    assert stage.disk.read(fd, len(data), 0) == data
    assert stage.disk.open_files[fd].read_durable() != data
    stage.disk.evict()
    assert stage.disk.read(fd, len(data), 0) != data


def test_writing_again_mends_what_a_failed_fsync_lost() -> None:
    """Pages that are written again are dirty again, and the next fsync writes them."""
    stage = Stage(3)
    fd = stage.disk.create("d/f")
    data = b"x" * (8 * BLOCK)
    stage.disk.write(fd, data, 0)
    stage.medium.fail_sync = True
    with pytest.raises(OSError, match="input/output error"):
        stage.disk.sync(fd)
    stage.disk.write(fd, data, 0)
    stage.disk.sync(fd)
    assert stage.disk.open_files[fd].read_durable() == data


def test_power_loss_tears_what_was_not_synced() -> None:
    """Synced pages stay; of the others, some are there, some are not, and some in part."""
    kinds: list[bytes] = []
    for seed in range(60):
        stage = Stage(seed)
        fd = stage.disk.create("d/f")
        stage.disk.sync_directory("d")
        stage.disk.write(fd, b"a" * (2 * BLOCK), 0)
        stage.disk.sync(fd)
        stage.disk.write(fd, b"b" * BLOCK, 0)
        stage.disk.lose_power(stage.random)
        found = stage.disk.read(stage.disk.open("d/f"), 2 * BLOCK, 0)
        assert found[BLOCK:] == b"a" * BLOCK
        kinds.append(bytes(sorted({*found[:BLOCK]})))
    assert b"a" in kinds
    assert b"b" in kinds
    assert b"ab" in kinds


def test_a_write_without_room_is_done_in_part() -> None:
    """A full disk takes whole pages until there are none."""
    stage = Stage()
    stage.medium.capacity = 2 * BLOCK
    fd = stage.disk.create("d/f")
    assert stage.disk.write(fd, bytes(4 * BLOCK), 0) == 2 * BLOCK
    with pytest.raises(OSError, match="no space"):
        stage.disk.write(fd, bytes(BLOCK), 2 * BLOCK)
    assert stage.disk.write(fd, b"x" * BLOCK, 0) == BLOCK


def test_a_directory_that_was_moved_away_is_found_by_nobody() -> None:
    """Paths do not lead there any more; what is open stays so."""
    stage = Stage()
    fd = stage.disk.create("d/f")
    stage.medium.gone = True
    with pytest.raises(FileNotFoundError):
        stage.disk.open("d/f")
    assert stage.disk.write(fd, b"x", 0) == 1


def test_a_read_only_disk_takes_no_changes() -> None:
    """Every change is refused."""
    stage = Stage()
    fd = stage.disk.create("d/f")
    stage.medium.read_only = True
    with pytest.raises(OSError, match="read-only"):
        stage.disk.write(fd, b"x", 0)
    with pytest.raises(OSError, match="read-only"):
        stage.disk.unlink("d/f")


def test_the_reactor_must_not_wait_for_a_disk_that_hangs() -> None:
    """What would stop the whole daemon is a mistake."""
    stage = Stage()
    fd = stage.disk.create("d/f")
    stage.medium.hung = True
    with pytest.raises(Frozen):
        stage.disk.sync(fd)
    with pytest.raises(Frozen):
        stage.store.transact(_put(b"a", b"1"))


# Threads


def test_a_stream_keeps_its_order() -> None:
    """One thread does one thing after the other; several do them in any order."""
    stage = Stage()
    stream = SimWorker(stage.life, stage.turn, stage.medium, 1)
    pool = SimWorker(stage.life, stage.turn, stage.medium, 4)
    in_stream: list[int] = []
    in_pool: list[int] = []
    for number in range(12):
        stream.run(in_stream.append, number)
        pool.run(in_pool.append, number)
    stage.scheduler.run_for(1.0)
    assert in_stream == list(range(12))
    assert sorted(in_pool) == in_stream
    assert in_pool != in_stream


def test_a_disk_that_hangs_keeps_its_threads() -> None:
    """Nothing is done while a disk hangs, and all of it afterwards."""
    stage = Stage()
    worker = SimWorker(stage.life, stage.turn, stage.medium, 1)
    stage.medium.hung = True
    wait = worker.run(lambda: 7)
    stage.scheduler.run_for(10.0)
    assert not wait.done
    stage.medium.release()
    stage.scheduler.run_for(1.0)
    assert wait.result() == 7


def test_a_kill_leaves_a_job_done_in_part() -> None:
    """A job under way at a kill has called the disk all the times that it would, or fewer."""

    def job(stage: Stage) -> None:
        fd = stage.disk.create("d/f")
        stage.disk.write(fd, b"x", 0)
        stage.disk.sync(fd)

    outcomes: list[tuple[bool, int]] = []
    for seed in range(40):
        stage = Stage(seed)
        worker = SimWorker(stage.life, stage.turn, stage.medium, 1)
        worker.run(job, stage)
        stage.life.end()
        worker.kill(stage.random)
        file = stage.disk.names_now.get("d/f")
        outcomes.append((False, 0) if file is None else (file.stored, file.size))
    assert (False, 0) in outcomes
    assert (True, 0) in outcomes
    assert (False, 1) in outcomes
    assert (True, 1) in outcomes


# What lies between


class Echo:
    """As much of a member as a link needs: notes calls, and answers when told to."""

    brick = "echo"

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.waits: list[Wait[Any]] = []

    def beat(self, epoch: int) -> Wait[Beat]:
        """Note a call."""
        self.calls.append(epoch)
        wait: Wait[Beat] = Wait()
        self.waits.append(wait)
        return wait


def _link(stage: Stage) -> tuple[Echo, Cable, Link]:
    echo = Echo()
    cable = Cable(Random(5))
    # The part of a member that is called.
    member = cast(Member, echo)
    return echo, cable, Link(member, cable, stage.life, stage.turn)


def test_a_link_keeps_the_order_both_ways() -> None:
    """Calls arrive as they were made, and answers as they were given; none in the same turn."""
    stage = Stage()
    echo, _, link = _link(stage)
    heard: list[float] = []
    for epoch in range(20):
        answer = link.beat(epoch)
        answer.add_callback(lambda answer=answer: heard.append(answer.result().granted_s))  # type: ignore[misc]
    assert echo.calls == []
    stage.scheduler.run_for(1.0)
    assert echo.calls == list(range(20))
    for number in (3, 1, 2):
        echo.waits[number].resolve(Beat(None, number))
    assert heard == []
    stage.scheduler.run_for(1.0)
    assert heard == [3, 1, 2]


def test_what_a_cut_link_holds_arrives_late_or_never() -> None:
    """After a cut, everything arrives in its order, unless the connection has broken."""
    for breaks in (False, True):
        stage = Stage()
        echo, cable, link = _link(stage)
        cable.cut = True
        cable.breaks = breaks
        for epoch in range(5):
            link.beat(epoch)
        stage.scheduler.run_for(10.0)
        assert echo.calls == []
        cable.heal()
        link.beat(5)
        stage.scheduler.run_for(1.0)
        assert echo.calls == ([] if breaks else list(range(6)))


def test_a_swap_whose_answer_is_lost_may_have_happened() -> None:
    """A caller that hears of a failure does not know; a second one hears of a conflict or not."""
    happened: list[bool] = []
    for seed in range(20):
        stage = Stage()
        coordinator = SimCoordinator(Random(seed))
        coordinator.lost = 0.9
        opened = OpenCoordinator(coordinator, stage.life, stage.turn)
        wait = step(opened.swap("name", 0, {"a": 1}))
        stage.scheduler.run_for(1.0)
        try:
            wait.result()
        except CoordinatorFailed:
            happened.append(coordinator.find("name") is not None)
    assert True in happened
    assert False in happened


def test_the_coordinator_compares_before_it_swaps() -> None:
    """A swap on an old version changes nothing."""
    coordinator = SimCoordinator(Random(1))
    assert coordinator.swap("name", 0, {"a": 1}) == 1
    with pytest.raises(Conflict):
        coordinator.swap("name", 0, {"a": 2})
    found = coordinator.find("name")
    assert found is not None
    assert found.value == {"a": 1}
