"""Carry out records in a transaction, keep what undoes them, and go back.

Records are physical, so all of this is loops over puts and deletes: a primary's own batch, the
stream at a secondary, a replayed log and a rolled back tail use the same few functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from nfsgw.backend.brick.keys import COMMIT_POINT, sequence_key
from nfsgw.backend.brick.record import Changes, Record, decode_record, encode_record
from nfsgw.backend.brick.schema import pack_number
from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table

__all__ = [
    "Batch",
    "LogBounds",
    "apply",
    "drop_undo",
    "last_record",
    "replay",
    "roll_back",
    "trim_log",
]

_REPLY: Final = Table.REPLY
_TRIM_INTERVAL: Final = 64
_TRIM_CHUNK: Final = 512


@dataclass(frozen=True, slots=True)
class LogBounds:
    """How far the log reaches back: it loses its oldest records beyond either bound.

    :param bytes_max: room that the table may take.
    :param age_s: of the oldest record, by the time of the newest.
    """

    bytes_max: int = 64 << 20
    age_s: int = 3600


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are committed together, as a piece of work for :meth:`Store.write`.

    :param commit_point: remembered together with undo values, where other bricks decide it;
        None where this brick's commit is itself the commit point, and nothing is ever undone.
        At the end of the batch: no other brick follows now, so nothing of it will be undone.
    :param keep_from: records from this sequence on stay in the log beyond the bounds.
    """

    records: Sequence[Record]
    bounds: LogBounds
    commit_point: int | None = None
    keep_from: int | None = None

    def __call__(self, transaction: Transaction) -> None:
        """Carry out the batch."""
        point = self.commit_point
        keep_undo = point is not None and point < self.records[-1].sequence
        apply(transaction, self.records, keep_undo)
        if self.commit_point is not None:
            item = (COMMIT_POINT, pack_number(self.commit_point))
            transaction.put_many(Table.META, (item,))
            drop_undo(transaction, self.commit_point)
        newest = self.records[-1]
        if newest.sequence % _TRIM_INTERVAL < len(self.records):
            kept = [each for each in (self.keep_from, point) if each is not None]
            # What may be rolled back needs the record before it.
            trim_log(transaction, self.bounds, newest.time_ns, min(kept, default=None))


def apply(transaction: Transaction, records: Sequence[Record], keep_undo: bool) -> None:
    """Put the records' changes, replies and log entries.

    A key that several records change is written once, with its last value.

    :param records: dense in sequence, following the last one in the log.
    :param keep_undo: also keep, per record, the values that it replaces.
    """
    if not records:
        return
    merged: defaultdict[Table, dict[bytes, bytes | None]] = defaultdict(dict)
    undo: list[tuple[bytes, bytes]] = []
    for record in records:
        if keep_undo:
            undo.append(_undo_item(transaction, merged, record))
        for (table, key), value in record.changes.items():
            merged[table][key] = value
        if record.request:
            merged[_REPLY][record.request] = record.reply
    for table, values in merged.items():
        _write(transaction, table, values)
    transaction.put_many(
        Table.LOG, [(sequence_key(record.sequence), encode_record(record)) for record in records]
    )
    if undo:
        transaction.put_many(Table.UNDO, undo)


def _write(transaction: Transaction, table: Table, values: dict[bytes, bytes | None]) -> None:
    puts = [(key, value) for key, value in values.items() if value is not None]
    if puts:
        if len(puts) > 1:
            puts.sort()
        transaction.put_many(table, puts)
    if len(puts) != len(values):
        transaction.delete_many(table, [key for key, value in values.items() if value is None])


def _undo_item(
    transaction: Transaction, merged: dict[Table, dict[bytes, bytes | None]], record: Record
) -> tuple[bytes, bytes]:
    """Return the UNDO item of a record: a record of the values before it."""
    before: Changes = {}
    for table, key, _ in record.effects():
        earlier = merged.get(table)
        if earlier is not None and key in earlier:
            before[table, key] = earlier[key]
        else:
            before[table, key] = transaction.get(table, key)
    undo = Record(record.sequence, record.epoch, record.time_ns, before)
    return sequence_key(record.sequence), encode_record(undo)


def roll_back(transaction: Transaction, to_sequence: int) -> int:
    """Take back every record above ``to_sequence``, newest first; return how many.

    :raises StoreFailed: undo does not reach back so far, or a record has no undo.
    """
    last = last_record(transaction)
    if last is None or last.sequence <= to_sequence:
        return 0
    after = sequence_key(to_sequence)
    items = list(transaction.scan(Table.UNDO, b"", after))
    if len(items) != last.sequence - to_sequence:
        raise StoreFailed(f"undo does not reach back from {last.sequence} to {to_sequence}")
    for key, value in reversed(items):
        undo = decode_record(value, key)
        by_table: dict[Table, dict[bytes, bytes | None]] = {}
        for (table, changed), before in undo.changes.items():
            by_table.setdefault(table, {})[changed] = before
        for table, values in by_table.items():
            _write(transaction, table, values)
    keys = [key for key, _ in items]
    transaction.delete_many(Table.LOG, keys)
    transaction.delete_many(Table.UNDO, keys)
    return len(keys)


def drop_undo(transaction: Transaction, commit_point: int) -> None:
    """Forget the undo values of what can no longer be taken back."""
    old: list[bytes] = []
    end = sequence_key(commit_point)
    for key, _ in transaction.scan(Table.UNDO, b""):
        if key > end:
            break
        old.append(key)
    if old:
        transaction.delete_many(Table.UNDO, old)


def trim_log(
    transaction: Transaction, bounds: LogBounds, now_ns: int, keep_from: int | None = None
) -> None:
    """Drop the oldest log entries beyond the bounds; the newest always stays.

    Called now and then; drops more than has been added since, so that the table shrinks to its
    bound without one commit ever paying for all.

    :param keep_from: records from this sequence on stay, for a brick that is catching up.
    """
    last = transaction.last(Table.LOG)
    assert last is not None
    over = transaction.table_bytes(Table.LOG) > bounds.bytes_max
    oldest_ns = now_ns - bounds.age_s * 1_000_000_000
    end = last[0] if keep_from is None else min(last[0], sequence_key(keep_from))
    old: list[bytes] = []
    for key, value in transaction.scan(Table.LOG, b""):
        # The time stands at a fixed place, so nothing else of the record is read.
        fresh = int.from_bytes(value[17:25], "big") >= oldest_ns
        if len(old) >= _TRIM_CHUNK or key >= end or (fresh and not over):
            break
        old.append(key)
    if old:
        transaction.delete_many(Table.LOG, old)


def last_record(transaction: Transaction) -> Record | None:
    """Return the newest record of the log."""
    last = transaction.last(Table.LOG)
    return None if last is None else decode_record(last[1], last[0])


def replay(transaction: Transaction, entries: Iterable[tuple[bytes, bytes]]) -> int:
    """Apply log entries (of another brick) that this one lacks; return the last sequence.

    :raises StoreFailed: they do not follow this brick's last record.
    """
    last = last_record(transaction)
    sequence = 0 if last is None else last.sequence
    for key, value in entries:
        record = decode_record(value, key)
        if record.sequence <= sequence:
            continue
        if record.sequence != sequence + 1:
            raise StoreFailed(f"record {record.sequence} does not follow {sequence}")
        apply(transaction, (record,), keep_undo=False)
        sequence = record.sequence
    return sequence
