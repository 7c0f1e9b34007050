"""The commands' side of the admin socket; blocking, since a command has nothing else to do."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from nfsgw.cli.exits import CommandError, Exit

__all__ = ["AdminClient"]

_TIMEOUT_S = 120.0

_EXITS = {"not-built": Exit.NOT_BUILT, "exports": Exit.CONFIGURATION, "defect": Exit.DEFECT}


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over a local socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket file."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class AdminClient:
    """Asks the daemon that serves one state directory.

    :param path: its admin socket.
    :param command_line: how its commands begin, for the hint how to start it.
    """

    def __init__(self, path: Path, command_line: str) -> None:
        self._path = path
        self._command_line = command_line

    def get(self, *parts: str, query: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return what ``GET /v1/PARTS?QUERY`` answers."""
        return self._ask("GET", parts, None, query)

    def post(self, *parts: str, body: object = None) -> Any:  # noqa: ANN401
        """Return what ``POST /v1/PARTS`` answers."""
        return self._ask("POST", parts, body)

    def delete(self, *parts: str) -> Any:  # noqa: ANN401
        """Return what ``DELETE /v1/PARTS`` answers."""
        return self._ask("DELETE", parts, None)

    def _ask(
        self,
        method: str,
        parts: tuple[str, ...],
        body: object,
        query: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401
        """Ask one question.

        :raises CommandError: the daemon does not answer, or refuses.
        """
        path = "/".join(("/v1", *(quote(part, safe="") for part in parts)))
        if query:
            path += "?" + urlencode(query, errors="surrogateescape")
        connection = _LocalConnection(self._path)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            status, text = response.status, response.read()
        except (FileNotFoundError, ConnectionRefusedError):
            raise CommandError(
                f"the daemon is not running: nobody answers on {self._path}."
                f" Start it with `{self._command_line} serve`"
                " (installed as a service: `systemctl start nfsgw`)",
                Exit.NOT_RUNNING,
            ) from None
        except PermissionError:
            raise CommandError(
                f"you may not use {self._path}: only the daemon's own user and root may",
                Exit.REFUSED,
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise CommandError(
                f"no answer from the daemon on {self._path}: {error or type(error).__name__}."
                " Its log says more",
                Exit.NOT_RUNNING,
            ) from None
        finally:
            connection.close()
        return self._result(status, text)

    def _result(self, status: int, text: bytes) -> Any:  # noqa: ANN401
        try:
            document = json.loads(text)
        except ValueError:
            raise CommandError(
                f"what answers on {self._path} is not nfsgw", Exit.NOT_RUNNING
            ) from None
        if status == http.HTTPStatus.OK:
            return document
        code = _EXITS.get(document.get("code"), Exit.REFUSED)
        raise CommandError(str(document.get("error")), code)
