"""The operations that free something, and who gets what was freed.

Whatever becomes free is offered, in the same record, to those who have waited for it longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nfsgw.backend.brick.view import Change
from nfsgw.backend.locks.api import Client, Owner, Wanted
from nfsgw.backend.locks.clients import ClientState
from nfsgw.backend.locks.ranges import Held, Splice, cut, lay
from nfsgw.backend.locks.stored import Request
from nfsgw.backend.locks.table import LockTable

__all__ = [
    "FREED_MAX",
    "answered",
    "cancel",
    "clear",
    "downgrade",
    "free",
    "own_offers",
    "rebooted",
    "take",
    "unlock",
    "unshare",
]

_STATE_MASK: Final = 0xFFFFFFFF

FREED_MAX: Final = 2048
"""When so many locks of a client are freed, the rest is left for another record."""


def take(change: Change, table: LockTable, inode: int, new: Held) -> None:
    """Let an owner, whose client is known and for whom nothing is in the way, hold a range."""
    splice = lay(table.file(inode).held.get(new.owner, []), new)
    removed = table.splice(change, inode, new.owner, splice)
    if not new.exclusive and any(held.exclusive for held in removed):
        _offer(change, table, inode, new.start, new.end)


def _offer(change: Change, table: LockTable, inode: int, start: int, end: int) -> None:
    """Offer what has become free in a range to those who wait, the oldest first."""
    # The last that was found in a way is mostly in the next one's, too: of many who wait for the
    # same all but one are passed over without a search.
    blocker: Held | None = None
    for request in tuple(table.file(inode).waiting.values()):
        wanted = request.wanted
        if wanted.end <= start or wanted.start >= end:
            continue
        if blocker is not None and _collide(blocker, wanted):
            continue
        blocker = next(table.conflicts(wanted), None)
        if blocker is None:
            offer = request._replace(offered=True, since_ns=change.now_ns)
            table.put_request(change, offer)
            table.made.append(offer.number)
            blocker = offer.held


def _collide(held: Held, wanted: Wanted) -> bool:
    return (
        (held.exclusive or wanted.exclusive)
        and held.start < wanted.end
        and wanted.start < held.end
        and held.owner != wanted.owner
    )


def unlock(
    change: Change, table: LockTable, inode: int, owner: Owner, start: int, end: int
) -> None:
    """Free what an owner has in a range; see :meth:`nfsgw.backend.locks.api.Locks.unlock`."""
    if start >= end:
        return
    for offer in own_offers(table, inode, owner, start, end):
        _accept(change, table, offer)
    splice = cut(table.file(inode).held.get(owner, ()), start, end)
    if splice.first == splice.last:
        return
    grows = len(splice.added) > splice.last - splice.first
    if grows and not table.may_split(owner.client):
        # A client could go on for ever making two locks of one.  This one keeps too much.
        return
    table.splice(change, inode, owner, splice)
    _offer(change, table, inode, start, end)


def own_offers(table: LockTable, inode: int, owner: Owner, start: int, end: int) -> list[Request]:
    """Return what is offered to an owner in a range."""
    return [
        offer
        for offer in table.file(inode).offers.values()
        if offer.wanted.start < end and offer.wanted.end > start and offer.wanted.owner == owner
    ]


def downgrade(change: Change, table: LockTable, new: Held, offers: Sequence[Request]) -> None:
    """Let an owner take what is offered to it for writing, and then read some of it.

    It asks to read where it waited to write: the answer to GRANTED was lost, and it has used its
    lock.  If the offer stayed, it would keep readers out of what is only read.
    """
    for offer in offers:
        _accept(change, table, offer)
    take(change, table, offers[0].wanted.inode, new)


def _accept(change: Change, table: LockTable, offer: Request) -> None:
    """Let the owner of an offer hold it.

    The answer may come late: the owner may have taken it, and then have locked some of it for
    writing, before a repeated GRANTED is answered.  So reading replaces no younger writing.
    """
    table.remove_request(change, offer)
    inode, owner, start, end, exclusive = offer.wanted
    new = offer.held._replace(since_ns=change.now_ns)
    kept = [
        held
        for held in table.file(inode).held.get(owner, ())
        if held.exclusive and held.since_ns >= offer.since_ns and not exclusive
    ]
    for held in kept:
        if start < min(held.start, end):
            take(change, table, inode, new._replace(start=start, end=min(held.start, end)))
        start = max(start, held.end)
    if start < end:
        take(change, table, inode, new._replace(start=start))


def _drop(change: Change, table: LockTable, request: Request) -> None:
    """Remove a request; what an offer kept from others is free."""
    table.remove_request(change, request)
    if request.offered:
        wanted = request.wanted
        _offer(change, table, wanted.inode, wanted.start, wanted.end)


def cancel(change: Change, table: LockTable, wanted: Wanted) -> bool:
    """Remove the request for exactly this; say whether there was one.

    Threads of one process that wait for the same are one request, since nothing that they send
    tells them apart.  If one of them cancels, the others ask again when they grow impatient, as
    Linux does every 30 seconds; counting would have to tell a second thread from a LOCK that is
    sent again.
    """
    request = table.asked(wanted)
    if request is None:
        return False
    _drop(change, table, request)
    return True


def answered(change: Change, table: LockTable, number: int, accepted: bool) -> None:
    """Take note of the answer to an offer; one that is not there any more does no harm."""
    request = table.request(number)
    if request is None or not request.offered:
        return
    if accepted:
        _accept(change, table, request)
    else:
        _drop(change, table, request)


def unshare(change: Change, table: LockTable, inode: int, client: Client, oh: bytes) -> None:
    """Give a reservation back."""
    if (client, oh) in table.file(inode).shares:
        table.remove_share(change, inode, client, oh)


def free(change: Change, table: LockTable, client: Client) -> int:
    """Free everything that a client has; return how much that was.

    If it is :data:`FREED_MAX` or more, there may be more: call it again.
    """
    state = table.clients.get(client)
    return 0 if state is None else _free(change, table, state, None)


def _free(change: Change, table: LockTable, client: ClientState, but_state: int | None) -> int:
    """Free what a client has but for what was taken under one state of it, an owner at a time."""
    count = 0
    for inode in tuple(client.files):
        count += _free_on_file(change, table, client, inode, but_state)
        if count >= FREED_MAX:
            break
    return count


def _free_on_file(
    change: Change, table: LockTable, client: ClientState, inode: int, but_state: int | None
) -> int:
    file = table.file(inode)
    of = client.known.client
    count = 0
    freed: list[tuple[int, int]] = []
    # Requests go first, so that nobody is offered what is freed from under itself.
    for request in (*file.waiting.values(), *file.offers.values()):
        wanted = request.wanted
        if wanted.owner.client == of and request.state != but_state:
            table.remove_request(change, request)
            count += 1
            if request.offered:
                freed.append((wanted.start, wanted.end))
    for owner in [owner for owner in file.held if owner.client == of]:
        removed = _free_ranges(change, table, inode, owner, but_state)
        if removed:
            count += len(removed)
            freed.append((removed[-1].start, removed[0].end))
            if count >= FREED_MAX:
                break
    for by, oh in tuple(file.shares):
        if by == of and file.shares[by, oh].state != but_state:
            table.remove_share(change, inode, by, oh)
            count += 1
    if freed and file.waiting:
        _offer(change, table, inode, min(freed)[0], max(end for _, end in freed))
    return count


def _free_ranges(
    change: Change, table: LockTable, inode: int, owner: Owner, but_state: int | None
) -> list[Held]:
    """Free what an owner holds on a file, but for one state; return it, descending."""
    ranges = table.file(inode).held[owner]
    removed: list[Held] = []
    first = last = len(ranges)
    while last:
        while first and ranges[first - 1].state != but_state:
            first -= 1
        if first < last:
            removed += reversed(table.splice(change, inode, owner, Splice(first, last, ())))
        first = last = first - 1 if first else 0
    return removed


def rebooted(change: Change, table: LockTable, client: Client, state: int) -> int:
    """Free what a client had before it rebooted into ``state``; return how much that was.

    If it is :data:`FREED_MAX` or more, there may be more: call it again.  The state is remembered
    when nothing is left: after a crash in the middle the same news frees the rest.
    """
    known = table.clients.get(client)
    state &= _STATE_MASK
    if known is None or known.known.heard == state:
        return 0
    # Locks without a known state are from before: who says its state is heard under it.
    count = _free(change, table, known, state or None)
    if count < FREED_MAX:
        table.put_client(change, known, known.known._replace(heard=state))
    return count


def clear(change: Change, table: LockTable, wanted: Sequence[Wanted]) -> int:
    """Free these locks as their owners would; return how many there were."""
    return sum(_clear(change, table, each) for each in wanted)


def _clear(change: Change, table: LockTable, wanted: Wanted) -> int:
    inode, owner, start, end, exclusive = wanted
    if start == end:
        return _clear_shares(change, table, wanted)
    count = int(cancel(change, table, wanted))
    held = table.file(inode).held.get(owner, ())
    meant = cut(held, start, end)
    for each in tuple(held[meant.first : meant.last]):
        if each.exclusive == exclusive:
            low, high = max(start, each.start), min(end, each.end)
            splice = cut(table.file(inode).held[owner], low, high)
            table.splice(change, inode, owner, splice)
            _offer(change, table, inode, low, high)
            count += 1
    return count


def _clear_shares(change: Change, table: LockTable, wanted: Wanted) -> int:
    shares = table.file(wanted.inode).shares
    gone = [
        oh
        for (client, oh), share in shares.items()
        if client == wanted.owner.client and bool(share.access & 2) == wanted.exclusive
    ]
    for oh in gone:
        table.remove_share(change, wanted.inode, wanted.owner.client, oh)
    return len(gone)
