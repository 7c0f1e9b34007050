"""What the lock manager sees of a volume: its locks, in the backend's own words.

A *client* is an address and the name that it calls itself; two machines of one name are two
clients.  An *owner* is a process of a client, by the number that the client gives it (``svid``).
A range is ``start <= byte < end``; ``end`` is :data:`END` for "to the end of the file, however
long".

All changes are records like any other: they commit on all bricks in sync before they are answered,
and a request id that is known gets its first answer.  So locks, those who wait for them, and the
list of clients survive whatever the files survive.

A lock that somebody waited for is *offered* first: it keeps others out, but it is not the owner's
until the client has answered GRANTED.  What the owner held before stays its own, so an offer that
is declined or cancelled leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

from nfsgw.backend.api import Credentials

__all__ = [
    "END",
    "Callback",
    "Client",
    "ClientLocks",
    "Holder",
    "Listed",
    "Locked",
    "Locks",
    "Offer",
    "Outcome",
    "Owner",
    "Wanted",
]

END: Final = 1 << 64
"""The end of a range without an end."""


class Client(NamedTuple):
    """A machine that locks.

    :param address: its IP address, text, without port.
    :param name: ``caller_name``, as it came (NLM) or empty.
    """

    address: str
    name: bytes


class Owner(NamedTuple):
    """Who owns a lock.

    :param svid: any integer of 64 bits, signed.  Of what comes by NLM the lower 32 bits are the
        client's number for the process, and the upper ones tell which of our addresses it came
        to, since clients may count anew for each (``nlm/owners.py``).
    """

    client: Client
    svid: int


class Wanted(NamedTuple):
    """A lock that somebody asks for, asks about, or no longer wants."""

    inode: int
    owner: Owner
    start: int
    end: int
    exclusive: bool


class Callback(NamedTuple):
    """What a GRANTED must carry and where it goes.

    It is kept with a lock that waits, as the client sent it, since clients compare bytes.

    :param handle: the file handle.
    :param oh: the owner handle.
    :param cookie: of the LOCK, opaque as the owner handle is.
    :param offset: ``l_offset``.
    :param length: ``l_len``.
    :param version: of NLM: 1, 3 or 4.
    :param transport: ``"tcp"`` or ``"udp"``.
    :param local_address: our address that the LOCK came to, which GRANTED must come from.
    """

    handle: bytes
    oh: bytes
    cookie: bytes
    offset: int
    length: int
    version: int
    transport: str
    local_address: str


class Outcome(IntEnum):
    """How a request for a lock ended."""

    GRANTED = 0
    DENIED = 1
    BLOCKED = 2
    DEADLOCK = 3
    LIMIT = 4
    """The client, or all together, have as many locks as may be; or it calls itself, its owner or
    its file by more bytes than are kept."""


class Locked(NamedTuple):
    """The answer to a request for a lock or a share reservation, an :class:`Outcome`."""

    outcome: int


class Holder(NamedTuple):
    """Somebody's lock that is in the way."""

    owner: Owner
    oh: bytes
    start: int
    end: int
    exclusive: bool


class Offer(NamedTuple):
    """A lock that was waited for and is free for its owner now.

    :param number: names the offer within the volume, also after a restart.
    """

    number: int
    wanted: Wanted
    callback: Callback


class Listed(NamedTuple):
    """One line of a listing.

    :param state: ``"held"``, ``"offered"``, ``"waiting"`` or ``"share"``.
    :param since_ns: when it got into this state, nanoseconds since 1970.
    :param access: of a reservation, a sum of 1 (read) and 2 (write); else 0.
    :param deny: what it denies to others, likewise.
    """

    wanted: Wanted
    state: str
    since_ns: int
    access: int = 0
    deny: int = 0


class ClientLocks(NamedTuple):
    """A client that is known, and how many locks (and share reservations) it has."""

    client: Client
    held: int
    waiting: int
    monitored: bool


class Locks(Protocol):
    """The locks of one started volume.

    The coroutines raise :class:`nfsgw.errors.FsError` TRY_LATER and UNDECIDED as every operation
    of a volume does; the others answer from memory.
    """

    @property
    def failure(self) -> str | None:
        """Return why there are no locks although the volume is served, or None."""

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
        """Ask for a lock.  One that the owner has is replaced where the ranges meet.

        The same again is granted if it is held or offered, and goes on waiting if it waits.

        :param credentials: who must be able to read or write the file; None: nobody is checked.
        :param oh: the owner handle, shown to others by TEST, never compared.
        :param state: the client's NSM state number at the time, 0 if unknown.
        :param monitored: the client will be heard of by NSM when it reboots.
        :param callback: lets the request wait if another lock is in the way; None: it is denied.
        :raises FsError: STALE, ACCES, INVAL (not a regular file).
        """

    async def test(self, wanted: Wanted) -> Holder | None:
        """Return a lock of another owner that is in the way, or None."""

    async def unlock(
        self, inode: int, owner: Owner, start: int, end: int, request: bytes | None
    ) -> None:
        """Free what an owner has in a range, split or shortened at its ends; never refused.

        An offer in the range counts as taken first: its answer may have been lost.
        """

    async def cancel(self, wanted: Wanted, request: bytes | None) -> bool:
        """Wait no longer, or decline an offer; say whether there was such a request."""

    async def answered(self, number: int, accepted: bool) -> None:
        """Take note of the client's answer to GRANTED: the offer is a held lock now, or gone.

        An offer that is not there any more is nobody's mistake.
        """

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
        """Reserve a file: ``access`` and ``deny`` are sums of 1 (read) and 2 (write).

        One reservation per client and owner handle; another one replaces it.

        :raises FsError: as :meth:`lock` does.
        """

    async def unshare(self, inode: int, client: Client, oh: bytes, request: bytes | None) -> None:
        """Give a reservation back; never an error."""

    async def free(self, client: Client) -> int:
        """Free everything that exactly this client has; return how many locks that were.

        Requests that wait and reservations go too, and are counted, here as below.
        """

    async def rebooted(self, address: str, name: bytes, state: int) -> int:
        """Free what the client at an address had before it rebooted; return how many locks.

        ``name`` (full, or its first label) only tells clients at one address apart.  Locks that
        were taken under ``state`` are of its new life and stay; the same state again is ignored.
        """

    async def clear(self, wanted: Sequence[Wanted]) -> int:
        """Free these locks as their owners would; an administrator's last resort."""

    def knows(self, address: str) -> bool:
        """Say whether there is a client at an address; True also while that cannot be told."""

    def offers(self) -> Sequence[Offer]:
        """Return all offers that are not answered, the oldest first."""

    def is_offered(self, number: int) -> bool:
        """Say whether an offer still waits for its answer."""

    def watch(self, offered: Callable[[Offer, bool], None]) -> None:
        """Have a function called with each offer once it is committed, for as long as this lives.

        It is called with an offer, and whether that is fresh: nobody can have been told of it
        before.  All of :meth:`offers` are told at once, and again whenever the volume has a new
        primary, so some of them more than once; those are not fresh.
        """

    def listing(self, inode: int | None = None) -> Sequence[Listed]:
        """Return all locks, those waited for and reservations, of one file or of all.

        A reservation has no range (0 to 0) and no ``svid`` (0), and is exclusive if it is for
        writing; the client's reservations of one kind on a file are one to :meth:`clear`.
        """

    def clients(self) -> Sequence[ClientLocks]:
        """Return the clients that are known, with and without locks."""
