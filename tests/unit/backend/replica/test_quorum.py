"""How many bricks must be in sync."""

from __future__ import annotations

import pytest

from nfsgw.backend.replica.quorum import QuorumKind, needed


@pytest.mark.parametrize(
    ("kind", "count", "members", "expected"),
    [
        (QuorumKind.NONE, 0, 1, 1),
        (QuorumKind.NONE, 3, 3, 1),
        (QuorumKind.AUTO, 0, 1, 1),
        (QuorumKind.AUTO, 0, 2, 1),
        (QuorumKind.AUTO, 0, 3, 2),
        (QuorumKind.AUTO, 0, 4, 2),
        (QuorumKind.AUTO, 2, 5, 3),
        (QuorumKind.FIXED, 2, 2, 2),
        (QuorumKind.FIXED, 1, 3, 1),
        (QuorumKind.FIXED, 4, 3, 4),
        (QuorumKind.FIXED, 0, 3, 1),
    ],
)
def test_needed(kind: QuorumKind, count: int, members: int, expected: int) -> None:
    """The table of the documents; changes never go on without any brick."""
    assert needed(kind, count, members) == expected


def test_words_are_those_of_the_options() -> None:
    """Administrators know these words from Gluster."""
    assert [kind.value for kind in QuorumKind] == ["none", "auto", "fixed"]
