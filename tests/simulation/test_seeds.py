"""Many seeds: ``NFSGW_SEEDS`` of them (2000), from ``NFSGW_FIRST_SEED`` (0) on, each run twice."""

from __future__ import annotations

import os

import pytest

from tests.simulation.run import Failed
from tests.simulation.seeds import check_seed, report

SEEDS = int(os.environ.get("NFSGW_SEEDS", "2000"))
FIRST = int(os.environ.get("NFSGW_FIRST_SEED", "0"))
SHARES = max(40, SEEDS // 100)
_FAILURES_MAX = 3


@pytest.mark.parametrize("share", range(SHARES))
def test_seeds(share: int) -> None:
    """Every seed of a share passes, and leaves the same trace twice."""
    failures: list[str] = []
    for seed in range(FIRST + share, FIRST + SEEDS, SHARES):
        try:
            check_seed(seed)
        except Failed as error:
            failures.append(report(seed, error))
            if len(failures) == _FAILURES_MAX:
                break
    assert not failures, "\n" + "\n\n".join(failures)
