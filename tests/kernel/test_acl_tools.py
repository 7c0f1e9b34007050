"""ACLs as administrators set them: ``setfacl`` and ``getfacl`` on a stock kernel."""

from __future__ import annotations

import shutil

import pytest

from tests.kernel.lab import SERVER, Guest

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

_AS = "setpriv --clear-groups --regid=7 --reuid="

_SCRIPT = f"""
set -e
cd $1
mkdir shared; chmod 750 shared
setfacl -m u:2001:rwx,g:3001:rx -m d:u:2001:rw,d:g:3001:r,d:o:- shared
echo text > shared/file
mkdir shared/below
getfacl -cpn shared shared/file shared/below
try() {{
    echo "$@: $("$@" >/dev/null 2>&1 && echo yes || echo no)"
}}
echo == named user
try {_AS}2001 cat shared/file
try {_AS}2001 sh -c 'echo more >> shared/file'
try {_AS}2001 touch shared/new
echo == named group
try setpriv --groups=3001 --regid=7 --reuid=2002 cat shared/file
try setpriv --groups=3001 --regid=7 --reuid=2002 sh -c 'echo more >> shared/file'
echo == others
try {_AS}2003 cat shared/file
try {_AS}2003 ls shared
echo == mask
chmod g-w shared/file; getfacl -cpn shared/file
try {_AS}2001 sh -c 'echo more >> shared/file'
setfacl -x u:2001 shared/file
try {_AS}2001 cat shared/file
setfacl -b shared/file; setfacl -k shared; getfacl -cpn shared shared/file
stat -c %A shared shared/file
"""


@pytest.fixture(autouse=True)
def tools() -> None:
    """Skip where the tools are not installed."""
    if shutil.which("setfacl") is None:
        pytest.skip("not installed: setfacl (Debian's acl)")


def test_tools_show_what_they_show_on_a_local_disk(guests: tuple[Guest, Guest]) -> None:
    """ACLs are set, inherited, enforced for other users, masked and removed as on ext4."""
    guest = guests[0]
    script = guest.directory / "acl.sh"
    script.write_text(_SCRIPT)
    local, mounted = "/disk/acl-tools", "/mnt/acl-tools"
    shown = [
        guest.run(f"umask 022; mkdir -m 755 {place} && bash {script} {place}")
        for place in (local, mounted)
    ]
    assert "default:user:2001:rw-" in shown[1]
    assert ": yes" in shown[1] and ": no" in shown[1]
    assert shown[1].replace(mounted, local) == shown[0]


def test_acls_survive_a_new_mount(guests: tuple[Guest, Guest]) -> None:
    """A new mount, and another guest, see the same ACLs."""
    one, two = guests
    one.run(
        """
        set -e
        mkdir /mnt/acl-kept; cd /mnt/acl-kept; echo text > file
        setfacl -m u:2001:rw,g:3001:r file
        setfacl -m u:2001:rwx,d:u:2001:rwx .
        """
    )
    show = "cd /mnt/acl-kept && getfacl -cpn . file"
    before = one.run(show)
    assert "user:2001:rw-" in before
    one.run(f"umount /mnt && mount -t nfs -o vers=3 {SERVER}:/demo /mnt")
    assert one.run(show) == before
    assert two.run(show) == before
