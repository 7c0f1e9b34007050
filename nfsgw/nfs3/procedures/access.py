"""ACCESS: which rights the caller has (RFC 1813, section 3.3.4)."""

from __future__ import annotations

from nfsgw.backend.api import Access
from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    ACCESS3args,
    ACCESS3res,
    ACCESS3resfail,
    ACCESS3resok,
)

__all__ = ["fail", "run"]

_KNOWN = int(
    Access.READ | Access.LOOKUP | Access.MODIFY | Access.EXTEND | Access.DELETE | Access.EXECUTE
)


async def run(nfs: Nfs3, call: Call, args: ACCESS3args) -> ACCESS3res:
    """Return those of the asked bits that are granted; bits without a meaning never are."""
    export, inode = nfs.exports.open(call, args.object)
    attributes, granted = await export.access(
        export.credentials(call), inode, args.access & _KNOWN
    )
    return ACCESS3res(NFS3_OK, ACCESS3resok(attributes, int(granted)))


def fail(status: int, error: FsError) -> ACCESS3res:
    """Return the failure arm, with the attributes of the object."""
    return ACCESS3res(status, resfail=ACCESS3resfail(error.attributes))
