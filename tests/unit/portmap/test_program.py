"""The port mapper program, through its tables and codecs."""

from __future__ import annotations

from typing import Any

import pytest

from nfsgw.portmap.program import PortmapPacker, PortmapUnpacker
from nfsgw.portmap.registration import make_entries, portmap_entries
from nfsgw.portmap.registry import Entry
from nfsgw.rpc.client import Remote
from nfsgw.rpc.program import Peer
from nfsgw.waiting import result_of
from nfsgw.xdr.generated import portmap as wire2
from nfsgw.xdr.generated import rpcbind as wire
from tests.unit.portmap.fakes import LOCAL_ROOT, STRANGER, FakeCaller, FakeRpcbind

P, U = PortmapPacker, PortmapUnpacker
VOID = (lambda packer, nothing: None, lambda unpacker: None)
CODECS: dict[tuple[int, int], tuple[Any, Any]] = {
    (2, 0): VOID,
    (2, 1): (P.pack_mapping, U.unpack_bool),
    (2, 2): (P.pack_mapping, U.unpack_bool),
    (2, 3): (P.pack_mapping, U.unpack_uint),
    (2, 4): (VOID[0], U.unpack_pmaplist),
    (4, 0): VOID,
    (4, 1): (P.pack_rpcb, U.unpack_bool),
    (4, 2): (P.pack_rpcb, U.unpack_bool),
    (4, 3): (P.pack_rpcb, U.unpack_rpcb_string),
    (4, 4): (VOID[0], U.unpack_rpcblist_ptr),
    (4, 6): (VOID[0], U.unpack_uint),
    (4, 7): (P.pack_rpcb_string, U.unpack_netbuf),
    (4, 8): (P.pack_netbuf, U.unpack_rpcb_string),
    (4, 9): (P.pack_rpcb, U.unpack_rpcb_string),
    (4, 11): (P.pack_rpcb, U.unpack_rpcb_entry_list_ptr),
    (4, 12): (VOID[0], U.unpack_rpcb_stat_byvers),
}


class Mapper:
    """A port mapper with NFS and its own registrations."""

    def __init__(self) -> None:
        self.rpcbind = FakeRpcbind()
        self.registry = self.rpcbind.registry
        netids = ("tcp", "udp", "tcp6", "udp6")
        for entry in [*make_entries(100003, [3], 2049, netids), *portmap_entries(netids)]:
            self.registry.add(entry)

    def call(
        self, version: int, number: int, arguments: object = None, peer: Peer = LOCAL_ROOT
    ) -> Any:  # noqa: ANN401 - the procedure's own
        """Call a procedure."""
        encode, decode = CODECS[4 if version == 3 else version, number]
        remote = Remote(100000, version, number, P, U, encode, decode)
        return result_of(FakeCaller(self.rpcbind, peer).call(remote, arguments))


def rpcb(
    program: int, version: int, netid: bytes = b"tcp", address: bytes = b"0.0.0.0.3.232"
) -> wire.rpcb:
    """Return an argument of versions 3 and 4."""
    return wire.rpcb(program, version, netid, address, b"me")


def udp(peer: Peer) -> Peer:
    """Return the same caller over UDP."""
    return Peer(peer.address, peer.port, peer.local_address, peer.local_port, "udp", peer.uid)


def test_procedures_of_each_version() -> None:
    """All of RFC 1833 is served but the calls that make others call for the caller."""
    versions = Mapper().rpcbind.program.versions
    assert {version: sorted(rows) for version, rows in versions.items()} == {
        2: [0, 1, 2, 3, 4],
        3: [0, 1, 2, 3, 4, 6, 7, 8],
        4: [0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12],
    }


@pytest.mark.parametrize("version", [2, 3, 4])
def test_ping(version: int) -> None:
    """Every version answers a ping."""
    assert Mapper().call(version, 0, peer=STRANGER) is None


def test_getport() -> None:
    """A client that asks for NFS gets its port; for what is not there, 0."""
    mapper = Mapper()
    for protocol in (6, 17):
        assert mapper.call(2, 3, wire2.mapping(100003, 3, protocol, 0), STRANGER) == 2049
    assert mapper.call(2, 3, wire2.mapping(100099, 1, 6, 0), STRANGER) == 0
    assert mapper.call(2, 3, wire2.mapping(100003, 3, 99, 0), STRANGER) == 0


def test_getport_of_another_version_leads_to_the_program() -> None:
    """A client that wants NFS version 4 is sent to the port that tells it "version 3"."""
    assert Mapper().call(2, 3, wire2.mapping(100003, 4, 6, 0), STRANGER) == 2049


@pytest.mark.parametrize("version", [3, 4])
def test_getaddr_answers_with_the_address_that_was_reached(version: int) -> None:
    """Each client is given the address by which it asked, over the transport by which it did."""
    mapper = Mapper()
    ask = rpcb(100003, 3, b"udp6", b"")
    assert mapper.call(version, 3, ask, STRANGER) == b"192.0.2.1.8.1"
    six = Peer("2001:db8::9", 700, "2001:db8::1", 111, "udp")
    assert mapper.call(version, 3, ask, six) == b"2001:db8::1.8.1"
    assert mapper.call(version, 3, ask) == b"::1.8.1"
    assert mapper.call(version, 3, rpcb(100099, 1), STRANGER) == b""
    assert mapper.call(version, 3, rpcb(100003, 4), STRANGER) == b"192.0.2.1.8.1"


def test_getversaddr_wants_the_version() -> None:
    """GETVERSADDR tells whether just this version is there."""
    mapper = Mapper()
    assert mapper.call(4, 9, rpcb(100003, 3), STRANGER) == b"192.0.2.1.8.1"
    assert mapper.call(4, 9, rpcb(100003, 4), STRANGER) == b""


def test_getaddrlist() -> None:
    """All transports of a program are listed, with what each is."""
    nodes = Mapper().call(4, 11, rpcb(100003, 3), STRANGER)
    entries = [node.rpcb_entry_map for node in nodes]
    assert [(e.r_nc_netid, e.r_maddr, e.r_nc_semantics, e.r_nc_protofmly) for e in entries] == [
        (b"tcp", b"192.0.2.1.8.1", 3, b"inet"),
        (b"udp", b"192.0.2.1.8.1", 1, b"inet"),
        (b"tcp6", b"::1.8.1", 3, b"inet6"),
        (b"udp6", b"::1.8.1", 1, b"inet6"),
    ]


def test_dumps_list_everything_that_they_can() -> None:
    """``rpcinfo`` and ``rpcinfo -p`` show NFS and the port mapper itself."""
    mapper = Mapper()
    old = {
        (n.map.prog, n.map.vers, n.map.prot): n.map.port for n in mapper.call(2, 4, None, STRANGER)
    }
    assert old[100003, 3, 6] == old[100003, 3, 17] == 2049
    assert old[100000, 2, 17] == 111
    new = [node.rpcb_map for node in mapper.call(4, 4, None, STRANGER)]
    assert (100000, 4, b"local", b"/run/rpcbind.sock") in [
        (e.r_prog, e.r_vers, e.r_netid, e.r_addr) for e in new
    ]
    assert {entry.r_owner for entry in new} == {b"nfsgw"}


def test_set_and_unset_from_this_machine() -> None:
    """A program of this machine can register itself, be found, and go."""
    mapper = Mapper()
    assert mapper.call(4, 1, rpcb(400001, 1))
    assert mapper.call(4, 1, rpcb(400001, 1)), "the same again"
    assert not mapper.call(4, 1, rpcb(400001, 1, b"tcp", b"0.0.0.0.3.233")), "another port"
    assert mapper.call(2, 3, wire2.mapping(400001, 1, 6, 0), STRANGER) == 1000
    assert mapper.call(4, 2, rpcb(400001, 1, b"", b""))
    assert not mapper.call(4, 2, rpcb(400001, 1, b"", b""))
    assert mapper.call(2, 3, wire2.mapping(400001, 1, 6, 0), STRANGER) == 0


def test_set_and_unset_by_version_2() -> None:
    """An old program registers by version 2; its UNSET takes both protocols, as ever."""
    mapper = Mapper()
    loopback = Peer("127.0.0.1", 800, "127.0.0.1", 111, "udp")
    for protocol in (6, 17):
        assert mapper.call(2, 1, wire2.mapping(400001, 1, protocol, 1000), loopback)
    assert mapper.call(4, 3, rpcb(400001, 1), STRANGER) == b"192.0.2.1.3.232"
    assert mapper.call(2, 2, wire2.mapping(400001, 1, 6, 0), loopback)
    assert mapper.call(2, 3, wire2.mapping(400001, 1, 17, 0), STRANGER) == 0
    for mapping in (wire2.mapping(400001, 1, 99, 1), wire2.mapping(400001, 1, 6, 70000)):
        assert not mapper.call(2, 1, mapping, loopback)


@pytest.mark.parametrize(
    "peer",
    [
        STRANGER,
        udp(STRANGER),
        Peer("2001:db8::9", 700, "2001:db8::1", 111, "tcp"),
        Peer("192.0.2.1", 700, "192.0.2.1", 111, "tcp"),
        Peer("rubbish", 700, "192.0.2.1", 111, "tcp"),
    ],
)
def test_strangers_change_nothing(peer: Peer) -> None:
    """Nobody can register or take out anything over the network."""
    mapper = Mapper()
    before = mapper.registry.entries()
    assert not mapper.call(4, 1, rpcb(400001, 1), peer)
    assert not mapper.call(2, 1, wire2.mapping(400001, 1, 6, 1000), peer)
    assert not mapper.call(4, 2, rpcb(100003, 3, b"", b""), peer)
    assert not mapper.call(2, 2, wire2.mapping(100003, 3, 6, 0), peer)
    assert mapper.registry.entries() == before


def test_nobody_takes_out_our_services() -> None:
    """Not even root of this machine unregisters NFS by mistake (a stopping kernel NFS would)."""
    mapper = Mapper()
    assert not mapper.call(4, 2, rpcb(100003, 3, b"", b""))
    assert not mapper.call(2, 2, wire2.mapping(100003, 3, 6, 0))
    assert not mapper.call(4, 1, rpcb(100003, 3))
    assert mapper.call(2, 3, wire2.mapping(100003, 3, 6, 0)) == 2049


def test_users_take_out_their_own_only() -> None:
    """A user's program cannot unregister another user's, root's, or one of unknown origin."""
    mapper = Mapper()
    user, other = (Peer("local", 0, "local", 0, "local", uid) for uid in (500, 501))
    high, low = (Peer("127.0.0.1", port, "127.0.0.1", 111, "tcp") for port in (5000, 800))
    mapper.call(4, 1, rpcb(400001, 1), user)
    mapper.call(4, 1, rpcb(400002, 1), high)
    assert [mapper.registry.find(p, 1, "tcp").owner for p in (400001, 400002)] == [  # type: ignore[union-attr]
        "500",
        "unknown",
    ]
    assert not mapper.call(4, 2, rpcb(400001, 1), other)
    assert not mapper.call(4, 2, rpcb(400001, 1), high)
    assert not mapper.call(4, 2, rpcb(400002, 1), user)
    mapper.call(4, 1, rpcb(400001, 1, b"udp"))
    assert not mapper.call(4, 2, rpcb(400001, 1, b"", b""), user), "root's stays, so not all went"
    assert mapper.registry.find(400001, 1, "tcp") is None
    assert not mapper.call(4, 2, rpcb(400001, 1, b"udp"), user)
    mapper.call(4, 1, rpcb(400001, 1), user)
    assert mapper.call(4, 2, rpcb(400001, 1), user)
    assert mapper.call(4, 2, rpcb(400002, 1), low)


@pytest.mark.parametrize(
    ("netid", "address"),
    [
        (b"", b"0.0.0.0.3.232"),
        (b"sctp", b"0.0.0.0.3.232"),
        (b"tcp", b""),
        (b"tcp", b"rubbish"),
        (b"tcp6", b"0.0.0.0.3.232"),
        (b"tcp", b"::.3.232"),
        (b"tcp\xff", b"0.0.0.0.3.232"),
        (b"tcp", b"9" * 5000),
    ],
)
def test_impossible_registration_is_refused(netid: bytes, address: bytes) -> None:
    """A registration that no client could use is refused."""
    assert not Mapper().call(4, 1, rpcb(400001, 1, netid, address))


def test_registrations_are_bounded() -> None:
    """A local program that registers without end is stopped."""
    mapper = Mapper()
    done = [mapper.call(4, 1, rpcb(400000 + number, 1)) for number in range(1100)]
    assert done[0]
    assert not done[-1]
    assert len(mapper.registry.entries()) == 1024


def test_kernel_lock_daemon_of_this_machine_gets_a_shadow() -> None:
    """A machine that mounts from itself keeps our lock manager in place, and we learn its."""
    mapper = Mapper()
    for entry in make_entries(100021, [1, 3, 4], 4045, ["tcp", "udp"]):
        mapper.registry.add(entry)
    assert mapper.call(4, 2, rpcb(100021, 4, b"", b""))
    assert mapper.call(4, 1, rpcb(100021, 4, b"tcp", b"0.0.0.0.200.1"))
    assert mapper.call(2, 3, wire2.mapping(100021, 4, 6, 0), STRANGER) == 4045
    assert mapper.registry.shadow[100021, 4, "tcp"] == "0.0.0.0.200.1"
    assert mapper.call(4, 2, rpcb(100021, 4, b"", b""))
    assert not mapper.registry.shadow
    assert mapper.call(2, 3, wire2.mapping(100021, 4, 17, 0), STRANGER) == 4045


@pytest.mark.parametrize("version", [2, 3, 4])
def test_shadow_in_every_version(version: int) -> None:
    """Kernels register by version 4 or 2: a new address replaces the old, UNSET takes all out."""
    mapper = Mapper()
    for entry in make_entries(100021, [1, 3, 4], 4045, ["tcp", "udp"]):
        mapper.registry.add(entry)
    before = mapper.registry.entries()

    def put(number: int, port: int) -> bool:
        if version == 2:
            arguments = [wire2.mapping(100021, 3, protocol, port) for protocol in (6, 17)]
            return all([mapper.call(2, number, each) for each in arguments])
        address = b"0.0.0.0.200.%d" % (port & 255)
        netids = (b"tcp", b"udp") if number == 1 else (b"",)
        return all([mapper.call(version, number, rpcb(100021, 3, n, address)) for n in netids])

    assert put(2, 0), "the first UNSET, of nothing"
    for port in (51201, 51202):
        assert put(1, port)
        found = {
            key: address.rpartition(".")[2] for key, address in mapper.registry.shadow.items()
        }
        assert found == {(100021, 3, "tcp"): str(port & 255), (100021, 3, "udp"): str(port & 255)}
    assert put(2, 0)
    assert mapper.registry.shadow == {}
    assert mapper.registry.entries() == before


@pytest.mark.parametrize(
    "peer",
    [
        STRANGER,
        udp(STRANGER),
        Peer("local", 0, "local", 0, "local", 1000),
        Peer("127.0.0.1", 5000, "127.0.0.1", 111, "udp"),
    ],
    ids=str,
)
def test_shadow_is_for_root_only(peer: Peer) -> None:
    """Nobody else can have the kernel's callbacks sent to him, or stop them."""
    mapper = Mapper()
    for entry in make_entries(100021, [4], 4045, ["tcp"]):
        mapper.registry.add(entry)
    assert not mapper.call(4, 1, rpcb(100021, 4, b"tcp", b"0.0.0.0.9.9"), peer)
    root = Peer("127.0.0.1", 800, "127.0.0.1", 111, "udp")
    assert mapper.call(4, 1, rpcb(100021, 4, b"tcp", b"0.0.0.0.200.1"), root)
    assert not mapper.call(4, 1, rpcb(100021, 4, b"tcp", b"0.0.0.0.9.9"), peer)
    assert not mapper.call(4, 2, rpcb(100021, 4, b"", b""), peer)
    assert not mapper.call(2, 2, wire2.mapping(100021, 4, 6, 0), peer)
    assert mapper.registry.shadow == {(100021, 4, "tcp"): "0.0.0.0.200.1"}


def test_shadow_is_bounded() -> None:
    """Even root cannot fill the memory with versions that nobody has."""
    mapper = Mapper()
    for entry in make_entries(100021, [4], 4045, ["tcp"]):
        mapper.registry.add(entry)
    done = [mapper.call(4, 1, rpcb(100021, number, b"tcp")) for number in range(1100)]
    assert done.count(True) == len(mapper.registry.shadow) == 1024


def test_without_a_lock_manager_of_ours_the_kernels_is_registered() -> None:
    """As long as we have no lock manager, the local kernel's is registered as usual."""
    mapper = Mapper()
    assert mapper.call(4, 1, rpcb(100021, 4, b"tcp", b"0.0.0.0.200.1"))
    assert mapper.call(2, 3, wire2.mapping(100021, 4, 6, 0), STRANGER) == 51201


def test_time_and_address_conversion() -> None:
    """GETTIME is the wall time; addresses convert there and back, rubbish to nothing."""
    mapper = Mapper()
    assert mapper.call(4, 6, None, STRANGER) == 1000
    buffer = mapper.call(3, 7, b"192.0.2.1.8.1")
    assert mapper.call(3, 8, buffer) == b"192.0.2.1.8.1"
    assert mapper.call(3, 7, b"rubbish") == wire.netbuf(0, b"")
    assert mapper.call(3, 8, wire.netbuf(3, b"abc")) == b""


def test_statistics_count() -> None:
    """``rpcinfo -m`` shows what was asked, and what was found."""
    mapper = Mapper()
    mapper.call(2, 3, wire2.mapping(100003, 3, 6, 0), STRANGER)
    mapper.call(2, 3, wire2.mapping(100099, 3, 6, 0), STRANGER)
    mapper.call(4, 1, rpcb(400001, 1))
    version_2, _, version_4 = mapper.call(4, 12)
    assert version_2.info[3] == 2
    assert [(one.prog, one.success, one.failure) for one in version_2.addrinfo] == [
        (100003, 1, 0),
        (100099, 0, 1),
    ]
    assert [one.addrinfo for one in mapper.call(4, 12, None, udp(STRANGER))] == [[], [], []]
    assert (version_4.setinfo, version_4.info[1], version_4.info[12]) == (1, 1, 1)


def test_lists_over_udp_are_cut() -> None:
    """A forged datagram cannot make us send a long answer to somebody else."""
    mapper = Mapper()
    for number in range(900):
        mapper.registry.set(Entry(400000 + number, 1, "tcp", "0.0.0.0.3.232", "x"))
    whole = mapper.call(4, 4, None, STRANGER)
    packer = PortmapPacker()
    packer.pack_rpcblist_ptr(mapper.call(4, 4, None, udp(STRANGER)))
    assert len(whole) > 900
    assert 7000 < len(packer.get_buffer()) <= 8192 + 4
    packer = PortmapPacker()
    packer.pack_pmaplist(mapper.call(2, 4, None, udp(STRANGER)))
    assert 7000 < len(packer.get_buffer()) <= 8192 + 4
