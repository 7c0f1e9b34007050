"""The administrative interface: every path, and what wrong requests are answered with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from nfsgw.admin.api import Code, LockChoice, Refused
from nfsgw.admin.routes import BODY_BYTES_MAX, Answer, Routes
from nfsgw.errors import NfsgwError
from nfsgw.waiting import result_of


class FakeNode:
    """Remembers what it was asked, and fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.error = error

    def _note(self, *what: object) -> dict[str, Any]:
        self.asked.append(what)
        if self.error is not None:
            raise self.error
        return {"did": list(map(str, what))}

    def status(self) -> Mapping[str, Any]:
        """Note it."""
        return self._note("status")

    def volumes(self) -> Sequence[Mapping[str, Any]]:
        """Note it."""
        return [self._note("volumes")]

    async def volume(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("volume", name)

    async def create_volume(
        self, name: str, bricks: Sequence[str], *, force: bool
    ) -> Mapping[str, Any]:
        """Note it."""
        return self._note("create", name, *bricks, force)

    async def start_volume(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("start", name)

    async def stop_volume(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("stop", name)

    async def delete_volume(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("delete", name)

    async def set_options(self, name: str, options: Mapping[str, str]) -> Mapping[str, Any]:
        """Note it."""
        return self._note("set", name, *options.items())

    async def add_brick(self, name: str, brick: str, *, force: bool) -> Mapping[str, Any]:
        """Note it."""
        return self._note("add", name, brick, force)

    async def replace_brick(
        self, name: str, old: str, new: str, *, force: bool
    ) -> Mapping[str, Any]:
        """Note it."""
        return self._note("replace", name, old, new, force)

    async def remove_brick(self, name: str, brick: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("remove", name, brick)

    def heal(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("heal", name)

    async def heal_full(self, name: str, brick: str | None) -> Mapping[str, Any]:
        """Note it."""
        return self._note("full", name, brick)

    def verify(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("verify", name)

    def verification(self, name: str) -> Mapping[str, Any]:
        """Note it."""
        return self._note("verification", name)

    async def reload_exports(self) -> Mapping[str, Any]:
        """Note it."""
        return self._note("reload")

    def mounts(self) -> Sequence[Mapping[str, Any]]:
        """Note it."""
        return [self._note("mounts")]

    async def locks(self, choice: LockChoice) -> Mapping[str, Any]:
        """Note it."""
        return self._note("locks", choice)

    async def clear_locks(self, choice: LockChoice) -> Mapping[str, Any]:
        """Note it."""
        return self._note("clear", choice)

    def metrics(self) -> str:
        """Note it."""
        self._note("metrics")
        return "nfsgw_up 1\n"

    def dump(self) -> Mapping[str, Any]:
        """Note it."""
        return self._note("dump")


def ask(node: FakeNode, method: str, path: str, body: object = None) -> Answer:
    """Ask for one answer."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return result_of(Routes(node).answer(method, path, raw))


@pytest.mark.parametrize(
    ("method", "path", "body", "asked"),
    [
        ("GET", "/v1/status", None, ("status",)),
        ("GET", "/v1/volumes", None, ("volumes",)),
        ("GET", "/v1/volumes/demo", None, ("volume", "demo")),
        ("GET", "/v1/volumes/a%2Fb", None, ("volume", "a/b")),
        ("DELETE", "/v1/volumes/demo", None, ("delete", "demo")),
        ("POST", "/v1/volumes/demo/start", None, ("start", "demo")),
        ("POST", "/v1/volumes/demo/stop", None, ("stop", "demo")),
        ("POST", "/v1/volumes/demo/options", {"a": "1"}, ("set", "demo", ("a", "1"))),
        ("POST", "/v1/volumes/a/bricks", {"add": "h:/b"}, ("add", "a", "h:/b", False)),
        (
            "POST",
            "/v1/volumes/a/bricks",
            {"replace": "h:/b", "with": "h:/c", "force": True},
            ("replace", "a", "h:/b", "h:/c", True),
        ),
        ("POST", "/v1/volumes/a/bricks", {"remove": "h:/b"}, ("remove", "a", "h:/b")),
        ("GET", "/v1/volumes/a/heal", None, ("heal", "a")),
        ("POST", "/v1/volumes/a/heal", {"full": "h:/b"}, ("full", "a", "h:/b")),
        ("POST", "/v1/volumes/a/heal", {"full": None}, ("full", "a", None)),
        ("GET", "/v1/volumes/a/verify", None, ("verification", "a")),
        ("POST", "/v1/volumes/a/verify", None, ("verify", "a")),
        ("GET", "/v1/mounts?x=1", None, ("mounts",)),
        ("GET", "/v1/locks", None, ("locks", LockChoice())),
        (
            "GET",
            "/v1/locks?volume=web&file=%2Fa%26b+%FF&client=10.0.0.1&owner=17",
            None,
            ("locks", LockChoice("web", "/a&b \udcff", "10.0.0.1", 17)),
        ),
        (
            "POST",
            "/v1/locks/clear",
            {"file": "/\udcff", "owner": 17},
            ("clear", LockChoice(file="/\udcff", owner=17)),
        ),
        ("POST", "/v1/exports/reload", None, ("reload",)),
        ("GET", "/v1/dump", None, ("dump",)),
        (
            "POST",
            "/v1/volumes",
            {"name": "demo", "bricks": ["h:/b"], "force": True},
            ("create", "demo", "h:/b", True),
        ),
        (
            "POST",
            "/v1/volumes",
            {"name": "demo", "bricks": ["h:/b"]},
            ("create", "demo", "h:/b", False),
        ),
    ],
)
def test_each_path_asks_the_node(
    method: str, path: str, body: object, asked: tuple[object, ...]
) -> None:
    """Every path of the table reaches the daemon with its arguments."""
    node = FakeNode()
    answer = ask(node, method, path, body)
    assert node.asked == [asked]
    assert answer.status == 200
    assert json.loads(answer.body)


def test_metrics_are_text() -> None:
    """Prometheus gets its own text format."""
    answer = ask(FakeNode(), "GET", "/metrics")
    assert answer.body == b"nfsgw_up 1\n"
    assert answer.kind.startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("path", ["/v1/status", "/v1/volumes", "/"])
def test_metrics_port_knows_nothing_else(path: str) -> None:
    """The TCP port for metrics gives nothing away but metrics."""
    node = FakeNode()
    routes = Routes(node, only_metrics=True)
    assert result_of(routes.answer("GET", path, b"")).status == 404
    assert node.asked == []
    assert result_of(routes.answer("GET", "/metrics", b"")).status == 200


@pytest.mark.parametrize("path", ["/", "/v2/status", "/v1", "/v1/volumes/a/b/c", "/v1/exports"])
def test_unknown_paths_are_404(path: str) -> None:
    """A path that does not exist is said to not exist."""
    assert ask(FakeNode(), "GET", path).status == 404


def test_wrong_method_says_which_are_right() -> None:
    """A known path with a wrong method names the right ones."""
    node = FakeNode()
    answer = ask(node, "PUT", "/v1/volumes/demo")
    assert (answer.status, answer.allowed) == (405, "DELETE, GET")
    assert node.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b"\xff",
        {"name": 3, "bricks": ["h:/b"]},
        {"name": "a", "bricks": "h:/b"},
        {"name": "a", "bricks": [1]},
        {"name": "a", "bricks": ["h:/b"], "force": "yes"},
        {"name": "a", "bricks": ["h:/b"], "replicas": 3},
        b"x" * (BODY_BYTES_MAX + 1),
    ],
)
def test_bad_bodies_reach_nobody(body: object) -> None:
    """A request that does not say what it should is refused before anything happens."""
    node = FakeNode()
    answer = ask(node, "POST", "/v1/volumes", body)
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == "invalid"
    assert node.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"force": True},
        {"add": 1},
        {"add": "h:/b", "remove": "h:/c"},
        {"replace": "h:/b"},
        {"with": "h:/b"},
        {"add": "h:/b", "force": 1},
        {"add": "h:/b", "start": True},
        [],
    ],
)
def test_bad_changes_of_bricks_reach_nobody(body: object) -> None:
    """One change of bricks at a time, and one that is whole."""
    node = FakeNode()
    assert ask(node, "POST", "/v1/volumes/a/bricks", body).status == 400
    assert node.asked == []


@pytest.mark.parametrize("body", [{}, {"full": 1}, {"full": "h:/b", "force": True}, b""])
def test_bad_heals_reach_nobody(body: object) -> None:
    """A full heal says of which brick."""
    node = FakeNode()
    assert ask(node, "POST", "/v1/volumes/a/heal", body).status == 400
    assert node.asked == []


@pytest.mark.parametrize("body", [{}, {"a": 1}, [], b"x"])
def test_bad_options_reach_nobody(body: object) -> None:
    """Options must be strings."""
    node = FakeNode()
    assert ask(node, "POST", "/v1/volumes/demo/options", body).status == 400
    assert node.asked == []


@pytest.mark.parametrize(
    "query", ["name=a", "owner=x", "owner=" + "9" * 5000, "volume", "client=a;b&&", "&" * 1000]
)
def test_bad_queries_reach_nobody(query: str) -> None:
    """A query has known keys, each with a value, and owners are numbers."""
    node = FakeNode()
    assert ask(node, "GET", f"/v1/locks?{query}").status == 400
    assert node.asked == []


@pytest.mark.parametrize("body", [b"", [], {"owner": "17"}, {"file": 3}, {"path": "/a"}])
def test_bad_clears_reach_nobody(body: object) -> None:
    """What is to be cleared is said in the words that a listing is chosen with."""
    node = FakeNode()
    assert ask(node, "POST", "/v1/locks/clear", body).status == 400
    assert node.asked == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("no"), 409, "refused"),
        (Refused("no", Code.UNKNOWN), 404, "unknown"),
        (Refused("no", Code.EXPORTS), 422, "exports"),
        (Refused("no", Code.NOT_BUILT), 501, "not-built"),
        (NfsgwError("no"), 409, "refused"),
    ],
)
def test_errors_carry_their_code(error: Exception, status: int, code: str) -> None:
    """What the daemon refuses comes out with its reason and code."""
    answer = ask(FakeNode(error), "POST", "/v1/volumes/demo/start")
    assert answer.status == status
    assert json.loads(answer.body) == {"error": str(error), "code": code}


def test_defects_do_not_leak() -> None:
    """A mistake of ours is answered without its details, which are in the log."""
    answer = ask(FakeNode(ZeroDivisionError("secret")), "GET", "/v1/status")
    assert answer.status == 500
    assert b"secret" not in answer.body
