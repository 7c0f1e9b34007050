"""Call and reply headers, against the generated codec and with broken ones."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

from typing import Any

import pytest

from nfsgw.rpc import message
from nfsgw.rpc.auth import AuthError
from nfsgw.xdr.generated import rpc
from tests.unit.rpc.fakes import words


def _call(flavor: int = 1, body: bytes = b"1234", verifier: bytes = b"") -> bytes:
    credential = words(flavor, len(body)) + body + bytes(-len(body) & 3)
    return words(7, 0, 2, 100, 3, 5) + credential + words(0, len(verifier)) + verifier


def test_call_is_parsed_within_its_window() -> None:
    """A call is found in the middle of other bytes, and its arguments after it."""
    data = b"junk" + _call() + b"arguments" + b"junk"
    header = message.parse_call(data, 4, len(data) - 4)
    assert (header.xid, header.program, header.version, header.procedure) == (7, 100, 3, 5)
    assert (header.flavor, header.credential) == (1, b"1234")
    assert data[header.position : len(data) - 4] == b"arguments"


def test_odd_credential_is_padded() -> None:
    """A credential whose length is no multiple of four is followed by its filling."""
    header = message.parse_call(_call(body=b"12345") + b"args", 0, len(_call(body=b"12345")) + 4)
    assert header.credential == b"12345"
    assert header.position == len(_call(body=b"12345"))


def test_verifier_is_skipped() -> None:
    """A verifier that is not empty is stepped over."""
    data = _call(verifier=b"abcd")
    header = message.parse_call(data, 0, len(data))
    assert (header.verifier_bytes, header.position) == (4, len(data))


@pytest.mark.parametrize("size", range(0, 44, 4))
def test_cut_call_is_malformed_or_a_bad_credential(size: int) -> None:
    """No beginning of a call is taken for a call, even when more bytes lie behind the window."""
    data = _call()
    with pytest.raises((message.MalformedMessage, AuthError)) as alone:
        message.parse_call(data[:size], 0, size)
    for behind in (data[size:], bytes(500), b"\xff" * 500):
        with pytest.raises(alone.type):
            message.parse_call(data[:size] + behind, 0, size)


def test_reply_is_no_call() -> None:
    """A reply that is sent to a server is not answered."""
    with pytest.raises(message.MalformedMessage):
        message.parse_call(words(7, 1, 0, 0, 0, 0) + bytes(40), 0, 64)


def test_other_rpc_version_is_returned_as_it_is() -> None:
    """A call of RPC version 3 still says its xid, so that it can be denied."""
    data = words(7, 0, 3, 1, 1, 1)
    header = message.parse_call(data, 0, len(data))
    assert (header.xid, header.rpc_version) == (7, 3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (words(7, 0, 2, 1, 1, 1, 1, 401) + bytes(500), rpc.AUTH_BADCRED),
        (words(7, 0, 2, 1, 1, 1, 1, 0xFFFFFFFF) + bytes(500), rpc.AUTH_BADCRED),
        (words(7, 0, 2, 1, 1, 1, 1, 100) + bytes(50), rpc.AUTH_BADCRED),
        (words(7, 0, 2, 1, 1, 1, 0, 0, 0, 401) + bytes(500), rpc.AUTH_BADVERF),
        (words(7, 0, 2, 1, 1, 1, 0, 0, 0, 100) + bytes(50), rpc.AUTH_BADVERF),
    ],
)
def test_bodies_are_bounded(data: bytes, why: int) -> None:
    """A credential or verifier of over 400 bytes, or longer than its record, is refused."""
    with pytest.raises(AuthError) as raised:
        message.parse_call(data, 0, len(data))
    assert raised.value.why == why


def test_replies_decode_by_the_specification() -> None:
    """Every refusal is what RFC 5531 says, as the generated codec reads it."""

    def decoded(data: bytes) -> Any:
        unpacker = rpc.RPCUnpacker(data)
        value = unpacker.unpack_rpc_msg()
        unpacker.done()
        assert value.xid == 9
        return value

    denied = decoded(message.rpc_mismatch(9)).body.rbody.rreply
    assert denied == rpc.rejected_reply(rpc.RPC_MISMATCH, rpc.mismatch_info(2, 2))
    denied = decoded(message.auth_error(9, rpc.AUTH_TOOWEAK)).body.rbody.rreply
    assert denied == rpc.rejected_reply(rpc.AUTH_ERROR, None, rpc.AUTH_TOOWEAK)
    accepted = decoded(message.prog_mismatch(9, 3, 4)).body.rbody.areply.reply_data
    assert accepted == rpc.accepted_reply_data(rpc.PROG_MISMATCH, rpc.mismatch_info(3, 4))
    for data, status in (
        (message.prog_unavail(9), rpc.PROG_UNAVAIL),
        (message.proc_unavail(9), rpc.PROC_UNAVAIL),
        (message.garbage_args(9), rpc.GARBAGE_ARGS),
        (message.system_err(9), rpc.SYSTEM_ERR),
    ):
        assert decoded(data).body.rbody.areply.reply_data.stat == status


def test_our_calls_are_parsed_by_us() -> None:
    """What the client sends is what the server reads."""
    data = message.pack_call(5, 100003, 3, 1, 1, b"12345") + b"args"
    header = message.parse_call(data, 0, len(data))
    assert (header.xid, header.program, header.version, header.procedure) == (5, 100003, 3, 1)
    assert (header.flavor, header.credential, data[header.position :]) == (1, b"12345", b"args")


def test_successful_reply_gives_its_result() -> None:
    """The result begins after whatever verifier the server sent."""
    plain = words(9, 1, 0, 0, 0, 0) + b"result"
    assert plain[message.parse_reply(plain, 0, len(plain)) :] == b"result"
    verified = words(9, 1, 0, 6, 4, 1, 0) + b"result"
    assert verified[message.parse_reply(verified, 0, len(verified)) :] == b"result"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (message.rpc_mismatch(9), message.RpcVersionMismatch),
        (message.auth_error(9, rpc.AUTH_BADCRED), message.AuthRefused),
        (message.prog_unavail(9), message.ProgramUnavailable),
        (message.prog_mismatch(9, 3, 3), message.ProgramMismatch),
        (message.proc_unavail(9), message.ProcedureUnavailable),
        (message.garbage_args(9), message.GarbageArguments),
        (message.system_err(9), message.RemoteFault),
        (words(9, 1, 0, 0, 0, 77), message.RemoteFault),
        (words(9, 1, 0, 0, 500, 0) + bytes(600), message.RemoteFault),
        (words(9, 1, 2, 0, 0, 0), message.RemoteFault),
        (words(9, 0, 0, 0, 0, 0), message.RemoteFault),
        (words(9, 1), message.RemoteFault),
        (words(9, 1, 0, 0, 0), message.RemoteFault),
    ],
)
def test_refusals_raise_their_own_error(data: bytes, error: type[message.RpcError]) -> None:
    """A caller can tell why a call of ours got no result."""
    with pytest.raises(error):
        message.parse_reply(data, 0, len(data))
