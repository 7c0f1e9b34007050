"""SETATTR: change attributes, the size included (RFC 1813, section 3.3.2)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_attributes, time_bytes
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    SETATTR3args,
    SETATTR3res,
    SETATTR3resfail,
    SETATTR3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: SETATTR3args) -> SETATTR3res:
    """Set what ``sattr3`` says, if the guard's ctime (when there is one) is still the object's."""
    export, inode = nfs.exports.open(call, args.object)
    ctime = args.guard
    updated = await export.setattr(
        export.credentials(call),
        inode,
        new_attributes(args.new_attributes),
        None if ctime is None else time_bytes(ctime),
        call.request,
    )
    return SETATTR3res(NFS3_OK, SETATTR3resok(wcc_data(updated.before, updated.attributes)))


def fail(status: int, error: FsError) -> SETATTR3res:
    """Return the failure arm, with the object as it was left."""
    return SETATTR3res(status, resfail=SETATTR3resfail(wcc_data(error.before, error.attributes)))
