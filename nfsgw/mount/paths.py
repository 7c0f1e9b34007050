"""The path of a MNT call: text from a stranger, made into names."""

from __future__ import annotations

from nfsgw.errors import FsCode, FsError

__all__ = ["join_names", "split_path"]

NAME_BYTES_MAX = 255


def split_path(path: bytes) -> tuple[bytes, ...]:
    """Return the names of a path: ``.`` and empty ones dropped, ``..`` taking the one before.

    ``..`` is taken by the text alone, before anything is looked up, so no path can climb above
    the list of volumes.

    :raises FsError: NAMETOOLONG: a name is longer than any file's; INVAL: it holds a NUL.
    """
    if b"\0" in path:
        raise FsError(FsCode.INVAL)
    names: list[bytes] = []
    for name in path.split(b"/"):
        if name in (b"", b"."):
            continue
        if name == b"..":
            del names[-1:]
            continue
        if len(name) > NAME_BYTES_MAX:
            raise FsError(FsCode.NAMETOOLONG)
        names.append(name)
    return tuple(names)


def join_names(names: tuple[bytes, ...]) -> bytes:
    """Return the path in its one normal form, beginning with ``/``."""
    return b"/" + b"/".join(names)
