"""The administrative interface on its sockets: a local one for all, TCP for metrics alone."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from twisted.internet.interfaces import IListeningPort
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from nfsgw.admin.api import Node
from nfsgw.admin.routes import BODY_BYTES_MAX, Answer, Routes
from nfsgw.errors import NfsgwError
from nfsgw.waiting import step

__all__ = ["AdminSocketInUse", "listen_local", "listen_metrics"]


class AdminSocketInUse(NfsgwError):
    """Another daemon answers on the admin socket: it serves this state directory already."""


class _Tree(Resource):
    """All paths in one resource, since :class:`Routes` does the routing."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, routes: Routes) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._routes = routes

    def render(self, request: Any) -> int:  # noqa: ANN401 - Twisted's Request has no types
        """Answer, now or when the daemon is done with it."""
        body = b"" if request.content is None else request.content.read(BODY_BYTES_MAX + 1)
        gone: list[object] = []
        request.notifyFinish().addErrback(gone.append)
        method = request.method.decode("latin-1")
        path = request.uri.decode("latin-1")
        wait = step(self._routes.answer(method, path, body))

        def finish() -> None:
            answer = wait.result()
            if not gone:
                _write(request, answer)

        wait.add_callback(finish)
        return NOT_DONE_YET


class _Site(Site):
    """Twisted's web server without a log line for each request.

    What a request changes is logged where it happens.
    """

    noisy = False

    def log(self, request: object) -> None:
        """Say nothing."""


def _write(request: Any, answer: Answer) -> None:  # noqa: ANN401
    request.setResponseCode(answer.status)
    request.setHeader(b"Content-Type", answer.kind.encode())
    request.setHeader(b"Content-Length", str(len(answer.body)).encode())
    if answer.allowed:
        request.setHeader(b"Allow", answer.allowed.encode())
    request.write(answer.body)
    request.finish()


def listen_local(reactor: Any, node: Node, path: Path) -> IListeningPort:  # noqa: ANN401
    """Serve everything on a local socket that only its owner (and root) can open.

    A socket file that nobody listens on, left by a killed daemon, is replaced.

    :raises AdminSocketInUse: another daemon listens there.
    """
    if path.exists():
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            except OSError as error:
                raise AdminSocketInUse(f"{path}: {error.strerror}") from error
            else:
                raise AdminSocketInUse(
                    f"another daemon already serves this state directory (it answers on {path});"
                    " stop it first, or use another --state"
                )
    # bind(2) makes the file, so the mode must be right before it: no moment is open to others.
    before = os.umask(0o177)
    try:
        site = _site(reactor, Routes(node))
        port: IListeningPort = reactor.listenUNIX(str(path), site, mode=0o600)
    finally:
        os.umask(before)
    return port


def listen_metrics(reactor: Any, node: Node, address: str, port: int) -> IListeningPort:  # noqa: ANN401
    """Serve ``/metrics`` alone over TCP.

    :raises twisted.internet.error.CannotListenError: the port is taken.
    """
    routes = Routes(node, only_metrics=True)
    listening: IListeningPort = reactor.listenTCP(port, _site(reactor, routes), interface=address)
    return listening


def _site(reactor: Any, routes: Routes) -> Site:  # noqa: ANN401
    return _Site(_Tree(routes), reactor=reactor, timeout=60)  # type: ignore[no-untyped-call]
