"""GETATTR: the attributes of an object (RFC 1813, section 3.3.1)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import NFS3_OK, GETATTR3args, GETATTR3res, GETATTR3resok

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: GETATTR3args) -> GETATTR3res:
    """Return the attributes; a valid handle and an allowed host are enough."""
    export, inode = nfs.exports.open(call, args.object)
    return GETATTR3res(NFS3_OK, GETATTR3resok(await export.getattr(inode)))


def fail(status: int, _error: FsError) -> GETATTR3res:
    """Return the failure arm, which is empty."""
    return GETATTR3res(status)
