"""Leases between the bricks of a set: promises that end by themselves, on two clocks.

The holder counts the time from when it *sent* its question, the granter 1.25 times the time from
when it *answered*: so the holder stops to count on a promise before the granter ceases to keep
it, as long as their clocks run at rates that differ by less than a quarter.  Both use a clock that
goes on while the machine sleeps (:class:`nfsgw.clock.SystemClock`).
"""

from __future__ import annotations

from math import inf
from typing import Final

__all__ = ["GRANT_FACTOR", "Grant", "Lease"]

GRANT_FACTOR: Final = 1.25
"""How much longer the granter keeps a promise than the holder counts on it."""


class Lease:
    """A promise, as its holder sees it."""

    __slots__ = ("_until_s",)

    def __init__(self) -> None:
        self._until_s = -inf

    @property
    def until_s(self) -> float:
        """Return the time from which on the holder must not count on it any more."""
        return self._until_s

    def note(self, sent_s: float, granted_s: float) -> None:
        """Take note of an answer; answers may come in any order.

        :param sent_s: when the question was sent.
        :param granted_s: for how long from then on.
        """
        self._until_s = max(self._until_s, sent_s + granted_s)


class Grant:
    """A promise, as its granter sees it.

    :param granted_s: for how long the holder may count on it.
    :param since_s: when the granter may have given it last without remembering: the time of its
        start, if it can have given one before it was stopped.  None: it has given none.
    """

    __slots__ = ("_granted_s", "_until_s")

    def __init__(self, granted_s: float, since_s: float | None = None) -> None:
        self._granted_s = granted_s
        self._until_s = -inf
        if since_s is not None:
            self.give(since_s)

    def give(self, now_s: float) -> float:
        """Give it, or prolong it, with the answer that is being sent; return what to grant."""
        self._until_s = max(self._until_s, now_s + GRANT_FACTOR * self._granted_s)
        return self._granted_s

    def release(self) -> None:
        """Take note that its holder does not need it any more."""
        self._until_s = -inf

    def over(self, now_s: float) -> bool:
        """Say whether the granter is free of it."""
        return now_s >= self._until_s
