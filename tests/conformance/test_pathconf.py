"""PATHCONF (RFC 1813, section 3.3.20)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import Session, fails, ok


@case("PATHCONF-01", "3.3.20")
def test_values(nfs: Session) -> None:
    """Names have 255 bytes or more, are refused and not cut, and keep their case."""
    found = ok(nfs.pathconf(nfs.dir))
    assert found.name_max >= 255
    assert found.no_trunc
    assert (bool(found.case_insensitive), bool(found.case_preserving)) == (False, True)
    assert found.chown_restricted
    assert found.linkmax >= 8
    assert x.decode_fattr3(found.obj_attributes).type == x.NF3DIR


@case(
    "PATHCONF-02",
    "3.3.20",
    ganesha="says that names have 1024 bytes, but refuses them from 256 on",
)
def test_holds(nfs: Session) -> None:
    """What PATHCONF says of names is what CREATE does."""
    most = ok(nfs.pathconf(nfs.dir)).name_max
    ok(nfs.create(nfs.dir, b"n" * most))
    fails(nfs.create(nfs.dir, b"n" * (most + 1)), "NAMETOOLONG")
    ok(nfs.create(nfs.dir, b"Case"))
    fails(nfs.lookup(nfs.dir, b"case"), "NOENT")


@case("PATHCONF-03", "3.3.20", in_process=True)
def test_our_limits(nfs: Session) -> None:
    """Names have 255 bytes, and a file has up to 65,000 of them."""
    found = ok(nfs.pathconf(nfs.dir))
    assert (found.name_max, found.linkmax) == (255, 65000)
