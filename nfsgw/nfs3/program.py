"""Program 100003, version 3: the table of its 22 procedures (RFC 1813, section 3).

Dispatch, the replay cache, metrics and docs/protocol/nfs3.md all read this table.  Every procedure
that changes anything ``mutates``, idempotent or not: its reply is kept, so that a client that asks
again gets the first answer.  ACCESS, READ and the other reading ones are not kept.
"""

from __future__ import annotations

from types import ModuleType

from nfsgw.nfs3.procedures import (
    access,
    commit,
    create,
    fsinfo,
    fsstat,
    getattr,
    link,
    lookup,
    mkdir,
    mknod,
    null,
    pathconf,
    read,
    readdir,
    readdirplus,
    readlink,
    remove,
    rename,
    rmdir,
    setattr,
    symlink,
    write,
)
from nfsgw.nfs3.service import Nfs3, held
from nfsgw.nfs3.status import failure_arm
from nfsgw.rpc.program import Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated.nfs3 import NFS_PROGRAM, NFS_V3, NFS3Packer, NFS3Unpacker

__all__ = ["MODULES", "NFS3_PROGRAM", "NFS3_VERSION", "nfs3_program"]

NFS3_PROGRAM = NFS_PROGRAM
NFS3_VERSION = NFS_V3

MODULES: tuple[ModuleType, ...] = (
    null,
    getattr,
    setattr,
    lookup,
    access,
    readlink,
    read,
    write,
    create,
    mkdir,
    symlink,
    mknod,
    remove,
    rmdir,
    rename,
    link,
    readdir,
    readdirplus,
    fsstat,
    fsinfo,
    pathconf,
    commit,
)
"""The modules in the order of the procedures' numbers."""

_MUTATING = frozenset("SETATTR WRITE CREATE MKDIR SYMLINK MKNOD REMOVE RMDIR RENAME LINK".split())
_WITHOUT_CREDENTIAL = frozenset({"NULL", "FSINFO"})


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].upper()


def _null(service: Nfs3) -> Procedure:
    return Procedure(
        number=0,
        name="NULL",
        run=held(service, null.run),
        decode=decode_void,
        encode=encode_void,
    )


def _row(service: Nfs3, number: int, module: ModuleType) -> Procedure:
    name = _name(module)
    return Procedure(
        number=number,
        name=name,
        run=held(service, module.run),
        decode=vars(NFS3Unpacker)[f"unpack_{name}3args"],
        encode=vars(NFS3Packer)[f"pack_{name}3res"],
        failure=failure_arm(name, module.fail),
        mutates=name in _MUTATING,
        needs_credential=name not in _WITHOUT_CREDENTIAL,
        sheddable=True,
    )


def nfs3_program(service: Nfs3) -> Program:
    """Return the program, bound to a service."""
    rows = [_null(service)]
    rows += [_row(service, number, MODULES[number]) for number in range(1, len(MODULES))]
    return Program(
        number=NFS3_PROGRAM,
        name="nfs",
        packer=NFS3Packer,
        unpacker=NFS3Unpacker,
        versions={NFS3_VERSION: {row.number: row for row in rows}},
    )
