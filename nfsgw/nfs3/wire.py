"""Between RFC 1813's structures and the words of ``backend/api.py``, in both directions.

Attributes pass through as the bytes that the brick stores; only what clients *set* is decoded.
"""

from __future__ import annotations

from struct import Struct

from nfsgw.backend.api import NewAttributes, ServerTime
from nfsgw.errors import FsCode, FsError
from nfsgw.xdr.generated.nfs3 import (
    SET_TO_CLIENT_TIME,
    SET_TO_SERVER_TIME,
    diropargs3,
    nfstime3,
    sattr3,
)

__all__ = [
    "OFFSET_MAX",
    "new_attributes",
    "new_name",
    "time_bytes",
]

OFFSET_MAX = (1 << 63) - 1
"""The largest size of a file, which FSINFO tells (section 3.3.19)."""

_PERMISSIONS = 0o7777
_TIME = Struct(">II")
_NANOSECONDS = 1_000_000_000


def new_name(where: diropargs3) -> bytes:
    """Return a name that an entry is to get, or lose, if it can be one.

    Names are bytes and are never decoded, but no client could show an empty one, a slash or NUL:
    section 3.2 ("General comments on filenames") asks for ACCES.  The rest is the backend's to
    judge, and all of it for LOOKUP, to which such a name is only one more that is not there.

    :raises FsError: ACCES.
    """
    name = where.name
    if not name or b"/" in name or b"\0" in name:
        raise FsError(FsCode.ACCES)
    return name


def time_bytes(time: nfstime3) -> bytes:
    """Return a client's time as the 8 bytes in which it is stored.

    :raises FsError: INVAL: there are not that many nanoseconds in a second.
    """
    if time.nseconds >= _NANOSECONDS:
        raise FsError(FsCode.INVAL)
    return _TIME.pack(time.seconds, time.nseconds)


def _new_time(how: int, time: nfstime3 | None) -> bytes | ServerTime | None:
    if how == SET_TO_SERVER_TIME:
        return ServerTime.NOW
    if how == SET_TO_CLIENT_TIME:
        assert time is not None, "the decoder fills this arm"
        return time_bytes(time)
    return None


def new_attributes(wanted: sattr3) -> NewAttributes:
    """Return what ``sattr3`` asks to set (section 2.6).

    Bits of the mode above the twelve that the RFC defines are dropped: some clients send the whole
    ``st_mode``, with the type in it.

    :raises FsError: INVAL for a malformed time, FBIG for a size that no file can have.
    """
    size = wanted.size
    if size is not None and size > OFFSET_MAX:
        raise FsError(FsCode.FBIG)
    mode = wanted.mode
    return NewAttributes(
        mode=None if mode is None else mode & _PERMISSIONS,
        uid=wanted.uid,
        gid=wanted.gid,
        size=size,
        atime=_new_time(wanted.atime.set_it, wanted.atime.atime),
        mtime=_new_time(wanted.mtime.set_it, wanted.mtime.mtime),
    )
