"""REMOVE: take away a name that is not a directory's (RFC 1813, section 3.3.12)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    REMOVE3args,
    REMOVE3res,
    REMOVE3resfail,
    REMOVE3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: REMOVE3args) -> REMOVE3res:
    """Remove the name; the file goes with its last one."""
    what = args.object
    export, directory = nfs.exports.open(call, what.dir)
    before, attributes = await export.remove(
        export.credentials(call), directory, what.name, call.request
    )
    return REMOVE3res(NFS3_OK, REMOVE3resok(wcc_data(before, attributes)))


def fail(status: int, error: FsError) -> REMOVE3res:
    """Return the failure arm, with the directory as it was left."""
    return REMOVE3res(status, resfail=REMOVE3resfail(wcc_data(error.before, error.attributes)))
