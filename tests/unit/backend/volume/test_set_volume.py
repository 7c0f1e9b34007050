"""What clients of a volume meet: a primary, nobody, or too few bricks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import pytest

from nfsgw.backend import api
from nfsgw.backend.api import ROOT, CreateMode, FileType, NewAttributes, Stability
from nfsgw.backend.replica.checkup import Checkup
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.volume.records import BrickPlace, State, VolumeRecord
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import result_of
from tests.unit.backend.replica.set_bench import DIRECTORY, SetBench

NEW = NewAttributes(mode=0o644)
REQUEST = b"client01" + bytes(20)


class Bench(SetBench):
    """A volume on a set of two bricks, both of which must be in sync for changes."""

    def __init__(self) -> None:
        places = tuple(
            BrickPlace(f"{number:02x}" * 16, f"h:/b{number}", Path(f"/b{number}"))
            for number in (1, 2)
        )
        self.volume = SetVolume(VolumeRecord("web", 7, State.STARTED, {0: places}))
        super().__init__(quorum=(QuorumKind.FIXED, 2))
        self.volume.attach(self.set, cast("Checkup", Mock()))
        self.volume.serve(self.served)
        self.inode = self.file()
        self.link = self.result(
            self.volume.symlink(ROOT, DIRECTORY, b"link", b"target", NEW, None)
        ).inode
        for name in (b"old", b"useless"):
            self.result(self.creating(name))
        self.result(self.volume.mkdir(ROOT, DIRECTORY, b"empty", NEW, None))

    def _serve(self, primary: Any) -> None:  # noqa: ANN401 - a Primary or None
        super()._serve(primary)
        self.volume.serve(primary)

    def lose_other(self) -> None:
        """Let the other brick fail for good."""
        other = self.following
        other.refusal = "its disk was taken out"
        with self.turn:
            self.set.heal_full(other.brick)

    def code(self, coroutine: Coroutine[Any, Any, Any]) -> FsCode:
        """Return the error that a call ends with, at once."""
        with pytest.raises(FsError) as raised, self.turn:
            result_of(coroutine)
        return raised.value.code


Call = Callable[[Bench, bytes | None], Coroutine[Any, Any, Any]]

CHANGES: dict[str, Call] = {
    "setattr": lambda b, request: b.volume.setattr(ROOT, b.inode, NEW, None, request),
    "setacl": lambda b, request: b.volume.setacl(ROOT, b.inode, (), None, request),
    "write": lambda b, request: b.volume.write(
        ROOT, b.inode, 0, b"data", Stability.FILE_SYNC, request
    ),
    "create": lambda b, request: b.volume.create(
        ROOT, DIRECTORY, b"a", CreateMode.GUARDED, NEW, None, request
    ),
    "mkdir": lambda b, request: b.volume.mkdir(ROOT, DIRECTORY, b"b", NEW, request),
    "symlink": lambda b, request: b.volume.symlink(ROOT, DIRECTORY, b"c", b"x", NEW, request),
    "mknod": lambda b, request: b.volume.mknod(
        ROOT, DIRECTORY, b"d", FileType.FIFO, (0, 0), NEW, request
    ),
    "link": lambda b, request: b.volume.link(ROOT, b.inode, DIRECTORY, b"e", request),
    "rename": lambda b, request: b.volume.rename(
        ROOT, DIRECTORY, b"old", DIRECTORY, b"new", request
    ),
    "rmdir": lambda b, request: b.volume.rmdir(ROOT, DIRECTORY, b"empty", request),
    "remove": lambda b, request: b.volume.remove(ROOT, DIRECTORY, b"useless", request),
}
LOOKS: dict[str, Callable[[Bench], Coroutine[Any, Any, Any]]] = {
    "getattr": lambda b: b.volume.getattr(b.inode),
    "getacl": lambda b: b.volume.getacl(b.inode),
    "lookup": lambda b: b.volume.lookup(ROOT, DIRECTORY, b"file"),
    "access": lambda b: b.volume.access(ROOT, b.inode, 1),
    "readlink": lambda b: b.volume.readlink(ROOT, b.link),
    "read": lambda b: b.volume.read(ROOT, b.inode, 0, 10),
    "commit": lambda b: b.volume.commit(b.inode, 0, 0),
    "readdir": lambda b: b.volume.readdir(ROOT, DIRECTORY, 0, True, 4096, 100),
    "fsstat": lambda b: b.volume.fsstat(b.inode),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_waits_for_the_quorum(name: str) -> None:
    """Nothing of it happens before; the client is told to come later."""
    bench = Bench()
    bench.lose_other()
    before = bench.primary.brick.sequence
    assert bench.code(CHANGES[name](bench, REQUEST)) is FsCode.TRY_LATER
    assert bench.code(CHANGES[name](bench, None)) is FsCode.TRY_LATER
    assert bench.primary.brick.sequence == before
    for place in bench.places.values():
        place.refusal = None
    bench.until(lambda: bench.writable)
    bench.result(CHANGES[name](bench, REQUEST))


@pytest.mark.parametrize("name", CHANGES)
def test_change_that_was_made_before_gets_its_first_answer(name: str) -> None:
    """To come later would make it a new call."""
    bench = Bench()
    first = bench.result(CHANGES[name](bench, REQUEST))
    bench.lose_other()
    assert bench.result(CHANGES[name](bench, REQUEST)) == first


@pytest.mark.parametrize("name", LOOKS)
def test_looks_go_on_below_the_quorum(name: str) -> None:
    """They need one copy."""
    bench = Bench()
    first = bench.result(LOOKS[name](bench))
    bench.lose_other()
    found = bench.result(LOOKS[name](bench))
    if name != "commit":
        assert found == first


def without_anybody() -> Bench:
    """Return a volume whose bricks are all gone."""
    bench = Bench()
    for place in bench.places.values():
        place.refusal = "its disk was taken out"
    bench.lose_other()
    with bench.turn:
        bench.primary.brick.step_down("for a test")
    assert bench.served is None
    assert bench.volume.failure is not None
    return bench


@pytest.mark.parametrize("name", CHANGES)
def test_change_is_undecided_while_nobody_serves(name: str) -> None:
    """It may be one that a client repeats, and whose first answer the next primary knows."""
    bench = without_anybody()
    assert bench.code(CHANGES[name](bench, REQUEST)) is FsCode.UNDECIDED
    assert bench.code(CHANGES[name](bench, None)) is FsCode.TRY_LATER


@pytest.mark.parametrize("name", LOOKS)
def test_look_waits_while_nobody_serves(name: str) -> None:
    """Certainly without effect, so it may be asked for again as a new call."""
    bench = without_anybody()
    assert bench.code(LOOKS[name](bench)) is FsCode.TRY_LATER


def test_volume_serves_again_when_somebody_has_taken_over() -> None:
    """With what was there."""
    bench = Bench()
    with bench.turn:
        bench.primary.brick.step_down("for a test")
    bench.until(lambda: bench.writable)
    assert bench.volume.failure is None
    found: api.Data = bench.result(bench.volume.read(ROOT, bench.inode, 0, 5))
    assert found.data == bytes(range(1, 6))
    bench.result(bench.volume.mkdir(ROOT, DIRECTORY, b"more", NEW, None))


def test_bricks_come_and_go_by_the_commands_of_an_administrator() -> None:
    """The places of those that are left are known."""
    bench = Bench()
    volume = bench.volume
    first, second = volume.places.values()
    third, fourth = (BrickPlace(bench.add_place(), name, Path(name)) for name in ("/b3", "/b4"))

    def wait_for(*places: BrickPlace) -> None:
        wanted = {place.id for place in places}
        bench.until(lambda: bench.writable and set(bench.in_sync) == wanted)
        assert set(volume.left(bench.membership.record.members)) == set(places)
        assert {each.brick for each in volume.health().bricks} == wanted

    bench.result(volume.add_brick(third))
    wait_for(first, second, third)
    bench.result(volume.replace_brick(second.id, fourth))
    wait_for(first, third, fourth)
    bench.result(volume.remove_brick(first.id))
    wait_for(third, fourth)
    bench.result(volume.heal_full(third.id))
    assert not bench.writable
    wait_for(third, fourth)
    bench.result(volume.close())
    assert bench.code(volume.getattr(bench.inode)) is FsCode.TRY_LATER
    assert all(place.opened == place.closed for place in bench.places.values())


def test_room_of_the_volume_is_what_the_set_has() -> None:
    """With the attributes of the file that was asked about."""
    bench = Bench()
    space = bench.result(bench.volume.fsstat(bench.inode))
    room = bench.primary.data.room()
    assert space.attributes == bench.result(bench.volume.getattr(bench.inode))
    assert (space.bytes_total, space.bytes_free, space.bytes_available) == room[:3]
    assert (space.files_total, space.files_free, space.files_available) == room[3:]
