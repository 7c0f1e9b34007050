"""Making and starting a brick: everything that is settled before its first operation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from nfsgw.backend.brick.applying import Batch, LogBounds, last_record
from nfsgw.backend.brick.identity import (
    DATA,
    DATABASE,
    IDENTITY_FILE,
    BrickRefused,
    Identity,
    create_identity,
)
from nfsgw.backend.brick.keys import BOOT, EPOCH, FAILED_FLUSHES, FORMAT, NEXT_INODE
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.replies import ReplyBounds
from nfsgw.backend.brick.schema import FORMAT_VERSION, pack_number, put_root, unpack_number
from nfsgw.backend.brick.store import Store, Transaction
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.clock import Clock
from nfsgw.turn import Turn

__all__ = [
    "CallLater",
    "Delayed",
    "Options",
    "Start",
    "Surroundings",
    "begin_epoch",
    "end",
    "format_brick",
    "prepare",
    "sync_directory",
]


class Delayed(Protocol):
    """A timer that is running."""

    def cancel(self) -> object:
        """Stop it; only before it has gone off."""


CallLater = Callable[[float, Callable[[], None]], Delayed]
"""``reactor.callLater``, as far as it is needed."""

_RESERVE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """Bounds and intervals of one brick.

    :param reserve_bytes: below so much room on the disk, growth is refused with NOSPC.
    :param room_s: how often room is looked at.
    :param linger_s: how long records that nobody waits for may wait for company; 0: not at all
        (where a commit costs no fsync).
    :param touch_s: how long an access time waits for a record to ride on.
    """

    reserve_bytes: int = _RESERVE_BYTES
    room_s: float = 0.5
    linger_s: float = 0.0
    touch_s: float = 5.0
    log: LogBounds = field(default_factory=LogBounds)
    replies: ReplyBounds = field(default_factory=ReplyBounds)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a brick is given to live in.

    :param call_later: timers.
    :param free_bytes: room that is left on the brick's disk.
    """

    clock: Clock
    turn: Turn
    call_later: CallLater
    free_bytes: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a primary goes on.

    :param start_id: random bytes of this start, part of the verifier.
    :param sequence: of the last record.
    :param time_ns: of the last record; no operation gets an earlier time.
    """

    volume: int
    replica_set: int
    start_id: bytes
    epoch: int
    sequence: int
    time_ns: int
    failed_flushes: int


def prepare(store: Store, identity: Identity, boot_id: str) -> None:
    """Look whether a brick's tables can be used, and note that they are in use.

    :param boot_id: of the running machine.
    :raises BrickRefused: the tables have another format, are empty, or lost their last commits
        with the machine's power.
    :raises StoreFailed: the disk.
    """

    def settle(transaction: Transaction) -> None:
        version = transaction.get(Table.META, FORMAT)
        if version is None or unpack_number(version) != FORMAT_VERSION:
            raise BrickRefused(f"the brick's tables are not of format {FORMAT_VERSION}")
        _check_boot(transaction, boot_id)
        if last_record(transaction) is None or transaction.get(Table.META, NEXT_INODE) is None:
            raise BrickRefused("the brick's log is empty: its tables are damaged")
        boot = boot_id.encode() if identity.durability == "none" else b""
        transaction.put_many(Table.META, [(BOOT, boot)])

    store.transact(settle)


def begin_epoch(
    volume: int, replica_set: int, start_id: bytes, epoch: int | None = None
) -> Callable[[Transaction], Start]:
    """Return the work that makes a brick primary: raise the epoch, find where history ends.

    :param epoch: the set's new one; None: one more than the brick's last.
    """

    def begin(transaction: Transaction) -> Start:
        last = last_record(transaction)
        assert last is not None, "a brick that was prepared has a log"
        new = _number(transaction, EPOCH) + 1 if epoch is None else epoch
        transaction.put_many(Table.META, [(EPOCH, pack_number(new))])
        return Start(
            volume,
            replica_set,
            start_id,
            new,
            last.sequence,
            last.time_ns,
            _number(transaction, FAILED_FLUSHES),
        )

    return begin


def _check_boot(transaction: Transaction, boot_id: str) -> None:
    open_since = transaction.get(Table.META, BOOT)
    if open_since and open_since != boot_id.encode():
        raise BrickRefused(
            "the machine was restarted while this brick, then without durability, was open: "
            "what it holds cannot be trusted. Delete the volume and its directory, and create it "
            "again"
        )


def _number(transaction: Transaction, name: bytes) -> int:
    value = transaction.get(Table.META, name)
    return 0 if value is None else unpack_number(value)


def end(store: Store) -> None:
    """Note that the brick was closed in good order; what it holds then outlives the machine."""
    store.transact(lambda transaction: transaction.put_many(Table.META, [(BOOT, b"")]))


def format_brick(path: Path, identity: Identity, now_ns: int, epoch: int = 1) -> None:
    """Make a directory an empty brick of an empty volume: identity, tables, root directory.

    The root is made by record 1, so the log is never empty.

    :param epoch: of that record: 1 for all bricks that a set begins with; 0 for one that joins a
        set, which has another record 1, so that nobody takes this one for that.
    :raises BrickRefused: the directory cannot be used; see :func:`create_identity`.
    :raises StoreFailed: the disk.
    """
    create_identity(path, identity)
    try:
        _fill_brick(path, identity, now_ns, epoch)
    except BaseException:
        # The directory was empty, so all that is in it now is ours.
        for name in (DATABASE, DATA):
            shutil.rmtree(path / name, ignore_errors=True)
        (path / IDENTITY_FILE).unlink(missing_ok=True)
        raise


def _fill_brick(path: Path, identity: Identity, now_ns: int, epoch: int) -> None:
    try:
        (path / DATA).mkdir(mode=0o700)
        (path / DATABASE).mkdir(mode=0o700)
    except OSError as error:
        raise BrickRefused(f"{path}: {error.strerror}") from None
    change = Change(DictView(), now_ns)
    put_root(change, identity.volume)
    record = Record(1, epoch, now_ns, change.changes)
    store = LmdbStore(path / DATABASE, sync=True)
    try:

        def fill(transaction: Transaction) -> None:
            items = [(FORMAT, pack_number(FORMAT_VERSION)), (EPOCH, pack_number(epoch))]
            transaction.put_many(Table.META, items)
            Batch([record], LogBounds())(transaction)

        store.transact(fill)
    finally:
        store.close()
    sync_directory(path)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable.

    :raises OSError: the disk.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
