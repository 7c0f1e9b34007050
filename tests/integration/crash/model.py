"""What a client knows about its own files: the least that must be there after a crash.

Files are written in blocks of 512 bytes, each filled with one value, so that a block names the
write that it came from.  A block has one *certain* value once it was written stably or committed;
UNSTABLE writes add values that it *may* have if the server's verifier changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["BLOCK", "File", "Mismatch"]

BLOCK = 512


class Mismatch(AssertionError):
    """The server shows something that the client's history does not allow."""


@dataclass
class File:
    """One regular file.

    :ivar blocks: by number, the value that it has if nothing was lost; absent means zeros.
    :ivar possible: by number, every value that it may have if UNSTABLE data was lost.
    :ivar size: in bytes, if nothing was lost.
    :ivar sizes: the sizes that it may have if UNSTABLE data was lost.
    :ivar verifier: what the server said at the UNSTABLE writes since the last commit; None: none.
    """

    blocks: dict[int, int] = field(default_factory=dict)
    possible: dict[int, set[int]] = field(default_factory=dict)
    size: int = 0
    sizes: set[int] = field(default_factory=set)
    verifier: bytes | None = None

    def write(self, first: int, count: int, value: int, verifier: bytes | None) -> None:
        """Note a write of whole blocks; ``verifier`` if it was UNSTABLE."""
        end = (first + count) * BLOCK
        # Whatever of the earlier writes was lost, this one has made the file at least so long.
        longer = {max(size, end) for size in self.sizes}
        if verifier is None:
            self.sizes = longer
        else:
            self.sizes |= longer | {self.size}
            if self.verifier is None:
                self.verifier = verifier
        for number in range(first, first + count):
            if verifier is not None:
                self.possible.setdefault(number, {self.blocks.get(number, 0)}).add(value)
            else:
                self.possible.pop(number, None)
            self.blocks[number] = value
        self.size = max(self.size, end)

    def truncate(self, blocks: int) -> None:
        """Note a change of the size: it is certain, and so is that nothing lies beyond it."""
        for table in (self.blocks, self.possible):
            for number in [number for number in table if number >= blocks]:
                del table[number]
        self.size = blocks * BLOCK
        self.sizes.clear()

    def settle(self) -> None:
        """Note a successful COMMIT under the verifier of the writes: now all is certain."""
        self.possible.clear()
        self.sizes.clear()
        self.verifier = None

    def check(self, size: int, content: dict[int, bytes], verifier: bytes) -> None:
        """Compare what the server shows now, and take it as certain from here on.

        :param content: the blocks that were read, by number.
        :param verifier: the server's present one.
        :raises Mismatch: it cannot be.
        """
        lost_allowed = self.verifier is not None and verifier != self.verifier
        if size != self.size and not (lost_allowed and size in self.sizes):
            raise Mismatch(
                f"size {size}, not {self.size} (or one of {self.sizes}: {lost_allowed})"
            )
        for number, data in content.items():
            if len(set(data)) != 1 or len(data) != BLOCK:
                raise Mismatch(f"block {number} is torn: {len(data)} bytes, values {set(data)}")
            allowed = {self.blocks.get(number, 0)}
            if lost_allowed:
                allowed |= self.possible.get(number, set())
            if data[0] not in allowed:
                raise Mismatch(f"block {number} holds {data[0]}, which is none of {allowed}")
        if lost_allowed:
            self.size = size
            for number, data in content.items():
                self.blocks[number] = data[0]
            for number in [number for number in self.blocks if number * BLOCK >= size]:
                del self.blocks[number]
            self.settle()
