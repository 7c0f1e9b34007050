"""NFS version 3 (RFC 1813, sections 2 and 3): all 22 procedures.

Made from ``nfsgw/xdr/spec/nfs3.x`` by
``python -m nfsgw.xdr.compiler``: change the specification, not this.
"""

# fmt: off
# ruff: noqa
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as struct_error
from typing import Any, Final

from nfsgw.xdr.codec import PADDING, Bulk, Octets, Packer, Unpacker, XdrError

NFS3_FHSIZE: Final = 64
NFS3_COOKIEVERFSIZE: Final = 8
NFS3_CREATEVERFSIZE: Final = 8
NFS3_WRITEVERFSIZE: Final = 8
NFS3_OK: Final = 0
NFS3ERR_PERM: Final = 1
NFS3ERR_NOENT: Final = 2
NFS3ERR_IO: Final = 5
NFS3ERR_NXIO: Final = 6
NFS3ERR_ACCES: Final = 13
NFS3ERR_EXIST: Final = 17
NFS3ERR_XDEV: Final = 18
NFS3ERR_NODEV: Final = 19
NFS3ERR_NOTDIR: Final = 20
NFS3ERR_ISDIR: Final = 21
NFS3ERR_INVAL: Final = 22
NFS3ERR_FBIG: Final = 27
NFS3ERR_NOSPC: Final = 28
NFS3ERR_ROFS: Final = 30
NFS3ERR_MLINK: Final = 31
NFS3ERR_NAMETOOLONG: Final = 63
NFS3ERR_NOTEMPTY: Final = 66
NFS3ERR_DQUOT: Final = 69
NFS3ERR_STALE: Final = 70
NFS3ERR_REMOTE: Final = 71
NFS3ERR_BADHANDLE: Final = 10001
NFS3ERR_NOT_SYNC: Final = 10002
NFS3ERR_BAD_COOKIE: Final = 10003
NFS3ERR_NOTSUPP: Final = 10004
NFS3ERR_TOOSMALL: Final = 10005
NFS3ERR_SERVERFAULT: Final = 10006
NFS3ERR_BADTYPE: Final = 10007
NFS3ERR_JUKEBOX: Final = 10008
NF3REG: Final = 1
NF3DIR: Final = 2
NF3BLK: Final = 3
NF3CHR: Final = 4
NF3LNK: Final = 5
NF3SOCK: Final = 6
NF3FIFO: Final = 7
DONT_CHANGE: Final = 0
SET_TO_SERVER_TIME: Final = 1
SET_TO_CLIENT_TIME: Final = 2
ACCESS3_READ: Final = 1
ACCESS3_LOOKUP: Final = 2
ACCESS3_MODIFY: Final = 4
ACCESS3_EXTEND: Final = 8
ACCESS3_DELETE: Final = 16
ACCESS3_EXECUTE: Final = 32
UNSTABLE: Final = 0
DATA_SYNC: Final = 1
FILE_SYNC: Final = 2
UNCHECKED: Final = 0
GUARDED: Final = 1
EXCLUSIVE: Final = 2
FSF3_LINK: Final = 1
FSF3_SYMLINK: Final = 2
FSF3_HOMOGENEOUS: Final = 8
FSF3_CANSETTIME: Final = 16
NFSPROC3_NULL: Final = 0
NFSPROC3_GETATTR: Final = 1
NFSPROC3_SETATTR: Final = 2
NFSPROC3_LOOKUP: Final = 3
NFSPROC3_ACCESS: Final = 4
NFSPROC3_READLINK: Final = 5
NFSPROC3_READ: Final = 6
NFSPROC3_WRITE: Final = 7
NFSPROC3_CREATE: Final = 8
NFSPROC3_MKDIR: Final = 9
NFSPROC3_SYMLINK: Final = 10
NFSPROC3_MKNOD: Final = 11
NFSPROC3_REMOVE: Final = 12
NFSPROC3_RMDIR: Final = 13
NFSPROC3_RENAME: Final = 14
NFSPROC3_LINK: Final = 15
NFSPROC3_READDIR: Final = 16
NFSPROC3_READDIRPLUS: Final = 17
NFSPROC3_FSSTAT: Final = 18
NFSPROC3_FSINFO: Final = 19
NFSPROC3_PATHCONF: Final = 20
NFSPROC3_COMMIT: Final = 21
NFS_V3: Final = 3
NFS_PROGRAM: Final = 100003

_nfsstat3_values: Final = frozenset((0, 1, 2, 5, 6, 13, 17, 18, 19, 20, 21, 22, 27, 28, 30, 31, 63, 66, 69, 70, 71, 10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008,))
_ftype3_values: Final = frozenset((1, 2, 3, 4, 5, 6, 7,))
_time_how_values: Final = frozenset((0, 1, 2,))
_stable_how_values: Final = frozenset((0, 1, 2,))
_createmode3_values: Final = frozenset((0, 1, 2,))

_pack_2I: Final = Struct(">2I").pack
_pack_2Ibbbb: Final = Struct(">2I3x?3x?3x?3x?").pack
_pack_2I8s: Final = Struct(">2I8s").pack
_pack_3I: Final = Struct(">3I").pack
_pack_5I2Q2I2Q6I: Final = Struct(">5I2Q2I2Q6I").pack
_pack_6QI: Final = Struct(">6QI").pack
_pack_7IQ3I: Final = Struct(">7IQ3I").pack
_pack_I: Final = Struct(">I").pack
_pack_Ib: Final = Struct(">I3x?").pack
_pack_IbI: Final = Struct(">I3x?I").pack
_pack_IQ: Final = Struct(">IQ").pack
_pack_IQI: Final = Struct(">IQI").pack
_pack_Q: Final = Struct(">Q").pack
_pack_Q3I: Final = Struct(">Q3I").pack
_pack_Q4I: Final = Struct(">Q4I").pack
_pack_Q8s2I: Final = Struct(">Q8s2I").pack
_pack_Q8sI: Final = Struct(">Q8sI").pack
_pack_QI: Final = Struct(">QI").pack
_pack_QI84s: Final = Struct(">QI84s").pack
_pack_i: Final = Struct(">i").pack
_pack_q: Final = Struct(">q").pack
_unpack_24s: Final = Struct(">24s").unpack_from
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_2I8s: Final = Struct(">2I8s").unpack_from
_unpack_3I: Final = Struct(">3I").unpack_from
_unpack_5I2Q2I2Q6I: Final = Struct(">5I2Q2I2Q6I").unpack_from
_unpack_6I: Final = Struct(">6I").unpack_from
_unpack_6QI: Final = Struct(">6QI").unpack_from
_unpack_7IQ3I: Final = Struct(">7IQ3I").unpack_from
_unpack_84s: Final = Struct(">84s").unpack_from
_unpack_8s: Final = Struct(">8s").unpack_from
_unpack_I: Final = Struct(">I").unpack_from
_unpack_Q: Final = Struct(">Q").unpack_from
_unpack_Q3I: Final = Struct(">Q3I").unpack_from
_unpack_Q4I: Final = Struct(">Q4I").unpack_from
_unpack_Q8s2I: Final = Struct(">Q8s2I").unpack_from
_unpack_Q8sI: Final = Struct(">Q8sI").unpack_from
_unpack_QI: Final = Struct(">QI").unpack_from
_unpack_i: Final = Struct(">i").unpack_from
_unpack_q: Final = Struct(">q").unpack_from


class nfsstat3(IntEnum):
    """The outcome of a procedure (section 2.6)."""

    NFS3_OK = 0
    NFS3ERR_PERM = 1
    NFS3ERR_NOENT = 2
    NFS3ERR_IO = 5
    NFS3ERR_NXIO = 6
    NFS3ERR_ACCES = 13
    NFS3ERR_EXIST = 17
    NFS3ERR_XDEV = 18
    NFS3ERR_NODEV = 19
    NFS3ERR_NOTDIR = 20
    NFS3ERR_ISDIR = 21
    NFS3ERR_INVAL = 22
    NFS3ERR_FBIG = 27
    NFS3ERR_NOSPC = 28
    NFS3ERR_ROFS = 30
    NFS3ERR_MLINK = 31
    NFS3ERR_NAMETOOLONG = 63
    NFS3ERR_NOTEMPTY = 66
    NFS3ERR_DQUOT = 69
    NFS3ERR_STALE = 70
    NFS3ERR_REMOTE = 71
    NFS3ERR_BADHANDLE = 10001
    NFS3ERR_NOT_SYNC = 10002
    NFS3ERR_BAD_COOKIE = 10003
    NFS3ERR_NOTSUPP = 10004
    NFS3ERR_TOOSMALL = 10005
    NFS3ERR_SERVERFAULT = 10006
    NFS3ERR_BADTYPE = 10007
    NFS3ERR_JUKEBOX = 10008


class ftype3(IntEnum):
    """The kind of a file."""

    NF3REG = 1
    NF3DIR = 2
    NF3BLK = 3
    NF3CHR = 4
    NF3LNK = 5
    NF3SOCK = 6
    NF3FIFO = 7


@dataclass(slots=True)
class specdata3:
    """The major and minor number of a device."""

    specdata1: int
    specdata2: int


@dataclass(slots=True)
class nfstime3:
    """A point in time, since 1970."""

    seconds: int
    nseconds: int


@dataclass(slots=True)
class fattr3:
    """The attributes of a file: 84 bytes."""

    type: int
    mode: int
    nlink: int
    uid: int
    gid: int
    size: int
    used: int
    rdev: specdata3
    fsid: int
    fileid: int
    atime: nfstime3
    mtime: nfstime3
    ctime: nfstime3


@dataclass(slots=True)
class wcc_attr:
    """As much of the attributes from before an operation as tells a client if it alone changed the file: 24 bytes."""

    size: int
    mtime: nfstime3
    ctime: nfstime3


@dataclass(slots=True)
class wcc_data:
    """Attributes from before and after an operation ("weak cache consistency")."""

    before: bytes | None
    after: bytes | None


class time_how(IntEnum):
    """Where the new time of a file comes from."""

    DONT_CHANGE = 0
    SET_TO_SERVER_TIME = 1
    SET_TO_CLIENT_TIME = 2


@dataclass(slots=True)
class set_atime:
    """XDR union ``set_atime``."""

    set_it: int
    atime: nfstime3 | None = None


@dataclass(slots=True)
class set_mtime:
    """XDR union ``set_mtime``."""

    set_it: int
    mtime: nfstime3 | None = None


@dataclass(slots=True)
class sattr3:
    """The attributes that a client may set, each of them or not."""

    mode: int | None
    uid: int | None
    gid: int | None
    size: int | None
    atime: set_atime
    mtime: set_mtime


@dataclass(slots=True)
class diropargs3:
    """A name in a directory."""

    dir: bytes
    name: bytes


@dataclass(slots=True)
class GETATTR3args:
    """XDR struct ``GETATTR3args``."""

    object: bytes


@dataclass(slots=True)
class GETATTR3resok:
    """XDR struct ``GETATTR3resok``."""

    obj_attributes: bytes


@dataclass(slots=True)
class GETATTR3res:
    """XDR union ``GETATTR3res``."""

    status: int
    resok: GETATTR3resok | None = None


@dataclass(slots=True)
class SETATTR3args:
    """XDR struct ``SETATTR3args``."""

    object: bytes
    new_attributes: sattr3
    guard: nfstime3 | None


@dataclass(slots=True)
class SETATTR3resok:
    """XDR struct ``SETATTR3resok``."""

    obj_wcc: wcc_data


@dataclass(slots=True)
class SETATTR3resfail:
    """XDR struct ``SETATTR3resfail``."""

    obj_wcc: wcc_data


@dataclass(slots=True)
class SETATTR3res:
    """XDR union ``SETATTR3res``."""

    status: int
    resok: SETATTR3resok | None = None
    resfail: SETATTR3resfail | None = None


@dataclass(slots=True)
class LOOKUP3args:
    """XDR struct ``LOOKUP3args``."""

    what: diropargs3


@dataclass(slots=True)
class LOOKUP3resok:
    """XDR struct ``LOOKUP3resok``."""

    object: bytes
    obj_attributes: bytes | None
    dir_attributes: bytes | None


@dataclass(slots=True)
class LOOKUP3resfail:
    """XDR struct ``LOOKUP3resfail``."""

    dir_attributes: bytes | None


@dataclass(slots=True)
class LOOKUP3res:
    """XDR union ``LOOKUP3res``."""

    status: int
    resok: LOOKUP3resok | None = None
    resfail: LOOKUP3resfail | None = None


@dataclass(slots=True)
class ACCESS3args:
    """XDR struct ``ACCESS3args``."""

    object: bytes
    access: int


@dataclass(slots=True)
class ACCESS3resok:
    """XDR struct ``ACCESS3resok``."""

    obj_attributes: bytes | None
    access: int


@dataclass(slots=True)
class ACCESS3resfail:
    """XDR struct ``ACCESS3resfail``."""

    obj_attributes: bytes | None


@dataclass(slots=True)
class ACCESS3res:
    """XDR union ``ACCESS3res``."""

    status: int
    resok: ACCESS3resok | None = None
    resfail: ACCESS3resfail | None = None


@dataclass(slots=True)
class READLINK3args:
    """XDR struct ``READLINK3args``."""

    symlink: bytes


@dataclass(slots=True)
class READLINK3resok:
    """XDR struct ``READLINK3resok``."""

    symlink_attributes: bytes | None
    data: bytes


@dataclass(slots=True)
class READLINK3resfail:
    """XDR struct ``READLINK3resfail``."""

    symlink_attributes: bytes | None


@dataclass(slots=True)
class READLINK3res:
    """XDR union ``READLINK3res``."""

    status: int
    resok: READLINK3resok | None = None
    resfail: READLINK3resfail | None = None


@dataclass(slots=True)
class READ3args:
    """XDR struct ``READ3args``."""

    file: bytes
    offset: int
    count: int


@dataclass(slots=True)
class READ3resok:
    """XDR struct ``READ3resok``."""

    file_attributes: bytes | None
    count: int
    eof: bool
    data: Bulk


@dataclass(slots=True)
class READ3resfail:
    """XDR struct ``READ3resfail``."""

    file_attributes: bytes | None


@dataclass(slots=True)
class READ3res:
    """XDR union ``READ3res``."""

    status: int
    resok: READ3resok | None = None
    resfail: READ3resfail | None = None


class stable_how(IntEnum):
    """How safe written data must be before the answer."""

    UNSTABLE = 0
    DATA_SYNC = 1
    FILE_SYNC = 2


@dataclass(slots=True)
class WRITE3args:
    """XDR struct ``WRITE3args``."""

    file: bytes
    offset: int
    count: int
    stable: int
    data: Octets


@dataclass(slots=True)
class WRITE3resok:
    """XDR struct ``WRITE3resok``."""

    file_wcc: wcc_data
    count: int
    committed: int
    verf: bytes


@dataclass(slots=True)
class WRITE3resfail:
    """XDR struct ``WRITE3resfail``."""

    file_wcc: wcc_data


@dataclass(slots=True)
class WRITE3res:
    """XDR union ``WRITE3res``."""

    status: int
    resok: WRITE3resok | None = None
    resfail: WRITE3resfail | None = None


class createmode3(IntEnum):
    """XDR enum ``createmode3``."""

    UNCHECKED = 0
    GUARDED = 1
    EXCLUSIVE = 2


@dataclass(slots=True)
class createhow3:
    """XDR union ``createhow3``."""

    mode: int
    obj_attributes: sattr3 | None = None
    verf: bytes | None = None


@dataclass(slots=True)
class CREATE3args:
    """XDR struct ``CREATE3args``."""

    where: diropargs3
    how: createhow3


@dataclass(slots=True)
class CREATE3resok:
    """XDR struct ``CREATE3resok``."""

    obj: bytes | None
    obj_attributes: bytes | None
    dir_wcc: wcc_data


@dataclass(slots=True)
class CREATE3resfail:
    """XDR struct ``CREATE3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class CREATE3res:
    """XDR union ``CREATE3res``."""

    status: int
    resok: CREATE3resok | None = None
    resfail: CREATE3resfail | None = None


@dataclass(slots=True)
class MKDIR3args:
    """XDR struct ``MKDIR3args``."""

    where: diropargs3
    attributes: sattr3


@dataclass(slots=True)
class MKDIR3resok:
    """XDR struct ``MKDIR3resok``."""

    obj: bytes | None
    obj_attributes: bytes | None
    dir_wcc: wcc_data


@dataclass(slots=True)
class MKDIR3resfail:
    """XDR struct ``MKDIR3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class MKDIR3res:
    """XDR union ``MKDIR3res``."""

    status: int
    resok: MKDIR3resok | None = None
    resfail: MKDIR3resfail | None = None


@dataclass(slots=True)
class symlinkdata3:
    """XDR struct ``symlinkdata3``."""

    symlink_attributes: sattr3
    symlink_data: bytes


@dataclass(slots=True)
class SYMLINK3args:
    """XDR struct ``SYMLINK3args``."""

    where: diropargs3
    symlink: symlinkdata3


@dataclass(slots=True)
class SYMLINK3resok:
    """XDR struct ``SYMLINK3resok``."""

    obj: bytes | None
    obj_attributes: bytes | None
    dir_wcc: wcc_data


@dataclass(slots=True)
class SYMLINK3resfail:
    """XDR struct ``SYMLINK3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class SYMLINK3res:
    """XDR union ``SYMLINK3res``."""

    status: int
    resok: SYMLINK3resok | None = None
    resfail: SYMLINK3resfail | None = None


@dataclass(slots=True)
class devicedata3:
    """XDR struct ``devicedata3``."""

    dev_attributes: sattr3
    spec: specdata3


@dataclass(slots=True)
class mknoddata3:
    """XDR union ``mknoddata3``."""

    type: int
    device: devicedata3 | None = None
    pipe_attributes: sattr3 | None = None


@dataclass(slots=True)
class MKNOD3args:
    """XDR struct ``MKNOD3args``."""

    where: diropargs3
    what: mknoddata3


@dataclass(slots=True)
class MKNOD3resok:
    """XDR struct ``MKNOD3resok``."""

    obj: bytes | None
    obj_attributes: bytes | None
    dir_wcc: wcc_data


@dataclass(slots=True)
class MKNOD3resfail:
    """XDR struct ``MKNOD3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class MKNOD3res:
    """XDR union ``MKNOD3res``."""

    status: int
    resok: MKNOD3resok | None = None
    resfail: MKNOD3resfail | None = None


@dataclass(slots=True)
class REMOVE3args:
    """XDR struct ``REMOVE3args``."""

    object: diropargs3


@dataclass(slots=True)
class REMOVE3resok:
    """XDR struct ``REMOVE3resok``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class REMOVE3resfail:
    """XDR struct ``REMOVE3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class REMOVE3res:
    """XDR union ``REMOVE3res``."""

    status: int
    resok: REMOVE3resok | None = None
    resfail: REMOVE3resfail | None = None


@dataclass(slots=True)
class RMDIR3args:
    """XDR struct ``RMDIR3args``."""

    object: diropargs3


@dataclass(slots=True)
class RMDIR3resok:
    """XDR struct ``RMDIR3resok``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class RMDIR3resfail:
    """XDR struct ``RMDIR3resfail``."""

    dir_wcc: wcc_data


@dataclass(slots=True)
class RMDIR3res:
    """XDR union ``RMDIR3res``."""

    status: int
    resok: RMDIR3resok | None = None
    resfail: RMDIR3resfail | None = None


@dataclass(slots=True)
class RENAME3args:
    """XDR struct ``RENAME3args``."""

    from_: diropargs3
    to: diropargs3


@dataclass(slots=True)
class RENAME3resok:
    """XDR struct ``RENAME3resok``."""

    fromdir_wcc: wcc_data
    todir_wcc: wcc_data


@dataclass(slots=True)
class RENAME3resfail:
    """XDR struct ``RENAME3resfail``."""

    fromdir_wcc: wcc_data
    todir_wcc: wcc_data


@dataclass(slots=True)
class RENAME3res:
    """XDR union ``RENAME3res``."""

    status: int
    resok: RENAME3resok | None = None
    resfail: RENAME3resfail | None = None


@dataclass(slots=True)
class LINK3args:
    """XDR struct ``LINK3args``."""

    file: bytes
    link: diropargs3


@dataclass(slots=True)
class LINK3resok:
    """XDR struct ``LINK3resok``."""

    file_attributes: bytes | None
    linkdir_wcc: wcc_data


@dataclass(slots=True)
class LINK3resfail:
    """XDR struct ``LINK3resfail``."""

    file_attributes: bytes | None
    linkdir_wcc: wcc_data


@dataclass(slots=True)
class LINK3res:
    """XDR union ``LINK3res``."""

    status: int
    resok: LINK3resok | None = None
    resfail: LINK3resfail | None = None


@dataclass(slots=True)
class READDIR3args:
    """XDR struct ``READDIR3args``."""

    dir: bytes
    cookie: int
    cookieverf: bytes
    count: int


@dataclass(slots=True)
class entry3:
    """XDR struct ``entry3``."""

    fileid: int
    name: bytes
    cookie: int


@dataclass(slots=True)
class dirlist3:
    """XDR struct ``dirlist3``."""

    entries: list[entry3]
    eof: bool


@dataclass(slots=True)
class READDIR3resok:
    """XDR struct ``READDIR3resok``."""

    dir_attributes: bytes | None
    cookieverf: bytes
    reply: dirlist3 | bytes


@dataclass(slots=True)
class READDIR3resfail:
    """XDR struct ``READDIR3resfail``."""

    dir_attributes: bytes | None


@dataclass(slots=True)
class READDIR3res:
    """XDR union ``READDIR3res``."""

    status: int
    resok: READDIR3resok | None = None
    resfail: READDIR3resfail | None = None


@dataclass(slots=True)
class READDIRPLUS3args:
    """XDR struct ``READDIRPLUS3args``."""

    dir: bytes
    cookie: int
    cookieverf: bytes
    dircount: int
    maxcount: int


@dataclass(slots=True)
class entryplus3:
    """XDR struct ``entryplus3``."""

    fileid: int
    name: bytes
    cookie: int
    name_attributes: bytes | None
    name_handle: bytes | None


@dataclass(slots=True)
class dirlistplus3:
    """XDR struct ``dirlistplus3``."""

    entries: list[entryplus3]
    eof: bool


@dataclass(slots=True)
class READDIRPLUS3resok:
    """XDR struct ``READDIRPLUS3resok``."""

    dir_attributes: bytes | None
    cookieverf: bytes
    reply: dirlistplus3 | bytes


@dataclass(slots=True)
class READDIRPLUS3resfail:
    """XDR struct ``READDIRPLUS3resfail``."""

    dir_attributes: bytes | None


@dataclass(slots=True)
class READDIRPLUS3res:
    """XDR union ``READDIRPLUS3res``."""

    status: int
    resok: READDIRPLUS3resok | None = None
    resfail: READDIRPLUS3resfail | None = None


@dataclass(slots=True)
class FSSTAT3args:
    """XDR struct ``FSSTAT3args``."""

    fsroot: bytes


@dataclass(slots=True)
class FSSTAT3resok:
    """XDR struct ``FSSTAT3resok``."""

    obj_attributes: bytes | None
    tbytes: int
    fbytes: int
    abytes: int
    tfiles: int
    ffiles: int
    afiles: int
    invarsec: int


@dataclass(slots=True)
class FSSTAT3resfail:
    """XDR struct ``FSSTAT3resfail``."""

    obj_attributes: bytes | None


@dataclass(slots=True)
class FSSTAT3res:
    """XDR union ``FSSTAT3res``."""

    status: int
    resok: FSSTAT3resok | None = None
    resfail: FSSTAT3resfail | None = None


@dataclass(slots=True)
class FSINFO3args:
    """XDR struct ``FSINFO3args``."""

    fsroot: bytes


@dataclass(slots=True)
class FSINFO3resok:
    """XDR struct ``FSINFO3resok``."""

    obj_attributes: bytes | None
    rtmax: int
    rtpref: int
    rtmult: int
    wtmax: int
    wtpref: int
    wtmult: int
    dtpref: int
    maxfilesize: int
    time_delta: nfstime3
    properties: int


@dataclass(slots=True)
class FSINFO3resfail:
    """XDR struct ``FSINFO3resfail``."""

    obj_attributes: bytes | None


@dataclass(slots=True)
class FSINFO3res:
    """XDR union ``FSINFO3res``."""

    status: int
    resok: FSINFO3resok | None = None
    resfail: FSINFO3resfail | None = None


@dataclass(slots=True)
class PATHCONF3args:
    """XDR struct ``PATHCONF3args``."""

    object: bytes


@dataclass(slots=True)
class PATHCONF3resok:
    """XDR struct ``PATHCONF3resok``."""

    obj_attributes: bytes | None
    linkmax: int
    name_max: int
    no_trunc: bool
    chown_restricted: bool
    case_insensitive: bool
    case_preserving: bool


@dataclass(slots=True)
class PATHCONF3resfail:
    """XDR struct ``PATHCONF3resfail``."""

    obj_attributes: bytes | None


@dataclass(slots=True)
class PATHCONF3res:
    """XDR union ``PATHCONF3res``."""

    status: int
    resok: PATHCONF3resok | None = None
    resfail: PATHCONF3resfail | None = None


@dataclass(slots=True)
class COMMIT3args:
    """XDR struct ``COMMIT3args``."""

    file: bytes
    offset: int
    count: int


@dataclass(slots=True)
class COMMIT3resok:
    """XDR struct ``COMMIT3resok``."""

    file_wcc: wcc_data
    verf: bytes


@dataclass(slots=True)
class COMMIT3resfail:
    """XDR struct ``COMMIT3resfail``."""

    file_wcc: wcc_data


@dataclass(slots=True)
class COMMIT3res:
    """XDR union ``COMMIT3res``."""

    status: int
    resok: COMMIT3resok | None = None
    resfail: COMMIT3resfail | None = None


class NFS3Packer(Packer):
    """Pack the types of ``nfs3.x``."""

    __slots__ = ()

    def pack_uint64(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_Q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"uint64: {error}") from error

    def pack_int64(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"int64: {error}") from error

    def pack_uint32(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"uint32: {error}") from error

    def pack_int32(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_i(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"int32: {error}") from error

    def pack_filename3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"filename3: {error}") from error

    def pack_nfspath3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nfspath3: {error}") from error

    def pack_nfs_fh3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            if count_1 > 64:
                raise XdrError(f"nfs_fh3: {count_1} bytes, at most 64")
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nfs_fh3: {error}") from error

    def pack_fileid3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_Q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fileid3: {error}") from error

    def pack_cookie3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_Q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"cookie3: {error}") from error

    def pack_cookieverf3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 8:
                raise XdrError(f"cookieverf3: {len(value)} bytes, not 8")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"cookieverf3: {error}") from error

    def pack_createverf3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 8:
                raise XdrError(f"createverf3: {len(value)} bytes, not 8")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"createverf3: {error}") from error

    def pack_writeverf3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 8:
                raise XdrError(f"writeverf3: {len(value)} bytes, not 8")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"writeverf3: {error}") from error

    def pack_uid3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"uid3: {error}") from error

    def pack_gid3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"gid3: {error}") from error

    def pack_size3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_Q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"size3: {error}") from error

    def pack_offset3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_Q(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"offset3: {error}") from error

    def pack_mode3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mode3: {error}") from error

    def pack_count3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"count3: {error}") from error

    def pack_nfsstat3(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _nfsstat3_values:
                raise XdrError(f"nfsstat3 of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nfsstat3: {error}") from error

    def pack_ftype3(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _ftype3_values:
                raise XdrError(f"ftype3 of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"ftype3: {error}") from error

    def pack_specdata3(self, value: specdata3) -> None:
        append = self.parts.append
        try:
            append(_pack_2I(value.specdata1, value.specdata2))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"specdata3: {error}") from error

    def pack_nfstime3(self, value: nfstime3) -> None:
        append = self.parts.append
        try:
            append(_pack_2I(value.seconds, value.nseconds))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nfstime3: {error}") from error

    def pack_fattr3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 84:
                raise XdrError(f"fattr3: {len(value)} bytes, not 84")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fattr3: {error}") from error

    def pack_post_op_attr(self, value: bytes | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(value) != 84:
                    raise XdrError(f"fattr3: {len(value)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"post_op_attr: {error}") from error

    def pack_wcc_attr(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 24:
                raise XdrError(f"wcc_attr: {len(value)} bytes, not 24")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"wcc_attr: {error}") from error

    def pack_pre_op_attr(self, value: bytes | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(value) != 24:
                    raise XdrError(f"wcc_attr: {len(value)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"pre_op_attr: {error}") from error

    def pack_wcc_data(self, value: wcc_data) -> None:
        append = self.parts.append
        try:
            before_1 = value.before
            if before_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_1) != 24:
                    raise XdrError(f"wcc_attr: {len(before_1)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_1)
            after_2 = value.after
            if after_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_2) != 84:
                    raise XdrError(f"fattr3: {len(after_2)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_2)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"wcc_data: {error}") from error

    def pack_post_op_fh3(self, value: bytes | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_1 = len(value)
                if count_1 > 64:
                    raise XdrError(f"post_op_fh3: {count_1} bytes, at most 64")
                append(_pack_2I(1, count_1))
                append(value)
                if count_1 & 3:
                    append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"post_op_fh3: {error}") from error

    def pack_time_how(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _time_how_values:
                raise XdrError(f"time_how of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"time_how: {error}") from error

    def pack_set_mode3(self, value: int | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_mode3: {error}") from error

    def pack_set_uid3(self, value: int | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_uid3: {error}") from error

    def pack_set_gid3(self, value: int | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_gid3: {error}") from error

    def pack_set_size3(self, value: int | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_IQ(1, value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_size3: {error}") from error

    def pack_set_atime(self, value: set_atime) -> None:
        append = self.parts.append
        try:
            set_it_1 = value.set_it
            if set_it_1 == 2:
                atime_2 = value.atime
                if atime_2 is None:
                    raise XdrError("set_atime.atime is missing")
                append(_pack_3I(2, atime_2.seconds, atime_2.nseconds))
            elif set_it_1 in _time_how_values:
                append(_pack_I(set_it_1))
            else:
                raise XdrError(f"set_atime.set_it of {set_it_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_atime: {error}") from error

    def pack_set_mtime(self, value: set_mtime) -> None:
        append = self.parts.append
        try:
            set_it_1 = value.set_it
            if set_it_1 == 2:
                mtime_2 = value.mtime
                if mtime_2 is None:
                    raise XdrError("set_mtime.mtime is missing")
                append(_pack_3I(2, mtime_2.seconds, mtime_2.nseconds))
            elif set_it_1 in _time_how_values:
                append(_pack_I(set_it_1))
            else:
                raise XdrError(f"set_mtime.set_it of {set_it_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"set_mtime: {error}") from error

    def pack_sattr3(self, value: sattr3) -> None:
        append = self.parts.append
        try:
            mode_1 = value.mode
            if mode_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, mode_1))
            uid_2 = value.uid
            if uid_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, uid_2))
            gid_3 = value.gid
            if gid_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_2I(1, gid_3))
            size_4 = value.size
            if size_4 is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_IQ(1, size_4))
            atime_5 = value.atime
            set_it_6 = atime_5.set_it
            if set_it_6 == 2:
                atime_7 = atime_5.atime
                if atime_7 is None:
                    raise XdrError("set_atime.atime is missing")
                append(_pack_3I(2, atime_7.seconds, atime_7.nseconds))
            elif set_it_6 in _time_how_values:
                append(_pack_I(set_it_6))
            else:
                raise XdrError(f"set_atime.set_it of {set_it_6}")
            mtime_8 = value.mtime
            set_it_9 = mtime_8.set_it
            if set_it_9 == 2:
                mtime_10 = mtime_8.mtime
                if mtime_10 is None:
                    raise XdrError("set_mtime.mtime is missing")
                append(_pack_3I(2, mtime_10.seconds, mtime_10.nseconds))
            elif set_it_9 in _time_how_values:
                append(_pack_I(set_it_9))
            else:
                raise XdrError(f"set_mtime.set_it of {set_it_9}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"sattr3: {error}") from error

    def pack_diropargs3(self, value: diropargs3) -> None:
        append = self.parts.append
        try:
            dir_1 = value.dir
            count_2 = len(dir_1)
            if count_2 > 64:
                raise XdrError(f"dir: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(dir_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            name_3 = value.name
            count_4 = len(name_3)
            append(_pack_I(count_4))
            append(name_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"diropargs3: {error}") from error

    def pack_GETATTR3args(self, value: GETATTR3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            count_2 = len(object_1)
            if count_2 > 64:
                raise XdrError(f"object: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(object_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETATTR3args: {error}") from error

    def pack_GETATTR3resok(self, value: GETATTR3resok) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if len(obj_attributes_1) != 84:
                raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
            append(obj_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETATTR3resok: {error}") from error

    def pack_GETATTR3res(self, value: GETATTR3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("GETATTR3res.resok is missing")
                obj_attributes_3 = resok_2.obj_attributes
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x00" + obj_attributes_3)
            elif status_1 in _nfsstat3_values:
                append(_pack_I(status_1))
            else:
                raise XdrError(f"GETATTR3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETATTR3res: {error}") from error

    def pack_sattrguard3(self, value: nfstime3 | None) -> None:
        append = self.parts.append
        try:
            if value is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_3I(1, value.seconds, value.nseconds))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"sattrguard3: {error}") from error

    def pack_SETATTR3args(self, value: SETATTR3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            count_2 = len(object_1)
            if count_2 > 64:
                raise XdrError(f"object: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(object_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            self.pack_sattr3(value.new_attributes)
            guard_3 = value.guard
            if guard_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                append(_pack_3I(1, guard_3.seconds, guard_3.nseconds))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETATTR3args: {error}") from error

    def pack_SETATTR3resok(self, value: SETATTR3resok) -> None:
        append = self.parts.append
        try:
            obj_wcc_1 = value.obj_wcc
            before_2 = obj_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = obj_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETATTR3resok: {error}") from error

    def pack_SETATTR3resfail(self, value: SETATTR3resfail) -> None:
        append = self.parts.append
        try:
            obj_wcc_1 = value.obj_wcc
            before_2 = obj_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = obj_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETATTR3resfail: {error}") from error

    def pack_SETATTR3res(self, value: SETATTR3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("SETATTR3res.resok is missing")
                obj_wcc_3 = resok_2.obj_wcc
                before_4 = obj_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = obj_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
            elif status_1 in _nfsstat3_values:
                resfail_6 = value.resfail
                if resfail_6 is None:
                    raise XdrError("SETATTR3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_SETATTR3resfail(resfail_6)
            else:
                raise XdrError(f"SETATTR3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETATTR3res: {error}") from error

    def pack_LOOKUP3args(self, value: LOOKUP3args) -> None:
        append = self.parts.append
        try:
            what_1 = value.what
            dir_2 = what_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = what_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LOOKUP3args: {error}") from error

    def pack_LOOKUP3resok(self, value: LOOKUP3resok) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            count_2 = len(object_1)
            if count_2 > 64:
                raise XdrError(f"object: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(object_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            obj_attributes_3 = value.obj_attributes
            if obj_attributes_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_3)
            dir_attributes_4 = value.dir_attributes
            if dir_attributes_4 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_4) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_4)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_4)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LOOKUP3resok: {error}") from error

    def pack_LOOKUP3resfail(self, value: LOOKUP3resfail) -> None:
        append = self.parts.append
        try:
            dir_attributes_1 = value.dir_attributes
            if dir_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LOOKUP3resfail: {error}") from error

    def pack_LOOKUP3res(self, value: LOOKUP3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("LOOKUP3res.resok is missing")
                object_3 = resok_2.object
                count_4 = len(object_3)
                if count_4 > 64:
                    raise XdrError(f"object: {count_4} bytes, at most 64")
                append(_pack_2I(0, count_4))
                append(object_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                obj_attributes_5 = resok_2.obj_attributes
                if obj_attributes_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_5) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + obj_attributes_5)
                dir_attributes_6 = resok_2.dir_attributes
                if dir_attributes_6 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(dir_attributes_6) != 84:
                        raise XdrError(f"fattr3: {len(dir_attributes_6)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + dir_attributes_6)
            elif status_1 in _nfsstat3_values:
                resfail_7 = value.resfail
                if resfail_7 is None:
                    raise XdrError("LOOKUP3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_LOOKUP3resfail(resfail_7)
            else:
                raise XdrError(f"LOOKUP3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LOOKUP3res: {error}") from error

    def pack_ACCESS3args(self, value: ACCESS3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            count_2 = len(object_1)
            if count_2 > 64:
                raise XdrError(f"object: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(object_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_I(value.access))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"ACCESS3args: {error}") from error

    def pack_ACCESS3resok(self, value: ACCESS3resok) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
            append(_pack_I(value.access))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"ACCESS3resok: {error}") from error

    def pack_ACCESS3resfail(self, value: ACCESS3resfail) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"ACCESS3resfail: {error}") from error

    def pack_ACCESS3res(self, value: ACCESS3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("ACCESS3res.resok is missing")
                obj_attributes_3 = resok_2.obj_attributes
                if obj_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + obj_attributes_3)
                append(_pack_I(resok_2.access))
            elif status_1 in _nfsstat3_values:
                resfail_4 = value.resfail
                if resfail_4 is None:
                    raise XdrError("ACCESS3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_ACCESS3resfail(resfail_4)
            else:
                raise XdrError(f"ACCESS3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"ACCESS3res: {error}") from error

    def pack_READLINK3args(self, value: READLINK3args) -> None:
        append = self.parts.append
        try:
            symlink_1 = value.symlink
            count_2 = len(symlink_1)
            if count_2 > 64:
                raise XdrError(f"symlink: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(symlink_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READLINK3args: {error}") from error

    def pack_READLINK3resok(self, value: READLINK3resok) -> None:
        append = self.parts.append
        try:
            symlink_attributes_1 = value.symlink_attributes
            if symlink_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(symlink_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(symlink_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + symlink_attributes_1)
            data_2 = value.data
            count_3 = len(data_2)
            append(_pack_I(count_3))
            append(data_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READLINK3resok: {error}") from error

    def pack_READLINK3resfail(self, value: READLINK3resfail) -> None:
        append = self.parts.append
        try:
            symlink_attributes_1 = value.symlink_attributes
            if symlink_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(symlink_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(symlink_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + symlink_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READLINK3resfail: {error}") from error

    def pack_READLINK3res(self, value: READLINK3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("READLINK3res.resok is missing")
                symlink_attributes_3 = resok_2.symlink_attributes
                if symlink_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(symlink_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(symlink_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + symlink_attributes_3)
                data_4 = resok_2.data
                count_5 = len(data_4)
                append(_pack_I(count_5))
                append(data_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
            elif status_1 in _nfsstat3_values:
                resfail_6 = value.resfail
                if resfail_6 is None:
                    raise XdrError("READLINK3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_READLINK3resfail(resfail_6)
            else:
                raise XdrError(f"READLINK3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READLINK3res: {error}") from error

    def pack_READ3args(self, value: READ3args) -> None:
        append = self.parts.append
        try:
            file_1 = value.file
            count_2 = len(file_1)
            if count_2 > 64:
                raise XdrError(f"file: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(file_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_QI(value.offset, value.count))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READ3args: {error}") from error

    def pack_READ3resok(self, value: READ3resok) -> None:
        append = self.parts.append
        try:
            file_attributes_1 = value.file_attributes
            if file_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(file_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(file_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + file_attributes_1)
            data_2 = value.data
            count_3 = len(data_2)
            append(_pack_IbI(value.count, value.eof, count_3))
            append(data_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READ3resok: {error}") from error

    def pack_READ3resfail(self, value: READ3resfail) -> None:
        append = self.parts.append
        try:
            file_attributes_1 = value.file_attributes
            if file_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(file_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(file_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + file_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READ3resfail: {error}") from error

    def pack_READ3res(self, value: READ3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("READ3res.resok is missing")
                file_attributes_3 = resok_2.file_attributes
                if file_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(file_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(file_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + file_attributes_3)
                data_4 = resok_2.data
                count_5 = len(data_4)
                append(_pack_IbI(resok_2.count, resok_2.eof, count_5))
                append(data_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
            elif status_1 in _nfsstat3_values:
                resfail_6 = value.resfail
                if resfail_6 is None:
                    raise XdrError("READ3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_READ3resfail(resfail_6)
            else:
                raise XdrError(f"READ3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READ3res: {error}") from error

    def pack_stable_how(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _stable_how_values:
                raise XdrError(f"stable_how of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"stable_how: {error}") from error

    def pack_WRITE3args(self, value: WRITE3args) -> None:
        append = self.parts.append
        try:
            file_1 = value.file
            count_2 = len(file_1)
            if count_2 > 64:
                raise XdrError(f"file: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(file_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            stable_3 = value.stable
            if stable_3 not in _stable_how_values:
                raise XdrError(f"stable_how of {stable_3}")
            data_4 = value.data
            count_5 = len(data_4)
            append(_pack_Q3I(value.offset, value.count, stable_3, count_5))
            append(data_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"WRITE3args: {error}") from error

    def pack_WRITE3resok(self, value: WRITE3resok) -> None:
        append = self.parts.append
        try:
            file_wcc_1 = value.file_wcc
            before_2 = file_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = file_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
            committed_4 = value.committed
            if committed_4 not in _stable_how_values:
                raise XdrError(f"stable_how of {committed_4}")
            verf_5 = value.verf
            if len(verf_5) != 8:
                raise XdrError(f"verf: {len(verf_5)} bytes, not 8")
            append(_pack_2I8s(value.count, committed_4, verf_5))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"WRITE3resok: {error}") from error

    def pack_WRITE3resfail(self, value: WRITE3resfail) -> None:
        append = self.parts.append
        try:
            file_wcc_1 = value.file_wcc
            before_2 = file_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = file_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"WRITE3resfail: {error}") from error

    def pack_WRITE3res(self, value: WRITE3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("WRITE3res.resok is missing")
                file_wcc_3 = resok_2.file_wcc
                before_4 = file_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = file_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
                committed_6 = resok_2.committed
                if committed_6 not in _stable_how_values:
                    raise XdrError(f"stable_how of {committed_6}")
                verf_7 = resok_2.verf
                if len(verf_7) != 8:
                    raise XdrError(f"verf: {len(verf_7)} bytes, not 8")
                append(_pack_2I8s(resok_2.count, committed_6, verf_7))
            elif status_1 in _nfsstat3_values:
                resfail_8 = value.resfail
                if resfail_8 is None:
                    raise XdrError("WRITE3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_WRITE3resfail(resfail_8)
            else:
                raise XdrError(f"WRITE3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"WRITE3res: {error}") from error

    def pack_createmode3(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _createmode3_values:
                raise XdrError(f"createmode3 of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"createmode3: {error}") from error

    def pack_createhow3(self, value: createhow3) -> None:
        append = self.parts.append
        try:
            mode_1 = value.mode
            if mode_1 in (0, 1):
                obj_attributes_2 = value.obj_attributes
                if obj_attributes_2 is None:
                    raise XdrError("createhow3.obj_attributes is missing")
                append(_pack_I(mode_1))
                self.pack_sattr3(obj_attributes_2)
            elif mode_1 == 2:
                verf_3 = value.verf
                if verf_3 is None:
                    raise XdrError("createhow3.verf is missing")
                if len(verf_3) != 8:
                    raise XdrError(f"verf: {len(verf_3)} bytes, not 8")
                append(b"\x00\x00\x00\x02" + verf_3)
            else:
                raise XdrError(f"createhow3.mode of {mode_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"createhow3: {error}") from error

    def pack_CREATE3args(self, value: CREATE3args) -> None:
        append = self.parts.append
        try:
            where_1 = value.where
            dir_2 = where_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = where_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            how_6 = value.how
            mode_7 = how_6.mode
            if mode_7 in (0, 1):
                obj_attributes_8 = how_6.obj_attributes
                if obj_attributes_8 is None:
                    raise XdrError("createhow3.obj_attributes is missing")
                append(_pack_I(mode_7))
                self.pack_sattr3(obj_attributes_8)
            elif mode_7 == 2:
                verf_9 = how_6.verf
                if verf_9 is None:
                    raise XdrError("createhow3.verf is missing")
                if len(verf_9) != 8:
                    raise XdrError(f"verf: {len(verf_9)} bytes, not 8")
                append(b"\x00\x00\x00\x02" + verf_9)
            else:
                raise XdrError(f"createhow3.mode of {mode_7}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"CREATE3args: {error}") from error

    def pack_CREATE3resok(self, value: CREATE3resok) -> None:
        append = self.parts.append
        try:
            obj_1 = value.obj
            if obj_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_2 = len(obj_1)
                if count_2 > 64:
                    raise XdrError(f"obj: {count_2} bytes, at most 64")
                append(_pack_2I(1, count_2))
                append(obj_1)
                if count_2 & 3:
                    append(PADDING[count_2 & 3])
            obj_attributes_3 = value.obj_attributes
            if obj_attributes_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_3)
            dir_wcc_4 = value.dir_wcc
            before_5 = dir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = dir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"CREATE3resok: {error}") from error

    def pack_CREATE3resfail(self, value: CREATE3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"CREATE3resfail: {error}") from error

    def pack_CREATE3res(self, value: CREATE3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("CREATE3res.resok is missing")
                obj_3 = resok_2.obj
                if obj_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    count_4 = len(obj_3)
                    if count_4 > 64:
                        raise XdrError(f"obj: {count_4} bytes, at most 64")
                    append(_pack_3I(0, 1, count_4))
                    append(obj_3)
                    if count_4 & 3:
                        append(PADDING[count_4 & 3])
                obj_attributes_5 = resok_2.obj_attributes
                if obj_attributes_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_5) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + obj_attributes_5)
                dir_wcc_6 = resok_2.dir_wcc
                before_7 = dir_wcc_6.before
                if before_7 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_7) != 24:
                        raise XdrError(f"wcc_attr: {len(before_7)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_7)
                after_8 = dir_wcc_6.after
                if after_8 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_8) != 84:
                        raise XdrError(f"fattr3: {len(after_8)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_8)
            elif status_1 in _nfsstat3_values:
                resfail_9 = value.resfail
                if resfail_9 is None:
                    raise XdrError("CREATE3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_CREATE3resfail(resfail_9)
            else:
                raise XdrError(f"CREATE3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"CREATE3res: {error}") from error

    def pack_MKDIR3args(self, value: MKDIR3args) -> None:
        append = self.parts.append
        try:
            where_1 = value.where
            dir_2 = where_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = where_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            self.pack_sattr3(value.attributes)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKDIR3args: {error}") from error

    def pack_MKDIR3resok(self, value: MKDIR3resok) -> None:
        append = self.parts.append
        try:
            obj_1 = value.obj
            if obj_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_2 = len(obj_1)
                if count_2 > 64:
                    raise XdrError(f"obj: {count_2} bytes, at most 64")
                append(_pack_2I(1, count_2))
                append(obj_1)
                if count_2 & 3:
                    append(PADDING[count_2 & 3])
            obj_attributes_3 = value.obj_attributes
            if obj_attributes_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_3)
            dir_wcc_4 = value.dir_wcc
            before_5 = dir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = dir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKDIR3resok: {error}") from error

    def pack_MKDIR3resfail(self, value: MKDIR3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKDIR3resfail: {error}") from error

    def pack_MKDIR3res(self, value: MKDIR3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("MKDIR3res.resok is missing")
                obj_3 = resok_2.obj
                if obj_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    count_4 = len(obj_3)
                    if count_4 > 64:
                        raise XdrError(f"obj: {count_4} bytes, at most 64")
                    append(_pack_3I(0, 1, count_4))
                    append(obj_3)
                    if count_4 & 3:
                        append(PADDING[count_4 & 3])
                obj_attributes_5 = resok_2.obj_attributes
                if obj_attributes_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_5) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + obj_attributes_5)
                dir_wcc_6 = resok_2.dir_wcc
                before_7 = dir_wcc_6.before
                if before_7 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_7) != 24:
                        raise XdrError(f"wcc_attr: {len(before_7)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_7)
                after_8 = dir_wcc_6.after
                if after_8 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_8) != 84:
                        raise XdrError(f"fattr3: {len(after_8)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_8)
            elif status_1 in _nfsstat3_values:
                resfail_9 = value.resfail
                if resfail_9 is None:
                    raise XdrError("MKDIR3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_MKDIR3resfail(resfail_9)
            else:
                raise XdrError(f"MKDIR3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKDIR3res: {error}") from error

    def pack_symlinkdata3(self, value: symlinkdata3) -> None:
        append = self.parts.append
        try:
            self.pack_sattr3(value.symlink_attributes)
            symlink_data_1 = value.symlink_data
            count_2 = len(symlink_data_1)
            append(_pack_I(count_2))
            append(symlink_data_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"symlinkdata3: {error}") from error

    def pack_SYMLINK3args(self, value: SYMLINK3args) -> None:
        append = self.parts.append
        try:
            where_1 = value.where
            dir_2 = where_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = where_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            symlink_6 = value.symlink
            self.pack_sattr3(symlink_6.symlink_attributes)
            symlink_data_7 = symlink_6.symlink_data
            count_8 = len(symlink_data_7)
            append(_pack_I(count_8))
            append(symlink_data_7)
            if count_8 & 3:
                append(PADDING[count_8 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SYMLINK3args: {error}") from error

    def pack_SYMLINK3resok(self, value: SYMLINK3resok) -> None:
        append = self.parts.append
        try:
            obj_1 = value.obj
            if obj_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_2 = len(obj_1)
                if count_2 > 64:
                    raise XdrError(f"obj: {count_2} bytes, at most 64")
                append(_pack_2I(1, count_2))
                append(obj_1)
                if count_2 & 3:
                    append(PADDING[count_2 & 3])
            obj_attributes_3 = value.obj_attributes
            if obj_attributes_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_3)
            dir_wcc_4 = value.dir_wcc
            before_5 = dir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = dir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SYMLINK3resok: {error}") from error

    def pack_SYMLINK3resfail(self, value: SYMLINK3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SYMLINK3resfail: {error}") from error

    def pack_SYMLINK3res(self, value: SYMLINK3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("SYMLINK3res.resok is missing")
                obj_3 = resok_2.obj
                if obj_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    count_4 = len(obj_3)
                    if count_4 > 64:
                        raise XdrError(f"obj: {count_4} bytes, at most 64")
                    append(_pack_3I(0, 1, count_4))
                    append(obj_3)
                    if count_4 & 3:
                        append(PADDING[count_4 & 3])
                obj_attributes_5 = resok_2.obj_attributes
                if obj_attributes_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_5) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + obj_attributes_5)
                dir_wcc_6 = resok_2.dir_wcc
                before_7 = dir_wcc_6.before
                if before_7 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_7) != 24:
                        raise XdrError(f"wcc_attr: {len(before_7)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_7)
                after_8 = dir_wcc_6.after
                if after_8 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_8) != 84:
                        raise XdrError(f"fattr3: {len(after_8)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_8)
            elif status_1 in _nfsstat3_values:
                resfail_9 = value.resfail
                if resfail_9 is None:
                    raise XdrError("SYMLINK3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_SYMLINK3resfail(resfail_9)
            else:
                raise XdrError(f"SYMLINK3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SYMLINK3res: {error}") from error

    def pack_devicedata3(self, value: devicedata3) -> None:
        append = self.parts.append
        try:
            self.pack_sattr3(value.dev_attributes)
            spec_1 = value.spec
            append(_pack_2I(spec_1.specdata1, spec_1.specdata2))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"devicedata3: {error}") from error

    def pack_mknoddata3(self, value: mknoddata3) -> None:
        append = self.parts.append
        try:
            type_1 = value.type
            if type_1 in (4, 3):
                device_2 = value.device
                if device_2 is None:
                    raise XdrError("mknoddata3.device is missing")
                append(_pack_I(type_1))
                self.pack_sattr3(device_2.dev_attributes)
                spec_3 = device_2.spec
                append(_pack_2I(spec_3.specdata1, spec_3.specdata2))
            elif type_1 in (6, 7):
                pipe_attributes_4 = value.pipe_attributes
                if pipe_attributes_4 is None:
                    raise XdrError("mknoddata3.pipe_attributes is missing")
                append(_pack_I(type_1))
                self.pack_sattr3(pipe_attributes_4)
            elif type_1 in _ftype3_values:
                append(_pack_I(type_1))
            else:
                raise XdrError(f"mknoddata3.type of {type_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mknoddata3: {error}") from error

    def pack_MKNOD3args(self, value: MKNOD3args) -> None:
        append = self.parts.append
        try:
            where_1 = value.where
            dir_2 = where_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = where_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            what_6 = value.what
            type_7 = what_6.type
            if type_7 in (4, 3):
                device_8 = what_6.device
                if device_8 is None:
                    raise XdrError("mknoddata3.device is missing")
                append(_pack_I(type_7))
                self.pack_sattr3(device_8.dev_attributes)
                spec_9 = device_8.spec
                append(_pack_2I(spec_9.specdata1, spec_9.specdata2))
            elif type_7 in (6, 7):
                pipe_attributes_10 = what_6.pipe_attributes
                if pipe_attributes_10 is None:
                    raise XdrError("mknoddata3.pipe_attributes is missing")
                append(_pack_I(type_7))
                self.pack_sattr3(pipe_attributes_10)
            elif type_7 in _ftype3_values:
                append(_pack_I(type_7))
            else:
                raise XdrError(f"mknoddata3.type of {type_7}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKNOD3args: {error}") from error

    def pack_MKNOD3resok(self, value: MKNOD3resok) -> None:
        append = self.parts.append
        try:
            obj_1 = value.obj
            if obj_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_2 = len(obj_1)
                if count_2 > 64:
                    raise XdrError(f"obj: {count_2} bytes, at most 64")
                append(_pack_2I(1, count_2))
                append(obj_1)
                if count_2 & 3:
                    append(PADDING[count_2 & 3])
            obj_attributes_3 = value.obj_attributes
            if obj_attributes_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_3)
            dir_wcc_4 = value.dir_wcc
            before_5 = dir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = dir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKNOD3resok: {error}") from error

    def pack_MKNOD3resfail(self, value: MKNOD3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKNOD3resfail: {error}") from error

    def pack_MKNOD3res(self, value: MKNOD3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("MKNOD3res.resok is missing")
                obj_3 = resok_2.obj
                if obj_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    count_4 = len(obj_3)
                    if count_4 > 64:
                        raise XdrError(f"obj: {count_4} bytes, at most 64")
                    append(_pack_3I(0, 1, count_4))
                    append(obj_3)
                    if count_4 & 3:
                        append(PADDING[count_4 & 3])
                obj_attributes_5 = resok_2.obj_attributes
                if obj_attributes_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_5) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + obj_attributes_5)
                dir_wcc_6 = resok_2.dir_wcc
                before_7 = dir_wcc_6.before
                if before_7 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_7) != 24:
                        raise XdrError(f"wcc_attr: {len(before_7)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_7)
                after_8 = dir_wcc_6.after
                if after_8 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_8) != 84:
                        raise XdrError(f"fattr3: {len(after_8)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_8)
            elif status_1 in _nfsstat3_values:
                resfail_9 = value.resfail
                if resfail_9 is None:
                    raise XdrError("MKNOD3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_MKNOD3resfail(resfail_9)
            else:
                raise XdrError(f"MKNOD3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"MKNOD3res: {error}") from error

    def pack_REMOVE3args(self, value: REMOVE3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            dir_2 = object_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = object_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"REMOVE3args: {error}") from error

    def pack_REMOVE3resok(self, value: REMOVE3resok) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"REMOVE3resok: {error}") from error

    def pack_REMOVE3resfail(self, value: REMOVE3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"REMOVE3resfail: {error}") from error

    def pack_REMOVE3res(self, value: REMOVE3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("REMOVE3res.resok is missing")
                dir_wcc_3 = resok_2.dir_wcc
                before_4 = dir_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = dir_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
            elif status_1 in _nfsstat3_values:
                resfail_6 = value.resfail
                if resfail_6 is None:
                    raise XdrError("REMOVE3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_REMOVE3resfail(resfail_6)
            else:
                raise XdrError(f"REMOVE3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"REMOVE3res: {error}") from error

    def pack_RMDIR3args(self, value: RMDIR3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            dir_2 = object_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = object_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RMDIR3args: {error}") from error

    def pack_RMDIR3resok(self, value: RMDIR3resok) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RMDIR3resok: {error}") from error

    def pack_RMDIR3resfail(self, value: RMDIR3resfail) -> None:
        append = self.parts.append
        try:
            dir_wcc_1 = value.dir_wcc
            before_2 = dir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = dir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RMDIR3resfail: {error}") from error

    def pack_RMDIR3res(self, value: RMDIR3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("RMDIR3res.resok is missing")
                dir_wcc_3 = resok_2.dir_wcc
                before_4 = dir_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = dir_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
            elif status_1 in _nfsstat3_values:
                resfail_6 = value.resfail
                if resfail_6 is None:
                    raise XdrError("RMDIR3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_RMDIR3resfail(resfail_6)
            else:
                raise XdrError(f"RMDIR3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RMDIR3res: {error}") from error

    def pack_RENAME3args(self, value: RENAME3args) -> None:
        append = self.parts.append
        try:
            from_1 = value.from_
            dir_2 = from_1.dir
            count_3 = len(dir_2)
            if count_3 > 64:
                raise XdrError(f"dir: {count_3} bytes, at most 64")
            append(_pack_I(count_3))
            append(dir_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            name_4 = from_1.name
            count_5 = len(name_4)
            append(_pack_I(count_5))
            append(name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            to_6 = value.to
            dir_7 = to_6.dir
            count_8 = len(dir_7)
            if count_8 > 64:
                raise XdrError(f"dir: {count_8} bytes, at most 64")
            append(_pack_I(count_8))
            append(dir_7)
            if count_8 & 3:
                append(PADDING[count_8 & 3])
            name_9 = to_6.name
            count_10 = len(name_9)
            append(_pack_I(count_10))
            append(name_9)
            if count_10 & 3:
                append(PADDING[count_10 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RENAME3args: {error}") from error

    def pack_RENAME3resok(self, value: RENAME3resok) -> None:
        append = self.parts.append
        try:
            fromdir_wcc_1 = value.fromdir_wcc
            before_2 = fromdir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = fromdir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
            todir_wcc_4 = value.todir_wcc
            before_5 = todir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = todir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RENAME3resok: {error}") from error

    def pack_RENAME3resfail(self, value: RENAME3resfail) -> None:
        append = self.parts.append
        try:
            fromdir_wcc_1 = value.fromdir_wcc
            before_2 = fromdir_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = fromdir_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
            todir_wcc_4 = value.todir_wcc
            before_5 = todir_wcc_4.before
            if before_5 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_5) != 24:
                    raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_5)
            after_6 = todir_wcc_4.after
            if after_6 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_6) != 84:
                    raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_6)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RENAME3resfail: {error}") from error

    def pack_RENAME3res(self, value: RENAME3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("RENAME3res.resok is missing")
                fromdir_wcc_3 = resok_2.fromdir_wcc
                before_4 = fromdir_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = fromdir_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
                todir_wcc_6 = resok_2.todir_wcc
                before_7 = todir_wcc_6.before
                if before_7 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_7) != 24:
                        raise XdrError(f"wcc_attr: {len(before_7)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_7)
                after_8 = todir_wcc_6.after
                if after_8 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_8) != 84:
                        raise XdrError(f"fattr3: {len(after_8)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_8)
            elif status_1 in _nfsstat3_values:
                resfail_9 = value.resfail
                if resfail_9 is None:
                    raise XdrError("RENAME3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_RENAME3resfail(resfail_9)
            else:
                raise XdrError(f"RENAME3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"RENAME3res: {error}") from error

    def pack_LINK3args(self, value: LINK3args) -> None:
        append = self.parts.append
        try:
            file_1 = value.file
            count_2 = len(file_1)
            if count_2 > 64:
                raise XdrError(f"file: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(file_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            link_3 = value.link
            dir_4 = link_3.dir
            count_5 = len(dir_4)
            if count_5 > 64:
                raise XdrError(f"dir: {count_5} bytes, at most 64")
            append(_pack_I(count_5))
            append(dir_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            name_6 = link_3.name
            count_7 = len(name_6)
            append(_pack_I(count_7))
            append(name_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LINK3args: {error}") from error

    def pack_LINK3resok(self, value: LINK3resok) -> None:
        append = self.parts.append
        try:
            file_attributes_1 = value.file_attributes
            if file_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(file_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(file_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + file_attributes_1)
            linkdir_wcc_2 = value.linkdir_wcc
            before_3 = linkdir_wcc_2.before
            if before_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_3) != 24:
                    raise XdrError(f"wcc_attr: {len(before_3)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_3)
            after_4 = linkdir_wcc_2.after
            if after_4 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_4) != 84:
                    raise XdrError(f"fattr3: {len(after_4)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_4)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LINK3resok: {error}") from error

    def pack_LINK3resfail(self, value: LINK3resfail) -> None:
        append = self.parts.append
        try:
            file_attributes_1 = value.file_attributes
            if file_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(file_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(file_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + file_attributes_1)
            linkdir_wcc_2 = value.linkdir_wcc
            before_3 = linkdir_wcc_2.before
            if before_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_3) != 24:
                    raise XdrError(f"wcc_attr: {len(before_3)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_3)
            after_4 = linkdir_wcc_2.after
            if after_4 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_4) != 84:
                    raise XdrError(f"fattr3: {len(after_4)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_4)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LINK3resfail: {error}") from error

    def pack_LINK3res(self, value: LINK3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("LINK3res.resok is missing")
                file_attributes_3 = resok_2.file_attributes
                if file_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(file_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(file_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + file_attributes_3)
                linkdir_wcc_4 = resok_2.linkdir_wcc
                before_5 = linkdir_wcc_4.before
                if before_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(before_5) != 24:
                        raise XdrError(f"wcc_attr: {len(before_5)} bytes, not 24")
                    append(b"\x00\x00\x00\x01" + before_5)
                after_6 = linkdir_wcc_4.after
                if after_6 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_6) != 84:
                        raise XdrError(f"fattr3: {len(after_6)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_6)
            elif status_1 in _nfsstat3_values:
                resfail_7 = value.resfail
                if resfail_7 is None:
                    raise XdrError("LINK3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_LINK3resfail(resfail_7)
            else:
                raise XdrError(f"LINK3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"LINK3res: {error}") from error

    def pack_READDIR3args(self, value: READDIR3args) -> None:
        append = self.parts.append
        try:
            dir_1 = value.dir
            count_2 = len(dir_1)
            if count_2 > 64:
                raise XdrError(f"dir: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(dir_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            cookieverf_3 = value.cookieverf
            if len(cookieverf_3) != 8:
                raise XdrError(f"cookieverf: {len(cookieverf_3)} bytes, not 8")
            append(_pack_Q8sI(value.cookie, cookieverf_3, value.count))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIR3args: {error}") from error

    def pack_entry3(self, value: entry3) -> None:
        append = self.parts.append
        try:
            name_1 = value.name
            count_2 = len(name_1)
            append(_pack_QI(value.fileid, count_2))
            append(name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_Q(value.cookie))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"entry3: {error}") from error

    def pack_dirlist3(self, value: dirlist3 | bytes) -> None:
        append = self.parts.append
        try:
            if isinstance(value, bytes):
                if len(value) & 3:
                    raise XdrError(f"dirlist3: {len(value)} bytes of encoding")
                append(value)
            else:
                for item_1 in value.entries:
                    name_2 = item_1.name
                    count_3 = len(name_2)
                    append(_pack_IQI(1, item_1.fileid, count_3))
                    append(name_2)
                    if count_3 & 3:
                        append(PADDING[count_3 & 3])
                    append(_pack_Q(item_1.cookie))
                append(_pack_Ib(0, value.eof))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"dirlist3: {error}") from error

    def pack_READDIR3resok(self, value: READDIR3resok) -> None:
        append = self.parts.append
        try:
            dir_attributes_1 = value.dir_attributes
            if dir_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_1)
            cookieverf_2 = value.cookieverf
            if len(cookieverf_2) != 8:
                raise XdrError(f"cookieverf: {len(cookieverf_2)} bytes, not 8")
            append(cookieverf_2)
            self.pack_dirlist3(value.reply)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIR3resok: {error}") from error

    def pack_READDIR3resfail(self, value: READDIR3resfail) -> None:
        append = self.parts.append
        try:
            dir_attributes_1 = value.dir_attributes
            if dir_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIR3resfail: {error}") from error

    def pack_READDIR3res(self, value: READDIR3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("READDIR3res.resok is missing")
                dir_attributes_3 = resok_2.dir_attributes
                if dir_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(dir_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(dir_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + dir_attributes_3)
                cookieverf_4 = resok_2.cookieverf
                if len(cookieverf_4) != 8:
                    raise XdrError(f"cookieverf: {len(cookieverf_4)} bytes, not 8")
                append(cookieverf_4)
                self.pack_dirlist3(resok_2.reply)
            elif status_1 in _nfsstat3_values:
                resfail_5 = value.resfail
                if resfail_5 is None:
                    raise XdrError("READDIR3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_READDIR3resfail(resfail_5)
            else:
                raise XdrError(f"READDIR3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIR3res: {error}") from error

    def pack_READDIRPLUS3args(self, value: READDIRPLUS3args) -> None:
        append = self.parts.append
        try:
            dir_1 = value.dir
            count_2 = len(dir_1)
            if count_2 > 64:
                raise XdrError(f"dir: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(dir_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            cookieverf_3 = value.cookieverf
            if len(cookieverf_3) != 8:
                raise XdrError(f"cookieverf: {len(cookieverf_3)} bytes, not 8")
            append(_pack_Q8s2I(value.cookie, cookieverf_3, value.dircount, value.maxcount))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIRPLUS3args: {error}") from error

    def pack_entryplus3(self, value: entryplus3) -> None:
        append = self.parts.append
        try:
            name_1 = value.name
            count_2 = len(name_1)
            append(_pack_QI(value.fileid, count_2))
            append(name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            name_attributes_3 = value.name_attributes
            if name_attributes_3 is None:
                append(_pack_QI(value.cookie, 0))
            else:
                if len(name_attributes_3) != 84:
                    raise XdrError(f"fattr3: {len(name_attributes_3)} bytes, not 84")
                append(_pack_QI84s(value.cookie, 1, name_attributes_3))
            name_handle_4 = value.name_handle
            if name_handle_4 is None:
                append(b"\x00\x00\x00\x00")
            else:
                count_5 = len(name_handle_4)
                if count_5 > 64:
                    raise XdrError(f"name_handle: {count_5} bytes, at most 64")
                append(_pack_2I(1, count_5))
                append(name_handle_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"entryplus3: {error}") from error

    def pack_dirlistplus3(self, value: dirlistplus3 | bytes) -> None:
        append = self.parts.append
        try:
            if isinstance(value, bytes):
                if len(value) & 3:
                    raise XdrError(f"dirlistplus3: {len(value)} bytes of encoding")
                append(value)
            else:
                for item_1 in value.entries:
                    name_2 = item_1.name
                    count_3 = len(name_2)
                    append(_pack_IQI(1, item_1.fileid, count_3))
                    append(name_2)
                    if count_3 & 3:
                        append(PADDING[count_3 & 3])
                    name_attributes_4 = item_1.name_attributes
                    if name_attributes_4 is None:
                        append(_pack_QI(item_1.cookie, 0))
                    else:
                        if len(name_attributes_4) != 84:
                            raise XdrError(f"fattr3: {len(name_attributes_4)} bytes, not 84")
                        append(_pack_QI84s(item_1.cookie, 1, name_attributes_4))
                    name_handle_5 = item_1.name_handle
                    if name_handle_5 is None:
                        append(b"\x00\x00\x00\x00")
                    else:
                        count_6 = len(name_handle_5)
                        if count_6 > 64:
                            raise XdrError(f"name_handle: {count_6} bytes, at most 64")
                        append(_pack_2I(1, count_6))
                        append(name_handle_5)
                        if count_6 & 3:
                            append(PADDING[count_6 & 3])
                append(_pack_Ib(0, value.eof))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"dirlistplus3: {error}") from error

    def pack_READDIRPLUS3resok(self, value: READDIRPLUS3resok) -> None:
        append = self.parts.append
        try:
            dir_attributes_1 = value.dir_attributes
            if dir_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_1)
            cookieverf_2 = value.cookieverf
            if len(cookieverf_2) != 8:
                raise XdrError(f"cookieverf: {len(cookieverf_2)} bytes, not 8")
            append(cookieverf_2)
            self.pack_dirlistplus3(value.reply)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIRPLUS3resok: {error}") from error

    def pack_READDIRPLUS3resfail(self, value: READDIRPLUS3resfail) -> None:
        append = self.parts.append
        try:
            dir_attributes_1 = value.dir_attributes
            if dir_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(dir_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(dir_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + dir_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIRPLUS3resfail: {error}") from error

    def pack_READDIRPLUS3res(self, value: READDIRPLUS3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("READDIRPLUS3res.resok is missing")
                dir_attributes_3 = resok_2.dir_attributes
                if dir_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(dir_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(dir_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + dir_attributes_3)
                cookieverf_4 = resok_2.cookieverf
                if len(cookieverf_4) != 8:
                    raise XdrError(f"cookieverf: {len(cookieverf_4)} bytes, not 8")
                append(cookieverf_4)
                self.pack_dirlistplus3(resok_2.reply)
            elif status_1 in _nfsstat3_values:
                resfail_5 = value.resfail
                if resfail_5 is None:
                    raise XdrError("READDIRPLUS3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_READDIRPLUS3resfail(resfail_5)
            else:
                raise XdrError(f"READDIRPLUS3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"READDIRPLUS3res: {error}") from error

    def pack_FSSTAT3args(self, value: FSSTAT3args) -> None:
        append = self.parts.append
        try:
            fsroot_1 = value.fsroot
            count_2 = len(fsroot_1)
            if count_2 > 64:
                raise XdrError(f"fsroot: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(fsroot_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSSTAT3args: {error}") from error

    def pack_FSSTAT3resok(self, value: FSSTAT3resok) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
            append(_pack_6QI(value.tbytes, value.fbytes, value.abytes, value.tfiles, value.ffiles, value.afiles, value.invarsec))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSSTAT3resok: {error}") from error

    def pack_FSSTAT3resfail(self, value: FSSTAT3resfail) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSSTAT3resfail: {error}") from error

    def pack_FSSTAT3res(self, value: FSSTAT3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("FSSTAT3res.resok is missing")
                obj_attributes_3 = resok_2.obj_attributes
                if obj_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + obj_attributes_3)
                append(_pack_6QI(resok_2.tbytes, resok_2.fbytes, resok_2.abytes, resok_2.tfiles, resok_2.ffiles, resok_2.afiles, resok_2.invarsec))
            elif status_1 in _nfsstat3_values:
                resfail_4 = value.resfail
                if resfail_4 is None:
                    raise XdrError("FSSTAT3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_FSSTAT3resfail(resfail_4)
            else:
                raise XdrError(f"FSSTAT3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSSTAT3res: {error}") from error

    def pack_FSINFO3args(self, value: FSINFO3args) -> None:
        append = self.parts.append
        try:
            fsroot_1 = value.fsroot
            count_2 = len(fsroot_1)
            if count_2 > 64:
                raise XdrError(f"fsroot: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(fsroot_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSINFO3args: {error}") from error

    def pack_FSINFO3resok(self, value: FSINFO3resok) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
            time_delta_2 = value.time_delta
            append(_pack_7IQ3I(value.rtmax, value.rtpref, value.rtmult, value.wtmax, value.wtpref, value.wtmult, value.dtpref, value.maxfilesize, time_delta_2.seconds, time_delta_2.nseconds, value.properties))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSINFO3resok: {error}") from error

    def pack_FSINFO3resfail(self, value: FSINFO3resfail) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSINFO3resfail: {error}") from error

    def pack_FSINFO3res(self, value: FSINFO3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("FSINFO3res.resok is missing")
                obj_attributes_3 = resok_2.obj_attributes
                if obj_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + obj_attributes_3)
                time_delta_4 = resok_2.time_delta
                append(_pack_7IQ3I(resok_2.rtmax, resok_2.rtpref, resok_2.rtmult, resok_2.wtmax, resok_2.wtpref, resok_2.wtmult, resok_2.dtpref, resok_2.maxfilesize, time_delta_4.seconds, time_delta_4.nseconds, resok_2.properties))
            elif status_1 in _nfsstat3_values:
                resfail_5 = value.resfail
                if resfail_5 is None:
                    raise XdrError("FSINFO3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_FSINFO3resfail(resfail_5)
            else:
                raise XdrError(f"FSINFO3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"FSINFO3res: {error}") from error

    def pack_PATHCONF3args(self, value: PATHCONF3args) -> None:
        append = self.parts.append
        try:
            object_1 = value.object
            count_2 = len(object_1)
            if count_2 > 64:
                raise XdrError(f"object: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(object_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"PATHCONF3args: {error}") from error

    def pack_PATHCONF3resok(self, value: PATHCONF3resok) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
            append(_pack_2Ibbbb(value.linkmax, value.name_max, value.no_trunc, value.chown_restricted, value.case_insensitive, value.case_preserving))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"PATHCONF3resok: {error}") from error

    def pack_PATHCONF3resfail(self, value: PATHCONF3resfail) -> None:
        append = self.parts.append
        try:
            obj_attributes_1 = value.obj_attributes
            if obj_attributes_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(obj_attributes_1) != 84:
                    raise XdrError(f"fattr3: {len(obj_attributes_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + obj_attributes_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"PATHCONF3resfail: {error}") from error

    def pack_PATHCONF3res(self, value: PATHCONF3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("PATHCONF3res.resok is missing")
                obj_attributes_3 = resok_2.obj_attributes
                if obj_attributes_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(obj_attributes_3) != 84:
                        raise XdrError(f"fattr3: {len(obj_attributes_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + obj_attributes_3)
                append(_pack_2Ibbbb(resok_2.linkmax, resok_2.name_max, resok_2.no_trunc, resok_2.chown_restricted, resok_2.case_insensitive, resok_2.case_preserving))
            elif status_1 in _nfsstat3_values:
                resfail_4 = value.resfail
                if resfail_4 is None:
                    raise XdrError("PATHCONF3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_PATHCONF3resfail(resfail_4)
            else:
                raise XdrError(f"PATHCONF3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"PATHCONF3res: {error}") from error

    def pack_COMMIT3args(self, value: COMMIT3args) -> None:
        append = self.parts.append
        try:
            file_1 = value.file
            count_2 = len(file_1)
            if count_2 > 64:
                raise XdrError(f"file: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(file_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_QI(value.offset, value.count))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"COMMIT3args: {error}") from error

    def pack_COMMIT3resok(self, value: COMMIT3resok) -> None:
        append = self.parts.append
        try:
            file_wcc_1 = value.file_wcc
            before_2 = file_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = file_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
            verf_4 = value.verf
            if len(verf_4) != 8:
                raise XdrError(f"verf: {len(verf_4)} bytes, not 8")
            append(verf_4)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"COMMIT3resok: {error}") from error

    def pack_COMMIT3resfail(self, value: COMMIT3resfail) -> None:
        append = self.parts.append
        try:
            file_wcc_1 = value.file_wcc
            before_2 = file_wcc_1.before
            if before_2 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(before_2) != 24:
                    raise XdrError(f"wcc_attr: {len(before_2)} bytes, not 24")
                append(b"\x00\x00\x00\x01" + before_2)
            after_3 = file_wcc_1.after
            if after_3 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(after_3) != 84:
                    raise XdrError(f"fattr3: {len(after_3)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + after_3)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"COMMIT3resfail: {error}") from error

    def pack_COMMIT3res(self, value: COMMIT3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("COMMIT3res.resok is missing")
                file_wcc_3 = resok_2.file_wcc
                before_4 = file_wcc_3.before
                if before_4 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(before_4) != 24:
                        raise XdrError(f"wcc_attr: {len(before_4)} bytes, not 24")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + before_4)
                after_5 = file_wcc_3.after
                if after_5 is None:
                    append(b"\x00\x00\x00\x00")
                else:
                    if len(after_5) != 84:
                        raise XdrError(f"fattr3: {len(after_5)} bytes, not 84")
                    append(b"\x00\x00\x00\x01" + after_5)
                verf_6 = resok_2.verf
                if len(verf_6) != 8:
                    raise XdrError(f"verf: {len(verf_6)} bytes, not 8")
                append(verf_6)
            elif status_1 in _nfsstat3_values:
                resfail_7 = value.resfail
                if resfail_7 is None:
                    raise XdrError("COMMIT3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_COMMIT3resfail(resfail_7)
            else:
                raise XdrError(f"COMMIT3res.status of {status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"COMMIT3res: {error}") from error


class NFS3Unpacker(Unpacker):
    """Unpack the types of ``nfs3.x``."""

    __slots__ = ()

    def unpack_uint64(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("uint64: ends early") from None
        if position > end:
            raise XdrError("uint64: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_int64(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_q(data, position)
            position += 8
        except struct_error:
            raise XdrError("int64: ends early") from None
        if position > end:
            raise XdrError("int64: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_uint32(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("uint32: ends early") from None
        if position > end:
            raise XdrError("uint32: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_int32(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_i(data, position)
            position += 4
        except struct_error:
            raise XdrError("int32: ends early") from None
        if position > end:
            raise XdrError("int32: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_filename3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if position > end:
                raise XdrError(f"value: a length of {count_1}")
            value_2 = data[start : start + count_1]
            if value_2.__class__ is not bytes:
                value_2 = bytes(value_2)
        except struct_error:
            raise XdrError("filename3: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_nfspath3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if position > end:
                raise XdrError(f"value: a length of {count_1}")
            value_2 = data[start : start + count_1]
            if value_2.__class__ is not bytes:
                value_2 = bytes(value_2)
        except struct_error:
            raise XdrError("nfspath3: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_nfs_fh3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"value: a length of {count_1}")
            value_2 = data[start : start + count_1]
            if value_2.__class__ is not bytes:
                value_2 = bytes(value_2)
        except struct_error:
            raise XdrError("nfs_fh3: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_fileid3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("fileid3: ends early") from None
        if position > end:
            raise XdrError("fileid3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_cookie3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("cookie3: ends early") from None
        if position > end:
            raise XdrError("cookie3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_cookieverf3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_8s(data, position)
            position += 8
        except struct_error:
            raise XdrError("cookieverf3: ends early") from None
        if position > end:
            raise XdrError("cookieverf3: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_createverf3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_8s(data, position)
            position += 8
        except struct_error:
            raise XdrError("createverf3: ends early") from None
        if position > end:
            raise XdrError("createverf3: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_writeverf3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_8s(data, position)
            position += 8
        except struct_error:
            raise XdrError("writeverf3: ends early") from None
        if position > end:
            raise XdrError("writeverf3: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_uid3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("uid3: ends early") from None
        if position > end:
            raise XdrError("uid3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_gid3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("gid3: ends early") from None
        if position > end:
            raise XdrError("gid3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_size3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("size3: ends early") from None
        if position > end:
            raise XdrError("size3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_offset3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("offset3: ends early") from None
        if position > end:
            raise XdrError("offset3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_mode3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("mode3: ends early") from None
        if position > end:
            raise XdrError("mode3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_count3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("count3: ends early") from None
        if position > end:
            raise XdrError("count3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_nfsstat3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _nfsstat3_values:
                raise XdrError(f"nfsstat3 of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("nfsstat3: ends early") from None
        if position > end:
            raise XdrError("nfsstat3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_ftype3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _ftype3_values:
                raise XdrError(f"ftype3 of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("ftype3: ends early") from None
        if position > end:
            raise XdrError("ftype3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_specdata3(self) -> specdata3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (specdata1_1, specdata2_2) = _unpack_2I(data, position)
            position += 8
        except struct_error:
            raise XdrError("specdata3: ends early") from None
        if position > end:
            raise XdrError("specdata3: ends early")
        self.position = position
        return specdata3(specdata1_1, specdata2_2)

    def unpack_nfstime3(self) -> nfstime3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (seconds_1, nseconds_2) = _unpack_2I(data, position)
            position += 8
        except struct_error:
            raise XdrError("nfstime3: ends early") from None
        if position > end:
            raise XdrError("nfstime3: ends early")
        self.position = position
        return nfstime3(seconds_1, nseconds_2)

    def unpack_fattr3(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_84s(data, position)
            position += 84
        except struct_error:
            raise XdrError("fattr3: ends early") from None
        if position > end:
            raise XdrError("fattr3: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_post_op_attr(self) -> bytes | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: bytes | None
            if follows_1:
                (value_3,) = _unpack_84s(data, position + 4)
                position += 88
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("post_op_attr: ends early") from None
        if position > end:
            raise XdrError("post_op_attr: ends early")
        self.position = position
        result: bytes | None = value_2
        return result

    def unpack_wcc_attr(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_24s(data, position)
            position += 24
        except struct_error:
            raise XdrError("wcc_attr: ends early") from None
        if position > end:
            raise XdrError("wcc_attr: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_pre_op_attr(self) -> bytes | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: bytes | None
            if follows_1:
                (value_3,) = _unpack_24s(data, position + 4)
                position += 28
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("pre_op_attr: ends early") from None
        if position > end:
            raise XdrError("pre_op_attr: ends early")
        self.position = position
        result: bytes | None = value_2
        return result

    def unpack_wcc_data(self) -> wcc_data:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("wcc_data: ends early") from None
        if position > end:
            raise XdrError("wcc_data: ends early")
        self.position = position
        return wcc_data(before_2, after_5)

    def unpack_post_op_fh3(self) -> bytes | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: bytes | None
            if follows_1:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"value: a length of {count_3}")
                value_4 = data[start : start + count_3]
                if value_4.__class__ is not bytes:
                    value_4 = bytes(value_4)
                value_2 = value_4
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("post_op_fh3: ends early") from None
        if position > end:
            raise XdrError("post_op_fh3: ends early")
        self.position = position
        result: bytes | None = value_2
        return result

    def unpack_time_how(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _time_how_values:
                raise XdrError(f"time_how of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("time_how: ends early") from None
        if position > end:
            raise XdrError("time_how: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_set_mode3(self) -> int | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: int | None
            if follows_1:
                (value_3,) = _unpack_I(data, position + 4)
                position += 8
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("set_mode3: ends early") from None
        if position > end:
            raise XdrError("set_mode3: ends early")
        self.position = position
        result: int | None = value_2
        return result

    def unpack_set_uid3(self) -> int | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: int | None
            if follows_1:
                (value_3,) = _unpack_I(data, position + 4)
                position += 8
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("set_uid3: ends early") from None
        if position > end:
            raise XdrError("set_uid3: ends early")
        self.position = position
        result: int | None = value_2
        return result

    def unpack_set_gid3(self) -> int | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: int | None
            if follows_1:
                (value_3,) = _unpack_I(data, position + 4)
                position += 8
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("set_gid3: ends early") from None
        if position > end:
            raise XdrError("set_gid3: ends early")
        self.position = position
        result: int | None = value_2
        return result

    def unpack_set_size3(self) -> int | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: int | None
            if follows_1:
                (value_3,) = _unpack_Q(data, position + 4)
                position += 12
                value_2 = value_3
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("set_size3: ends early") from None
        if position > end:
            raise XdrError("set_size3: ends early")
        self.position = position
        result: int | None = value_2
        return result

    def unpack_set_atime(self) -> set_atime:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (set_it_1,) = _unpack_I(data, position)
            if set_it_1 == 2:
                (seconds_3, nseconds_4) = _unpack_2I(data, position + 4)
                position += 12
                value_2 = set_atime(set_it_1, nfstime3(seconds_3, nseconds_4))
            elif set_it_1 in _time_how_values:
                position += 4
                value_2 = set_atime(set_it_1)
            else:
                raise XdrError(f"set_atime.set_it of {set_it_1}")
        except struct_error:
            raise XdrError("set_atime: ends early") from None
        if position > end:
            raise XdrError("set_atime: ends early")
        self.position = position
        result: set_atime = value_2
        return result

    def unpack_set_mtime(self) -> set_mtime:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (set_it_1,) = _unpack_I(data, position)
            if set_it_1 == 2:
                (seconds_3, nseconds_4) = _unpack_2I(data, position + 4)
                position += 12
                value_2 = set_mtime(set_it_1, nfstime3(seconds_3, nseconds_4))
            elif set_it_1 in _time_how_values:
                position += 4
                value_2 = set_mtime(set_it_1)
            else:
                raise XdrError(f"set_mtime.set_it of {set_it_1}")
        except struct_error:
            raise XdrError("set_mtime: ends early") from None
        if position > end:
            raise XdrError("set_mtime: ends early")
        self.position = position
        result: set_mtime = value_2
        return result

    def unpack_sattr3(self) -> sattr3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"mode: a bool of {follows_1}")
            mode_2: int | None
            if follows_1:
                (mode_3,) = _unpack_I(data, position + 4)
                position += 8
                mode_2 = mode_3
            else:
                position += 4
                mode_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"uid: a bool of {follows_4}")
            uid_5: int | None
            if follows_4:
                (uid_6,) = _unpack_I(data, position + 4)
                position += 8
                uid_5 = uid_6
            else:
                position += 4
                uid_5 = None
            (follows_7,) = _unpack_I(data, position)
            if follows_7 > 1:
                raise XdrError(f"gid: a bool of {follows_7}")
            gid_8: int | None
            if follows_7:
                (gid_9,) = _unpack_I(data, position + 4)
                position += 8
                gid_8 = gid_9
            else:
                position += 4
                gid_8 = None
            (follows_10,) = _unpack_I(data, position)
            if follows_10 > 1:
                raise XdrError(f"size: a bool of {follows_10}")
            size_11: int | None
            if follows_10:
                (size_12,) = _unpack_Q(data, position + 4)
                position += 12
                size_11 = size_12
            else:
                position += 4
                size_11 = None
            (set_it_13,) = _unpack_I(data, position)
            if set_it_13 == 2:
                (seconds_15, nseconds_16) = _unpack_2I(data, position + 4)
                position += 12
                atime_14 = set_atime(set_it_13, nfstime3(seconds_15, nseconds_16))
            elif set_it_13 in _time_how_values:
                position += 4
                atime_14 = set_atime(set_it_13)
            else:
                raise XdrError(f"set_atime.set_it of {set_it_13}")
            (set_it_17,) = _unpack_I(data, position)
            if set_it_17 == 2:
                (seconds_19, nseconds_20) = _unpack_2I(data, position + 4)
                position += 12
                mtime_18 = set_mtime(set_it_17, nfstime3(seconds_19, nseconds_20))
            elif set_it_17 in _time_how_values:
                position += 4
                mtime_18 = set_mtime(set_it_17)
            else:
                raise XdrError(f"set_mtime.set_it of {set_it_17}")
        except struct_error:
            raise XdrError("sattr3: ends early") from None
        if position > end:
            raise XdrError("sattr3: ends early")
        self.position = position
        return sattr3(mode_2, uid_5, gid_8, size_11, atime_14, mtime_18)

    def unpack_diropargs3(self) -> diropargs3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
        except struct_error:
            raise XdrError("diropargs3: ends early") from None
        self.position = position
        return diropargs3(dir_2, name_4)

    def unpack_GETATTR3args(self) -> GETATTR3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"object: a length of {count_1}")
            object_2 = data[start : start + count_1]
            if object_2.__class__ is not bytes:
                object_2 = bytes(object_2)
        except struct_error:
            raise XdrError("GETATTR3args: ends early") from None
        self.position = position
        return GETATTR3args(object_2)

    def unpack_GETATTR3resok(self) -> GETATTR3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (obj_attributes_1,) = _unpack_84s(data, position)
            position += 84
        except struct_error:
            raise XdrError("GETATTR3resok: ends early") from None
        if position > end:
            raise XdrError("GETATTR3resok: ends early")
        self.position = position
        return GETATTR3resok(obj_attributes_1)

    def unpack_GETATTR3res(self) -> GETATTR3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                value_2 = GETATTR3res(status_1, GETATTR3resok(obj_attributes_3))
            elif status_1 in _nfsstat3_values:
                position += 4
                value_2 = GETATTR3res(status_1)
            else:
                raise XdrError(f"GETATTR3res.status of {status_1}")
        except struct_error:
            raise XdrError("GETATTR3res: ends early") from None
        if position > end:
            raise XdrError("GETATTR3res: ends early")
        self.position = position
        result: GETATTR3res = value_2
        return result

    def unpack_sattrguard3(self) -> nfstime3 | None:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"value: a bool of {follows_1}")
            value_2: nfstime3 | None
            if follows_1:
                (seconds_3, nseconds_4) = _unpack_2I(data, position + 4)
                position += 12
                value_2 = nfstime3(seconds_3, nseconds_4)
            else:
                position += 4
                value_2 = None
        except struct_error:
            raise XdrError("sattrguard3: ends early") from None
        if position > end:
            raise XdrError("sattrguard3: ends early")
        self.position = position
        result: nfstime3 | None = value_2
        return result

    def unpack_SETATTR3args(self) -> SETATTR3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"object: a length of {count_1}")
            object_2 = data[start : start + count_1]
            if object_2.__class__ is not bytes:
                object_2 = bytes(object_2)
            self.position = position
            new_attributes_3 = self.unpack_sattr3()
            position = self.position
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"guard: a bool of {follows_4}")
            guard_5: nfstime3 | None
            if follows_4:
                (seconds_6, nseconds_7) = _unpack_2I(data, position + 4)
                position += 12
                guard_5 = nfstime3(seconds_6, nseconds_7)
            else:
                position += 4
                guard_5 = None
        except struct_error:
            raise XdrError("SETATTR3args: ends early") from None
        if position > end:
            raise XdrError("SETATTR3args: ends early")
        self.position = position
        return SETATTR3args(object_2, new_attributes_3, guard_5)

    def unpack_SETATTR3resok(self) -> SETATTR3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("SETATTR3resok: ends early") from None
        if position > end:
            raise XdrError("SETATTR3resok: ends early")
        self.position = position
        return SETATTR3resok(wcc_data(before_2, after_5))

    def unpack_SETATTR3resfail(self) -> SETATTR3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("SETATTR3resfail: ends early") from None
        if position > end:
            raise XdrError("SETATTR3resfail: ends early")
        self.position = position
        return SETATTR3resfail(wcc_data(before_2, after_5))

    def unpack_SETATTR3res(self) -> SETATTR3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                value_2 = SETATTR3res(status_1, SETATTR3resok(wcc_data(before_4, after_7)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_9 = self.unpack_SETATTR3resfail()
                position = self.position
                value_2 = SETATTR3res(status_1, None, resfail_9)
            else:
                raise XdrError(f"SETATTR3res.status of {status_1}")
        except struct_error:
            raise XdrError("SETATTR3res: ends early") from None
        if position > end:
            raise XdrError("SETATTR3res: ends early")
        self.position = position
        result: SETATTR3res = value_2
        return result

    def unpack_LOOKUP3args(self) -> LOOKUP3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
        except struct_error:
            raise XdrError("LOOKUP3args: ends early") from None
        self.position = position
        return LOOKUP3args(diropargs3(dir_2, name_4))

    def unpack_LOOKUP3resok(self) -> LOOKUP3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"object: a length of {count_1}")
            object_2 = data[start : start + count_1]
            if object_2.__class__ is not bytes:
                object_2 = bytes(object_2)
            (follows_3,) = _unpack_I(data, position)
            if follows_3 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_3}")
            obj_attributes_4: bytes | None
            if follows_3:
                (obj_attributes_5,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_4 = obj_attributes_5
            else:
                position += 4
                obj_attributes_4 = None
            (follows_6,) = _unpack_I(data, position)
            if follows_6 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_6}")
            dir_attributes_7: bytes | None
            if follows_6:
                (dir_attributes_8,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_7 = dir_attributes_8
            else:
                position += 4
                dir_attributes_7 = None
        except struct_error:
            raise XdrError("LOOKUP3resok: ends early") from None
        if position > end:
            raise XdrError("LOOKUP3resok: ends early")
        self.position = position
        return LOOKUP3resok(object_2, obj_attributes_4, dir_attributes_7)

    def unpack_LOOKUP3resfail(self) -> LOOKUP3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_1}")
            dir_attributes_2: bytes | None
            if follows_1:
                (dir_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_2 = dir_attributes_3
            else:
                position += 4
                dir_attributes_2 = None
        except struct_error:
            raise XdrError("LOOKUP3resfail: ends early") from None
        if position > end:
            raise XdrError("LOOKUP3resfail: ends early")
        self.position = position
        return LOOKUP3resfail(dir_attributes_2)

    def unpack_LOOKUP3res(self) -> LOOKUP3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"object: a length of {count_3}")
                object_4 = data[start : start + count_3]
                if object_4.__class__ is not bytes:
                    object_4 = bytes(object_4)
                (follows_5,) = _unpack_I(data, position)
                if follows_5 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_5}")
                obj_attributes_6: bytes | None
                if follows_5:
                    (obj_attributes_7,) = _unpack_84s(data, position + 4)
                    position += 88
                    obj_attributes_6 = obj_attributes_7
                else:
                    position += 4
                    obj_attributes_6 = None
                (follows_8,) = _unpack_I(data, position)
                if follows_8 > 1:
                    raise XdrError(f"dir_attributes: a bool of {follows_8}")
                dir_attributes_9: bytes | None
                if follows_8:
                    (dir_attributes_10,) = _unpack_84s(data, position + 4)
                    position += 88
                    dir_attributes_9 = dir_attributes_10
                else:
                    position += 4
                    dir_attributes_9 = None
                value_2 = LOOKUP3res(status_1, LOOKUP3resok(object_4, obj_attributes_6, dir_attributes_9))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_11 = self.unpack_LOOKUP3resfail()
                position = self.position
                value_2 = LOOKUP3res(status_1, None, resfail_11)
            else:
                raise XdrError(f"LOOKUP3res.status of {status_1}")
        except struct_error:
            raise XdrError("LOOKUP3res: ends early") from None
        if position > end:
            raise XdrError("LOOKUP3res: ends early")
        self.position = position
        result: LOOKUP3res = value_2
        return result

    def unpack_ACCESS3args(self) -> ACCESS3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"object: a length of {count_1}")
            object_2 = data[start : start + count_1]
            if object_2.__class__ is not bytes:
                object_2 = bytes(object_2)
            (access_3,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("ACCESS3args: ends early") from None
        if position > end:
            raise XdrError("ACCESS3args: ends early")
        self.position = position
        return ACCESS3args(object_2, access_3)

    def unpack_ACCESS3resok(self) -> ACCESS3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
            (access_4,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("ACCESS3resok: ends early") from None
        if position > end:
            raise XdrError("ACCESS3resok: ends early")
        self.position = position
        return ACCESS3resok(obj_attributes_2, access_4)

    def unpack_ACCESS3resfail(self) -> ACCESS3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
        except struct_error:
            raise XdrError("ACCESS3resfail: ends early") from None
        if position > end:
            raise XdrError("ACCESS3resfail: ends early")
        self.position = position
        return ACCESS3resfail(obj_attributes_2)

    def unpack_ACCESS3res(self) -> ACCESS3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_3}")
                obj_attributes_4: bytes | None
                if follows_3:
                    (obj_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    obj_attributes_4 = obj_attributes_5
                else:
                    position += 8
                    obj_attributes_4 = None
                (access_6,) = _unpack_I(data, position)
                position += 4
                value_2 = ACCESS3res(status_1, ACCESS3resok(obj_attributes_4, access_6))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_7 = self.unpack_ACCESS3resfail()
                position = self.position
                value_2 = ACCESS3res(status_1, None, resfail_7)
            else:
                raise XdrError(f"ACCESS3res.status of {status_1}")
        except struct_error:
            raise XdrError("ACCESS3res: ends early") from None
        if position > end:
            raise XdrError("ACCESS3res: ends early")
        self.position = position
        result: ACCESS3res = value_2
        return result

    def unpack_READLINK3args(self) -> READLINK3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"symlink: a length of {count_1}")
            symlink_2 = data[start : start + count_1]
            if symlink_2.__class__ is not bytes:
                symlink_2 = bytes(symlink_2)
        except struct_error:
            raise XdrError("READLINK3args: ends early") from None
        self.position = position
        return READLINK3args(symlink_2)

    def unpack_READLINK3resok(self) -> READLINK3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"symlink_attributes: a bool of {follows_1}")
            symlink_attributes_2: bytes | None
            if follows_1:
                (symlink_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                symlink_attributes_2 = symlink_attributes_3
            else:
                position += 4
                symlink_attributes_2 = None
            (count_4,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_4 + 3 & ~3)
            if position > end:
                raise XdrError(f"data: a length of {count_4}")
            data_5 = data[start : start + count_4]
            if data_5.__class__ is not bytes:
                data_5 = bytes(data_5)
        except struct_error:
            raise XdrError("READLINK3resok: ends early") from None
        self.position = position
        return READLINK3resok(symlink_attributes_2, data_5)

    def unpack_READLINK3resfail(self) -> READLINK3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"symlink_attributes: a bool of {follows_1}")
            symlink_attributes_2: bytes | None
            if follows_1:
                (symlink_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                symlink_attributes_2 = symlink_attributes_3
            else:
                position += 4
                symlink_attributes_2 = None
        except struct_error:
            raise XdrError("READLINK3resfail: ends early") from None
        if position > end:
            raise XdrError("READLINK3resfail: ends early")
        self.position = position
        return READLINK3resfail(symlink_attributes_2)

    def unpack_READLINK3res(self) -> READLINK3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"symlink_attributes: a bool of {follows_3}")
                symlink_attributes_4: bytes | None
                if follows_3:
                    (symlink_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    symlink_attributes_4 = symlink_attributes_5
                else:
                    position += 8
                    symlink_attributes_4 = None
                (count_6,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_6 + 3 & ~3)
                if position > end:
                    raise XdrError(f"data: a length of {count_6}")
                data_7 = data[start : start + count_6]
                if data_7.__class__ is not bytes:
                    data_7 = bytes(data_7)
                value_2 = READLINK3res(status_1, READLINK3resok(symlink_attributes_4, data_7))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_8 = self.unpack_READLINK3resfail()
                position = self.position
                value_2 = READLINK3res(status_1, None, resfail_8)
            else:
                raise XdrError(f"READLINK3res.status of {status_1}")
        except struct_error:
            raise XdrError("READLINK3res: ends early") from None
        if position > end:
            raise XdrError("READLINK3res: ends early")
        self.position = position
        result: READLINK3res = value_2
        return result

    def unpack_READ3args(self) -> READ3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"file: a length of {count_1}")
            file_2 = data[start : start + count_1]
            if file_2.__class__ is not bytes:
                file_2 = bytes(file_2)
            (offset_3, count_4) = _unpack_QI(data, position)
            position += 12
        except struct_error:
            raise XdrError("READ3args: ends early") from None
        if position > end:
            raise XdrError("READ3args: ends early")
        self.position = position
        return READ3args(file_2, offset_3, count_4)

    def unpack_READ3resok(self) -> READ3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"file_attributes: a bool of {follows_1}")
            file_attributes_2: bytes | None
            if follows_1:
                (file_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                file_attributes_2 = file_attributes_3
            else:
                position += 4
                file_attributes_2 = None
            (count_4, eof_5, count_6) = _unpack_3I(data, position)
            if eof_5 > 1:
                raise XdrError(f"eof: a bool of {eof_5}")
            start = position + 12
            position = start + (count_6 + 3 & ~3)
            if position > end:
                raise XdrError(f"data: a length of {count_6}")
            data_7 = memoryview(data)[start : start + count_6]
        except struct_error:
            raise XdrError("READ3resok: ends early") from None
        self.position = position
        return READ3resok(file_attributes_2, count_4, eof_5 == 1, data_7)

    def unpack_READ3resfail(self) -> READ3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"file_attributes: a bool of {follows_1}")
            file_attributes_2: bytes | None
            if follows_1:
                (file_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                file_attributes_2 = file_attributes_3
            else:
                position += 4
                file_attributes_2 = None
        except struct_error:
            raise XdrError("READ3resfail: ends early") from None
        if position > end:
            raise XdrError("READ3resfail: ends early")
        self.position = position
        return READ3resfail(file_attributes_2)

    def unpack_READ3res(self) -> READ3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"file_attributes: a bool of {follows_3}")
                file_attributes_4: bytes | None
                if follows_3:
                    (file_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    file_attributes_4 = file_attributes_5
                else:
                    position += 8
                    file_attributes_4 = None
                (count_6, eof_7, count_8) = _unpack_3I(data, position)
                if eof_7 > 1:
                    raise XdrError(f"eof: a bool of {eof_7}")
                start = position + 12
                position = start + (count_8 + 3 & ~3)
                if position > end:
                    raise XdrError(f"data: a length of {count_8}")
                data_9 = memoryview(data)[start : start + count_8]
                value_2 = READ3res(status_1, READ3resok(file_attributes_4, count_6, eof_7 == 1, data_9))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_10 = self.unpack_READ3resfail()
                position = self.position
                value_2 = READ3res(status_1, None, resfail_10)
            else:
                raise XdrError(f"READ3res.status of {status_1}")
        except struct_error:
            raise XdrError("READ3res: ends early") from None
        if position > end:
            raise XdrError("READ3res: ends early")
        self.position = position
        result: READ3res = value_2
        return result

    def unpack_stable_how(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _stable_how_values:
                raise XdrError(f"stable_how of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("stable_how: ends early") from None
        if position > end:
            raise XdrError("stable_how: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_WRITE3args(self) -> WRITE3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"file: a length of {count_1}")
            file_2 = data[start : start + count_1]
            if file_2.__class__ is not bytes:
                file_2 = bytes(file_2)
            (offset_3, count_4, stable_5, count_6) = _unpack_Q3I(data, position)
            if stable_5 not in _stable_how_values:
                raise XdrError(f"stable_how of {stable_5}")
            start = position + 20
            position = start + (count_6 + 3 & ~3)
            if position > end:
                raise XdrError(f"data: a length of {count_6}")
            data_7 = memoryview(data)[start : start + count_6]
        except struct_error:
            raise XdrError("WRITE3args: ends early") from None
        self.position = position
        return WRITE3args(file_2, offset_3, count_4, stable_5, data_7)

    def unpack_WRITE3resok(self) -> WRITE3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
            (count_7, committed_8, verf_9) = _unpack_2I8s(data, position)
            if committed_8 not in _stable_how_values:
                raise XdrError(f"stable_how of {committed_8}")
            position += 16
        except struct_error:
            raise XdrError("WRITE3resok: ends early") from None
        if position > end:
            raise XdrError("WRITE3resok: ends early")
        self.position = position
        return WRITE3resok(wcc_data(before_2, after_5), count_7, committed_8, verf_9)

    def unpack_WRITE3resfail(self) -> WRITE3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("WRITE3resfail: ends early") from None
        if position > end:
            raise XdrError("WRITE3resfail: ends early")
        self.position = position
        return WRITE3resfail(wcc_data(before_2, after_5))

    def unpack_WRITE3res(self) -> WRITE3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                (count_9, committed_10, verf_11) = _unpack_2I8s(data, position)
                if committed_10 not in _stable_how_values:
                    raise XdrError(f"stable_how of {committed_10}")
                position += 16
                value_2 = WRITE3res(status_1, WRITE3resok(wcc_data(before_4, after_7), count_9, committed_10, verf_11))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_12 = self.unpack_WRITE3resfail()
                position = self.position
                value_2 = WRITE3res(status_1, None, resfail_12)
            else:
                raise XdrError(f"WRITE3res.status of {status_1}")
        except struct_error:
            raise XdrError("WRITE3res: ends early") from None
        if position > end:
            raise XdrError("WRITE3res: ends early")
        self.position = position
        result: WRITE3res = value_2
        return result

    def unpack_createmode3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _createmode3_values:
                raise XdrError(f"createmode3 of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("createmode3: ends early") from None
        if position > end:
            raise XdrError("createmode3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_createhow3(self) -> createhow3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (mode_1,) = _unpack_I(data, position)
            if mode_1 in (0, 1):
                self.position = position + 4
                obj_attributes_3 = self.unpack_sattr3()
                position = self.position
                value_2 = createhow3(mode_1, obj_attributes_3)
            elif mode_1 == 2:
                (verf_4,) = _unpack_8s(data, position + 4)
                position += 12
                value_2 = createhow3(mode_1, None, verf_4)
            else:
                raise XdrError(f"createhow3.mode of {mode_1}")
        except struct_error:
            raise XdrError("createhow3: ends early") from None
        if position > end:
            raise XdrError("createhow3: ends early")
        self.position = position
        result: createhow3 = value_2
        return result

    def unpack_CREATE3args(self) -> CREATE3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
            (mode_5,) = _unpack_I(data, position)
            if mode_5 in (0, 1):
                self.position = position + 4
                obj_attributes_7 = self.unpack_sattr3()
                position = self.position
                how_6 = createhow3(mode_5, obj_attributes_7)
            elif mode_5 == 2:
                (verf_8,) = _unpack_8s(data, position + 4)
                position += 12
                how_6 = createhow3(mode_5, None, verf_8)
            else:
                raise XdrError(f"createhow3.mode of {mode_5}")
        except struct_error:
            raise XdrError("CREATE3args: ends early") from None
        if position > end:
            raise XdrError("CREATE3args: ends early")
        self.position = position
        return CREATE3args(diropargs3(dir_2, name_4), how_6)

    def unpack_CREATE3resok(self) -> CREATE3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj: a bool of {follows_1}")
            obj_2: bytes | None
            if follows_1:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"obj: a length of {count_3}")
                obj_4 = data[start : start + count_3]
                if obj_4.__class__ is not bytes:
                    obj_4 = bytes(obj_4)
                obj_2 = obj_4
            else:
                position += 4
                obj_2 = None
            (follows_5,) = _unpack_I(data, position)
            if follows_5 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_5}")
            obj_attributes_6: bytes | None
            if follows_5:
                (obj_attributes_7,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_6 = obj_attributes_7
            else:
                position += 4
                obj_attributes_6 = None
            (follows_8,) = _unpack_I(data, position)
            if follows_8 > 1:
                raise XdrError(f"before: a bool of {follows_8}")
            before_9: bytes | None
            if follows_8:
                (before_10,) = _unpack_24s(data, position + 4)
                position += 28
                before_9 = before_10
            else:
                position += 4
                before_9 = None
            (follows_11,) = _unpack_I(data, position)
            if follows_11 > 1:
                raise XdrError(f"after: a bool of {follows_11}")
            after_12: bytes | None
            if follows_11:
                (after_13,) = _unpack_84s(data, position + 4)
                position += 88
                after_12 = after_13
            else:
                position += 4
                after_12 = None
        except struct_error:
            raise XdrError("CREATE3resok: ends early") from None
        if position > end:
            raise XdrError("CREATE3resok: ends early")
        self.position = position
        return CREATE3resok(obj_2, obj_attributes_6, wcc_data(before_9, after_12))

    def unpack_CREATE3resfail(self) -> CREATE3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("CREATE3resfail: ends early") from None
        if position > end:
            raise XdrError("CREATE3resfail: ends early")
        self.position = position
        return CREATE3resfail(wcc_data(before_2, after_5))

    def unpack_CREATE3res(self) -> CREATE3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj: a bool of {follows_3}")
                obj_4: bytes | None
                if follows_3:
                    (count_5,) = _unpack_I(data, position + 8)
                    start = position + 12
                    position = start + (count_5 + 3 & ~3)
                    if count_5 > 64 or position > end:
                        raise XdrError(f"obj: a length of {count_5}")
                    obj_6 = data[start : start + count_5]
                    if obj_6.__class__ is not bytes:
                        obj_6 = bytes(obj_6)
                    obj_4 = obj_6
                else:
                    position += 8
                    obj_4 = None
                (follows_7,) = _unpack_I(data, position)
                if follows_7 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_7}")
                obj_attributes_8: bytes | None
                if follows_7:
                    (obj_attributes_9,) = _unpack_84s(data, position + 4)
                    position += 88
                    obj_attributes_8 = obj_attributes_9
                else:
                    position += 4
                    obj_attributes_8 = None
                (follows_10,) = _unpack_I(data, position)
                if follows_10 > 1:
                    raise XdrError(f"before: a bool of {follows_10}")
                before_11: bytes | None
                if follows_10:
                    (before_12,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_11 = before_12
                else:
                    position += 4
                    before_11 = None
                (follows_13,) = _unpack_I(data, position)
                if follows_13 > 1:
                    raise XdrError(f"after: a bool of {follows_13}")
                after_14: bytes | None
                if follows_13:
                    (after_15,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_14 = after_15
                else:
                    position += 4
                    after_14 = None
                value_2 = CREATE3res(status_1, CREATE3resok(obj_4, obj_attributes_8, wcc_data(before_11, after_14)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_16 = self.unpack_CREATE3resfail()
                position = self.position
                value_2 = CREATE3res(status_1, None, resfail_16)
            else:
                raise XdrError(f"CREATE3res.status of {status_1}")
        except struct_error:
            raise XdrError("CREATE3res: ends early") from None
        if position > end:
            raise XdrError("CREATE3res: ends early")
        self.position = position
        result: CREATE3res = value_2
        return result

    def unpack_MKDIR3args(self) -> MKDIR3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
            self.position = position
            attributes_5 = self.unpack_sattr3()
            position = self.position
        except struct_error:
            raise XdrError("MKDIR3args: ends early") from None
        self.position = position
        return MKDIR3args(diropargs3(dir_2, name_4), attributes_5)

    def unpack_MKDIR3resok(self) -> MKDIR3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj: a bool of {follows_1}")
            obj_2: bytes | None
            if follows_1:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"obj: a length of {count_3}")
                obj_4 = data[start : start + count_3]
                if obj_4.__class__ is not bytes:
                    obj_4 = bytes(obj_4)
                obj_2 = obj_4
            else:
                position += 4
                obj_2 = None
            (follows_5,) = _unpack_I(data, position)
            if follows_5 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_5}")
            obj_attributes_6: bytes | None
            if follows_5:
                (obj_attributes_7,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_6 = obj_attributes_7
            else:
                position += 4
                obj_attributes_6 = None
            (follows_8,) = _unpack_I(data, position)
            if follows_8 > 1:
                raise XdrError(f"before: a bool of {follows_8}")
            before_9: bytes | None
            if follows_8:
                (before_10,) = _unpack_24s(data, position + 4)
                position += 28
                before_9 = before_10
            else:
                position += 4
                before_9 = None
            (follows_11,) = _unpack_I(data, position)
            if follows_11 > 1:
                raise XdrError(f"after: a bool of {follows_11}")
            after_12: bytes | None
            if follows_11:
                (after_13,) = _unpack_84s(data, position + 4)
                position += 88
                after_12 = after_13
            else:
                position += 4
                after_12 = None
        except struct_error:
            raise XdrError("MKDIR3resok: ends early") from None
        if position > end:
            raise XdrError("MKDIR3resok: ends early")
        self.position = position
        return MKDIR3resok(obj_2, obj_attributes_6, wcc_data(before_9, after_12))

    def unpack_MKDIR3resfail(self) -> MKDIR3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("MKDIR3resfail: ends early") from None
        if position > end:
            raise XdrError("MKDIR3resfail: ends early")
        self.position = position
        return MKDIR3resfail(wcc_data(before_2, after_5))

    def unpack_MKDIR3res(self) -> MKDIR3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj: a bool of {follows_3}")
                obj_4: bytes | None
                if follows_3:
                    (count_5,) = _unpack_I(data, position + 8)
                    start = position + 12
                    position = start + (count_5 + 3 & ~3)
                    if count_5 > 64 or position > end:
                        raise XdrError(f"obj: a length of {count_5}")
                    obj_6 = data[start : start + count_5]
                    if obj_6.__class__ is not bytes:
                        obj_6 = bytes(obj_6)
                    obj_4 = obj_6
                else:
                    position += 8
                    obj_4 = None
                (follows_7,) = _unpack_I(data, position)
                if follows_7 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_7}")
                obj_attributes_8: bytes | None
                if follows_7:
                    (obj_attributes_9,) = _unpack_84s(data, position + 4)
                    position += 88
                    obj_attributes_8 = obj_attributes_9
                else:
                    position += 4
                    obj_attributes_8 = None
                (follows_10,) = _unpack_I(data, position)
                if follows_10 > 1:
                    raise XdrError(f"before: a bool of {follows_10}")
                before_11: bytes | None
                if follows_10:
                    (before_12,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_11 = before_12
                else:
                    position += 4
                    before_11 = None
                (follows_13,) = _unpack_I(data, position)
                if follows_13 > 1:
                    raise XdrError(f"after: a bool of {follows_13}")
                after_14: bytes | None
                if follows_13:
                    (after_15,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_14 = after_15
                else:
                    position += 4
                    after_14 = None
                value_2 = MKDIR3res(status_1, MKDIR3resok(obj_4, obj_attributes_8, wcc_data(before_11, after_14)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_16 = self.unpack_MKDIR3resfail()
                position = self.position
                value_2 = MKDIR3res(status_1, None, resfail_16)
            else:
                raise XdrError(f"MKDIR3res.status of {status_1}")
        except struct_error:
            raise XdrError("MKDIR3res: ends early") from None
        if position > end:
            raise XdrError("MKDIR3res: ends early")
        self.position = position
        result: MKDIR3res = value_2
        return result

    def unpack_symlinkdata3(self) -> symlinkdata3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            self.position = position
            symlink_attributes_1 = self.unpack_sattr3()
            position = self.position
            (count_2,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_2 + 3 & ~3)
            if position > end:
                raise XdrError(f"symlink_data: a length of {count_2}")
            symlink_data_3 = data[start : start + count_2]
            if symlink_data_3.__class__ is not bytes:
                symlink_data_3 = bytes(symlink_data_3)
        except struct_error:
            raise XdrError("symlinkdata3: ends early") from None
        self.position = position
        return symlinkdata3(symlink_attributes_1, symlink_data_3)

    def unpack_SYMLINK3args(self) -> SYMLINK3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
            self.position = position
            symlink_attributes_5 = self.unpack_sattr3()
            position = self.position
            (count_6,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_6 + 3 & ~3)
            if position > end:
                raise XdrError(f"symlink_data: a length of {count_6}")
            symlink_data_7 = data[start : start + count_6]
            if symlink_data_7.__class__ is not bytes:
                symlink_data_7 = bytes(symlink_data_7)
        except struct_error:
            raise XdrError("SYMLINK3args: ends early") from None
        self.position = position
        return SYMLINK3args(diropargs3(dir_2, name_4), symlinkdata3(symlink_attributes_5, symlink_data_7))

    def unpack_SYMLINK3resok(self) -> SYMLINK3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj: a bool of {follows_1}")
            obj_2: bytes | None
            if follows_1:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"obj: a length of {count_3}")
                obj_4 = data[start : start + count_3]
                if obj_4.__class__ is not bytes:
                    obj_4 = bytes(obj_4)
                obj_2 = obj_4
            else:
                position += 4
                obj_2 = None
            (follows_5,) = _unpack_I(data, position)
            if follows_5 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_5}")
            obj_attributes_6: bytes | None
            if follows_5:
                (obj_attributes_7,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_6 = obj_attributes_7
            else:
                position += 4
                obj_attributes_6 = None
            (follows_8,) = _unpack_I(data, position)
            if follows_8 > 1:
                raise XdrError(f"before: a bool of {follows_8}")
            before_9: bytes | None
            if follows_8:
                (before_10,) = _unpack_24s(data, position + 4)
                position += 28
                before_9 = before_10
            else:
                position += 4
                before_9 = None
            (follows_11,) = _unpack_I(data, position)
            if follows_11 > 1:
                raise XdrError(f"after: a bool of {follows_11}")
            after_12: bytes | None
            if follows_11:
                (after_13,) = _unpack_84s(data, position + 4)
                position += 88
                after_12 = after_13
            else:
                position += 4
                after_12 = None
        except struct_error:
            raise XdrError("SYMLINK3resok: ends early") from None
        if position > end:
            raise XdrError("SYMLINK3resok: ends early")
        self.position = position
        return SYMLINK3resok(obj_2, obj_attributes_6, wcc_data(before_9, after_12))

    def unpack_SYMLINK3resfail(self) -> SYMLINK3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("SYMLINK3resfail: ends early") from None
        if position > end:
            raise XdrError("SYMLINK3resfail: ends early")
        self.position = position
        return SYMLINK3resfail(wcc_data(before_2, after_5))

    def unpack_SYMLINK3res(self) -> SYMLINK3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj: a bool of {follows_3}")
                obj_4: bytes | None
                if follows_3:
                    (count_5,) = _unpack_I(data, position + 8)
                    start = position + 12
                    position = start + (count_5 + 3 & ~3)
                    if count_5 > 64 or position > end:
                        raise XdrError(f"obj: a length of {count_5}")
                    obj_6 = data[start : start + count_5]
                    if obj_6.__class__ is not bytes:
                        obj_6 = bytes(obj_6)
                    obj_4 = obj_6
                else:
                    position += 8
                    obj_4 = None
                (follows_7,) = _unpack_I(data, position)
                if follows_7 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_7}")
                obj_attributes_8: bytes | None
                if follows_7:
                    (obj_attributes_9,) = _unpack_84s(data, position + 4)
                    position += 88
                    obj_attributes_8 = obj_attributes_9
                else:
                    position += 4
                    obj_attributes_8 = None
                (follows_10,) = _unpack_I(data, position)
                if follows_10 > 1:
                    raise XdrError(f"before: a bool of {follows_10}")
                before_11: bytes | None
                if follows_10:
                    (before_12,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_11 = before_12
                else:
                    position += 4
                    before_11 = None
                (follows_13,) = _unpack_I(data, position)
                if follows_13 > 1:
                    raise XdrError(f"after: a bool of {follows_13}")
                after_14: bytes | None
                if follows_13:
                    (after_15,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_14 = after_15
                else:
                    position += 4
                    after_14 = None
                value_2 = SYMLINK3res(status_1, SYMLINK3resok(obj_4, obj_attributes_8, wcc_data(before_11, after_14)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_16 = self.unpack_SYMLINK3resfail()
                position = self.position
                value_2 = SYMLINK3res(status_1, None, resfail_16)
            else:
                raise XdrError(f"SYMLINK3res.status of {status_1}")
        except struct_error:
            raise XdrError("SYMLINK3res: ends early") from None
        if position > end:
            raise XdrError("SYMLINK3res: ends early")
        self.position = position
        result: SYMLINK3res = value_2
        return result

    def unpack_devicedata3(self) -> devicedata3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            self.position = position
            dev_attributes_1 = self.unpack_sattr3()
            position = self.position
            (specdata1_2, specdata2_3) = _unpack_2I(data, position)
            position += 8
        except struct_error:
            raise XdrError("devicedata3: ends early") from None
        if position > end:
            raise XdrError("devicedata3: ends early")
        self.position = position
        return devicedata3(dev_attributes_1, specdata3(specdata1_2, specdata2_3))

    def unpack_mknoddata3(self) -> mknoddata3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (type_1,) = _unpack_I(data, position)
            if type_1 in (4, 3):
                self.position = position + 4
                dev_attributes_3 = self.unpack_sattr3()
                position = self.position
                (specdata1_4, specdata2_5) = _unpack_2I(data, position)
                position += 8
                value_2 = mknoddata3(type_1, devicedata3(dev_attributes_3, specdata3(specdata1_4, specdata2_5)))
            elif type_1 in (6, 7):
                self.position = position + 4
                pipe_attributes_6 = self.unpack_sattr3()
                position = self.position
                value_2 = mknoddata3(type_1, None, pipe_attributes_6)
            elif type_1 in _ftype3_values:
                position += 4
                value_2 = mknoddata3(type_1)
            else:
                raise XdrError(f"mknoddata3.type of {type_1}")
        except struct_error:
            raise XdrError("mknoddata3: ends early") from None
        if position > end:
            raise XdrError("mknoddata3: ends early")
        self.position = position
        result: mknoddata3 = value_2
        return result

    def unpack_MKNOD3args(self) -> MKNOD3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
            (type_5,) = _unpack_I(data, position)
            if type_5 in (4, 3):
                self.position = position + 4
                dev_attributes_7 = self.unpack_sattr3()
                position = self.position
                (specdata1_8, specdata2_9) = _unpack_2I(data, position)
                position += 8
                what_6 = mknoddata3(type_5, devicedata3(dev_attributes_7, specdata3(specdata1_8, specdata2_9)))
            elif type_5 in (6, 7):
                self.position = position + 4
                pipe_attributes_10 = self.unpack_sattr3()
                position = self.position
                what_6 = mknoddata3(type_5, None, pipe_attributes_10)
            elif type_5 in _ftype3_values:
                position += 4
                what_6 = mknoddata3(type_5)
            else:
                raise XdrError(f"mknoddata3.type of {type_5}")
        except struct_error:
            raise XdrError("MKNOD3args: ends early") from None
        if position > end:
            raise XdrError("MKNOD3args: ends early")
        self.position = position
        return MKNOD3args(diropargs3(dir_2, name_4), what_6)

    def unpack_MKNOD3resok(self) -> MKNOD3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj: a bool of {follows_1}")
            obj_2: bytes | None
            if follows_1:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"obj: a length of {count_3}")
                obj_4 = data[start : start + count_3]
                if obj_4.__class__ is not bytes:
                    obj_4 = bytes(obj_4)
                obj_2 = obj_4
            else:
                position += 4
                obj_2 = None
            (follows_5,) = _unpack_I(data, position)
            if follows_5 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_5}")
            obj_attributes_6: bytes | None
            if follows_5:
                (obj_attributes_7,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_6 = obj_attributes_7
            else:
                position += 4
                obj_attributes_6 = None
            (follows_8,) = _unpack_I(data, position)
            if follows_8 > 1:
                raise XdrError(f"before: a bool of {follows_8}")
            before_9: bytes | None
            if follows_8:
                (before_10,) = _unpack_24s(data, position + 4)
                position += 28
                before_9 = before_10
            else:
                position += 4
                before_9 = None
            (follows_11,) = _unpack_I(data, position)
            if follows_11 > 1:
                raise XdrError(f"after: a bool of {follows_11}")
            after_12: bytes | None
            if follows_11:
                (after_13,) = _unpack_84s(data, position + 4)
                position += 88
                after_12 = after_13
            else:
                position += 4
                after_12 = None
        except struct_error:
            raise XdrError("MKNOD3resok: ends early") from None
        if position > end:
            raise XdrError("MKNOD3resok: ends early")
        self.position = position
        return MKNOD3resok(obj_2, obj_attributes_6, wcc_data(before_9, after_12))

    def unpack_MKNOD3resfail(self) -> MKNOD3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("MKNOD3resfail: ends early") from None
        if position > end:
            raise XdrError("MKNOD3resfail: ends early")
        self.position = position
        return MKNOD3resfail(wcc_data(before_2, after_5))

    def unpack_MKNOD3res(self) -> MKNOD3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj: a bool of {follows_3}")
                obj_4: bytes | None
                if follows_3:
                    (count_5,) = _unpack_I(data, position + 8)
                    start = position + 12
                    position = start + (count_5 + 3 & ~3)
                    if count_5 > 64 or position > end:
                        raise XdrError(f"obj: a length of {count_5}")
                    obj_6 = data[start : start + count_5]
                    if obj_6.__class__ is not bytes:
                        obj_6 = bytes(obj_6)
                    obj_4 = obj_6
                else:
                    position += 8
                    obj_4 = None
                (follows_7,) = _unpack_I(data, position)
                if follows_7 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_7}")
                obj_attributes_8: bytes | None
                if follows_7:
                    (obj_attributes_9,) = _unpack_84s(data, position + 4)
                    position += 88
                    obj_attributes_8 = obj_attributes_9
                else:
                    position += 4
                    obj_attributes_8 = None
                (follows_10,) = _unpack_I(data, position)
                if follows_10 > 1:
                    raise XdrError(f"before: a bool of {follows_10}")
                before_11: bytes | None
                if follows_10:
                    (before_12,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_11 = before_12
                else:
                    position += 4
                    before_11 = None
                (follows_13,) = _unpack_I(data, position)
                if follows_13 > 1:
                    raise XdrError(f"after: a bool of {follows_13}")
                after_14: bytes | None
                if follows_13:
                    (after_15,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_14 = after_15
                else:
                    position += 4
                    after_14 = None
                value_2 = MKNOD3res(status_1, MKNOD3resok(obj_4, obj_attributes_8, wcc_data(before_11, after_14)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_16 = self.unpack_MKNOD3resfail()
                position = self.position
                value_2 = MKNOD3res(status_1, None, resfail_16)
            else:
                raise XdrError(f"MKNOD3res.status of {status_1}")
        except struct_error:
            raise XdrError("MKNOD3res: ends early") from None
        if position > end:
            raise XdrError("MKNOD3res: ends early")
        self.position = position
        result: MKNOD3res = value_2
        return result

    def unpack_REMOVE3args(self) -> REMOVE3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
        except struct_error:
            raise XdrError("REMOVE3args: ends early") from None
        self.position = position
        return REMOVE3args(diropargs3(dir_2, name_4))

    def unpack_REMOVE3resok(self) -> REMOVE3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("REMOVE3resok: ends early") from None
        if position > end:
            raise XdrError("REMOVE3resok: ends early")
        self.position = position
        return REMOVE3resok(wcc_data(before_2, after_5))

    def unpack_REMOVE3resfail(self) -> REMOVE3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("REMOVE3resfail: ends early") from None
        if position > end:
            raise XdrError("REMOVE3resfail: ends early")
        self.position = position
        return REMOVE3resfail(wcc_data(before_2, after_5))

    def unpack_REMOVE3res(self) -> REMOVE3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                value_2 = REMOVE3res(status_1, REMOVE3resok(wcc_data(before_4, after_7)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_9 = self.unpack_REMOVE3resfail()
                position = self.position
                value_2 = REMOVE3res(status_1, None, resfail_9)
            else:
                raise XdrError(f"REMOVE3res.status of {status_1}")
        except struct_error:
            raise XdrError("REMOVE3res: ends early") from None
        if position > end:
            raise XdrError("REMOVE3res: ends early")
        self.position = position
        result: REMOVE3res = value_2
        return result

    def unpack_RMDIR3args(self) -> RMDIR3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
        except struct_error:
            raise XdrError("RMDIR3args: ends early") from None
        self.position = position
        return RMDIR3args(diropargs3(dir_2, name_4))

    def unpack_RMDIR3resok(self) -> RMDIR3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("RMDIR3resok: ends early") from None
        if position > end:
            raise XdrError("RMDIR3resok: ends early")
        self.position = position
        return RMDIR3resok(wcc_data(before_2, after_5))

    def unpack_RMDIR3resfail(self) -> RMDIR3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("RMDIR3resfail: ends early") from None
        if position > end:
            raise XdrError("RMDIR3resfail: ends early")
        self.position = position
        return RMDIR3resfail(wcc_data(before_2, after_5))

    def unpack_RMDIR3res(self) -> RMDIR3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                value_2 = RMDIR3res(status_1, RMDIR3resok(wcc_data(before_4, after_7)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_9 = self.unpack_RMDIR3resfail()
                position = self.position
                value_2 = RMDIR3res(status_1, None, resfail_9)
            else:
                raise XdrError(f"RMDIR3res.status of {status_1}")
        except struct_error:
            raise XdrError("RMDIR3res: ends early") from None
        if position > end:
            raise XdrError("RMDIR3res: ends early")
        self.position = position
        result: RMDIR3res = value_2
        return result

    def unpack_RENAME3args(self) -> RENAME3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_3}")
            name_4 = data[start : start + count_3]
            if name_4.__class__ is not bytes:
                name_4 = bytes(name_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_5}")
            dir_6 = data[start : start + count_5]
            if dir_6.__class__ is not bytes:
                dir_6 = bytes(dir_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_7}")
            name_8 = data[start : start + count_7]
            if name_8.__class__ is not bytes:
                name_8 = bytes(name_8)
        except struct_error:
            raise XdrError("RENAME3args: ends early") from None
        self.position = position
        return RENAME3args(diropargs3(dir_2, name_4), diropargs3(dir_6, name_8))

    def unpack_RENAME3resok(self) -> RENAME3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
            (follows_7,) = _unpack_I(data, position)
            if follows_7 > 1:
                raise XdrError(f"before: a bool of {follows_7}")
            before_8: bytes | None
            if follows_7:
                (before_9,) = _unpack_24s(data, position + 4)
                position += 28
                before_8 = before_9
            else:
                position += 4
                before_8 = None
            (follows_10,) = _unpack_I(data, position)
            if follows_10 > 1:
                raise XdrError(f"after: a bool of {follows_10}")
            after_11: bytes | None
            if follows_10:
                (after_12,) = _unpack_84s(data, position + 4)
                position += 88
                after_11 = after_12
            else:
                position += 4
                after_11 = None
        except struct_error:
            raise XdrError("RENAME3resok: ends early") from None
        if position > end:
            raise XdrError("RENAME3resok: ends early")
        self.position = position
        return RENAME3resok(wcc_data(before_2, after_5), wcc_data(before_8, after_11))

    def unpack_RENAME3resfail(self) -> RENAME3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
            (follows_7,) = _unpack_I(data, position)
            if follows_7 > 1:
                raise XdrError(f"before: a bool of {follows_7}")
            before_8: bytes | None
            if follows_7:
                (before_9,) = _unpack_24s(data, position + 4)
                position += 28
                before_8 = before_9
            else:
                position += 4
                before_8 = None
            (follows_10,) = _unpack_I(data, position)
            if follows_10 > 1:
                raise XdrError(f"after: a bool of {follows_10}")
            after_11: bytes | None
            if follows_10:
                (after_12,) = _unpack_84s(data, position + 4)
                position += 88
                after_11 = after_12
            else:
                position += 4
                after_11 = None
        except struct_error:
            raise XdrError("RENAME3resfail: ends early") from None
        if position > end:
            raise XdrError("RENAME3resfail: ends early")
        self.position = position
        return RENAME3resfail(wcc_data(before_2, after_5), wcc_data(before_8, after_11))

    def unpack_RENAME3res(self) -> RENAME3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                (follows_9,) = _unpack_I(data, position)
                if follows_9 > 1:
                    raise XdrError(f"before: a bool of {follows_9}")
                before_10: bytes | None
                if follows_9:
                    (before_11,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_10 = before_11
                else:
                    position += 4
                    before_10 = None
                (follows_12,) = _unpack_I(data, position)
                if follows_12 > 1:
                    raise XdrError(f"after: a bool of {follows_12}")
                after_13: bytes | None
                if follows_12:
                    (after_14,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_13 = after_14
                else:
                    position += 4
                    after_13 = None
                value_2 = RENAME3res(status_1, RENAME3resok(wcc_data(before_4, after_7), wcc_data(before_10, after_13)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_15 = self.unpack_RENAME3resfail()
                position = self.position
                value_2 = RENAME3res(status_1, None, resfail_15)
            else:
                raise XdrError(f"RENAME3res.status of {status_1}")
        except struct_error:
            raise XdrError("RENAME3res: ends early") from None
        if position > end:
            raise XdrError("RENAME3res: ends early")
        self.position = position
        result: RENAME3res = value_2
        return result

    def unpack_LINK3args(self) -> LINK3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"file: a length of {count_1}")
            file_2 = data[start : start + count_1]
            if file_2.__class__ is not bytes:
                file_2 = bytes(file_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_3}")
            dir_4 = data[start : start + count_3]
            if dir_4.__class__ is not bytes:
                dir_4 = bytes(dir_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_5}")
            name_6 = data[start : start + count_5]
            if name_6.__class__ is not bytes:
                name_6 = bytes(name_6)
        except struct_error:
            raise XdrError("LINK3args: ends early") from None
        self.position = position
        return LINK3args(file_2, diropargs3(dir_4, name_6))

    def unpack_LINK3resok(self) -> LINK3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"file_attributes: a bool of {follows_1}")
            file_attributes_2: bytes | None
            if follows_1:
                (file_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                file_attributes_2 = file_attributes_3
            else:
                position += 4
                file_attributes_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"before: a bool of {follows_4}")
            before_5: bytes | None
            if follows_4:
                (before_6,) = _unpack_24s(data, position + 4)
                position += 28
                before_5 = before_6
            else:
                position += 4
                before_5 = None
            (follows_7,) = _unpack_I(data, position)
            if follows_7 > 1:
                raise XdrError(f"after: a bool of {follows_7}")
            after_8: bytes | None
            if follows_7:
                (after_9,) = _unpack_84s(data, position + 4)
                position += 88
                after_8 = after_9
            else:
                position += 4
                after_8 = None
        except struct_error:
            raise XdrError("LINK3resok: ends early") from None
        if position > end:
            raise XdrError("LINK3resok: ends early")
        self.position = position
        return LINK3resok(file_attributes_2, wcc_data(before_5, after_8))

    def unpack_LINK3resfail(self) -> LINK3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"file_attributes: a bool of {follows_1}")
            file_attributes_2: bytes | None
            if follows_1:
                (file_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                file_attributes_2 = file_attributes_3
            else:
                position += 4
                file_attributes_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"before: a bool of {follows_4}")
            before_5: bytes | None
            if follows_4:
                (before_6,) = _unpack_24s(data, position + 4)
                position += 28
                before_5 = before_6
            else:
                position += 4
                before_5 = None
            (follows_7,) = _unpack_I(data, position)
            if follows_7 > 1:
                raise XdrError(f"after: a bool of {follows_7}")
            after_8: bytes | None
            if follows_7:
                (after_9,) = _unpack_84s(data, position + 4)
                position += 88
                after_8 = after_9
            else:
                position += 4
                after_8 = None
        except struct_error:
            raise XdrError("LINK3resfail: ends early") from None
        if position > end:
            raise XdrError("LINK3resfail: ends early")
        self.position = position
        return LINK3resfail(file_attributes_2, wcc_data(before_5, after_8))

    def unpack_LINK3res(self) -> LINK3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"file_attributes: a bool of {follows_3}")
                file_attributes_4: bytes | None
                if follows_3:
                    (file_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    file_attributes_4 = file_attributes_5
                else:
                    position += 8
                    file_attributes_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"before: a bool of {follows_6}")
                before_7: bytes | None
                if follows_6:
                    (before_8,) = _unpack_24s(data, position + 4)
                    position += 28
                    before_7 = before_8
                else:
                    position += 4
                    before_7 = None
                (follows_9,) = _unpack_I(data, position)
                if follows_9 > 1:
                    raise XdrError(f"after: a bool of {follows_9}")
                after_10: bytes | None
                if follows_9:
                    (after_11,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_10 = after_11
                else:
                    position += 4
                    after_10 = None
                value_2 = LINK3res(status_1, LINK3resok(file_attributes_4, wcc_data(before_7, after_10)))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_12 = self.unpack_LINK3resfail()
                position = self.position
                value_2 = LINK3res(status_1, None, resfail_12)
            else:
                raise XdrError(f"LINK3res.status of {status_1}")
        except struct_error:
            raise XdrError("LINK3res: ends early") from None
        if position > end:
            raise XdrError("LINK3res: ends early")
        self.position = position
        result: LINK3res = value_2
        return result

    def unpack_READDIR3args(self) -> READDIR3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (cookie_3, cookieverf_4, count_5) = _unpack_Q8sI(data, position)
            position += 20
        except struct_error:
            raise XdrError("READDIR3args: ends early") from None
        if position > end:
            raise XdrError("READDIR3args: ends early")
        self.position = position
        return READDIR3args(dir_2, cookie_3, cookieverf_4, count_5)

    def unpack_entry3(self) -> entry3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (fileid_1, count_2) = _unpack_QI(data, position)
            start = position + 12
            position = start + (count_2 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_2}")
            name_3 = data[start : start + count_2]
            if name_3.__class__ is not bytes:
                name_3 = bytes(name_3)
            (cookie_4,) = _unpack_Q(data, position)
            position += 8
        except struct_error:
            raise XdrError("entry3: ends early") from None
        if position > end:
            raise XdrError("entry3: ends early")
        self.position = position
        return entry3(fileid_1, name_3, cookie_4)

    def unpack_dirlist3(self) -> dirlist3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            entries_2: list[entry3] = []
            while more_1 == 1:
                (fileid_3, count_4) = _unpack_QI(data, position)
                start = position + 12
                position = start + (count_4 + 3 & ~3)
                if position > end:
                    raise XdrError(f"name: a length of {count_4}")
                name_5 = data[start : start + count_4]
                if name_5.__class__ is not bytes:
                    name_5 = bytes(name_5)
                (cookie_6, more_1) = _unpack_QI(data, position)
                position += 12
                if position > end:
                    raise XdrError("entry3: ends early")
                entries_2.append(entry3(fileid_3, name_5, cookie_6))
            if more_1:
                raise XdrError(f"entries: a bool of {more_1}")
            (eof_7,) = _unpack_I(data, position)
            if eof_7 > 1:
                raise XdrError(f"eof: a bool of {eof_7}")
            position += 4
        except struct_error:
            raise XdrError("dirlist3: ends early") from None
        if position > end:
            raise XdrError("dirlist3: ends early")
        self.position = position
        return dirlist3(entries_2, eof_7 == 1)

    def unpack_READDIR3resok(self) -> READDIR3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_1}")
            dir_attributes_2: bytes | None
            if follows_1:
                (dir_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_2 = dir_attributes_3
            else:
                position += 4
                dir_attributes_2 = None
            (cookieverf_4,) = _unpack_8s(data, position)
            self.position = position + 8
            reply_5 = self.unpack_dirlist3()
            position = self.position
        except struct_error:
            raise XdrError("READDIR3resok: ends early") from None
        self.position = position
        return READDIR3resok(dir_attributes_2, cookieverf_4, reply_5)

    def unpack_READDIR3resfail(self) -> READDIR3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_1}")
            dir_attributes_2: bytes | None
            if follows_1:
                (dir_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_2 = dir_attributes_3
            else:
                position += 4
                dir_attributes_2 = None
        except struct_error:
            raise XdrError("READDIR3resfail: ends early") from None
        if position > end:
            raise XdrError("READDIR3resfail: ends early")
        self.position = position
        return READDIR3resfail(dir_attributes_2)

    def unpack_READDIR3res(self) -> READDIR3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"dir_attributes: a bool of {follows_3}")
                dir_attributes_4: bytes | None
                if follows_3:
                    (dir_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    dir_attributes_4 = dir_attributes_5
                else:
                    position += 8
                    dir_attributes_4 = None
                (cookieverf_6,) = _unpack_8s(data, position)
                self.position = position + 8
                reply_7 = self.unpack_dirlist3()
                position = self.position
                value_2 = READDIR3res(status_1, READDIR3resok(dir_attributes_4, cookieverf_6, reply_7))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_8 = self.unpack_READDIR3resfail()
                position = self.position
                value_2 = READDIR3res(status_1, None, resfail_8)
            else:
                raise XdrError(f"READDIR3res.status of {status_1}")
        except struct_error:
            raise XdrError("READDIR3res: ends early") from None
        if position > end:
            raise XdrError("READDIR3res: ends early")
        self.position = position
        result: READDIR3res = value_2
        return result

    def unpack_READDIRPLUS3args(self) -> READDIRPLUS3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"dir: a length of {count_1}")
            dir_2 = data[start : start + count_1]
            if dir_2.__class__ is not bytes:
                dir_2 = bytes(dir_2)
            (cookie_3, cookieverf_4, dircount_5, maxcount_6) = _unpack_Q8s2I(data, position)
            position += 24
        except struct_error:
            raise XdrError("READDIRPLUS3args: ends early") from None
        if position > end:
            raise XdrError("READDIRPLUS3args: ends early")
        self.position = position
        return READDIRPLUS3args(dir_2, cookie_3, cookieverf_4, dircount_5, maxcount_6)

    def unpack_entryplus3(self) -> entryplus3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (fileid_1, count_2) = _unpack_QI(data, position)
            start = position + 12
            position = start + (count_2 + 3 & ~3)
            if position > end:
                raise XdrError(f"name: a length of {count_2}")
            name_3 = data[start : start + count_2]
            if name_3.__class__ is not bytes:
                name_3 = bytes(name_3)
            (cookie_4, follows_5) = _unpack_QI(data, position)
            if follows_5 > 1:
                raise XdrError(f"name_attributes: a bool of {follows_5}")
            name_attributes_6: bytes | None
            if follows_5:
                (name_attributes_7,) = _unpack_84s(data, position + 12)
                position += 96
                name_attributes_6 = name_attributes_7
            else:
                position += 12
                name_attributes_6 = None
            (follows_8,) = _unpack_I(data, position)
            if follows_8 > 1:
                raise XdrError(f"name_handle: a bool of {follows_8}")
            name_handle_9: bytes | None
            if follows_8:
                (count_10,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_10 + 3 & ~3)
                if count_10 > 64 or position > end:
                    raise XdrError(f"name_handle: a length of {count_10}")
                name_handle_11 = data[start : start + count_10]
                if name_handle_11.__class__ is not bytes:
                    name_handle_11 = bytes(name_handle_11)
                name_handle_9 = name_handle_11
            else:
                position += 4
                name_handle_9 = None
        except struct_error:
            raise XdrError("entryplus3: ends early") from None
        if position > end:
            raise XdrError("entryplus3: ends early")
        self.position = position
        return entryplus3(fileid_1, name_3, cookie_4, name_attributes_6, name_handle_9)

    def unpack_dirlistplus3(self) -> dirlistplus3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            entries_2: list[entryplus3] = []
            while more_1 == 1:
                (fileid_3, count_4) = _unpack_QI(data, position)
                start = position + 12
                position = start + (count_4 + 3 & ~3)
                if position > end:
                    raise XdrError(f"name: a length of {count_4}")
                name_5 = data[start : start + count_4]
                if name_5.__class__ is not bytes:
                    name_5 = bytes(name_5)
                (cookie_6, follows_7) = _unpack_QI(data, position)
                if follows_7 > 1:
                    raise XdrError(f"name_attributes: a bool of {follows_7}")
                name_attributes_8: bytes | None
                if follows_7:
                    (name_attributes_9,) = _unpack_84s(data, position + 12)
                    position += 96
                    name_attributes_8 = name_attributes_9
                else:
                    position += 12
                    name_attributes_8 = None
                (follows_10,) = _unpack_I(data, position)
                if follows_10 > 1:
                    raise XdrError(f"name_handle: a bool of {follows_10}")
                name_handle_11: bytes | None
                if follows_10:
                    (count_12,) = _unpack_I(data, position + 4)
                    start = position + 8
                    position = start + (count_12 + 3 & ~3)
                    if count_12 > 64 or position > end:
                        raise XdrError(f"name_handle: a length of {count_12}")
                    name_handle_13 = data[start : start + count_12]
                    if name_handle_13.__class__ is not bytes:
                        name_handle_13 = bytes(name_handle_13)
                    name_handle_11 = name_handle_13
                else:
                    position += 4
                    name_handle_11 = None
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("entryplus3: ends early")
                entries_2.append(entryplus3(fileid_3, name_5, cookie_6, name_attributes_8, name_handle_11))
            if more_1:
                raise XdrError(f"entries: a bool of {more_1}")
            (eof_14,) = _unpack_I(data, position)
            if eof_14 > 1:
                raise XdrError(f"eof: a bool of {eof_14}")
            position += 4
        except struct_error:
            raise XdrError("dirlistplus3: ends early") from None
        if position > end:
            raise XdrError("dirlistplus3: ends early")
        self.position = position
        return dirlistplus3(entries_2, eof_14 == 1)

    def unpack_READDIRPLUS3resok(self) -> READDIRPLUS3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_1}")
            dir_attributes_2: bytes | None
            if follows_1:
                (dir_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_2 = dir_attributes_3
            else:
                position += 4
                dir_attributes_2 = None
            (cookieverf_4,) = _unpack_8s(data, position)
            self.position = position + 8
            reply_5 = self.unpack_dirlistplus3()
            position = self.position
        except struct_error:
            raise XdrError("READDIRPLUS3resok: ends early") from None
        self.position = position
        return READDIRPLUS3resok(dir_attributes_2, cookieverf_4, reply_5)

    def unpack_READDIRPLUS3resfail(self) -> READDIRPLUS3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"dir_attributes: a bool of {follows_1}")
            dir_attributes_2: bytes | None
            if follows_1:
                (dir_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                dir_attributes_2 = dir_attributes_3
            else:
                position += 4
                dir_attributes_2 = None
        except struct_error:
            raise XdrError("READDIRPLUS3resfail: ends early") from None
        if position > end:
            raise XdrError("READDIRPLUS3resfail: ends early")
        self.position = position
        return READDIRPLUS3resfail(dir_attributes_2)

    def unpack_READDIRPLUS3res(self) -> READDIRPLUS3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"dir_attributes: a bool of {follows_3}")
                dir_attributes_4: bytes | None
                if follows_3:
                    (dir_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    dir_attributes_4 = dir_attributes_5
                else:
                    position += 8
                    dir_attributes_4 = None
                (cookieverf_6,) = _unpack_8s(data, position)
                self.position = position + 8
                reply_7 = self.unpack_dirlistplus3()
                position = self.position
                value_2 = READDIRPLUS3res(status_1, READDIRPLUS3resok(dir_attributes_4, cookieverf_6, reply_7))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_8 = self.unpack_READDIRPLUS3resfail()
                position = self.position
                value_2 = READDIRPLUS3res(status_1, None, resfail_8)
            else:
                raise XdrError(f"READDIRPLUS3res.status of {status_1}")
        except struct_error:
            raise XdrError("READDIRPLUS3res: ends early") from None
        if position > end:
            raise XdrError("READDIRPLUS3res: ends early")
        self.position = position
        result: READDIRPLUS3res = value_2
        return result

    def unpack_FSSTAT3args(self) -> FSSTAT3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"fsroot: a length of {count_1}")
            fsroot_2 = data[start : start + count_1]
            if fsroot_2.__class__ is not bytes:
                fsroot_2 = bytes(fsroot_2)
        except struct_error:
            raise XdrError("FSSTAT3args: ends early") from None
        self.position = position
        return FSSTAT3args(fsroot_2)

    def unpack_FSSTAT3resok(self) -> FSSTAT3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
            (tbytes_4, fbytes_5, abytes_6, tfiles_7, ffiles_8, afiles_9, invarsec_10) = _unpack_6QI(data, position)
            position += 52
        except struct_error:
            raise XdrError("FSSTAT3resok: ends early") from None
        if position > end:
            raise XdrError("FSSTAT3resok: ends early")
        self.position = position
        return FSSTAT3resok(obj_attributes_2, tbytes_4, fbytes_5, abytes_6, tfiles_7, ffiles_8, afiles_9, invarsec_10)

    def unpack_FSSTAT3resfail(self) -> FSSTAT3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
        except struct_error:
            raise XdrError("FSSTAT3resfail: ends early") from None
        if position > end:
            raise XdrError("FSSTAT3resfail: ends early")
        self.position = position
        return FSSTAT3resfail(obj_attributes_2)

    def unpack_FSSTAT3res(self) -> FSSTAT3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_3}")
                obj_attributes_4: bytes | None
                if follows_3:
                    (obj_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    obj_attributes_4 = obj_attributes_5
                else:
                    position += 8
                    obj_attributes_4 = None
                (tbytes_6, fbytes_7, abytes_8, tfiles_9, ffiles_10, afiles_11, invarsec_12) = _unpack_6QI(data, position)
                position += 52
                value_2 = FSSTAT3res(status_1, FSSTAT3resok(obj_attributes_4, tbytes_6, fbytes_7, abytes_8, tfiles_9, ffiles_10, afiles_11, invarsec_12))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_13 = self.unpack_FSSTAT3resfail()
                position = self.position
                value_2 = FSSTAT3res(status_1, None, resfail_13)
            else:
                raise XdrError(f"FSSTAT3res.status of {status_1}")
        except struct_error:
            raise XdrError("FSSTAT3res: ends early") from None
        if position > end:
            raise XdrError("FSSTAT3res: ends early")
        self.position = position
        result: FSSTAT3res = value_2
        return result

    def unpack_FSINFO3args(self) -> FSINFO3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"fsroot: a length of {count_1}")
            fsroot_2 = data[start : start + count_1]
            if fsroot_2.__class__ is not bytes:
                fsroot_2 = bytes(fsroot_2)
        except struct_error:
            raise XdrError("FSINFO3args: ends early") from None
        self.position = position
        return FSINFO3args(fsroot_2)

    def unpack_FSINFO3resok(self) -> FSINFO3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
            (rtmax_4, rtpref_5, rtmult_6, wtmax_7, wtpref_8, wtmult_9, dtpref_10, maxfilesize_11, seconds_12, nseconds_13, properties_14) = _unpack_7IQ3I(data, position)
            position += 48
        except struct_error:
            raise XdrError("FSINFO3resok: ends early") from None
        if position > end:
            raise XdrError("FSINFO3resok: ends early")
        self.position = position
        return FSINFO3resok(obj_attributes_2, rtmax_4, rtpref_5, rtmult_6, wtmax_7, wtpref_8, wtmult_9, dtpref_10, maxfilesize_11, nfstime3(seconds_12, nseconds_13), properties_14)

    def unpack_FSINFO3resfail(self) -> FSINFO3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
        except struct_error:
            raise XdrError("FSINFO3resfail: ends early") from None
        if position > end:
            raise XdrError("FSINFO3resfail: ends early")
        self.position = position
        return FSINFO3resfail(obj_attributes_2)

    def unpack_FSINFO3res(self) -> FSINFO3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_3}")
                obj_attributes_4: bytes | None
                if follows_3:
                    (obj_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    obj_attributes_4 = obj_attributes_5
                else:
                    position += 8
                    obj_attributes_4 = None
                (rtmax_6, rtpref_7, rtmult_8, wtmax_9, wtpref_10, wtmult_11, dtpref_12, maxfilesize_13, seconds_14, nseconds_15, properties_16) = _unpack_7IQ3I(data, position)
                position += 48
                value_2 = FSINFO3res(status_1, FSINFO3resok(obj_attributes_4, rtmax_6, rtpref_7, rtmult_8, wtmax_9, wtpref_10, wtmult_11, dtpref_12, maxfilesize_13, nfstime3(seconds_14, nseconds_15), properties_16))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_17 = self.unpack_FSINFO3resfail()
                position = self.position
                value_2 = FSINFO3res(status_1, None, resfail_17)
            else:
                raise XdrError(f"FSINFO3res.status of {status_1}")
        except struct_error:
            raise XdrError("FSINFO3res: ends early") from None
        if position > end:
            raise XdrError("FSINFO3res: ends early")
        self.position = position
        result: FSINFO3res = value_2
        return result

    def unpack_PATHCONF3args(self) -> PATHCONF3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"object: a length of {count_1}")
            object_2 = data[start : start + count_1]
            if object_2.__class__ is not bytes:
                object_2 = bytes(object_2)
        except struct_error:
            raise XdrError("PATHCONF3args: ends early") from None
        self.position = position
        return PATHCONF3args(object_2)

    def unpack_PATHCONF3resok(self) -> PATHCONF3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
            (linkmax_4, name_max_5, no_trunc_6, chown_restricted_7, case_insensitive_8, case_preserving_9) = _unpack_6I(data, position)
            if no_trunc_6 > 1:
                raise XdrError(f"no_trunc: a bool of {no_trunc_6}")
            if chown_restricted_7 > 1:
                raise XdrError(f"chown_restricted: a bool of {chown_restricted_7}")
            if case_insensitive_8 > 1:
                raise XdrError(f"case_insensitive: a bool of {case_insensitive_8}")
            if case_preserving_9 > 1:
                raise XdrError(f"case_preserving: a bool of {case_preserving_9}")
            position += 24
        except struct_error:
            raise XdrError("PATHCONF3resok: ends early") from None
        if position > end:
            raise XdrError("PATHCONF3resok: ends early")
        self.position = position
        return PATHCONF3resok(obj_attributes_2, linkmax_4, name_max_5, no_trunc_6 == 1, chown_restricted_7 == 1, case_insensitive_8 == 1, case_preserving_9 == 1)

    def unpack_PATHCONF3resfail(self) -> PATHCONF3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"obj_attributes: a bool of {follows_1}")
            obj_attributes_2: bytes | None
            if follows_1:
                (obj_attributes_3,) = _unpack_84s(data, position + 4)
                position += 88
                obj_attributes_2 = obj_attributes_3
            else:
                position += 4
                obj_attributes_2 = None
        except struct_error:
            raise XdrError("PATHCONF3resfail: ends early") from None
        if position > end:
            raise XdrError("PATHCONF3resfail: ends early")
        self.position = position
        return PATHCONF3resfail(obj_attributes_2)

    def unpack_PATHCONF3res(self) -> PATHCONF3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"obj_attributes: a bool of {follows_3}")
                obj_attributes_4: bytes | None
                if follows_3:
                    (obj_attributes_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    obj_attributes_4 = obj_attributes_5
                else:
                    position += 8
                    obj_attributes_4 = None
                (linkmax_6, name_max_7, no_trunc_8, chown_restricted_9, case_insensitive_10, case_preserving_11) = _unpack_6I(data, position)
                if no_trunc_8 > 1:
                    raise XdrError(f"no_trunc: a bool of {no_trunc_8}")
                if chown_restricted_9 > 1:
                    raise XdrError(f"chown_restricted: a bool of {chown_restricted_9}")
                if case_insensitive_10 > 1:
                    raise XdrError(f"case_insensitive: a bool of {case_insensitive_10}")
                if case_preserving_11 > 1:
                    raise XdrError(f"case_preserving: a bool of {case_preserving_11}")
                position += 24
                value_2 = PATHCONF3res(status_1, PATHCONF3resok(obj_attributes_4, linkmax_6, name_max_7, no_trunc_8 == 1, chown_restricted_9 == 1, case_insensitive_10 == 1, case_preserving_11 == 1))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_12 = self.unpack_PATHCONF3resfail()
                position = self.position
                value_2 = PATHCONF3res(status_1, None, resfail_12)
            else:
                raise XdrError(f"PATHCONF3res.status of {status_1}")
        except struct_error:
            raise XdrError("PATHCONF3res: ends early") from None
        if position > end:
            raise XdrError("PATHCONF3res: ends early")
        self.position = position
        result: PATHCONF3res = value_2
        return result

    def unpack_COMMIT3args(self) -> COMMIT3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"file: a length of {count_1}")
            file_2 = data[start : start + count_1]
            if file_2.__class__ is not bytes:
                file_2 = bytes(file_2)
            (offset_3, count_4) = _unpack_QI(data, position)
            position += 12
        except struct_error:
            raise XdrError("COMMIT3args: ends early") from None
        if position > end:
            raise XdrError("COMMIT3args: ends early")
        self.position = position
        return COMMIT3args(file_2, offset_3, count_4)

    def unpack_COMMIT3resok(self) -> COMMIT3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
            (verf_7,) = _unpack_8s(data, position)
            position += 8
        except struct_error:
            raise XdrError("COMMIT3resok: ends early") from None
        if position > end:
            raise XdrError("COMMIT3resok: ends early")
        self.position = position
        return COMMIT3resok(wcc_data(before_2, after_5), verf_7)

    def unpack_COMMIT3resfail(self) -> COMMIT3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"before: a bool of {follows_1}")
            before_2: bytes | None
            if follows_1:
                (before_3,) = _unpack_24s(data, position + 4)
                position += 28
                before_2 = before_3
            else:
                position += 4
                before_2 = None
            (follows_4,) = _unpack_I(data, position)
            if follows_4 > 1:
                raise XdrError(f"after: a bool of {follows_4}")
            after_5: bytes | None
            if follows_4:
                (after_6,) = _unpack_84s(data, position + 4)
                position += 88
                after_5 = after_6
            else:
                position += 4
                after_5 = None
        except struct_error:
            raise XdrError("COMMIT3resfail: ends early") from None
        if position > end:
            raise XdrError("COMMIT3resfail: ends early")
        self.position = position
        return COMMIT3resfail(wcc_data(before_2, after_5))

    def unpack_COMMIT3res(self) -> COMMIT3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"before: a bool of {follows_3}")
                before_4: bytes | None
                if follows_3:
                    (before_5,) = _unpack_24s(data, position + 8)
                    position += 32
                    before_4 = before_5
                else:
                    position += 8
                    before_4 = None
                (follows_6,) = _unpack_I(data, position)
                if follows_6 > 1:
                    raise XdrError(f"after: a bool of {follows_6}")
                after_7: bytes | None
                if follows_6:
                    (after_8,) = _unpack_84s(data, position + 4)
                    position += 88
                    after_7 = after_8
                else:
                    position += 4
                    after_7 = None
                (verf_9,) = _unpack_8s(data, position)
                position += 8
                value_2 = COMMIT3res(status_1, COMMIT3resok(wcc_data(before_4, after_7), verf_9))
            elif status_1 in _nfsstat3_values:
                self.position = position + 4
                resfail_10 = self.unpack_COMMIT3resfail()
                position = self.position
                value_2 = COMMIT3res(status_1, None, resfail_10)
            else:
                raise XdrError(f"COMMIT3res.status of {status_1}")
        except struct_error:
            raise XdrError("COMMIT3res: ends early") from None
        if position > end:
            raise XdrError("COMMIT3res: ends early")
        self.position = position
        result: COMMIT3res = value_2
        return result


def encode_fattr3(value: fattr3) -> bytes:
    """Return the 84 bytes of a ``fattr3``."""
    try:
        type_1 = value.type
        if type_1 not in _ftype3_values:
            raise XdrError(f"ftype3 of {type_1}")
        rdev_2 = value.rdev
        atime_3 = value.atime
        mtime_4 = value.mtime
        ctime_5 = value.ctime
        return _pack_5I2Q2I2Q6I(type_1, value.mode, value.nlink, value.uid, value.gid, value.size, value.used, rdev_2.specdata1, rdev_2.specdata2, value.fsid, value.fileid, atime_3.seconds, atime_3.nseconds, mtime_4.seconds, mtime_4.nseconds, ctime_5.seconds, ctime_5.nseconds)
    except (struct_error, TypeError, AttributeError) as error:
        raise XdrError(f"fattr3: {error}") from error


def decode_fattr3(data: Octets) -> fattr3:
    """Return the ``fattr3`` that 84 bytes stand for."""
    if len(data) != 84:
        raise XdrError(f"fattr3: {len(data)} bytes, not 84")
    (type_1, mode_2, nlink_3, uid_4, gid_5, size_6, used_7, specdata1_8, specdata2_9, fsid_10, fileid_11, seconds_12, nseconds_13, seconds_14, nseconds_15, seconds_16, nseconds_17) = _unpack_5I2Q2I2Q6I(data, 0)
    if type_1 not in _ftype3_values:
        raise XdrError(f"ftype3 of {type_1}")
    return fattr3(type_1, mode_2, nlink_3, uid_4, gid_5, size_6, used_7, specdata3(specdata1_8, specdata2_9), fsid_10, fileid_11, nfstime3(seconds_12, nseconds_13), nfstime3(seconds_14, nseconds_15), nfstime3(seconds_16, nseconds_17))


def encode_wcc_attr(value: wcc_attr) -> bytes:
    """Return the 24 bytes of a ``wcc_attr``."""
    try:
        mtime_1 = value.mtime
        ctime_2 = value.ctime
        return _pack_Q4I(value.size, mtime_1.seconds, mtime_1.nseconds, ctime_2.seconds, ctime_2.nseconds)
    except (struct_error, TypeError, AttributeError) as error:
        raise XdrError(f"wcc_attr: {error}") from error


def decode_wcc_attr(data: Octets) -> wcc_attr:
    """Return the ``wcc_attr`` that 24 bytes stand for."""
    if len(data) != 24:
        raise XdrError(f"wcc_attr: {len(data)} bytes, not 24")
    (size_1, seconds_2, nseconds_3, seconds_4, nseconds_5) = _unpack_Q4I(data, 0)
    return wcc_attr(size_1, nfstime3(seconds_2, nseconds_3), nfstime3(seconds_4, nseconds_5))
