"""All locks of a volume in memory, as the primary's tables have them.

Operations on locks look here, and change a key and what is here in one step: all of them check
first, and nothing can go wrong after the first change.  So this is what the brick's pending view
says at any time, and it goes when its brick does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.view import Change, Table, View
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import Client, Owner, Wanted
from nfsgw.backend.locks.file_locks import FileLocks
from nfsgw.backend.locks.ranges import Held, Splice
from nfsgw.backend.locks.stored import Known, Request, Share

__all__ = ["ClientState", "LockBounds", "LockTable"]

_LOCK: Final = Table.LOCK
_NOBODY: Final = FileLocks()


@dataclass(frozen=True, slots=True)
class LockBounds:
    """How many locks there may be; reservations and requests that wait are among them.

    :param per_client_max: of one client.
    :param all_max: of all clients together.
    :param waiting_max: requests of one client that wait, or are offered.
    :param clients_max: clients that are remembered; those without locks make room for others.
    """

    per_client_max: int = 65_536
    all_max: int = 262_144
    waiting_max: int = 4096
    clients_max: int = 16_384


class ClientState:
    """A client that is known.

    :ivar held: how many ranges it holds, and reservations.
    :ivar waiting: how many requests of it wait, or are offered.
    :ivar files: how many of both it has on which file.
    """

    __slots__ = ("files", "held", "key", "known", "waiting")

    def __init__(self, known: Known) -> None:
        self.known = known
        self.key = stored.client_key(known.client)
        self.held = 0
        self.waiting = 0
        self.files: dict[int, int] = {}


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
        self._at: dict[str, list[ClientState]] = {}
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
        clients: dict[bytes, Client] = {}
        for key, value in view.scan(Table.MONITOR, b""):
            known = stored.unpack_client(key, value)
            clients[key] = known.client
            self._add_client(ClientState(known))
        self._load_locks(view, clients)
        for file in self._files.values():
            file.build()

    def _load_locks(self, view: View, clients: dict[bytes, Client]) -> None:
        # Most owners have many ranges on a file, one after the other.
        prefix = b""
        ranges: list[Held] = []
        for key, value in view.scan(_LOCK, b""):
            kind = stored.kind_of(key)
            if kind == stored.HELD:
                if key[: stored.OWNER_BYTES] != prefix:
                    prefix = key[: stored.OWNER_BYTES]
                    inode, owner = stored.unpack_owner(key, clients)
                    ranges = self._own(inode).held[owner] = []
                    client = self.clients[owner.client]
                ranges.append(stored.unpack_held(key, value, owner))
                self._count(client, inode, 1, 0)
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
        return list(self._at.get(address, ()))

    def has_clients_at(self, address: str) -> bool:
        """Say whether a client is known at an address."""
        return address in self._at

    # What there is room for

    def has_room(self, client: Client, more: int) -> bool:
        """Say whether a client may have so many locks more."""
        if more <= 0:
            return True
        bounds = self.bounds
        state = self.clients.get(client)
        if state is None:
            have = 0
            if len(self.clients) >= bounds.clients_max and not self._idle:
                return False
        else:
            have = state.held + state.waiting
        return have + more <= bounds.per_client_max and self._all + more <= bounds.all_max

    def may_wait(self, client: Client) -> bool:
        """Say whether one request more of a client may wait."""
        state = self.clients.get(client)
        waiting = 0 if state is None else state.waiting
        return waiting < self.bounds.waiting_max and self.has_room(client, 1)

    # Changing; nothing here can fail

    def know(self, change: Change, client: Client, monitored: bool) -> None:
        """Remember a client; one without locks is forgotten for it if there are too many."""
        state = self.clients.get(client)
        if state is not None:
            if monitored and not state.known.monitored:
                self.put_client(change, state, state.known._replace(monitored=True))
            return
        if len(self.clients) >= self.bounds.clients_max:
            self._forget(change, next(iter(self._idle)))
        state = ClientState(Known(client, monitored, None))
        self._add_client(state)
        self.put_client(change, state, state.known)

    def put_client(self, change: Change, state: ClientState, known: Known) -> None:
        """Remember something else of a client."""
        state.known = known
        change.put(Table.MONITOR, state.key, stored.pack_client(known))

    def splice(self, change: Change, inode: int, owner: Owner, splice: Splice) -> list[Held]:
        """Change what an owner, whose client is known, holds; return what it holds no more."""
        client = self.clients[owner.client]
        removed = self._own(inode).splice(owner, splice)
        kept = {held.start for held in splice.added}
        for held in removed:
            if held.start not in kept:
                change.delete(_LOCK, stored.held_key(inode, client.key, held))
        for held in splice.added:
            change.put(_LOCK, stored.held_key(inode, client.key, held), stored.pack_held(held))
        self._count(client, inode, len(splice.added) - len(removed), 0)
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
        self._all += held + waiting
        have = client.files.get(inode, 0) + held + waiting
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

    def _add_client(self, state: ClientState) -> None:
        client = state.known.client
        self.clients[client] = state
        self._at.setdefault(client.address, []).append(state)
        self._idle[client] = None

    def _forget(self, change: Change, client: Client) -> None:
        """Forget the client that has been without locks for the longest time."""
        state = self.clients.pop(client)
        del self._idle[client]
        neighbours = self._at[client.address]
        neighbours.remove(state)
        if not neighbours:
            del self._at[client.address]
        change.delete(Table.MONITOR, state.key)
