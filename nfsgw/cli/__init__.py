"""The command ``nfsgw``."""

from nfsgw.cli.app import main

__all__ = ["main"]
