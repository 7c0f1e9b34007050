"""Names of hosts, as strangers write them."""

from __future__ import annotations

import pytest

from nfsgw.nsm.names import is_plausible, numeric_address, same_host


@pytest.mark.parametrize(
    "name", [b"a", b"node1.example", b"192.0.2.7", b"2001:db8::1", b"x" * 255]
)
def test_plausible(name: bytes) -> None:
    """Names and addresses of hosts are monitored."""
    assert is_plausible(name)


@pytest.mark.parametrize("name", [b"", b"x" * 256, b"a b", b"a\0", b"a\n", b"\xff", b"\x7f"])
def test_implausible(name: bytes) -> None:
    """What no host can be called is not."""
    assert not is_plausible(name)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (b"192.0.2.7", "192.0.2.7"),
        (b"::ffff:192.0.2.7", "192.0.2.7"),
        (b"2001:DB8:0::1", "2001:db8::1"),
        (b"fe80::1%eth0", "fe80::1"),
        (b"node1", None),
        (b"192.0.2", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_numeric(name: bytes, address: str | None) -> None:
    """An address is told from a name, and written as calls from there show it."""
    assert numeric_address(name) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"node1", b"node1", True),
        (b"Node1", b"nODE1.example", True),
        (b"node1.example", b"node1", True),
        (b"node1.example", b"node1.EXAMPLE", True),
        (b"node1.example", b"node1.example.net", False),
        (b"node1", b"node10", False),
        (b"node1", b"node2.example", False),
    ],
)
def test_same_host(one: bytes, other: bytes, same: bool) -> None:
    """A name without domain means the host of that first label."""
    assert same_host(one, other) is same
