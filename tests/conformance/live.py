"""Any NFSv3 server over TCP, as the cases see a server."""

from __future__ import annotations

import contextlib
import errno
import socket
from contextlib import AbstractContextManager
from struct import Struct
from typing import NoReturn

import pytest

from nfsgw.errors import FsCode
from tests.conformance.client import ROOT, call_record, parse_reply

__all__ = ["Live"]

_MARK = Struct(">I")
_LAST = 0x80000000
_TIMEOUT_S = 30.0
_RECORD_BYTES_MAX = 8 << 20
_NLM = 100021


class Connection:
    """Records over TCP, one call at a time, from a reserved port if we may."""

    def __init__(self, host: str, port: int, local_port: int | None = None) -> None:
        self._socket = self._connect(host, port, local_port)
        self._socket.settimeout(_TIMEOUT_S)

    @staticmethod
    def _connect(host: str, port: int, local_port: int | None) -> socket.socket:
        ports = range(1023, 599, -1) if local_port is None else (local_port,)
        for source in ports:
            with contextlib.suppress(PermissionError):
                try:
                    return socket.create_connection((host, port), _TIMEOUT_S, ("", source))
                except OSError as error:
                    if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                        raise
        return socket.create_connection((host, port), _TIMEOUT_S)

    def exchange(self, record: bytes) -> bytes:
        """Send one record, return the next."""
        self._socket.sendall(_MARK.pack(_LAST | len(record)) + record)
        pieces: list[bytes] = []
        while True:
            (mark,) = _MARK.unpack(self._take(4))
            assert mark & ~_LAST <= _RECORD_BYTES_MAX, "a record longer than any reply"
            pieces.append(self._take(mark & ~_LAST))
            if mark & _LAST:
                return b"".join(pieces)

    def _take(self, count: int) -> bytes:
        pieces = []
        while count:
            piece = self._socket.recv(count)
            assert piece, "the server closed the connection"
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class Live:
    """A server at an address; implements :class:`tests.conformance.client.Exchange`.

    :param port: of NFS; asked of the port mapper if None.
    """

    def __init__(self, host: str, port: int | None, mount_port: int | None) -> None:
        self.host = host
        self.port = self._port_of(100003, 3) if port is None else port
        self.mount_port = self._port_of(100005, 3) if mount_port is None else mount_port
        self._connection = Connection(host, self.port)
        # Our own programs answer on all of our ports; elsewhere the port mapper is asked.
        self._lock_port = port
        self._lock_connection: Connection | None = None

    def _port_of(self, program: int, version: int) -> int:
        connection = Connection(self.host, 111)
        try:
            arguments = Struct(">IIII").pack(program, version, 6, 0)
            xid, record = call_record(100000, 2, 3, arguments, ROOT)
            port = int.from_bytes(parse_reply(connection.exchange(record), xid), "big")
        finally:
            connection.close()
        assert port, f"the port mapper of {self.host} knows no {program} version {version} on TCP"
        return port

    def mount(self, path: bytes) -> bytes:
        """Mount a path, by the MOUNT program."""
        connection = Connection(self.host, self.mount_port)
        try:
            arguments = len(path).to_bytes(4, "big") + path + bytes(-len(path) % 4)
            xid, record = call_record(100005, 3, 1, arguments, ROOT)
            answer = parse_reply(connection.exchange(record), xid)
        finally:
            connection.close()
        assert answer[:4] == bytes(4), f"MNT {path!r} answers {answer[:4].hex()}"
        return answer[8 : 8 + int.from_bytes(answer[4:8], "big")]

    def exchange(self, record: bytes, port: int | None = None) -> bytes:
        """Send a record; from another port over a connection of its own.

        After an answer that does not come, the next call has a new connection.
        """
        if int.from_bytes(record[12:16], "big") == _NLM:
            return self._exchange_lock(record)
        if port is not None:
            other = Connection(self.host, self.port, port)
            try:
                return other.exchange(record)
            finally:
                other.close()
        try:
            return self._connection.exchange(record)
        except (AssertionError, OSError):
            self._connection.close()
            self._connection = Connection(self.host, self.port)
            raise

    def _exchange_lock(self, record: bytes) -> bytes:
        """Do the same with the lock manager."""
        if self._lock_connection is None:
            port = self._lock_port or self._port_of(_NLM, 4)
            self._lock_connection = Connection(self.host, port)
        try:
            return self._lock_connection.exchange(record)
        except (AssertionError, OSError):
            self._lock_connection.close()
            self._lock_connection = None
            raise

    def fault(
        self, method: str, fault: FsCode | Exception, times: int = 1
    ) -> AbstractContextManager[None]:
        """Skip the case: nobody can order faults of a live server."""
        _skip()

    def export(self, name: str) -> bytes:
        """Skip the case: a live server has only the export that was given."""
        _skip()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
        if self._lock_connection is not None:
            self._lock_connection.close()


def _skip() -> NoReturn:
    pytest.skip("needs our own server in this process")
