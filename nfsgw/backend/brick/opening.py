"""Open a brick's directory, and close it again: identity, lock, tables, writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from nfsgw.backend.brick.brick import Brick
from nfsgw.backend.brick.identity import (
    DATABASE,
    BrickLock,
    BrickRefused,
    Identity,
    read_identity,
    sync_file_system,
)
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.starting import Options, Surroundings, begin, end
from nfsgw.backend.brick.worker import Worker

__all__ = ["OpenBrick", "open_brick"]

_LINGER_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class OpenBrick:
    """A brick together with what must be closed after it."""

    brick: Brick
    identity: Identity
    _store: LmdbStore
    _worker: Worker | None
    _lock: BrickLock

    async def close(self) -> None:
        """Commit what has queued, and let go of the directory."""
        failed = self.brick.failure is not None
        try:
            await self.brick.close()
            if self._worker is not None:
                # Whatever the writer still does (after a failure) ends before its store does.
                await self._worker.run(_nothing)
            if not failed:
                if self.identity.durability == "none":
                    # First all that the note vouches for, tables and data files, then the note.
                    self._store.sync()
                    sync_file_system(self.brick.path)
                end(self._store)
                self._store.sync()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the directory as it is, as a crash would."""
        if self._worker is not None:
            self._worker.close()
        self._store.close()
        self._lock.close()


def _nothing() -> None:
    """Stand for the end of the queue."""


def open_brick(
    path: Path,
    surroundings: Surroundings,
    options: Options,
    start_id: bytes,
    boot_id: str,
    make_worker: Callable[[str], Worker],
    expected: Identity | None = None,
) -> OpenBrick:
    """Open a brick.

    :param start_id: random bytes, new at each start.
    :param boot_id: of the running machine (``/proc/sys/kernel/random/boot_id``).
    :param make_worker: makes the thread that commits, by name; called for durable bricks only.
    :param expected: who the brick must be, where the caller knows; durability and the list of the
        set's bricks are not compared.
    :raises BrickRefused: it is in use, unknown, of another format, of another volume, or released.
    :raises StoreFailed: its tables cannot be opened.
    """
    lock = BrickLock(path)
    try:
        identity = read_identity(path)
        _check(path, identity, expected)
        durable = identity.durability == "durable"
        if durable and not options.linger_s:
            options = replace(options, linger_s=_LINGER_S)
        store, worker, brick = _start(
            path, identity, surroundings, options, start_id, boot_id, make_worker
        )
    except BaseException:
        lock.close()
        raise
    return OpenBrick(brick, identity, store, worker, lock)


def _check(path: Path, identity: Identity, expected: Identity | None) -> None:
    if identity.released:
        raise BrickRefused(f"{path} belongs to no volume: its volume was deleted")
    if expected is not None:
        for name in ("pool", "volume", "replica_set", "brick"):
            found, wanted = getattr(identity, name), getattr(expected, name)
            if found != wanted:
                what = name.replace("_", " ")
                raise BrickRefused(f"{path} is another brick: its {what} is {found}, not {wanted}")


def _start(
    path: Path,
    identity: Identity,
    surroundings: Surroundings,
    options: Options,
    start_id: bytes,
    boot_id: str,
    make_worker: Callable[[str], Worker],
) -> tuple[LmdbStore, Worker | None, Brick]:
    durable = identity.durability == "durable"
    worker = make_worker(f"brick-{identity.brick[:8]}") if durable else None
    store: LmdbStore | None = None
    try:
        store = LmdbStore(path / DATABASE, worker, sync=durable)
        start = begin(store, identity, start_id, boot_id)
        brick = Brick(path, store, start, surroundings, options)
    except BaseException:
        if store is not None:
            store.close()
        if worker is not None:
            worker.close()
        raise
    return store, worker, brick
