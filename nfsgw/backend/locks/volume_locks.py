"""The locks of one volume, whoever is its primary; implements :class:`.api.Locks`.

The table of locks belongs to a primary: it is read from the tables when a brick begins to serve,
and goes when it ends.  It is ahead of the commit point as the pending view is, so whatever was
seen in it is answered only after the newest record that changed a lock is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol

from twisted.logger import Logger

from nfsgw.backend.api import Credentials
from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.view import Change, View
from nfsgw.backend.locks import asking, releasing
from nfsgw.backend.locks.api import (
    Callback,
    Client,
    ClientLocks,
    Holder,
    Listed,
    Locked,
    Offer,
    Owner,
    Wanted,
)
from nfsgw.backend.locks.clients import LockBounds, meant
from nfsgw.backend.locks.stored import Request
from nfsgw.backend.locks.table import LockTable
from nfsgw.errors import FsCode, FsError

__all__ = ["LockBrick", "VolumeLocks"]

Operation = Callable[..., Coroutine[Any, Any, Any]]

_CLEARED_MAX: Final = 256
"""Locks that one record frees for an administrator."""


class LockBrick(Protocol):
    """What is needed of a primary's brick."""

    commit_point: int
    stalled: bool

    @property
    def sequence(self) -> int:
        """Return the sequence number of the newest record."""

    def view(self) -> View:
        """Return the newest state."""

    async def committed(self, sequence: int) -> None:
        """Wait until the commit point has reached ``sequence``."""


class _Serving:
    """A primary's brick and its table of locks.

    :ivar newest: the last record that changed a lock.
    :ivar uncommitted: the records that make offers and are not known to be committed.
    """

    __slots__ = ("brick", "newest", "table", "uncommitted")

    def __init__(self, brick: LockBrick, bounds: LockBounds) -> None:
        self.brick = brick
        self.table = LockTable(bounds)
        self.table.load(brick.view())
        self.newest = brick.sequence
        self.uncommitted: dict[int, int] = {}

    def is_committed(self, number: int) -> bool:
        """Say whether an offer may be shown."""
        return self.uncommitted.get(number, 0) <= self.brick.commit_point


class _Run:
    """One operation on its way: what it made, and after which record that may be shown."""

    __slots__ = ("_operation", "_serving", "made", "shown_after")

    def __init__(self, serving: _Serving, operation: Callable[..., Any]) -> None:
        self._serving = serving
        self._operation = operation
        self.made: list[int] = []
        self.shown_after = 0

    def change(self, change: Change, *args: Any) -> Any:  # noqa: ANN401 - the operation's own
        """Run an operation that changes locks."""
        serving = self._serving
        table = serving.table
        table.made.clear()
        self.shown_after = serving.newest
        result = self._operation(change, table, *args)
        if change.changes:
            # The brick makes its next record of this before anything else happens.
            self.shown_after = serving.newest = serving.brick.sequence + 1
            self.made = table.made.copy()
            for number in self.made:
                serving.uncommitted[number] = serving.newest
        return result

    def look(self, view: View, *args: Any) -> Any:  # noqa: ANN401 - the operation's own
        """Run an operation that only looks."""
        self.shown_after = self._serving.newest
        return self._operation(view, self._serving.table, *args)


class VolumeLocks:
    """The locks of one volume.

    :param bounds: how many there may be.
    """

    log = Logger()

    def __init__(self, bounds: LockBounds | None = None) -> None:
        self._bounds = bounds or LockBounds()
        self._serving: _Serving | None = None
        self.failure: str | None = None
        """Why there are no locks although the volume is served."""
        self._brick: LockBrick | None = None
        self._change: Operation
        self._read: Operation
        self._watchers: list[Callable[[Offer, bool], None]] = []
        self._freed: list[Client] = []

    def serve(self, brick: LockBrick | None, change: Operation, read: Operation) -> None:
        """Work on this brick from now on, or on none.

        :param change: the volume's way to run an operation that changes something; it raises
            TRY_LATER or UNDECIDED itself while nothing may be changed.
        :param read: likewise for one that looks.
        """
        self._change = change
        self._read = read
        if brick is self._brick:
            return
        self._brick = brick
        self._serving = None
        self.failure = None
        if brick is not None:
            self._load(brick)
            for offer in self.offers():
                self._tell(offer, fresh=False)

    def _load(self, brick: LockBrick) -> None:
        try:
            self._serving = _Serving(brick, self._bounds)
        except BadRecord as error:
            # Files can be served without: nobody is given a lock that might be another's.
            self.failure = f"the table of locks cannot be read: {error}"
            self.log.critical("{failure}", failure=self.failure)
        except FsError:
            # The brick has failed; whoever serves next is on the way.
            self._brick = None

    # Running operations

    async def _run(
        self,
        operation: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - the operation's own
        request: bytes | None = None,
        frees: bool = False,
    ) -> Any:  # noqa: ANN401 - the operation's own
        serving = self._serving
        if serving is None:
            return await self._without(request)
        if request is None and serving.brick.stalled:
            raise FsError(FsCode.TRY_LATER)
        run = _Run(serving, operation)
        result = await self._change(run.change, *args, request=request, frees=frees)
        await serving.brick.committed(run.shown_after)
        for number in run.made:
            serving.uncommitted.pop(number, None)
        if run.made and self._serving is serving:
            self._tell_made(serving, run.made)
        return result

    async def _without(self, request: bytes | None) -> Any:  # noqa: ANN401 - it raises
        """Say what calls are told while there is no table of locks."""
        if self.failure is not None:
            raise FsError(FsCode.IO)
        return await self._change(_nothing, request=request)

    def _tell_made(self, serving: _Serving, made: Sequence[int]) -> None:
        for number in made:
            request = serving.table.request(number)
            if request is not None and request.offered:
                self._tell(_offer_of(request), fresh=True)

    def _tell(self, offer: Offer, *, fresh: bool) -> None:
        for watcher in tuple(self._watchers):
            watcher(offer, fresh)

    # What clients ask for

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
        """Ask for a lock."""
        self._check_not_freed(wanted.owner.client, request)
        return _locked(
            await self._run(
                asking.lock,
                credentials,
                wanted,
                oh,
                state,
                monitored,
                callback,
                request=request,
            )
        )

    async def test(self, wanted: Wanted) -> Holder | None:
        """Return a lock of another owner that is in the way, or None."""
        serving = self._serving
        if serving is None:
            await self._without(None)
            raise AssertionError("a volume without locks has answered")
        run = _Run(serving, asking.test)
        holder: Holder | None = await self._read(run.look, wanted)
        await serving.brick.committed(run.shown_after)
        return holder

    async def unlock(
        self, inode: int, owner: Owner, start: int, end: int, request: bytes | None
    ) -> None:
        """Free what an owner has in a range."""
        await self._run(releasing.unlock, inode, owner, start, end, request=request, frees=True)

    async def cancel(self, wanted: Wanted, request: bytes | None) -> bool:
        """Wait no longer, or decline an offer."""
        return bool(await self._run(releasing.cancel, wanted, request=request, frees=True))

    async def answered(self, number: int, accepted: bool) -> None:
        """Take note of the client's answer to GRANTED."""
        await self._run(releasing.answered, number, accepted, frees=True)

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
        """Reserve a file."""
        self._check_not_freed(client, request)
        return _locked(
            await self._run(
                asking.share, credentials, inode, client, oh, access, deny, request=request
            )
        )

    async def unshare(self, inode: int, client: Client, oh: bytes, request: bytes | None) -> None:
        """Give a reservation back."""
        await self._run(releasing.unshare, inode, client, oh, request=request, frees=True)

    # What ends locks otherwise

    async def free(self, client: Client) -> int:
        """Free everything that exactly this client has."""
        return await self._free(releasing.free, client)

    async def rebooted(self, address: str, name: bytes, state: int) -> int:
        """Free what the client at an address had before it rebooted."""
        if self._serving is None:
            await self._without(None)
        assert self._serving is not None
        count = 0
        for client in meant(self._serving.table.clients_at(address), name):
            count += await self._free(releasing.rebooted, client, state)
        return count

    async def _free(self, operation: Callable[..., int], client: Client, *args: int) -> int:
        """Free what a client has, in several records if that is much.

        Whatever it asks for meanwhile waits: a lock that it has from before, and is about to lose,
        must not be granted to its new life.
        """
        known = None if self._serving is None else self._serving.table.clients.get(client)
        much = known is not None and known.held + known.waiting >= releasing.FREED_MAX
        if much:
            self._freed.append(client)
        count = 0
        try:
            while True:
                freed = int(await self._run(operation, client, *args, frees=True))
                count += freed
                if freed < releasing.FREED_MAX:
                    return count
        finally:
            if much:
                self._freed.remove(client)

    def _check_not_freed(self, client: Client, request: bytes | None) -> None:
        """Let a client try later while its locks are being freed.

        :raises FsError: TRY_LATER, UNDECIDED.
        """
        if client in self._freed:
            raise FsError(FsCode.TRY_LATER if request is None else FsCode.UNDECIDED)

    async def clear(self, wanted: Sequence[Wanted]) -> int:
        """Free these locks as their owners would."""
        count = 0
        for at in range(0, len(wanted), _CLEARED_MAX):
            some = tuple(wanted[at : at + _CLEARED_MAX])
            count += int(await self._run(releasing.clear, some, frees=True))
        return count

    # What is known

    def knows(self, address: str) -> bool:
        """Say whether there is a client at an address; True also while that cannot be told."""
        return self._serving is None or self._serving.table.has_clients_at(address)

    def offers(self) -> Sequence[Offer]:
        """Return all offers that are not answered, the oldest first."""
        serving = self._serving
        if serving is None:
            return ()
        return [
            _offer_of(request)
            for request in serving.table.offers()
            if serving.is_committed(request.number)
        ]

    def is_offered(self, number: int) -> bool:
        """Say whether an offer still waits for its answer."""
        request = None if self._serving is None else self._serving.table.request(number)
        return request is not None and request.offered

    def watch(self, offered: Callable[[Offer, bool], None]) -> None:
        """Have a function called with each offer, at once with those that are there."""
        self._watchers.append(offered)
        for offer in self.offers():
            offered(offer, False)

    def listing(self, inode: int | None = None) -> Sequence[Listed]:
        """Return all locks, those waited for and reservations."""
        if self._serving is None:
            return ()
        table = self._serving.table
        inodes = [inode] if inode is not None else sorted(number for number, _ in table.files())
        return [listed for number in inodes for listed in _listed(table, number)]

    def clients(self) -> Sequence[ClientLocks]:
        """Return the clients that are known."""
        if self._serving is None:
            return ()
        return [
            ClientLocks(client, state.held, state.waiting, state.known.monitored)
            for client, state in sorted(self._serving.table.clients.items())
        ]


def _nothing(change: Change) -> None:
    """Change nothing; there is nobody who would run it."""


def _locked(result: Locked) -> Locked:
    return result


def _offer_of(request: Request) -> Offer:
    return Offer(request.number, request.wanted, request.callback)


def _listed(table: LockTable, inode: int) -> list[Listed]:
    file = table.file(inode)
    lines = [
        Listed(Wanted(inode, owner, held.start, held.end, held.exclusive), "held", held.since_ns)
        for owner, ranges in file.held.items()
        for held in ranges
    ]
    for state, requests in (("offered", file.offers), ("waiting", file.waiting)):
        lines += (Listed(each.wanted, state, each.since_ns) for each in requests.values())
    for (client, _), share in file.shares.items():
        wanted = Wanted(inode, Owner(client, 0), 0, 0, bool(share.access & 2))
        lines.append(Listed(wanted, "share", share.since_ns, share.access, share.deny))
    return lines
