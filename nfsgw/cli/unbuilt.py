"""Commands that are decided but not built: they exist, say so, and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import click

from nfsgw.cli.exits import CommandError, Exit

__all__ = ["UNBUILT", "UNBUILT_VOLUME", "add_unbuilt"]

UNBUILT: Mapping[str, str] = {
    "peer": "Join machines into a pool.",
    "doctor": "Say why it is slow or unhealthy, and what to type.",
}

_HINTS: Mapping[str, str] = {
    "doctor": "`nfsgw status` and `nfsgw volume status` show what is known",
    "profile": "operations and their times are among the metrics, see README.md",
    "top": "operations and their times are among the metrics, see README.md",
    "quota": "nothing is limited but by the room on the disk",
}
_HINT = "this version has volumes of one replica set on one machine"

UNBUILT_VOLUME: Mapping[str, str] = {
    "rebalance": "Spread a volume's content over its bricks.",
    "quota": "Limit what directories may hold.",
    "profile": "Measure operations of a volume.",
    "top": "Show the busiest files.",
    "geo-replication": "Copy a volume to a distant place.",
}


def add_unbuilt(group: click.Group, commands: Mapping[str, str], prefix: str) -> None:
    """Add commands to ``group`` that only say "not built yet" (exit code 4)."""
    for name, does in commands.items():
        group.add_command(_unbuilt(name, does, prefix))


def _unbuilt(name: str, does: str, prefix: str) -> click.Command:
    @click.command(
        name,
        help=f"{does} (Not built yet.)",
        short_help=f"(Not built yet.) {does}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def command() -> None:
        raise CommandError(
            f"{prefix}{name}: not built yet; {_HINTS.get(name, _HINT)}", Exit.NOT_BUILT
        )

    return command
