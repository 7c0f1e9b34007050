"""The verification of a set, one at a time, in the background."""

from __future__ import annotations

from contextlib import suppress

from nfsgw.backend.replica.health import Verification
from nfsgw.backend.replica.membership import Refused
from nfsgw.backend.replica.options import SetSurroundings
from nfsgw.backend.replica.replica_set import ReplicaSet
from nfsgw.backend.replica.verify import Verifying

__all__ = ["Checkup"]


class Checkup:
    """Begins verifications of a set, and keeps what the last one has found.

    :param lease_s: ``network.ping-timeout``.
    """

    def __init__(
        self, replica_set: ReplicaSet, surroundings: SetSurroundings, lease_s: float
    ) -> None:
        self._set = replica_set
        self._surroundings = surroundings
        self._lease_s = lease_s
        self._running: Verifying | None = None
        self._last: Verification | None = None

    @property
    def verification(self) -> Verification | None:
        """Return the comparison that is going on, or the last one since the start."""
        return self._last if self._running is None else self._running.verification

    def begin(self) -> None:
        """Begin to compare the bricks in sync; nothing if that is going on, or nobody serves."""
        if self._set.primary is not None and self._running is None:
            self._set.tasks.start(self._run())

    def cancel(self, reason: str) -> None:
        """End the comparison that is going on."""
        if self._running is not None:
            self._running.cancel(reason)

    async def _run(self) -> None:
        primary = self._set.primary
        assert primary is not None
        surroundings = self._surroundings
        verifying = self._running = Verifying(
            primary,
            primary.own.id,
            surroundings.clock,
            surroundings.call_later,
            # Below the time after which a brick that is late is dropped anyway.
            rest_patience_s=self._lease_s / 2,
        )
        try:
            self._last = await verifying.run()
        finally:
            self._running = None
        if verifying.primary_diverges and self._set.primary is primary:
            # Refused if the others have failed meanwhile: what was found stays in the report.
            with suppress(Refused):
                self._set.heal_full(primary.own.id)
