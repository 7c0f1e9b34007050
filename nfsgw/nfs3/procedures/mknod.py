"""MKNOD: a device, socket or FIFO (RFC 1813, section 3.3.11)."""

from __future__ import annotations

from nfsgw.backend.api import FileType
from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_attributes, new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    MKNOD3args,
    MKNOD3res,
    MKNOD3resfail,
    MKNOD3resok,
    mknoddata3,
    sattr3,
    wcc_data,
)

__all__ = ["fail", "run"]


def _kind(what: mknoddata3) -> tuple[sattr3, tuple[int, int]]:
    """Return the attributes and the device numbers, (0, 0) for what is no device.

    :raises FsError: BADTYPE: regular files, directories and links have procedures of their own.
    """
    if what.device is not None:
        spec = what.device.spec
        return what.device.dev_attributes, (spec.specdata1, spec.specdata2)
    if what.pipe_attributes is not None:
        return what.pipe_attributes, (0, 0)
    raise FsError(FsCode.BADTYPE)


async def run(nfs: Nfs3, call: Call, args: MKNOD3args) -> MKNOD3res:
    """Create a special file of any of the four types."""
    where = args.where
    export, directory = nfs.exports.open(call, where.dir)
    attributes, device = _kind(args.what)
    made = await export.mknod(
        export.credentials(call),
        directory,
        new_name(where),
        FileType(args.what.type),
        device,
        new_attributes(attributes),
        call.request,
    )
    return MKNOD3res(
        NFS3_OK,
        MKNOD3resok(
            export.handle(made.inode),
            made.attributes,
            wcc_data(made.directory_before, made.directory),
        ),
    )


def fail(status: int, error: FsError) -> MKNOD3res:
    """Return the failure arm, with the directory as it was left."""
    return MKNOD3res(status, resfail=MKNOD3resfail(wcc_data(error.before, error.attributes)))
