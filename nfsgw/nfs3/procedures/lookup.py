"""LOOKUP: find a name in a directory (RFC 1813, section 3.3.3)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    LOOKUP3args,
    LOOKUP3res,
    LOOKUP3resfail,
    LOOKUP3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: LOOKUP3args) -> LOOKUP3res:
    """Return handle and attributes of the object; ``..`` of an export's root is that root."""
    what = args.what
    export, directory = nfs.exports.open(call, what.dir)
    found = await export.lookup(export.credentials(call), directory, what.name)
    return LOOKUP3res(
        NFS3_OK,
        LOOKUP3resok(
            export.handle(found.inode),
            found.attributes,
            found.directory,
        ),
    )


def fail(status: int, error: FsError) -> LOOKUP3res:
    """Return the failure arm, with the attributes of the directory."""
    return LOOKUP3res(status, resfail=LOOKUP3resfail(error.attributes))
