"""NULL: do nothing (RFC 1813, section 3.3.0); clients ping with it."""

from __future__ import annotations

from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call

__all__ = ["run"]


async def run(_nfs: Nfs3, _call: Call, _args: None) -> None:
    """Answer, which is all that is asked."""
