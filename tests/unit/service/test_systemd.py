"""What systemd is told, and what is taken from it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from nfsgw.service.systemd import Notifier, inherited_sockets, watchdog_interval_s


def test_ready_is_heard(tmp_path: Path) -> None:
    """The service manager gets READY=1 and the status line."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        Notifier({"NOTIFY_SOCKET": path}).tell(READY="1", STATUS="serving 2 volumes")
        assert listener.recv(1000) == b"READY=1\nSTATUS=serving 2 volumes"


def test_abstract_address_is_heard() -> None:
    """An address that begins with @ is an abstract one."""
    name = f"nfsgw-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        Notifier({"NOTIFY_SOCKET": "@" + name}).tell(STOPPING="1")
        assert listener.recv(1000) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["", "/nonexistent/notify"])
def test_nobody_listens(address: str) -> None:
    """Without systemd, or when it does not listen, nothing happens."""
    Notifier({"NOTIFY_SOCKET": address}).tell(READY="1")


@pytest.mark.parametrize(
    ("environment", "interval_s"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_watchdog_interval(environment: dict[str, str], interval_s: float) -> None:
    """The watchdog is fed twice per time-out, and only if it is ours."""
    assert watchdog_interval_s(environment, 7) == interval_s


def test_sockets_of_another_process_are_left() -> None:
    """Variables meant for another process are removed, its descriptors untouched."""
    environment = {"LISTEN_FDS": "1", "LISTEN_PID": "8", "LISTEN_FDNAMES": "nfs", "PATH": "/bin"}
    assert inherited_sockets(environment, 7) == []
    assert environment == {"PATH": "/bin"}
