"""Owners: a client's number for a process, and the address of ours that it knows us by."""

from __future__ import annotations

from itertools import combinations

import pytest

from nfsgw.backend.locks.api import Client
from nfsgw.nlm.owners import owner_of, svid_of

CLIENT = Client("192.0.2.7", b"alpha")
ADDRESSES = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "127.0.0.1", ""]


@pytest.mark.parametrize("svid", [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_number_of_the_client_comes_back(svid: int) -> None:
    """Whatever is put before it, and the whole is what the backend keeps."""
    for address in ADDRESSES:
        owner = owner_of(CLIENT, address, svid)
        assert owner == owner_of(CLIENT, address, svid)
        assert owner.client == CLIENT
        assert svid_of(owner) == svid
        assert -(1 << 63) <= owner.svid < 1 << 63


def test_each_address_has_a_numbering_of_its_own() -> None:
    """Equal numbers at two addresses are two processes."""
    for one, other in combinations(ADDRESSES, 2):
        assert owner_of(CLIENT, one, 1) != owner_of(CLIENT, other, 1)


def test_numbering_is_the_same_for_good() -> None:
    """It is kept with locks on disk: another version must find the same owners."""
    assert owner_of(CLIENT, "192.0.2.1", 7).svid == 3168527039321866247
