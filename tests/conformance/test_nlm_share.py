"""SHARE, UNSHARE and FREE_ALL: what personal computers use, versions 3 and 4."""

from __future__ import annotations

from nfsgw.xdr.generated import nlm as x
from tests.conformance.catalogue import common
from tests.conformance.client import BOB, NOBODY, Session, ok
from tests.conformance.locker import (
    Locker,
    in_process,
    narrow,
    read_only_file,
    sharing,
    version_of,
    wide,
)

XNFS = "XNFS, NLM"


def two(nfs: Session, procedure: str) -> tuple[Locker, Locker]:
    """Return two clients."""
    version = version_of(procedure)
    return Locker(nfs, version), Locker(nfs, version, b"beta", 2)


@common(1, XNFS, sharing("SHARE"), "GRANTED", "DENIED")
def test_every_pair(nfs: Session, procedure: str) -> None:
    """A reservation is denied if it takes what another denies, or denies what another takes."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    for access in range(4):
        for mode in range(4):
            assert alpha.share(file, access, mode) == "GRANTED"
            for other_access in range(4):
                for other_mode in range(4):
                    free = not (access & other_mode or other_access & mode)
                    wanted = "GRANTED" if free else "DENIED"
                    assert beta.share(file, other_access, other_mode) == wanted
                    assert beta.result.sequence == 0
                    assert beta.unshare(file) == "GRANTED"


@common(2, XNFS, sharing("SHARE"), "GRANTED", "DENIED")
def test_replaced(nfs: Session, procedure: str) -> None:
    """An owner handle has one reservation on a file: the newest that was granted."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.share(file, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    assert alpha.share(file, x.fsa_R, x.fsm_DW) == "GRANTED"
    assert beta.share(file, x.fsa_R, x.fsm_DN) == "GRANTED"
    assert alpha.share(file, x.fsa_R, x.fsm_DR) == "DENIED"
    assert beta.share(file, x.fsa_W, x.fsm_DN) == "DENIED"
    other = Locker(nfs, alpha.version, oh=b"another program")
    assert other.share(file, x.fsa_W, x.fsm_DN) == "DENIED"


@common(3, XNFS, sharing("SHARE"), "GRANTED", "DENIED")
def test_locks_and_reservations(nfs: Session, procedure: str) -> None:
    """Reservations and locks are not in each other's way; both are of the same clients."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.share(file, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    assert beta.lock(file) == "GRANTED"
    assert alpha.lock(file) == "DENIED"
    assert alpha.unlock(file) == "GRANTED"
    assert beta.share(file, x.fsa_R, x.fsm_DN) == "DENIED"


@common(4, "6.1.4", wide("SHARE"), "ROFS", "GRANTED", in_process=True)
def test_read_only_export(nfs: Session, procedure: str) -> None:
    """Nobody can reserve a file of a read-only export for writing."""
    alpha, _ = two(nfs, procedure)
    file = read_only_file(nfs)
    assert alpha.share(file, x.fsa_W, x.fsm_DN) == "ROFS"
    assert alpha.share(file, x.fsa_RW, x.fsm_DN) == "ROFS"
    assert alpha.share(file, x.fsa_R, x.fsm_DW) == "GRANTED"
    assert alpha.unshare(file) == "GRANTED"


@common(4, XNFS, narrow("SHARE"), "DENIED_NOLOCKS", "GRANTED", in_process=True)
def test_read_only_export_of_old(nfs: Session, procedure: str) -> None:
    """Version 3 has no word for a read-only export."""
    alpha, _ = two(nfs, procedure)
    file = read_only_file(nfs)
    assert alpha.share(file, x.fsa_W, x.fsm_DN) == "DENIED_NOLOCKS"
    assert alpha.share(file, x.fsa_R, x.fsm_DW) == "GRANTED"
    assert alpha.unshare(file) == "GRANTED"


@common(5, "6.1.4", wide("SHARE"), "FAILED", "STALE_FH")
def test_what_cannot_be_reserved(nfs: Session, procedure: str) -> None:
    """Directories, files that are gone, and files that the user may not touch."""
    alpha, _ = two(nfs, procedure)
    assert alpha.share(nfs.directory(), x.fsa_R, x.fsm_DN) == "FAILED"
    assert alpha.share(nfs.gone(), x.fsa_R, x.fsm_DN) == "STALE_FH"
    file = nfs.file(mode=0o600)
    bob = Locker(nfs, alpha.version, b"bob", user=BOB)
    assert bob.share(file, x.fsa_R, x.fsm_DN) == "FAILED"
    bob.user = NOBODY
    assert bob.share(file, x.fsa_R, x.fsm_DN) == "GRANTED"


@common(5, XNFS, narrow("SHARE"), "DENIED_NOLOCKS")
def test_what_cannot_be_reserved_of_old(nfs: Session, procedure: str) -> None:
    """Directories, files that are gone, and files that the user may not touch."""
    alpha, _ = two(nfs, procedure)
    for handle in (nfs.directory(), nfs.gone()):
        assert alpha.share(handle, x.fsa_R, x.fsm_DN) == "DENIED_NOLOCKS"


@common(1, XNFS, sharing("UNSHARE"), "GRANTED")
def test_unshare(nfs: Session, procedure: str) -> None:
    """UNSHARE gives back what the owner handle has, and what others have stays."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.unshare(file) == "GRANTED"
    assert alpha.share(file, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    assert beta.unshare(file) == "GRANTED"
    assert Locker(nfs, alpha.version, oh=b"another program").unshare(file) == "GRANTED"
    assert beta.share(file, x.fsa_R, x.fsm_DN) == "DENIED"
    assert alpha.unshare(file) == "GRANTED"
    assert beta.share(file, x.fsa_R, x.fsm_DN) == "GRANTED"


@common(2, "RFC 5531, 9", sharing("UNSHARE"), "GRANTED")
def test_resent(nfs: Session, procedure: str) -> None:
    """UNSHARE that comes again with its xid takes no later reservation."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.share(file, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    call = alpha.record("UNSHARE", alpha.arguments("UNSHARE", file))
    assert alpha.send("UNSHARE", *call) == "GRANTED"
    assert alpha.share(file, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    assert alpha.send("UNSHARE", *call) == "GRANTED"
    assert beta.share(file, x.fsa_R, x.fsm_DN) == "DENIED"


# FREE_ALL


@common(1, XNFS, sharing("FREE_ALL"))
def test_free_all(nfs: Session, procedure: str) -> None:
    """A client that starts anew frees its locks and reservations, of all its processes."""
    alpha, beta = two(nfs, procedure)
    file, other = nfs.file(), nfs.file(b"other")
    assert alpha.lock(file) == "GRANTED"
    assert Locker(nfs, alpha.version, svid=77).lock(other, 5, 5) == "GRANTED"
    assert alpha.share(other, x.fsa_RW, x.fsm_DRW) == "GRANTED"
    alpha.free_all()
    assert beta.lock(file) == "GRANTED"
    assert beta.lock(other) == "GRANTED"
    assert beta.share(other, x.fsa_R, x.fsm_DN) == "GRANTED"
    alpha.free_all()
    assert alpha.lock(file) == "DENIED"


@common(2, XNFS, sharing("FREE_ALL"))
def test_free_all_by_another_name(nfs: Session, procedure: str) -> None:
    """FREE_ALL frees what is under exactly its name."""
    alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    for name in (b"alph", b"alpha.example", b"ALPHA", b"", b"n" * 1024):
        alpha.free_all(name)
    beta.free_all()
    assert beta.lock(file) == "DENIED"


@common(3, XNFS, sharing("FREE_ALL"), in_process=True)
def test_free_all_from_another_address(nfs: Session, procedure: str) -> None:
    """Nobody frees the locks of a machine but itself, in whichever volume they are."""
    alpha, beta = two(nfs, procedure)
    server = in_process(nfs)
    elsewhere = ok(nfs.create(server.export("other"), b"locked-%d" % alpha.version)).obj
    assert elsewhere is not None
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert alpha.lock(elsewhere) == "GRANTED"
    Locker(nfs, alpha.version, address="192.0.2.66").free_all()
    assert [beta.lock(file), beta.lock(elsewhere)] == ["DENIED", "DENIED"]
    alpha.free_all()
    assert [beta.lock(file), beta.lock(elsewhere)] == ["GRANTED", "GRANTED"]
    assert beta.unlock(elsewhere) == "GRANTED"


@common(4, XNFS, sharing("FREE_ALL"), in_process=True)
def test_free_all_serves_those_who_wait(nfs: Session, procedure: str) -> None:
    """What is freed goes to whoever waits for it, and who is freed waits no more."""
    alpha, _ = two(nfs, procedure)
    beta = Locker(nfs, alpha.version, b"beta", 2, address="192.0.2.8")
    server = in_process(nfs)
    server.managers.calls.clear()
    gamma = Locker(nfs, alpha.version, b"gamma", 3)
    file, other = nfs.file(), nfs.file(b"other")
    assert alpha.lock(file) == "GRANTED"
    assert gamma.lock(other) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert alpha.wait(other) == "BLOCKED"
    alpha.free_all()
    assert len(beta.granted()) == 1
    assert gamma.unlock(other) == "GRANTED"
    assert alpha.granted() == []
    assert beta.unlock(file) == "GRANTED"
