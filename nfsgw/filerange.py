"""Bytes that are still in a file: a piece of a reply that can leave by ``sendfile``."""

from __future__ import annotations

import os
from collections.abc import Callable

__all__ = ["FileRange"]


class FileRange:
    """``length`` bytes of an open file from ``offset``; stands where ``bytes`` would.

    The file stays open until :meth:`release`, which whoever sends (or drops) it must call once.
    If the file turns out shorter while it is sent, the sender must drop the connection: the length
    is already on the wire.

    :param fd: the open descriptor.
    :param released: called once, when the range is no longer needed.
    """

    __slots__ = ("fd", "length", "offset", "released")

    is_file_range = True

    def __init__(
        self, fd: int, offset: int, length: int, released: Callable[[], None] | None = None
    ) -> None:
        self.fd = fd
        self.offset = offset
        self.length = length
        self.released = released

    def __len__(self) -> int:
        return self.length

    def read(self) -> bytes:
        """Return the bytes and let go of the file: for short ranges, and where sendfile cannot go.

        :raises EOFError: the file has become shorter than the range.
        """
        pieces = []
        try:
            while self.length:
                piece = os.pread(self.fd, self.length, self.offset)
                if not piece:
                    raise EOFError(f"the file ends {self.length} bytes before its range")
                pieces.append(piece)
                self.offset += len(piece)
                self.length -= len(piece)
        finally:
            self.release()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def release(self) -> None:
        """Let go of the file; further calls do nothing."""
        released, self.released = self.released, None
        if released is not None:
            released()
