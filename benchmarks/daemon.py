"""The daemon under load: a real ``nfsgw serve`` with a volume of its own, and what it costs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psutil

__all__ = ["Cost", "Daemon"]

_CONFIG = """
[node]
state_directory = "{directory}/state"
exports = "{directory}/exports"
[listen]
addresses = ["127.0.0.1"]
nfs_port = {nfs_port}
mount_port = {mount_port}
portmap = "none"
[log]
level = "warn"
"""


class Cost:
    """CPU that a process used between two moments; seconds of user and system time."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._before = process.cpu_times()

    def seconds(self) -> float:
        """Return the CPU seconds since this object was made."""
        now = self._process.cpu_times()
        return float(now.user - self._before.user + now.system - self._before.system)


class Daemon:
    """Serves volume ``bench`` from ``directory``; use as a context manager.

    :param parent: where to put brick and state: a tmpfs or a disk; the figures depend on it.
    :param durable: the volume's ``durability``.
    """

    def __init__(self, parent: Path, durable: bool, command: tuple[str, ...] = ()) -> None:
        self._prefix = command
        self.directory = Path(tempfile.mkdtemp(prefix="nfsgw-bench-", dir=parent))
        self.nfs_port, self.mount_port = _free_ports(2)
        self._durable = durable
        self._config = self.directory / "nfsgw.toml"
        self._config.write_text(
            _CONFIG.format(
                directory=self.directory, nfs_port=self.nfs_port, mount_port=self.mount_port
            )
        )
        (self.directory / "exports").write_text("/bench *(rw,no_root_squash,insecure)\n")

    def __enter__(self) -> Daemon:
        self._log = (self.directory / "log").open("wb")
        self._process = subprocess.Popen(
            [*self._prefix, *self._nfsgw("serve")], stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + 30  # noqa: TID251 - outside the daemon
        while subprocess.run(self._nfsgw("status"), capture_output=True, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                raise RuntimeError((self.directory / "log").read_text())
            time.sleep(0.1)
        self.command("volume", "create", "bench", f"localhost:{self.directory}/brick", "force")
        self.command("volume", "set", "bench", "durability", "full" if self._durable else "none")
        self.command("volume", "start", "bench")
        self.process = psutil.Process(self._process.pid)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()
        shutil.rmtree(self.directory)

    def command(self, *words: str) -> str:
        """Run one ``nfsgw`` command; its failure ends the benchmark."""
        done = subprocess.run(self._nfsgw(*words), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"nfsgw {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def load(
        self,
        program: Path,
        script: bytes,
        connections: int,
        depth: int,
        seconds: float,
        rounds: int = 0,
        separate: bool = False,
    ) -> dict[str, object]:
        """Put a load on the daemon; return the generator's figures and the CPU per call."""
        words = [str(program), "127.0.0.1", str(self.nfs_port), str(connections), str(depth)]
        words += [str(seconds), str(rounds)] + ["separate"] * separate
        cost = Cost(self.process)
        done = subprocess.run(words, input=script, capture_output=True, check=False)
        cpu_s = cost.seconds()
        if done.returncode:
            raise RuntimeError(f"{done.stderr.decode()}\n{(self.directory / 'log').read_text()}")
        figures: dict[str, object] = json.loads(done.stdout)
        figures["cpu_s"] = round(cpu_s, 4)
        return figures

    def _nfsgw(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "nfsgw", "--config", str(self._config), *words]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def build(source: Path) -> Path:
    """Compile the load generator next to the system's temporary files, if it is not there yet."""
    program = Path(tempfile.gettempdir()) / f"nfsgw-load-{os.getuid()}"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", str(program), str(source)], check=True)
    return program
