"""What all commands share: the settled configuration, and the way to the daemon."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nfsgw.cli.client import AdminClient
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.config import Config, ConfigError, Settled, load_config, settle
from nfsgw.config.settle import DEFAULT_PATH

__all__ = ["Context"]


@dataclass
class Context:
    """The global options, and what follows from them.

    :param config_path: ``--config``; None: the usual place, if there is a file.
    :param state: ``--state``; None: as configured.
    """

    config_path: Path | None
    state: Path | None

    @cached_property
    def settled(self) -> Settled:
        """Return the configuration without open choices.

        :raises CommandError: it has a mistake.
        """
        try:
            return settle(
                self._load(),
                root=os.geteuid() == 0,
                hostname=socket.gethostname(),
                home=Path.home(),
                state=self.state,
            )
        except ConfigError as error:
            raise CommandError(str(error), Exit.CONFIGURATION) from error

    @cached_property
    def client(self) -> AdminClient:
        """Return the way to the daemon of this configuration."""
        return AdminClient(self.settled.socket, self.command_line)

    @property
    def command_line(self) -> str:
        """Return how this daemon's commands begin, for hints that can be pasted."""
        words = ["nfsgw"]
        if self.config_path is not None:
            words += ["--config", str(self.config_path)]
        if self.state is not None:
            words += ["--state", str(self.state)]
        return " ".join(words)

    def _load(self) -> Config:
        if self.config_path is not None:
            return load_config(self.config_path)
        return load_config(DEFAULT_PATH) if DEFAULT_PATH.exists() else Config()
