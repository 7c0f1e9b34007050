"""What a brick that follows a primary does to its tables: plain functions of a transaction.

Besides records there is what a brick notes about itself, in local keys of META:

``missing/`` + extent key
    It lacks the bytes of this extent: it did not see them, or does not trust what it has.  Noted
    in the transaction that gives the reason, struck off when the bytes are durable.
``reconcile/`` + inode
    The tables have passed changes of a data file that the file itself has not seen.  Noted in the
    transaction of those changes, so that a crash between that and the work on the file is made
    good by the next start.  The value: the lowest size that it was cut to, and the sequence of the
    last record, which tells one noting from another.
``empty-files``
    The tables were copied from another brick, so no data file is worth anything.

A brick that sees records without their bytes (:func:`replay`) brings a data file in line when a
record says that a cut is over: all others have done it, and nobody will ask for it again.  A cut
that is still under way is the primary's to ask for.  What is done is not what was done elsewhere,
step by step, but what the tables ask for now (:func:`_wanted`): a file that was cut to 5, grew and
was written to is cut to 5, and every extent that it has gained since is missing.  So what has no
key is a hole on this brick too.  None of it can be taken back with a record: the record of a cut
is committed everywhere before anybody cuts.

Functions that raise MemberFailed do so before they change anything.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from nfsgw.backend.brick import applying
from nfsgw.backend.brick.applying import (
    Batch,
    LogBounds,
    drop_undo,
    first_undone,
    last_record,
)
from nfsgw.backend.brick.attributes import flags_of
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.keys import (
    BOOT,
    COMMIT_POINT,
    EMPTY_FILES,
    EPOCH,
    FAILED_FLUSHES,
    FORMAT,
    MISSING,
    NEXT_INODE,
    RECONCILE,
    extent_key,
    inode_key,
    inode_of,
    sequence_key,
    sequence_of,
)
from nfsgw.backend.brick.record import Record, decode_record
from nfsgw.backend.brick.schema import DATA_IN_FILE, EXTENT_BYTES, pack_number, unpack_number
from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table, View
from nfsgw.backend.replica.member import ExtentKey, Item, MemberFailed, RangeDigest, Standing
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared

__all__ = [
    "FileState",
    "FileWork",
    "append",
    "attach",
    "digest",
    "end_file_work",
    "epoch_of",
    "finish_copy",
    "load",
    "local_items",
    "mend",
    "note_missing",
    "replay",
    "replay_copy",
    "roll_back",
    "rows",
    "settle",
]

_NOTE = struct.Struct(">QQ")
_DIGEST_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
_MARKS_AT_ONCE: Final = 4096


class FileState(NamedTuple):
    """What a data file must be like, as far as the tables say.

    :ivar length: it is no longer than this; None: it is not there.
    :ivar present: it is made if it is not there.
    """

    inode: int
    length: int | None
    present: bool = False


class FileWork(NamedTuple):
    """What is to be done to data files until they are in line with the tables.

    :ivar empty: first, all of them go.
    :ivar notes: the ``reconcile/`` items that say so.
    """

    empty: bool
    files: list[FileState]
    notes: list[Item]


# Belonging


def epoch_of(view: View) -> int:
    """Return the latest epoch that the brick has heard of."""
    value = view.get(Table.META, EPOCH)
    return 0 if value is None else unpack_number(value)


def attach(transaction: Transaction, epoch: int, start_id: bytes) -> tuple[Standing, FileWork]:
    """Note the epoch; return where the brick stands, and what a crash has left to be done."""
    transaction.put_many(Table.META, [(EPOCH, pack_number(epoch))])
    return _standing(transaction, start_id), _file_work(transaction)


def _standing(transaction: Transaction, start_id: bytes) -> Standing:
    last = last_record(transaction)
    if last is None:
        raise StoreFailed("the brick's log is empty: its tables are damaged")
    undone = first_undone(transaction)
    kept = last.sequence if undone is None else undone - 1
    after = sequence_key(kept - 1) if kept else b""
    tail = tuple(
        (sequence_of(key), decode_record(value, key).epoch)
        for key, value in transaction.scan(Table.LOG, b"", after)
    )
    missing = sum(1 for _ in transaction.scan(Table.META, MISSING))
    return Standing(start_id, last.sequence, tail, missing)


# Records


def append(
    transaction: Transaction, records: Sequence[Record], bounds: LogBounds, commit_point: int
) -> None:
    """Commit records that follow the last one; without any, only the commit point.

    :raises MemberFailed: they do not follow.
    """
    if not records:
        transaction.put_many(Table.META, [(COMMIT_POINT, pack_number(commit_point))])
        drop_undo(transaction, commit_point)
        return
    _check_order(_last_sequence(transaction), records)
    Batch(records, bounds, commit_point)(transaction)


def _last_sequence(transaction: Transaction) -> int | None:
    last = transaction.last(Table.LOG)
    return None if last is None else sequence_of(last[0])


def _check_order(last: int | None, records: Sequence[Record]) -> None:
    expected = records[0].sequence if last is None else last + 1
    for number, record in enumerate(records, expected):
        if record.sequence != number:
            raise MemberFailed(f"record {record.sequence} does not follow record {number - 1}")


def roll_back(transaction: Transaction, sequence: int) -> None:
    """Take back all records above ``sequence``, which stays.

    :raises MemberFailed: undo, or the log, does not reach back so far.
    """
    last = _last_sequence(transaction)
    if last is None or last <= sequence:
        return
    undone = first_undone(transaction)
    if undone is None or undone > sequence + 1:
        raise MemberFailed(f"it cannot go back to record {sequence}: it has no undo for that")
    if transaction.get(Table.LOG, sequence_key(sequence)) is None:
        raise MemberFailed(f"it cannot go back to record {sequence}: its log has lost it")
    applying.roll_back(transaction, sequence)


def replay(
    transaction: Transaction, records: Sequence[Record], bounds: LogBounds, commit_point: int
) -> FileWork:
    """Commit records whose bytes this brick did not see; note the extents that it lacks now.

    :returns: what is to be done to data files, also what earlier calls have left.
    :raises MemberFailed: the records do not follow the last one.
    """
    if records:
        _check_order(_last_sequence(transaction), records)
        cuts = _cuts(transaction, records)
        Batch(records, bounds, commit_point)(transaction)
        put = {
            key
            for record in records
            for (table, key), value in record.changes.items()
            if table is Table.EXTENT and value is not None
        }
        _put_missing(transaction, sorted(put))
        _note_cuts(transaction, cuts, records[-1].sequence)
    return _file_work(transaction)


def _cuts(before: View, records: Iterable[Record]) -> dict[int, int]:
    """Return the lowest cut of each data file that records say is over.

    An extent that loses its key is beyond a cut too, or it was named for a write that failed: then
    it lies beyond the end of the file, and may have bytes here where the other bricks have none.
    """
    cuts: dict[int, int] = {}
    ordered: dict[bytes, bytes | None] = {}
    for record in records:
        for (table, key), value in record.changes.items():
            if table is Table.TRIM:
                order = ordered[key] if key in ordered else before.get(table, key)
                if value is None and order is not None:
                    _lower(cuts, inode_of(key), unpack_number(order))
                ordered[key] = value
            elif table is Table.EXTENT and value is None:
                _lower(cuts, inode_of(key), int.from_bytes(key[8:], "big") * EXTENT_BYTES)
    return cuts


def _lower(cuts: dict[int, int], inode: int, cut: int) -> None:
    cuts[inode] = min(cut, cuts.get(inode, cut))


def _put_missing(transaction: Transaction, keys: Iterable[bytes]) -> None:
    transaction.put_many(Table.META, [(MISSING + key, b"") for key in keys])


def _note_cuts(transaction: Transaction, cuts: dict[int, int], sequence: int) -> None:
    for inode, cut in sorted(cuts.items()):
        key = RECONCILE + inode_key(inode)
        noted = transaction.get(Table.META, key)
        lowest = cut if noted is None else min(cut, _NOTE.unpack(noted)[0])
        transaction.put_many(Table.META, [(key, _NOTE.pack(lowest, sequence))])


# Data files


def _file_work(view: View) -> FileWork:
    empty = view.get(Table.META, EMPTY_FILES) is not None
    notes = list(view.scan(Table.META, RECONCILE))
    head = len(RECONCILE)
    files = [_wanted(view, inode_of(key[head:]), _NOTE.unpack(value)[0]) for key, value in notes]
    return FileWork(empty, files, notes)


def _wanted(view: View, inode: int, cut: int) -> FileState:
    """Return what a data file must be like whose lowest cut, or whose making, is over."""
    key = inode_key(inode)
    record = view.get(Table.INODE, key)
    if record is not None and flags_of(record) & DATA_IN_FILE:
        return FileState(inode, cut, present=True)
    if record is None and view.get(Table.TRIM, key) is not None:
        # It is being removed.
        return FileState(inode, cut)
    return FileState(inode, None)


def end_file_work(transaction: Transaction, work: FileWork) -> None:
    """Note that this has been done, durably; what was noted since then is still to be done."""
    done = [key for key, value in work.notes if transaction.get(Table.META, key) == value]
    transaction.delete_many(Table.META, [*done, EMPTY_FILES] if work.empty else done)


# Extents that are missing


def note_missing(transaction: Transaction) -> list[ExtentKey]:
    """Count as missing what is being written too, and return all that is missing."""
    head = len(WRITING)
    _put_missing(transaction, [key[head:] for key, _ in transaction.scan(Table.META, WRITING)])
    head = len(MISSING)
    return [
        (inode_of(key[head:]), int.from_bytes(key[head + 8 :], "big"))
        for key, _ in transaction.scan(Table.META, MISSING)
    ]


def settle(transaction: Transaction, extents: Iterable[ExtentKey]) -> None:
    """Strike extents off what is missing."""
    transaction.delete_many(Table.META, [MISSING + extent_key(*extent) for extent in extents])


# A copy of all tables


def load(transaction: Transaction, table: Table, items: Sequence[Item]) -> None:
    """Put items into a copy.

    :raises MemberFailed: they are a brick's own.
    """
    _check_shared(table, (key for key, _ in items))
    transaction.put_many(table, items)


def replay_copy(transaction: Transaction, records: Sequence[Record], bounds: LogBounds) -> None:
    """Apply records to a copy; the first one begins its log.

    :raises MemberFailed: they do not follow each other.
    """
    if records:
        _check_order(_last_sequence(transaction), records)
        Batch(records, bounds)(transaction)


def local_items(view: View) -> list[Item]:
    """Return the brick's own items that a copy of the tables needs too."""
    found = ((key, view.get(Table.META, key)) for key in (FORMAT, BOOT, FAILED_FLUSHES))
    return [(key, value) for key, value in found if value is not None]


def finish_copy(transaction: Transaction, epoch: int, local: Sequence[Item]) -> None:
    """Make a copy fit to take the place of the tables: every extent in it is missing.

    :param local: of :func:`local_items`.
    :raises MemberFailed: it is not whole.
    """
    last = _last_sequence(transaction)
    if last is None or transaction.get(Table.META, NEXT_INODE) is None:
        raise MemberFailed("the copy of the tables is not whole")
    transaction.put_many(
        Table.META,
        [
            *local,
            (EPOCH, pack_number(epoch)),
            (COMMIT_POINT, pack_number(last)),
            (EMPTY_FILES, b""),
        ],
    )
    # In the place of an extent that is fetched, a file appears.  These have none, and need one.
    bare = {
        inode_of(key): 0
        for key, value in transaction.scan(Table.INODE, b"")
        if flags_of(value) & DATA_IN_FILE
        and next(iter(transaction.scan(Table.EXTENT, key)), None) is None
    }
    _note_cuts(transaction, bare, last)
    after = b""
    while keys := [
        key for key, _ in islice(transaction.scan(Table.EXTENT, b"", after), _MARKS_AT_ONCE)
    ]:
        _put_missing(transaction, keys)
        after = keys[-1]


# Comparing and mending


def rows(view: View, table: Table, after: bytes, upto: bytes | None) -> list[Item]:
    """Return the shared items with ``after`` < key <= ``upto`` (None: to the table's end)."""
    return list(_range(view, table, after, upto))


def _range(view: View, table: Table, after: bytes, upto: bytes | None) -> Iterator[Item]:
    for item in view.scan(table, b"", after):
        if upto is not None and item[0] > upto:
            return
        if is_shared(table, item[0]):
            yield item


def digest(view: View, table: Table, after: bytes, upto: bytes | None) -> RangeDigest:
    """Digest what :func:`rows` returns: lengths, keys and values, in order."""
    count = 0
    found = blake2b(digest_size=_DIGEST_BYTES)
    for key, value in _range(view, table, after, upto):
        count += 1
        for part in (key, value):
            found.update(len(part).to_bytes(_LENGTH_BYTES, "big") + part)
    return RangeDigest(count, found.digest())


def mend(
    transaction: Transaction,
    table: Table,
    after: bytes,
    upto: bytes | None,
    items: Sequence[Item],
) -> None:
    """Make what :func:`rows` returns exactly these items.

    :raises MemberFailed: some lie outside, or are a brick's own.
    """
    wanted = dict(items)
    _check_shared(table, wanted)
    if any(key <= after or (upto is not None and key > upto) for key in wanted):
        raise MemberFailed("an item lies outside the range that it is to mend")
    found = dict(_range(transaction, table, after, upto))
    transaction.delete_many(table, [key for key in found if key not in wanted])
    changed = sorted(item for item in wanted.items() if found.get(item[0]) != item[1])
    transaction.put_many(table, changed)


def _check_shared(table: Table, keys: Iterable[bytes]) -> None:
    if table not in SHARED_TABLES or not all(is_shared(table, key) for key in keys):
        raise MemberFailed(f"items of {table.name.lower()} are a brick's own")
