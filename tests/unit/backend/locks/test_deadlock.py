"""Circles of owners who wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from nfsgw.backend.locks.api import END, Outcome, Wanted
from nfsgw.backend.locks.ranges import Held
from tests.unit.backend.locks.desk import Desk, owner

ANN, BOB, CAT = owner(1), owner(2), owner(3)
GRANTED, BLOCKED, DEADLOCK = Outcome.GRANTED, Outcome.BLOCKED, Outcome.DEADLOCK


def test_two_who_wait_for_each_other() -> None:
    """The second one is told, and does not wait."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(BOB, 10, 20)
    assert desk.lock(ANN, 10, 20, wait=True) is BLOCKED
    assert desk.lock(BOB, 0, 10, wait=True) is DEADLOCK
    assert desk.made == 0
    assert desk.lock(BOB, 0, 10) is Outcome.DENIED
    desk.unlock(BOB, 0, END)
    assert desk.offers() == [(ANN, 10, 20)]


def test_over_files_and_clients() -> None:
    """A circle may go over any number of owners and files of the volume."""
    desk = Desk()
    chain = [owner(number % 3, number) for number in range(12)]
    for number, of in enumerate(chain):
        inode = desk.other if number % 2 else desk.file
        assert desk.lock(of, number, number + 1, inode=inode) is GRANTED
    for number, of in enumerate(chain[:-1]):
        at = number + 1
        inode = desk.other if at % 2 else desk.file
        assert desk.lock(of, at, at + 1, wait=True, inode=inode) is BLOCKED
    assert desk.lock(chain[-1], 0, 1, wait=True) is DEADLOCK
    assert desk.lock(chain[-1], 4, 5, wait=True) is DEADLOCK
    assert desk.lock(owner(5), 4, 5, wait=True) is BLOCKED


def test_all_readers_in_the_way_count() -> None:
    """A writer waits for every one of the readers, not only for the first."""
    desk = Desk()
    for of in (owner(5), CAT, BOB):
        desk.lock(of, 0, 10, False)
    desk.lock(ANN, 50, 60)
    assert desk.lock(BOB, 50, 60, wait=True) is BLOCKED
    assert desk.lock(ANN, 5, 6, wait=True) is DEADLOCK


def test_two_readers_who_both_want_to_write() -> None:
    """The classic one: neither can become a writer while the other reads."""
    desk = Desk()
    desk.lock(ANN, 0, 10, False)
    desk.lock(BOB, 0, 10, False)
    assert desk.lock(ANN, 0, 10, wait=True) is BLOCKED
    assert desk.lock(BOB, 0, 10, wait=True) is DEADLOCK


def test_who_only_queues_is_in_nobody_s_way() -> None:
    """Waiting behind somebody else who waits closes no circle."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    assert desk.lock(BOB, 0, 10, wait=True) is BLOCKED
    desk.lock(CAT, 50, 60)
    assert desk.lock(BOB, 50, 60, wait=True) is BLOCKED
    assert desk.lock(CAT, 0, 10, wait=True) is BLOCKED


def test_offer_that_is_not_answered_is_in_the_way_but_waits_for_nobody() -> None:
    """An owner to whom a lock is offered is about to go on."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(BOB, 10, 20)
    desk.lock(BOB, 0, 10, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.lock(ANN, 10, 20, wait=True) is BLOCKED
    assert desk.lock(BOB, 0, 10) is GRANTED
    desk.lock(CAT, 30, 40)
    assert desk.lock(BOB, 30, 40, wait=True) is BLOCKED
    assert desk.lock(CAT, 0, 10, wait=True) is DEADLOCK


def test_resent_request_is_no_circle() -> None:
    """Who waits already is not told otherwise when he asks again."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(BOB, 10, 20)
    desk.lock(ANN, 10, 20, wait=True)
    assert desk.lock(ANN, 10, 20, wait=True) is BLOCKED


@pytest.mark.parametrize(("readers", "outcome"), [(1000, DEADLOCK), (20_001, BLOCKED)])
def test_search_has_an_end(readers: int, outcome: Outcome) -> None:
    """Among very many readers one gives up looking, and waits: that is only slow."""
    desk = Desk()
    desk.checked = False
    for number in range(readers):
        desk.lock(owner(2 + number % 2, number), 0, 10, False)
    desk.lock(ANN, 50, 60)
    last = readers - 1
    assert desk.lock(owner(2 + last % 2, last), 50, 60, wait=True) is BLOCKED
    assert desk.lock(ANN, 0, 10, wait=True) is outcome


def test_own_ranges_that_are_passed_count() -> None:
    """Who waits many times among many ranges of its own makes nobody look for ever."""
    desk = Desk()
    desk.checked = False
    for number in range(1000):
        desk.lock(BOB, 20 * number, 20 * number + 5)
    desk.lock(CAT, 10, 15)
    for number in range(1000):
        desk.lock(owner(4, number), 20 * number + 6, 20 * number + 7)
    for number in range(50):
        assert desk.lock(BOB, 0, END - number, wait=True) is BLOCKED
    looked = 0
    passed = desk.table.passed

    def counted(wanted: Wanted) -> Iterator[Held]:
        nonlocal looked
        for span in passed(wanted):
            looked += 1
            yield span

    with patch.object(desk.table, "passed", counted):
        assert desk.lock(ANN, 0, 5, wait=True) is BLOCKED
    assert 15_000 < looked <= 20_001
