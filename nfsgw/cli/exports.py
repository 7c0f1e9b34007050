"""``nfsgw exports``: check the exports file before it counts, and put it in force."""

from __future__ import annotations

from pathlib import Path

import click

from nfsgw.cli.context import Context
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.output import json_option, show_json, show_table
from nfsgw.exports.options import describe
from nfsgw.exports.syntax import ExportsError, ParsedExports, parse

__all__ = ["exports"]


@click.group()
def exports() -> None:
    """Check and reload who may mount what."""


@exports.command(short_help="Check an exports file without putting it in force.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@json_option
@click.pass_obj
def check(context: Context, file: Path | None, as_json: bool) -> None:
    """Check FILE (usually /etc/nfsgw/exports) without putting it in force.

    Shows every rule with all its options, and notes those that are accepted without effect.
    """
    path = file or context.settled.exports
    if file is None and not path.exists():
        if as_json:
            show_json({"file": str(path), "exists": False, "notes": [], "exports": []})
        else:
            click.echo(f"{path} does not exist: volumes are exported to this machine only")
        return
    try:
        parsed = parse(path.read_bytes(), str(path))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", Exit.CONFIGURATION) from None
    except ExportsError as error:
        raise CommandError(f"{path} cannot be used\n{error}", Exit.CONFIGURATION) from None
    if as_json:
        show_json(_as_json(path, parsed))
        return
    for note in parsed.notes:
        click.echo(f"{note} (note)")
    rows = [
        (_shown(export.volume, export.directory), rule.client.text, describe(rule.options))
        for export in parsed.exports
        for rule in export.rules
    ]
    show_table(("Path", "Client", "Options"), rows, f"{path} exports nothing: nobody may mount")


@exports.command(short_help="Put the exports file in force.")
@json_option
@click.pass_obj
def reload(context: Context, as_json: bool) -> None:
    """Put the exports file in force, as SIGHUP does.

    With mistakes in the file the old rules stay, all of them.
    """
    result = context.client.post("exports", "reload")
    if as_json:
        show_json(result)
        return
    for note in result["notes"]:
        click.echo(f"{note} (note)")
    click.echo("exports reload: success")


def _as_json(path: Path, parsed: ParsedExports) -> dict[str, object]:
    return {
        "file": str(path),
        "exists": True,
        "notes": [str(note) for note in parsed.notes],
        "exports": [
            {
                "path": _shown(export.volume, export.directory),
                "client": rule.client.text,
                "options": describe(rule.options),
                "line": rule.line,
            }
            for export in parsed.exports
            for rule in export.rules
        ],
    }


def _shown(volume: str, directory: tuple[bytes, ...]) -> str:
    names = [volume, *(name.decode("utf-8", "backslashreplace") for name in directory)]
    return "/" + "/".join(names)
