"""A copy of all tables on a real disk, in force wholly or not at all; and a brick's place."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.identity import BrickRefused
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.opening import open_brick
from nfsgw.backend.brick.starting import format_brick
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.brick.worker import Inline
from nfsgw.waiting import result_of
from tests.support.bricks import BOOT_ID, IDENTITY

KEY = b"some key"
COPIED = b"of the copy"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the directory of a brick."""
    format_brick(tmp_path / "brick", IDENTITY, 1)
    return tmp_path / "brick"


def opened(path: Path) -> LocalBrick:
    """Open the brick."""
    return open_brick(path, LogBounds(), b"start--1", BOOT_ID, lambda name, count: Inline())


@contextmanager
def opening(path: Path) -> Iterator[LocalBrick]:
    """Open the brick, and close it in good order."""
    brick = opened(path)
    yield brick
    result_of(brick.close(True))


def get(store: Store, table: Table = Table.XATTR, key: bytes = KEY) -> bytes | None:
    """Return a value of the tables."""
    snapshot = store.snapshot()
    try:
        return snapshot.get(table, key)
    finally:
        snapshot.close()


def _put_many(transaction: Transaction, table: Table, items: list[tuple[bytes, bytes]]) -> None:
    transaction.put_many(table, items)


def put(store: Store, value: bytes) -> None:
    """Set a value."""
    store.transact(lambda transaction: transaction.put_many(Table.XATTR, [(KEY, value)]))


def copied(brick: LocalBrick) -> Store:
    """Begin a copy that is the same as the brick's tables, but for one value."""
    copy = brick.copy.begin()
    snapshot = brick.store.snapshot()
    items = {table: list(snapshot.scan(table, b"")) for table in Table}
    snapshot.close()
    for table, each in items.items():
        if each:
            copy.transact(partial(_put_many, table=table, items=each))
    put(copy, COPIED)
    return copy


@contextmanager
def dying(call: str) -> Iterator[None]:
    """Die when the process comes to a call."""

    def die(*args: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"nfsgw.backend.brick.opening.{call}", die)
        with pytest.raises(KeyboardInterrupt):
            yield


def test_copy_begins_empty(path: Path) -> None:
    """Whatever an attempt that came to nothing has left."""
    with opening(path) as brick:
        abandoned = brick.copy.begin()
        put(abandoned, COPIED)
        abandoned.close()
        copy = brick.copy.begin()
        assert get(copy) is None
        copy.close()


def test_copy_in_force_is_what_the_next_start_finds(path: Path) -> None:
    """And nothing else is left of it."""
    brick = opened(path)
    put(brick.store, b"of the brick")
    copy = copied(brick)
    assert get(brick.store) == b"of the brick"
    brick.copy.adopt(copy)
    assert get(copy) == COPIED
    result_of(brick.close(True))
    assert sorted(os.listdir(path)) == ["brick.mdb", "brick.toml", "data"]
    with opening(path) as again:
        assert get(again.store) == COPIED


def test_copy_is_durable_before_it_is_in_force(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that it is in force is durable before anybody counts on it."""
    done: list[str] = []
    module = "nfsgw.backend.brick.opening"
    replace, sync = os.replace, LmdbStore.sync

    def note_sync(store: LmdbStore) -> None:
        done.append("copy")
        sync(store)

    def note_replace(source: Path, target: Path) -> None:
        done.append("replace")
        replace(source, target)

    with opening(path) as brick, monkeypatch.context() as patched:
        patched.setattr(f"{module}.LmdbStore.sync", note_sync)
        patched.setattr(f"{module}.os.replace", note_replace)
        patched.setattr(f"{module}.sync_directory", lambda path: done.append(path.name))
        brick.copy.adopt(copied(brick))
    assert done[:3] == ["copy", "replace", "brick.mdb"]


def test_changes_after_it_was_put_in_force_are_kept(path: Path) -> None:
    """The brick goes on with the copy's tables."""
    brick = opened(path)
    copy = copied(brick)
    brick.copy.adopt(copy)
    put(copy, b"later")
    result_of(brick.close(True))
    with opening(path) as again:
        assert get(again.store) == b"later"


def test_brick_that_dies_before_keeps_its_own_tables(path: Path) -> None:
    """A copy that was never put in force counts for nothing."""
    for call in (None, "LmdbStore.sync", "os.replace"):
        brick = opened(path)
        put(brick.store, b"of the brick")
        copy = copied(brick)
        if call is not None:
            with dying(call):
                brick.copy.adopt(copy)
        copy.close()
        result_of(brick.close(False))
        with opening(path) as again:
            assert get(again.store) == b"of the brick"


def test_brick_that_dies_afterwards_has_the_copy(path: Path) -> None:
    """What was left over is taken away when the next copy begins."""
    brick = opened(path)
    put(brick.store, b"of the brick")
    copy = copied(brick)
    with dying("shutil.rmtree"):
        brick.copy.adopt(copy)
    result_of(brick.close(False))
    with opening(path) as again:
        assert get(again.store) == COPIED
        another = again.copy.begin()
        assert get(another) is None
        another.close()


def test_copy_that_cannot_be_put_in_force_leaves_all_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk says no, and the brick can still be read."""

    def refuse(*args: object) -> None:
        raise OSError(5, "the disk is broken")

    with opening(path) as brick:
        put(brick.store, b"of the brick")
        copy = copied(brick)
        with monkeypatch.context() as patched:
            patched.setattr("nfsgw.backend.brick.opening.os.replace", refuse)
            with pytest.raises(StoreFailed, match="the disk is broken"):
                brick.copy.adopt(copy)
        assert get(brick.store) == b"of the brick"
        copy.close()


def test_copy_that_cannot_begin_says_why(path: Path) -> None:
    """Something lies where it should be made."""
    with opening(path) as brick:
        (path / "brick.mdb.new").write_text("in the way")
        with pytest.raises(StoreFailed, match="File exists"):
            brick.copy.begin()


# The brick's place


def test_look_tells_the_room(path: Path) -> None:
    """Of the file system that the brick lies on."""
    with opening(path) as brick:
        found = os.statvfs(path)
        assert brick.look().bytes_total == found.f_blocks * found.f_frsize


def test_directory_that_is_gone_is_noticed(path: Path) -> None:
    """Nobody serves from a disk that was taken out, though its files are still open."""
    brick = opened(path)
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(FileNotFoundError):
        brick.look()
    path.with_name("elsewhere").rename(path)
    brick.look()
    result_of(brick.close(True))


def test_another_directory_in_its_place_is_noticed(path: Path) -> None:
    """Even one that holds the same."""
    brick = opened(path)
    path.rename(path.with_name("elsewhere"))
    shutil.copytree(path.with_name("elsewhere"), path)
    with pytest.raises(FileNotFoundError, match="another directory"):
        brick.look()
    result_of(brick.close(False))


def test_place_that_cannot_be_written_is_noticed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that has found an error in itself may be read-only since."""
    really_open = os.open

    def read_only(name: str, flags: int) -> int:
        if flags & os.O_ACCMODE != os.O_RDONLY:
            raise OSError(errno.EROFS, "read-only file system")
        return really_open(name, flags)

    with opening(path) as brick:
        with monkeypatch.context() as patched:
            patched.setattr("nfsgw.backend.brick.opening.os.open", read_only)
            with pytest.raises(OSError, match="read-only"):
                brick.look()
        brick.look()


def test_brick_is_in_use_until_it_is_closed(path: Path) -> None:
    """Also one whose tables were replaced."""
    brick = opened(path)
    brick.copy.adopt(copied(brick))
    with pytest.raises(BrickRefused, match="in use"):
        opened(path)
    result_of(brick.close(True))
    with opening(path):
        pass
