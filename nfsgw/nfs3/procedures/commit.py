"""COMMIT: make unstable writes durable (RFC 1813, section 3.3.21)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import OFFSET_MAX
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    COMMIT3args,
    COMMIT3res,
    COMMIT3resfail,
    COMMIT3resok,
    wcc_data,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: COMMIT3args) -> COMMIT3res:
    """Commit a range; count 0 means to the end, and so does a range that no file can have.

    The verifier comes from the backend: it is the one that unstable WRITEs returned, unless bytes
    may have been lost since.
    """
    export, inode = nfs.exports.open(call, args.file)
    offset, count = args.offset, args.count
    if offset + count > OFFSET_MAX:
        offset, count = min(offset, OFFSET_MAX), 0
    before, attributes, verifier = await export.commit(inode, offset, count)
    return COMMIT3res(NFS3_OK, COMMIT3resok(wcc_data(before, attributes), verifier))


def fail(status: int, error: FsError) -> COMMIT3res:
    """Return the failure arm, with the file as it was left."""
    return COMMIT3res(status, resfail=COMMIT3resfail(wcc_data(error.before, error.attributes)))
