"""File handles: 32 bytes that only we can make, and that mean the same on every gateway.

A handle names an export, a volume and an inode, and carries a keyed MAC over all three, so that a
client cannot alter a handle to reach a file outside its export.  The key and the export ids are
the pool's configuration; inode numbers are never reused, so neither is a handle.

The opaque handle of RFC 1813 (section 2.3.3) may be up to 64 bytes long; 32 bytes also fit the
fixed ``fhandle`` of MOUNT version 1 (RFC 1094, appendix A.4).
"""

from __future__ import annotations

import hmac
from hashlib import blake2s
from struct import Struct
from typing import Final, NamedTuple

from nfsgw.errors import FsCode, FsError

__all__ = [
    "HANDLE_BYTES",
    "KEY_BYTES_MAX",
    "KEY_BYTES_MIN",
    "ExportHandles",
    "Handle",
    "HandleCodec",
]

VERSION: Final = 1
MAC_BYTES: Final = 8
KEY_BYTES_MIN: Final = 16
KEY_BYTES_MAX: Final = 32

# version, flags, reserved, export id, volume id, inode; the MAC follows.
_HEAD: Final = Struct(">BBHIQ")
_FIELDS: Final = Struct(">BBHIQQ")
_BODY_BYTES: Final = _FIELDS.size
HANDLE_BYTES: Final = _BODY_BYTES + MAC_BYTES


class Handle(NamedTuple):
    """What a handle of ours says."""

    export_id: int
    volume_id: int
    inode: int


class ExportHandles(dict[int, bytes]):
    """The handles of one export by inode number; an unknown one is made when asked for.

    A dictionary, so that ``__getitem__`` of a known inode is no Python call at all: READDIRPLUS
    asks for hundreds of handles at once.
    """

    __slots__ = ("_cached_max", "_head", "_keyed")

    def __init__(self, keyed: blake2s, head: bytes, cached_max: int) -> None:
        super().__init__()
        self._keyed = keyed
        self._head = head
        self._cached_max = cached_max

    def __missing__(self, inode: int) -> bytes:
        """Make, keep and return a handle."""
        body = self._head + inode.to_bytes(8, "big")
        mac = self._keyed.copy()
        mac.update(body)
        if len(self) >= self._cached_max:
            self.clear()
        handle = self[inode] = body + mac.digest()
        return handle


class HandleCodec:
    """Makes handles, and reads back those that it (or another gateway of the pool) made.

    Both ways are cached, because a MAC costs more than the rest of a GETATTR's path here; a cache
    that has reached its bound is emptied, which costs one MAC per handle still in use.

    :param key: the pool's handle key, 16 to 32 bytes; whoever has it can forge handles.
    :param cached_max: bound of the cache of decoded handles, and of each export's made ones.
    :raises ValueError: the key's length is out of bounds.
    """

    __slots__ = ("_cached_max", "_decoded", "_handles", "_keyed")

    def __init__(self, key: bytes, cached_max: int = 65536) -> None:
        if not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
            raise ValueError(
                f"the handle key has {len(key)} bytes, not {KEY_BYTES_MIN} to {KEY_BYTES_MAX}"
            )
        self._keyed = blake2s(key=key, digest_size=MAC_BYTES)
        self._cached_max = cached_max
        self._handles: dict[tuple[int, int], ExportHandles] = {}
        self._decoded: dict[bytes, Handle] = {}

    def handles(self, export_id: int, volume_id: int) -> ExportHandles:
        """Return the handles of an export, by inode number; the same object each time."""
        handles = self._handles.get((export_id, volume_id))
        if handles is None:
            head = _HEAD.pack(VERSION, 0, 0, export_id, volume_id)
            handles = ExportHandles(self._keyed, head, self._cached_max)
            self._handles[export_id, volume_id] = handles
        return handles

    def encode(self, export_id: int, volume_id: int, inode: int) -> bytes:
        """Return the handle (32 bytes) of an inode as seen through an export."""
        return self.handles(export_id, volume_id)[inode]

    def decode(self, handle: bytes) -> Handle:
        """Return what a handle says, having checked that it is one of ours.

        :raises FsError: BADHANDLE: its length, version, flags or MAC is not ours.
        """
        decoded = self._decoded.get(handle)
        if decoded is None:
            decoded = self._checked(handle)
            if len(self._decoded) >= self._cached_max:
                self._decoded.clear()
            self._decoded[bytes(handle)] = decoded
        return decoded

    def _checked(self, handle: bytes) -> Handle:
        if len(handle) != HANDLE_BYTES:
            raise FsError(FsCode.BADHANDLE)
        body = bytes(handle[:_BODY_BYTES])
        mac = self._keyed.copy()
        mac.update(body)
        if not hmac.compare_digest(mac.digest(), bytes(handle[_BODY_BYTES:])):
            raise FsError(FsCode.BADHANDLE)
        # The MAC covers version and flags, so what follows can only differ if another version of
        # this software made the handle.
        version, flags, reserved, export_id, volume_id, inode = _FIELDS.unpack(body)
        if version != VERSION or flags or reserved:
            raise FsError(FsCode.BADHANDLE)
        return Handle(export_id, volume_id, inode)
