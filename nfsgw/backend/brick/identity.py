"""``brick.toml``: which brick of which volume a directory is, and that nobody else has it open.

A brick refuses to start with an identity or a format that it does not know: serving the wrong
directory is worse than serving none.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from nfsgw.backend.brick.schema import FORMAT_VERSION
from nfsgw.errors import NfsgwError

__all__ = [
    "DATA",
    "DATABASE",
    "IDENTITY_FILE",
    "BrickLock",
    "BrickRefused",
    "Identity",
    "create_identity",
    "read_identity",
    "release_brick",
    "set_durability",
    "sync_file_system",
    "write_identity",
]

IDENTITY_FILE: Final = "brick.toml"
DATABASE: Final = "brick.mdb"
DATA: Final = "data"

_IGNORED: Final = frozenset(("lost+found",))
_IDENTITY_BYTES_MAX: Final = 64 << 10
_TEMPLATE = """\
# What this directory is.  Written by nfsgw; a changed line makes the brick refuse to start.
format = {format}
pool = "{pool}"
volume = "{volume}"
set = {replica_set}
brick = "{brick}"
bricks = [{bricks}]
durability = "{durability}"
released = {released}
"""


class BrickRefused(NfsgwError):
    """A directory cannot be made a brick, or opened as one; the message says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a brick is.

    :param pool: id of the pool, 32 hexadecimal digits.
    :param volume: the volume's 64-bit file-system id.
    :param replica_set: number of the replica set in the volume.
    :param brick: id of this brick, 32 hexadecimal digits.
    :param bricks: ids of the set's bricks when this file was written, this one included.
    :param durability: ``"durable"`` (commits reach the disk) or ``"none"``.
    :param released: the volume was deleted; the data is kept but belongs to nobody.
    """

    pool: str
    volume: int
    replica_set: int
    brick: str
    bricks: tuple[str, ...]
    durability: str = "durable"
    released: bool = False


class BrickLock:
    """Holds a brick's directory for this process, until closed or the process ends.

    :raises BrickRefused: another process holds it, or it is not there.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise BrickRefused(f"{path}: {error.strerror}") from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise BrickRefused(
                f"{path} is in use by another process; stop its volume first"
            ) from None

    def close(self) -> None:
        """Let go of the directory."""
        os.close(self._fd)


def create_identity(path: Path, identity: Identity) -> None:
    """Make an empty directory (made if missing) a brick's, and write its identity.

    :raises BrickRefused: it is in use or not empty, or lies within another brick.
    """
    path = path.absolute()
    try:
        for above in path.parents:
            if (above / IDENTITY_FILE).exists():
                raise BrickRefused(f"{path} is inside the brick {above}")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        present = sorted(name for name in os.listdir(path) if name not in _IGNORED)
    except OSError as error:
        raise BrickRefused(f"{path} cannot be a brick: {error.strerror}") from None
    if IDENTITY_FILE in present:
        raise BrickRefused(_used(path))
    if present:
        raise BrickRefused(f"{path} is not empty (it has {present[0]!r}); a brick needs its own")
    try:
        write_identity(path, identity)
    except OSError as error:
        raise BrickRefused(f"{path} cannot be a brick: {error.strerror}") from None


def _used(path: Path) -> str:
    try:
        identity = read_identity(path)
    except BrickRefused as refused:
        return f"{path} holds an older brick ({refused})"
    if identity.released:
        return (
            f"{path} holds the data of a deleted volume ({identity.volume:016x}); "
            "remove it, or take another directory"
        )
    return f"{path} is already a brick of volume {identity.volume:016x}"


def write_identity(path: Path, identity: Identity) -> None:
    """Write ``brick.toml`` so that it is whole after any crash."""
    text = _TEMPLATE.format(
        format=FORMAT_VERSION,
        pool=identity.pool,
        volume=f"{identity.volume:016x}",
        replica_set=identity.replica_set,
        brick=identity.brick,
        bricks=", ".join(f'"{brick}"' for brick in identity.bricks),
        durability=identity.durability,
        released="true" if identity.released else "false",
    )
    new = path / (IDENTITY_FILE + ".new")
    with open(new, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path / IDENTITY_FILE)
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_identity(path: Path) -> Identity:
    """Read ``brick.toml``.

    :raises BrickRefused: it is missing, damaged, or of a format that this software does not know.
    """
    file = path / IDENTITY_FILE
    try:
        with open(file, "rb") as opened:
            data = opened.read(_IDENTITY_BYTES_MAX)
        table = tomllib.loads(data.decode("ascii"))
    except FileNotFoundError:
        raise BrickRefused(f"{path} is not a brick: it has no {IDENTITY_FILE}") from None
    except OSError as error:
        raise BrickRefused(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise BrickRefused(f"{file} is damaged: {error}") from None
    version = table.get("format")
    if version != FORMAT_VERSION:
        raise BrickRefused(
            f"{file} has format {version!r}; this software knows format {FORMAT_VERSION}"
        )
    try:
        return _identity(table)
    except (KeyError, TypeError, ValueError):
        raise BrickRefused(f"{file} is damaged: a value is missing or wrong") from None


def _identity(table: dict[str, Any]) -> Identity:
    durability = table["durability"]
    bricks = tuple(str(brick) for brick in table["bricks"])
    if durability not in ("durable", "none") or table["brick"] not in bricks:
        raise ValueError(durability)
    if type(table["set"]) is not int or not 0 <= table["set"] <= 0xFFFF:
        raise ValueError("set")
    return Identity(
        pool=str(table["pool"]),
        volume=int(table["volume"], 16),
        replica_set=table["set"],
        brick=str(table["brick"]),
        bricks=bricks,
        durability=durability,
        released=table["released"] is True,
    )


def release_brick(path: Path) -> None:
    """Mark a brick's data as belonging to no volume any more; nothing is deleted.

    :raises BrickRefused: it is not a brick, or in use.
    """
    _rewrite(path, {"released": True})


def sync_file_system(path: Path) -> None:
    """Write everything to the disk that the file system below ``path`` holds in the page cache.

    :raises BrickRefused: that failed, or there is no such directory.
    """
    library = ctypes.CDLL(None, use_errno=True)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # What Python does not offer: one file system only, and with its errors.
            if library.syncfs(descriptor) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BrickRefused(f"{path}: {error.strerror}") from None


def set_durability(path: Path, durability: str) -> None:
    """Change a closed brick's durability; what it holds is then on the disk.

    :raises BrickRefused: it is not a brick, or in use.
    """
    if read_identity(path).durability != durability:
        sync_file_system(path)  # what was written without durability may be in the page cache
        _rewrite(path, {"durability": durability})


def _rewrite(path: Path, changes: dict[str, Any]) -> None:
    lock = BrickLock(path)
    try:
        write_identity(path, replace(read_identity(path), **changes))
    except OSError as error:
        raise BrickRefused(f"{path}: {error.strerror}") from None
    finally:
        lock.close()
