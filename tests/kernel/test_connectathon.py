"""Connectathon's lock tests, where somebody has built them: they are not part of this project.

``NFSGW_CONNECTATHON`` names the directory whose ``lock/`` holds ``tlocklfs`` and ``tlock64``; a
guest must see it, so it may not be in /tmp.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.kernel.lab import Guest

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

SUITE = os.environ.get("NFSGW_CONNECTATHON", "")


@pytest.mark.skipif(not SUITE, reason="NFSGW_CONNECTATHON does not say where the suite is")
@pytest.mark.parametrize("program", ["tlocklfs", "tlock64"])
def test_locks(guests: tuple[Guest, Guest], program: str) -> None:
    """Both guests run them at the same time and pass."""
    command = f"mkdir -p /mnt/$(hostname) && {SUITE}/lock/{program} -r /mnt/$(hostname)"
    for finish in [guest.start(command) for guest in guests]:
        printed = finish(300).check()
        results = re.findall(r"(PARENT|CHILD) pass 1 results: (\d+)/(\d+) pass", printed)
        print(program, results)
        assert [who for who, _, _ in results] == ["PARENT", "CHILD"]
        assert all(passed == total for _, passed, total in results)
