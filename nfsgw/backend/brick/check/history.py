"""Check the history: the log is dense and agrees with the tables, undo, and stored replies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nfsgw.backend.brick.check.finding import Fault, Finding
from nfsgw.backend.brick.keys import COMMIT_POINT, sequence_key
from nfsgw.backend.brick.record import Record, decode_record, unpack_reply
from nfsgw.backend.brick.replies import ReplyBounds
from nfsgw.backend.brick.results import BadRecord, decode_result
from nfsgw.backend.brick.schema import unpack_number
from nfsgw.backend.brick.view import Table, View

__all__ = ["History"]

_COMPARED_MAX: Final = 4096
"""How many of the newest records are compared with the tables: bounds the memory of that."""


class History:
    """The check of one brick's log, undo and replies.

    :ivar records: how many the log holds; ``replies`` likewise; ``last`` the newest sequence.
    """

    def __init__(self, view: View, bounds: ReplyBounds | None = None) -> None:
        self._view = view
        self._bounds = bounds or ReplyBounds()
        self.records = 0
        self.replies = 0
        self.last = 0

    def check(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        yield from self._check_log()
        yield from self._check_tables()
        yield from self._check_undo()
        yield from self._check_replies()

    def _check_log(self) -> Iterator[Finding]:
        before: Record | None = None
        for key, value in self._view.scan(Table.LOG, b""):
            self.records += 1
            self.last = int.from_bytes(key, "big")
            try:
                record = decode_record(value, key)
            except BadRecord as error:
                yield Finding(Fault.LOG, f"record {key.hex()}", str(error))
                before = None
                continue
            if before is not None:
                where = f"record {record.sequence}"
                if record.sequence != before.sequence + 1:
                    yield Finding(Fault.LOG, where, f"follows {before.sequence}: a gap")
                if record.epoch < before.epoch or record.time_ns < before.time_ns:
                    yield Finding(Fault.LOG, where, "its epoch or time is before its forerunner's")
            before = record
        if not self.records:
            yield Finding(Fault.LOG, "log", "is empty")

    def _check_tables(self) -> Iterator[Finding]:
        """Compare what the newest records put last with what the tables hold."""
        seen: dict[tuple[Table, bytes], tuple[bytes | None, int]] = {}
        first = max(self.last - _COMPARED_MAX, 0)
        for key, value in self._view.scan(Table.LOG, b"", sequence_key(first)):
            try:
                record = decode_record(value, key)
            except BadRecord:
                return  # reported above; what a lost record changed is not known
            for table, changed, put in record.effects():
                seen[table, changed] = (put, record.sequence)
        for (table, changed), (put, sequence) in seen.items():
            if self._view.get(table, changed) != put:
                text = f"is not as record {sequence} left it"
                where = f"{table.name.lower()} {changed.hex()}"
                yield Finding(Fault.LOG_TABLES, where, text)

    def _check_undo(self) -> Iterator[Finding]:
        point = self._view.get(Table.META, COMMIT_POINT)
        # Without a commit point of its own every commit is final, and nothing is ever undone.
        expected = (self.last if point is None else unpack_number(point)) + 1
        for key, value in self._view.scan(Table.UNDO, b""):
            sequence = int.from_bytes(key, "big")
            try:
                first = decode_record(value).sequence
            except BadRecord as error:
                yield Finding(Fault.UNDO, f"undo {sequence}", str(error))
            else:
                if first != expected or first > sequence:
                    text = f"begins with {first}; {expected} would be next"
                    yield Finding(Fault.UNDO, f"undo {sequence}", text)
            expected = sequence + 1
        if expected != self.last + 1:
            text = f"ends before {expected}; the log ends with {self.last}"
            yield Finding(Fault.UNDO, "undo", text)

    def _check_replies(self) -> Iterator[Finding]:
        client, of_client = b"", 0
        for request, value in self._view.scan(Table.REPLY, b""):
            self.replies += 1
            where = f"reply {request.hex()}"
            try:
                sequence, _, result = unpack_reply(value)
                decode_result(result)
            except BadRecord as error:
                yield Finding(Fault.REPLY, where, str(error))
                continue
            if sequence > self.last:
                yield Finding(Fault.REPLY, where, f"is of record {sequence}, which is not there")
            of_client = of_client + 1 if request[:8] == client else 1
            client = request[:8]
            if of_client == self._bounds.per_client_max + 1:
                yield Finding(Fault.REPLY, f"client {client.hex()}", "has too many replies")
        if self.replies > self._bounds.entries_max:
            yield Finding(Fault.REPLY, "replies", f"there are {self.replies}")
