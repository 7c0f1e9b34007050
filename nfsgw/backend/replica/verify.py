"""The comparison of a set's in-sync bricks while clients work: tables by range, bytes by extent.

Tables are compared some items at a time, with the set at rest only for so long.  What more than
half of the bricks have is right, and the others are mended by it; with two bricks nobody can say
which is right, so both are reported and nothing is mended.  The primary's own tables are never
mended under it: another brick must take over first (:attr:`Verifying.primary_diverges`).

Bytes are compared with the checksums in the tables, which decide by themselves, even between two
bricks.  Only clean extents have one.  If tables differ and could not be mended, nobody knows whose
checksums are right: bytes are compared all the same, but none are mended.

A brick that fails meanwhile is excluded from the set, and the others are compared without it.
"""

from __future__ import annotations

from nfsgw.backend.brick.starting import CallLater
from nfsgw.backend.replica.comparing import Asking, Report, VerifyingEnded
from nfsgw.backend.replica.comparing_bytes import ByteComparison
from nfsgw.backend.replica.comparing_tables import TableComparison
from nfsgw.backend.replica.health import Verification
from nfsgw.backend.replica.source import Source
from nfsgw.clock import Clock
from nfsgw.errors import NfsgwError

__all__ = ["Verifying"]


class Verifying:
    """One verification of a set.

    :param primary: the id of the source's brick.
    :param pause_s: between two pieces of work, for the clients' sake.
    :param rest_patience_s: for an answer for which all changes of clients wait; a brick that does
        not give it in time is excluded.
    :param patience_s: for an answer for which at most the writers of one file wait.
    """

    def __init__(
        self,
        source: Source,
        primary: str,
        clock: Clock,
        call_later: CallLater,
        pause_s: float = 0.005,
        rest_patience_s: float = 2.5,
        patience_s: float = 30.0,
    ) -> None:
        self._report = Report()
        self._asking = Asking(source, clock, call_later)
        common = (source, primary, self._asking, self._report, pause_s)
        self._tables = TableComparison(*common, rest_patience_s)
        self._bytes = ByteComparison(*common, patience_s)

    @property
    def verification(self) -> Verification:
        """Return what was found so far."""
        return self._report.verification()

    @property
    def primary_diverges(self) -> bool:
        """Say whether the primary's own tables are not those of most bricks.

        Then the verification ends with the tables.  Another brick should take over and begin one.
        """
        return self._tables.primary_diverges

    def cancel(self, reason: str) -> None:
        """End it early: at once, unless it waits for the source to be at rest."""
        self._asking.stop(reason)

    async def run(self) -> Verification:
        """Compare and mend; return what was found.  Errors are in it; call it once."""
        try:
            await self._bytes.count()
            await self._tables.run()
            if self.primary_diverges:
                raise VerifyingEnded("the primary's own tables differ from most others'")
            await self._bytes.run(mends=not self._report.unmended)
        except NfsgwError as error:
            self._report.error = str(error)
        except Exception:
            self._report.error = "a defect"
            self._report.running = False
            raise
        self._report.running = False
        return self.verification
