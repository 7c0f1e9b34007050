"""PATHCONF: limits of names and links (RFC 1813, section 3.3.20)."""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    PATHCONF3args,
    PATHCONF3res,
    PATHCONF3resfail,
    PATHCONF3resok,
)

__all__ = ["LINKS_MAX", "NAME_BYTES_MAX", "fail", "run"]

LINKS_MAX = 65000
NAME_BYTES_MAX = 255


async def run(nfs: Nfs3, call: Call, args: PATHCONF3args) -> PATHCONF3res:
    """Return the same for every object: names are bytes, and none is ever cut or folded."""
    export, inode = nfs.exports.open(call, args.object)
    attributes = await export.getattr(inode)
    return PATHCONF3res(
        NFS3_OK,
        PATHCONF3resok(
            obj_attributes=attributes,
            linkmax=LINKS_MAX,
            name_max=NAME_BYTES_MAX,
            no_trunc=True,
            chown_restricted=True,
            case_insensitive=False,
            case_preserving=True,
        ),
    )


def fail(status: int, error: FsError) -> PATHCONF3res:
    """Return the failure arm, with the attributes of the object."""
    return PATHCONF3res(status, resfail=PATHCONF3resfail(error.attributes))
