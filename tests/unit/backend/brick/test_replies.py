"""The order of stored replies: age, bound per client, bound of all."""

from __future__ import annotations

from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.replies import Replies, ReplyBounds

SECOND = 1_000_000_000


def request(client: int, number: int) -> bytes:
    """Return a request id of a client."""
    return client.to_bytes(8, "big") + number.to_bytes(20, "big")


def test_reply_leaves_when_it_is_ten_minutes_old() -> None:
    """A retransmission is recognised for ten minutes."""
    replies = Replies(ReplyBounds(age_s=600))
    replies.add(request(1, 1), 0)
    assert replies.expire(request(2, 1), 600 * SECOND) == []
    assert request(1, 1) in replies
    assert replies.expire(request(2, 1), 600 * SECOND + 1) == [request(1, 1)]
    assert request(1, 1) not in replies


def test_client_with_too_many_loses_its_own_oldest() -> None:
    """One busy client cannot push out the replies of the others."""
    replies = Replies(ReplyBounds(per_client_max=3))
    replies.add(request(9, 1), 0)
    for number in range(3):
        replies.add(request(1, number), number)
    assert replies.expire(request(1, 3), 5) == [request(1, 0)]
    replies.add(request(1, 3), 5)
    assert replies.expire(request(1, 4), 5) == [request(1, 1)]
    assert request(9, 1) in replies


def test_total_is_bounded() -> None:
    """Memory and table stay bounded whatever the number of clients."""
    replies = Replies(ReplyBounds(entries_max=10))
    for client in range(100):
        replies.expire(request(client, 0), client)
        replies.add(request(client, 0), client)
        assert len(replies) <= 10
    assert request(99, 0) in replies
    assert request(89, 0) not in replies


def test_expiry_is_spread_over_records() -> None:
    """A long pause does not make the next change pay for all old replies at once."""
    replies = Replies(ReplyBounds(age_s=1))
    for number in range(20):
        replies.add(request(1, number), 0)
    assert len(replies.expire(request(2, 0), 10 * SECOND)) == 4
    assert len(replies) == 16


def test_loaded_order_is_that_of_the_records() -> None:
    """After a restart the oldest replies still leave first."""
    replies = Replies(ReplyBounds(per_client_max=2))
    items = [
        (request(1, name), Record(sequence, 1, sequence, {}).reply)
        for name, sequence in ((1, 30), (2, 10), (3, 20))
    ]
    replies.load(items)
    assert replies.expire(request(1, 9), 40) == [request(1, 2)]
    assert len(replies) == 2
