"""Errors in the RFC's lists, or in ours, that no case can produce, and why."""

from __future__ import annotations

__all__ = ["IMPOSSIBLE"]

IMPOSSIBLE = {
    ("READ", "NXIO"): "devices are not read through NFS: READ of one is INVAL",
    ("RMDIR", "EXIST"): "a directory with entries is NOTEMPTY; `..` is INVAL",
}
"""Errors that no case produces, with the reason."""
