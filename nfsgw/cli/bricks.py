"""``nfsgw volume add-brick``, ``remove-brick`` and ``replace-brick``."""

from __future__ import annotations

from typing import Any

import click

from nfsgw.cli.context import Context
from nfsgw.cli.grammar import Bricks, check_replica, parse_bricks
from nfsgw.cli.output import confirm, counted, json_option, show_json, yes_option

__all__ = ["add_brick", "remove_brick", "replace_brick"]


@click.command("add-brick", short_help="Give a volume one more copy.")
@click.argument("name")
@click.argument("words", nargs=-1, required=True, metavar="replica N+1 HOST:/BRICK [force]")
@json_option
@click.pass_obj
def add_brick(context: Context, name: str, words: tuple[str, ...], as_json: bool) -> None:
    """Give a volume one more copy of everything, while clients work.

    N+1 is how many bricks it will have.  The new brick is an empty directory; it is filled in the
    background.
    """
    asked = parse_bricks(words, ("force",))
    present = len(context.client.get("volumes", name, "heal")["bricks"])
    check_replica("add-brick", asked, present, len(asked.bricks))
    changed = None
    for brick in asked.bricks:
        body = {"add": brick, "force": asked.last == "force"}
        changed = context.client.post("volumes", name, "bricks", body=body)
    if as_json:
        show_json(changed)
        return
    click.echo("volume add-brick: success")
    _show_watch(context, name)


@click.command("remove-brick", short_help="Take a copy out of a volume.")
@click.argument("name")
@click.argument(
    "words", nargs=-1, required=True, metavar="replica N-1 HOST:/BRICK [start|commit|force]"
)
@yes_option
@json_option
@click.pass_obj
def remove_brick(
    context: Context, name: str, words: tuple[str, ...], yes: bool, as_json: bool
) -> None:
    """Take a copy out of a volume (asks first); what the brick's directory holds stays there.

    N-1 is how many bricks it will have.  `start`, `commit` and `force` all mean the same, since
    the other bricks have everything already.
    """
    asked = parse_bricks(words, ("force", "start", "commit", "stop", "status"))
    if asked.last in ("stop", "status"):
        raise click.UsageError(
            f"{asked.last}: a copy is removed at once, so there is nothing to"
            f" {'stop' if asked.last == 'stop' else 'show'}"
        )
    volume = context.client.get("volumes", name, "heal")
    check_replica("remove-brick", asked, len(volume["bricks"]), -len(asked.bricks))
    confirm(_consequence(volume, asked), yes=yes)
    changed: dict[str, Any] = {}
    for brick in asked.bricks:
        changed = context.client.post("volumes", name, "bricks", body={"remove": brick})
    if as_json:
        show_json(changed)
        return
    click.echo("volume remove-brick: success")
    for brick in asked.bricks:
        click.echo(f"  its data is still in {brick}")


def _consequence(volume: dict[str, Any], asked: Bricks) -> str:
    left = [brick for brick in volume["bricks"] if brick["name"] not in asked.bricks]
    good = sum(brick["state"] in ("primary", "in sync") for brick in left)
    return (
        f"Removing {', '.join(asked.bricks)} from volume {volume['name']} leaves"
        f" {counted(len(volume['bricks']) - len(asked.bricks), 'brick')}, {good} in sync."
    )


@click.command("replace-brick", short_help="Put a brick in the place of another.")
@click.argument("name")
@click.argument("old", metavar="OLD_HOST:/BRICK")
@click.argument("new", metavar="NEW_HOST:/BRICK")
@click.argument("words", nargs=-1, metavar="[commit] [force]")
@json_option
@click.pass_obj
def replace_brick(
    context: Context, name: str, old: str, new: str, words: tuple[str, ...], as_json: bool
) -> None:
    """Put a brick in the place of another one, while clients work.

    The new one is an empty directory and is filled in the background.  The old one goes when the
    new one is in sync; at once if it is not in sync itself.

    OLD and NEW may be the same, when the disk there was replaced or wiped.
    """
    unknown = [word for word in words if word not in ("commit", "force")]
    if unknown:
        raise click.UsageError(f"{unknown[0]!r} is neither commit nor force")
    parse_bricks((old, new), ())
    body = {"replace": old, "with": new, "force": "force" in words}
    changed = context.client.post("volumes", name, "bricks", body=body)
    if as_json:
        show_json(changed)
        return
    click.echo("volume replace-brick: success")
    _show_watch(context, name)


def _show_watch(context: Context, name: str) -> None:
    click.echo("  the new brick is being filled; to see how far it is:")
    click.echo(f"  {context.command_line} volume heal {name} info --watch")
