"""Every outcome and every error has its status, in both groups of versions."""

from __future__ import annotations

import pytest

from nfsgw.backend.locks.api import Outcome
from nfsgw.errors import FsCode
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.nlm.status import NARROW_ERRORS, NARROW_OUTCOMES, WIDE_ERRORS, WIDE_OUTCOMES
from nfsgw.xdr.generated import nlm as x

_VERSIONS = pytest.mark.parametrize("version", [1, 3, 4])


@_VERSIONS
@pytest.mark.parametrize("code", list(FsCode))
def test_every_error_has_a_status(version: int, code: FsCode) -> None:
    """No error looks like an answer about a lock, and each can be put into each result."""
    dialect = DIALECTS[version]
    status = dialect.errors[code]
    statuses = x.nlm4_stats if version == 4 else x.nlm_stats
    assert statuses(status).value not in (x.NLM4_GRANTED, x.NLM4_DENIED, x.NLM4_BLOCKED)
    for name, result in (
        ("res", dialect.result(b"c", status)),
        ("testres", dialect.not_tested(b"c", status)),
        ("shareres", dialect.shared(b"c", status)),
    ):
        packer = x.NLMPacker()
        dialect.encoder(name)(packer, result)
        assert dialect.decoder(name)(x.NLMUnpacker(packer.get_buffer())) == result


@_VERSIONS
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_status(version: int, outcome: Outcome) -> None:
    """Success is told as such, and nothing else is."""
    status = DIALECTS[version].outcomes[outcome]
    statuses = x.nlm4_stats if version == 4 else x.nlm_stats
    assert statuses(status).value == status
    assert (status == x.NLM4_GRANTED) is (outcome is Outcome.GRANTED)
    assert (status == x.NLM4_BLOCKED) is (outcome is Outcome.BLOCKED)


@pytest.mark.parametrize(
    ("code", "wide", "narrow"),
    [
        (FsCode.STALE, x.NLM4_STALE_FH, x.LCK_DENIED_NOLOCKS),
        (FsCode.BADHANDLE, x.NLM4_STALE_FH, x.LCK_DENIED_NOLOCKS),
        (FsCode.ROFS, x.NLM4_ROFS, x.LCK_DENIED_NOLOCKS),
        (FsCode.FBIG, x.NLM4_FBIG, x.LCK_DENIED_NOLOCKS),
        (FsCode.ACCES, x.NLM4_FAILED, x.LCK_DENIED_NOLOCKS),
        (FsCode.INVAL, x.NLM4_FAILED, x.LCK_DENIED_NOLOCKS),
        (FsCode.NOSPC, x.NLM4_DENIED_NOLOCKS, x.LCK_DENIED_NOLOCKS),
        (FsCode.TRY_LATER, x.NLM4_DENIED_GRACE_PERIOD, x.LCK_DENIED_GRACE_PERIOD),
        (FsCode.SERVERFAULT, x.NLM4_FAILED, x.LCK_DENIED_NOLOCKS),
    ],
)
def test_errors_that_programs_see(code: FsCode, wide: int, narrow: int) -> None:
    """What a program is told is the reason, as far as its version has a word for it."""
    assert (WIDE_ERRORS[code], NARROW_ERRORS[code]) == (wide, narrow)


def test_deadlock() -> None:
    """Version 4 says that it is a deadlock; the older ones say that the lock cannot be had."""
    assert WIDE_OUTCOMES[Outcome.DEADLOCK] == x.NLM4_DEADLCK
    assert NARROW_OUTCOMES[Outcome.DEADLOCK] == x.LCK_DENIED
    assert NARROW_OUTCOMES[Outcome.LIMIT] == x.LCK_DENIED_NOLOCKS
