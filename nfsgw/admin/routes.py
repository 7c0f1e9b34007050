"""Requests of the administrative interface as calls of the daemon; no sockets here.

=======  ============================  ====================================================
method   path                          does
=======  ============================  ====================================================
GET      /v1/status                    the node
GET      /v1/volumes                   all volumes
POST     /v1/volumes                   create ``{"name", "bricks", "force"}``
GET      /v1/volumes/NAME              one volume
DELETE   /v1/volumes/NAME              forget it
POST     /v1/volumes/NAME/start        serve it
POST     /v1/volumes/NAME/stop         serve it no more
POST     /v1/volumes/NAME/options      set ``{KEY: VALUE, ...}``
POST     /v1/volumes/NAME/bricks       ``{"add": BRICK, "force"}``, ``{"replace": OLD, "with": NEW,
                                       "force"}`` or ``{"remove": BRICK}``
GET      /v1/volumes/NAME/heal         how its bricks are, and what they lack
POST     /v1/volumes/NAME/heal         copy anew: ``{"full": BRICK}``; null: those that are healing
GET      /v1/volumes/NAME/verify       the comparison of its bricks, under way or ended
POST     /v1/volumes/NAME/verify       begin it
GET      /v1/mounts                    the mount list
GET      /v1/locks?KEY=VALUE&...       locks; keys: volume, file, client, owner
POST     /v1/locks/clear               take them away: ``{KEY: VALUE, ...}``
POST     /v1/exports/reload            read the exports file again
GET      /v1/dump                      everything, for diagnosis
GET      /metrics                      Prometheus' text format
=======  ============================  ====================================================

Errors are ``{"error": TEXT, "code": WORD}`` with the HTTP status of the word
(:class:`nfsgw.admin.api.Code`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from twisted.logger import Logger

from nfsgw.admin.api import Code, LockChoice, Node, Refused
from nfsgw.errors import NfsgwError

__all__ = ["BODY_BYTES_MAX", "Answer", "Routes"]

T = TypeVar("T")

BODY_BYTES_MAX = 1 << 20

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response, before it meets a socket."""

    status: int
    body: bytes
    kind: str = "application/json"
    allowed: str = ""
    """Methods that the path knows, for a 405."""


class Routes:
    """Answers requests from a node.

    :param node: the daemon.
    :param only_metrics: know no path but ``/metrics``, as on the TCP port.
    """

    log = Logger()

    def __init__(self, node: Node, *, only_metrics: bool = False) -> None:
        self._node = node
        self._only_metrics = only_metrics

    async def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one request; never raises."""
        if len(body) > BODY_BYTES_MAX:
            return _error(f"the body is longer than {BODY_BYTES_MAX} bytes", Code.INVALID)
        path, _, query = path.partition("?")
        parts = [unquote(part) for part in path.strip("/").split("/")]
        rows = self._rows(parts, query)
        if not rows:
            return _error(f"there is no {path}", Code.UNKNOWN)
        if method not in rows:
            allowed = ", ".join(sorted(rows))
            text = json.dumps({"error": f"{path} knows {allowed}", "code": Code.INVALID.word})
            return Answer(405, text.encode(), allowed=allowed)
        try:
            return await rows[method](body)
        except Refused as refused:
            return _error(str(refused), refused.code)
        except NfsgwError as error:
            return _error(str(error), Code.REFUSED)
        except Exception:  # noqa: BLE001 - the last resort: the daemon lives on, the log says why
            self.log.failure("{method} {path} failed", method=method, path=path)
            return _error("a defect of the server; its log has the details", Code.DEFECT)

    def _rows(
        self, parts: list[str], query: str
    ) -> dict[str, Callable[[bytes], Awaitable[Answer]]]:
        """Return what may be done at a path, by method."""
        node = self._node
        if parts == ["metrics"]:
            return {"GET": self._metrics}
        if self._only_metrics or parts[0] != "v1":
            return {}
        match parts[1:]:
            case ["status"]:
                return {"GET": _read(node.status)}
            case ["volumes"]:
                return {"GET": _read(node.volumes), "POST": self._create}
            case ["volumes", name, *what]:
                return self._volume_rows(name, what)
            case ["mounts"]:
                return {"GET": _read(node.mounts)}
            case ["locks"]:
                return {"GET": _run(lambda: node.locks(_lock_choice(_asked(query))))}
            case ["locks", "clear"]:
                return {"POST": self._clear_locks}
            case ["exports", "reload"]:
                return {"POST": _run(node.reload_exports)}
            case ["dump"]:
                return {"GET": _read(node.dump)}
        return {}

    def _volume_rows(
        self, name: str, what: list[str]
    ) -> dict[str, Callable[[bytes], Awaitable[Answer]]]:
        """Return what may be done with one volume."""
        node = self._node
        match what:
            case []:
                return {
                    "GET": _run(lambda: node.volume(name)),
                    "DELETE": _run(lambda: node.delete_volume(name)),
                }
            case ["start"]:
                return {"POST": _run(lambda: node.start_volume(name))}
            case ["stop"]:
                return {"POST": _run(lambda: node.stop_volume(name))}
            case ["options"]:
                return {"POST": lambda body: self._set(name, body)}
            case ["bricks"]:
                return {"POST": lambda body: self._bricks(name, body)}
            case ["heal"]:
                return {
                    "GET": _read(lambda: node.heal(name)),
                    "POST": lambda body: self._heal(name, body),
                }
            case ["verify"]:
                return {
                    "GET": _read(lambda: node.verification(name)),
                    "POST": _read(lambda: node.verify(name)),
                }
        return {}

    async def _metrics(self, body: bytes) -> Answer:
        return Answer(200, self._node.metrics().encode(), _TEXT)

    async def _create(self, body: bytes) -> Answer:
        document = _document(body, {"name", "bricks", "force"})
        name = _field(document, "name", str)
        bricks = _field(document, "bricks", list)
        force = _flag(document, "force")
        if not all(isinstance(brick, str) for brick in bricks):
            raise Refused("'bricks' must be a list of strings", Code.INVALID)
        return _good(await self._node.create_volume(name, bricks, force=force))

    async def _set(self, name: str, body: bytes) -> Answer:
        options = _document(body, None)
        if not options or not all(isinstance(value, str) for value in options.values()):
            raise Refused("options must be strings, and at least one", Code.INVALID)
        return _good(await self._node.set_options(name, options))

    async def _bricks(self, name: str, body: bytes) -> Answer:
        document, node = _document(body, {"add", "replace", "with", "remove", "force"}), self._node
        force = _flag(document, "force")
        match sorted(set(document) - {"force"}):
            case ["add"]:
                brick = _field(document, "add", str)
                return _good(await node.add_brick(name, brick, force=force))
            case ["replace", "with"]:
                old, new = (_field(document, key, str) for key in ("replace", "with"))
                return _good(await node.replace_brick(name, old, new, force=force))
            case ["remove"]:
                return _good(await node.remove_brick(name, _field(document, "remove", str)))
        raise Refused("one of 'add', 'replace' and 'with', 'remove' is needed", Code.INVALID)

    async def _heal(self, name: str, body: bytes) -> Answer:
        document = _document(body, {"full"})
        if "full" not in document:
            raise Refused("'full' must be a brick or null", Code.INVALID)
        brick = None if document["full"] is None else _field(document, "full", str)
        return _good(await self._node.heal_full(name, brick))

    async def _clear_locks(self, body: bytes) -> Answer:
        return _good(await self._node.clear_locks(_lock_choice(_document(body, None))))


def _lock_choice(fields: dict[str, Any]) -> LockChoice:
    unknown = set(fields) - {"volume", "file", "client", "owner"}
    if unknown:
        raise Refused(f"unknown field {min(unknown)!r}", Code.INVALID)
    words = {name: _field(fields, name, str) for name in fields if name != "owner"}
    owner = _field(fields, "owner", int) if "owner" in fields else None
    return LockChoice(owner=owner, **words)


def _asked(query: str) -> dict[str, Any]:
    """Read a query; ``owner`` is a number.

    :raises Refused: it is no query.
    """
    try:
        fields: dict[str, Any] = dict(
            parse_qsl(query, True, bool(query), errors="surrogateescape", max_num_fields=16)
        )
        if "owner" in fields:
            fields["owner"] = int(fields["owner"])
    except ValueError as error:
        raise Refused(f"the query {query!r} is wrong: {error}", Code.INVALID) from None
    return fields


def _read(function: Callable[[], object]) -> Callable[[bytes], Awaitable[Answer]]:
    async def row(body: bytes) -> Answer:
        return _good(function())

    return row


def _run(function: Callable[[], Awaitable[object]]) -> Callable[[bytes], Awaitable[Answer]]:
    async def row(body: bytes) -> Answer:
        return _good(await function())

    return row


def _good(result: object) -> Answer:
    return Answer(200, json.dumps(result).encode())


def _error(message: str, code: Code) -> Answer:
    return Answer(code.status, json.dumps({"error": message, "code": code.word}).encode())


def _document(body: bytes, known: Collection[str] | None) -> dict[str, Any]:
    """Read a body.

    :param known: the fields that it may have; None: any.
    :raises Refused: it is not a JSON object of these.
    """
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Refused(f"the body is not JSON: {error}", Code.INVALID) from None
    except RecursionError:
        raise Refused("the body is nested too deeply", Code.INVALID) from None
    if not isinstance(document, dict):
        raise Refused("the body must be a JSON object", Code.INVALID)
    unknown = set() if known is None else set(document) - set(known)
    if unknown:
        raise Refused(f"unknown field {min(unknown)!r}", Code.INVALID)
    return document


def _flag(document: dict[str, Any], name: str) -> bool:
    return _field(document, name, bool) if name in document else False


def _field(document: dict[str, Any], name: str, kind: type[T]) -> T:
    value = document.get(name)
    if not isinstance(value, kind):
        raise Refused(f"{name!r} must be a {kind.__name__}", Code.INVALID)
    return value
