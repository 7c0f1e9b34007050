"""What Prometheus reads."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.rpc.metrics import Metrics
from nfsgw.service.prometheus import exposition, rpc_samples


def test_rpc_counters_are_exposed() -> None:
    """Every procedure that was called has its counters, with its name."""
    metrics = Metrics()
    metrics.connections = 3
    row = metrics.row(100003, 3, 1, "GETATTR")
    row.calls = 7
    row.count_error(FsCode.STALE)
    lines = exposition(rpc_samples(metrics, {100003: "nfs"})).splitlines()
    labels = 'program="nfs",version="3",procedure="GETATTR"'
    assert "nfsgw_rpc_connections 3" in lines
    assert f"nfsgw_rpc_calls_total{{{labels}}} 7" in lines
    assert f'nfsgw_rpc_errors_total{{{labels},error="STALE"}} 1' in lines


def test_each_name_has_one_type_line() -> None:
    """The format allows one TYPE line per name, with all its samples behind it."""
    metrics = Metrics()
    metrics.row(100003, 3, 1, "GETATTR")
    metrics.row(100005, 3, 1, "MNT")
    lines = exposition(rpc_samples(metrics, {})).splitlines()
    types = [line for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))


def test_labels_are_escaped() -> None:
    """A name with quotes does not break the line."""
    text = exposition([("a", "gauge", {"v": 'x"\\\n'}, 1.5)])
    assert text == '# TYPE a gauge\na{v="x\\"\\\\\\n"} 1.5\n'
