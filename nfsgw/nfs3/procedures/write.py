"""WRITE: bytes into a file (RFC 1813, section 3.3.7)."""

from __future__ import annotations

from nfsgw.backend.api import Stability
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import OFFSET_MAX
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    WRITE3args,
    WRITE3res,
    WRITE3resfail,
    WRITE3resok,
    wcc_data,
)

__all__ = ["fail", "run"]

_STABILITY = tuple(Stability)


async def run(nfs: Nfs3, call: Call, args: WRITE3args) -> WRITE3res:
    """Write the data, as durably as asked or more so; verifier and stability are the backend's.

    ``count`` says again how long ``data`` is.  The RFC leaves open what happens when the two
    differ; such a client is defective and guessing could corrupt a file, so it is told INVAL.
    More than one transfer is written short, as the RFC allows; an end beyond the largest size of a
    file is FBIG.
    """
    export, inode = nfs.exports.open(call, args.file)
    data = args.data
    if len(data) != args.count:
        raise FsError(FsCode.INVAL)
    if args.offset + len(data) > OFFSET_MAX:
        raise FsError(FsCode.FBIG)
    transfer_max = nfs.transfer_max(call)
    if len(data) > transfer_max:
        data = data[:transfer_max]
    before, attributes, written, stability, verifier = await export.write(
        export.credentials(call),
        inode,
        args.offset,
        data,
        _STABILITY[args.stable],
        call.request,
    )
    return WRITE3res(
        NFS3_OK, WRITE3resok(wcc_data(before, attributes), written, int(stability), verifier)
    )


def fail(status: int, error: FsError) -> WRITE3res:
    """Return the failure arm, with the file as it was left."""
    return WRITE3res(status, resfail=WRITE3resfail(wcc_data(error.before, error.attributes)))
