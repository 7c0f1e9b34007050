"""The checkers of locks see what they must see, and let pass what may be."""

from __future__ import annotations

from typing import cast

import pytest

from nfsgw.backend.brick.view import DictView, Table
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import END, Client, Owner, Wanted
from nfsgw.backend.locks.ranges import Held
from tests.simulation.brick import SimBrick
from tests.simulation.checkers import Broken, check_locked, check_unlocked
from tests.simulation.lock_book import SHARED, LockBook
from tests.simulation.model import Ledger, Mismatch

ANN, BOB = (Owner(Client(f"10.0.0.{number}", b"host"), 1) for number in (1, 2))
FILE = 3


def want(of: Owner, start: int, end: int, exclusive: bool = True) -> Wanted:
    """Return a request."""
    return Wanted(FILE, of, start, end, exclusive)


def book() -> LockBook:
    """Return a book in which ANN writes to 4..8 and reads from 10 on."""
    made = LockBook(Ledger())
    for wanted in (want(ANN, 4, 8), want(ANN, 10, END, False)):
        made.asks(wanted)
        made.has(wanted)
    made.settle(ANN, None)
    return made


def test_two_who_believe_in_the_same() -> None:
    """Writing collides with everything, reading with writing, and nobody with himself."""
    for wanted in (want(BOB, 7, 9), want(BOB, 0, 5, False), want(BOB, 15, END)):
        with pytest.raises(Mismatch):
            book().has(wanted)
    for wanted in (want(BOB, 8, 10), want(BOB, 12, END, False), want(ANN, 0, END)):
        book().has(wanted)


def test_belief_ends_when_the_call_is_sent() -> None:
    """From then on another one may have it, or share it."""
    freed = book()
    freed.lets_go(ANN, FILE, 5, 7)
    freed.has(want(BOB, 5, 7))
    weakened = book()
    weakened.lets_go(ANN, FILE, 0, END, SHARED)
    weakened.has(want(BOB, 0, END, False))


def test_test_that_finds_nothing() -> None:
    """It is wrong if somebody had a lock all the time; not if he got it, or let go, meanwhile."""
    had = book()
    began = had.looks()
    with pytest.raises(Mismatch):
        had.check_free(want(BOB, 7, 8, False), began)
    had.check_free(want(BOB, 12, 13, False), began)
    had.check_free(want(ANN, 0, END), began)
    had.has(want(ANN, 8, 9))
    had.check_free(want(BOB, 8, 9), began)
    had.lets_go(ANN, FILE, 7, 8)
    had.check_free(want(BOB, 7, 8), began)


def test_denial_needs_a_reason() -> None:
    """Somebody must have had something there, or may have, after the request was sent."""
    had = book()
    began = had.looks()
    had.check_taken(want(BOB, 7, 9), began)
    for wanted in (want(BOB, 0, 4), want(ANN, 0, END)):
        with pytest.raises(Mismatch):
            had.check_taken(wanted, began)
    had.lets_go(ANN, FILE, 0, END)
    later = had.looks()
    had.check_taken(want(BOB, 7, 9), later)
    had.settle(ANN, want(ANN, 0, 2))
    had.check_taken(want(BOB, 7, 9), later)
    last = had.looks()
    with pytest.raises(Mismatch):
        had.check_taken(want(BOB, 7, 9), last)
    had.check_taken(want(BOB, 1, 3), last)
    assert had.of(ANN).anything
    had.settle(ANN, None)
    assert not had.of(ANN).anything


class _Brick:
    """Only the tables of a brick."""

    name = "brick"

    def __init__(self, *ranges: Held) -> None:
        self.tables = DictView()
        for held in ranges:
            key = stored.held_key(FILE, stored.client_key(held.owner.client), held)
            self.tables.tables[Table.LOCK][key] = stored.pack_held(held)


def brick(*ranges: Held) -> SimBrick:
    """Return a brick with some locks."""
    return cast("SimBrick", _Brick(*ranges))


def test_lock_must_be_committed_everywhere() -> None:
    """All of it, as strict as it was asked for, on each brick."""
    first, second = (Held(s, e, ANN, True, 1, 0, b"") for s, e in ((0, 5), (5, 9)))
    both = brick(first, second)
    check_locked([both, both], want(ANN, 2, 9))
    check_locked([both], want(ANN, 2, 9, False))
    for other in (brick(), brick(first), brick(first._replace(exclusive=False), second)):
        with pytest.raises(Broken):
            check_locked([both, other], want(ANN, 2, 9))
    with pytest.raises(Broken):
        check_locked([both], want(BOB, 2, 9))


def test_what_is_freed_must_be_gone_everywhere() -> None:
    """None of it may be left on any brick."""
    held = Held(0, 5, ANN, False, 1, 0, b"")
    check_unlocked([brick(held)], FILE, ANN, 5, END)
    check_unlocked([brick(held)], FILE, BOB, 0, END)
    with pytest.raises(Broken):
        check_unlocked([brick(), brick(held)], FILE, ANN, 4, END)
