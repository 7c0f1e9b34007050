"""NFSACL for the cases: calls of its two procedures, and ACLs in the short form of acl(5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nfsgw.xdr.generated import nfsacl as a
from tests.conformance.client import Session, ok, status_name

__all__ = [
    "access_of",
    "acl_text",
    "call_acl",
    "default_of",
    "getacl",
    "parse_acl",
    "setacl",
]

_TAGS: dict[str, tuple[int, ...]] = {
    "u": (a.NA_USER_OBJ, a.NA_USER),
    "g": (a.NA_GROUP_OBJ, a.NA_GROUP),
    "m": (a.NA_CLASS_OBJ,),
    "o": (a.NA_OTHER_OBJ,),
}
_NAMED = (a.NA_USER, a.NA_GROUP)
_LETTERS = {tag: letter for letter, tags in _TAGS.items() for tag in tags}


def parse_acl(text: str, flag: int = 0) -> list[a.aclent]:
    """Return entries from text like ``u::rw-,u:5:r--,g::r--,m::r--,o::---``."""
    entries = []
    for entry in text.split(",") if text else ():
        letter, name, rights = entry.split(":")
        bits = sum(dict(zip("rwx-", (4, 2, 1, 0), strict=True))[one] for one in rights)
        entries.append(a.aclent(_TAGS[letter][bool(name)] | flag, int(name or 0), bits))
    return entries


def acl_text(entries: Sequence[a.aclent], flag: int = 0) -> str:
    """Return entries as text; each must have the flag of its list."""
    words = []
    for entry in entries:
        assert entry.type & a.NA_DEFAULT == flag, "an entry in the wrong list"
        tag = entry.type & ~flag
        rights = "".join(letter if entry.perm & bit else "-" for letter, bit in _RIGHTS)
        words.append(f"{_LETTERS[tag]}:{entry.id if tag in _NAMED else ''}:{rights}")
    return ",".join(words)


_RIGHTS = (("r", 4), ("w", 2), ("x", 1))


def call_acl(nfs: Session, name: str, args: Any) -> Any:  # noqa: ANN401 - any procedure's
    """Run a procedure by its name; the whole answer must be one result, without a tail."""
    packer = a.NFSACLPacker()
    getattr(packer, f"pack_{name}3args")(args)
    number = getattr(a, f"ACLPROC3_{name}")
    data = nfs.raw(number, packer.get_buffer(), program=a.NFS_ACL_PROGRAM, version=a.NFS_ACL_V3)
    unpacker = a.NFSACLUnpacker(data)
    result = getattr(unpacker, f"unpack_{name}3res")()
    unpacker.done()
    nfs.seen.add((name, status_name(result.status)))
    return result


def getacl(nfs: Session, handle: bytes, mask: int = 15) -> a.GETACL3res:
    """Call GETACL."""
    result: a.GETACL3res = call_acl(nfs, "GETACL", a.GETACL3args(handle, mask))
    return result


def setacl(
    nfs: Session,
    handle: bytes,
    access: str | Sequence[a.aclent] | None = None,
    default: str | Sequence[a.aclent] | None = None,
) -> a.SETACL3res:
    """Call SETACL with the lists that are given, as text or as entries."""
    lists = [
        parse_acl(given, flag) if isinstance(given, str) else list(given or ())
        for given, flag in ((access, 0), (default, a.NA_DEFAULT))
    ]
    mask = (0 if access is None else a.NA_ACL) | (0 if default is None else a.NA_DFACL)
    wanted = a.secattr(mask, len(lists[0]), lists[0], len(lists[1]), lists[1])
    result: a.SETACL3res = call_acl(nfs, "SETACL", a.SETACL3args(handle, wanted))
    return result


def access_of(nfs: Session, handle: bytes) -> str:
    """Return an object's access ACL as text."""
    return acl_text(ok(getacl(nfs, handle)).acl.acl)


def default_of(nfs: Session, handle: bytes) -> str:
    """Return an object's default ACL as text."""
    return acl_text(ok(getacl(nfs, handle)).acl.dfacl, a.NA_DEFAULT)
