"""What holds for every procedure: handles, faults of the server, patience, rings of RPC.

The codes are numbered from 80, in each procedure's own series.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nfs3 as x
from tests.conformance.catalogue import common
from tests.conformance.client import NOBODY, RpcFailed, Session, fails, handle_of, ok

CALLS: dict[str, Callable[[Session, bytes], Any]] = {
    "GETATTR": lambda nfs, handle: nfs.getattr(handle),
    "SETATTR": lambda nfs, handle: nfs.setattr(handle, mode=0o700),
    "LOOKUP": lambda nfs, handle: nfs.lookup(handle, b"."),
    "ACCESS": lambda nfs, handle: nfs.access(handle),
    "READLINK": lambda nfs, handle: nfs.readlink(handle),
    "READ": lambda nfs, handle: nfs.read(handle),
    "WRITE": lambda nfs, handle: nfs.write(handle, b"x"),
    "CREATE": lambda nfs, handle: nfs.create(handle, b"made"),
    "MKDIR": lambda nfs, handle: nfs.mkdir(handle, b"made"),
    "SYMLINK": lambda nfs, handle: nfs.symlink(handle, b"made", b"target"),
    "MKNOD": lambda nfs, handle: nfs.mknod(handle, b"made"),
    "REMOVE": lambda nfs, handle: nfs.remove(handle, b"file"),
    "RMDIR": lambda nfs, handle: nfs.rmdir(handle, b"dir"),
    "RENAME": lambda nfs, handle: nfs.rename(handle, b"file", handle, b"made"),
    "LINK": lambda nfs, handle: nfs.link(handle, nfs.dir, b"made"),
    "READDIR": lambda nfs, handle: nfs.readdir(handle),
    "READDIRPLUS": lambda nfs, handle: nfs.readdirplus(handle),
    "FSSTAT": lambda nfs, handle: nfs.fsstat(handle),
    "FSINFO": lambda nfs, handle: nfs.fsinfo(handle),
    "PATHCONF": lambda nfs, handle: nfs.pathconf(handle),
    "COMMIT": lambda nfs, handle: nfs.commit(handle),
}
"""A call of each procedure that succeeds on the handle that :func:`subject` returns."""

_OF_DIRECTORIES = frozenset(
    "LOOKUP CREATE MKDIR SYMLINK MKNOD REMOVE RMDIR RENAME READDIR READDIRPLUS".split()
)
_WITHOUT_CREDENTIAL = frozenset(("FSINFO",))
_METHODS = {"FSINFO": "getattr", "PATHCONF": "getattr", "READDIRPLUS": "readdir"}


def subject(nfs: Session, procedure: str) -> bytes:
    """Return a handle on which the procedure's call succeeds."""
    if procedure == "READLINK":
        return handle_of(ok(nfs.symlink(nfs.dir, b"link", b"target")))
    if procedure in _OF_DIRECTORIES:
        directory = nfs.directory(b"subject")
        ok(nfs.create(directory, b"file"))
        ok(nfs.mkdir(directory, b"dir"))
        return directory
    return nfs.file(b"subject", b"data")


def gone(nfs: Session, procedure: str) -> bytes:
    """Return a handle of the right type whose object is gone."""
    if procedure == "READLINK":
        link = handle_of(ok(nfs.symlink(nfs.dir, b"gone", b"target")))
        ok(nfs.remove(nfs.dir, b"gone"))
        return link
    return nfs.gone_directory() if procedure in _OF_DIRECTORIES else nfs.gone()


def method_of(procedure: str) -> str:
    """Return the volume's method that a procedure calls."""
    return _METHODS.get(procedure, procedure.lower())


def _encoded(procedure: str, nfs: Session, handle: bytes) -> bytes:
    """Return the arguments of the procedure's call, encoded."""
    taken: list[bytes] = []

    class Taker(Session):
        def raw(self, procedure: int, arguments: bytes, **_: object) -> bytes:
            taken.append(arguments)
            raise _Taken

    taker = Taker(nfs.exchange)
    taker.dir = nfs.dir
    with pytest.raises(_Taken):
        CALLS[procedure](taker, handle)
    return taken[0]


class _Taken(Exception):
    """The arguments were encoded; the call is not made."""


@common(80, "3.3", CALLS)
def test_succeeds(nfs: Session, procedure: str) -> None:
    """The plain call succeeds (or the following cases would prove nothing)."""
    ok(CALLS[procedure](nfs, subject(nfs, procedure)))


@common(81, "2.6", CALLS, "BADHANDLE")
def test_malformed_handle(nfs: Session, procedure: str) -> None:
    """A handle that cannot be one of the server's is BADHANDLE, not a crash and not STALE."""
    for handle in (b"", b"\0", b"\xff" * 32, b"\1" * 64, bytes(28)):
        fails(CALLS[procedure](nfs, handle), "BADHANDLE")


@common(82, "2.6", CALLS, "BADHANDLE", in_process=True)
def test_forged_handle(nfs: Session, procedure: str) -> None:
    """A handle with one bit changed is not accepted, whichever bit it is."""
    handle = subject(nfs, procedure)
    for place in range(0, len(handle), 3):
        forged = bytearray(handle)
        forged[place] ^= 1 << (place % 8)
        fails(CALLS[procedure](nfs, bytes(forged)), "BADHANDLE")


@common(83, "2.6", CALLS, "STALE")
def test_stale_handle(nfs: Session, procedure: str) -> None:
    """The handle of an object that is gone is STALE."""
    fails(CALLS[procedure](nfs, gone(nfs, procedure)), "STALE")


@common(84, "2.6", CALLS, "IO", in_process=True)
def test_disk_error(nfs: Session, procedure: str) -> None:
    """A disk that fails is reported as such."""
    handle = subject(nfs, procedure)
    with nfs.exchange.fault(method_of(procedure), FsCode.IO):
        fails(CALLS[procedure](nfs, handle), "IO")


@common(85, "2.6", CALLS, "SERVERFAULT", in_process=True)
def test_defect(nfs: Session, procedure: str) -> None:
    """A defect of the server is SERVERFAULT, and the next call is served again."""
    handle = subject(nfs, procedure)
    with nfs.exchange.fault(method_of(procedure), RuntimeError("ordered by a test")):
        fails(CALLS[procedure](nfs, handle), "SERVERFAULT")
    ok(CALLS[procedure](nfs, handle))


@common(86, "2.6", CALLS, in_process=True)
def test_held(nfs: Session, procedure: str) -> None:
    """A backend that cannot serve for a moment is waited for: the client notices nothing."""
    handle = subject(nfs, procedure)
    with nfs.exchange.fault(method_of(procedure), FsCode.TRY_LATER, times=4):
        ok(CALLS[procedure](nfs, handle))


@common(87, "2.6", CALLS, "JUKEBOX", in_process=True)
def test_held_too_long(nfs: Session, procedure: str) -> None:
    """A backend that cannot serve for ten seconds makes the client ask again later."""
    handle = subject(nfs, procedure)
    with nfs.exchange.fault(method_of(procedure), FsCode.TRY_LATER, times=1000):
        fails(CALLS[procedure](nfs, handle), "JUKEBOX")
    ok(CALLS[procedure](nfs, handle))


@common(88, "RFC 5531, 9", CALLS)
def test_arguments_cut_short(nfs: Session, procedure: str) -> None:
    """Arguments that end too early are GARBAGE_ARGS, wherever they are cut."""
    arguments = _encoded(procedure, nfs, subject(nfs, procedure))
    for length in range(0, len(arguments), 8):
        with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
            nfs.raw(getattr(x, f"NFSPROC3_{procedure}"), arguments[:length])


@common(89, "RFC 5531, 9", CALLS, in_process=True)
def test_arguments_with_a_tail(nfs: Session, procedure: str) -> None:
    """Arguments that do not end where they should are GARBAGE_ARGS, and nothing is done."""
    arguments = _encoded(procedure, nfs, subject(nfs, procedure))
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        nfs.raw(getattr(x, f"NFSPROC3_{procedure}"), arguments + bytes(4))
    assert b"made" not in nfs.names(nfs.dir)


@common(90, "RFC 5531, 9", CALLS)
def test_handle_longer_than_any(nfs: Session, procedure: str) -> None:
    """A handle of more than 64 bytes cannot be decoded: GARBAGE_ARGS, not an NFS error."""
    arguments = _encoded(procedure, nfs, bytes(64))
    longer = (68).to_bytes(4, "big") + bytes(68) + arguments[68:]
    with pytest.raises(RpcFailed, match="GARBAGE_ARGS"):
        nfs.raw(getattr(x, f"NFSPROC3_{procedure}"), longer)


@common(91, "RFC 5531, 9.2", [name for name in CALLS if name not in _WITHOUT_CREDENTIAL])
def test_without_credential(nfs: Session, procedure: str) -> None:
    """Without a credential nothing but NULL and FSINFO is answered."""
    handle = subject(nfs, procedure)
    with pytest.raises(RpcFailed, match="AUTH_TOOWEAK"):
        CALLS[procedure](nfs.as_user(NOBODY), handle)
