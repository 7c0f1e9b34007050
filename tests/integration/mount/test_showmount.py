"""MOUNT, asked by Debian's showmount through our own port mapper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.portmap.namespace import Namespace, on_reactor
from tests.integration.portmap.server import Server

pytestmark = pytest.mark.system

EXPORTS = b"/web 192.0.2.0/24(rw) *.example.org\n/web/a *\n/web/c @staff 127.0.0.1(rw)\n"


@on_reactor
async def test_showmount_e(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """``showmount -e`` shows what is exported, and to whom."""
    server = Server(reactor, space, EXPORTS)
    output, messages, code = await space.run("showmount", "-e", "127.0.0.1")
    assert code == 0, messages
    assert [line.split() for line in output.splitlines()[1:]] == [
        ["/web", "192.0.2.0/24,*.example.org"],
        ["/web/a", "*"],
        ["/web/c", "127.0.0.1,@staff"],
    ]
    await server.stop()


@on_reactor
async def test_showmount_of_many_exports(reactor: Any, space: Namespace) -> None:  # noqa: ANN401
    """A list of thousands of exports arrives whole."""
    lines = [b"/web/d%04d 10.0.0.1 10.0.0.2(rw)" % number for number in range(3000)]
    server = Server(reactor, space, b"\n".join(lines))
    output, messages, code = await space.run("showmount", "--no-headers", "-e", "127.0.0.1")
    assert code == 0, messages
    assert len(output.splitlines()) == 3000
    await server.stop()


@on_reactor
async def test_showmount_a_and_d_across_a_restart(
    reactor: Any,  # noqa: ANN401
    space: Namespace,
    tmp_path: Path,
) -> None:
    """``showmount -a`` and ``-d`` show who mounted what, also after the gateway was restarted."""
    server = Server(reactor, space, EXPORTS, tmp_path / "mounts.json")
    server.mounts.add("192.0.2.1", b"/web")
    server.mounts.add("192.0.2.2", b"/web/a")
    server.mounts.add("192.0.2.2", b"/web")
    await server.stop()
    server = Server(reactor, space, EXPORTS, tmp_path / "mounts.json")
    output, messages, code = await space.run("showmount", "--no-headers", "-a", "127.0.0.1")
    assert code == 0, messages
    assert sorted(output.split()) == ["192.0.2.1:/web", "192.0.2.2:/web", "192.0.2.2:/web/a"]
    output, messages, code = await space.run("showmount", "--no-headers", "-d", "127.0.0.1")
    assert code == 0, messages
    assert sorted(set(output.split())) == ["/web", "/web/a"]
    output, messages, code = await space.run("showmount", "--no-headers", "127.0.0.1")
    assert sorted(set(output.split())) == ["192.0.2.1", "192.0.2.2"]
    await server.stop()
