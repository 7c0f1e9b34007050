"""Gluster's grammar for bricks: ``[replica N] [transport tcp] HOST:/DIRECTORY ... [force]``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import click

from nfsgw.backend.volume.options import BRICKS_MAX
from nfsgw.cli.exits import CommandError, Exit

__all__ = ["Bricks", "Creation", "check_replica", "not_built", "parse_bricks", "parse_creation"]

_OTHER_KINDS = (
    "stripe",
    "disperse",
    "disperse-data",
    "redundancy",
    "arbiter",
    "thin-arbiter",
)


@dataclass(frozen=True, slots=True)
class Bricks:
    """Bricks that a command names.

    :param replica: the number behind ``replica``; None if there was none.
    :param last: the word behind the bricks, such as ``force``; None if there was none.
    """

    bricks: tuple[str, ...]
    replica: int | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Creation:
    """What ``volume create`` was asked for."""

    name: str
    bricks: tuple[str, ...]
    force: bool = False


def parse_bricks(words: Sequence[str], last: Collection[str]) -> Bricks:
    """Read words about bricks.

    :param last: words that may stand behind the bricks.
    :raises click.UsageError: words that we do not understand.
    :raises CommandError: something that is not built yet.
    """
    rest = list(words)
    replica: int | None = None
    while rest and ":" not in rest[0] and rest[0] not in last:
        word = rest.pop(0)
        if word in _OTHER_KINDS:
            raise not_built(word)
        if word == "replica":
            replica = _count(word, rest)
        elif word == "transport":
            kind = rest.pop(0) if rest else ""
            if kind != "tcp":
                raise click.UsageError(f"transport must be tcp, not {kind!r}")
        else:
            raise click.UsageError(
                f"{word!r} is neither a brick (HOST:/DIRECTORY) nor one of replica, transport"
            )
    end = rest.pop() if rest and rest[-1] in last else None
    for brick in rest:
        if ":/" not in brick or brick.startswith(":/"):
            raise click.UsageError(f"{brick!r} is not a brick; a brick is HOST:/DIRECTORY")
    if not rest:
        raise click.UsageError("no brick; a brick is HOST:/DIRECTORY")
    return Bricks(tuple(rest), replica, end)


def _count(word: str, rest: list[str]) -> int:
    text = rest.pop(0) if rest else ""
    if not text.isdecimal() or not 1 <= int(text) <= BRICKS_MAX:
        raise click.UsageError(
            f"{word} must be followed by a number from 1 to {BRICKS_MAX}, not {text!r}"
        )
    return int(text)


def parse_creation(name: str, words: Sequence[str]) -> Creation:
    """Read what follows ``volume create NAME``.

    :raises click.UsageError: words that we do not understand, or bricks that do not add up.
    :raises CommandError: something that is not built yet.
    """
    asked = parse_bricks(words, ("force",))
    replica, count = asked.replica or 1, len(asked.bricks)
    if count % replica:
        raise click.UsageError(
            f"replica {replica} with {count} bricks: the number of bricks must be {replica}"
        )
    if count > replica:
        raise not_built(
            f"{count // replica} replica sets (a distributed volume)"
            if replica > 1
            else "a distributed volume"
        )
    return Creation(name, asked.bricks, asked.last == "force")


def check_replica(command: str, asked: Bricks, present: int, change: int) -> None:
    """Look whether ``replica N`` is what the volume will have.

    :param present: how many bricks it has; ``change``: how many come, or go if negative.
    :raises CommandError: there is no ``replica N``, which would mean distribution.
    :raises click.UsageError: another N.
    """
    right = present + change
    if asked.replica is None:
        raise CommandError(
            f"volume {command}: without `replica N` it is about distributed volumes, which are not"
            f" built yet; the volume has {present} copies, so write `replica {right}`",
            Exit.NOT_BUILT,
        )
    if asked.replica != right:
        raise click.UsageError(
            f"the volume has {present} bricks, so it must be `replica {right}`, not"
            f" `replica {asked.replica}`"
        )


def not_built(what: str) -> CommandError:
    """Return the error for a kind of volume that this version cannot make."""
    return CommandError(
        f"{what}: not built yet; this version has volumes of one replica set on one machine",
        Exit.NOT_BUILT,
    )
