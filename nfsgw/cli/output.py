"""How commands show things: tables and lists on a terminal, JSON for programs, questions."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from nfsgw.cli.exits import CommandError, Exit

__all__ = [
    "confirm",
    "counted",
    "duration",
    "json_option",
    "printable",
    "show_fields",
    "show_json",
    "show_table",
    "size",
    "yes_option",
]

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add ``--json`` to a listing; the command gets ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(
        function
    )


def yes_option(function: F) -> F:
    """Add ``--yes`` to a command that asks before it destroys."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask.")(function)


def show_json(document: object) -> None:
    """Print JSON."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print a table, or ``empty`` if it has no rows."""
    # Here, not above: rich takes longer to import than most commands take to run.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # Text, not str: names from clients must not be read as rich's markup.
        table.add_row(*(Text(printable(cell)) for cell in row))
    if not table.row_count:
        click.echo(empty)
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        # Wide, so that nothing is cut or folded where programs read.
        console = Console(highlight=False, width=500)
    console.print(table)


def printable(text: str) -> str:
    """Return a text from a stranger with all that a terminal might obey written as an escape."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def show_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Print ``Name: value`` lines, as Gluster's ``volume info`` does."""
    for name, value in fields:
        click.echo(f"{name}: {value}")


def size(count: int) -> str:
    """Return a number of bytes for people: ``"1.5 GiB"``."""
    units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    value, unit = float(count), 0
    while value >= 1024 and unit < len(units) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {units[unit]}"


def counted(count: int, what: str) -> str:
    """Return a number of things: ``"1 record"``, ``"2 records"``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def duration(seconds: float) -> str:
    """Return a time span for people, in its two largest units, not shorter than it is."""
    left = math.ceil(seconds)
    parts = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def confirm(consequence: str, *, yes: bool) -> None:
    """Ask before something is destroyed.

    :param consequence: what will happen, a sentence.
    :raises CommandError: the answer is no, or nobody is there to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(
            f"{consequence} Standard input is no terminal, so nobody can be asked: add --yes"
            " if that is meant",
            Exit.NOT_CONFIRMED,
        )
    if not click.confirm(f"{consequence} Continue?"):
        raise CommandError("nothing was changed", Exit.NOT_CONFIRMED)
