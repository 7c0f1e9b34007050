"""Whom this machine's kernel monitors, found by what a host says of itself."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import NamedTuple

from nfsgw.nsm.names import first_label, numeric_address, same_host

__all__ = ["Interest", "Interests"]


class Interest(NamedTuple):
    """Somebody of this machine wants to know when a host reboots.

    :param host: the host's name or address, as it was given.
    :param my_name: what this machine calls itself towards the host.
    :param program: with ``version`` and ``procedure``: what is to be called then.
    """

    host: bytes
    my_name: bytes
    program: int
    version: int
    procedure: int


class Interests(MutableMapping[Interest, bytes]):
    """All interests, each with the 16 bytes that go back to who asked.

    They are indexed by the host, since any stranger may have us look who is interested in it.
    """

    def __init__(self) -> None:
        self._all: dict[Interest, bytes] = {}
        self._by_host: dict[str | bytes, dict[Interest, None]] = {}

    def meant(self, address: str, name: bytes) -> list[Interest]:
        """Return the interests in a host.

        :param address: where it has called from.
        :param name: what it calls itself; it counts for those that gave no address.
        """
        named = self._by_host.get(first_label(name), ())
        return [
            *self._by_host.get(address, ()),
            *(each for each in named if same_host(each.host, name)),
        ]

    def __getitem__(self, interest: Interest) -> bytes:
        return self._all[interest]

    def __setitem__(self, interest: Interest, priv: bytes) -> None:
        self._all[interest] = priv
        self._by_host.setdefault(_key(interest), {})[interest] = None

    def __delitem__(self, interest: Interest) -> None:
        del self._all[interest]
        key = _key(interest)
        of_host = self._by_host[key]
        del of_host[interest]
        if not of_host:
            del self._by_host[key]

    def __iter__(self) -> Iterator[Interest]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _key(interest: Interest) -> str | bytes:
    """Return the address of a host, or the first label of its name."""
    return numeric_address(interest.host) or first_label(interest.host)
