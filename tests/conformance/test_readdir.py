"""READDIR (RFC 1813, section 3.3.16)."""

from __future__ import annotations

from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import case
from tests.conformance.client import ALICE, Session, fails, ok


def fill(nfs: Session, count: int) -> tuple[bytes, list[bytes]]:
    """Make a directory with ``count`` files; return its handle and their names, sorted."""
    directory = nfs.directory(b"full")
    names = [b"name-%04d" % number + b"x" * (number % 17) for number in range(count)]
    for name in names:
        ok(nfs.create(directory, name))
    return directory, sorted(names)


@case("READDIR-01", "3.3.16")
def test_empty(nfs: Session) -> None:
    """An empty directory lists ``.`` and ``..`` with their file ids, and ends."""
    directory = nfs.directory()
    answer = ok(nfs.readdir(directory))
    entries = {entry.name: entry.fileid for entry in answer.reply.entries}
    assert entries == {
        b".": nfs.attributes(directory).fileid,
        b"..": nfs.attributes(nfs.dir).fileid,
    }
    assert answer.reply.eof
    assert x.decode_fattr3(answer.dir_attributes).type == x.NF3DIR


@case("READDIR-02", "3.3.16")
def test_file_ids(nfs: Session) -> None:
    """Each entry has the file id that GETATTR shows."""
    handles = {name: nfs.file(name) for name in (b"a", b"bb", b"ccc", b"dddd")}
    for entry in ok(nfs.readdir(nfs.dir)).reply.entries:
        if entry.name in handles:
            assert entry.fileid == nfs.attributes(handles[entry.name]).fileid


@case("READDIR-03", "3.3.16")
def test_in_pieces(nfs: Session) -> None:
    """Read in small pieces, everything comes exactly once."""
    directory, names = fill(nfs, 60)
    assert sorted(nfs.names(directory, 512)) == names
    assert sorted(nfs.names(directory)) == names


@case("READDIR-04", "3.3.16")
def test_count_bounds_the_result(nfs: Session) -> None:
    """READDIR3resok is never longer than ``count``, all XDR overhead included."""
    directory, _ = fill(nfs, 40)
    for count in range(200, 1400, 52):
        packer = x.NFS3Packer()
        packer.pack_READDIR3args(x.READDIR3args(directory, 0, bytes(8), count))
        data = nfs.raw(x.NFSPROC3_READDIR, packer.get_buffer())
        assert data[:4] == bytes(4)
        assert len(data) - 4 <= count


@case(
    "READDIR-05", "3.3.16", "TOOSMALL", ganesha="an empty listing, encoded with 8 bytes too many"
)
def test_too_small(nfs: Session) -> None:
    """A count that has no room for one entry is TOOSMALL, not an empty listing."""
    directory, _ = fill(nfs, 3)
    for count in (0, 16, 104, 120):
        fails(nfs.readdir(directory, count=count), "TOOSMALL")


@case("READDIR-06", "3.3.16", "NOTDIR")
def test_file(nfs: Session) -> None:
    """A file has no entries."""
    fails(nfs.readdir(nfs.file()), "NOTDIR")


@case("READDIR-07", "3.3.16", "ACCES")
def test_without_permission(nfs: Session) -> None:
    """Listing takes the read bit, not the execute bit."""
    directory = nfs.directory(mode=0o711)
    fails(nfs.as_user(ALICE).readdir(directory), "ACCES")
    ok(nfs.setattr(directory, mode=0o744))
    ok(nfs.as_user(ALICE).readdir(directory))


@case(
    "READDIR-08", "3.3.16", "BAD_COOKIE", ganesha="ignores the verifier unless it is told not to"
)
def test_foreign_verifier(nfs: Session) -> None:
    """A verifier that no listing of this server gave is BAD_COOKIE."""
    directory, _ = fill(nfs, 3)
    entry = ok(nfs.readdir(directory)).reply.entries[2]
    fails(nfs.readdir(directory, entry.cookie, b"\xde\xad\xbe\xef\0\0\0\0"), "BAD_COOKIE")


@case("READDIR-09", "3.3.16")
def test_zero_verifier(nfs: Session) -> None:
    """Clients that always send a zero verifier can nevertheless go on."""
    directory, names = fill(nfs, 20)
    first = ok(nfs.readdir(directory, count=512)).reply
    second = ok(nfs.readdir(directory, first.entries[-1].cookie, bytes(8))).reply
    found = [entry.name for entry in first.entries + second.entries]
    assert sorted(name for name in found if name not in (b".", b"..")) == names


@case("READDIR-10", "3.3.16")
def test_removed_while_listing(nfs: Session) -> None:
    """After a removal of what was listed, the listing goes on where it was."""
    directory, names = fill(nfs, 40)
    listed: list[bytes] = []
    cookie, verf, eof = 0, bytes(8), False
    while not eof:
        answer = ok(nfs.readdir(directory, cookie, verf, 512))
        verf, eof = answer.cookieverf, answer.reply.eof
        for entry in answer.reply.entries:
            cookie = entry.cookie
            if entry.name not in (b".", b".."):
                listed.append(entry.name)
                ok(nfs.remove(directory, entry.name))
    assert sorted(listed) == names
    assert nfs.names(directory) == []


@case("READDIR-11", "3.3.16")
def test_created_while_listing(nfs: Session) -> None:
    """Files that appear meanwhile make nothing else come twice or not at all."""
    directory, names = fill(nfs, 40)
    listed: list[bytes] = []
    cookie, verf, number = 0, bytes(8), 0
    while number < 100:
        answer = ok(nfs.readdir(directory, cookie, verf, 512))
        verf = answer.cookieverf
        for entry in answer.reply.entries:
            cookie = entry.cookie
            listed.append(entry.name)
        if answer.reply.eof:
            break
        ok(nfs.create(directory, b"meanwhile-%d" % number))
        number += 1
    assert len(listed) == len(set(listed))
    assert sorted(name for name in listed if name.startswith(b"name-")) == names


@case("READDIR-12", "3.3.16")
def test_cookies_differ(nfs: Session) -> None:
    """No two entries have one cookie, none has 0, and all are below 2^63."""
    directory, _ = fill(nfs, 30)
    cookies = [entry.cookie for entry in ok(nfs.readdir(directory)).reply.entries]
    assert len(set(cookies)) == len(cookies)
    assert all(0 < cookie < 1 << 63 for cookie in cookies)


@case("READDIR-13", "3.3.16")
def test_after_the_last(nfs: Session) -> None:
    """After the last entry there is nothing, and the end."""
    directory, _ = fill(nfs, 3)
    answer = ok(nfs.readdir(directory))
    last = answer.reply.entries[-1].cookie
    again = ok(nfs.readdir(directory, last, answer.cookieverf)).reply
    assert (again.entries, bool(again.eof)) == ([], True)


@case("READDIR-14", "3.3.16", "BAD_COOKIE", in_process=True)
def test_impossible_cookie(nfs: Session) -> None:
    """A cookie of 2^63 or more was never one of ours."""
    fails(nfs.readdir(nfs.dir, 1 << 63), "BAD_COOKIE")


@case("READDIR-15", "3.3.16", in_process=True)
def test_root_of_an_export(nfs: Session) -> None:
    """``..`` of an export's root shows the root itself, as LOOKUP finds it."""
    root = nfs.exchange.export("open")
    entries = {entry.name: entry.fileid for entry in ok(nfs.readdir(root)).reply.entries}
    assert entries[b".."] == entries[b"."] == nfs.attributes(root).fileid


@case("READDIR-16", "3.3.16")
def test_long_names(nfs: Session) -> None:
    """Names of every length around the padding, and of 255 bytes, come out whole."""
    names = [b"n" * length for length in (1, 2, 3, 4, 5, 6, 7, 8, 253, 254, 255)]
    for name in names:
        nfs.file(name)
    assert sorted(nfs.names(nfs.dir)) == sorted(names)
