"""``nfsgw serve``: the daemon."""

from __future__ import annotations

import click

from nfsgw.cli.context import Context

__all__ = ["serve"]


@click.command()
@click.option("--demo", is_flag=True, help="Make a volume `demo` first if there is no volume.")
@click.pass_obj
def serve(context: Context, demo: bool) -> None:
    """Serve this machine's volumes until stopped.

    SIGTERM and SIGINT stop it after the calls under way are answered, SIGHUP reads the exports
    again, SIGUSR1 writes its state to dump.json in the state directory.
    """
    # Here, not above: the other commands need neither the daemon's code nor a reactor, and are
    # several times as quick without.
    from nfsgw.cli.daemon import run_daemon

    run_daemon(context, demo=demo)
