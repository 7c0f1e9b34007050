"""The generated codecs against the reference, for every type of every specification."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nfsgw.xdr
from nfsgw.xdr.codec import XdrError
from nfsgw.xdr.compiler.model import Opaque, Reference
from nfsgw.xdr.compiler.parser import parse
from tests.unit.xdr.reference import Protocol, RefusedError, compile_text

_SPECIFICATIONS = Path(nfsgw.xdr.__file__).parent / "spec"

# Forms that the language has and our protocols do not use, or not in every mixture.
_ODD = """
const SEVEN = 7;
enum sign { MINUS = -1, ZERO = 0, PLUS = 1 };
struct pair { int a; hyper b; };
struct gaps { opaque five[5]; bool b; opaque six[6]; unsigned hyper u; };
struct lists { bool flags<>; sign signs[3]; pair pairs<4>; gaps holes[2]; hyper numbers<SEVEN>;
               int fixed[3]; };
struct maybe { unsigned int before; pair *one; blob *text; gaps *two; bool after; };
union choice switch (int which) { case -5: pair p; case 1: case 2: opaque o<9>; default: void; };
union narrow switch (unsigned int which) { case 3: maybe m; case 4: void; };
union signed switch (sign s) { case MINUS: string text<>; default: choice c; };
union flagged switch (bool on) { case TRUE: lists l; default: narrow n; };
typedef opaque blob<13>;
typedef blob blobs<3>;
struct inner { int x; struct inner *next; };
typedef inner *chain;
struct outer { chain in; string name<>; struct outer *next; };
struct everything { signed a; flagged b; outer *out; maybe m; blobs c; chain last; };
"""


def _load(name: str) -> Protocol:
    text = (_SPECIFICATIONS / f"{name}.x").read_text()
    module = importlib.import_module(f"nfsgw.xdr.generated.{name}")
    return Protocol(parse(text, name), module)


_PROTOCOLS = {
    name: _load(name)
    for name in ("rpc", "portmap", "rpcbind", "mount", "nfs3", "nfsacl", "nlm", "sm_inter")
}
_PROTOCOLS["odd"] = compile_text(_ODD, "odd")
_TYPES = [
    pytest.param(protocol, name, id=f"{origin}-{name}")
    for origin, protocol in _PROTOCOLS.items()
    for name in protocol.specification.definitions
]
_every_type = pytest.mark.parametrize(("protocol", "name"), _TYPES)
_quick = settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_WORDS = [0, 1, 2, 3, 5, 64, 65, 400, 401, 1 << 16, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF]


@_every_type
@_quick
@given(data=st.data())
def test_value_encodes_like_the_reference_and_comes_back(
    protocol: Protocol, name: str, data: st.DataObject
) -> None:
    """Every value leaves as the bytes that the standard asks for, and is read back unchanged."""
    kind = Reference(name)
    value = data.draw(protocol.values(kind))
    encoded = protocol.encode(kind, value)
    assert protocol.pack(name, value) == encoded
    unpacker = protocol.unpacker(encoded)
    assert getattr(unpacker, f"unpack_{name}")() == value
    unpacker.done()


@_every_type
@_quick
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read_like_the_reference(
    protocol: Protocol, name: str, data: st.DataObject
) -> None:
    """Rubbish is either refused as undecodable, or means the same to us as to the standard."""
    kind = Reference(name)
    encoded = protocol.encode(kind, data.draw(protocol.values(kind)))
    damaged = data.draw(_damages(encoded))
    # The value lies in a larger buffer: what surrounds it must never be believed.
    head, tail = data.draw(st.sampled_from([(b"", b""), (b"\0\0\0\1", b"\0\0\0\1" * 40)]))
    buffer = memoryview(head + damaged + tail)
    unpacker = protocol.unpacker()
    unpacker.reset(buffer, len(head), len(head) + len(damaged))
    try:
        expected, size = protocol.decode(kind, damaged)
    except RefusedError:
        with pytest.raises(XdrError):
            getattr(unpacker, f"unpack_{name}")()
    else:
        assert getattr(unpacker, f"unpack_{name}")() == expected
        assert unpacker.get_position() == len(head) + size


@st.composite
def _damages(draw: st.DrawFn, encoded: bytes) -> bytes:
    """Cut, overwrite or replace an encoding."""
    words = len(encoded) // 4
    match draw(st.sampled_from(["cut", "word", "word", "byte", "random"])):
        case "cut":
            return encoded[: draw(st.integers(0, max(len(encoded) - 1, 0)))]
        case "word" if words:
            index = 4 * draw(st.integers(0, words - 1))
            word = draw(st.sampled_from(_WORDS)).to_bytes(4, "big")
            return encoded[:index] + word + encoded[index + 4 :]
        case "byte" if encoded:
            index = draw(st.integers(0, len(encoded) - 1))
            return encoded[:index] + draw(st.binary(max_size=3)) + encoded[index + 1 :]
    return draw(st.binary(max_size=200))


@_every_type
def test_every_truncation_is_refused(protocol: Protocol, name: str) -> None:
    """A message that was cut short anywhere is refused, however it is cut."""
    encoded = _example(protocol, name)
    for length in range(len(encoded)):
        for data in (encoded[:length], memoryview(encoded + bytes(64))):
            unpacker = protocol.unpacker()
            unpacker.reset(data, 0, length)
            with pytest.raises(XdrError):
                getattr(unpacker, f"unpack_{name}")()


def _example(protocol: Protocol, name: str) -> bytes:
    """Return some encoding, the same in each run."""
    found: list[bytes] = []
    kind = Reference(name)

    @settings(
        max_examples=5,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(protocol.values(kind))
    def keep(value: object) -> None:
        found.append(protocol.encode(kind, value))

    keep()
    return max(found, key=len)


@pytest.mark.parametrize(
    ("protocol", "name", "bound"),
    [
        pytest.param(protocol, name, kind.bound, id=f"{origin}-{name}")
        for origin, protocol in _PROTOCOLS.items()
        for name in protocol.specification.definitions
        if isinstance(kind := protocol.specification.resolve(Reference(name)), Opaque)
        and kind.bound is not None
    ],
)
def test_opaque_over_its_bound_is_refused(protocol: Protocol, name: str, bound: int) -> None:
    """A handle, path or name longer than the protocol allows is neither sent nor accepted."""
    exact = protocol.encode(Opaque(None), bytes(bound))
    assert getattr(protocol.unpacker(exact), f"unpack_{name}")() == bytes(bound)
    over = bytes(bound + 1)
    with pytest.raises(XdrError):
        protocol.pack(name, over)
    with pytest.raises(XdrError):
        getattr(protocol.unpacker(protocol.encode(Opaque(None), over)), f"unpack_{name}")()


@pytest.mark.parametrize("protocol", _PROTOCOLS.values(), ids=_PROTOCOLS.keys())
def test_nonsense_values_are_refused_when_packing(protocol: Protocol) -> None:
    """A value that has no encoding is reported, not sent as something else."""
    for name in protocol.specification.definitions:
        for value in (None, object(), "text", -(1 << 70)):
            try:
                encoded = protocol.pack(name, value)
            except XdrError:
                continue
            assert encoded in (b"\0\0\0\0", b"\0\0\0\1"), f"{name} packed {value!r}"
