"""The catalogue: every case with its code, its section and the errors that it produces.

A case is an ordinary test function whose first argument is the fixture ``nfs`` (a
:class:`~tests.conformance.client.Session`).  The decorator registers it, and afterwards checks
that the server really gave the errors that the case claims to produce, so that the table of what
is covered cannot lie.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["CASES", "Case", "case", "common"]


@dataclass(frozen=True)
class Case:
    """What is known of one case.

    :param code: procedure and number; never used again for another case.
    :param section: of RFC 1813, unless it begins with another RFC's name.
    :param produces: names of ``nfsstat3`` without prefix that the procedure answers in it.
    :param in_process: it needs what only our own server in this process has: another export,
        a fault, a look behind the protocol.
    :param ganesha: where nfs-ganesha 4.3 (Debian 12, FSAL_VFS) answers otherwise: what it does,
        and what the RFC says.  Found by running the catalogue against it; ``--known ganesha``
        expects just these disagreements.
    """

    code: str
    section: str
    produces: tuple[str, ...]
    in_process: bool
    ganesha: str
    title: str
    module: str

    @property
    def procedure(self) -> str:
        """Return the RFC's name of the procedure."""
        return self.code.partition("-")[0]


CASES: dict[str, Case] = {}


def _add(
    function: Callable[..., None],
    code: str,
    section: str,
    produces: tuple[str, ...],
    in_process: bool,
    ganesha: str,
) -> Case:
    assert code not in CASES, f"{code} is used twice"
    assert function.__doc__, f"{code} has no sentence that says what is tested"
    title = inspect.cleandoc(function.__doc__)
    made = Case(code, section, produces, in_process, ganesha, title, function.__module__)
    CASES[code] = made
    return made


def _marked(run: Callable[..., None], in_process: bool, ganesha: str) -> Callable[..., None]:
    """Mark a test with what decides whether it runs live, and what is then expected."""
    if in_process:
        run = pytest.mark.in_process(run)
    if ganesha:
        run = pytest.mark.ganesha(ganesha)(run)
    return run


def _check(made: Case, nfs: Any) -> None:  # noqa: ANN401 - a Session
    for status in made.produces:
        assert (made.procedure, status) in nfs.seen, f"{made.code} did not produce {status}"


def case(
    code: str,
    section: str,
    *produces: str,
    in_process: bool = False,
    ganesha: str = "",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a test function as a case: see :class:`Case`."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        made = _add(function, code, section, produces, in_process, ganesha)

        @functools.wraps(function)
        def run(nfs: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - fixtures
            function(nfs, *args, **kwargs)
            _check(made, nfs)

        return _marked(run, in_process, ganesha)

    return register


def common(
    number: int,
    section: str,
    procedures: Iterable[str],
    *produces: str,
    in_process: bool = False,
    ganesha: str = "",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register one test function as a case of each of several procedures.

    The function takes the fixture ``nfs`` and the procedure's name; the codes are
    ``PROCEDURE-NUMBER``.
    """
    names = list(procedures)

    def register(function: Callable[..., None]) -> Callable[..., None]:
        made = {
            name: _add(function, f"{name}-{number}", section, produces, in_process, ganesha)
            for name in names
        }

        @pytest.mark.parametrize("procedure", names)
        @functools.wraps(function)
        def run(nfs: Any, procedure: str) -> None:  # noqa: ANN401 - a fixture
            function(nfs, procedure)
            _check(made[procedure], nfs)

        return _marked(run, in_process, ganesha)

    return register
