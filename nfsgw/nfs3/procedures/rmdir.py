"""RMDIR: remove an empty directory (RFC 1813, section 3.3.13)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    RMDIR3args,
    RMDIR3res,
    RMDIR3resfail,
    RMDIR3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: RMDIR3args) -> RMDIR3res:
    """Remove the directory; ``.`` and ``..`` are no names that could be removed."""
    what = args.object
    export, directory = nfs.exports.open(call, what.dir)
    before, attributes = await export.rmdir(
        export.credentials(call), directory, new_name(what), call.request
    )
    return RMDIR3res(NFS3_OK, RMDIR3resok(wcc_data(before, attributes)))


def fail(status: int, error: FsError) -> RMDIR3res:
    """Return the failure arm, with the parent directory as it was left."""
    return RMDIR3res(status, resfail=RMDIR3resfail(wcc_data(error.before, error.attributes)))
