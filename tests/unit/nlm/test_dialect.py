"""Ranges and holders between the wire and the backend."""

from __future__ import annotations

import pytest

from nfsgw.backend.locks.api import END, Callback, Client, Holder, Owner, Wanted
from nfsgw.errors import FsCode, FsError
from nfsgw.nlm.dialect import DIALECTS
from tests.support.nlm import lock

OWNER = Owner(Client("192.0.2.8", b"beta"), 0xFFFFFFFE)
TOP = (1 << 64) - 1
TOP32 = (1 << 32) - 1


@pytest.mark.parametrize(
    ("version", "offset", "length", "span"),
    [
        (4, 0, 0, (0, END)),
        (4, TOP, 0, (TOP, END)),
        (4, TOP, 1, (TOP, END)),
        (4, 5, TOP - 4, (5, END)),
        (4, 5, 6, (5, 11)),
        (3, 0, 0, (0, END)),
        (3, TOP32, 0, (TOP32, END)),
        (3, TOP32, 1, (TOP32, 1 << 32)),
        (1, 5, 6, (5, 11)),
    ],
)
def test_spans(version: int, offset: int, length: int, span: tuple[int, int]) -> None:
    """Length 0 is to the end of the file; everything else is counted."""
    assert DIALECTS[version].span(lock(version, l_offset=offset, l_len=length)) == span


@pytest.mark.parametrize(
    ("version", "offset", "length"),
    [(4, TOP, 2), (4, 2, TOP), (4, TOP, TOP), (3, TOP32, 2), (1, 2, TOP32), (3, TOP32, TOP32)],
)
def test_ranges_that_overflow(version: int, offset: int, length: int) -> None:
    """A range that would end beyond the last number there is, is too big."""
    with pytest.raises(FsError) as raised:
        DIALECTS[version].span(lock(version, l_offset=offset, l_len=length))
    assert raised.value.code is FsCode.FBIG


@pytest.mark.parametrize(
    ("version", "start", "end", "told"),
    [
        (4, 5, 11, (5, 6)),
        (4, 5, END, (5, 0)),
        (4, 1 << 40, (1 << 40) + 1, (1 << 40, 1)),
        (3, 5, 11, (5, 6)),
        (3, 5, END, (5, 0)),
        (3, 5, 1 << 40, (5, 0)),
        (1, 1 << 40, (1 << 40) + 1, (TOP32, 0)),
        (1, 0, 1 << 32, (0, 0)),
    ],
)
def test_holders(version: int, start: int, end: int, told: tuple[int, int]) -> None:
    """A holder's range is cut to what the asker's version can say."""
    dialect = DIALECTS[version]
    answer = dialect.tested(b"c", Holder(OWNER, b"oh", start, end, True))
    holder = answer.test_stat.holder
    assert holder is not None
    assert (holder.l_offset, holder.l_len) == told
    assert (holder.exclusive, holder.svid, holder.oh) == (True, 0xFFFFFFFE, b"oh")


def test_offer_repeats_what_the_client_sent() -> None:
    """GRANTED carries the client's own bytes, not what we made of them."""
    callback = Callback(b"fh", b"oh", b"ck", 1 << 63, 0, 4, "tcp", "192.0.2.1")
    args = DIALECTS[4].offer(callback, Wanted(9, OWNER, 1 << 63, END, True))
    assert (args.cookie, args.exclusive) == (b"ck", True)
    assert args.alock == lock(
        4,
        caller_name=b"beta",
        fh=b"fh",
        oh=b"oh",
        svid=0xFFFFFFFE,
        l_offset=1 << 63,
        l_len=0,
    )
