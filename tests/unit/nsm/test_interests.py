"""Whom the kernel monitors, found by address and by name."""

from __future__ import annotations

from nfsgw.nsm.interests import Interest, Interests


def interest(host: bytes, version: int = 3) -> Interest:
    """Return what Linux asks for."""
    return Interest(host, b"node1", 100021, version, 16)


def test_meant() -> None:
    """Addresses count for those that gave one, names for those that gave a name."""
    interests = Interests()
    hosts = (b"192.0.2.7", b"::ffff:192.0.2.7", b"SERVER", b"server.example", b"server.other")
    for host in (*hosts, b"192.0.2.8", b"serve"):
        interests[interest(host)] = bytes(16)
    assert interests.meant("192.0.2.7", b"192.0.2.8") == [interest(host) for host in hosts[:2]]
    assert interests.meant("192.0.2.9", b"server.Example") == [
        interest(host) for host in hosts[2:4]
    ]
    assert interests.meant("192.0.2.9", b"nobody") == []


def test_index_follows() -> None:
    """What is taken out is not found any more, and leaves nothing behind."""
    interests = Interests()
    one, two = interest(b"192.0.2.7"), interest(b"192.0.2.7", 4)
    for each in (one, two, one, interest(b"server")):
        interests[each] = bytes(16)
    assert len(interests) == 3
    del interests[one]
    assert interests.meant("192.0.2.7", b"x") == [two]
    interests.clear()
    assert (interests.meant("192.0.2.7", b"server"), interests._by_host) == ([], {})
