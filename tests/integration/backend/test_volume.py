"""A durable volume on the real reactor: commits and fsyncs in threads, many calls at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 - real threads need the real one

from nfsgw.backend import api
from nfsgw.backend.api import ROOT, CreateMode, NewAttributes, Stability
from nfsgw.backend.brick.check import check_brick
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.volume.opening import Seams, volume_starter
from nfsgw.backend.volume.registry import Volumes
from nfsgw.backend.volume.set_volume import SetVolume
from nfsgw.clock import SystemClock
from nfsgw.turn import Turn
from nfsgw.waiting import deferred_of, gather, step

reactor: Any = _reactor


def on_reactor(test: Callable[..., Coroutine[Any, Any, None]]) -> Any:  # noqa: ANN401
    """Run an ``async def`` test on the trampoline, with the reactor running."""

    @wraps(test)
    async def run(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        await deferred_of(test(*args, **kwargs))

    return pytest_twisted.ensureDeferred(run)


class Node:
    """A registry of volumes as the daemon has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.turn = Turn(lambda function: reactor.callLater(0, function))
        seams = Seams(
            SystemClock(),
            self.turn,
            reactor.callLater,
            reactor.callFromThread,
            os.urandom,  # noqa: TID251 - as the daemon passes it
            "boot",
        )
        self.coordinator = EmbeddedCoordinator(path / "state")
        self.volumes = Volumes(
            self.coordinator,
            volume_starter(self.coordinator, seams),
            seams.clock,
            os.urandom,  # noqa: TID251
        )

    async def start(self) -> SetVolume:
        """Make the volume if there is none, start everything, and return the volume."""
        await self.volumes.load()
        await self.volumes.start_all()
        if not self.volumes.names():
            await self.volumes.create("web", [("h:/web", self.path / "web")])
            await self.volumes.start("web")
        volume = self.volumes.running("web")
        assert isinstance(volume, SetVolume)
        return volume

    async def stop(self) -> None:
        """Stop everything."""
        await self.volumes.stop_all()
        self.coordinator.close()


async def make_file(volume: api.Volume, number: int) -> bytes:
    """Create a file, write 100 KiB UNSTABLE, commit, and return its first bytes."""
    request = b"client01" + number.to_bytes(4, "big")
    name = b"f%d" % number
    made = await volume.create(
        ROOT, 1, name, CreateMode.GUARDED, NewAttributes(), None, request + b"c" * 16
    )
    written = await volume.write(
        ROOT, made.inode, 0, name * 10000, Stability.UNSTABLE, request + b"w" * 16
    )
    committed = await volume.commit(made.inode, 0, 0)
    assert committed.verifier == written.verifier
    data = (await volume.read(ROOT, made.inode, 0, 10)).data
    return bytes(data) if isinstance(data, bytes) else b""


@on_reactor
async def test_many_clients_at_once_share_commits(tmp_path: Path) -> None:
    """Forty clients write files on a durable volume; all is there after a restart, and sound."""
    node = Node(tmp_path)
    volume = await node.start()
    with node.turn:
        waits = [step(make_file(volume, number)) for number in range(40)]
    await gather(*waits)
    assert [wait.result()[:2] for wait in waits] == [(b"f%d" % n)[:2] for n in range(40)]
    again = await volume.create(
        ROOT,
        1,
        b"f7",
        CreateMode.GUARDED,
        NewAttributes(),
        None,
        b"client01" + (7).to_bytes(4, "big") + b"c" * 16,
    )
    await node.stop()
    assert check_brick(tmp_path / "web").findings == []

    node = Node(tmp_path)
    volume = await node.start()
    found = await volume.lookup(ROOT, 1, b"f7")
    assert found.inode == again.inode
    assert (await volume.read(ROOT, found.inode, 0, 4)).data == b"f7f7"
    await volume.remove(ROOT, 1, b"f7", b"client01" + b"z" * 20)
    await node.stop()
    report = check_brick(tmp_path / "web")
    assert report.findings == []
    assert report.entries == 39
    assert report.data_files == 39
