"""All pages, by the names of their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.conformance.pages import nfs3, nfsacl, nlm, nsm

__all__ = ["DIRECTORY", "PAGES"]

DIRECTORY: Final = Path(__file__).parents[3] / "docs" / "protocol"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "nfs3.md": nfs3.page,
    "nfsacl.md": nfsacl.page,
    "nlm.md": nlm.page,
    "nsm.md": nsm.page,
}
"""Each function returns its page; the cases must be loaded."""
