"""Host names as NSM has them: bytes that somebody else chose."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

__all__ = ["NAME_BYTES_MAX", "first_label", "is_plausible", "numeric_address", "same_host"]

NAME_BYTES_MAX: Final = 255


def is_plausible(name: bytes) -> bool:
    """Say whether this could be a host's name or address: 1 to 255 visible ASCII characters."""
    return 0 < len(name) <= NAME_BYTES_MAX and all(0x21 <= byte <= 0x7E for byte in name)


def numeric_address(name: bytes) -> str | None:
    """Return the address that a name is, as calls from there show it; None if it is a real name.

    IPv4 in IPv6 clothes is IPv4, and a zone is cut off.
    """
    try:
        address = ip_address(name.decode("ascii").partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def same_host(one: bytes, other: bytes) -> bool:
    """Say whether two names can be one host's: alike, or one is the other's first label."""
    one, other = one.lower(), other.lower()
    if b"." in one and b"." in other:
        return one == other
    return first_label(one) == first_label(other)


def first_label(name: bytes) -> bytes:
    """Return the first label of a name, in small letters; names of one host have the same."""
    return name.lower().partition(b".")[0]
