"""Listings written as bytes, compared with the generated codec."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.api import Listed
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.listing import (
    COOKIE_VERIFIER,
    ENTRY_BYTES,
    ENTRY_PLUS_BYTES,
    RESOK_BYTES,
    check_cookie,
    entries_within,
    entry_bytes_for,
    pack_entries,
    pack_entries_plus,
)
from nfsgw.xdr.generated import nfs3 as x

NUMBERS = st.integers(0, (1 << 63) - 1)
NAMES = st.binary(min_size=1, max_size=255)
ENTRIES = st.lists(
    st.builds(Listed, NUMBERS, NAMES, NUMBERS, st.binary(min_size=84, max_size=84) | st.none()),
    max_size=8,
)


def handle(inode: int) -> bytes:
    """Return a handle of the right length."""
    return inode.to_bytes(32, "big")


@given(ENTRIES, st.booleans())
def test_readdir_is_what_the_codec_writes(entries: list[Listed], eof: bool) -> None:
    """The bytes of a READDIR listing are those that the generated packer makes."""
    listing = x.dirlist3([x.entry3(e.inode, e.name, e.cookie) for e in entries], eof)
    packer = x.NFS3Packer()
    packer.pack_dirlist3(listing)
    assert pack_entries(entries, eof) == packer.get_buffer()


@given(ENTRIES, st.booleans())
def test_readdirplus_is_what_the_codec_writes(entries: list[Listed], eof: bool) -> None:
    """The bytes of a READDIRPLUS listing are those that the generated packer makes."""
    listing = x.dirlistplus3(
        [
            x.entryplus3(
                e.inode,
                e.name,
                e.cookie,
                e.attributes,
                handle(e.inode) if e.attributes else None,
            )
            for e in entries
        ],
        eof,
    )
    packer = x.NFS3Packer()
    packer.pack_dirlistplus3(listing)
    assert pack_entries_plus(entries, eof, handle) == packer.get_buffer()


@given(ENTRIES)
def test_sizes_are_what_they_are_said_to_be(entries: list[Listed]) -> None:
    """The constants by which a listing is bounded are the sizes on the wire."""
    entries = [entry._replace(attributes=bytes(84)) for entry in entries]
    names = sum(len(entry.name) + 3 & ~3 for entry in entries)
    count = len(entries)
    attributes = bytes(84)
    for data, entry_bytes in (
        (pack_entries(entries, True), ENTRY_BYTES),
        (pack_entries_plus(entries, True, handle), ENTRY_PLUS_BYTES),
    ):
        packer = x.NFS3Packer()
        packer.pack_READDIR3resok(x.READDIR3resok(attributes, bytes(8), data))
        assert len(packer.get_buffer()) == RESOK_BYTES + count * entry_bytes + names


@pytest.mark.parametrize("verifier", [bytes(8), COOKIE_VERIFIER])
def test_our_verifiers(verifier: bytes) -> None:
    """Our own verifier and zeros are good with any cookie that can be ours."""
    for cookie in (0, 1, 2, 12345, (1 << 63) - 1):
        check_cookie(cookie, verifier)


def test_start_needs_no_verifier() -> None:
    """A listing from the start takes any verifier: clients keep old ones."""
    check_cookie(0, b"anything")


@pytest.mark.parametrize(("cookie", "verifier"), [(1, b"anything"), (1 << 63, bytes(8))])
def test_foreign_positions(cookie: int, verifier: bytes) -> None:
    """A verifier or a cookie that cannot be ours is BAD_COOKIE."""
    with pytest.raises(FsError) as raised:
        check_cookie(cookie, verifier)
    assert raised.value.code is FsCode.BAD_COOKIE


@given(ENTRIES, st.integers(0, 2000))
def test_enough_is_fetched_for_a_hint(entries: list[Listed], dircount: int) -> None:
    """What suits ``dircount``, and at least one entry, is within the bytes that are fetched."""
    suiting = entries[: entries_within(entries, dircount)]
    fetched = sum(ENTRY_PLUS_BYTES + (len(entry.name) + 3 & ~3) for entry in suiting)
    assert fetched <= entry_bytes_for(dircount)


def test_hint_cuts_but_never_to_nothing() -> None:
    """``dircount`` ends a listing early, after one entry at the earliest."""
    entries = [Listed(n, b"name", n, None) for n in range(10)]
    assert entries_within(entries, 0) == 1
    assert entries_within(entries, 24 * 3) == 3
    assert entries_within(entries, 24 * 3 + 23) == 3
    assert entries_within(entries, 1 << 30) == 10
    assert entries_within([], 0) == 0
