"""The systemd units: systemd itself finds nothing wrong with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[3] / "conf" / "systemd"


@pytest.mark.system
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Every option of the units is known to systemd, and every value is of its kind."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/usr/local/bin/nfsgw", "/bin/true")
        (tmp_path / unit.name.replace("@", "@one")).write_text(text)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    verified = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in verified.stderr.splitlines() if str(tmp_path) in line]
    assert said == []
    assert verified.returncode == 0, verified.stderr


def test_service_is_ready_when_it_says_so() -> None:
    """The unit waits for the daemon's own word, and watches it."""
    lines = (UNITS / "nfsgw.service").read_text().splitlines()
    assert "Type=notify" in lines
    assert any(line.startswith("WatchdogSec=") for line in lines)


def test_sockets_are_the_standard_ports() -> None:
    """The socket unit opens the ports that the daemon serves as root."""
    text = (UNITS / "nfsgw.socket").read_text()
    for port in (2049, 20048, 4045, 4046):
        for kind in ("Stream", "Datagram"):
            assert f"Listen{kind}=0.0.0.0:{port}" in text
            assert f"Listen{kind}=[::]:{port}" in text
