"""The daemon under load: a real ``nfsgw serve``, and the processor time that a load costs it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import psutil

from tests.support.daemon import Daemon

__all__ = ["Load", "build"]


class Load:
    """Puts load on a daemon.

    :param generator: the compiled load generator, from :func:`build`.
    """

    def __init__(self, daemon: Daemon, generator: Path) -> None:
        self._generator = generator
        self._port = daemon.nfs_port
        self._log = daemon.log
        self.process = psutil.Process(daemon.process.pid)

    def run(
        self,
        script: bytes,
        connections: int,
        depth: int,
        seconds: float,
        rounds: int = 0,
        separate: bool = False,
    ) -> dict[str, object]:
        """Return the generator's figures, and ``cpu_s``: the daemon's user and system seconds."""
        words = [str(self._generator), "127.0.0.1", str(self._port), str(connections), str(depth)]
        words += [str(seconds), str(rounds)] + ["separate"] * separate
        before = self.cpu_s()
        done = subprocess.run(words, input=script, capture_output=True, check=False)
        cpu_s = self.cpu_s() - before
        if done.returncode:
            raise RuntimeError(f"{done.stderr.decode()}\n{self._log.read_text()}")
        figures: dict[str, object] = json.loads(done.stdout)
        figures["cpu_s"] = round(cpu_s, 4)
        return figures

    def memory_mib(self) -> int:
        """Return the daemon's resident memory."""
        return int(self.process.memory_info().rss) >> 20

    def cpu_s(self) -> float:
        """Return the daemon's user and system seconds until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def build() -> Path:
    """Compile the load generator into the temporary directory, unless that was done before."""
    source = Path(__file__).with_name("load.c")
    program = Path(tempfile.gettempdir()) / f"nfsgw-load-{os.getuid()}"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", str(program), str(source)], check=True)
    return program
