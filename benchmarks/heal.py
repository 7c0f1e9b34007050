"""How fast bricks heal, and what clients notice: ``python -m benchmarks.heal --help``.

Volumes of three bricks, filled with files that are kept in tables (4 KiB), with small ones that
have data files (16 KiB), or with large ones (16 MiB).  For each:

1. clients alone: latency of GETATTR and of stable writes of 4 KiB, one call at a time;
2. a brick is wiped, and a new one takes its place while nobody else asks for anything: the rate;
3. the same again while a client asks, GETATTR and writes by turns: the rate, and the latency;
4. a brick is away while as many files are made again, and returns: it gets them by the log.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

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
_QUIET_S = 2.0
_SLICE_S = 0.5
_POLL_S = 0.02
_PATIENCE_S = 600.0


def _seconds() -> float:
    return time.monotonic()  # noqa: TID251 - outside the daemon


class Content(NamedTuple):
    """What a volume is filled with: so many files of so many bytes."""

    name: str
    files: int
    file_bytes: int

    @property
    def mib(self) -> float:
        """Return how much they hold."""
        return self.files * self.file_bytes / _MIB


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
        data = bytes(range(256)) * (content.file_bytes // 256)
        if len(data) > _MIB:
            for number in range(content.files):
                make_file(self.client, directory, b"large-%d" % number, data)
            return

        def steps(client: NfsClient, root: bytes) -> list[Step]:
            return [
                ("CREATE", create(directory, NAME)),
                ("WRITE", nfs3.WRITE3args(HANDLE, 0, len(data), nfs3.UNSTABLE, data)),
                ("COMMIT", nfs3.COMMIT3args(HANDLE, 0, 0)),
            ]

        script = Workload("fill", steps).script(self.client, self.root)
        self.load.run(script, 1, _LANES, _PATIENCE_S, -(-content.files // _LANES))

    # Bricks

    def wipe_and_replace(self) -> None:
        """Lose the last brick, and put an empty one in its place."""
        old = self._bricks[-1]
        shutil.rmtree(self.take_away())
        self._renewed += 1
        new = old.with_name(f"{self._bricks[0].name}-new-{self._renewed}")
        body = {"replace": f"localhost:{old}", "with": f"localhost:{new}", "force": True}
        self.admin.post("volumes", "bench", "bricks", body=body)
        self._bricks[-1] = new

    def take_away(self) -> Path:
        """Move the last brick away, wait until the set does without it; say where it is."""
        path = self._bricks[-1]
        away = path.with_name("away")
        path.rename(away)
        self.wait(lambda: not self.is_healed())
        return away

    def bring_back(self, away: Path) -> None:
        """Move the last brick's directory to its place."""
        away.rename(self._bricks[-1])

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
            time.sleep(_POLL_S)
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
        with ThreadPoolExecutor(1) as pool:
            healed = pool.submit(self.wait, self.is_healed)
            for name in itertools.cycle(seen):
                found = self.latency(name, _SLICE_S)
                if healed.done() and seen["write"]:
                    break  # this one was without a heal for a part of the time
                seen[name].append(found)
        return healed.result(), {name: _summary(found) for name, found in seen.items()}


def _summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "median": round(statistics.median(each["median"] for each in found)),
        "p99": round(statistics.median(each["p99"] for each in found)),
        "max": max(each["max"] for each in found),
        "slices": len(found),
    }


def _measure(options: argparse.Namespace, content: Content) -> dict[str, Any]:
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
        "content": content.name,
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
    parser.add_argument("--in-tables", type=int, default=20_000, help="files of 4 KiB")
    parser.add_argument("--small", type=int, default=5_000, help="files of 16 KiB")
    parser.add_argument("--large", type=int, default=32, help="files of 16 MiB")
    parser.add_argument("--durable", action="store_true", help="with fsync")
    parser.add_argument("--at", type=Path, default=Path("/dev/shm"), help="parent of the bricks")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    rows = []
    for content in (
        Content("in tables", options.in_tables, 4 << 10),
        Content("small", options.small, 16 << 10),
        Content("large", options.large, 16 << 20),
    ):
        if content.files:
            rows.append(_measure(options, content))
            _show(rows[-1])
    if options.json:
        options.json.write_text(json.dumps({"figures": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
