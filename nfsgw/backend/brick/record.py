"""A record: one operation's physical changes, with its place in the set's order.

The bytes are what the log keeps and what replicas will ship.  Version 1, big-endian:

=======================  ============================================================
``B``                    version of this layout, 1
``QQQ``                  sequence, epoch, time (ns since 1970)
``B`` + bytes            request id (length 0 = none)
``H`` + bytes            result (length 0 = none is kept)
``I``                    number of changes, each:
``BHI`` + key + value    table, length of key, length of value (0xFFFFFFFF = deleted)
=======================  ============================================================

The stored reply (table REPLY) and the log entry are not among the changes: both follow from the
record itself, so that nothing is kept or shipped twice.  Deletes of expired replies are changes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from nfsgw.backend.brick.keys import sequence_key
from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.view import Table

__all__ = [
    "REQUEST_BYTES_MAX",
    "Changes",
    "Record",
    "decode_record",
    "encode_record",
    "unpack_reply",
]

Changes = dict[tuple[Table, bytes], bytes | None]
"""Puts (bytes) and deletes (None) of exact keys."""

REQUEST_BYTES_MAX: Final = 255

_VERSION = 1
_HEAD = struct.Struct(">BQQQB")
_RESULT = struct.Struct(">H")
_COUNT = struct.Struct(">I")
_CHANGE = struct.Struct(">BHI")
_REPLY = struct.Struct(">QQ")
_DELETED = 0xFFFFFFFF
_TABLES = {int(table): table for table in Table}
_LOCAL = frozenset((Table.LOG, Table.UNDO))


@dataclass(slots=True)
class Record:
    """One operation's changes.

    :param sequence: its place; dense, from 1.
    :param epoch: of the primary that assigned it.
    :param time_ns: its time; never earlier than the record before it.
    :param request: the client's request id, or empty.
    :param result: encoded (:mod:`nfsgw.backend.brick.results`), empty without a request.
    """

    sequence: int
    epoch: int
    time_ns: int
    changes: Changes
    request: bytes = b""
    result: bytes = b""
    _encoded: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def encoded(self) -> bytes:
        """Return its bytes: made once, however many bricks log it.  It must not change after."""
        if self._encoded is None:
            self._encoded = encode_record(self)
        return self._encoded

    @property
    def reply(self) -> bytes:
        """Return the value in REPLY: sequence, time and result."""
        return _REPLY.pack(self.sequence, self.time_ns) + self.result

    def effects(self) -> Iterator[tuple[Table, bytes, bytes | None]]:
        """Yield every put and delete that replicated tables get from this record."""
        for (table, key), value in self.changes.items():
            yield table, key, value
        if self.request:
            yield Table.REPLY, self.request, self.reply


def unpack_reply(value: bytes) -> tuple[int, int, bytes]:
    """Return (sequence, time in ns, encoded result) of a value in REPLY.

    :raises BadRecord: it is too short.
    """
    if len(value) < _REPLY.size:
        raise BadRecord("a stored reply is too short")
    sequence, time_ns = _REPLY.unpack_from(value)
    return sequence, time_ns, value[_REPLY.size :]


def encode_record(record: Record) -> bytes:
    """Return the bytes of a record."""
    request = record.request
    parts = [
        _HEAD.pack(_VERSION, record.sequence, record.epoch, record.time_ns, len(request)),
        request,
        _RESULT.pack(len(record.result)),
        record.result,
        _COUNT.pack(len(record.changes)),
    ]
    pack = _CHANGE.pack
    for (table, key), value in record.changes.items():
        if value is None:
            parts += (pack(table, len(key), _DELETED), key)
        else:
            parts += (pack(table, len(key), len(value)), key, value)
    return b"".join(parts)


def decode_record(data: bytes, key: bytes | None = None) -> Record:
    """Read a record.

    :param key: the LOG key under which it was found, to be compared with its sequence.
    :raises BadRecord: these are not the bytes of a record that this version knows.
    """
    try:
        record, end = _decode(data)
    except (struct.error, KeyError, IndexError):
        raise BadRecord("a record cannot be read") from None
    if end != len(data):
        raise BadRecord("a record is cut off, or has bytes left over")
    if key is not None and key != sequence_key(record.sequence):
        raise BadRecord("a record is not where its sequence belongs")
    record._encoded = data
    return record


def _decode(data: bytes) -> tuple[Record, int]:
    version, sequence, epoch, time_ns, request_length = _HEAD.unpack_from(data)
    if version != _VERSION:
        raise BadRecord(f"a record has version {version}; this software knows {_VERSION}")
    position = _HEAD.size + request_length
    request = data[_HEAD.size : position]
    (result_length,) = _RESULT.unpack_from(data, position)
    position += _RESULT.size
    result = data[position : position + result_length]
    position += result_length
    (count,) = _COUNT.unpack_from(data, position)
    position += _COUNT.size
    changes: Changes = {}
    for _ in range(count):
        # Each change takes at least a head, and a head beyond the end raises struct.error, so a
        # lying count cannot keep us here longer than the data is.
        number, key_length, value_length = _CHANGE.unpack_from(data, position)
        position += _CHANGE.size
        table = _TABLES[number]
        if table in _LOCAL:
            raise BadRecord("a record changes a local table")
        key = data[position : position + key_length]
        position += key_length
        if value_length == _DELETED:
            changes[table, key] = None
        else:
            changes[table, key] = data[position : position + value_length]
            position += value_length
    return Record(sequence, epoch, time_ns, changes, request, result), position
