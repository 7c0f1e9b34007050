"""The replay cache in memory: a repeated call that changes something is answered, not run again.

A client that hears nothing sends its call again, over the same connection or a new one.  Running a
REMOVE twice would answer NOENT to a client whose first REMOVE worked.  So an entry exists from the
moment an operation starts: a duplicate joins the running call, and later ones get its reply.

This half is lost with the process; the backend keeps the durable half under the same request id.
Knows no sockets: whoever is to be answered is a :class:`Sink`.
"""

from __future__ import annotations

from collections import deque
from hashlib import blake2b
from struct import Struct
from typing import Any, Final, Protocol
from zlib import crc32

from nfsgw.limits import Limits
from nfsgw.rpc.program import Peer

__all__ = ["Entry", "ReplayCache", "Sink", "client_digest", "request_id"]

_REQUEST: Final = Struct(">8sIIHHII")
_SUMMED_BYTES: Final = 256
_ENTRY_OVERHEAD_BYTES: Final = 200
_SINKS_MAX: Final = 8
"""Places that one running call is answered to: a call that waits holds a client's way back."""


class Sink(Protocol):
    """Where the reply to a call goes: a connection, or the address of a datagram.

    None of these raise.  What is sent after the peer is gone is dropped.
    """

    peer: Peer

    def reply(self, xid: int, parts: list[Any]) -> None:
        """Send a successful reply, whose encoded result is ``parts``."""

    def send(self, message: bytes) -> None:
        """Send a whole message."""

    def begin(self, units: int) -> None:
        """Note that a call waits; ``units`` is its share of what a sink may have in flight."""

    def settle(self, units: int) -> None:
        """Note that it does not wait any longer."""

    def drop(self) -> None:
        """Leave a call unanswered so that the peer soon sends it again, with the same xid."""


def client_digest(address: str, name: bytes) -> bytes:
    """Return 8 bytes that stand for a client: address without port, and ``auth.client_name``."""
    return blake2b(address.encode() + b"\0" + name, digest_size=8).digest()


def request_id(
    digest: bytes,
    xid: int,
    program: int,
    version: int,
    procedure: int,
    data: bytes | memoryview,
    position: int,
    end: int,
) -> bytes:
    """Return the 28 bytes that stand for one call of one client.

    Client (8), xid (4), program (4), version (2), procedure (2), checksum (4), length (4).

    The checksum covers the first 256 bytes of the arguments and their length: it tells calls apart
    when a client uses an xid again soon, as it does after a reboot.

    :param digest: from :func:`client_digest`.
    :param position: where the arguments begin in ``data``.
    """
    checksum = crc32(data[position : min(end, position + _SUMMED_BYTES)])
    return _REQUEST.pack(digest, xid, program, version, procedure, checksum, end - position)


class Entry:
    """One call: running (``reply`` is None), or answered.

    :param sinks: who wants the answer, the first asker first.
    :param keep: False if the answer must not be given to later duplicates.
    """

    __slots__ = ("keep", "reply", "request", "sinks")

    def __init__(self, request: bytes, sink: Sink) -> None:
        self.request = request
        self.reply: bytes | None = None
        self.sinks: list[Sink] = [sink]
        self.keep = True

    def attach(self, sink: Sink) -> None:
        """Send the answer to ``sink`` too, when there is one.

        A client that has moved to a new connection is answered there; the old one may be dead
        without our knowing.  A repetition from the same place is answered once.  Who repeats a
        call from ever new ports is answered at the last few of them.
        """
        sinks = self.sinks
        if sink not in sinks:
            if len(sinks) >= _SINKS_MAX:
                del sinks[0]
            sinks.append(sink)


class ReplayCache:
    """Running calls and kept answers, bounded by count, bytes and age.

    Running calls are never evicted: the limits on calls in flight bound them.
    """

    __slots__ = (
        "_age_s",
        "_answered",
        "_bytes_max",
        "_entries",
        "_entries_max",
        "bytes_used",
    )

    def __init__(self, limits: Limits) -> None:
        self._entries_max = limits.replay_entries_max
        self._bytes_max = limits.replay_bytes_max
        self._age_s = limits.replay_age_s
        self._entries: dict[bytes, Entry] = {}
        # In the order in which they were answered, which is the order of eviction.
        self._answered: deque[tuple[float, bytes, int]] = deque()
        self.bytes_used = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, request: bytes) -> Entry | None:
        """Return the entry of a call that runs or was answered."""
        return self._entries.get(request)

    def start(self, request: bytes, sink: Sink) -> Entry:
        """Note that a call starts now."""
        assert request not in self._entries, "it runs already"
        entry = self._entries[request] = Entry(request, sink)
        return entry

    def forget(self, entry: Entry) -> None:
        """Forget a call that did not run: the same, should it come again, is a new one."""
        del self._entries[entry.request]

    def finish(self, entry: Entry, reply: bytes, now_s: float) -> list[Sink]:
        """Keep the answer of a call, unless it must not be kept; return who is to be told."""
        sinks, entry.sinks = entry.sinks, []
        if not entry.keep:
            del self._entries[entry.request]
            return sinks
        entry.reply = reply
        cost = len(reply) + _ENTRY_OVERHEAD_BYTES
        self._answered.append((now_s, entry.request, cost))
        self.bytes_used += cost
        oldest_s = now_s - self._age_s
        answered = self._answered
        while (
            len(answered) > self._entries_max
            or self.bytes_used > self._bytes_max
            or answered[0][0] < oldest_s
        ):
            _, request, cost = answered.popleft()
            del self._entries[request]
            self.bytes_used -= cost
            if not answered:
                break
        return sinks
