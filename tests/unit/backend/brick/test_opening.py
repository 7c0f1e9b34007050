"""Directories that are bricks, those that are not, and who may open them."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.identity import (
    BrickLock,
    BrickRefused,
    create_identity,
    read_identity,
    release_brick,
    set_durability,
    write_identity,
)
from nfsgw.backend.brick.keys import BOOT
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.brick.worker import Inline
from nfsgw.errors import FsError
from nfsgw.waiting import result_of, step
from tests.support.bricks import BOOT_ID, IDENTITY, Workshop, temporary_brick


def test_identity_round_trip(tmp_path: Path) -> None:
    """What a brick is can be read by people and programs."""
    create_identity(tmp_path / "brick", IDENTITY)
    assert read_identity(tmp_path / "brick") == IDENTITY
    text = (tmp_path / "brick" / "brick.toml").read_text()
    assert 'volume = "1122334455667788"' in text
    assert "format = 1" in text


def test_used_directory_is_refused(tmp_path: Path) -> None:
    """Nobody's files are ever taken for an empty brick."""
    (tmp_path / "file").touch()
    with pytest.raises(BrickRefused, match="not empty"):
        format_brick(tmp_path, IDENTITY, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_fresh_file_system_is_empty(tmp_path: Path) -> None:
    """The lost+found of a new file system does not stand in the way."""
    (tmp_path / "lost+found").mkdir()
    format_brick(tmp_path, IDENTITY, 0)


def test_brick_of_another_volume_and_nested_bricks_are_refused(tmp_path: Path) -> None:
    """A directory belongs to one brick only, and so does everything in it."""
    format_brick(tmp_path / "brick", IDENTITY, 0)
    with pytest.raises(BrickRefused, match="already a brick of volume 1122334455667788"):
        format_brick(tmp_path / "brick", IDENTITY, 0)
    with pytest.raises(BrickRefused, match="inside the brick"):
        format_brick(tmp_path / "brick" / "data" / "inner", IDENTITY, 0)


def test_released_brick_is_not_reused(tmp_path: Path) -> None:
    """The data of a deleted volume is neither served nor overwritten by accident."""
    format_brick(tmp_path, IDENTITY, 0)
    release_brick(tmp_path)
    with pytest.raises(BrickRefused, match="deleted volume"):
        format_brick(tmp_path, IDENTITY, 0)
    with pytest.raises(BrickRefused, match="belongs to no volume"):
        temporary_brick(tmp_path, Workshop())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "format None"),
        ("format = 2\n", "format 2; this software knows format 1"),
        ("format = 1\n", "missing or wrong"),
        ("format = [", "damaged"),
        ("\xff", "damaged"),
    ],
)
def test_unknown_identity_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A brick that this version cannot understand is left alone."""
    format_brick(tmp_path, IDENTITY, 0)
    (tmp_path / "brick.toml").write_text(text, encoding="latin-1")
    with pytest.raises(BrickRefused, match=message):
        temporary_brick(tmp_path, Workshop())


def test_directory_without_identity_is_refused(tmp_path: Path) -> None:
    """A disk that is not mounted is not served as an empty volume."""
    with pytest.raises(BrickRefused, match="not a brick"):
        read_identity(tmp_path)
    with pytest.raises(BrickRefused, match="No such file"):
        BrickLock(tmp_path / "missing")


def test_brick_of_another_identity_is_refused(tmp_path: Path) -> None:
    """Two exchanged disks are noticed, and the message says what differs."""
    format_brick(tmp_path, IDENTITY, 0)
    with pytest.raises(BrickRefused, match=r"its brick is cdcd.*not efef"):
        open_brick(
            tmp_path,
            LogBounds(),
            b"start",
            BOOT_ID,
            lambda name, count: Inline(),
            replace(IDENTITY, brick="ef" * 16, bricks=("ef" * 16,)),
        )
    BrickLock(tmp_path).close()


def test_brick_is_opened_once_at_a_time(tmp_path: Path) -> None:
    """A second daemon cannot open the brick of the first."""
    opened = temporary_brick(tmp_path / "brick", Workshop())
    with pytest.raises(BrickRefused, match="in use by another process"):
        temporary_brick(tmp_path / "brick", Workshop())
    result_of(opened.close())
    result_of(temporary_brick(tmp_path / "brick", Workshop()).close())


@pytest.mark.parametrize("durability", ["none", "durable"])
def test_reopened_brick_goes_on(tmp_path: Path, durability: str) -> None:
    """What was answered is there after the next start, in a new epoch."""
    workshop = Workshop()
    opened = temporary_brick(tmp_path / "brick", workshop, durability)
    with workshop.turn:
        made = step(opened.brick.change(operations.mkdir, ROOT, 1, b"d", NewAttributes()))
    epoch, verifier = opened.brick.epoch, opened.brick.verifier
    result_of(opened.close())
    opened = temporary_brick(tmp_path / "brick", workshop, durability)
    with workshop.turn:
        found = step(opened.brick.read(operations.lookup, ROOT, 1, b"d"))
    assert found.result().inode == made.result().inode
    assert opened.brick.epoch == epoch + 1
    assert opened.brick.verifier != verifier
    with pytest.raises(FsError):
        result_of(opened.brick.read(operations.lookup, ROOT, 1, b"e"))
    result_of(opened.close())


def test_brick_without_durability_does_not_survive_a_reboot_while_open(tmp_path: Path) -> None:
    """After a power failure an unsynced brick is not served as if nothing had happened."""
    opened = temporary_brick(tmp_path / "brick", Workshop(), boot_id="first")
    opened.abandon()
    with pytest.raises(BrickRefused, match="cannot be trusted"):
        temporary_brick(tmp_path / "brick", Workshop(), boot_id="second")
    set_durability(tmp_path / "brick", "durable")
    with pytest.raises(BrickRefused, match="cannot be trusted"):
        temporary_brick(tmp_path / "brick", Workshop(), boot_id="second")


def test_brick_without_durability_survives_kill_and_orderly_stop(tmp_path: Path) -> None:
    """The death of the daemon, or a reboot after a stop, costs nothing."""
    temporary_brick(tmp_path / "brick", Workshop(), boot_id="first").abandon()
    opened = temporary_brick(tmp_path / "brick", Workshop(), boot_id="first")
    result_of(opened.close())
    result_of(temporary_brick(tmp_path / "brick", Workshop(), boot_id="second").close())


def test_stop_without_durability_vouches_only_for_what_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power failure soon after a stop cannot bring back a brick with bytes missing."""
    notes: list[bytes | None] = []

    def look(path: Path) -> None:
        snapshot = opened.local.store.snapshot()
        notes.append(snapshot.get(Table.META, BOOT))
        snapshot.close()

    opened = temporary_brick(tmp_path / "brick", Workshop(), boot_id="first")
    monkeypatch.setattr("nfsgw.backend.brick.opening.sync_file_system", look)
    result_of(opened.close())
    assert notes == [b"first"]


def test_failed_creation_leaves_the_directory_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A creation that failed for lack of room can be repeated."""

    def fail(*args: object) -> None:
        raise StoreFailed("no room")

    with monkeypatch.context() as patched:
        patched.setattr(LmdbStore, "transact", fail)
        with pytest.raises(StoreFailed, match="no room"):
            format_brick(tmp_path, IDENTITY, 0)
    assert list(tmp_path.iterdir()) == []
    format_brick(tmp_path, IDENTITY, 0)


def test_identity_is_replaced_whole(tmp_path: Path) -> None:
    """A leftover of an interrupted write does not harm."""
    create_identity(tmp_path / "brick", IDENTITY)
    (tmp_path / "brick" / "brick.toml.new").write_text("half a li")
    write_identity(tmp_path / "brick", replace(IDENTITY, durability="none"))
    assert read_identity(tmp_path / "brick").durability == "none"


def test_look_finds_what_makes_a_directory_useless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another directory in its place, none at all, or a file system that is read-only now."""
    path = tmp_path / "brick"
    opened = temporary_brick(path, Workshop())
    assert opened.local.look().bytes_total > 0
    path.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        opened.local.look()
    create_identity(path, IDENTITY)
    with pytest.raises(FileNotFoundError, match="another directory"):
        opened.local.look()
    shutil.rmtree(path)
    (tmp_path / "away").rename(path)
    assert opened.local.look().bytes_total > 0
    real_open = os.open

    def read_only(name: str, flags: int) -> int:
        if flags & os.O_WRONLY:
            raise OSError(errno.EROFS, "read-only", name)
        return real_open(name, flags)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", read_only)
        with pytest.raises(OSError, match="read-only"):
            opened.local.look()
    result_of(opened.close())
