"""Places for calls: how many there are, and who gets one next."""

from __future__ import annotations

from nfsgw.nlm.places import Places
from nfsgw.waiting import Wait, step


def enter(places: Places, *addresses: str) -> list[Wait[None]]:
    """Let some enter; return how far they are."""
    return [step(places.enter(address)) for address in addresses]


def test_bounds_in_all_and_for_each() -> None:
    """One address has only so many, and all together too."""
    places = Places(3, 2)
    assert [places.take("a") for _ in range(3)] == [True, True, False]
    assert [places.take("b") for _ in range(2)] == [True, False]
    places.leave("a")
    assert [places.take("a"), places.take("b")] == [True, False]


def test_whoever_waits_comes_first() -> None:
    """A place that becomes free goes to the queue, in order."""
    places = Places(1, 1)
    waits = enter(places, "a", "a", "a")
    assert [wait.done for wait in waits] == [True, False, False]
    places.leave("a")
    assert [wait.done for wait in waits] == [True, True, False]
    assert places.take("a") is False
    places.leave("a")
    assert [wait.done for wait in waits] == [True, True, True]


def test_addresses_take_turns() -> None:
    """A long queue of one address does not hold up another's call."""
    places = Places(1, 1)
    enter(places, "a")
    many = enter(places, *["a"] * 100)
    (other,) = enter(places, "b")
    places.leave("a")
    assert [many[0].done, other.done, many[1].done] == [True, False, False]
    places.leave("a")
    assert [other.done, many[1].done] == [True, False]


def test_busy_address_is_passed_over() -> None:
    """Who has all his places waits, and the next one that has not goes first."""
    places = Places(2, 1)
    enter(places, "a", "b")
    waits = enter(places, "a", "c")
    places.leave("b")
    assert [wait.done for wait in waits] == [False, True]
    places.leave("a")
    assert waits[0].done


def test_nobody_slips_in() -> None:
    """Who leaves and comes again queues behind those who wait."""
    places = Places(1, 1)
    again: list[bool] = []

    async def call() -> None:
        await places.enter("a")
        places.leave("a")
        again.append(places.take("a"))

    assert places.take("a")
    step(call())
    (waiting,) = enter(places, "a")
    places.leave("a")
    assert again == [False]
    assert waiting.done


def test_long_queues_that_end_at_once() -> None:
    """Ten thousand calls that fail as soon as they begin do not pile up on the stack."""
    places = Places(1, 1)
    ended: list[int] = []

    async def call(number: int) -> None:
        await places.enter("a")
        ended.append(number)
        places.leave("a")

    assert places.take("a")
    for number in range(10_000):
        step(call(number))
    places.leave("a")
    assert ended == list(range(10_000))
    assert places.take("a")
