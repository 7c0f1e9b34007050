"""The client's connection: matching replies with calls, and replies that are none."""

from __future__ import annotations

from typing import Any

import pytest

from nfsgw.limits import Limits
from nfsgw.rpc import message
from nfsgw.rpc.auth import ANONYMOUS
from nfsgw.rpc.client import CallTimeout, ConnectionFailed, Remote, null
from nfsgw.rpc.connections import _StreamClient
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from nfsgw.xdr.codec import Packer, Unpacker
from tests.unit.rpc.fakes import FakeReactor, FakeSocket, opaque, record, records_of, words

ECHO = Remote(9, 1, 1, Packer, Unpacker, Packer.pack_opaque, Unpacker.unpack_opaque)


class Wire:
    """A client on a fake socket."""

    def __init__(self) -> None:
        self.reactor = FakeReactor()
        self.turn = Turn(lambda work: self.reactor.callLater(0, work))
        self.sock = FakeSocket()
        self.client = _StreamClient(
            self.reactor, self.turn, Limits(), self.sock, 0xFFFFFFFE, ANONYMOUS, 10.0  # type: ignore[arg-type]
        )  # fmt: skip

    def call(self, argument: bytes = b"abc", remote: Remote = ECHO) -> Wait[Any]:
        """Begin a call."""
        with self.turn:
            return step(self.client.call(remote, argument))

    def receive(self, *messages: bytes) -> None:
        """Let replies arrive."""
        self.sock.incoming.append(b"".join(map(record, messages)))
        self.client._stream.doRead()

    def xids(self) -> list[int]:
        """Return the xids of the calls that were sent."""
        return [int.from_bytes(data[:4], "big") for data in records_of(bytes(self.sock.sent))]


def reply(xid: int, result: bytes) -> bytes:
    """Return a successful reply."""
    return words(xid, 1, 0, 0, 0, 0) + result


def test_replies_may_come_in_any_order() -> None:
    """Calls are matched by xid, which runs over at 32 bits."""
    wire = Wire()
    one, two = wire.call(), wire.call()
    assert wire.xids() == [0xFFFFFFFF, 0]
    wire.receive(reply(0, opaque(b"two")), reply(0xFFFFFFFF, opaque(b"one")))
    assert (one.result(), two.result()) == (b"one", b"two")
    assert not wire.reactor.getDelayedCalls()


def test_replies_that_match_no_call_are_ignored() -> None:
    """A reply that comes twice, too late, or is too short to be one disturbs nothing."""
    wire = Wire()
    one = wire.call()
    wire.receive(b"", b"abc", reply(5, opaque(b"x")))
    wire.receive(reply(0xFFFFFFFF, opaque(b"one")), reply(0xFFFFFFFF, opaque(b"again")))
    assert one.result() == b"one"


@pytest.mark.parametrize("result", [b"", opaque(b"x") + b"more", words(9)])
def test_undecodable_result_is_a_remote_fault(result: bytes) -> None:
    """A result that is not what was promised is the server's fault, and said so."""
    wire = Wire()
    one = wire.call()
    wire.receive(reply(0xFFFFFFFF, result))
    with pytest.raises(message.RemoteFault):
        one.result()


def test_timeout_and_late_reply() -> None:
    """After its time a call fails; its reply, when it comes after all, is ignored."""
    wire = Wire()
    one = wire.call()
    wire.reactor.advance(11)
    with pytest.raises(CallTimeout):
        one.result()
    wire.receive(reply(0xFFFFFFFF, opaque(b"late")))
    assert wire.client._stream.fileno() >= 0


def test_closed_client_calls_nobody() -> None:
    """Closing fails what is under way, and what is called later."""
    wire = Wire()
    one = wire.call()
    wire.client.close()
    two = wire.call(remote=null(9, 1))
    for wait in (one, two):
        with pytest.raises(ConnectionFailed):
            wait.result()
    assert not wire.reactor.getDelayedCalls()
