"""The page of NFSv3: every procedure with its section, module, errors and cases."""

from __future__ import annotations

from collections.abc import Iterator

from nfsgw.nfs3.program import MODULES, nfs3_program
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfs3.status import BESIDES, EVERYWHERE, LISTED
from nfsgw.rpc.program import Procedure
from tests.conformance.catalogue import CASES
from tests.conformance.impossible import IMPOSSIBLE
from tests.conformance.pages.lists import codes

__all__ = ["page"]

_HEAD = """\
# NFS version 3: procedures, errors and cases

Made by `python -m tests.conformance.pages` from the procedure table
(`nfsgw/nfs3/program.py`), the error tables (`nfsgw/nfs3/status.py`) and the conformance catalogue
(`tests/conformance`). Do not edit.

Sections are those of RFC 1813. "Kept" procedures change something: the replay cache keeps their
answers, and a read-only export refuses them.

"""


def _rows() -> list[Procedure]:
    # Only the table is read here; nothing is called, so there is no service behind it.
    program = nfs3_program(Nfs3.__new__(Nfs3))
    (version,) = program.versions.values()
    return [version[number] for number in sorted(version)]


def _table() -> Iterator[str]:
    yield "| no. | procedure | section | module | kept | cases |"
    yield "|---|---|---|---|---|---|"
    for row, module in zip(_rows(), MODULES, strict=True):
        path = "nfsgw/" + module.__name__.partition(".")[2].replace(".", "/") + ".py"
        own = [case for case in CASES.values() if case.procedure == row.name]
        yield (
            f"| {row.number} | {row.name} | 3.3.{row.number} | `{path}` "
            f"| {'yes' if row.mutates else ''} | {codes(own)} |"
        )


def _errors() -> Iterator[str]:
    yield "## Errors"
    yield ""
    yield "Any procedure may answer, listed or not:"
    yield ""
    for status, reason in EVERYWHERE.items():
        yield f"- {status}: {reason}"
    for procedure in LISTED:
        own = [case for case in CASES.values() if case.procedure == procedure]
        if not own or not LISTED[procedure]:
            continue
        yield ""
        yield f"### {procedure}"
        yield ""
        yield "| error | why outside the RFC's list | produced by |"
        yield "|---|---|---|"
        for status in sorted(LISTED[procedure] | BESIDES.get(procedure, {}).keys()):
            reason = BESIDES.get(procedure, {}).get(status, "")
            by = [case.code for case in own if status in case.produces]
            shown = ", ".join(by) or f"not: {IMPOSSIBLE[procedure, status]}"
            yield f"| {status} | {reason} | {shown} |"


def _disagreements() -> Iterator[str]:
    yield "## Where nfs-ganesha answers otherwise"
    yield ""
    yield "nfs-ganesha 4.3 of Debian 12 over FSAL_VFS, asked the same. Each case demands what"
    yield "the RFC says, or where it leaves something open, what the case's sentence says."
    yield ""
    yield "| case | what is tested | nfs-ganesha |"
    yield "|---|---|---|"
    for case in sorted(CASES.values(), key=lambda case: case.code):
        if case.ganesha:
            yield f"| {case.code} | {' '.join(case.title.split())} | {case.ganesha} |"


def page() -> str:
    """Return the page."""
    lines = [*_table(), "", *_errors(), "", *_disagreements()]
    return _HEAD + "\n".join(lines) + "\n"
