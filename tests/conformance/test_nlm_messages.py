"""The asynchronous forms: a ``_MSG`` is answered by a call of the ``_RES`` procedure."""

from __future__ import annotations

from typing import Any

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nlm as x
from tests.conformance.catalogue import common
from tests.conformance.client import Session
from tests.conformance.locker import Locker, every, in_process, narrow, version_of, wide
from tests.support.nlm import kind

XNFS = "XNFS, NLM"
MESSAGES = ("TEST_MSG", "LOCK_MSG", "CANCEL_MSG", "UNLOCK_MSG", "GRANTED_MSG")
CHECKED = MESSAGES[:4]
PUT_OFF = tuple(name for name in CHECKED if name != "CANCEL_MSG")


def alone(nfs: Session, procedure: str) -> tuple[str, Locker]:
    """Return the procedure's own name, and a client whose lock manager has heard nothing."""
    managers = in_process(nfs).managers
    managers.calls.clear()
    managers.asked.clear()
    managers.answers.clear()
    return procedure[5:], Locker(nfs, version_of(procedure))


@common(1, "6.2", every("LOCK_MSG"), "GRANTED", "DENIED", "BLOCKED", in_process=True)
def test_lock(nfs: Session, procedure: str) -> None:
    """LOCK_MSG locks, is denied, and waits, as LOCK does; then GRANTED comes as usual."""
    name, alpha = alone(nfs, procedure)
    beta = Locker(nfs, alpha.version, b"beta", 2, address="192.0.2.8", transport="udp")
    file = nfs.file()
    answer, called = alpha.message(name, alpha.arguments(name, file))
    assert answer == "GRANTED"
    assert called.host == (alpha.address, alpha.version, "tcp", "192.0.2.1")
    assert beta.message(name, beta.arguments(name, file))[0] == "DENIED"
    answer, called = beta.message(name, beta.arguments(name, file, block=True))
    assert answer == "BLOCKED"
    assert called.host == (beta.address, beta.version, "udp", "192.0.2.1")
    assert alpha.unlock(file) == "GRANTED"
    assert [each.host.transport for each in beta.granted()] == ["udp"]
    assert beta.unlock(file) == "GRANTED"


@common(1, "6.2", every("TEST_MSG"), "GRANTED", "DENIED", in_process=True)
def test_test(nfs: Session, procedure: str) -> None:
    """TEST_RES names the holder."""
    name, alpha = alone(nfs, procedure)
    beta = Locker(nfs, alpha.version, b"beta", 2)
    file = nfs.file()
    assert alpha.message(name, alpha.arguments(name, file))[0] == "GRANTED"
    assert beta.lock(file, 5, 5) == "GRANTED"
    answer, called = alpha.message(name, alpha.arguments(name, file))
    assert answer == "DENIED"
    holder = kind(alpha.version, "holder")(True, beta.svid, beta.oh, 5, 5)
    assert called.arguments.test_stat.holder == holder


@common(1, "6.2", every("UNLOCK_MSG"), "GRANTED", in_process=True)
def test_unlock(nfs: Session, procedure: str) -> None:
    """UNLOCK_MSG frees a lock."""
    name, alpha = alone(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert alpha.message(name, alpha.arguments(name, file))[0] == "GRANTED"
    assert Locker(nfs, alpha.version, b"beta", 2).lock(file) == "GRANTED"


@common(1, "6.2", every("CANCEL_MSG"), "GRANTED", "DENIED", in_process=True)
def test_cancel(nfs: Session, procedure: str) -> None:
    """CANCEL_MSG ends the waiting, and says if there was none."""
    name, alpha = alone(nfs, procedure)
    beta = Locker(nfs, alpha.version, b"beta", 2)
    file = nfs.file()
    assert beta.lock(file) == "GRANTED"
    assert alpha.wait(file) == "BLOCKED"
    arguments = alpha.arguments(name, file, block=True)
    assert alpha.message(name, arguments)[0] == "GRANTED"
    assert alpha.message(name, arguments)[0] == "DENIED"
    assert beta.unlock(file) == "GRANTED"
    assert alpha.granted() == []


@common(1, "6.2", every("GRANTED_MSG"), "DENIED", in_process=True)
def test_granted(nfs: Session, procedure: str) -> None:
    """We asked nobody for a lock, so GRANTED_RES refuses it."""
    name, alpha = alone(nfs, procedure)
    assert alpha.message(name, alpha.arguments(name, nfs.file()))[0] == "DENIED"


@common(2, "6.2", every(*MESSAGES), in_process=True)
def test_resent(nfs: Session, procedure: str) -> None:
    """A message that comes again, with the same xid, is answered again."""
    name, alpha = alone(nfs, procedure)
    file = nfs.file()
    xid, record = alpha.record(name, alpha.arguments(name, file))
    for count in (1, 2, 3):
        assert alpha.send(name, xid, record) == ""
        assert len(alpha.managers.calls) == count
    answers = [called.arguments for called in alpha.managers.calls]
    if name != "CANCEL_MSG":
        assert answers[0] == answers[1] == answers[2]


@common(3, "6.2", wide(*CHECKED), "STALE_FH", "FBIG", "DENIED_NOLOCKS", in_process=True)
def test_refusals(nfs: Session, procedure: str) -> None:
    """What the synchronous form refuses, the message is told by its result."""
    name, alpha = alone(nfs, procedure)
    file = nfs.file()
    top = (1 << 64) - 1
    with in_process(nfs).fault(name.removesuffix("_MSG").lower(), FsCode.STALE):
        assert alpha.message(name, alpha.arguments(name, file))[0] == "STALE_FH"
    for changed, wanted in (
        ({"l_offset": top, "l_len": 2}, "FBIG"),
        ({"caller_name": b""}, "DENIED_NOLOCKS"),
        ({"oh": b"o" * 257}, "DENIED_NOLOCKS"),
    ):
        arguments = alpha.arguments(name, file, **changed)
        assert alpha.message(name, arguments)[0] == wanted


@common(3, "6.2", narrow(*CHECKED), "DENIED_NOLOCKS", in_process=True)
def test_refusals_of_old(nfs: Session, procedure: str) -> None:
    """The older versions have one word for all of these."""
    name, alpha = alone(nfs, procedure)
    refused: list[dict[str, Any]] = [{"oh": b"o" * 257}, {"caller_name": b"n" * 256}]
    for changed in refused:
        arguments = alpha.arguments(name, nfs.file(), **changed)
        assert alpha.message(name, arguments)[0] == "DENIED_NOLOCKS"


@common(4, "6.2", every(*PUT_OFF), "DENIED_GRACE_PERIOD", in_process=True)
def test_not_now(nfs: Session, procedure: str) -> None:
    """While there is no quorum the result is held, and then says "later"."""
    name, alpha = alone(nfs, procedure)
    file = nfs.file()
    method = name.removesuffix("_MSG").lower()
    with in_process(nfs).fault(method, FsCode.TRY_LATER, times=1000):
        assert alpha.call(name, alpha.arguments(name, file)) == ""
        assert alpha.managers.calls == []
        in_process(nfs).settle(12)
    (called,) = alpha.managers.calls
    result = called.arguments
    stat = result.test_stat if method == "test" else result.stat
    assert stat.stat == x.NLM4_DENIED_GRACE_PERIOD
    nfs.seen.add((procedure, "DENIED_GRACE_PERIOD"))


@common(5, "6.2", every(*MESSAGES), in_process=True)
def test_client_without_a_lock_manager(nfs: Session, procedure: str) -> None:
    """A client that cannot be answered has its message acknowledged, and nothing else."""
    name, alpha = alone(nfs, procedure)
    alpha.address = "192.0.2.99"
    alpha.managers.ports[alpha.address] = 0
    assert alpha.call(name, alpha.arguments(name, nfs.file())) == ""
    in_process(nfs).settle(60)
    assert alpha.managers.calls == []


@common(6, "6.2", every(*MESSAGES), in_process=True)
def test_stranger(nfs: Session, procedure: str) -> None:
    """Who may not use the export is not called: the sender's address may be forged."""
    name, alpha = alone(nfs, procedure)
    for handle in (in_process(nfs).export("private"), b"not ours", b""):
        assert alpha.call(name, alpha.arguments(name, handle)) == ""
        in_process(nfs).settle(60)
    assert (alpha.managers.asked, alpha.managers.calls) == ([], [])


@common(1, "6.2", every("LOCK_RES", "CANCEL_RES", "UNLOCK_RES", "GRANTED_RES"))
def test_result(nfs: Session, procedure: str) -> None:
    """We send no messages: a result is for nobody, and is acknowledged."""
    alpha = Locker(nfs, version_of(procedure))
    result = kind(alpha.version, "res")(b"c", kind(alpha.version, "stat")(x.NLM4_GRANTED))
    assert alpha.call(procedure[5:], result) == ""


@common(1, "6.2", every("TEST_RES"))
def test_result_of_test(nfs: Session, procedure: str) -> None:
    """Likewise the result of TEST, with or without a holder."""
    alpha = Locker(nfs, version_of(procedure))
    holder = kind(alpha.version, "holder")(True, 1, b"oh", 0, 5)
    for reply in ((x.NLM4_GRANTED,), (x.NLM4_DENIED, holder)):
        result = kind(alpha.version, "testres")(b"c", kind(alpha.version, "testrply")(*reply))
        assert alpha.call(procedure[5:], result) == ""
