"""READLINK: the target of a symbolic link (RFC 1813, section 3.3.5)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    READLINK3args,
    READLINK3res,
    READLINK3resfail,
    READLINK3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: READLINK3args) -> READLINK3res:
    """Return the target as the client that made the link gave it: bytes, never resolved here."""
    export, inode = nfs.exports.open(call, args.symlink)
    attributes, target = await export.readlink(export.credentials(call), inode)
    return READLINK3res(NFS3_OK, READLINK3resok(attributes, target))


def fail(status: int, error: FsError) -> READLINK3res:
    """Return the failure arm, with the attributes of the object."""
    return READLINK3res(status, resfail=READLINK3resfail(error.attributes))
