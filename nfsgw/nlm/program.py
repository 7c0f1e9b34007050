"""Program 100021: the table of its procedures, versions 1, 3 and 4.

Version 3 adds SHARE, UNSHARE, NM_LOCK and FREE_ALL to version 1, and version 4 has the same
procedures as version 3 (RFC 1813, section 6.2).  Procedure 16, by which some systems' statd tells
their lockd of a reboot, is not served: what NSM hears reaches the volumes without it.

The synchronous forms that change something are kept by the replay cache.  The ``_MSG`` forms are
not, since the answer that matters goes another way: a message that comes again is worked on again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from nfsgw.errors import FsCode, FsError
from nfsgw.nlm.dialect import DIALECTS, Dialect
from nfsgw.nlm.service import Nlm
from nfsgw.rpc.program import Call, Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated import nlm as wire

__all__ = ["nlm_program"]

_SHARING: Final = frozenset("SHARE UNSHARE NM_LOCK FREE_ALL".split())
"""What version 1 does not have."""
_MUTATING: Final = frozenset("LOCK CANCEL UNLOCK SHARE UNSHARE NM_LOCK FREE_ALL".split())

Run = Callable[[Call, Any], Coroutine[Any, Any, Any]]


class _Form(NamedTuple):
    """A procedure: its types by their names without prefix, empty for void, and what it does."""

    number: int
    name: str
    arguments: str
    result: str
    run: Run


class _Failed(FsError):
    """An error, and the cookie that its answer must hand back."""

    def __init__(self, code: FsCode, cookie: bytes) -> None:
        super().__init__(code)
        self.cookie = cookie


def nlm_program(nlm: Nlm) -> Program:
    """Return the program, bound to a service."""
    return Program(
        wire.NLM_PROG,
        "nlm",
        wire.NLMPacker,
        wire.NLMUnpacker,
        {version: _table(nlm, version, dialect) for version, dialect in DIALECTS.items()},
    )


def _table(nlm: Nlm, version: int, dialect: Dialect) -> dict[int, Procedure]:
    rows = [_null()]
    for form in _forms(nlm):
        if form.name in _SHARING and version == wire.NLM_VERS:
            continue
        rows.append(_row(form, dialect))
    for form in _forms(nlm)[:5]:
        rows.append(_message(nlm, form, dialect))
        rows.append(_answer(nlm, form, dialect))
    return {row.number: row for row in sorted(rows, key=lambda row: row.number)}


def _forms(nlm: Nlm) -> list[_Form]:
    """Return the synchronous procedures; the first five have an asynchronous form too."""
    return [
        _Form(wire.NLM_TEST, "TEST", "testargs", "testres", nlm.test),
        _Form(wire.NLM_LOCK, "LOCK", "lockargs", "res", nlm.lock),
        _Form(wire.NLM_CANCEL, "CANCEL", "cancargs", "res", nlm.cancel),
        _Form(wire.NLM_UNLOCK, "UNLOCK", "unlockargs", "res", nlm.unlock),
        _Form(wire.NLM_GRANTED, "GRANTED", "testargs", "res", nlm.granted),
        _Form(wire.NLM_SHARE, "SHARE", "shareargs", "shareres", nlm.share),
        _Form(wire.NLM_UNSHARE, "UNSHARE", "shareargs", "shareres", nlm.unshare),
        _Form(wire.NLM_NM_LOCK, "NM_LOCK", "lockargs", "res", nlm.nm_lock),
        _Form(wire.NLM_FREE_ALL, "FREE_ALL", "notify", "", nlm.free_all),
    ]


def _null() -> Procedure:
    async def run(_call: Call, _arguments: None) -> None:
        return None

    return Procedure(0, "NULL", run, decode_void, encode_void)


def _row(form: _Form, dialect: Dialect) -> Procedure:
    """Return the row of a synchronous form."""

    async def run(call: Call, args: Any) -> Any:  # noqa: ANN401 - the procedure's own
        try:
            return await form.run(call, args)
        except FsError as error:
            raise _Failed(error.code, args.cookie) from error

    def failure(error: FsError) -> object:
        cookie = error.cookie if isinstance(error, _Failed) else b""
        return _failure(form, dialect, error.code, cookie)

    return Procedure(
        form.number,
        form.name,
        run if form.result else form.run,
        dialect.decoder(form.arguments),
        dialect.encoder(form.result) if form.result else encode_void,
        failure=failure if form.result else None,
        mutates=form.name in _MUTATING,
    )


def _message(nlm: Nlm, form: _Form, dialect: Dialect) -> Procedure:
    """Return the row of the ``_MSG`` form: taken at once, worked on, and answered by a call."""
    number = form.number + wire.NLM_TEST_MSG - wire.NLM_TEST

    async def work(call: Call, args: Any) -> Any:  # noqa: ANN401 - the procedure's own
        try:
            return await form.run(call, args)
        except FsError as error:
            return _failure(form, dialect, error.code, args.cookie)

    async def run(call: Call, args: Any) -> None:  # noqa: ANN401 - the procedure's own
        nlm.messages.take(
            call,
            number,
            form.result,
            work(call, args),
            lambda: nlm.may_be_called(call, args.alock.fh),
        )

    return Procedure(number, f"{form.name}_MSG", run, dialect.decoder(form.arguments), encode_void)


def _answer(nlm: Nlm, form: _Form, dialect: Dialect) -> Procedure:
    """Return the row of the ``_RES`` form."""
    return Procedure(
        form.number + wire.NLM_TEST_RES - wire.NLM_TEST,
        f"{form.name}_RES",
        nlm.take_result,
        dialect.decoder(form.result),
        encode_void,
    )


def _failure(form: _Form, dialect: Dialect, code: FsCode, cookie: bytes) -> object:
    """Return the result that reports an error."""
    status = dialect.errors[code]
    if form.result == "testres":
        return dialect.not_tested(cookie, status)
    if form.result == "shareres":
        return dialect.shared(cookie, status)
    return dialect.result(cookie, status)
