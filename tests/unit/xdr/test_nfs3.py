"""What is special about the NFS types: attributes as bytes, listings, bulk data, file ranges."""

from __future__ import annotations

import errno

import pytest

from nfsgw.xdr.codec import XdrError
from nfsgw.xdr.generated import mount, nfs3

_ATTRIBUTES = nfs3.fattr3(
    type=nfs3.NF3REG,
    mode=0o644,
    nlink=1,
    uid=1000,
    gid=100,
    size=5,
    used=4096,
    rdev=nfs3.specdata3(0, 0),
    fsid=0x1122334455667788,
    fileid=42,
    atime=nfs3.nfstime3(1, 2),
    mtime=nfs3.nfstime3(3, 4),
    ctime=nfs3.nfstime3(5, 6),
)
_ATTRIBUTES_HEX = (
    "00000001 000001a4 00000001 000003e8 00000064"
    "0000000000000005 0000000000001000 00000000 00000000"
    "1122334455667788 000000000000002a"
    "0000000100000002 0000000300000004 0000000500000006"
)


class _Range:
    """A stretch of a file, as the RPC layer makes them."""

    is_file_range = True

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count


def test_attributes_have_the_layout_that_storage_relies_on() -> None:
    """Attributes are 84 bytes in the order of the RFC, in both directions."""
    data = nfs3.encode_fattr3(_ATTRIBUTES)
    assert data == bytes.fromhex(_ATTRIBUTES_HEX)
    assert nfs3.decode_fattr3(data) == _ATTRIBUTES
    before = nfs3.encode_wcc_attr(
        nfs3.wcc_attr(_ATTRIBUTES.size, _ATTRIBUTES.mtime, _ATTRIBUTES.ctime)
    )
    assert before == data[20:28] + data[68:84]


@pytest.mark.parametrize("data", [b"", bytes(83), bytes(85), bytes(84)])
def test_wrong_attributes_are_refused(data: bytes) -> None:
    """Attributes of a wrong length, or of a file type that does not exist, are refused."""
    with pytest.raises(XdrError):
        nfs3.decode_fattr3(data)


def test_attributes_of_a_wrong_length_are_not_sent() -> None:
    """A damaged stored record cannot shift the rest of a reply."""
    packer = nfs3.NFS3Packer()
    with pytest.raises(XdrError):
        packer.pack_GETATTR3res(nfs3.GETATTR3res(0, nfs3.GETATTR3resok(bytes(83))))


def test_lookup_matches_bytes_written_by_hand() -> None:
    """A LOOKUP call and its answer are the bytes that the RFC describes."""
    handle = bytes(range(32))
    packer = nfs3.NFS3Packer()
    packer.pack_LOOKUP3args(nfs3.LOOKUP3args(nfs3.diropargs3(handle, b"hello")))
    expected = "00000020" + handle.hex() + "00000005" + b"hello".hex() + "000000"
    assert packer.get_buffer() == bytes.fromhex(expected)
    packer.reset()
    attributes = bytes.fromhex(_ATTRIBUTES_HEX)
    found = nfs3.LOOKUP3resok(handle, attributes, None)
    packer.pack_LOOKUP3res(nfs3.LOOKUP3res(nfs3.NFS3_OK, found))
    expected = "00000000 00000020" + handle.hex() + "00000001" + _ATTRIBUTES_HEX + "00000000"
    assert packer.get_buffer() == bytes.fromhex(expected)
    packer.reset()
    failed = nfs3.LOOKUP3resfail(None)
    packer.pack_LOOKUP3res(nfs3.LOOKUP3res(nfs3.NFS3ERR_NOENT, resfail=failed))
    assert packer.get_buffer() == bytes.fromhex("00000002 00000000")


def test_missing_arm_is_reported() -> None:
    """A result without the content that its status calls for is an error, not a short reply."""
    with pytest.raises(XdrError, match="resok"):
        nfs3.NFS3Packer().pack_LOOKUP3res(nfs3.LOOKUP3res(nfs3.NFS3_OK))


def test_listing_may_be_given_as_bytes() -> None:
    """A listing that was encoded entry by entry leaves as it is, and reads as the same entries."""
    entries = [nfs3.entry3(2, b".", 1), nfs3.entry3(7, b"name", 3)]
    packer = nfs3.NFS3Packer()
    packer.pack_dirlist3(nfs3.dirlist3(entries, True))
    ready = packer.get_buffer()
    packer.reset()
    packer.pack_READDIR3res(nfs3.READDIR3res(0, nfs3.READDIR3resok(None, b"verifier", ready)))
    data = packer.get_buffer()
    assert data.endswith(ready)
    result = nfs3.NFS3Unpacker(data).unpack_READDIR3res()
    assert result.resok is not None
    assert result.resok.reply == nfs3.dirlist3(entries, True)
    with pytest.raises(XdrError):
        packer.pack_dirlist3(b"odd")


def test_written_data_is_a_view_of_the_record() -> None:
    """The data of a WRITE are not copied on the way to the disk."""
    packer = nfs3.NFS3Packer()
    packer.pack_WRITE3args(nfs3.WRITE3args(b"handle00", 0, 5, nfs3.UNSTABLE, b"hello"))
    record = packer.get_buffer()
    for data in (record, memoryview(record)):
        arguments = nfs3.NFS3Unpacker(data).unpack_WRITE3args()
        assert isinstance(arguments.data, memoryview)
        assert arguments.data.obj is record
        assert bytes(arguments.data) == b"hello"
        assert type(arguments.file) is bytes


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 4096])
def test_file_range_travels_as_one_piece(length: int) -> None:
    """READ's data stay in the file until they are sent; only length and filling are made here."""
    data = _Range(length)
    packer = nfs3.NFS3Packer()
    result = nfs3.READ3resok(None, length, True, data)
    packer.pack_READ3res(nfs3.READ3res(nfs3.NFS3_OK, result))
    place = packer.parts.index(data)
    before = b"".join(bytes(part) for part in packer.parts[:place])  # type: ignore[arg-type]
    after = b"".join(bytes(part) for part in packer.parts[place + 1 :])  # type: ignore[arg-type]
    expected = bytes(8) + length.to_bytes(4, "big") + b"\0\0\0\1" + length.to_bytes(4, "big")
    assert before == expected
    assert after == bytes(-length % 4)
    with pytest.raises(XdrError):
        packer.get_buffer()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_read_data_may_be_any_bytes(kind: type[bytes]) -> None:
    """Data read into a buffer leave the same as bytes."""
    packer = nfs3.NFS3Packer()
    result = nfs3.READ3resok(None, 3, False, kind(b"abc"))
    packer.pack_READ3res(nfs3.READ3res(nfs3.NFS3_OK, result))
    assert packer.get_buffer().endswith(b"\0\0\0\3abc\0")


def test_long_lists_are_read_without_recursion() -> None:
    """A listing of many thousand entries is no danger to the stack."""
    count = 20_000
    data = b"\0\0\0\1\0\0\0\1g\0\0\0" * count + bytes(4)
    assert len(mount.MOUNTUnpacker(data).unpack_groups()) == count
    with pytest.raises(XdrError):
        mount.MOUNTUnpacker(data[:-4]).unpack_groups()


def test_procedures_are_the_22_of_the_rfc() -> None:
    """Every NFSv3 procedure has its number, argument and result types."""
    names = (
        "NULL GETATTR SETATTR LOOKUP ACCESS READLINK READ WRITE CREATE MKDIR SYMLINK MKNOD REMOVE"
        " RMDIR RENAME LINK READDIR READDIRPLUS FSSTAT FSINFO PATHCONF COMMIT"
    ).split()
    assert len(names) == 22
    for number, name in enumerate(names):
        assert getattr(nfs3, f"NFSPROC3_{name}") == number
        if number:
            assert hasattr(nfs3.NFS3Unpacker, f"unpack_{name}3args")
            assert hasattr(nfs3.NFS3Packer, f"pack_{name}3res")
    assert (nfs3.NFS_PROGRAM, nfs3.NFS_V3) == (100003, 3)


@pytest.mark.parametrize("status", list(nfs3.nfsstat3), ids=lambda status: status.name)
def test_statuses_have_their_unix_numbers(status: nfs3.nfsstat3) -> None:
    """Error numbers are those of the RFC, which took Unix ones where there are any."""
    historic = {"NAMETOOLONG": 63, "NOTEMPTY": 66, "DQUOT": 69, "STALE": 70, "REMOTE": 71}
    name = status.name.removeprefix("NFS3ERR_")
    if status > 10000:
        own = "BADHANDLE NOT_SYNC BAD_COOKIE NOTSUPP TOOSMALL SERVERFAULT BADTYPE JUKEBOX".split()
        assert own[status - 10001] == name
    elif status != nfs3.NFS3_OK:
        assert status == historic.get(name, getattr(errno, f"E{name}", None))
    assert getattr(nfs3, status.name) == status
    same = mount.mountstat3.__members__.get(status.name.replace("NFS3", "MNT3"))
    assert same is None or int(same) == int(status)
