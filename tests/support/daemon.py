"""A real daemon on high ports of the loopback, as a child process with a directory of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from tests.support.client import NfsClient

__all__ = ["Daemon", "free_ports"]

_CONFIG = """
[node]
state_directory = "{directory}/state"
exports = "{directory}/exports"
[listen]
addresses = ["127.0.0.1"]
nfs_port = {nfs_port}
mount_port = {mount_port}
nlm_port = {nlm_port}
nsm_port = {nsm_port}
portmap = "none"
[log]
level = "warn"
"""


class Daemon:
    """``nfsgw serve`` for a test; use as a context manager.

    :param directory: an empty directory for state, bricks, configuration and log.
    :param exports: the exports file.
    :param prefix: a command to run the daemon under, such as a profiler.
    :ivar serve: the command that starts it.
    """

    def __init__(
        self,
        directory: Path,
        exports: str = "/demo *(rw,no_root_squash,insecure)\n",
        prefix: tuple[str, ...] = (),
    ) -> None:
        self.directory = directory
        self.nfs_port, self.mount_port, self.nlm_port, self.nsm_port = free_ports(4)
        self.log = directory / "log"
        self._prefix = prefix
        self.serve: tuple[str, ...] = ("serve",)
        self.config = directory / "nfsgw.toml"
        self.config.write_text(
            _CONFIG.format(
                directory=directory,
                nfs_port=self.nfs_port,
                mount_port=self.mount_port,
                nlm_port=self.nlm_port,
                nsm_port=self.nsm_port,
            )
        )
        (directory / "exports").write_text(exports)

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers ``nfsgw status``."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._prefix, *self._nfsgw(*self.serve)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30  # noqa: TID251 - outside the daemon
        while subprocess.run(self._nfsgw("status"), capture_output=True, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                raise RuntimeError(f"the daemon did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal the daemon, and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def command(self, *words: str) -> str:
        """Run one ``nfsgw`` command and return its output; its failure is an error."""
        done = subprocess.run(self._nfsgw(*words), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"nfsgw {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def make_volume(self, name: str, durable: bool, replica: int = 1) -> None:
        """Create and start a volume with so many copies, each on a brick of its own."""
        bricks = [f"localhost:{path}" for path in self.bricks(name, replica)]
        words = ["replica", str(replica)] if replica > 1 else []
        self.command("volume", "create", name, *words, *bricks, "force")
        setting = "durable" if durable else "none"
        self.command("volume", "set", name, "storage.durability", setting)
        self.command("volume", "start", name)

    def brick(self, name: str) -> Path:
        """Return the directory of a volume's first brick."""
        return self.directory / f"brick-{name}"

    def bricks(self, name: str, replica: int = 3) -> list[Path]:
        """Return the directories of a volume's bricks, which lie side by side."""
        first = self.brick(name)
        others = (self.directory / f"brick-{name}-{n}" for n in range(2, replica + 1))
        return [first, *others]

    def client(self) -> NfsClient:
        """Return a client of this daemon."""
        return NfsClient("127.0.0.1", self.nfs_port, self.mount_port)

    def _nfsgw(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "nfsgw", "--config", str(self.config), *words]


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
