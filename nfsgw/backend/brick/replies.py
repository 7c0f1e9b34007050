"""Which requests have a stored first result, and which of those have had their time.

The results themselves are in the table REPLY.  This is its order in memory, rebuilt at start by
one scan of the table, which is bounded.  Replies leave by deletes that ride in later records, so
all bricks of a set hold the same ones.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nfsgw.backend.brick.record import unpack_reply

__all__ = ["Replies", "ReplyBounds"]

_CLIENT_BYTES: Final = 8
"""A request id begins with the digest of who sent it."""
_EXPIRED_MAX: Final = 4
"""Deletes that one record carries: it adds one reply, so the table shrinks to its bounds."""


@dataclass(frozen=True, slots=True)
class ReplyBounds:
    """How many first results are kept, and how long.

    :param age_s: after this time a retransmission is not expected any more.
    :param per_client_max: more than any client has calls in flight.
    :param entries_max: of all clients together; also bounds the memory of this class.
    """

    age_s: int = 600
    per_client_max: int = 2048
    entries_max: int = 65536


class Replies:
    """Stored requests in the order of their records.

    :param bounds: what may stay.
    """

    __slots__ = ("_bounds", "_by_client", "_times")

    def __init__(self, bounds: ReplyBounds) -> None:
        self._bounds = bounds
        # Oldest first, as are the clients' queues.
        self._times: OrderedDict[bytes, int] = OrderedDict()
        self._by_client: dict[bytes, deque[bytes]] = {}

    def load(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Take over the content of REPLY."""
        self._times.clear()
        self._by_client.clear()
        found = []
        for request, value in items:
            sequence, time_ns, _ = unpack_reply(value)
            found.append((sequence, time_ns, request))
        found.sort()
        for _, time_ns, request in found:
            self.add(request, time_ns)

    def __contains__(self, request: bytes) -> bool:
        """Say whether a first result is stored (or about to be)."""
        return request in self._times

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._times)

    def add(self, request: bytes, time_ns: int) -> None:
        """Note a request whose record has just been made."""
        self._times[request] = time_ns
        client = request[:_CLIENT_BYTES]
        queue = self._by_client.get(client)
        if queue is None:
            queue = self._by_client[client] = deque()
        queue.append(request)

    def expire(self, client: bytes, now_ns: int) -> list[bytes]:
        """Take out requests that are due, and return them; the caller deletes them.

        :param client: a request id (or its start) of the client that is about to get one more.
        """
        bounds = self._bounds
        expired: list[bytes] = []
        queue = self._by_client.get(client[:_CLIENT_BYTES])
        if queue is not None and len(queue) >= bounds.per_client_max:
            expired.append(queue[0])
            self._forget(queue[0])
        oldest_ns = now_ns - bounds.age_s * 1_000_000_000
        while self._times and len(expired) < _EXPIRED_MAX:
            request = next(iter(self._times))
            if self._times[request] >= oldest_ns and len(self._times) < bounds.entries_max:
                break
            expired.append(request)
            self._forget(request)
        return expired

    def _forget(self, request: bytes) -> None:
        # Both orders are that of the records, so what leaves is always its client's oldest.
        del self._times[request]
        client = request[:_CLIENT_BYTES]
        queue = self._by_client[client]
        assert queue[0] == request
        queue.popleft()
        if not queue:
            del self._by_client[client]
