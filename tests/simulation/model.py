"""What clients know: the least that must be there, and the most that may.

A client alone writes its own files, so it knows what each block of them holds
(:class:`PrivateFile`).  What several clients look at has one writer for each item, so that the
ledger (:class:`Ledger`) can say of every look whether some order of all calls explains it: an item
shows no less than what was acknowledged, or shown to anybody, before the look began, and nothing
that was not sent before it ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["BLOCK", "Ledger", "Mismatch", "PrivateFile", "SharedName", "Slot"]

BLOCK = 512


class Mismatch(AssertionError):
    """The volume shows something that the clients' history does not allow."""


@dataclass
class PrivateFile:
    """A regular file of one client, in blocks of one value each.

    :param inode: its number.
    :ivar links: how many names it has.
    :ivar blocks: by number, the value that it has if nothing was lost; absent means zeros.
    :ivar possible: by number, every value that it may have if UNSTABLE data was lost.
    :ivar torn: by number, values that a failed write may have put.
    :ivar size: in bytes, if nothing was lost.
    :ivar sizes: the sizes that it may have if UNSTABLE data was lost.
    :ivar verifier: of the UNSTABLE writes since the last commit; None: there were none.
    """

    inode: int
    links: int = 1
    blocks: dict[int, int] = field(default_factory=dict)
    possible: dict[int, set[int]] = field(default_factory=dict)
    torn: dict[int, set[int]] = field(default_factory=dict)
    size: int = 0
    sizes: set[int] = field(default_factory=set)
    verifier: bytes | None = None

    def write(self, first: int, count: int, value: int, verifier: bytes | None) -> None:
        """Note a write; ``verifier`` if it was UNSTABLE."""
        end = (first + count) * BLOCK
        # Whatever of the earlier writes was lost, this one has made the file at least so long.
        longer = {max(size, end) for size in self.sizes}
        if verifier is None:
            self.sizes = longer
        else:
            self.sizes |= longer | {self.size}
            self.verifier = self.verifier or verifier
        for number in range(first, first + count):
            if verifier is not None:
                allowed = self.possible.setdefault(number, {self.blocks.get(number, 0)})
                allowed |= self.torn.get(number, set()) | {value}
            else:
                self.possible.pop(number, None)
            self.torn.pop(number, None)
            self.blocks[number] = value
        self.size = max(self.size, end)
        if not self.possible and not self.sizes:
            self.verifier = None

    def write_failed(self, first: int, count: int, value: int) -> None:
        """Note a write that had no room: some of it may be there."""
        for number in range(first, min(first + count, self.size // BLOCK)):
            self.torn.setdefault(number, set()).add(value)

    def truncate(self, size: int) -> None:
        """Note a change of the size: it is certain, and so is that nothing lies beyond it."""
        for table in (self.blocks, self.possible, self.torn):
            _drop(table, size)
        self.size = size
        self.sizes.clear()
        if not self.possible:
            self.verifier = None

    def settle(self) -> None:
        """Note a successful COMMIT under the verifier of the writes: now all is certain."""
        self.possible.clear()
        self.sizes.clear()
        self.verifier = None

    @property
    def doubtful(self) -> list[int]:
        """Return the blocks that are worth a look, in order."""
        return sorted({**self.blocks, **self.possible, **self.torn})

    def check_size(self, size: int, lost: bool) -> None:
        """Compare the size that is shown; ``lost`` if UNSTABLE data may be gone."""
        if size != self.size and not (lost and size in self.sizes):
            raise Mismatch(f"size {size}, not {self.size} (or {sorted(self.sizes)}: {lost})")

    def check_block(self, number: int, data: bytes, lost: bool) -> None:
        """Compare a block that is shown."""
        if len(data) != BLOCK or data != data[:1] * BLOCK:
            raise Mismatch(f"block {number} is torn: {len(data)} bytes, {sorted(set(data))}")
        allowed = {self.blocks.get(number, 0)} | self.torn.get(number, set())
        if lost:
            allowed |= self.possible.get(number, set())
        if data[0] not in allowed:
            raise Mismatch(f"block {number} holds {data[0]}, none of {sorted(allowed)}")

    def lost(self, size: int) -> list[int]:
        """Take the size that is shown after a loss as certain; return the blocks in doubt.

        What they show is no promise: their writer has to write them again, as kernels do.
        """
        self.size = size
        self.sizes.clear()
        for table in (self.blocks, self.possible, self.torn):
            _drop(table, size)
        return sorted(self.possible)


def _drop(table: dict[int, Any], size: int) -> None:
    """Forget the blocks beyond a size."""
    for number in [number for number in table if number * BLOCK >= size]:
        del table[number]


@dataclass
class Slot:
    """A register with one writer: its value only grows.

    :ivar sent: the highest value that was sent; ``known`` the highest that was acknowledged or
        shown to anybody.
    """

    sent: int = 0
    known: int = 0

    def check(self, value: int, floor: int, what: str) -> None:
        """Check a value that a look has found which began when ``floor`` was known."""
        if value < floor:
            raise Mismatch(f"{what} shows {value}; {floor} was known before the look began")
        if value > self.sent:
            raise Mismatch(f"{what} shows {value}; only {self.sent} was sent")
        self.known = max(self.known, value)


@dataclass
class SharedName:
    """A name in the directory that all share; never used again.

    Moments are those of the ledger; None: not yet.

    :ivar present: it was acknowledged, or shown to anybody.
    :ivar absent: its removal was acknowledged, or shown to anybody.
    """

    creating: int
    present: int | None = None
    removing: int | None = None
    absent: int | None = None


class Ledger:
    """What all clients together know of what they share.

    :ivar moment: counts what happens at the clients.
    """

    def __init__(self) -> None:
        self.moment = 0
        self.names: dict[bytes, SharedName] = {}
        self.slots: dict[int, Slot] = {}
        self.journal = Slot()
        self._ctimes: dict[int, bytes] = {}
        self._verifiers: list[bytes] = []
        self._verifier_s = 0.0

    def now(self) -> int:
        """Return a new moment."""
        self.moment += 1
        return self.moment

    def slot(self, number: int) -> Slot:
        """Return a client's slot."""
        return self.slots.setdefault(number, Slot())

    # Names

    def check_listing(self, names: list[bytes], began: int) -> None:
        """Check a listing of the shared directory that began at a moment and has just ended."""
        ended = self.now()
        if len(dict.fromkeys(names)) != len(names):
            raise Mismatch(f"the listing names something twice: {sorted(names)}")
        for name in names:
            if name not in self.names and name not in (b".", b".."):
                raise Mismatch(f"the listing has {name!r}, which nobody has made")
        listed = dict.fromkeys(names)
        for name in self.names:
            self.check_name(name, name in listed, began, ended)

    def check_name(self, name: bytes, found: bool, began: int, ended: int) -> None:
        """Check whether a name may have been found, or not, by a look that has just ended."""
        known = self.names[name]
        if found:
            if known.absent is not None and known.absent <= began:
                raise Mismatch(f"{name!r} is there, and was gone before")
            if known.present is None:
                known.present = ended
        elif known.present is not None and known.present <= began:
            if known.removing is None:
                raise Mismatch(f"{name!r} is not there, and was before; nobody has removed it")
            if known.absent is None:
                known.absent = ended

    # Attributes and verifiers

    def ctime_floor(self, inode: int) -> bytes:
        """Return the latest ctime of a file that was shown so far."""
        return self._ctimes.get(inode, b"")

    def saw_attributes(self, inode: int, attributes: bytes, floor: bytes) -> None:
        """Check the attributes of a file that is changed stably only.

        :param floor: :meth:`ctime_floor` when the look began.
        """
        ctime = attributes[76:84]
        if ctime < floor:
            raise Mismatch(f"the ctime of inode {inode} has gone back: {floor!r} to {ctime!r}")
        self._ctimes[inode] = max(self._ctimes.get(inode, b""), ctime)

    def saw_verifier(self, verifier: bytes, now_s: float, disturbed_s: float | None) -> None:
        """Check that the verifier has changed only if something may have failed meanwhile.

        :param disturbed_s: until when something may have failed; None: nothing ever has.
        """
        if verifier not in self._verifiers:
            if self._verifiers and (disturbed_s is None or disturbed_s < self._verifier_s):
                raise Mismatch("the write verifier has changed, and nothing has failed")
            self._verifiers.append(verifier)
        self._verifier_s = now_s
