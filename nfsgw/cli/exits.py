"""Exit codes of every command, and the errors that carry them; README.md has the same table."""

from __future__ import annotations

from enum import IntEnum

import click

__all__ = ["CommandError", "Exit"]


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    """Done."""
    REFUSED = 1
    """The daemon refused, or the thing named does not exist; the message says why."""
    USAGE = 2
    """The command line is wrong."""
    NOT_RUNNING = 3
    """The daemon does not answer on its admin socket."""
    NOT_BUILT = 4
    """This version cannot do it yet."""
    CONFIGURATION = 5
    """nfsgw.toml or the exports file has a mistake; the message says file and line."""
    DAMAGED = 6
    """`brick check` found damage, or `heal verify` differences that it could not mend."""
    CANNOT_START = 7
    """The daemon cannot start: a port is taken, the state directory cannot be used."""
    NOT_CONFIRMED = 8
    """A question was answered with no, or could not be asked (then: --yes)."""
    DEFECT = 70
    """A mistake of ours; please report it with the traceback."""


class CommandError(click.ClickException):
    """A command failed for a reason that the user can act on.

    :param message: what is wrong, where, and what to do.
    """

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code

    def show(self, file: object = None) -> None:
        """Print the message to standard error, as one program among others in a log."""
        click.echo(f"nfsgw: {self.format_message()}", err=True)
