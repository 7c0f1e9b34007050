"""The table, its errors, and patience."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import AclEntry, Acls, AclTag, Updated
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfsacl import NFSACL_PROGRAM, nfsacl_program
from nfsgw.rpc.program import Procedure, ProgramUnavailable
from nfsgw.waiting import result_of, step
from nfsgw.xdr.generated import nfs3
from nfsgw.xdr.generated import nfsacl as x
from tests.unit.nfs3.fakes import ATTRIBUTES, BEFORE, FakeExport, Timers, call, service

LATER = FsError(FsCode.TRY_LATER)
MINIMAL = tuple(AclEntry(tag, 0, 7) for tag in (AclTag.USER_OBJ, AclTag.GROUP_OBJ, AclTag.OTHER))
ACLS = Acls(ATTRIBUTES, MINIMAL, ())


def rows(nfs: Nfs3) -> dict[str, Procedure]:
    """Return the table by name."""
    return {row.name: row for row in nfsacl_program(nfs).versions[3].values()}


ROWS = rows(service()[0])
FAILING = [row for row in ROWS.values() if row.number]


def bench(timers: Timers | None = None) -> tuple[dict[str, Procedure], FakeExport]:
    """Return the table, and the export that it works on."""
    nfs, export, _ = service(timers or Timers())
    return rows(nfs), export


def test_table() -> None:
    """Three procedures of version 3; one changes something, and both want to know who asks."""
    program = nfsacl_program(service()[0])
    assert (program.number, list(program.versions)) == (NFSACL_PROGRAM, [3]) == (100227, [3])
    assert [row.number for row in program.versions[3].values()] == [0, 1, 2]
    assert list(ROWS) == ["NULL", "GETACL", "SETACL"]
    assert [row.name for row in ROWS.values() if row.mutates] == ["SETACL"]
    assert [row.name for row in ROWS.values() if row.needs_credential] == ["GETACL", "SETACL"]


def test_nothing_is_shed() -> None:
    """There is no "later" in this program, so under overload neither."""
    assert not any(row.sheddable for row in ROWS.values())


@pytest.mark.parametrize("row", FAILING, ids=lambda row: row.name)
def test_every_error_can_be_encoded(row: Procedure) -> None:
    """Each is an nfsstat3 with the attributes if there are any, and none is JUKEBOX."""
    assert row.failure is not None
    for code in FsCode:
        for error in (FsError(code), FsError(code, ATTRIBUTES, BEFORE)):
            result = row.failure(error)
            assert nfs3.nfsstat3(result.status) not in (nfs3.NFS3_OK, nfs3.NFS3ERR_JUKEBOX)
            packer = x.NFSACLPacker()
            row.encode(packer, result)
            unpacker = x.NFSACLUnpacker(packer.get_buffer())
            assert getattr(unpacker, f"unpack_{row.name}3res")() == result
            unpacker.done()
            assert result.resfail.attr == error.attributes


def test_null() -> None:
    """A ping needs no export."""
    table, export = bench()
    assert result_of(table["NULL"].run(call(), None)) is None
    assert export.calls == []


def test_getacl_shows_what_the_backend_has() -> None:
    """Attributes and lists, with what the mask asks for."""
    table, export = bench()
    export.answers["getacl"] = [ACLS]
    result = result_of(table["GETACL"].run(call(), x.GETACL3args(export.handle(7), 5)))
    assert export.calls == [("getacl", (7,))]
    assert (result.status, result.resok.attr, result.resok.acl.mask) == (0, ATTRIBUTES, 5)
    assert len(result.resok.acl.acl) == 4


def test_getacl_with_an_unknown_mask_shows_attributes() -> None:
    """The refusal comes with the attributes of the object, as every failure that can."""
    table, export = bench()
    export.answers["getacl"] = [ACLS]
    with pytest.raises(FsError) as raised:
        result_of(table["GETACL"].run(call(), x.GETACL3args(export.handle(7), 16)))
    assert (raised.value.code, raised.value.attributes) == (FsCode.INVAL, ATTRIBUTES)


def test_setacl_passes_lists_and_request() -> None:
    """The backend is told which lists are set, by whom, and which call it is."""
    table, export = bench()
    export.answers["setacl"] = [Updated(BEFORE, ATTRIBUTES)]
    entries = [x.aclent(0x1000 | entry.tag, 0, 7) for entry in MINIMAL]
    args = x.SETACL3args(export.handle(7), x.secattr(4, 0, [], 3, entries))
    result = result_of(table["SETACL"].run(call(), args))
    assert result == x.SETACL3res(0, x.SETACL3resok(ATTRIBUTES))
    (name, (credentials, inode, access, default, request)) = export.calls[0]
    assert (name, credentials.uid, inode) == ("setacl", 0, 7)
    assert (access, default, request) == (None, list(MINIMAL), b"r" * 28)


@pytest.mark.parametrize("name", ["GETACL", "SETACL"])
def test_an_export_without_acls(name: str) -> None:
    """With ``no_acl`` the program is not there, and nothing is asked or changed."""
    table, export = bench()
    export.no_acl = True
    handle = export.handle(7)
    args = x.GETACL3args(handle, 15) if name == "GETACL" else _setacl(handle)
    with pytest.raises(ProgramUnavailable):
        result_of(table[name].run(call(), args))
    assert export.calls == []


def _setacl(handle: bytes) -> x.SETACL3args:
    return x.SETACL3args(handle, x.secattr(1, 0, [], 0, []))


@pytest.mark.parametrize("unknown", [False, True])
def test_calls_are_held_without_end(unknown: bool) -> None:
    """However long the backend cannot serve, the client is never told to come back."""
    timers = Timers()
    table, export = bench(timers)
    first = [FsError(FsCode.UNDECIDED)] if unknown else []
    export.answers["setacl"] = [*first, *[LATER] * 500, Updated(BEFORE, ATTRIBUTES)]
    wait = step(table["SETACL"].run(call(), _setacl(export.handle(7))))
    started_s = timers.now_s
    while timers.due:
        assert not wait.done
        timers.step()
    assert wait.result() == x.SETACL3res(0, x.SETACL3resok(ATTRIBUTES))
    assert timers.now_s - started_s > 300
    assert export.answers["setacl"] == []


def test_an_error_ends_the_wait() -> None:
    """What is decided at last is answered at once."""
    timers = Timers()
    table, export = bench(timers)
    export.answers["getacl"] = [*[LATER] * 100, FsError(FsCode.STALE)]
    wait = step(table["GETACL"].run(call(), x.GETACL3args(export.handle(7), 15)))
    while timers.due:
        timers.step()
    with pytest.raises(FsError) as raised:
        wait.result()
    assert raised.value.code is FsCode.STALE
