"""The procedure table."""

from __future__ import annotations

import pytest

from nfsgw.backend.brick.attributes import LINKS_MAX as BRICK_LINKS_MAX
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3 import NFS3_PROGRAM, nfs3_program
from nfsgw.nfs3.procedures.pathconf import LINKS_MAX
from nfsgw.nfs3.status import LISTED
from nfsgw.rpc.program import Procedure
from nfsgw.xdr.generated import nfs3 as x
from tests.unit.nfs3.fakes import ATTRIBUTES, BEFORE, service

PROGRAM = nfs3_program(service()[0])
ROWS = PROGRAM.versions[3]


def test_all_procedures() -> None:
    """The table has the 22 procedures of the RFC, under their numbers and names."""
    assert PROGRAM.number == NFS3_PROGRAM == 100003
    assert list(PROGRAM.versions) == [3]
    assert sorted(ROWS) == list(range(22))
    for number, row in ROWS.items():
        assert row.number == number == getattr(x, f"NFSPROC3_{row.name}")


def test_what_changes_something() -> None:
    """Every procedure that changes something is kept by the replay cache, and no other."""
    kept = {row.name for row in ROWS.values() if row.mutates}
    assert kept == set("SETATTR WRITE CREATE MKDIR SYMLINK MKNOD REMOVE RMDIR RENAME LINK".split())


def test_who_needs_no_credential() -> None:
    """NULL and FSINFO are answered before a client has said who it is."""
    open_to_all = {row.name for row in ROWS.values() if not row.needs_credential}
    assert open_to_all == {"NULL", "FSINFO"}


def test_null_is_never_shed() -> None:
    """A ping is answered under any load."""
    assert {row.name for row in ROWS.values() if not row.sheddable} == {"NULL"}


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.number], ids=lambda r: r.name)
def test_every_error_can_be_encoded(row: Procedure) -> None:
    """Every failure arm encodes, with attributes and without, and decodes to what it was."""
    assert row.failure is not None
    seconds = ((None, None), (BEFORE, ATTRIBUTES))
    for code in FsCode:
        for second in seconds:
            for error in (
                FsError(code),
                FsError(code, ATTRIBUTES, BEFORE, second),
            ):
                result = row.failure(error)
                packer = x.NFS3Packer()
                row.encode(packer, result)
                unpacker = x.NFS3Unpacker(packer.get_buffer())
                assert getattr(unpacker, f"unpack_{row.name}3res")() == result
                unpacker.done()


def test_errors_are_known_by_procedure() -> None:
    """The error lists and the table speak of the same procedures."""
    assert set(LISTED) == {row.name for row in ROWS.values()}


def test_link_limit_is_the_bricks() -> None:
    """PATHCONF tells the number of links that the brick allows."""
    assert LINKS_MAX == BRICK_LINKS_MAX
