"""MOUNT, version 3 (RFC 1813, appendix I) and version 1 (RFC 1094, appendix A), which differ in the

Made from ``nfsgw/xdr/spec/mount.x`` by
``python -m nfsgw.xdr.compiler``: change the specification, not this.
"""

# fmt: off
# ruff: noqa
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as struct_error
from struct import pack as struct_pack
from struct import unpack_from as struct_unpack_from
from typing import Any, Final

from nfsgw.xdr.codec import PADDING, Packer, Unpacker, XdrError

MNTPATHLEN: Final = 1024
MNTNAMLEN: Final = 255
FHSIZE: Final = 32
FHSIZE3: Final = 64
MNT3_OK: Final = 0
MNT3ERR_PERM: Final = 1
MNT3ERR_NOENT: Final = 2
MNT3ERR_IO: Final = 5
MNT3ERR_ACCES: Final = 13
MNT3ERR_NOTDIR: Final = 20
MNT3ERR_INVAL: Final = 22
MNT3ERR_NAMETOOLONG: Final = 63
MNT3ERR_NOTSUPP: Final = 10004
MNT3ERR_SERVERFAULT: Final = 10006
MOUNTPROC_NULL: Final = 0
MOUNTPROC_MNT: Final = 1
MOUNTPROC_DUMP: Final = 2
MOUNTPROC_UMNT: Final = 3
MOUNTPROC_UMNTALL: Final = 4
MOUNTPROC_EXPORT: Final = 5
MOUNT_V1: Final = 1
MOUNTPROC3_NULL: Final = 0
MOUNTPROC3_MNT: Final = 1
MOUNTPROC3_DUMP: Final = 2
MOUNTPROC3_UMNT: Final = 3
MOUNTPROC3_UMNTALL: Final = 4
MOUNTPROC3_EXPORT: Final = 5
MOUNT_V3: Final = 3
MOUNT_PROGRAM: Final = 100005

_mountstat3_values: Final = frozenset((0, 1, 2, 5, 13, 20, 22, 63, 10004, 10006,))

_pack_2I: Final = Struct(">2I").pack
_pack_I: Final = Struct(">I").pack
_unpack_32s: Final = Struct(">32s").unpack_from
_unpack_I: Final = Struct(">I").unpack_from


class mountstat3(IntEnum):
    """XDR enum ``mountstat3``."""

    MNT3_OK = 0
    MNT3ERR_PERM = 1
    MNT3ERR_NOENT = 2
    MNT3ERR_IO = 5
    MNT3ERR_ACCES = 13
    MNT3ERR_NOTDIR = 20
    MNT3ERR_INVAL = 22
    MNT3ERR_NAMETOOLONG = 63
    MNT3ERR_NOTSUPP = 10004
    MNT3ERR_SERVERFAULT = 10006


@dataclass(slots=True)
class fhstatus:
    """What MNT returns in version 1: 0 and a handle, or a Unix error number."""

    fhs_status: int
    fhs_fhandle: bytes | None = None


@dataclass(slots=True)
class mountres3_ok:
    """XDR struct ``mountres3_ok``."""

    fhandle: bytes
    auth_flavors: list[int]


@dataclass(slots=True)
class mountres3:
    """XDR union ``mountres3``."""

    fhs_status: int
    mountinfo: mountres3_ok | None = None


@dataclass(slots=True)
class mountbody:
    """XDR struct ``mountbody``."""

    ml_hostname: bytes
    ml_directory: bytes


@dataclass(slots=True)
class groupnode:
    """XDR struct ``groupnode``."""

    gr_name: bytes


@dataclass(slots=True)
class exportnode:
    """XDR struct ``exportnode``."""

    ex_dir: bytes
    ex_groups: list[groupnode]


class MOUNTPacker(Packer):
    """Pack the types of ``mount.x``."""

    __slots__ = ()

    def pack_fhandle(self, value: bytes) -> None:
        append = self.parts.append
        try:
            if len(value) != 32:
                raise XdrError(f"fhandle: {len(value)} bytes, not 32")
            append(value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fhandle: {error}") from error

    def pack_fhandle3(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            if count_1 > 64:
                raise XdrError(f"fhandle3: {count_1} bytes, at most 64")
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fhandle3: {error}") from error

    def pack_dirpath(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            if count_1 > 1024:
                raise XdrError(f"dirpath: {count_1} bytes, at most 1024")
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"dirpath: {error}") from error

    def pack_name(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            if count_1 > 255:
                raise XdrError(f"name: {count_1} bytes, at most 255")
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"name: {error}") from error

    def pack_mountstat3(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _mountstat3_values:
                raise XdrError(f"mountstat3 of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mountstat3: {error}") from error

    def pack_fhstatus(self, value: fhstatus) -> None:
        append = self.parts.append
        try:
            fhs_status_1 = value.fhs_status
            if fhs_status_1 == 0:
                fhs_fhandle_2 = value.fhs_fhandle
                if fhs_fhandle_2 is None:
                    raise XdrError("fhstatus.fhs_fhandle is missing")
                if len(fhs_fhandle_2) != 32:
                    raise XdrError(f"fhs_fhandle: {len(fhs_fhandle_2)} bytes, not 32")
                append(b"\x00\x00\x00\x00" + fhs_fhandle_2)
            else:
                append(_pack_I(fhs_status_1))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fhstatus: {error}") from error

    def pack_mountres3_ok(self, value: mountres3_ok) -> None:
        append = self.parts.append
        try:
            fhandle_1 = value.fhandle
            count_2 = len(fhandle_1)
            if count_2 > 64:
                raise XdrError(f"fhandle: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(fhandle_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            auth_flavors_3 = value.auth_flavors
            count_4 = len(auth_flavors_3)
            append(_pack_I(count_4))
            append(struct_pack(f">{count_4}i", *auth_flavors_3))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mountres3_ok: {error}") from error

    def pack_mountres3(self, value: mountres3) -> None:
        append = self.parts.append
        try:
            fhs_status_1 = value.fhs_status
            if fhs_status_1 == 0:
                mountinfo_2 = value.mountinfo
                if mountinfo_2 is None:
                    raise XdrError("mountres3.mountinfo is missing")
                fhandle_3 = mountinfo_2.fhandle
                count_4 = len(fhandle_3)
                if count_4 > 64:
                    raise XdrError(f"fhandle: {count_4} bytes, at most 64")
                append(_pack_2I(0, count_4))
                append(fhandle_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                auth_flavors_5 = mountinfo_2.auth_flavors
                count_6 = len(auth_flavors_5)
                append(_pack_I(count_6))
                append(struct_pack(f">{count_6}i", *auth_flavors_5))
            elif fhs_status_1 in _mountstat3_values:
                append(_pack_I(fhs_status_1))
            else:
                raise XdrError(f"mountres3.fhs_status of {fhs_status_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mountres3: {error}") from error

    def pack_mountlist(self, value: list[mountbody]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                ml_hostname_2 = item_1.ml_hostname
                count_3 = len(ml_hostname_2)
                if count_3 > 255:
                    raise XdrError(f"ml_hostname: {count_3} bytes, at most 255")
                append(_pack_2I(1, count_3))
                append(ml_hostname_2)
                if count_3 & 3:
                    append(PADDING[count_3 & 3])
                ml_directory_4 = item_1.ml_directory
                count_5 = len(ml_directory_4)
                if count_5 > 1024:
                    raise XdrError(f"ml_directory: {count_5} bytes, at most 1024")
                append(_pack_I(count_5))
                append(ml_directory_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mountlist: {error}") from error

    def pack_mountbody(self, value: mountbody) -> None:
        append = self.parts.append
        try:
            ml_hostname_1 = value.ml_hostname
            count_2 = len(ml_hostname_1)
            if count_2 > 255:
                raise XdrError(f"ml_hostname: {count_2} bytes, at most 255")
            append(_pack_I(count_2))
            append(ml_hostname_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            ml_directory_3 = value.ml_directory
            count_4 = len(ml_directory_3)
            if count_4 > 1024:
                raise XdrError(f"ml_directory: {count_4} bytes, at most 1024")
            append(_pack_I(count_4))
            append(ml_directory_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mountbody: {error}") from error

    def pack_groups(self, value: list[groupnode]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                gr_name_2 = item_1.gr_name
                count_3 = len(gr_name_2)
                if count_3 > 255:
                    raise XdrError(f"gr_name: {count_3} bytes, at most 255")
                append(_pack_2I(1, count_3))
                append(gr_name_2)
                if count_3 & 3:
                    append(PADDING[count_3 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"groups: {error}") from error

    def pack_groupnode(self, value: groupnode) -> None:
        append = self.parts.append
        try:
            gr_name_1 = value.gr_name
            count_2 = len(gr_name_1)
            if count_2 > 255:
                raise XdrError(f"gr_name: {count_2} bytes, at most 255")
            append(_pack_I(count_2))
            append(gr_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"groupnode: {error}") from error

    def pack_exports(self, value: list[exportnode]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                ex_dir_2 = item_1.ex_dir
                count_3 = len(ex_dir_2)
                if count_3 > 1024:
                    raise XdrError(f"ex_dir: {count_3} bytes, at most 1024")
                append(_pack_2I(1, count_3))
                append(ex_dir_2)
                if count_3 & 3:
                    append(PADDING[count_3 & 3])
                for item_4 in item_1.ex_groups:
                    gr_name_5 = item_4.gr_name
                    count_6 = len(gr_name_5)
                    if count_6 > 255:
                        raise XdrError(f"gr_name: {count_6} bytes, at most 255")
                    append(_pack_2I(1, count_6))
                    append(gr_name_5)
                    if count_6 & 3:
                        append(PADDING[count_6 & 3])
                append(b"\x00\x00\x00\x00")
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"exports: {error}") from error

    def pack_exportnode(self, value: exportnode) -> None:
        append = self.parts.append
        try:
            ex_dir_1 = value.ex_dir
            count_2 = len(ex_dir_1)
            if count_2 > 1024:
                raise XdrError(f"ex_dir: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(ex_dir_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            for item_3 in value.ex_groups:
                gr_name_4 = item_3.gr_name
                count_5 = len(gr_name_4)
                if count_5 > 255:
                    raise XdrError(f"gr_name: {count_5} bytes, at most 255")
                append(_pack_2I(1, count_5))
                append(gr_name_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"exportnode: {error}") from error


class MOUNTUnpacker(Unpacker):
    """Unpack the types of ``mount.x``."""

    __slots__ = ()

    def unpack_fhandle(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_32s(data, position)
            position += 32
        except struct_error:
            raise XdrError("fhandle: ends early") from None
        if position > end:
            raise XdrError("fhandle: ends early")
        self.position = position
        result: bytes = value_1
        return result

    def unpack_fhandle3(self) -> bytes:
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
            raise XdrError("fhandle3: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_dirpath(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"value: a length of {count_1}")
            value_2 = data[start : start + count_1]
            if value_2.__class__ is not bytes:
                value_2 = bytes(value_2)
        except struct_error:
            raise XdrError("dirpath: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_name(self) -> bytes:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 255 or position > end:
                raise XdrError(f"value: a length of {count_1}")
            value_2 = data[start : start + count_1]
            if value_2.__class__ is not bytes:
                value_2 = bytes(value_2)
        except struct_error:
            raise XdrError("name: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_mountstat3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _mountstat3_values:
                raise XdrError(f"mountstat3 of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("mountstat3: ends early") from None
        if position > end:
            raise XdrError("mountstat3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_fhstatus(self) -> fhstatus:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (fhs_status_1,) = _unpack_I(data, position)
            if fhs_status_1 == 0:
                (fhs_fhandle_3,) = _unpack_32s(data, position + 4)
                position += 36
                value_2 = fhstatus(fhs_status_1, fhs_fhandle_3)
            else:
                position += 4
                value_2 = fhstatus(fhs_status_1)
        except struct_error:
            raise XdrError("fhstatus: ends early") from None
        if position > end:
            raise XdrError("fhstatus: ends early")
        self.position = position
        result: fhstatus = value_2
        return result

    def unpack_mountres3_ok(self) -> mountres3_ok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"fhandle: a length of {count_1}")
            fhandle_2 = data[start : start + count_1]
            if fhandle_2.__class__ is not bytes:
                fhandle_2 = bytes(fhandle_2)
            (count_3,) = _unpack_I(data, position)
            position += 4
            if count_3 * 4 > end - position:
                raise XdrError(f"auth_flavors: {count_3} items")
            auth_flavors_4 = list(struct_unpack_from(f">{count_3}i", data, position))
            position += 4 * count_3
        except struct_error:
            raise XdrError("mountres3_ok: ends early") from None
        self.position = position
        return mountres3_ok(fhandle_2, auth_flavors_4)

    def unpack_mountres3(self) -> mountres3:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (fhs_status_1,) = _unpack_I(data, position)
            if fhs_status_1 == 0:
                (count_3,) = _unpack_I(data, position + 4)
                start = position + 8
                position = start + (count_3 + 3 & ~3)
                if count_3 > 64 or position > end:
                    raise XdrError(f"fhandle: a length of {count_3}")
                fhandle_4 = data[start : start + count_3]
                if fhandle_4.__class__ is not bytes:
                    fhandle_4 = bytes(fhandle_4)
                (count_5,) = _unpack_I(data, position)
                position += 4
                if count_5 * 4 > end - position:
                    raise XdrError(f"auth_flavors: {count_5} items")
                auth_flavors_6 = list(struct_unpack_from(f">{count_5}i", data, position))
                position += 4 * count_5
                value_2 = mountres3(fhs_status_1, mountres3_ok(fhandle_4, auth_flavors_6))
            elif fhs_status_1 in _mountstat3_values:
                position += 4
                value_2 = mountres3(fhs_status_1)
            else:
                raise XdrError(f"mountres3.fhs_status of {fhs_status_1}")
        except struct_error:
            raise XdrError("mountres3: ends early") from None
        if position > end:
            raise XdrError("mountres3: ends early")
        self.position = position
        result: mountres3 = value_2
        return result

    def unpack_mountlist(self) -> list[mountbody]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[mountbody] = []
            while more_1 == 1:
                (count_3,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_3 + 3 & ~3)
                if count_3 > 255 or position > end:
                    raise XdrError(f"ml_hostname: a length of {count_3}")
                ml_hostname_4 = data[start : start + count_3]
                if ml_hostname_4.__class__ is not bytes:
                    ml_hostname_4 = bytes(ml_hostname_4)
                (count_5,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_5 + 3 & ~3)
                if count_5 > 1024 or position > end:
                    raise XdrError(f"ml_directory: a length of {count_5}")
                ml_directory_6 = data[start : start + count_5]
                if ml_directory_6.__class__ is not bytes:
                    ml_directory_6 = bytes(ml_directory_6)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("mountbody: ends early")
                value_2.append(mountbody(ml_hostname_4, ml_directory_6))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("mountlist: ends early") from None
        if position > end:
            raise XdrError("mountlist: ends early")
        self.position = position
        result: list[mountbody] = value_2
        return result

    def unpack_mountbody(self) -> mountbody:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 255 or position > end:
                raise XdrError(f"ml_hostname: a length of {count_1}")
            ml_hostname_2 = data[start : start + count_1]
            if ml_hostname_2.__class__ is not bytes:
                ml_hostname_2 = bytes(ml_hostname_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"ml_directory: a length of {count_3}")
            ml_directory_4 = data[start : start + count_3]
            if ml_directory_4.__class__ is not bytes:
                ml_directory_4 = bytes(ml_directory_4)
        except struct_error:
            raise XdrError("mountbody: ends early") from None
        self.position = position
        return mountbody(ml_hostname_2, ml_directory_4)

    def unpack_groups(self) -> list[groupnode]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[groupnode] = []
            while more_1 == 1:
                (count_3,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_3 + 3 & ~3)
                if count_3 > 255 or position > end:
                    raise XdrError(f"gr_name: a length of {count_3}")
                gr_name_4 = data[start : start + count_3]
                if gr_name_4.__class__ is not bytes:
                    gr_name_4 = bytes(gr_name_4)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("groupnode: ends early")
                value_2.append(groupnode(gr_name_4))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("groups: ends early") from None
        if position > end:
            raise XdrError("groups: ends early")
        self.position = position
        result: list[groupnode] = value_2
        return result

    def unpack_groupnode(self) -> groupnode:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 255 or position > end:
                raise XdrError(f"gr_name: a length of {count_1}")
            gr_name_2 = data[start : start + count_1]
            if gr_name_2.__class__ is not bytes:
                gr_name_2 = bytes(gr_name_2)
        except struct_error:
            raise XdrError("groupnode: ends early") from None
        self.position = position
        return groupnode(gr_name_2)

    def unpack_exports(self) -> list[exportnode]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[exportnode] = []
            while more_1 == 1:
                (count_3,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_3 + 3 & ~3)
                if count_3 > 1024 or position > end:
                    raise XdrError(f"ex_dir: a length of {count_3}")
                ex_dir_4 = data[start : start + count_3]
                if ex_dir_4.__class__ is not bytes:
                    ex_dir_4 = bytes(ex_dir_4)
                (more_5,) = _unpack_I(data, position)
                position += 4
                ex_groups_6: list[groupnode] = []
                while more_5 == 1:
                    (count_7,) = _unpack_I(data, position)
                    start = position + 4
                    position = start + (count_7 + 3 & ~3)
                    if count_7 > 255 or position > end:
                        raise XdrError(f"gr_name: a length of {count_7}")
                    gr_name_8 = data[start : start + count_7]
                    if gr_name_8.__class__ is not bytes:
                        gr_name_8 = bytes(gr_name_8)
                    (more_5,) = _unpack_I(data, position)
                    position += 4
                    if position > end:
                        raise XdrError("groupnode: ends early")
                    ex_groups_6.append(groupnode(gr_name_8))
                if more_5:
                    raise XdrError(f"ex_groups: a bool of {more_5}")
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("exportnode: ends early")
                value_2.append(exportnode(ex_dir_4, ex_groups_6))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("exports: ends early") from None
        if position > end:
            raise XdrError("exports: ends early")
        self.position = position
        result: list[exportnode] = value_2
        return result

    def unpack_exportnode(self) -> exportnode:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"ex_dir: a length of {count_1}")
            ex_dir_2 = data[start : start + count_1]
            if ex_dir_2.__class__ is not bytes:
                ex_dir_2 = bytes(ex_dir_2)
            (more_3,) = _unpack_I(data, position)
            position += 4
            ex_groups_4: list[groupnode] = []
            while more_3 == 1:
                (count_5,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_5 + 3 & ~3)
                if count_5 > 255 or position > end:
                    raise XdrError(f"gr_name: a length of {count_5}")
                gr_name_6 = data[start : start + count_5]
                if gr_name_6.__class__ is not bytes:
                    gr_name_6 = bytes(gr_name_6)
                (more_3,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("groupnode: ends early")
                ex_groups_4.append(groupnode(gr_name_6))
            if more_3:
                raise XdrError(f"ex_groups: a bool of {more_3}")
        except struct_error:
            raise XdrError("exportnode: ends early") from None
        if position > end:
            raise XdrError("exportnode: ends early")
        self.position = position
        return exportnode(ex_dir_2, ex_groups_4)
