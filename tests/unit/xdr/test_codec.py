"""The base classes: the same calls give the same bytes as with xdrlib3, and nothing is trusted."""

from __future__ import annotations

from typing import Any

import pytest
import xdrlib3
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.xdr.codec import Packer, Unpacker, XdrError

_quick = settings(database=None, deadline=None, max_examples=60)

_CALLS = st.one_of(
    st.tuples(st.just("uint"), st.integers(0, (1 << 32) - 1)),
    st.tuples(st.just("int"), st.integers(-(1 << 31), (1 << 31) - 1)),
    st.tuples(st.just("enum"), st.integers(-(1 << 31), (1 << 31) - 1)),
    st.tuples(st.just("uhyper"), st.integers(0, (1 << 64) - 1)),
    st.tuples(st.just("hyper"), st.integers(-(1 << 63), (1 << 63) - 1)),
    st.tuples(st.just("bool"), st.booleans()),
    st.tuples(st.just("float"), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just("double"), st.floats(allow_nan=False)),
    st.tuples(st.just("opaque"), st.binary(max_size=20)),
    st.tuples(st.just("string"), st.binary(max_size=20)),
)


@_quick
@given(st.lists(_CALLS, max_size=12))
def test_same_calls_give_the_same_bytes_as_xdrlib(calls: list[tuple[str, Any]]) -> None:
    """Code written for xdrlib works here, byte for byte, and reads back what it wrote."""
    ours, theirs = Packer(), xdrlib3.Packer()
    for name, value in calls:
        getattr(ours, f"pack_{name}")(value)
        getattr(theirs, f"pack_{name}")(value)
    data = ours.get_buffer()
    assert data == theirs.get_buffer()
    unpacker = Unpacker(data)
    for name, value in calls:
        assert getattr(unpacker, f"unpack_{name}")() == value
    unpacker.done()


@_quick
@given(st.lists(st.integers(0, 1000), max_size=9), st.binary(max_size=9))
def test_arrays_lists_and_fixed_opaques_match_xdrlib(items: list[int], data: bytes) -> None:
    """The compound calls give the same bytes as well, and come back."""
    ours, theirs = Packer(), xdrlib3.Packer()
    for packer in (ours, theirs):
        packer.pack_array(items, packer.pack_uint)
        packer.pack_farray(len(items), items, packer.pack_uint)
        packer.pack_list(items, packer.pack_uint)
        packer.pack_fopaque(len(data), data)
    assert ours.get_buffer() == theirs.get_buffer()
    unpacker = Unpacker(memoryview(ours.get_buffer()))
    assert unpacker.unpack_array(unpacker.unpack_uint) == items
    assert unpacker.unpack_farray(len(items), unpacker.unpack_uint) == items
    assert unpacker.unpack_list(unpacker.unpack_uint) == items
    assert unpacker.unpack_fopaque(len(data)) == data
    unpacker.done()


_UNPACKS = ["uint", "int", "bool", "uhyper", "hyper", "float", "double", "opaque"]


@_quick
@given(st.binary(max_size=16), st.sampled_from(_UNPACKS))
def test_rubbish_raises_nothing_but_xdr_error(data: bytes, name: str) -> None:
    """No bytes from the network make the codec fail in any other way than by its own error."""
    unpacker = Unpacker(b"")
    unpacker.reset(data + b"\0" * 32, 0, len(data))
    try:
        getattr(unpacker, f"unpack_{name}")()
    except XdrError:
        return
    assert unpacker.get_position() <= len(data)


@pytest.mark.parametrize("count", [17, 1 << 31, (1 << 32) - 1])
def test_lengths_beyond_the_data_are_refused(count: int) -> None:
    """A length word that promises more than was sent allocates nothing."""
    data = count.to_bytes(4, "big") + bytes(16)
    with pytest.raises(XdrError):
        Unpacker(data).unpack_opaque()
    unpacker = Unpacker(data)
    with pytest.raises(XdrError):
        unpacker.unpack_array(unpacker.unpack_uint)


def test_bounds_of_the_specification_are_kept() -> None:
    """A bound given by the caller is kept even where enough bytes are there."""
    data = (8).to_bytes(4, "big") + bytes(32)
    assert Unpacker(data).unpack_opaque(8) == bytes(8)
    unpacker = Unpacker(data)
    with pytest.raises(XdrError):
        unpacker.unpack_opaque(7)
    unpacker.reset(data)
    with pytest.raises(XdrError):
        unpacker.unpack_array(unpacker.unpack_uint, 7)


def test_filling_is_not_looked_at() -> None:
    """A client that fills up with rubbish instead of zeros is understood all the same."""
    unpacker = Unpacker(b"\0\0\0\1A\xff\xfe\xfd" + b"\0\0\0\7")
    assert unpacker.unpack_opaque() == b"A"
    assert unpacker.unpack_uint() == 7


def test_values_that_do_not_fit_are_refused() -> None:
    """Numbers outside of a type's range and opaques of the wrong length are not sent."""
    packer = Packer()
    for value in (-1, 1 << 32):
        with pytest.raises(XdrError):
            packer.pack_uint(value)
    with pytest.raises(XdrError):
        packer.pack_hyper(1 << 63)
    with pytest.raises(XdrError):
        packer.pack_fopaque(3, b"four")
    with pytest.raises(XdrError):
        packer.pack_farray(2, [1], packer.pack_uint)


def test_window_ends_reading() -> None:
    """Bytes behind the end of a message are never part of it, and leftovers are noticed."""
    unpacker = Unpacker()
    unpacker.reset(bytes(range(12)), 4, 8)
    assert unpacker.unpack_uint() == 0x04050607
    unpacker.done()
    with pytest.raises(XdrError):
        unpacker.unpack_uint()
    with pytest.raises(XdrError):
        unpacker.set_position(9)
    unpacker.set_position(6)
    with pytest.raises(XdrError):
        unpacker.done()


def test_reset_leaves_taken_parts_alone() -> None:
    """Pieces that were handed to a connection do not change when the packer goes on."""
    packer = Packer()
    packer.pack_uint(1)
    taken = packer.parts
    packer.reset()
    packer.pack_uint(2)
    assert taken == [b"\0\0\0\1"]
    assert packer.get_buffer() == b"\0\0\0\2"
