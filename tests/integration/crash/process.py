"""The daemon as a process that is quick to start again: forked from one that has the modules.

It is the real ``nfsgw serve``; only Python's start-up and imports are saved, so that two hundred
deaths fit into a test.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

__all__ = ["Forked"]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.integration.crash.preload"])


def _serve(config: str, log: str) -> None:
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    from nfsgw.cli import main

    sys.exit(main(["--config", config, "serve"]))


class Forked:
    """``nfsgw serve`` that can be killed and started again.

    :param config: the configuration file.
    :param port: the NFS port, to see when it serves.
    """

    def __init__(self, config: Path, port: int, log: Path) -> None:
        self._config = config
        self._port = port
        self.log = log
        self._process: BaseProcess | None = None

    def start(self, timeout_s: float = 20) -> float:
        """Start it, wait until it accepts calls, and return how many seconds that took."""
        began = time.monotonic()  # noqa: TID251 - outside the daemon
        process = _CONTEXT.Process(target=_serve, args=(str(self._config), str(self.log)))
        process.start()
        self._process = process
        while True:
            took = time.monotonic() - began  # noqa: TID251
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                if not process.is_alive() or took > timeout_s:
                    raise RuntimeError(f"it did not start:\n{self.log.read_text()}") from None
                time.sleep(0.005)
            else:
                return took

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._process is None:
            return
        self._process.kill()
        self._process.join()
        self._process.close()
        self._process = None

    def stop(self, timeout_s: float = 20) -> None:
        """End it in good order."""
        assert self._process is not None
        self._process.terminate()
        self._process.join(timeout_s)
        code = self._process.exitcode
        self.kill()
        if code != 0:
            raise RuntimeError(f"it ended with {code}:\n{self.log.read_text()}")
