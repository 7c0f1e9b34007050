"""The operations of a brick: plain functions of a view, credentials and arguments.

Functions that look take a :class:`~nfsgw.backend.brick.view.View`, functions that change a
:class:`~nfsgw.backend.brick.view.Change`; each has the name and the result of its method in
:class:`nfsgw.backend.api.Volume`, and raises :class:`nfsgw.errors.FsError` with what a failure
arm may show: ``attributes`` and ``before`` of the inode or directory, ``second`` of RENAME's
target directory and LINK's file.  They know no disk, no clock and no network.

READ, WRITE and COMMIT move bytes and are elsewhere; ``readable``, ``writable``, ``extend`` and
``resize`` are their part in the tables.
"""

from nfsgw.backend.brick.operations.acls import getacl, setacl
from nfsgw.backend.brick.operations.creation import create, mkdir, mknod, symlink
from nfsgw.backend.brick.operations.linking import link
from nfsgw.backend.brick.operations.listing import readdir
from nfsgw.backend.brick.operations.looking import access, getattr, lookup, readlink
from nfsgw.backend.brick.operations.paths import paths
from nfsgw.backend.brick.operations.removal import remove, rmdir
from nfsgw.backend.brick.operations.renaming import rename
from nfsgw.backend.brick.operations.setting import setattr
from nfsgw.backend.brick.operations.sizing import extend, readable, resize, writable

__all__ = [
    "access",
    "create",
    "extend",
    "getacl",
    "getattr",
    "link",
    "lookup",
    "mkdir",
    "mknod",
    "paths",
    "readable",
    "readdir",
    "readlink",
    "remove",
    "rename",
    "resize",
    "rmdir",
    "setacl",
    "setattr",
    "symlink",
    "writable",
]
