"""Call and reply headers (RFC 5531, section 9), parsed and built by hand for exact refusals.

The generated codec knows these messages too, but says only "undecodable".  Here each ring of error
has its own answer: what is no call at all is dropped, a wrong RPC version or credential is denied,
and the rest is for the dispatcher, which knows the programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error
from typing import Final

from nfsgw.errors import NfsgwError
from nfsgw.rpc.auth import AuthError
from nfsgw.xdr.generated import rpc

__all__ = [
    "ACCEPTED",
    "ARGUMENTS_AT",
    "CREDENTIAL_AT",
    "AuthRefused",
    "CallHeader",
    "GarbageArguments",
    "MalformedMessage",
    "ProcedureUnavailable",
    "ProgramMismatch",
    "ProgramUnavailable",
    "RemoteFault",
    "RpcError",
    "RpcVersionMismatch",
    "auth_error",
    "garbage_args",
    "pack_call",
    "parse_call",
    "parse_reply",
    "proc_unavail",
    "prog_mismatch",
    "prog_unavail",
    "rpc_mismatch",
    "system_err",
]

CREDENTIAL_AT: Final = 32
"""Where the credential's body begins in a call, counted from the xid."""
ARGUMENTS_AT: Final = 40
"""Where the arguments begin, if credential and verifier are empty."""

ACCEPTED: Final = Struct(">IIIIII")
"""A successful reply up to its result: xid, REPLY, MSG_ACCEPTED, AUTH_NONE, 0, SUCCESS."""

_CALL: Final = Struct(">IIIIIIII")
_AUTH: Final = Struct(">II")
_WORDS: Final = (Struct(">"), Struct(">I"), Struct(">II"))


class MalformedMessage(NfsgwError):
    """These bytes are not a call: there is nobody to answer."""


class RpcError(NfsgwError):
    """A call of ours was answered, but not with a result."""


class RpcVersionMismatch(RpcError):
    """The server speaks other versions of RPC itself."""


class AuthRefused(RpcError):
    """The server refuses our credential.

    :param why: its ``auth_stat``, which may be a number that nobody knows.
    """

    def __init__(self, why: int) -> None:
        super().__init__(f"refused with auth_stat {why}")
        self.why = why


class ProgramUnavailable(RpcError):
    """The server does not have the program."""


class ProgramMismatch(RpcError):
    """The server has other versions of the program: ``low`` to ``high``."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(f"the server has versions {low} to {high}")
        self.low = low
        self.high = high


class ProcedureUnavailable(RpcError):
    """The server does not have the procedure."""


class GarbageArguments(RpcError):
    """The server could not decode our arguments."""


class RemoteFault(RpcError):
    """The server failed (SYSTEM_ERR), or we could not understand its reply."""


@dataclass(slots=True)
class CallHeader:
    """A call message up to its arguments.

    :param verifier_bytes: length of the verifier's body.
    :param position: where the arguments begin in the data.
    """

    xid: int
    rpc_version: int
    program: int
    version: int
    procedure: int
    flavor: int
    credential: bytes
    verifier_flavor: int
    verifier_bytes: int
    position: int


def parse_call(data: bytes | memoryview, start: int, end: int) -> CallHeader:
    """Parse the header of the call in ``data[start:end]``.

    A header of another RPC version is returned without its credential, since only version 2 says
    what follows.

    :raises MalformedMessage: it is a reply, or too short to be a call.
    :raises AuthError: AUTH_BADCRED or AUTH_BADVERF: a body is over 400 bytes, or does not end
        before the record does.
    """
    if end - start < 24:
        raise MalformedMessage(f"a message of {end - start} bytes")
    xid, kind, rpc_version, program, version, procedure = ACCEPTED.unpack_from(data, start)
    if kind != rpc.CALL:
        raise MalformedMessage(f"a message of type {kind} where a call must be")
    if rpc_version != rpc.RPC_VERS:
        return CallHeader(xid, rpc_version, program, version, procedure, 0, b"", 0, 0, end)
    # The data may go on behind the message, and that belongs to another one.
    if end < start + CREDENTIAL_AT:
        raise MalformedMessage(f"a call of {end - start} bytes")
    flavor, length = _AUTH.unpack_from(data, start + 24)
    position = start + CREDENTIAL_AT
    if length > rpc.MAX_AUTH_BYTES or position + length > end:
        raise AuthError(rpc.AUTH_BADCRED)
    body = bytes(data[position : position + length])
    position += length + 3 & ~3
    if end < position + 8:
        raise MalformedMessage(f"a call of {end - start} bytes")
    verifier_flavor, verifier_bytes = _AUTH.unpack_from(data, position)
    position += 8 + (verifier_bytes + 3 & ~3)
    if verifier_bytes > rpc.MAX_AUTH_BYTES or position > end:
        raise AuthError(rpc.AUTH_BADVERF)
    return CallHeader(
        xid,
        rpc_version,
        program,
        version,
        procedure,
        flavor,
        body,
        verifier_flavor,
        verifier_bytes,
        position,
    )


def _accepted(xid: int, status: int, *words: int) -> bytes:
    head = ACCEPTED.pack(xid, rpc.REPLY, rpc.MSG_ACCEPTED, rpc.AUTH_NONE, 0, status)
    return head + _WORDS[len(words)].pack(*words)


def rpc_mismatch(xid: int) -> bytes:
    """Return the reply "denied: RPC version 2 is spoken here"."""
    return ACCEPTED.pack(xid, rpc.REPLY, rpc.MSG_DENIED, rpc.RPC_MISMATCH, 2, 2)


def auth_error(xid: int, why: int) -> bytes:
    """Return the reply "denied: AUTH_ERROR", with the ``auth_stat`` that says why."""
    return ACCEPTED.pack(xid, rpc.REPLY, rpc.MSG_DENIED, rpc.AUTH_ERROR, why, 0)[:20]


def prog_unavail(xid: int) -> bytes:
    """Return the reply "no such program"."""
    return _accepted(xid, rpc.PROG_UNAVAIL)


def prog_mismatch(xid: int, low: int, high: int) -> bytes:
    """Return the reply "the program is here in versions low to high"."""
    return _accepted(xid, rpc.PROG_MISMATCH, low, high)


def proc_unavail(xid: int) -> bytes:
    """Return the reply "no such procedure in this version"."""
    return _accepted(xid, rpc.PROC_UNAVAIL)


def garbage_args(xid: int) -> bytes:
    """Return the reply "the arguments cannot be decoded"."""
    return _accepted(xid, rpc.GARBAGE_ARGS)


def system_err(xid: int) -> bytes:
    """Return the reply "the server failed"."""
    return _accepted(xid, rpc.SYSTEM_ERR)


def pack_call(
    xid: int, program: int, version: int, procedure: int, flavor: int, credential: bytes
) -> bytes:
    """Return a call message up to its arguments; its verifier is AUTH_NONE.

    :param credential: the encoded body (``auth.encode_credential``).
    """
    head = _CALL.pack(
        xid, rpc.CALL, rpc.RPC_VERS, program, version, procedure, flavor, len(credential)
    )
    return b"".join((head, credential, bytes(-len(credential) & 3), _AUTH.pack(rpc.AUTH_NONE, 0)))


def parse_reply(data: bytes | memoryview, start: int, end: int) -> int:
    """Return where the result begins in the reply ``data[start:end]``.

    The caller has already matched its xid.

    :raises RpcError: the reply carries no result; the subclass says why.
    """
    try:
        return _parse_reply(data, start, end)
    except struct_error:
        raise RemoteFault(f"a reply of {end - start} bytes") from None


def _parse_reply(data: bytes | memoryview, start: int, end: int) -> int:
    _xid, kind, status = Struct(">III").unpack_from(data, start)
    if kind != rpc.REPLY or status not in (rpc.MSG_ACCEPTED, rpc.MSG_DENIED):
        raise RemoteFault("not a reply")
    one, two = _AUTH.unpack_from(data, start + 12)
    if status == rpc.MSG_DENIED:
        if one == rpc.AUTH_ERROR:
            raise AuthRefused(two)
        raise RpcVersionMismatch("the server does not speak RPC version 2")
    position = start + 20 + (two + 3 & ~3)
    if two > rpc.MAX_AUTH_BYTES or position + 4 > end:
        raise RemoteFault("a reply with an undecodable verifier")
    (accept,) = _WORDS[1].unpack_from(data, position)
    position += 4
    if accept == rpc.SUCCESS:
        return int(position)
    if accept == rpc.PROG_MISMATCH:
        raise ProgramMismatch(*_AUTH.unpack_from(data, position))
    raise {
        rpc.PROG_UNAVAIL: ProgramUnavailable,
        rpc.PROC_UNAVAIL: ProcedureUnavailable,
        rpc.GARBAGE_ARGS: GarbageArguments,
    }.get(accept, RemoteFault)(f"accept_stat {accept}")
