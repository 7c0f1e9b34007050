"""The tables that turn file-system errors into ``nfsstat3``."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode
from nfsgw.nfs3.status import BESIDES, EVERYWHERE, LISTED, STATUS, answerable
from nfsgw.xdr.generated import nfs3 as x

NAMES = {status.name.removeprefix("NFS3ERR_") for status in x.nfsstat3}


def test_every_code_has_a_status() -> None:
    """No error of the backend can reach a client as something unknown."""
    assert set(STATUS) == set(FsCode)
    assert all(status in list(x.nfsstat3) for status in STATUS.values())


def test_statuses_say_what_the_codes_say() -> None:
    """A code and its status have one name, but for the two that say "not now"."""
    renamed = {FsCode.TRY_LATER: "JUKEBOX", FsCode.UNDECIDED: "SERVERFAULT"}
    for code, status in STATUS.items():
        name = x.nfsstat3(status).name.removeprefix("NFS3ERR_")
        assert name == renamed.get(code, code.name)


@pytest.mark.parametrize("procedure", LISTED)
def test_only_allowed_statuses_are_answered(procedure: str) -> None:
    """Whatever goes wrong, a procedure answers what its list has, or what we give a reason for."""
    allowed = LISTED[procedure] | EVERYWHERE.keys() | BESIDES.get(procedure, {}).keys()
    allowed |= {"STALE", "BADHANDLE", "SERVERFAULT"}
    statuses = answerable(procedure)
    assert set(statuses) == set(FsCode)
    for status in statuses.values():
        assert x.nfsstat3(status).name.removeprefix("NFS3ERR_") in allowed


@pytest.mark.parametrize("procedure", LISTED)
def test_listed_errors_are_answered_as_they_are(procedure: str) -> None:
    """An error that the procedure's list has is never changed into another."""
    statuses = answerable(procedure)
    for code in FsCode:
        if code.name in LISTED[procedure]:
            assert statuses[code] == STATUS[code]


def test_tables_use_real_names() -> None:
    """A misspelt name in a table would allow nothing."""
    for table in (*LISTED.values(), EVERYWHERE, *BESIDES.values()):
        assert set(table) <= NAMES


def test_reasons_are_only_given_for_what_is_not_listed() -> None:
    """What the RFC lists needs no reason of ours."""
    for procedure, reasons in BESIDES.items():
        assert not reasons.keys() & LISTED[procedure]


def test_full_disk_is_said_where_bytes_are_written() -> None:
    """A full disk or quota is told as such by everything that stores something."""
    for procedure in ("SETATTR", "WRITE", "CREATE", "MKDIR", "SYMLINK", "MKNOD", "RENAME", "LINK"):
        assert answerable(procedure)[FsCode.NOSPC] == x.NFS3ERR_NOSPC
        assert answerable(procedure)[FsCode.DQUOT] == x.NFS3ERR_DQUOT


def test_wrong_types_are_invalid_arguments() -> None:
    """READ and WRITE of a directory are INVAL, as section 3.3.6 says."""
    for procedure in ("READ", "WRITE", "READLINK", "SETATTR", "COMMIT"):
        assert answerable(procedure)[FsCode.ISDIR] == x.NFS3ERR_INVAL
