"""Our own port mapper, called without a network."""

from __future__ import annotations

from typing import Any

from nfsgw.portmap.program import portmap_program
from nfsgw.portmap.registry import Registry
from nfsgw.rpc.client import ConnectionFailed, Remote
from nfsgw.rpc.message import ProcedureUnavailable
from nfsgw.rpc.program import Call, Credential, Peer
from tests.unit.exports.fakes import FakeClock

LOCAL_ROOT = Peer("local", 0, "local", 0, "local", 0)
STRANGER = Peer("192.0.2.9", 700, "192.0.2.1", 111, "tcp")


class FakeRpcbind:
    """A port mapper that can be killed, and forgets everything when it is."""

    def __init__(self) -> None:
        self.up = True
        self.connections = 0
        self.calls: list[tuple[int, Any]] = []
        self.restart()

    def restart(self) -> None:
        """Begin with nothing registered."""
        self.registry = Registry()
        self.program = portmap_program(self.registry, FakeClock())

    async def connect(self, place: str) -> FakeCaller:
        """Connect as root on this machine."""
        if not self.up:
            raise ConnectionFailed(f"{place}: refused")
        self.connections += 1
        return FakeCaller(self, LOCAL_ROOT)


class FakeCaller:
    """An RPC client of it, from a given peer; arguments and results go through the codecs."""

    def __init__(self, rpcbind: FakeRpcbind, peer: Peer) -> None:
        self.rpcbind = rpcbind
        self.peer = peer

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - the procedure's own
        """Call a procedure."""
        row = self.rpcbind.program.versions[remote.version].get(remote.number)
        if row is None:
            raise ProcedureUnavailable
        self.rpcbind.calls.append((remote.number, arguments))
        packer = remote.packer()
        remote.encode(packer, arguments)
        unpacker = self.rpcbind.program.unpacker(packer.get_buffer())
        decoded = row.decode(unpacker)
        unpacker.done()
        result = await row.run(Call(self.peer, Credential(0), remote.version), decoded)
        out = self.rpcbind.program.packer()
        row.encode(out, result)
        back = remote.unpacker(out.get_buffer())
        value = remote.decode(back)
        back.done()
        return value

    def close(self) -> None:
        """Close."""
        self.rpcbind.connections -= 1
