"""LOOKUP (RFC 1813, section 3.3.3)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, ok


@case("LOOKUP-01", "3.3.3")
def test_finds_a_file(nfs: Session) -> None:
    """A name leads to the handle that CREATE gave, with attributes of file and directory."""
    handle = nfs.file(b"name", b"123")
    found = ok(nfs.lookup(nfs.dir, b"name"))
    assert found.object == handle
    assert x.decode_fattr3(found.obj_attributes).size == 3
    assert x.decode_fattr3(found.dir_attributes).type == x.NF3DIR


@case("LOOKUP-02", "3.3.3", "NOENT")
def test_missing_name(nfs: Session) -> None:
    """A missing name is NOENT, and the answer shows the directory."""
    failed = fails(nfs.lookup(nfs.dir, b"missing"), "NOENT")
    assert failed.dir_attributes is not None


@case("LOOKUP-03", "3.3.3", "NOTDIR")
def test_in_a_file(nfs: Session) -> None:
    """A file has no entries."""
    fails(nfs.lookup(nfs.file(), b"x"), "NOTDIR")


@case("LOOKUP-04", "3.3.3", "ACCES")
def test_without_search_permission(nfs: Session) -> None:
    """Looking up takes the execute bit, not the read bit."""
    directory = nfs.directory(mode=0o744)
    ok(nfs.create(directory, b"x"))
    fails(nfs.as_user(ALICE).lookup(directory, b"x"), "ACCES")
    ok(nfs.setattr(directory, mode=0o711))
    ok(nfs.as_user(ALICE).lookup(directory, b"x"))


@case("LOOKUP-05", "3.3.3", "NAMETOOLONG")
def test_long_names(nfs: Session) -> None:
    """Names of 255 bytes are found, longer ones are refused, not cut."""
    name = b"n" * 255
    nfs.file(name)
    ok(nfs.lookup(nfs.dir, name))
    fails(nfs.lookup(nfs.dir, name + b"n"), "NAMETOOLONG")


@case("LOOKUP-06", "3.3.3")
def test_dots(nfs: Session) -> None:
    """``.`` is the directory, ``..`` its parent."""
    directory = nfs.directory()
    assert ok(nfs.lookup(directory, b".")).object == directory
    assert ok(nfs.lookup(directory, b"..")).object == nfs.dir


@case("LOOKUP-07", "3.2", "ACCES", ganesha="NOENT; section 3.2 says ACCES")
def test_empty_name(nfs: Session) -> None:
    """The empty name is not an alias of the directory."""
    fails(nfs.lookup(nfs.dir, b""), "ACCES")


@case(
    "LOOKUP-08",
    "3.2",
    "ACCES",
    ganesha="finds a/b by walking the path, and / is the root of the server's own tree",
)
def test_name_with_slash(nfs: Session) -> None:
    """A slash in a name does not walk a path."""
    directory = nfs.directory(b"a")
    ok(nfs.create(directory, b"b"))
    fails(nfs.lookup(nfs.dir, b"a/b"), "ACCES")


@case("LOOKUP-09", "3.2")
def test_names_are_bytes(nfs: Session) -> None:
    """Every byte but NUL and slash can be in a name; none is folded or decoded."""
    names = [bytes((byte,)) + b"-name" for byte in range(1, 256) if byte != ord("/")]
    handles = {name: nfs.file(name) for name in names}
    assert len(set(handles.values())) == len(names)
    for name, handle in handles.items():
        assert ok(nfs.lookup(nfs.dir, name)).object == handle


@case("LOOKUP-10", "3.3.3", in_process=True)
def test_parent_of_an_exports_root(nfs: Session) -> None:
    """``..`` of an export's root is that root: no client walks out of what it was given."""
    root = nfs.exchange.export("open")
    assert ok(nfs.lookup(root, b"..")).object == root


@case("LOOKUP-11", "3.3.3", "ACCES", in_process=True)
def test_squashed_root_has_no_privilege(nfs: Session) -> None:
    """With root_squash, mode bits hold for root too."""
    squashed = nfs.exchange.export("squashed")
    made = ok(nfs.mkdir(squashed, b"closed-%d" % id(nfs), 0o700)).obj
    ok(nfs.setattr(made, mode=0o000))
    fails(nfs.lookup(made, b"x"), "ACCES")


@case("LOOKUP-12", "3.3.3")
def test_links_have_one_handle(nfs: Session) -> None:
    """Two names of one file lead to the same handle."""
    handle = nfs.file(b"one")
    ok(nfs.link(handle, nfs.dir, b"two"))
    assert ok(nfs.lookup(nfs.dir, b"two")).object == handle
