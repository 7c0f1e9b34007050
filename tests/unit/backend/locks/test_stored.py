"""Keys and values of locks: what is written is read, and nothing else is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.results import BadRecord, decode_result, encode_result
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import END, Client, Locked, Outcome, Owner, Wanted
from nfsgw.backend.locks.ranges import Held
from nfsgw.backend.locks.stored import Known, Request, Share
from tests.unit.backend.locks.desk import CALLBACK

LONG = Client("fe80::1234:5678:9abc:def0%enp0s31f6", b"\xff\0" + b"n" * 253)
KEY = stored.client_key(LONG)
CLIENTS = {KEY: LONG}
OWNER = Owner(LONG, -5)
HELD = Held(7, END, OWNER, True, 0xFFFFFFFF, 1 << 62, b"o" * 256)
REQUEST = Request(
    1 << 40,
    Wanted(3, OWNER, END - 1, END, False),
    CALLBACK._replace(cookie=b"c" * 256, oh=b"", transport="udp", local_address="::1"),
    5,
    True,
    True,
    99,
)
SHARE = Share(3, 1, 0, 77)
KNOWN = Known(LONG, True, 0)

Read = Callable[[bytes, bytes], Any]


def read_held(key: bytes, value: bytes) -> tuple[int, Held]:
    """Read a range as loading does."""
    inode, owner = stored.unpack_owner(key, CLIENTS)
    return inode, stored.unpack_held(key, value, owner)


VALUES: list[tuple[bytes, bytes, Read, Any]] = [
    (stored.held_key(9, KEY, HELD), stored.pack_held(HELD), read_held, (9, HELD)),
    (
        stored.request_key(3, REQUEST.number),
        stored.pack_request(REQUEST, KEY),
        lambda key, value: stored.unpack_request(key, value, CLIENTS),
        REQUEST,
    ),
    (
        stored.share_key(9, KEY, b"o" * 256),
        stored.pack_share(SHARE),
        lambda key, value: stored.unpack_share(key, value, CLIENTS),
        (9, LONG, b"o" * 256, SHARE),
    ),
    (KEY, stored.pack_client(KNOWN), stored.unpack_client, KNOWN),
    (
        stored.NEXT_NUMBER,
        stored.pack_next_number(12),
        lambda key, value: stored.unpack_next_number(value),
        12,
    ),
]

each_value = pytest.mark.parametrize(
    ("key", "value", "read", "meant"), VALUES, ids=["held", "request", "share", "client", "next"]
)


@each_value
def test_what_is_written_is_read(key: bytes, value: bytes, read: Read, meant: object) -> None:
    """Also at the bounds of everything; keys are short enough for the store."""
    assert read(key, value) == meant
    assert len(key) < 511


@each_value
def test_what_is_cut_off_or_too_long_is_refused(
    key: bytes, value: bytes, read: Read, meant: object
) -> None:
    """No value of another length than it says is read; where the rest is opaque, its bound."""
    for short in range(len(value)):
        try:
            found = read(key, value[:short])
        except BadRecord:
            continue
        assert found != meant
        assert len(value) - short <= len(HELD.oh)
    with pytest.raises(BadRecord):
        read(key, value + b"x" * 300)


@each_value
@given(at=st.integers(0, 400), byte=st.integers(0, 255), in_key=st.booleans())
def test_no_damage_raises_anything_else(
    key: bytes, value: bytes, read: Read, meant: object, at: int, byte: int, in_key: bool
) -> None:
    """Any byte may be another one: the value is another one, or refused."""
    damaged = bytearray(key if in_key else value)
    damaged[at % len(damaged)] = byte
    try:
        read(bytes(damaged) if in_key else key, value if in_key else bytes(damaged))
    except BadRecord as error:
        assert str(error)


def test_client_nobody_knows() -> None:
    """A lock without its client is not read."""
    for number in range(3):
        key, value, _, _ = VALUES[number]
        with pytest.raises(BadRecord):
            if number == 0:
                stored.unpack_owner(key, {})
            elif number == 1:
                stored.unpack_request(key, value, {})
            else:
                stored.unpack_share(key, value, {})


def test_kinds_and_order_of_keys() -> None:
    """All of a file lies together, each kind apart; requests are in the order of their numbers."""
    keys = [
        stored.NEXT_NUMBER,
        stored.held_key(1, KEY, HELD),
        stored.share_key(1, KEY, b""),
        stored.request_key(1, 2),
        stored.request_key(1, 300),
        stored.held_key(2, KEY, HELD),
    ]
    assert keys == sorted(keys)
    assert [stored.kind_of(key) for key in keys] == [b"n", b"h", b"s", b"w", b"w", b"h"]
    assert stored.kind_of(b"short") == b""


def test_clients_are_told_apart() -> None:
    """Where the address ends and the name begins makes a difference."""
    assert stored.client_key(Client("10.0.0.1", b"1")) != stored.client_key(
        Client("10.0.0.11", b"")
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_outcome_as_a_stored_result(outcome: Outcome) -> None:
    """The first answer of a request is kept by number 8."""
    encoded = encode_result(Locked(outcome))
    assert encoded[0] == 8
    assert decode_result(encoded) == Locked(outcome)
