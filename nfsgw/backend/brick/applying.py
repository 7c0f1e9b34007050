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
from nfsgw.backend.brick.record import Changes, Record, decode_record
from nfsgw.backend.brick.schema import pack_number
from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table, View

__all__ = [
    "Batch",
    "LogBounds",
    "apply",
    "drop_undo",
    "first_undone",
    "forget_undo",
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
        if point is None:
            apply(transaction, self.records, keep_undo=False)
        else:
            final = max(0, point + 1 - self.records[0].sequence)
            apply(transaction, self.records[:final], keep_undo=False)
            apply(transaction, self.records[final:], keep_undo=True)
            transaction.put_many(Table.META, ((COMMIT_POINT, pack_number(point)),))
            drop_undo(transaction, point)
        newest = self.records[-1]
        if newest.sequence % _TRIM_INTERVAL < len(self.records):
            kept = [each for each in (self.keep_from, point) if each is not None]
            # What may be rolled back needs the record before it.
            trim_log(transaction, self.bounds, newest.time_ns, min(kept, default=None))


def apply(transaction: Transaction, records: Sequence[Record], keep_undo: bool) -> None:
    """Put the records' changes, replies and log entries.

    A key that several records change is written once, with its last value.

    :param records: dense in sequence, following the last one in the log.
    :param keep_undo: also keep the values that they replace, to be put back for all of them.
    """
    if not records:
        return
    merged: defaultdict[Table, dict[bytes, bytes | None]] = defaultdict(dict)
    for record in records:
        for (table, key), value in record.changes.items():
            merged[table][key] = value
        if record.request:
            merged[_REPLY][record.request] = record.reply
    if keep_undo:
        before = {
            (table, key): transaction.get(table, key)
            for table, values in merged.items()
            for key in values
        }
        _keep_undo(transaction, records, before)
    for table, values in merged.items():
        _write(transaction, table, values)
    transaction.put_many(
        Table.LOG, [(sequence_key(record.sequence), record.encoded) for record in records]
    )


def _write(transaction: Transaction, table: Table, values: dict[bytes, bytes | None]) -> None:
    puts = [(key, value) for key, value in values.items() if value is not None]
    if puts:
        if len(puts) > 1:
            puts.sort()
        transaction.put_many(table, puts)
    if len(puts) != len(values):
        transaction.delete_many(table, [key for key, value in values.items() if value is None])


def _keep_undo(transaction: Transaction, records: Sequence[Record], before: Changes) -> None:
    """Put an item under the last record's sequence: a record like the first, of earlier values."""
    first, last = records[0], records[-1]
    undo = Record(first.sequence, first.epoch, first.time_ns, before)
    transaction.put_many(Table.UNDO, ((sequence_key(last.sequence), undo.encoded),))


def first_undone(view: View) -> int | None:
    """Return the sequence of the oldest record that can be taken back; None if none can."""
    item = next(iter(view.scan(Table.UNDO, b"")), None)
    return None if item is None else decode_record(item[1]).sequence


def roll_back(transaction: Transaction, to_sequence: int) -> int:
    """Take back every record above ``to_sequence``, newest first; return how many.

    :raises StoreFailed: undo does not reach back so far.
    """
    last = last_record(transaction)
    if last is None or last.sequence <= to_sequence:
        return 0
    at = last.sequence
    for key, value in reversed(list(transaction.scan(Table.UNDO, b"", sequence_key(to_sequence)))):
        undo = decode_record(value)
        if key != sequence_key(at):
            break
        _restore(transaction, undo.changes)
        at = undo.sequence - 1
    if at > to_sequence:
        raise StoreFailed(f"undo does not reach back from {last.sequence} to {to_sequence}")
    logged = list(transaction.scan(Table.LOG, b"", sequence_key(at)))
    transaction.delete_many(Table.LOG, [key for key, _ in logged])
    undone = [key for key, _ in transaction.scan(Table.UNDO, b"", sequence_key(at))]
    transaction.delete_many(Table.UNDO, undone)
    # The last batch went as a whole; what stays of it is carried out again.
    stays = [decode_record(value, key) for key, value in logged[: to_sequence - at]]
    apply(transaction, stays, keep_undo=True)
    return last.sequence - to_sequence


def _restore(transaction: Transaction, before: Changes) -> None:
    by_table: defaultdict[Table, dict[bytes, bytes | None]] = defaultdict(dict)
    for (table, key), value in before.items():
        by_table[table][key] = value
    for table, values in by_table.items():
        _write(transaction, table, values)


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


def forget_undo(transaction: Transaction) -> None:
    """Make everything final: nothing can be taken back, and no other brick decides it."""
    transaction.delete_many(Table.META, [COMMIT_POINT])
    transaction.delete_many(Table.UNDO, [key for key, _ in transaction.scan(Table.UNDO, b"")])


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
