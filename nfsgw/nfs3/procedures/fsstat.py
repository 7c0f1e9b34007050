"""FSSTAT: how full the file system is (RFC 1813, section 3.3.18)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    FSSTAT3args,
    FSSTAT3res,
    FSSTAT3resfail,
    FSSTAT3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: FSSTAT3args) -> FSSTAT3res:
    """Return bytes and files; ``invarsec`` is 0, as other clients may write at any time."""
    export, inode = nfs.exports.open(call, args.fsroot)
    space = await export.fsstat(inode)
    return FSSTAT3res(
        NFS3_OK,
        FSSTAT3resok(
            obj_attributes=space.attributes,
            tbytes=space.bytes_total,
            fbytes=space.bytes_free,
            abytes=space.bytes_available,
            tfiles=space.files_total,
            ffiles=space.files_free,
            afiles=space.files_available,
            invarsec=0,
        ),
    )


def fail(status: int, error: FsError) -> FSSTAT3res:
    """Return the failure arm, with the attributes of the object."""
    return FSSTAT3res(status, resfail=FSSTAT3resfail(error.attributes))
