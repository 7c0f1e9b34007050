"""Records and results in bytes: round trips, and refusal of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend import api
from nfsgw.backend.brick.keys import sequence_key
from nfsgw.backend.brick.record import (
    Record,
    decode_record,
    encode_record,
    unpack_reply,
)
from nfsgw.backend.brick.results import BadRecord, decode_result, encode_result
from nfsgw.backend.brick.view import Table

NUMBERS = st.integers(0, (1 << 64) - 1)
TABLES = st.sampled_from([table for table in Table if table not in (Table.LOG, Table.UNDO)])
RECORDS = st.builds(
    Record,
    sequence=NUMBERS,
    epoch=NUMBERS,
    time_ns=NUMBERS,
    changes=st.dictionaries(
        st.tuples(TABLES, st.binary(min_size=1, max_size=40)),
        st.none() | st.binary(max_size=200),
        max_size=8,
    ),
    request=st.binary(max_size=255),
    result=st.binary(max_size=300),
)
RECORD = Record(
    7,
    2,
    1_700_000_000_000_000_000,
    {(Table.INODE, b"k"): b"value", (Table.ENTRY, b"gone"): None},
    b"request-id",
    b"result",
)
RESULTS = [
    api.Updated(b"b" * 24, b"a" * 84),
    api.Written(b"b" * 24, b"a" * 84, 4096, 2, b"verifier"),
    api.Committed(b"b" * 24, b"a" * 84, b"verifier"),
    api.Made(2, b"a" * 84, b"b" * 24, b"d" * 84),
    api.DirectoryChanged(b"b" * 24, b"a" * 84),
    api.Renamed(b"1" * 24, b"2" * 84, b"3" * 24, b"4" * 84),
    api.Linked(b"a" * 84, b"b" * 24, b"d" * 84),
]


@given(RECORDS)
def test_record_round_trip(record: Record) -> None:
    """What the log keeps is what was done."""
    again = decode_record(encode_record(record))
    assert again == record
    assert list(again.changes) == list(record.changes)
    assert again.encoded == record.encoded == encode_record(record)


def test_record_layout_is_pinned() -> None:
    """A log written today is readable by every later version."""
    assert encode_record(RECORD) == b"".join(
        (
            bytes.fromhex("01 0000000000000007 0000000000000002 17979cfe362a0000"),
            b"\x0arequest-id",
            b"\x00\x06result",
            bytes.fromhex("00000002"),
            bytes.fromhex("00 0001 00000005") + b"kvalue",
            bytes.fromhex("01 0004 ffffffff") + b"gone",
        )
    )


def test_every_cut_record_is_refused() -> None:
    """A torn log entry is noticed wherever it is torn."""
    data = encode_record(RECORD)
    for length in range(len(data)):
        with pytest.raises(BadRecord):
            decode_record(data[:length])
    with pytest.raises(BadRecord):
        decode_record(data + b"\x00")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_a_record(data: bytes) -> None:
    """Garbage from a disk or peer raises one error, whatever it is."""
    for head in (b"", b"\x01"):
        try:
            decode_record(head + data)
        except BadRecord:
            pass


def test_unknown_version_wrong_place_and_local_table_are_refused() -> None:
    """A record of a later version, or one found where it does not belong, is not applied."""
    data = encode_record(RECORD)
    with pytest.raises(BadRecord, match="version 2"):
        decode_record(b"\x02" + data[1:])
    with pytest.raises(BadRecord, match="sequence"):
        decode_record(data, sequence_key(8))
    with pytest.raises(BadRecord, match="local"):
        decode_record(encode_record(Record(1, 1, 1, {(Table.UNDO, b"k"): b""})))


@pytest.mark.parametrize("result", [*RESULTS, None, True, 0, (1 << 64) - 1, b"", b"bytes"])
def test_first_result_comes_back_as_the_same_class(result: object) -> None:
    """A retransmitted call is answered exactly as the first time."""
    again = decode_result(encode_result(result))
    assert again == result
    assert type(again) is type(result)


@pytest.mark.parametrize("result", [1 << 64, -1, "text", [1], b"x" * 65536, object()])
def test_result_that_cannot_be_stored_is_our_error(result: object) -> None:
    """A result of a wrong type is noticed before the change is made."""
    with pytest.raises(TypeError):
        encode_result(result)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_no_result(data: bytes) -> None:
    """Garbage in the table of replies raises one error."""
    try:
        decode_result(data)
    except BadRecord:
        pass


def test_every_cut_result_is_refused() -> None:
    """A torn reply is noticed wherever it is torn."""
    for result in RESULTS:
        data = encode_result(result)
        for length in range(len(data)):
            with pytest.raises(BadRecord):
                decode_result(data[:length])


def test_reply_follows_from_its_record() -> None:
    """The stored reply carries sequence, time and result of its record."""
    assert list(RECORD.effects())[-1] == (Table.REPLY, b"request-id", RECORD.reply)
    assert unpack_reply(RECORD.reply) == (7, RECORD.time_ns, b"result")
    with pytest.raises(BadRecord):
        unpack_reply(b"short")
