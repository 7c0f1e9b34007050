"""What the procedures do: from NLM's arguments to the volume's locks, and back to an answer.

Who locks is told by the sender's address and ``caller_name`` together, and within that machine by
``svid`` (``owners``); ``oh`` is handed back to whoever asks and never compared.  A client is not
asked for a privileged port, and of AUTH_NONE and root nobody is checked: lock managers speak for
their users.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final, Protocol, TypeVar

from nfsgw.backend.api import Credentials
from nfsgw.backend.locks.api import Callback, Client, Locks, Outcome, Wanted
from nfsgw.errors import FsCode, FsError
from nfsgw.nlm.dialect import (
    DIALECTS,
    CancelArgs,
    Lock,
    LockArgs,
    Notify,
    Result,
    Share,
    ShareArgs,
    ShareResult,
    TestArgs,
    TestResult,
    UnlockArgs,
)
from nfsgw.nlm.messages import Messages
from nfsgw.nlm.order import Order
from nfsgw.nlm.owners import owner_of
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Call
from nfsgw.waiting import gather, step
from nfsgw.xdr.generated import nlm as wire
from nfsgw.xdr.generated import rpc

__all__ = ["NAME_BYTES_MAX", "OPAQUE_BYTES_MAX", "Exports", "Nlm", "Opened"]

R = TypeVar("R")

NAME_BYTES_MAX: Final = 255
"""Longest ``caller_name``: a host name has no more."""
OPAQUE_BYTES_MAX: Final = 256
"""Longest ``oh`` and ``cookie``: they are kept with every lock."""


class Opened(Protocol):
    """A volume as one export shows it to one host; ``nfsgw.exports.access`` implements it."""

    @property
    def read_only(self) -> bool:
        """Say whether the export may only be read."""

    @property
    def locks(self) -> Locks:
        """Return the volume's locks."""

    def credentials(self, call: Call) -> Credentials:
        """Return who asks, after squashing."""


class Exports(Protocol):
    """Finds what a handle stands for; ``nfsgw.exports.table`` implements it."""

    def open_for_locking(self, call: Call, handle: bytes) -> tuple[Opened, int]:
        """Return the opened export and the inode number, whichever port the call came from.

        :raises FsError: BADHANDLE, STALE, ACCES if the host may not use the export, TRY_LATER.
        """


class Nlm:
    """The lock manager.  Its coroutines return wire results; what they raise, ``program`` answers.

    :param exports: finds the volume of a handle.
    :param volumes: returns the locks of all volumes that are started.
    :param holding: repeats calls that cannot be served at once.
    :param messages: answers the asynchronous forms.
    """

    def __init__(
        self,
        exports: Exports,
        volumes: Callable[[], Iterable[Locks]],
        holding: Holding,
        messages: Messages,
    ) -> None:
        self.messages = messages
        self._exports = exports
        self._volumes = volumes
        self._holding = holding
        self._order = Order(holding)

    async def test(self, call: Call, args: TestArgs) -> TestResult:
        """Say who has a lock that is in the way."""
        _check(args.cookie, args.alock.oh)

        async def work() -> TestResult:
            access, wanted = self._wanted(call, args.alock, args.exclusive)
            holder = await access.locks.test(wanted)
            return DIALECTS[call.version].tested(args.cookie, holder)

        return await self._holding.run(work)

    async def lock(self, call: Call, args: LockArgs) -> Result:
        """Lock a range, or begin to wait for it.

        A client gives up a lock that it cannot reclaim, so a reclaim is never told "later".
        """
        return await self._lock(call, args, monitored=True)

    async def nm_lock(self, call: Call, args: LockArgs) -> Result:
        """Do the same for a client that NSM will not hear of."""
        return await self._lock(call, args, monitored=False)

    async def _lock(self, call: Call, args: LockArgs, *, monitored: bool) -> Result:
        _check(args.cookie, args.alock.oh)

        async def work() -> Result:
            access, wanted = self._wanted(call, args.alock, args.exclusive)
            if args.exclusive and access.read_only:
                raise FsError(FsCode.ROFS)
            locked = await access.locks.lock(
                _credentials(call, access),
                wanted,
                args.alock.oh,
                args.state,
                monitored,
                _callback(call, args),
                call.request,
            )
            dialect = DIALECTS[call.version]
            return dialect.result(args.cookie, dialect.outcomes[Outcome(locked.outcome)])

        return await self._in_order(call, args.alock, work, patient=args.reclaim)

    async def cancel(self, call: Call, args: CancelArgs) -> Result:
        """Wait no longer for a lock, or decline an offer that crossed this call.

        DENIED if there is nothing to cancel; clients take both answers for "done".  Linux takes
        "later" for that too, so nobody is told so.
        """
        _check(args.cookie, args.alock.oh)

        async def work() -> Result:
            access, wanted = self._wanted(call, args.alock, args.exclusive)
            found = await access.locks.cancel(wanted, call.request)
            dialect = DIALECTS[call.version]
            outcome = Outcome.GRANTED if found else Outcome.DENIED
            return dialect.result(args.cookie, dialect.outcomes[outcome])

        return await self._in_order(call, args.alock, work, patient=True)

    async def unlock(self, call: Call, args: UnlockArgs) -> Result:
        """Free a range, whatever of it is locked."""
        _check(args.cookie, args.alock.oh)

        async def work() -> Result:
            access, wanted = self._wanted(call, args.alock, exclusive=False)
            await access.locks.unlock(
                wanted.inode, wanted.owner, wanted.start, wanted.end, call.request
            )
            dialect = DIALECTS[call.version]
            return dialect.result(args.cookie, dialect.outcomes[Outcome.GRANTED])

        return await self._in_order(call, args.alock, work)

    async def granted(self, call: Call, args: TestArgs) -> Result:
        """Refuse a lock: we never ask anybody for one."""
        dialect = DIALECTS[call.version]
        return dialect.result(args.cookie, dialect.outcomes[Outcome.DENIED])

    async def share(self, call: Call, args: ShareArgs) -> ShareResult:
        """Reserve a file."""
        share = args.share
        _check(args.cookie, share.oh)

        async def work() -> ShareResult:
            client = _client(call, share.caller_name)
            access, inode = self._exports.open_for_locking(call, share.fh)
            if share.access & wire.fsa_W and access.read_only:
                raise FsError(FsCode.ROFS)
            locked = await access.locks.share(
                _credentials(call, access),
                inode,
                client,
                share.oh,
                share.access,
                share.mode,
                call.request,
            )
            dialect = DIALECTS[call.version]
            return dialect.shared(args.cookie, dialect.outcomes[Outcome(locked.outcome)])

        return await self._in_order(call, share, work, patient=args.reclaim)

    async def unshare(self, call: Call, args: ShareArgs) -> ShareResult:
        """Give a reservation back."""
        share = args.share
        _check(args.cookie, share.oh)

        async def work() -> ShareResult:
            client = _client(call, share.caller_name)
            access, inode = self._exports.open_for_locking(call, share.fh)
            await access.locks.unshare(inode, client, share.oh, call.request)
            dialect = DIALECTS[call.version]
            return dialect.shared(args.cookie, dialect.outcomes[Outcome.GRANTED])

        return await self._in_order(call, share, work)

    async def free_all(self, call: Call, args: Notify) -> None:
        """Free what the sender has under this name in all volumes, except what comes later."""
        try:
            client = _client(call, args.name)
        except FsError:
            return

        def free(locks: Locks) -> Coroutine[Any, Any, None]:
            return self._order.sweep(client, locks, lambda: locks.free(client))

        await gather(*[step(free(locks)) for locks in self._volumes()])

    async def settled(self, address: str, locks: Locks) -> None:
        """Wait until all calls of an address about a volume that are under way now have ended.

        Whoever hears that a client was rebooted waits for this before it frees the client's
        locks: a LOCK from before that is held would be granted to nobody.
        """
        await self._order.settled(address, locks)

    async def take_result(self, call: Call, args: object) -> None:
        """Take the result of a message: we send none, so it is for nobody."""

    def may_be_called(self, call: Call, handle: bytes) -> bool:
        """Say whether the sender of a message may use the export that its handle is of.

        Anybody can send a message in anybody's name; only our clients are sent an answer.
        """
        try:
            self._exports.open_for_locking(call, handle)
        except FsError:
            return False
        return True

    async def _in_order(
        self,
        call: Call,
        what: Lock | Share,
        work: Callable[[], Coroutine[Any, Any, R]],
        *,
        patient: bool = False,
    ) -> R:
        """Run a call that changes something after those of the same owner that came before."""

        def volume() -> Locks | None:
            try:
                return self._exports.open_for_locking(call, what.fh)[0].locks
            except FsError:
                return None

        client = _client(call, what.caller_name)
        if isinstance(what, Share):
            owner: int | bytes = what.oh
        else:
            owner = owner_of(client, call.peer.local_address, what.svid).svid
        return await self._order.run(client, owner, what.fh, volume, work, patient=patient)

    def _wanted(self, call: Call, lock: Lock, exclusive: bool) -> tuple[Opened, Wanted]:
        client = _client(call, lock.caller_name)
        owner = owner_of(client, call.peer.local_address, lock.svid)
        access, inode = self._exports.open_for_locking(call, lock.fh)
        start, end = DIALECTS[call.version].span(lock)
        return access, Wanted(inode, owner, start, end, exclusive)


def _check(*opaques: bytes) -> None:
    """Bound what is kept or handed back.

    :raises FsError: DQUOT, which is answered DENIED_NOLOCKS.
    """
    if any(len(opaque) > OPAQUE_BYTES_MAX for opaque in opaques):
        raise FsError(FsCode.DQUOT)


def _client(call: Call, name: bytes) -> Client:
    """Return who calls.

    :raises FsError: DQUOT: the name is empty or too long.
    """
    if not 1 <= len(name) <= NAME_BYTES_MAX:
        raise FsError(FsCode.DQUOT)
    return Client(call.peer.address, name)


def _credentials(call: Call, access: Opened) -> Credentials | None:
    """Return whose permission is checked; None if the lock manager itself asks."""
    credential = call.credential
    if credential.flavor != rpc.AUTH_SYS or credential.uid == 0:
        return None
    return access.credentials(call)


def _callback(call: Call, args: LockArgs) -> Callback | None:
    """Return where GRANTED goes if the lock must wait; None if it must not, or cannot."""
    peer, lock = call.peer, args.alock
    if not args.block or args.reclaim or peer.transport == "local":
        return None
    return Callback(
        lock.fh,
        lock.oh,
        args.cookie,
        lock.l_offset,
        lock.l_len,
        call.version,
        peer.transport,
        peer.local_address,
    )
