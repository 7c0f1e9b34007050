"""LOCK, TEST and UNLOCK of requests that do not wait."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Credentials
from nfsgw.backend.locks import asking
from nfsgw.backend.locks.api import END, Holder, Outcome
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.locks.desk import CALLBACK, Desk, owner

ANN, BOB, CAT = owner(1), owner(2), owner(3)
GRANTED, DENIED, LIMIT = Outcome.GRANTED, Outcome.DENIED, Outcome.LIMIT


def test_exclusive_excludes() -> None:
    """What one holds exclusively nobody else gets, not a byte of it; the rest is free."""
    desk = Desk()
    assert desk.lock(ANN, 10, 20) is GRANTED
    for exclusive in (True, False):
        assert desk.lock(BOB, 19, 30, exclusive) is DENIED
        assert desk.lock(BOB, 0, END, exclusive) is DENIED
        assert desk.lock(BOB, 15, 16, exclusive) is DENIED
    assert desk.lock(BOB, 20, END) is GRANTED
    assert desk.lock(BOB, 0, 10) is GRANTED
    assert desk.lock(BOB, 10, 20, inode=desk.other) is GRANTED


def test_shared_is_shared() -> None:
    """Readers share; a writer waits for all of them."""
    desk = Desk()
    assert desk.lock(ANN, 0, 10, False) is GRANTED
    assert desk.lock(BOB, 5, 15, False) is GRANTED
    assert desk.lock(CAT, 12, 13) is DENIED
    assert desk.lock(ANN, 0, 10) is DENIED
    desk.unlock(BOB, 0, END)
    assert desk.lock(ANN, 0, 10) is GRANTED


def test_own_locks_are_never_in_the_way() -> None:
    """An owner's new lock replaces its old one where they meet."""
    desk = Desk()
    desk.lock(ANN, 0, 100)
    assert desk.lock(ANN, 40, 60, False) is GRANTED
    assert desk.held(ANN) == [(0, 40, True), (40, 60, False), (60, 100, True)]
    assert desk.lock(BOB, 45, 50, False) is GRANTED
    assert desk.lock(ANN, 0, 100) is DENIED
    assert desk.held(ANN) == [(0, 40, True), (40, 60, False), (60, 100, True)]
    desk.unlock(BOB, 0, END)
    assert desk.lock(ANN, 0, 100) is GRANTED
    assert desk.held(ANN) == [(0, 100, True)]


def test_owners_of_one_client_are_strangers() -> None:
    """Processes of one machine exclude each other; ``oh`` makes no difference."""
    desk = Desk()
    assert desk.lock(owner(1, 1), 0, 10, oh=b"same") is GRANTED
    assert desk.lock(owner(1, 2), 0, 10, oh=b"same") is DENIED
    assert desk.lock(owner(1, 1), 0, 10, oh=b"another") is GRANTED
    assert desk.lock(owner(1, -1), 20, 30) is GRANTED


def test_resent_lock_is_granted_and_changes_nothing() -> None:
    """A client that has not heard the answer asks again."""
    desk = Desk()
    desk.lock(ANN, 10, 20)
    assert desk.lock(ANN, 10, 20) is GRANTED
    assert desk.made == 0
    assert desk.lock(ANN, 12, 15) is GRANTED
    assert desk.made == 0


def test_growing_range_stays_one_key() -> None:
    """A program that locks record after record has one lock, and one key."""
    desk = Desk()
    for at in range(20):
        assert desk.lock(ANN, at, at + 1) is GRANTED
    assert desk.made == 1
    assert desk.held(ANN) == [(0, 20, True)]
    assert desk.table.clients[ANN.client].held == 1


def test_unlock_splits_and_shortens() -> None:
    """What is freed is a range of bytes, whatever the locks were."""
    desk = Desk()
    desk.lock(ANN, 0, END)
    desk.unlock(ANN, 10, 20)
    assert desk.held(ANN) == [(0, 10, True), (20, END, True)]
    desk.unlock(ANN, 5, 25)
    assert desk.held(ANN) == [(0, 5, True), (25, END, True)]
    assert desk.test(BOB, 5, 25) is None
    desk.unlock(ANN, 100, END)
    desk.unlock(BOB, 0, END)
    assert desk.held(ANN) == [(0, 5, True), (25, 100, True)]
    desk.unlock(ANN, 0, END)
    assert dict(desk.table.files()) == {}
    desk.unlock(ANN, 0, END)
    assert desk.made == 0


def test_unlock_of_an_impossible_range_does_nothing() -> None:
    """An empty range splits no lock."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.unlock(ANN, 5, 5)
    assert desk.held(ANN) == [(0, 10, True)]


def test_test_tells_who_it_is() -> None:
    """TEST shows one that is in the way, by the words of its owner, and never one's own."""
    desk = Desk()
    desk.lock(ANN, 0, 10, False, oh=b"ann")
    desk.lock(BOB, 20, END, oh=b"bob")
    assert desk.test(CAT, 5, 6, False) is None
    assert desk.test(CAT, 5, 6) == Holder(ANN, b"ann", 0, 10, False)
    assert desk.test(CAT, 15, 21, False) == Holder(BOB, b"bob", 20, END, True)
    assert desk.test(BOB, 10, END) is None
    assert desk.test(CAT, 10, 20) is None


def test_impossible_requests() -> None:
    """A range that is none, and a file that is none, are errors; nothing is left behind."""
    desk = Desk()
    for start, end in ((5, 5), (6, 5), (-1, 4), (0, END + 1)):
        with pytest.raises(FsError) as raised:
            desk.lock(ANN, start, end)
        assert raised.value.code is FsCode.INVAL
    with pytest.raises(FsError) as raised:
        desk.lock(ANN, 0, 1, inode=desk.root)
    assert raised.value.code is FsCode.INVAL
    with pytest.raises(FsError) as raised:
        desk.lock(ANN, 0, 1, inode=99)
    assert raised.value.code is FsCode.STALE
    assert desk.table.clients == {}


def test_who_may_lock() -> None:
    """Whoever can read or write the file, or owns it; without credentials anybody."""
    desk = Desk()
    stranger, colleague = Credentials(1, 1), Credentials(1, 0)
    with pytest.raises(FsError) as raised:
        desk.lock(ANN, 0, 1, credentials=stranger)
    assert raised.value.code is FsCode.ACCES
    assert raised.value.attributes is not None
    assert desk.lock(ANN, 0, 1, credentials=colleague) is GRANTED
    assert desk.lock(ANN, 1, 2, credentials=Credentials(0, 0)) is GRANTED
    assert desk.lock(BOB, 2, 3) is GRANTED


def test_locks_outlive_the_file() -> None:
    """A file that is removed may still be unlocked; nobody gets a new lock on it."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.remove(b"one")
    with pytest.raises(FsError) as raised:
        desk.lock(BOB, 20, 30)
    assert raised.value.code is FsCode.STALE
    assert desk.test(BOB, 0, 1) is not None
    desk.unlock(ANN, 0, END)
    assert desk.test(BOB, 0, 1) is None


@pytest.mark.parametrize("longer", ["name", "oh", "handle", "cookie", "callback oh", "address"])
def test_what_is_too_long_to_be_kept(longer: str) -> None:
    """Names and opaque bytes beyond what is kept are refused, and leave nothing."""
    desk = Desk()
    of, oh, callback = ANN, b"oh", CALLBACK
    if longer == "name":
        of = owner(1)._replace(client=ANN.client._replace(name=b"n" * 256))
    elif longer == "oh":
        oh = b"o" * 257
    elif longer == "handle":
        callback = CALLBACK._replace(handle=b"h" * 65)
    elif longer == "cookie":
        callback = CALLBACK._replace(cookie=b"c" * 257)
    elif longer == "callback oh":
        callback = CALLBACK._replace(oh=b"c" * 257)
    else:
        callback = CALLBACK._replace(local_address="1" * 65)
    assert desk.lock(of, 0, 1, wait=True, oh=oh, callback=callback) is LIMIT
    assert desk.table.clients == {}


def test_longest_that_is_kept() -> None:
    """Everything at its bound is stored, waits, and is read again."""
    desk = Desk()
    desk.lock(BOB, 0, 1)
    of = owner(1)._replace(client=ANN.client._replace(name=b"\xff" * 255))
    callback = CALLBACK._replace(handle=b"h" * 64, oh=b"o" * 256, cookie=b"\0" * 256)
    assert desk.lock(of, 0, 1, wait=True, callback=callback) is Outcome.BLOCKED
    desk.unlock(BOB, 0, 1)
    assert desk.table.offers()[0].callback == callback
    assert desk.lock(of, 5, 6, oh=b"o" * 256) is GRANTED


def test_ten_thousand_locks_on_a_file() -> None:
    """One more costs as many keys as the first, and finds what is in its way among them."""
    desk = Desk()
    desk.checked = False
    for number in range(10_000):
        desk.lock(owner(4 + number % 100, number), 20 * number, 20 * number + 10)
    desk.lock(ANN, 1 << 40, END)
    for at in (0, 100_000, 199_980):
        assert desk.lock(ANN, at + 5, at + 6) is DENIED
        assert desk.lock(ANN, at + 10, at + 20) is GRANTED
        assert desk.made == 1
    wanted = desk.want(ANN, 0, 1 << 40)
    assert sum(1 for _ in desk.table.conflicts(wanted)) == 10_000
    desk.checked = True
    desk.do(asking.lock, None, wanted, b"", 0, False, None)
