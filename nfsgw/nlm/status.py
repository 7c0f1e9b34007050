"""Which status NLM answers for each outcome and each error: one table per group of versions.

Version 4 (RFC 1813, section 6.1.4) can say more than versions 1 and 3 (X/Open XNFS).  What these
have no word for is DENIED_NOLOCKS, which makes a program see ENOLCK and not wait or try again; but
a deadlock is DENIED: only a program that would wait is told of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nfsgw.backend.locks.api import Outcome
from nfsgw.errors import FsCode
from nfsgw.xdr.generated import nlm as wire

__all__ = ["NARROW_ERRORS", "NARROW_OUTCOMES", "WIDE_ERRORS", "WIDE_OUTCOMES"]

WIDE_OUTCOMES: Final[Mapping[Outcome, int]] = MappingProxyType(
    {
        Outcome.GRANTED: wire.NLM4_GRANTED,
        Outcome.DENIED: wire.NLM4_DENIED,
        Outcome.BLOCKED: wire.NLM4_BLOCKED,
        Outcome.DEADLOCK: wire.NLM4_DEADLCK,
        Outcome.LIMIT: wire.NLM4_DENIED_NOLOCKS,
    }
)
"""``nlm4_stats`` of each outcome."""

WIDE_ERRORS: Final[Mapping[FsCode, int]] = MappingProxyType(
    {
        FsCode.PERM: wire.NLM4_FAILED,
        FsCode.NOENT: wire.NLM4_STALE_FH,
        FsCode.IO: wire.NLM4_FAILED,
        # Not DENIED: that is "somebody else has it", which programs wait for.
        FsCode.ACCES: wire.NLM4_FAILED,
        FsCode.EXIST: wire.NLM4_FAILED,
        FsCode.XDEV: wire.NLM4_FAILED,
        FsCode.NODEV: wire.NLM4_FAILED,
        FsCode.NOTDIR: wire.NLM4_FAILED,
        FsCode.ISDIR: wire.NLM4_FAILED,
        FsCode.INVAL: wire.NLM4_FAILED,
        FsCode.FBIG: wire.NLM4_FBIG,
        FsCode.NOSPC: wire.NLM4_DENIED_NOLOCKS,
        FsCode.ROFS: wire.NLM4_ROFS,
        FsCode.MLINK: wire.NLM4_FAILED,
        FsCode.NAMETOOLONG: wire.NLM4_DENIED_NOLOCKS,
        FsCode.NOTEMPTY: wire.NLM4_FAILED,
        FsCode.DQUOT: wire.NLM4_DENIED_NOLOCKS,
        FsCode.STALE: wire.NLM4_STALE_FH,
        FsCode.BADHANDLE: wire.NLM4_STALE_FH,
        FsCode.NOT_SYNC: wire.NLM4_FAILED,
        FsCode.BAD_COOKIE: wire.NLM4_FAILED,
        FsCode.NOTSUPP: wire.NLM4_FAILED,
        FsCode.TOOSMALL: wire.NLM4_FAILED,
        FsCode.BADTYPE: wire.NLM4_FAILED,
        FsCode.TRY_LATER: wire.NLM4_DENIED_GRACE_PERIOD,
        # Never answered: such a call is held until it is decided.
        FsCode.UNDECIDED: wire.NLM4_FAILED,
        FsCode.SERVERFAULT: wire.NLM4_FAILED,
    }
)
"""``nlm4_stats`` of each error."""

_NARROWED: Final = {
    wire.NLM4_GRANTED: wire.LCK_GRANTED,
    wire.NLM4_DENIED: wire.LCK_DENIED,
    wire.NLM4_DENIED_NOLOCKS: wire.LCK_DENIED_NOLOCKS,
    wire.NLM4_BLOCKED: wire.LCK_BLOCKED,
    wire.NLM4_DENIED_GRACE_PERIOD: wire.LCK_DENIED_GRACE_PERIOD,
    wire.NLM4_DEADLCK: wire.LCK_DENIED,
    wire.NLM4_ROFS: wire.LCK_DENIED_NOLOCKS,
    wire.NLM4_STALE_FH: wire.LCK_DENIED_NOLOCKS,
    wire.NLM4_FBIG: wire.LCK_DENIED_NOLOCKS,
    wire.NLM4_FAILED: wire.LCK_DENIED_NOLOCKS,
}

NARROW_OUTCOMES: Final[Mapping[Outcome, int]] = MappingProxyType(
    {outcome: _NARROWED[status] for outcome, status in WIDE_OUTCOMES.items()}
)
"""``nlm_stats`` of each outcome."""

NARROW_ERRORS: Final[Mapping[FsCode, int]] = MappingProxyType(
    {code: _NARROWED[status] for code, status in WIDE_ERRORS.items()}
)
"""``nlm_stats`` of each error."""
