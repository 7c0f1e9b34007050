"""Run workloads against a fresh daemon, print a table, and write the figures as JSON.

    python -m benchmarks                     all workloads, no fsync, in memory
    python -m benchmarks --durable --at DIR  with fsync, on the disk under DIR
    python -m benchmarks getattr lookup --depth 1 --depth 32 --seconds 5
    python -m benchmarks create --replica 1 --replica 2 --replica 3
    python -m benchmarks tmpfs-cycle --replica 3

Several ``--replica`` are measured in turn, so that they meet the same moods of the machine: each
has a daemon of its own.  How bricks heal is measured by ``python -m benchmarks.heal``, what locks
cost by ``python -m benchmarks.locks``.

CPU per operation (user and system time of the daemon) is the robust figure; operations per second
depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.daemon import Load, build
from benchmarks.workload import WORKLOADS, Workload
from tests.support.daemon import Daemon

_EXPORTS = "/bench *(rw,no_root_squash,insecure)\n"
_LONG_S = 3600.0


@dataclass(frozen=True)
class Target:
    """A daemon to measure.

    :param replica: copies of everything, on bricks side by side.
    """

    replica: int
    daemon: Daemon
    load: Load

    def script(self, workload: Workload) -> bytes:
        """Prepare a workload, and return its script."""
        client = self.daemon.client()
        try:
            return workload.script(client, client.mount(b"/bench"))
        finally:
            client.close()


def _measure(
    targets: list[Target], workload: Workload, options: argparse.Namespace
) -> list[dict[str, Any]]:
    scripts = [target.script(workload) for target in targets]
    depths = [(options.connections, depth) for depth in options.depth] or workload.depths
    rows = []
    for connections, depth in depths:
        for target, script in zip(targets, scripts, strict=True):
            figures: Any = target.load.run(
                script,
                connections,
                depth,
                _LONG_S if workload.rounds else options.seconds,
                workload.rounds,
                options.separate,
            )
            row = {
                "workload": workload.name,
                "replica": target.replica,
                "connections": connections,
                "depth": depth,
                "separate": options.separate,
                "durable": options.durable,
                **_rates(workload, figures),
                **figures,
            }
            rows.append(row)
            print(_line(row), flush=True)
    return rows


def _rates(workload: Workload, figures: dict[str, Any]) -> dict[str, Any]:
    operations = figures["rounds"] * workload.operations
    rates = {
        "operations_per_s": round(operations / figures["seconds"], 1),
        "cpu_us_per_operation": round(figures["cpu_s"] * 1e6 / max(operations, 1), 2),
        "operations_per_cpu_s": round(operations / max(figures["cpu_s"], 1e-9)),
    }
    if workload.bytes_moved:
        moved = figures["rounds"] * workload.bytes_moved / (1 << 20)
        rates["mib_per_s"] = round(moved / figures["seconds"], 1)
        rates["cpu_ms_per_mib"] = round(figures["cpu_s"] * 1e3 / max(moved, 1), 3)
    return rates


def _line(row: dict[str, Any]) -> str:
    latency = row["latency_us"]
    text = (
        f"{row['workload']:18} {row['replica']:4} {row['connections']:2} x {row['depth']:<3} "
        f"{row['operations_per_s']:>10.0f}/s {row['cpu_us_per_operation']:>9.2f} µs CPU/op "
        f"{latency['median']:>7} {latency['p99']:>7} µs"
    )
    if "mib_per_s" in row:
        text += f" {row['mib_per_s']:>8.0f} MiB/s {row['cpu_ms_per_mib']:.3f} ms CPU/MiB"
    return text + (f"  FAILED CALLS: {row['failed']}" if row["failed"] else "")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=" ".join(WORKLOADS))
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure")
    parser.add_argument("--depth", type=int, action="append", default=[], help="calls in flight")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--separate", action="store_true", help="each call a segment of its own")
    parser.add_argument("--durable", action="store_true", help="with fsync")
    parser.add_argument("--replica", type=int, action="append", default=[], help="copies")
    parser.add_argument("--at", type=Path, default=Path("/dev/shm"), help="parent of the bricks")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--prefix", default="", help="run the daemon under this command")
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    options.replica = options.replica or [1]
    return options


def _start(stack: ExitStack, replica: int, options: argparse.Namespace) -> Target:
    """Start a daemon with a volume of so many bricks."""
    directory = tempfile.TemporaryDirectory(prefix="nfsgw-bench-", dir=options.at)
    prefix = tuple(options.prefix.split())
    daemon = Daemon(Path(stack.enter_context(directory)), _EXPORTS, prefix)
    stack.enter_context(daemon)
    daemon.make_volume("bench", options.durable, replica)
    return Target(replica, daemon, Load(daemon, build()))


def main() -> int:
    """Measure what was asked for; fail if a call failed."""
    options = _options()
    rows: list[dict[str, Any]] = []
    print(
        f"{'workload':18} {'copy':4} {'conn x depth':8} {'rate':>11} {'CPU':>19}"
        f" {'median':>10} {'p99':>7}"
    )
    with ExitStack() as stack:
        targets = [_start(stack, replica, options) for replica in options.replica]
        for name in options.workloads or WORKLOADS:
            rows += _measure(targets, WORKLOADS[name], options)
        memory_mib = {target.replica: target.load.memory_mib() for target in targets}
    for replica, size in memory_mib.items():
        print(f"resident memory of the daemon with {replica} bricks at the end: {size} MiB")
    if options.json:
        machine = {"python": platform.python_version(), "machine": platform.platform()}
        options.json.write_text(
            json.dumps({**machine, "memory_mib": memory_mib, "figures": rows}, indent=1) + "\n"
        )
    return 1 if any(row["failed"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
