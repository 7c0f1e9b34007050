"""A guest serves, and mounts from itself, while another guest works there too."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.kernel.image import Image
from tests.kernel.lab import PROJECT, Finished, Guest, Lab
from tests.kernel.locker import Locker, blocked

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

_PREPARE = """
set -e
kill $(pidof rpc.statd rpcbind)
mkdir -p /disk/gateway
printf '[node]\\nstate_directory = "/disk/gateway/state"\\nexports = "/disk/gateway/exports"\\n' \
    > /disk/gateway/nfsgw.toml
echo '/demo *(rw,no_root_squash)' > /disk/gateway/exports
"""
_SERVE = f"""
cd {PROJECT}
echo $$ > /run/nfsgw.pid
exec {shlex.quote(sys.executable)} -m nfsgw --config /disk/gateway/nfsgw.toml serve --demo
"""
_WAIT = """
until rpcinfo -T tcp 127.0.0.1 nfs 3; do
    sleep 0.5
    [ ! -e /run/nfsgw.pid ] || kill -0 $(cat /run/nfsgw.pid) || exit 1
done
"""
_RECONNECT_S = 20.0
"""Just after a start of the daemon; a client that is not called back asks again after 30 s."""


class Server:
    """A guest with the daemon in it, instead of rpc.statd."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._finish: Callable[[float], Finished] | None = None
        guest.run(_PREPARE)

    def start(self) -> None:
        """Start the daemon and wait until it serves."""
        self._finish = self.guest.start(_SERVE)
        if self.guest.start(_WAIT)(90).status:
            raise AssertionError(self._finish(10).output)

    def stop(self, signal: str = "TERM") -> None:
        """End the daemon."""
        assert self._finish is not None
        self.guest.run(f"kill -{signal} $(cat /run/nfsgw.pid); rm /run/nfsgw.pid")
        self._finish(30)

    def registered(self, program: int) -> set[int]:
        """Return the ports that others are told for a program."""
        listed = self.guest.run("rpcinfo -p 127.0.0.1")
        return {int(port) for port in re.findall(rf"^ +{program} .* (\d+) ", listed, re.M)}


@pytest.fixture(scope="module")
def server(lab: Lab, image: Image) -> Server:
    """Boot a third guest."""
    guest = lab.guest(3, image)
    guest.wait_up()
    return Server(guest)


@pytest.fixture(params=["own", "rpcbind"])
def serving(server: Server, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Run the daemon in the guest: as the port mapper, and beside rpcbind."""
    if request.param == "rpcbind":
        server.guest.run("rpcbind -w")
    server.start()
    yield server
    server.stop()


def test_a_machine_mounts_from_itself(
    serving: Server, guests: tuple[Guest, Guest], request: pytest.FixtureRequest
) -> None:
    """It locks, unmounts and mounts again, and excludes and is excluded all the time.

    After the daemon was killed it must still know where the kernel's own lock manager is.
    """
    itself, other = serving.guest, guests[0]
    file = f"/mnt2/{request.node.name}"
    other.run(f"mount -t nfs -o vers=3 {itself.address}:/demo /mnt2")
    itself.run("mount -t nfs -o vers=3 127.0.0.1:/demo /mnt2")
    there = Locker(other, file)
    assert there.try_lock(0, 10) is None
    for address in (itself.address, "127.0.0.1"):
        here = Locker(itself, file)
        assert here.try_lock(0, 10) == "EAGAIN"
        wait_in_turn(here, there)
        here.end()
        itself.run(f"umount /mnt2; mount -t nfs -o vers=3 {address}:/demo /mnt2")
        assert serving.registered(100021) == {4045}
    here = Locker(itself, file)
    assert here.try_lock(0, 10) == "EAGAIN"
    serving.stop("KILL")
    serving.start()
    wait_in_turn(here, there)
    for locker in (here, there):
        locker.end()
        locker.guest.run("umount /mnt2")
    assert serving.registered(100021) == {4045}
    assert serving.registered(100024) == {4046}


def wait_in_turn(here: Locker, there: Locker) -> None:
    """Let each wait for what the other holds; at the end it is ``there``'s again."""
    waiting = here.wait_lock(0, 10)
    assert blocked(waiting)
    there.unlock(0, 10)
    waiting.get(_RECONNECT_S)
    waiting = there.wait_lock(0, 10)
    assert blocked(waiting)
    here.unlock(0, 10)
    waiting.soon()
