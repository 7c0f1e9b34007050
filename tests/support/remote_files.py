"""Files of one directory of an export, for the load: a client that writes as a kernel does."""

from __future__ import annotations

import errno
import time
from typing import Any, Final

from nfsgw.xdr.generated import nfs3
from tests.support.client import NfsClient, attributes

__all__ = ["RemoteFiles"]

_PIECE_BYTES: Final = 512 << 10
_JUKEBOX_S: Final = 5.0
"""How long a Linux client sleeps that is told to come again later."""
_TRIES: Final = 10


class RemoteFiles:
    """The :class:`tests.support.load.Files` of one directory, which is made.

    :param client: used by nobody else.
    """

    def __init__(self, client: NfsClient, export: bytes, directory: bytes) -> None:
        self._client = client
        where = nfs3.diropargs3(client.mount(export), directory)
        made = self._good("MKDIR", nfs3.MKDIR3args(where, attributes(mode=0o755)))
        self._directory = made.obj

    def create(self, name: str, data: bytes) -> None:
        """Make or replace a file, durably."""
        how = nfs3.createhow3(nfs3.UNCHECKED, attributes(mode=0o644, size=0))
        handle = self._good("CREATE", nfs3.CREATE3args(self._where(name), how)).obj
        self._write(handle, 0, data)

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write into a file, durably."""
        self._write(self._find(name), offset, data)

    def _write(self, handle: bytes, offset: int, data: bytes) -> None:
        """Write unstably, then commit; again if the server may have lost something meanwhile."""
        for _ in range(_TRIES):
            verifiers = {
                bytes(
                    self._write_piece(handle, offset + start, data[start : start + _PIECE_BYTES])
                )
                for start in range(0, len(data), _PIECE_BYTES)
            }
            verifiers.add(bytes(self._good("COMMIT", nfs3.COMMIT3args(handle, 0, 0)).verf))
            if len(verifiers) == 1:
                return
        raise OSError(errno.EIO, "the verifier changes each time")

    def _write_piece(self, handle: bytes, offset: int, data: bytes) -> bytes:
        arguments = nfs3.WRITE3args(handle, offset, len(data), nfs3.UNSTABLE, data)
        written = self._good("WRITE", arguments)
        if written.count != len(data):
            raise OSError(errno.EIO, "a short write")
        verifier: bytes = written.verf
        return verifier

    def cut(self, name: str, size: int) -> None:
        """Set the size of a file."""
        arguments = nfs3.SETATTR3args(self._find(name), attributes(size=size), None)
        self._good("SETATTR", arguments)

    def read(self, name: str, offset: int, count: int) -> bytes:
        """Read from a file."""
        handle = self._find(name)
        content = b""
        while len(content) < count:
            piece = min(count - len(content), _PIECE_BYTES)
            read = self._good("READ", nfs3.READ3args(handle, offset + len(content), piece))
            content += bytes(read.data)
            if read.eof:
                break
        return content

    def rename(self, name: str, target: str) -> None:
        """Give a file another name."""
        self._good("RENAME", nfs3.RENAME3args(self._where(name), self._where(target)))

    def remove(self, name: str) -> None:
        """Remove a file."""
        self._good("REMOVE", nfs3.REMOVE3args(self._where(name)))

    def names(self) -> list[str]:
        """Return all names."""
        names: list[str] = []
        cookie, verifier, end = 0, bytes(8), False
        while not end:
            arguments = nfs3.READDIR3args(self._directory, cookie, verifier, 32 << 10)
            listed = self._good("READDIR", arguments)
            verifier = listed.cookieverf
            for entry in listed.reply.entries:
                cookie = entry.cookie
                names.append(bytes(entry.name).decode())
            end = listed.reply.eof
        return [name for name in names if name not in (".", "..")]

    def _where(self, name: str) -> nfs3.diropargs3:
        return nfs3.diropargs3(self._directory, name.encode())

    def _find(self, name: str) -> bytes:
        handle: bytes = self._good("LOOKUP", nfs3.LOOKUP3args(self._where(name))).object
        return handle

    def _good(self, name: str, arguments: object) -> Any:  # noqa: ANN401 - any of 22 types
        """Make a call, again as a new one while the server says so, and return its result."""
        while True:
            result = self._client.call(name, arguments)
            if result.status == nfs3.NFS3_OK:
                return result.resok
            if result.status != nfs3.NFS3ERR_JUKEBOX:
                raise OSError(result.status, f"{name}: NFS status {result.status}")
            time.sleep(_JUKEBOX_S)
