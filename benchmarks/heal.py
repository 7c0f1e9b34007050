"""How fast bricks heal, and what clients notice: ``python -m benchmarks.heal --help``.

Two volumes of three bricks, one filled with small files, the other with large ones.  For each:

1. clients alone: latency of GETATTR and of stable writes of 4 KiB, one call at a time;
2. a brick is wiped, and a new one takes its place while nobody else asks for anything: the rate;
3. the same again while a client asks, GETATTR and writes by turns: the rate, and the latency;
4. a brick is away while files are made, and returns: it gets them by the log.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.daemon import Load, build
from benchmarks.workload import (
    HANDLE,
    NAME,
    WORKLOADS,
    Step,
    Workload,
    create,
    make_directory,
    make_file,
)
from nfsgw.cli.client import AdminClient
from nfsgw.xdr.generated import nfs3
from tests.support.client import NfsClient
from tests.support.daemon import Daemon

_LANES = 32
_MIB = 1 << 20
_SMALL = 4096
_QUIET_S = 2.0
_SLICE_S = 1.0
_PATIENCE_S = 600.0


def _seconds() -> float:
    return time.monotonic()  # noqa: TID251 - outside the daemon


@dataclass(frozen=True)
class Content:
    """What a volume is filled with.

    :param small: files of 4 KiB; ``large`` files of ``large_mib``.
    """

    small: int
    large: int
    large_mib: int

    @property
    def files(self) -> int:
        """Return how many there are."""
        return self.small + self.large

    @property
    def mib(self) -> float:
        """Return how much they hold."""
        return self.small * _SMALL / _MIB + self.large * self.large_mib


class Bench:
    """A volume of three bricks, and a client that measures."""

    def __init__(self, daemon: Daemon, durable: bool) -> None:
        self.daemon = daemon
        self.load = Load(daemon, build())
        self.admin = AdminClient(daemon.directory / "state" / "admin.sock", "nfsgw")
        daemon.make_volume("bench", durable, 3)
        self._bricks = daemon.bricks("bench")
        self._renewed = 0
        self.client = daemon.client()
        self.root = self.client.mount(b"/bench")
        self._scripts = {
            name: WORKLOADS[workload].script(self.client, self.root)
            for name, workload in (("getattr", "getattr"), ("write", "write-4k-stable"))
        }

    def fill(self, content: Content, name: bytes) -> None:
        """Make files in a new directory."""
        directory = make_directory(self.client, self.root, name)
        if content.small:
            self._many(directory, content.small)
        data = bytes(range(256)) * (content.large_mib << 12)
        for number in range(content.large):
            make_file(self.client, directory, b"large-%d" % number, data)

    def _many(self, directory: bytes, count: int) -> None:
        def steps(client: NfsClient, root: bytes) -> list[Step]:
            return [
                ("CREATE", create(directory, NAME)),
                ("WRITE", nfs3.WRITE3args(HANDLE, 0, _SMALL, nfs3.UNSTABLE, b"s" * _SMALL)),
                ("COMMIT", nfs3.COMMIT3args(HANDLE, 0, 0)),
            ]

        script = Workload("fill", steps).script(self.client, self.root)
        self.load.run(script, 1, _LANES, _PATIENCE_S, -(-count // _LANES))

    # Bricks

    def wipe_and_replace(self) -> None:
        """Lose the last brick, and put an empty one in its place."""
        old = self._bricks[-1]
        self.take_away(old).rename(old.with_name("lost"))
        shutil.rmtree(old.with_name("lost"))
        self._renewed += 1
        new = old.with_name(f"{self._bricks[0].name}-new-{self._renewed}")
        names = (f"localhost:{path}" for path in (old, new))
        self.daemon.command("volume", "replace-brick", "bench", *names, "commit", "force")
        self._bricks[-1] = new

    def take_away(self, path: Path | None = None) -> Path:
        """Move a brick's directory away, wait until the set does without it; say where it is."""
        path = path or self._bricks[-1]
        away = path.with_name("away")
        path.rename(away)
        self.wait(lambda: self.state(path) not in ("primary", "in sync"))
        return away

    def bring_back(self, away: Path) -> None:
        """Move the last brick's directory to its place."""
        away.rename(self._bricks[-1])

    def state(self, path: Path) -> str:
        """Return how a brick is."""
        for brick in self.admin.get("volumes", "bench", "heal")["bricks"]:
            if brick["path"] == str(path):
                return str(brick["state"])
        return "offline"

    def is_healed(self) -> bool:
        """Say whether all three bricks are in sync."""
        [found] = self.admin.get("volumes", "bench", "heal")["sets"]
        return len(found["in_sync"]) == len(self._bricks)

    def wait(self, condition: Callable[[], bool]) -> float:
        """Wait for something; return how many seconds it took."""
        began = _seconds()
        while not condition():
            if _seconds() - began > _PATIENCE_S:
                raise TimeoutError(self.admin.get("volumes", "bench", "heal"))
            time.sleep(0.01)
        return _seconds() - began

    # Clients

    def latency(self, name: str, seconds: float) -> dict[str, Any]:
        """Return what a client notices that makes one call after another."""
        figures: Any = self.load.run(self._scripts[name], 1, 1, seconds)
        if figures["failed"]:
            raise RuntimeError(f"{figures['failed']} calls failed")
        latency: dict[str, Any] = figures["latency_us"]
        return latency

    def latencies_while_healing(self) -> tuple[float, dict[str, dict[str, Any]]]:
        """Ask until all bricks are in sync; return after how long, and the latencies."""
        seen: dict[str, list[dict[str, Any]]] = {name: [] for name in self._scripts}
        began = _seconds()
        while not self.is_healed():
            for name, found in seen.items():
                found.append(self.latency(name, _SLICE_S))
        # What the last slices saw was partly without a heal; of several it counts little.
        return _seconds() - began, {name: _summary(found) for name, found in seen.items()}


def _summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "median": int(statistics.median(each["median"] for each in found)),
        "p99": int(statistics.median(each["p99"] for each in found)),
        "max": max(each["max"] for each in found),
        "slices": len(found),
    }


def _measure(options: argparse.Namespace, name: str, content: Content) -> dict[str, Any]:
    """Go through the four steps with one volume."""
    with (
        tempfile.TemporaryDirectory(prefix="nfsgw-heal-", dir=options.at) as directory,
        Daemon(Path(directory), "/bench *(rw,no_root_squash,insecure)\n") as daemon,
    ):
        bench = Bench(daemon, options.durable)
        bench.fill(content, b"first")
        quiet = {kind: bench.latency(kind, _QUIET_S) for kind in ("getattr", "write")}
        bench.wipe_and_replace()
        alone_s = bench.wait(bench.is_healed)
        bench.wipe_and_replace()
        busy_s, busy = bench.latencies_while_healing()
        away = bench.take_away()
        bench.fill(content, b"second")
        bench.bring_back(away)
        log_s = bench.wait(bench.is_healed)
    return {
        "content": name,
        "files": content.files,
        "mib": round(content.mib, 1),
        "durable": options.durable,
        "latency_us_quiet": quiet,
        "heal": _rate(content, alone_s),
        "heal_with_clients": _rate(content, busy_s),
        "latency_us_while_healing": busy,
        "catch_up": _rate(content, log_s),
    }


def _rate(content: Content, seconds: float) -> dict[str, float]:
    return {
        "seconds": round(seconds, 2),
        "files_per_s": round(content.files / seconds, 1),
        "mib_per_s": round(content.mib / seconds, 1),
    }


def _show(row: dict[str, Any]) -> None:
    print(f"{row['content']}: {row['files']} files, {row['mib']} MiB")
    for key, text in (
        ("heal", "a new brick, nobody else at work"),
        ("heal_with_clients", "a new brick while a client asks"),
        ("catch_up", "by the log, as much again"),
    ):
        rate = row[key]
        print(
            f"  {text:32} {rate['seconds']:>8} s {rate['files_per_s']:>9.0f} files/s"
            f" {rate['mib_per_s']:>7.0f} MiB/s"
        )
    for kind in ("getattr", "write"):
        quiet, busy = row["latency_us_quiet"][kind], row["latency_us_while_healing"][kind]
        print(
            f"  {kind:8} µs: median {quiet['median']:>6} -> {busy['median']:>6},"
            f" 99 % {quiet['p99']:>6} -> {busy['p99']:>6}, most {quiet['max']} -> {busy['max']}"
        )


def main() -> int:
    """Measure both kinds of content."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="python -m benchmarks.heal",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--small", type=int, default=20_000, help="files of 4 KiB")
    parser.add_argument("--large", type=int, default=32, help="large files")
    parser.add_argument("--large-mib", type=int, default=16, help="their size")
    parser.add_argument("--durable", action="store_true", help="with fsync")
    parser.add_argument("--at", type=Path, default=Path("/dev/shm"), help="parent of the bricks")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    rows = []
    for name, content in (
        ("small files", Content(options.small, 0, 0)),
        ("large files", Content(0, options.large, options.large_mib)),
    ):
        if content.files:
            rows.append(_measure(options, name, content))
            _show(rows[-1])
    if options.json:
        options.json.write_text(json.dumps({"figures": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
