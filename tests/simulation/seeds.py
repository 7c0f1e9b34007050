"""Seeds: each is run twice, and must leave the same trace."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.simulation.run import Failed, Outcome, run_seed

__all__ = ["check_seed", "report"]


def report(seed: int, error: Failed) -> str:
    """Say what a seed has found, at which commit, and how to see it again."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    commit = found.stdout.strip() or "unknown"
    again = f"PYTHONHASHSEED=0 python -m tests.simulation --seed {seed} --trace"
    return f"seed {seed}: {error}\n  at commit {commit}; to see it again: {again}"


def check_seed(seed: int) -> Outcome:
    """Run a seed twice.

    :raises Failed: a run has found a mistake, or the second was not like the first.
    """
    first = run_seed(seed)
    second = run_seed(seed)
    if first != second:
        raise Failed(f"the second run was not like the first: {first}, then {second}")
    return first
