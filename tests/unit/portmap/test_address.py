"""Universal addresses."""

from __future__ import annotations

import pytest

from nfsgw.portmap.address import (
    address_from_sockaddr,
    merge,
    netid_of,
    parse_universal,
    sockaddr_of,
    universal,
)
from nfsgw.rpc.program import Peer


@pytest.mark.parametrize(
    ("host", "port", "text"),
    [
        ("192.0.2.1", 2049, "192.0.2.1.8.1"),
        ("0.0.0.0", 111, "0.0.0.0.0.111"),
        ("::", 20048, "::.78.80"),
        ("2001:db8::1", 65535, "2001:db8::1.255.255"),
    ],
)
def test_universal_address_there_and_back(host: str, port: int, text: str) -> None:
    """Hosts and ports are written as rpcbind writes them, and read back the same."""
    assert universal(host, port) == text
    assert parse_universal(text) == (host, port)
    assert address_from_sockaddr(sockaddr_of(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1.2.3.4", "1.2.3.4.5", "1.2.3.4.256.1", "1.2.3.4.-1.1", "/run/x.sock", "a.b.1.1"]
)
def test_what_is_none_is_refused(text: str) -> None:
    """Rubbish instead of an address is an error, never another address."""
    with pytest.raises(ValueError):
        parse_universal(text)


@pytest.mark.parametrize("data", [b"", b"\2", b"\2\0\1", b"\1\0/run/x", bytes(28)])
def test_strange_socket_address_is_refused(data: bytes) -> None:
    """A short or unknown socket address is an error."""
    with pytest.raises(ValueError, match="not an internet address"):
        address_from_sockaddr(data)


def peer(local: str, transport: str = "tcp") -> Peer:
    """Return a caller that reached us at an address."""
    return Peer("192.0.2.9", 5000, local, 111, transport)


@pytest.mark.parametrize(
    ("registered", "caller", "given"),
    [
        ("0.0.0.0.8.1", peer("192.0.2.1"), "192.0.2.1.8.1"),
        ("0.0.0.0.8.1", peer("::ffff:192.0.2.1"), "192.0.2.1.8.1"),
        ("::.8.1", peer("2001:db8::1"), "2001:db8::1.8.1"),
        ("::.8.1", peer("fe80::1%eth0"), "fe80::1.8.1"),
        ("::.8.1", peer("192.0.2.1"), "::1.8.1"),
        ("0.0.0.0.8.1", Peer("local", 0, "local", 0, "local", 0), "127.0.0.1.8.1"),
        ("127.0.0.1.8.1", peer("192.0.2.1"), "127.0.0.1.8.1"),
        ("/run/rpcbind.sock", peer("192.0.2.1"), "/run/rpcbind.sock"),
    ],
)
def test_caller_gets_the_address_that_it_reached(
    registered: str, caller: Peer, given: str
) -> None:
    """On a machine with many addresses each client is sent to the one that works for it."""
    assert merge(registered, caller) == given


@pytest.mark.parametrize(
    ("caller", "netid"),
    [
        (peer("192.0.2.1"), "tcp"),
        (peer("192.0.2.1", "udp"), "udp"),
        (peer("2001:db8::1"), "tcp6"),
        (peer("fe80::1%eth0", "udp"), "udp6"),
        (peer("::ffff:192.0.2.1", "udp"), "udp"),
        (Peer("local", 0, "local", 0, "local", 0), "local"),
    ],
)
def test_network_id_of_a_call(caller: Peer, netid: str) -> None:
    """IPv4 clients are told apart from IPv6 ones, also on a socket for both."""
    assert netid_of(caller) == netid
