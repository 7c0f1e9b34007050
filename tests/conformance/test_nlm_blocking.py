"""Waiting for a lock: BLOCKED, the GRANTED that follows, and CANCEL.

The clients' lock managers are stand-ins in this process, so all of this is for our own server
only, but for what can be seen without a callback.
"""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nlm as x
from tests.conformance.catalogue import common
from tests.conformance.client import Session, ok
from tests.conformance.locker import Locker, every, in_process, sharing, version_of, wide
from tests.support.nlm import kind

XNFS = "XNFS, NLM"


def three(nfs: Session, procedure: str) -> tuple[Locker, Locker, Locker]:
    """Return three clients, whose lock managers have heard nothing yet."""
    version = version_of(procedure)
    managers = in_process(nfs).managers
    managers.calls.clear()
    managers.answers.clear()
    return (
        Locker(nfs, version, b"alpha", 1),
        Locker(nfs, version, b"beta", 2, address="192.0.2.8"),
        Locker(nfs, version, b"gamma", 3, address="192.0.2.9"),
    )


@common(30, XNFS, every("LOCK"), "BLOCKED", "GRANTED", "DENIED", in_process=True)
def test_granted_follows(nfs: Session, procedure: str) -> None:
    """Who waits is called as soon as the lock is free, with the very bytes that he sent."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 5, 10) == "GRANTED"
    assert beta.wait(file, 7, 0, exclusive=False) == "BLOCKED"
    assert beta.granted() == []
    assert alpha.unlock(file, 5, 10) == "GRANTED"
    (called,) = beta.granted()
    assert called.host.version == alpha.version
    lock = kind(alpha.version, "lock")(b"beta", file, beta.oh, 2, 7, 0)
    assert called.arguments == kind(alpha.version, "testargs")(beta.cookie, False, lock)
    assert gamma.lock(file) == "DENIED"
    assert alpha.lock(file, 8, 1, exclusive=False) == "GRANTED"
    assert beta.unlock(file, 7, 0) == "GRANTED"
    assert gamma.lock(file, 9, 0) == "GRANTED"


@common(31, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_resent_while_waiting(nfs: Session, procedure: str) -> None:
    """A LOCK that comes again while it waits, with its xid or a new one, waits once."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    call = beta.record("LOCK", beta.arguments("LOCK", file, block=True))
    for _ in range(2):
        assert beta.send("LOCK", *call) == "BLOCKED"
    assert beta.wait(file) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    assert len(beta.granted()) == 1
    assert beta.unlock(file) == "GRANTED"
    assert gamma.lock(file) == "GRANTED"
    assert len(beta.granted()) == 1


@common(32, XNFS, every("LOCK"), "BLOCKED", "GRANTED", "DENIED", in_process=True)
def test_resent_while_offered(nfs: Session, procedure: str) -> None:
    """A client that never hears GRANTED asks again, is granted, and is called no more."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    beta.managers.answers += [None] * 10
    assert alpha.unlock(file) == "GRANTED"
    assert gamma.lock(file) == "DENIED"
    assert beta.wait(file) == "GRANTED"
    calls = len(beta.granted())
    in_process(nfs).settle(120)
    assert len(beta.granted()) == calls
    assert gamma.lock(file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"
    assert gamma.lock(file) == "GRANTED"


@common(33, XNFS, every("LOCK"), "BLOCKED", "GRANTED", "DENIED", in_process=True)
def test_granted_is_repeated(nfs: Session, procedure: str) -> None:
    """GRANTED is called until it is answered; meanwhile nobody else gets the lock."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    beta.managers.answers += [None] * 6
    assert alpha.unlock(file) == "GRANTED"
    in_process(nfs).settle(60)
    assert len(beta.granted()) > 3
    assert gamma.lock(file) == "DENIED"
    in_process(nfs).settle(120)
    assert len(beta.granted()) == 7
    in_process(nfs).settle(120)
    assert len(beta.granted()) == 7
    assert gamma.lock(file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"


@common(34, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_refused_granted(nfs: Session, procedure: str) -> None:
    """A client that does not want the lock any more refuses it, and the next one gets it."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert gamma.wait(file) == "BLOCKED"
    beta.managers.answers.append(x.NLM4_DENIED)
    assert alpha.unlock(file) == "GRANTED"
    assert len(beta.granted()) == 1
    assert len(gamma.granted()) == 1
    assert gamma.unlock(file) == "GRANTED"
    assert alpha.lock(file) == "GRANTED"
    assert len(beta.granted()) == 1


@common(35, XNFS, every("LOCK"), "BLOCKED", "GRANTED", "DENIED", in_process=True)
def test_refused_after_silence(nfs: Session, procedure: str) -> None:
    """A client that took a GRANTED whose answer was lost refuses the next, and keeps the lock."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    beta.managers.answers += [None, *[x.NLM4_DENIED] * 100]
    assert alpha.unlock(file) == "GRANTED"
    in_process(nfs).settle(300)
    assert len(beta.granted()) > 3
    assert gamma.lock(file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"
    assert gamma.lock(file) == "GRANTED"
    in_process(nfs).settle(60)
    beta.managers.answers.clear()


@common(36, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_transport_and_address(nfs: Session, procedure: str) -> None:
    """GRANTED goes the way that LOCK came, over UDP and to IPv6, from the address that it met."""
    alpha, _, _ = three(nfs, procedure)
    version = alpha.version
    waiting = [
        Locker(nfs, version, b"udp", 1, address="192.0.2.20", transport="udp"),
        Locker(nfs, version, b"six", 1, address="2001:db8::20"),
        Locker(nfs, version, b"six", 1, address="2001:db8::21", transport="udp"),
    ]
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    for each in waiting:
        assert each.wait(file, exclusive=False) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    local = in_process(nfs).peer().local_address
    for each in waiting:
        (called,) = each.granted()
        assert called.host == (each.address, version, each.transport, local)
        assert each.unlock(file) == "GRANTED"


@common(37, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_order(nfs: Session, procedure: str) -> None:
    """Who came first is served first, and all who can share are served together."""
    alpha, beta, gamma = three(nfs, procedure)
    delta = Locker(nfs, alpha.version, b"delta", 4, address="192.0.2.10")
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file, exclusive=False) == "BLOCKED"
    assert gamma.wait(file) == "BLOCKED"
    assert delta.wait(file, exclusive=False) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    assert [len(each.granted()) for each in (beta, gamma, delta)] == [1, 0, 1]
    assert beta.unlock(file) == "GRANTED"
    assert delta.unlock(file) == "GRANTED"
    assert len(gamma.granted()) == 1
    assert gamma.unlock(file) == "GRANTED"


@common(38, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_part_that_becomes_free(nfs: Session, procedure: str) -> None:
    """Who waits for a part is served when that part is free, also by a lock made weaker."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 0, 100) == "GRANTED"
    assert beta.wait(file, 40, 20) == "BLOCKED"
    assert gamma.wait(file, 0, 10, exclusive=False) == "BLOCKED"
    assert alpha.unlock(file, 30, 20) == "GRANTED"
    assert beta.granted() == []
    assert alpha.unlock(file, 50, 20) == "GRANTED"
    assert len(beta.granted()) == 1
    assert alpha.lock(file, 0, 30, exclusive=False) == "GRANTED"
    assert len(gamma.granted()) == 1
    for each in (alpha, beta, gamma):
        assert each.unlock(file) == "GRANTED"


@common(39, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_unlock_of_an_offer(nfs: Session, procedure: str) -> None:
    """A client that took the lock may unlock it before we have heard so."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    beta.managers.answers += [None] * 10
    assert alpha.unlock(file) == "GRANTED"
    assert beta.unlock(file) == "GRANTED"
    beta.managers.answers.clear()
    assert gamma.lock(file) == "GRANTED"
    in_process(nfs).settle(120)
    assert len(beta.granted()) == 1


@common(40, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_client_that_moved(nfs: Session, procedure: str) -> None:
    """After a failure the client's port is looked up again."""
    alpha, beta, _ = three(nfs, procedure)
    file = nfs.file()
    managers = beta.managers
    managers.ports[beta.address] = 5001
    managers.open = lambda port: port != 5001
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    in_process(nfs).settle(5)
    assert beta.granted() == []
    managers.ports[beta.address] = 5002
    in_process(nfs).settle(10)
    assert [called.port for called in beta.granted()] == [5002]
    del managers.ports[beta.address]
    managers.open = lambda port: True
    assert beta.unlock(file) == "GRANTED"


@common(41, XNFS, sharing("NM_LOCK"), "BLOCKED", in_process=True)
def test_unmonitored_waiter(nfs: Session, procedure: str) -> None:
    """A lock that NSM does not watch over is waited for in the same way."""
    alpha, beta, _ = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.ask("NM_LOCK", file, block=True) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    assert len(beta.granted()) == 1
    assert beta.unlock(file) == "GRANTED"


@common(42, XNFS, every("LOCK"), "BLOCKED", "GRANTED", in_process=True)
def test_answer_that_cannot_be_noted(nfs: Session, procedure: str) -> None:
    """While there is no quorum a client's answer is kept, and noted later; it is asked once."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    with in_process(nfs).fault("answered", FsCode.TRY_LATER, times=3):
        assert alpha.unlock(file) == "GRANTED"
        in_process(nfs).settle(30)
    assert len(beta.granted()) == 1
    assert gamma.lock(file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"


@common(43, XNFS, every("LOCK"), "BLOCKED", in_process=True)
def test_file_removed_while_waiting(nfs: Session, procedure: str) -> None:
    """The lock of a removed file is given on as any other: the waiter must not hang."""
    alpha, beta, _ = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    ok(nfs.remove(nfs.dir, b"file"))
    assert alpha.unlock(file) == "GRANTED"
    assert len(beta.granted()) == 1
    assert beta.unlock(file) == "GRANTED"


# CANCEL


@common(1, XNFS, every("CANCEL"), "GRANTED")
def test_cancel(nfs: Session, procedure: str) -> None:
    """Who waits no longer is not in the way of anybody."""
    version = version_of(procedure)
    alpha, beta = Locker(nfs, version), Locker(nfs, version, b"beta", 2)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert beta.cancel(file) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"
    assert Locker(nfs, version, b"gamma", 3).lock(file) == "GRANTED"


@common(2, XNFS, every("CANCEL"), "DENIED")
def test_cancel_of_nothing(nfs: Session, procedure: str) -> None:
    """There is nothing to cancel: clients take DENIED for "done" as well."""
    alpha = Locker(nfs, version_of(procedure))
    file = nfs.file()
    assert alpha.cancel(file) == "DENIED"
    assert alpha.lock(file) == "GRANTED"
    assert alpha.cancel(file) == "DENIED"
    assert Locker(nfs, alpha.version, b"beta", 2).lock(file) == "DENIED"


@common(3, XNFS, every("CANCEL"), "DENIED", "GRANTED")
def test_cancel_of_something_else(nfs: Session, procedure: str) -> None:
    """Only the very request is cancelled: its owner, its range, its kind."""
    version = version_of(procedure)
    alpha, beta = Locker(nfs, version), Locker(nfs, version, b"beta", 2)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file, 5, 5) == "BLOCKED"
    assert beta.cancel(file, 5, 6) == "DENIED"
    assert beta.cancel(file, 5, 5, exclusive=False) == "DENIED"
    assert Locker(nfs, version, b"beta", 3).cancel(file, 5, 5) == "DENIED"
    assert alpha.cancel(file, 5, 5) == "DENIED"
    assert beta.cancel(file, 5, 5) == "GRANTED"


@common(4, XNFS, every("CANCEL"), "GRANTED", in_process=True)
def test_cancel_that_crosses_granted(nfs: Session, procedure: str) -> None:
    """CANCEL of a lock that is on offer declines it, and the next one gets it at once."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert gamma.wait(file) == "BLOCKED"
    beta.managers.answers.append(None)
    assert alpha.unlock(file) == "GRANTED"
    assert [len(beta.granted()), len(gamma.granted())] == [1, 0]
    assert beta.cancel(file) == "GRANTED"
    assert len(gamma.granted()) == 1
    in_process(nfs).settle(120)
    assert [len(beta.granted()), len(gamma.granted())] == [1, 1]
    assert gamma.unlock(file) == "GRANTED"


@common(5, XNFS, every("CANCEL"), "DENIED", in_process=True)
def test_granted_that_crosses_cancel(nfs: Session, procedure: str) -> None:
    """CANCEL after GRANTED was taken cancels nothing; the client unlocks what it has."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    assert alpha.unlock(file) == "GRANTED"
    assert len(beta.granted()) == 1
    assert beta.cancel(file) == "DENIED"
    assert gamma.lock(file) == "DENIED"
    assert beta.unlock(file) == "GRANTED"
    assert gamma.lock(file) == "GRANTED"


@common(6, XNFS, every("CANCEL"), "GRANTED", in_process=True)
def test_cancel_keeps_what_was_held(nfs: Session, procedure: str) -> None:
    """Who wanted more than he has, and gives up, keeps what he had."""
    alpha, beta, gamma = three(nfs, procedure)
    file = nfs.file()
    assert alpha.lock(file, 0, 10, exclusive=False) == "GRANTED"
    assert beta.lock(file, 0, 10, exclusive=False) == "GRANTED"
    assert alpha.wait(file, 0, 10) == "BLOCKED"
    alpha.managers.answers.append(None)
    assert beta.unlock(file, 0, 10) == "GRANTED"
    assert alpha.cancel(file, 0, 10) == "GRANTED"
    assert gamma.lock(file, 0, 10) == "DENIED"
    assert gamma.lock(file, 0, 10, exclusive=False) == "GRANTED"
    assert alpha.unlock(file) == "GRANTED"


@common(7, "RFC 5531, 9", every("CANCEL"), "GRANTED", "DENIED")
def test_resent_cancel(nfs: Session, procedure: str) -> None:
    """CANCEL that comes again with its xid gets its first answer."""
    version = version_of(procedure)
    alpha, beta = Locker(nfs, version), Locker(nfs, version, b"beta", 2)
    file = nfs.file()
    assert alpha.lock(file) == "GRANTED"
    assert beta.wait(file) == "BLOCKED"
    call = beta.record("CANCEL", beta.arguments("CANCEL", file, block=True))
    assert beta.send("CANCEL", *call) == "GRANTED"
    assert beta.send("CANCEL", *call) == "GRANTED"
    assert beta.cancel(file) == "DENIED"


# GRANTED as a server


@common(1, XNFS, every("GRANTED"), "DENIED")
def test_granted_to_us(nfs: Session, procedure: str) -> None:
    """We ask nobody for locks, so whoever grants us one is refused."""
    alpha = Locker(nfs, version_of(procedure))
    assert alpha.ask("GRANTED", nfs.file()) == "DENIED"


@common(44, "6.1.4", wide("LOCK"), "BLOCKED", "DEADLCK", in_process=True)
def test_deadlock_of_three(nfs: Session, procedure: str) -> None:
    """A circle of three is found as well, and ends when one of them gives up."""
    lockers = three(nfs, procedure)
    files = [nfs.file(b"file %d" % number) for number in range(3)]
    for locker, file in zip(lockers, files, strict=True):
        assert locker.lock(file) == "GRANTED"
    alpha, beta, gamma = lockers
    assert alpha.wait(files[1]) == "BLOCKED"
    assert beta.wait(files[2]) == "BLOCKED"
    assert gamma.wait(files[0]) == "DEADLCK"
    assert beta.cancel(files[2]) == "GRANTED"
    assert gamma.wait(files[0]) == "BLOCKED"
    for locker, file in zip(lockers, files, strict=True):
        assert locker.unlock(file) == "GRANTED"
    assert [len(locker.granted()) for locker in lockers] == [1, 0, 1]
    assert alpha.unlock(files[1]) == "GRANTED"
    assert gamma.unlock(files[0]) == "GRANTED"
