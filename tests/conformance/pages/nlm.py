"""The page of NLM: every procedure, its statuses, and the cases for them."""

from __future__ import annotations

from collections.abc import Iterator

from nfsgw.backend.locks.api import Outcome
from nfsgw.errors import FsCode
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.nlm.program import nlm_program
from nfsgw.nlm.service import NAME_BYTES_MAX, OPAQUE_BYTES_MAX, Nlm
from nfsgw.nlm.status import NARROW_ERRORS, NARROW_OUTCOMES, WIDE_ERRORS, WIDE_OUTCOMES
from nfsgw.rpc.program import Procedure
from nfsgw.xdr.generated import nlm as x
from tests.conformance.catalogue import CASES, Case
from tests.conformance.pages.lists import codes

__all__ = ["page", "procedures", "statuses"]

_HEAD = f"""\
# Network Lock Manager: procedures, statuses and cases

Made by `python -m tests.conformance.pages` from the procedure table
(`nfsgw/nlm/program.py`), the tables of statuses (`nfsgw/nlm/status.py`) and the conformance
catalogue (`tests/conformance`). Do not edit.

Program 100021, versions 1 and 3 (X/Open XNFS, ranges of 32 bits) and 4 (RFC 1813, appendix II,
ranges of 64 bits). "Kept" procedures change something: the replay cache keeps their answers.
A client is an address and a `caller_name` of 1 to {NAME_BYTES_MAX} bytes, an owner is a client and
a `svid` at one of our addresses; `oh` and `cookie` have at most {OPAQUE_BYTES_MAX} bytes.

Numbers of cases are those of their procedure: `2` of LOCK in version 4 is `NLM4_LOCK-2`.

"""

_LOCKED = {Outcome.GRANTED, Outcome.DENIED, Outcome.BLOCKED, Outcome.DEADLOCK, Outcome.LIMIT}
_OUTCOMES = {
    "TEST": {Outcome.GRANTED, Outcome.DENIED},
    "LOCK": _LOCKED,
    "NM_LOCK": _LOCKED,
    "CANCEL": {Outcome.GRANTED, Outcome.DENIED},
    "UNLOCK": {Outcome.GRANTED},
    "GRANTED": {Outcome.DENIED},
    "SHARE": {Outcome.GRANTED, Outcome.DENIED, Outcome.LIMIT},
    "UNSHARE": {Outcome.GRANTED},
}
"""How each procedure can end, if nothing fails."""

_ERRORS = {
    FsCode.BADHANDLE: "the handle is not ours",
    FsCode.STALE: "the file, the export or the volume is gone",
    FsCode.ACCES: "the host may not use the export, or the user neither read nor write the file",
    FsCode.INVAL: "not a regular file",
    FsCode.ROFS: "an exclusive lock, or a reservation for writing, in a read-only export",
    FsCode.FBIG: "the range would end beyond 2^64 (2^32)",
    FsCode.DQUOT: "no `caller_name`, or it, `oh` or `cookie` is too long",
    FsCode.NOSPC: "no room for the record",
    FsCode.TRY_LATER: "no quorum for 10 seconds; a reclaim and CANCEL are held on",
}
"""The errors that can arise, and when."""

_MEETS = {
    "TEST": {FsCode.FBIG},
    "LOCK": {FsCode.FBIG, FsCode.ROFS},
    "NM_LOCK": {FsCode.FBIG, FsCode.ROFS},
    "CANCEL": {FsCode.FBIG},
    "UNLOCK": {FsCode.FBIG},
    "SHARE": {FsCode.ROFS},
    "UNSHARE": set[FsCode](),
}
"""Errors that not every procedure can meet."""

_EVERYWHERE = {FsCode.BADHANDLE, FsCode.ACCES, FsCode.DQUOT, FsCode.TRY_LATER}


def procedures(version: int) -> list[Procedure]:
    """Return the rows of a version."""
    # Only the table is read here; nothing is called, so there is no service behind it.
    table = nlm_program(Nlm.__new__(Nlm)).versions[version]
    return [table[number] for number in sorted(table)]


def _name(version: int, status: int) -> str:
    if version == x.NLM4_VERS:
        return x.nlm4_stats(status).name.removeprefix("NLM4_")
    return x.nlm_stats(status).name.removeprefix("LCK_")


def statuses(version: int, name: str) -> set[str]:
    """Return the names of the statuses that a synchronous procedure can answer."""
    if name not in _OUTCOMES:
        return set()
    dialect = DIALECTS[version]
    found = {dialect.outcomes[outcome] for outcome in _OUTCOMES[name]}
    if name in _MEETS:
        met = _EVERYWHERE | _MEETS[name]
        if name == "CANCEL":
            met = met - {FsCode.TRY_LATER}
        found |= {dialect.errors[code] for code in met}
    return {_name(version, status) for status in found}


def _cases(version: int, name: str) -> list[Case]:
    return [case for case in CASES.values() if case.procedure == f"NLM{version}_{name}"]


def _table() -> Iterator[str]:
    yield "| no. | procedure | kept | cases, version 1 | version 3 | version 4 |"
    yield "|---|---|---|---|---|---|"
    old = {row.number for row in procedures(x.NLM_VERS)}
    for row in procedures(x.NLM4_VERS):
        columns = [
            codes(_cases(version, row.name)) if version > 1 or row.number in old else "-"
            for version in (1, 3, 4)
        ]
        kept = "yes" if row.mutates else ""
        yield f"| {row.number} | {row.name} | {kept} | {' | '.join(columns)} |"


def _by(version: int, name: str, status: str) -> str:
    by = [case for case in _cases(version, name) if status in case.produces]
    return codes(by)


def _statuses() -> Iterator[str]:
    yield "## Statuses"
    for name in _OUTCOMES:
        yield ""
        yield f"### {name}"
        yield ""
        yield "| status | cases, version 1 | version 3 | version 4 |"
        yield "|---|---|---|---|"
        for status in sorted(set().union(*(statuses(version, name) for version in (1, 3, 4)))):
            columns = [_by(version, name, status) for version in (1, 3, 4)]
            yield f"| {status} | {' | '.join(columns)} |"


def _meanings() -> Iterator[str]:
    yield "## What they mean"
    yield ""
    yield "| | version 4 | versions 1 and 3 |"
    yield "|---|---|---|"
    for outcome in Outcome:
        told = _name(4, WIDE_OUTCOMES[outcome]), _name(3, NARROW_OUTCOMES[outcome])
        yield f"| {outcome.name.lower()} | {told[0]} | {told[1]} |"
    for code, when in _ERRORS.items():
        told = _name(4, WIDE_ERRORS[code]), _name(3, NARROW_ERRORS[code])
        yield f"| {when} | {told[0]} | {told[1]} |"


def page() -> str:
    """Return the page."""
    return _HEAD + "\n".join([*_table(), "", *_statuses(), "", *_meanings()]) + "\n"
