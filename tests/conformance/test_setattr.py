"""SETATTR (RFC 1813, section 3.3.2)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, BOB, Session, User, after, fails, handle_of, ok


@case("SETATTR-01", "3.3.2")
def test_mode(nfs: Session) -> None:
    """The mode changes, with set-uid, set-gid and sticky bit, and the answer shows it."""
    handle = nfs.file()
    result = ok(nfs.setattr(handle, mode=0o7751))
    assert after(result.obj_wcc).mode & 0o7777 == 0o7751
    assert nfs.attributes(handle).mode & 0o7777 == 0o7751


@case("SETATTR-02", "3.3.2")
def test_nothing(nfs: Session) -> None:
    """Setting nothing succeeds, for anybody."""
    handle = nfs.file(data=b"x")
    ok(nfs.setattr(handle))
    assert nfs.attributes(handle).size == 1


@case("SETATTR-03", "3.3.2")
def test_owner(nfs: Session) -> None:
    """Root gives a file away; set-uid and set-gid bits of a program go with it."""
    handle = nfs.file(mode=0o6755)
    ok(nfs.setattr(handle, uid=ALICE.uid, gid=ALICE.gid))
    found = nfs.attributes(handle)
    assert (found.uid, found.gid) == (ALICE.uid, ALICE.gid)
    assert found.mode & 0o6000 == 0


@case("SETATTR-04", "3.3.2", "PERM")
def test_owner_may_not_give_away(nfs: Session) -> None:
    """Only root gives files away (PATHCONF's chown_restricted)."""
    handle = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"mine")))
    fails(nfs.as_user(ALICE).setattr(handle, uid=BOB.uid), "PERM")
    assert nfs.attributes(handle).uid == ALICE.uid


@case("SETATTR-05", "3.3.2")
def test_group_of_ones_own(nfs: Session) -> None:
    """An owner may give a file to another group that he is in, and to no other."""
    member = User(ALICE.uid, ALICE.gid, (2000,))
    handle = handle_of(ok(nfs.as_user(member).create(nfs.dir, b"mine")))
    ok(nfs.as_user(member).setattr(handle, gid=2000))
    assert nfs.attributes(handle).gid == 2000
    fails(nfs.as_user(member).setattr(handle, gid=3000), "PERM")


@case("SETATTR-06", "3.3.2", "PERM")
def test_mode_of_anothers_file(nfs: Session) -> None:
    """Only the owner changes the mode."""
    handle = nfs.file(mode=0o666)
    fails(nfs.as_user(ALICE).setattr(handle, mode=0o777), "PERM")


@case("SETATTR-07", "3.3.2")
def test_shrink(nfs: Session) -> None:
    """A smaller size cuts the file."""
    handle = nfs.file(data=b"0123456789")
    result = ok(nfs.setattr(handle, size=4))
    assert after(result.obj_wcc).size == 4
    assert ok(nfs.read(handle)).data == b"0123"


@case("SETATTR-08", "3.3.2")
def test_grow(nfs: Session) -> None:
    """A larger size extends the file with zeros, also where bytes were cut off before."""
    handle = nfs.file(data=b"0123456789")
    ok(nfs.setattr(handle, size=4))
    ok(nfs.setattr(handle, size=8))
    assert ok(nfs.read(handle)).data == b"0123\0\0\0\0"


@case("SETATTR-09", "3.3.2")
def test_size_changes_times(nfs: Session) -> None:
    """A change of size changes mtime and ctime."""
    handle = nfs.file(data=b"0123456789")
    before = nfs.attributes(handle)
    ok(nfs.setattr(handle, size=3))
    found = nfs.attributes(handle)
    assert _time(found.mtime) > _time(before.mtime)
    assert _time(found.ctime) > _time(before.ctime)


@case("SETATTR-10", "3.3.2", "ACCES")
def test_size_without_permission(nfs: Session) -> None:
    """Who may not write a file may not cut it."""
    handle = nfs.file(data=b"0123", mode=0o644)
    fails(nfs.as_user(ALICE).setattr(handle, size=0), "ACCES")
    assert nfs.attributes(handle).size == 4


@case("SETATTR-11", "3.3.2")
def test_size_by_owner_without_mode(nfs: Session) -> None:
    """The owner may cut a file that he has made read-only after opening it: NFS has no open."""
    handle = handle_of(ok(nfs.as_user(ALICE).create(nfs.dir, b"mine", 0o444)))
    ok(nfs.as_user(ALICE).setattr(handle, size=10))


@case("SETATTR-12", "3.3.2")
def test_times_of_the_client(nfs: Session) -> None:
    """Times are set to the nanosecond, each alone."""
    handle = nfs.file()
    ok(nfs.setattr(handle, atime=x.nfstime3(1000, 123456789)))
    ok(nfs.setattr(handle, mtime=x.nfstime3(2000, 987654321)))
    found = nfs.attributes(handle)
    assert found.atime == x.nfstime3(1000, 123456789)
    assert found.mtime == x.nfstime3(2000, 987654321)


@case("SETATTR-13", "3.3.2")
def test_times_of_the_server(nfs: Session) -> None:
    """``SET_TO_SERVER_TIME`` sets the server's time."""
    handle = nfs.file()
    ok(nfs.setattr(handle, atime=x.nfstime3(1, 0), mtime=x.nfstime3(1, 0)))
    ok(nfs.setattr(handle, atime="now", mtime="now"))
    found = nfs.attributes(handle)
    assert found.atime.seconds > 1_000_000_000
    assert found.mtime.seconds > 1_000_000_000


@case("SETATTR-14", "3.3.2", "PERM")
def test_times_of_the_client_need_ownership(nfs: Session) -> None:
    """Who may only write a file may touch it, but not set its times to others."""
    handle = nfs.file(mode=0o666)
    ok(nfs.as_user(ALICE).setattr(handle, mtime="now"))
    fails(nfs.as_user(ALICE).setattr(handle, mtime=x.nfstime3(5, 0)), "PERM")


@case("SETATTR-15", "3.3.2", "ACCES", "PERM")
def test_times_of_the_server_need_permission(nfs: Session) -> None:
    """Touching a file needs write permission or ownership."""
    handle = nfs.file(mode=0o644)
    fails(nfs.as_user(ALICE).setattr(handle, mtime="now"), "ACCES")
    fails(nfs.as_user(ALICE).setattr(handle, mtime=x.nfstime3(5, 0)), "PERM")


@case("SETATTR-16", "3.3.2", "NOT_SYNC")
def test_guard(nfs: Session) -> None:
    """A guard with another ctime refuses the change, the right one lets it pass."""
    handle = nfs.file()
    ctime = nfs.attributes(handle).ctime
    wrong = x.nfstime3(ctime.seconds - 1, ctime.nseconds)
    fails(nfs.setattr(handle, mode=0o600, guard=wrong), "NOT_SYNC")
    assert nfs.attributes(handle).mode & 0o777 == 0o644
    ok(nfs.setattr(handle, mode=0o600, guard=ctime))
    assert nfs.attributes(handle).mode & 0o777 == 0o600


@case(
    "SETATTR-17",
    "3.3.2",
    "INVAL",
    ganesha="BADTYPE, which is MKNOD's; the section's list has INVAL",
)
def test_size_of_a_directory(nfs: Session) -> None:
    """Only regular files have a size that can be set."""
    fails(nfs.setattr(nfs.directory(), size=0), "INVAL")


@case("SETATTR-18", "3.3.2", "INVAL")
def test_impossible_time(nfs: Session) -> None:
    """A second has no more than 999,999,999 nanoseconds."""
    fails(nfs.setattr(nfs.file(), mtime=x.nfstime3(1, 1_000_000_000)), "INVAL")


@case(
    "SETATTR-19", "3.3.2", "FBIG", ganesha="INVAL, as truncate(2); the section's list has no FBIG"
)
def test_impossible_size(nfs: Session) -> None:
    """A size above FSINFO's maxfilesize is refused, not wrapped around."""
    handle = nfs.file(data=b"x")
    fails(nfs.setattr(handle, size=1 << 63), "FBIG")
    assert nfs.attributes(handle).size == 1


@case("SETATTR-20", "2.6")
def test_wcc(nfs: Session) -> None:
    """The answer shows the attributes from right before the change."""
    handle = nfs.file(data=b"12345")
    before = nfs.attributes(handle)
    wcc = ok(nfs.setattr(handle, mode=0o600)).obj_wcc
    if wcc.before is not None:
        old = x.decode_wcc_attr(wcc.before)
        assert (old.size, old.mtime, old.ctime) == (5, before.mtime, before.ctime)
    assert _time(after(wcc).ctime) > _time(before.ctime)


@case("SETATTR-21", "3.3.2", "ROFS", in_process=True)
def test_read_only_export(nfs: Session) -> None:
    """A read-only export changes nothing."""
    fails(nfs.setattr(nfs.exchange.export("readonly"), mode=0o700), "ROFS")


@case("SETATTR-22", "3.3.2", "NOSPC", in_process=True)
def test_no_space(nfs: Session) -> None:
    """A full disk says so."""
    handle = nfs.file()
    with nfs.exchange.fault("setattr", FsCode.NOSPC):
        fails(nfs.setattr(handle, size=1 << 20), "NOSPC")


@case("SETATTR-23", "3.3.2", "DQUOT", in_process=True)
def test_quota(nfs: Session) -> None:
    """A used-up quota says so."""
    handle = nfs.file()
    with nfs.exchange.fault("setattr", FsCode.DQUOT):
        fails(nfs.setattr(handle, size=1 << 20), "DQUOT")


@case("SETATTR-24", "3.3.2", "PERM", in_process=True)
def test_squashed_root(nfs: Session) -> None:
    """With root_squash, root is nobody special."""
    squashed = nfs.exchange.export("squashed")
    fails(nfs.setattr(squashed, mode=0o700), "PERM")


def _time(time: x.nfstime3) -> tuple[int, int]:
    return time.seconds, time.nseconds
