"""A stock Debian kernel for QEMU: downloaded and unpacked, never installed.

The initrd holds busybox, the few modules that reach the machine's own root file system over 9p,
and ``guest_init.sh``.  Everything else the guest finds on that root file system.
"""

from __future__ import annotations

import gzip
import lzma
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Image", "make_disk", "prepare"]

_HERE = Path(__file__).resolve().parent
_XZ_MAGIC = b"\xfd7zXZ\0"
_DISK_BYTES = 1 << 30
_BOOT_MODULES = ("virtio_pci", "virtio_net", "9p", "9pnet_virtio", "overlay")


@dataclass(frozen=True)
class Image:
    """What QEMU needs to boot the kernel, and where its modules are for the guest."""

    version: str
    kernel: Path
    initrd: Path
    modules: Path


def prepare(cache: Path) -> Image:
    """Return the newest stock kernel that apt knows, fetching it into ``cache`` if need be.

    :raises subprocess.CalledProcessError: apt could not deliver it.
    """
    package = _kernel_package()
    tree = cache / package
    if not (tree / "complete").exists():
        _unpack(package, tree)
    (packed,) = (tree / "boot").glob("vmlinuz-*")
    version = packed.name.removeprefix("vmlinuz-")
    initrd = tree / "initrd"
    _make_initrd(tree, version, initrd)
    return Image(version, _uncompressed(packed), initrd, tree / "lib/modules" / version)


def make_disk(path: Path) -> None:
    """Make an empty ext4 for a guest: a sparse file."""
    with path.open("xb") as disk:
        disk.truncate(_DISK_BYTES)
    options = "lazy_itable_init=1,lazy_journal_init=1"
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-E", options, path], check=True)


def _kernel_package() -> str:
    shown = subprocess.run(
        ["apt-cache", "depends", "--important", "linux-image-amd64"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"Depends: (linux-image-\S+)", shown)
    if found is None:
        raise FileNotFoundError("apt knows no linux-image-amd64: run apt-get update")
    return found[1]


def _unpack(package: str, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    subprocess.run(
        ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package],
        cwd=tree,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (deb,) = tree.glob("*.deb")
    subprocess.run(["dpkg", "-x", deb, tree], check=True)
    deb.unlink()
    (modules,) = (tree / "lib/modules").iterdir()
    subprocess.run(["/sbin/depmod", "-b", tree, modules.name], check=True)
    (tree / "complete").touch()


def _uncompressed(packed: Path) -> Path:
    """Unpack the kernel once here: an emulated processor needs longer for it than to boot."""
    plain = packed.with_name("vmlinux")
    if not plain.exists():
        image = packed.read_bytes()
        start = image.find(_XZ_MAGIC)
        if start < 0:
            return packed
        plain.with_suffix(".new").write_bytes(lzma.LZMADecompressor().decompress(image[start:]))
        plain.with_suffix(".new").rename(plain)
    return plain


def _make_initrd(tree: Path, version: str, initrd: Path) -> None:
    root = tree / "initrd.d"
    shutil.rmtree(root, ignore_errors=True)
    for directory in ("bin", "proc", "sys", "dev", "host", "run", "modules"):
        (root / directory).mkdir(parents=True)
    busybox = shutil.which("busybox")
    if busybox is None:
        raise FileNotFoundError("busybox-static is not installed")
    shutil.copy(busybox, root / "bin/busybox")
    (root / "bin/sh").symlink_to("busybox")
    order = _load_order(tree, version)
    for module in order:
        shutil.copy(module, root / "modules")
    (root / "modules/order").write_text("".join(f"{Path(m).name}\n" for m in order))
    shutil.copy(_HERE / "guest_init.sh", root / "init")
    (root / "init").chmod(0o755)
    names = "\0".join(str(p.relative_to(root)) for p in sorted(root.rglob("*")))
    archive = subprocess.run(
        ["busybox", "cpio", "-o", "-H", "newc", "-0"],
        cwd=root,
        input=names.encode() + b"\0",
        capture_output=True,
        check=True,
    ).stdout
    fresh = initrd.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(gzip.compress(archive, 1))
    fresh.rename(initrd)


def _load_order(tree: Path, version: str) -> list[str]:
    order: list[str] = []
    for module in _BOOT_MODULES:
        shown = subprocess.run(
            ["/sbin/modprobe", "-d", tree, "-S", version, "--show-depends", module],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for words in map(str.split, shown.splitlines()):
            if words[0] == "insmod" and words[1] not in order:
                order.append(words[1])
    return order
