"""Locks in dictionaries, compared after each operation with what a restart reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nfsgw.backend.api import ROOT, CreateMode, Credentials, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.check.locks import LockCheck
from nfsgw.backend.brick.schema import put_root
from nfsgw.backend.brick.view import Change, DictView
from nfsgw.backend.locks import asking, releasing
from nfsgw.backend.locks.api import Callback, Client, Holder, Outcome, Owner, Wanted
from nfsgw.backend.locks.clients import LockBounds
from nfsgw.backend.locks.table import LockTable

__all__ = ["CALLBACK", "Desk", "client", "contents", "owner"]

T = TypeVar("T")

CALLBACK = Callback(b"handle", b"oh", b"cookie", 10, 20, 4, "tcp", "10.0.0.250")
START_NS = 1_700_000_000_000_000_000


def client(number: int) -> Client:
    """Return a client at an address of its own."""
    return Client(f"10.0.0.{number}", b"host%d" % number)


def owner(number: int, svid: int = 1) -> Owner:
    """Return a process of that client."""
    return Owner(client(number), svid)


class Desk:
    """A table of locks on tables in dictionaries, with two files and a directory.

    :ivar made: how many keys the last operation has put or deleted.
    """

    def __init__(self, bounds: LockBounds | None = None) -> None:
        self.view = DictView()
        self.bounds = bounds or LockBounds()
        self.table = LockTable(self.bounds)
        self.now_ns = START_NS
        self.made = 0
        self.root = self._apply(put_root, 7)
        self.file, self.other = (self._create(name) for name in (b"one", b"two"))
        self.checked = True

    def _create(self, name: bytes) -> int:
        new = NewAttributes(mode=0o640)
        return self._apply(
            operations.create, ROOT, self.root, name, CreateMode.GUARDED, new, None
        ).inode

    def remove(self, name: bytes) -> None:
        """Remove one of the files."""
        self._apply(operations.remove, ROOT, self.root, name)

    def _apply(self, operation: Callable[..., T], *args: Any) -> T:  # noqa: ANN401
        self.now_ns += 1
        change = Change(self.view, self.now_ns)
        result = operation(change, *args)
        self.made = len(change.changes)
        self.view.apply(change)
        return result

    def do(self, operation: Callable[..., T], *args: Any) -> T:  # noqa: ANN401 - any operation's
        """Run an operation; memory and tables must agree after it, and be sound."""
        self.table.made.clear()
        result = self._apply(operation, self.table, *args)
        if self.checked:
            loaded = LockTable(self.bounds)
            loaded.load(self.view)
            assert contents(self.table) == contents(loaded)
            assert list(LockCheck(self.view).check()) == []
        return result

    def want(
        self, of: Owner, start: int, end: int, exclusive: bool = True, inode: int | None = None
    ) -> Wanted:
        """Return a request for a lock on a file, the first one if none is named."""
        return Wanted(self.file if inode is None else inode, of, start, end, exclusive)

    def lock(
        self,
        of: Owner,
        start: int,
        end: int,
        exclusive: bool = True,
        *,
        wait: bool = False,
        inode: int | None = None,
        state: int = 1,
        oh: bytes = b"oh",
        monitored: bool = True,
        credentials: Credentials | None = None,
        callback: Callback = CALLBACK,
    ) -> Outcome:
        """Ask for a lock; wait for it or not."""
        wanted = self.want(of, start, end, exclusive, inode)
        told = callback if wait else None
        return Outcome(
            self.do(asking.lock, credentials, wanted, oh, state, monitored, told).outcome
        )

    def test(self, of: Owner, start: int, end: int, exclusive: bool = True) -> Holder | None:
        """Ask what is in the way."""
        return asking.test(self.view, self.table, self.want(of, start, end, exclusive))

    def unlock(self, of: Owner, start: int, end: int, inode: int | None = None) -> None:
        """Free a range."""
        self.do(releasing.unlock, self.file if inode is None else inode, of, start, end)

    def cancel(self, of: Owner, start: int, end: int, exclusive: bool = True) -> bool:
        """Wait no longer."""
        return self.do(releasing.cancel, self.want(of, start, end, exclusive))

    def answer(self, number: int, accepted: bool = True) -> None:
        """Answer an offer."""
        self.do(releasing.answered, number, accepted)

    def held(self, of: Owner, inode: int | None = None) -> list[tuple[int, int, bool]]:
        """Return what an owner holds."""
        ranges = self.table.file(self.file if inode is None else inode).held.get(of, [])
        return [(held.start, held.end, held.exclusive) for held in ranges]

    def offers(self) -> list[tuple[Owner, int, int]]:
        """Return what is offered, the oldest first."""
        return [
            (offer.wanted.owner, offer.wanted.start, offer.wanted.end)
            for offer in self.table.offers()
        ]

    def offer_of(self, of: Owner) -> int:
        """Return the number of an owner's only offer."""
        (number,) = (offer.number for offer in self.table.offers() if offer.wanted.owner == of)
        return number


def contents(table: LockTable) -> dict[str, Any]:
    """Return all that a table knows, its indices too, in a form that can be compared."""
    return {
        "files": {
            inode: (
                dict(file.held),
                list(file.waiting.items()),
                dict(sorted(file.offers.items())),
                dict(file.shares),
                list(file._exclusive.meeting(0, 1 << 64)),
                list(file._shared.meeting(0, 1 << 64)),
            )
            for inode, file in table.files()
        },
        "clients": {
            each: (state.known, state.held, state.waiting, state.files)
            for each, state in table.clients.items()
        },
        "at": {
            address: (sorted(state.known.client for state in at.clients), at.count, at.waiting)
            for address, at in table._at.items()
        },
        "idle": set(table._idle),
        "requests": table._requests,
        "by wanted": table._by_wanted,
        "waiting": table._waiting,
        "offers": table._offers,
        "numbers": (table._next, table._all),
    }
