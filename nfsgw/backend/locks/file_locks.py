"""The locks of one file: who holds what, who waits, and what is in whose way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nfsgw.backend.locks.api import Client, Owner
from nfsgw.backend.locks.ranges import Held, Splice
from nfsgw.backend.locks.spans import Spans
from nfsgw.backend.locks.stored import Request, Share

__all__ = ["FileLocks"]

_FEW: Final = 16
"""So many ranges are removed one by one."""


class FileLocks:
    """One file's locks.

    Offers are among the ranges that are in the way of others, but not among their owner's.

    :ivar held: each owner's ranges, ascending and disjoint.
    :ivar waiting: requests that wait, by number, the oldest first.
    :ivar offers: those that are offered, by number.
    :ivar shares: reservations by client and owner handle.
    """

    __slots__ = ("_exclusive", "_shared", "held", "offers", "shares", "waiting")

    def __init__(self) -> None:
        self.held: dict[Owner, list[Held]] = {}
        self.waiting: dict[int, Request] = {}
        self.offers: dict[int, Request] = {}
        self.shares: dict[tuple[Client, bytes], Share] = {}
        self._exclusive = Spans()
        self._shared = Spans()

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.held or self.waiting or self.offers or self.shares)

    def build(self) -> None:
        """Make the index of ranges from :attr:`held` and :attr:`offers`, which were filled in."""
        spans = [held for ranges in self.held.values() for held in ranges]
        spans += (offer.held for offer in self.offers.values())
        self._exclusive = Spans(span for span in spans if span.exclusive)
        self._shared = Spans(span for span in spans if not span.exclusive)

    def conflicts(self, owner: Owner, start: int, end: int, exclusive: bool) -> Iterator[Held]:
        """Yield what others hold, or were offered, that is in the way of a range."""
        for span in self.passed(owner, start, end, exclusive):
            if span.owner != owner:
                yield span

    def passed(self, owner: Owner, start: int, end: int, exclusive: bool) -> Iterator[Held]:
        """Yield what :meth:`conflicts` looks at: some ranges of the owner's own, too."""
        yield from self._exclusive.meeting(start, end, owner)
        if exclusive:
            yield from self._shared.meeting(start, end, owner)

    def splice(self, owner: Owner, splice: Splice) -> list[Held]:
        """Change what an owner holds; return what it holds no more."""
        ranges = self.held.get(owner)
        if ranges is None:
            ranges = self.held[owner] = []
        removed = ranges[splice.first : splice.last]
        ranges[splice.first : splice.last] = splice.added
        if not ranges:
            del self.held[owner]
        if len(removed) > _FEW:
            for spans, exclusive in ((self._exclusive, True), (self._shared, False)):
                of_mode = [held for held in removed if held.exclusive is exclusive]
                if of_mode:
                    spans.remove_all(of_mode)
        else:
            for held in removed:
                self._spans(held).remove(held)
        for held in splice.added:
            self._spans(held).add(held)
        return removed

    def put_request(self, request: Request) -> None:
        """Add a request."""
        if request.offered:
            self.offers[request.number] = request
            self._spans(request.held).add(request.held)
        else:
            self.waiting[request.number] = request

    def replace_request(self, earlier: Request, request: Request) -> None:
        """Put a request in the place of the one with its number, or make it an offer."""
        if earlier.offered or request.offered:
            self.remove_request(earlier)
        self.put_request(request)

    def remove_request(self, request: Request) -> None:
        """Remove a request."""
        if request.offered:
            del self.offers[request.number]
            self._spans(request.held).remove(request.held)
        else:
            del self.waiting[request.number]

    def _spans(self, held: Held) -> Spans:
        return self._exclusive if held.exclusive else self._shared
