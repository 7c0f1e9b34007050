"""What ends a client's locks, how many it may have, and who is remembered."""

from __future__ import annotations

import pytest

from nfsgw.backend.locks import releasing
from nfsgw.backend.locks.api import END, Client, Outcome, Owner
from nfsgw.backend.locks.clients import LockBounds
from tests.unit.backend.locks.desk import Desk, client, owner

ANN, BOB, CAT = owner(1), owner(2), owner(3)
ANN_AND_BOB = [("10.0.0.1", b"host1"), ("10.0.0.2", b"host2")]
GRANTED, DENIED, BLOCKED, LIMIT = (
    Outcome.GRANTED,
    Outcome.DENIED,
    Outcome.BLOCKED,
    Outcome.LIMIT,
)


def test_free_frees_everything_of_exactly_this_client() -> None:
    """Ranges, requests, offers and reservations on all files; others are served in its place."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(owner(1, 2), 20, 30, False)
    desk.lock(ANN, 0, 10, inode=desk.other)
    twin = Owner(ANN.client._replace(name=b"twin"), 1)
    desk.lock(twin, 40, 50)
    desk.lock(BOB, 5, 25, wait=True)
    desk.lock(ANN, 40, 50, wait=True)
    desk.lock(CAT, 60, 70)
    desk.lock(ANN, 60, 70, wait=True)
    desk.unlock(CAT, 0, END)
    assert desk.do(releasing.free, ANN.client) == 5
    assert desk.offers() == [(BOB, 5, 25)]
    assert desk.held(twin) == [(40, 50, True)]
    assert desk.do(releasing.free, ANN.client) == 0
    assert desk.do(releasing.free, client(77)) == 0
    assert desk.made == 0
    assert ANN.client in desk.table.clients


def test_what_a_client_waits_for_is_not_offered_to_it_when_it_is_freed() -> None:
    """Two processes of one dead machine: the one that waited is dead, too."""
    desk = Desk()
    desk.lock(owner(1, 1), 0, 10)
    desk.lock(owner(1, 2), 0, 10, wait=True)
    desk.lock(BOB, 0, 10, wait=True)
    assert desk.do(releasing.free, client(1)) == 2
    assert desk.offers() == [(BOB, 0, 10)]


def test_reboot_frees_what_was_taken_before() -> None:
    """What the client took under its new state stays; what has no known state goes."""
    desk = Desk()
    desk.lock(ANN, 0, 10, state=3)
    desk.lock(ANN, 20, 30, state=5)
    desk.lock(ANN, 40, 50, state=0)
    desk.lock(BOB, 60, 70)
    desk.lock(ANN, 60, 65, state=3, wait=True)
    desk.lock(ANN, 65, 70, state=5, wait=True)
    assert desk.do(releasing.rebooted, ANN.client, 5) == 3
    assert desk.held(ANN) == [(20, 30, True)]
    desk.unlock(BOB, 0, END)
    assert desk.offers() == [(ANN, 65, 70)]


def test_same_state_again_is_ignored() -> None:
    """NOTIFY is sent more than once; locks that were taken meanwhile are not touched."""
    desk = Desk()
    desk.lock(ANN, 0, 10, state=3)
    assert desk.do(releasing.rebooted, ANN.client, 5) == 1
    desk.lock(ANN, 0, 10, state=0)
    assert desk.do(releasing.rebooted, ANN.client, 5) == 0
    assert desk.made == 0
    assert desk.held(ANN) == [(0, 10, True)]
    assert desk.do(releasing.rebooted, ANN.client, 7) == 1


@pytest.mark.parametrize("state", [0, -1, 1 << 40])
def test_strange_states(state: int) -> None:
    """Any number is kept by its 32 bits; 0 frees everything."""
    desk = Desk()
    desk.lock(ANN, 0, 10, state=state)
    expected = 1 if state & 0xFFFFFFFF == 0 else 0
    assert desk.do(releasing.rebooted, ANN.client, state) == expected


def test_new_life_takes_over_a_range_of_the_old_one() -> None:
    """The same lock under a new state is not of the old life any more."""
    desk = Desk()
    desk.lock(ANN, 0, 10, state=3)
    assert desk.lock(ANN, 2, 4, state=5) is GRANTED
    assert desk.held(ANN) == [(0, 2, True), (2, 4, True), (4, 10, True)]
    assert desk.do(releasing.rebooted, ANN.client, 5) == 2
    assert desk.held(ANN) == [(2, 4, True)]


@pytest.mark.parametrize("but_state", [None, 1, 2])
def test_many_ranges_go_at_once(but_state: int | None) -> None:
    """Of hundreds, in any mix of modes and states, between those of others."""
    desk = Desk()
    desk.checked = False
    for number in range(600):
        at = 20 * (number * 7 % 600)
        state, exclusive = 1 + (number % 5 > 1), number % 3 > 0
        assert desk.lock(ANN, at, at + 5, exclusive, state=state) is GRANTED
        if number % 4 == 0:
            desk.lock(BOB, at + 6, at + 9, exclusive, state=state)
    before = desk.table.file(desk.file).held
    kept = [held for held in before[ANN] if held.state == but_state]
    others = list(before[BOB])
    desk.lock(CAT, 0, END, wait=True)
    desk.checked = True
    if but_state is None:
        assert desk.do(releasing.free, ANN.client) == 600
    else:
        assert desk.do(releasing.rebooted, ANN.client, but_state) == 600 - len(kept)
    assert desk.table.file(desk.file).held.get(ANN, []) == kept
    assert desk.table.file(desk.file).held[BOB] == others
    desk.unlock(BOB, 0, END)
    assert bool(desk.offers()) is (but_state is None)


def test_much_is_freed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner at a time, until it is enough for one record; the last remembers the state."""
    monkeypatch.setattr(releasing, "FREED_MAX", 3)
    desk = Desk()
    for inode in (desk.file, desk.other):
        for at in range(4):
            desk.lock(ANN, 10 * at, 10 * at + 1, inode=inode)
            desk.lock(owner(1, 2), 10 * at + 5, 10 * at + 6, inode=inode)
        desk.lock(BOB, 0, 10, wait=True, inode=inode)
    for freed in (4, 4, 4, 4, 0):
        assert desk.table.clients[ANN.client].known.heard is None
        assert desk.do(releasing.rebooted, ANN.client, 5) == freed
    assert desk.table.clients[ANN.client].known.heard == 5
    assert len(desk.offers()) == 2


def test_reservations_go_with_the_client() -> None:
    """They have no state, so a reboot frees them."""
    desk = Desk()
    desk.do(_share, desk.file, ANN.client, 3, 3)
    assert desk.do(releasing.rebooted, ANN.client, 5) == 1
    desk.do(_share, desk.file, ANN.client, 3, 3)
    assert desk.do(releasing.free, ANN.client) == 1
    assert dict(desk.table.files()) == {}


def _share(
    change: object, table: object, inode: int, of: Client, access: int, deny: int
) -> object:
    from nfsgw.backend.locks import asking

    return asking.share(change, table, None, inode, of, b"oh", access, deny)  # type: ignore[arg-type]


def test_clear_frees_single_locks() -> None:
    """An administrator frees what a listing shows, as the owner would; others get it."""
    desk = Desk()
    desk.lock(ANN, 0, 10)
    desk.lock(ANN, 20, 30, False)
    desk.lock(BOB, 0, 10, wait=True)
    desk.lock(CAT, 20, 30, wait=True)
    wanted = [desk.want(ANN, 0, 10), desk.want(ANN, 0, 10), desk.want(ANN, 20, 30)]
    assert desk.do(releasing.clear, wanted) == 1
    assert desk.offers() == [(BOB, 0, 10)]
    assert desk.held(ANN) == [(20, 30, False)]
    both = [desk.want(BOB, 0, 10), desk.want(CAT, 20, 30), desk.want(owner(9), 0, 10)]
    assert desk.do(releasing.clear, both) == 2
    assert desk.offers() == []


def test_bound_of_one_client() -> None:
    """Who has too many gets no more until he frees some; others do."""
    desk = Desk(LockBounds(address_max=3))
    desk.lock(BOB, 0, 1)
    for at in (10, 20):
        assert desk.lock(ANN, at, at + 1) is GRANTED
    assert desk.lock(ANN, 0, 1, wait=True) is BLOCKED
    assert desk.lock(ANN, 30, 31) is LIMIT
    assert desk.lock(ANN, 0, 2, wait=True) is LIMIT
    assert desk.lock(ANN, 11, 12) is GRANTED
    assert desk.lock(owner(1, 2), 30, 31) is LIMIT
    assert desk.lock(BOB, 30, 31) is GRANTED
    assert desk.lock(ANN, 10, 11, False) is LIMIT
    desk.cancel(ANN, 0, 1)
    assert desk.lock(ANN, 10, 11, False) is GRANTED


def test_bound_of_all() -> None:
    """All clients together are bounded too."""
    desk = Desk(LockBounds(all_max=2))
    assert desk.lock(ANN, 0, 1) is GRANTED
    assert desk.lock(BOB, 10, 11) is GRANTED
    assert desk.lock(CAT, 20, 21) is LIMIT
    assert CAT.client not in desk.table.clients
    desk.unlock(ANN, 0, END)
    assert desk.lock(CAT, 20, 21) is GRANTED


def test_bound_of_requests() -> None:
    """A client may have so many requests that wait or are offered."""
    desk = Desk(LockBounds(waiting_max=2))
    desk.lock(ANN, 0, 10)
    for svid in (1, 2):
        assert desk.lock(owner(2, svid), 0, 10, wait=True) is BLOCKED
    assert desk.lock(owner(2, 3), 0, 10, wait=True) is LIMIT
    desk.unlock(ANN, 0, END)
    assert desk.lock(owner(2, 3), 0, 10, wait=True) is LIMIT
    assert desk.lock(owner(2, 1), 0, 10, wait=True) is GRANTED
    assert desk.lock(owner(2, 3), 0, 10, wait=True) is BLOCKED


def test_unlock_cannot_make_locks_without_end() -> None:
    """Each unlock in the middle makes two of one; a quarter over a bound it does nothing more."""
    for bounds in (LockBounds(address_max=4), LockBounds(all_max=4)):
        desk = Desk(bounds)
        desk.lock(ANN, 0, 100)
        for at in range(10):
            desk.unlock(ANN, 10 * at + 5, 10 * at + 6)
        assert len(desk.held(ANN)) == 5
        assert desk.test(BOB, 95, 96) is not None
        desk.unlock(ANN, 90, 100)
        assert desk.test(BOB, 90, 100) is None


def test_clients_without_locks_make_room() -> None:
    """The one that has been without locks for the longest time is forgotten, and no other."""
    desk = Desk(LockBounds(clients_max=3))
    for of in (ANN, BOB, CAT):
        desk.lock(of, of.svid + 10 * int(of.client.name[4:]), 100, False)
    assert desk.lock(owner(4), 0, 1) is LIMIT
    desk.unlock(BOB, 0, END)
    desk.unlock(ANN, 0, END)
    assert desk.lock(owner(4), 0, 1) is GRANTED
    assert list(desk.table.clients) == [ANN.client, CAT.client, owner(4).client]
    assert desk.lock(owner(5), 0, 1, wait=True) is BLOCKED
    assert ANN.client not in desk.table.clients


def test_monitored_once_is_monitored() -> None:
    """A client that once said that it is monitored stays so; one that did not may yet say it."""
    desk = Desk()
    desk.lock(ANN, 0, 1, monitored=False)
    assert not desk.table.clients[ANN.client].known.monitored
    desk.lock(ANN, 5, 6, monitored=True)
    assert desk.table.clients[ANN.client].known.monitored
    desk.lock(ANN, 8, 9, monitored=False)
    assert desk.table.clients[ANN.client].known.monitored


def named(number: int, name: bytes) -> Owner:
    """Return a process of a client that calls itself so."""
    return Owner(Client(f"10.0.0.{number}", name), 1)


def test_bounds_of_an_address() -> None:
    """Who calls himself by many names has no more for it."""
    desk = Desk(LockBounds(address_max=5, waiting_max=2))
    desk.lock(BOB, 0, 10)
    for at, name in enumerate((b"a", b"b", b"c")):
        assert desk.lock(named(1, name), 10 + 2 * at, 11 + 2 * at) is GRANTED
    for name in (b"a", b"b"):
        assert desk.lock(named(1, name), 0, 10, wait=True) is BLOCKED
    assert desk.lock(named(1, b"c"), 0, 10, wait=True) is LIMIT
    assert desk.lock(named(1, b"d"), 30, 31) is LIMIT
    assert desk.lock(named(4, b"a"), 30, 31) is GRANTED
    assert desk.do(releasing.free, named(1, b"a").client) == 2
    assert desk.lock(named(1, b"d"), 0, 10, wait=True) is BLOCKED
    assert desk.lock(named(1, b"d"), 40, 41) is GRANTED
    assert desk.lock(named(1, b"d"), 50, 51) is LIMIT


def test_bound_of_requests_on_a_file() -> None:
    """So many may wait on a file, whoever they are; on another one others may."""
    desk = Desk(LockBounds(file_waiting_max=2))
    for inode in (desk.file, desk.other):
        desk.lock(ANN, 0, 10, inode=inode)
    for of in (BOB, CAT):
        assert desk.lock(of, 0, 10, wait=True) is BLOCKED
    assert desk.lock(owner(4), 0, 10, wait=True) is LIMIT
    assert desk.lock(BOB, 0, 10, wait=True) is BLOCKED
    assert desk.lock(owner(4), 0, 10, wait=True, inode=desk.other) is BLOCKED
    desk.unlock(ANN, 0, END)
    assert desk.lock(owner(4), 0, 10, wait=True) is LIMIT
    desk.cancel(CAT, 0, 10)
    assert desk.lock(owner(4), 0, 10, wait=True) is BLOCKED


def test_names_of_an_address() -> None:
    """One name more takes the place of one without locks, of the same address only."""
    desk = Desk(LockBounds(names_max=2))
    for of in (ANN, BOB):
        desk.lock(of, 0, 100, False)
        desk.unlock(of, 0, END)
    for at, name in enumerate((b"a", b"b", b"c")):
        assert desk.lock(named(3, name), at, at + 1) is (LIMIT if name == b"c" else GRANTED)
    desk.unlock(named(3, b"b"), 0, END)
    assert desk.lock(named(3, b"c"), 0, 1, wait=True) is BLOCKED
    names = [(each.address, each.name) for each in desk.table.clients]
    here = [("10.0.0.3", b"a"), ("10.0.0.3", b"c")]
    assert names == [*ANN_AND_BOB, *here]
    assert sorted(state.known.client.name for state in desk.table.clients_at("10.0.0.3")) == [
        b"a",
        b"c",
    ]


def test_default_bounds_leave_room_for_much() -> None:
    """Ten thousand locks of one machine, and ten thousand machines behind 200 addresses."""
    bounds = LockBounds()
    assert bounds.address_max > 10_000
    assert bounds.clients_max > 10_000
    assert bounds.names_max >= 50
    assert bounds.all_max >= 8 * bounds.address_max
