"""Which status MOUNT answers for each error; version 3 and version 1.

MOUNT has no "try later": what cannot be answered now is SERVERFAULT, and the client's mount
command says so (RFC 1813, section 5.1.5).
"""

from __future__ import annotations

from typing import Final

from nfsgw.errors import FsCode, FsError
from nfsgw.xdr.generated import mount as wire

__all__ = ["STATUS", "status1_of", "status3_of"]

STATUS: Final[dict[FsCode, int]] = {
    FsCode.PERM: wire.MNT3ERR_PERM,
    FsCode.NOENT: wire.MNT3ERR_NOENT,
    FsCode.IO: wire.MNT3ERR_IO,
    FsCode.ACCES: wire.MNT3ERR_ACCES,
    FsCode.EXIST: wire.MNT3ERR_SERVERFAULT,
    FsCode.XDEV: wire.MNT3ERR_SERVERFAULT,
    FsCode.NODEV: wire.MNT3ERR_IO,
    FsCode.NOTDIR: wire.MNT3ERR_NOTDIR,
    FsCode.ISDIR: wire.MNT3ERR_SERVERFAULT,
    FsCode.INVAL: wire.MNT3ERR_INVAL,
    FsCode.FBIG: wire.MNT3ERR_SERVERFAULT,
    FsCode.NOSPC: wire.MNT3ERR_IO,
    FsCode.ROFS: wire.MNT3ERR_ACCES,
    FsCode.MLINK: wire.MNT3ERR_SERVERFAULT,
    FsCode.NAMETOOLONG: wire.MNT3ERR_NAMETOOLONG,
    FsCode.NOTEMPTY: wire.MNT3ERR_SERVERFAULT,
    FsCode.DQUOT: wire.MNT3ERR_IO,
    # The directory went away between two steps of the walk.
    FsCode.STALE: wire.MNT3ERR_NOENT,
    FsCode.BADHANDLE: wire.MNT3ERR_SERVERFAULT,
    FsCode.NOT_SYNC: wire.MNT3ERR_SERVERFAULT,
    FsCode.BAD_COOKIE: wire.MNT3ERR_SERVERFAULT,
    FsCode.NOTSUPP: wire.MNT3ERR_NOTSUPP,
    FsCode.TOOSMALL: wire.MNT3ERR_SERVERFAULT,
    FsCode.BADTYPE: wire.MNT3ERR_SERVERFAULT,
    FsCode.TRY_LATER: wire.MNT3ERR_SERVERFAULT,
    FsCode.UNDECIDED: wire.MNT3ERR_SERVERFAULT,
    FsCode.SERVERFAULT: wire.MNT3ERR_SERVERFAULT,
}
"""Every error has a row, also those that a mount cannot meet."""

# Version 1 answers with Unix error numbers (RFC 1094, appendix A.5.1); the statuses of version 3
# are such numbers, but for the two that Unix does not have.
_STATUS1: Final[dict[int, int]] = {wire.MNT3ERR_NOTSUPP: 95, wire.MNT3ERR_SERVERFAULT: 5}


def status3_of(error: FsError) -> int:
    """Return the ``mountstat3`` of an error."""
    return STATUS[error.code]


def status1_of(error: FsError) -> int:
    """Return the Unix error number that version 1 answers."""
    status = STATUS[error.code]
    return _STATUS1.get(status, status)
