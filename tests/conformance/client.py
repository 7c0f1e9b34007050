"""A small NFSv3 client for the cases: typed calls in, typed results out, nothing hidden.

It has one method per procedure, with the arguments that cases vary as keywords.  What lies below
is an :class:`Exchange`: our programs in this process, or a TCP connection.
"""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager
from dataclasses import dataclass
from struct import Struct
from typing import Any, Protocol

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x

__all__ = [
    "ALICE",
    "BOB",
    "NOBODY",
    "ROOT",
    "Exchange",
    "RpcFailed",
    "Session",
    "User",
    "after",
    "call_record",
    "fails",
    "handle_of",
    "ok",
    "parse_reply",
    "status_name",
]

_HEADER = Struct(">IIIIII")
_WORD = Struct(">I")


@dataclass(frozen=True)
class User:
    """Whom a call is from; AUTH_NONE if ``uid`` is None."""

    uid: int | None
    gid: int = 0
    groups: tuple[int, ...] = ()

    def credential(self) -> bytes:
        """Return flavor and body of the credential, encoded."""
        if self.uid is None:
            return bytes(8)
        machine = b"conformance\0"  # 11 bytes and their padding
        body = Struct(f">II12sIII{len(self.groups)}I").pack(
            0, 11, machine, self.uid, self.gid, len(self.groups), *self.groups
        )
        return Struct(">II").pack(1, len(body)) + body


ROOT = User(0)
ALICE = User(1001, 1001)
BOB = User(1002, 1002)
NOBODY = User(None)


class RpcFailed(Exception):
    """The server refused the call in one of the rings below the protocol.

    :param what: the RFC's name: PROG_UNAVAIL, AUTH_TOOWEAK, ...
    """

    def __init__(self, what: str, low: int = 0, high: int = 0) -> None:
        super().__init__(f"{what} {low} {high}".rstrip(" 0"))
        self.what = what
        self.low = low
        self.high = high


class Exchange(Protocol):
    """Carries one record to a server and brings back its answer."""

    def exchange(self, record: bytes, port: int | None = None) -> bytes:
        """Send a call, return the reply; from ``port`` if the case needs a certain one."""

    def fault(
        self, method: str, fault: FsCode | Exception, times: int = 1
    ) -> AbstractContextManager[None]:
        """Make a method of the volume fail the next ``times`` times (in process only)."""

    def export(self, name: str) -> bytes:
        """Return the root handle of one of the server's other exports (in process only)."""


_ACCEPT = {1: "PROG_UNAVAIL", 2: "PROG_MISMATCH", 3: "PROC_UNAVAIL", 4: "GARBAGE_ARGS"}
_ACCEPT[5] = "SYSTEM_ERR"
_AUTH = {1: "AUTH_BADCRED", 2: "AUTH_REJECTEDCRED", 3: "AUTH_BADVERF", 4: "AUTH_REJECTEDVERF"}
_AUTH[5] = "AUTH_TOOWEAK"


def parse_reply(record: bytes, xid: int) -> bytes:
    """Return the results of a successful reply.

    :raises RpcFailed: it is none.
    """
    words = [word for (word,) in _WORD.iter_unpack(record[: len(record) & ~3])]
    assert words[0] == xid, "the reply to another call"
    assert words[1] == 1, "not a reply"
    if words[2] == 1:
        if words[3] == 0:
            raise RpcFailed("RPC_MISMATCH", words[4], words[5])
        raise RpcFailed(_AUTH.get(words[4], f"auth_stat {words[4]}"))
    start = 5 + (words[4] + 3) // 4
    status = words[start]
    if status:
        low, high = (words[start + 1], words[start + 2]) if status == 2 else (0, 0)
        raise RpcFailed(_ACCEPT.get(status, f"accept_stat {status}"), low, high)
    return record[4 * (start + 1) :]


_xids = itertools.count(0x10000001)


def call_record(
    program: int,
    version: int,
    procedure: int,
    arguments: bytes,
    user: User = ROOT,
    rpc_version: int = 2,
) -> tuple[int, bytes]:
    """Return a new xid and the record of a call."""
    xid = next(_xids)
    head = _HEADER.pack(xid, 0, rpc_version, program, version, procedure)
    return xid, head + user.credential() + bytes(8) + arguments


def _sattr(
    mode: int | None = None,
    uid: int | None = None,
    gid: int | None = None,
    size: int | None = None,
    atime: x.nfstime3 | str | None = None,
    mtime: x.nfstime3 | str | None = None,
) -> x.sattr3:
    def how(time: x.nfstime3 | str | None) -> tuple[int, x.nfstime3 | None]:
        if time is None:
            return x.DONT_CHANGE, None
        if isinstance(time, str):
            return x.SET_TO_SERVER_TIME, None
        return x.SET_TO_CLIENT_TIME, time

    return x.sattr3(
        mode=mode,
        uid=uid,
        gid=gid,
        size=size,
        atime=x.set_atime(*how(atime)),
        mtime=x.set_mtime(*how(mtime)),
    )


def status_name(status: int) -> str:
    """Return the RFC's name of a status, without prefix."""
    name = x.nfsstat3(status).name
    return name.removeprefix("NFS3ERR_").removeprefix("NFS3_")


class Session:
    """One case's view of a server: a directory of its own, and the procedures.

    :ivar dir: handle of the case's own directory, mode 0777.
    :ivar seen: (procedure, status) of every answer, for the catalogue's check.
    """

    def __init__(self, exchange: Exchange, user: User = ROOT) -> None:
        self.exchange = exchange
        self.user = user
        self.dir = b""
        self.seen: set[tuple[str, str]] = set()

    def as_user(self, user: User) -> Session:
        """Return the same session with calls from another user."""
        other = Session(self.exchange, user)
        other.dir = self.dir
        other.seen = self.seen
        return other

    # The ground

    def raw(
        self,
        procedure: int,
        arguments: bytes,
        *,
        program: int = x.NFS_PROGRAM,
        version: int = x.NFS_V3,
        rpc_version: int = 2,
        port: int | None = None,
    ) -> bytes:
        """Send a call with encoded arguments, return the encoded results.

        :raises RpcFailed: it was refused.
        """
        xid, record = call_record(program, version, procedure, arguments, self.user, rpc_version)
        return parse_reply(self.exchange.exchange(record, port), xid)

    def call(self, name: str, args: Any, *, port: int | None = None) -> Any:  # noqa: ANN401
        """Run a procedure by its name; the whole answer must be one result, without a tail."""
        packer = x.NFS3Packer()
        getattr(packer, f"pack_{name}3args")(args)
        number = getattr(x, f"NFSPROC3_{name}")
        data = self.raw(number, packer.get_buffer(), port=port)
        unpacker = x.NFS3Unpacker(data)
        result = getattr(unpacker, f"unpack_{name}3res")()
        unpacker.done()
        self.seen.add((name, status_name(result.status)))
        return result

    # The procedures, in the order of their numbers

    def getattr(self, handle: bytes, *, port: int | None = None) -> x.GETATTR3res:
        """Call GETATTR."""
        result: x.GETATTR3res = self.call("GETATTR", x.GETATTR3args(handle), port=port)
        return result

    def setattr(
        self,
        handle: bytes,
        *,
        guard: x.nfstime3 | None = None,
        **new: Any,  # noqa: ANN401
    ) -> x.SETATTR3res:
        """Call SETATTR with the attributes given."""
        args = x.SETATTR3args(handle, _sattr(**new), guard)
        result: x.SETATTR3res = self.call("SETATTR", args)
        return result

    def lookup(self, directory: bytes, name: bytes) -> x.LOOKUP3res:
        """Call LOOKUP."""
        args = x.LOOKUP3args(x.diropargs3(directory, name))
        result: x.LOOKUP3res = self.call("LOOKUP", args)
        return result

    def access(self, handle: bytes, bits: int = 0x3F) -> x.ACCESS3res:
        """Call ACCESS."""
        result: x.ACCESS3res = self.call("ACCESS", x.ACCESS3args(handle, bits))
        return result

    def readlink(self, handle: bytes) -> x.READLINK3res:
        """Call READLINK."""
        result: x.READLINK3res = self.call("READLINK", x.READLINK3args(handle))
        return result

    def read(self, handle: bytes, offset: int = 0, count: int = 4096) -> x.READ3res:
        """Call READ."""
        result: x.READ3res = self.call("READ", x.READ3args(handle, offset, count))
        return result

    def write(
        self,
        handle: bytes,
        data: bytes,
        offset: int = 0,
        *,
        stable: int = x.FILE_SYNC,
        count: int | None = None,
    ) -> x.WRITE3res:
        """Call WRITE; ``count`` is the data's length unless given."""
        count = len(data) if count is None else count
        args = x.WRITE3args(handle, offset, count, stable, data)
        result: x.WRITE3res = self.call("WRITE", args)
        return result

    def create(
        self,
        directory: bytes,
        name: bytes,
        mode: int | None = 0o644,
        *,
        how: int = x.UNCHECKED,
        verf: bytes | None = None,
        **new: Any,  # noqa: ANN401
    ) -> x.CREATE3res:
        """Call CREATE."""
        if how == x.EXCLUSIVE:
            made = x.createhow3(how, None, verf)
        else:
            made = x.createhow3(how, _sattr(mode, **new))
        args = x.CREATE3args(x.diropargs3(directory, name), made)
        result: x.CREATE3res = self.call("CREATE", args)
        return result

    def mkdir(
        self,
        directory: bytes,
        name: bytes,
        mode: int | None = 0o755,
        **new: Any,  # noqa: ANN401
    ) -> x.MKDIR3res:
        """Call MKDIR."""
        args = x.MKDIR3args(x.diropargs3(directory, name), _sattr(mode, **new))
        result: x.MKDIR3res = self.call("MKDIR", args)
        return result

    def symlink(self, directory: bytes, name: bytes, target: bytes) -> x.SYMLINK3res:
        """Call SYMLINK."""
        args = x.SYMLINK3args(x.diropargs3(directory, name), x.symlinkdata3(_sattr(), target))
        result: x.SYMLINK3res = self.call("SYMLINK", args)
        return result

    def mknod(
        self,
        directory: bytes,
        name: bytes,
        kind: int = x.NF3FIFO,
        device: tuple[int, int] = (0, 0),
        mode: int | None = 0o644,
    ) -> x.MKNOD3res:
        """Call MKNOD."""
        what = x.mknoddata3(kind)
        if kind in (x.NF3CHR, x.NF3BLK):
            what.device = x.devicedata3(_sattr(mode), x.specdata3(*device))
        elif kind in (x.NF3SOCK, x.NF3FIFO):
            what.pipe_attributes = _sattr(mode)
        args = x.MKNOD3args(x.diropargs3(directory, name), what)
        result: x.MKNOD3res = self.call("MKNOD", args)
        return result

    def remove(self, directory: bytes, name: bytes) -> x.REMOVE3res:
        """Call REMOVE."""
        args = x.REMOVE3args(x.diropargs3(directory, name))
        result: x.REMOVE3res = self.call("REMOVE", args)
        return result

    def rmdir(self, directory: bytes, name: bytes) -> x.RMDIR3res:
        """Call RMDIR."""
        result: x.RMDIR3res = self.call("RMDIR", x.RMDIR3args(x.diropargs3(directory, name)))
        return result

    def rename(self, directory: bytes, name: bytes, to: bytes, to_name: bytes) -> x.RENAME3res:
        """Call RENAME."""
        args = x.RENAME3args(x.diropargs3(directory, name), x.diropargs3(to, to_name))
        result: x.RENAME3res = self.call("RENAME", args)
        return result

    def link(self, handle: bytes, directory: bytes, name: bytes) -> x.LINK3res:
        """Call LINK."""
        args = x.LINK3args(handle, x.diropargs3(directory, name))
        result: x.LINK3res = self.call("LINK", args)
        return result

    def readdir(
        self, directory: bytes, cookie: int = 0, verf: bytes = bytes(8), count: int = 8192
    ) -> x.READDIR3res:
        """Call READDIR."""
        args = x.READDIR3args(directory, cookie, verf, count)
        result: x.READDIR3res = self.call("READDIR", args)
        return result

    def readdirplus(
        self,
        directory: bytes,
        cookie: int = 0,
        verf: bytes = bytes(8),
        dircount: int = 8192,
        maxcount: int = 32768,
    ) -> x.READDIRPLUS3res:
        """Call READDIRPLUS."""
        args = x.READDIRPLUS3args(directory, cookie, verf, dircount, maxcount)
        result: x.READDIRPLUS3res = self.call("READDIRPLUS", args)
        return result

    def fsstat(self, handle: bytes) -> x.FSSTAT3res:
        """Call FSSTAT."""
        result: x.FSSTAT3res = self.call("FSSTAT", x.FSSTAT3args(handle))
        return result

    def fsinfo(self, handle: bytes) -> x.FSINFO3res:
        """Call FSINFO."""
        result: x.FSINFO3res = self.call("FSINFO", x.FSINFO3args(handle))
        return result

    def pathconf(self, handle: bytes) -> x.PATHCONF3res:
        """Call PATHCONF."""
        result: x.PATHCONF3res = self.call("PATHCONF", x.PATHCONF3args(handle))
        return result

    def commit(self, handle: bytes, offset: int = 0, count: int = 0) -> x.COMMIT3res:
        """Call COMMIT."""
        result: x.COMMIT3res = self.call("COMMIT", x.COMMIT3args(handle, offset, count))
        return result

    # What many cases do

    def attributes(self, handle: bytes) -> x.fattr3:
        """Return an object's attributes, which must be there."""
        return x.decode_fattr3(ok(self.as_user(ROOT).getattr(handle)).obj_attributes)

    def file(
        self,
        name: bytes = b"file",
        data: bytes = b"",
        mode: int = 0o644,
        **new: Any,  # noqa: ANN401
    ) -> bytes:
        """Make a file in the case's directory, with content; return its handle."""
        handle = handle_of(ok(self.create(self.dir, name, mode, **new)))
        if data:
            assert ok(self.write(handle, data)).count == len(data)
        return handle

    def directory(self, name: bytes = b"dir", mode: int = 0o755) -> bytes:
        """Make a directory in the case's directory; return its handle."""
        return handle_of(ok(self.mkdir(self.dir, name, mode)))

    def gone(self) -> bytes:
        """Return the handle of a file that has been removed."""
        handle = self.file(b"gone")
        ok(self.remove(self.dir, b"gone"))
        return handle

    def gone_directory(self) -> bytes:
        """Return the handle of a directory that has been removed."""
        handle = self.directory(b"gone")
        ok(self.rmdir(self.dir, b"gone"))
        return handle

    def names(self, directory: bytes, count: int = 8192) -> list[bytes]:
        """Return all names of a directory, without the dots, by READDIR to the end."""
        names: list[bytes] = []
        cookie, verf = 0, bytes(8)
        while True:
            result = ok(self.readdir(directory, cookie, verf, count))
            verf = result.cookieverf
            for entry in result.reply.entries:
                names.append(entry.name)
                cookie = entry.cookie
            if result.reply.eof:
                return [name for name in names if name not in (b".", b"..")]
            assert result.reply.entries, "neither entries nor the end"


def ok(result: Any) -> Any:  # noqa: ANN401 - any procedure's
    """Return ``resok``; the call must have succeeded."""
    assert result.status == x.NFS3_OK, f"{type(result).__name__}: {status_name(result.status)}"
    return result.resok


def fails(result: Any, *names: str) -> Any:  # noqa: ANN401 - any procedure's
    """Return ``resfail`` (None for GETATTR); the call must have failed with one of ``names``."""
    assert status_name(result.status) in names, (
        f"{type(result).__name__}: {status_name(result.status)}, not {' or '.join(names)}"
    )
    return getattr(result, "resfail", None)


def handle_of(resok: Any) -> bytes:  # noqa: ANN401 - any creating procedure's
    """Return the handle of what was made, which must be in the answer."""
    handle: bytes | None = resok.obj
    assert handle is not None, "the answer has no handle"
    return handle


def after(wcc: x.wcc_data) -> x.fattr3:
    """Return the attributes after an operation, which must be in the answer."""
    assert wcc.after is not None, "the answer has no attributes"
    return x.decode_fattr3(wcc.after)
