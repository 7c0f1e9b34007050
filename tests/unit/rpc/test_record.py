"""Record marking: every case whole, byte by byte, and with a tail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.limits import Limits
from nfsgw.rpc.record import (
    IN_PLACE_BYTES_MIN,
    BufferPool,
    FramingError,
    RecordReader,
    RecordTooLong,
    TooManyFragments,
)
from tests.unit.rpc.fakes import record, words

SMALL = Limits(transfer_bytes_max=200_000, record_fragments_max=4)


class Receiver:
    """Feeds a reader as a socket would, and keeps the records."""

    def __init__(self, limits: Limits = SMALL) -> None:
        self.records: list[bytes] = []
        self.kinds: list[type] = []
        self.pause = False
        self.reader = RecordReader(self.receive, limits, BufferPool(limits.record_bytes_max))

    def receive(self, data: bytes | memoryview, start: int, end: int) -> bool:
        """Keep a record."""
        self.records.append(bytes(data[start:end]))
        self.kinds.append(type(data))
        return self.pause

    def feed(self, data: bytes, step: int) -> None:
        """Feed at most ``step`` bytes at a time."""
        position = 0
        while position < len(data):
            space = self.reader.space
            if space is None:
                self.reader.feed(data[position : position + step])
                position += step
            else:
                piece = data[position : position + min(step, len(space))]
                space[: len(piece)] = piece
                self.reader.filled(len(piece))
                position += len(piece)


CASES = {
    "one": ([b"abcd"], record(b"abcd")),
    "empty": ([b""], record(b"")),
    "odd": ([b"abcde"], record(b"abcde")),
    "two": ([b"abcd", b"efgh"], record(b"abcd") + record(b"efgh")),
    "two fragments": ([b"abcdefgh"], record(b"abcdefgh", 3)),
    "four fragments": ([b"abcdefgh"], record(b"abcdefgh", 1, 2, 3)),
    "empty fragments": ([b"abcd"], record(b"abcd", 0, 0)),
    "empty last fragment": ([b"abcd"], record(b"abcd", 4)),
    "fragments, then one": ([b"abcdefgh", b"ij"], record(b"abcdefgh", 4) + record(b"ij")),
    "one, then fragments": ([b"ij", b"abcdefgh"], record(b"ij") + record(b"abcdefgh", 4)),
}
TAILS = {"no tail": b"", "part of a mark": b"\x80\0", "part of a record": words(0x80000009) + b"x"}


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 1000])
@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_records_come_out_however_the_bytes_arrive(
    case: tuple[list[bytes], bytes], tail: bytes, step: int
) -> None:
    """Messages are the same whether they come whole, byte by byte, or with more behind them."""
    expected, stream = case
    receiver = Receiver()
    receiver.feed(stream + tail, step)
    assert receiver.records == expected
    assert receiver.reader.partial == bool(tail)


@pytest.mark.parametrize("step", [100, 4096, 65536, 1 << 20])
def test_large_record_is_received_in_place(step: int) -> None:
    """A record of over 64 KiB goes to a buffer of its own, and what follows is not swallowed."""
    large = bytes(range(256)) * 300
    assert len(large) > IN_PLACE_BYTES_MIN
    receiver = Receiver()
    receiver.feed(record(b"first") + record(large) + record(b"last"), step)
    assert receiver.records == [b"first", large, b"last"]
    if step < len(large):
        assert receiver.kinds[1] is memoryview


def test_whole_small_record_is_not_copied() -> None:
    """A record that lies whole in what was received is handed on as a window of it."""
    stream = record(b"abcd")
    seen: list[object] = []

    def receive(data: bytes | memoryview, _start: int, _end: int) -> bool:
        seen.append(data)
        return False

    RecordReader(receive, SMALL, BufferPool(1000)).feed(stream)
    assert seen[0] is stream


def test_record_over_the_limit_is_refused_by_its_mark() -> None:
    """A peer that announces more than the limit is dropped before it sends it."""
    receiver = Receiver()
    with pytest.raises(RecordTooLong):
        receiver.reader.feed(record(b"ok") + words(0x80000000 | SMALL.record_bytes_max + 1))
    assert receiver.records == [b"ok"]


def test_record_at_the_limit_is_taken() -> None:
    """The largest record that is promised does pass."""
    receiver = Receiver()
    receiver.feed(record(bytes(SMALL.record_bytes_max)), 65536)
    assert [len(data) for data in receiver.records] == [SMALL.record_bytes_max]


@pytest.mark.parametrize("step", [1, 65536])
def test_fragments_that_sum_up_over_the_limit_are_refused(step: int) -> None:
    """Small fragments do not get around the limit of a record."""
    part = SMALL.record_bytes_max // 2
    receiver = Receiver()
    with pytest.raises(RecordTooLong):
        receiver.feed(record(bytes(2 * part + 2), part, part), step)


@pytest.mark.parametrize("step", [1, 1000])
def test_too_many_fragments_are_refused(step: int) -> None:
    """A record in more fragments than allowed drops the connection, even if they are empty."""
    receiver = Receiver()
    receiver.feed(record(b"abcd", 1, 1, 1), step)
    assert receiver.records == [b"abcd"]
    with pytest.raises(TooManyFragments):
        receiver.feed(record(b"abcd", 0, 0, 0, 0), step)


def test_reading_pauses_and_resumes_where_it_was() -> None:
    """While too much is in flight no further call is taken, and none is lost."""
    receiver = Receiver()
    receiver.pause = True
    receiver.reader.feed(record(b"a") + record(b"bcdef", 2) + record(b"g") + b"\x80")
    assert receiver.records == [b"a"]
    receiver.reader.resume()
    assert receiver.records == [b"a", b"bcdef"]
    receiver.pause = False
    receiver.reader.resume()
    assert receiver.records == [b"a", b"bcdef", b"g"]
    assert not receiver.reader.paused
    receiver.reader.feed(b"\0\0\1h")
    assert receiver.records[-1] == b"h"


def test_reading_pauses_after_a_record_in_place() -> None:
    """A large record can ask for a pause like any other."""
    receiver = Receiver()
    receiver.pause = True
    receiver.feed(record(bytes(IN_PLACE_BYTES_MIN + 1)), 65536)
    assert receiver.reader.paused
    receiver.reader.resume()
    assert not receiver.reader.paused


def test_a_new_partial_record_is_told_from_the_same_one() -> None:
    """Whoever watches for silent peers sees whether it is still the same record."""
    receiver = Receiver()
    reader = receiver.reader
    reader.feed(b"\x80\0\0\4a")
    before = reader.partials
    reader.feed(b"b")
    assert reader.partials == before
    reader.feed(b"cd" + b"\x80\0\0\4a")
    assert reader.partials > before


def test_pool_reuses_a_buffer_only_when_nobody_looks_into_it() -> None:
    """Data that a procedure still holds is never overwritten by a later record."""
    pool = BufferPool(100)
    view = pool.take()
    view[:4] = b"data"
    kept = view.toreadonly()[:4]
    first = view.obj
    del view
    second = pool.take()
    second[:4] = b"else"
    assert second.obj is not first
    assert bytes(kept) == b"data"
    del kept, second
    assert pool.take().obj is first


def test_pool_forgets_what_is_too_much() -> None:
    """Buffers that are all in use at once are not all kept for ever."""
    pool = BufferPool(100, kept_max=2)
    views = [pool.take() for _ in range(5)]
    buffers = [view.obj for view in views]
    assert len({id(buffer) for buffer in buffers}) == 5
    views.clear()
    again = [pool.take().obj for _ in range(2)]
    assert all(any(buffer is old for old in buffers[3:]) for buffer in again)


@given(st.binary(max_size=60), st.integers(1, 20))
def test_rubbish_never_raises_anything_else(data: bytes, step: int) -> None:
    """Whatever a stranger sends is a record, part of one, or a framing error."""
    receiver = Receiver()
    try:
        receiver.feed(data, step)
    except FramingError:
        pass
    assert sum(map(len, receiver.records)) <= len(data)
