"""How to mount a volume from here, in words that can be pasted."""

from __future__ import annotations

from nfsgw.config.settle import STANDARD_PORTS, Ports

__all__ = ["libnfs_url", "mount_command"]


def mount_command(host: str, directory: str, ports: Ports, *, registered: bool) -> str:
    """Return the command line for a Linux client.

    Without a portmapper it says ``nolock``: no mount option tells a client the lock manager's
    port, so it would look for one in vain at each lock.

    :param directory: what is mounted, ``/VOLUME``.
    :param registered: a portmapper on port 111 names our ports, so clients find them.
    """
    if registered and ports.nfs == STANDARD_PORTS.nfs:
        options = "vers=3"
    else:
        options = (
            f"vers=3,proto=tcp,port={ports.nfs},mountproto=tcp,mountport={ports.mount},nolock"
        )
    return f"mount -t nfs -o {options} {_bracketed(host)}:{directory} /mnt"


def libnfs_url(host: str, directory: str, ports: Ports) -> str:
    """Return what programs with libnfs (``nfs-ls``, players) take."""
    return f"nfs://{_bracketed(host)}{directory}?nfsport={ports.nfs}&mountport={ports.mount}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
