"""How a primary brings the others to exactly its own log, and what it takes up."""

from __future__ import annotations

import errno

import pytest

from nfsgw.backend.brick.keys import MISSING, extent_key, sequence_key
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import Standing
from nfsgw.errors import FsCode, FsError, NfsgwError
from tests.unit.backend.replica.primary_bench import (
    LEASE_S,
    PATIENCE_S,
    Bench,
    code_of_result,
    some,
)

# Levelling


def test_brick_that_lacks_records_gets_them() -> None:
    """It had not got the last batch when the last primary stopped."""
    bench = Bench()
    bench.bricks[0].receive(some(2, 4), 3)
    bench.bricks[1].receive(some(2, 2), 3)
    bench.result(bench.level())
    assert bench.bricks[1].shared == bench.bricks[0].shared
    assert bench.in_sync == [0, 1]
    assert [member.brick for member in bench.primary.in_sync] == [bench.bricks[1].brick]
    assert "roll_back" not in bench.asked(1)


def test_brick_that_is_level_gets_nothing() -> None:
    """It is asked where it stands."""
    bench = Bench()
    for each in bench.bricks:
        each.receive(some(2, 4), 5)
    bench.result(bench.level())
    assert bench.asked(1) == ["attach"]


def test_brick_with_a_batch_too_many_takes_it_back() -> None:
    """Nobody was ever told of it."""
    bench = Bench()
    bench.bricks[0].receive(some(2, 2), 3)
    bench.bricks[1].receive(some(2, 2), 3)
    bench.bricks[1].receive(some(4, 3), 3)
    bench.result(bench.level())
    assert bench.bricks[1].shared == bench.bricks[0].shared
    assert bench.in_sync == [0, 1]


def test_brick_with_another_batch_takes_it_back_and_gets_the_right_one() -> None:
    """Two primaries have numbered records alike; only one of them was heard by all."""
    bench = Bench()
    for each in bench.bricks:
        each.receive(some(2, 2), 3)
    bench.bricks[0].receive(some(4, 2, epoch=3), 3)
    bench.bricks[1].receive(some(4, 3, epoch=2), 3)
    bench.result(bench.level())
    assert bench.bricks[1].shared == bench.bricks[0].shared
    assert bench.bricks[1].store.tables[Table.XATTR][b"4"] == b"value 3"
    assert b"6" not in bench.bricks[1].store.tables[Table.XATTR]


def test_long_history_is_sent_in_pieces() -> None:
    """Memory is not for as many records as there may be."""
    bench = Bench()
    bench.bricks[0].receive(some(2, 5, value=bytes(700_000)), 6)
    bench.result(bench.level())
    assert bench.asked(1).count("append") == 3
    assert bench.bricks[1].shared == bench.bricks[0].shared


def test_last_batch_can_still_be_taken_back_after_levelling() -> None:
    """The next primary may not have it: it was not yet everywhere."""
    bench = Bench()
    bench.bricks[0].receive(some(2, 4), 3)
    bench.bricks[1].receive(some(2, 2), 3)
    bench.result(bench.level())
    assert sorted(bench.bricks[1].store.tables[Table.UNDO]) == [sequence_key(5)]


def test_brick_with_nothing_in_common_is_dropped() -> None:
    """What it holds is another history."""
    bench = Bench(3)
    bench.bricks[0].receive(some(2, 2, epoch=2), 3)
    bench.bricks[1].receive(some(2, 2), 3)
    bench.result(bench.level())
    assert bench.in_sync == [0, 2]
    assert [brick for brick, _ in bench.lost] == [bench.bricks[1].brick]
    assert len(bench.primary.in_sync) == 1


def test_brick_that_lacks_bytes_is_dropped() -> None:
    """Its records alone do not make it a brick that can serve."""
    bench = Bench()
    key = MISSING + extent_key(7, 0)
    bench.bricks[1].store.transact(
        lambda transaction: transaction.put_many(Table.META, [(key, b"")])
    )
    bench.result(bench.level())
    assert bench.in_sync == [0]


@pytest.mark.parametrize("call", ["attach", "append"])
def test_brick_that_fails_is_dropped(call: str) -> None:
    """Before anything is answered without it."""
    bench = Bench()
    bench.bricks[0].receive(some(2, 2), 3)
    line = bench.bricks[1].line
    line.held = {call}
    level = bench.level()
    bench.coordinator.held = True
    bench.pass_time(1)
    line.fail()
    bench.pass_time(1)
    assert not level.done
    bench.coordinator.let_go()
    bench.result(level)
    assert bench.in_sync == [0]
    assert bench.lost == [(bench.bricks[1].brick, "its disk is broken")]


def test_brick_that_hangs_is_dropped() -> None:
    """The others wait for it no longer than clients have patience."""
    bench = Bench(3)
    bench.bricks[1].line.held = {"attach"}
    before_s = bench.loop.now_s
    bench.result(bench.level())
    assert bench.in_sync == [0, 2]
    assert PATIENCE_S < bench.loop.now_s - before_s < LEASE_S


def test_nobody_is_answered_before_all_have_promised_to_follow() -> None:
    """Else one of them might take over meanwhile."""
    bench = Bench()
    bench.bricks[1].line.held = {"beat"}
    level = bench.level()
    bench.pass_time(1)
    assert not level.done
    bench.bricks[1].line.let_go()
    bench.result(level)
    assert bench.primary.shipping.leased
    assert not bench.primary.brick.stalled


def test_brick_that_is_lost_after_it_was_levelled_is_waited_for() -> None:
    """Nothing is answered before the record says that it does not count."""
    bench = Bench(3)
    bench.bricks[2].line.held = {"attach"}
    level = bench.level()
    bench.coordinator.held = True
    bench.primary.exclude(bench.bricks[1].member, "for a test")
    bench.bricks[2].line.let_go()
    bench.pass_time(1)
    assert not level.done
    bench.coordinator.let_go()
    bench.result(level)
    assert bench.in_sync == [0, 2]


@pytest.mark.parametrize("when", ["asking", "dropping"])
def test_failure_of_the_primary_ends_the_levelling(when: str) -> None:
    """Whatever it waits for."""
    bench = Bench(3)
    bench.bricks[2].line.held = {"attach"}
    level = bench.level()
    bench.coordinator.held = True
    bench.primary.exclude(bench.bricks[1].member, "for a test")
    if when == "dropping":
        bench.bricks[2].line.let_go()
    bench.primary.brick.step_down("for a test")
    assert code_of_result(bench, level) is FsCode.UNDECIDED


def test_primary_that_was_replaced_meanwhile_drops_nobody() -> None:
    """The record is another primary's."""
    bench = Bench()
    bench.bricks[1].line.held = {"attach"}
    level = bench.level()
    bench.run(bench.membership.take_over(bench.bricks[1].brick))
    bench.bricks[1].line.fail()
    with pytest.raises(FsError) as raised:
        bench.result(level)
    assert raised.value.code is FsCode.UNDECIDED
    assert bench.in_sync == [1]
    assert len(bench.failed) == 1


def test_last_record_in_common_is_the_newest() -> None:
    """Of all that another brick names, by sequence and epoch."""
    bench = Bench(1)
    bench.bricks[0].receive(some(2, 3), 4)
    primary = bench.lead()

    def common(*tail: tuple[int, int]) -> int | None:
        return primary.common(Standing(b"", tail[-1][0], tail, 0))

    assert common((2, 1), (3, 1), (4, 1)) == 4
    assert common((2, 1), (3, 1), (4, 2)) == 3
    assert common((2, 1), (3, 2), (4, 1)) == 4
    assert common((4, 1), (5, 1)) == 4
    assert common((2, 2)) is None
    assert common((9, 1)) is None


# What the last primary has left


def test_cut_and_open_extents_are_taken_up() -> None:
    """They were under way, on some bricks perhaps, when it stopped."""
    bench = Bench().serve()
    cut, written = bench.file(b"cut"), bench.file(b"written")
    bench.bricks[1].line.held = {"cut", "write"}
    bench.result(bench.resize(cut, 30))
    bench.write(written, 0, b"new")
    bench.primary.brick.step_down("for a test")
    assert bench.bricks[1].content(cut) == bytes(range(100))
    bench.bricks[1].line.held.clear()
    bench.serve()
    bench.pass_time(1)
    assert [each.content(cut) for each in bench.bricks] == [bytes(range(30))] * 2
    assert bench.bricks[0].content(written) == b"new" + bytes(range(3, 100))
    assert bench.bricks[1].content(written) == bench.bricks[0].content(written)
    assert not bench.bricks[0].store.tables[Table.TRIM]
    assert bench.in_sync == [0, 1]


def test_data_file_that_cannot_be_opened_is_a_reason_not_to_serve() -> None:
    """The disk is broken."""
    bench = Bench().serve()
    bench.file()
    bench.primary.brick.step_down("for a test")
    bench.result(bench.level())

    def broken(path: str) -> int:
        raise OSError(errno.EIO, "the disk is broken")

    bench.bricks[0].disk.open = broken  # type: ignore[method-assign]
    with pytest.raises(NfsgwError, match="the disk is broken"):
        bench.run(bench.primary.start())
