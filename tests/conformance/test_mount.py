"""The MOUNT program, versions 3 and 1, in process (RFC 1813, appendix I)."""

from __future__ import annotations

import pytest

from nfsgw.xdr.generated import mount as m
from tests.conformance.catalogue import case
from tests.conformance.client import NOBODY, RpcFailed, Session, ok
from tests.conformance.server import CLIENT, InProcess

MOUNT = 100005


def mnt(nfs: Session, path: bytes, port: int | None = None) -> m.mountres3:
    """Call MNT of version 3."""
    packer = m.MOUNTPacker()
    packer.pack_dirpath(path)
    data = nfs.raw(1, packer.get_buffer(), program=MOUNT, port=port)
    unpacker = m.MOUNTUnpacker(data)
    result = unpacker.unpack_mountres3()
    unpacker.done()
    return result


def mount_list(nfs: Session) -> list[bytes]:
    """Return what DUMP says that the client has mounted."""
    data = nfs.raw(2, b"", program=MOUNT)
    return [
        entry.ml_directory
        for entry in m.MOUNTUnpacker(data).unpack_mountlist()
        if entry.ml_hostname == CLIENT.encode()
    ]


@case("MOUNT-01", "5.2.1", in_process=True)
def test_mnt(nfs: Session) -> None:
    """MNT gives a handle that NFS takes, and says that AUTH_SYS is the flavor."""
    answer = mnt(nfs, b"/demo")
    assert answer.fhs_status == 0
    assert answer.mountinfo is not None
    assert answer.mountinfo.auth_flavors == [1]
    ok(nfs.getattr(answer.mountinfo.fhandle))


@case("MOUNT-02", "5.2.1", in_process=True)
def test_same_handle(nfs: Session) -> None:
    """Mounted twice, a path has one handle."""
    first, second = mnt(nfs, b"/demo").mountinfo, mnt(nfs, b"/demo").mountinfo
    assert first is not None
    assert first == second


@case("MOUNT-03", "5.2.1", in_process=True)
def test_no_such_export(nfs: Session) -> None:
    """What does not exist and what is for others look the same: ACCES."""
    for path in (b"/missing", b"/", b""):
        assert mnt(nfs, path).fhs_status in (m.MNT3ERR_ACCES, m.MNT3ERR_NOENT), path
    assert mnt(nfs, b"/missing").fhs_status == m.MNT3ERR_ACCES


@case("MOUNT-04", "5.2.1", in_process=True)
def test_paths_are_normalised(nfs: Session) -> None:
    """Slashes too many do not matter, and ``..`` does not leave the export."""
    root = mnt(nfs, b"/demo").mountinfo
    assert mnt(nfs, b"//demo/").mountinfo == root
    assert mnt(nfs, b"/demo/../../etc").fhs_status != 0


@case("MOUNT-05", "5.2.1", in_process=True)
def test_directory_in_an_export(nfs: Session) -> None:
    """Any directory of an export can be mounted; a file, or nothing, cannot."""
    root = mnt(nfs, b"/demo").mountinfo
    assert root is not None
    name = b"mounted"
    made = ok(nfs.mkdir(root.fhandle, name))
    answer = mnt(nfs, b"/demo/" + name).mountinfo
    assert answer is not None
    assert answer.fhandle == made.obj
    assert mnt(nfs, b"/demo/" + name + b"/missing").fhs_status == m.MNT3ERR_NOENT
    ok(nfs.create(made.obj, b"file"))
    assert mnt(nfs, b"/demo/" + name + b"/file").fhs_status == m.MNT3ERR_NOTDIR


@case("MOUNT-06", "5.2.1", in_process=True)
def test_unprivileged_port(nfs: Session) -> None:
    """MNT comes from a privileged port, unless the export says ``insecure``."""
    assert mnt(nfs, b"/demo", port=40000).fhs_status == m.MNT3ERR_ACCES
    assert mnt(nfs, b"/demo/open", port=40000).fhs_status == 0


@case("MOUNT-07", "5.2.2", in_process=True)
def test_mount_list(nfs: Session) -> None:
    """DUMP shows what is mounted, until UMNT or UMNTALL."""
    mnt(nfs, b"/demo")
    mnt(nfs, b"/other")
    assert {b"/demo", b"/other"} <= set(mount_list(nfs))
    packer = m.MOUNTPacker()
    packer.pack_dirpath(b"/demo")
    assert nfs.raw(3, packer.get_buffer(), program=MOUNT) == b""
    assert b"/demo" not in mount_list(nfs)
    assert nfs.raw(4, b"", program=MOUNT) == b""
    assert mount_list(nfs) == []


@case("MOUNT-08", "5.2.5", in_process=True)
def test_exports(nfs: Session) -> None:
    """EXPORT lists every export, to anybody, from any port."""
    data = nfs.as_user(NOBODY).raw(5, b"", program=MOUNT, port=40000)
    listed = [entry.ex_dir for entry in m.MOUNTUnpacker(data).unpack_exports()]
    assert {b"/demo", b"/other", b"/demo/private"} <= set(listed)


@case("MOUNT-09", "RFC 1094, A", in_process=True)
def test_version_1(nfs: Session) -> None:
    """Version 1, which ``umount`` and old tools use, gives the same handle."""
    packer = m.MOUNTPacker()
    packer.pack_dirpath(b"/demo")
    data = nfs.raw(1, packer.get_buffer(), program=MOUNT, version=1)
    root = mnt(nfs, b"/demo").mountinfo
    assert root is not None
    assert data == bytes(4) + root.fhandle


@case("MOUNT-10", "RFC 5531, 9", in_process=True)
def test_rings(nfs: Session) -> None:
    """Versions, procedures and arguments are refused each in its own way."""
    with pytest.raises(RpcFailed, match="PROG_MISMATCH") as raised:
        nfs.raw(0, b"", program=MOUNT, version=4)
    assert (raised.value.low, raised.value.high) == (1, 3)
    with pytest.raises(RpcFailed, match="PROC_UNAVAIL"):
        nfs.raw(9, b"", program=MOUNT)
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        nfs.raw(1, b"\0\0\0\x09abc", program=MOUNT)
    assert nfs.as_user(NOBODY).raw(0, b"", program=MOUNT) == b""


@case("MOUNT-11", "5.2.1", in_process=True)
def test_other_host(nfs: Session) -> None:
    """A host that an export is not for is told ACCES, as if there were none."""
    assert isinstance(nfs.exchange, InProcess)
    answer = mnt(nfs, b"/demo/private")
    # The next wider export that leads there is for everybody.
    assert answer.fhs_status == 0
    assert answer.mountinfo is not None
    assert answer.mountinfo.fhandle != nfs.exchange.export("private")
