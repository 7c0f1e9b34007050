"""A connection that carries records: receives into windows, sends at once, queues only the rest.

Twisted's own transports copy more than a record of a hundred bytes can afford, and cannot
``sendfile``.  This one sits on the same reactor.  Everything that one received buffer causes to be
sent leaves in one system call at the end of the turn; only what the socket does not take is
queued.  The server's connections and the client's are subclasses.
"""

# ruff: noqa: N802 - Twisted's names for what a reactor calls
from __future__ import annotations

import os
import socket
from collections import deque
from struct import Struct
from typing import Any, Final

from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from nfsgw.filerange import FileRange
from nfsgw.limits import Limits
from nfsgw.rpc.reactor import Reactor
from nfsgw.rpc.record import LAST_FRAGMENT, BufferPool, FramingError, RecordReader, pack_mark
from nfsgw.turn import Turn

__all__ = ["RECEIVE_BYTES", "Stream"]

RECEIVE_BYTES: Final = 64 << 10
"""What is asked from the socket at a time: some 400 small calls."""

_BULK_BYTES: Final = 32 << 10
"""Results above this size are not joined with others before they are sent."""
_SENDFILE_BYTES_MIN: Final = 32 << 10
"""Shorter file ranges are read: one more copy costs less than one more system call."""
_GATHERED_MAX: Final = 64
_pack_head: Final = Struct(">IIIIIII").pack


@implementer(IReadWriteDescriptor)
class Stream:
    """One connected stream socket on a reactor.

    :param sock: connected; it is made non-blocking, and closed with the stream.
    :param turn: replies leave in its send stage.
    :ivar unsent: bytes that were given to the stream and not yet to the socket.
    :ivar in_flight: units of calls that wait (see ``dispatch.UNIT_BYTES``).
    :ivar active: something was received; whoever watches for idle peers clears it.
    """

    def __init__(
        self,
        reactor: Reactor,
        turn: Turn,
        limits: Limits,
        pool: BufferPool,
        sock: socket.socket,
    ) -> None:
        sock.setblocking(False)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.sock = sock
        self.reader = RecordReader(self._record, limits, pool)
        self.unsent = 0
        self.in_flight = 0
        self.active = True
        self.closed = False
        self._reactor = reactor
        self._turn = turn
        self._in_flight_max = limits.calls_in_flight_max
        self._unsent_max = limits.output_bytes_max
        self._recv = sock.recv
        self._send = sock.send
        self._output: list[Any] = []
        self._queue: deque[Any] = deque()
        self._due = False
        self._bulk = False
        self._reading = False
        self._writing = False
        self._finishing = False

    # What subclasses say.

    def _record(self, data: bytes | memoryview, start: int, end: int) -> bool:
        """Take one record; return True if no more should come for now."""
        raise NotImplementedError

    def _closed(self, reason: object) -> None:
        """Note that the stream is closed; called once."""

    def _broken(self, error: FramingError) -> None:
        """Note that the peer's records cannot be followed; the stream is closed after this."""

    # Starting and ending.

    def start(self) -> None:
        """Begin to read."""
        self._start_reading()

    def finish(self) -> None:
        """Read no more, and close as soon as calls in flight are answered and replies are sent."""
        self._finishing = True
        self._stop_reading()
        self._check_finished()

    def close(self, reason: object) -> None:
        """Close now; what is unsent is dropped.

        :param reason: for the log, and for who waits for replies.
        """
        if self.closed:
            return
        self.closed = True
        self._stop_reading()
        self._stop_writing()
        for pieces in (self._output, self._queue):
            for piece in pieces:
                if isinstance(piece, FileRange):
                    piece.release()
            pieces.clear()
        self.unsent = 0
        self.sock.close()
        self._closed(reason)

    @property
    def full(self) -> bool:
        """Say whether so much is in flight or unsent that no more calls should be taken."""
        return self.in_flight >= self._in_flight_max or self.unsent > self._unsent_max

    # What the dispatcher calls: see replay.Sink.

    def reply(self, xid: int, parts: list[Any]) -> None:
        """Send a successful reply (RFC 5531, section 9) with its mark; ``parts`` is its result."""
        if self.closed:
            for piece in parts:
                if isinstance(piece, FileRange):
                    piece.release()
            return
        length = len(parts[0]) if len(parts) == 1 else sum(map(len, parts))
        output = self._output
        # Mark, xid, REPLY, MSG_ACCEPTED, AUTH_NONE, no verifier, SUCCESS.
        output.append(_pack_head(LAST_FRAGMENT | length + 24, xid, 1, 0, 0, 0, 0))
        output += parts
        self.unsent += length + 28
        if length > _BULK_BYTES:
            self._bulk = True
        if not self._due:
            self._due = True
            self._turn.send(self.flush)

    def send(self, message: bytes) -> None:
        """Send a whole message, with its mark."""
        self.write([pack_mark(len(message)), message])

    def write(self, pieces: list[Any]) -> None:
        """Send pieces as they are, at the end of the turn."""
        if self.closed:
            return
        self._output += pieces
        self.unsent += sum(map(len, pieces))
        self._bulk = self._bulk or len(pieces[-1]) > _BULK_BYTES
        if not self._due:
            self._due = True
            self._turn.send(self.flush)

    def begin(self, units: int) -> None:
        """Count a call that waits."""
        self.in_flight += units

    def settle(self, units: int) -> None:
        """Count a call that waits no longer; take more calls if there is room again."""
        self.in_flight -= units
        self._check_progress()

    # Sending.

    def flush(self) -> None:
        """Send what was written in this turn; queue what the socket does not take."""
        self._due = False
        output = self._output
        if not output:
            return
        self._output = []
        if not self._bulk and not self._queue:
            try:
                data = b"".join(output)
            except TypeError:
                # A file range is among them.
                pass
            else:
                self._send_now(data)
                return
        self._bulk = False
        self._queue.extend(output)
        if not self._writing:
            self._drain()

    def _send_now(self, data: bytes) -> None:
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self.close(error)
            return
        self.unsent -= sent
        if sent < len(data):
            self._queue.append(memoryview(data)[sent:])
            self._start_writing()
        elif not self._reading:
            self._check_progress()

    def _drain(self) -> None:
        """Send from the queue until it is empty or the socket is full."""
        queue = self._queue
        try:
            while queue:
                piece = queue[0]
                if isinstance(piece, FileRange) and piece.length > _SENDFILE_BYTES_MIN:
                    self._send_range(piece)
                else:
                    self._send_gathered()
        except BlockingIOError:
            self._start_writing()
            return
        except (OSError, EOFError) as error:
            # A short file too: its length is on the wire, so nothing else can follow it.
            self.close(error)
            return
        self._stop_writing()
        self._check_progress()

    def _send_range(self, piece: FileRange) -> None:
        sent = os.sendfile(self.sock.fileno(), piece.fd, piece.offset, piece.length)
        if not sent:
            raise EOFError(f"the file ends {piece.length} bytes before its range")
        piece.offset += sent
        piece.length -= sent
        self.unsent -= sent
        if not piece.length:
            self._queue.popleft().release()

    def _send_gathered(self) -> None:
        """Send what lies before the next file range."""
        queue = self._queue
        gathered: list[bytes | memoryview] = []
        more = 0
        for index in range(min(len(queue), _GATHERED_MAX)):
            piece = queue[index]
            if isinstance(piece, FileRange):
                if piece.length > _SENDFILE_BYTES_MIN:
                    # The header waits in the kernel for the data that follows at once.
                    more = socket.MSG_MORE
                    break
                piece = queue[index] = piece.read()
            gathered.append(piece)
        sent = self.sock.sendmsg(gathered, (), more)
        self.unsent -= sent
        for piece in gathered:
            if sent < len(piece):
                queue[0] = memoryview(piece)[sent:]
                break
            sent -= len(piece)
            queue.popleft()

    # Back-pressure.

    def _check_progress(self) -> None:
        """After something was answered or sent: take calls again, or close if that was awaited."""
        if self._finishing:
            self._check_finished()
        elif not self._reading and not self.closed and not self.full:
            with self._turn:
                self._feed(None, 0)

    def _check_finished(self) -> None:
        if not self.in_flight and not self.unsent and not self.closed:
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except OSError:
                # The peer was faster.
                pass
            self.close("finished")

    def _feed(self, data: bytes | None, filled: int) -> None:
        """Give the reader new bytes, or let it go on with old ones; then read on if it may."""
        reader = self.reader
        try:
            if data is not None:
                reader.feed(data)
            elif filled:
                reader.filled(filled)
            else:
                reader.resume()
        except FramingError as error:
            self._break(error)
            return
        if reader.paused or self.full:
            self._stop_reading()
        elif not self._reading and not self.closed and not self._finishing:
            self._start_reading()

    def _break(self, error: FramingError) -> None:
        """Answer what came before the break, then close."""
        self._broken(error)
        self.finish()

    # The reactor's side.

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 when closed."""
        return self.sock.fileno()

    def logPrefix(self) -> str:
        """Return what Twisted puts before lines that it logs for us."""
        return "rpc"

    def doRead(self) -> None:
        """Receive once, and run all calls that are complete."""
        space = self.reader.space
        try:
            if space is None:
                data = self._recv(RECEIVE_BYTES)
                count = len(data)
            else:
                data = None
                count = self.sock.recv_into(space)
        except BlockingIOError:
            return
        except OSError as error:
            self.close(error)
            return
        if not count:
            # The peer may have closed only its sending side, and still want its replies.
            self.finish()
            return
        self.active = True
        with self._turn:
            self._feed(data, count)

    def doWrite(self) -> None:
        """Send on, now that the socket takes more."""
        if self.closed:
            return
        with self._turn:
            self._drain()

    def connectionLost(self, reason: Failure) -> None:
        """Close, as the reactor found the socket dead (or one of our methods raised)."""
        self.close(reason.value)

    def _start_reading(self) -> None:
        if not self._reading:
            self._reading = True
            self._reactor.addReader(self)

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading = False
            self._reactor.removeReader(self)

    def _start_writing(self) -> None:
        if not self._writing:
            self._writing = True
            self._reactor.addWriter(self)

    def _stop_writing(self) -> None:
        if self._writing:
            self._writing = False
            self._reactor.removeWriter(self)
