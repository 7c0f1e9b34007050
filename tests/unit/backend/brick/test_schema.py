"""Layouts on disk, pinned byte by byte: a change here is a new format version."""

from __future__ import annotations

import pytest

from nfsgw.backend.brick import keys, schema
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.errors import FsCode, FsError

ATTRIBUTES = schema.Attributes(1, 0o644, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)


def test_inode_value_is_124_bytes_with_the_wire_form_first() -> None:
    """A brick written today is readable by every later version."""
    wire = schema.pack_attributes(ATTRIBUTES)
    value = schema.pack_inode(schema.Inode(wire, 1, 2, 3, 4, 5, b"verifier"))
    assert len(value) == 124
    assert value[:84] == wire
    assert value[84:].hex() == (
        "0000000000000001000000020000000300000000000000040000000000000005" + b"verifier".hex()
    )
    assert schema.unpack_inode(value) == schema.Inode(wire, 1, 2, 3, 4, 5, b"verifier")
    assert schema.unpack_attributes(value) == ATTRIBUTES


def test_acls_stand_behind_an_inode_value() -> None:
    """What has ACLs is longer, and nothing else of it differs."""
    wire = schema.pack_attributes(ATTRIBUTES)
    inode = schema.Inode(wire, 1, 2, 3, 4, 5, b"verifier", b"acls of it")
    value = schema.pack_inode(inode)
    assert value == schema.pack_inode(inode._replace(acls=b"")) + b"acls of it"
    assert schema.unpack_inode(value) == inode


def test_slices_of_an_inode_value() -> None:
    """Replies take type, size and wcc_attr from where RFC 1813 has them."""
    value = schema.pack_inode(schema.Inode(schema.pack_attributes(ATTRIBUTES)))
    assert schema.type_of(value) == 1
    assert schema.size_of(value) == 5
    assert schema.wcc_of(value).hex() == ("00000000000000050000000d0000000e0000000f00000010")


def test_keys_sort_as_numbers_do() -> None:
    """Scans come in the order of inode numbers, cookies and sequences."""
    numbers = [1, 255, 256, 1 << 32, (1 << 64) - 1]
    assert [keys.inode_key(n) for n in numbers] == sorted(keys.inode_key(n) for n in numbers)
    assert keys.cookie_key(1, 1 << 40) < keys.cookie_key(2, 3)
    assert keys.entry_key(1, b"\xff" * 255) < keys.entry_key(2, b"a")
    assert keys.sequence_of(keys.sequence_key(7)) == 7
    assert len(keys.entry_key(1, b"x" * 255)) <= 511


def test_time_round_trip_and_clamp() -> None:
    """Times keep their nanoseconds, and those that 32 bits cannot hold become the nearest."""
    assert schema.time_ns(schema.pack_time(1_700_000_000_123_456_789)) == 1_700_000_000_123_456_789
    assert schema.pack_time(1 << 80)[:4] == b"\xff\xff\xff\xff"


def test_entries_cookies_extents_round_trip() -> None:
    """Small values come back as they were put."""
    assert schema.unpack_entry(schema.pack_entry(5, 6)) == (5, 6)
    assert schema.unpack_cookie(schema.pack_cookie(5, b"name")) == (5, b"name")
    extent = schema.Extent(schema.ExtentState.CLEAN, 2, 9, b"d" * 16)
    assert schema.unpack_extent(schema.pack_extent(extent)) == extent


def test_inode_numbers_are_never_given_twice() -> None:
    """A stale handle can never reach a new file."""
    view = DictView()
    change = Change(view, 0)
    root = schema.put_root(change, 77)
    assert root == 1
    assert [schema.allocate_inode(change) for _ in range(3)] == [2, 3, 4]
    assert schema.unpack_attributes(change.get(Table.INODE, keys.inode_key(1)) or b"").fsid == 77


def test_exhausted_counter_is_nospc() -> None:
    """The last number of a set is an error, not a number of another set."""
    change = Change(DictView(), 0)
    last = keys.inode_number(3, keys.COUNTER_MAX)
    change.put(Table.META, keys.NEXT_INODE, schema.pack_number(last))
    with pytest.raises(FsError) as raised:
        schema.allocate_inode(change)
    assert raised.value.code is FsCode.NOSPC
