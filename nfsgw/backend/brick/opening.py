"""Open a brick's directory, and close it again: identity, lock, tables, threads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path
from typing import Final

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.bytes.disk import DiskSpace, LocalDisk
from nfsgw.backend.brick.identity import (
    DATA,
    DATABASE,
    IDENTITY_FILE,
    BrickLock,
    BrickRefused,
    Identity,
    read_identity,
    sync_file_system,
)
from nfsgw.backend.brick.lmdb_store import DATA_FILE, LmdbStore
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.starting import end, prepare, sync_directory
from nfsgw.backend.brick.store import Store, StoreFailed
from nfsgw.backend.brick.worker import Inline, Worker

__all__ = ["MakeWorker", "open_brick"]

MakeWorker = Callable[[str, int], Worker]
"""``make_worker(name, count)``: start so many threads; called for durable bricks only."""

_THREADS: Final = 4
_NEW: Final = ".new"


@dataclass(slots=True)
class _Tables:
    """The LMDB environment of a brick, and the copy that may take its place."""

    path: Path
    writer: Worker | None
    store: LmdbStore

    def begin(self) -> Store:
        """Make empty tables beside the brick's own; see :class:`.local.TableCopy`."""
        new = self._new
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(mode=0o700)
        except OSError as error:
            raise StoreFailed(f"{new}: {error.strerror}") from error
        return LmdbStore(new, self.writer, sync=self.writer is not None)

    @property
    def _new(self) -> Path:
        return self.path.with_name(self.path.name + _NEW)

    def adopt(self, copy: Store) -> None:
        """Put a copy in the place of the brick's tables; one rename, so all or nothing."""
        assert isinstance(copy, LmdbStore)
        copy.sync()
        try:
            os.replace(self._new / DATA_FILE, self.path / DATA_FILE)
            if self.writer is not None:
                sync_directory(self.path)
        except OSError as error:
            raise StoreFailed(f"{self.path}: {error.strerror}") from error
        old, self.store = self.store, copy
        old.close()
        with suppress(OSError):
            shutil.rmtree(self._new)


def open_brick(
    path: Path,
    log: LogBounds,
    start_id: bytes,
    boot_id: str,
    make_worker: MakeWorker,
    expected: Identity | None = None,
) -> LocalBrick:
    """Open a brick.  May block: call it in a thread if the disk may be slow.

    :param start_id: random bytes, new at each opening.
    :param boot_id: of the running machine (``/proc/sys/kernel/random/boot_id``).
    :param expected: who the brick must be, where the caller knows; durability and the list of the
        set's bricks are not compared.
    :raises BrickRefused: it is in use, unknown, of another format, of another volume, or released.
    :raises StoreFailed: its tables cannot be opened.
    """
    lock = BrickLock(path)
    try:
        identity = read_identity(path)
        _check(path, identity, expected)
        return _open(path, identity, log, start_id, boot_id, make_worker, lock)
    except BaseException:
        lock.close()
        raise


def _check(path: Path, identity: Identity, expected: Identity | None) -> None:
    if identity.released:
        raise BrickRefused(f"{path} belongs to no volume: its volume was deleted")
    if expected is not None:
        for name in ("pool", "volume", "replica_set", "brick"):
            found, wanted = getattr(identity, name), getattr(expected, name)
            if found != wanted:
                what = name.replace("_", " ")
                raise BrickRefused(f"{path} is another brick: its {what} is {found}, not {wanted}")


def _open(
    path: Path,
    identity: Identity,
    log: LogBounds,
    start_id: bytes,
    boot_id: str,
    make_worker: MakeWorker,
    lock: BrickLock,
) -> LocalBrick:
    durable = identity.durability == "durable"
    disk = LocalDisk(durable)
    look = _looker(path, disk)
    name = identity.brick[:8]
    writer = make_worker(f"tables-{name}", 1) if durable else None
    try:
        store = LmdbStore(path / DATABASE, writer, sync=durable)
        try:
            prepare(store, identity, boot_id)
        except BaseException:
            store.close()
            raise
    except BaseException:
        if writer is not None:
            writer.close()
        raise
    tables = _Tables(path / DATABASE, writer, store)
    threads = make_worker(f"data-{name}", _THREADS) if durable else Inline()
    stream = make_worker(f"bytes-{name}", 1) if durable else Inline()

    async def close(in_good_order: bool) -> None:
        try:
            # Whoever opens the brick anew must not find that bytes of this time come behind his.
            await stream.emptied()
            await threads.emptied()
            # In the writer's thread: whatever it still does ends before its store does.
            work = _finish if in_good_order else _nothing
            await (writer or Inline()).run(work, path, identity, tables)
        finally:
            for worker in (threads, stream, writer):
                if worker is not None:
                    worker.close()
            tables.store.close()
            lock.close()

    return LocalBrick(
        id=identity.brick,
        path=path,
        volume=identity.volume,
        replica_set=identity.replica_set,
        start_id=start_id,
        root=str(path / DATA),
        durable=durable,
        store=store,
        copy=tables,
        disk=disk,
        threads=threads,
        stream=stream,
        log=log,
        close=close,
        look=look,
    )


def _looker(path: Path, disk: LocalDisk) -> Callable[[], DiskSpace]:
    file = path / IDENTITY_FILE
    opened = os.stat(file)

    def look() -> DiskSpace:
        found = os.stat(file)
        if (found.st_dev, found.st_ino) != (opened.st_dev, opened.st_ino):
            raise FileNotFoundError(ENOENT, "another directory is in its place", str(path))
        # A file system that has found an error in itself may be read-only since, and say so to
        # nobody but who opens a file to write.
        os.close(os.open(file, os.O_WRONLY | os.O_CLOEXEC))
        return disk.space(str(path))

    return look


def _finish(path: Path, identity: Identity, tables: _Tables) -> None:
    """Note that all is on the disk."""
    store = tables.store
    if identity.durability == "none":
        # First all that the note vouches for, tables and data files, then the note.
        store.sync()
        sync_file_system(path)
    end(store)
    store.sync()


def _nothing(path: Path, identity: Identity, tables: _Tables) -> None:
    """Stand for the end of the queue."""
