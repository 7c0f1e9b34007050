"""The directory listings of READDIR and READDIRPLUS, written as wire bytes in one pass.

A listing of a thousand entries as structures would cost a thousand objects three times over, so
the entries are packed straight from the backend's listing (RFC 1813, sections 3.3.16 and 3.3.17).

**Sizes.**  ``count`` and ``maxcount`` bound the whole ``READDIR3resok``, XDR overhead and the
directory's attributes included.  ``dircount`` (names and cookies only) is a hint: it ends a
listing early but never below one entry, and never causes TOOSMALL.

**Verifier.**  Our cookies stay good for as long as the directory exists, whatever happens in it,
on every gateway.  So the cookie verifier says only which numbering of cookies this is: version 1
of it.  A client may send it back, or zeros; any other came from another server, or from a
numbering that is no longer in use, and is answered BAD_COOKIE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct

from nfsgw.backend.api import Listed
from nfsgw.errors import FsCode, FsError

__all__ = [
    "COOKIE_VERIFIER",
    "ENTRY_BYTES",
    "ENTRY_PLUS_BYTES",
    "RESOK_BYTES",
    "check_cookie",
    "entries_within",
    "entry_bytes_for",
    "pack_entries",
    "pack_entries_plus",
]

COOKIE_VERIFIER = b"\0\0\0\0\0\0\0\1"
_NO_VERIFIER = bytes(8)
_COOKIE_MAX = (1 << 63) - 1

RESOK_BYTES = 4 + 84 + 8 + 4 + 4
"""Of the result besides its entries: attributes, verifier, end of the list, eof."""
ENTRY_BYTES = 4 + 8 + 4 + 8
"""Of an entry besides its name: "an entry follows", file id, name's length, cookie."""
ENTRY_PLUS_BYTES = ENTRY_BYTES + 4 + 84 + 4 + 4 + 32
"""The same with attributes and a handle of 32 bytes."""

_NAME_MAX = 255
_HINTED_BYTES = 8 + 4 + 8
"""What ``dircount`` counts of an entry besides its name: file id, name's length, cookie."""
_HINTED_BYTES_MAX = _HINTED_BYTES + 256
_END = b"\0\0\0\0\0\0\0\0"
_END_EOF = b"\0\0\0\0\0\0\0\1"


def _layouts(tail: str) -> list[Callable[..., bytes]]:
    """Return a ready packer for each length of a name."""
    return [Struct(f">IQI{length}s{-length % 4}xQ{tail}").pack for length in range(_NAME_MAX + 1)]


_PACK = _layouts("")
_PACK_BARE = _layouts("II")
_PACK_PLUS = _layouts("I84sII32s")


def check_cookie(cookie: int, verifier: bytes) -> None:
    """Refuse a position that cannot come from one of our listings.

    :raises FsError: BAD_COOKIE.
    """
    if cookie and (cookie > _COOKIE_MAX or verifier not in (COOKIE_VERIFIER, _NO_VERIFIER)):
        raise FsError(FsCode.BAD_COOKIE)


def pack_entries(entries: Sequence[Listed], eof: bool) -> bytes:
    """Return the encoding of ``dirlist3``."""
    pack = _PACK
    parts = [
        pack[len(name)](1, inode, len(name), name, cookie) for inode, name, cookie, _ in entries
    ]
    parts.append(_END_EOF if eof else _END)
    return b"".join(parts)


def pack_entries_plus(
    entries: Sequence[Listed], eof: bool, handle: Callable[[int], bytes]
) -> bytes:
    """Return the encoding of ``dirlistplus3``, each entry with attributes and handle.

    :param handle: makes the 32 bytes of an inode's handle.
    """
    pack = _PACK_PLUS
    parts = [
        pack[len(name)](1, inode, len(name), name, cookie, 1, attributes, 1, 32, handle(inode))
        if attributes is not None
        else _PACK_BARE[len(name)](1, inode, len(name), name, cookie, 0, 0)
        for inode, name, cookie, attributes in entries
    ]
    parts.append(_END_EOF if eof else _END)
    return b"".join(parts)


def entry_bytes_for(dircount: int) -> int:
    """Return how many bytes of entries at most are worth fetching for a hint.

    Entries beyond the hint are cut off again, so they should not be fetched with their attributes.
    The bound is reached if all names have up to four bytes; one entry always has room.
    """
    entries_max = dircount // (_HINTED_BYTES + 4)
    besides = ENTRY_PLUS_BYTES - _HINTED_BYTES
    return dircount + entries_max * besides + ENTRY_PLUS_BYTES + 256


def entries_within(entries: Sequence[Listed], dircount: int) -> int:
    """Return how many entries have no more than ``dircount`` bytes of names and cookies.

    At least one, as far as there is one: the hint must not stop a listing.
    """
    if len(entries) * _HINTED_BYTES_MAX <= dircount:
        return len(entries)
    total = 0
    for index, entry in enumerate(entries):
        total += _HINTED_BYTES + (len(entry.name) + 3 & ~3)
        if total > dircount and index:
            return index
    return len(entries)
