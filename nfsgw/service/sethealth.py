"""How replica sets are, as JSON for administrators, in one shape everywhere; bricks by name.

A volume that is shown has

===========  ==================================================================================
``online``   whether it serves now
``reason``   why it does not, or refuses changes; null if all is well
``sets``     of a started one: for each set ``number``, ``epoch``, ``primary`` (a brick's name or
             null), ``in_sync`` (names), ``quorum`` (how many must be), ``degraded``, ``reason``
``bricks``   each with ``id``, ``name``, ``path``, ``state``, ``reason`` and, while the volume is
             started, ``sequence``, ``lag`` (records that the primary has and it has not; null if
             there is no primary) and ``work`` (what it lacks, as :class:`Work`; or null)
===========  ==================================================================================

``state`` is ``primary``, ``in sync``, ``healing`` or ``offline`` in a started volume of several
bricks, and ``online`` or ``failed`` where there is only one; ``offline`` or ``failed`` otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from nfsgw.admin.api import Record
from nfsgw.backend.replica.health import BrickHealth, BrickState, SetHealth, Verification
from nfsgw.backend.volume.records import BrickPlace, VolumeRecord
from nfsgw.service.prometheus import Sample

__all__ = ["health_record", "health_samples", "verification_record"]

_SERVES = (BrickState.PRIMARY, BrickState.IN_SYNC)


def health_record(
    record: VolumeRecord, health: SetHealth | None, *, online: bool, error: str | None
) -> dict[str, Any]:
    """Return how a volume is.

    :param health: of its set; None while it is not started.
    :param error: why it serves nothing.
    """
    reason = error or (health.reason if health is not None else None)
    if health is None:
        state = "failed" if error else "offline"
        bricks = [_brick(place, state, error) for place in record.bricks]
        return {"online": False, "reason": reason, "sets": [], "bricks": bricks}
    return {
        "online": online,
        "reason": reason,
        "sets": [_set(record, health)],
        "bricks": _bricks(record, health, error),
    }


def _brick(place: BrickPlace, state: str, reason: str | None) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "path": str(place.path),
        "state": state,
        "reason": reason,
    }


def _set(record: VolumeRecord, health: SetHealth) -> dict[str, Any]:
    names = _names(record)
    primary = _primary(health)
    return {
        "number": health.number,
        "epoch": health.epoch,
        "primary": None if primary is None else names.get(primary.brick, primary.brick),
        "in_sync": [
            names.get(each.brick, each.brick) for each in health.bricks if each.state in _SERVES
        ],
        "quorum": health.quorum,
        "degraded": health.degraded,
        "reason": health.reason,
    }


def _bricks(record: VolumeRecord, health: SetHealth, error: str | None) -> list[dict[str, Any]]:
    known = {each.brick: each for each in health.bricks}
    primary = _primary(health)
    shown = []
    for place in record.bricks:
        # A brick that was just added may not have got to the set yet.
        each = known.get(place.id, BrickHealth(place.id, BrickState.OFFLINE, 0))
        state, reason = each.state.value, each.reason
        if len(record.bricks) == 1:
            state = "failed" if error else "online"
            reason = error or reason
        lag = None if primary is None else max(primary.sequence - each.sequence, 0)
        work = None if each.work is None else asdict(each.work)
        shown.append(
            {
                **_brick(place, state, reason),
                "sequence": each.sequence,
                "lag": lag,
                "work": work,
            }
        )
    return shown


def _primary(health: SetHealth) -> BrickHealth | None:
    return next((each for each in health.bricks if each.state is BrickState.PRIMARY), None)


def _names(record: VolumeRecord) -> Mapping[str, str]:
    return {place.id: place.name for place in record.bricks}


def verification_record(record: VolumeRecord, verification: Verification | None) -> Record:
    """Return a comparison of bricks; ``verification`` is null if there was none."""
    shown: dict[str, Any] | None = None
    if verification is not None:
        names = _names(record)
        shown = asdict(verification)
        for divergence in shown["divergences"]:
            divergence["brick"] = names.get(divergence["brick"], divergence["brick"])
    return {"name": record.name, "verification": shown}


def health_samples(volumes: Iterable[Record]) -> list[Sample]:
    """Return the metrics of volumes that are shown as this module says."""
    entries = list(volumes)
    samples: list[Sample] = [
        ("nfsgw_volume_online", "gauge", {"volume": entry["name"]}, int(entry["online"]))
        for entry in entries
    ]
    samples += [
        (
            "nfsgw_set_degraded",
            "gauge",
            {"volume": entry["name"], "set": str(each["number"])},
            int(each["degraded"]),
        )
        for entry in entries
        for each in entry["sets"]
    ]
    bricks = [
        ({"volume": entry["name"], "brick": brick["name"]}, entry, brick)
        for entry in entries
        if entry["sets"]
        for brick in entry["bricks"]
    ]
    samples += [
        ("nfsgw_brick_in_sync", "gauge", labels, int(_in_sync(entry, brick)))
        for labels, entry, brick in bricks
    ]
    samples += [
        ("nfsgw_brick_pending_records", "gauge", labels, _pending_records(brick))
        for labels, _, brick in bricks
    ]
    samples += [
        ("nfsgw_brick_pending_bytes", "gauge", labels, (brick["work"] or {}).get("bytes_left", 0))
        for labels, _, brick in bricks
    ]
    return samples


def _in_sync(entry: Record, brick: Mapping[str, Any]) -> bool:
    return any(brick["name"] in each["in_sync"] for each in entry["sets"])


def _pending_records(brick: Mapping[str, Any]) -> int:
    work = brick["work"]
    return int(brick["lag"] or 0) if work is None else int(work["records"])
