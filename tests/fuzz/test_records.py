"""Record marking with any bytes in any pieces."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.limits import Limits
from nfsgw.rpc import record
from nfsgw.rpc.record import BufferPool, FramingError, RecordReader
from tests.fuzz.effort import effort

_LAST = 0x80000000
_SMALL = Limits(transfer_bytes_max=600, record_overhead_bytes=100, record_fragments_max=5)
_BYTES_MAX = _SMALL.record_bytes_max


@pytest.fixture(scope="module", autouse=True)
def in_place() -> Iterator[None]:
    """Receive records in place from 16 bytes on, so that small examples get there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "IN_PLACE_BYTES_MIN", 16)
        yield


def _mark(length: int, last: bool) -> bytes:
    return (length | (_LAST if last else 0)).to_bytes(4, "big")


def _read(stream: bytes) -> tuple[list[bytes], bool, bool]:
    """Return the records of a stream, whether it breaks, and whether one has begun at the end.

    The rules of RFC 5531, section 11, and of our limits, with all the time in the world.
    """
    records: list[bytes] = []
    fragments: list[bytes] = []
    position = 0
    while position + 4 <= len(stream):
        word = int.from_bytes(stream[position : position + 4], "big")
        length = word % _LAST
        held = sum(map(len, fragments))
        is_whole = word >= _LAST and not fragments
        if held + length > _BYTES_MAX:
            return records, True, False
        if not is_whole and len(fragments) >= _SMALL.record_fragments_max:
            return records, True, False
        if position + 4 + length > len(stream):
            break
        fragments.append(stream[position + 4 : position + 4 + length])
        position += 4 + length
        if word >= _LAST:
            records.append(b"".join(fragments))
            fragments = []
    return records, False, bool(fragments) or position < len(stream)


class _Peer:
    """Feeds a reader as a socket would, pausing when told to, and keeps the records."""

    def __init__(self, pauses: list[bool]) -> None:
        self.records: list[bytes] = []
        self._pauses = itertools.cycle(pauses or [False])
        self.reader = RecordReader(self._receive, _SMALL, BufferPool(_BYTES_MAX, kept_max=2))
        self.broken = False

    def _receive(self, data: bytes | memoryview, start: int, end: int) -> bool:
        self.records.append(bytes(data[start:end]))
        return next(self._pauses)

    def feed(self, stream: bytes, sizes: list[int]) -> None:
        """Feed a stream in pieces of these sizes, over and over."""
        position = 0
        size = itertools.cycle(sizes)
        try:
            while position < len(stream):
                piece = stream[position : position + next(size)]
                space = self.reader.space
                if space is None:
                    self.reader.feed(piece)
                else:
                    piece = piece[: len(space)]
                    space[: len(piece)] = piece
                    self.reader.filled(len(piece))
                position += len(piece)
                while self.reader.paused:
                    self.reader.resume()
        except FramingError:
            self.broken = True


@st.composite
def _proper(draw: st.DrawFn) -> bytes:
    """One record in a few fragments, within the limits or a little over them."""
    lengths = draw(st.lists(st.sampled_from([0, 1, 3, 4, 15, 16, 17, 100]), max_size=6))
    lengths.append(draw(st.sampled_from([0, 1, 3, 17, 64, 300, _BYTES_MAX, _BYTES_MAX + 1])))
    byte = draw(st.integers(0, 255))
    return b"".join(
        _mark(length, index == len(lengths) - 1) + bytes([byte]) * length
        for index, length in enumerate(lengths)
    )


_marks = st.builds(
    _mark, st.sampled_from([0, 1, 4, _BYTES_MAX, _BYTES_MAX + 1, _LAST - 1]), st.booleans()
)
_streams = st.lists(_proper() | _proper() | _marks | st.binary(max_size=12), max_size=6).map(
    b"".join
)
_pieces = st.sampled_from([[1], [2], [3], [1 << 20]]) | st.lists(
    st.integers(1, 200), min_size=1, max_size=8
)


@effort(400)
@given(stream=_streams, sizes=_pieces, pauses=st.lists(st.booleans(), max_size=4))
def test_records_do_not_depend_on_how_the_bytes_arrive(
    stream: bytes, sizes: list[int], pauses: list[bool]
) -> None:
    """Whole, byte by byte or cut anywhere, with pauses: the same records, and the same break."""
    records, breaks, partial = _read(stream)
    peer = _Peer(pauses)
    peer.feed(stream, sizes)
    assert peer.records == records
    assert peer.broken == breaks
    if not breaks:
        assert peer.reader.partial == partial


@effort(25)
@given(
    fragments=st.lists(
        st.tuples(st.integers(0, _BYTES_MAX), st.booleans()), min_size=1, max_size=6
    ),
    size=st.sampled_from([1, 7, 4096]),
)
def test_memory_is_bounded_by_the_largest_record(
    fragments: list[tuple[int, bool]], size: int
) -> None:
    """However long a peer goes on, what is kept of it is a few times one record at most."""
    stream = b"".join(_mark(length, last) + bytes(length) for length, last in fragments) * 8
    reader = RecordReader(
        lambda _data, _start, _end: False, _SMALL, BufferPool(_BYTES_MAX, kept_max=2)
    )
    tracemalloc.start()
    try:
        for position in range(0, len(stream), size):
            _give(reader, stream[position : position + size])
        _, peak = tracemalloc.get_traced_memory()
    except FramingError:
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Pieces are objects of some forty bytes each, at most 64 of them; then the joined record, the
    # fragments and two buffers.
    assert peak < 8 * _BYTES_MAX + 2 * size + 16_384


def _give(reader: RecordReader, data: bytes) -> None:
    while data:
        space = reader.space
        if space is None:
            reader.feed(data)
            return
        count = min(len(space), len(data))
        space[:count] = data[:count]
        reader.filled(count)
        data = data[count:]
