"""How many examples each test tries."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

__all__ = ["effort"]

_FACTOR = float(os.environ.get("NFSGW_FUZZ_FACTOR", "1"))


def effort(examples: int) -> settings:
    """Return the settings of a test that tries ``examples`` times the factor.

    Nothing is too slow by the clock: the machine may be busy with other things.
    """
    return settings(
        max_examples=max(1, round(examples * _FACTOR)),
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
