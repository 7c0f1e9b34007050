"""What a primary offers to those who bring bricks up to date, or compare them."""

from __future__ import annotations

import errno

import pytest

from nfsgw.backend.brick.keys import sequence_key
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.membership import Membership, Refused
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import FsCode
from nfsgw.waiting import Wait
from tests.support.bricks import FSID
from tests.unit.backend.replica.primary_bench import (
    Bench,
    Brick,
    code_of,
    path,
    some,
)

# Its log and tables, for others


def test_records_come_in_pieces() -> None:
    """One at least, and no more than asked for but for the last one."""
    bench = Bench(1)
    bench.bricks[0].receive(some(2, 5, value=bytes(100)), 6)
    primary = bench.lead()

    def sequences(after: int, bytes_max: int) -> list[int]:
        return [record.sequence for record in primary.records(after, bytes_max)]

    size = len(bench.bricks[0].log[sequence_key(4)])
    assert sequences(0, 1 << 20) == [1, 2, 3, 4, 5, 6]
    assert sequences(3, 0) == [4]
    assert sequences(3, size - 1) == [4]
    assert sequences(3, size) == [4, 5]
    assert sequences(6, 1 << 20) == []
    assert sequences(7, 1 << 20) == []
    assert primary.records(3, 0) == some(4, 1, value=bytes(100))
    assert primary.epoch_of(4) == 1
    assert primary.epoch_of(7) is None


def test_records_before_the_log_are_not_there() -> None:
    """What follows them is of no use to anybody."""
    bench = Bench(1)
    bench.bricks[0].receive(some(2, 5), 6)
    for number in (1, 2, 3):
        del bench.bricks[0].log[sequence_key(number)]
    primary = bench.lead()
    assert primary.records(1, 1 << 20) == []
    assert [record.sequence for record in primary.records(3, 1 << 20)] == [4, 5, 6]
    assert primary.epoch_of(3) is None


def test_items_come_in_pieces_without_what_is_its_own() -> None:
    """All of them together are what all bricks have in common."""
    bench = Bench(1)
    bench.bricks[0].receive(some(2, 30), 31)
    primary = bench.lead()
    for table in SHARED_TABLES:
        for bytes_max in (0, 20, 1 << 20):
            found: list[tuple[bytes, bytes]] = []
            while items := primary.items(table, found[-1][0] if found else b"", bytes_max):
                assert len(items) == 1 or bytes_max
                found += items
            wanted = bench.bricks[0].store.tables[table].items()
            assert found == sorted(item for item in wanted if is_shared(table, item[0]))
    assert len(bench.bricks[0].store.tables[Table.META]) > len(found)


def test_digest_is_what_another_brick_finds() -> None:
    """If the two are equal."""
    bench = Bench().serve()
    bench.file()
    member, epoch = bench.bricks[1].member, bench.primary.epoch
    for table in SHARED_TABLES:
        own = bench.primary.digest(table, b"", None)
        assert own == member.digest(epoch, table, b"", None).result()
    assert bench.primary.digest(Table.INODE, b"", None).items == 2


def test_log_is_kept_for_the_slowest_brick() -> None:
    """Each says what it needs, and when it needs it no more."""
    bench = Bench(3).serve()
    primary, shipping = bench.primary, bench.primary.shipping
    one, two = (each.member for each in bench.members)
    primary.pin_log(one, 7)
    primary.pin_log(two, 5)
    assert shipping.keep_from == 5
    primary.pin_log(two, 9)
    assert shipping.keep_from == 7
    primary.pin_log(one, None)
    assert shipping.keep_from == 9
    primary.pin_log(two, None)
    assert shipping.keep_from is None


# Its bytes, for others


def test_own_bytes_can_be_read_compared_and_replaced() -> None:
    """By those who bring other bricks up to date."""
    bench = Bench(1).serve()
    primary = bench.primary
    inode = bench.file(data=b"a" * 100)
    assert bench.run(primary.read(inode, 90, 20)) == b"a" * 10
    assert bench.run(primary.read(inode + 1, 0, 20)) is None
    whole, part = bench.run(primary.checksums(inode, [(0, EXTENT_BYTES), (0, 5)]))
    assert (whole.length, part.length) == (100, 5)
    assert [each.length for each in bench.run(primary.checksums(inode + 1, [(0, 5)] * 2))] == (
        [0, 0]
    )
    bench.run(primary.put_extent(inode, 0, b"b" * 100))
    assert bench.bricks[0].disk.names_durable[path(inode)].read_durable() == b"b" * 100
    assert bench.run(primary.checksums(inode, [(0, 5)])) != [part]
    primary.brick.step_down("for a test")
    assert not bench.bricks[0].disk.open_files


def test_own_bytes_that_cannot_be_read_are_the_end_in_company() -> None:
    """The next primary may have them; alone it is an error to whoever asks."""
    for company in (True, False):
        bench = Bench(2 if company else 1).serve()
        inode = bench.file()

        def broken(fd: int, length: int, offset: int) -> bytes:
            raise OSError(errno.EIO, "broken")

        bench.bricks[0].disk.read = broken  # type: ignore[method-assign]
        assert bench.run(bench.primary.checksums(inode, [(0, 5)])) == [Extent(0)]
        wait = bench.begin(bench.primary.read(inode, 0, 10))
        assert code_of(wait) is (FsCode.UNDECIDED if company else FsCode.IO)
        assert bool(bench.failed) is company


def test_own_bytes_that_cannot_be_replaced_are_the_end_in_company() -> None:
    """As for a WRITE."""
    for company in (True, False):
        bench = Bench(2 if company else 1).serve()
        inode = bench.file()
        bench.bricks[0].disk.room = 0
        wait = bench.begin(bench.primary.put_extent(inode, 0, b"new"))
        assert code_of(wait) is (FsCode.UNDECIDED if company else FsCode.IO)
        assert bool(bench.failed) is company


def test_bytes_are_still_while_somebody_wants_them_so() -> None:
    """A write waits."""
    bench = Bench().serve()
    inode = bench.file()
    end: Wait[None] = Wait()

    async def keep() -> None:
        async with bench.primary.still(inode):
            await end

    bench.begin(keep())
    wait = bench.write(inode, 0, b"new")
    bench.pass_time(1)
    assert not wait.done
    with bench.turn:
        end.resolve(None)
    bench.result(wait)


# Rest


class Resting:
    """Somebody who keeps a primary's tables at rest."""

    def __init__(self, bench: Bench) -> None:
        self.begun = False
        self._end: Wait[None] = Wait()
        self._bench = bench
        self.wait = bench.begin(self._rest())

    async def _rest(self) -> None:
        async with self._bench.primary.at_rest():
            self.begun = True
            await self._end

    def end(self) -> None:
        """Let go."""
        with self._bench.turn:
            self._end.resolve(None)


def test_tables_are_at_rest_between_two_batches() -> None:
    """On all bricks."""
    bench = Bench().serve()
    bench.bricks[1].line.held = {"append"}
    first = bench.create(b"first")
    resting = Resting(bench)
    begun = [resting.begun]
    bench.bricks[1].line.let_go()
    bench.result(first)
    assert [*begun, resting.begun] == [False, True]
    second = bench.create(b"second")
    bench.pass_time(1)
    assert not second.done
    assert bench.bricks[0].shared == bench.bricks[1].shared
    resting.end()
    bench.result(second)


def test_batch_that_waits_for_a_quorum_is_at_rest() -> None:
    """Whether it has come so far already or not: a brick that joins will release it."""
    for first in (True, False):
        bench = Bench(1).serve()
        bench.needed = 2
        bench.bricks[0].store.held = True
        wait = bench.create()
        resting = None if first else Resting(bench)
        with bench.turn:
            bench.bricks[0].store.complete()
        resting = resting or Resting(bench)
        assert resting.begun
        assert not wait.done
        resting.end()


def test_failure_of_the_primary_ends_a_rest() -> None:
    """Whoever waits for it has nothing to wait for."""
    bench = Bench().serve()
    bench.bricks[1].line.held = {"append"}
    bench.create()
    resting = Resting(bench)
    bench.primary.brick.step_down("for a test")
    assert code_of(resting.wait) is FsCode.UNDECIDED
    assert not resting.begun


# Bricks that come


def joined(bench: Bench, number: int = -1) -> Brick:
    """Let another brick have all records, as its joining sees to."""
    brick = bench.bricks[number]
    epoch = bench.primary.epoch
    bench.result(brick.member.attach(epoch))
    records = bench.primary.records(1, 1 << 20)
    bench.result(brick.member.replay(epoch, records, bench.primary.commit_point))
    brick.line.calls.clear()
    return brick


def test_included_brick_gets_what_others_get() -> None:
    """It is waited for, though it is not in sync yet."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    assert bench.primary.include(brick.member, set())
    brick.line.held = {"append"}
    wait = bench.create()
    bench.pass_time(1)
    assert not wait.done
    brick.line.let_go()
    bench.result(wait)
    assert bench.in_sync == [0, 1]
    assert brick.shared == bench.bricks[0].shared


def test_brick_is_not_included_while_a_batch_is_under_way() -> None:
    """It has not got that one, and would never get it."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.bricks[1].line.held = {"append"}
    wait = bench.create()
    assert not bench.primary.include(brick.member, set())
    bench.bricks[1].line.let_go()
    bench.result(wait)
    assert brick.line.calls == []


def test_included_brick_gets_the_file_that_others_are_making() -> None:
    """The record that names it will come to it."""
    bench = Bench(extra=1).serve()
    inode = bench.result(bench.create()).inode
    bench.bricks[1].line.held = {"create"}
    wait = bench.write(inode, 0, b"a" * 100)
    brick = joined(bench)
    assert bench.primary.include(brick.member, set())
    assert bench.asked(2) == ["create"]
    bench.bricks[1].line.let_go()
    bench.result(wait)
    assert brick.content(inode) == bench.bricks[0].content(inode) == b"a" * 100


def test_included_brick_gets_no_bytes_of_what_it_lacks() -> None:
    """It fetches them itself."""
    bench = Bench(extra=1).serve()
    inode = bench.file()
    brick = joined(bench)
    assert bench.primary.include(brick.member, {(inode, 0)})
    bench.result(bench.write(inode, 0, b"new"))
    assert "write" in bench.asked(1)
    assert "write" not in bench.asked(2)


def test_included_brick_that_fails_is_excluded() -> None:
    """Clients hear nothing of it, and the record needs no change."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.coordinator.away = True
    bench.primary.include(brick.member, set())
    brick.line.held = {"append"}
    wait = bench.create()
    brick.line.fail()
    bench.result(wait)
    assert bench.lost == [(brick.brick, "its disk is broken")]
    bench.primary.exclude(brick.member, "again")
    assert len(bench.lost) == 1


def test_admitted_brick_is_in_sync() -> None:
    """The record says so, and it is counted on."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.primary.include(brick.member, set())
    bench.run(bench.primary.admit(brick.member))
    assert bench.in_sync == [0, 1, 2]
    assert len(bench.primary.in_sync) == 2
    assert bench.primary.shipping.leased


def test_brick_that_lacks_something_is_not_admitted() -> None:
    """Nor one that does not follow."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    assert code_of(bench.begin(bench.primary.admit(brick.member))) is FsCode.TRY_LATER
    bench.primary.include(brick.member, {(7, 0)})
    assert code_of(bench.begin(bench.primary.admit(brick.member))) is FsCode.TRY_LATER
    assert bench.in_sync == [0, 1]


def test_nothing_is_answered_without_a_brick_that_may_be_in_the_record() -> None:
    """From before the swap on it is waited for: until it is dropped, if need be."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.primary.include(brick.member, set())
    bench.coordinator.held = True
    admitting = bench.begin(bench.primary.admit(brick.member))
    brick.line.held = {"append"}
    wait = bench.create()
    brick.line.fail()
    bench.pass_time(1)
    assert not wait.done
    bench.coordinator.let_go()
    bench.result(admitting)
    bench.result(wait)
    assert bench.in_sync == [0, 1]


def test_brick_that_was_removed_is_not_admitted() -> None:
    """It is not counted on either."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.primary.include(brick.member, set())
    bench.run(bench.membership.remove_member(brick.brick))
    with pytest.raises(Refused):
        bench.run(bench.primary.admit(brick.member))
    assert len(bench.primary.in_sync) == 1
    assert bench.failed == []


def test_primary_that_was_replaced_admits_nobody() -> None:
    """It steps down instead."""
    bench = Bench(extra=1).serve()
    brick = joined(bench)
    bench.primary.include(brick.member, set())
    other = Membership(bench.coordinator, FSID, 0, bench.loop.call_later)
    bench.run(other.load(["unused"]))
    bench.run(other.take_over(bench.bricks[1].brick))
    assert code_of(bench.begin(bench.primary.admit(brick.member))) is FsCode.UNDECIDED
    assert len(bench.failed) == 1


def test_brick_that_is_admitted_releases_what_waits_for_a_quorum() -> None:
    """It had that record already."""
    bench = Bench(1, extra=1).serve()
    bench.needed = 2
    wait = bench.create()
    assert not wait.done
    brick = joined(bench)
    assert bench.primary.include(brick.member, set())
    assert not wait.done
    bench.run(bench.primary.admit(brick.member))
    wait.result()
    assert brick.shared == bench.bricks[0].shared
