"""The procedures, from the bytes of arguments to what the volume is asked, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nfsgw.backend.api import Credentials
from nfsgw.backend.locks.api import (
    END,
    Callback,
    Client,
    Holder,
    Locked,
    Outcome,
    Owner,
    Wanted,
)
from nfsgw.errors import FsCode
from nfsgw.nlm.owners import owner_of
from nfsgw.xdr.generated import nlm as x
from tests.conformance.client import NOBODY, ROOT, RpcFailed, User, call_record, parse_reply
from tests.support.nlm import (
    HANDLE,
    cancel_args,
    kind,
    lock_args,
    nlm_record,
    share_args,
    test_args,
    unlock_args,
)
from tests.unit.nlm.fakes import INODE, PEER, READ_ONLY, Bench

CLIENT = Client("192.0.2.7", b"alpha")
OWNER = owner_of(CLIENT, PEER.local_address, 7)
WANTED = Wanted(INODE, OWNER, 100, 110, True)

every_version = pytest.mark.parametrize("version", [1, 3, 4])


def status(result: Any) -> int:  # noqa: ANN401 - any procedure's
    """Return the status of any result."""
    for name in ("test_stat", "stat"):
        inner = getattr(result, name, None)
        if inner is not None:
            return int(getattr(inner, "stat", inner))
    raise AssertionError(result)


ARGUMENTS: dict[str, Any] = {
    "TEST": test_args,
    "LOCK": lock_args,
    "CANCEL": cancel_args,
    "UNLOCK": unlock_args,
    "NM_LOCK": lock_args,
    "SHARE": share_args,
    "UNSHARE": share_args,
}
every_procedure = pytest.mark.parametrize("name", list(ARGUMENTS))


@every_version
def test_null(version: int) -> None:
    """A ping is answered, in every version."""
    bench = Bench()
    xid, record = call_record(x.NLM_PROG, version, 0, b"", NOBODY)
    assert parse_reply(bench.send(record).replies[0], xid) == b""


def test_procedures_of_each_version() -> None:
    """Version 1 lacks those for personal computers; nobody has procedure 16 and the like."""
    bench = Bench()
    for version, lacking in ((1, [*range(16, 25)]), (3, [16, 17, 18, 19, 24]), (4, [16, 19, 24])):
        for procedure in lacking:
            xid, record = call_record(x.NLM_PROG, version, procedure, b"")
            with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
                parse_reply(bench.send(record).replies[0], xid)
    xid, record = call_record(x.NLM_PROG, 2, 0, b"")
    with pytest.raises(RpcFailed, match="PROG_MISMATCH 1 4"):
        parse_reply(bench.send(record).replies[0], xid)


@every_version
def test_lock_asks_the_volume(version: int) -> None:
    """Everything that a client says arrives where it is meant to."""
    bench = Bench()
    result = bench.call(version, "LOCK", lock_args(version))
    assert (result.cookie, status(result)) == (b"cook", x.NLM4_GRANTED)
    ((what, credentials, wanted, oh, state, monitored, callback, request),) = bench.locks.asked
    assert (what, credentials, wanted, oh) == ("lock", None, WANTED, b"7@alpha")
    assert (state, monitored, callback) == (3, True, None)
    assert len(request) == 28


@every_version
def test_blocking_lock_says_where_granted_goes(version: int) -> None:
    """What GRANTED needs is handed to the volume with the request."""
    bench = Bench()
    bench.locks.answers = [Locked(Outcome.BLOCKED)]
    peer = replace(PEER, transport="udp")
    args = lock_args(version, block=True, l_len=0, svid=0xFFFFFFFF)
    assert status(bench.call(version, "LOCK", args, peer=peer)) == x.NLM4_BLOCKED
    asked = bench.locks.asked[0]
    assert asked[2] == Wanted(
        INODE, owner_of(CLIENT, PEER.local_address, 0xFFFFFFFF), 100, END, True
    )
    assert asked[6] == Callback(HANDLE, b"7@alpha", b"cook", 100, 0, version, "udp", "192.0.2.1")


def test_reclaim_never_waits() -> None:
    """A client that claims what it had must not be made to wait for it."""
    bench = Bench()
    bench.call(4, "LOCK", lock_args(block=True, reclaim=True))
    assert bench.locks.asked[0][6] is None


def test_nm_lock_is_not_monitored() -> None:
    """NM_LOCK is LOCK, but for NSM."""
    bench = Bench()
    assert status(bench.call(4, "NM_LOCK", lock_args())) == x.NLM4_GRANTED
    assert bench.locks.asked[0][:3] == ("lock", None, WANTED)
    assert bench.locks.asked[0][5] is False


@pytest.mark.parametrize(
    ("user", "credentials"),
    [
        (ROOT, None),
        (NOBODY, None),
        (User(1001, 100), Credentials(1_001_001, 7)),
    ],
)
def test_permission_is_checked_for_users(user: User, credentials: Credentials | None) -> None:
    """A user is checked as the export squashes him; a lock manager itself is not."""
    bench = Bench()
    bench.call(4, "LOCK", lock_args(), user=user)
    bench.call(4, "SHARE", share_args(), user=user)
    assert [asked[1] for asked in bench.locks.asked] == [credentials, credentials]


@every_version
def test_test_names_the_holder(version: int) -> None:
    """TEST of a free range is GRANTED, else DENIED with who has it."""
    bench = Bench()
    result = bench.call(version, "TEST", test_args(version))
    assert (result.cookie, status(result)) == (b"cook", x.NLM4_GRANTED)
    other = Owner(Client("192.0.2.9", b"gamma"), 33)
    bench.locks.answers = [Holder(other, b"33@gamma", 4, 8, False)]
    result = bench.call(version, "TEST", test_args(version))
    assert status(result) == x.NLM4_DENIED
    assert result.test_stat.holder == kind(version, "holder")(False, 33, b"33@gamma", 4, 4)
    assert bench.locks.asked == [("test", WANTED), ("test", WANTED)]


@every_version
def test_unlock_and_cancel(version: int) -> None:
    """UNLOCK always succeeds; CANCEL says whether there was something to cancel."""
    bench = Bench()
    assert status(bench.call(version, "UNLOCK", unlock_args(version))) == x.NLM4_GRANTED
    assert status(bench.call(version, "CANCEL", cancel_args(version))) == x.NLM4_GRANTED
    bench.locks.answers = [False]
    assert status(bench.call(version, "CANCEL", cancel_args(version))) == x.NLM4_DENIED
    assert bench.locks.asked[0][:5] == ("unlock", INODE, OWNER, 100, 110)
    assert bench.locks.asked[1][:2] == ("cancel", WANTED)
    requests = {asked[-1] for asked in bench.locks.asked}
    assert len(requests) == 3
    assert all(len(request) == 28 for request in requests)


@pytest.mark.parametrize("version", [3, 4])
def test_share_and_unshare(version: int) -> None:
    """A reservation goes to the volume with what it takes and what it denies."""
    bench = Bench()
    args = share_args(version, mode=x.fsm_DW, access=x.fsa_RW)
    result = bench.call(version, "SHARE", args)
    assert (result.cookie, result.stat, result.sequence) == (b"cook", x.NLM4_GRANTED, 0)
    bench.locks.answers = [Locked(Outcome.DENIED)]
    assert bench.call(version, "SHARE", args).stat == x.NLM4_DENIED
    assert bench.call(version, "UNSHARE", args).stat == x.NLM4_GRANTED
    assert bench.locks.asked[0][:7] == ("share", None, INODE, CLIENT, b"7@alpha", 3, 2)
    assert bench.locks.asked[2][:4] == ("unshare", INODE, CLIENT, b"7@alpha")


@pytest.mark.parametrize("version", [3, 4])
def test_free_all_asks_every_volume(version: int) -> None:
    """FREE_ALL frees what the sender has under the name, everywhere; a bad name has nothing."""
    bench = Bench()
    bench.locks.answers = [FsCode.TRY_LATER]
    notify = kind(version, "notify")
    assert bench.call(version, "FREE_ALL", notify(b"beta", 5)) is None
    beta = ("free", Client("192.0.2.7", b"beta"))
    # It is repeated only where it was not served: what was locked elsewhere meanwhile stays.
    assert bench.locks.asked == [beta, beta]
    assert bench.other.asked == [beta]
    for name in (b"", b"x" * 256):
        assert bench.call(version, "FREE_ALL", notify(name, 5)) is None
    assert len(bench.other.asked) == 1


@every_version
def test_granted_is_refused(version: int) -> None:
    """We ask nobody for locks, so nobody can grant us one."""
    bench = Bench()
    result = bench.call(version, "GRANTED", test_args(version))
    assert (result.cookie, status(result)) == (b"cook", x.NLM4_DENIED)
    assert not bench.locks.asked


@every_procedure
def test_errors_hand_back_the_cookie(name: str) -> None:
    """A failure is told in the procedure's own result, with the cookie that it came with."""
    bench = Bench()
    bench.locks.answers = [FsCode.STALE]
    result = bench.call(4, name, ARGUMENTS[name](cookie=b"mine"))
    assert (result.cookie, status(result)) == (b"mine", x.NLM4_STALE_FH)
    bench.locks.answers = [FsCode.IO]
    assert status(bench.call(4, name, ARGUMENTS[name]())) == x.NLM4_FAILED


@every_procedure
@every_version
def test_bad_handles(name: str, version: int) -> None:
    """A handle that is not ours is told as stale, or as the older versions can."""
    if version == 1 and name in ("NM_LOCK", "SHARE", "UNSHARE"):
        return
    bench = Bench()
    wanted = x.NLM4_STALE_FH if version == 4 else x.LCK_DENIED_NOLOCKS
    for handle in (b"", b"x", bytes(32), b"y" * 1024):
        assert status(bench.call(version, name, ARGUMENTS[name](version, fh=handle))) == wanted
    assert not bench.locks.asked


@every_procedure
@pytest.mark.parametrize(
    ("changed", "served"),
    [
        ({"caller_name": b"a"}, True),
        ({"caller_name": b"n" * 255}, True),
        ({"caller_name": b"\xff\0"}, True),
        ({"oh": b""}, True),
        ({"oh": b"o" * 256}, True),
        ({"cookie": b""}, True),
        ({"cookie": b"c" * 256}, True),
        ({"caller_name": b""}, False),
        ({"caller_name": b"n" * 256}, False),
        ({"caller_name": b"n" * 1024}, False),
        ({"oh": b"o" * 257}, False),
        ({"oh": b"o" * 1024}, False),
        ({"cookie": b"c" * 257}, False),
        ({"cookie": b"c" * 1024}, False),
    ],
)
def test_bounds(name: str, changed: dict[str, bytes], served: bool) -> None:
    """Names, owner handles and cookies are taken up to their bounds and refused beyond."""
    bench = Bench()
    result = bench.call(4, name, ARGUMENTS[name](**changed))
    assert status(result) == (x.NLM4_GRANTED if served else x.NLM4_DENIED_NOLOCKS)
    assert result.cookie == changed.get("cookie", b"cook")
    assert len(bench.locks.asked) == served


@every_procedure
def test_undecodable_arguments(name: str) -> None:
    """What is cut, has a tail, or is longer than the specification allows is GARBAGE_ARGS."""
    bench = Bench()
    xid, whole = nlm_record(4, name, ARGUMENTS[name]())
    start = len(call_record(x.NLM_PROG, 4, 1, b"")[1])
    too_long = whole[:start] + (1025).to_bytes(4, "big") + bytes(1028) + whole[start + 8 :]
    records = [whole[:end] for end in range(start, len(whole), 4)]
    for record in (*records, whole + bytes(4), too_long):
        with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
            parse_reply(bench.send(record).replies[0], xid)
    assert not bench.locks.asked


def test_impossible_modes_and_truths() -> None:
    """A share mode that does not exist, and a bool that is neither, are GARBAGE_ARGS."""
    bench = Bench()
    xid, record = nlm_record(4, "SHARE", share_args(mode=3, access=3))
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        parse_reply(bench.send(record[:-8] + b"\0\0\0\4" + bytes(4)).replies[0], xid)
    xid, record = nlm_record(4, "LOCK", lock_args())
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        parse_reply(bench.send(record[:-8] + b"\0\0\0\2" + bytes(4)).replies[0], xid)


def test_read_only_export() -> None:
    """Who may not write may lock shared and read, and nothing more; UNLOCK is always his."""
    bench = Bench()
    shared = lock_args(fh=READ_ONLY, exclusive=False)
    assert status(bench.call(4, "LOCK", shared)) == x.NLM4_GRANTED
    for name in ("LOCK", "NM_LOCK"):
        assert status(bench.call(4, name, lock_args(fh=READ_ONLY))) == x.NLM4_ROFS
    older = lock_args(3, fh=READ_ONLY)
    assert status(bench.call(3, "LOCK", older)) == x.LCK_DENIED_NOLOCKS
    reading = share_args(fh=READ_ONLY, access=x.fsa_R, mode=x.fsm_DRW)
    assert status(bench.call(4, "SHARE", reading)) == x.NLM4_GRANTED
    for access in (x.fsa_W, x.fsa_RW):
        writing = share_args(fh=READ_ONLY, access=access)
        assert status(bench.call(4, "SHARE", writing)) == x.NLM4_ROFS
    assert len(bench.locks.asked) == 2
    assert status(bench.call(4, "UNLOCK", unlock_args(fh=READ_ONLY))) == x.NLM4_GRANTED


@pytest.mark.parametrize("name", ["LOCK", "TEST", "UNLOCK", "CANCEL"])
def test_ranges_that_overflow(name: str) -> None:
    """A range beyond the last byte there can be is FBIG; the older versions have no such word."""
    bench = Bench()
    top = (1 << 64) - 1
    args = ARGUMENTS[name](4, l_offset=top, l_len=2)
    assert status(bench.call(4, name, args)) == x.NLM4_FBIG
    older = ARGUMENTS[name](3, l_offset=1 << 31, l_len=(1 << 31) + 1)
    assert status(bench.call(3, name, older)) == x.LCK_DENIED_NOLOCKS
    assert not bench.locks.asked


# Patience


@every_procedure
def test_calls_are_held_while_there_is_no_quorum(name: str) -> None:
    """A call that cannot be served now is repeated, and then told to come later."""
    bench = Bench()
    bench.locks.answers = [FsCode.TRY_LATER] * 3
    assert status(bench.call(4, name, ARGUMENTS[name]())) == x.NLM4_GRANTED
    if name == "CANCEL":
        return
    bench.locks.answers = [FsCode.TRY_LATER] * 1000
    began_s = bench.time.seconds()
    assert status(bench.call(4, name, ARGUMENTS[name]())) == x.NLM4_DENIED_GRACE_PERIOD
    assert 10 <= bench.time.seconds() - began_s < 12


@pytest.mark.parametrize(
    ("name", "changed"),
    [("LOCK", {"reclaim": True}), ("SHARE", {"reclaim": True}), ("CANCEL", {})],
)
def test_reclaims_and_cancels_are_never_refused(name: str, changed: dict[str, bool]) -> None:
    """A client gives up what it cannot reclaim, and takes any answer to CANCEL for "done"."""
    bench = Bench()
    bench.locks.answers = [FsCode.TRY_LATER] * 200
    began_s = bench.time.seconds()
    assert status(bench.call(4, name, ARGUMENTS[name](**changed))) == x.NLM4_GRANTED
    assert bench.time.seconds() - began_s > 60


def test_undecided_calls_are_held_without_end() -> None:
    """Nobody is told "later" of a lock that may have been given."""
    bench = Bench()
    bench.locks.answers = [FsCode.UNDECIDED] + [FsCode.TRY_LATER] * 100
    assert status(bench.call(4, "LOCK", lock_args())) == x.NLM4_GRANTED
    assert len({asked[-1] for asked in bench.locks.asked}) == 1


def test_export_that_is_not_ready() -> None:
    """A volume that is being started, or a host name that is looked up, is waited for."""
    bench = Bench()
    bench.exports.answers = [FsCode.TRY_LATER, FsCode.TRY_LATER]
    assert status(bench.call(4, "LOCK", lock_args())) == x.NLM4_GRANTED


# Repetitions


@pytest.mark.parametrize("name", ["LOCK", "CANCEL", "UNLOCK", "NM_LOCK", "SHARE", "UNSHARE"])
def test_repeated_call_gets_its_first_answer(name: str) -> None:
    """The same xid again is not run again."""
    bench = Bench()
    _, record = nlm_record(4, name, ARGUMENTS[name]())
    first = bench.send(record).replies
    bench.locks.answers = [FsCode.IO]
    assert bench.send(record).replies == first
    assert len(bench.locks.asked) == 1


def test_later_is_no_lasting_answer() -> None:
    """Who was told to come later, and comes with the same xid, is served."""
    bench = Bench()
    bench.locks.answers = [FsCode.TRY_LATER] * 1000
    xid, record = nlm_record(4, "LOCK", lock_args())
    first = bench.send(record)
    while not first.replies:
        assert bench.time.step()
    bench.locks.answers = []
    again = parse_reply(bench.send(record).replies[0], xid)
    assert again != parse_reply(first.replies[0], xid)


def test_repeated_free_all_frees_nothing_new() -> None:
    """A FREE_ALL that was sent twice must not take locks that came after it."""
    bench = Bench()
    _, record = nlm_record(4, "FREE_ALL", kind(4, "notify")(b"alpha", 5))
    assert bench.send(record).replies == bench.send(record).replies
    assert len(bench.locks.asked) == 1


def test_local_socket_cannot_be_called_back() -> None:
    """A blocking LOCK over a local socket is denied, not left to wait for ever."""
    bench = Bench()
    peer = replace(PEER, address="local", transport="local", uid=0)
    bench.call(4, "LOCK", lock_args(block=True), peer=peer)
    assert bench.locks.asked[0][6] is None


@every_procedure
def test_defects_are_reported_as_such(name: str) -> None:
    """A bug of ours is FAILED, and is logged."""
    bench = Bench()
    bench.locks.answers = [ZeroDivisionError("a bug")]
    assert status(bench.call(4, name, ARGUMENTS[name]())) == x.NLM4_FAILED
    assert sum(row.faults for row in bench.dispatcher.metrics.rows.values()) == 1
