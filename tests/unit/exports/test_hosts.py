"""Machine names: which addresses each form of exports(5) covers."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from nfsgw.exports.hosts import KnownNames, matches, parse_address, parse_client

KNOWN = KnownNames(
    hosts={"h.example.org": frozenset({ip_address("10.0.0.7"), ip_address("2001:db8::7")})},
    netgroups={"trusted": frozenset({ip_address("10.0.0.8")})},
)


@pytest.mark.parametrize(
    ("client", "address", "covered"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8::1", "2001:db8::1", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("10.0.0.0/8", "10.255.0.1", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/8", "2001:db8::1", False),
        ("10.1.2.3/255.255.0.0", "10.1.200.1", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("H.Example.Org", "10.0.0.7", True),
        ("h.example.org", "2001:db8::7", True),
        ("h.example.org", "10.0.0.8", False),
        ("other.example.org", "10.0.0.7", False),
        ("@trusted", "10.0.0.8", True),
        ("@trusted", "10.0.0.7", False),
        ("@others", "10.0.0.8", False),
        ("*", "192.0.2.1", True),
    ],
)
def test_address_is_covered(client: str, address: str, covered: bool) -> None:
    """A client is let in by its address, whatever form the address arrives in."""
    assert matches(parse_client(client), parse_address(address), (), KNOWN) is covered


@pytest.mark.parametrize(
    ("pattern", "names", "covered"),
    [
        ("*.example.org", ["a.example.org"], True),
        ("*.example.org", ["a.b.example.org"], True),
        ("*.example.org", ["example.org"], False),
        ("*.example.org", ["A.EXAMPLE.ORG"], True),
        ("*.Example.ORG", ["x", "a.example.org"], True),
        ("node[1-3].lan", ["node2.lan"], True),
        ("node[1-3].lan", ["node4.lan"], False),
        ("node[^1].lan", ["node1.lan"], False),
        ("node[^1].lan", ["node2.lan"], True),
        ("node?.lan", ["node12.lan"], False),
        ("*.example.org", [], False),
    ],
)
def test_wildcard_matches_names(pattern: str, names: list[str], covered: bool) -> None:
    """A wildcard covers hosts whose confirmed name it matches, in any case of letters."""
    address = parse_address("10.0.0.1")
    assert matches(parse_client(pattern), address, names, KNOWN) is covered
