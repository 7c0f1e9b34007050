"""The order of what happens to one file: writes side by side, size changes alone.

A size change, a removal or the move of inline bytes to a data file waits for the writes of that
file that are in flight; writes that come later wait for it.  A file that nothing happens to has no
object here, so the check before an ordinary operation is one look into a dictionary.

READ has its part too: bytes of a write that promises durability must not be shown before they
are durable, so reads wait for such writes in flight on their range.
"""

from __future__ import annotations

from collections import deque

from nfsgw.waiting import Wait

__all__ = ["Order", "StableWrites"]


class _Hold:
    """One file kept for an exclusive change, and who waits for it."""

    __slots__ = ("drained", "handing", "next", "over", "released")

    def __init__(self) -> None:
        self.over: Wait[None] = Wait()
        self.drained: Wait[None] | None = None
        self.next: deque[Wait[None]] = deque()
        self.handing = False
        self.released = 0


class Order:
    """Shared entry for writes, exclusive holds for the rest, per inode."""

    def __init__(self) -> None:
        self._writers: dict[int, int] = {}
        self._holds: dict[int, _Hold] = {}

    @property
    def idle(self) -> bool:
        """Say whether no write is in flight and nobody holds any file."""
        return not self._writers and not self._holds

    def busy(self, inode: int) -> bool:
        """Say whether writes are in flight or someone holds the file."""
        return inode in self._writers or inode in self._holds

    def writing(self, inode: int) -> bool:
        """Say whether writes are in flight."""
        return inode in self._writers

    def held(self, inode: int) -> Wait[None] | None:
        """Return a Wait for the end of the hold on a file, None if nobody holds it."""
        hold = self._holds.get(inode)
        return None if hold is None else hold.over

    def enter(self, inode: int) -> None:
        """Begin a write; only while nobody holds the file."""
        assert inode not in self._holds, "a write entered a held file"
        writers = self._writers
        writers[inode] = writers.get(inode, 0) + 1

    def leave(self, inode: int) -> None:
        """End a write."""
        writers = self._writers
        count = writers[inode] - 1
        if count:
            writers[inode] = count
            return
        del writers[inode]
        hold = self._holds.get(inode)
        if hold is not None and hold.drained is not None:
            drained, hold.drained = hold.drained, None
            drained.resolve(None)

    async def emptied(self) -> None:
        """Return when no write is in flight and nobody holds a file."""
        while not self.empty:
            hold = next(iter(self._holds.values()), None)
            if hold is not None:
                await hold.over
            else:
                inode = next(iter(self._writers))
                await self.hold(inode)
                self.release(inode)

    @property
    def empty(self) -> bool:
        """Say whether no write is in flight and nobody holds a file."""
        return not self._writers and not self._holds

    async def hold(self, inode: int) -> None:
        """Keep the file: no write is in flight when this returns, and none enters."""
        hold = self._holds.get(inode)
        if hold is not None:
            turn: Wait[None] = Wait()
            hold.next.append(turn)
            await turn
            return
        hold = self._holds[inode] = _Hold()
        if inode in self._writers:
            hold.drained = Wait()
            await hold.drained

    def release(self, inode: int) -> None:
        """Let go of a held file: the next holder has it, or the writes that wait."""
        hold = self._holds[inode]
        hold.released += 1
        if hold.handing:
            # The next holder is done already: the loop that woke it goes on.  A call per holder
            # instead would nest as deep as the queue is long.
            return
        hold.handing = True
        while hold.released:
            hold.released -= 1
            if not hold.next:
                del self._holds[inode]
                hold.over.resolve(None)
                return
            # No write has entered since, so the next holder needs not wait for any.
            hold.next.popleft().resolve(None)
        hold.handing = False


class StableWrites:
    """Ranges being written with a promise of durability that is not kept yet."""

    def __init__(self) -> None:
        self._ranges: dict[int, list[tuple[int, int, Wait[None]]]] = {}

    def begin(self, inode: int, start: int, end: int) -> tuple[int, int, Wait[None]]:
        """Note a write of ``start`` to ``end``; give what this returns to :meth:`end`."""
        # Not Wait[None](): an alias that is called costs several times what the class does.
        over: Wait[None] = Wait()
        noted = (start, end, over)
        self._ranges.setdefault(inode, []).append(noted)
        return noted

    def end(self, inode: int, noted: tuple[int, int, Wait[None]]) -> None:
        """The write is durable, or has failed."""
        ranges = self._ranges[inode]
        ranges.remove(noted)
        if not ranges:
            del self._ranges[inode]
        noted[2].resolve(None)

    def over(self, inode: int, start: int, end: int) -> Wait[None] | None:
        """Return a Wait for the end of one write that overlaps the range, or None."""
        ranges = self._ranges.get(inode)
        if ranges is not None:
            for first, last, wait in ranges:
                if first < end and start < last:
                    return wait
        return None
