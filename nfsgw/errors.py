"""The closed set of file-system errors, and the root of all our exceptions.

The backend raises :class:`FsError` with one :class:`FsCode`; each protocol maps every code to
its own status in one table (``nfs3/status.py``, ``mount/status.py``), and a test walks every
code through every table.  Raw ``OSError`` and ``lmdb.Error`` never leave the backend.
"""

from __future__ import annotations

from enum import Enum, unique

__all__ = ["FsCode", "FsError", "NfsgwError"]


class NfsgwError(Exception):
    """Anything that this software raises on purpose."""


@unique
class FsCode(Enum):
    """What went wrong with a file operation, in the backend's own words."""

    PERM = "not the owner"
    NOENT = "no such file or directory"
    IO = "input/output error"
    ACCES = "permission denied"
    EXIST = "file exists"
    XDEV = "in another export or volume"
    NODEV = "no such device"
    NOTDIR = "not a directory"
    ISDIR = "is a directory"
    INVAL = "invalid argument"
    FBIG = "file too large"
    NOSPC = "no space left"
    ROFS = "read-only export"
    MLINK = "too many links"
    NAMETOOLONG = "name longer than 255 bytes"
    NOTEMPTY = "directory not empty"
    DQUOT = "quota exceeded"
    STALE = "the file is gone"
    BADHANDLE = "not a handle of ours"
    NOT_SYNC = "ctime guard does not match"
    BAD_COOKIE = "no such directory position"
    NOTSUPP = "not supported"
    TOOSMALL = "reply buffer too small"
    BADTYPE = "no such file type"
    TRY_LATER = "not now; certainly without effect"
    UNDECIDED = "not known yet whether it took effect; ask again under the same request id"
    SERVERFAULT = "a defect of the server"


class FsError(NfsgwError):
    """A file operation failed; carries what the failure arm of a reply may show.

    :param code: which error.
    :param attributes: attributes (84 wire bytes of ``fattr3``) of the object that the reply's
        failure arm describes, or None.
    :param before: pre-operation ``wcc_attr`` (24 wire bytes) of that object, taken in the
        operation itself, or None.
    :param second: for operations on two directories, ``(before, attributes)`` of the second one.
    """

    def __init__(
        self,
        code: FsCode,
        attributes: bytes | None = None,
        before: bytes | None = None,
        second: tuple[bytes | None, bytes | None] = (None, None),
    ) -> None:
        super().__init__(code.name)
        self.code = code
        self.attributes = attributes
        self.before = before
        self.second = second
