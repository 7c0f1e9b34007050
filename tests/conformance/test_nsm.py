"""The status monitor, in process (X/Open XNFS, "Network Status Monitor Protocol").

A call from the kernel is one from the loopback interface, from a port below 1024.  All calls have
AUTH_NONE, as the kernel's and ``sm-notify``'s have.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nfsgw.rpc.program import Peer
from nfsgw.waiting import Wait
from nfsgw.xdr.generated import sm_inter as s
from tests.conformance.catalogue import case
from tests.conformance.client import NOBODY, RpcFailed, Session, call_record, parse_reply
from tests.conformance.server import SERVER, InProcess
from tests.support.monitoring import KERNEL, LOCAL_ADDRESSES

NLM = 100021
PRIV = bytes(range(100, 116))
CLIENT = Peer("192.0.2.7", 40000, SERVER, 4046, "udp")
WHO = s.my_id(b"gateway", NLM, 3, 16)


class Nsm:
    """Calls of NSM to our server, typed."""

    def __init__(self, server: InProcess) -> None:
        self.server = server

    def call(
        self, procedure: int, arguments: bytes = b"", peer: Peer = KERNEL
    ) -> s.SM_INTERUnpacker:
        """Call a procedure, return its encoded result."""
        xid, record = call_record(s.SM_PROG, s.SM_VERS, procedure, arguments, NOBODY)
        return s.SM_INTERUnpacker(parse_reply(self.server.exchange_from(peer, record), xid))

    def void(self, procedure: int, arguments: bytes = b"", peer: Peer = KERNEL) -> None:
        """Call a procedure without a result."""
        self.call(procedure, arguments, peer).done()

    def stat(self, host: bytes, peer: Peer = KERNEL) -> s.sm_stat_res:
        """Call STAT."""
        packer = s.SM_INTERPacker()
        packer.pack_sm_name(s.sm_name(host))
        return self._result(self.call(s.SM_STAT, packer.get_buffer(), peer))

    def mon(self, host: bytes, who: s.my_id = WHO, peer: Peer = KERNEL) -> s.sm_stat_res:
        """Call MON."""
        packer = s.SM_INTERPacker()
        packer.pack_mon(s.mon(s.mon_id(host, who), PRIV))
        return self._result(self.call(s.SM_MON, packer.get_buffer(), peer))

    def unmon(self, host: bytes, who: s.my_id = WHO, peer: Peer = KERNEL) -> int:
        """Call UNMON."""
        packer = s.SM_INTERPacker()
        packer.pack_mon_id(s.mon_id(host, who))
        return self._number(self.call(s.SM_UNMON, packer.get_buffer(), peer))

    def unmon_all(self, who: s.my_id = WHO, peer: Peer = KERNEL) -> int:
        """Call UNMON_ALL."""
        packer = s.SM_INTERPacker()
        packer.pack_my_id(who)
        return self._number(self.call(s.SM_UNMON_ALL, packer.get_buffer(), peer))

    def notify(self, host: bytes, state: int, peer: Peer = CLIENT) -> None:
        """Call NOTIFY."""
        packer = s.SM_INTERPacker()
        packer.pack_stat_chge(s.stat_chge(host, state))
        self.void(s.SM_NOTIFY, packer.get_buffer(), peer)

    def _result(self, unpacker: s.SM_INTERUnpacker) -> s.sm_stat_res:
        result = unpacker.unpack_sm_stat_res()
        unpacker.done()
        return result

    def _number(self, unpacker: s.SM_INTERUnpacker) -> int:
        result = unpacker.unpack_sm_stat()
        unpacker.done()
        return result.state


@pytest.fixture
def nsm(server: InProcess) -> Iterator[Nsm]:
    """Return calls; nobody is monitored, and nothing was called, when the test begins."""
    calls = Nsm(server)
    server.network.ports["127.0.0.1", NLM, "udp"] = 51201
    yield calls
    calls.unmon_all()
    server.network.ports.clear()
    server.network.calls.clear()
    server.network.rebooted.clear()
    server.network.no_quorum = None
    assert server.nsm.hosts == 0


def heard(nsm: Nsm) -> list[s.status]:
    """Return what the kernel was called with."""
    return [
        s.SM_INTERUnpacker(call.arguments).unpack_status() for call in nsm.server.network.calls
    ]


@case("NSM-01", "XNFS, SM_NULL", in_process=True)
def test_null(nfs: Session, nsm: Nsm) -> None:
    """NULL is answered to anybody: a kernel asks so whether there is a monitor."""
    for peer in (KERNEL, CLIENT):
        nsm.void(s.SM_NULL, b"", peer)


@case("NSM-02", "XNFS, SM_STAT", in_process=True)
def test_stat(nfs: Session, nsm: Nsm) -> None:
    """STAT says that a host could be monitored, and gives the state number, which is odd."""
    answer = nsm.stat(b"server.example")
    assert answer.res_stat == s.STAT_SUCC
    assert answer.state % 2 == 1
    assert nsm.stat(b"").res_stat == s.STAT_FAIL
    assert nsm.stat(b"x" * 256).res_stat == s.STAT_FAIL
    assert nsm.server.nsm.hosts == 0


@case("NSM-03", "XNFS, SM_MON", in_process=True)
def test_mon(nfs: Session, nsm: Nsm) -> None:
    """MON gives the state number; the same again is no second entry."""
    state = nsm.stat(b"server").state
    for _ in range(2):
        assert nsm.mon(b"192.0.2.7") == s.sm_stat_res(s.STAT_SUCC, state)
    assert nsm.server.nsm.hosts == 1


@case("NSM-04", "XNFS, SM_MON", in_process=True)
def test_mon_for_another_program(nfs: Session, nsm: Nsm) -> None:
    """Only the lock manager is called back, so MON for another program is STAT_FAIL."""
    for program in (100003, 100024, 0, -1):
        who = s.my_id(b"gateway", program, 3, 16)
        assert nsm.mon(b"192.0.2.7", who).res_stat == s.STAT_FAIL
    assert nsm.server.nsm.hosts == 0


@case("NSM-05", "XNFS, SM_MON", in_process=True)
def test_kernel_only(nfs: Session, nsm: Nsm) -> None:
    """STAT, MON, UNMON, UNMON_ALL and SIMU_CRASH from elsewhere fail or do nothing."""
    nsm.mon(b"192.0.2.7")
    state = nsm.stat(b"server").state
    unprivileged = Peer("127.0.0.1", 5000, "127.0.0.1", 4046, "tcp")
    for peer in (CLIENT, unprivileged, Peer(SERVER, 700, SERVER, 4046, "udp")):
        assert nsm.stat(b"server", peer).res_stat == s.STAT_FAIL
        assert nsm.mon(b"192.0.2.8", peer=peer).res_stat == s.STAT_FAIL
        assert nsm.unmon(b"192.0.2.7", peer=peer) == state
        assert nsm.unmon_all(peer=peer) == state
        nsm.void(s.SM_SIMU_CRASH, b"", peer)
    assert nsm.server.nsm.hosts == 1
    assert nsm.stat(b"server").state == state


@case("NSM-06", "XNFS, SM_UNMON", in_process=True)
def test_unmon(nfs: Session, nsm: Nsm) -> None:
    """UNMON takes out the one entry with this host and procedure; it is never an error."""
    other = s.my_id(b"gateway", NLM, 4, 16)
    nsm.mon(b"192.0.2.7")
    nsm.mon(b"192.0.2.7", other)
    state = nsm.stat(b"server").state
    assert nsm.unmon(b"192.0.2.99") == state
    assert nsm.unmon(b"192.0.2.7") == state
    assert nsm.unmon(b"192.0.2.7") == state
    assert nsm.server.nsm.hosts == 1
    nsm.unmon(b"192.0.2.7", other)


@case("NSM-07", "XNFS, SM_UNMON_ALL", in_process=True)
def test_unmon_all(nfs: Session, nsm: Nsm) -> None:
    """UNMON_ALL takes out all hosts of one procedure."""
    other = s.my_id(b"gateway", NLM, 4, 16)
    for host in (b"192.0.2.7", b"192.0.2.8"):
        nsm.mon(host)
    nsm.mon(b"192.0.2.7", other)
    assert nsm.unmon_all() == nsm.stat(b"server").state
    assert nsm.server.nsm.hosts == 1
    nsm.unmon_all(other)


@case("NSM-08", "XNFS, SM_SIMU_CRASH", in_process=True)
def test_simu_crash(nfs: Session, nsm: Nsm) -> None:
    """SIMU_CRASH raises the state number by two and tells all hosts that were monitored."""
    nsm.server.network.ports["192.0.2.7", s.SM_PROG, "udp"] = 662
    nsm.mon(b"192.0.2.7")
    state = nsm.stat(b"server").state
    nsm.void(s.SM_SIMU_CRASH)
    assert nsm.stat(b"server").state == state + 2
    (call,) = nsm.server.network.calls
    assert (call.address, call.port, call.procedure) == ("192.0.2.7", 662, s.SM_NOTIFY)
    change = s.SM_INTERUnpacker(call.arguments).unpack_stat_chge()
    assert change == s.stat_chge(b"gateway", state + 2)
    assert nsm.server.nsm.hosts == 0


@case("NSM-09", "XNFS, SM_NOTIFY", in_process=True)
def test_notify(nfs: Session, nsm: Nsm) -> None:
    """NOTIFY from any port speaks for the address that it comes from, whatever name it gives."""
    nsm.notify(b"198.51.100.9", 3)
    assert nsm.server.network.rebooted == [("192.0.2.7", b"198.51.100.9", 3)]


@case("NSM-10", "XNFS, SM_NOTIFY", in_process=True)
def test_notify_reaches_the_kernel(nfs: Session, nsm: Nsm) -> None:
    """The kernel that monitors the host is called with its own name for it and its 16 bytes.

    The same state number again is told only once.
    """
    nsm.mon(b"192.0.2.7")
    nsm.notify(b"server.example", 3)
    nsm.notify(b"server.example", 3)
    nsm.notify(b"server.example", 5)
    assert heard(nsm) == [s.status(b"192.0.2.7", state, PRIV) for state in (3, 5)]
    for call in nsm.server.network.calls:
        assert (call.address, call.port, call.reserved) == ("127.0.0.1", 51201, True)
        assert (call.program, call.version, call.procedure) == (NLM, 3, 16)


@case("NSM-11", "XNFS, SM_NOTIFY", in_process=True)
def test_notify_in_anothers_name(nfs: Session, nsm: Nsm) -> None:
    """Nobody can say that somebody else has rebooted."""
    nsm.mon(b"192.0.2.8")
    nsm.server.network.names["other.example"] = {"192.0.2.8"}
    nsm.mon(b"other.example")
    for name in (b"192.0.2.8", b"other.example", b"other"):
        nsm.notify(name, 3)
    assert heard(nsm) == []
    assert {address for address, *_ in nsm.server.network.rebooted} == {"192.0.2.7"}


@case("NSM-12", "XNFS, SM_NOTIFY", in_process=True)
def test_notify_without_quorum(nfs: Session, nsm: Nsm) -> None:
    """NOTIFY is answered when the locks are free, and not before."""
    network = nsm.server.network
    network.no_quorum = quorum = Wait[None]()
    nsm.server.time.call_later(30, lambda: quorum.resolve(None))
    before_s = nsm.server.time.seconds()
    nsm.notify(b"client", 3)
    assert nsm.server.time.seconds() - before_s >= 30
    assert network.rebooted == [("192.0.2.7", b"client", 3)]


@case("NSM-13", "XNFS, SM_NOTIFY", in_process=True)
def test_machine_that_mounts_from_itself_reboots(nfs: Session, nsm: Nsm) -> None:
    """Whoever monitored an address of this machine was its kernel: its locks are freed here."""
    nsm.mon(b"127.0.0.1")
    nsm.void(s.SM_SIMU_CRASH)
    state = nsm.stat(b"server").state
    assert sorted(nsm.server.network.rebooted) == [
        (address, b"gateway", state) for address in sorted(LOCAL_ADDRESSES)
    ]
    assert nsm.server.network.calls == []


@case("NSM-14", "RFC 5531, 9", in_process=True)
def test_refusals(nfs: Session, nsm: Nsm) -> None:
    """Version 1 is the only one, procedure 6 the last, and a name over 1,024 bytes is garbage."""
    for version in (0, 2):
        with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
            nfs.raw(0, b"", program=s.SM_PROG, version=version)
        assert (raised.value.low, raised.value.high) == (1, 1)
    with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
        nsm.call(7)
    for arguments in (b"", (1025).to_bytes(4, "big") + bytes(1028), bytes(4) + b"tail"):
        for procedure in (s.SM_STAT, s.SM_MON, s.SM_UNMON, s.SM_UNMON_ALL):
            with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
                nsm.call(procedure, arguments)
