"""Addresses as the rest of the software sees them."""

from __future__ import annotations

import pytest

from nfsgw.rpc.addresses import local_address, plain_address


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:0:1", "::ffff:0:1"),
    ],
)
def test_addresses_are_plain(address: str, plain: str) -> None:
    """A client has one address, whichever socket it comes to."""
    assert plain_address(address) == plain


def test_abstract_names() -> None:
    """``@name`` is an abstract name, anything else a path."""
    assert local_address("@nfsgw") == "\0nfsgw"
    assert local_address("/run/nfsgw.sock") == "/run/nfsgw.sock"
