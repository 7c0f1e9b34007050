"""LOCK and NM_LOCK: who gets a lock and who does not."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode
from tests.conformance.catalogue import common
from tests.conformance.client import ALICE, BOB, NOBODY, Session, ok
from tests.conformance.locker import (
    Locker,
    every,
    in_process,
    narrow,
    read_only_file,
    version_of,
    wide,
)
from tests.support.nlm import kind

XNFS = "XNFS, NLM"
BOTH = ("LOCK", "NM_LOCK")
TOP = (1 << 64) - 1
TOP32 = (1 << 32) - 1


def two(nfs: Session, procedure: str) -> tuple[str, Locker, Locker]:
    """Return the procedure's own name, and two clients."""
    version = version_of(procedure)
    return procedure[5:], Locker(nfs, version), Locker(nfs, version, b"beta", 2)


@common(1, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_exclusive(nfs: Session, procedure: str) -> None:
    """An exclusive lock keeps everybody else out, who wants it exclusive or shared."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, 10, 10) == "GRANTED"
    assert beta.ask(name, file, 10, 10) == "DENIED"
    assert beta.ask(name, file, 10, 10, exclusive=False) == "DENIED"
    assert alpha.unlock(file, 10, 10) == "GRANTED"
    assert beta.ask(name, file, 10, 10) == "GRANTED"


@common(2, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_shared(nfs: Session, procedure: str) -> None:
    """Any number may share a range, and meanwhile nobody has it alone."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, exclusive=False) == "GRANTED"
    assert beta.ask(name, file, exclusive=False) == "GRANTED"
    assert beta.ask(name, file) == "DENIED"
    assert alpha.unlock(file) == "GRANTED"
    assert beta.ask(name, file) == "GRANTED"


@common(3, XNFS, every(*BOTH), "GRANTED")
def test_resent_with_a_new_xid(nfs: Session, procedure: str) -> None:
    """An owner that asks again is granted again, and one UNLOCK frees it all."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    for _ in range(3):
        assert alpha.ask(name, file, 5, 5) == "GRANTED"
    assert alpha.unlock(file, 5, 5) == "GRANTED"
    assert beta.ask(name, file, 5, 5) == "GRANTED"


@common(4, "RFC 5531, 9", every(*BOTH), "GRANTED", "DENIED")
def test_resent_with_the_same_xid(nfs: Session, procedure: str) -> None:
    """A resent call gets its first answer, whatever has happened since, and changes nothing."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    granted = alpha.record(name, alpha.arguments(name, file))
    assert alpha.send(name, *granted) == "GRANTED"
    denied = beta.record(name, beta.arguments(name, file))
    assert beta.send(name, *denied) == "DENIED"
    assert alpha.unlock(file) == "GRANTED"
    assert alpha.send(name, *granted) == "GRANTED"
    assert beta.send(name, *denied) == "DENIED"
    assert beta.ask(name, file) == "GRANTED"


@common(5, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_upgrade_and_downgrade(nfs: Session, procedure: str) -> None:
    """An owner's new lock replaces its old one; where that cannot be, the old one stays."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, exclusive=False) == "GRANTED"
    assert beta.ask(name, file, exclusive=False) == "GRANTED"
    assert alpha.ask(name, file) == "DENIED"
    assert beta.ask(name, file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"
    assert alpha.ask(name, file) == "GRANTED"
    assert beta.ask(name, file, exclusive=False) == "DENIED"
    assert alpha.ask(name, file, exclusive=False) == "GRANTED"
    assert beta.ask(name, file, exclusive=False) == "GRANTED"


@common(6, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_ranges_that_touch(nfs: Session, procedure: str) -> None:
    """Ranges side by side are not in each other's way; one common byte is."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, 10, 10) == "GRANTED"
    assert beta.ask(name, file, 0, 10) == "GRANTED"
    assert beta.ask(name, file, 20, 10) == "GRANTED"
    assert beta.ask(name, file, 0, 11) == "DENIED"
    assert beta.ask(name, file, 19, 1) == "DENIED"
    assert beta.ask(name, file, 0, 100) == "DENIED"


@common(7, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_to_the_end(nfs: Session, procedure: str) -> None:
    """Length 0 is to the end of the file however long it gets."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    top = TOP if alpha.version == 4 else TOP32
    assert alpha.ask(name, file, 100, 0) == "GRANTED"
    assert beta.ask(name, file, 0, 100) == "GRANTED"
    assert beta.ask(name, file, 100, 1) == "DENIED"
    assert beta.ask(name, file, top, 1) == "DENIED"
    assert beta.ask(name, file, top, 0) == "DENIED"


@common(8, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_processes_of_one_client(nfs: Session, procedure: str) -> None:
    """Processes of one machine exclude each other, whatever their ``oh``."""
    name = procedure[5:]
    first = Locker(nfs, version_of(procedure), svid=1, oh=b"same")
    second = Locker(nfs, version_of(procedure), svid=0xFFFFFFFF, oh=b"same")
    file = nfs.file()
    assert first.ask(name, file) == "GRANTED"
    assert second.ask(name, file) == "DENIED"
    first.oh = b"another"
    assert first.ask(name, file) == "GRANTED"


@common(21, XNFS, every(*BOTH), "GRANTED", "DENIED", in_process=True)
def test_two_addresses_of_the_server(nfs: Session, procedure: str) -> None:
    """Equal numbers at two addresses of the server are two processes, at one address they are one.

    Linux numbers its processes anew for each address.  Transport and version make no difference.
    """
    name, version = procedure[5:], version_of(procedure)
    file = nfs.file()
    in_process(nfs).managers.calls.clear()
    one = Locker(nfs, version)
    same = Locker(nfs, version, transport="udp")
    other = Locker(nfs, version, server_address="192.0.2.2")
    assert one.ask(name, file, 5, 5) == "GRANTED"
    assert same.ask(name, file, 5, 5) == "GRANTED"
    assert Locker(nfs, 4).lock(file, 5, 5) == "GRANTED"
    assert other.ask(name, file, 5, 5) == "DENIED"
    assert other.test(file, 5, 5) == "DENIED"
    holder = kind(version, "holder")(True, one.svid, one.oh, 5, 5)
    assert other.result.test_stat.holder == holder
    assert other.unlock(file) == "GRANTED"
    assert other.wait(file, 5, 5) == "BLOCKED"
    assert same.unlock(file) == "GRANTED"
    (called,) = other.granted()
    assert called.host.local_address == "192.0.2.2"
    assert one.ask(name, file, 5, 5) == "DENIED"


@common(9, XNFS, every(*BOTH), "GRANTED", "DENIED", in_process=True)
def test_two_machines_of_one_name(nfs: Session, procedure: str) -> None:
    """Machines with one name are told apart by their addresses."""
    name = procedure[5:]
    here = Locker(nfs, version_of(procedure), b"localhost", 1)
    there = Locker(nfs, version_of(procedure), b"localhost", 1, address="192.0.2.8")
    file = nfs.file()
    assert here.ask(name, file) == "GRANTED"
    assert there.ask(name, file) == "DENIED"
    assert there.unlock(file) == "GRANTED"
    assert there.ask(name, file) == "DENIED"


@common(10, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_two_names_at_one_address(nfs: Session, procedure: str) -> None:
    """Machines behind one address are told apart by their names."""
    name = procedure[5:]
    first = Locker(nfs, version_of(procedure), b"alpha", 1)
    second = Locker(nfs, version_of(procedure), b"alpha.example", 1)
    file = nfs.file()
    assert first.ask(name, file) == "GRANTED"
    assert second.ask(name, file) == "DENIED"


@common(11, "6.1.4", wide(*BOTH), "ROFS", "GRANTED", in_process=True)
def test_read_only_export(nfs: Session, procedure: str) -> None:
    """An exclusive lock is for writing; in a read-only export there are only shared ones."""
    name, alpha, _ = two(nfs, procedure)
    file = read_only_file(nfs)
    assert alpha.ask(name, file) == "ROFS"
    assert alpha.ask(name, file, exclusive=False) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"


@common(11, XNFS, narrow(*BOTH), "DENIED_NOLOCKS", "GRANTED", in_process=True)
def test_read_only_export_of_old(nfs: Session, procedure: str) -> None:
    """The older versions have no word for a read-only export."""
    name, alpha, _ = two(nfs, procedure)
    file = read_only_file(nfs)
    assert alpha.ask(name, file) == "DENIED_NOLOCKS"
    assert alpha.ask(name, file, exclusive=False) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"


@common(12, "6.1.4", wide(*BOTH), "STALE_FH")
def test_file_that_is_gone(nfs: Session, procedure: str) -> None:
    """Nobody can lock a file that was removed."""
    name, alpha, _ = two(nfs, procedure)
    assert alpha.ask(name, nfs.gone()) == "STALE_FH"


@common(12, XNFS, narrow(*BOTH), "DENIED_NOLOCKS")
def test_file_that_is_gone_of_old(nfs: Session, procedure: str) -> None:
    """The older versions cannot say that a file was removed."""
    name, alpha, _ = two(nfs, procedure)
    assert alpha.ask(name, nfs.gone()) == "DENIED_NOLOCKS"


@common(13, "6.1.4", wide(*BOTH), "FAILED")
def test_directory(nfs: Session, procedure: str) -> None:
    """Only regular files are locked."""
    name, alpha, _ = two(nfs, procedure)
    assert alpha.ask(name, nfs.directory()) == "FAILED"


@common(13, XNFS, narrow(*BOTH), "DENIED_NOLOCKS")
def test_directory_of_old(nfs: Session, procedure: str) -> None:
    """Only regular files are locked."""
    name, alpha, _ = two(nfs, procedure)
    assert alpha.ask(name, nfs.directory()) == "DENIED_NOLOCKS"


@common(14, "6.1.1", every(*BOTH), "GRANTED")
def test_permission(nfs: Session, procedure: str) -> None:
    """A user locks what he may read or write; a lock manager's own calls are not checked."""
    name = procedure[5:]
    version = version_of(procedure)
    file = nfs.file(mode=0o600, uid=ALICE.uid, gid=ALICE.gid)
    readable = nfs.file(b"readable", mode=0o644, uid=ALICE.uid, gid=ALICE.gid)
    refused = "FAILED" if version == 4 else "DENIED_NOLOCKS"
    assert Locker(nfs, version, b"bob", user=BOB).ask(name, file) == refused
    assert Locker(nfs, version, b"bob", user=BOB).ask(name, readable) == "GRANTED"
    for number, user in enumerate((ALICE, NOBODY)):
        locker = Locker(nfs, version, b"alice", number, user=user)
        assert locker.ask(name, file) == "GRANTED"
        assert locker.unlock(file) == "GRANTED"


@common(15, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_owner_of_a_file_without_permissions(nfs: Session, procedure: str) -> None:
    """The owner opened the file before it took all permissions away, and may go on locking."""
    name, _, beta = two(nfs, procedure)
    file = nfs.file(uid=ALICE.uid)
    ok(nfs.setattr(file, mode=0))
    alice = Locker(nfs, version_of(procedure), b"alice", user=ALICE)
    assert alice.ask(name, file) == "GRANTED"
    assert beta.ask(name, file) == "DENIED"


@common(16, "6.3.1", wide(*BOTH), "GRANTED", "FBIG")
def test_end_of_the_numbers(nfs: Session, procedure: str) -> None:
    """A range may end with the last of 2^64 bytes, and not beyond."""
    name, alpha, _ = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, TOP, 1) == "GRANTED"
    assert alpha.ask(name, file, 1, TOP) == "GRANTED"
    assert alpha.ask(name, file, TOP, 2) == "FBIG"
    assert alpha.ask(name, file, 2, TOP) == "FBIG"


@common(16, XNFS, narrow(*BOTH), "GRANTED", "DENIED_NOLOCKS")
def test_end_of_the_numbers_of_old(nfs: Session, procedure: str) -> None:
    """A range may end with the last of 2^32 bytes, and not beyond."""
    name, alpha, _ = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, TOP32, 1) == "GRANTED"
    assert alpha.ask(name, file, TOP32, 2) == "DENIED_NOLOCKS"


@common(17, "6.1.4", wide("LOCK", "NM_LOCK"), "DEADLCK", "BLOCKED", "GRANTED")
def test_deadlock(nfs: Session, procedure: str) -> None:
    """Who would wait for somebody who waits for him is told so at once."""
    name, alpha, beta = two(nfs, procedure)
    file, other = nfs.file(), nfs.file(b"other")
    assert alpha.ask(name, file) == "GRANTED"
    assert beta.ask(name, other) == "GRANTED"
    assert alpha.ask(name, other, block=True) == "BLOCKED"
    assert beta.ask(name, file, block=True) == "DEADLCK"
    assert alpha.cancel(other) == "GRANTED"


@common(17, XNFS, narrow("LOCK", "NM_LOCK"), "DENIED", "BLOCKED", "GRANTED")
def test_deadlock_of_old(nfs: Session, procedure: str) -> None:
    """The older versions deny a lock that would be a deadlock."""
    name, alpha, beta = two(nfs, procedure)
    file, other = nfs.file(), nfs.file(b"other")
    assert alpha.ask(name, file) == "GRANTED"
    assert beta.ask(name, other) == "GRANTED"
    assert alpha.ask(name, other, block=True) == "BLOCKED"
    assert beta.ask(name, file, block=True) == "DENIED"
    assert alpha.cancel(other) == "GRANTED"


@common(18, XNFS, every(*BOTH), "GRANTED", "DENIED")
def test_reclaim(nfs: Session, procedure: str) -> None:
    """No state was lost: a reclaim is granted if it is free or held already, and never waits."""
    name, alpha, beta = two(nfs, procedure)
    file = nfs.file()
    assert alpha.ask(name, file, reclaim=True) == "GRANTED"
    assert alpha.ask(name, file, reclaim=True) == "GRANTED"
    assert beta.ask(name, file, reclaim=True, block=True) == "DENIED"


@common(19, XNFS, every(*BOTH), "GRANTED", in_process=True)
def test_reclaim_is_held(nfs: Session, procedure: str) -> None:
    """A reclaim waits for a quorum for longer than any other call, and is then granted."""
    name, alpha, _ = two(nfs, procedure)
    file = nfs.file()
    with in_process(nfs).fault("lock", FsCode.TRY_LATER, times=30):
        assert alpha.ask(name, file, reclaim=True) == "GRANTED"


@common(20, XNFS, every(*BOTH), "GRANTED", in_process=True)
def test_unprivileged_port(nfs: Session, procedure: str) -> None:
    """Lock managers may call from any port, also of an export that is ``secure``."""
    name, alpha, _ = two(nfs, procedure)
    alpha.port = 40_000
    assert alpha.ask(name, nfs.file()) == "GRANTED"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.in_process
def test_addresses_and_transports(nfs: Session, transport: str) -> None:
    """A client of IPv6 and one of IPv4 exclude each other, over whatever they come."""
    six = Locker(nfs, name=b"six", address="2001:db8::7", transport=transport)
    four = Locker(nfs, name=b"four", transport="udp")
    file = nfs.file()
    assert six.lock(file) == "GRANTED"
    assert four.lock(file) == "DENIED"
