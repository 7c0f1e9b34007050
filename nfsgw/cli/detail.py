"""``nfsgw volume status NAME detail``, in Gluster's layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from nfsgw.cli.output import size
from nfsgw.cli.sets import lag_text, set_line

__all__ = ["show_detail"]

_RULE = "-" * 78


def show_detail(volumes: Iterable[Mapping[str, Any]]) -> None:
    """Print each brick with its disk, and each set with who is in it."""
    empty = True
    for volume in volumes:
        empty = False
        click.echo(f"Status of volume: {volume['name']}")
        _show(_volume_fields(volume))
        for brick in volume["bricks"]:
            click.echo(_RULE)
            _show(_brick_fields(brick))
        click.echo()
    if empty:
        click.echo("No volumes present")


def _show(fields: Iterable[tuple[str, object]]) -> None:
    for name, value in fields:
        click.echo(f"{name:<20} : {'N/A' if value is None else value}")


def _volume_fields(volume: Mapping[str, Any]) -> list[tuple[str, object]]:
    fields: list[tuple[str, object]] = [("Type", volume["type"]), ("Status", volume["status"])]
    for each in volume["sets"]:
        fields += [
            ("Replica Set", f"{each['number']}: {set_line(volume, each)}"),
            ("In Sync", ", ".join(each["in_sync"]) or None),
            ("Epoch", each["epoch"]),
        ]
    if volume["reason"]:
        fields.append(("Reason", volume["reason"]))
    return fields


def _brick_fields(brick: Mapping[str, Any]) -> list[tuple[str, object]]:
    space, inodes = brick.get("space") or {}, brick.get("inodes") or {}
    serves = brick["state"] in ("primary", "in sync", "healing", "online")
    fields: list[tuple[str, object]] = [
        ("Brick", f"Brick {brick['name']}"),
        ("State", brick["state"]),
        ("Lag", lag_text(brick)),
        ("Online", "Y" if serves else "N"),
        ("Pid", brick.get("pid") if serves else None),
        ("File System", brick.get("file_system")),
        ("Device", brick.get("device")),
        ("Mount Options", brick.get("mount_options")),
        ("Inode Size", brick.get("inode_size")),
        ("Disk Space Free", size(space["free"]) if space else None),
        ("Total Disk Space", size(space["total"]) if space else None),
        ("Inode Count", inodes.get("total")),
        ("Free Inodes", inodes.get("free")),
    ]
    for what in ("reason", "error"):
        if brick.get(what):
            fields.append((what.capitalize(), brick[what]))
    return fields
