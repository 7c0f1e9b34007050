"""FSINFO: what the server can do (RFC 1813, section 3.3.19)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import OFFSET_MAX
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    FSF3_CANSETTIME,
    FSF3_HOMOGENEOUS,
    FSF3_LINK,
    FSF3_SYMLINK,
    NFS3_OK,
    FSINFO3args,
    FSINFO3res,
    FSINFO3resfail,
    FSINFO3resok,
    nfstime3,
)

__all__ = ["fail", "run"]

_MULTIPLE_BYTES = 4096
_DIRECTORY_BYTES = 64 << 10
_PROPERTIES = FSF3_LINK | FSF3_SYMLINK | FSF3_HOMOGENEOUS | FSF3_CANSETTIME


async def run(nfs: Nfs3, call: Call, args: FSINFO3args) -> FSINFO3res:
    """Return the limits of the transport that asks; times have nanoseconds.

    Asked with AUTH_NONE too, by clients that are only mounting (RFC 2623, section 2.3.2).
    """
    export, inode = nfs.exports.open(call, args.fsroot)
    attributes = await export.getattr(inode)
    transfer = nfs.transfer_max(call)
    return FSINFO3res(
        NFS3_OK,
        FSINFO3resok(
            obj_attributes=attributes,
            rtmax=transfer,
            rtpref=transfer,
            rtmult=_MULTIPLE_BYTES,
            wtmax=transfer,
            wtpref=transfer,
            wtmult=_MULTIPLE_BYTES,
            dtpref=min(transfer, _DIRECTORY_BYTES),
            maxfilesize=OFFSET_MAX,
            time_delta=nfstime3(0, 1),
            properties=_PROPERTIES,
        ),
    )


def fail(status: int, error: FsError) -> FSINFO3res:
    """Return the failure arm, with the attributes of the object."""
    return FSINFO3res(status, resfail=FSINFO3resfail(error.attributes))
