"""The order of writes and exclusive changes of one file."""

from __future__ import annotations

from nfsgw.backend.brick.bytes.order import Order, StableWrites
from nfsgw.waiting import step


def test_hold_waits_for_writes_and_keeps_later_ones_out() -> None:
    """An exclusive change begins when the last write has ended; new writes see it at once."""
    order = Order()
    order.enter(1)
    order.enter(1)
    hold = step(order.hold(1))
    over = order.held(1)
    assert over is not None and [over.done] == [False]
    order.leave(1)
    assert [hold.done] == [False]
    order.leave(1)
    assert [hold.done] == [True]
    order.release(1)
    assert [over.done] == [True]
    assert order.held(1) is None and not order.busy(1)


def test_holds_follow_one_another() -> None:
    """Exclusive changes come one at a time, in the order in which they were asked for."""
    order = Order()
    holds = [step(order.hold(1)) for _ in range(3)]
    for index in range(3):
        assert [hold.done for hold in holds] == [i <= index for i in range(3)]
        order.release(1)
    assert not order.busy(1)


def test_files_do_not_wait_for_each_other() -> None:
    """What happens to one file holds up no other."""
    order = Order()
    order.enter(1)
    assert step(order.hold(2)).done
    assert order.held(1) is None


def test_second_hold_that_comes_while_the_first_waits() -> None:
    """A second exclusive change waits for the first, even if that has not begun."""
    order = Order()
    order.enter(1)
    first = step(order.hold(1))
    second = step(order.hold(1))
    order.leave(1)
    assert [first.done, second.done] == [True, False]
    order.release(1)
    assert second.done


def test_long_queue_of_short_holds() -> None:
    """However many clients wait for one file, all of them get their turn."""
    order = Order()
    held = []

    async def hold_shortly(number: int) -> None:
        await order.hold(1)
        held.append(number)
        order.release(1)

    order.enter(1)
    waits = [step(hold_shortly(number)) for number in range(1000)]
    order.leave(1)
    assert held == list(range(1000))
    assert all(wait.done for wait in waits)
    assert not order.busy(1)


def test_stable_writes_are_found_by_range() -> None:
    """Only overlapping reads wait for a write that is becoming durable."""
    writes = StableWrites()
    noted = writes.begin(1, 10, 20)
    other = writes.begin(1, 10, 20)
    for start, end, overlaps in (
        (0, 10, False),
        (0, 11, True),
        (19, 30, True),
        (20, 30, False),
        (12, 13, True),
        (0, 100, True),
    ):
        assert (writes.over(1, start, end) is not None) == overlaps
    assert writes.over(2, 0, 100) is None
    writes.end(1, noted)
    assert noted[2].done
    assert writes.over(1, 0, 100) is other[2]
    writes.end(1, other)
    assert writes.over(1, 0, 100) is None
