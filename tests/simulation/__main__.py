"""Run seeds: ``python -m tests.simulation SEEDS [--first N]``; one: ``--seed N [--trace]``."""

from __future__ import annotations

import argparse
import sys
import traceback

from twisted.logger import globalLogBeginner

from tests.simulation.plan import make_plan
from tests.simulation.run import Failed, run_seed
from tests.simulation.seeds import check_seed, report

_FAILURES_MAX = 20


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", nargs="?", type=int, default=100, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="run this one only")
    parser.add_argument("--trace", action="store_true", help="print all that happens")
    parser.add_argument("--short", action="store_true", help="of a trace, no single events")
    return parser.parse_args()


def _show(line: str) -> None:
    print(line)


def _show_short(line: str) -> None:
    if line[13] != " ":
        print(line)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    arguments = _arguments()
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    if arguments.seed is not None:
        print(make_plan(arguments.seed))
        show = (_show_short if arguments.short else _show) if arguments.trace else None
        try:
            print(run_seed(arguments.seed, show))
        except Failed:
            traceback.print_exc()
            return 1
        return 0
    failures = 0
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        try:
            check_seed(seed)
        except Failed as error:
            failures += 1
            print(report(seed, error), flush=True)
            if failures == _FAILURES_MAX:
                break
    print(f"{arguments.seeds} seeds, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
