"""A client that locks files: NLM's procedures with what cases vary, and short answers."""

# What cases vary is of any type.
# ruff: noqa: ANN401

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from nfsgw.xdr.generated import nlm as x
from tests.conformance.client import ROOT, RpcFailed, Session, User, handle_of, ok, parse_reply
from tests.conformance.live import Live
from tests.conformance.server import CLIENT, SERVER, InProcess
from tests.support.lockd import Called, LockManagers
from tests.support.nlm import decoded, kind, lock_args, nlm_record, share_args

__all__ = [
    "Locker",
    "answer_of",
    "every",
    "in_process",
    "narrow",
    "read_only_file",
    "sharing",
    "status_of",
    "version_of",
    "wide",
]

_SHARING = {"SHARE", "UNSHARE", "NM_LOCK", "FREE_ALL"}
"""What version 1 does not have."""


def every(*names: str, versions: Sequence[int] = (1, 3, 4)) -> list[str]:
    """Return procedures as cases name them, of every version that has them."""
    return [
        f"NLM{version}_{name}"
        for name in names
        for version in versions
        if version > 1 or name not in _SHARING
    ]


def wide(*names: str) -> list[str]:
    """Return the procedures of version 4."""
    return every(*names, versions=(4,))


def narrow(*names: str) -> list[str]:
    """Return the procedures of versions 1 and 3."""
    return every(*names, versions=(1, 3))


def sharing(*names: str) -> list[str]:
    """Return the procedures of versions 3 and 4."""
    return every(*names, versions=(3, 4))


def version_of(procedure: str) -> int:
    """Return the version in a procedure's name."""
    return int(procedure[3])


def status_of(result: Any) -> int:
    """Return the number of a result's status."""
    inner = result.test_stat if hasattr(result, "test_stat") else result.stat
    return int(getattr(inner, "stat", inner))


def answer_of(version: int, result: Any) -> str:
    """Return the name of a result's status, without prefix."""
    status = status_of(result)
    if version == 4:
        return x.nlm4_stats(status).name.removeprefix("NLM4_")
    return x.nlm_stats(status).name.removeprefix("LCK_")


class Locker:
    """A process of a client.

    :param name: what the client calls itself.
    :param address: where it is; only our own server in this process can be shown another.
    :param server_address: the address that it knows the server by; likewise.
    :ivar result: of the last call, decoded.
    """

    def __init__(
        self,
        nfs: Session,
        version: int = 4,
        name: bytes = b"alpha",
        svid: int = 1,
        *,
        address: str = CLIENT,
        server_address: str = SERVER,
        transport: str = "tcp",
        user: User = ROOT,
        port: int = 900,
        oh: bytes | None = None,
    ) -> None:
        self.nfs = nfs
        self.version = version
        self.name = name
        self.svid = svid
        self.address = address
        self.server_address = server_address
        self.transport = transport
        self.user = user
        self.port = port
        self.oh = b"%d@%s" % (svid, name) if oh is None else oh
        self.cookie = b"cookie of " + name
        self.result: Any = None

    # The ground

    def exchange(self, record: bytes) -> bytes:
        """Send a record from this client."""
        server = self.nfs.exchange
        if not isinstance(server, InProcess):
            return server.exchange(record)
        peer = server.peer(self.port, self.address, self.transport)
        peer = replace(peer, local_address=self.server_address)
        reply = server.exchange_from(peer, record)
        server.settle()
        return reply

    def record(self, procedure: str, arguments: object) -> tuple[int, bytes]:
        """Return the xid and the record of a call."""
        return nlm_record(self.version, procedure, arguments, self.user)

    def send(self, procedure: str, xid: int, record: bytes) -> str:
        """Send a call, perhaps again; return the status's name."""
        try:
            data = parse_reply(self.exchange(record), xid)
        except RpcFailed as failed:
            if failed.what == "PROG_UNAVAIL" and isinstance(self.nfs.exchange, Live):
                pytest.skip("this server has no lock manager at this port")
            raise
        self.result = decoded(self.version, procedure, data)
        if self.result is None:
            return ""
        assert self.result.cookie == self.cookie, "the cookie of another call"
        answer = answer_of(self.version, self.result)
        self.nfs.seen.add((f"NLM{self.version}_{procedure}", answer))
        return answer

    def call(self, procedure: str, arguments: object) -> str:
        """Call a procedure by its name; return the status's name."""
        return self.send(procedure, *self.record(procedure, arguments))

    def arguments(
        self, procedure: str, handle: bytes, start: int = 0, length: int = 0, **changed: Any
    ) -> Any:
        """Return the arguments of any procedure that has a handle."""
        own: dict[str, Any] = {
            "caller_name": self.name,
            "fh": handle,
            "oh": self.oh,
            "cookie": self.cookie,
        }
        if procedure in ("SHARE", "UNSHARE"):
            return share_args(self.version, **{**own, **changed})
        own |= {"svid": self.svid, "l_offset": start, "l_len": length}
        wide_args = {**own, **changed}
        block = wide_args.pop("block", False)
        exclusive = wide_args.pop("exclusive", True)
        reclaim = wide_args.pop("reclaim", False)
        whole = lock_args(
            self.version, block=block, exclusive=exclusive, reclaim=reclaim, **wide_args
        )
        what = procedure.removesuffix("_MSG")
        if what in ("LOCK", "NM_LOCK"):
            return whole
        if what == "CANCEL":
            return kind(self.version, "cancargs")(whole.cookie, block, exclusive, whole.alock)
        if what == "UNLOCK":
            return kind(self.version, "unlockargs")(whole.cookie, whole.alock)
        return kind(self.version, "testargs")(whole.cookie, exclusive, whole.alock)

    def ask(
        self, procedure: str, handle: bytes, start: int = 0, length: int = 0, **changed: Any
    ) -> str:
        """Call any procedure that has a handle."""
        return self.call(procedure, self.arguments(procedure, handle, start, length, **changed))

    # The procedures

    def lock(self, handle: bytes, start: int = 0, length: int = 0, **changed: Any) -> str:
        """Call LOCK, exclusive unless said otherwise."""
        return self.ask("LOCK", handle, start, length, **changed)

    def wait(self, handle: bytes, start: int = 0, length: int = 0, **changed: Any) -> str:
        """Call LOCK and be ready to wait."""
        return self.ask("LOCK", handle, start, length, block=True, **changed)

    def test(self, handle: bytes, start: int = 0, length: int = 0, **changed: Any) -> str:
        """Call TEST."""
        return self.ask("TEST", handle, start, length, **changed)

    def unlock(self, handle: bytes, start: int = 0, length: int = 0) -> str:
        """Call UNLOCK."""
        return self.ask("UNLOCK", handle, start, length)

    def cancel(self, handle: bytes, start: int = 0, length: int = 0, **changed: Any) -> str:
        """Call CANCEL."""
        return self.ask("CANCEL", handle, start, length, block=True, **changed)

    def share(self, handle: bytes, access: int, mode: int) -> str:
        """Call SHARE."""
        return self.ask("SHARE", handle, access=access, mode=mode)

    def unshare(self, handle: bytes) -> str:
        """Call UNSHARE."""
        return self.ask("UNSHARE", handle)

    def free_all(self, name: bytes | None = None) -> None:
        """Call FREE_ALL."""
        arguments = kind(self.version, "notify")(self.name if name is None else name, 1)
        self.call("FREE_ALL", arguments)

    def message(self, procedure: str, arguments: object) -> tuple[str, Called]:
        """Send a ``_MSG``; return the status of its ``_RES``, and how that came."""
        server = in_process(self.nfs)
        before = len(server.managers.calls)
        self.call(procedure, arguments)
        called = server.managers.calls[before]
        assert called.procedure == getattr(x, f"NLM_{procedure}") + 5
        assert called.arguments.cookie == self.cookie
        answer = answer_of(self.version, called.arguments)
        self.nfs.seen.add((f"NLM{self.version}_{procedure}", answer))
        return answer, called

    # What is called on the client

    @property
    def managers(self) -> LockManagers:
        """Return the clients' lock managers."""
        return in_process(self.nfs).managers

    def granted(self) -> list[Called]:
        """Return the GRANTED calls that this process got."""
        return [
            called
            for called in self.managers.calls
            if called.procedure == x.NLM_GRANTED
            and called.host.address == self.address
            and called.arguments.alock.caller_name == self.name
            and called.arguments.alock.svid == self.svid
        ]


def in_process(nfs: Session) -> InProcess:
    """Return the server, which must be ours in this process."""
    assert isinstance(nfs.exchange, InProcess)
    return nfs.exchange


def read_only_file(nfs: Session) -> bytes:
    """Return the handle of a file in the read-only export."""
    server = in_process(nfs)
    directory = ok(nfs.lookup(server.mount(b"/demo"), b"readonly")).object
    handle_of(ok(nfs.create(directory, b"locked", 0o666)))
    found: bytes = ok(nfs.lookup(server.export("readonly"), b"locked")).object
    return found
