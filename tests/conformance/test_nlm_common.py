"""What all procedures of NLM have in common: pings, bad handles, bounds, hosts, patience."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nlm as x
from tests.conformance.catalogue import common
from tests.conformance.client import NOBODY, RpcFailed, Session
from tests.conformance.live import Live
from tests.conformance.locker import (
    Locker,
    every,
    in_process,
    narrow,
    version_of,
    wide,
)

XNFS = "XNFS, NLM"
WITH_HANDLE = ("TEST", "LOCK", "CANCEL", "UNLOCK", "SHARE", "UNSHARE", "NM_LOCK")
PUT_OFF = tuple(name for name in WITH_HANDLE if name != "CANCEL")
WITH_RANGE = ("TEST", "LOCK", "CANCEL", "UNLOCK", "NM_LOCK")
HANDLES = (b"", b"short", bytes(32), b"\xff" * 32, b"long" * 16)


@pytest.fixture(autouse=True)
def _served(nfs: Session) -> None:
    """Skip if a live server has no lock manager here."""
    if isinstance(nfs.exchange, Live):
        try:
            nfs.raw(0, b"", program=x.NLM_PROG, version=4)
        except RpcFailed:
            pytest.skip("this server has no lock manager at this port")


@common(1, "6.2.0", every("NULL"))
def test_null(nfs: Session, procedure: str) -> None:
    """A ping is answered, also without a credential."""
    for session in (nfs, nfs.as_user(NOBODY)):
        assert session.raw(0, b"", program=x.NLM_PROG, version=version_of(procedure)) == b""


@common(2, "RFC 5531, 9", every("NULL"))
def test_unknown_procedures(nfs: Session, procedure: str) -> None:
    """What a version does not have is PROC_UNAVAIL; 16 is for statd and lockd of one machine."""
    version = version_of(procedure)
    for number in (16, 19, 24, 1000, *((20, 23) if version == 1 else ())):
        with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
            nfs.raw(number, b"", program=x.NLM_PROG, version=version)


@common(3, "RFC 5531, 9", every("NULL"))
def test_other_versions(nfs: Session, procedure: str) -> None:
    """Versions 2 and 5 are refused with the lowest and the highest that there are."""
    for version in (0, 2, 5):
        with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
            nfs.raw(0, b"", program=x.NLM_PROG, version=version)
        assert raised.value.low <= version_of(procedure) <= raised.value.high


@common(80, "6.3.2", wide(*WITH_HANDLE), "STALE_FH")
def test_handles_that_are_not_ours(nfs: Session, procedure: str) -> None:
    """A handle that is forged, malformed or empty is told as stale."""
    alpha = Locker(nfs, version_of(procedure))
    for handle in HANDLES:
        assert alpha.ask(procedure[5:], handle) == "STALE_FH"


@common(80, XNFS, narrow(*WITH_HANDLE), "DENIED_NOLOCKS")
def test_handles_that_are_not_ours_of_old(nfs: Session, procedure: str) -> None:
    """The older versions have no word for it."""
    alpha = Locker(nfs, version_of(procedure))
    for handle in HANDLES:
        assert alpha.ask(procedure[5:], handle) == "DENIED_NOLOCKS"


@common(81, XNFS, every(*WITH_HANDLE), "DENIED_NOLOCKS")
def test_bounds(nfs: Session, procedure: str) -> None:
    """A client must have a name, and names, owner handles and cookies are bounded."""
    name = procedure[5:]
    file = nfs.file()
    for changed in (
        {"name": b""},
        {"name": b"n" * 256},
        {"name": b"n" * 1024},
        {"oh": b"o" * 257},
        {"oh": b"o" * 1024},
        {"cookie": b"c" * 257},
        {"cookie": b"c" * 1024},
    ):
        alpha = Locker(nfs, version_of(procedure))
        for attribute, value in changed.items():
            setattr(alpha, attribute, value)
        assert alpha.ask(name, file) == "DENIED_NOLOCKS"


@common(82, XNFS, every(*WITH_HANDLE))
def test_at_the_bounds(nfs: Session, procedure: str) -> None:
    """What is just not too long is served, and handed back whole; so is what is empty."""
    file = nfs.file()
    for oh, cookie in ((b"o" * 256, b"c" * 256), (b"", b"")):
        alpha = Locker(nfs, version_of(procedure), b"n" * 255, oh=oh)
        alpha.cookie = cookie
        assert alpha.ask(procedure[5:], file) in ("GRANTED", "DENIED")
        assert alpha.unlock(file) == "GRANTED"
        if alpha.version > 1:
            assert alpha.unshare(file) == "GRANTED"


@common(83, "6.1.4", wide(*WITH_HANDLE), "FAILED", in_process=True)
def test_other_host(nfs: Session, procedure: str) -> None:
    """A host that an export is not for can do nothing with its handles."""
    alpha = Locker(nfs, version_of(procedure))
    assert alpha.ask(procedure[5:], in_process(nfs).export("private")) == "FAILED"


@common(83, XNFS, narrow(*WITH_HANDLE), "DENIED_NOLOCKS", in_process=True)
def test_other_host_of_old(nfs: Session, procedure: str) -> None:
    """A host that an export is not for can do nothing with its handles."""
    alpha = Locker(nfs, version_of(procedure))
    assert alpha.ask(procedure[5:], in_process(nfs).export("private")) == "DENIED_NOLOCKS"


@common(84, XNFS, every(*PUT_OFF), "DENIED_GRACE_PERIOD", in_process=True)
def test_not_now(nfs: Session, procedure: str) -> None:
    """While there is no quorum a call is held, and then told to come again later."""
    name = procedure[5:]
    server = in_process(nfs)
    alpha = Locker(nfs, version_of(procedure))
    file = nfs.file()
    method = "lock" if name == "NM_LOCK" else name.lower()
    began_s = server.time.seconds()
    with server.fault(method, FsCode.TRY_LATER, times=1000):
        assert alpha.ask(name, file) == "DENIED_GRACE_PERIOD"
    assert 10 <= server.time.seconds() - began_s < 15
    with server.fault(method, FsCode.TRY_LATER, times=3):
        assert alpha.ask(name, file) in ("GRANTED", "DENIED")


@common(84, XNFS, every("CANCEL"), "GRANTED", in_process=True)
def test_cancel_is_never_put_off(nfs: Session, procedure: str) -> None:
    """CANCEL is held until it is done: clients take "later" for "done"."""
    server = in_process(nfs)
    server.managers.calls.clear()
    alpha = Locker(nfs, version_of(procedure))
    beta = Locker(nfs, alpha.version, b"beta", 2)
    file = nfs.file()
    assert beta.lock(file) == "GRANTED"
    assert alpha.wait(file) == "BLOCKED"
    with server.fault("cancel", FsCode.TRY_LATER, times=35):
        assert alpha.cancel(file) == "GRANTED"
    assert beta.unlock(file) == "GRANTED"
    assert alpha.granted() == []


@common(85, XNFS, every(*WITH_HANDLE), in_process=True)
def test_undecided(nfs: Session, procedure: str) -> None:
    """What may have taken effect is held until that is known, however long it takes."""
    name = procedure[5:]
    server = in_process(nfs)
    alpha = Locker(nfs, version_of(procedure))
    file = nfs.file()
    method = "lock" if name == "NM_LOCK" else name.lower()
    with server.fault(method, FsCode.UNDECIDED, times=25):
        assert alpha.ask(name, file) in ("GRANTED", "DENIED")


@common(86, "RFC 5531, 9", every(*WITH_HANDLE))
def test_undecodable_arguments(nfs: Session, procedure: str) -> None:
    """Arguments that are cut, or have a tail, are GARBAGE_ARGS and nothing else."""
    name = procedure[5:]
    alpha = Locker(nfs, version_of(procedure))
    xid, record = alpha.record(name, alpha.arguments(name, nfs.file()))
    for spoilt in (record[:-4], record[:-20], record + bytes(4)):
        with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
            alpha.send(name, xid, spoilt)


@common(87, "6.3.1", wide("TEST", "CANCEL", "UNLOCK"), "FBIG")
def test_ranges_that_overflow(nfs: Session, procedure: str) -> None:
    """A range that would end beyond 2^64 is too big for everybody."""
    alpha = Locker(nfs)
    assert alpha.ask(procedure[5:], nfs.file(), (1 << 64) - 1, 2) == "FBIG"


@common(87, XNFS, narrow("TEST", "CANCEL", "UNLOCK"), "DENIED_NOLOCKS")
def test_ranges_that_overflow_of_old(nfs: Session, procedure: str) -> None:
    """A range that would end beyond 2^32 is no range of versions 1 and 3."""
    alpha = Locker(nfs, version_of(procedure))
    assert alpha.ask(procedure[5:], nfs.file(), (1 << 32) - 1, 2) == "DENIED_NOLOCKS"


@common(88, XNFS, every(*WITH_HANDLE), in_process=True)
def test_defect(nfs: Session, procedure: str) -> None:
    """A bug of ours is told as a failure of the procedure, and leaves no trace."""
    name = procedure[5:]
    server = in_process(nfs)
    alpha = Locker(nfs, version_of(procedure))
    alpha.cookie = b""
    method = "lock" if name == "NM_LOCK" else name.lower()
    with server.fault(method, RuntimeError("a bug")):
        answer = alpha.ask(name, nfs.file())
    assert answer == ("FAILED" if alpha.version == 4 else "DENIED_NOLOCKS")


@common(89, "6.1.3", every(*WITH_HANDLE), in_process=True)
def test_udp(nfs: Session, procedure: str) -> None:
    """Everything is served over UDP as well, to IPv4 and to IPv6."""
    file = nfs.file()
    for address in ("192.0.2.30", "2001:db8::30"):
        version = version_of(procedure)
        alpha = Locker(nfs, version, b"udp", address=address, transport="udp")
        assert alpha.ask(procedure[5:], file) in ("GRANTED", "DENIED")
        assert alpha.unlock(file) == "GRANTED"
        if version > 1:
            alpha.free_all()
