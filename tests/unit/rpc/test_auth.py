"""Credentials: decoding, and the exact refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.rpc.auth import ANONYMOUS, AuthError, client_name, decode_credential, encode_credential
from nfsgw.rpc.program import Credential
from nfsgw.xdr.generated import rpc
from tests.unit.rpc.fakes import opaque, words

IDS = st.integers(0, 2**32 - 1)


@given(st.binary(max_size=255), IDS, IDS, st.lists(IDS, max_size=16))
def test_auth_sys_round_trip(name: bytes, uid: int, gid: int, groups: list[int]) -> None:
    """Every credential that can be sent is understood."""
    credential = Credential(rpc.AUTH_SYS, name, uid, gid, tuple(groups))
    assert decode_credential(rpc.AUTH_SYS, encode_credential(credential)) == credential


def test_auth_sys_as_the_generated_codec_writes_it() -> None:
    """Our hand-made form is the specification's."""
    packer = rpc.RPCPacker()
    packer.pack_authsys_parms(rpc.authsys_parms(9, b"host", 1, 2, [3, 4]))
    credential = decode_credential(rpc.AUTH_SYS, packer.get_buffer())
    assert credential == Credential(1, b"host", 1, 2, (3, 4))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        words(0),
        words(0) + opaque(b"x" * 256) + words(0, 0, 0),
        words(0, 0xFFFFFFF0),
        words(0) + opaque(b"host") + words(0, 0),
        words(0) + opaque(b"host") + words(0, 0, 17) + words(*range(17)),
        words(0) + opaque(b"host") + words(0, 0, 2, 5),
        words(0) + opaque(b"host") + words(0, 0, 1, 5, 6),
        words(0) + opaque(b"host") + words(0, 0, 0xFFFFFFFF),
    ],
    ids=[
        "empty", "only a stamp", "long name", "huge name", "no count", "17 groups",
        "too few groups", "bytes after", "huge count",
    ],
)  # fmt: skip
def test_undecodable_auth_sys_is_a_bad_credential(body: bytes) -> None:
    """A credential that breaks its own lengths is refused as AUTH_BADCRED."""
    with pytest.raises(AuthError) as raised:
        decode_credential(rpc.AUTH_SYS, body)
    assert raised.value.why == rpc.AUTH_BADCRED


@pytest.mark.parametrize("flavor", [rpc.AUTH_SHORT, rpc.AUTH_DH, rpc.RPCSEC_GSS, rpc.AUTH_TLS, 99])
def test_unknown_flavor_is_rejected(flavor: int) -> None:
    """A flavor that we do not speak is refused as such."""
    with pytest.raises(AuthError) as raised:
        decode_credential(flavor, b"")
    assert raised.value.why == rpc.AUTH_REJECTEDCRED


def test_anonymous_has_an_empty_body() -> None:
    """AUTH_NONE carries nothing, and decodes to the anonymous credential."""
    assert encode_credential(ANONYMOUS) == b""
    assert decode_credential(rpc.AUTH_NONE, b"") == ANONYMOUS


def test_too_long_credential_is_not_sent() -> None:
    """We do not send what no server takes."""
    with pytest.raises(ValueError, match="at most"):
        encode_credential(Credential(1, b"x" * 256))


def test_clients_differ_by_flavor_user_and_machine() -> None:
    """Two users, or two machines behind one address, are two clients."""
    names = {
        client_name(Credential(0, b"", 5)),
        client_name(Credential(1, b"", 5)),
        client_name(Credential(1, b"", 6)),
        client_name(Credential(1, b"a", 5)),
    }
    assert len(names) == 4
