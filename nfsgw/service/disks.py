"""What the disk below a brick says about itself; every function here may block."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, Final

import psutil

__all__ = ["detail", "mounted_at", "room"]

_SUPERBLOCK_BYTES: Final = 2048
_DEVICES = "/dev/"


def room(path: Path) -> dict[str, Any]:
    """Return room and inodes at a directory; ``error`` alone if it is not there."""
    try:
        found = os.statvfs(path)
    except OSError as error:
        return {"error": error.strerror}
    return {
        "space": {
            "total": found.f_blocks * found.f_frsize,
            "free": found.f_bavail * found.f_frsize,
        },
        "inodes": {"total": found.f_files, "free": found.f_favail},
    }


def detail(path: Path) -> dict[str, Any]:
    """Return what :func:`room` does, and which file system of which device it is.

    ``inode_size`` only where the device may be read and the file system is ext or XFS.
    """
    found = room(path)
    if "error" in found:
        return found
    partition = mounted_at(path)
    if partition is not None:
        found["device"] = partition.device
        found["file_system"] = partition.fstype
        found["mount_point"] = partition.mountpoint
        found["mount_options"] = partition.opts
        found["inode_size"] = _inode_size(partition.device, partition.fstype)
    return found


def mounted_at(path: Path) -> Any:  # noqa: ANN401 - psutil's named tuple
    """Return the mounted file system that a path is on; None if the system does not say."""
    real = os.path.realpath(path)
    best = None
    for partition in psutil.disk_partitions(all=True):
        point = partition.mountpoint
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # The later one of two on the same directory hides the earlier one.
        if inside and (best is None or len(point) >= len(best.mountpoint)):
            best = partition
    return best


def _inode_size(device: str, kind: str) -> int | None:
    """Return the size of an inode, from the superblock; None if it cannot be told."""
    if kind not in ("ext2", "ext3", "ext4", "xfs") or not device.startswith(_DEVICES):
        return None
    try:
        with open(device, "rb", buffering=0) as opened:
            block = opened.read(_SUPERBLOCK_BYTES)
    except OSError:
        return None
    if len(block) < _SUPERBLOCK_BYTES:
        return None
    if kind == "xfs":
        (magic, size) = block[:4], struct.unpack_from(">H", block, 104)[0]
        return size if magic == b"XFSB" else None
    (magic, size) = (struct.unpack_from("<H", block, 1024 + at)[0] for at in (0x38, 0x58))
    return size if magic == 0xEF53 else None
