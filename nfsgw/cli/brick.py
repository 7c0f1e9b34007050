"""``nfsgw brick``: looking at a brick that no daemon is using."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nfsgw.cli.exits import CommandError, Exit
from nfsgw.cli.output import counted, json_option, show_json
from nfsgw.errors import NfsgwError

if TYPE_CHECKING:
    from nfsgw.backend.brick.check.checking import Report
    from nfsgw.backend.brick.check.finding import Finding

__all__ = ["brick"]


@click.group()
def brick() -> None:
    """Look at bricks that no daemon is using."""


@brick.command()
@click.argument("path", type=click.Path(path_type=Path, file_okay=False))
@json_option
def check(path: Path, as_json: bool) -> None:
    """Prove that the brick in the directory PATH is consistent; nothing is changed.

    Reads all of its tables, and all bytes that have a checksum.  Exits with 6 if something is
    wrong.  What a brick knows that it lacks, because it was healing, is not wrong.
    """
    # Here, not above: the other commands are quicker without the brick's code.
    from nfsgw.backend.brick.check.checking import check_brick

    def show(finding: Finding) -> None:
        if not as_json:
            click.echo(str(finding))

    try:
        report = check_brick(path, show)
    except NfsgwError as error:
        raise CommandError(str(error), Exit.REFUSED) from None
    if as_json:
        show_json(_as_json(path, report))
    elif report.clean:
        click.echo(
            f"{path}: clean: {report.inodes} inodes, {report.entries} entries,"
            f" {report.data_files} data files, {report.records} records in the log"
        )
        if report.missing:
            click.echo(f"{path}: it was healing, and lacks {counted(report.missing, 'extent')}")
    if not report.clean:
        raise CommandError(f"{path}: {report.count} findings: the brick is damaged", Exit.DAMAGED)


def _as_json(path: Path, report: Report) -> dict[str, object]:
    findings = [
        {"fault": finding.fault.value, "where": finding.where, "text": finding.text}
        for finding in report.findings
    ]
    counts = (
        "count",
        "inodes",
        "entries",
        "data_files",
        "extents",
        "missing",
        "records",
        "replies",
    )
    return {
        "path": str(path),
        "clean": report.clean,
        **{name: getattr(report, name) for name in counts},
        "last_sequence": report.last_sequence,
        "findings": findings,
    }
