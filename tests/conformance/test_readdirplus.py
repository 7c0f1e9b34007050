"""READDIRPLUS (RFC 1813, section 3.3.17)."""

from __future__ import annotations

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, ok
from tests.conformance.test_readdir import fill


def names_plus(nfs: Session, directory: bytes, dircount: int, maxcount: int) -> list[x.entryplus3]:
    """Return all entries of a directory but the dots, by READDIRPLUS to the end."""
    entries: list[x.entryplus3] = []
    cookie, verf = 0, bytes(8)
    while True:
        answer = ok(nfs.readdirplus(directory, cookie, verf, dircount, maxcount))
        verf = answer.cookieverf
        entries += answer.reply.entries
        if answer.reply.eof:
            return [entry for entry in entries if entry.name not in (b".", b"..")]
        assert answer.reply.entries, "neither entries nor the end"
        cookie = entries[-1].cookie


@case("READDIRPLUS-01", "3.3.17")
def test_attributes_and_handles(nfs: Session) -> None:
    """Entries carry the attributes and the handles that LOOKUP gives."""
    handles = {name: nfs.file(name, name) for name in (b"a", b"bb", b"ccc")}
    answer = ok(nfs.readdirplus(nfs.dir))
    assert answer.reply.eof
    found = {entry.name: entry for entry in answer.reply.entries}
    assert set(found) == {b".", b"..", *handles}
    for name, handle in handles.items():
        entry = found[name]
        if entry.name_handle is not None:
            assert entry.name_handle == handle
        if entry.name_attributes is not None:
            attributes = x.decode_fattr3(entry.name_attributes)
            assert attributes == nfs.attributes(handle)
            assert attributes.fileid == entry.fileid


@case("READDIRPLUS-02", "3.3.17")
def test_in_pieces(nfs: Session) -> None:
    """Read in small pieces, everything comes exactly once."""
    directory, names = fill(nfs, 60)
    for dircount, maxcount in ((8192, 1000), (100, 8192), (8192, 65536)):
        entries = names_plus(nfs, directory, dircount, maxcount)
        assert sorted(entry.name for entry in entries) == names


@case("READDIRPLUS-03", "3.3.17")
def test_maxcount_bounds_the_result(nfs: Session) -> None:
    """READDIRPLUS3resok is never longer than ``maxcount``, all XDR overhead included."""
    directory, _ = fill(nfs, 40)
    for maxcount in range(600, 6000, 300):
        packer = x.NFS3Packer()
        args = x.READDIRPLUS3args(directory, 0, bytes(8), 32768, maxcount)
        packer.pack_READDIRPLUS3args(args)
        data = nfs.raw(x.NFSPROC3_READDIRPLUS, packer.get_buffer())
        assert data[:4] == bytes(4)
        assert len(data) - 4 <= maxcount


@case("READDIRPLUS-04", "3.3.17", ganesha="for 0 an empty listing, encoded with 8 bytes too many")
def test_dircount_is_a_hint(nfs: Session) -> None:
    """However small dircount is, the listing goes on, by one entry at least."""
    directory, names = fill(nfs, 10)
    for dircount in (0, 1, 24):
        found = [entry.name for entry in names_plus(nfs, directory, dircount, 8192)]
        assert sorted(found) == names


@case(
    "READDIRPLUS-05",
    "3.3.17",
    "TOOSMALL",
    ganesha="a listing longer than maxcount, or an empty one encoded with 8 bytes too many",
)
def test_too_small(nfs: Session) -> None:
    """A maxcount without room for one entry is TOOSMALL, not an empty listing."""
    for maxcount in (0, 104, 200):
        fails(nfs.readdirplus(nfs.dir, maxcount=maxcount), "TOOSMALL")


@case("READDIRPLUS-06", "3.3.17", "NOTDIR")
def test_file(nfs: Session) -> None:
    """A file has no entries."""
    fails(nfs.readdirplus(nfs.file()), "NOTDIR")


@case("READDIRPLUS-07", "3.3.17", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Listing takes the read bit."""
    fails(nfs.as_user(ALICE).readdirplus(nfs.directory(mode=0o711)), "ACCES")


@case(
    "READDIRPLUS-08",
    "3.3.17",
    "BAD_COOKIE",
    ganesha="ignores the verifier unless it is told not to",
)
def test_foreign_verifier(nfs: Session) -> None:
    """A verifier that no listing of this server gave is BAD_COOKIE."""
    directory, _ = fill(nfs, 3)
    entry = ok(nfs.readdirplus(directory)).reply.entries[2]
    fails(nfs.readdirplus(directory, entry.cookie, b"\xde\xad\xbe\xef\0\0\0\0"), "BAD_COOKIE")


@case("READDIRPLUS-09", "3.3.17")
def test_goes_on_from_readdir(nfs: Session) -> None:
    """Cookies of READDIR are good for READDIRPLUS, and the other way round."""
    directory, names = fill(nfs, 20)
    first = ok(nfs.readdir(directory, count=512))
    second = ok(nfs.readdirplus(directory, first.reply.entries[-1].cookie, first.cookieverf))
    found = [entry.name for entry in first.reply.entries + second.reply.entries]
    assert sorted(name for name in found if name not in (b".", b"..")) == names


@case("READDIRPLUS-10", "3.3.17", "NOTSUPP", in_process=True)
def test_backend_refuses(nfs: Session) -> None:
    """A backend without attributes in listings says so, and clients fall back to READDIR."""
    with nfs.exchange.fault("readdir", FsCode.NOTSUPP):
        fails(nfs.readdirplus(nfs.dir), "NOTSUPP")


@case("READDIRPLUS-11", "3.3.17", in_process=True)
def test_root_of_an_export(nfs: Session) -> None:
    """``..`` of an export's root is the root itself, with its attributes and handle."""
    root = nfs.exchange.export("open")
    entries = {entry.name: entry for entry in ok(nfs.readdirplus(root)).reply.entries}
    assert entries[b".."].name_handle == root
    assert entries[b".."].name_attributes == entries[b"."].name_attributes


@case("READDIRPLUS-12", "3.3.17")
def test_changes_are_seen(nfs: Session) -> None:
    """Attributes in a listing are as new as GETATTR's."""
    handle = nfs.file(b"file")
    ok(nfs.write(handle, b"12345"))
    for entry in ok(nfs.readdirplus(nfs.dir)).reply.entries:
        if entry.name == b"file" and entry.name_attributes is not None:
            assert x.decode_fattr3(entry.name_attributes).size == 5
