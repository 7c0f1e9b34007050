"""NULL (RFC 1813, section 3.3.0)."""

from __future__ import annotations

from tests.conformance.catalogue import case
from tests.conformance.client import NOBODY, Session


@case("NULL-01", "3.3.0")
def test_null_answers_nothing(nfs: Session) -> None:
    """A ping is answered, with an empty result."""
    assert nfs.raw(0, b"") == b""


@case("NULL-02", "3.3.0")
def test_null_without_credential(nfs: Session) -> None:
    """Kernels and tools ping with AUTH_NONE before they have mounted anything."""
    assert nfs.as_user(NOBODY).raw(0, b"") == b""


@case("NULL-03", "3.3.0")
def test_null_from_an_unprivileged_port(nfs: Session) -> None:
    """A ping is answered whichever port it comes from."""
    assert nfs.exchange is not None
    assert nfs.raw(0, b"", port=0 if _is_live(nfs) else 40000) == b""


def _is_live(nfs: Session) -> bool:
    return type(nfs.exchange).__name__ == "Live"
