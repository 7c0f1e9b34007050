"""SYMLINK: a symbolic link (RFC 1813, section 3.3.10)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_attributes, new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    SYMLINK3args,
    SYMLINK3res,
    SYMLINK3resfail,
    SYMLINK3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: SYMLINK3args) -> SYMLINK3res:
    """Create a link to a target that is kept as bytes and never looked at."""
    where = args.where
    export, directory = nfs.exports.open(call, where.dir)
    made = await export.symlink(
        export.credentials(call),
        directory,
        new_name(where),
        args.symlink.symlink_data,
        new_attributes(args.symlink.symlink_attributes),
        call.request,
    )
    return SYMLINK3res(
        NFS3_OK,
        SYMLINK3resok(
            export.handle(made.inode),
            made.attributes,
            wcc_data(made.directory_before, made.directory),
        ),
    )


def fail(status: int, error: FsError) -> SYMLINK3res:
    """Return the failure arm, with the directory as it was left."""
    return SYMLINK3res(status, resfail=SYMLINK3resfail(wcc_data(error.before, error.attributes)))
