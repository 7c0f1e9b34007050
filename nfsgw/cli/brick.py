"""``nfsgw brick``: looking at a brick without a daemon."""

from __future__ import annotations

import click

__all__ = ["brick"]


@click.group()
def brick() -> None:
    """Look at bricks that no daemon is using."""
