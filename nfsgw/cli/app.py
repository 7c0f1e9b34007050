"""The command line: global options, the groups, and the one place where errors become text."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from nfsgw import __version__
from nfsgw.cli.brick import brick
from nfsgw.cli.context import Context
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.exports import exports
from nfsgw.cli.locks import locks
from nfsgw.cli.serve import serve
from nfsgw.cli.status import mounts, status
from nfsgw.cli.unbuilt import UNBUILT, add_unbuilt
from nfsgw.cli.volume import volume
from nfsgw.errors import NfsgwError

__all__ = ["application", "main"]


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="NFSGW_CONFIG",
    help="The configuration file (usually /etc/nfsgw/nfsgw.toml, if it exists).",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="NFSGW_STATE",
    help="The state directory, in place of the configured one.",
)
@click.version_option(__version__, prog_name="nfsgw")
@click.pass_context
def application(click_context: click.Context, config: Path | None, state: Path | None) -> None:
    """Redundant NFS for plain Linux machines.

    Without a command: serve, with a demonstration volume if there is none yet.  Exit codes are in
    README.md.
    """
    click_context.obj = Context(config, state)
    if click_context.invoked_subcommand is None:
        click_context.invoke(serve, demo=True)


for _command in (serve, status, mounts, locks, volume, exports, brick):
    application.add_command(_command)
add_unbuilt(application, UNBUILT, "")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with the documented code."""
    try:
        result = application.main(arguments, prog_name="nfsgw", standalone_mode=False)
    except click.Abort:
        click.echo("nfsgw: interrupted", err=True)
        sys.exit(130)
    except CommandError as error:
        error.show()
        sys.exit(error.code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NfsgwError as error:
        CommandError(str(error), Exit.REFUSED).show()
        sys.exit(Exit.REFUSED)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does; nothing is wrong.
        sys.stderr.close()
        sys.exit(Exit.OK)
    except Exception:  # noqa: BLE001 - the last resort
        traceback.print_exc()
        click.echo("nfsgw: this is a defect of nfsgw; please report the lines above", err=True)
        sys.exit(Exit.DEFECT)
    sys.exit(result if isinstance(result, int) else Exit.OK)
