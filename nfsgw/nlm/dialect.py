"""Between NLM's structures and the words of ``backend/locks/api.py``, in both directions.

Versions 1 and 3 speak of 32 bits, version 4 of 64; else their structures have the same fields.  So
there are two :class:`Dialect` objects, and everything else is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from nfsgw.backend.locks.api import END, Callback, Holder, Outcome, Wanted
from nfsgw.errors import FsCode, FsError
from nfsgw.nlm.owners import svid_of
from nfsgw.nlm.status import NARROW_ERRORS, NARROW_OUTCOMES, WIDE_ERRORS, WIDE_OUTCOMES
from nfsgw.rpc.client import Remote
from nfsgw.rpc.program import decode_void
from nfsgw.xdr.generated import nlm as wire

__all__ = [
    "DIALECTS",
    "CancelArgs",
    "Dialect",
    "Lock",
    "LockArgs",
    "Notify",
    "Result",
    "Share",
    "ShareArgs",
    "ShareResult",
    "TestArgs",
    "TestResult",
    "UnlockArgs",
]

Lock: TypeAlias = wire.nlm_lock | wire.nlm4_lock
LockArgs: TypeAlias = wire.nlm_lockargs | wire.nlm4_lockargs
CancelArgs: TypeAlias = wire.nlm_cancargs | wire.nlm4_cancargs
TestArgs: TypeAlias = wire.nlm_testargs | wire.nlm4_testargs
UnlockArgs: TypeAlias = wire.nlm_unlockargs | wire.nlm4_unlockargs
ShareArgs: TypeAlias = wire.nlm_shareargs | wire.nlm4_shareargs
Share: TypeAlias = wire.nlm_share | wire.nlm4_share
Notify: TypeAlias = wire.nlm_notify | wire.nlm4_notify
Result: TypeAlias = wire.nlm_res | wire.nlm4_res
TestResult: TypeAlias = wire.nlm_testres | wire.nlm4_testres
ShareResult: TypeAlias = wire.nlm_shareres | wire.nlm4_shareres

_RES_AFTER_MSG: Final = 5
"""A ``_RES`` procedure's number is its ``_MSG``'s and this."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a group of versions has for itself.

    :param prefix: of its types' names.
    :param end: ranges lie below this.
    :param outcomes: its status of each outcome.
    :param errors: its status of each error.
    """

    prefix: str
    end: int
    outcomes: Mapping[Outcome, int]
    errors: Mapping[FsCode, int]

    def _type(self, name: str) -> Any:  # noqa: ANN401 - one of the generated classes
        return getattr(wire, f"{self.prefix}_{name}")

    # What a client said

    def span(self, lock: Lock) -> tuple[int, int]:
        """Return where a lock begins and ends; length 0 is "to the end of the file".

        :raises FsError: FBIG: it would end beyond what numbers of this version can say.
        """
        if lock.l_len == 0:
            return lock.l_offset, END
        end = lock.l_offset + lock.l_len
        if end > self.end:
            raise FsError(FsCode.FBIG)
        return lock.l_offset, end

    # What it is answered

    def result(self, cookie: bytes, status: int) -> Result:
        """Return the answer to LOCK, CANCEL, UNLOCK and GRANTED."""
        result: Result = self._type("res")(cookie, self._type("stat")(status))
        return result

    def tested(self, cookie: bytes, holder: Holder | None) -> TestResult:
        """Return the answer to TEST; a holder's range is cut to what this version can say."""
        if holder is None:
            return self.not_tested(cookie, self.outcomes[Outcome.GRANTED])
        told = self._type("holder")(
            holder.exclusive,
            svid_of(holder.owner),
            holder.oh,
            min(holder.start, self.end - 1),
            0 if holder.end >= self.end else holder.end - holder.start,
        )
        reply = self._type("testrply")(self.outcomes[Outcome.DENIED], told)
        result: TestResult = self._type("testres")(cookie, reply)
        return result

    def not_tested(self, cookie: bytes, status: int) -> TestResult:
        """Return the answer to TEST that names no holder."""
        result: TestResult = self._type("testres")(cookie, self._type("testrply")(status))
        return result

    def shared(self, cookie: bytes, status: int) -> ShareResult:
        """Return the answer to SHARE and UNSHARE; nobody has a use for the sequence number."""
        result: ShareResult = self._type("shareres")(cookie, status, 0)
        return result

    # What we ask clients

    def offer(self, callback: Callback, wanted: Wanted) -> TestArgs:
        """Return the arguments of GRANTED: what the client sent with LOCK, byte for byte."""
        owner = wanted.owner
        lock = self._type("lock")(
            owner.client.name,
            callback.handle,
            callback.oh,
            svid_of(owner),
            callback.offset,
            callback.length,
        )
        arguments: TestArgs = self._type("testargs")(callback.cookie, wanted.exclusive, lock)
        return arguments

    def granted(self, version: int) -> Remote:
        """Return GRANTED (procedure 5) of a client."""
        return Remote(
            wire.NLM_PROG,
            version,
            wire.NLM_GRANTED,
            wire.NLMPacker,
            wire.NLMUnpacker,
            self.encoder("testargs"),
            self.decoder("res"),
        )

    def answer(self, version: int, message: int, result: str) -> Remote:
        """Return the ``_RES`` procedure of a client that answers a ``_MSG``.

        :param message: the number of the ``_MSG``.
        :param result: the name of the result's type, without prefix.
        """
        return Remote(
            wire.NLM_PROG,
            version,
            message + _RES_AFTER_MSG,
            wire.NLMPacker,
            wire.NLMUnpacker,
            self.encoder(result),
            decode_void,
        )

    # Codecs

    def encoder(self, name: str) -> Callable[[Any, Any], None]:
        """Return the packer's method for a type, by its name without prefix."""
        method: Callable[[Any, Any], None] = vars(wire.NLMPacker)[f"pack_{self.prefix}_{name}"]
        return method

    def decoder(self, name: str) -> Callable[[Any], Any]:
        """Return the unpacker's method for a type, by its name without prefix."""
        method: Callable[[Any], Any] = vars(wire.NLMUnpacker)[f"unpack_{self.prefix}_{name}"]
        return method


_NARROW: Final = Dialect("nlm", 1 << 32, NARROW_OUTCOMES, NARROW_ERRORS)
_WIDE: Final = Dialect("nlm4", 1 << 64, WIDE_OUTCOMES, WIDE_ERRORS)

DIALECTS: Final[Mapping[int, Dialect]] = {
    wire.NLM_VERS: _NARROW,
    wire.NLM_VERSX: _NARROW,
    wire.NLM4_VERS: _WIDE,
}
"""The dialect of each version."""
