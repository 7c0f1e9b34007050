"""A blocking NFSv3 client over TCP: small, and free to misbehave.

Unlike a kernel it lets a test choose the xid, send the same call twice, or go away in the middle.
"""

from __future__ import annotations

import itertools
import socket
import struct
from typing import Any

from nfsgw.xdr.generated import mount as mount_xdr
from nfsgw.xdr.generated import nfs3 as nfs3_xdr
from nfsgw.xdr.generated.rpc import AUTH_SYS

__all__ = [
    "MOUNT",
    "NFS",
    "NfsClient",
    "RpcConnection",
    "RpcFailed",
    "attributes",
    "auth_sys",
    "call_bytes",
]

NFS = (100003, 3)
MOUNT = (100005, 3)
_LAST_FRAGMENT = 0x80000000
_PROCEDURES = (
    "NULL GETATTR SETATTR LOOKUP ACCESS READLINK READ WRITE CREATE MKDIR SYMLINK MKNOD "
    "REMOVE RMDIR RENAME LINK READDIR READDIRPLUS FSSTAT FSINFO PATHCONF COMMIT"
).split()
NUMBERS = {name: number for number, name in enumerate(_PROCEDURES)}


class RpcFailed(Exception):
    """The call was denied, or accepted but not carried out."""


def attributes(mode: int | None = None, size: int | None = None) -> nfs3_xdr.sattr3:
    """Return a ``sattr3`` that sets what is not None."""
    return nfs3_xdr.sattr3(
        mode=mode,
        uid=None,
        gid=None,
        size=size,
        atime=nfs3_xdr.set_atime(0),
        mtime=nfs3_xdr.set_mtime(0),
    )


def auth_sys(
    uid: int = 0, gid: int = 0, machine: bytes = b"test", groups: tuple[int, ...] = ()
) -> bytes:
    """Return an AUTH_SYS credential and an empty verifier, as they stand in a call header."""
    padded = machine + bytes(-len(machine) % 4)
    body = struct.pack(">II", 0, len(machine)) + padded
    body += struct.pack(f">III{len(groups)}I", uid, gid, len(groups), *groups)
    return struct.pack(">II", AUTH_SYS, len(body)) + body + bytes(8)


def call_bytes(
    xid: int, program: tuple[int, int], procedure: int, credential: bytes, arguments: bytes
) -> bytes:
    """Return a call message, without a record mark."""
    head = struct.pack(">IIIIII", xid, 0, 2, program[0], program[1], procedure)
    return head + credential + arguments


class RpcConnection:
    """One TCP connection on which calls are made one at a time.

    :param source: our own address; empty: as the route says.
    """

    def __init__(
        self,
        address: tuple[str, int],
        timeout_s: float = 20,
        reserved: bool = True,
        source: str = "",
    ) -> None:
        self._socket = _connect(address, timeout_s, reserved, source)

    def close(self) -> None:
        """Close the connection, answered or not."""
        self._socket.close()

    def send(self, message: bytes) -> None:
        """Send one message as a record of one fragment."""
        self._socket.sendall(struct.pack(">I", _LAST_FRAGMENT | len(message)) + message)

    def receive(self) -> tuple[int, bytes]:
        """Return the xid and the result of the next reply.

        :raises RpcFailed: it was not executed.
        :raises ConnectionError: the server closed the connection.
        """
        record = b""
        last = False
        while not last:
            (mark,) = struct.unpack(">I", self._exactly(4))
            last = bool(mark & _LAST_FRAGMENT)
            record += self._exactly(mark & ~_LAST_FRAGMENT)
        xid, kind, denied = struct.unpack_from(">III", record)
        if kind != 1 or denied:
            raise RpcFailed(f"denied: {record[8:].hex()}")
        (verifier_bytes,) = struct.unpack_from(">I", record, 16)
        (status,) = struct.unpack_from(">I", record, 20 + verifier_bytes)
        if status:
            raise RpcFailed(f"accepted, but status {status}")
        return xid, record[24 + verifier_bytes :]

    def _exactly(self, count: int) -> bytes:
        pieces = []
        while count:
            piece = self._socket.recv(min(count, 1 << 20))
            if not piece:
                raise ConnectionResetError("closed by the server")
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


def _connect(
    address: tuple[str, int], timeout_s: float, reserved: bool, source: str
) -> socket.socket:
    for port in range(1023, 512, -1) if reserved else ():
        try:
            return socket.create_connection(address, timeout_s, (source, port))
        except PermissionError:
            break
        except OSError as error:
            if error.errno not in (98, 99):  # EADDRINUSE, EADDRNOTAVAIL: try the next port
                raise
    return socket.create_connection(address, timeout_s, (source, 0))


class NfsClient:
    """Calls of NFSv3 by name, with the generated types as arguments and results.

    :param credential: what :func:`auth_sys` returned.
    """

    def __init__(
        self, host: str, nfs_port: int, mount_port: int, credential: bytes | None = None
    ) -> None:
        self.host = host
        self.nfs_port = nfs_port
        self.mount_port = mount_port
        self.credential = auth_sys() if credential is None else credential
        self.xids = itertools.count(1)
        self.connection: RpcConnection | None = None

    def mount(self, path: bytes) -> bytes:
        """Return the handle of an export, by MNT."""
        packer = mount_xdr.MOUNTPacker()
        packer.pack_dirpath(path)
        connection = RpcConnection((self.host, self.mount_port))
        try:
            connection.send(
                call_bytes(next(self.xids), MOUNT, 1, self.credential, packer.get_buffer())
            )
            _, result = connection.receive()
        finally:
            connection.close()
        answer = mount_xdr.MOUNTUnpacker(result).unpack_mountres3()
        if answer.mountinfo is None:
            raise RpcFailed(f"MNT of {path!r}: status {answer.fhs_status}")
        return answer.mountinfo.fhandle

    def connect(self) -> RpcConnection:
        """Return the connection to the NFS port, making it if need be."""
        if self.connection is None:
            self.connection = RpcConnection((self.host, self.nfs_port))
        return self.connection

    def close(self) -> None:
        """Close the connection; the next call makes another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def encode(self, name: str, arguments: Any, xid: int) -> bytes:  # noqa: ANN401 - any of 22 types
        """Return the call message of one procedure."""
        packer = nfs3_xdr.NFS3Packer()
        if arguments is not None:
            getattr(packer, f"pack_{name}3args")(arguments)
        return call_bytes(xid, NFS, NUMBERS[name], self.credential, packer.get_buffer())

    def decode(self, name: str, result: bytes) -> Any:  # noqa: ANN401
        """Return the result value of one procedure."""
        if name == "NULL":
            return None
        return getattr(nfs3_xdr.NFS3Unpacker(result), f"unpack_{name}3res")()

    def call(self, name: str, arguments: Any = None, xid: int | None = None) -> Any:  # noqa: ANN401
        """Make one call and return its result value, whatever its status."""
        number = next(self.xids) if xid is None else xid
        connection = self.connect()
        connection.send(self.encode(name, arguments, number))
        answered, result = connection.receive()
        if answered != number:
            raise RpcFailed(f"reply to {answered}, not to {number}")
        return self.decode(name, result)
