"""The mount list: kept across restarts, and never without bound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nfsgw.mount.mounts import Mounts


class Timers:
    """Collects what is to run later."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def call_later(self, delay_s: float, function: Callable[[], None]) -> None:
        """Keep it."""
        self.due.append(function)

    def run(self) -> None:
        """Run all that is due."""
        due, self.due = self.due, []
        for function in due:
            function()


def test_list_survives_a_restart(tmp_path: Path) -> None:
    """After a restart ``showmount -a`` shows what it showed before."""
    timers = Timers()
    mounts = Mounts(tmp_path / "mounts", timers.call_later)
    mounts.add("10.0.0.1", b"/web")
    mounts.add("10.0.0.1", b"/web/\xff\n")
    mounts.add("10.0.0.2", b"/web")
    mounts.remove("10.0.0.2", b"/web")
    timers.run()
    again = Mounts(tmp_path / "mounts", timers.call_later)
    assert again.entries() == [("10.0.0.1", b"/web"), ("10.0.0.1", b"/web/\xff\n")]


def test_changes_are_written_together_and_at_the_stop(tmp_path: Path) -> None:
    """A thousand mounts at once are one write; a stop writes what is still to be written."""
    timers = Timers()
    mounts = Mounts(tmp_path / "mounts", timers.call_later)
    for number in range(1000):
        mounts.add(f"10.0.{number >> 8}.{number & 255}", b"/web")
    assert len(timers.due) == 1
    assert not (tmp_path / "mounts").exists()
    mounts.flush()
    assert len(Mounts(tmp_path / "mounts", timers.call_later).entries()) == 1000
    (tmp_path / "mounts").unlink()
    timers.run()
    assert not (tmp_path / "mounts").exists(), "written again without a change"


def test_repeated_mount_is_one_entry(tmp_path: Path) -> None:
    """A client that mounts a path again and again is listed once, and nothing is written."""
    timers = Timers()
    mounts = Mounts(tmp_path / "mounts", timers.call_later)
    mounts.add("10.0.0.1", b"/web")
    timers.run()
    mounts.add("10.0.0.1", b"/web")
    mounts.remove("10.0.0.1", b"/other")
    mounts.remove_all("10.0.0.9")
    assert mounts.entries() == [("10.0.0.1", b"/web")]
    assert timers.due == []


def test_unmount_all_takes_one_clients_entries() -> None:
    """UMNTALL strikes the caller's mounts and nobody else's."""
    mounts = Mounts(None, Timers().call_later)
    for client in ("10.0.0.1", "10.0.0.2"):
        mounts.add(client, b"/a")
        mounts.add(client, b"/b")
    mounts.remove_all("10.0.0.1")
    assert mounts.entries() == [("10.0.0.2", b"/a"), ("10.0.0.2", b"/b")]


def test_oldest_entries_make_room() -> None:
    """The list has a bound, and it is the oldest mounts that are forgotten."""
    mounts = Mounts(None, Timers().call_later, entries_max=3)
    for number in range(5):
        mounts.add("10.0.0.1", b"/%d" % number)
    assert [path for _, path in mounts.entries()] == [b"/2", b"/3", b"/4"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 2, "mounts": []}',
        b'{"format": 1}',
        b'{"format": 1, "mounts": [["a"]]}',
        '{"format": 1, "mounts": [["a", "\u20ac"]]}'.encode(),
        b"\xff",
    ],
)
def test_damaged_file_begins_an_empty_list(tmp_path: Path, data: bytes) -> None:
    """A damaged list does not keep the gateway from starting."""
    file = tmp_path / "mounts"
    file.write_bytes(data)
    timers = Timers()
    mounts = Mounts(file, timers.call_later)
    assert mounts.entries() == []
    mounts.add("10.0.0.1", b"/web")
    timers.run()
    assert Mounts(file, timers.call_later).entries() == [("10.0.0.1", b"/web")]


def test_unwritable_directory_does_not_stop_mounts(tmp_path: Path) -> None:
    """If the list cannot be saved, mounts go on."""
    timers = Timers()
    mounts = Mounts(tmp_path / "missing" / "mounts", timers.call_later)
    mounts.add("10.0.0.1", b"/web")
    timers.run()
    assert mounts.entries() == [("10.0.0.1", b"/web")]
