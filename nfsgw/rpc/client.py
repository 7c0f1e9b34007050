"""The calling side: calls that are under way, and the replies that belong to them.

Used for registration with rpcbind, for callbacks, and by the tests.  Calls are awaited in
coroutines that ``nfsgw.waiting`` drives.  How calls travel is the matter of ``rpc.connections``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall

from nfsgw.errors import NfsgwError
from nfsgw.rpc import message
from nfsgw.rpc.auth import encode_credential
from nfsgw.rpc.program import Credential, decode_void, encode_void
from nfsgw.rpc.reactor import Reactor
from nfsgw.waiting import Wait
from nfsgw.xdr.codec import Packer, Unpacker, XdrError

__all__ = [
    "CallTimeout",
    "Caller",
    "ConnectionFailed",
    "PendingCall",
    "Remote",
    "RpcClient",
    "null",
]


class CallTimeout(NfsgwError):
    """No reply came in time; the call may have taken effect."""


class ConnectionFailed(NfsgwError):
    """There is no connection, or it was lost; a call under way may have taken effect."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A procedure of another program, as a caller sees it.

    :param packer: the generated Packer class; ``encode`` is one of its methods.
    :param unpacker: the generated Unpacker class; ``decode`` is one of its methods.
    """

    program: int
    version: int
    number: int
    packer: type[Any]
    unpacker: type[Any]
    encode: Callable[[Any, Any], None]
    decode: Callable[[Any], Any]


def null(program: int, version: int) -> Remote:
    """Return procedure 0 of a program: it does nothing, but says that the program is there."""
    return Remote(program, version, 0, Packer, Unpacker, encode_void, decode_void)


class Caller(Protocol):
    """Whatever calls procedures as an :class:`RpcClient` does."""

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - its type is what remote.decode returns
        """Call a procedure; see :meth:`RpcClient.call`."""

    def close(self) -> None:
        """Close; calls under way fail with ConnectionFailed."""


class PendingCall:
    """A call that waits for its reply."""

    __slots__ = ("remote", "timer", "wait")

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.timer: IDelayedCall | None = None
        self.wait: Wait[Any] = Wait()

    def end(self) -> None:
        """Stop the timer."""
        if self.timer is not None and self.timer.active():
            self.timer.cancel()


class RpcClient(ABC):
    """Calls procedures of one server; :mod:`nfsgw.rpc.connections` makes them.

    :param first_xid: where transaction ids begin.  Two clients at one address that begin alike
        could be taken for each other by the server's replay cache: pass a random number.
    :param credential: sent with every call.
    """

    def __init__(
        self, reactor: Reactor, first_xid: int, credential: Credential, timeout_s: float
    ) -> None:
        self._reactor = reactor
        self._xid = first_xid & 0xFFFFFFFF
        self._flavor = credential.flavor
        self._body = encode_credential(credential)
        self._timeout_s = timeout_s
        self._calls: dict[int, PendingCall] = {}
        self._down: object = None

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - its type is what remote.decode returns
        """Call a procedure and return its decoded result.

        :param timeout_s: instead of the client's own.
        :raises CallTimeout: no reply in time.
        :raises ConnectionFailed: the connection is, or gets, closed.
        :raises RpcError: the server answered without a result; ``rpc.message`` has the subclasses.
        :raises XdrError: the arguments cannot be encoded.
        """
        if self._down is not None:
            raise ConnectionFailed(f"closed: {self._down}")
        packer = remote.packer()
        remote.encode(packer, arguments)
        xid = self._next_xid()
        head = message.pack_call(
            xid, remote.program, remote.version, remote.number, self._flavor, self._body
        )
        pending = self._calls[xid] = PendingCall(remote)
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        self._transmit(xid, pending, head, packer.parts, limit_s)
        return await pending.wait

    @abstractmethod
    def _transmit(
        self, xid: int, pending: PendingCall, head: bytes, parts: list[Any], timeout_s: float
    ) -> None:
        """Send a call and set its timer."""

    @abstractmethod
    def close(self) -> None:
        """Close; calls under way fail with ConnectionFailed."""

    def _next_xid(self) -> int:
        while True:
            self._xid = self._xid + 1 & 0xFFFFFFFF
            if self._xid not in self._calls:
                return self._xid

    def _timed_out(self, xid: int) -> None:
        pending = self._calls.pop(xid, None)
        if pending is not None:
            pending.wait.fail(CallTimeout("no reply in time"))

    def _take_reply(self, data: bytes | memoryview, start: int, end: int) -> None:
        """Match a message with its call; what matches none came too late, or is not for us."""
        if end - start < 4:
            return
        pending = self._calls.pop(int.from_bytes(data[start : start + 4], "big"), None)
        if pending is None:
            return
        pending.end()
        try:
            position = message.parse_reply(data, start, end)
            unpacker = pending.remote.unpacker()
            unpacker.reset(data, position, end)
            result = pending.remote.decode(unpacker)
            unpacker.done()
        except XdrError as error:
            pending.wait.fail(message.RemoteFault(f"an undecodable result: {error}"))
        except message.RpcError as error:
            pending.wait.fail(error)
        else:
            pending.wait.resolve(result)

    def _fail_all(self, reason: object) -> None:
        if self._down is None:
            self._down = reason
        calls, self._calls = self._calls, {}
        for pending in calls.values():
            pending.end()
            pending.wait.fail(ConnectionFailed(f"lost: {reason}"))
