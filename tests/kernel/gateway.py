"""The gateway under test, as an administrator would run it, inside the lab."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

from tests.kernel.lab import SERVER, Finished, Lab, Service

__all__ = ["Gateway"]

_CONFIG = """
[node]
state_directory = "{directory}/state"
exports = "{directory}/exports"
"""


class Gateway:
    """``nfsgw serve`` with a configuration of its own."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.directory = lab.directory / "gateway"
        self.directory.mkdir()
        self.exports = self.directory / "exports"
        self.config = self.directory / "nfsgw.toml"
        self.config.write_text(_CONFIG.format(directory=self.directory))
        self.exports.write_text("/demo *(rw,no_root_squash)\n")
        self._service: Service | None = None

    def command(self, *words: str) -> Finished:
        """Run one ``nfsgw`` command against this gateway."""
        return self._lab.run(sys.executable, "-m", "nfsgw", "--config", str(self.config), *words)

    def start(self) -> None:
        """Start the daemon and wait until clients can mount."""
        serve = (sys.executable, "-m", "nfsgw", "--config", str(self.config), "serve")
        self._service = self._lab.start("gateway", serve)
        self.wait_ready()

    def wait_ready(self, timeout_s: float = 30) -> None:
        """Wait until the daemon answers ``nfsgw status``."""
        assert self._service is not None
        deadline = time.monotonic() + timeout_s  # noqa: TID251 - a test's own patience
        while self.command("status").status:
            if self._service.process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                raise RuntimeError(f"the gateway did not start:\n{self._service.log.read_text()}")
            time.sleep(0.1)

    def make_volume(self, name: str) -> None:
        """Create and start a volume of one brick."""
        brick = self.directory / f"brick-{name}"
        self.command("volume", "create", name, f"{SERVER}:{brick}", "force").check()
        self.command("volume", "start", name).check()

    def export(self, volume: str) -> None:
        """Let everybody mount one more volume."""
        with self.exports.open("a") as exports:
            exports.write(f"/{volume} *(rw,no_root_squash)\n")
        self.command("exports", "reload").check()

    def locks(self, test: str) -> list[tuple[str, str]]:
        """Return what is known of the locks on a test's file: client's address and state."""
        words = ("locks", "list", "demo", "--file", f"/{test}.locked", "--json")
        listed = json.loads(self.command(*words).check())
        return sorted((lock["address"], lock["state"]) for lock in listed["locks"])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the daemon and return its exit status."""
        assert self._service is not None
        return self._service.stop(number)

    @property
    def log(self) -> Path:
        """Return the file with the daemon's output."""
        assert self._service is not None
        return self._service.log
