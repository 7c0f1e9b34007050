"""What owners of locks believe, side by side: no two may ever believe in locks that collide.

An owner believes that it has a lock from the moment that it hears so until it sends the call that
frees it; nothing in between excuses the volume.  It may have one, as far as others can tell, from
the moment that it asks until it is certain that it has none.

Bytes are counted in places: the first sixteen, and one for all the rest.  A mode is 0 (none), 1
(shared) or 2 (exclusive).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nfsgw.backend.locks.api import END, Owner, Wanted
from tests.simulation.model import Ledger, Mismatch

__all__ = ["NONE", "PLACES", "SHARED", "WRITING", "Beliefs", "LockBook", "places_of"]

PLACES = 17
NONE, SHARED, WRITING = 0, 1, 2
_EVER = 1 << 62


def places_of(start: int, end: int) -> range:
    """Return the places of a range of bytes."""
    return range(start, PLACES if end == END else end)


def mode_of(exclusive: bool) -> int:
    """Return the mode of a lock."""
    return WRITING if exclusive else SHARED


@dataclass
class _File:
    """One owner and one file, place by place.

    :ivar modes: what the owner believes; ``since`` the moments of the last changes.
    :ivar until: the moment up to which it may have had something.
    """

    modes: list[int] = field(default_factory=lambda: [NONE] * PLACES)
    since: list[int] = field(default_factory=lambda: [0] * PLACES)
    until: list[int] = field(default_factory=lambda: [0] * PLACES)


class Beliefs:
    """What one owner believes.

    :ivar files: by inode.
    """

    def __init__(self) -> None:
        self.files: dict[int, _File] = {}

    def file(self, inode: int) -> _File:
        """Return what it believes of a file."""
        return self.files.setdefault(inode, _File())

    @property
    def anything(self) -> bool:
        """Say whether it may have a lock anywhere."""
        return any(until == _EVER for file in self.files.values() for until in file.until)

    def believes(self, wanted: Wanted) -> bool:
        """Say whether it believes that it has any of this."""
        modes = self.file(wanted.inode).modes
        return any(modes[place] for place in places_of(wanted.start, wanted.end))


class LockBook:
    """All owners.

    :param ledger: counts moments.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.owners: dict[Owner, Beliefs] = {}

    def of(self, owner: Owner) -> Beliefs:
        """Return what an owner believes."""
        return self.owners.setdefault(owner, Beliefs())

    # What owners do

    def asks(self, wanted: Wanted) -> int:
        """Note that an owner sends a request; return the moment."""
        file = self.of(wanted.owner).file(wanted.inode)
        for place in places_of(wanted.start, wanted.end):
            file.until[place] = _EVER
        return self._ledger.now()

    def looks(self) -> int:
        """Note that somebody sends a TEST; return the moment."""
        return self._ledger.now()

    def has(self, wanted: Wanted) -> None:
        """Note that an owner hears that it has a lock.

        :raises Mismatch: somebody else has one that collides.
        """
        now = self._ledger.now()
        mode = mode_of(wanted.exclusive)
        file = self.of(wanted.owner).file(wanted.inode)
        for place in places_of(wanted.start, wanted.end):
            for owner, beliefs in self.owners.items():
                other = beliefs.file(wanted.inode).modes[place]
                if other and other + mode > SHARED + SHARED and owner != wanted.owner:
                    raise Mismatch(f"{wanted} is granted, and {owner} has {other} at {place}")
            if file.modes[place] != mode:
                file.modes[place] = mode
                file.since[place] = now

    def lets_go(self, owner: Owner, inode: int, start: int, end: int, mode: int = NONE) -> None:
        """Note that an owner sends what makes no more of its locks than this."""
        now = self._ledger.now()
        file = self.of(owner).file(inode)
        for place in places_of(start, end):
            if file.modes[place] > mode:
                file.modes[place] = mode
                file.since[place] = now

    def settle(self, owner: Owner, waiting: Wanted | None) -> None:
        """Note that an owner knows what it has: what it believes, and what it waits for."""
        now = self._ledger.now()
        for inode, file in self.of(owner).files.items():
            open_ = waiting is not None and waiting.inode == inode
            awaited = places_of(waiting.start, waiting.end) if waiting and open_ else ()
            for place in range(PLACES):
                if file.modes[place] or place in awaited:
                    file.until[place] = _EVER
                elif file.until[place] == _EVER:
                    file.until[place] = now

    # What answers must fit

    def check_free(self, wanted: Wanted, began: int) -> None:
        """Check that nothing may be in the way, by a look that began at a moment and has ended.

        :raises Mismatch: somebody has had a lock all the time.
        """
        for owner, beliefs in self.owners.items():
            file = beliefs.file(wanted.inode)
            for place in places_of(wanted.start, wanted.end):
                mode = file.modes[place]
                collides = mode == WRITING or (mode and wanted.exclusive)
                if collides and file.since[place] <= began and owner != wanted.owner:
                    raise Mismatch(f"nothing is in the way of {wanted}, but {owner} has {place}")

    def check_taken(self, wanted: Wanted, began: int) -> None:
        """Check that something may have been in the way since a look began.

        :raises Mismatch: nobody can have had anything there.
        """
        for owner, beliefs in self.owners.items():
            until = beliefs.file(wanted.inode).until
            reached = [until[place] for place in places_of(wanted.start, wanted.end)]
            if owner != wanted.owner and max(reached) > began:
                return
        raise Mismatch(f"something is in the way of {wanted}, and nobody has anything")
