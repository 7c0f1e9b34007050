"""CREATE (RFC 1813, section 3.3.8)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, User, after, fails, handle_of, ok, status_name

VERIFIER = b"verifier"


@case("CREATE-01", "3.3.8")
def test_unchecked(nfs: Session) -> None:
    """A new file has the mode that was sent, the caller as owner, and is found by its name."""
    answer = ok(nfs.as_user(ALICE).create(nfs.dir, b"new", 0o640))
    found = x.decode_fattr3(answer.obj_attributes)
    assert (found.type, found.mode & 0o7777, found.size) == (x.NF3REG, 0o640, 0)
    assert (found.uid, found.gid) == (ALICE.uid, ALICE.gid)
    assert ok(nfs.lookup(nfs.dir, b"new")).object == handle_of(answer)


@case("CREATE-02", "3.3.8")
def test_unchecked_on_an_existing_file(nfs: Session) -> None:
    """UNCHECKED opens a file that exists, and applies nothing but the size."""
    handle = nfs.file(b"old", b"0123", mode=0o600)
    assert handle_of(ok(nfs.create(nfs.dir, b"old", 0o777))) == handle
    found = nfs.attributes(handle)
    assert (found.mode & 0o7777, found.size) == (0o600, 4)
    ok(nfs.create(nfs.dir, b"old", 0o777, size=0))
    found = nfs.attributes(handle)
    assert (found.mode & 0o7777, found.size) == (0o600, 0)


@case("CREATE-03", "3.3.8", "EXIST")
def test_guarded(nfs: Session) -> None:
    """GUARDED makes a new file only."""
    ok(nfs.create(nfs.dir, b"new", how=x.GUARDED))
    failed = fails(nfs.create(nfs.dir, b"new", how=x.GUARDED), "EXIST")
    assert failed.dir_wcc.after is not None


@case("CREATE-04", "3.3.8", "EXIST")
def test_exclusive(nfs: Session) -> None:
    """EXCLUSIVE repeated with its verifier succeeds, with another it does not."""
    made = handle_of(ok(nfs.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=VERIFIER)))
    again = handle_of(ok(nfs.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=VERIFIER)))
    assert again == made
    fails(nfs.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=b"Verifier"), "EXIST")


@case(
    "CREATE-05",
    "3.3.8",
    "EXIST",
)
def test_exclusive_compares_every_bit(nfs: Session) -> None:
    """All 64 bits of the verifier count, the first and the last too."""
    ok(nfs.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=bytes(8)))
    for place in range(8):
        for bit in (1, 0x80):
            verifier = bytearray(8)
            verifier[place] = bit
            other = bytes(verifier)
            fails(nfs.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=other), "EXIST")


@case("CREATE-06", "3.3.8")
def test_exclusive_then_setattr(nfs: Session) -> None:
    """The client's SETATTR after an EXCLUSIVE gives mode and times, as Linux sends it."""
    user = nfs.as_user(ALICE)
    handle = handle_of(ok(user.create(nfs.dir, b"new", how=x.EXCLUSIVE, verf=VERIFIER)))
    ok(user.setattr(handle, mode=0o644, atime="now", mtime="now"))
    found = nfs.attributes(handle)
    assert (found.mode & 0o7777, found.uid) == (0o644, ALICE.uid)
    assert found.mtime.seconds > 1_000_000_000


@case("CREATE-07", "3.3.8", "EXIST", ganesha="ISDIR for a directory; the section's list has EXIST")
def test_over_other_types(nfs: Session) -> None:
    """UNCHECKED does not open a directory or a link."""
    nfs.directory(b"dir")
    ok(nfs.symlink(nfs.dir, b"link", b"target"))
    fails(nfs.create(nfs.dir, b"dir"), "EXIST")
    fails(nfs.create(nfs.dir, b"link"), "EXIST")


@case("CREATE-08", "3.3.8", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Making a file takes write and search permission in the directory."""
    directory = nfs.directory(mode=0o755)
    fails(nfs.as_user(ALICE).create(directory, b"x"), "ACCES")
    ok(nfs.setattr(directory, mode=0o722))
    fails(nfs.as_user(ALICE).create(directory, b"x"), "ACCES")
    assert nfs.names(directory) == []


@case("CREATE-09", "3.3.8", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """Only directories have entries."""
    fails(nfs.create(nfs.file(), b"x"), "NOTDIR")


@case("CREATE-10", "3.3.8", "NAMETOOLONG")
def test_long_name(nfs: Session) -> None:
    """255 bytes are a name, 256 are not, and are not cut."""
    ok(nfs.create(nfs.dir, b"n" * 255))
    fails(nfs.create(nfs.dir, b"n" * 256), "NAMETOOLONG")
    assert nfs.names(nfs.dir) == [b"n" * 255]


@case(
    "CREATE-11", "3.2", "EXIST", ganesha="ISDIR; the names exist, and the section's list has EXIST"
)
def test_dots(nfs: Session) -> None:
    """``.`` and ``..`` exist everywhere."""
    fails(nfs.create(nfs.dir, b"."), "EXIST")
    fails(nfs.create(nfs.dir, b".."), "EXIST")


@case(
    "CREATE-12",
    "3.2",
    "ACCES",
    ganesha="INVAL for the empty name; walks a path, and cuts at a NUL; section 3.2 says ACCES",
)
def test_impossible_names(nfs: Session) -> None:
    """No file can have an empty name, or one with a slash or NUL in it."""
    for name in (b"", b"a/b", b"a\0b", b"/"):
        fails(nfs.create(nfs.dir, name), "ACCES")
    assert nfs.names(nfs.dir) == []


@case("CREATE-13", "3.3.8")
def test_group_of_a_set_gid_directory(nfs: Session) -> None:
    """In a set-gid directory a file gets the directory's group, elsewhere the caller's."""
    directory = nfs.directory()
    ok(nfs.setattr(directory, gid=5000))
    ok(nfs.setattr(directory, mode=0o2777))
    made = ok(nfs.as_user(ALICE).create(directory, b"x"))
    assert x.decode_fattr3(made.obj_attributes).gid == 5000
    made = ok(nfs.as_user(ALICE).create(nfs.dir, b"x"))
    assert x.decode_fattr3(made.obj_attributes).gid == ALICE.gid


@case("CREATE-14", "3.3.8")
def test_with_attributes(nfs: Session) -> None:
    """Size and times that come with the call hold from the start."""
    time = x.nfstime3(123456789, 42)
    made = ok(nfs.create(nfs.dir, b"x", 0o600, size=1000, mtime=time))
    found = x.decode_fattr3(made.obj_attributes)
    assert (found.size, found.mtime) == (1000, time)
    assert ok(nfs.read(handle_of(made), 0, 2000)).data == bytes(1000)


@case("CREATE-15", "2.6")
def test_directory_changes(nfs: Session) -> None:
    """The answer shows the directory before and after, its times changed."""
    before = nfs.attributes(nfs.dir)
    wcc = ok(nfs.create(nfs.dir, b"x")).dir_wcc
    if wcc.before is not None:
        old = x.decode_wcc_attr(wcc.before)
        assert (old.mtime, old.ctime) == (before.mtime, before.ctime)
    found = after(wcc)
    assert _time(found.mtime) > _time(before.mtime)
    assert _time(found.ctime) > _time(before.ctime)


@case("CREATE-16", "3.3.8", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export takes no new file."""
    fails(nfs.create(nfs.exchange.export("readonly"), b"x"), "ROFS")


@case("CREATE-17", "3.3.8", "NOSPC", "DQUOT", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A full disk, a used-up quota and a backend that cannot are told apart."""
    for code in (FsCode.NOSPC, FsCode.DQUOT, FsCode.NOTSUPP):
        with nfs.exchange.fault("create", code):
            fails(nfs.create(nfs.dir, b"x"), code.name)
    assert nfs.names(nfs.dir) == []


@case("CREATE-18", "3.3.8", "FBIG", ganesha="INVAL; the section's list has neither")
def test_impossible_size(nfs: Session) -> None:
    """A size above maxfilesize makes no file."""
    fails(nfs.create(nfs.dir, b"x", size=1 << 63), "FBIG")
    assert nfs.names(nfs.dir) == []


@case("CREATE-19", "3.3.8")
def test_mode_left_out(nfs: Session) -> None:
    """A client that sends no mode gets a file that nobody else can use."""
    made = ok(nfs.as_user(ALICE).create(nfs.dir, b"x", None))
    assert x.decode_fattr3(made.obj_attributes).mode & 0o022 == 0


@case("CREATE-20", "3.3.8")
def test_owner_is_the_caller(nfs: Session) -> None:
    """Who is not root cannot make a file for somebody else."""
    result = nfs.as_user(ALICE).create(nfs.dir, b"x", uid=0)
    assert status_name(result.status) in ("OK", "PERM")
    if result.status == x.NFS3_OK:
        assert nfs.attributes(handle_of(ok(result))).uid == ALICE.uid


@case("CREATE-21", "3.3.8", in_process=True)
def test_all_squash(nfs: Session) -> None:
    """With all_squash, a new file belongs to the anonymous user."""
    made = ok(nfs.as_user(User(4711, 4711)).create(nfs.exchange.export("anonymous"), b"f"))
    found = x.decode_fattr3(made.obj_attributes)
    assert (found.uid, found.gid) == (1001, 1001)


@case("CREATE-22", "3.3.8", "INVAL")
def test_impossible_time(nfs: Session) -> None:
    """A second has no more than 999,999,999 nanoseconds."""
    fails(nfs.create(nfs.dir, b"x", mtime=x.nfstime3(0, 1 << 30)), "INVAL")


def _time(time: x.nfstime3) -> tuple[int, int]:
    return time.seconds, time.nseconds
