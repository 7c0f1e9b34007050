"""CREATE: a regular file (RFC 1813, section 3.3.8)."""

from __future__ import annotations

from nfsgw.backend.api import CreateMode, NewAttributes
from nfsgw.errors import FsError
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.wire import new_attributes, new_name
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    CREATE3args,
    CREATE3res,
    CREATE3resfail,
    CREATE3resok,
    wcc_data,
)

__all__ = ["fail", "run"]

_MODES = tuple(CreateMode)
_NOTHING = NewAttributes()


async def run(nfs: Nfs3, call: Call, args: CREATE3args) -> CREATE3res:
    """Create a file, or find it there already, as ``how`` says.

    EXCLUSIVE carries a verifier and no attributes: the client sets them by SETATTR afterwards.
    """
    where, how = args.where, args.how
    export, directory = nfs.exports.open(call, where.dir)
    made = await export.create(
        export.credentials(call),
        directory,
        new_name(where),
        _MODES[how.mode],
        _NOTHING if how.obj_attributes is None else new_attributes(how.obj_attributes),
        how.verf,
        call.request,
    )
    return CREATE3res(
        NFS3_OK,
        CREATE3resok(
            export.handle(made.inode),
            made.attributes,
            wcc_data(made.directory_before, made.directory),
        ),
    )


def fail(status: int, error: FsError) -> CREATE3res:
    """Return the failure arm, with the directory as it was left."""
    return CREATE3res(status, resfail=CREATE3resfail(wcc_data(error.before, error.attributes)))
