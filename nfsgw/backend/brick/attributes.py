"""Read and change single attributes where they lie: in the 84 wire bytes of ``fattr3``.

The first 84 bytes of an inode's record are ``fattr3`` as RFC 1813, section 2.5 lays it out, so a
reply takes them as one slice (:mod:`nfsgw.backend.brick.schema`).  These functions read one field
out of a record (or of the 84 bytes alone).  Nothing decodes all fields, because no operation needs
all.

Rules that live here and nowhere else:

- **ctime** is the later of now and the old ctime + 1 ns, so every change is visible to a client
  that compares ctimes, however coarse or late the clock.
- **used** of a regular file is its size rounded up to 512, the unit of ``st_blocks``.  Holes count
  as used: ``du`` may say too much for a sparse file, but no tool that looks for holes by comparing
  sizes will take real data for a hole.
- **size** of a directory is constant; of a symbolic link the length of its target.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.brick.schema import pack_time, time_ns

__all__ = [
    "CREATED_EXCLUSIVELY",
    "DIRECTORY_BYTES",
    "DIRECTORY_LINKS_MAX",
    "LINKS_MAX",
    "MODE_BITS",
    "OFFSET_MAX",
    "SETGID",
    "SETUID",
    "advance",
    "ctime_of",
    "entries_of",
    "flags_of",
    "group_of",
    "is_time",
    "links_of",
    "mode_of",
    "number_of",
    "owner_of",
    "parent_of",
    "unprivileged",
    "used_by",
    "verifier_of",
]

DIRECTORY_BYTES: Final = 4096
"""The size that every directory reports; entries have no place in it."""
LINKS_MAX: Final = 65000
"""Names that one file may have, as on ext4; PATHCONF's linkmax says the same."""
DIRECTORY_LINKS_MAX: Final = (1 << 31) - 1
"""2 + subdirectories of one directory: what fits a signed 32-bit ``nlink_t``, as XFS bounds it."""
OFFSET_MAX: Final = (1 << 63) - 1
"""No byte of a file lies at or beyond this offset (FSINFO's maxfilesize)."""
CREATED_EXCLUSIVELY: Final = 2
"""Bit of an inode's ``flags``: it has the verifier of an exclusive CREATE.  Without the bit a
verifier of zeros could not be told from none, and all 64 bits belong to the client."""

SETUID: Final = 0o4000
SETGID: Final = 0o2000
MODE_BITS: Final = 0o7777
"""All that ``mode3`` defines; other bits of a client's mode are dropped."""

_NANOSECONDS: Final = 1_000_000_000
_TIME_NS_MAX: Final = (1 << 32) * _NANOSECONDS - 1


def mode_of(record: bytes) -> int:
    """Return the twelve mode bits."""
    return record[6] << 8 | record[7]


def links_of(record: bytes) -> int:
    """Return the link count."""
    return int.from_bytes(record[8:12], "big")


def owner_of(record: bytes) -> int:
    """Return the owner's uid."""
    return int.from_bytes(record[12:16], "big")


def group_of(record: bytes) -> int:
    """Return the group's gid."""
    return int.from_bytes(record[16:20], "big")


def number_of(record: bytes) -> int:
    """Return the inode number, which is the file id on the wire."""
    return int.from_bytes(record[52:60], "big")


def ctime_of(record: bytes) -> bytes:
    """Return the 8 wire bytes of the ctime, which is what a SETATTR's guard names."""
    return record[76:84]


def parent_of(record: bytes) -> int:
    """Return the inode number of the parent (see :class:`nfsgw.backend.brick.schema.Inode`)."""
    return int.from_bytes(record[84:92], "big")


def flags_of(record: bytes) -> int:
    """Return the flags."""
    return int.from_bytes(record[92:96], "big")


def entries_of(record: bytes) -> int:
    """Return how many entries a directory has, "." and ".." not counted."""
    return int.from_bytes(record[100:108], "big")


def verifier_of(record: bytes) -> bytes | None:
    """Return the verifier of the exclusive CREATE that made the file, or None."""
    return record[116:124] if flags_of(record) & CREATED_EXCLUSIVELY else None


def used_by(size: int) -> int:
    """Return what ``used`` says for a file of ``size`` bytes."""
    return (size + 511) & ~511


def unprivileged(mode: int) -> int:
    """Return a mode without set-uid and set-gid, as a write or a chown leaves it.

    Set-gid without group execution never gave anybody rights (it once meant mandatory locking),
    so it stays, as Linux has it.
    """
    return mode & ~(SETUID | SETGID) if mode & 0o010 else mode & ~SETUID


def is_time(time: bytes) -> bool:
    """Say whether 8 bytes from a client are a time: the nanoseconds must be below a second."""
    return len(time) == 8 and int.from_bytes(time[4:8], "big") < _NANOSECONDS


def advance(ctime: bytes, now_ns: int) -> bytes:
    """Return the ctime that follows ``ctime``: the later of now and ``ctime`` + 1 ns."""
    now = pack_time(min(now_ns, _TIME_NS_MAX))
    # Seconds before nanoseconds, big-endian: the order of the bytes is that of the times.
    return now if now > ctime else pack_time(min(time_ns(ctime) + 1, _TIME_NS_MAX))
