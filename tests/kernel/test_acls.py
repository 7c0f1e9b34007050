"""ACLs on the mount are what they are on a local file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.gateway import Gateway
from tests.kernel.lab import Guest

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

WORK = Path(__file__).resolve().parent / "work" / "acls.py"


def test_acls_are_those_of_a_local_file_system(guest: Guest) -> None:
    """The same work on tmpfs and on the mount shows the same: modes, ACLs, permissions, errors."""
    shared = guest.directory / "acls.py"
    shared.write_text(WORK.read_text())
    guest.run(
        f"""
        set -e
        mkdir -p /run/local; mount -t tmpfs -o mode=777 none /run/local
        chmod 777 /mnt/test_acls_are_those_of_a_local_file_system
        python3 {shared} /run/local > /tmp/local
        python3 {shared} /mnt/test_acls_are_those_of_a_local_file_system > /tmp/mounted
        umount /run/local
        test -s /tmp/local
        diff -U 5 /tmp/local /tmp/mounted
        """,
        600,
    )


def test_no_acl(guest: Guest, gateway: Gateway) -> None:
    """Where an export has no_acl, the client finds no ACLs, and everything else works."""
    gateway.make_volume("plain")
    with gateway.exports.open("a") as exports:
        exports.write("/plain *(rw,no_root_squash,no_acl)\n")
    gateway.command("exports", "reload").check()
    output = guest.run(
        """
        set -e
        mkdir -p /plain; mount -t nfs -o vers=3,nolock 10.77.0.1:/plain /plain
        cd /plain
        mkdir directory; echo text > directory/file; cat directory/file
        attempt='import os; os.getxattr("directory", "system.posix_acl_default")'
        python3 -c "$attempt" 2>&1 | grep -o "Operation not supported"
        cd /; umount /plain
        """
    )
    assert output.splitlines() == ["text", "Operation not supported"]
