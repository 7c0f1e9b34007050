"""``nfsgw volume``: the words that Gluster's administrators know."""

from __future__ import annotations

from typing import Any

import click

from nfsgw.backend.volume.options import OPTIONS
from nfsgw.cli.bricks import add_brick, remove_brick, replace_brick
from nfsgw.cli.context import Context
from nfsgw.cli.detail import show_detail
from nfsgw.cli.grammar import parse_creation
from nfsgw.cli.heal import heal
from nfsgw.cli.output import (
    confirm,
    json_option,
    show_fields,
    show_json,
    show_table,
    size,
    yes_option,
)
from nfsgw.cli.sets import lag_text, show_troubles
from nfsgw.cli.unbuilt import UNBUILT_VOLUME, add_unbuilt

__all__ = ["volume"]


@click.group()
def volume() -> None:
    """Create, serve and change volumes."""


@volume.command("create", context_settings={"ignore_unknown_options": False})
@click.argument("name")
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="[replica N] [transport tcp] HOST:/BRICK ... [force]",
)
@json_option
@click.pass_obj
def create(context: Context, name: str, words: tuple[str, ...], as_json: bool) -> None:
    """Create a volume of bricks, each of which holds a copy of everything.

    A brick is a directory on a machine, HOST:/DIRECTORY; it is made if it does not exist.  N is
    the number of bricks: one copy on each of N disks.  The word `force` is needed for a brick on
    the root file system or on a tmpfs.
    """
    asked = parse_creation(name, words)
    body = {"name": asked.name, "bricks": asked.bricks, "force": asked.force}
    made = context.client.post("volumes", body=body)
    if as_json:
        show_json(made)
        return
    click.echo(f"volume create: {name}: success: please start the volume to access data")
    click.echo(f"  {context.command_line} volume start {name}")


@volume.command()
@click.argument("name")
@click.argument("force", type=click.Choice(["force"]), required=False)
@click.pass_obj
def start(context: Context, name: str, force: str | None) -> None:
    """Serve a volume, also after a restart."""
    context.client.post("volumes", name, "start")
    click.echo(f"volume start: {name}: success")


@volume.command()
@click.argument("name")
@click.argument("force", type=click.Choice(["force"]), required=False)
@yes_option
@click.pass_obj
def stop(context: Context, name: str, force: str | None, yes: bool) -> None:
    """Serve a volume no more.

    Its clients get errors until it is started again.
    """
    confirm(f"Stopping volume {name} makes its data inaccessible.", yes=yes)
    context.client.post("volumes", name, "stop")
    click.echo(f"volume stop: {name}: success")


@volume.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Forget a stopped volume; its bricks keep their files."""
    confirm(f"Deleting volume {name} removes all information about it.", yes=yes)
    gone = context.client.delete("volumes", name)
    click.echo(f"volume delete: {name}: success")
    for brick in gone.get("bricks", []):
        click.echo(f"  its data is still in {brick}")


@volume.command("list")
@json_option
@click.pass_obj
def list_volumes(context: Context, as_json: bool) -> None:
    """List the names of all volumes."""
    names = [entry["name"] for entry in context.client.get("volumes")]
    if as_json:
        show_json(names)
    else:
        click.echo("\n".join(names) or "No volumes present")


@volume.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def info(context: Context, name: str | None, as_json: bool) -> None:
    """Show bricks and options of volumes."""
    volumes = _chosen(context, name)
    if as_json:
        show_json(volumes)
        return
    if not volumes:
        click.echo("No volumes present")
    for entry in volumes:
        click.echo()
        show_fields(_info(entry))


def _info(entry: dict[str, Any]) -> list[tuple[str, str]]:
    fields = [
        ("Volume Name", entry["name"]),
        ("Type", entry["type"]),
        ("Volume ID", entry["id"]),
        ("Status", entry["status"]),
        ("Number of Bricks", _count(entry["bricks"])),
        ("Transport-type", "tcp"),
        ("Bricks", ""),
    ]
    fields += [(f"Brick{n}", brick["name"]) for n, brick in enumerate(entry["bricks"], 1)]
    if entry["options"]:
        fields.append(("Options Reconfigured", ""))
        fields += sorted(entry["options"].items())
    return fields


def _count(bricks: list[Any]) -> str:
    """Return a number of bricks as Gluster writes it: sets x copies = bricks."""
    return "1" if len(bricks) == 1 else f"1 x {len(bricks)} = {len(bricks)}"


@volume.command()
@click.argument("name", required=False)
@click.argument("detail", type=click.Choice(["detail"]), required=False)
@json_option
@click.pass_obj
def status(context: Context, name: str | None, detail: str | None, as_json: bool) -> None:
    """Show if bricks work, and how full they are; with `detail` all about their disks."""
    volumes = [] if name is None else [context.client.get("volumes", name)]
    if name is None:
        names = [entry["name"] for entry in context.client.get("volumes")]
        volumes = [context.client.get("volumes", each) for each in names]
    if as_json:
        show_json(volumes)
        return
    if detail:
        show_detail(volumes)
        return
    rows = []
    for entry in volumes:
        for brick in entry["bricks"]:
            space = brick.get("space") or {}
            row = [entry["name"], brick["name"], brick["state"], lag_text(brick)]
            row += [size(space[key]) if key in space else "-" for key in ("free", "total")]
            rows.append(row)
    show_table(("Volume", "Brick", "State", "Lag", "Free", "Total"), rows, "No volumes present")
    show_troubles(volumes)


@volume.command("set")
@click.argument("name")
@click.argument("pairs", nargs=-1, metavar="KEY VALUE [KEY VALUE ...]")
@json_option
@click.pass_obj
def set_options(context: Context, name: str, pairs: tuple[str, ...], as_json: bool) -> None:
    """Change options of a volume; `volume set help` lists them.

    An empty VALUE takes an option back to its default.  A started volume uses the new values from
    its next start.
    """
    if name == "help" and not pairs:
        _show_options(as_json)
        return
    if not pairs:
        raise click.UsageError("no option; write KEY VALUE, or `volume set help` to see them")
    if len(pairs) % 2:
        raise click.UsageError(f"{pairs[-1]!r} has no value; write KEY VALUE")
    options = dict(zip(pairs[::2], pairs[1::2], strict=True))
    changed = context.client.post("volumes", name, "options", body=options)
    if as_json:
        show_json(changed)
        return
    click.echo("volume set: success")
    if changed["status"] == "Started":
        click.echo("  in force from the volume's next start:")
        click.echo(f"  {context.command_line} volume stop {name}")
        click.echo(f"  {context.command_line} volume start {name}")


def _show_options(as_json: bool) -> None:
    rows = [(option.name, option.default, option.text) for option in OPTIONS.values()]
    if as_json:
        show_json([dict(zip(("name", "default", "meaning"), row, strict=True)) for row in rows])
    else:
        show_table(("Option", "Default", "Meaning"), rows, "")


def _chosen(context: Context, name: str | None) -> list[dict[str, Any]]:
    if name is None:
        volumes: list[dict[str, Any]] = context.client.get("volumes")
        return volumes
    return [context.client.get("volumes", name)]


for _command in (add_brick, remove_brick, replace_brick, heal):
    volume.add_command(_command)
add_unbuilt(volume, UNBUILT_VOLUME, "volume ")
