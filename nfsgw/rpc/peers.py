"""What is kept per address of a peer: its count of connections, and what was complained of."""

from __future__ import annotations

from twisted.logger import Logger

from nfsgw.limits import Limits

__all__ = ["Census", "Complaints"]

_REMEMBERED_MAX = 1024


class Census:
    """Counts open connections, in all and per address, against the limits."""

    __slots__ = ("_by_address", "_limits", "total")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_address: dict[str, int] = {}
        self.total = 0

    def admit(self, address: str) -> bool:
        """Count a new connection, or say that there are too many."""
        count = self._by_address.get(address, 0)
        if (
            self.total >= self._limits.connections_max
            or count >= self._limits.connections_per_address_max
        ):
            return False
        self._by_address[address] = count + 1
        self.total += 1
        return True

    def leave(self, address: str) -> None:
        """Count a connection out."""
        count = self._by_address[address] - 1
        if count:
            self._by_address[address] = count
        else:
            del self._by_address[address]
        self.total -= 1


class Complaints:
    """Warns in the log once per peer and reason, so that no stranger can fill the disk."""

    log = Logger()

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def warn(self, address: str, kind: str, detail: object) -> None:
        """Log that ``address`` did something wrong.

        :param kind: the reason, of a few: it is part of what is remembered.
        :param detail: more about this one time.
        """
        if (address, kind) in self._known:
            return
        if len(self._known) >= _REMEMBERED_MAX:
            self._known.clear()
        self._known.add((address, kind))
        self.log.warn(
            "{kind} (further ones from {client} are only counted): {detail}",
            kind=kind,
            client=address,
            detail=detail,
        )
