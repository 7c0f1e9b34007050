"""The catalogue covers every procedure of every version of NLM, and every status it can answer."""

from __future__ import annotations

import pytest

from tests.conformance import cases
from tests.conformance.catalogue import CASES
from tests.conformance.pages.nlm import procedures, statuses

_ROWS = [(version, row.name) for version in (1, 3, 4) for row in procedures(version)]


@pytest.mark.parametrize(("version", "name"), _ROWS)
def test_every_procedure_and_status(version: int, name: str) -> None:
    """Each procedure has a case, and each of its statuses is produced by one."""
    cases.load()
    own = [case for case in CASES.values() if case.procedure == f"NLM{version}_{name}"]
    assert own, "no case"
    produced = {status for case in own for status in case.produces}
    assert statuses(version, name) <= produced


@pytest.mark.parametrize(("version", "name"), _ROWS)
def test_messages_tell_what_their_synchronous_forms_tell(version: int, name: str) -> None:
    """Each result that matters to a client comes by a message too."""
    if not name.endswith("_MSG"):
        return
    cases.load()
    own = [case for case in CASES.values() if case.procedure == f"NLM{version}_{name}"]
    produced = {status for case in own for status in case.produces}
    wanted = statuses(version, name.removesuffix("_MSG")) - {"ROFS", "DEADLCK", "FAILED"}
    assert wanted <= produced
