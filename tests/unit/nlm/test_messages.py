"""The asynchronous forms: taken at once, answered by a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nfsgw.backend.locks.api import Client, Holder, Locked, Outcome, Owner
from nfsgw.errors import FsCode
from nfsgw.nlm.hosts import Host
from nfsgw.nlm.messages import MESSAGES_PER_ADDRESS_MAX
from nfsgw.rpc.client import ConnectionFailed
from nfsgw.xdr.generated import nlm as x
from tests.support.nlm import (
    cancel_args,
    kind,
    lock_args,
    nlm_record,
    test_args,
    unlock_args,
)
from tests.unit.nlm.fakes import PEER, Bench

ARGUMENTS: dict[str, Any] = {
    "TEST": test_args,
    "LOCK": lock_args,
    "CANCEL": cancel_args,
    "UNLOCK": unlock_args,
    "GRANTED": test_args,
}
every_version = pytest.mark.parametrize("version", [1, 3, 4])


@every_version
@pytest.mark.parametrize("name", list(ARGUMENTS))
def test_result_goes_to_the_clients_lock_manager(version: int, name: str) -> None:
    """The message is answered void, and the result comes as a _RES, with the cookie."""
    bench = Bench()
    args = ARGUMENTS[name](version, cookie=b"mine")
    assert bench.call(version, f"{name}_MSG", args) is None
    (called,) = bench.managers.calls
    assert called.host == Host("192.0.2.7", version, "tcp", "192.0.2.1")
    assert called.procedure == getattr(x, f"NLM_{name}_RES")
    granted = x.NLM4_DENIED if name == "GRANTED" else x.NLM4_GRANTED
    if name == "TEST":
        wanted = kind(version, "testres")(b"mine", kind(version, "testrply")(granted))
    else:
        wanted = kind(version, "res")(b"mine", kind(version, "stat")(granted))
    assert called.arguments == wanted


def test_answer_comes_the_way_of_the_message() -> None:
    """A message over UDP and IPv6 is answered over UDP, from the address that it came to."""
    bench = Bench()
    peer = replace(PEER, address="2001:db8::7", local_address="2001:db8::1", transport="udp")
    bench.call(4, "LOCK_MSG", lock_args(), peer=peer)
    assert bench.managers.calls[0].host == Host("2001:db8::7", 4, "udp", "2001:db8::1")
    assert bench.managers.asked == [("2001:db8::7", 100_021, 4, "udp")]


def test_holder_is_told() -> None:
    """TEST_RES says who has the lock."""
    bench = Bench()
    owner = Owner(Client("192.0.2.9", b"gamma"), 33)
    bench.locks.answers = [Holder(owner, b"oh", 0, 5, True)]
    bench.call(4, "TEST_MSG", test_args())
    holder = bench.managers.calls[0].arguments.test_stat.holder
    assert holder == x.nlm4_holder(True, 33, b"oh", 0, 5)


@pytest.mark.parametrize("name", ["LOCK", "TEST", "CANCEL", "UNLOCK"])
def test_errors_are_answered_too(name: str) -> None:
    """A failure goes the same way, after the call was held if need be."""
    bench = Bench()
    bench.locks.answers = [FsCode.STALE]
    bench.call(4, f"{name}_MSG", ARGUMENTS[name](cookie=b"a"))
    if name == "CANCEL":
        return
    bench.locks.answers = [FsCode.TRY_LATER] * 1000
    bench.call(4, f"{name}_MSG", ARGUMENTS[name](cookie=b"b"))
    assert len(bench.managers.calls) == 1
    bench.pass_time(12)
    results: list[Any] = [call.arguments for call in bench.managers.calls]
    assert [result.cookie for result in results] == [b"a", b"b"]
    stats = [getattr(result, "stat", None) or result.test_stat for result in results]
    assert [stat.stat for stat in stats] == [x.NLM4_STALE_FH, x.NLM4_DENIED_GRACE_PERIOD]


def test_message_that_comes_again_is_answered_again() -> None:
    """The replay cache would swallow the second answer, so messages are not in it."""
    bench = Bench()
    _, record = nlm_record(4, "LOCK_MSG", lock_args())
    assert bench.send(record).replies == bench.send(record).replies
    assert len(bench.managers.calls) == 2
    assert [asked[-1] for asked in bench.locks.asked] == [None, None]


def test_blocking_message_can_be_granted() -> None:
    """A LOCK_MSG that must wait says where GRANTED goes, as LOCK does."""
    bench = Bench()
    bench.locks.answers = [Locked(Outcome.BLOCKED)]
    bench.call(4, "LOCK_MSG", lock_args(block=True))
    assert bench.locks.asked[0][6].local_address == "192.0.2.1"
    assert bench.managers.calls[0].arguments.stat.stat == x.NLM4_BLOCKED


def test_client_that_cannot_be_answered() -> None:
    """A client without a lock manager costs nothing that stays."""
    bench = Bench()
    bench.managers.port = 0
    for _ in range(2 * MESSAGES_PER_ADDRESS_MAX):
        bench.call(4, "LOCK_MSG", lock_args())
    assert (bench.messages.failed, bench.messages.dropped) == (128, 0)


def test_results_need_no_reply() -> None:
    """Some lock managers never answer a _RES; that is no failure."""
    bench = Bench()
    bench.managers.answers = [None, ConnectionFailed("reset")]
    bench.call(4, "LOCK_MSG", lock_args())
    bench.pass_time(3)
    assert bench.messages.failed == 0
    bench.call(4, "LOCK_MSG", lock_args())
    assert bench.messages.failed == 1


def test_messages_are_bounded() -> None:
    """One address has only so many under way; others are not concerned, and later all go on."""
    bench = Bench()
    bench.locks.answers = [FsCode.TRY_LATER] * MESSAGES_PER_ADDRESS_MAX
    for number in range(MESSAGES_PER_ADDRESS_MAX + 5):
        bench.call(4, "LOCK_MSG", lock_args(svid=number))
    assert len(bench.locks.asked) == MESSAGES_PER_ADDRESS_MAX
    assert (len(bench.managers.calls), bench.messages.dropped) == (0, 5)
    bench.call(4, "LOCK_MSG", lock_args(), peer=replace(PEER, address="192.0.2.8"))
    assert len(bench.managers.calls) == 1
    bench.pass_time(3)
    bench.call(4, "LOCK_MSG", lock_args())
    assert len(bench.managers.calls) == MESSAGES_PER_ADDRESS_MAX + 2


def test_silent_client_costs_no_places_and_no_lookups() -> None:
    """Who never answers a _RES is answered all the same, and its port is not asked each time."""
    bench = Bench()
    bench.managers.answers = [None] * 1000
    for _ in range(5 * MESSAGES_PER_ADDRESS_MAX):
        bench.call(4, "LOCK_MSG", lock_args())
    assert len(bench.managers.calls) == 5 * MESSAGES_PER_ADDRESS_MAX
    for _ in range(5):
        bench.pass_time(3)
        bench.call(4, "LOCK_MSG", lock_args())
    assert (bench.messages.dropped, bench.messages.failed) == (0, 0)
    assert (len(bench.managers.asked), len(bench.managers.links)) == (1, 1)


@pytest.mark.parametrize("name", list(ARGUMENTS))
@pytest.mark.parametrize("code", [FsCode.ACCES, FsCode.BADHANDLE, FsCode.STALE])
def test_strangers_are_not_called(name: str, code: FsCode) -> None:
    """Whose address is no client's has not sent the message: it must not make us call anybody."""
    bench = Bench()
    bench.exports.answers = [code] * 2
    bench.call(4, f"{name}_MSG", ARGUMENTS[name]())
    bench.pass_time(30)
    assert (bench.managers.asked, bench.managers.calls) == ([], [])
    assert (bench.messages.unanswered, bench.messages.dropped) == (1, 0)


def test_local_socket_has_no_lock_manager() -> None:
    """A message over a local socket cannot be answered and is not worked on."""
    bench = Bench()
    peer = replace(PEER, address="local", transport="local", uid=0)
    assert bench.call(4, "LOCK_MSG", lock_args(), peer=peer) is None
    assert not bench.locks.asked


def test_defect_is_logged_and_forgotten() -> None:
    """A bug of ours leaves no place taken."""
    bench = Bench()
    bench.locks.answers = [ZeroDivisionError("a bug") for _ in range(100)]
    for _ in range(100):
        bench.call(4, "LOCK_MSG", lock_args())
    assert bench.messages.dropped == 0
    assert not bench.managers.calls


@every_version
@pytest.mark.parametrize("name", list(ARGUMENTS))
def test_results_from_others_are_taken(version: int, name: str) -> None:
    """We send no messages, so a result is for nobody; it is answered void."""
    bench = Bench()
    if name == "TEST":
        result = kind(version, "testres")(b"c", kind(version, "testrply")(0))
    else:
        result = kind(version, "res")(b"c", kind(version, "stat")(0))
    assert bench.call(version, f"{name}_RES", result) is None
    assert not bench.managers.calls
    assert not bench.locks.asked
