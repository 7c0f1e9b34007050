"""Pack and unpack XDR primitives (RFC 4506): the base classes of all generated codecs.

The method names are those of the ``xdrlib`` that Python once had, so that code written for it, and
the differential tests, work on both.  Two things differ.  The packer collects *pieces* in a list
and joins them only on request, because bulk data should reach the socket without a copy.  The
unpacker works inside a window ``position:end`` of a buffer that it never copies.

Whatever a stranger may send is bounded before it is believed: a length is compared with the
specification's bound and with the bytes that are left, before anything is allocated.

Bytes that fill an opaque up to a multiple of four are written as zeros, and ignored when read: the
RFC says that they should be zero, but Linux and other servers do not look, and a client that sends
rubbish there has done no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from struct import error as struct_error
from typing import Final, Protocol, TypeVar

from nfsgw.errors import NfsgwError

__all__ = ["PADDING", "Bulk", "FileRange", "Octets", "Packer", "Unpacker", "XdrError"]

T = TypeVar("T")

Octets = bytes | memoryview
"""What an unpacker reads, and the type of opaques that are not copied out (``%bulk``)."""

PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")
"""The filling after an opaque, by its length modulo four."""

_INT: Final = Struct(">i")
_UINT: Final = Struct(">I")
_HYPER: Final = Struct(">q")
_UHYPER: Final = Struct(">Q")
_FLOAT: Final = Struct(">f")
_DOUBLE: Final = Struct(">d")


class XdrError(NfsgwError):
    """These bytes are not an encoding of the type asked for, or this value has none."""


class FileRange(Protocol):
    """A stretch of an open file that stands for its bytes until a socket sends it.

    It travels through the packer as one piece, so that READ can leave by ``sendfile``.
    """

    @property
    def is_file_range(self) -> bool:
        """Return True: how the sender tells it from bytes."""

    def __len__(self) -> int:
        """Return how many bytes will be sent."""


Bulk = bytes | bytearray | memoryview | FileRange
"""What may be packed as a variable opaque, and what ``Packer.parts`` holds."""


class Packer:
    """Encode values, collecting the pieces in ``parts``.

    After an :class:`XdrError` the pieces of the value that failed are still in ``parts``: note
    ``len(packer.parts)`` before, and cut back to it, or call :meth:`reset`.
    """

    __slots__ = ("parts",)

    parts: list[Bulk]

    def __init__(self) -> None:
        self.parts = []

    def reset(self) -> None:
        """Start a new list of pieces; the old list stays with whoever took it."""
        self.parts = []

    def get_buffer(self) -> bytes:
        """Return all pieces joined.

        :raises XdrError: a piece is a file range, whose bytes are not in memory.
        """
        try:
            return b"".join(self.parts)  # type: ignore[arg-type]
        except TypeError as error:
            raise XdrError(f"not all of this reply is in memory: {error}") from None

    def _pack(self, layout: Struct, value: float) -> None:
        try:
            self.parts.append(layout.pack(value))
        except struct_error as error:
            raise XdrError(f"{value!r}: {error}") from None

    def pack_uint(self, value: int) -> None:
        """Pack an ``unsigned int``."""
        self._pack(_UINT, value)

    def pack_int(self, value: int) -> None:
        """Pack an ``int``."""
        self._pack(_INT, value)

    pack_enum = pack_int

    def pack_bool(self, value: object) -> None:
        """Pack a ``bool``: anything true is 1."""
        self.parts.append(b"\0\0\0\1" if value else b"\0\0\0\0")

    def pack_uhyper(self, value: int) -> None:
        """Pack an ``unsigned hyper``."""
        self._pack(_UHYPER, value)

    def pack_hyper(self, value: int) -> None:
        """Pack a ``hyper``."""
        self._pack(_HYPER, value)

    def pack_float(self, value: float) -> None:
        """Pack a ``float``."""
        self._pack(_FLOAT, value)

    def pack_double(self, value: float) -> None:
        """Pack a ``double``."""
        self._pack(_DOUBLE, value)

    def pack_fopaque(self, count: int, data: Bulk) -> None:
        """Pack ``opaque[count]``.

        :raises XdrError: ``data`` is not ``count`` bytes long (it is neither cut nor filled).
        """
        if len(data) != count:
            raise XdrError(f"{len(data)} bytes where there must be {count}")
        self.parts.append(data)
        if count & 3:
            self.parts.append(PADDING[count & 3])

    pack_fstring = pack_fopaque

    def pack_opaque(self, data: Bulk) -> None:
        """Pack ``opaque<>``: length, bytes, filling."""
        count = len(data)
        self._pack(_UINT, count)
        self.pack_fopaque(count, data)

    pack_string = pack_opaque
    pack_bytes = pack_opaque

    def pack_list(self, items: Sequence[T], pack_item: Callable[[T], None]) -> None:
        """Pack a linked list: a true flag before each item, a false one at the end."""
        for item in items:
            self.pack_bool(True)
            pack_item(item)
        self.pack_bool(False)

    def pack_farray(self, count: int, items: Sequence[T], pack_item: Callable[[T], None]) -> None:
        """Pack an array of fixed length.

        :raises XdrError: there are not ``count`` items.
        """
        if len(items) != count:
            raise XdrError(f"{len(items)} items where there must be {count}")
        for item in items:
            pack_item(item)

    def pack_array(self, items: Sequence[T], pack_item: Callable[[T], None]) -> None:
        """Pack an array of variable length: count, then the items."""
        self.pack_uint(len(items))
        self.pack_farray(len(items), items, pack_item)


class Unpacker:
    """Decode values from the window ``position:end`` of ``data``.

    Opaques come out as copies, but those marked ``%bulk`` as views of ``data``: whoever reuses
    that buffer must be done with them first.  After an :class:`XdrError` the position is
    undefined.
    """

    __slots__ = ("data", "end", "position")

    data: Octets
    position: int
    end: int

    def __init__(self, data: Octets = b"") -> None:
        self.reset(data)

    def reset(self, data: Octets, position: int = 0, end: int | None = None) -> None:
        """Point at other bytes, without allocating anything.

        The data path may set the three attributes itself, which saves the call.

        :param end: where the window ends, inside ``data``; None is its end.
        """
        if end is None:
            end = len(data)
        else:
            assert position <= end <= len(data)
        self.data = data
        self.position = position
        self.end = end

    def get_position(self) -> int:
        """Return where the next value begins."""
        return self.position

    def set_position(self, position: int) -> None:
        """Go to another position in the window.

        :raises XdrError: it is outside.
        """
        if not 0 <= position <= self.end:
            raise XdrError(f"position {position} is outside of the data")
        self.position = position

    def get_buffer(self) -> Octets:
        """Return all the data, also what is outside of the window."""
        return self.data

    def done(self) -> None:
        """Assert that everything was read.

        :raises XdrError: bytes are left.
        """
        if self.position != self.end:
            raise XdrError(f"{self.end - self.position} bytes too many")

    def _take(self, count: int, bound: int | None = None) -> int:
        """Step over ``count`` bytes and their filling; return where they began."""
        start = self.position
        stop = start + (count + 3 & ~3)
        if stop > self.end or count < 0 or (bound is not None and count > bound):
            raise XdrError(f"a length of {count}, with {self.end - start} bytes left")
        self.position = stop
        return start

    def unpack_uint(self) -> int:
        """Unpack an ``unsigned int``."""
        start = self._take(4)
        return int.from_bytes(self.data[start : start + 4], "big")

    def unpack_int(self) -> int:
        """Unpack an ``int``."""
        start = self._take(4)
        return int.from_bytes(self.data[start : start + 4], "big", signed=True)

    unpack_enum = unpack_int

    def unpack_bool(self) -> bool:
        """Unpack a ``bool``.

        :raises XdrError: it is neither 0 nor 1.
        """
        value = self.unpack_uint()
        if value > 1:
            raise XdrError(f"a bool of {value}")
        return value == 1

    def unpack_uhyper(self) -> int:
        """Unpack an ``unsigned hyper``."""
        start = self._take(8)
        return int.from_bytes(self.data[start : start + 8], "big")

    def unpack_hyper(self) -> int:
        """Unpack a ``hyper``."""
        start = self._take(8)
        return int.from_bytes(self.data[start : start + 8], "big", signed=True)

    def unpack_float(self) -> float:
        """Unpack a ``float``."""
        value: float = _FLOAT.unpack_from(self.data, self._take(4))[0]
        return value

    def unpack_double(self) -> float:
        """Unpack a ``double``."""
        value: float = _DOUBLE.unpack_from(self.data, self._take(8))[0]
        return value

    def unpack_fopaque(self, count: int) -> bytes:
        """Unpack ``opaque[count]``."""
        start = self._take(count)
        return bytes(self.data[start : start + count])

    unpack_fstring = unpack_fopaque

    def unpack_opaque(self, bound: int | None = None) -> bytes:
        """Unpack ``opaque<bound>``.

        :raises XdrError: it is longer than ``bound``, or than what is left.
        """
        count = self.unpack_uint()
        start = self._take(count, bound)
        return bytes(self.data[start : start + count])

    unpack_string = unpack_opaque
    unpack_bytes = unpack_opaque

    def unpack_list(self, unpack_item: Callable[[], T]) -> list[T]:
        """Unpack a linked list; as long as the bytes left allow."""
        items: list[T] = []
        while self.unpack_bool():
            items.append(unpack_item())
        return items

    def unpack_farray(self, count: int, unpack_item: Callable[[], T]) -> list[T]:
        """Unpack an array of fixed length.

        :raises XdrError: fewer than four bytes per item are left (no item is smaller).
        """
        if count * 4 > self.end - self.position:
            raise XdrError(f"{count} items, with {self.end - self.position} bytes left")
        return [unpack_item() for _ in range(count)]

    def unpack_array(self, unpack_item: Callable[[], T], bound: int | None = None) -> list[T]:
        """Unpack an array of variable length.

        :raises XdrError: there are more than ``bound`` items, or than fit in what is left.
        """
        count = self.unpack_uint()
        if bound is not None and count > bound:
            raise XdrError(f"{count} items, at most {bound}")
        return self.unpack_farray(count, unpack_item)
