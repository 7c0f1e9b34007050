"""A daemon that answers commands as a test tells it, and volumes for it to show."""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

__all__ = ["REPLICATED", "VOLUME", "FakeDaemon", "Ran"]

VOLUME: dict[str, Any] = {
    "name": "demo",
    "id": "00000000000000ff",
    "type": "Distribute",
    "status": "Started",
    "online": True,
    "reason": None,
    "sets": [
        {
            "number": 0,
            "epoch": 1,
            "primary": "node1:/srv/[demo]",
            "in_sync": ["node1:/srv/[demo]"],
            "quorum": 1,
            "degraded": False,
            "reason": None,
        }
    ],
    "bricks": [
        {
            "name": "node1:/srv/[demo]",
            "state": "online",
            "reason": None,
            "sequence": 7,
            "lag": 0,
            "work": None,
            "space": {"free": 1536, "total": 2048},
        }
    ],
    "options": {"durability": "none"},
}

REPLICATED: dict[str, Any] = {
    "name": "web",
    "id": "0000000000000100",
    "type": "Replicate",
    "status": "Started",
    "online": True,
    "reason": None,
    "sets": [
        {
            "number": 0,
            "epoch": 5,
            "primary": "node1:/b1",
            "in_sync": ["node1:/b1", "node1:/b2"],
            "quorum": 2,
            "degraded": True,
            "reason": None,
        }
    ],
    "bricks": [
        {
            "name": "node1:/b1",
            "state": "primary",
            "reason": None,
            "sequence": 100,
            "lag": 0,
            "work": None,
        },
        {
            "name": "node1:/b2",
            "state": "in sync",
            "reason": None,
            "sequence": 100,
            "lag": 0,
            "work": None,
        },
        {
            "name": "node1:/b3",
            "state": "healing",
            "reason": "it did not answer for 5.0 s",
            "sequence": 88,
            "lag": 12,
            "work": {
                "records": 12,
                "extents": 3,
                "bytes_left": 5 << 20,
                "step": "bytes",
                "done_bytes": 15 << 20,
                "bytes_per_s": float(1 << 20),
                "left_s": 65.0,
            },
        },
    ],
    "options": {},
}


class FakeDaemon:
    """Answers on an admin socket with what a test has put in, and notes the questions.

    :ivar answers: by method and path; ``series`` several, given one after the other before that.
    """

    def __init__(self, directory: Path) -> None:
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.series: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        daemon = self

        class Handler(BaseHTTPRequestHandler):
            def address_string(self) -> str:
                return "local"

            def log_message(self, *arguments: object) -> None:
                pass

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                daemon.asked.append((self.command, self.path, body))
                default = (404, {"error": f"no {self.path}", "code": "unknown"})
                key = (self.command, self.path)
                status, document = daemon.answers.get(key, default)
                if daemon.series.get(key):
                    status, document = daemon.series[key].pop(0)
                text = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        self.server = socketserver.UnixStreamServer(str(directory / "admin.sock"), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Ran:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err
