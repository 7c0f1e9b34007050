"""What the check of a brick finds among its locks, planted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nfsgw.backend.brick.check import Fault, check_view
from nfsgw.backend.brick.check.locks import LockCheck
from nfsgw.backend.brick.view import Table
from nfsgw.backend.locks import asking, stored
from nfsgw.backend.locks.api import END, Outcome, Owner
from nfsgw.backend.locks.ranges import Held
from nfsgw.backend.locks.stored import Share
from tests.unit.backend.locks.desk import Desk, client, owner

ANN, BOB, CAT = owner(1), owner(2), owner(3)


def busy_desk() -> Desk:
    """Return a desk with a bit of everything, on a file that is there and one that is gone."""
    desk = Desk()
    for inode in (desk.file, desk.other):
        desk.lock(ANN, 0, 10, inode=inode)
        desk.lock(ANN, 20, 30, False, inode=inode)
        desk.lock(BOB, 25, 35, False, inode=inode)
        desk.lock(CAT, 40, 50, inode=inode)
        desk.lock(BOB, 40, 50, wait=True, inode=inode)
        desk.lock(BOB, 0, 5, wait=True, inode=inode)
        desk.unlock(CAT, 40, 50, inode=inode)
        desk.do(asking.share, None, inode, client(1), b"oh", 3, 0)
        desk.do(asking.share, None, inode, client(2), b"oh", 1, 0)
    desk.remove(b"two")
    return desk


def test_sound_locks_have_no_findings() -> None:
    """Locks of a file that is gone are sound, too; all were looked at."""
    desk = busy_desk()
    check = LockCheck(desk.view)
    assert list(check.check()) == []
    assert (check.locks, check.clients) == (14, 3)
    report = check_view(desk.view, 7)
    assert {finding.fault for finding in report.findings} <= {Fault.LOG, Fault.LOG_TABLES}
    assert report.locks == 14


def _put_held(desk: Desk, of: Owner, start: int, end: int, exclusive: bool) -> None:
    held = Held(start, end, of, exclusive, 1, 0, b"")
    key = stored.held_key(desk.file, stored.client_key(of.client), held)
    desk.view.tables[Table.LOCK][key] = stored.pack_held(held)


def _overlap(desk: Desk) -> None:
    _put_held(desk, BOB, 9, 12, True)


def _overlap_with_reader(desk: Desk) -> None:
    _put_held(desk, CAT, 34, 36, True)


def _overlap_with_offer(desk: Desk) -> None:
    _put_held(desk, CAT, 45, END, False)


def _own_overlap(desk: Desk) -> None:
    _put_held(desk, ANN, 5, 8, True)


def _way_is_free(desk: Desk) -> None:
    locks = desk.view.tables[Table.LOCK]
    del locks[next(key for key in locks if stored.kind_of(key) == stored.HELD)]


def _future(desk: Desk) -> None:
    desk.view.tables[Table.LOCK][stored.NEXT_NUMBER] = stored.pack_next_number(1)


def _shares(desk: Desk) -> None:
    key = stored.share_key(desk.file, stored.client_key(client(3)), b"")
    desk.view.tables[Table.LOCK][key] = stored.pack_share(Share(1, 2, 0, 0))


def _forgotten_client(desk: Desk) -> None:
    del desk.view.tables[Table.MONITOR][stored.client_key(client(1))]


def _wrong_client(desk: Desk) -> None:
    clients = desk.view.tables[Table.MONITOR]
    one, other = sorted(clients)[:2]
    clients[one] = clients[other]


def _unknown_kind(desk: Desk) -> None:
    desk.view.tables[Table.LOCK][bytes(8) + b"x"] = b""


def _short_key(desk: Desk) -> None:
    desk.view.tables[Table.LOCK][b"\0"] = b""


def _short_value(desk: Desk) -> None:
    locks = desk.view.tables[Table.LOCK]
    key = next(key for key in locks if stored.kind_of(key) == stored.HELD)
    locks[key] = locks[key][:5]


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (_overlap, Fault.LOCK),
        (_overlap_with_reader, Fault.LOCK),
        (_overlap_with_offer, Fault.LOCK),
        (_own_overlap, Fault.LOCK),
        (_way_is_free, Fault.LOCK),
        (_future, Fault.LOCK),
        (_shares, Fault.LOCK),
        (_forgotten_client, Fault.VALUE),
        (_wrong_client, Fault.VALUE),
        (_unknown_kind, Fault.VALUE),
        (_short_key, Fault.VALUE),
        (_short_value, Fault.VALUE),
    ],
)
def test_planted_faults_are_found(plant: Callable[[Desk], None], fault: Fault) -> None:
    """Each contradiction has its finding, in words."""
    desk = busy_desk()
    plant(desk)
    findings = list(LockCheck(desk.view).check())
    assert fault in {finding.fault for finding in findings}
    assert all(finding.text and finding.where for finding in findings)


def test_desk_is_as_meant() -> None:
    """The offers and the requests that the plants above rely on are there."""
    desk = busy_desk()
    assert [of for of, _, _ in desk.offers()] == [BOB, BOB]
    assert desk.lock(BOB, 0, 5, wait=True) is Outcome.BLOCKED
