"""From a record to a reply: one entry for every transport.

A call is looked up, its arguments are decoded before anything else happens, its procedure runs,
and its reply goes to the sink.  Most calls end in the Python call that brought them; only those
that wait cost more.  Each ring of error has its own answer (docs/ARCHITECTURE.md, "Errors").

The bytes of a call's header from the message type to the verifier are the same for all calls of
one user to one procedure.  They are the key of a dictionary that gives the table row and the
decoded credential in one step, so authentication and dispatch cost one lookup.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Final

from twisted.logger import Logger
from twisted.python.failure import Failure

from nfsgw.clock import Clock
from nfsgw.errors import FsCode, FsError
from nfsgw.limits import Limits
from nfsgw.rpc import message
from nfsgw.rpc.auth import AuthError, decode_credential
from nfsgw.rpc.metrics import Metrics
from nfsgw.rpc.peers import Census, Complaints
from nfsgw.rpc.pieces import joined, release_pieces
from nfsgw.rpc.program import (
    Call,
    Credential,
    Procedure,
    Program,
    ProgramUnavailable,
    Unanswered,
    decode_void,
    encode_void,
)
from nfsgw.rpc.replay import Entry, ReplayCache, Sink, client_digest, request_id
from nfsgw.rpc.route import Route, Served
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, drive
from nfsgw.xdr.codec import XdrError
from nfsgw.xdr.generated import rpc

__all__ = ["Dispatcher"]

UNIT_BYTES: Final = 8192
"""A call that waits counts as one for each of these bytes of its record, so that the cap on calls
in flight bounds memory too."""

_XID_AND_LENGTH: Final = Struct(">I24xI").unpack_from
# What stands for a result where the answer is in RPC's own ring.
_NO_RESULT: Final = object()
_UNAVAILABLE: Final = object()
_UNANSWERED: Final = object()


async def _answer_null(_call: Call, _arguments: object) -> None:
    """Do nothing, successfully."""


_NULL: Final = Procedure(0, "NULL", _answer_null, decode_void, encode_void)


class _Waiting:
    """A call that waits: what is needed to answer it later."""

    __slots__ = ("dispatcher", "entry", "route", "sink", "started_s", "units", "wait", "xid")

    def __init__(
        self,
        dispatcher: Dispatcher,
        route: Route,
        xid: int,
        sink: Sink,
        entry: Entry | None,
        wait: Wait[Any],
        units: int,
    ) -> None:
        self.dispatcher = dispatcher
        self.route = route
        self.xid = xid
        self.sink = sink
        self.entry = entry
        self.wait = wait
        self.units = units
        self.started_s = dispatcher.clock.seconds()

    def finish(self) -> None:
        """Answer the call, now that its coroutine has ended."""
        dispatcher, route = self.dispatcher, self.route
        counters = route.counters
        dispatcher.in_flight -= 1
        counters.waiting -= 1
        counters.waited += 1
        counters.waited_s += dispatcher.clock.seconds() - self.started_s
        try:
            result = self.wait.result()
        except Exception as error:  # noqa: BLE001 - the ring "our bug" is told from FsError there
            result = dispatcher.failed(route, self.xid, self.sink, self.entry, error)
        dispatcher.answer(route, self.xid, result, self.sink, self.entry)
        self.sink.settle(self.units)


class Dispatcher:
    """All programs of a process, and the way of a call through them.

    :param replay: shared by all transports, since a client may repeat a call on another one.
    """

    log = Logger()

    def __init__(
        self,
        clock: Clock,
        turn: Turn,
        limits: Limits,
        replay: ReplayCache | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.clock = clock
        self.turn = turn
        self.limits = limits
        self.replay = ReplayCache(limits) if replay is None else replay
        self.metrics = Metrics() if metrics is None else metrics
        self.census = Census(limits)
        self.complaints = Complaints(clock)
        self.in_flight = 0
        """Calls that wait, on all sinks together."""
        self._in_flight_max = limits.calls_in_flight_total_max
        self._programs: dict[int, Served] = {}
        self._routes: dict[bytes, Route] = {}
        self._digests: dict[tuple[str, bytes], bytes] = {}

    def add(self, program: Program) -> None:
        """Serve a program from now on; versions that it does not have are answered PROG_MISMATCH.

        :raises ValueError: a program of this number is served already, or it has no versions.
        """
        if program.number in self._programs:
            raise ValueError(f"program {program.number} is served already")
        if not program.versions:
            raise ValueError(f"program {program.number} has no versions")
        self._programs[program.number] = Served(program)

    def remove(self, program: Program) -> None:
        """Stop serving a program; calls of it that wait are still answered."""
        del self._programs[program.number]
        self._routes.clear()

    @property
    def programs(self) -> list[Program]:
        """Return what is served."""
        return [served.program for served in self._programs.values()]

    def call(self, data: bytes | memoryview, start: int, end: int, sink: Sink) -> None:
        """Run the call in ``data[start:end]`` and send its reply to ``sink``, now or later.

        Must be called within a turn.

        :param data: bytes, or a read-only view.
        :raises MalformedMessage: it is not a call; nothing was sent.
        """
        if end - start >= message.ARGUMENTS_AT:
            xid, length = _XID_AND_LENGTH(data, start)
            position = start + message.ARGUMENTS_AT + length
            key = data[start + 4 : position]
            if type(data) is not bytes:
                # A view of a bytearray has no hash, read-only or not.
                key = bytes(key)
            # The key holds the credential's length, so it can only match as a whole header.
            route = self._routes.get(key)  # type: ignore[arg-type]
            if route is not None and position <= end:
                self._perform(route, xid, data, position, end, sink)
                return
        self._resolve(data, start, end, sink)

    def _resolve(self, data: bytes | memoryview, start: int, end: int, sink: Sink) -> None:
        """Take the long way: parse the header, and refuse the call or make its route."""
        metrics = self.metrics
        try:
            header = message.parse_call(data, start, end)
            if header.rpc_version != rpc.RPC_VERS:
                metrics.denied += 1
                sink.send(message.rpc_mismatch(header.xid))
                return
            credential = decode_credential(header.flavor, header.credential)
            if header.verifier_flavor != rpc.AUTH_NONE:
                raise AuthError(rpc.AUTH_BADVERF)
            route = self._find(header, credential, sink)
        except message.MalformedMessage:
            metrics.malformed += 1
            raise
        except AuthError as error:
            metrics.denied += 1
            (xid,) = Struct(">I").unpack_from(data, start)
            sink.send(message.auth_error(xid, error.why))
            return
        if route is None:
            metrics.unavailable += 1
            return
        if not header.verifier_bytes and not len(header.credential) & 3:
            if len(self._routes) >= self.limits.headers_cached_max:
                self._routes.clear()
            self._routes[bytes(data[start + 4 : header.position])] = route
        self._perform(route, header.xid, data, header.position, end, sink)

    def _find(
        self, header: message.CallHeader, credential: Credential, sink: Sink
    ) -> Route | None:
        """Return the route of a call, or answer that there is none.

        :raises AuthError: AUTH_TOOWEAK: the procedure wants a credential.
        """
        served = self._programs.get(header.program)
        if served is None:
            sink.send(message.prog_unavail(header.xid))
            return None
        versions = served.program.versions
        rows = versions.get(header.version)
        if rows is None:
            sink.send(message.prog_mismatch(header.xid, min(versions), max(versions)))
            return None
        row = rows.get(header.procedure)
        if row is None:
            if header.procedure != 0:
                sink.send(message.proc_unavail(header.xid))
                return None
            row = _NULL
        if row.needs_credential and credential.flavor == rpc.AUTH_NONE and row.number != 0:
            raise AuthError(rpc.AUTH_TOOWEAK)
        counters = self.metrics.row(header.program, header.version, row.number, row.name)
        return Route(served, header.version, row, credential, counters, sink.peer)

    def _perform(
        self,
        route: Route,
        xid: int,
        data: bytes | memoryview,
        position: int,
        end: int,
        sink: Sink,
    ) -> None:
        """Decode the arguments, run the procedure, and answer if it is done."""
        counters = route.counters
        counters.calls += 1
        unpacker = route.unpacker
        try:
            # Unpacker.reset, without the call: position <= end <= len(data) holds here.
            unpacker.data = data
            unpacker.position = position
            unpacker.end = end
            arguments = route.decode(unpacker)
        except XdrError:
            counters.garbage += 1
            sink.send(message.garbage_args(xid))
            return
        # NULL is a ping: whatever comes with it, it is answered.
        if unpacker.position != end and route.number:
            counters.garbage += 1
            sink.send(message.garbage_args(xid))
            return
        entry: Entry | None = None
        if route.mutates:
            call = Call(sink.peer, route.credential, route.version)
            entry = self._enter(route, call, xid, data, position, end, sink)
            if entry is None:
                return
        else:
            call = route.call
            if call.peer is not sink.peer:
                call = route.call = Call(sink.peer, route.credential, route.version)
        if self.in_flight >= self._in_flight_max and route.row.sheddable:
            self._shed(route, xid, sink, entry)
            return
        coroutine = route.run(call, arguments)
        try:
            waited = coroutine.send(None)
        except StopIteration as stop:
            result = stop.value
        except Exception as error:  # noqa: BLE001 - FsError and our bugs are told apart there
            result = self.failed(route, xid, sink, entry, error)
            self.answer(route, xid, result, sink, entry)
            return
        else:
            self._wait(route, xid, sink, entry, drive(coroutine, waited), end - position)
            return
        if entry is not None:
            self.answer(route, xid, result, sink, entry)
            return
        # Most calls come here: answer(), without the call.
        packer = route.packer
        parts: list[Any] = []
        packer.parts = parts
        try:
            route.encode(packer, result)
        except Exception as error:  # noqa: BLE001 - a result that cannot be encoded is our bug
            self._unencodable(route, xid, parts, sink, entry, error)
            return
        sink.reply(xid, parts)

    def _shed(self, route: Route, xid: int, sink: Sink, entry: Entry | None) -> None:
        """Refuse a call because there are too many under way."""
        route.counters.shed += 1
        if entry is not None:
            # It may have been made before a crash: "later" would have it made twice.
            self._leave(entry, sink)
            return
        result = self.failed(route, xid, sink, None, FsError(FsCode.TRY_LATER))
        self.answer(route, xid, result, sink, None)

    def _enter(
        self,
        route: Route,
        call: Call,
        xid: int,
        data: bytes | memoryview,
        position: int,
        end: int,
        sink: Sink,
    ) -> Entry | None:
        """Make the replay entry of a changing call; None if it is a duplicate, now dealt with."""
        client = (call.peer.address, route.client)
        digest = self._digests.get(client)
        if digest is None:
            if len(self._digests) >= self.limits.headers_cached_max:
                self._digests.clear()
            digest = self._digests[client] = client_digest(*client)
        request = request_id(
            digest, xid, route.program, route.version, route.number, data, position, end
        )
        entry = self.replay.find(request)
        if entry is None:
            call.request = request
            return self.replay.start(request, sink)
        route.counters.duplicates += 1
        if entry.reply is None:
            entry.attach(sink)
        else:
            sink.send(entry.reply)
        return None

    def _wait(
        self,
        route: Route,
        xid: int,
        sink: Sink,
        entry: Entry | None,
        wait: Wait[Any],
        size: int,
    ) -> None:
        """Leave a call to itself until its coroutine ends."""
        units = 1 + size // UNIT_BYTES
        self.in_flight += 1
        route.counters.waiting += 1
        sink.begin(units)
        wait.add_callback(_Waiting(self, route, xid, sink, entry, wait, units).finish)

    def failed(
        self, route: Route, xid: int, sink: Sink, entry: Entry | None, error: Exception
    ) -> object:
        """Return the result that reports ``error``, or ``_NO_RESULT`` where the protocol has none.

        Anything unexpected is a defect of ours: it is logged with its traceback.
        """
        if isinstance(error, ProgramUnavailable):
            return _UNAVAILABLE
        if isinstance(error, Unanswered):
            route.counters.shed += 1
            return _UNANSWERED
        if not isinstance(error, FsError):
            route.counters.faults += 1
            self.log.failure(
                "{proc} failed",
                failure=Failure(error),  # type: ignore[no-untyped-call]
                proc=route.row.name,
                xid=xid,
                client=sink.peer.address,
            )
            error = FsError(FsCode.SERVERFAULT)
        route.counters.count_error(error.code)
        if error.code in (FsCode.TRY_LATER, FsCode.UNDECIDED) and entry is not None:
            # Without effect, or nobody knows: the same xid, should it come again, must run.
            entry.keep = False
        if route.row.failure is None:
            return _NO_RESULT
        return route.row.failure(error)

    def answer(
        self, route: Route, xid: int, result: object, sink: Sink, entry: Entry | None
    ) -> None:
        """Encode a result and send it to everyone who waits for it."""
        if result is _NO_RESULT:
            self._refuse(xid, sink, entry)
            return
        if result is _UNAVAILABLE:
            self._send_any(entry, sink, message.prog_unavail(xid))
            return
        if result is _UNANSWERED:
            self._leave(entry, sink)
            return
        packer = route.packer
        parts: list[Any] = []
        packer.parts = parts
        try:
            route.encode(packer, result)
        except Exception as error:  # noqa: BLE001 - a result that cannot be encoded is our bug
            self._unencodable(route, xid, parts, sink, entry, error)
            return
        if entry is None:
            sink.reply(xid, parts)
            return
        head = message.ACCEPTED.pack(xid, rpc.REPLY, rpc.MSG_ACCEPTED, rpc.AUTH_NONE, 0, 0)
        self._send_kept(entry, head + joined(parts))

    def _unencodable(
        self,
        route: Route,
        xid: int,
        parts: list[Any],
        sink: Sink,
        entry: Entry | None,
        error: Exception,
    ) -> None:
        """Report a result that cannot be encoded, by the failure arm if that can be."""
        release_pieces(parts)
        failure = route.row.failure
        self.failed(route, xid, sink, entry, error)
        if failure is not None:
            route.packer.parts = parts = []
            try:
                route.encode(route.packer, failure(FsError(FsCode.SERVERFAULT)))
            except XdrError:
                self.log.failure("{proc} cannot even report a failure", proc=route.row.name)
            else:
                head = message.ACCEPTED.pack(xid, rpc.REPLY, rpc.MSG_ACCEPTED, 0, 0, 0)
                self._send_any(entry, sink, head + joined(parts))
                return
        self._refuse(xid, sink, entry)

    def _refuse(self, xid: int, sink: Sink, entry: Entry | None) -> None:
        self._send_any(entry, sink, message.system_err(xid))

    def _leave(self, entry: Entry | None, sink: Sink) -> None:
        """Leave a call unanswered, wherever it came from; the same again is a new one."""
        if entry is None:
            sink.drop()
            return
        self.replay.forget(entry)
        for each in entry.sinks:
            each.drop()

    def _send_any(self, entry: Entry | None, sink: Sink, reply: bytes) -> None:
        if entry is None:
            sink.send(reply)
        else:
            self._send_kept(entry, reply)

    def _send_kept(self, entry: Entry, reply: bytes) -> None:
        for sink in self.replay.finish(entry, reply, self.clock.seconds()):
            sink.send(reply)
