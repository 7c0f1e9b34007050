"""The MOUNT program through its table: bytes of arguments in, bytes of results out."""

from __future__ import annotations

from typing import Any

import pytest

from nfsgw.errors import FsCode, FsError
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.program import Call, Credential, Peer
from nfsgw.waiting import result_of, step
from nfsgw.xdr.generated import mount as wire
from tests.support.surroundings import Time
from tests.unit.exports.fakes import Bench, peer

EXPORTS = b"/web 10.0.0.0/24(rw) *.lan\n/web/a 10.0.0.1\n/web/gone *\n"


class Mount:
    """The program over a bench of exports."""

    def __init__(self, exports: bytes = EXPORTS) -> None:
        self.bench = Bench()
        result_of(self.bench.table.load(exports, "exports"))
        self.mounts = Mounts(None, lambda delay_s, function: None)
        self.time = Time()
        holding = Holding(10, self.time, self.time.call_later)
        self.program = mount_program(self.bench.table, self.mounts, holding)

    def call(
        self,
        number: int,
        path: bytes | None = None,
        version: int = 3,
        from_: Peer | None = None,
    ) -> Any:  # noqa: ANN401 - the procedure's own
        """Call a procedure as the dispatcher does, through both codecs; return the result."""
        row = self.program.versions[version][number]
        packer = wire.MOUNTPacker()
        if path is not None:
            packer.pack_dirpath(path)
        arguments = wire.MOUNTUnpacker(packer.get_buffer())
        decoded = row.decode(arguments)
        arguments.done()
        circumstances = Call(from_ or peer(), Credential(1), version)
        try:
            result = result_of(row.run(circumstances, decoded))
        except FsError as error:
            assert row.failure is not None
            result = row.failure(error)
        out = wire.MOUNTPacker()
        row.encode(out, result)
        back = wire.MOUNTUnpacker(out.get_buffer())
        return {
            "MNT": back.unpack_mountres3 if version == 3 else back.unpack_fhstatus,
            "DUMP": back.unpack_mountlist,
            "EXPORT": back.unpack_exports,
            "EXPORTALL": back.unpack_exports,
        }.get(row.name, lambda: None)()


@pytest.mark.parametrize(
    ("path", "export", "inode"),
    [
        (b"/web", b"/web", 1),
        (b"/web/", b"/web", 1),
        (b"/web/c", b"/web", 4),
        (b"/web/a/b", b"/web/a", 3),
        (b"/web/a", b"/web/a", 2),
        (b"/web/a/../c", b"/web", 4),
    ],
)
def test_mount_gives_the_handle_of_the_directory(path: bytes, export: bytes, inode: int) -> None:
    """A volume and every directory in it can be mounted."""
    mount = Mount()
    result = mount.call(1, path)
    assert result.fhs_status == wire.MNT3_OK
    assert result.mountinfo.auth_flavors == [1]
    exports = {entry.path: entry.id for entry in mount.bench.table.listing()}
    decoded = mount.bench.codec.decode(result.mountinfo.fhandle)
    assert decoded == (exports[export], 77, inode)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (b"/web/missing", wire.MNT3ERR_NOENT),
        (b"/web/gone", wire.MNT3ERR_NOENT),
        (b"/web/a/file", wire.MNT3ERR_NOTDIR),
        (b"/web/c/../a/file", wire.MNT3ERR_NOTDIR),
        (b"/web/a/file/x", wire.MNT3ERR_NOTDIR),
        (b"/web/" + b"x" * 300, wire.MNT3ERR_NAMETOOLONG),
        (b"/other", wire.MNT3ERR_ACCES),
        (b"/", wire.MNT3ERR_ACCES),
        (b"", wire.MNT3ERR_ACCES),
        (b"/..", wire.MNT3ERR_ACCES),
    ],
)
def test_mount_refuses_with_the_reason(path: bytes, status: int) -> None:
    """What cannot be mounted says why, but never what is exported to others."""
    mount = Mount()
    result = mount.call(1, path)
    assert (result.fhs_status, result.mountinfo) == (status, None)
    assert mount.mounts.entries() == []


def test_exported_file_is_no_directory() -> None:
    """A line of the exports file that names a file does not make it mountable."""
    result = Mount(b"/web/a/file *\n").call(1, b"/web/a/file")
    assert result.fhs_status == wire.MNT3ERR_NOTDIR


def test_both_refusals_look_alike() -> None:
    """A stranger cannot tell an export that is not for him from one that does not exist."""
    mount = Mount()
    stranger = peer("192.0.2.1")
    assert mount.call(1, b"/web", from_=stranger) == mount.call(1, b"/nope", from_=stranger)


def test_port_check_is_for_mnt_only() -> None:
    """``showmount`` works for everybody; mounting a secure export takes a privileged port."""
    mount = Mount()
    high = peer(port=40000)
    assert mount.call(1, b"/web", from_=high).fhs_status == wire.MNT3ERR_ACCES
    assert len(mount.call(5, from_=high)) == 3
    assert mount.call(2, from_=high) == []


def test_version_1_gives_the_same_handle() -> None:
    """An old client, or ``showmount`` by version 1, is served as well."""
    mount = Mount()
    old = mount.call(1, b"/web/c", version=1)
    new = mount.call(1, b"/web/c", version=3)
    assert (old.fhs_status, old.fhs_fhandle) == (0, new.mountinfo.fhandle)
    assert mount.call(1, b"/web/missing", version=1).fhs_status == 2
    assert mount.call(6, version=1) == mount.call(5, version=1) == mount.call(5, version=3)


def test_mount_list() -> None:
    """MNT adds to the list, UMNT and UMNTALL take from it, under any spelling of the path."""
    mount = Mount()
    other = peer("10.0.0.2")
    mount.call(1, b"/web/a/..")
    mount.call(1, b"/web/c")
    mount.call(1, b"/web", from_=other)
    assert [(body.ml_hostname, body.ml_directory) for body in mount.call(2)] == [
        (b"10.0.0.1", b"/web"),
        (b"10.0.0.1", b"/web/c"),
        (b"10.0.0.2", b"/web"),
    ]
    mount.call(3, b"//web")
    mount.call(3, b"/never/mounted")
    mount.call(3, b"\0")
    assert len(mount.call(2)) == 2
    mount.call(4)
    assert mount.mounts.entries() == [("10.0.0.2", b"/web")]


def test_export_list_names_clients() -> None:
    """``showmount -e`` shows each export with its clients."""
    found = Mount().call(5)
    assert [(node.ex_dir, [group.gr_name for group in node.ex_groups]) for node in found] == [
        (b"/web", [b"10.0.0.0/24", b"*.lan"]),
        (b"/web/a", [b"10.0.0.1"]),
        (b"/web/gone", [b"*"]),
    ]


def test_lists_over_udp_are_cut() -> None:
    """A forged datagram cannot make us send a long answer to somebody else."""
    mount = Mount()
    for number in range(2000):
        mount.mounts.add("10.0.0.1", b"/web/%d" % number)
    assert len(mount.call(2)) == 2000
    entries = mount.call(2, from_=peer(transport="udp"))
    packer = wire.MOUNTPacker()
    packer.pack_mountlist(entries)
    assert 7000 < len(packer.get_buffer()) <= 8192 + 4


def test_versions_and_procedures() -> None:
    """Versions 1 and 3 are served, each with the procedures that its specification lists."""
    versions = Mount().program.versions
    assert sorted(versions) == [1, 3]
    assert list(versions[3]) == [0, 1, 2, 3, 4, 5]
    assert list(versions[1]) == [0, 1, 2, 3, 4, 5, 6]
    assert Mount().call(0) is None


def test_mount_waits_for_a_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a volume has no primary, ``mount`` is held, and served as if nothing had been."""
    mount = Mount()
    asked = mount.bench.volume.getattr
    calls: list[int] = []

    async def later(inode: int) -> bytes:
        calls.append(inode)
        if len(calls) < 4:
            raise FsError(FsCode.TRY_LATER)
        return await asked(inode)

    monkeypatch.setattr(mount.bench.volume, "getattr", later)
    row = mount.program.versions[3][1]
    wait = step(row.run(Call(peer(), Credential(1), 3), b"/web"))
    while not wait.done:
        assert mount.time.step()
    assert wait.result().fhs_status == wire.MNT3_OK
    assert len(calls) == 4
