"""The operations that ask for something: LOCK, TEST, SHARE.

Plain functions of a change and the table of locks.  They check everything first, and change
nothing unless they succeed.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.api import Credentials, FileType
from nfsgw.backend.brick.operations.node import load, refusal
from nfsgw.backend.brick.permission import may_read, may_write
from nfsgw.backend.brick.view import Change, View
from nfsgw.backend.locks.api import (
    END,
    Callback,
    Client,
    Holder,
    Locked,
    Outcome,
    Wanted,
)
from nfsgw.backend.locks.deadlock import closes_circle
from nfsgw.backend.locks.ranges import Held, is_held, lay
from nfsgw.backend.locks.releasing import downgrade, own_offers, take
from nfsgw.backend.locks.stored import Request, Share, fits
from nfsgw.backend.locks.table import LockTable
from nfsgw.errors import FsCode, FsError

__all__ = ["lock", "share", "test"]

_REGULAR: Final = int(FileType.REGULAR)
_STATE_MASK: Final = 0xFFFFFFFF


def _check_file(view: View, credentials: Credentials | None, inode: int) -> None:
    """Refuse what no lock can be on, or nobody with these credentials can have one on."""
    record = load(view, inode)
    if record[3] != _REGULAR:
        raise refusal(FsCode.INVAL, record)
    if credentials is not None and not (
        may_read(record, credentials) or may_write(record, credentials)
    ):
        raise refusal(FsCode.ACCES, record)


def lock(
    change: Change,
    table: LockTable,
    credentials: Credentials | None,
    wanted: Wanted,
    oh: bytes,
    state: int,
    monitored: bool,
    callback: Callback | None,
) -> Locked:
    """Ask for a lock; see :meth:`nfsgw.backend.locks.api.Locks.lock`."""
    inode, owner, start, end, exclusive = wanted
    _check_file(change, credentials, inode)
    if not 0 <= start < end <= END:
        raise FsError(FsCode.INVAL)
    if not fits(owner.client, oh, callback):
        return Locked(Outcome.LIMIT)
    new = Held(start, end, owner, exclusive, state & _STATE_MASK, change.now_ns, oh)
    request = table.asked(wanted)
    if request is not None and request.offered:
        # The client has heard of the offer, or asks anew instead: either way it is taken.
        table.remove_request(change, request)
        take(change, table, inode, new)
        return Locked(Outcome.GRANTED)
    if next(table.conflicts(wanted), None) is None:
        return _grant(change, table, inode, new, monitored)
    if callback is None:
        return Locked(Outcome.DENIED)
    return _wait(change, table, request, wanted, callback, new.state, monitored)


def _grant(change: Change, table: LockTable, inode: int, new: Held, monitored: bool) -> Locked:
    client = new.owner.client
    file = table.file(inode)
    offers = own_offers(table, inode, new.owner, new.start, new.end) if file.offers else []
    # With these in the range it matters which is younger.
    offers = [offer for offer in offers if offer.wanted.exclusive != new.exclusive]
    held = file.held.get(new.owner, [])
    if is_held(held, new) and not offers:
        return Locked(Outcome.GRANTED)
    splice = lay(held, new)
    more = len(splice.added) - (splice.last - splice.first)
    if not table.has_room(client, more + 2 * len(offers)):
        return Locked(Outcome.LIMIT)
    table.know(change, client, monitored)
    if offers and not new.exclusive:
        downgrade(change, table, new, offers)
    else:
        take(change, table, inode, new)
    return Locked(Outcome.GRANTED)


def _wait(
    change: Change,
    table: LockTable,
    request: Request | None,
    wanted: Wanted,
    callback: Callback,
    state: int,
    monitored: bool,
) -> Locked:
    """Let a request wait; one that waits already keeps its place, and its newest words."""
    if request is not None:
        newest = request._replace(callback=callback, state=state, monitored=monitored)
        if newest != request:
            table.put_request(change, newest)
        return Locked(Outcome.BLOCKED)
    if closes_circle(table, wanted):
        return Locked(Outcome.DEADLOCK)
    if not table.may_wait(wanted):
        return Locked(Outcome.LIMIT)
    table.know(change, wanted.owner.client, monitored)
    number = table.next_number(change)
    table.put_request(
        change, Request(number, wanted, callback, state, monitored, False, change.now_ns)
    )
    return Locked(Outcome.BLOCKED)


def test(view: View, table: LockTable, wanted: Wanted) -> Holder | None:
    """Return a lock of another owner that is in the way, or None."""
    span = next(table.conflicts(wanted), None)
    if span is None:
        return None
    return Holder(span.owner, span.oh, span.start, span.end, span.exclusive)


def share(
    change: Change,
    table: LockTable,
    credentials: Credentials | None,
    inode: int,
    client: Client,
    oh: bytes,
    access: int,
    deny: int,
) -> Locked:
    """Reserve a file; see :meth:`nfsgw.backend.locks.api.Locks.share`."""
    _check_file(change, credentials, inode)
    if not (0 <= access <= 3 and 0 <= deny <= 3):
        raise FsError(FsCode.INVAL)
    if not fits(client, oh, None):
        return Locked(Outcome.LIMIT)
    shares = table.file(inode).shares
    own = shares.get((client, oh))
    if own is not None and (own.access, own.deny) == (access, deny):
        return Locked(Outcome.GRANTED)
    for other in shares.values():
        if (other.access & deny or other.deny & access) and other is not own:
            return Locked(Outcome.DENIED)
    if own is None and not table.has_room(client, 1):
        return Locked(Outcome.LIMIT)
    table.know(change, client, False)
    table.put_share(change, inode, client, oh, Share(access, deny, 0, change.now_ns))
    return Locked(Outcome.GRANTED)
