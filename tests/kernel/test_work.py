"""People work on the mount: one test per kind of work, on a stock kernel."""

from __future__ import annotations

import os
import re

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import WORK, Guest, Lab

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]


def program(
    guest: Guest, name: str, request: pytest.FixtureRequest, timeout_s: float = 300
) -> None:
    """Run one program of ``work/`` in the test's own directory."""
    guest.run(f"python3 {WORK}/{name}.py /mnt/{request.node.name}", timeout_s)


def test_namespace(guest: Guest, request: pytest.FixtureRequest) -> None:
    """Files, links, devices, modes, owners and sizes are what was asked for."""
    program(guest, "namespace", request)


def test_names(guest: Guest, request: pytest.FixtureRequest) -> None:
    """Names are bytes: all but NUL and slash, up to 255 of them."""
    program(guest, "names", request)


def test_listing_under_change(guest: Guest, request: pytest.FixtureRequest) -> None:
    """A listing neither loses nor doubles an entry while others come and go."""
    program(guest, "listing", request, 600)


def test_appending(guest: Guest, request: pytest.FixtureRequest) -> None:
    """Two processes append to one file without loss."""
    program(guest, "append", request)


def test_unlinked_but_open(guest: Guest, request: pytest.FixtureRequest) -> None:
    """A removed file lives until it is closed."""
    program(guest, "unlinked", request)


def test_bytes_survive_cold_and_warm(guest: Guest) -> None:
    """64 MiB read back with their checksum, from the client's cache and from the server."""
    guest.run(
        """
        set -e
        cd /mnt/test_bytes_survive_cold_and_warm
        dd if=/dev/urandom of=/tmp/data bs=1M count=64 status=none
        md5sum < /tmp/data > /tmp/sum
        cp /tmp/data data
        md5sum -c /tmp/sum < data
        echo 3 > /proc/sys/vm/drop_caches
        md5sum -c /tmp/sum < data
        cd /; umount /mnt; mount -t nfs -o vers=3 10.77.0.1:/demo /mnt
        md5sum -c /tmp/sum < /mnt/test_bytes_survive_cold_and_warm/data
        rm /tmp/data /mnt/test_bytes_survive_cold_and_warm/data
        """,
        600,
    )


def test_git(guest: Guest) -> None:
    """A repository is made, committed to, cloned and found whole."""
    guest.run(
        """
        set -e
        cd /mnt/test_git
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        git init -q one
        cd one
        for i in 1 2 3 4 5; do
            mkdir -p d$i; seq 1 1000 > d$i/numbers; echo $i > last
            git add .; git commit -q -m "commit $i"
        done
        git gc -q
        cd ..
        git clone -q one two
        git -C two fsck --full --strict
        git -C one fsck --full --strict
        test "$(git -C two log --oneline | wc -l)" = 5
        diff -r --exclude=.git one two
        """,
        600,
    )


def test_tar_of_2000_files(guest: Guest) -> None:
    """A tree of 2,000 files is unpacked onto the mount and equals its source."""
    guest.run(
        """
        set -e
        mkdir -p /tmp/tree; cd /tmp/tree
        for d in $(seq 40); do mkdir d$d; for f in $(seq 50); do echo $d $f > d$d/f$f; done; done
        head -c 300000 /dev/urandom > d1/f1
        ln -s d1/f1 link; chmod 640 d2/f2; chown 1000:1000 d3/f3
        tar cf /tmp/tree.tar .
        cd /mnt/test_tar_of_2000_files
        tar xf /tmp/tree.tar
        diff -r --no-dereference /tmp/tree .
        test "$(find . -type f | wc -l)" = 2000
        tar df /tmp/tree.tar   # compares modes, owners and times too
        rm -r /tmp/tree /tmp/tree.tar
        """,
        600,
    )


def test_df(guest: Guest, gateway: Gateway) -> None:
    """`df` shows the size of the file system below the brick."""
    shown = guest.run(
        "df -B1 --output=size,avail /mnt | tail -1; df --output=itotal /mnt | tail -1"
    )
    size, available, inodes = map(int, shown.split())
    real = os.statvfs(gateway.directory)
    # The client counts in blocks of its wsize, 1 MiB.
    assert abs(size - real.f_blocks * real.f_frsize) < 1 << 20
    assert abs(available - real.f_bavail * real.f_frsize) < size // 10
    assert inodes > 0


def test_two_guests_see_each_other(guests: tuple[Guest, Guest]) -> None:
    """What one guest closed is what the other opens (close-to-open)."""
    one, two = guests
    one.run("mkdir /mnt/shared")
    for i in range(5):
        one.run(f"echo {i} from one > /mnt/shared/file")
        assert two.run("cat /mnt/shared/file") == f"{i} from one\n"
        two.run(f"echo {i} from two >> /mnt/shared/file")
        assert one.run("cat /mnt/shared/file") == f"{i} from one\n{i} from two\n"
    two.run("mv /mnt/shared/file /mnt/shared/moved")
    assert one.run("sleep 3; ls /mnt/shared") == "moved\n"


def test_both_mounts_of_one_guest(guest: Guest) -> None:
    """A directory mounted on its own shows the same files."""
    guest.run(
        """
        set -e
        echo top > /mnt/test_both_mounts_of_one_guest/file
        own=10.77.0.1:/demo/test_both_mounts_of_one_guest
        mount -t nfs -o vers=3,nosharecache $own /mnt2
        trap 'umount /mnt2' EXIT
        test "$(cat /mnt2/file)" = top
        echo changed > /mnt2/file
        test "$(cat /mnt/test_both_mounts_of_one_guest/file)" = changed
        """
    )


def test_rpcinfo_and_showmount(lab: Lab, guests: tuple[Guest, Guest]) -> None:
    """The tools of every administrator show what is served, to whom, and who has mounted."""
    listed = guests[0].run("rpcinfo -p 10.77.0.1")
    for number, version, transport, port in (
        (100000, 2, "tcp", 111),
        (100000, 4, "udp", 111),
        (100003, 3, "tcp", 2049),
        (100003, 3, "udp", 2049),
        (100005, 3, "tcp", 20048),
        (100005, 1, "udp", 20048),
    ):
        assert re.search(rf"{number} +{version} +{transport} +{port} ", listed), listed
    assert re.search(r"^/demo +\*", guests[0].run("showmount -e 10.77.0.1"), re.M)
    mounted = guests[0].run("showmount -a --no-headers 10.77.0.1").split()
    assert {f"{guest.address}:/demo" for guest in guests} <= set(mounted)
    assert (
        "program 100003 version 3 ready"
        in lab.run("rpcinfo", "-T", "tcp", "10.77.0.1", "nfs", "3").check()
    )


def test_mount_without_version_falls_back(guest: Guest) -> None:
    """`mount` without `vers=` tries NFSv4 first, is refused properly, and arrives at v3."""
    guest.run(
        """
        set -e
        modprobe nfsv4
        mount -t nfs 10.77.0.1:/demo /mnt2
        trap 'umount /mnt2' EXIT
        grep -q ' /mnt2 nfs .*vers=3' /proc/mounts
        """
    )
