"""Bytes of data files on their way to all bricks, and from them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.extents import CRC32
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState
from nfsgw.backend.replica.followers import Follower, Followers
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.shipping import Shipping
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step
from tests.support.bricks import TestClock
from tests.support.replicas import local_brick
from tests.unit.backend.replica.members import ToldMember

FILE = 7
OTHER = 8


def checksum(data: bytes) -> Extent:
    """Return the checksum of an extent with these bytes."""
    digest = zlib.crc32(data).to_bytes(4, "big") + bytes(12)
    return Extent(ExtentState.CLEAN, CRC32, len(data), digest)


class Bench:
    """A primary, whose extents hold what :attr:`content` says.

    :param members: bricks in sync that follow it.
    :ivar lost: those that were lost, and why; they count as in sync no more.
    """

    def __init__(self, members: int = 1) -> None:
        clock = TestClock()
        self.content: dict[int, bytes] = {}
        self.lost: list[tuple[Follower, str]] = []
        self.followers = Followers(clock, 3.0, self.note_lost)
        self.shipping = Shipping(local_brick(), 1, 1, self.followers, clock, lambda count: True)
        self.members = [self.add() for _ in range(members)]

    def note_lost(self, follower: Follower, reason: str) -> None:
        """Let one go."""
        self.lost.append((follower, reason))
        self.followers.dropped(follower)

    def add(self, missing: Sequence[int] = (), in_sync: bool = True) -> ToldMember:
        """Let one more brick follow, that lacks some extents of the file."""
        member = ToldMember()
        self.followers.add(
            Follower(member.member, in_sync, {(FILE, number) for number in missing})
        )
        return member

    def follower(self, member: ToldMember) -> Follower:
        """Return what the primary has of a member."""
        found = self.followers.find(member.member)
        assert found is not None
        return found

    async def read(self, number: int) -> bytes:
        """Read an extent."""
        return self.content[number]

    def equalise(self, *numbers: int) -> Wait[None]:
        """Begin to make some extents equal everywhere."""
        extents = [(number, checksum(self.content[number])) for number in numbers]
        return step(self.shipping.equalise(FILE, extents, self.read))

    def fetch(self, good: bytes = b"good", number: int = 1) -> Wait[bytes | None]:
        """Begin to fetch an extent from another brick."""
        start = number * EXTENT_BYTES
        return step(self.shipping.read(FILE, start, EXTENT_BYTES, lambda data: data == good))


# Changes


def test_all_bricks_do_what_this_one_does() -> None:
    """It is over when all have done it."""
    bench = Bench(2)
    shipping = bench.shipping
    calls = {
        "write": shipping.write(FILE, 5, b"data"),
        "create": shipping.create(FILE, b"data"),
        "cut": shipping.cut(FILE, 5),
        "remove": shipping.remove(FILE),
        "sync": shipping.sync(FILE),
    }
    for member in bench.members:
        assert {each.name: each.args for each in member.asked} == {
            "write": (FILE, 5, b"data"),
            "create": (FILE, b"data"),
            "cut": (FILE, 5),
            "remove": (FILE,),
            "sync": (FILE,),
        }
    for wait in calls.values():
        assert wait is not None
        bench.members[0].answer()
        assert not wait.done
        bench.members[1].answer()
        assert wait.done


def test_nothing_is_waited_for_without_other_bricks() -> None:
    """Nor where all have done it at once."""
    assert Bench(0).shipping.write(FILE, 5, b"data") is None
    bench = Bench()
    bench.members[0].results["write"] = None
    assert bench.shipping.write(FILE, 5, b"data") is None


def test_primary_is_alone_when_nobody_else_is_in_sync() -> None:
    """Nobody could take over then."""
    bench = Bench()
    bench.add(in_sync=False)
    assert not bench.shipping.alone
    bench.followers.lose(bench.follower(bench.members[0]), "broken")
    assert bench.shipping.alone


# Bytes for a brick that lacks some


@pytest.mark.parametrize(
    ("missing", "sent"),
    [
        ((), [(EXTENT_BYTES - 2, b"abcd")]),
        ((0,), [(EXTENT_BYTES, b"cd")]),
        ((1,), [(EXTENT_BYTES - 2, b"ab")]),
        ((0, 1), []),
        ((2,), [(EXTENT_BYTES - 2, b"ab"), (EXTENT_BYTES, b"cd")]),
    ],
)
def test_bytes_of_what_a_brick_lacks_are_not_sent(
    missing: Sequence[int], sent: list[tuple[int, bytes]]
) -> None:
    """It gets them later, with all the rest of the extent."""
    bench = Bench(0)
    member = bench.add(missing, in_sync=False)
    wait = bench.shipping.write(FILE, EXTENT_BYTES - 2, b"abcd")
    assert [(offset, bytes(data)) for _, offset, data in member.args("write")] == sent
    assert (wait is None) == (not sent)


def test_other_files_than_those_that_it_lacks_are_sent() -> None:
    """Extents of the same numbers have nothing to do with each other."""
    bench = Bench(0)
    member = bench.add([0], in_sync=False)
    bench.shipping.write(OTHER, 0, b"data")
    assert [offset for _, offset, _ in member.args("write")] == [0]


def test_last_piece_of_a_write_is_waited_for() -> None:
    """A member puts the bytes of one file as they came."""
    bench = Bench(0)
    member = bench.add([5], in_sync=False)
    wait = bench.shipping.write(FILE, EXTENT_BYTES - 2, b"abcd")
    assert wait is not None
    member.answer()
    assert not wait.done
    member.answer()
    assert wait.done


@given(
    start=st.integers(0, 3 * EXTENT_BYTES),
    count=st.integers(1, 3 * EXTENT_BYTES),
    missing=st.sets(st.integers(0, 6)),
)
def test_pieces_are_the_write_without_what_is_missing(
    start: int, count: int, missing: set[int]
) -> None:
    """No byte too many, none too few, each in its place."""
    bench = Bench(0)
    member = bench.add(sorted(missing), in_sync=False)
    data = memoryview(Random(count).randbytes(1000) * (count // 1000 + 1))[:count]
    bench.shipping.write(FILE, start, data)
    got: set[int] = set()
    for _, offset, piece in member.args("write"):
        assert piece == data[offset - start : offset - start + len(piece)]
        if not missing:
            assert (offset, len(piece)) == (start, count)
            return
        number = offset // EXTENT_BYTES
        assert (offset + len(piece) - 1) // EXTENT_BYTES == number
        assert offset == max(start, number * EXTENT_BYTES)
        assert offset + len(piece) == min(start + count, (number + 1) * EXTENT_BYTES)
        got.add(number)
    touched = range(start // EXTENT_BYTES, (start + count - 1) // EXTENT_BYTES + 1)
    assert got == set(touched) - missing


# Files that no record names yet


def test_new_brick_gets_the_files_that_no_record_names_yet() -> None:
    """It will get the records that name them, and others have the files already."""
    bench = Bench()
    bench.shipping.create(FILE, b"one")
    bench.shipping.create(OTHER, b"two")
    bench.shipping.named(FILE)
    joining = bench.add(in_sync=False)
    bench.shipping.send_unnamed(bench.follower(joining))
    assert joining.args("create") == [(OTHER, b"two")]
    assert len(bench.members[0].args("create")) == 2
    bench.shipping.named(OTHER)
    bench.shipping.named(OTHER)
    another = bench.add(in_sync=False)
    bench.shipping.send_unnamed(bench.follower(another))
    assert another.asked == []


def test_new_brick_that_cannot_make_a_file_is_lost() -> None:
    """As with all that it is asked for."""
    bench = Bench(0)
    bench.shipping.create(FILE, b"one")
    joining = bench.add(in_sync=False)
    follower = bench.follower(joining)
    bench.shipping.send_unnamed(follower)
    joining.fail("no room")
    assert bench.lost == [(follower, "no room")]


# Making equal


def test_equal_extents_are_left_alone() -> None:
    """One question, no bytes."""
    bench = Bench(2)
    bench.content = {0: b"first", 3: b"second"}
    wait = bench.equalise(0, 3)
    for member in bench.members:
        assert member.args("checksums") == [(FILE, [(0, EXTENT_BYTES), (3, EXTENT_BYTES)])]
        assert not wait.done
        member.answer([checksum(b"first"), checksum(b"second")])
    wait.result()
    assert [member.names for member in bench.members] == [["checksums"]] * 2


@pytest.mark.parametrize("found", [b"sec0nd", b"secon", b""])
def test_extent_that_differs_is_overwritten(found: bytes) -> None:
    """The primary's bytes win, and are compared once more."""
    bench = Bench()
    member = bench.members[0]
    bench.content = {0: b"first", 3: b"second"}
    wait = bench.equalise(0, 3)
    member.answer([checksum(b"first"), checksum(found)])
    assert member.args("put_extent") == [(FILE, 3, b"second")]
    member.answer()
    assert not wait.done
    member.answer([checksum(b"first"), checksum(b"second")])
    wait.result()
    assert member.names == ["checksums", "put_extent", "checksums"]
    assert bench.lost == []


def test_extents_that_this_brick_does_not_have_are_cut_off() -> None:
    """Here the file ends before."""
    bench = Bench()
    member = bench.members[0]
    bench.content = {3: b""}
    wait = bench.equalise(3)
    member.answer([checksum(b"never acknowledged")])
    assert member.args("cut") == [(FILE, 3 * EXTENT_BYTES)]
    member.answer()
    member.answer([checksum(b"")])
    wait.result()
    assert "put_extent" not in member.names


def test_brick_that_forgets_what_it_is_given_is_given_up() -> None:
    """Its disk, or its page cache, lies."""
    bench = Bench(2)
    liar, good = bench.members
    bench.content = {0: b"bytes"}
    for member in bench.members:
        member.results["put_extent"] = None
        member.results["checksums"] = [[checksum(b"other")], [checksum(b"other")]]
    good.results["checksums"][1] = [checksum(b"bytes")]
    follower = bench.follower(liar)
    bench.equalise(0).result()
    assert [lost for lost, _ in bench.lost] == [follower]
    assert liar.names.count("put_extent") == 1


def test_extents_that_a_brick_lacks_are_not_compared() -> None:
    """They are brought over whole."""
    bench = Bench(0)
    member = bench.add([0], in_sync=False)
    bench.content = {0: b"first", 1: b"second"}
    wait = bench.equalise(0, 1)
    assert member.args("checksums") == [(FILE, [(1, EXTENT_BYTES)])]
    member.answer([checksum(b"second")])
    wait.result()
    bench.equalise(0).result()
    assert member.names == ["checksums"]


def test_brick_that_fails_while_it_is_made_equal_holds_up_nobody() -> None:
    """It is dropped, whatever it was asked for."""
    for answers in range(3):
        bench = Bench()
        member = bench.members[0]
        follower = bench.follower(member)
        bench.content = {0: b"bytes"}
        wait = bench.equalise(0)
        for answer in ([checksum(b"other")], None)[:answers]:
            member.answer(answer)
        member.fail()
        wait.result()
        assert bench.lost == [(follower, "broken")]


def test_bytes_that_cannot_be_read_here_end_it() -> None:
    """An error of the own disk is for the caller to tell; others are waited for."""
    bench = Bench(2)
    bench.content = {0: b"bytes"}
    wait = bench.equalise(0)
    bench.content.clear()
    bench.members[0].answer([checksum(b"other")])
    assert not wait.done
    bench.members[1].answer([checksum(b"bytes")])
    with pytest.raises(KeyError):
        wait.result()
    assert bench.lost == []


def test_end_of_the_role_ends_it() -> None:
    """Bytes of an old primary win nowhere."""
    bench = Bench()
    bench.content = {0: b"bytes"}
    wait = bench.equalise(0)
    bench.followers.close()
    with pytest.raises(FsError) as raised:
        wait.result()
    assert raised.value.code is FsCode.UNDECIDED


# Reading


def test_next_brick_is_asked_when_bytes_are_bad() -> None:
    """One after the other, until somebody has them."""
    bench = Bench(4)
    wait = bench.fetch()
    answers = [b"bad", b"", MemberFailed("broken"), b"good"]
    for member, answer in zip(bench.members, answers, strict=True):
        assert not wait.done
        assert member.args("read") == [(FILE, EXTENT_BYTES, EXTENT_BYTES)]
        member.answer(answer)
    assert wait.result() == b"good"


def test_first_good_bytes_are_enough() -> None:
    """Nobody else is asked."""
    bench = Bench(2)
    wait = bench.fetch()
    bench.members[0].answer(b"good")
    assert wait.result() == b"good"
    assert bench.members[1].asked == []


def test_bricks_that_lack_the_extent_are_not_asked() -> None:
    """Nor those that are not in sync: what they have may be old."""
    bench = Bench(0)
    lacks, joins, has = bench.add([1]), bench.add(in_sync=False), bench.add([0])
    wait = bench.fetch()
    assert (lacks.asked, joins.asked) == ([], [])
    has.answer(b"bad")
    assert wait.result() is None


# Room


def room(available: int) -> DiskSpace:
    """Return the room on some file system."""
    return DiskSpace(1000, 500, available, 10, 10, 10)


def test_set_has_the_least_room_of_all_bricks_in_sync() -> None:
    """What one of them cannot take, the set cannot."""
    bench = Bench(2)
    assert bench.shipping.room(1) is None
    bench.follower(bench.members[0]).room = room(70)
    assert bench.shipping.room(1) == room(70)
    bench.shipping.own_room = room(80)
    assert bench.shipping.room(1) == room(70)
    bench.follower(bench.members[1]).room = room(90)
    bench.shipping.own_room = room(60)
    assert bench.shipping.room(1) == room(60)
    bench.follower(bench.add(in_sync=False)).room = room(1)
    assert bench.shipping.room(1) == room(60)
    # Of those that are not full alone.
    assert bench.shipping.room(50) == room(60)
    bench.shipping.own_room = room(120)
    assert bench.shipping.room(50) == room(70)
    bench.follower(bench.members[1]).room = room(100)
    assert bench.shipping.room(50) == room(100)
