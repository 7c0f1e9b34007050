"""UNLOCK and TEST: what is freed, and who is said to have the rest."""

from __future__ import annotations

from tests.conformance.catalogue import common
from tests.conformance.client import NOBODY, Session
from tests.conformance.locker import Locker, every, in_process, narrow, version_of, wide
from tests.support.nlm import kind

XNFS = "XNFS, NLM"
TOP32 = (1 << 32) - 1


def two(nfs: Session, procedure: str) -> tuple[Locker, Locker]:
    """Return two clients."""
    version = version_of(procedure)
    return Locker(nfs, version), Locker(nfs, version, b"beta", 2)


@common(1, XNFS, every("UNLOCK"), "GRANTED")
def test_split(nfs: Session, procedure: str) -> None:
    """UNLOCK in the middle of a lock leaves both its ends."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 0, 100) == "GRANTED"
    assert alpha.unlock(file, 40, 20) == "GRANTED"
    assert beta.lock(file, 40, 20) == "GRANTED"
    assert beta.lock(file, 39, 1) == "DENIED"
    assert beta.lock(file, 60, 1) == "DENIED"
    assert alpha.unlock(file, 0, 40) == "GRANTED"
    assert beta.lock(file, 0, 40) == "GRANTED"
    assert beta.lock(file, 60, 40) == "DENIED"


@common(2, XNFS, every("UNLOCK"), "GRANTED")
def test_merged(nfs: Session, procedure: str) -> None:
    """Locks side by side are one, and one UNLOCK frees what many calls have locked."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    for start in (0, 20, 10, 5, 40):
        assert alpha.lock(file, start, 10) == "GRANTED"
    assert beta.lock(file, 29, 1) == "DENIED"
    assert beta.lock(file, 30, 10) == "GRANTED"
    assert beta.unlock(file, 30, 10) == "GRANTED"
    assert alpha.unlock(file, 0, 50) == "GRANTED"
    assert beta.lock(file, 0, 50) == "GRANTED"


@common(3, XNFS, every("UNLOCK"), "GRANTED")
def test_to_the_end(nfs: Session, procedure: str) -> None:
    """UNLOCK of length 0 frees everything from there on, and shortens what begins before."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 0, 0) == "GRANTED"
    assert alpha.unlock(file, 50, 0) == "GRANTED"
    assert beta.lock(file, 50, 0) == "GRANTED"
    assert beta.lock(file, 49, 1) == "DENIED"
    assert alpha.unlock(file, 0, 0) == "GRANTED"
    assert beta.lock(file, 0, 0) == "GRANTED"


@common(4, XNFS, every("UNLOCK"), "GRANTED")
def test_nothing_to_unlock(nfs: Session, procedure: str) -> None:
    """UNLOCK of what is not locked succeeds: it may be the second one."""
    alpha, _ = two(nfs, procedure)
    file = nfs.file()
    assert alpha.unlock(file, 5, 10) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"


@common(5, XNFS, every("UNLOCK"), "GRANTED")
def test_somebody_else(nfs: Session, procedure: str) -> None:
    """UNLOCK by anybody else succeeds and frees nothing."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    others = [beta, Locker(nfs, alpha.version, svid=9), Locker(nfs, alpha.version, b"ALPHA")]
    for other in others:
        assert other.unlock(file) == "GRANTED"
        assert other.lock(file) == "DENIED"


@common(6, XNFS, every("UNLOCK"), "GRANTED", in_process=True)
def test_another_address(nfs: Session, procedure: str) -> None:
    """A stranger who knows a client's name and ``svid`` cannot unlock for it."""
    alpha, beta = two(nfs, procedure)
    stranger = Locker(nfs, alpha.version, address="192.0.2.66")
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert stranger.unlock(file) == "GRANTED"
    assert beta.lock(file) == "DENIED"


@common(7, "RFC 5531, 9", every("UNLOCK"), "GRANTED")
def test_resent(nfs: Session, procedure: str) -> None:
    """An UNLOCK that comes again with its xid does not free a lock that came after it."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    call = alpha.record("UNLOCK", alpha.arguments("UNLOCK", file))
    assert alpha.send("UNLOCK", *call) == "GRANTED"
    assert alpha.lock(file) == "GRANTED"
    assert alpha.send("UNLOCK", *call) == "GRANTED"
    assert beta.lock(file) == "DENIED"


@common(8, XNFS, every("UNLOCK"), "GRANTED")
def test_removed_file(nfs: Session, procedure: str) -> None:
    """What a removed file was locked with can be unlocked."""
    alpha, _ = two(nfs, procedure)
    assert alpha.unlock(nfs.gone()) == "GRANTED"


# TEST


@common(1, XNFS, every("TEST"), "GRANTED", "DENIED")
def test_holder(nfs: Session, procedure: str) -> None:
    """TEST names somebody whose lock is in the way, with his range, and locks nothing."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert beta.test(file) == "GRANTED"
    assert alpha.lock(file, 10, 20) == "GRANTED"
    assert beta.test(file, 0, 10) == "GRANTED"
    assert beta.test(file, 15, 1) == "DENIED"
    holder = kind(alpha.version, "holder")
    assert beta.result.test_stat.holder == holder(True, alpha.svid, alpha.oh, 10, 20)
    assert beta.test(file, exclusive=False) == "DENIED"
    assert beta.result.test_stat.holder == holder(True, alpha.svid, alpha.oh, 10, 20)
    assert alpha.lock(file, 0, 10) == "GRANTED"


@common(2, XNFS, every("TEST"), "GRANTED", "DENIED")
def test_shared_holder(nfs: Session, procedure: str) -> None:
    """A shared lock is in the way of an exclusive one only, and nobody is in his own way."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 10, 0, exclusive=False) == "GRANTED"
    assert beta.test(file, exclusive=False) == "GRANTED"
    assert beta.test(file) == "DENIED"
    holder = kind(alpha.version, "holder")
    assert beta.result.test_stat.holder == holder(False, alpha.svid, alpha.oh, 10, 0)
    assert alpha.test(file) == "GRANTED"


@common(3, XNFS, narrow("TEST"), "DENIED")
def test_holder_beyond_32_bits(nfs: Session, procedure: str) -> None:
    """A holder of version 4 is told to an old client as far as 32 bits go."""
    old = Locker(nfs, version_of(procedure), b"beta", 2)
    holder = kind(old.version, "holder")
    new = Locker(nfs)
    for number, (start, length, told) in enumerate(
        (
            (1 << 40, 5, (TOP32, 0)),
            (5, 1 << 40, (5, 0)),
            (5, 0, (5, 0)),
            (TOP32, 1, (TOP32, 0)),
        )
    ):
        file = nfs.file(b"file %d" % number)
        assert new.lock(file, start, length) == "GRANTED"
        assert old.test(file) == "DENIED"
        assert old.result.test_stat.holder == holder(True, new.svid, new.oh, *told)


@common(4, "6.3.1", wide("TEST"), "DENIED")
def test_holder_of_64_bits(nfs: Session, procedure: str) -> None:
    """Version 4 tells all 64 bits."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, (1 << 63) + 5, 1 << 62) == "GRANTED"
    assert beta.test(file) == "DENIED"
    holder = beta.result.test_stat.holder
    assert (holder.l_offset, holder.l_len) == ((1 << 63) + 5, 1 << 62)


@common(5, XNFS, every("TEST"), "DENIED", in_process=True)
def test_offer(nfs: Session, procedure: str) -> None:
    """A lock that is on offer is its owner's for everybody else."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    beta.managers.answers.append(None)
    assert alpha.unlock(file) == "GRANTED"
    assert alpha.test(file) == "DENIED"
    assert alpha.result.test_stat.holder.oh == beta.oh
    assert beta.unlock(file) == "GRANTED"
    in_process(nfs).settle(30)


@common(6, "6.1.1", every("TEST"), "GRANTED")
def test_without_a_credential(nfs: Session, procedure: str) -> None:
    """Old lock managers come with AUTH_NONE, and are served."""
    alpha = Locker(nfs, version_of(procedure), user=NOBODY)
    file = nfs.file(mode=0o600)
    assert alpha.test(file) == "GRANTED"
    assert alpha.lock(file) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"
