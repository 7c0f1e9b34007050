"""The asynchronous forms: a ``_MSG`` is taken, and its answer is called back as a ``_RES``.

The client is told at once that its message came; the result goes to the client's own lock manager.
Nothing is kept of it: a client that hears nothing sends the message again, and is answered again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from twisted.logger import Logger

from nfsgw.errors import NfsgwError
from nfsgw.nlm.dialect import DIALECTS
from nfsgw.nlm.hosts import Host, Hosts
from nfsgw.nlm.places import Places
from nfsgw.rpc.client import CallTimeout
from nfsgw.rpc.peers import Complaints
from nfsgw.rpc.program import Call
from nfsgw.waiting import Wait, step

__all__ = ["Messages"]

MESSAGES_MAX: Final = 1024
MESSAGES_PER_ADDRESS_MAX: Final = 64
ANSWER_TIMEOUT_S: Final = 2.0


class Messages:
    """Messages that are being worked on; beyond a bound they are dropped, and come again.

    :param complaints: says in the log, once per client, why one cannot be answered.
    """

    log = Logger()

    def __init__(self, hosts: Hosts, complaints: Complaints) -> None:
        self._hosts = hosts
        self._complaints = complaints
        self._places = Places(MESSAGES_MAX, MESSAGES_PER_ADDRESS_MAX)
        self.dropped = 0
        """Messages that were not worked on, because too many were."""
        self.failed = 0
        """Answers that did not reach their client."""
        self.unanswered = 0
        """Messages of hosts that may not use what they asked about."""

    def take(
        self,
        call: Call,
        number: int,
        result: str,
        work: Coroutine[Any, Any, Any],
        may_be_called: Callable[[], bool],
    ) -> None:
        """Begin to work on a message.

        :param number: of its procedure.
        :param result: the name of the result's type, without prefix.
        :param work: returns the result.
        :param may_be_called: says, when that is there, whether the sender is a client of ours.  A
            stranger is not answered: the address of a datagram may be forged.
        """
        peer = call.peer
        if peer.transport == "local" or not self._places.take(peer.address):
            work.close()
            self.dropped += 1
            return
        host = Host(peer.address, call.version, peer.transport, peer.local_address)
        ended = step(self._answer(host, number, result, work, may_be_called))
        ended.add_callback(lambda: self._ended(peer.address, ended))

    async def _answer(
        self,
        host: Host,
        number: int,
        result: str,
        work: Coroutine[Any, Any, Any],
        may_be_called: Callable[[], bool],
    ) -> None:
        value = await work
        if not may_be_called():
            self.unanswered += 1
            return
        remote = DIALECTS[host.version].answer(host.version, number, result)
        try:
            sent = await self._hosts.send(host, remote, value, ANSWER_TIMEOUT_S)
        except NfsgwError as error:
            self._fail(host, error)
            return
        # The place is free for the next message meanwhile.
        sent.add_callback(lambda: self._sent(host, sent))

    def _sent(self, host: Host, sent: Wait[Any]) -> None:
        try:
            sent.result()
        except CallTimeout:
            # RFC 1813, section 6.2: there need not be a reply.
            pass
        except NfsgwError as error:
            self._fail(host, error)
        except Exception:  # noqa: BLE001 - our bug: there is nobody else to tell
            self.log.failure("an NLM result for {client} was not sent", client=host.address)

    def _fail(self, host: Host, error: NfsgwError) -> None:
        self.failed += 1
        self._complaints.warn(host.address, "cannot send the result of an NLM message", error)

    def _ended(self, address: str, ended: Wait[None]) -> None:
        self._places.leave(address)
        try:
            ended.result()
        except Exception:  # noqa: BLE001 - our bug: there is nobody else to tell
            self.log.failure("an NLM message from {client} was not answered", client=address)
