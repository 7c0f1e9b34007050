"""Every error has its MOUNT status."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode, FsError
from nfsgw.mount.status import STATUS, status1_of, status3_of
from nfsgw.xdr.generated import mount as wire


@pytest.mark.parametrize("code", list(FsCode))
def test_every_error_has_a_status(code: FsCode) -> None:
    """No error of a volume can surprise MOUNT, and none is mistaken for success."""
    assert wire.mountstat3(status3_of(FsError(code))) is not wire.mountstat3.MNT3_OK
    assert 0 < status1_of(FsError(code)) < 134, "not a Unix error number"
    assert code in STATUS


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (FsCode.ACCES, wire.MNT3ERR_ACCES),
        (FsCode.NOENT, wire.MNT3ERR_NOENT),
        (FsCode.NOTDIR, wire.MNT3ERR_NOTDIR),
        (FsCode.NAMETOOLONG, wire.MNT3ERR_NAMETOOLONG),
        (FsCode.TRY_LATER, wire.MNT3ERR_SERVERFAULT),
        (FsCode.SERVERFAULT, wire.MNT3ERR_SERVERFAULT),
    ],
)
def test_statuses_that_people_see(code: FsCode, status: int) -> None:
    """What ``mount`` prints is the reason."""
    assert status3_of(FsError(code)) == status
