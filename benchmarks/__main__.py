"""Run workloads against a fresh daemon, print a table, and write the figures as JSON.

    python -m benchmarks                     all workloads, no fsync, in memory
    python -m benchmarks --durable --at DIR  with fsync, on the disk under DIR
    python -m benchmarks getattr lookup --depth 1 --depth 32 --seconds 5

CPU per operation (user and system time of the daemon) is the robust figure; operations per second
depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.daemon import Load, build
from benchmarks.workload import WORKLOADS, Workload
from tests.support.daemon import Daemon

_SOURCE = Path(__file__).with_name("load.c")
_EXPORTS = "/bench *(rw,no_root_squash,insecure)\n"


def _measure(
    daemon: Daemon, load: Load, workload: Workload, options: argparse.Namespace
) -> list[Any]:
    client = daemon.client()
    script = workload.script(client, client.mount(b"/bench"))
    client.close()
    rows = []
    depths = [(options.connections, depth) for depth in options.depth] or workload.depths
    for connections, depth in depths:
        figures: Any = load.run(
            script,
            connections,
            depth,
            options.seconds,
            workload.rounds,
            options.separate,
        )
        operations = figures["rounds"] * workload.operations
        row = {
            "workload": workload.name,
            "connections": connections,
            "depth": depth,
            "separate": options.separate,
            "durable": options.durable,
            "operations_per_s": round(operations / figures["seconds"], 1),
            "cpu_us_per_operation": round(figures["cpu_s"] * 1e6 / max(operations, 1), 2),
            "operations_per_cpu_s": round(operations / max(figures["cpu_s"], 1e-9)),
            **figures,
        }
        if workload.bytes_moved:
            moved = figures["rounds"] * workload.bytes_moved / (1 << 20)
            row["mib_per_s"] = round(moved / figures["seconds"], 1)
            row["cpu_ms_per_mib"] = round(figures["cpu_s"] * 1e3 / max(moved, 1), 3)
        rows.append(row)
        print(_line(row), flush=True)
    return rows


def _line(row: dict[str, Any]) -> str:
    latency = row["latency_us"]
    text = (
        f"{row['workload']:18} {row['connections']:2} x {row['depth']:<3} "
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
    parser.add_argument("--at", type=Path, default=Path("/dev/shm"), help="parent of the brick")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--prefix", default="", help="run the daemon under this command")
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    return options


def main() -> int:
    """Measure what was asked for; fail if a call failed."""
    options = _options()
    rows: list[Any] = []
    print(f"{'workload':18} {'conn x depth':8} {'rate':>11} {'CPU':>19} {'median':>10} {'p99':>7}")
    with (
        tempfile.TemporaryDirectory(prefix="nfsgw-bench-", dir=options.at) as directory,
        Daemon(Path(directory), _EXPORTS, tuple(options.prefix.split())) as daemon,
    ):
        daemon.make_volume("bench", options.durable)
        load = Load(daemon, build(_SOURCE))
        for name in options.workloads or WORKLOADS:
            rows += _measure(daemon, load, WORKLOADS[name], options)
        memory_mib = load.memory_mib()
    print(f"the daemon's resident memory at the end: {memory_mib} MiB")
    if options.json:
        machine = {"python": platform.python_version(), "machine": platform.platform()}
        options.json.write_text(
            json.dumps({**machine, "memory_mib": memory_mib, "figures": rows}, indent=1) + "\n"
        )
    return 1 if any(row["failed"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
