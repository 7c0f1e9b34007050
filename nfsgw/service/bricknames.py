"""``HOST:/directory``: whether HOST is this machine, and the directory a place for a brick."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import psutil

from nfsgw.admin.api import Code, Refused
from nfsgw.backend.volume.records import BrickPlace
from nfsgw.service.disks import mounted_at

__all__ = ["BrickNames", "own_names", "unfit_reason"]

_LOOPBACK = ("localhost", "localhost.localdomain", "127.0.0.1", "::1")


def own_names(name: str) -> set[str]:
    """Return the names and addresses by which this machine is known to itself.

    :param name: the node's name in the pool.
    """
    host = socket.gethostname()
    names = {name, host, host.split(".")[0], *_LOOPBACK}
    for addresses in psutil.net_if_addrs().values():
        names.update(each.address.split("%")[0] for each in addresses)
    return {each.lower() for each in names}


def unfit_reason(directory: Path) -> str | None:
    """Say why a brick should not be here without ``force``, or return None.

    As in Gluster: the root file system (a full brick would stop the machine) and a tmpfs (all is
    gone after a restart).

    :param directory: absolute; it need not exist yet.
    :raises OSError: we may not look there.
    """
    existing = directory
    while not existing.exists():
        existing = existing.parent
    partition = mounted_at(existing)
    if partition is not None and partition.fstype in ("tmpfs", "ramfs"):
        return "is on a tmpfs, whose content is lost when the machine restarts"
    if os.stat(existing).st_dev == os.stat("/").st_dev:
        return "is on the root file system, which a full brick would fill up"
    return None


class BrickNames:
    """Checks the bricks that commands name.

    :param names: what this machine is called, in lower case (:func:`own_names`).
    :param unfit: :func:`unfit_reason`, or a test's own.
    """

    def __init__(
        self, names: Collection[str], unfit: Callable[[Path], str | None] = unfit_reason
    ) -> None:
        self._names = names
        self._unfit = unfit

    def directory(self, brick: str, *, force: bool) -> Path:
        """Return the directory of a brick ``HOST:/directory`` on this machine.

        Looks at its disk.

        :raises Refused: not such a name, another machine's, or a bad place without ``force``.
        """
        directory = self.path(brick)
        self.check(brick, directory, force=force)
        return directory

    def path(self, brick: str) -> Path:
        """Return the directory that ``HOST:/directory`` names, without a look at it.

        :raises Refused: not such a name, or another machine's.
        """
        host, colon, path = brick.partition(":/")
        if not colon or not host:
            raise Refused(f"{brick!r} is not a brick; a brick is HOST:/DIRECTORY", Code.INVALID)
        if not self._is_here(host):
            raise Refused(
                f"{brick}: {host} is not this machine; bricks on other machines are not built yet",
                Code.NOT_BUILT,
            )
        if "\0" in path or "\n" in path:
            raise Refused(f"{brick!r}: not a name of a directory", Code.INVALID)
        directory = Path(os.path.normpath("/" + path.lstrip("/")))
        if directory == Path("/"):
            raise Refused(f"{brick}: the root directory cannot be a brick", Code.INVALID)
        return directory

    def check(self, brick: str, directory: Path, *, force: bool) -> None:
        """Look whether a directory is a place for a brick.

        :param brick: how the administrator named it.
        :raises Refused: it is not, or it is a bad one and there is no ``force``.
        """
        try:
            if directory.exists() and not directory.is_dir():
                raise Refused(f"{brick}: {directory} exists and is not a directory", Code.INVALID)
            reason = None if force else self._unfit(directory)
        except OSError as error:
            raise Refused(
                f"{brick}: {error.strerror}; the daemon must be able to read and write there"
            ) from None
        if reason:
            raise Refused(f"{brick}: the brick {reason}; add `force` if that is what you want")

    def find(self, brick: str, places: Iterable[BrickPlace]) -> BrickPlace:
        """Return the brick of a volume that ``HOST:/directory`` names, under any of our names.

        :raises Refused: there is none.
        """
        present = list(places)
        for place in present:
            if brick == place.name:
                return place
        host, _, path = brick.partition(":/")
        directory = Path(os.path.normpath("/" + path.lstrip("/")))
        for place in present:
            if self._is_here(host) and directory == place.path:
                return place
        names = ", ".join(place.name for place in present)
        raise Refused(f"the volume has no brick {brick}; it has {names}", Code.UNKNOWN)

    def _is_here(self, host: str) -> bool:
        return host.strip("[]").lower() in self._names
