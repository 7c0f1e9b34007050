"""All locks of a volume in memory, as the primary's tables have them.

Operations on locks look here, and change a key and what is here in one step: all of them check
first, and nothing can go wrong after the first change.  So this is what the brick's pending view
says at any time, and it goes when its brick does.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Final

from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import Client, Owner, Wanted
from nfsgw.backend.locks.clients import AddressState, ClientState, LockBounds
from nfsgw.backend.locks.file_locks import FileLocks
from nfsgw.backend.locks.ranges import Held, Splice
from nfsgw.backend.locks.stored import Known, Request, Share

__all__ = ["LockTable"]

_LOCK: Final = Table.LOCK
_NOBODY: Final = FileLocks()


class LockTable:
    """The locks of a volume.

    :param bounds: how many there may be.
    :ivar clients: all that are known, by address and name.
    :ivar made: numbers of offers that the operation under way has made.
    """

    def __init__(self, bounds: LockBounds | None = None) -> None:
        self.bounds = bounds or LockBounds()
        self.clients: dict[Client, ClientState] = {}
        self.made: list[int] = []
        self._files: dict[int, FileLocks] = {}
        self._at: dict[str, AddressState] = {}
        self._idle: dict[Client, None] = {}
        self._requests: dict[int, Request] = {}
        self._by_wanted: dict[Wanted, int] = {}
        self._waiting: dict[Owner, dict[int, Request]] = {}
        self._offers: dict[int, Request] = {}
        self._next = 1
        self._all = 0

    # Loading

    def load(self, view: View) -> None:
        """Take over what a brick's tables have.

        :raises BadRecord: a key or value cannot be read.
        """
        # What is read is no garbage; to look for some again and again would take longer than this.
        collects = gc.isenabled()
        gc.disable()
        try:
            self._load(view)
        finally:
            if collects:
                gc.enable()

    def _load(self, view: View) -> None:
        clients: dict[bytes, Client] = {}
        for key, value in view.scan(Table.MONITOR, b""):
            known = stored.unpack_client(key, value)
            clients[key] = known.client
            self._add_client(known)
        self._load_locks(view, clients)
        for file in self._files.values():
            file.build()

    def _load_locks(self, view: View, clients: dict[bytes, Client]) -> None:
        # Many have many ranges on a file, one after the other; what those share is read once.
        prefix = bytes(stored.OWNER_BYTES)
        for key, value in view.scan(_LOCK, b""):
            kind = stored.kind_of(key)
            if kind == stored.HELD:
                if not key.startswith(prefix):
                    prefix = key[: stored.OWNER_BYTES]
                    inode, owner = stored.unpack_owner(key, clients)
                    ranges = self._own(inode).held[owner] = []
                ranges.append(stored.unpack_held(key, value, owner))
            elif kind == stored.REQUEST:
                request = stored.unpack_request(key, value, clients)
                file = self._own(request.wanted.inode)
                (file.offers if request.offered else file.waiting)[request.number] = request
                self._index(request)
            elif kind == stored.SHARE:
                inode, by, oh, share = stored.unpack_share(key, value, clients)
                self._own(inode).shares[by, oh] = share
                self._count(self.clients[by], inode, 1, 0)
            elif key == stored.NEXT_NUMBER:
                self._next = stored.unpack_next_number(value)
            else:
                raise BadRecord(f"a key of no known kind among the locks: {key.hex()}")
        for inode, file in self._files.items():
            for owner, ranges in file.held.items():
                self._count(self.clients[owner.client], inode, len(ranges), 0)

    # Looking

    def file(self, inode: int) -> FileLocks:
        """Return a file's locks, to be looked at only; perhaps there are none."""
        return self._files.get(inode, _NOBODY)

    def files(self) -> Iterator[tuple[int, FileLocks]]:
        """Yield all files with locks, by inode number."""
        yield from self._files.items()

    def conflicts(self, wanted: Wanted) -> Iterator[Held]:
        """Yield what others hold, or were offered, that is in the way of a request."""
        inode, owner, start, end, exclusive = wanted
        return self.file(inode).conflicts(owner, start, end, exclusive)

    def passed(self, wanted: Wanted) -> Iterator[Held]:
        """Yield what :meth:`conflicts` looks at: some ranges of the owner's own, too."""
        inode, owner, start, end, exclusive = wanted
        return self.file(inode).passed(owner, start, end, exclusive)

    def request(self, number: int) -> Request | None:
        """Return the request with this number, if it waits or is offered."""
        return self._requests.get(number)

    def asked(self, wanted: Wanted) -> Request | None:
        """Return the request for exactly this, if there is one that waits or is offered."""
        number = self._by_wanted.get(wanted)
        return None if number is None else self._requests[number]

    def offers(self) -> list[Request]:
        """Return all offers, the oldest first."""
        return sorted(self._offers.values(), key=lambda offer: (offer.since_ns, offer.number))

    def waiting(self, owner: Owner) -> Iterator[Request]:
        """Yield what an owner waits for; offers are not among it."""
        yield from self._waiting.get(owner, {}).values()

    def clients_at(self, address: str) -> list[ClientState]:
        """Return the clients that are known at an address."""
        at = self._at.get(address)
        return [] if at is None else list(at.clients)

    def has_clients_at(self, address: str) -> bool:
        """Say whether a client is known at an address."""
        return address in self._at

    # What there is room for

    def has_room(self, client: Client, more: int) -> bool:
        """Say whether a client may have so many locks more."""
        if more <= 0:
            return True
        bounds = self.bounds
        at = self._at.get(client.address)
        if client not in self.clients and not self._has_place(at):
            return False
        have = 0 if at is None else at.count
        return have + more <= bounds.address_max and self._all + more <= bounds.all_max

    def _has_place(self, at: AddressState | None) -> bool:
        """Say whether one client more may be remembered at an address."""
        if at is not None and len(at.clients) >= self.bounds.names_max:
            return at.idle() is not None
        return len(self.clients) < self.bounds.clients_max or bool(self._idle)

    def may_wait(self, wanted: Wanted) -> bool:
        """Say whether one request more may wait."""
        client = wanted.owner.client
        file = self.file(wanted.inode)
        at = self._at.get(client.address)
        return (
            (at is None or at.waiting < self.bounds.waiting_max)
            and len(file.waiting) + len(file.offers) < self.bounds.file_waiting_max
            and self.has_room(client, 1)
        )

    def may_split(self, client: Client) -> bool:
        """Say whether an UNLOCK may make two locks of one of a client that is known.

        There is room for it when there is none for LOCK, but not for ever.
        """
        bounds = self.bounds
        return (
            self.clients[client].address.count < bounds.address_max + bounds.address_max // 4
            and self._all < bounds.all_max + bounds.all_max // 4
        )

    # Changing; nothing here can fail

    def know(self, change: Change, client: Client, monitored: bool) -> None:
        """Remember a client; one without locks is forgotten for it if there are too many."""
        state = self.clients.get(client)
        if state is not None:
            if monitored and not state.known.monitored:
                self.put_client(change, state, state.known._replace(monitored=True))
            return
        at = self._at.get(client.address)
        if at is not None and len(at.clients) >= self.bounds.names_max:
            neighbour = at.idle()
            assert neighbour is not None, "who has no room is refused before"
            self._forget(change, neighbour.known.client)
        elif len(self.clients) >= self.bounds.clients_max:
            self._forget(change, next(iter(self._idle)))
        state = self._add_client(Known(client, monitored, None))
        self.put_client(change, state, state.known)

    def put_client(self, change: Change, state: ClientState, known: Known) -> None:
        """Remember something else of a client."""
        state.known = known
        change.put(Table.MONITOR, state.key, stored.pack_client(known))

    def splice(self, change: Change, inode: int, owner: Owner, splice: Splice) -> list[Held]:
        """Change what an owner, whose client is known, holds; return what it holds no more."""
        client = self.clients[owner.client]
        removed = self._own(inode).splice(owner, splice)
        added = splice.added
        kept = {held.start for held in added} if added else ()
        for held in removed:
            if held.start not in kept:
                change.delete(_LOCK, stored.held_key(inode, client.key, held))
        for held in added:
            change.put(_LOCK, stored.held_key(inode, client.key, held), stored.pack_held(held))
        self._count(client, inode, len(added) - len(removed), 0)
        return removed

    def next_number(self, change: Change) -> int:
        """Take the number of a new request; none is ever used again."""
        number = self._next
        self._next = number + 1
        change.put(_LOCK, stored.NEXT_NUMBER, stored.pack_next_number(self._next))
        return number

    def put_request(self, change: Change, request: Request) -> None:
        """Add a request of a client that is known, or put it in the place of an earlier one."""
        inode = request.wanted.inode
        client = self.clients[request.wanted.owner.client]
        earlier = self._requests.get(request.number)
        if earlier is not None:
            self._unindex(earlier)
            self._own(inode).replace_request(earlier, request)
        else:
            self._own(inode).put_request(request)
        self._index(request)
        key = stored.request_key(inode, request.number)
        change.put(_LOCK, key, stored.pack_request(request, client.key))

    def remove_request(self, change: Change, request: Request) -> None:
        """Remove a request."""
        inode = request.wanted.inode
        self._own(inode).remove_request(request)
        change.delete(_LOCK, stored.request_key(inode, request.number))
        self._unindex(request)

    def put_share(
        self, change: Change, inode: int, client: Client, oh: bytes, share: Share
    ) -> None:
        """Add a reservation of a client that is known, or replace its earlier one."""
        state = self.clients[client]
        shares = self._own(inode).shares
        more = int((client, oh) not in shares)
        shares[client, oh] = share
        change.put(_LOCK, stored.share_key(inode, state.key, oh), stored.pack_share(share))
        self._count(state, inode, more, 0)

    def remove_share(self, change: Change, inode: int, client: Client, oh: bytes) -> None:
        """Remove a reservation that is there."""
        state = self.clients[client]
        del self._own(inode).shares[client, oh]
        change.delete(_LOCK, stored.share_key(inode, state.key, oh))
        self._count(state, inode, -1, 0)

    # Indices

    def _own(self, inode: int) -> FileLocks:
        file = self._files.get(inode)
        if file is None:
            file = self._files[inode] = FileLocks()
        return file

    def _count(self, client: ClientState, inode: int, held: int, waiting: int) -> None:
        """Count what a client has more, or less; who has nothing may be forgotten."""
        client.held += held
        client.waiting += waiting
        more = held + waiting
        client.address.count += more
        client.address.waiting += waiting
        self._all += more
        have = client.files.get(inode, 0) + more
        if have:
            client.files[inode] = have
            self._idle.pop(client.known.client, None)
            return
        client.files.pop(inode, None)
        if not client.files:
            self._idle[client.known.client] = None
        if not self._files.get(inode, True):
            del self._files[inode]

    def _index(self, request: Request) -> None:
        wanted = request.wanted
        self._requests[request.number] = request
        self._by_wanted[wanted] = request.number
        if request.offered:
            self._offers[request.number] = request
        else:
            self._waiting.setdefault(wanted.owner, {})[request.number] = request
        self._count(self.clients[wanted.owner.client], wanted.inode, 0, 1)

    def _unindex(self, request: Request) -> None:
        wanted = request.wanted
        del self._requests[request.number]
        del self._by_wanted[wanted]
        if request.offered:
            del self._offers[request.number]
        else:
            waiting = self._waiting[wanted.owner]
            del waiting[request.number]
            if not waiting:
                del self._waiting[wanted.owner]
        self._count(self.clients[wanted.owner.client], wanted.inode, 0, -1)

    def _add_client(self, known: Known) -> ClientState:
        client = known.client
        at = self._at.get(client.address)
        if at is None:
            at = self._at[client.address] = AddressState()
        state = self.clients[client] = ClientState(known, at)
        at.clients.append(state)
        self._idle[client] = None
        return state

    def _forget(self, change: Change, client: Client) -> None:
        """Forget a client that has no locks."""
        state = self.clients.pop(client)
        del self._idle[client]
        state.address.clients.remove(state)
        if not state.address.clients:
            del self._at[client.address]
        change.delete(Table.MONITOR, state.key)
