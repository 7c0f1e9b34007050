"""``nfsgw serve``: the daemon."""

from __future__ import annotations

import click

from nfsgw.cli.context import Context

__all__ = ["serve"]


@click.command()
@click.option("--demo", is_flag=True, help="Make a volume `demo` first if there is no volume.")
@click.pass_obj
def serve(context: Context, demo: bool) -> None:
    """Serve this machine's volumes until stopped."""
