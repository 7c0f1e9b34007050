"""Errors in the RFC's lists, or in ours, that no case can produce, and why."""

from __future__ import annotations

__all__ = ["IMPOSSIBLE"]

IMPOSSIBLE = {
    ("READ", "NXIO"): "devices are not read through NFS: READ of one is INVAL",
    ("RMDIR", "EXIST"): "a directory with entries is NOTEMPTY; `..` is INVAL",
    ("COMMIT", "DQUOT"): "told as NOSPC is, by the same path; quotas come later",
    ("COMMIT", "ROFS"): "a read-only export has no data to commit; as WRITE's",
    ("REMOVE", "NOSPC"): "removals take from the reserve of a full disk",
    ("REMOVE", "DQUOT"): "removals take nothing from a quota",
    ("RMDIR", "NOSPC"): "as REMOVE",
    ("RMDIR", "DQUOT"): "as REMOVE",
}
"""Errors that no case produces, with the reason."""
