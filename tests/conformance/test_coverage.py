"""The catalogue covers every error that RFC 1813 lists and that can arise."""

from __future__ import annotations

import pytest

from nfsgw.nfs3.program import MODULES
from nfsgw.nfs3.status import BESIDES, LISTED
from tests.conformance import cases
from tests.conformance.catalogue import CASES
from tests.conformance.impossible import IMPOSSIBLE
from tests.conformance.pages.all import DIRECTORY, PAGES

PROCEDURES = [module.__name__.rpartition(".")[2].upper() for module in MODULES]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_listed_error_is_produced(procedure: str) -> None:
    """Each error in a procedure's list is produced by a case, or is impossible for a reason."""
    cases.load()
    produced = {
        status
        for case in CASES.values()
        if case.procedure == procedure
        for status in case.produces
    }
    wanted = LISTED[procedure] | BESIDES.get(procedure, {}).keys()
    impossible = {status for name, status in IMPOSSIBLE if name == procedure}
    assert wanted - produced - impossible == set()
    assert impossible & produced == set(), "produced after all"


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_has_a_file(procedure: str) -> None:
    """Each procedure has cases in a file of its own."""
    cases.load()
    modules = {case.module for case in CASES.values() if case.procedure == procedure}
    assert f"tests.conformance.test_{procedure.lower()}" in modules


def test_every_case_names_its_section() -> None:
    """Each case says where the RFC speaks of it, and is numbered in its procedure's series."""
    cases.load()
    for case in CASES.values():
        assert case.section, case.code
        assert case.code.partition("-")[2].isdigit(), case.code


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name: str) -> None:
    """The pages of docs/protocol are what ``python -m tests.conformance.pages`` writes."""
    cases.load()
    assert (DIRECTORY / name).read_text() == PAGES[name](), "run python -m tests.conformance.pages"
