"""The simulator finds what it must find: bugs are planted, and every one of them is caught."""

from __future__ import annotations

import pytest

from tests.simulation.planted import BUGS, RUNS_MAX, Bug, catch


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    """A bug that is planted makes a run fail that passes without it."""
    found = catch(bug)
    assert found is not None, f"{bug.name}: not caught in {RUNS_MAX} runs"
    print(found)
