"""The workloads: for each a preparation, and the script of calls that every lane repeats."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nfsgw.xdr.generated import nfs3
from tests.support.client import NfsClient, attributes

__all__ = [
    "HANDLE",
    "NAME",
    "WORKLOADS",
    "Step",
    "Workload",
    "create",
    "make_directory",
    "make_file",
]

NAME = b"@" * 16
HANDLE = b"\xfe" * 32
_CREATES = 1 << 31
_NEW = attributes(0o644)
Step = tuple[str, Any]


@dataclass(frozen=True)
class Workload:
    """One workload.

    :param prepare: makes what the calls need under the export's root; returns the calls.
    :param operations: what a round counts as: its calls, or 1 for a cycle or a listing.
    :param depths: (connections, depth) pairs to measure at.
    :param bytes_moved: payload of a round, for figures per MiB.
    :param rounds: each lane does exactly so many, however long they take; 0: as many as fit in.
    """

    name: str
    prepare: Callable[[NfsClient, bytes], list[Step]]
    operations: int = 1
    depths: tuple[tuple[int, int], ...] = ((1, 1), (1, 32))
    bytes_moved: int = 0
    rounds: int = 0

    def script(self, client: NfsClient, root: bytes) -> bytes:
        """Prepare, and return the load generator's input."""
        script = b""
        for name, arguments in self.prepare(client, root):
            message = client.encode(name, arguments, 0)
            flag = _CREATES if name == "CREATE" else 0
            script += struct.pack(">I", len(message) | flag) + message
        return script


def make_file(client: NfsClient, directory: bytes, name: bytes, content: bytes = b"") -> bytes:
    """Create a file and return its handle."""
    result = client.call("CREATE", create(directory, name))
    assert result.resok is not None, result
    handle: bytes = result.resok.obj
    for start in range(0, len(content), 1 << 20):
        piece = content[start : start + (1 << 20)]
        written = client.call("WRITE", nfs3.WRITE3args(handle, start, len(piece), 2, piece))
        assert written.status == 0, written
    return handle


def make_directory(client: NfsClient, directory: bytes, name: bytes) -> bytes:
    """Make a directory and return its handle."""
    arguments = nfs3.MKDIR3args(nfs3.diropargs3(directory, name), _NEW)
    result = client.call("MKDIR", arguments)
    assert result.resok is not None, result
    handle: bytes = result.resok.obj
    return handle


def create(directory: bytes, name: bytes) -> nfs3.CREATE3args:
    """Return the arguments of a CREATE that succeeds whether there is a file or not."""
    how = nfs3.createhow3(nfs3.UNCHECKED, obj_attributes=_NEW)
    return nfs3.CREATE3args(nfs3.diropargs3(directory, name), how)


def _null(client: NfsClient, root: bytes) -> list[Step]:
    return [("NULL", None)]


def _getattr(client: NfsClient, root: bytes) -> list[Step]:
    return [("GETATTR", nfs3.GETATTR3args(make_file(client, root, b"getattr", b"x" * 100)))]


def _access(client: NfsClient, root: bytes) -> list[Step]:
    return [("ACCESS", nfs3.ACCESS3args(make_file(client, root, b"access"), 0x3F))]


def _lookup(client: NfsClient, root: bytes) -> list[Step]:
    make_file(client, root, b"lookup-me")
    return [("LOOKUP", nfs3.LOOKUP3args(nfs3.diropargs3(root, b"lookup-me")))]


def _readdirplus(client: NfsClient, root: bytes) -> list[Step]:
    directory = make_directory(client, root, b"thousand")
    for i in range(1000):
        make_file(client, directory, b"entry-%06d" % i)
    arguments = nfs3.READDIRPLUS3args(directory, 0, bytes(8), 1 << 20, 1 << 20)
    result = client.call("READDIRPLUS", arguments)
    assert len(result.resok.reply.entries) == 1002, len(result.resok.reply.entries)
    return [("READDIRPLUS", arguments)]


def _creates(client: NfsClient, root: bytes) -> list[Step]:
    return [("CREATE", create(make_directory(client, root, b"create"), NAME))]


def _mkdir_rmdir(client: NfsClient, root: bytes) -> list[Step]:
    where = nfs3.diropargs3(make_directory(client, root, b"mkdir"), NAME)
    return [
        ("MKDIR", nfs3.MKDIR3args(where, _NEW)),
        ("RMDIR", nfs3.RMDIR3args(where)),
    ]


def _create_remove(client: NfsClient, root: bytes) -> list[Step]:
    where = nfs3.diropargs3(make_directory(client, root, b"remove"), NAME)
    return [("CREATE", create(where.dir, NAME)), ("REMOVE", nfs3.REMOVE3args(where))]


def _rename(client: NfsClient, root: bytes) -> list[Step]:
    directory = make_directory(client, root, b"rename")
    return [
        ("CREATE", create(directory, NAME)),
        (
            "RENAME",
            nfs3.RENAME3args(
                nfs3.diropargs3(directory, NAME), nfs3.diropargs3(directory, b"to" + NAME + b"xx")
            ),
        ),
    ]


def _small_file(client: NfsClient, root: bytes) -> list[Step]:
    where = nfs3.diropargs3(make_directory(client, root, b"small"), NAME)
    return [
        ("CREATE", create(where.dir, NAME)),
        ("WRITE", nfs3.WRITE3args(HANDLE, 0, 4096, nfs3.UNSTABLE, b"s" * 4096)),
        ("COMMIT", nfs3.COMMIT3args(HANDLE, 0, 0)),
        ("GETATTR", nfs3.GETATTR3args(HANDLE)),
        ("READ", nfs3.READ3args(HANDLE, 0, 4096)),
        ("REMOVE", nfs3.REMOVE3args(where)),
    ]


def _tmpfs_cycle(client: NfsClient, root: bytes) -> list[Step]:
    where = nfs3.diropargs3(make_directory(client, root, b"cycle"), NAME)
    # As a kernel client cuts it: the server's wtmax and rtmax are 1 MiB.
    data = bytes(range(256)) * (1 << 12)
    return [
        ("CREATE", create(where.dir, NAME)),
        ("WRITE", nfs3.WRITE3args(HANDLE, 0, len(data), nfs3.UNSTABLE, data)),
        ("COMMIT", nfs3.COMMIT3args(HANDLE, 0, 0)),
        ("GETATTR", nfs3.GETATTR3args(HANDLE)),
        ("READ", nfs3.READ3args(HANDLE, 0, len(data))),
        ("REMOVE", nfs3.REMOVE3args(where)),
    ]


def _read(client: NfsClient, root: bytes) -> list[Step]:
    handle = make_file(client, root, b"read", bytes(range(256)) * (16 << 12))
    return [("READ", nfs3.READ3args(handle, i << 20, 1 << 20)) for i in range(16)]


def _write_commit(client: NfsClient, root: bytes) -> list[Step]:
    handle = make_file(client, root, b"write")
    data = bytes(range(256)) * (1 << 12)
    writes = [
        ("WRITE", nfs3.WRITE3args(handle, i << 20, 1 << 20, nfs3.UNSTABLE, data))
        for i in range(16)
    ]
    return [*writes, ("COMMIT", nfs3.COMMIT3args(handle, 0, 0))]


def _stable_write(client: NfsClient, root: bytes) -> list[Step]:
    handle = make_file(client, root, b"stable", bytes(1 << 16))
    return [("WRITE", nfs3.WRITE3args(handle, 0, 4096, nfs3.FILE_SYNC, b"s" * 4096))]


_MIB = 1 << 20
WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("null", _null),
        Workload("getattr", _getattr),
        Workload("access", _access),
        Workload("lookup", _lookup),
        Workload("readdirplus-1000", _readdirplus, depths=((1, 1), (1, 4))),
        Workload("create", _creates),
        Workload("mkdir+rmdir", _mkdir_rmdir, operations=2),
        Workload("create+remove", _create_remove, operations=2),
        Workload("create+rename", _rename, operations=2),
        Workload("small-file-cycle", _small_file),
        Workload("tmpfs-cycle", _tmpfs_cycle, 1, ((1, 1),), 2 * _MIB, rounds=1000),
        Workload("write-4k-stable", _stable_write),
        Workload("read-1m", _read, 16, ((1, 1), (1, 4)), 16 * _MIB),
        Workload("write-1m+commit", _write_commit, 16, ((1, 1), (1, 4)), 16 * _MIB),
    )
}
