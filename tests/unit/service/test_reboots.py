"""Clients that report their reboots: in which order, to which volumes, and how many wait."""

from __future__ import annotations

from typing import cast

import pytest

from nfsgw.backend.locks.api import Locks
from nfsgw.errors import FsCode, FsError
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Unanswered
from nfsgw.service.reboots import CALLS_MAX, MISSED_MAX, Reboots
from nfsgw.waiting import Wait, step
from tests.support.surroundings import Time

ANN = "192.0.2.7"


class Volume:
    """The locks of a volume, as far as reboots go.

    :ivar told: what it has taken note of: address, name, state.
    :ivar error: is raised instead, as long as it is set.
    """

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes, int]] = []
        self.error: FsCode | None = None
        self.known = {ANN}

    def knows(self, address: str) -> bool:
        """Say whether there is a client; without a primary nobody can tell."""
        return self.error is not None or address in self.known

    async def rebooted(self, address: str, name: bytes, state: int) -> int:
        """Take note."""
        if self.error is not None:
            raise FsError(self.error)
        self.told.append((address, name, state))
        return 1


class Bench:
    """Two volumes, by their ids; each may be stopped."""

    def __init__(self) -> None:
        self.time = Time()
        self.volumes: dict[int, Volume | None] = {1: Volume(), 2: Volume()}
        self.under_way: Wait[None] | None = None
        self.reboots = Reboots(
            lambda: cast("dict[int, Locks | None]", self.volumes),
            self._settled,
            Holding(10, self.time, self.time.call_later),
        )
        self.reboots.follow()

    async def _settled(self, address: str, _locks: Locks) -> None:
        if self.under_way is not None:
            await self.under_way

    def volume(self, number: int) -> Volume:
        """Return a volume that is started."""
        volume = self.volumes[number]
        assert volume is not None
        return volume

    def report(self, name: bytes, state: int, address: str = ANN) -> Wait[None]:
        """Report a reboot."""
        return step(self.reboots.rebooted(address, name, state))

    def start(self, number: int) -> Wait[None]:
        """Start a volume; the Wait is done when its offers may be made."""
        self.volumes[number] = volume = Volume()
        self.reboots.follow()
        return self.reboots.catch_up(number, cast(Locks, volume))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = int(until_s * 1e9)

    def states(self, number: int) -> list[int]:
        """Return the states that a volume has taken note of."""
        return [state for _, _, state in self.volume(number).told]


def unanswered(*calls: Wait[None]) -> bool:
    """Say whether calls were all left without an answer."""
    for call in calls:
        with pytest.raises(Unanswered):
            call.result()
    return True


def test_all_volumes_are_told() -> None:
    """A report takes effect on every volume, and is answered then."""
    bench = Bench()
    bench.report(b"ann", 5).result()
    assert bench.volume(1).told == bench.volume(2).told == [(ANN, b"ann", 5)]
    assert bench.reboots.waiting == 0


def test_strangers_are_answered_at_once() -> None:
    """Who has no locks anywhere makes no work."""
    bench = Bench()
    bench.report(b"ann", 5, "192.0.2.66").result()
    assert bench.volume(1).told == bench.volume(2).told == []


def test_later_state_takes_the_place_of_earlier_ones() -> None:
    """Of what waits for a primary only the last counts: to free life 7 now would free life 9's."""
    bench = Bench()
    bench.volume(1).error = FsCode.TRY_LATER
    calls = [bench.report(b"ann", state) for state in (7, 7, 9)]
    assert unanswered(*calls[:2])
    bench.run(60)
    assert [calls[2].done, bench.states(2)] == [False, [7, 7, 9]]
    bench.volume(1).error = None
    bench.run(2)
    calls[2].result()
    assert bench.states(1) == [9]


def test_names_of_one_address_keep_their_order() -> None:
    """A client that reports under two names does not end with its earlier state either."""
    bench = Bench()
    bench.volume(1).error = FsCode.UNDECIDED
    for name, state in ((b"ann", 7), (b"ann.example", 7), (b"ann", 9), (b"ann.example", 9)):
        bench.report(name, state)
    bench.run(5)
    bench.volume(1).error = None
    bench.run(2)
    assert bench.states(1) == [9, 9]
    assert bench.reboots.waiting == 0


def test_lock_under_way_is_freed_too() -> None:
    """What a client has sent before it rebooted is not taken after its locks were freed."""
    bench = Bench()
    bench.under_way = under_way = Wait[None]()
    call = bench.report(b"ann", 5)
    assert [call.done, bench.states(1)] == [False, []]
    under_way.resolve(None)
    call.result()
    assert bench.states(1) == [5]


def test_too_many_are_left_unanswered() -> None:
    """While a volume has no primary so many wait, strangers among them; others come again."""
    bench = Bench()
    bench.volume(1).error = FsCode.TRY_LATER
    held = [bench.report(b"x", 3, f"10.0.{n >> 8}.{n & 255}") for n in range(CALLS_MAX)]
    more = bench.report(b"ann", 3)
    assert unanswered(more)
    assert bench.reboots.waiting == CALLS_MAX
    bench.volume(1).error = None
    bench.run(2)
    for call in held:
        call.result()
    bench.report(b"ann", 3).result()
    assert bench.states(1) == [3]
    assert bench.reboots._queues == {}


def test_stopped_volume_hears_of_it_later() -> None:
    """Locks on a volume that was stopped meanwhile are freed when it comes back."""
    bench = Bench()
    bench.volumes[1] = None
    for state in (5, 7):
        bench.report(b"ann", state).result()
    assert bench.states(2) == [5, 7]
    bench.start(1).result()
    assert (bench.states(1), bench.states(2)) == ([7], [5, 7])
    bench.volumes[1] = None
    bench.start(1).result()
    assert bench.states(1) == [], "it was told before"


def test_offers_wait_for_what_was_missed() -> None:
    """A volume that comes back without a primary makes no offer before it has freed the locks."""
    bench = Bench()
    bench.volumes[1] = None
    bench.report(b"ann", 5).result()
    caught_up = bench.start(1)
    assert caught_up.done
    bench.volumes[1] = None
    bench.report(b"ann", 7).result()
    bench.volumes[1] = volume = Volume()
    volume.error = FsCode.TRY_LATER
    caught_up = bench.reboots.catch_up(1, cast(Locks, volume))
    bench.run(60)
    assert [caught_up.done, volume.told] == [False, []]
    volume.error = None
    bench.run(2)
    caught_up.result()
    assert volume.told == [(ANN, b"ann", 7)]


def test_report_right_after_a_start_comes_last() -> None:
    """What a volume has missed is older than what comes before anybody has looked at it."""
    bench = Bench()
    bench.volumes[1] = None
    bench.report(b"ann", 7).result()
    bench.volumes[1] = Volume()
    bench.report(b"ann.example", 9).result()
    assert bench.states(1) == [7, 9]
    bench.start(1)
    assert bench.states(1) == []


def test_volume_that_is_stopped_under_way() -> None:
    """A report that waits for a volume is answered when that is stopped, and not forgotten."""
    bench = Bench()
    bench.volume(1).error = FsCode.TRY_LATER
    call = bench.report(b"ann", 5)
    bench.volumes[1] = None
    bench.run(2)
    call.result()
    bench.start(1).result()
    assert bench.states(1) == [5]


def test_unreadable_table_is_told_after_the_next_start() -> None:
    """Who cannot be served gets an error, not "done"; other volumes are told all the same."""
    bench = Bench()
    bench.volume(1).error = FsCode.IO
    call = bench.report(b"ann", 5)
    with pytest.raises(FsError, match="IO"):
        call.result()
    assert bench.states(2) == [5]
    bench.start(1).result()
    assert bench.states(1) == [5]


def test_memory_is_bounded_and_goes_with_its_volume() -> None:
    """The oldest of too many is forgotten; of a volume that is deleted, all are."""
    bench = Bench()
    bench.volumes[1] = None
    bench.report(b"ann", 5).result()
    for number in range(MISSED_MAX):
        bench.report(b"%d" % number, 3, "192.0.2.8").result()
    missed = bench.reboots._missed[1]
    assert [len(missed), (ANN, b"ann") in missed] == [MISSED_MAX, False]
    del bench.volumes[1]
    bench.reboots.follow()
    assert bench.reboots._missed == {}


def test_stop_ends_what_waits() -> None:
    """Nobody is answered "done", and nothing is tried any more."""
    bench = Bench()
    volume = bench.volume(1)
    volume.error = FsCode.TRY_LATER
    call = bench.report(b"ann", 5)
    bench.reboots.stop()
    assert unanswered(call, bench.report(b"ann", 5))
    volume.error = None
    bench.run(2)
    assert [volume.told, bench.reboots.waiting] == [[], 0]
    assert bench.reboots._queues == {}
    assert not bench.time.step()
