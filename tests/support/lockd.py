"""The lock managers of clients, without a network: they note what they are called, and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nfsgw.errors import NfsgwError
from nfsgw.nlm.hosts import Host
from nfsgw.rpc.client import CallTimeout, ConnectionFailed, Remote
from nfsgw.waiting import Wait
from nfsgw.xdr.generated import nlm as x

__all__ = ["Called", "LockManagers"]


class Called(NamedTuple):
    """One call that a lock manager got; its arguments went through both codecs.

    :param port: where it came to.
    """

    host: Host
    port: int
    procedure: int
    arguments: Any


_RESULTS = {
    procedure: f"{kind}res"
    for procedure, kind in ((11, "test"), (12, ""), (13, ""), (14, ""), (15, ""))
}


class _Link:
    def __init__(self, managers: LockManagers, host: Host, port: int) -> None:
        self.managers = managers
        self.host = host
        self.port = port
        self.waiting: list[Wait[Any]] = []
        self.closed = False

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - as RpcClient
        """Carry a call to the lock manager, and its answer back."""
        if self.closed:
            raise ConnectionFailed("closed")
        assert (remote.program, remote.version) == (x.NLM_PROG, self.host.version)
        assert timeout_s is not None
        packer = remote.packer()
        remote.encode(packer, arguments)
        answer = self.managers.take(self.host, self.port, remote.number, packer.get_buffer())
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            wait: Wait[Any] = Wait()
            self.waiting.append(wait)
            self.managers.call_later(timeout_s, lambda: self._time_out(wait))
            return await wait
        unpacker = remote.unpacker(answer)
        result = remote.decode(unpacker)
        unpacker.done()
        return result

    def _time_out(self, wait: Wait[Any]) -> None:
        if wait in self.waiting:
            self.waiting.remove(wait)
            wait.fail(CallTimeout("no reply in time"))

    def close(self) -> None:
        """Fail what is under way."""
        self.closed = True
        waiting, self.waiting = self.waiting, []
        for wait in waiting:
            wait.fail(ConnectionFailed("lost: closed by us"))


class LockManagers:
    """All clients' lock managers, and their port mappers; a ``FindPort`` and a ``Connect``.

    A call of GRANTED is answered by the next of :attr:`answers`, and GRANTED when there is none.

    :ivar calls: what was called, in order.
    :ivar answers: statuses; None for silence; an exception that the caller gets.
    :ivar ports: of each address; who is not here has :attr:`port`, who has 0 is not registered.
    :ivar open: whether a port takes connections.
    """

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self.call_later = call_later
        self.calls: list[Called] = []
        self.answers: list[int | Exception | None] = []
        self.port = 4001
        self.ports: dict[str, int] = {}
        self.asked: list[tuple[str, int, int, str]] = []
        self.open: Callable[[int], bool] = lambda port: True
        self.links: list[_Link] = []

    async def find(self, address: str, program: int, version: int, transport: str) -> int:
        """Be the port mapper."""
        self.asked.append((address, program, version, transport))
        port = self.ports.get(address, self.port)
        if not port:
            raise NfsgwError("not registered")
        return port

    async def connect(self, host: Host, port: int) -> _Link:
        """Connect to a lock manager."""
        if not self.open(port):
            raise ConnectionFailed("refused")
        link = _Link(self, host, port)
        self.links.append(link)
        return link

    def take(self, host: Host, port: int, procedure: int, data: bytes) -> bytes | Exception | None:
        """Be called; return the encoded result."""
        prefix = "nlm4" if host.version == 4 else "nlm"
        name = "testargs" if procedure == x.NLM_GRANTED else _RESULTS[procedure]
        unpacker = x.NLMUnpacker(data)
        arguments = getattr(unpacker, f"unpack_{prefix}_{name}")()
        unpacker.done()
        self.calls.append(Called(host, port, procedure, arguments))
        answer = self.answers.pop(0) if self.answers else x.NLM4_GRANTED
        if answer is None or isinstance(answer, Exception):
            return answer
        if procedure != x.NLM_GRANTED:
            return b""
        packer = x.NLMPacker()
        result = getattr(x, f"{prefix}_res")(
            arguments.cookie, getattr(x, f"{prefix}_stat")(answer)
        )
        getattr(packer, f"pack_{prefix}_res")(result)
        return bytes(packer.get_buffer())
