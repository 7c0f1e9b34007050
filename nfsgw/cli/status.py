"""``nfsgw status`` and ``nfsgw mounts``: what the daemon is doing."""

from __future__ import annotations

import click

from nfsgw.cli.context import Context
from nfsgw.cli.output import json_option, show_errors, show_fields, show_json, show_table

__all__ = ["mounts", "status"]


@click.command()
@json_option
@click.pass_obj
def status(context: Context, as_json: bool) -> None:
    """Show the daemon's state, its ports and its volumes."""
    report = context.client.get("status")
    if as_json:
        show_json(report)
        return
    ports = report["ports"]
    show_fields(
        [
            ("Node", f"{report['name']} (nfsgw {report['version']}, pid {report['pid']})"),
            ("State", f"{report['state']} for {_duration(report['uptime_s'])}"),
            ("State directory", report["state_directory"]),
            ("Ports", ", ".join(f"{name} {port}" for name, port in ports.items())),
            ("Portmap", report["portmap"]),
            ("Exports", report["exports"]),
            ("Connections", str(report["connections"])),
        ]
    )
    click.echo()
    rows = [
        (entry["name"], entry["status"], ", ".join(brick["name"] for brick in entry["bricks"]))
        for entry in report["volumes"]
    ]
    show_table(("Volume", "Status", "Bricks"), rows, "No volumes present")
    show_errors(report["volumes"])
    if report["mount"]:
        click.echo()
    for way in report["mount"]:
        click.echo(way["command"])


@click.command()
@json_option
@click.pass_obj
def mounts(context: Context, as_json: bool) -> None:
    """List who has mounted what, like showmount -a.

    Clients that vanished without unmounting stay in it.
    """
    entries = context.client.get("mounts")
    if as_json:
        show_json(entries)
        return
    rows = [(entry["host"], entry["directory"]) for entry in entries]
    show_table(("Host", "Directory"), rows, "Nobody has mounted anything")


def _duration(seconds: float) -> str:
    """Return a time span for people, in its two largest units."""
    left = int(seconds)
    parts = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
