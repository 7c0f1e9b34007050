"""Stored results: the answer of a changing call, in bytes, and back to the same class.

A request that is seen again gets its *first* result, so results are stored with the change, and
ship to other bricks in its record.  They are small NamedTuples of :mod:`nfsgw.backend.api` whose
fields are bytes, integers, booleans or None.  Reading is bounded: what comes from a disk or a
peer is believed only as far as its own length.

A class is named by a number of one byte that is never given to another class.
"""

from __future__ import annotations

import struct
from itertools import chain
from typing import Any, Final, NamedTuple

from nfsgw.backend import api
from nfsgw.backend.locks.api import Locked
from nfsgw.errors import NfsgwError

__all__ = ["BadRecord", "decode_result", "encode_result"]


class BadRecord(NfsgwError):
    """A stored record or result cannot be read."""


_CLASSES: Final[dict[int, type[Any]]] = {
    1: api.Updated,
    2: api.Written,
    3: api.Made,
    4: api.DirectoryChanged,
    5: api.Renamed,
    6: api.Linked,
    7: api.Committed,
    8: Locked,
}
_CLASS_HEADS: Final = {
    kind: bytes((number, len(kind._fields))) for number, kind in _CLASSES.items()
}

_NONE, _FALSE, _TRUE, _NUMBER, _BYTES, _PLAIN = 0, 1, 2, 3, 4, 255
_INTEGER_FIELD = struct.Struct(">BQ")
_BYTES_HEAD = struct.Struct(">BH")
_FIELD_BYTES_MAX = 0xFFFF
_INTEGER = struct.Struct(">Q")


def _usual(kind: type[Any], *lengths: int) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Return the heads of fields and their lengths; one of 8 bytes is an integer."""
    heads = [
        bytes((_NUMBER,)) if length == 8 else _BYTES_HEAD.pack(_BYTES, length)
        for length in lengths
    ]
    heads[0] = _CLASS_HEADS[kind] + heads[0]
    return tuple(heads), lengths


_USUAL: Final = {
    api.Updated: _usual(api.Updated, 24, 84),
    api.Made: _usual(api.Made, 8, 84, 24, 84),
    api.DirectoryChanged: _usual(api.DirectoryChanged, 24, 84),
    api.Renamed: _usual(api.Renamed, 24, 84, 24, 84),
    api.Linked: _usual(api.Linked, 84, 24, 84),
}
"""Results of attributes alone, and of an inode number before them: how they are put together."""


def encode_result(result: object) -> bytes:
    """Return the bytes of a result.

    :param result: a NamedTuple of one of the known classes, or a plain field (bytes up to 64 KiB,
        an unsigned integer of 64 bits, a bool, None).
    :raises TypeError: it is none of these: a defect of ours, found by the operation's first test.
    """
    usual = _USUAL.get(type(result))
    if usual is not None:
        # The same bytes as below in a third of the time, for the results of nearly all calls.
        heads, lengths = usual
        assert isinstance(result, tuple)
        fields = (_INTEGER.pack(result[0]), *result[1:]) if lengths[0] == 8 else result
        if tuple(map(len, fields)) == lengths:
            return b"".join(chain.from_iterable(zip(heads, fields, strict=True)))
    head = _CLASS_HEADS.get(type(result))
    if head is None:
        parts = [bytes((_PLAIN, 1))]
        _encode_field(parts, result)
        return b"".join(parts)
    assert isinstance(result, tuple)
    parts = [head]
    for field in result:
        _encode_field(parts, field)
    return b"".join(parts)


def _encode_field(parts: list[bytes], field: object) -> None:
    if isinstance(field, bytes):
        if len(field) > _FIELD_BYTES_MAX:
            raise TypeError("a result's field is longer than 64 KiB")
        parts.append(_BYTES_HEAD.pack(_BYTES, len(field)))
        parts.append(field)
    elif field is None:
        parts.append(b"\x00")
    elif isinstance(field, bool):
        parts.append(b"\x02" if field else b"\x01")
    elif isinstance(field, int) and 0 <= field < 1 << 64:
        parts.append(_INTEGER_FIELD.pack(_NUMBER, field))
    else:
        raise TypeError(f"a result with a field {field!r} cannot be stored")


class _Field(NamedTuple):
    value: bytes | int | None
    end: int


def decode_result(data: bytes) -> Any:  # noqa: ANN401 - the class is what the bytes say
    """Return the result of which these are the bytes.

    :raises BadRecord: they are not a result, or one of a later version.
    """
    if len(data) < 2:
        raise BadRecord("a stored result is too short")
    kind = _CLASSES.get(data[0])
    fields: list[bytes | int | None] = []
    position = 2
    for _ in range(data[1]):
        value, position = _decode_field(data, position)
        fields.append(value)
    if position != len(data):
        raise BadRecord("a stored result has bytes left over")
    if data[0] == _PLAIN and len(fields) == 1:
        return fields[0]
    if kind is None or len(fields) != len(kind._fields):
        raise BadRecord(f"a stored result is of unknown class {data[0]}")
    return kind._make(fields)


def _decode_field(data: bytes, position: int) -> _Field:
    try:
        tag = data[position]
        if tag == _NONE:
            return _Field(None, position + 1)
        if tag in (_FALSE, _TRUE):
            return _Field(tag == _TRUE, position + 1)
        if tag == _NUMBER:
            return _Field(_INTEGER_FIELD.unpack_from(data, position)[1], position + 9)
        if tag == _BYTES:
            length = _BYTES_HEAD.unpack_from(data, position)[1]
            end = position + 3 + length
            if end <= len(data):
                return _Field(data[position + 3 : end], end)
    except (IndexError, struct.error):
        pass
    raise BadRecord("a field of a stored result cannot be read")
