"""The page of NSM."""

from __future__ import annotations

from nfsgw.nsm.monitors import MONITORS_MAX
from nfsgw.nsm.names import NAME_BYTES_MAX
from nfsgw.nsm.program import nsm_program
from nfsgw.nsm.service import Nsm
from tests.conformance.pages.lists import sentences

__all__ = ["page"]

_HEAD = f"""\
# Network Status Monitor: rules and cases

Made by `python -m tests.conformance.pages` from the procedure table (`nfsgw/nsm/program.py`) and
the conformance catalogue (`tests/conformance`). Do not edit.

Program 100024, version 1 (X/Open XNFS, chapter 11).

- STAT, MON, UNMON, UNMON_ALL and SIMU_CRASH are for this machine's kernel: the loopback with a
  port below 1024, or root on the local socket. To others they do nothing, and say STAT_FAIL.
- Names have at most {NAME_BYTES_MAX} bytes; {MONITORS_MAX:,} hosts are monitored. MON is answered
  when that is durable.
- NOTIFY frees what its sender's address had locked before it rebooted, and is answered when that
  is done. The name in it only tells clients at one address apart.
- The state number is odd, and grows by two at each boot of the machine, not of the daemon.

"""


def page() -> str:
    """Return the page."""
    (version,) = nsm_program(Nsm.__new__(Nsm)).versions.values()
    lines = ["| no. | procedure | kept by the replay cache |", "|---|---|---|"]
    lines += [
        f"| {row.number} | {row.name} | {'yes' if row.mutates else ''} |"
        for row in version.values()
    ]
    return _HEAD + "\n".join([*lines, "", "## Cases", "", *sentences("NSM")]) + "\n"
