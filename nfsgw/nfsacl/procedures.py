"""GETACL and SETACL.

Neither needs a permission of its own: who has a handle may see the ACLs, as with GETATTR, and
who may set them is the backend's to say.
"""

from __future__ import annotations

from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3, Opened
from nfsgw.nfsacl.wire import check_mask, shown_acls, wanted_acls
from nfsgw.rpc.program import Call, ProgramUnavailable
from nfsgw.xdr.generated.nfsacl import (
    NFS3_OK,
    GETACL3args,
    GETACL3res,
    GETACL3resfail,
    GETACL3resok,
    SETACL3args,
    SETACL3res,
    SETACL3resfail,
    SETACL3resok,
)

__all__ = ["fail_getacl", "fail_setacl", "getacl", "null", "setacl"]


def _open(nfs: Nfs3, call: Call, handle: bytes) -> tuple[Opened, int]:
    """Return what a handle stands for.

    :raises ProgramUnavailable: the export has the option ``no_acl``.  Linux's client then asks no
        more for this mount.
    """
    opened = nfs.exports.open(call, handle)
    if opened[0].no_acl:
        raise ProgramUnavailable
    return opened


async def null(_nfs: Nfs3, _call: Call, _args: None) -> None:
    """Do nothing, successfully."""


async def getacl(nfs: Nfs3, call: Call, args: GETACL3args) -> GETACL3res:
    """Return what the mask asks for of any object, a symbolic link included."""
    export, inode = _open(nfs, call, args.fh)
    acls = await export.getacl(inode)
    try:
        check_mask(args.mask)
    except FsError as error:
        raise FsError(error.code, acls.attributes) from None
    return GETACL3res(NFS3_OK, GETACL3resok(acls.attributes, shown_acls(acls, args.mask)))


async def setacl(nfs: Nfs3, call: Call, args: SETACL3args) -> SETACL3res:
    """Set the lists that the mask names, and leave the others alone."""
    export, inode = _open(nfs, call, args.fh)
    access, default = wanted_acls(args.acl)
    updated = await export.setacl(export.credentials(call), inode, access, default, call.request)
    return SETACL3res(NFS3_OK, SETACL3resok(updated.attributes))


def fail_getacl(status: int, error: FsError) -> GETACL3res:
    """Return the failure arm, with the attributes of the object."""
    return GETACL3res(status, resfail=GETACL3resfail(error.attributes))


def fail_setacl(status: int, error: FsError) -> SETACL3res:
    """Return the failure arm, with the attributes of the object."""
    return SETACL3res(status, resfail=SETACL3resfail(error.attributes))
