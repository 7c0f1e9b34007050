"""Metrics in Prometheus' text format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nfsgw.rpc.metrics import Metrics, RowCounters

__all__ = ["Sample", "exposition", "rpc_samples"]

Sample = tuple[str, str, Mapping[str, str], float]
"""Name, kind (``counter`` or ``gauge``), labels, value; samples of a name must be together."""

_GAUGES = frozenset({"connections"})


def exposition(samples: Iterable[Sample]) -> str:
    """Return samples as text; the first sample of a name brings its TYPE line."""
    lines: list[str] = []
    last = ""
    for name, kind, labels, value in samples:
        if name != last:
            lines.append(f"# TYPE {name} {kind}")
            last = name
        inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        number = repr(value) if isinstance(value, float) else str(value)
        lines.append(f"{name}{{{inner}}} {number}" if inner else f"{name} {number}")
    return "\n".join(lines) + "\n"


def rpc_samples(metrics: Metrics, programs: Mapping[int, str]) -> list[Sample]:
    """Return the counters of the RPC layer.

    :param programs: names by number.
    """
    samples: list[Sample] = []
    for name in Metrics.__slots__:
        if name == "rows":
            continue
        kind = "gauge" if name in _GAUGES else "counter"
        suffix = "" if kind == "gauge" else "_total"
        samples.append((f"nfsgw_rpc_{name}{suffix}", kind, {}, getattr(metrics, name)))
    rows = [
        (
            {
                "program": programs.get(program, str(program)).lower(),
                "version": str(version),
                "procedure": counters.name,
            },
            counters,
        )
        for (program, version, _), counters in sorted(metrics.rows.items())
    ]
    return samples + _row_samples(rows)


def _row_samples(rows: list[tuple[dict[str, str], RowCounters]]) -> list[Sample]:
    samples: list[Sample] = []
    for key in ("calls", "duplicates", "garbage", "faults", "shed", "waited"):
        samples += [
            (f"nfsgw_rpc_{key}_total", "counter", labels, getattr(row, key))
            for labels, row in rows
        ]
    samples += [
        ("nfsgw_rpc_waited_seconds_total", "counter", labels, row.waited_s) for labels, row in rows
    ]
    samples += [("nfsgw_rpc_waiting", "gauge", labels, row.waiting) for labels, row in rows]
    samples += [
        ("nfsgw_rpc_errors_total", "counter", {**labels, "error": code.name}, count)
        for labels, row in rows
        for code, count in row.errors.items()
    ]
    return samples


def _escaped(text: Any) -> str:  # noqa: ANN401 - a label's value
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
