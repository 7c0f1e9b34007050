"""Replica sets in words and tables; what they are made of is in ``nfsgw/service/sethealth.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from nfsgw.cli.output import counted, duration, show_table, size

__all__ = [
    "health_word",
    "lag_text",
    "set_line",
    "show_bricks",
    "show_troubles",
    "work_text",
    "worst_lag",
]

Shown = Mapping[str, Any]


def health_word(volume: Shown) -> str:
    """Return how a volume is, in a word or two."""
    if volume["status"] != "Started":
        return "-"
    if not volume["online"]:
        return "UNAVAILABLE"
    if any(each["degraded"] for each in volume["sets"]):
        good = sum(len(each["in_sync"]) for each in volume["sets"])
        return f"DEGRADED ({good} of {len(volume['bricks'])} in sync)"
    return "healthy"


def lag_text(brick: Shown) -> str:
    """Return how far a brick is behind its primary."""
    work, lag = brick.get("work"), brick.get("lag")
    if work is not None and brick["state"] == "healing":
        return f"{counted(work['records'], 'record')}, {size(work['bytes_left'])}"
    return "-" if lag is None else counted(lag, "record")


def worst_lag(bricks: Iterable[Shown]) -> str:
    """Return the lag of the brick that is farthest behind."""

    def far(brick: Shown) -> tuple[int, int]:
        work = brick.get("work") or {}
        return work.get("bytes_left", 0), max(brick.get("lag") or 0, work.get("records", 0))

    return lag_text(max(bricks, key=far, default={}))


def work_text(work: Shown) -> str:
    """Return exactly what a brick lacks, and how long that will take."""
    left = int(work["bytes_left"])
    text = (
        f"{work['step']}: {counted(work['records'], 'record')},"
        f" {counted(work['extents'], 'extent')}, {left} bytes ({size(left)}) left,"
        f" {size(int(work['bytes_per_s']))}/s"
    )
    return text if work["left_s"] is None else f"{text}, about {duration(work['left_s'])}"


def set_line(volume: Shown, each: Shown) -> str:
    """Return one line about a replica set."""
    count, good = len(volume["bricks"]), len(each["in_sync"])
    state = "DEGRADED" if each["degraded"] else "healthy"
    return (
        f"{state}: {good} of {counted(count, 'brick')} in sync, quorum {each['quorum']},"
        f" primary {each['primary'] or 'none'}"
    )


def show_bricks(volume: Shown) -> None:
    """Print a table of a volume's bricks and what they lack."""
    rows = [_row(brick) for brick in volume["bricks"]]
    headings = ("Brick", "State", "Step", "Records", "Extents", "Bytes", "Rate", "Time left")
    show_table(headings, rows, "")


def _row(brick: Shown) -> Sequence[str]:
    work = brick.get("work")
    if work is None or brick["state"] != "healing":
        lag = brick.get("lag")
        return (brick["name"], brick["state"], "-", "-" if lag is None else str(lag), *"----")
    left_s = work["left_s"]
    return (
        brick["name"],
        brick["state"],
        work["step"],
        str(work["records"]),
        str(work["extents"]),
        f"{work['bytes_left']} ({size(work['bytes_left'])})",
        f"{size(int(work['bytes_per_s']))}/s",
        "-" if left_s is None else duration(left_s),
    )


def show_troubles(volumes: Iterable[Shown]) -> None:
    """Print what is wrong with volumes and their bricks, if anything."""
    for volume in volumes:
        name, reason = volume["name"], volume["reason"]
        bricks = volume["bricks"]
        if reason and reason not in [brick["reason"] for brick in bricks]:
            refused = "changes are refused: " if volume["online"] else ""
            click.echo(f"volume {name}: {refused}{reason}")
        for brick in bricks:
            for text in dict.fromkeys((brick["reason"], brick.get("error"))):
                if text:
                    click.echo(f"volume {name}, {brick['name']}: {text}")
