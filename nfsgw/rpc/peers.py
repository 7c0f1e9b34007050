"""What is kept per address of a peer: its count of connections, and what was complained of."""

from __future__ import annotations

from collections import Counter
from typing import Final

from twisted.logger import Logger

from nfsgw.clock import Clock
from nfsgw.limits import Limits

__all__ = ["LINES_PER_MINUTE_MAX", "REMEMBERED_MAX", "Census", "Complaints"]

REMEMBERED_MAX: Final = 1024
"""So many warnings are remembered, the newest ones; any other is logged again."""
LINES_PER_MINUTE_MAX: Final = 60
_MINUTE_S: Final = 60.0


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
    """Warns in the log once per peer and reason, so that no stranger can fill the disk.

    Senders can be forged, so there is a limit for all peers together as well: of what would be too
    much for a minute only the number is logged, with the first warning after it.

    :param clock: tells when a minute has passed.
    """

    log = Logger()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], None] = {}
        self._begun_s = 0.0
        self._written = 0
        self._left_out: Counter[str] = Counter()

    def warn(self, address: str, kind: str, detail: object) -> None:
        """Log that ``address`` did something wrong.

        :param kind: the reason, of a few: it is part of what is remembered.
        :param detail: more about this one time.
        """
        if (address, kind) in self._known:
            return
        now_s = self._clock.seconds()
        if now_s - self._begun_s >= _MINUTE_S:
            self._begin(now_s)
        if self._written >= LINES_PER_MINUTE_MAX:
            self._left_out[kind] += 1
            return
        self._written += 1
        if len(self._known) >= REMEMBERED_MAX:
            del self._known[next(iter(self._known))]
        self._known[address, kind] = None
        self.log.warn(
            "{kind} (further ones from {client} are only counted): {detail}",
            kind=kind,
            client=address,
            detail=detail,
        )

    def _begin(self, now_s: float) -> None:
        """Begin a minute; say what was left out of the last one with warnings."""
        self._begun_s = now_s
        self._written = 0
        left_out, self._left_out = self._left_out, Counter()
        if left_out:
            self.log.warn(
                "{count} warnings of peers were left out, since there were more than {most} in a"
                " minute: {kinds}",
                count=left_out.total(),
                most=LINES_PER_MINUTE_MAX,
                kinds=", ".join(f"{count} of {kind!r}" for kind, count in left_out.items()),
            )
