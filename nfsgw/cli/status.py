"""``nfsgw status`` and ``nfsgw mounts``: what the daemon is doing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from nfsgw.cli.context import Context
from nfsgw.cli.output import counted, duration, json_option, show_fields, show_json, show_table
from nfsgw.cli.sets import health_word, show_troubles, worst_lag

__all__ = ["mounts", "status"]


@click.command()
@json_option
@click.pass_obj
def status(context: Context, as_json: bool) -> None:
    """Show the daemon's state, its ports, and how its volumes are."""
    report = context.client.get("status")
    if as_json:
        show_json(report)
        return
    ports = report["ports"]
    show_fields(
        [
            ("Node", f"{report['name']} (nfsgw {report['version']}, pid {report['pid']})"),
            ("State", f"{report['state']} for {duration(report['uptime_s'])}"),
            ("State directory", report["state_directory"]),
            ("Ports", ", ".join(f"{name} {port}" for name, port in ports.items())),
            ("Portmap", report["portmap"]),
            ("Exports", report["exports"]),
            ("Connections", str(report["connections"])),
            ("Locks", _locks(report)),
        ]
    )
    click.echo()
    headings = ("Volume", "Status", "Health", "Primary", "In sync", "Lag")
    show_table(headings, [_row(entry) for entry in report["volumes"]], "No volumes present")
    show_troubles(report["volumes"])
    if report["mount"]:
        click.echo()
    for way in report["mount"]:
        click.echo(way["command"])


def _locks(report: dict[str, Any]) -> str:
    """Return how many locks there are in all volumes, in words."""

    def total(key: str) -> int:
        return sum(entry[key] for entry in report["locks"])

    words = [f"{total('held')} held", f"{total('waiting')} waiting"]
    words.append(f"{counted(total('clients'), 'client')} with locks")
    hosts = report["monitored_hosts"]
    if hosts:
        words.append(f"{counted(hosts, 'host')} monitored for this machine")
    return ", ".join(words)


def _row(volume: dict[str, Any]) -> Sequence[str]:
    """Return a volume's row: who orders its changes, who has them all, how far others are."""
    primaries = [each["primary"] or "none" for each in volume["sets"]]
    in_sync = [name for each in volume["sets"] for name in each["in_sync"]]
    return (
        volume["name"],
        volume["status"],
        health_word(volume),
        ", ".join(primaries) or "-",
        ", ".join(in_sync) or "-",
        worst_lag(volume["bricks"]),
    )


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
