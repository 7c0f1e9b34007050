"""The comparison of bricks: what differs is found, said, and mended by who is right."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.keys import COMMIT_POINT, NEXT_INODE, extent_key, inode_key
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.health import Divergence, Verification
from nfsgw.backend.replica.verify import Verifying
from nfsgw.waiting import Wait, step
from tests.unit.backend.replica.fakes import BrickContent, FakeMember, FakeSource, Loop


class World:
    """A set of bricks in sync, with some files, most of whose extents are clean."""

    def __init__(self, bricks: int = 3, seed: int = 1, changes: int = 30) -> None:
        self.random = Random(seed)
        self.loop = Loop()
        self.source = FakeSource(self.loop, self.random, BrickContent())
        for _ in range(changes):
            self.loop.result(step(self.source.change()))
        for inode in list(self.source.inodes):
            self.loop.result(step(self.source.clean(inode)))
        self.source.content.view.tables[Table.META][NEXT_INODE] = inode_key(99)
        for brick in "bcdef"[: bricks - 1]:
            content = self.source.content.copy()
            content.view.tables[Table.META][COMMIT_POINT] = brick.encode()
            self.source.members.append(FakeMember(self.loop, self.random, brick, content))
        self.members = list(self.source.members)
        self.verifying = Verifying(self.source, "a", self.loop, self.loop.call_later)

    def begin(self) -> Wait[Verification]:
        """Begin a verification."""
        return step(self.verifying.run())

    def verify(self) -> Verification:
        """Verify."""
        found = self.loop.result(self.begin())
        assert found == self.verifying.verification
        assert not found.running
        self.check_free()
        return found

    def check_free(self) -> None:
        """Check that clients are not held up any more."""
        assert not self.source.batch.held
        assert not any(lock.held for lock in self.source.inodes.values())

    def check_equal(self) -> None:
        """Check that all bricks hold the same."""
        for member in self.source.members:
            assert isinstance(member, FakeMember)
            self.source.content.same_as(member.content)

    def clean_extent(self) -> tuple[int, int]:
        """Return a clean extent with bytes in it."""
        key = next(iter(self.source.content.view.tables[Table.EXTENT]))
        return int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")


def test_equal_bricks_are_equal() -> None:
    """Everything is compared, and nothing reported."""
    world = World()
    extents = world.source.content.view.tables[Table.EXTENT]
    found = world.verify()
    assert found.error is None
    assert found.divergences == ()
    assert found.extents == found.extents_total == len(extents)
    assert found.items > len(extents)
    assert found.bytes_done > 0


def test_brick_that_is_alone_is_compared_with_its_checksums() -> None:
    """Bytes that a disk has spoiled are found even so."""
    world = World(bricks=1)
    inode, number = world.clean_extent()
    world.source.content.files[inode].pieces[number] = b"spoiled"
    found = world.verify()
    assert [each.brick for each in found.divergences] == ["a"]
    assert found.mended == 0


def _changed(content: BrickContent) -> bytes:
    key = min(content.view.tables[Table.INODE])
    content.view.tables[Table.INODE][key] += b"?"
    return key


def _gone(content: BrickContent) -> bytes:
    items = content.view.tables[Table.ENTRY] or content.view.tables[Table.META]
    key = max(items)
    del items[key]
    return key


def _extra(content: BrickContent) -> bytes:
    key = inode_key(1) + b"name"
    content.view.tables[Table.ENTRY][key] = b"value"
    return key


def _extra_at_the_end(content: BrickContent) -> bytes:
    key = inode_key(1 << 40)
    content.view.tables[Table.INODE][key] = b"value"
    return key


def _extra_where_nothing_is(content: BrickContent) -> bytes:
    content.view.tables[Table.LOCK][b"key"] = b"value"
    return b"key"


def _shared_singleton(content: BrickContent) -> bytes:
    content.view.tables[Table.META][NEXT_INODE] = inode_key(7)
    return NEXT_INODE


def _open_extent(content: BrickContent) -> bytes:
    content.view.tables[Table.META][WRITING + extent_key(1, 2)] = b""
    return WRITING + extent_key(1, 2)


DAMAGES = [
    _changed,
    _gone,
    _extra,
    _extra_at_the_end,
    _extra_where_nothing_is,
    _shared_singleton,
    _open_extent,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_tables_of_one_brick_are_mended_by_the_others(
    damage: Callable[[BrickContent], bytes],
) -> None:
    """It is said which brick, and where."""
    world = World()
    key = damage(world.members[1].content)
    found = world.verify()
    assert [(each.brick, each.mended) for each in found.divergences] == [("c", True)]
    assert found.divergences[0].where.endswith(" " + key.hex())
    assert (found.count, found.mended, found.error) == (1, 1, None)
    world.check_equal()


def test_local_items_are_nobody_elses() -> None:
    """Each brick has some of its own, which differ."""
    world = World()
    world.members[0].content.view.tables[Table.META][b"boot"] = b"x"
    assert world.verify().count == 0
    assert world.members[0].content.view.tables[Table.META][b"boot"] == b"x"


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_two_bricks_nobody_knows_which_is_right(
    damage: Callable[[BrickContent], bytes],
) -> None:
    """Both are reported, and both are left as they are."""
    world = World(bricks=2)
    damage(world.members[0].content)
    before = world.members[0].content.copy()
    found = world.verify()
    assert sorted(each.brick for each in found.divergences) == ["a", "b"]
    assert found.mended == 0
    assert found.error is None
    assert world.members[0].content.view.tables == before.view.tables


def test_primary_in_the_minority_is_not_mended_under_itself() -> None:
    """Another brick has to take over first; nothing is done by the primary's word."""
    world = World()
    _changed(world.source.content)
    _extra(world.members[0].content)
    before = [member.content.copy() for member in world.members]
    found = world.verify()
    assert world.verifying.primary_diverges
    assert found.error is not None
    assert ("a", False) in [(each.brick, each.mended) for each in found.divergences]
    assert before[1].view.tables == world.members[1].content.view.tables
    # What the others can settle between them they do.
    assert ("b", True) in [(each.brick, each.mended) for each in found.divergences]


def test_many_ranges() -> None:
    """Tables are larger than what is compared at a time, and several places differ."""
    world = World(changes=5)
    for number in range(4000):
        for content in (world.source.content, *(each.content for each in world.members)):
            content.view.tables[Table.XATTR][inode_key(number)] = b"value"
    for number in (0, 999, 1000, 2500, 3999):
        del world.members[0].content.view.tables[Table.XATTR][inode_key(number)]
    found = world.verify()
    assert found.mended == found.count == 4
    assert found.divergences[0].where == f"xattr {inode_key(0).hex()} to {inode_key(999).hex()}"
    world.check_equal()


def test_more_than_can_be_fetched_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A brick that has lost its tables is better copied as a whole."""
    monkeypatch.setattr("nfsgw.backend.replica.comparing_tables._ROWS_MAX", 2)
    world = World()
    for member in world.members:
        for number in range(5):
            member.content.view.tables[Table.XATTR][inode_key(number)] = b"value"
    _changed(world.members[0].content)
    found = world.verify()
    assert [each.mended for each in found.divergences] == [False, False]
    assert found.divergences[1].where == "xattr the beginning to the end"


def test_long_keys_are_shortened() -> None:
    """A name may have 255 bytes."""
    world = World()
    world.members[0].content.view.tables[Table.ENTRY][inode_key(1) + b"n" * 255] = b"value"
    where = world.verify().divergences[0].where
    assert where.startswith("entry 0000000000000001")
    assert len(where) < 80


def _spoil(content: BrickContent, inode: int, number: int) -> None:
    content.files[inode].pieces[number] = b"spoiled"


def _lose(content: BrickContent, inode: int, number: int) -> None:
    del content.files[inode]


def _shorten(content: BrickContent, inode: int, number: int) -> None:
    content.files[inode].cut(number * EXTENT_BYTES + 1)


SPOILS = [_spoil, _lose, _shorten]
Spoil = Callable[[BrickContent, int, int], None]


@pytest.mark.parametrize("bricks", [2, 3])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("spoil", SPOILS)
def test_bytes_are_mended_from_who_has_them(spoil: Spoil, own: bool, bricks: int) -> None:
    """The checksum says who; the primary's own are mended too."""
    world = World(bricks)
    inode = world.loop.result(step(world.source.make()))
    world.loop.result(step(world.source.write(inode, 0, b"data")))
    world.loop.result(step(world.source.clean(inode)))
    content = world.source.content if own else world.members[0].content
    spoil(content, inode, 0)
    found = world.verify()
    where = f"extent 0 of {inode}"
    assert found.divergences == (Divergence("a" if own else "b", where, True),)
    assert (found.count, found.mended) == (1, 1)
    world.check_equal()
    assert not world.members[0].unsettled


def test_bytes_that_nobody_has_are_reported() -> None:
    """Whatever is there stays there."""
    world = World()
    inode, number = world.clean_extent()
    for content in (world.source.content, *(each.content for each in world.members)):
        _spoil(content, inode, number)
    found = world.verify()
    assert [each.brick for each in found.divergences] == ["a", "b", "c"]
    assert "equal on all bricks" in found.divergences[0].where
    _spoil(world.members[0].content, inode, number)
    world.members[0].content.files[inode].pieces[number] += b"more"
    world.verifying = Verifying(world.source, "a", world.loop, world.loop.call_later)
    found = world.verify()
    assert found.count == 3
    assert "equal" not in found.divergences[0].where
    assert found.mended == 0


def test_bytes_are_left_alone_while_tables_differ() -> None:
    """Nobody knows whose checksums are right."""
    world = World(bricks=2)
    inode, number = world.clean_extent()
    _changed(world.source.content)
    _spoil(world.members[0].content, inode, number)
    found = world.verify()
    assert (found.count, found.mended) == (3, 0)
    assert world.members[0].content.files[inode].pieces[number] == b"spoiled"


def test_bytes_of_a_file_that_goes_on_are_not_cut_off() -> None:
    """The brick with the good extent may have lost the ones after it."""
    world = World(bricks=2)
    inode = world.loop.result(step(world.source.make()))
    for number in (0, 1):
        world.loop.result(step(world.source.write(inode, number, b"data %d" % number)))
        world.loop.result(step(world.source.clean(inode)))
    file = world.source.content.files[inode]
    file.cut(len(file.pieces[0]))
    _spoil(world.members[0].content, inode, 0)
    found = world.verify()
    assert found.count == found.mended == 2
    world.check_equal()
    assert b"data 1" in world.members[0].content.files[inode].read(1)


def test_clients_that_write_are_no_divergence() -> None:
    """An extent may be written between the look at its checksum and the look at its bytes."""
    world = World(seed=5)
    world.source.busy_s = 0.01
    clients = [step(world.source.work()) for _ in range(3)]
    for _ in range(20):
        world.verifying = Verifying(world.source, "a", world.loop, world.loop.call_later)
        found = world.loop.result(world.begin())
        assert (found.count, found.error) == (0, None)
    world.source.stopping = True
    for client in clients:
        world.loop.result(client)
    assert world.source.sequence > 200
    world.check_equal()
    world.check_free()


@pytest.mark.parametrize("how", ["fail_at", "hang_at"])
def test_brick_that_fails_is_excluded_and_the_others_compared(how: str) -> None:
    """At whichever call; clients wait only for a moment."""
    number = 0
    while True:
        world = World()
        _changed(world.members[1].content)
        inode, extent = world.clean_extent()
        _spoil(world.members[1].content, inode, extent)
        setattr(world.members[1], how, number)
        before_s = world.loop.now_s
        found = world.verify()
        if len(world.members[1].calls) <= number:
            break
        assert [brick for brick, _ in world.source.excluded] == ["c"]
        assert found.error is None
        assert found.extents == found.extents_total
        assert {each.brick for each in found.divergences} <= {"c"}
        assert world.loop.now_s - before_s < 60
        world.check_equal()
        number += 1
    assert number > 10


def test_cancelled_while_a_brick_does_not_answer() -> None:
    """Clients go on at once."""
    world = World()
    world.members[0].hang_at = 3
    wait = world.begin()
    world.loop.run(lambda: len(world.members[0].calls) > 3)
    assert world.verifying.verification.running
    world.verifying.cancel("the volume is stopped")
    assert wait.done
    assert wait.result().error == "the volume is stopped"
    world.check_free()
    world.verifying.cancel("again")


def test_replaced_primary_ends_it() -> None:
    """Another one may begin anew."""
    world = World()
    wait = world.begin()
    world.loop.run(lambda: len(world.members[0].calls) > 3)
    world.source.deposed = True
    found = world.loop.result(wait)
    assert not found.running
    assert found.error is not None


def test_only_so_many_are_listed() -> None:
    """All are counted."""
    world = World(bricks=2, changes=5)
    for number in range(1500):
        inode = 1000 + number
        world.source.inodes[inode] = type(world.source.batch)()
        world.source.content.file(inode).write(0, b"data")
        extent = world.source.content.files[inode].checksum(0, 4)
        for content in (world.source.content, world.members[0].content):
            world_value = b"".join(
                (bytes([extent.state, extent.algorithm]), b"\0\0\0\4", extent.digest)
            )
            content.view.tables[Table.EXTENT][extent_key(inode, 0)] = world_value
    found = world.verify()
    assert found.count == found.mended == 1500
    assert len(found.divergences) == 1000


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1 << 32))
def test_any_damage_of_a_minority_is_mended(seed: int) -> None:
    """While clients work, which may overwrite what is damaged before anybody sees it."""
    random = Random(seed)
    world = World(bricks=random.choice((3, 4, 5)), seed=random.randrange(1 << 30))
    clients = [step(world.source.work()) for _ in range(random.randrange(3))]
    for _ in range(random.randrange(1, 6)):
        random.choice(DAMAGES[:5])(world.members[0].content)
        files = world.members[1].content.files
        if files:
            inode = random.choice(sorted(files))
            pieces = sorted(files[inode].pieces)
            number = random.choice(pieces) if pieces else 0
            random.choice(SPOILS)(world.members[1].content, inode, number)
    found = world.loop.result(world.begin())
    assert found.error is None
    assert found.count == found.mended
    world.source.stopping = True
    for client in clients:
        world.loop.result(client)
    for member in world.source.members:
        world.source.content.same_tables(member.content)
    world.verifying = Verifying(world.source, "a", world.loop, world.loop.call_later)
    assert world.verify().count == 0
