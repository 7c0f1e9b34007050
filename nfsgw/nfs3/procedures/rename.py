"""RENAME: move a name, within a directory or between two (RFC 1813, section 3.3.14)."""

from __future__ import annotations

from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    RENAME3args,
    RENAME3res,
    RENAME3resfail,
    RENAME3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: RENAME3args) -> RENAME3res:
    """Rename, replacing the target if it is of the same kind.

    :raises FsError: XDEV between two exports, even of one volume: a client must not be able to
        move a file out of the tree that it was given.
    """
    export, source = nfs.exports.open(call, args.from_.dir)
    other, target = nfs.exports.open(call, args.to.dir)
    if other.export_id != export.export_id:
        raise FsError(FsCode.XDEV)
    renamed = await export.rename(
        export.credentials(call),
        source,
        new_name(args.from_),
        target,
        new_name(args.to),
        call.request,
    )
    return RENAME3res(
        NFS3_OK,
        RENAME3resok(
            wcc_data(renamed.source_before, renamed.source),
            wcc_data(renamed.target_before, renamed.target),
        ),
    )


def fail(status: int, error: FsError) -> RENAME3res:
    """Return the failure arm, with both directories as they were left."""
    return RENAME3res(
        status,
        resfail=RENAME3resfail(wcc_data(error.before, error.attributes), wcc_data(*error.second)),
    )
