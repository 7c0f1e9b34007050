"""Small file systems of their own for bricks, on loop devices, and what befalls disks.

Each is a sparse file with an ext4 in it.  Whatever a test does to one, :meth:`LoopDisk.close`
takes it away: a frozen one is let go first, for it cannot be unmounted.  All of it needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["LoopDisk", "Run", "loop_disks", "run_here", "why_no_loops"]

Run = Callable[..., str]
"""``run(*command)``: run a command where the disks are mounted; returns what it has printed.

Raises RuntimeError, with that, if it fails.
"""

_TOOLS = ("mkfs.ext4", "fsck.ext4", "losetup", "mount", "umount", "fsfreeze", "fallocate")
_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_UMOUNT_S = 20.0
_WIPES_MAX = 100


def run_here(*command: str) -> str:
    """Be a :data:`Run` in the namespaces of the test itself."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": f"{_PATH}:{os.environ.get('PATH', '')}"},
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}: {done.stdout}")
    return done.stdout


def why_no_loops() -> str | None:
    """Say why no loop device can be used here, or None."""
    if os.geteuid() != 0:
        return "file systems on loop devices need root"
    absent = [tool for tool in _TOOLS if shutil.which(tool, path=_PATH) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    try:
        with TemporaryDirectory() as directory, loop_disks(run_here, Path(directory), 1, 8 << 20):
            return None
    except (RuntimeError, OSError) as error:
        return f"no file system can be mounted on a loop device: {error}"


class LoopDisk:
    """One file system.

    :param directory: where its image and its mount point are made.
    :param size: of the file system, in bytes.
    :ivar brick: a directory on it, for a brick; not made here.
    """

    def __init__(self, run: Run, directory: Path, name: str, size: int) -> None:
        self._run = run
        self._image = directory / f"{name}.img"
        self._device: str | None = None
        self._mounted = self._frozen = False
        self.mount_point = directory / name
        self.brick = self.mount_point / "brick"
        self._away = self.mount_point / "away"
        self._ballast = self.mount_point / "ballast"
        self.mount_point.mkdir()
        with self._image.open("wb") as image:
            image.truncate(size)
        run("mkfs.ext4", "-q", "-m", "0", str(self._image))

    def attach(self) -> None:
        """Mount it, so that its first error makes it read-only."""
        self._device = self._run("losetup", "--find", "--show", str(self._image)).strip()
        self._mount()

    def _mount(self) -> None:
        assert self._device is not None
        self._run("mount", "-o", "errors=remount-ro", self._device, str(self.mount_point))
        self._mounted = True

    def close(self) -> None:
        """Let go of the file system and its device, and remove its image.

        :raises RuntimeError: somebody holds it; it goes when that one does.
        """
        self.thaw()
        try:
            if self._mounted:
                self._umount()
        except RuntimeError:
            self._run("umount", "--lazy", str(self.mount_point))
            self._mounted = False
            raise
        finally:
            if self._device is not None:
                self._run("losetup", "--detach", self._device)
                self._device = None
            self._image.unlink(missing_ok=True)

    def _umount(self) -> None:
        """Unmount it, as soon as nobody uses it any more.

        :raises RuntimeError: somebody does not let go; the message says who.
        """
        deadline = time.monotonic() + _UMOUNT_S  # noqa: TID251 - a test's own patience
        while True:
            try:
                self._run("umount", str(self.mount_point))
            except RuntimeError as error:
                if time.monotonic() > deadline:  # noqa: TID251
                    raise RuntimeError(f"{error}\n{self._users()}") from None
                time.sleep(0.1)
            else:
                self._mounted = False
                return

    def _users(self) -> str:
        try:
            return self._run("lsof", "+f", "--", str(self.mount_point))[:2000]
        except (RuntimeError, OSError) as error:
            return str(error)

    # What befalls it

    def move_away(self) -> None:
        """Give the brick's directory another name."""
        self._run("mv", str(self.brick), str(self._away))

    def move_back(self) -> None:
        """Give it its own again."""
        self._run("mv", str(self._away), str(self.brick))

    def break_down(self) -> None:
        """Let the file system find an error in itself: from now on it cannot be written."""
        assert self._device is not None
        trigger = f"/sys/fs/ext4/{Path(self._device).name}/trigger_fs_error"
        self._run("sh", "-c", f"echo broken by a test > {trigger}")

    def repair(self) -> None:
        """Unmount the file system, mend it, and mount it again."""
        assert self._device is not None
        self._umount()
        # 1: there were errors, and they are mended.
        self._run("sh", "-c", f"fsck.ext4 -fy {self._device}; test $? -le 1")
        self._mount()

    def fill(self) -> None:
        """Take all room, to the last block."""
        script = (
            f"fallocate -l $(($(stat -f -c '%a * %S' {self.mount_point}) * 97 / 100))"
            f" {self._ballast}; dd if=/dev/zero of={self._ballast} oflag=append conv=notrunc"
            " bs=64k 2>&1 || true"
        )
        self._run("sh", "-c", script)

    def make_room(self) -> None:
        """Give the room back."""
        self._run("rm", str(self._ballast))

    def wipe(self) -> None:
        """Remove all that the brick's directory holds."""
        # The daemon may make a file in a directory that is being removed.
        remove = f"find {self.brick} -mindepth 1 -delete"
        self._run("sh", "-c", f"for i in $(seq {_WIPES_MAX}); do {remove} && exit; done; exit 1")

    def freeze(self) -> None:
        """Let everything hang that writes, until :meth:`thaw`."""
        self._frozen = True
        self._run("fsfreeze", "--freeze", str(self.mount_point))

    def thaw(self) -> None:
        """Let it go on; nothing if it is not frozen."""
        if self._frozen:
            self._run("fsfreeze", "--unfreeze", str(self.mount_point))
            self._frozen = False


@contextmanager
def loop_disks(run: Run, directory: Path, count: int, size: int) -> Iterator[list[LoopDisk]]:
    """Make mounted file systems ``disk1``, ``disk2``...; take all away at the end.

    :raises RuntimeError: they could not be made, or somebody holds one at the end.
    """
    disks: list[LoopDisk] = []
    try:
        for number in range(1, count + 1):
            disks.append(LoopDisk(run, directory, f"disk{number}", size))
            disks[-1].attach()
        yield disks
    finally:
        # All are let go before any is taken away: whoever hangs on one may hold another.
        for disk in disks:
            disk.thaw()
        errors = []
        for disk in disks:
            try:
                disk.close()
            except RuntimeError as error:
                errors.append(str(error))
        if errors:
            raise RuntimeError("\n".join(errors))
