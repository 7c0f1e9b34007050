"""Share reservations."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import Credentials
from nfsgw.backend.locks import asking, releasing
from nfsgw.backend.locks.api import Client, Outcome, Owner, Wanted
from nfsgw.backend.locks.clients import LockBounds
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.locks.desk import Desk, client, owner

READ, WRITE, BOTH = 1, 2, 3
ANN, BOB = client(1), client(2)
GRANTED, DENIED, LIMIT = Outcome.GRANTED, Outcome.DENIED, Outcome.LIMIT


def share(
    desk: Desk,
    of: Client,
    access: int,
    deny: int,
    oh: bytes = b"oh",
    credentials: Credentials | None = None,
    inode: int | None = None,
) -> Outcome:
    """Reserve a file."""
    inode = desk.file if inode is None else inode
    return Outcome(desk.do(asking.share, credentials, inode, of, oh, access, deny).outcome)


@pytest.mark.parametrize("mine", [(a, d) for a in range(1, 4) for d in range(4)])
@pytest.mark.parametrize("other", [(a, d) for a in range(1, 4) for d in range(4)])
def test_all_pairs(mine: tuple[int, int], other: tuple[int, int]) -> None:
    """Two get along if neither does what the other denies."""
    desk = Desk()
    assert share(desk, ANN, *other) is GRANTED
    fits = not (mine[0] & other[1] or other[0] & mine[1])
    assert share(desk, BOB, *mine) is (GRANTED if fits else DENIED)


def test_another_one_replaces_it() -> None:
    """One reservation per client and owner handle; it is not in its own way."""
    desk = Desk()
    assert share(desk, ANN, READ, BOTH) is GRANTED
    assert share(desk, ANN, BOTH, 0) is GRANTED
    assert share(desk, ANN, BOTH, 0) is GRANTED
    assert desk.made == 0
    assert share(desk, BOB, READ, 0) is GRANTED
    assert share(desk, ANN, READ, READ) is DENIED
    assert share(desk, ANN, READ, READ, b"other") is DENIED
    assert desk.table.clients[ANN].held == 1
    desk.do(releasing.unshare, desk.file, BOB, b"oh")
    assert share(desk, ANN, READ, READ) is GRANTED


def test_unshare() -> None:
    """Only the very reservation is given back; one that is not there is nobody's mistake."""
    desk = Desk()
    share(desk, ANN, READ, BOTH)
    for of, oh in ((ANN, b""), (BOB, b"oh"), (client(9), b"oh")):
        desk.do(releasing.unshare, desk.file, of, oh)
        assert desk.made == 0
    desk.do(releasing.unshare, desk.file, ANN, b"oh")
    assert share(desk, BOB, BOTH, 0) is GRANTED


def test_reservations_and_locks_do_not_meet() -> None:
    """They are two sorts of locks."""
    desk = Desk()
    share(desk, ANN, BOTH, BOTH)
    assert desk.lock(owner(2), 0, 10) is GRANTED
    desk.unlock(owner(1), 0, 1 << 64)
    assert share(desk, BOB, READ, 0) is DENIED


def test_refusals() -> None:
    """The same as for locks: no file, not allowed, nonsense, too many, too long."""
    desk = Desk(LockBounds(address_max=1))
    for code, arguments in (
        (FsCode.ACCES, {"credentials": Credentials(9, 9)}),
        (FsCode.INVAL, {"inode": desk.root}),
        (FsCode.STALE, {"inode": 99}),
    ):
        with pytest.raises(FsError) as raised:
            share(desk, ANN, READ, 0, **arguments)
        assert raised.value.code is code
    with pytest.raises(FsError) as raised:
        share(desk, ANN, 4, 0)
    assert raised.value.code is FsCode.INVAL
    assert share(desk, ANN, READ, 0, b"o" * 257) is LIMIT
    assert share(desk, ANN, READ, 0, b"o" * 256) is GRANTED
    assert share(desk, ANN, READ, 0) is LIMIT


def test_clear_frees_the_client_s_reservations_of_a_kind() -> None:
    """A listing shows no owner handle, so all of one kind go."""
    desk = Desk()
    for oh, access in ((b"1", READ), (b"2", BOTH), (b"3", WRITE)):
        share(desk, ANN, access, 0, oh)
    share(desk, BOB, WRITE, 0)
    assert desk.do(releasing.clear, [Wanted(desk.file, Owner(ANN, 0), 0, 0, True)]) == 2
    assert list(desk.table.file(desk.file).shares) == [(ANN, b"1"), (BOB, b"oh")]
