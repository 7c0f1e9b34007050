"""Requests that wait, offers, and what becomes of them."""

from __future__ import annotations

import pytest

from nfsgw.backend.locks.api import END, Outcome
from nfsgw.backend.locks.clients import LockBounds
from nfsgw.backend.locks.table import LockTable
from tests.unit.backend.locks.desk import CALLBACK, Desk, owner

ANN, BOB, CAT, DAN = owner(1), owner(2), owner(3), owner(4)
GRANTED, DENIED, BLOCKED = Outcome.GRANTED, Outcome.DENIED, Outcome.BLOCKED


def waiting_desk() -> Desk:
    """Return a desk where BOB waits for what ANN has."""
    desk = Desk()
    desk.lock(ANN, 0, 100)
    assert desk.lock(BOB, 10, 20, wait=True) is BLOCKED
    return desk


def test_who_waits_is_offered_what_is_freed() -> None:
    """An unlock makes an offer in its own record; it keeps others out, and is not held yet."""
    desk = waiting_desk()
    desk.unlock(ANN, 0, 15)
    assert desk.offers() == []
    desk.unlock(ANN, 15, 20)
    assert desk.offers() == [(BOB, 10, 20)]
    assert desk.table.made == [desk.offer_of(BOB)]
    assert desk.held(BOB) == []
    assert desk.lock(CAT, 19, 20) is DENIED
    holder = desk.test(CAT, 0, 20)
    assert holder is not None
    assert (holder.owner, holder.oh) == (BOB, CALLBACK.oh)
    desk.answer(desk.offer_of(BOB))
    assert desk.held(BOB) == [(10, 20, True)]
    assert desk.offers() == []


def test_declined_offer_goes_to_the_next() -> None:
    """Who does not want it any more leaves no trace."""
    desk = waiting_desk()
    desk.lock(CAT, 10, 20, wait=True)
    desk.unlock(ANN, 0, END)
    desk.answer(desk.offer_of(BOB), accepted=False)
    assert desk.offers() == [(CAT, 10, 20)]
    assert desk.held(BOB) == []
    desk.answer(desk.offer_of(CAT), accepted=False)
    assert dict(desk.table.files()) == {}


def test_answers_that_come_late() -> None:
    """An answer to an offer that is gone, or to a request that still waits, does nothing."""
    desk = waiting_desk()
    desk.answer(1)
    desk.answer(77, accepted=False)
    assert desk.cancel(BOB, 10, 20)
    desk.unlock(ANN, 0, END)
    desk.answer(1)
    assert desk.held(BOB) == []


def test_numbers_are_not_used_again() -> None:
    """Not even after a restart that finds no request: an old answer meets no new offer."""
    desk = waiting_desk()
    desk.cancel(BOB, 10, 20)
    desk.table = LockTable()
    desk.table.load(desk.view)
    desk.lock(BOB, 10, 20, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.offer_of(BOB) == 2


def test_oldest_is_served_first() -> None:
    """Writers one after the other in their order; readers together as soon as none is before."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(BOB, 0, 10, wait=True)
    desk.lock(CAT, 0, 10, False, wait=True)
    desk.lock(DAN, 5, 15, False, wait=True)
    desk.unlock(ANN, 0, 10)
    assert desk.offers() == [(BOB, 0, 10)]
    desk.answer(desk.offer_of(BOB))
    desk.unlock(BOB, 0, 10)
    assert desk.offers() == [(CAT, 0, 10), (DAN, 5, 15)]


def test_all_that_is_free_is_offered() -> None:
    """One unlock may serve several who do not meet."""
    desk = Desk()
    desk.lock(ANN, 0, 100)
    for of, start in ((BOB, 0), (CAT, 5), (DAN, 50)):
        desk.lock(of, start, start + 10, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.offers() == [(BOB, 0, 10), (DAN, 50, 60)]


def test_downgrade_frees() -> None:
    """A writer that becomes a reader lets readers in."""
    desk = Desk()
    desk.lock(ANN, 0, 100)
    desk.lock(BOB, 10, 20, False, wait=True)
    desk.lock(CAT, 10, 20, wait=True)
    desk.lock(ANN, 0, 50, False)
    assert desk.offers() == [(BOB, 10, 20)]


def test_new_request_is_served_if_nothing_is_in_its_way() -> None:
    """Nobody waits for those that only wait."""
    desk = Desk()
    desk.lock(ANN, 0, 10, False)
    assert desk.lock(BOB, 0, 10, wait=True) is BLOCKED
    assert desk.lock(CAT, 0, 10, False) is GRANTED


@pytest.mark.parametrize("exclusive", [True, False])
def test_resent_request_keeps_its_place(exclusive: bool) -> None:
    """It waits on with its newest words, and is not a second request."""
    desk = waiting_desk()
    desk.lock(CAT, 10, 20, wait=True)
    newest = CALLBACK._replace(cookie=b"newest", version=3, transport="udp")
    assert desk.lock(BOB, 10, 20, wait=True, callback=newest, state=9) is BLOCKED
    assert desk.made == 1
    assert desk.lock(BOB, 10, 20, wait=True, callback=newest, state=9) is BLOCKED
    assert desk.made == 0
    # Of another mode it is another request.
    desk.lock(BOB, 10, 20, exclusive, wait=True)
    desk.unlock(ANN, 0, END)
    (offer, *_) = desk.table.offers()
    assert (offer.wanted.owner, offer.callback.cookie) == (
        BOB,
        b"cookie" if exclusive else b"newest",
    )
    assert offer.state == (1 if exclusive else 9)


def test_lock_instead_of_an_answer_takes_the_offer() -> None:
    """A client that polls, or whose answer was lost, gets what was offered to it."""
    for wait in (True, False):
        desk = waiting_desk()
        desk.unlock(ANN, 0, END)
        assert desk.lock(BOB, 10, 20, wait=wait, state=5) is GRANTED
        assert desk.offers() == []
        (held,) = desk.table.file(desk.file).held[BOB]
        assert held.state == 5


def test_request_that_does_not_wait_leaves_the_one_that_does() -> None:
    """It is denied, and the other one waits on."""
    desk = waiting_desk()
    assert desk.lock(BOB, 10, 20) is DENIED
    desk.unlock(ANN, 0, END)
    assert desk.offers() == [(BOB, 10, 20)]


def test_cancel() -> None:
    """Only the very request is cancelled; an offer that is cancelled frees what it kept."""
    desk = waiting_desk()
    assert not desk.cancel(BOB, 10, 20, False)
    assert not desk.cancel(BOB, 10, 21)
    assert not desk.cancel(CAT, 10, 20)
    assert not desk.cancel(ANN, 0, 100)
    desk.lock(CAT, 15, 25, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.offers() == [(BOB, 10, 20)]
    assert desk.cancel(BOB, 10, 20)
    assert desk.offers() == [(CAT, 15, 25)]
    assert not desk.cancel(BOB, 10, 20)


def test_what_was_held_before_stays_under_an_offer() -> None:
    """A reader that waits to write stays a reader until it has answered; and if it declines."""
    for accepted in (True, False):
        desk = Desk()
        desk.lock(ANN, 0, 50, False)
        desk.lock(BOB, 0, 100, False)
        assert desk.lock(ANN, 10, 20, wait=True) is BLOCKED
        desk.unlock(BOB, 0, END)
        assert desk.held(ANN) == [(0, 50, False)]
        assert desk.lock(CAT, 15, 16, False) is DENIED
        assert desk.lock(CAT, 0, 1, False) is GRANTED
        desk.answer(desk.offer_of(ANN), accepted)
        upgraded = [(0, 10, False), (10, 20, True), (20, 50, False)]
        assert desk.held(ANN) == (upgraded if accepted else [(0, 50, False)])
        assert desk.lock(CAT, 15, 16, False) is (DENIED if accepted else GRANTED)


def test_taking_a_reader_s_offer_may_free_for_others() -> None:
    """An owner that waits to read where it meanwhile writes lets others read when it is served."""
    desk = Desk()
    desk.lock(ANN, 5, 15)
    desk.lock(BOB, 0, 10, False, wait=True)
    desk.lock(BOB, 0, 5)
    desk.lock(CAT, 0, 5, False, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.offers() == [(BOB, 0, 10)]
    desk.answer(desk.offer_of(BOB))
    assert desk.held(BOB) == [(0, 10, False)]
    assert desk.offers() == [(CAT, 0, 5)]


def test_unlock_of_an_offer_counts_it_as_taken() -> None:
    """The answer to GRANTED was lost, and the client has used its lock and gives it back."""
    desk = waiting_desk()
    desk.lock(CAT, 12, 14, wait=True)
    desk.unlock(ANN, 0, END)
    desk.unlock(BOB, 12, 16)
    assert desk.held(BOB) == [(10, 12, True), (16, 20, True)]
    assert desk.offers() == [(CAT, 12, 14)]


def test_unlock_elsewhere_leaves_an_offer() -> None:
    """An unlock of other bytes says nothing about an offer, nor one by somebody else."""
    desk = waiting_desk()
    desk.unlock(ANN, 0, END)
    desk.unlock(BOB, 20, END)
    desk.unlock(BOB, 0, 10)
    desk.unlock(CAT, 0, END)
    assert desk.offers() == [(BOB, 10, 20)]


def test_many_wait_for_the_same() -> None:
    """Of a thousand who wait one is served, and the next when that one is done."""
    desk = Desk()
    desk.checked = False
    desk.lock(ANN, 0, 10)
    for number in range(1000):
        assert desk.lock(owner(2 + number % 2, number), 0, 10, wait=True) is BLOCKED
    before = ANN
    for number in range(3):
        desk.unlock(before, 0, END)
        before = owner(2 + number % 2, number)
        assert desk.offers() == [(before, 0, 10)]
        desk.answer(desk.offer_of(before))
    desk.checked = True
    desk.unlock(owner(2, 2), 0, END)


def test_late_answer_takes_no_younger_lock_away() -> None:
    """BOB took the offer to read, then locked some of it to write; GRANTED is answered after."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(BOB, 30, 40)
    desk.lock(BOB, 0, 10, False, wait=True)
    desk.unlock(ANN, 0, END)
    for start in (0, 5, 9):
        assert desk.lock(BOB, start, start + 2) is GRANTED
    desk.answer(desk.offer_of(BOB))
    assert desk.held(BOB) == [
        (0, 2, True),
        (2, 5, False),
        (5, 7, True),
        (7, 9, False),
        (9, 11, True),
        (30, 40, True),
    ]


def test_late_answer_leaves_what_was_locked_again_since() -> None:
    """BOB had some of it to write all the time, and has asked for that again since the offer."""
    desk = Desk()
    desk.lock(ANN, 0, 5)
    desk.lock(BOB, 5, 20)
    desk.lock(BOB, 0, 10, False, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.lock(BOB, 8, 12) is GRANTED
    desk.answer(desk.offer_of(BOB))
    assert desk.held(BOB) == [(0, 5, False), (5, 20, True)]


def test_late_answer_replaces_what_is_older() -> None:
    """What BOB had before the offer was made is what it waited to replace."""
    desk = Desk()
    desk.lock(ANN, 0, 5)
    desk.lock(BOB, 5, 10)
    desk.lock(BOB, 0, 10, False, wait=True)
    desk.unlock(ANN, 0, END)
    desk.answer(desk.offer_of(BOB))
    assert desk.held(BOB) == [(0, 10, False)]


@pytest.mark.parametrize(("start", "end"), [(10, 20), (12, 14), (5, 12)])
def test_who_reads_what_it_was_offered_to_write_has_taken_it(start: int, end: int) -> None:
    """The answer to GRANTED was lost, and BOB has made a reader of himself: others may read."""
    desk = waiting_desk()
    desk.lock(CAT, start, end, False, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.lock(BOB, start, end, False) is GRANTED
    assert desk.offers() == [(CAT, start, end)]
    kinds = [(low, high) for low, high, exclusive in desk.held(BOB) if exclusive]
    left = [(10, min(start, 20)), (end, 20)]
    assert kinds == [(low, high) for low, high in left if low < high]
    assert desk.lock(DAN, start, end, False) is GRANTED


def test_other_locks_of_its_owner_leave_an_offer() -> None:
    """One elsewhere, one to write, one that is denied: they say nothing about it."""
    desk = waiting_desk()
    desk.unlock(ANN, 0, 50)
    assert desk.lock(BOB, 0, 10, False) is GRANTED
    assert desk.lock(BOB, 12, 14) is GRANTED
    assert desk.lock(BOB, 15, 60, False) is DENIED
    assert desk.offers() == [(BOB, 10, 20)]


def test_downgrade_of_an_offer_needs_room() -> None:
    """Nothing is changed when the pieces would be too many."""
    desk = Desk(LockBounds(address_max=3))
    desk.lock(ANN, 0, 100)
    desk.lock(BOB, 200, 201)
    desk.lock(BOB, 10, 20, wait=True)
    desk.unlock(ANN, 0, END)
    assert desk.lock(BOB, 12, 14, False) is Outcome.LIMIT
    assert desk.made == 0
    assert desk.offers() == [(BOB, 10, 20)]


def test_release_that_frees_for_few_of_many() -> None:
    """Each of those who wait is served or not by what is in its own way, whoever was before."""
    desk = Desk()
    desk.lock(ANN, 0, 1000, False)
    desk.lock(BOB, 0, 1000, False)
    for number in range(20):
        desk.lock(owner(5, number), 10 * number, 10 * number + 5, False)
    for number in range(40):
        at = 10 * (number * 7 % 40)
        assert desk.lock(owner(6, number), at, at + 5, wait=True) is BLOCKED
    desk.unlock(ANN, 0, END)
    desk.unlock(BOB, 100, END)
    assert sorted(at for _, at, _ in desk.offers()) == list(range(200, 400, 10))
