"""NFSACL, version 3: POSIX ACLs beside NFS version 3, on the same sockets.

Made from ``nfsgw/xdr/spec/nfsacl.x`` by
``python -m nfsgw.xdr.compiler``: change the specification, not this.
"""

# fmt: off
# ruff: noqa
from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error
from typing import Any, Final

from nfsgw.xdr.codec import PADDING, Packer, Unpacker, XdrError

NFS3_FHSIZE: Final = 64
NFS3_FATTR_BYTES: Final = 84
NFS3_OK: Final = 0
NFS_ACL_MAX_ENTRIES: Final = 1024
NA_ACL: Final = 1
NA_ACLCNT: Final = 2
NA_DFACL: Final = 4
NA_DFACLCNT: Final = 8
NA_USER_OBJ: Final = 1
NA_USER: Final = 2
NA_GROUP_OBJ: Final = 4
NA_GROUP: Final = 8
NA_CLASS_OBJ: Final = 16
NA_OTHER_OBJ: Final = 32
NA_DEFAULT: Final = 4096
ACLPROC3_NULL: Final = 0
ACLPROC3_GETACL: Final = 1
ACLPROC3_SETACL: Final = 2
NFS_ACL_V3: Final = 3
NFS_ACL_PROGRAM: Final = 100227

_pack_2I: Final = Struct(">2I").pack
_pack_3I: Final = Struct(">3I").pack
_pack_I: Final = Struct(">I").pack
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_3I: Final = Struct(">3I").unpack_from
_unpack_84s: Final = Struct(">84s").unpack_from
_unpack_I: Final = Struct(">I").unpack_from


@dataclass(slots=True)
class aclent:
    """One entry. The id of USER_OBJ and GROUP_OBJ is the owner's and the group's; of CLASS_OBJ (the mask) and OTHER_OBJ it is 0."""

    type: int
    id: int
    perm: int


@dataclass(slots=True)
class secattr:
    """The ACLs of an object. The counts stand alone where the mask asks for nothing more."""

    mask: int
    aclcnt: int
    acl: list[aclent]
    dfaclcnt: int
    dfacl: list[aclent]


@dataclass(slots=True)
class GETACL3args:
    """XDR struct ``GETACL3args``."""

    fh: bytes
    mask: int


@dataclass(slots=True)
class GETACL3resok:
    """XDR struct ``GETACL3resok``."""

    attr: bytes | None
    acl: secattr


@dataclass(slots=True)
class GETACL3resfail:
    """XDR struct ``GETACL3resfail``."""

    attr: bytes | None


@dataclass(slots=True)
class GETACL3res:
    """XDR union ``GETACL3res``."""

    status: int
    resok: GETACL3resok | None = None
    resfail: GETACL3resfail | None = None


@dataclass(slots=True)
class SETACL3args:
    """XDR struct ``SETACL3args``."""

    fh: bytes
    acl: secattr


@dataclass(slots=True)
class SETACL3resok:
    """XDR struct ``SETACL3resok``."""

    attr: bytes | None


@dataclass(slots=True)
class SETACL3resfail:
    """XDR struct ``SETACL3resfail``."""

    attr: bytes | None


@dataclass(slots=True)
class SETACL3res:
    """XDR union ``SETACL3res``."""

    status: int
    resok: SETACL3resok | None = None
    resfail: SETACL3resfail | None = None


class NFSACLPacker(Packer):
    """Pack the types of ``nfsacl.x``."""

    __slots__ = ()

    def pack_uint32(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"uint32: {error}") from error

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
                    raise XdrError(f"post_op_attr: {len(value)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + value)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"post_op_attr: {error}") from error

    def pack_nfsstat3(self, value: int) -> None:
        append = self.parts.append
        try:
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nfsstat3: {error}") from error

    def pack_aclent(self, value: aclent) -> None:
        append = self.parts.append
        try:
            append(_pack_3I(value.type, value.id, value.perm))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"aclent: {error}") from error

    def pack_secattr(self, value: secattr) -> None:
        append = self.parts.append
        try:
            acl_1 = value.acl
            count_2 = len(acl_1)
            if count_2 > 1024:
                raise XdrError(f"acl: {count_2} items, at most 1024")
            append(_pack_3I(value.mask, value.aclcnt, count_2))
            for item_3 in acl_1:
                append(_pack_3I(item_3.type, item_3.id, item_3.perm))
            dfacl_4 = value.dfacl
            count_5 = len(dfacl_4)
            if count_5 > 1024:
                raise XdrError(f"dfacl: {count_5} items, at most 1024")
            append(_pack_2I(value.dfaclcnt, count_5))
            for item_6 in dfacl_4:
                append(_pack_3I(item_6.type, item_6.id, item_6.perm))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"secattr: {error}") from error

    def pack_GETACL3args(self, value: GETACL3args) -> None:
        append = self.parts.append
        try:
            fh_1 = value.fh
            count_2 = len(fh_1)
            if count_2 > 64:
                raise XdrError(f"fh: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(fh_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_I(value.mask))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETACL3args: {error}") from error

    def pack_GETACL3resok(self, value: GETACL3resok) -> None:
        append = self.parts.append
        try:
            attr_1 = value.attr
            if attr_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(attr_1) != 84:
                    raise XdrError(f"attr: {len(attr_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + attr_1)
            acl_2 = value.acl
            acl_3 = acl_2.acl
            count_4 = len(acl_3)
            if count_4 > 1024:
                raise XdrError(f"acl: {count_4} items, at most 1024")
            append(_pack_3I(acl_2.mask, acl_2.aclcnt, count_4))
            for item_5 in acl_3:
                append(_pack_3I(item_5.type, item_5.id, item_5.perm))
            dfacl_6 = acl_2.dfacl
            count_7 = len(dfacl_6)
            if count_7 > 1024:
                raise XdrError(f"dfacl: {count_7} items, at most 1024")
            append(_pack_2I(acl_2.dfaclcnt, count_7))
            for item_8 in dfacl_6:
                append(_pack_3I(item_8.type, item_8.id, item_8.perm))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETACL3resok: {error}") from error

    def pack_GETACL3resfail(self, value: GETACL3resfail) -> None:
        append = self.parts.append
        try:
            attr_1 = value.attr
            if attr_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(attr_1) != 84:
                    raise XdrError(f"attr: {len(attr_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + attr_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETACL3resfail: {error}") from error

    def pack_GETACL3res(self, value: GETACL3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("GETACL3res.resok is missing")
                attr_3 = resok_2.attr
                if attr_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(attr_3) != 84:
                        raise XdrError(f"attr: {len(attr_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + attr_3)
                acl_4 = resok_2.acl
                acl_5 = acl_4.acl
                count_6 = len(acl_5)
                if count_6 > 1024:
                    raise XdrError(f"acl: {count_6} items, at most 1024")
                append(_pack_3I(acl_4.mask, acl_4.aclcnt, count_6))
                for item_7 in acl_5:
                    append(_pack_3I(item_7.type, item_7.id, item_7.perm))
                dfacl_8 = acl_4.dfacl
                count_9 = len(dfacl_8)
                if count_9 > 1024:
                    raise XdrError(f"dfacl: {count_9} items, at most 1024")
                append(_pack_2I(acl_4.dfaclcnt, count_9))
                for item_10 in dfacl_8:
                    append(_pack_3I(item_10.type, item_10.id, item_10.perm))
            else:
                resfail_11 = value.resfail
                if resfail_11 is None:
                    raise XdrError("GETACL3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_GETACL3resfail(resfail_11)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"GETACL3res: {error}") from error

    def pack_SETACL3args(self, value: SETACL3args) -> None:
        append = self.parts.append
        try:
            fh_1 = value.fh
            count_2 = len(fh_1)
            if count_2 > 64:
                raise XdrError(f"fh: {count_2} bytes, at most 64")
            append(_pack_I(count_2))
            append(fh_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            acl_3 = value.acl
            acl_4 = acl_3.acl
            count_5 = len(acl_4)
            if count_5 > 1024:
                raise XdrError(f"acl: {count_5} items, at most 1024")
            append(_pack_3I(acl_3.mask, acl_3.aclcnt, count_5))
            for item_6 in acl_4:
                append(_pack_3I(item_6.type, item_6.id, item_6.perm))
            dfacl_7 = acl_3.dfacl
            count_8 = len(dfacl_7)
            if count_8 > 1024:
                raise XdrError(f"dfacl: {count_8} items, at most 1024")
            append(_pack_2I(acl_3.dfaclcnt, count_8))
            for item_9 in dfacl_7:
                append(_pack_3I(item_9.type, item_9.id, item_9.perm))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETACL3args: {error}") from error

    def pack_SETACL3resok(self, value: SETACL3resok) -> None:
        append = self.parts.append
        try:
            attr_1 = value.attr
            if attr_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(attr_1) != 84:
                    raise XdrError(f"attr: {len(attr_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + attr_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETACL3resok: {error}") from error

    def pack_SETACL3resfail(self, value: SETACL3resfail) -> None:
        append = self.parts.append
        try:
            attr_1 = value.attr
            if attr_1 is None:
                append(b"\x00\x00\x00\x00")
            else:
                if len(attr_1) != 84:
                    raise XdrError(f"attr: {len(attr_1)} bytes, not 84")
                append(b"\x00\x00\x00\x01" + attr_1)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETACL3resfail: {error}") from error

    def pack_SETACL3res(self, value: SETACL3res) -> None:
        append = self.parts.append
        try:
            status_1 = value.status
            if status_1 == 0:
                resok_2 = value.resok
                if resok_2 is None:
                    raise XdrError("SETACL3res.resok is missing")
                attr_3 = resok_2.attr
                if attr_3 is None:
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x00")
                else:
                    if len(attr_3) != 84:
                        raise XdrError(f"attr: {len(attr_3)} bytes, not 84")
                    append(b"\x00\x00\x00\x00\x00\x00\x00\x01" + attr_3)
            else:
                resfail_4 = value.resfail
                if resfail_4 is None:
                    raise XdrError("SETACL3res.resfail is missing")
                append(_pack_I(status_1))
                self.pack_SETACL3resfail(resfail_4)
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"SETACL3res: {error}") from error


class NFSACLUnpacker(Unpacker):
    """Unpack the types of ``nfsacl.x``."""

    __slots__ = ()

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

    def unpack_nfsstat3(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("nfsstat3: ends early") from None
        if position > end:
            raise XdrError("nfsstat3: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_aclent(self) -> aclent:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (type_1, id_2, perm_3) = _unpack_3I(data, position)
            position += 12
        except struct_error:
            raise XdrError("aclent: ends early") from None
        if position > end:
            raise XdrError("aclent: ends early")
        self.position = position
        return aclent(type_1, id_2, perm_3)

    def unpack_secattr(self) -> secattr:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (mask_1, aclcnt_2, count_3) = _unpack_3I(data, position)
            position += 12
            if count_3 > 1024 or count_3 * 12 > end - position:
                raise XdrError(f"acl: {count_3} items")
            acl_4: list[aclent] = []
            for _ in range(count_3):
                (type_5, id_6, perm_7) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("acl: ends early")
                acl_4.append(aclent(type_5, id_6, perm_7))
            (dfaclcnt_8, count_9) = _unpack_2I(data, position)
            position += 8
            if count_9 > 1024 or count_9 * 12 > end - position:
                raise XdrError(f"dfacl: {count_9} items")
            dfacl_10: list[aclent] = []
            for _ in range(count_9):
                (type_11, id_12, perm_13) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("dfacl: ends early")
                dfacl_10.append(aclent(type_11, id_12, perm_13))
        except struct_error:
            raise XdrError("secattr: ends early") from None
        self.position = position
        return secattr(mask_1, aclcnt_2, acl_4, dfaclcnt_8, dfacl_10)

    def unpack_GETACL3args(self) -> GETACL3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"fh: a length of {count_1}")
            fh_2 = data[start : start + count_1]
            if fh_2.__class__ is not bytes:
                fh_2 = bytes(fh_2)
            (mask_3,) = _unpack_I(data, position)
            position += 4
        except struct_error:
            raise XdrError("GETACL3args: ends early") from None
        if position > end:
            raise XdrError("GETACL3args: ends early")
        self.position = position
        return GETACL3args(fh_2, mask_3)

    def unpack_GETACL3resok(self) -> GETACL3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"attr: a bool of {follows_1}")
            attr_2: bytes | None
            if follows_1:
                (attr_3,) = _unpack_84s(data, position + 4)
                position += 88
                attr_2 = attr_3
            else:
                position += 4
                attr_2 = None
            (mask_4, aclcnt_5, count_6) = _unpack_3I(data, position)
            position += 12
            if count_6 > 1024 or count_6 * 12 > end - position:
                raise XdrError(f"acl: {count_6} items")
            acl_7: list[aclent] = []
            for _ in range(count_6):
                (type_8, id_9, perm_10) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("acl: ends early")
                acl_7.append(aclent(type_8, id_9, perm_10))
            (dfaclcnt_11, count_12) = _unpack_2I(data, position)
            position += 8
            if count_12 > 1024 or count_12 * 12 > end - position:
                raise XdrError(f"dfacl: {count_12} items")
            dfacl_13: list[aclent] = []
            for _ in range(count_12):
                (type_14, id_15, perm_16) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("dfacl: ends early")
                dfacl_13.append(aclent(type_14, id_15, perm_16))
        except struct_error:
            raise XdrError("GETACL3resok: ends early") from None
        self.position = position
        return GETACL3resok(attr_2, secattr(mask_4, aclcnt_5, acl_7, dfaclcnt_11, dfacl_13))

    def unpack_GETACL3resfail(self) -> GETACL3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"attr: a bool of {follows_1}")
            attr_2: bytes | None
            if follows_1:
                (attr_3,) = _unpack_84s(data, position + 4)
                position += 88
                attr_2 = attr_3
            else:
                position += 4
                attr_2 = None
        except struct_error:
            raise XdrError("GETACL3resfail: ends early") from None
        if position > end:
            raise XdrError("GETACL3resfail: ends early")
        self.position = position
        return GETACL3resfail(attr_2)

    def unpack_GETACL3res(self) -> GETACL3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"attr: a bool of {follows_3}")
                attr_4: bytes | None
                if follows_3:
                    (attr_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    attr_4 = attr_5
                else:
                    position += 8
                    attr_4 = None
                (mask_6, aclcnt_7, count_8) = _unpack_3I(data, position)
                position += 12
                if count_8 > 1024 or count_8 * 12 > end - position:
                    raise XdrError(f"acl: {count_8} items")
                acl_9: list[aclent] = []
                for _ in range(count_8):
                    (type_10, id_11, perm_12) = _unpack_3I(data, position)
                    position += 12
                    if position > end:
                        raise XdrError("acl: ends early")
                    acl_9.append(aclent(type_10, id_11, perm_12))
                (dfaclcnt_13, count_14) = _unpack_2I(data, position)
                position += 8
                if count_14 > 1024 or count_14 * 12 > end - position:
                    raise XdrError(f"dfacl: {count_14} items")
                dfacl_15: list[aclent] = []
                for _ in range(count_14):
                    (type_16, id_17, perm_18) = _unpack_3I(data, position)
                    position += 12
                    if position > end:
                        raise XdrError("dfacl: ends early")
                    dfacl_15.append(aclent(type_16, id_17, perm_18))
                value_2 = GETACL3res(status_1, GETACL3resok(attr_4, secattr(mask_6, aclcnt_7, acl_9, dfaclcnt_13, dfacl_15)))
            else:
                self.position = position + 4
                resfail_19 = self.unpack_GETACL3resfail()
                position = self.position
                value_2 = GETACL3res(status_1, None, resfail_19)
        except struct_error:
            raise XdrError("GETACL3res: ends early") from None
        if position > end:
            raise XdrError("GETACL3res: ends early")
        self.position = position
        result: GETACL3res = value_2
        return result

    def unpack_SETACL3args(self) -> SETACL3args:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 64 or position > end:
                raise XdrError(f"fh: a length of {count_1}")
            fh_2 = data[start : start + count_1]
            if fh_2.__class__ is not bytes:
                fh_2 = bytes(fh_2)
            (mask_3, aclcnt_4, count_5) = _unpack_3I(data, position)
            position += 12
            if count_5 > 1024 or count_5 * 12 > end - position:
                raise XdrError(f"acl: {count_5} items")
            acl_6: list[aclent] = []
            for _ in range(count_5):
                (type_7, id_8, perm_9) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("acl: ends early")
                acl_6.append(aclent(type_7, id_8, perm_9))
            (dfaclcnt_10, count_11) = _unpack_2I(data, position)
            position += 8
            if count_11 > 1024 or count_11 * 12 > end - position:
                raise XdrError(f"dfacl: {count_11} items")
            dfacl_12: list[aclent] = []
            for _ in range(count_11):
                (type_13, id_14, perm_15) = _unpack_3I(data, position)
                position += 12
                if position > end:
                    raise XdrError("dfacl: ends early")
                dfacl_12.append(aclent(type_13, id_14, perm_15))
        except struct_error:
            raise XdrError("SETACL3args: ends early") from None
        self.position = position
        return SETACL3args(fh_2, secattr(mask_3, aclcnt_4, acl_6, dfaclcnt_10, dfacl_12))

    def unpack_SETACL3resok(self) -> SETACL3resok:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"attr: a bool of {follows_1}")
            attr_2: bytes | None
            if follows_1:
                (attr_3,) = _unpack_84s(data, position + 4)
                position += 88
                attr_2 = attr_3
            else:
                position += 4
                attr_2 = None
        except struct_error:
            raise XdrError("SETACL3resok: ends early") from None
        if position > end:
            raise XdrError("SETACL3resok: ends early")
        self.position = position
        return SETACL3resok(attr_2)

    def unpack_SETACL3resfail(self) -> SETACL3resfail:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (follows_1,) = _unpack_I(data, position)
            if follows_1 > 1:
                raise XdrError(f"attr: a bool of {follows_1}")
            attr_2: bytes | None
            if follows_1:
                (attr_3,) = _unpack_84s(data, position + 4)
                position += 88
                attr_2 = attr_3
            else:
                position += 4
                attr_2 = None
        except struct_error:
            raise XdrError("SETACL3resfail: ends early") from None
        if position > end:
            raise XdrError("SETACL3resfail: ends early")
        self.position = position
        return SETACL3resfail(attr_2)

    def unpack_SETACL3res(self) -> SETACL3res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (status_1,) = _unpack_I(data, position)
            if status_1 == 0:
                (follows_3,) = _unpack_I(data, position + 4)
                if follows_3 > 1:
                    raise XdrError(f"attr: a bool of {follows_3}")
                attr_4: bytes | None
                if follows_3:
                    (attr_5,) = _unpack_84s(data, position + 8)
                    position += 92
                    attr_4 = attr_5
                else:
                    position += 8
                    attr_4 = None
                value_2 = SETACL3res(status_1, SETACL3resok(attr_4))
            else:
                self.position = position + 4
                resfail_6 = self.unpack_SETACL3resfail()
                position = self.position
                value_2 = SETACL3res(status_1, None, resfail_6)
        except struct_error:
            raise XdrError("SETACL3res: ends early") from None
        if position > end:
            raise XdrError("SETACL3res: ends early")
        self.position = position
        result: SETACL3res = value_2
        return result
