"""File handles: the same on every gateway, and impossible to forge."""

from __future__ import annotations

from hashlib import blake2s

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.errors import FsCode, FsError
from nfsgw.exports.handle import HANDLE_BYTES, HandleCodec

KEY = bytes(range(32))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_another_gateway_with_the_pools_key_reads_the_handle(
    export_id: int, volume_id: int, inode: int
) -> None:
    """A handle got from one gateway works at any other gateway of the pool."""
    handle = HandleCodec(KEY).encode(export_id, volume_id, inode)
    assert len(handle) == HANDLE_BYTES == 32
    assert HandleCodec(KEY).decode(handle) == (export_id, volume_id, inode)


def test_every_changed_bit_is_refused() -> None:
    """A client that alters any bit of a handle is told that the handle is bad."""
    codec = HandleCodec(KEY)
    handle = codec.encode(1, 2, 3)
    for bit in range(8 * len(handle)):
        forged = bytearray(handle)
        forged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FsError) as raised:
            codec.decode(bytes(forged))
        assert raised.value.code is FsCode.BADHANDLE


@pytest.mark.parametrize("length", [0, 1, 24, 31, 33, 64])
def test_wrong_length_is_refused(length: int) -> None:
    """A handle of another length, even with a good beginning, is bad and nothing worse."""
    handle = (HandleCodec(KEY).encode(1, 2, 3) * 2)[:length]
    with pytest.raises(FsError) as raised:
        HandleCodec(KEY).decode(handle)
    assert raised.value.code is FsCode.BADHANDLE


def test_another_pools_handle_is_refused() -> None:
    """A handle of another pool is bad here."""
    handle = HandleCodec(bytes(32)).encode(1, 2, 3)
    with pytest.raises(FsError):
        HandleCodec(KEY).decode(handle)


@pytest.mark.parametrize("head", [b"\2\0\0\0", b"\1\1\0\0", b"\1\0\0\1", b"\0\0\0\0"])
def test_another_versions_handle_is_refused(head: bytes) -> None:
    """A handle in a later version's format, though signed with the pool's key, is bad here."""
    body = head + HandleCodec(KEY).encode(1, 2, 3)[4:24]
    handle = body + blake2s(body, key=KEY, digest_size=8).digest()
    with pytest.raises(FsError) as raised:
        HandleCodec(KEY).decode(handle)
    assert raised.value.code is FsCode.BADHANDLE


@pytest.mark.parametrize("length", [0, 15, 33])
def test_keys_out_of_bounds_are_refused(length: int) -> None:
    """A key too short to protect anything cannot be configured."""
    with pytest.raises(ValueError, match="handle key"):
        HandleCodec(bytes(length))


def test_caches_are_bounded_and_still_right() -> None:
    """Millions of files do not make the caches of handles grow without end."""
    codec = HandleCodec(KEY, cached_max=4)
    handles = [codec.encode(1, 2, inode) for inode in range(50)]
    assert [codec.decode(handle).inode for handle in handles] == list(range(50))
    assert len(codec.handles(1, 2)) <= 4
    assert len(codec._decoded) <= 4
