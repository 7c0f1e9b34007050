"""MKDIR: a directory (RFC 1813, section 3.3.9)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_attributes, new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    MKDIR3args,
    MKDIR3res,
    MKDIR3resfail,
    MKDIR3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: MKDIR3args) -> MKDIR3res:
    """Create an empty directory; ``.`` and ``..`` exist everywhere."""
    where = args.where
    export, directory = nfs.exports.open(call, where.dir)
    made = await export.mkdir(
        export.credentials(call),
        directory,
        new_name(where),
        new_attributes(args.attributes),
        call.request,
    )
    return MKDIR3res(
        NFS3_OK,
        MKDIR3resok(
            export.handle(made.inode),
            made.attributes,
            wcc_data(made.directory_before, made.directory),
        ),
    )


def fail(status: int, error: FsError) -> MKDIR3res:
    """Return the failure arm, with the parent directory as it was left."""
    return MKDIR3res(status, resfail=MKDIR3resfail(wcc_data(error.before, error.attributes)))
