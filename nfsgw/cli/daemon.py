"""One run of the daemon, on the one reactor that this process has."""

from __future__ import annotations

import gc
import os
import resource
import secrets
import signal
import sys
from collections.abc import Callable
from typing import Any

import click
from twisted.logger import Logger

from nfsgw.cli.context import Context
from nfsgw.cli.exits import CommandError, Exit
from nfsgw.clock import SystemClock
from nfsgw.errors import NfsgwError
from nfsgw.exports.syntax import ExportsError
from nfsgw.rpc import epoll
from nfsgw.service.logs import begin_logging, choose_format
from nfsgw.service.node import NodeService, World
from nfsgw.waiting import Wait, step

__all__ = ["run_daemon"]

log = Logger()


def run_daemon(context: Context, *, demo: bool) -> None:
    """Serve until told to stop.

    :raises CommandError: it could not start.
    """
    settled = context.settled
    form = choose_format(settled.config.log.format, sys.stderr, os.environ)
    begin_logging(sys.stderr, form, settled.config.log.level)
    # The daemon makes files for itself alone, unless it says otherwise.
    os.umask(0o077)
    _allow_descriptors()
    reactor = epoll.install()
    world = World(reactor, SystemClock(), secrets.token_bytes, os.environ, os.geteuid() == 0)
    failure = _Daemon(reactor, NodeService(world, settled, demo=demo), context).run()
    if failure is not None:
        raise failure


def _allow_descriptors() -> None:
    """Use all descriptors that we may: each connection and each busy file takes one.

    The usual soft limit of 1,024 is there for programs that use select(2).
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class _Daemon:
    """One run: start, signals, stop."""

    def __init__(self, reactor: Any, node: NodeService, context: Context) -> None:  # noqa: ANN401
        self._reactor = reactor
        self._node = node
        self._context = context
        self._failure: Exception | None = None
        self._starting: Wait[None] | None = None
        self._stopping = False

    def run(self) -> Exception | None:
        """Serve until told to stop; return why it could not start, if so."""
        for number, act in (
            (signal.SIGTERM, self._stop),
            (signal.SIGINT, self._stop),
            (signal.SIGHUP, self._node.reload_on_signal),
            (signal.SIGUSR1, self._node.dump_on_signal),
        ):
            signal.signal(number, self._caught(act))
        self._reactor.callWhenRunning(self._start)
        # Our own handlers, not Twisted's: a second SIGTERM while stopping is no error.
        self._reactor.run(installSignalHandlers=False)
        return self._failure

    def _caught(self, act: Callable[[], None]) -> Callable[[int, object], None]:
        def handler(number: int, frame: object) -> None:
            self._reactor.callFromThread(act)

        return handler

    def _start(self) -> None:
        self._starting = step(self._node.start())
        self._starting.add_callback(self._has_started)

    def _has_started(self) -> None:
        assert self._starting is not None
        try:
            self._starting.result()
        except ExportsError as error:
            self._fail(CommandError(str(error), Exit.CONFIGURATION))
        except NfsgwError as error:
            self._fail(CommandError(str(error), Exit.CANNOT_START))
        except Exception as error:  # noqa: BLE001 - raised where main() reports defects
            self._fail(error)
        else:
            if not self._stopping:
                self._settle_garbage_collection()
                self._announce()

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._reactor.stop()

    def _settle_garbage_collection(self) -> None:
        """Look for cycles rarely: the data path makes none, and few objects of it live long.

        With Python's usual threshold of 700 the calls of one received buffer cause a look at all
        that they have under way, and now and then at all kept replies; that took 9 to 33 % of
        the time of changing calls.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)

    def _announce(self) -> None:
        """Say on standard output that clients can mount, and how."""
        ways = self._node.ways_to_mount()
        if ways:
            where = "this machine" if ways[0]["host"] == "localhost" else "a client"
            commands = "\n".join(f"    {way['command']}" for way in ways)
            text = (
                f"Serving.  To mount, as root on {where}:\n\n{commands}\n\n"
                f"or, with programs that use libnfs:  {ways[0]['libnfs']}"
            )
        else:
            command = self._context.command_line
            text = (
                "Serving, but no volume is online.  To make one:\n\n"
                f"    {command} volume create NAME HOST:/BRICK\n"
                f"    {command} volume start NAME\n"
            )
        try:
            click.echo(text)
            sys.stdout.flush()
        except OSError:
            log.info("nobody reads standard output; the mount line is in `nfsgw status`")

    def _stop(self) -> None:
        if self._stopping:
            log.info("stopping already")
            return
        self._stopping = True
        log.info("stopping")
        assert self._starting is not None
        # A start under way ends first: a part is never stopped while it starts.
        self._starting.add_callback(self._stop_started)

    def _stop_started(self) -> None:
        step(self._node.stop()).add_callback(self._has_stopped)

    def _has_stopped(self) -> None:
        if self._reactor.running:
            self._reactor.callLater(0, self._end)

    def _end(self) -> None:
        if self._failure is None:
            log.info("stopped")
            self._reactor.stop()
