"""Extents whose bytes may differ between bricks: made equal before anybody is shown them."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Callable
from copy import copy, deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick.schema import EXTENT_BYTES, ExtentState, unpack_extent
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.bytes.bench import MIB, Bench
from tests.unit.backend.bytes.copies import FakeCopies

SYNC = Stability.FILE_SYNC


class Scene:
    """A brick that has become primary while an extent of a file was being written.

    The other brick has bytes that this one has never got.

    :param held: nothing goes on by itself: see :meth:`pump_one`.
    :param both: the file's second extent is being written too; else it is clean.
    """

    def __init__(self, held: bool = False, both: bool = False) -> None:
        self.copies = FakeCopies()
        self.bench = Bench(held, self.copies)
        self.inode = self.bench.create()
        self.bench.write(self.inode, 0, b"a" * (EXTENT_BYTES + MIB))
        self.bench.idle()
        self.bench.write(self.inode, 10, b"b" * 10)
        if both:
            self.bench.write(self.inode, EXTENT_BYTES + 10, b"b" * 10)
            self.copies.bricks[0][self.inode].write(b"neither", EXTENT_BYTES + 100)
        self.differ()
        self.copies.held = held
        self.copies.calls.clear()
        self.bench.crash()

    def differ(self) -> None:
        """Let the other brick have other bytes in the first extent."""
        self.copies.bricks[0][self.inode].write(b"never acknowledged", 100)

    @property
    def own(self) -> bytes:
        """Return what is in the data file of this brick."""
        file = self.bench.disk.names_now[self.bench.bytes.files.path(self.inode)]
        return file.read(file.size, 0)

    @property
    def states(self) -> list[int]:
        """Return the states of the extents."""
        items = sorted(self.bench.store.tables[Table.EXTENT].items())
        return [unpack_extent(value).state for _, value in items]

    def pump_one(self, random: Random | None = None) -> bool:
        """Let one thing go on, here or on the other brick."""
        there = self.copies.waiting
        if there and (random is None or random.random() < 0.5):
            with self.bench.shop.turn:
                self.copies.answer()
            return True
        return self.bench.pump_one(random) or bool(there)

    def pump(self, random: Random | None = None) -> None:
        """Let everything go on."""
        while self.pump_one(random):
            pass

    @property
    def asked(self) -> list[str]:
        """Return what the other brick was asked for, besides fsyncs."""
        return [call for call in self.copies.calls if call not in ("sync", "put")]

    def crash(self, random: Random, power: bool = False) -> None:
        """Let the primary die, and start again where that leaves both bricks.

        What it was doing goes on to its end in a world of its own, which nobody sees.
        """
        dead, copies = copy(self.bench), self.copies
        self.copies = self.bench.copies = copies.after_crash(random)
        self.bench.disk = deepcopy(dead.disk)
        self.bench.crash(random if power else None)
        while copies.waiting or dead.pump_one():
            if copies.waiting:
                with dead.shop.turn:
                    copies.answer()

    def until_asked(self, what: str) -> None:
        """Go on until the other brick is asked for something."""
        while what not in self.copies.calls:
            assert self.pump_one(), "it is never asked"

    def begin_read(self, offset: int, count: int = 10) -> Wait[Any]:
        """Begin to read."""
        return self.bench.begin(self.bench.bytes.read(ROOT, self.inode, offset, count))

    def begin_write(self, offset: int, data: bytes) -> Wait[Any]:
        """Begin to write."""
        return self.bench.begin(self.bench.bytes.write(ROOT, self.inode, offset, data, SYNC, None))

    def check(self) -> None:
        """Check that both bricks are equal, and that this one is sound.

        Where extents were named that nobody has written to after all, a file may be longer there
        by a hole.
        """
        self.bench.idle()
        self.pump()
        there = self.copies.content(self.inode)
        assert there is not None
        assert there.rstrip(b"\0") == self.own.rstrip(b"\0")
        assert self.bench.complaints() == []
        for key, value in self.bench.store.tables[Table.EXTENT].items():
            extent, start = unpack_extent(value), int.from_bytes(key[8:], "big") * EXTENT_BYTES
            assert extent.state == ExtentState.CLEAN
            covered = there[start : start + extent.length]
            assert len(covered) == extent.length
            assert zlib.crc32(covered).to_bytes(4, "big") == extent.digest[:4]


def test_open_extents_are_levelled_in_the_background() -> None:
    """Whether anybody reads them or not: the primary's bytes win."""
    scene = Scene()
    assert scene.asked == ["equalise"]
    assert scene.states == [ExtentState.WRITING, ExtentState.CLEAN]
    assert scene.copies.content(scene.inode) == scene.own
    assert b"never" not in scene.own
    assert scene.own[10:20] == b"b" * 10


def test_brick_that_is_the_only_one_levels_nothing() -> None:
    """There is nothing to compare with."""
    scene = Scene()
    scene.bench.copies = None
    scene.copies.calls.clear()
    syncs = scene.bench.disk.syncs
    scene.bench.crash()
    assert scene.bench.read(scene.inode, 10, 10) == b"b" * 10
    assert scene.copies.calls == []
    assert scene.bench.disk.syncs == syncs


@pytest.mark.parametrize("call", ["read", "write"])
def test_nobody_is_served_before_the_extent_is_level(call: str) -> None:
    """What one primary has shown must not be missing on the next."""
    scene = Scene(held=True)
    begun = scene.begin_read(10) if call == "read" else scene.begin_write(50, b"new")
    clean = scene.begin_read(EXTENT_BYTES)
    scene.until_asked("equalise")
    scene.bench.pump()
    assert clean.done
    ends = [begun.done]
    assert "write" not in scene.copies.calls
    scene.pump()
    assert [*ends, begun.done] == [False, True]
    assert scene.copies.content(scene.inode) == scene.own
    assert scene.bench.read(scene.inode, 10, 10) == b"b" * 10


@pytest.mark.parametrize(
    ("offset", "count", "waits"),
    [
        (EXTENT_BYTES - 1, 1, True),
        (EXTENT_BYTES - 1, 2, True),
        (EXTENT_BYTES, 1, False),
        (EXTENT_BYTES, MIB, False),
    ],
)
def test_read_waits_for_the_extents_that_it_touches(offset: int, count: int, waits: bool) -> None:
    """And for no other one."""
    scene = Scene(held=True)
    read = scene.begin_read(offset, count)
    scene.until_asked("equalise")
    scene.bench.pump()
    assert read.done is not waits
    scene.pump()
    assert read.done


def test_file_is_levelled_once_for_all_who_wait() -> None:
    """They and the work in the background share it."""
    scene = Scene(held=True)
    calls = [scene.begin_read(10), scene.begin_read(20), scene.begin_write(5, b"new")]
    scene.pump()
    assert all(call.done for call in calls)
    assert scene.copies.calls.count("equalise") == 1


def test_level_extent_is_written_without_further_ado() -> None:
    """From then on it is one that is being written like any other."""
    scene = Scene()
    scene.bench.write(scene.inode, 10, b"new")
    assert scene.asked == ["equalise", "write"]
    scene.check()


def test_all_open_extents_are_levelled_one_after_the_other() -> None:
    """Of all files."""
    scene = Scene()
    other = scene.bench.create(b"other")
    for inode, number in ((scene.inode, 1), (other, 0), (other, 3)):
        scene.bench.write(inode, number * EXTENT_BYTES, b"c" * 5000)
        scene.copies.bricks[0][inode].write(b"x", number * EXTENT_BYTES + 7)
    scene.copies.calls.clear()
    scene.bench.crash()
    assert scene.asked == ["equalise"] * 4
    for inode in (scene.inode, other):
        file = scene.bench.disk.names_now[scene.bench.bytes.files.path(inode)]
        assert scene.copies.content(inode) == file.read(file.size, 0)


def test_levelled_bytes_are_durable() -> None:
    """The comparison is of what the disks hold, not of what they may lose."""
    scene = Scene()
    file = scene.bench.disk.names_now[scene.bench.bytes.files.path(scene.inode)]
    assert file.stored


def test_extent_that_goes_clean_is_made_equal() -> None:
    """Its checksum is true on every brick."""
    scene = Scene()
    scene.bench.write(scene.inode, 20, b"c")
    scene.differ()
    scene.copies.calls.clear()
    scene.bench.idle()
    assert scene.copies.calls == ["sync", "equalise", "put"]
    assert scene.states == [ExtentState.CLEAN] * 2
    scene.check()


def test_extent_is_not_clean_before_it_is_equal() -> None:
    """A crash in between leaves one that is being written."""
    scene = Scene(held=True)
    scene.pump()
    scene.differ()
    scene.copies.calls.clear()
    scene.bench.shop.clock.advance(100)
    with scene.bench.shop.turn:
        scene.bench.shop.timers.run()
    scene.until_asked("equalise")
    scene.bench.pump()
    assert scene.states == [ExtentState.WRITING, ExtentState.CLEAN]
    scene.pump()
    assert scene.states == [ExtentState.CLEAN] * 2
    scene.check()


def test_extent_that_has_gone_clean_is_level() -> None:
    """The two are the same work."""
    scene = Scene(held=True)
    scene.until_asked("equalise")
    scene.pump()
    scene.bench.idle()
    scene.pump()
    assert scene.states == [ExtentState.CLEAN] * 2
    calls = scene.copies.calls.count("equalise")
    scene.bench.read(scene.inode, 10, 10)
    assert scene.copies.calls.count("equalise") == calls


CUTS: dict[str, Callable[[Scene], Any]] = {
    "shortened": lambda scene: scene.bench.resizing(scene.inode, 15),
    "emptied": lambda scene: scene.bench.resizing(scene.inode, 0),
    "second extent cut off": lambda scene: scene.bench.resizing(scene.inode, EXTENT_BYTES),
    "removed": lambda scene: scene.bench.removing(),
}


@pytest.mark.parametrize("how", CUTS)
@pytest.mark.parametrize("when", range(8))
def test_file_that_is_cut_while_it_is_levelled(how: str, when: int) -> None:
    """No bytes arrive behind the cut, neither here nor there."""
    for seed in range(6):
        scene = Scene(held=True, both=seed % 2 == 1)
        random = Random(seed)
        for _ in range(when):
            scene.pump_one(random)
        cut = scene.bench.begin(CUTS[how](scene))
        read = scene.begin_read(10)
        scene.pump(random)
        assert cut.done
        assert read.done
        scene.bench.idle()
        scene.pump(random)
        gone = how in ("emptied", "removed")
        assert scene.copies.content(scene.inode) == (None if gone else scene.own)
        assert scene.bench.complaints() == []


@pytest.mark.parametrize("how", CUTS)
def test_cut_waits_until_what_is_being_levelled_is_level(how: str) -> None:
    """Bytes that are on their way to the other brick are not overtaken by the cut."""
    scene = Scene(held=True, both=True)
    scene.until_asked("equalise")
    cut = scene.bench.begin(CUTS[how](scene))
    scene.bench.pump()
    assert cut.done
    assert scene.asked == ["equalise"]
    while scene.asked == ["equalise"]:
        assert scene.pump_one()
    assert scene.asked in (["equalise", "cut"], ["equalise", "remove"])
    # What is still to be levelled waits for the cut.
    scene.bench.pump()
    assert len(scene.asked) == 2
    scene.pump()


def test_levelling_waits_until_a_cut_that_was_ordered_is_over() -> None:
    """The next start finds both, and does the cut first."""
    scene = Scene(held=True)
    scene.pump()
    cut = scene.bench.begin(scene.bench.resizing(scene.inode, 15))
    while not cut.done:
        scene.bench.pump_one()
    scene.differ()
    scene.crash(Random(1))
    scene.pump()
    assert scene.asked == ["cut", "equalise"]
    scene.check()


def test_data_file_that_is_gone_keeps_nobody_waiting() -> None:
    """What is lost is for READ to say."""
    scene = Scene(held=True)
    scene.bench.disk.names_now.clear()
    scene.bench.bytes.files.close()
    scene.copies.alone = True
    read = scene.begin_read(10)
    scene.pump()
    with pytest.raises(FsError):
        read.result()


def test_nothing_is_levelled_after_the_end() -> None:
    """Its data files are closed."""
    scene = Scene()
    other = scene.bench.create(b"other")
    scene.bench.write(other, 0, b"c" * 5000)
    scene.copies.held = True
    scene.copies.calls.clear()
    scene.bench.crash()
    scene.until_asked("equalise")
    scene.bench.bytes.extents.stop()
    scene.pump()
    assert scene.asked == ["equalise"]


@pytest.mark.parametrize("alone", [True, False])
def test_disk_that_fails_while_it_is_read(alone: bool) -> None:
    """If another brick can take over, this one fails; else it is an error to the call."""
    scene = Scene(held=True)
    scene.bench.brick.lost = FsCode.UNDECIDED
    scene.copies.alone = alone
    read = scene.begin_read(10)
    scene.bench.disk.sync_error = OSError(errno.EIO, "broken")

    def broken(fd: int, length: int, offset: int) -> bytes:
        raise OSError(errno.EIO, "broken")

    scene.bench.disk.sync_error = None
    scene.bench.disk.cached = False
    scene.bench.disk.read = broken  # type: ignore[method-assign]
    scene.pump()
    with pytest.raises(FsError) as raised:
        read.result()
    assert raised.value.code is (FsCode.IO if alone else FsCode.UNDECIDED)
    assert (scene.bench.brick.failure is None) is alone


def random_call(scene: Scene, random: Random) -> Any:  # noqa: ANN401
    """Return some operation on the file."""
    action = random.choice(("write", "write", "write", "unstable", "cut", "read", "commit"))
    bench, inode = scene.bench, scene.inode
    offset = random.choice((0, 10, 5000, EXTENT_BYTES - 5, EXTENT_BYTES, 2 * EXTENT_BYTES))
    data = random.randbytes(random.choice((1, 10, 5000)))
    if action == "write":
        return bench.bytes.write(ROOT, inode, offset, data, SYNC, None)
    if action == "unstable":
        return bench.bytes.write(ROOT, inode, offset, data, Stability.UNSTABLE, None)
    if action == "cut":
        return bench.resizing(inode, random.choice((5, 5000, EXTENT_BYTES, EXTENT_BYTES + 7)))
    if action == "read":
        return bench.bytes.read(ROOT, inode, offset, 10)
    return bench.bytes.commit(inode, 0, 0)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1 << 32))
def test_bricks_become_equal_whatever_happens(seed: int) -> None:
    """Calls in any order, extents that go clean, and primaries that die in the middle."""
    random = Random(seed)
    scene = Scene(held=True, both=random.random() < 0.5)
    for _ in range(random.randrange(1, 4)):
        for _ in range(random.randrange(12)):
            scene.bench.begin(random_call(scene, random))
            for _ in range(random.randrange(8)):
                scene.pump_one(random)
            if random.random() < 0.2:
                scene.bench.idle(random.choice((1, 100)))
        scene.crash(random, random.random() < 0.5)
    scene.pump(random)
    scene.check()
