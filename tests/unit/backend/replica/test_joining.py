"""The way of a brick into its set: whatever it has and whatever happens, it ends equal."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.replica.joining import Joining, Pace
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.errors import FsError, NfsgwError
from nfsgw.waiting import Wait, step
from tests.unit.backend.replica.fakes import BrickContent, FakeMember, FakeSource, Loop

SMALL = Pace(piece_bytes=1000, patience_s=5.0)


class World:
    """A primary with some files, and a brick that was in sync some time ago.

    :param slow_s: how long the brick takes for a call at most.
    :param age: how much happened when the brick had everything last; None: it is empty.
    :param since: how much has happened after that.
    :param lonely: the brick also has a record that nobody else ever got: its primary, which may
        have been itself, was replaced then.
    """

    def __init__(
        self,
        seed: int = 1,
        slow_s: float = 0.01,
        age: int | None = 20,
        since: int = 20,
        log_max: int = 1000,
        lonely: bool = False,
    ) -> None:
        self.random = Random(seed)
        self.loop = Loop()
        self.source = FakeSource(self.loop, self.random, BrickContent(), log_max)
        self.happen(age or 0)
        content = BrickContent() if age is None else self.source.content.copy()
        self.member = FakeMember(self.loop, self.random, "b", content, slow_s)
        if lonely:
            self.diverge()
        self.happen(since)
        self.joining: Joining | None = None
        self.clients: list[Wait[None]] = []

    def happen(self, changes: int) -> None:
        """Let clients change something, with the brick away."""
        for _ in range(changes):
            self.loop.result(step(self.source.change()))

    def begin(self, pace: Pace = SMALL, full: bool = False) -> Wait[None]:
        """Let the brick begin to join."""
        joining = Joining(self.source, self.member, self.loop, self.loop.call_later, pace, full)
        self.joining = joining
        self.source.lost = joining.cancel
        return step(joining.run())

    def join(self, pace: Pace = SMALL, full: bool = False) -> None:
        """Let the brick join."""
        self.loop.result(self.begin(pace, full))

    def go_on(self, wait: Wait[None], calls: int | None = None) -> None:
        """Go on until an attempt is over, or so many calls have been made."""

        def over() -> bool:
            return wait.done or (calls is not None and len(self.member.calls) >= calls)

        self.loop.run(over)

    def start_clients(self, number: int = 2) -> None:
        """Let clients work in the background."""
        self.clients = [step(self.source.work()) for _ in range(number)]

    def stop_clients(self) -> None:
        """Return when clients have ended."""
        self.source.stopping = True
        for client in self.clients:
            self.loop.result(client)

    def check(self) -> None:
        """Check that the brick is in sync and equal, and that nothing is left over."""
        assert self.source.admitted == ["b"]
        assert self.source.pinned is None
        assert not self.source.batch.held
        assert not any(lock.held for lock in self.source.inodes.values())
        assert not self.member.marks
        self.source.content.same_as(self.member.content)

    def check_given_up(self) -> None:
        """Check that an attempt has left nothing behind at the source."""
        assert self.source.pinned is None
        assert self.source.included is None
        assert not self.source.batch.held or self.clients
        assert not self.source.resting

    def diverge(self) -> None:
        """Give the brick a record of its own, and the set a new primary."""
        lonely = FakeSource(self.loop, self.random, self.member.content.copy())
        self.loop.result(step(lonely.make()))
        record = lonely.content.log[lonely.sequence]
        point = record.sequence - 1
        self.loop.result(self.member.append(1, [record], point))
        self.source._epoch = 2


def test_brick_that_lacks_nothing_is_admitted_at_once() -> None:
    """It was away for a moment, in which nothing happened."""
    world = World(since=0)
    for inode in list(world.source.inodes):
        world.loop.result(step(world.source.clean(inode)))
    world.member.content = world.source.content.copy()
    world.join()
    world.check()
    assert world.member.calls == ["attach", "missing"]


def test_short_absence_is_made_up_by_the_log() -> None:
    """Only what changed is brought over."""
    world = World()
    world.join()
    world.check()
    assert "replay" in world.member.calls
    assert "begin_copy" not in world.member.calls


def test_open_extents_of_a_short_absence_are_fetched() -> None:
    """Their bytes may have changed without any record."""
    world = World(since=0)
    open_extents = set(world.source.content.open_extents())
    assert open_extents
    for inode, number in open_extents:
        world.member.content.file(inode).write(number * EXTENT_BYTES, b"never acknowledged")
    world.join()
    world.check()
    assert world.member.calls.count("put_extent") == len(open_extents)


def test_records_that_nobody_else_has_are_given_up() -> None:
    """The brick had taken a record that the set's new primary does not have."""
    world = World(lonely=True)
    world.join()
    world.check()
    assert "roll_back" in world.member.calls
    assert "begin_copy" not in world.member.calls


def test_long_absence_needs_a_copy() -> None:
    """The log does not reach back to the brick's last record."""
    world = World(since=40, log_max=10)
    world.join()
    world.check()
    assert "begin_copy" in world.member.calls


def test_history_of_its_own_needs_a_copy() -> None:
    """A record that cannot be taken back is not the set's."""
    world = World(lonely=True)
    world.member.undo.clear()
    world.join()
    world.check()
    assert "begin_copy" in world.member.calls


def test_empty_brick_gets_a_copy_while_clients_work() -> None:
    """A new disk."""
    world = World(age=None, since=60, log_max=10)
    world.start_clients()
    world.join()
    world.stop_clients()
    world.check()
    made = world.source.sequence
    assert made > 70


def test_full_copy_brings_everything_anew() -> None:
    """An administrator does not trust what the brick has."""
    world = World(since=0)
    world.join(full=True)
    world.check()
    held = sum(len(file.content()) for file in world.source.content.files.values())
    assert held
    assert world.member.calls.count("put_extent") >= held


@pytest.mark.parametrize("number", [1, 3])
def test_cut_that_is_under_way_is_made_before_the_brick_gets_the_stream(number: int) -> None:
    """The record that ends it may come at once, and nobody would ask for it again."""
    world = World(since=0)
    inodes = sorted(world.source.content.files)[:number]
    for inode in inodes:
        world.loop.result(step(world.source.write(inode, 0, b"x" * 90)))
    world.member.content = world.source.content.copy()
    world.source.slow_cut_s = 100.0
    world.clients = [step(world.source.remove(inode)) for inode in inodes[:-1]]
    world.clients.append(step(world.source.cut(inodes[-1])))
    world.loop.run(lambda: len(world.source.cuts) == number)
    size = world.source.cuts[inodes[-1]]
    wait = world.begin()
    world.loop.run(lambda: world.source.included is not None)
    assert len(world.source.cuts) == number
    assert not any(inode in world.member.content.files for inode in inodes[:-1])
    assert world.member.content.files[inodes[-1]].length <= size
    world.loop.result(wait)
    world.stop_clients()
    world.check()


def test_many_cuts_under_way_do_not_hold_up_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most are made before the set is at rest."""
    monkeypatch.setattr("nfsgw.backend.replica.joining._CUTS_AT_REST_MAX", 1)
    world = World(since=0)
    world.source.slow_cut_s = 100.0
    world.clients = [step(world.source.remove(inode)) for inode in list(world.source.inodes)]
    world.loop.run(lambda: len(world.source.cuts) > 2)
    world.join()
    assert world.source.rests == 2
    world.stop_clients()
    world.check()


def test_several_files_at_a_time() -> None:
    """Where a disk does more when it is asked for more."""
    world = World(age=None, since=80)
    world.source.slow_read_s = 0.05
    world.start_clients()
    world.join(Pace(piece_bytes=1000, width=4))
    world.stop_clients()
    world.check()


def test_file_with_many_extents_gives_its_writers_their_turn() -> None:
    """It is not still for longer than some extents take."""
    world = World(age=None, since=0)
    inode = world.loop.result(step(world.source.make()))
    for number in range(10):
        world.loop.result(step(world.source.write(inode, number, b"data")))
    wait = world.begin()
    world.loop.run(lambda: world.member.calls.count("put_extent") >= 2)
    written = step(world.source.write(inode, 9, b"between"))
    world.loop.run(lambda: written.done)
    assert not wait.done
    assert world.member.calls.count("put_extent") < 8
    world.loop.result(wait)
    world.check()


def test_disk_that_waits_for_nothing_does_not_keep_clients_waiting() -> None:
    """In memory every call is done when it is made; others must get their turn all the same."""
    world = World(age=None, since=100, slow_s=0)
    wait = world.begin(Pace(piece_bytes=500))
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        if not wait.done:
            world.loop.call_later(0, turn)

    turn()
    world.loop.result(wait)
    world.check()
    assert turns >= 15


def test_pauses_make_it_gentle() -> None:
    """Between two pieces the disks are left to the clients."""
    world = World(age=None, since=50, slow_s=0)
    before = world.loop.now_s
    world.join(Pace(piece_bytes=1000, pause_s=1.0))
    assert world.loop.now_s > before + 5
    world.check()


def test_brick_slower_than_its_clients_still_gets_there() -> None:
    """If records come faster than the brick takes them, clients are held up a little."""
    world = World(slow_s=0.2)
    world.source.busy_s = 0.02
    world.start_clients(4)
    wait = world.begin(Pace(piece_bytes=2000, patience_s=30))
    world.loop.run(lambda: world.source.included is not None, limit_s=30)
    assert world.source.rests > 5
    world.source.busy_s = 0.2
    world.loop.result(wait)
    world.stop_clients()
    world.check()


def test_work_counts_down_exactly() -> None:
    """What is left is known in records, pieces and bytes."""
    world = World(since=0)
    for inode in list(world.source.inodes):
        world.loop.result(step(world.source.clean(inode)))
    world.member.content = world.source.content.copy()
    inode = world.loop.result(step(world.source.make()))
    world.loop.result(step(world.source.write(inode, 0, b"x" * 50)))
    world.loop.result(step(world.source.write(inode, 1, b"x" * 50)))
    lag = world.source.sequence - world.member.content.sequence
    wait = world.begin()
    assert world.joining is not None
    works = [world.joining.work]
    while not wait.done:
        before = len(world.member.calls)
        world.go_on(wait, before + 1)
        works.append(world.joining.work)
    assert works[0].step == "waiting"
    assert max(work.records for work in works) == lag
    records = [work.records for work in works if work.step != "waiting"]
    assert records == sorted(records, reverse=True)
    assert max(work.extents for work in works) == 2
    size = world.source.content.files[inode].length
    assert max(work.bytes_left for work in works) == size
    last = world.joining.work
    assert (last.records, last.extents, last.bytes_left, last.step) == (0, 0, 0, "bytes")
    assert last.done_bytes > size
    assert [work.done_bytes for work in works] == sorted(work.done_bytes for work in works)


def test_cancelled_while_nothing_answers() -> None:
    """The daemon stops, or the brick's machine is known to be gone."""
    world = World()
    world.member.hang_at = 2
    wait = world.begin()
    world.loop.run(lambda: len(world.member.calls) > 2)
    assert world.joining is not None
    assert not wait.done
    world.joining.cancel("the volume is stopped")
    with pytest.raises(MemberFailed, match="stopped"):
        wait.result()
    world.check_given_up()
    world.joining.cancel("again")


def test_log_that_is_lost_meanwhile_ends_the_attempt() -> None:
    """The next one begins with a copy."""
    world = World(since=40)
    wait = world.begin(Pace(piece_bytes=300))
    world.loop.run(lambda: world.member.calls.count("replay") == 2)
    for sequence in sorted(world.source.content.log)[:-2]:
        del world.source.content.log[sequence]
    with pytest.raises(MemberFailed, match="lost the records"):
        world.loop.result(wait)
    world.check_given_up()
    world.join()
    world.check()


def test_replaced_primary_ends_the_attempt() -> None:
    """There is nothing left to do for whoever is not primary any more."""
    world = World(age=None)
    wait = world.begin()
    world.loop.run(lambda: "load" in world.member.calls)
    world.source.deposed = True
    with pytest.raises(FsError):
        world.loop.result(wait)
    assert world.joining is not None
    assert world.joining.work.step == "tables"


def test_defect_leaves_nothing_behind() -> None:
    """Even then clients can go on."""
    world = World()

    async def defect(*_: object) -> None:
        raise ZeroDivisionError

    world.source.admit = defect  # type: ignore[assignment, method-assign]
    with pytest.raises(ZeroDivisionError):
        world.join()
    world.check_given_up()
    assert world.source.excluded == [("b", "ZeroDivisionError()")]


SCENES: dict[str, Callable[[int], World]] = {
    "log": lambda seed: World(seed, since=15),
    "copy": lambda seed: World(seed, age=None, since=15, log_max=10),
}


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("how", ["fail_at", "hang_at"])
@pytest.mark.parametrize("scene", SCENES)
def test_brick_that_fails_at_any_call_gets_there_later(scene: str, how: str, busy: bool) -> None:
    """Every single call may be the one that fails, or never ends."""
    number = 0
    while True:
        world = SCENES[scene](number)
        setattr(world.member, how, number)
        if busy:
            world.start_clients()
        wait = world.begin()
        before_s = world.loop.now_s
        world.go_on(wait)
        if len(world.member.calls) <= number:
            break
        if not world.source.admitted:
            with pytest.raises(MemberFailed):
                wait.result()
            assert world.loop.now_s - before_s < 60
            world.check_given_up()
            world.member.restart()
            world.join()
            world.stop_clients()
            world.check()
        number += 1
    assert number > 5


@pytest.mark.parametrize("scene", SCENES)
def test_cancelled_at_any_time(scene: str) -> None:
    """It ends at once, and another attempt succeeds."""
    world = SCENES[scene](0)
    before_s = world.loop.now_s
    world.join()
    took_s = world.loop.now_s - before_s
    for part in range(40):
        world = SCENES[scene](0)
        world.start_clients()
        wait = world.begin()
        until_s = world.loop.now_s + took_s * part / 40
        world.loop.result(world.loop.pause(until_s - world.loop.now_s))
        assert world.joining is not None
        world.joining.cancel("not wanted")
        try:
            world.loop.result(wait)
        except MemberFailed:
            world.check_given_up()
            world.join()
        world.stop_clients()
        world.check()


def random_world(random: Random) -> World:
    """Make a brick of any state, in a set of any state."""
    world = World(
        random.randrange(1 << 30),
        slow_s=random.choice((0.0, 0.001, 0.02)),
        age=random.choice((None, 5, 20)),
        since=random.choice((1, 5, 30)),
        log_max=random.choice((5, 50, 1000)),
        lonely=random.random() < 0.3,
    )
    if random.random() < 0.3:
        world.member.undo.clear()
    world.source.slow_read_s = random.choice((0.0, 0.02))
    world.source.slow_cut_s = random.choice((0.0, 0.5))
    world.source.busy_s = random.choice((0.01, 0.05, 0.2))
    return world


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 1 << 32))
def test_any_brick_becomes_equal_whatever_happens(seed: int) -> None:
    """Clients work, the brick fails, hangs and restarts, attempts are cancelled."""
    random = Random(seed)
    world = random_world(random)
    world.start_clients(random.randrange(4))
    pace = Pace(random.choice((500, 2000, 1 << 20)), random.randrange(1, 4), patience_s=5)
    for _ in range(random.randrange(4)):
        wait = world.begin(pace, full=random.random() < 0.1)
        more = random.randrange(1, 60)
        at = len(world.member.calls) + more
        trouble: Any = random.choice(("fail", "hang", "cancel"))
        if trouble == "fail":
            world.member.fail_at = at
        elif trouble == "hang":
            world.member.hang_at = at
        else:
            world.go_on(wait, at)
            assert world.joining is not None
            world.joining.cancel("not wanted")
        try:
            world.loop.result(wait)
        except NfsgwError:
            world.check_given_up()
        if world.source.admitted:
            break
        if random.random() < 0.5:
            world.happen(random.randrange(10))
        world.member.restart()
    if not world.source.admitted:
        world.member.restart()
        world.join(pace)
    world.stop_clients()
    if world.source.included is not None:
        world.check()
