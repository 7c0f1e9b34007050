"""Exports of one volume, and locks that answer as a test says and note what they were asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from nfsgw.backend.api import Credentials
from nfsgw.backend.locks.api import (
    Callback,
    Client,
    Holder,
    Locked,
    Locks,
    Offer,
    Outcome,
    Owner,
    Wanted,
)
from nfsgw.errors import FsCode, FsError
from nfsgw.limits import Limits
from nfsgw.nlm.hosts import Hosts
from nfsgw.nlm.messages import Messages
from nfsgw.nlm.program import nlm_program
from nfsgw.nlm.service import Nlm
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.peers import Complaints
from nfsgw.rpc.program import Call, Peer
from nfsgw.turn import Turn
from tests.conformance.client import ROOT, User, parse_reply
from tests.support.lockd import LockManagers
from tests.support.nlm import HANDLE, decoded, nlm_record
from tests.support.surroundings import Sink, Time

__all__ = ["INODE", "PEER", "READ_ONLY", "Bench", "FakeExports", "FakeLocks"]

READ_ONLY = b"a handle in a read-only export".ljust(32, b".")
INODE = 70
PEER = Peer("192.0.2.7", 40_000, "192.0.2.1", 4045, "tcp")


class FakeLocks:
    """The locks of a volume; an answer is the next of ``answers``, or what means success."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.answers: list[Any] = []
        self.offered: dict[int, Offer] = {}
        self.noted: list[tuple[int, bool]] = []
        self._watchers: list[Callable[[Offer, bool], None]] = []

    def as_locks(self) -> Locks:
        """Return it as the type that it stands for."""
        return cast(Locks, self)

    def _answer(self, success: Any, *asked: Any) -> Any:  # noqa: ANN401
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else success
        if isinstance(answer, FsCode):
            raise FsError(answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def lock(
        self,
        credentials: Credentials | None,
        wanted: Wanted,
        oh: bytes,
        state: int,
        monitored: bool,
        callback: Callback | None,
        request: bytes | None,
    ) -> Locked:
        """Answer, by default GRANTED."""
        success = Locked(Outcome.GRANTED)
        answer: Locked = self._answer(
            success, "lock", credentials, wanted, oh, state, monitored, callback, request
        )
        return answer

    async def test(self, wanted: Wanted) -> Holder | None:
        """Answer, by default that nobody is in the way."""
        answer: Holder | None = self._answer(None, "test", wanted)
        return answer

    async def unlock(
        self, inode: int, owner: Owner, start: int, end: int, request: bytes | None
    ) -> None:
        """Succeed."""
        self._answer(None, "unlock", inode, owner, start, end, request)

    async def cancel(self, wanted: Wanted, request: bytes | None) -> bool:
        """Answer, by default that there was such a request."""
        return bool(self._answer(True, "cancel", wanted, request))

    async def share(
        self,
        credentials: Credentials | None,
        inode: int,
        client: Client,
        oh: bytes,
        access: int,
        deny: int,
        request: bytes | None,
    ) -> Locked:
        """Answer, by default GRANTED."""
        success = Locked(Outcome.GRANTED)
        answer: Locked = self._answer(
            success, "share", credentials, inode, client, oh, access, deny, request
        )
        return answer

    async def unshare(self, inode: int, client: Client, oh: bytes, request: bytes | None) -> None:
        """Succeed."""
        self._answer(None, "unshare", inode, client, oh, request)

    async def free(self, client: Client) -> int:
        """Answer, by default that there was one lock."""
        return int(self._answer(1, "free", client))

    # Offers

    def offer(self, offer: Offer, *, fresh: bool = True) -> None:
        """Make an offer, or tell of it again."""
        self.offered[offer.number] = offer
        for watcher in self._watchers:
            watcher(offer, fresh)

    async def answered(self, number: int, accepted: bool) -> None:
        """Note the answer, which ends the offer."""
        self._answer(None, "answered", number, accepted)
        self.noted.append((number, accepted))
        self.offered.pop(number, None)

    def is_offered(self, number: int) -> bool:
        """Say whether it is not answered yet."""
        return number in self.offered

    def watch(self, offered: Callable[[Offer, bool], None]) -> None:
        """Remember who wants to know."""
        self._watchers.append(offered)


class FakeOpened:
    """An export."""

    def __init__(self, locks: FakeLocks, read_only: bool) -> None:
        self.locks = locks.as_locks()
        self.read_only = read_only

    def credentials(self, call: Call) -> Credentials:
        """Return who asks, marked as squashed."""
        return Credentials(call.credential.uid + 1_000_000, 7)


class FakeExports:
    """Two handles that can be opened."""

    def __init__(self, locks: FakeLocks) -> None:
        self.locks = locks
        self.answers: list[FsCode] = []

    def open_for_locking(self, call: Call, handle: bytes) -> tuple[FakeOpened, int]:
        """Open."""
        if self.answers:
            raise FsError(self.answers.pop(0))
        if handle not in (HANDLE, READ_ONLY):
            raise FsError(FsCode.BADHANDLE)
        return FakeOpened(self.locks, handle == READ_ONLY), INODE


class Bench:
    """The program behind a dispatcher, with fakes around it."""

    def __init__(self) -> None:
        self.time = Time()
        self.soon: list[Callable[[], None]] = []
        self.turn = Turn(self.soon.append)
        self.locks = FakeLocks()
        self.other = FakeLocks()
        self.exports = FakeExports(self.locks)
        self.managers = LockManagers(self.time.call_later)
        self.hosts = Hosts(self.managers, self.managers.connect, self.time.call_later)
        self.messages = Messages(self.hosts, Complaints(self.time))
        holding = Holding(10, self.time, self.time.call_later)
        self.nlm = Nlm(
            self.exports,
            lambda: (self.locks.as_locks(), self.other.as_locks()),
            holding,
            self.messages,
        )
        self.dispatcher = Dispatcher(self.time, self.turn, Limits())
        self.dispatcher.add(nlm_program(self.nlm))

    def send(self, record: bytes, peer: Peer = PEER) -> Sink:
        """Give a record to the dispatcher; return what takes the reply."""
        sink = Sink(peer)
        with self.turn:
            self.dispatcher.call(record, 0, len(record), sink)
        return sink

    def call(
        self,
        version: int,
        name: str,
        arguments: object,
        *,
        peer: Peer = PEER,
        user: User = ROOT,
    ) -> Any:  # noqa: ANN401 - the procedure's own
        """Call a procedure, through both codecs; let time pass until it is answered."""
        xid, record = nlm_record(version, name, arguments, user)
        sink = self.send(record, peer)
        while not sink.replies:
            with self.turn:
                assert self.time.step(), "the call waits for something that never comes"
        (reply,) = sink.replies
        return decoded(version, name, parse_reply(reply, xid))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.time.seconds() + seconds
        while self.time.step(until_s):
            pass
        self.time.now_ns = int(until_s * 1e9)
