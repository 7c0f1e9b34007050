"""Program 100227, version 3: the table of its three procedures, and their errors.

It is served on the sockets of NFS, whose service it shares: exports, credentials and patience are
the same.  Errors are ``nfsstat3``, with one exception: Linux's client does not understand
NFS3ERR_JUKEBOX here and would hand it to the program that asked, so a call that cannot be served
is held until it can be, however long that takes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from nfsgw.errors import FsCode
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.status import STATUS as NFS3_STATUS
from nfsgw.nfsacl.procedures import fail_getacl, fail_setacl, getacl, null, setacl
from nfsgw.rpc.program import Call, Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated.nfs3 import NFS3ERR_SERVERFAULT
from nfsgw.xdr.generated.nfsacl import (
    ACLPROC3_GETACL,
    ACLPROC3_NULL,
    ACLPROC3_SETACL,
    NFS_ACL_PROGRAM,
    NFS_ACL_V3,
    NFSACLPacker,
    NFSACLUnpacker,
    SETACL3args,
)

__all__ = ["NFSACL_PROGRAM", "NFSACL_VERSION", "STATUS", "nfsacl_program"]

A = TypeVar("A")
R = TypeVar("R")

NFSACL_PROGRAM: Final = NFS_ACL_PROGRAM
NFSACL_VERSION: Final = NFS_ACL_V3

STATUS: Final[Mapping[FsCode, int]] = MappingProxyType(
    # Never answered, since such a call is held.
    {**NFS3_STATUS, FsCode.TRY_LATER: NFS3ERR_SERVERFAULT}
)
"""The status of each error: there are no lists of errors, so each procedure may answer any."""


_UNUSED_BYTES: Final = 4 * 12


def nfsacl_program(service: Nfs3) -> Program:
    """Return the program, bound to the service of NFS."""
    rows = (
        Procedure(
            ACLPROC3_NULL,
            "NULL",
            _held(service, null),
            decode_void,
            encode_void,
        ),
        Procedure(
            ACLPROC3_GETACL,
            "GETACL",
            _held(service, getacl),
            NFSACLUnpacker.unpack_GETACL3args,
            NFSACLPacker.pack_GETACL3res,
            failure=lambda error: fail_getacl(STATUS[error.code], error),
            needs_credential=True,
        ),
        Procedure(
            ACLPROC3_SETACL,
            "SETACL",
            _held(service, setacl),
            unpack_SETACL3args,
            NFSACLPacker.pack_SETACL3res,
            failure=lambda error: fail_setacl(STATUS[error.code], error),
            mutates=True,
            needs_credential=True,
        ),
    )
    return Program(
        NFSACL_PROGRAM,
        "nfsacl",
        NFSACLPacker,
        NFSACLUnpacker,
        {NFSACL_VERSION: {row.number: row for row in rows}},
    )


def unpack_SETACL3args(unpacker: NFSACLUnpacker) -> SETACL3args:  # noqa: N802 - the type's name
    """Decode SETACL's arguments, with the tail that Linux's client leaves behind them.

    It reserves room for four access entries, and when it sets none (after a MKDIR whose mode says
    it all) that room stays at the end, unused.
    """
    args = unpacker.unpack_SETACL3args()
    if not args.acl.acl and unpacker.end - unpacker.position == _UNUSED_BYTES:
        unpacker.position = unpacker.end
    return args


def _held(
    service: Nfs3, procedure: Callable[[Nfs3, Call, A], Coroutine[Any, Any, R]]
) -> Callable[[Call, A], Coroutine[Any, Any, R]]:
    """Return a procedure as the table wants it: bound to the service, and held while need be."""

    async def run(call: Call, args: A) -> R:
        return await service.holding.run(lambda: procedure(service, call, args), patient=True)

    return run
