"""A network of its own and an empty /run, so that a test may have port 111 and rpcbind's socket.

Programs are started inside with ``nsenter``.  Our own servers stay in the test's process: their
sockets are made by a thread that visits the namespace, and local sockets are reached through
``/proc/PID/root``.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue

from nfsgw.waiting import step

__all__ = ["Namespace", "need", "on_reactor"]

T = TypeVar("T")
P = ParamSpec("P")

_CLONE_NEWNET = 0x40000000
_SETUP = "mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && exec sleep 1000"


def need(*tools: str) -> None:
    """Skip the test, saying why, if it cannot run here."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to make a network namespace")
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"needs the program {tool}")
    probe = subprocess.run(["unshare", "--net", "--mount", "true"], check=False)
    if probe.returncode != 0:
        pytest.skip("this machine does not let us make a network namespace")


def on_reactor(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, Deferred[None]]:
    """Make a test of a coroutine function, run on the reactor by our own trampoline."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> Deferred[None]:
        deferred: Deferred[None] = Deferred()
        wait = step(test(*args, **kwargs))

        def ended() -> None:
            try:
                deferred.callback(wait.result())
            except BaseException as error:  # noqa: BLE001 - a failed test too is handed on
                deferred.errback(error)

        wait.add_callback(ended)
        return deferred  # pytest-twisted waits for it

    return run


class Namespace:
    """A running namespace."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--", "sh", "-ec", _SETUP], stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"ready\n"
        self.pid = self._holder.pid

    def path(self, path: str) -> str:
        """Return how a path of the namespace is reached from outside."""
        return f"/proc/{self.pid}/root{path}"

    def _entering(self, *command: str) -> list[str]:
        return ["nsenter", f"--target={self.pid}", "--net", "--mount", "--", *command]

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program inside."""
        child = subprocess.Popen(self._entering(*command))
        self._children.append(child)
        return child

    async def run(self, *command: str) -> tuple[str, str, int]:
        """Run a program inside to its end: its output, its messages and its exit code."""
        line = self._entering("timeout", "20", *command)
        done: Deferred[tuple[bytes, bytes, int]] = getProcessOutputAndValue(  # type: ignore[no-untyped-call]
            line[0], line[1:], env=os.environ
        )
        output, messages, code = await done
        return output.decode(), messages.decode(), code

    def inside(self, function: Callable[[], T]) -> T:
        """Call a function in a thread that is in the namespace's network."""
        results: list[T] = []
        errors: list[BaseException] = []

        def visit() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            try:
                with Path(f"/proc/{self.pid}/ns/net").open("rb") as file:
                    if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
                results.append(function())
            except BaseException as error:  # noqa: BLE001 - raised again by the caller
                errors.append(error)

        thread = threading.Thread(target=visit)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return results[0]

    def close(self) -> None:
        """End everything inside."""
        for child in [*self._children, self._holder]:
            child.kill()
            child.wait()
        if self._holder.stdout is not None:
            self._holder.stdout.close()
