"""Check the locks: all can be read, nobody is in another's way, nobody waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from nfsgw.backend.brick.check.finding import Fault, Finding
from nfsgw.backend.brick.keys import inode_of
from nfsgw.backend.brick.results import BadRecord
from nfsgw.backend.brick.view import Table, View
from nfsgw.backend.locks import stored
from nfsgw.backend.locks.api import Client
from nfsgw.backend.locks.file_locks import FileLocks
from nfsgw.backend.locks.ranges import Held

__all__ = ["LockCheck"]


class LockCheck:
    """The check of one brick's locks, a file at a time.

    A file that is gone may still be locked.

    :ivar locks: how many were found, those that are waited for and reservations included;
        ``clients`` how many clients.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._clients: dict[bytes, Client] = {}
        self._next = 1
        self.locks = 0
        self.clients = 0

    def check(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        for key, value in self._view.scan(Table.MONITOR, b""):
            try:
                self._clients[key] = stored.unpack_client(key, value).client
            except BadRecord as error:
                yield Finding(Fault.VALUE, f"client {key.hex()}", str(error))
        self.clients = len(self._clients)
        inode = 0
        file = FileLocks()
        for key, value in self._view.scan(Table.LOCK, b""):
            if len(key) > 8 and inode_of(key) != inode:
                yield from self._check_file(inode, file)
                inode, file = inode_of(key), FileLocks()
            try:
                self._add(file, key, value)
            except BadRecord as error:
                yield Finding(Fault.VALUE, f"lock {key.hex()}", str(error))
        yield from self._check_file(inode, file)

    def _add(self, file: FileLocks, key: bytes, value: bytes) -> None:
        """Note what a key says.

        :raises BadRecord: it says nothing that makes sense.
        """
        kind = stored.kind_of(key)
        if key == stored.NEXT_NUMBER:
            self._next = stored.unpack_next_number(value)
            return
        if kind == stored.HELD:
            _, owner = stored.unpack_owner(key, self._clients)
            held = stored.unpack_held(key, value, owner)
            file.held.setdefault(owner, []).append(held)
        elif kind == stored.REQUEST:
            request = stored.unpack_request(key, value, self._clients)
            (file.offers if request.offered else file.waiting)[request.number] = request
        elif kind == stored.SHARE:
            _, client, oh, share = stored.unpack_share(key, value, self._clients)
            file.shares[client, oh] = share
        else:
            raise BadRecord("a key of no known kind")
        self.locks += 1

    def _check_file(self, inode: int, file: FileLocks) -> Iterator[Finding]:
        where = f"inode {inode}"
        file.build()
        for owner, ranges in file.held.items():
            for earlier, later in pairwise(ranges):
                if earlier.end > later.start:
                    text = f"{owner} holds {_words(earlier)} and {_words(later)} at once"
                    yield Finding(Fault.LOCK, where, text)
        taken = [held for ranges in file.held.values() for held in ranges]
        taken += (offer.held for offer in file.offers.values())
        for held in taken:
            other = next(_in_the_way(file, held), None)
            if other is not None:
                text = f"{held.owner} has {_words(held)} and {other.owner} {_words(other)}"
                yield Finding(Fault.LOCK, where, text)
        for request in file.waiting.values():
            if next(_in_the_way(file, request.held), None) is None:
                text = f"request {request.number} waits, and nothing is in its way"
                yield Finding(Fault.LOCK, where, text)
        for number in (*file.waiting, *file.offers):
            if number >= self._next:
                yield Finding(Fault.LOCK, where, f"request {number} is one of the future")
        yield from self._check_shares(where, file)

    def _check_shares(self, where: str, file: FileLocks) -> Iterator[Finding]:
        accessed = denied = 0
        for (client, _), share in file.shares.items():
            # Each is compared with all before it; its own access does not count against it.
            if share.access & denied or share.deny & accessed:
                text = f"a reservation of {client} is in the way of another one"
                yield Finding(Fault.LOCK, where, text)
            accessed |= share.access
            denied |= share.deny


def _in_the_way(file: FileLocks, held: Held) -> Iterator[Held]:
    return file.conflicts(held.owner, held.start, held.end, held.exclusive)


def _words(held: Held) -> str:
    return f"{held.start} to {held.end}, {'exclusive' if held.exclusive else 'shared'}"
