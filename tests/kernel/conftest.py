"""One lab for all kernel tests: a gateway, and two stock kernels that mount from it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.image import Image, prepare
from tests.kernel.lab import Guest, Lab
from tests.kernel.locker import Locker

_TOOLS = ("qemu-system-x86_64", "busybox", "ip", "nsenter", "unshare", "mount.nfs", "showmount")


def _missing() -> str | None:
    """Say why no kernel can be booted here, or None."""
    if os.geteuid() != 0:
        return "booting a kernel with its own network needs root"
    absent = [
        tool for tool in _TOOLS if shutil.which(tool, path="/usr/sbin:/sbin:/usr/bin:/bin") is None
    ]
    return f"not installed: {', '.join(absent)}" if absent else None


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Make the private network; skip, saying why, where that is impossible."""
    reason = _missing()
    if reason:
        pytest.skip(reason)
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="session")
def gateway(lab: Lab) -> Iterator[Gateway]:
    """Serve a volume ``demo`` with the standard ports at the lab's server address."""
    gateway = Gateway(lab)
    gateway.start()
    gateway.make_volume("demo")
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def image() -> Image:
    """Fetch the kernel, once for all times."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return prepare(cache / "nfsgw-tests")


@pytest.fixture(scope="session")
def guests(lab: Lab, gateway: Gateway, image: Image) -> Iterator[tuple[Guest, Guest]]:
    """Boot two guests at once, and mount ``demo`` on /mnt in both."""
    pair = (lab.guest(1, image), lab.guest(2, image))
    for guest in pair:
        guest.wait_up()
    for guest in pair:
        guest.run("mount -t nfs -o vers=3 10.77.0.1:/demo /mnt")
    yield pair
    for guest in pair:
        guest.run("umount -f /mnt", timeout_s=30)


@pytest.fixture
def guest(guests: tuple[Guest, Guest], request: pytest.FixtureRequest) -> Guest:
    """Give the first guest, with an empty directory /mnt/TEST-NAME as its working place."""
    guests[0].run(f"mkdir -p /mnt/{request.node.name}")
    return guests[0]


@pytest.fixture
def locker(request: pytest.FixtureRequest) -> Iterator[Callable[[Guest], Locker]]:
    """Make processes that lock the test's own file; end them afterwards."""
    made: list[Locker] = []

    def make(guest: Guest) -> Locker:
        made.append(Locker(guest, f"/mnt/{request.node.name}.locked"))
        return made[-1]

    yield make
    for each in made:
        each.end()
