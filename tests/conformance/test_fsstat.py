"""FSSTAT (RFC 1813, section 3.3.18)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, ok


@case("FSSTAT-01", "3.3.18")
def test_numbers(nfs: Session) -> None:
    """There is room, more in all than is free, more free than for users."""
    found = ok(nfs.fsstat(nfs.dir))
    assert found.tbytes >= found.fbytes >= found.abytes > 0
    assert found.tfiles >= found.ffiles >= found.afiles > 0
    assert x.decode_fattr3(found.obj_attributes).type == x.NF3DIR


@case("FSSTAT-02", "3.3.18")
def test_any_object(nfs: Session) -> None:
    """Any object of the file system may be asked about, by anybody."""
    ok(nfs.as_user(ALICE).fsstat(nfs.file(mode=0)))
