"""How many calls to clients may be under way: in all, and to one address."""

from __future__ import annotations

from collections import deque

from nfsgw.waiting import Wait

__all__ = ["Places"]


class Places:
    """Places for calls, and a queue for each address that wants one.

    Addresses take turns, so that one with ten thousand waiting calls does not hold up the others.

    :param total: calls under way in all.
    :param each: calls under way to one address.
    """

    def __init__(self, total: int, each: int) -> None:
        self._total = total
        self._each = each
        self._used: dict[str, int] = {}
        self._used_total = 0
        self._queues: dict[str, deque[Wait[None]]] = {}
        self._giving = False

    def take(self, address: str) -> bool:
        """Take a place if there is one; who waits already comes first."""
        if address in self._queues or not self._fits(address):
            return False
        self._count(address, 1)
        return True

    async def enter(self, address: str) -> None:
        """Take a place, as soon as there is one."""
        if self.take(address):
            return
        wait: Wait[None] = Wait()
        self._queues.setdefault(address, deque()).append(wait)
        await wait

    def leave(self, address: str) -> None:
        """Give a place back; whoever is next gets it."""
        self._count(address, -1)
        if self._giving:
            # Whoever got a place just now is done with it already: the loop below goes on.
            return
        self._giving = True
        try:
            while (following := self._following()) is not None:
                queue = self._queues.pop(following)
                wait = queue.popleft()
                if queue:
                    self._queues[following] = queue
                self._count(following, 1)
                wait.resolve(None)
        finally:
            self._giving = False

    def _following(self) -> str | None:
        # Few are passed over here: an address that has all its places is one of total / each.
        return next((waiting for waiting in self._queues if self._fits(waiting)), None)

    def _fits(self, address: str) -> bool:
        return self._used_total < self._total and self._used.get(address, 0) < self._each

    def _count(self, address: str, step: int) -> None:
        self._used_total += step
        used = self._used.get(address, 0) + step
        if used:
            self._used[address] = used
        else:
            del self._used[address]
