"""How many bricks of a set must be in sync for changes to be accepted.

A quorum does not keep a set from splitting: the record in the coordinator does
(:mod:`.membership`).  It says how many copies of a change an administrator insists on.
"""

from __future__ import annotations

from enum import Enum, unique

__all__ = ["QuorumKind", "needed"]


@unique
class QuorumKind(Enum):
    """The values of the option ``cluster.quorum-type``."""

    NONE = "none"
    AUTO = "auto"
    FIXED = "fixed"


def needed(kind: QuorumKind, count: int, members: int) -> int:
    """Return how many bricks must be in sync, the primary included; at least 1.

    :param count: ``cluster.quorum-count``, of a fixed quorum.  One that is greater than the set
        is an administrator's way to refuse all changes.
    :param members: bricks of the set.
    """
    if kind is QuorumKind.FIXED:
        return max(1, count)
    if kind is QuorumKind.AUTO:
        return max(1, (members + 1) // 2)
    return 1
