"""Lists of cases, as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.conformance.catalogue import CASES, Case

__all__ = ["codes", "sentences"]


def codes(wanted: Iterable[Case]) -> str:
    """Return the numbers of cases of one procedure as ``01-08, 80``: runs shortened."""
    numbers = sorted((case.code.partition("-")[2] for case in wanted), key=int)
    runs: list[list[str]] = []
    for number in numbers:
        if runs and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def sentences(series: str) -> Iterator[str]:
    """Yield a table of the cases of a series, with what each says."""
    yield "| case | about | what holds | errors |"
    yield "|---|---|---|---|"
    own = (case for case in CASES.values() if case.procedure == series)
    for case in sorted(own, key=lambda case: case.code):
        title = " ".join(case.title.split())
        yield f"| {case.code} | {case.section} | {title} | {' '.join(case.produces)} |"
