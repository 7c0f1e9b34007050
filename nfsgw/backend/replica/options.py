"""What a replica set is given: by administrators, and by the machine that it lives on."""

from __future__ import annotations

from dataclasses import dataclass, field

from nfsgw.backend.brick.bytes.means import BytesOptions
from nfsgw.backend.brick.starting import CallLater, Options
from nfsgw.backend.replica.joining import Pace
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.seat import OpenBrick, Reach
from nfsgw.clock import Clock
from nfsgw.turn import Turn

__all__ = ["SetOptions", "SetSurroundings"]


@dataclass(frozen=True, slots=True)
class SetOptions:
    """What administrators decide of a set.

    :param lease_s: ``network.ping-timeout``.
    :param quorum: ``cluster.quorum-type``, and ``cluster.quorum-count``.
    """

    brick: Options
    bytes: BytesOptions
    lease_s: float = 5.0
    quorum: tuple[QuorumKind, int] = (QuorumKind.AUTO, 0)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class SetSurroundings:
    """What a set is given to live in.

    :param open_brick: opens one of its bricks.
    :param reach: gives a primary its view of a secondary.
    """

    clock: Clock
    turn: Turn
    call_later: CallLater
    open_brick: OpenBrick
    reach: Reach
