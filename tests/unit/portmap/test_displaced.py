"""Where this machine's own lock daemon is, over restarts of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from nfsgw.portmap.displaced import Displaced

KEY = (100021, 4, "udp")


def test_known_after_a_restart(tmp_path: Path) -> None:
    """The kernel says its port once; a daemon that is started again still knows it."""
    file = tmp_path / "local-daemons.json"
    displaced = Displaced(file, "boot")
    displaced.note(KEY, "0.0.0.0.200.1")
    displaced.note((100021, 3, "udp"), "0.0.0.0.200.1")
    displaced.note(KEY, "0.0.0.0.200.2")
    displaced.forget((100021, 3, "udp"))
    displaced.forget((100021, 3, "udp"))
    assert Displaced(file, "boot") == displaced == {KEY: "0.0.0.0.200.2"}


def test_void_after_a_boot(tmp_path: Path) -> None:
    """The port of a kernel that is gone means nothing."""
    file = tmp_path / "local-daemons.json"
    Displaced(file, "boot").note(KEY, "0.0.0.0.200.1")
    assert Displaced(file, "next boot") == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"format": 2, "boot": "boot", "addresses": []}',
        b'{"format": 1, "boot": "boot", "addresses": [[1]]}',
        b'{"format": 1, "boot": "boot", "addresses": 7}',
    ],
)
def test_damaged_file(tmp_path: Path, content: bytes) -> None:
    """A damaged file is no reason not to start; the next change replaces it."""
    file = tmp_path / "local-daemons.json"
    file.write_bytes(content)
    displaced = Displaced(file, "boot")
    assert displaced == {}
    displaced.note(KEY, "0.0.0.0.200.1")
    assert Displaced(file, "boot") == displaced


def test_unwritable_file(tmp_path: Path) -> None:
    """A full disk does not keep us from knowing the port now."""
    displaced = Displaced(tmp_path / "missing" / "file", "boot")
    displaced.note(KEY, "0.0.0.0.200.1")
    assert displaced[KEY] == "0.0.0.0.200.1"
