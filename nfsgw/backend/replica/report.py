"""How a set is, put together from what its parts know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nfsgw.backend.replica.health import BrickHealth, BrickState, SetHealth, Work
from nfsgw.backend.replica.membership import SetRecord
from nfsgw.backend.replica.primary import Primary
from nfsgw.backend.replica.seat import Seat

__all__ = ["set_health"]


def set_health(
    record: SetRecord,
    seats: Iterable[Seat],
    primary: Primary | None,
    number_needed: int,
    reason: str | None,
) -> SetHealth:
    """Return the health of a set."""
    bricks = tuple(_brick_health(seat, record, primary) for seat in seats)
    in_sync = 0 if primary is None else 1 + len(primary.in_sync)
    if primary is not None and in_sync < number_needed:
        reason = f"{in_sync} bricks are in sync, and changes need {number_needed}"
    return SetHealth(0, record.epoch, in_sync, number_needed, bricks, reason)


def _brick_health(seat: Seat, record: SetRecord, primary: Primary | None) -> BrickHealth:
    newest = 0 if primary is None else primary.sequence
    if primary is not None and primary.own is seat.local:
        return BrickHealth(seat.brick, BrickState.PRIMARY, newest)
    if seat.joining is not None:
        work = seat.joining.work
        if work.step == "waiting":
            # It has not answered yet.
            work = replace(work, records=max(newest - seat.sequence, 0))
        sequence = newest - work.records
        return BrickHealth(seat.brick, BrickState.HEALING, sequence, seat.reason, work)
    if primary is not None and any(member is seat.member for member in primary.in_sync):
        return BrickHealth(seat.brick, BrickState.IN_SYNC, newest)
    work = Work(records=max(newest - seat.sequence, 0))
    return BrickHealth(seat.brick, BrickState.OFFLINE, seat.sequence, seat.reason, work)
