"""The replay cache: its bounds, and the request id."""

from __future__ import annotations

from nfsgw.limits import Limits
from nfsgw.rpc.replay import ReplayCache, client_digest, request_id
from tests.unit.rpc.fakes import FakeSink


def _answered(cache: ReplayCache, number: int, now_s: float = 0.0, size: int = 10) -> bytes:
    request = number.to_bytes(28, "big")
    cache.finish(cache.start(request, FakeSink()), bytes(size), now_s)
    return request


def test_oldest_answers_go_first() -> None:
    """Beyond the number of entries, the oldest answers are forgotten."""
    cache = ReplayCache(Limits(replay_entries_max=3))
    requests = [_answered(cache, number) for number in range(5)]
    assert [cache.find(request) is not None for request in requests] == [False] * 2 + [True] * 3


def test_answers_are_bounded_in_bytes() -> None:
    """Large answers do not fill the memory, and what is forgotten is no longer counted."""
    cache = ReplayCache(Limits(replay_bytes_max=3000))
    for number in range(10):
        _answered(cache, number, size=800)
    assert len(cache) == 3
    assert cache.bytes_used == 3000


def test_answer_over_the_bound_is_not_kept() -> None:
    """An answer that alone is over the bound leaves an empty cache, not an error."""
    cache = ReplayCache(Limits(replay_bytes_max=100))
    _answered(cache, 1, size=500)
    assert (len(cache), cache.bytes_used) == (0, 0)


def test_answers_age() -> None:
    """After its time an answer is forgotten, when the next one comes."""
    cache = ReplayCache(Limits(replay_age_s=600))
    old = _answered(cache, 1, now_s=0)
    young = _answered(cache, 2, now_s=500)
    assert cache.find(old) is not None
    _answered(cache, 3, now_s=601)
    assert cache.find(old) is None
    assert cache.find(young) is not None


def test_running_calls_are_never_evicted() -> None:
    """A call that runs is found however many others are answered meanwhile."""
    cache = ReplayCache(Limits(replay_entries_max=2))
    entry = cache.start(bytes(28), FakeSink())
    for number in range(1, 10):
        _answered(cache, number)
    assert cache.find(bytes(28)) is entry


def test_running_call_is_answered_at_a_bounded_number_of_places() -> None:
    """A stranger who repeats one call from thousands of ports fills no memory with them."""
    cache = ReplayCache(Limits())
    entry = cache.start(bytes(28), FakeSink())
    sinks = [FakeSink() for _ in range(1000)]
    for sink in sinks:
        entry.attach(sink)
    told = cache.finish(entry, b"answer", 0.0)
    assert len(told) <= 16
    assert told[-1] is sinks[-1]


def test_request_id_is_stable() -> None:
    """The id is stored on disk with the change: it must be the same in every release."""
    digest = client_digest("192.0.2.7", b"name")
    request = request_id(digest, 1, 2, 3, 4, b"..arguments", 2, 11)
    words = "00000001" + "00000002" + "0003" + "0004"
    assert request.hex() == "57b182f6433f6517" + words + "fbd6372e" + "00000009"


def test_checksum_covers_the_beginning_of_the_arguments_only() -> None:
    """A MiB of data is not summed: 256 bytes and the length tell calls apart."""
    data = bytes(1000)
    same = bytes(256) + b"x" * 744
    assert request_id(bytes(8), 1, 2, 3, 4, data, 0, 1000) == request_id(
        bytes(8), 1, 2, 3, 4, same, 0, 1000
    )
    assert request_id(bytes(8), 1, 2, 3, 4, data, 0, 1000) != request_id(
        bytes(8), 1, 2, 3, 4, data, 0, 999
    )
