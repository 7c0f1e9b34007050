"""``nfsgw volume heal``: how bricks come back into sync, and whether they are equal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from nfsgw.cli.context import Context
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.output import confirm, counted, json_option, show_json, size, yes_option
from nfsgw.cli.progress import Bar, follow
from nfsgw.cli.sets import set_line, show_bricks, show_troubles, work_text

__all__ = ["heal"]


@click.command(short_help="Show what bricks lack; compare bricks; copy one anew.")
@click.argument("name")
@click.argument("action", type=click.Choice(["info", "verify", "full"]), required=False)
@click.argument("brick", required=False, metavar="[HOST:/BRICK]")
@click.option("--watch", is_flag=True, help="With info: follow it until all bricks are in sync.")
@yes_option
@json_option
@click.pass_obj
def heal(
    context: Context,
    name: str,
    action: str | None,
    brick: str | None,
    watch: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Show what the bricks of a volume lack, and compare or copy them.

    A brick that was away heals by itself; nothing needs to be started.

    info: what each brick still lacks, exactly, and how long that takes.

    verify: compare all bricks that are in sync, by checksum, while clients work.  Differences are
    mended where a majority agrees; exits with 6 if some are left.

    full: copy everything anew to a brick (asks first if that is in sync); without a brick, to
    those that are healing.
    """
    if brick is not None and action != "full":
        raise click.UsageError(f"{brick!r}: only `full` takes a brick")
    if watch and action not in (None, "info"):
        raise click.UsageError("--watch goes with info")
    if action == "verify":
        _verify(context, name, as_json)
    elif action == "full":
        _full(context, name, brick, yes, as_json)
    else:
        _info(context, name, started=action is None, watch=watch, as_json=as_json)


def _info(context: Context, name: str, *, started: bool, watch: bool, as_json: bool) -> None:
    def ask() -> dict[str, Any]:
        volume: dict[str, Any] = context.client.get("volumes", name, "heal")
        if watch and as_json:
            click.echo(json.dumps(volume, ensure_ascii=False))
        return volume

    if started and not as_json:
        click.echo("Bricks that were away heal by themselves; nothing needs to be started.")
    volume = follow(ask, _heal_bars, _is_well, quiet=as_json) if watch else ask()
    if as_json:
        if not watch:
            show_json(volume)
        return
    for each in volume["sets"]:
        click.echo(f"volume {name}: {set_line(volume, each)}")
    show_bricks(volume)
    show_troubles([volume])


def _is_well(volume: dict[str, Any]) -> bool:
    return volume["online"] and not any(each["degraded"] for each in volume["sets"])


def _heal_bars(volume: dict[str, Any]) -> Sequence[Bar]:
    bars = []
    for brick in volume["bricks"]:
        work = brick.get("work")
        if brick["state"] == "healing" and work is not None:
            done, left = int(work["done_bytes"]), int(work["bytes_left"])
            bars.append(Bar(brick["name"], work_text(work), done, done + left))
        elif brick["state"] not in ("primary", "in sync", "online"):
            bars.append(Bar(brick["name"], f"{brick['state']}: {brick['reason'] or '-'}", 0, 0))
    return bars


def _verify(context: Context, name: str, as_json: bool) -> None:
    def ask() -> dict[str, Any]:
        answer = context.client.get("volumes", name, "verify")["verification"]
        if answer is None:
            raise CommandError(
                f"volume {name}: the comparison is gone, since the volume was started anew;"
                " begin it again",
                Exit.REFUSED,
            )
        done: dict[str, Any] = answer
        return done

    context.client.post("volumes", name, "verify")
    found = follow(
        ask,
        lambda found: [_verify_bar(name, found)],
        lambda found: not found["running"],
        quiet=as_json,
    )
    if as_json:
        show_json(found)
    else:
        _show_verification(context, name, found)
    if found["error"]:
        raise CommandError(
            f"volume {name}: the comparison ended early: {found['error']}", Exit.REFUSED
        )
    left = found["count"] - found["mended"]
    if left:
        raise CommandError(
            f"volume {name}: {counted(found['count'], 'difference')}, {found['mended']} mended,"
            f" {left} left."
            f" `volume heal {name} full BRICK` copies the brick that is wrong anew",
            Exit.DAMAGED,
        )


def _verify_bar(name: str, found: dict[str, Any]) -> Bar:
    text = (
        f"{counted(found['items'], 'item')},"
        f" {found['extents']} of {counted(found['extents_total'], 'extent')},"
        f" {size(found['bytes_done'])} read, {counted(found['count'], 'difference')}"
    )
    return Bar(f"verify {name}", text, found["extents"], found["extents_total"])


def _show_verification(context: Context, name: str, found: dict[str, Any]) -> None:
    for each in found["divergences"]:
        end = "mended" if each["mended"] else "NOT MENDED"
        click.echo(f"{each['brick']}: {each['where']}: {end}")
    more = found["count"] - len(found["divergences"])
    if more:
        click.echo(f"... and {more} more")
    volume = context.client.get("volumes", name, "heal")
    for brick in volume["bricks"]:
        if brick["state"] not in ("primary", "in sync"):
            click.echo(f"{brick['name']}: {brick['state']}, so not compared")
    if not found["error"]:
        left = found["count"] - found["mended"]
        result = (
            f"{counted(found['count'], 'difference')}, {found['mended']} mended, {left} left"
            if found["count"]
            else "equal"
        )
        click.echo(
            f"volume heal verify: {name}: {result}: {counted(found['items'], 'item')} and"
            f" {counted(found['extents'], 'extent')} compared"
        )


def _full(context: Context, name: str, brick: str | None, yes: bool, as_json: bool) -> None:
    if brick is not None:
        volume = context.client.get("volumes", name, "heal")
        states = {each["name"]: each["state"] for each in volume["bricks"]}
        if states.get(brick, "in sync") in ("primary", "in sync"):
            others = sum(state in ("primary", "in sync") for state in states.values()) - 1
            confirm(
                f"{brick} is in sync. Until everything is copied to it anew it does not count, and"
                f" volume {name} has {counted(others, 'brick')} in sync.",
                yes=yes,
            )
    volume = context.client.post("volumes", name, "heal", body={"full": brick})
    if as_json:
        show_json(volume)
        return
    click.echo(f"volume heal: {name}: full heal has begun; to see how far it is:")
    click.echo(f"  {context.command_line} volume heal {name} info --watch")
