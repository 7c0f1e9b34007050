"""LINK: one more name for a file (RFC 1813, section 3.3.15)."""

from __future__ import annotations

from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    LINK3args,
    LINK3res,
    LINK3resfail,
    LINK3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: LINK3args) -> LINK3res:
    """Give the file a name in a directory of the same export.

    :raises FsError: XDEV between two exports, as for RENAME.
    """
    export, inode = nfs.exports.open(call, args.file)
    other, directory = nfs.exports.open(call, args.link.dir)
    if other.export_id != export.export_id:
        raise FsError(FsCode.XDEV)
    linked = await export.link(
        export.credentials(call), inode, directory, new_name(args.link), call.request
    )
    return LINK3res(
        NFS3_OK,
        LINK3resok(
            linked.attributes,
            wcc_data(linked.directory_before, linked.directory),
        ),
    )


def fail(status: int, error: FsError) -> LINK3res:
    """Return the failure arm, with the file's attributes and the directory as it was left.

    The error's own attributes are the directory's, those of ``second`` the file's.
    """
    return LINK3res(
        status,
        resfail=LINK3resfail(error.second[1], wcc_data(error.before, error.attributes)),
    )
