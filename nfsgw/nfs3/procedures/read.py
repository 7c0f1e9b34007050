"""READ: bytes of a file (RFC 1813, section 3.3.6)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import OFFSET_MAX
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    READ3args,
    READ3res,
    READ3resfail,
    READ3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: READ3args) -> READ3res:
    """Return up to ``count`` bytes, at most what one transfer of the transport holds.

    An offset beyond the end is no error, however large it is: no bytes and eof.  The data may
    still lie in the file (a ``FileRange``); the connection sends and releases it.
    """
    export, inode = nfs.exports.open(call, args.file)
    offset = min(args.offset, OFFSET_MAX)
    attributes, data, eof = await export.read(
        export.credentials(call),
        inode,
        offset,
        min(args.count, nfs.transfer_max(call), OFFSET_MAX - offset),
    )
    return READ3res(NFS3_OK, READ3resok(attributes, len(data), eof, data))


def fail(status: int, error: FsError) -> READ3res:
    """Return the failure arm, with the attributes of the file."""
    return READ3res(status, resfail=READ3resfail(error.attributes))
