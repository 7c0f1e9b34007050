"""Credentials: AUTH_NONE and AUTH_SYS, to and from their wire form (RFC 5531, sections 8 and 14).

RPCSEC_GSS and TLS come later; until then their flavors are refused as any unknown one.
"""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import Final

from nfsgw.errors import NfsgwError
from nfsgw.rpc.program import Credential
from nfsgw.xdr.generated import rpc

__all__ = ["ANONYMOUS", "AuthError", "client_name", "decode_credential", "encode_credential"]

ANONYMOUS: Final = Credential(rpc.AUTH_NONE)
"""The AUTH_NONE credential."""

_STAMP_AND_LENGTH: Final = Struct(">II")
_IDS: Final = Struct(">III")


class AuthError(NfsgwError):
    """A credential or verifier is refused.

    :param why: the ``auth_stat`` that says so to the client.
    """

    def __init__(self, why: int) -> None:
        super().__init__(rpc.auth_stat(why).name)
        self.why = why


def decode_credential(flavor: int, body: bytes) -> Credential:
    """Decode a credential.

    :raises AuthError: AUTH_REJECTEDCRED for a flavor that is not spoken here, AUTH_BADCRED for one
        that cannot be decoded.
    """
    if flavor == rpc.AUTH_SYS:
        return _decode_sys(body)
    if flavor != rpc.AUTH_NONE:
        raise AuthError(rpc.AUTH_REJECTEDCRED)
    return ANONYMOUS


def _decode_sys(body: bytes) -> Credential:
    try:
        _stamp, length = _STAMP_AND_LENGTH.unpack_from(body)
        position = 8 + (length + 3 & ~3)
        if length > rpc.MAX_MACHINE_NAME or position > len(body):
            raise AuthError(rpc.AUTH_BADCRED)
        uid, gid, count = _IDS.unpack_from(body, position)
        position += 12
        if count > rpc.MAX_AUTH_GIDS or position + 4 * count != len(body):
            raise AuthError(rpc.AUTH_BADCRED)
        groups = Struct(f">{count}I").unpack_from(body, position)
    except struct_error:
        raise AuthError(rpc.AUTH_BADCRED) from None
    return Credential(rpc.AUTH_SYS, body[8 : 8 + length], uid, gid, groups)


def encode_credential(credential: Credential) -> bytes:
    """Return the body of the ``opaque_auth`` that carries ``credential``.

    :raises ValueError: the machine name or the list of groups is longer than the wire allows.
    """
    if credential.flavor == rpc.AUTH_NONE:
        return b""
    name, groups = credential.machine, credential.groups
    if len(name) > rpc.MAX_MACHINE_NAME or len(groups) > rpc.MAX_AUTH_GIDS:
        raise ValueError("a machine name is at most 255 bytes, and the groups are at most 16")
    return b"".join(
        (
            _STAMP_AND_LENGTH.pack(0, len(name)),
            name,
            bytes(-len(name) & 3),
            _IDS.pack(credential.uid, credential.gid, len(groups)),
            Struct(f">{len(groups)}I").pack(*groups),
        )
    )


def client_name(credential: Credential) -> bytes:
    """Return what tells clients behind one address apart: flavor, machine name and uid."""
    return _STAMP_AND_LENGTH.pack(credential.flavor, credential.uid) + credential.machine
