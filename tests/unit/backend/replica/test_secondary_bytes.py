"""A brick that follows a primary: data files."""

from __future__ import annotations

import errno
from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import Any

import pytest

from nfsgw.backend.brick.bytes.extents import checksum
from nfsgw.backend.brick.bytes.files import DESCRIPTORS_MAX
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.replica import received_files
from nfsgw.backend.replica.calls import DONE
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.waiting import Wait
from tests.support.disks import MemoryDisk
from tests.unit.backend.replica.bench import Bench, put_extent, records_from

FILE = 7
OTHER = 8


def made(held: bool = True, durable: bool = True, content: bytes = b"0123456789") -> Bench:
    """Return a brick with one file."""
    bench = Bench(held, durable)
    bench.file(FILE, content)
    return bench


# Writing


def test_write_is_answered_when_its_bytes_are_in_the_page_cache() -> None:
    """They are not durable by that."""
    bench = made()
    answer = bench.member.write(1, FILE, 2, b"ab")
    assert not answer.done
    bench.result(answer)
    assert bench.content(FILE) == b"01ab456789"
    assert bench.durable_content(FILE) == b"0123456789"


def test_writes_are_carried_out_in_order() -> None:
    """Overlapping bytes end up as on all other bricks."""
    bench = made()
    answers = [bench.member.write(1, FILE, 3, data) for data in (b"aaaa", b"bb", b"ccc", b"d")]
    bench.pump(Random(1))
    assert all(answer.done for answer in answers)
    assert bench.content(FILE) == b"012dcca789"


def test_without_durability_a_write_is_done_when_the_call_returns() -> None:
    """There is nothing to wait for, and nothing is made for waiting."""
    bench = made(durable=False)
    (descriptor,) = bench.disk.open_files
    for _ in range(3):
        assert bench.member.write(1, FILE, 0, memoryview(b"xy")) is DONE
    assert bench.member.sync(1, FILE) is DONE
    assert bench.content(FILE) == b"xy23456789"
    assert list(bench.disk.open_files) == [descriptor], "it is kept open"


@pytest.mark.parametrize("durable", [True, False])
def test_write_to_a_missing_file_fails_the_brick(durable: bool) -> None:
    """Its data file is lost: it has to be healed."""
    bench = Bench(durable, durable)
    with pytest.raises(MemberFailed, match="missing"):
        bench.result(bench.member.write(1, FILE, 0, b"x"))
    (reason,) = bench.failures
    assert "data file is missing" in reason
    assert f"{FILE:016x}" in reason


@pytest.mark.parametrize("durable", [True, False])
def test_write_makes_a_file_of_which_extents_are_missing(durable: bool) -> None:
    """A file grows by an extent before the first ones have been fetched."""
    bench = Bench(durable, durable)
    grown = records_from(2, [put_extent(FILE, 0)])
    bench.result(bench.member.replay(1, grown, 1))
    assert bench.result(bench.member.missing(1)) == [(FILE, 0)]
    bench.result(bench.member.write(1, FILE, EXTENT_BYTES, b"more"))
    bench.result(bench.member.put_extent(1, FILE, 0, b"first".ljust(EXTENT_BYTES)))
    bench.result(bench.member.settle(1, [(FILE, 0)]))
    content = bench.content(FILE)
    assert content is not None
    assert content[:5] == b"first"
    assert content[EXTENT_BYTES:] == b"more"
    bench.result(bench.member.remove(1, FILE))
    with pytest.raises(MemberFailed, match="missing"):
        bench.result(bench.member.write(1, FILE, 0, b"x"))


@pytest.mark.parametrize("durable", [True, False])
def test_full_disk_fails_the_brick(durable: bool) -> None:
    """What others have written this one has not, so it does not count any more."""
    bench = made(durable, durable)
    bench.disk.room = 1
    with pytest.raises(MemberFailed, match="no space"):
        bench.result(bench.member.write(1, FILE, 0, b"xyz"))
    assert bench.failures == ["no space"]
    with pytest.raises(MemberFailed, match="no space"):
        bench.member.write(1, FILE, 0, b"x").result()


# Making, cutting, removing


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power loss"])
def test_made_file_is_durable(power: bool) -> None:
    """Bytes, name and directories are on the disk before anybody hears of it."""
    bench = Bench(held=True)
    bench.result(bench.member.create(1, FILE, b"content"))
    bench.crash(Random(3) if power else None)
    assert bench.durable_content(FILE) == b"content"
    assert bench.result(bench.member.read(1, FILE, 0, 100)) == b"content"


def test_making_a_file_drops_what_lay_there() -> None:
    """An earlier try may have left more bytes."""
    bench = made()
    bench.result(bench.member.write(1, FILE, 0, b"x" * 5000))
    bench.result(bench.member.create(1, FILE, b"ab"))
    assert bench.durable_content(FILE) == b"ab"
    bench.result(bench.member.create(1, FILE, b""))
    assert bench.durable_content(FILE) == b""


def test_file_that_cannot_be_made_fails_the_brick() -> None:
    """A full disk, for example."""
    bench = Bench(held=True)
    bench.disk.room = 0
    with pytest.raises(MemberFailed, match="no space"):
        bench.result(bench.member.create(1, FILE, b"content"))
    assert len(bench.failures) == 1


def test_cut_is_durable_and_never_lengthens() -> None:
    """What is shorter already stays so, or bricks would differ in length."""
    bench = made()
    bench.result(bench.member.cut(1, FILE, 20))
    assert bench.content(FILE) == b"0123456789"
    bench.result(bench.member.cut(1, FILE, 4))
    assert bench.durable_content(FILE) == b"0123"


def test_missing_file_needs_no_cut() -> None:
    """It stays missing."""
    bench = Bench(held=True)
    bench.result(bench.member.cut(1, FILE, 4))
    assert bench.content(FILE) is None
    assert bench.failures == []


def test_removed_file_is_gone_durably() -> None:
    """And removing it once more does no harm; nor does what is not durable of it."""
    bench = made()
    bench.result(bench.member.write(1, FILE, 0, b"dirty"))
    bench.result(bench.member.remove(1, FILE))
    assert bench.durable_content(FILE) is None
    bench.result(bench.member.sync(1, FILE))
    bench.result(bench.member.remove(1, FILE))
    bench.result(bench.member.remove(1, OTHER << 20))
    assert not bench.disk.open_files
    assert bench.failures == []


def test_brick_that_is_moved_away_after_an_unlink_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its directory cannot be synced, so the name may come back when the power fails."""
    bench = made()

    def gone(path: str) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file or directory", path)

    removal = bench.member.remove(1, FILE)
    monkeypatch.setattr(bench.disk, "sync_directory", gone)
    monkeypatch.setattr(bench.disk, "space", gone)
    with pytest.raises(MemberFailed, match="missing"):
        bench.result(removal)


def test_changes_of_one_file_are_carried_out_in_the_order_of_the_calls() -> None:
    """Nobody has to wait for one change before asking for the next."""
    bench = made()
    member = bench.member
    answers: list[Wait[None]] = [
        member.remove(1, FILE),
        member.create(1, FILE, b"abcdef"),
        member.write(1, FILE, 6, b"ghi"),
        member.cut(1, FILE, 8),
        member.write(1, FILE, 0, b"A"),
        member.sync(1, FILE),
    ]
    read = member.read(1, FILE, 1, 100)
    bench.pump(Random(5))
    for answer in answers:
        answer.result()
    assert read.result() == b"bcdefgh"
    assert bench.durable_content(FILE) == b"Abcdefgh"


# Fsyncs


def test_sync_covers_the_writes_called_before_it() -> None:
    """Even those that no thread has begun yet."""
    bench = made()
    bench.member.write(1, FILE, 0, b"ab")
    answer = bench.member.sync(1, FILE)
    done = []
    for run in (bench.stream.run, bench.stream.run, bench.threads.run):
        run()
        done.append(answer.done)
    assert done == [False, False, True]
    assert bench.durable_content(FILE) == b"ab23456789"


def test_sync_that_comes_during_another_has_its_own_fsync() -> None:
    """The one under way may have passed its bytes already; the next serves all who came."""
    bench = made()
    bench.member.write(1, FILE, 0, b"a")
    first = bench.member.sync(1, FILE)
    bench.stream.run()
    bench.stream.run()
    syncs = bench.disk.syncs
    bench.member.write(1, FILE, 1, b"b")
    second, third = bench.member.sync(1, FILE), bench.member.sync(1, FILE)
    bench.stream.run()
    bench.threads.run()
    assert [each.done for each in (first, second, third)] == [True, False, False]
    bench.pump()
    assert [each.done for each in (second, third)] == [True, True]
    assert bench.disk.syncs == syncs + 2
    assert bench.durable_content(FILE) == b"ab23456789"


def test_fsyncs_of_different_files_are_side_by_side() -> None:
    """One slow file does not hold up the others."""
    bench = made()
    bench.file(OTHER, b"other")
    first, second = bench.member.sync(1, FILE), bench.member.sync(1, OTHER)
    bench.stream.run()
    bench.stream.run()
    assert len(bench.threads.jobs) == 2
    bench.threads.run(1)
    assert [first.done, second.done] == [False, True]


def test_sync_makes_durable_what_a_killed_process_left() -> None:
    """Bytes that nobody remembers to have written are in the page cache all the same."""
    bench = made()
    bench.result(bench.member.write(1, FILE, 0, b"ab"))
    bench.crash()
    assert bench.durable_content(FILE) == b"0123456789"
    bench.result(bench.member.sync(1, FILE))
    assert bench.durable_content(FILE) == b"ab23456789"


FSYNCS: dict[str, Callable[[Secondary], Wait[Any]]] = {
    "sync": lambda member: member.sync(1, FILE),
    "checksums": lambda member: member.checksums(1, FILE, [(0, 10)]),
    "settle": lambda member: member.settle(1, [(FILE, 0)]),
    "create": lambda member: member.create(1, FILE, b"new"),
    "cut": lambda member: member.cut(1, FILE, 3),
}


@pytest.mark.parametrize("name", FSYNCS)
def test_failed_fsync_fails_the_brick(name: str) -> None:
    """The kernel tells of it once; a second try would succeed and mean nothing."""
    bench = made()
    bench.result(bench.member.write(1, FILE, 0, b"ab"))
    bench.disk.sync_error = OSError(errno.EIO, "broken")
    answers = [FSYNCS[name](bench.member), bench.member.sync(1, FILE)]
    while not bench.failures:
        assert bench.pump_one()
    bench.disk.sync_error = None
    bench.pump()
    answers.append(bench.member.sync(1, FILE))
    for answer in answers:
        with pytest.raises(MemberFailed, match="broken"):
            answer.result()
    assert bench.failures == ["broken"]
    assert bench.durable_content(FILE) == b"0123456789"
    assert bench.member.retire().done, "something still waits for the fsync"


def test_too_many_dirty_files_are_synced_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients who never COMMIT do not use up all descriptors."""
    monkeypatch.setattr(received_files, "DIRTY_MAX", 3)
    bench = Bench(held=True)
    for inode in range(10, 20):
        bench.result(bench.member.create(1, inode, b"old"))
    for inode in range(10, 20):
        bench.result(bench.member.write(1, inode, 0, b"new"))
    durable = [bench.durable_content(inode) for inode in range(10, 20)]
    assert durable == [b"new"] * 7 + [b"old"] * 3


def test_dirty_file_stays_open() -> None:
    """An error of its bytes is told to descriptors that were open when it happened."""
    bench = made()
    bench.result(bench.member.write(1, FILE, 0, b"ab"))
    (descriptor,) = bench.disk.open_files
    many = range(10, 10 + DESCRIPTORS_MAX)
    for inode in many:
        bench.result(bench.member.create(1, inode, b""))
    assert len(bench.disk.open_files) == DESCRIPTORS_MAX
    assert descriptor in bench.disk.open_files
    bench.result(bench.member.sync(1, FILE))
    for inode in many:
        bench.result(bench.member.read(1, inode, 0, 1))
    assert descriptor not in bench.disk.open_files


def test_letting_go_of_files_leaves_none_open() -> None:
    """At the end of the role, other descriptors take over."""
    bench = made()
    bench.file(OTHER, b"other")
    bench.member.write(1, FILE, 0, b"ab")
    bench.member.sync(1, FILE)
    bench.member.read(1, OTHER, 0, 5)
    quiet = bench.member.retire()
    closed = bench.member.close_files()
    bench.pump(Random(2))
    assert quiet.done
    assert closed.done
    assert not bench.disk.open_files


# Comparing and mending


def test_checksums_are_of_what_was_written_and_durable() -> None:
    """A comparison counts only after an fsync."""
    bench = made(content=b"x" * (EXTENT_BYTES + 5))
    bench.member.write(1, FILE, EXTENT_BYTES, b"abc")
    sums = bench.result(bench.member.checksums(1, FILE, [(1, EXTENT_BYTES), (0, 3), (9, 5)]))
    content = bench.durable_content(FILE)
    assert content is not None
    assert content[EXTENT_BYTES:] == b"abcxx"
    fd = bench.disk.open(bench.path(FILE))
    assert sums == [
        checksum(bench.disk, fd, number, most)
        for number, most in ((1, EXTENT_BYTES), (0, 3), (9, 5))
    ]
    assert [each.length for each in sums] == [5, 3, 0]
    assert bench.result(bench.member.checksums(1, OTHER, [(0, 5)]))[0].length == 0
    assert bench.failures == []


def test_unreadable_extent_has_no_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is mended like one that differs; the brick goes on."""
    bench = made()

    def read(disk: MemoryDisk, fd: int, length: int, offset: int) -> bytes:
        raise OSError(errno.EIO, "bad sector")

    monkeypatch.setattr(MemoryDisk, "read", read)
    (found,) = bench.result(bench.member.checksums(1, FILE, [(0, 10)]))
    assert found.length == 0
    assert bench.failures == []
    with pytest.raises(MemberFailed, match="bad sector"):
        bench.result(bench.member.read(1, FILE, 0, 5))
    assert bench.failures == ["bad sector"]


def test_read_sees_the_writes_called_before_it() -> None:
    """And ends with the file; a missing one has no bytes."""
    bench = made()
    bench.member.write(1, FILE, 0, b"ab")
    assert bench.result(bench.member.read(1, FILE, 1, 100)) == b"b23456789"
    assert bench.result(bench.member.read(1, FILE, 100, 5)) == b""
    assert bench.result(bench.member.read(1, OTHER, 0, 5)) == b""
    assert bench.failures == []


def test_extent_is_replaced_and_the_rest_of_the_file_stays() -> None:
    """A whole extent, and one that ends the file."""
    whole = b"x" * (2 * EXTENT_BYTES + 10)
    bench = made(content=whole)
    first = b"y" * EXTENT_BYTES
    bench.result(bench.member.put_extent(1, FILE, 0, first))
    assert bench.content(FILE) == first + whole[EXTENT_BYTES:]
    bench.result(bench.member.put_extent(1, FILE, 1, b"end"))
    assert bench.content(FILE) == first + b"end"
    bench.result(bench.member.put_extent(1, FILE, 3, b""))
    assert bench.content(FILE) == first + b"end", "nothing is made of nothing"
    assert bench.durable_content(FILE) == whole


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power loss"])
@pytest.mark.parametrize("made_before", [False, True])
def test_settled_file_is_durable_with_its_name(power: bool, made_before: bool) -> None:
    """A file that a fetched extent has made, be it by a process that was killed since."""
    bench = Bench(held=True)
    if made_before:
        bench.result(bench.member.put_extent(1, FILE, 0, b"old"))
        bench.crash()
    bench.result(bench.member.put_extent(1, FILE, 0, b"bytes"))
    bench.result(bench.member.settle(1, [(FILE, 0), (OTHER << 20, 1)]))
    assert bench.durable_content(FILE) == b"bytes"
    bench.crash(Random(1) if power else None)
    assert bench.result(bench.member.read(1, FILE, 0, 10)) == b"bytes"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_extents_come_in_any_order(order: tuple[int, ...]) -> None:
    """Whatever the joiner fetches first, the file is the primary's in the end."""
    content = b"".join(bytes([65 + number]) * EXTENT_BYTES for number in range(2)) + b"end"
    bench = Bench()
    for number in order:
        data = content[number * EXTENT_BYTES : (number + 1) * EXTENT_BYTES]
        bench.member.put_extent(1, FILE, number, data).result()
    assert bench.content(FILE) == content
