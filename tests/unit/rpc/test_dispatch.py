"""Dispatch: every ring of error, waiting calls, duplicates, overload, and the counters."""

# ruff: noqa: ANN401 - stands for many types
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from twisted.logger import ILogObserver, globalLogPublisher

from nfsgw.errors import FsCode
from nfsgw.rpc import message
from nfsgw.rpc.auth import ANONYMOUS
from nfsgw.rpc.program import Credential, Peer, Procedure, Program, ProgramUnavailable
from nfsgw.xdr.codec import Packer, Unpacker
from nfsgw.xdr.generated import rpc
from tests.unit.rpc.fakes import (
    ALICE,
    PEER,
    PROGRAM,
    FakeSink,
    Rig,
    call_message,
    fs_error,
    opaque,
    success,
    words,
)

TRY_LATER = ord("T")


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """Return the log events that a test causes."""
    events: list[dict[str, Any]] = []
    observer = cast(ILogObserver, events.append)
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


def answer(rig: Rig, data: bytes) -> bytes:
    """Return the one reply to a message."""
    sink = FakeSink()
    rig.call(sink, data)
    assert len(sink.messages) == 1
    return sink.messages[0]


@pytest.mark.parametrize("repeats", [1, 3])
def test_call_is_answered_with_its_result(repeats: int) -> None:
    """A call is answered at once, the first time (parsed) as later (known header)."""
    rig = Rig()
    for _ in range(repeats):
        assert answer(rig, call_message(1, b"hello")) == success(77, 0, b"hello")
    call = rig.echo.calls[-1]
    assert (call.peer, call.credential, call.version) == (PEER, ALICE, 3)
    assert call.request is None
    assert rig.row(1).calls == repeats


def test_call_in_the_middle_of_a_buffer() -> None:
    """A call is taken from its window, whatever lies around it."""
    rig = Rig()
    data = call_message(1, b"hello")
    for _ in range(2):
        sink = FakeSink()
        with rig.turn:
            rig.dispatcher.call(b"xy" + data + data, 2, 2 + len(data), sink)
        assert sink.messages == [success(77, 0, b"hello")]


def test_call_in_a_view() -> None:
    """A record that was received in place is a read-only view, and works as well."""
    rig = Rig()
    data = call_message(1, b"hello")
    for _ in range(2):
        sink = FakeSink()
        with rig.turn:
            rig.dispatcher.call(memoryview(bytearray(data)).toreadonly(), 0, len(data), sink)
        assert sink.messages == [success(77, 0, b"hello")]


def test_credentials_are_not_mixed_up() -> None:
    """Calls of two users that differ in nothing else are seen as two users."""
    rig = Rig()
    bob = Credential(1, b"alice", 1001, 100, (100, 200))
    for credential in (ALICE, bob, ALICE, bob):
        answer(rig, call_message(1, credential=credential))
    assert [call.credential for call in rig.echo.calls] == [ALICE, bob, ALICE, bob]


def test_known_header_never_reaches_behind_its_record() -> None:
    """A record that ends inside its header is not completed with the next record's bytes."""
    rig = Rig()
    answer(rig, call_message(1))
    data = call_message(1)
    sink = FakeSink()
    with pytest.raises((message.MalformedMessage, AssertionError)), rig.turn:
        rig.dispatcher.call(data, 0, 44, sink)
        assert sink.messages == [message.auth_error(77, rpc.AUTH_BADCRED)]
        raise AssertionError
    assert len(rig.echo.calls) == 1


def test_number_of_known_headers_is_bounded() -> None:
    """A stranger who invents credentials does not make the server grow."""
    rig = Rig(headers_cached_max=10)
    for uid in range(50):
        data = call_message(4, xid=uid, credential=Credential(1, b"x", uid))
        assert answer(rig, data)[:4] == words(uid)
    assert len(rig.dispatcher._routes) <= 10
    assert len(rig.dispatcher._digests) <= 10


def test_credential_with_a_verifier_takes_the_long_way() -> None:
    """A verifier that is not empty is stepped over, not taken for arguments."""
    rig = Rig()
    plain = call_message(1, None)
    data = plain[:-4] + words(4) + b"abcd" + opaque(b"hello")
    for _ in range(2):
        assert answer(rig, data) == success(77, 0, b"hello")


# The rings.


def test_other_rpc_version_is_denied() -> None:
    """RPC version 3 is answered RPC_MISMATCH(2, 2)."""
    data = bytearray(call_message(1))
    data[11] = 3
    assert answer(Rig(), bytes(data)) == message.rpc_mismatch(77)


@pytest.mark.parametrize(
    ("flavor", "body", "verifier", "why"),
    [
        (1, b"abcd", words(0, 0), rpc.AUTH_BADCRED),
        (1, bytes(404), words(0, 0), rpc.AUTH_BADCRED),
        (6, b"abcd", words(0, 0), rpc.AUTH_REJECTEDCRED),
        (0, b"", words(6, 4, 1), rpc.AUTH_BADVERF),
        (0, b"", words(0, 404) + bytes(404), rpc.AUTH_BADVERF),
    ],
    ids=["undecodable", "too long", "other flavor", "verifier", "long verifier"],
)
def test_bad_credentials_are_denied(flavor: int, body: bytes, verifier: bytes, why: int) -> None:
    """A credential that is not good is answered AUTH_ERROR with the exact reason."""
    rig = Rig()
    data = words(77, 0, 2, PROGRAM, 3, 1, flavor, len(body)) + body + verifier + opaque(b"x")
    assert answer(rig, data) == message.auth_error(77, why)
    assert not rig.echo.calls
    assert rig.dispatcher.metrics.denied == 1


def test_procedure_that_wants_a_credential_denies_anonymous() -> None:
    """AUTH_NONE is answered AUTH_TOOWEAK where the row asks for a credential."""
    rig = Rig()
    data = call_message(5, credential=ANONYMOUS)
    for _ in range(2):
        assert answer(rig, data) == message.auth_error(77, rpc.AUTH_TOOWEAK)
    assert answer(rig, call_message(5)) == success(77, 0, b"abcd")


@pytest.mark.parametrize("argument", [None, b"abcd"])
@pytest.mark.parametrize("credential", [ANONYMOUS, ALICE])
def test_null_is_always_answered(credential: Credential, argument: bytes | None) -> None:
    """NULL is answered without a credential, without a row, and whatever comes with it."""
    rig = Rig(calls_in_flight_total_max=0)
    data = call_message(0, argument, credential=credential)
    assert answer(rig, data) == words(77, 1, 0, 0, 0, 0)


def test_unknown_program_is_unavailable() -> None:
    """A program that is not served is answered PROG_UNAVAIL, for NULL too."""
    rig = Rig()
    assert answer(rig, call_message(1, program=5)) == message.prog_unavail(77)
    assert answer(rig, call_message(0, program=5)) == message.prog_unavail(77)
    assert rig.dispatcher.metrics.unavailable == 2


@pytest.mark.parametrize("procedure", [0, 1, 99])
@pytest.mark.parametrize("version", [0, 1, 4, 0xFFFFFFFF])
def test_other_version_is_a_mismatch(version: int, procedure: int) -> None:
    """A version that is not served is answered with those that are."""
    data = call_message(procedure, version=version)
    assert answer(Rig(), data) == message.prog_mismatch(77, 2, 3)


def test_program_with_one_version_says_so() -> None:
    """NFS with version 3 only answers version 4 with (3, 3), so that clients fall back."""
    rig = Rig()
    program = Program(100003, "nfs", Packer, Unpacker, {3: {}})
    rig.dispatcher.add(program)
    data = call_message(1, program=100003, version=4)
    assert answer(rig, data) == message.prog_mismatch(77, 3, 3)


def test_unknown_procedure_is_unavailable() -> None:
    """A procedure that is not in the table is answered PROC_UNAVAIL."""
    assert answer(Rig(), call_message(22)) == message.proc_unavail(77)


@pytest.mark.parametrize(
    "arguments",
    [b"", words(5), words(8) + b"abcd", words(0xFFFFFFFF), opaque(b"abcd") + b"more"],
    ids=["none", "cut", "too short", "huge length", "bytes after"],
)
def test_undecodable_arguments_are_garbage(arguments: bytes) -> None:
    """Arguments that cannot be decoded are answered GARBAGE_ARGS, and nothing is run."""
    rig = Rig()
    # What follows in the buffer must not be taken for the rest of the arguments.
    data = call_message(1, None) + arguments
    for _ in range(2):
        sink = FakeSink()
        with rig.turn:
            rig.dispatcher.call(data + bytes(100), 0, len(data), sink)
        assert sink.messages == [message.garbage_args(77)]
    assert not rig.echo.calls
    assert rig.row(1).garbage == 2


def test_file_error_takes_the_failure_arm() -> None:
    """An FsError is answered as the protocol's own error, and is no event for the log."""
    rig = Rig()
    rig.echo.error = fs_error(FsCode.NOENT)
    assert answer(rig, call_message(2)) == success(77, ord("N"), b"")
    assert rig.row(2).snapshot()["errors"] == {"NOENT": 1}
    assert rig.row(2).faults == 0


def test_bug_is_answered_and_logged(logged: list[dict[str, Any]]) -> None:
    """Any other exception is SERVERFAULT to the client, and a traceback in the log."""
    rig = Rig()
    rig.echo.error = ZeroDivisionError("ours")
    assert answer(rig, call_message(2)) == success(77, ord("S"), b"")
    assert rig.row(2).faults == 1
    assert [event["proc"] for event in logged] == ["FAIL"]
    assert logged[0]["log_failure"].check(ZeroDivisionError)


def test_bug_without_failure_arm_is_a_system_error(logged: list[dict[str, Any]]) -> None:
    """A protocol that cannot report failures answers SYSTEM_ERR."""
    rig = Rig()
    rig.echo.error = ZeroDivisionError("ours")
    assert answer(rig, call_message(6)) == message.system_err(77)
    rig.echo.error = fs_error(FsCode.NOENT)
    assert answer(rig, call_message(6)) == message.system_err(77)
    assert len(logged) == 1


@pytest.mark.parametrize("procedure", [2, 4, 6])
def test_procedure_may_say_that_its_program_is_not_there(
    procedure: int, logged: list[dict[str, Any]]
) -> None:
    """That is PROG_UNAVAIL in RPC's own ring, whether the row has a failure arm or is replayed."""
    rig = Rig()
    rig.echo.error = ProgramUnavailable()
    for _ in range(2):
        assert answer(rig, call_message(procedure)) == message.prog_unavail(77)
    assert rig.row(procedure).faults == 0
    assert logged == []
    assert rig.echo.changes == (1 if procedure == 4 else 0)


def test_result_that_cannot_be_encoded_is_a_bug(logged: list[dict[str, Any]]) -> None:
    """A result of the wrong type is answered SERVERFAULT, and the next call is not harmed."""
    rig = Rig()

    async def wrong(_call: object, _arguments: object) -> object:
        return "not a pair"

    def encode(packer: Any, result: Any) -> None:
        packer.pack_uint(1)
        if result == "not a pair":
            raise TypeError("ours")

    row = Procedure(1, "WRONG", wrong, Unpacker.unpack_opaque, encode, lambda _error: (5, b""))
    mute = Procedure(2, "WRONG", wrong, Unpacker.unpack_opaque, encode)
    rig.dispatcher.add(Program(300_000, "wrong", Packer, Unpacker, {1: {1: row, 2: mute}}))
    data = call_message(1, program=300_000, version=1)
    assert answer(rig, data) == words(77, 1, 0, 0, 0, 0, 1)
    data = call_message(2, program=300_000, version=1)
    assert answer(rig, data) == message.system_err(77)
    assert len(logged) == 2
    assert answer(rig, call_message(1, b"hello")) == success(77, 0, b"hello")


@pytest.mark.parametrize("data", [b"", b"abc", words(7, 1, 0, 0, 0, 0) + bytes(40)])
def test_what_is_no_call_is_not_answered(data: bytes) -> None:
    """A reply, or a few bytes, raise: the transport knows what to do with such a peer."""
    rig = Rig()
    sink = FakeSink()
    with pytest.raises(message.MalformedMessage):
        rig.call(sink, data)
    assert sink.messages == []
    assert rig.dispatcher.metrics.malformed == 1


# Programs.


def test_programs_come_and_go() -> None:
    """A program that is removed is unavailable, even to a known header; twice is refused."""
    rig = Rig()
    program = rig.dispatcher.programs[0]
    answer(rig, call_message(1))
    with pytest.raises(ValueError, match="already"):
        rig.dispatcher.add(program)
    with pytest.raises(ValueError, match="no versions"):
        rig.dispatcher.add(Program(5, "none", Packer, Unpacker, {}))
    rig.dispatcher.remove(program)
    assert answer(rig, call_message(1)) == message.prog_unavail(77)


# Waiting.


def test_waiting_call_is_answered_when_it_is_done() -> None:
    """A call that waits does not hold up others, and is answered later."""
    rig = Rig()
    sink = FakeSink()
    rig.call(sink, call_message(3, xid=1))
    rig.call(sink, call_message(1, b"quick", xid=2))
    assert sink.messages == [success(2, 0, b"quick")]
    assert (rig.dispatcher.in_flight, sink.in_flight, rig.row(3).waiting) == (1, 1, 1)
    rig.clock.now_s += 2.5
    rig.echo.parked[0].resolve(b"slow")
    assert sink.messages[1] == success(1, 0, b"slow")
    assert (rig.dispatcher.in_flight, sink.in_flight, rig.row(3).waiting) == (0, 0, 0)
    assert (rig.row(3).waited, rig.row(3).waited_s) == (1, 2.5)


def test_waiting_call_may_fail() -> None:
    """An error after a wait is answered like one before."""
    rig = Rig()
    sink = FakeSink()
    rig.call(sink, call_message(3))
    rig.echo.parked[0].fail(fs_error(FsCode.IO))
    assert sink.messages == [success(77, ord("I"), b"")]
    assert rig.dispatcher.in_flight == 0


def test_large_waiting_call_counts_for_its_size() -> None:
    """The cap on calls in flight bounds memory: a call of 80 KiB counts as eleven."""
    rig = Rig()
    sink = FakeSink()
    rig.call(sink, call_message(3, bytes(80 << 10)))
    assert sink.in_flight == 11
    rig.echo.parked[0].resolve(b"")
    assert sink.in_flight == 0


# Overload.


def test_overload_sheds_only_what_may_be_shed() -> None:
    """Beyond the global limit, sheddable calls are told to try later; the rest and NULL run."""
    rig = Rig(calls_in_flight_total_max=1)
    sink = FakeSink()
    rig.call(sink, call_message(3, xid=1))
    rig.call(sink, call_message(3, xid=2))
    assert sink.messages == [success(2, TRY_LATER, b"")]
    assert answer(rig, call_message(1, b"run")) == success(77, 0, b"run")
    assert answer(rig, call_message(0, None)) == words(77, 1, 0, 0, 0, 0)
    assert rig.row(3).shed == 1
    rig.echo.parked[0].resolve(b"")
    rig.call(sink, call_message(3, xid=3))
    assert len(rig.echo.parked) == 2


def test_overload_never_says_later_to_a_change() -> None:
    """It may be a repetition of one that was made before a crash: it is to come again as it is."""
    rig = Rig(calls_in_flight_total_max=1)
    sink = FakeSink()
    rig.call(sink, call_message(3, xid=1))
    rig.call(sink, call_message(4, xid=2))
    assert (sink.messages, sink.drops, rig.echo.changes) == ([], 1, 0)
    rig.echo.parked[0].resolve(b"")
    rig.call(sink, call_message(4, xid=2))
    assert rig.echo.changes == 1


# Repeated calls.


def test_repeated_change_is_answered_not_run() -> None:
    """A change that comes again gets its first answer, on any connection of that client."""
    rig = Rig()
    first = answer(rig, call_message(4))
    other_port = FakeSink(Peer(PEER.address, 999, "192.0.2.1", 2049, "tcp"))
    rig.call(other_port, call_message(4))
    assert [first] == other_port.messages
    assert rig.echo.changes == 1
    assert rig.row(4).duplicates == 1
    request = rig.echo.calls[0].request
    assert request is not None
    assert len(request) == 28


@pytest.mark.parametrize(
    ("data", "address"),
    [
        (call_message(4, xid=78), PEER.address),
        (call_message(4, b"abce"), PEER.address),
        (call_message(4, bytes(300)), PEER.address),
        (call_message(4, credential=Credential(1, b"alice", 1001)), PEER.address),
        (call_message(4, credential=Credential(1, b"bob", 1000)), PEER.address),
        (call_message(4), "192.0.2.8"),
    ],
    ids=["xid", "arguments", "length", "uid", "machine", "address"],
)
def test_different_change_is_run(data: bytes, address: str) -> None:
    """What differs in xid, arguments, user, machine or address is another call."""
    rig = Rig()
    answer(rig, call_message(4))
    rig.call(FakeSink(Peer(address, 700, "192.0.2.1", 2049, "tcp")), data)
    assert rig.echo.changes == 2


def test_repeated_read_is_run_again() -> None:
    """Calls that change nothing are not kept."""
    rig = Rig()
    answer(rig, call_message(1))
    answer(rig, call_message(1))
    assert len(rig.echo.calls) == 2
    assert len(rig.dispatcher.replay) == 0


def test_duplicate_joins_the_running_call() -> None:
    """A change that comes again while it runs is answered once it is done, on both connections."""
    rig = Rig()
    rig.echo.change_waits = True
    one, two = FakeSink(), FakeSink()
    rig.call(one, call_message(4))
    rig.call(two, call_message(4))
    rig.call(two, call_message(4))
    assert rig.echo.changes == 1
    rig.echo.parked[0].resolve(b"done")
    assert one.messages == two.messages == [success(77, 0, b"done")]
    assert (one.in_flight, two.in_flight) == (0, 0)
    rig.call(two, call_message(4))
    assert len(two.messages) == 2
    assert rig.echo.changes == 1


def test_failed_change_is_kept_too() -> None:
    """The answer EEXIST belongs to the call as much as success does."""
    rig = Rig()
    rig.echo.error = fs_error(FsCode.EXIST)
    first = answer(rig, call_message(4))
    rig.echo.error = None
    assert answer(rig, call_message(4)) == first


def test_try_later_is_never_kept() -> None:
    """A change that was put off runs when it comes again."""
    rig = Rig()
    rig.echo.error = fs_error(FsCode.TRY_LATER)
    assert answer(rig, call_message(4)) == success(77, TRY_LATER, b"")
    assert len(rig.dispatcher.replay) == 0
    rig.echo.error = None
    assert answer(rig, call_message(4)) == success(77, 0, b"2")


def test_snapshot_is_plain() -> None:
    """What the admin part shows is plain values."""
    rig = Rig()
    answer(rig, call_message(1))
    snapshot = rig.dispatcher.metrics.snapshot()
    assert snapshot["rows"][f"{PROGRAM}.3.1"]["calls"] == 1
    assert snapshot["denied"] == 0
