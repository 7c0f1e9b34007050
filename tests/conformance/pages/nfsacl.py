"""The page of NFSACL: what it does here, and the cases that say so."""

from __future__ import annotations

from collections.abc import Iterator

from nfsgw.backend.brick.acl import ENTRIES_MAX
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfsacl.program import nfsacl_program
from tests.conformance.pages.lists import sentences

__all__ = ["page"]

_HEAD = f"""\
# NFSACL version 3: rules and cases

Made by `python -m tests.conformance.pages` from the procedure table
(`nfsgw/nfsacl/program.py`) and the conformance catalogue (`tests/conformance`). Do not edit.

Program 100227 is answered on the sockets of NFS, where Linux's client asks for it. There is no
RFC; what is not said here is as Linux's server has it, and `tests/kernel/test_acls.py` compares a
stock client on a mount with a local file system.

- An ACL is enforced by every NFS operation, whether the client knows of it or not. The order is
  acl(5)'s: owner; named user; all groups together, of which one entry must grant all that is
  asked; others. The mask limits named users and groups, even one that grants nothing (Linux's own
  file systems skip an ACL with such a mask, and give named users what others have).
- The group bits of a mode are the mask if there is one; chmod changes it. An ACL without a mask is
  the mode, and is not stored.
- What is made in a directory with a default ACL inherits it, less the bits that the client's mode
  does not have. Linux's client computes the same and sends SETACL; that changes nothing. After an
  exclusive CREATE the mode is 0 until the client sets it, and the mask with it.
- An ACL has up to {ENTRIES_MAX} entries; a longer one is NOSPC. The protocol has 1,024.
- A list that the mask of SETACL does not name is left alone; an empty default ACL removes it; an
  empty access ACL leaves the mode.
- A call that cannot be served is held until it can be. There is no JUKEBOX here: Linux's client
  would hand it to the program that asked.
- An export with `no_acl` answers PROG_UNAVAIL, and a client asks no more; the ACLs hold
  nevertheless.

"""

_SERIES = ("ACLNULL", "GETACL", "SETACL", "ACL")
_TITLES = {"ACLNULL": "NULL", "ACL": "Permission and inheritance"}


def _table() -> Iterator[str]:
    program = nfsacl_program(Nfs3.__new__(Nfs3))
    (version,) = program.versions.values()
    yield "| no. | procedure | kept by the replay cache | wants a credential |"
    yield "|---|---|---|---|"
    for row in version.values():
        kept = "yes" if row.mutates else ""
        yield f"| {row.number} | {row.name} | {kept} | {'yes' if row.needs_credential else ''} |"


def _cases(series: str) -> Iterator[str]:
    yield f"## {_TITLES.get(series, series)}"
    yield ""
    yield from sentences(series)


def page() -> str:
    """Return the page."""
    lines = [*_table()]
    for series in _SERIES:
        lines += ["", *_cases(series)]
    return _HEAD + "\n".join(lines) + "\n"
