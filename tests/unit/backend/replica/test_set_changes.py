"""What administrators make of a set's bricks, and what becomes of those that are full."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.replica.health import BrickState
from nfsgw.backend.replica.membership import Refused
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.replica.set_bench import DIRECTORY, Place, SetBench

RESERVE = 1000
BYTES = bytes(range(1, 101))


def read(bench: SetBench, inode: int) -> Any:  # noqa: ANN401
    """Return the bytes of a file."""
    return bench.result(bench.primary.data.read(ROOT, inode, 0, 100)).data


def whole(bench: SetBench) -> bool:
    """Say whether all members are in sync, and one of them serves."""
    members = bench.membership.record.members
    return bench.served is not None and set(bench.in_sync) == set(members)


def settled(bench: SetBench) -> list[Place]:
    """Return the places of the members, when all are in sync and nothing is open."""
    bench.until(lambda: whole(bench))
    bench.pass_time(20)
    return [bench.places[brick] for brick in bench.membership.record.members]


# Adding


@pytest.mark.parametrize("count", [1, 2])
def test_added_brick_becomes_like_the_others(count: int) -> None:
    """While clients go on; a brick that was alone learns to count on it."""
    bench = SetBench(count)
    inode = bench.file()
    new = bench.add_place()
    bench.result(bench.set.add(new))
    assert new in bench.membership.record.members
    assert new not in bench.in_sync
    bench.until(lambda: bench.served is not None)
    other = bench.file(b"other")
    places = settled(bench)
    assert len(places) == count + 1
    assert not bench.primary.only
    for each in (inode, other):
        assert [place.content(each) for place in places] == [BYTES] * (count + 1)


def test_added_brick_that_cannot_be_opened_yet_comes_later() -> None:
    """Its reason is told."""
    bench = SetBench(2)
    new = bench.add_place()
    bench.places[new].refusal = "its disk is not mounted"
    bench.result(bench.set.add(new))
    health = bench.set.health().bricks[-1]
    assert (health.brick, health.state) == (new, BrickState.OFFLINE)
    assert health.reason == "its disk is not mounted"
    bench.places[new].refusal = None
    settled(bench)


def test_brick_that_was_added_may_take_over() -> None:
    """When it is in sync."""
    bench = SetBench(1)
    inode = bench.file()
    first = bench.leading
    bench.result(bench.set.add(bench.add_place()))
    settled(bench)
    bench.result(bench.set.remove(first.brick))
    assert bench.leading is not first
    assert read(bench, inode) == BYTES
    bench.file(b"other")


# Replacing


def test_replaced_brick_stays_until_the_new_one_is_in_sync() -> None:
    """There is never one copy less."""
    bench = SetBench(2)
    inode = bench.file()
    old, new = bench.following.brick, bench.add_place()
    bench.places[new].refusal = "not yet"
    bench.result(bench.set.replace(old, new))
    bench.pass_time(10)
    assert len(bench.in_sync) == 2
    assert bench.left == []
    bench.places[new].refusal = None
    bench.until(lambda: bool(bench.left))
    assert bench.left == [(bench.leading.brick, new)]
    assert bench.places[old].ends == [True]
    assert old not in bench.set.seats
    assert [place.content(inode) for place in settled(bench)] == [BYTES] * 2


def test_replaced_brick_that_is_not_in_sync_goes_at_once() -> None:
    """It is of no use to anybody."""
    bench = SetBench(2)
    old, new = bench.following.brick, bench.add_place()
    bench.places[old].refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(old)
    bench.places[new].refusal = "not yet"
    bench.result(bench.set.replace(old, new))
    assert set(bench.set.seats) == {bench.leading.brick, new}
    bench.until(lambda: bool(bench.left))
    assert bench.left == [bench.membership.record.members]
    bench.places[new].refusal = None
    settled(bench)


def test_only_brick_of_a_set_is_replaced() -> None:
    """By way of a set of two."""
    bench = SetBench(1)
    inode = bench.file()
    old, new = bench.leading, bench.add_place()
    bench.result(bench.set.replace(old.brick, new))
    bench.until(lambda: bench.left == [(new,)])
    bench.until(lambda: bench.served is not None)
    assert bench.leading.brick == new
    assert read(bench, inode) == BYTES
    assert old.closed


def test_brick_that_is_replaced_twice_is_refused() -> None:
    """The record says by which one it is."""
    bench = SetBench(2)
    old, new = bench.following.brick, bench.add_place()
    bench.places[new].refusal = "not yet"
    bench.result(bench.set.replace(old, new))
    with pytest.raises(Refused, match="being replaced"):
        bench.result(bench.set.replace(old, bench.add_place()))
    assert len(bench.set.seats) == 3


# Removing


def test_removed_brick_is_closed_and_told() -> None:
    """In good order: it may be kept for a while."""
    bench = SetBench(3)
    place = bench.following
    bench.result(bench.set.remove(place.brick))
    assert place.ends == [True]
    assert bench.left == [bench.membership.record.members]
    assert len(bench.in_sync) == 2
    bench.pass_time(10)
    assert place.opened == 1
    bench.file()


def test_last_brick_in_sync_cannot_be_removed() -> None:
    """Nor one that does not belong to the set; all goes on."""
    bench = SetBench(2)
    with pytest.raises(Refused, match="does not belong"):
        bench.result(bench.set.remove("ee" * 16))
    other = bench.following.brick
    bench.places[other].refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(other)
    with pytest.raises(Refused, match="no other brick is in sync"):
        bench.result(bench.set.remove(bench.leading.brick))
    bench.file()
    bench.result(bench.set.remove(other))
    assert bench.membership.record.members == (bench.leading.brick,)
    bench.file(b"other")


def test_brick_that_is_being_brought_up_to_date_can_be_removed() -> None:
    """What is under way ends."""
    bench = SetBench(2)
    for number in range(5):
        bench.file(b"%d" % number)
    new = bench.add_place()
    bench.begin(bench.set.add(new))
    bench.until(lambda: bench.set.seats[new].joining is not None)
    bench.result(bench.set.remove(new))
    bench.pass_time(10)
    assert new not in bench.set.seats
    assert len(bench.in_sync) == 2
    assert bench.places[new].opened == bench.places[new].closed
    bench.file()


# Copying anew


@pytest.mark.parametrize("which", ["leading", "following"])
def test_everything_is_copied_anew(which: str) -> None:
    """Whatever a brick holds: its disk may have lost or changed anything."""
    bench = SetBench(2)
    inode = bench.file()
    settled(bench)
    place: Place = getattr(bench, which)
    file = next(iter(place.disk.names_now.values()))
    assert file.flip(50, 1)
    assert place.content(inode) != BYTES
    with bench.turn:
        bench.set.heal_full(place.brick)
    assert place.brick not in bench.in_sync or bench.served is None
    places = settled(bench)
    assert [each.content(inode) for each in places] == [BYTES] * 2
    assert bench.leading is not place or which == "following"
    closed = place.closed
    bench.pass_time(60)
    assert place.closed == closed


def test_last_brick_in_sync_cannot_be_copied_anew() -> None:
    """There is nothing to copy from."""
    bench = SetBench(1)
    with pytest.raises(Refused, match="only brick in sync"):
        bench.set.heal_full(bench.leading.brick)
    with pytest.raises(Refused, match="does not belong"):
        bench.set.heal_full("ee" * 16)
    bench.file()


# Full bricks


class Rooms:
    """A set whose bricks have the room that the test says.

    :ivar free: bytes that are left, by brick.
    """

    def __init__(self, count: int = 3) -> None:
        self.bench = SetBench(count, reserve_bytes=RESERVE)
        self.free = {brick: 10 * RESERVE for brick in self.bench.places}
        for place in self.bench.places.values():
            place.open = partial(self._open, place, place.open)  # type: ignore[method-assign]
            local = self.bench.set.seats[place.brick].local
            assert local is not None
            local.look = partial(self._look, place)
        self.bench.pass_time(3)

    def _open(self, place: Place, really_open: Any) -> LocalBrick:  # noqa: ANN401
        local: LocalBrick = really_open()
        local.look = partial(self._look, place)
        return local

    def _look(self, place: Place) -> DiskSpace:
        free = self.free[place.brick]
        return DiskSpace(100 * RESERVE, free, free, 100, 100, 100)


def test_primary_that_is_full_alone_gives_way() -> None:
    """Clients go on to write."""
    rooms = Rooms()
    bench = rooms.bench
    full = bench.leading
    rooms.free[full.brick] = 10
    bench.until(lambda: full.brick not in bench.in_sync)
    bench.until(lambda: bench.served is not None)
    assert bench.leading is not full
    bench.file()
    rooms.free[full.brick] = 10 * RESERVE
    bench.until(lambda: whole(bench))


def test_set_whose_bricks_are_all_full_refuses_what_needs_room() -> None:
    """And nothing else; it has room again when they have."""
    rooms = Rooms()
    bench = rooms.bench
    bench.file()
    rooms.free = dict.fromkeys(rooms.free, 10)
    bench.pass_time(5)
    assert len(bench.in_sync) == 3
    assert bench.primary.data.room().bytes_available == 10
    # The tables look at the room when they are written, so one change may slip through.
    bench.result(bench.creating(b"last"))
    with pytest.raises(FsError) as raised:
        bench.result(bench.creating(b"new"))
    assert raised.value.code is FsCode.NOSPC
    remove = bench.primary.data.change(operations.remove, ROOT, DIRECTORY, b"file", frees=True)
    bench.result(remove)
    rooms.free = dict.fromkeys(rooms.free, 10 * RESERVE)
    bench.pass_time(5)
    bench.file(b"new")


def test_set_has_the_room_of_its_fullest_brick() -> None:
    """As FSSTAT tells."""
    rooms = Rooms()
    bench = rooms.bench
    for place in (bench.leading, bench.following):
        rooms.free = {**dict.fromkeys(rooms.free, 10 * RESERVE), place.brick: 5 * RESERVE}
        bench.pass_time(5)
        assert bench.primary.data.room().bytes_available == 5 * RESERVE


def test_attributes_can_be_changed_on_a_full_set() -> None:
    """They take the place of others."""
    rooms = Rooms(2)
    bench = rooms.bench
    inode = bench.file()
    rooms.free = dict.fromkeys(rooms.free, 10)
    bench.pass_time(5)
    new = NewAttributes(mode=0o600)
    change = bench.primary.data.change(operations.setattr, ROOT, inode, new, None, frees=True)
    bench.result(change)
