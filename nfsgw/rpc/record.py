"""Record marking: where one RPC message ends in a stream of bytes (RFC 5531, section 11).

Owns the framing of TCP and local stream sockets, and knows no sockets: bytes go in, records come
out.  Three rules decide its shape.

- A record that lies whole in the received bytes is handed on as a window of them, without a copy.
- A large record is received into its final place as soon as its mark is known; the bytes of a
  small one that arrives in pieces are kept as pieces and joined once.  Nothing ever grows by
  ``buffer += data``.
- A length is compared with the limits before anything is allocated for it.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits

__all__ = [
    "LAST_FRAGMENT",
    "BufferPool",
    "FramingError",
    "RecordReader",
    "RecordTooLong",
    "TooManyFragments",
    "pack_mark",
]

LAST_FRAGMENT: Final = 0x80000000
"""The bit of a mark that says: the record ends with this fragment."""

IN_PLACE_BYTES_MIN: Final = 64 << 10
"""Records above this size are received into a buffer of their own."""

_PIECES_MAX: Final = 64
_MARK: Final = Struct(">I")
_unpack_mark: Final = _MARK.unpack_from


class FramingError(NfsgwError):
    """The stream cannot be followed any further: the connection must be dropped."""


class RecordTooLong(FramingError):
    """A mark, or the sum of a record's marks, is over ``Limits.record_bytes_max``."""


class TooManyFragments(FramingError):
    """A record comes in more than ``Limits.record_fragments_max`` fragments."""


def pack_mark(length: int) -> bytes:
    """Return the mark of a record that is sent as one fragment of ``length`` bytes."""
    return _MARK.pack(LAST_FRAGMENT | length)


class BufferPool:
    """Buffers for large records, used again once nobody looks into them.

    A fresh MiB costs more in page faults than receiving it does.  Nobody has to give a buffer
    back: a procedure may keep a view of the data for as long as it likes.  Python refuses to
    resize a ``bytearray`` while a view of it exists, and that is how a free one is told.

    :param size: bytes in each buffer.
    :param kept_max: how many buffers are remembered; those beyond it are left to the collector.
    """

    __slots__ = ("_kept", "_kept_max", "size")

    def __init__(self, size: int, kept_max: int = 16) -> None:
        self.size = size
        self._kept_max = kept_max
        self._kept: list[bytearray] = []

    def take(self) -> memoryview:
        """Return a writable view of a buffer that nobody else uses; its content is arbitrary."""
        kept = self._kept
        for index, buffer in enumerate(kept):
            try:
                buffer.append(0)
            except BufferError:
                continue
            buffer.pop()
            # Last in line, so that the search begins with those that were taken longest ago.
            del kept[index]
            kept.append(buffer)
            return memoryview(buffer)
        # One byte of slack, so that the probe above never moves the buffer.
        buffer = bytearray(self.size + 1)
        buffer.pop()
        if len(kept) >= self._kept_max:
            del kept[0]
        kept.append(buffer)
        return memoryview(buffer)


class RecordReader:
    """Cut a stream into records and hand each to ``receive``.

    Feed it with :meth:`feed`, unless :attr:`space` is set: then receive into that and say so with
    :meth:`filled`.

    :param receive: called with (data, start, end) for every record; ``data`` is ``bytes``, or a
        read-only view for a record that was received in place.  If it returns True, reading
        pauses: what is left of the bytes waits for :meth:`resume`.
    """

    __slots__ = (
        "_bytes_max",
        "_fragment_bytes",
        "_fragment_count",
        "_fragments",
        "_fragments_max",
        "_held",
        "_large",
        "_large_bytes",
        "_large_have",
        "_need",
        "_pieces",
        "_pieces_bytes",
        "_pool",
        "_receive",
        "partials",
        "space",
    )

    def __init__(
        self,
        receive: Callable[[bytes | memoryview, int, int], bool],
        limits: Limits,
        pool: BufferPool,
    ) -> None:
        self._receive = receive
        self._bytes_max = limits.record_bytes_max
        self._fragments_max = limits.record_fragments_max
        self._pool = pool
        self.space: memoryview | None = None
        self.partials = 0
        """How many times a record began that was not whole: who watches for silent peers
        compares it with what it was."""
        self._large: memoryview | None = None
        self._large_bytes = 0
        self._large_have = 0
        # Pieces of one fragment, its mark included, until there are _need bytes of them.
        self._pieces: list[bytes] = []
        self._pieces_bytes = 0
        self._need = 0
        # Whole fragments of a record whose last one has not come yet.
        self._fragments: list[bytes] = []
        self._fragment_bytes = 0
        self._fragment_count = 0
        self._held: tuple[bytes, int] | None = None

    @property
    def partial(self) -> bool:
        """Say whether a record has begun and not ended."""
        return bool(self._pieces or self._fragment_count or self._large is not None)

    @property
    def paused(self) -> bool:
        """Say whether bytes wait for :meth:`resume`."""
        return self._held is not None

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream.

        :raises FramingError: the stream is broken; records before the break have been handed on.
        """
        assert self.space is None and self._held is None, "fed at the wrong time"
        if self._pieces:
            joined = self._join(data)
            if joined is None:
                return
            data = joined
        self._split(data, 0)

    def resume(self) -> None:
        """Go on with the bytes that were left when ``receive`` asked for a pause.

        :raises FramingError: as :meth:`feed`.
        """
        if self._held is not None:
            (data, position), self._held = self._held, None
            self._split(data, position)

    def filled(self, count: int) -> None:
        """Say that ``count`` more bytes have been received into :attr:`space`."""
        assert self._large is not None
        self._large_have += count
        if self._large_have < self._large_bytes:
            self.space = self._large[self._large_have : self._large_bytes]
            return
        record = self._large.toreadonly()
        self._large = self.space = None
        if self._receive(record, 0, self._large_bytes):
            self._held = (b"", 0)

    def _split(self, data: bytes, position: int) -> None:
        """Hand on every record that is whole in ``data``, and keep the rest."""
        size = len(data)
        bytes_max = self._bytes_max
        receive = self._receive
        while size - position >= 4:
            (mark,) = _unpack_mark(data, position)
            # With the last-fragment bit missing this is huge, so one comparison finds all that is
            # out of the ordinary.
            length = mark ^ LAST_FRAGMENT
            if length > bytes_max or self._fragment_count:
                if not self._take_fragment(data, position, mark):
                    return
                position += 4 + (mark & ~LAST_FRAGMENT)
                continue
            start = position + 4
            position = start + length
            if position > size:
                self._keep(data, start - 4, length)
                return
            if receive(data, start, position):
                self._held = (data, position)
                return
        if position < size:
            self._keep(data, position, 0)

    def _take_fragment(self, data: bytes, position: int, mark: int) -> bool:
        """Take one fragment of a record that has several; say whether to go on after it."""
        length = mark & ~LAST_FRAGMENT
        if self._fragment_bytes + length > self._bytes_max:
            raise RecordTooLong(f"a record of {self._fragment_bytes + length} bytes or more")
        if self._fragment_count >= self._fragments_max:
            raise TooManyFragments(f"a record of over {self._fragments_max} fragments")
        start = position + 4
        end = start + length
        if end > len(data):
            self._keep(data, position, length)
            return False
        if not self._fragment_count:
            self.partials += 1
        self._fragment_count += 1
        self._fragment_bytes += length
        self._fragments.append(data[start:end])
        if mark >= LAST_FRAGMENT:
            record = b"".join(self._fragments)
            self._fragments = []
            self._fragment_bytes = self._fragment_count = 0
            if self._receive(record, 0, len(record)):
                self._held = (data, end)
                return False
        return True

    def _keep(self, data: bytes, position: int, length: int) -> None:
        """Keep the beginning of a fragment; ``length`` is 0 if its mark is not whole."""
        self.partials += 1
        if (
            length > IN_PLACE_BYTES_MIN
            and not self._fragment_count
            and self._is_last(data, position)
        ):
            start = position + 4
            have = len(data) - start
            self._large = self._pool.take()
            self._large[:have] = memoryview(data)[start:]
            self._large_bytes = length
            self._large_have = have
            self.space = self._large[have:length]
            return
        self._pieces = [data[position:]]
        self._pieces_bytes = len(data) - position
        self._need = 4 + length

    @staticmethod
    def _is_last(data: bytes, position: int) -> bool:
        return data[position] >= 0x80

    def _join(self, data: bytes) -> bytes | None:
        """Add a piece; return all of them as one when there are enough."""
        pieces = self._pieces
        pieces.append(data)
        self._pieces_bytes += len(data)
        if self._pieces_bytes >= self._need:
            self._pieces = []
            return b"".join(pieces)
        if len(pieces) > _PIECES_MAX:
            # A peer that sends byte by byte costs us one object per byte: pack them up.
            self._pieces = [b"".join(pieces)]
        return None
