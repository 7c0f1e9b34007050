"""Find out whether a request, if it waited, would close a circle of owners who wait."""

from __future__ import annotations

from typing import Final

from nfsgw.backend.locks.api import Wanted
from nfsgw.backend.locks.table import LockTable

__all__ = ["closes_circle"]

_LOOKS_MAX: Final = 20_000
"""How many ranges are looked at: an undetected circle is only slow, a false one breaks programs,
and looking for very long would hold up everybody."""
_LOOKS_OF_SEARCH: Final = 16
"""A search counts as so many looks, whatever it finds."""


def closes_circle(table: LockTable, wanted: Wanted) -> bool:
    """Say whether somebody in the way of a request waits, over others perhaps, for its owner.

    Every request that waits counts, on whichever file of the volume.
    """
    asking = wanted.owner
    seen = {asking}
    looks = 0
    pending = [wanted]
    while pending:
        waits = pending.pop()
        looks += _LOOKS_OF_SEARCH
        for span in table.passed(waits):
            looks += 1
            if looks > _LOOKS_MAX:
                return False
            if span.owner == waits.owner:
                continue
            if span.owner in seen:
                if span.owner == asking:
                    return True
                continue
            seen.add(span.owner)
            pending.extend(request.wanted for request in table.waiting(span.owner))
    return False
