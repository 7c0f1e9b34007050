"""``nfsgw locks``: who holds which lock, who waits, and how to end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from nfsgw.cli.context import Context
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.output import (
    confirm,
    counted,
    json_option,
    printable,
    show_json,
    show_table,
    yes_option,
)

__all__ = ["locks"]

_NAMED_MAX = 5
_ACCESS = {"": "nothing", "r": "read", "w": "write", "rw": "read and write"}

_file_option = click.option(
    "--file",
    metavar="PATH",
    help="Locks on this file: its path within the volume, or 'inode N' as the list shows it.",
)
_client_option = click.option(
    "--client", metavar="CLIENT", help="Locks of this client: its address, or its name."
)
_owner_option = click.option(
    "--owner",
    metavar="NUMBER",
    type=int,
    help="Locks of this owner, a process of the client by the client's own number.",
)


@click.group()
def locks() -> None:
    """List and clear the locks that clients hold."""


@locks.command("list", short_help="Show who holds which lock, and who waits.")
@click.argument("volume", required=False)
@_file_option
@_client_option
@_owner_option
@json_option
@click.pass_obj
def list_locks(
    context: Context,
    volume: str | None,
    file: str | None,
    client: str | None,
    owner: int | None,
    as_json: bool,
) -> None:
    """Show who holds which lock, and who waits for one, in VOLUME or in all that are started.

    Each line is a range of bytes of a file, counted from 0, the last one included. A lock is held;
    or offered: it was waited for, is free, and the client is being told; or waited for; or it is
    a share: a whole file that is reserved, as programs for Windows do.

    A file that was removed, or whose path would take long to find, is shown as `inode N`.
    """
    query = _choice(volume, file, client, owner)
    found = context.client.get("locks", query={key: str(value) for key, value in query.items()})
    if as_json:
        show_json(found)
        return
    headings = ("Volume", "File", "Client", "Owner", "Range", "Mode", "State", "Since")
    rows = [_row(line) for line in found["locks"]]
    show_table(headings, rows, "No locks" if not query else "No such locks")
    cut = found["total"] - len(rows)
    if cut:
        click.echo(
            f"... and {cut} more: name a VOLUME, or use --file, --client or --owner to see those"
        )
    for each in found["unavailable"]:
        click.echo(_unknown(each))


@locks.command("clear", short_help="Take locks away from a file or a client.")
@click.argument("volume", required=False)
@_file_option
@_client_option
@_owner_option
@yes_option
@json_option
@click.pass_obj
def clear_locks(
    context: Context,
    volume: str | None,
    file: str | None,
    client: str | None,
    owner: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Take the locks on a file, or those of a client, away (asks first).

    This is for a client that is gone for good, or a program that hangs. A program that is alive
    does not learn of it, goes on as if it had its locks, and may spoil what others write.

    Those who wait for the locks get them at once.  With --client that client's own requests that
    wait are withdrawn too.

    Locks of clients that crash are freed by themselves when these boot again.
    """
    if file is None and client is None:
        raise click.UsageError("name what is to be cleared: --file, --client, or both")
    if owner is not None and client is None:
        raise click.UsageError("--owner goes with --client: each client counts for itself")
    choice = _choice(volume, file, client, owner)
    query = {key: str(value) for key, value in choice.items()}
    found = context.client.get("locks", query=query)
    for each in found["unavailable"]:
        raise CommandError(f"{_unknown(each)}; no lock was cleared", Exit.REFUSED)
    count = _count(found["clients"], client is not None)
    if count:
        confirm(_consequence(found["clients"], client is not None), yes=yes)
        count = context.client.post("locks", "clear", body=choice)["cleared"]
    if as_json:
        show_json({"cleared": count})
    elif count:
        click.echo(f"locks clear: {counted(count, 'lock')} cleared")
    else:
        click.echo("No such locks; nothing was changed")


def _unknown(each: Mapping[str, Any]) -> str:
    return f"volume {each['volume']}: its locks are not known now: {each['reason']}"


def _choice(
    volume: str | None, file: str | None, client: str | None, owner: int | None
) -> dict[str, str | int]:
    words = {"volume": volume, "file": file, "client": client, "owner": owner}
    return {key: value for key, value in words.items() if value is not None}


def _count(clients: Sequence[Mapping[str, Any]], waiting: bool) -> int:
    return sum(each["held"] + each["waiting"] * waiting for each in clients)


def _consequence(clients: Sequence[Mapping[str, Any]], waiting: bool) -> str:
    """Say who loses how many locks."""
    losing = [each for each in clients if _count([each], waiting)]
    volumes = list(dict.fromkeys(each["volume"] for each in losing))
    named = []
    for each in losing[:_NAMED_MAX]:
        where = f" in {each['volume']}" if len(volumes) > 1 else ""
        named.append(f"{_count([each], waiting)} of {_client(each)}{where}")
    if len(losing) > _NAMED_MAX:
        named.append(f"and those of {len(losing) - _NAMED_MAX} more")
    return (
        f"Clearing {counted(_count(losing, waiting), 'lock')} in"
        f" {'volume' if len(volumes) == 1 else 'volumes'} {', '.join(volumes)}:"
        f" {', '.join(named)}. Programs that hold them do not learn of it, and go on as if they"
        " had them."
    )


def _row(line: Mapping[str, Any]) -> Sequence[str]:
    return (
        line["volume"],
        line["file"] or f"inode {line['inode']}",
        _client(line),
        str(line["owner"]),
        _range(line["start"], line["end"]),
        _mode(line),
        line["state"],
        _since(line["since"]),
    )


def _client(line: Mapping[str, Any]) -> str:
    name = printable(line["name"])
    return f"{name} ({line['address']})" if name else str(line["address"])


def _mode(line: Mapping[str, Any]) -> str:
    if line["state"] == "share":
        return f"{_ACCESS[line['access']]}, denies {_ACCESS[line['deny']]}"
    return "exclusive" if line["exclusive"] else "shared"


def _since(text: str) -> str:
    """Return a time in the user's time zone: of today the time, else the day and the minute."""
    since = datetime.fromisoformat(text).astimezone()
    today = datetime.now().astimezone().date()
    return f"{since:%H:%M:%S}" if since.date() == today else f"{since:%Y-%m-%d %H:%M}"


def _range(start: int, end: int | None) -> str:
    """Return a range of bytes as people count it, the last one included."""
    if end is None:
        return f"{start}-end" if start else "whole file"
    return f"{start}-{end - 1}"
