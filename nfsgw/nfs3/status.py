"""Which ``nfsstat3`` a file-system error becomes (RFC 1813, section 2.6), procedure by procedure.

Three tables say it all: ``STATUS`` gives every :class:`FsCode` its one status; ``LISTED`` holds
the error list that the RFC prints under each procedure; ``BESIDES`` what we answer outside that
list, and why.  The RFC calls its lists a guide to the common errors, not the whole truth, so a
code that tells a client more than a listed one is kept.  Every other code is folded into a listed
one by ``FOLDED``, or else becomes SERVERFAULT: to see it means that a defect of ours must be
found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from nfsgw.errors import FsCode, FsError
from nfsgw.xdr.generated import nfs3

__all__ = [
    "BESIDES",
    "EVERYWHERE",
    "FOLDED",
    "FOLDED_IN",
    "LISTED",
    "STATUS",
    "answerable",
    "failure_arm",
]

R = TypeVar("R")

STATUS: Final[Mapping[FsCode, int]] = MappingProxyType(
    {
        FsCode.PERM: nfs3.NFS3ERR_PERM,
        FsCode.NOENT: nfs3.NFS3ERR_NOENT,
        FsCode.IO: nfs3.NFS3ERR_IO,
        FsCode.ACCES: nfs3.NFS3ERR_ACCES,
        FsCode.EXIST: nfs3.NFS3ERR_EXIST,
        FsCode.XDEV: nfs3.NFS3ERR_XDEV,
        FsCode.NODEV: nfs3.NFS3ERR_NODEV,
        FsCode.NOTDIR: nfs3.NFS3ERR_NOTDIR,
        FsCode.ISDIR: nfs3.NFS3ERR_ISDIR,
        FsCode.INVAL: nfs3.NFS3ERR_INVAL,
        FsCode.FBIG: nfs3.NFS3ERR_FBIG,
        FsCode.NOSPC: nfs3.NFS3ERR_NOSPC,
        FsCode.ROFS: nfs3.NFS3ERR_ROFS,
        FsCode.MLINK: nfs3.NFS3ERR_MLINK,
        FsCode.NAMETOOLONG: nfs3.NFS3ERR_NAMETOOLONG,
        FsCode.NOTEMPTY: nfs3.NFS3ERR_NOTEMPTY,
        FsCode.DQUOT: nfs3.NFS3ERR_DQUOT,
        FsCode.STALE: nfs3.NFS3ERR_STALE,
        FsCode.BADHANDLE: nfs3.NFS3ERR_BADHANDLE,
        FsCode.NOT_SYNC: nfs3.NFS3ERR_NOT_SYNC,
        FsCode.BAD_COOKIE: nfs3.NFS3ERR_BAD_COOKIE,
        FsCode.NOTSUPP: nfs3.NFS3ERR_NOTSUPP,
        FsCode.TOOSMALL: nfs3.NFS3ERR_TOOSMALL,
        FsCode.BADTYPE: nfs3.NFS3ERR_BADTYPE,
        FsCode.TRY_LATER: nfs3.NFS3ERR_JUKEBOX,
        # Never answered: such a call is held until it is decided (nfs3/service.py).
        FsCode.UNDECIDED: nfs3.NFS3ERR_SERVERFAULT,
        FsCode.SERVERFAULT: nfs3.NFS3ERR_SERVERFAULT,
    }
)
"""The status of each error where the procedure may answer it."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANY_CREATION = "IO ACCES EXIST NOTDIR NOSPC ROFS NAMETOOLONG DQUOT STALE BADHANDLE NOTSUPP"

LISTED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "NULL": frozenset(),
        "GETATTR": _listed("IO STALE BADHANDLE SERVERFAULT"),
        "SETATTR": _listed(
            "PERM IO ACCES INVAL NOSPC ROFS DQUOT NOT_SYNC STALE BADHANDLE SERVERFAULT"
        ),
        "LOOKUP": _listed("IO NOENT ACCES NOTDIR NAMETOOLONG STALE BADHANDLE SERVERFAULT"),
        "ACCESS": _listed("IO STALE BADHANDLE SERVERFAULT"),
        "READLINK": _listed("IO INVAL ACCES STALE BADHANDLE NOTSUPP SERVERFAULT"),
        "READ": _listed("IO NXIO ACCES INVAL STALE BADHANDLE SERVERFAULT"),
        "WRITE": _listed("IO ACCES FBIG DQUOT NOSPC ROFS INVAL STALE BADHANDLE SERVERFAULT"),
        "CREATE": _listed(f"{_ANY_CREATION} SERVERFAULT"),
        "MKDIR": _listed(f"{_ANY_CREATION} SERVERFAULT"),
        "SYMLINK": _listed(f"{_ANY_CREATION} SERVERFAULT"),
        "MKNOD": _listed(f"{_ANY_CREATION} SERVERFAULT BADTYPE"),
        "REMOVE": _listed("NOENT IO ACCES NOTDIR NAMETOOLONG ROFS STALE BADHANDLE SERVERFAULT"),
        "RMDIR": _listed(
            "NOENT IO ACCES INVAL EXIST NOTDIR NAMETOOLONG ROFS NOTEMPTY STALE BADHANDLE NOTSUPP "
            "SERVERFAULT"
        ),
        "RENAME": _listed(
            "NOENT IO ACCES EXIST XDEV NOTDIR ISDIR INVAL NOSPC ROFS MLINK NAMETOOLONG NOTEMPTY "
            "DQUOT STALE BADHANDLE NOTSUPP SERVERFAULT"
        ),
        "LINK": _listed(
            "IO ACCES EXIST XDEV NOTDIR INVAL NOSPC ROFS MLINK NAMETOOLONG DQUOT STALE BADHANDLE "
            "NOTSUPP SERVERFAULT"
        ),
        "READDIR": _listed("IO ACCES NOTDIR BAD_COOKIE TOOSMALL STALE BADHANDLE SERVERFAULT"),
        "READDIRPLUS": _listed(
            "IO ACCES NOTDIR BAD_COOKIE TOOSMALL STALE BADHANDLE NOTSUPP SERVERFAULT"
        ),
        "FSSTAT": _listed("IO STALE BADHANDLE SERVERFAULT"),
        "FSINFO": _listed("STALE BADHANDLE SERVERFAULT"),
        "PATHCONF": _listed("STALE BADHANDLE SERVERFAULT"),
        "COMMIT": _listed("IO STALE BADHANDLE SERVERFAULT"),
    }
)
"""The error list of each procedure, as RFC 1813 has it; names without ``NFS3ERR_``."""

EVERYWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ACCES": "this host may not use the export, or comes from an unprivileged port",
        "IO": "any procedure reads the disk",
        "JUKEBOX": "section 2.6: the call had no effect, the client is to send it again later",
    }
)
"""What any procedure may answer although not every list has it, and why."""

BESIDES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "SETATTR": {"FBIG": "a size above FSINFO's maxfilesize; what ftruncate(2) says"},
        "CREATE": {
            "FBIG": "with a size above maxfilesize, as SETATTR",
            "INVAL": "a time with too many nanoseconds, as SETATTR",
        },
        "MKDIR": {
            "MLINK": "too many subdirectories; what mkdir(2) says",
            "INVAL": "as CREATE",
        },
        "SYMLINK": {"INVAL": "as CREATE, and a target that is empty or has a NUL"},
        "REMOVE": {
            "PERM": "the sticky bit protects the name; what unlink(2) says",
            "ISDIR": "directories are removed by RMDIR; what unlink(2) says on Linux",
            "NOSPC": "even a removal needs room for its record",
            "DQUOT": "likewise",
        },
        "RMDIR": {
            "PERM": "the sticky bit protects the name; what rmdir(2) says",
            "NOSPC": "even a removal needs room for its record",
            "DQUOT": "likewise",
        },
        "RENAME": {"PERM": "the sticky bit protects one of the names; what rename(2) says"},
        "MKNOD": {
            "PERM": "devices are made by the superuser only; what mknod(2) says",
            "INVAL": "as CREATE",
        },
        "COMMIT": {
            "INVAL": "not a regular file",
            "ROFS": "as for the WRITE that would have come before",
            "NOSPC": "bytes that were taken as UNSTABLE found no room",
            "DQUOT": "likewise",
        },
    }
)
"""What single procedures answer outside the RFC's list, and why."""

FOLDED: Final[Mapping[FsCode, FsCode]] = MappingProxyType(
    {
        FsCode.PERM: FsCode.ACCES,
        # "The correct return value is NFS3ERR_INVAL" for objects of the wrong type: section 3.3.6.
        FsCode.ISDIR: FsCode.INVAL,
        FsCode.BADTYPE: FsCode.INVAL,
        FsCode.DQUOT: FsCode.NOSPC,
        FsCode.FBIG: FsCode.INVAL,
        FsCode.NOTDIR: FsCode.INVAL,
        FsCode.NOSPC: FsCode.IO,
        FsCode.NODEV: FsCode.IO,
        # A name that no file can have: section 3.2 asks for ACCES.
        FsCode.INVAL: FsCode.ACCES,
        FsCode.NOTEMPTY: FsCode.EXIST,
        FsCode.ROFS: FsCode.ACCES,
    }
)
"""The next best code where a procedure may not answer one; applied until one fits."""

FOLDED_IN: Final[Mapping[str, Mapping[FsCode, FsCode]]] = MappingProxyType(
    # A directory cannot have a second name: link(2) says EPERM, of the RFC's list INVAL is meant.
    {"LINK": {FsCode.PERM: FsCode.INVAL}}
)
"""What single procedures fold otherwise."""


def _name(code: FsCode) -> str:
    return nfs3.nfsstat3(STATUS[code]).name.removeprefix("NFS3ERR_")


def answerable(procedure: str) -> Mapping[FsCode, int]:
    """Return the status that ``procedure`` answers for every :class:`FsCode`.

    :param procedure: the RFC's name, without prefix (``"GETATTR"``).
    """
    allowed = LISTED[procedure] | EVERYWHERE.keys() | BESIDES.get(procedure, {}).keys()
    allowed |= {"SERVERFAULT", "STALE", "BADHANDLE"}
    folding = {**FOLDED, **FOLDED_IN.get(procedure, {})}
    result = {}
    for code in FsCode:
        folded = code
        while _name(folded) not in allowed:
            folded = folding.get(folded, FsCode.SERVERFAULT)
        result[code] = STATUS[folded]
    return MappingProxyType(result)


def failure_arm(procedure: str, build: Callable[[int, FsError], R]) -> Callable[[FsError], R]:
    """Return the function that turns an error into the procedure's result.

    :param build: takes the status and the error, whose attributes go into the failure arm.
    """
    statuses = answerable(procedure)

    def fail(error: FsError) -> R:
        return build(statuses[error.code], error)

    return fail
