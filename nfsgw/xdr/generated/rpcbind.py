"""rpcbind, versions 3 and 4 (RFC 1833, section 2). Addresses are universal addresses: text such as

Made from ``nfsgw/xdr/spec/rpcbind.x`` by
``python -m nfsgw.xdr.compiler``: change the specification, not this.
"""

# fmt: off
# ruff: noqa
from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error
from struct import pack as struct_pack
from struct import unpack_from as struct_unpack_from
from typing import Any, Final

from nfsgw.xdr.codec import PADDING, Packer, Unpacker, XdrError

RPCB_HIGHPROC_2: Final = 5
RPCB_HIGHPROC_3: Final = 8
RPCB_HIGHPROC_4: Final = 12
RPCBSTAT_HIGHPROC: Final = 13
RPCBVERS_STAT: Final = 3
RPCBVERS_4_STAT: Final = 2
RPCBVERS_3_STAT: Final = 1
RPCBVERS_2_STAT: Final = 0
RPCBPROC_NULL: Final = 0
RPCBPROC_SET: Final = 1
RPCBPROC_UNSET: Final = 2
RPCBPROC_GETADDR: Final = 3
RPCBPROC_DUMP: Final = 4
RPCBPROC_CALLIT: Final = 5
RPCBPROC_GETTIME: Final = 6
RPCBPROC_UADDR2TADDR: Final = 7
RPCBPROC_TADDR2UADDR: Final = 8
RPCBVERS: Final = 3
RPCBPROC_BCAST: Final = 5
RPCBPROC_GETVERSADDR: Final = 9
RPCBPROC_INDIRECT: Final = 10
RPCBPROC_GETADDRLIST: Final = 11
RPCBPROC_GETSTAT: Final = 12
RPCBVERS4: Final = 4
RPCBPROG: Final = 100000

_pack_2I: Final = Struct(">2I").pack
_pack_2I2iI: Final = Struct(">2I2iI").pack
_pack_2i: Final = Struct(">2i").pack
_pack_3I: Final = Struct(">3I").pack
_pack_3I2iI: Final = Struct(">3I2iI").pack
_pack_3I3iI: Final = Struct(">3I3iI").pack
_pack_4I: Final = Struct(">4I").pack
_pack_4I3iI: Final = Struct(">4I3iI").pack
_pack_I: Final = Struct(">I").pack
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_2I2iI: Final = Struct(">2I2iI").unpack_from
_unpack_2iI: Final = Struct(">2iI").unpack_from
_unpack_3I: Final = Struct(">3I").unpack_from
_unpack_3I3iI: Final = Struct(">3I3iI").unpack_from
_unpack_4I: Final = Struct(">4I").unpack_from
_unpack_I: Final = Struct(">I").unpack_from


@dataclass(slots=True)
class rpcb:
    """One registration. r_owner is a name that the server fills in."""

    r_prog: int
    r_vers: int
    r_netid: bytes
    r_addr: bytes
    r_owner: bytes


@dataclass(slots=True)
class rp__list:
    """XDR struct ``rp__list``."""

    rpcb_map: rpcb


@dataclass(slots=True)
class rpcb_rmtcallargs:
    """CALLIT, BCAST and INDIRECT, which we refuse to serve."""

    prog: int
    vers: int
    proc: int
    args: bytes


@dataclass(slots=True)
class rpcb_rmtcallres:
    """XDR struct ``rpcb_rmtcallres``."""

    addr: bytes
    results: bytes


@dataclass(slots=True)
class rpcb_entry:
    """One of the addresses of a service, with the names of the transport's parts (GETADDRLIST)."""

    r_maddr: bytes
    r_nc_netid: bytes
    r_nc_semantics: int
    r_nc_protofmly: bytes
    r_nc_proto: bytes


@dataclass(slots=True)
class rpcb_entry_list:
    """XDR struct ``rpcb_entry_list``."""

    rpcb_entry_map: rpcb_entry


@dataclass(slots=True)
class rpcbs_addrlist:
    """Lookups of one program, counted."""

    prog: int
    vers: int
    success: int
    failure: int
    netid: bytes


@dataclass(slots=True)
class rpcbs_rmtcalllist:
    """Indirect calls of one procedure, counted."""

    prog: int
    vers: int
    proc: int
    success: int
    failure: int
    indirect: int
    netid: bytes


@dataclass(slots=True)
class rpcb_stat:
    """XDR struct ``rpcb_stat``."""

    info: list[int]
    setinfo: int
    unsetinfo: int
    addrinfo: list[rpcbs_addrlist]
    rmtinfo: list[rpcbs_rmtcalllist]


@dataclass(slots=True)
class netbuf:
    """A transport's address in its own form (UADDR2TADDR, TADDR2UADDR)."""

    maxlen: int
    buf: bytes


class RPCBINDPacker(Packer):
    """Pack the types of ``rpcbind.x``."""

    __slots__ = ()

    def pack_rpcb(self, value: rpcb) -> None:
        append = self.parts.append
        try:
            r_netid_1 = value.r_netid
            count_2 = len(r_netid_1)
            append(_pack_3I(value.r_prog, value.r_vers, count_2))
            append(r_netid_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            r_addr_3 = value.r_addr
            count_4 = len(r_addr_3)
            append(_pack_I(count_4))
            append(r_addr_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            r_owner_5 = value.r_owner
            count_6 = len(r_owner_5)
            append(_pack_I(count_6))
            append(r_owner_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb: {error}") from error

    def pack_rp__list(self, value: rp__list) -> None:
        append = self.parts.append
        try:
            rpcb_map_1 = value.rpcb_map
            r_netid_2 = rpcb_map_1.r_netid
            count_3 = len(r_netid_2)
            append(_pack_3I(rpcb_map_1.r_prog, rpcb_map_1.r_vers, count_3))
            append(r_netid_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            r_addr_4 = rpcb_map_1.r_addr
            count_5 = len(r_addr_4)
            append(_pack_I(count_5))
            append(r_addr_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            r_owner_6 = rpcb_map_1.r_owner
            count_7 = len(r_owner_6)
            append(_pack_I(count_7))
            append(r_owner_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rp__list: {error}") from error

    def pack_rpcblist_ptr(self, value: list[rp__list]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                rpcb_map_2 = item_1.rpcb_map
                r_netid_3 = rpcb_map_2.r_netid
                count_4 = len(r_netid_3)
                append(_pack_4I(1, rpcb_map_2.r_prog, rpcb_map_2.r_vers, count_4))
                append(r_netid_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                r_addr_5 = rpcb_map_2.r_addr
                count_6 = len(r_addr_5)
                append(_pack_I(count_6))
                append(r_addr_5)
                if count_6 & 3:
                    append(PADDING[count_6 & 3])
                r_owner_7 = rpcb_map_2.r_owner
                count_8 = len(r_owner_7)
                append(_pack_I(count_8))
                append(r_owner_7)
                if count_8 & 3:
                    append(PADDING[count_8 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcblist_ptr: {error}") from error

    def pack_rpcb_rmtcallargs(self, value: rpcb_rmtcallargs) -> None:
        append = self.parts.append
        try:
            args_1 = value.args
            count_2 = len(args_1)
            append(_pack_4I(value.prog, value.vers, value.proc, count_2))
            append(args_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_rmtcallargs: {error}") from error

    def pack_rpcb_rmtcallres(self, value: rpcb_rmtcallres) -> None:
        append = self.parts.append
        try:
            addr_1 = value.addr
            count_2 = len(addr_1)
            append(_pack_I(count_2))
            append(addr_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            results_3 = value.results
            count_4 = len(results_3)
            append(_pack_I(count_4))
            append(results_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_rmtcallres: {error}") from error

    def pack_rpcb_entry(self, value: rpcb_entry) -> None:
        append = self.parts.append
        try:
            r_maddr_1 = value.r_maddr
            count_2 = len(r_maddr_1)
            append(_pack_I(count_2))
            append(r_maddr_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            r_nc_netid_3 = value.r_nc_netid
            count_4 = len(r_nc_netid_3)
            append(_pack_I(count_4))
            append(r_nc_netid_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            r_nc_protofmly_5 = value.r_nc_protofmly
            count_6 = len(r_nc_protofmly_5)
            append(_pack_2I(value.r_nc_semantics, count_6))
            append(r_nc_protofmly_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            r_nc_proto_7 = value.r_nc_proto
            count_8 = len(r_nc_proto_7)
            append(_pack_I(count_8))
            append(r_nc_proto_7)
            if count_8 & 3:
                append(PADDING[count_8 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_entry: {error}") from error

    def pack_rpcb_entry_list(self, value: rpcb_entry_list) -> None:
        append = self.parts.append
        try:
            rpcb_entry_map_1 = value.rpcb_entry_map
            r_maddr_2 = rpcb_entry_map_1.r_maddr
            count_3 = len(r_maddr_2)
            append(_pack_I(count_3))
            append(r_maddr_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            r_nc_netid_4 = rpcb_entry_map_1.r_nc_netid
            count_5 = len(r_nc_netid_4)
            append(_pack_I(count_5))
            append(r_nc_netid_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            r_nc_protofmly_6 = rpcb_entry_map_1.r_nc_protofmly
            count_7 = len(r_nc_protofmly_6)
            append(_pack_2I(rpcb_entry_map_1.r_nc_semantics, count_7))
            append(r_nc_protofmly_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            r_nc_proto_8 = rpcb_entry_map_1.r_nc_proto
            count_9 = len(r_nc_proto_8)
            append(_pack_I(count_9))
            append(r_nc_proto_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_entry_list: {error}") from error

    def pack_rpcb_entry_list_ptr(self, value: list[rpcb_entry_list]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                rpcb_entry_map_2 = item_1.rpcb_entry_map
                r_maddr_3 = rpcb_entry_map_2.r_maddr
                count_4 = len(r_maddr_3)
                append(_pack_2I(1, count_4))
                append(r_maddr_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                r_nc_netid_5 = rpcb_entry_map_2.r_nc_netid
                count_6 = len(r_nc_netid_5)
                append(_pack_I(count_6))
                append(r_nc_netid_5)
                if count_6 & 3:
                    append(PADDING[count_6 & 3])
                r_nc_protofmly_7 = rpcb_entry_map_2.r_nc_protofmly
                count_8 = len(r_nc_protofmly_7)
                append(_pack_2I(rpcb_entry_map_2.r_nc_semantics, count_8))
                append(r_nc_protofmly_7)
                if count_8 & 3:
                    append(PADDING[count_8 & 3])
                r_nc_proto_9 = rpcb_entry_map_2.r_nc_proto
                count_10 = len(r_nc_proto_9)
                append(_pack_I(count_10))
                append(r_nc_proto_9)
                if count_10 & 3:
                    append(PADDING[count_10 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_entry_list_ptr: {error}") from error

    def pack_rpcbs_addrlist(self, value: rpcbs_addrlist) -> None:
        append = self.parts.append
        try:
            netid_1 = value.netid
            count_2 = len(netid_1)
            append(_pack_2I2iI(value.prog, value.vers, value.success, value.failure, count_2))
            append(netid_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcbs_addrlist: {error}") from error

    def pack_rpcbs_rmtcalllist(self, value: rpcbs_rmtcalllist) -> None:
        append = self.parts.append
        try:
            netid_1 = value.netid
            count_2 = len(netid_1)
            append(_pack_3I3iI(value.prog, value.vers, value.proc, value.success, value.failure, value.indirect, count_2))
            append(netid_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcbs_rmtcalllist: {error}") from error

    def pack_rpcbs_proc(self, value: list[int]) -> None:
        append = self.parts.append
        try:
            if len(value) != 13:
                raise XdrError(f"rpcbs_proc: {len(value)} items, not 13")
            append(struct_pack(f">{13}i", *value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcbs_proc: {error}") from error

    def pack_rpcbs_addrlist_ptr(self, value: list[rpcbs_addrlist]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                netid_2 = item_1.netid
                count_3 = len(netid_2)
                append(_pack_3I2iI(1, item_1.prog, item_1.vers, item_1.success, item_1.failure, count_3))
                append(netid_2)
                if count_3 & 3:
                    append(PADDING[count_3 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcbs_addrlist_ptr: {error}") from error

    def pack_rpcbs_rmtcalllist_ptr(self, value: list[rpcbs_rmtcalllist]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                netid_2 = item_1.netid
                count_3 = len(netid_2)
                append(_pack_4I3iI(1, item_1.prog, item_1.vers, item_1.proc, item_1.success, item_1.failure, item_1.indirect, count_3))
                append(netid_2)
                if count_3 & 3:
                    append(PADDING[count_3 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcbs_rmtcalllist_ptr: {error}") from error

    def pack_rpcb_stat(self, value: rpcb_stat) -> None:
        append = self.parts.append
        try:
            info_1 = value.info
            if len(info_1) != 13:
                raise XdrError(f"info: {len(info_1)} items, not 13")
            append(struct_pack(f">{13}i", *info_1))
            append(_pack_2i(value.setinfo, value.unsetinfo))
            for item_2 in value.addrinfo:
                netid_3 = item_2.netid
                count_4 = len(netid_3)
                append(_pack_3I2iI(1, item_2.prog, item_2.vers, item_2.success, item_2.failure, count_4))
                append(netid_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
            append(b"\x00\x00\x00\x00")
            for item_5 in value.rmtinfo:
                netid_6 = item_5.netid
                count_7 = len(netid_6)
                append(_pack_4I3iI(1, item_5.prog, item_5.vers, item_5.proc, item_5.success, item_5.failure, item_5.indirect, count_7))
                append(netid_6)
                if count_7 & 3:
                    append(PADDING[count_7 & 3])
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_stat: {error}") from error

    def pack_rpcb_stat_byvers(self, value: list[rpcb_stat]) -> None:
        append = self.parts.append
        try:
            if len(value) != 3:
                raise XdrError(f"rpcb_stat_byvers: {len(value)} items, not 3")
            for item_1 in value:
                info_2 = item_1.info
                if len(info_2) != 13:
                    raise XdrError(f"info: {len(info_2)} items, not 13")
                append(struct_pack(f">{13}i", *info_2))
                append(_pack_2i(item_1.setinfo, item_1.unsetinfo))
                for item_3 in item_1.addrinfo:
                    netid_4 = item_3.netid
                    count_5 = len(netid_4)
                    append(_pack_3I2iI(1, item_3.prog, item_3.vers, item_3.success, item_3.failure, count_5))
                    append(netid_4)
                    if count_5 & 3:
                        append(PADDING[count_5 & 3])
                append(b"\x00\x00\x00\x00")
                for item_6 in item_1.rmtinfo:
                    netid_7 = item_6.netid
                    count_8 = len(netid_7)
                    append(_pack_4I3iI(1, item_6.prog, item_6.vers, item_6.proc, item_6.success, item_6.failure, item_6.indirect, count_8))
                    append(netid_7)
                    if count_8 & 3:
                        append(PADDING[count_8 & 3])
                append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_stat_byvers: {error}") from error

    def pack_netbuf(self, value: netbuf) -> None:
        append = self.parts.append
        try:
            buf_1 = value.buf
            count_2 = len(buf_1)
            append(_pack_2I(value.maxlen, count_2))
            append(buf_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"netbuf: {error}") from error

    def pack_rpcb_string(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpcb_string: {error}") from error


class RPCBINDUnpacker(Unpacker):
    """Unpack the types of ``rpcbind.x``."""

    __slots__ = ()

    def unpack_rpcb(self) -> rpcb:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (r_prog_1, r_vers_2, count_3) = _unpack_3I(data, position)
            start = position + 12
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_netid: a length of {count_3}")
            r_netid_4 = data[start : start + count_3]
            if r_netid_4.__class__ is not bytes:
                r_netid_4 = bytes(r_netid_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_addr: a length of {count_5}")
            r_addr_6 = data[start : start + count_5]
            if r_addr_6.__class__ is not bytes:
                r_addr_6 = bytes(r_addr_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_owner: a length of {count_7}")
            r_owner_8 = data[start : start + count_7]
            if r_owner_8.__class__ is not bytes:
                r_owner_8 = bytes(r_owner_8)
        except struct_error:
            raise XdrError("rpcb: ends early") from None
        self.position = position
        return rpcb(r_prog_1, r_vers_2, r_netid_4, r_addr_6, r_owner_8)

    def unpack_rp__list(self) -> rp__list:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (r_prog_1, r_vers_2, count_3) = _unpack_3I(data, position)
            start = position + 12
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_netid: a length of {count_3}")
            r_netid_4 = data[start : start + count_3]
            if r_netid_4.__class__ is not bytes:
                r_netid_4 = bytes(r_netid_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_addr: a length of {count_5}")
            r_addr_6 = data[start : start + count_5]
            if r_addr_6.__class__ is not bytes:
                r_addr_6 = bytes(r_addr_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_owner: a length of {count_7}")
            r_owner_8 = data[start : start + count_7]
            if r_owner_8.__class__ is not bytes:
                r_owner_8 = bytes(r_owner_8)
        except struct_error:
            raise XdrError("rp__list: ends early") from None
        self.position = position
        return rp__list(rpcb(r_prog_1, r_vers_2, r_netid_4, r_addr_6, r_owner_8))

    def unpack_rpcblist_ptr(self) -> list[rp__list]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[rp__list] = []
            while more_1 == 1:
                (r_prog_3, r_vers_4, count_5) = _unpack_3I(data, position)
                start = position + 12
                position = start + (count_5 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_netid: a length of {count_5}")
                r_netid_6 = data[start : start + count_5]
                if r_netid_6.__class__ is not bytes:
                    r_netid_6 = bytes(r_netid_6)
                (count_7,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_7 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_addr: a length of {count_7}")
                r_addr_8 = data[start : start + count_7]
                if r_addr_8.__class__ is not bytes:
                    r_addr_8 = bytes(r_addr_8)
                (count_9,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_9 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_owner: a length of {count_9}")
                r_owner_10 = data[start : start + count_9]
                if r_owner_10.__class__ is not bytes:
                    r_owner_10 = bytes(r_owner_10)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rp__list: ends early")
                value_2.append(rp__list(rpcb(r_prog_3, r_vers_4, r_netid_6, r_addr_8, r_owner_10)))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("rpcblist_ptr: ends early") from None
        if position > end:
            raise XdrError("rpcblist_ptr: ends early")
        self.position = position
        result: list[rp__list] = value_2
        return result

    def unpack_rpcb_rmtcallargs(self) -> rpcb_rmtcallargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (prog_1, vers_2, proc_3, count_4) = _unpack_4I(data, position)
            start = position + 16
            position = start + (count_4 + 3 & ~3)
            if position > end:
                raise XdrError(f"args: a length of {count_4}")
            args_5 = data[start : start + count_4]
            if args_5.__class__ is not bytes:
                args_5 = bytes(args_5)
        except struct_error:
            raise XdrError("rpcb_rmtcallargs: ends early") from None
        self.position = position
        return rpcb_rmtcallargs(prog_1, vers_2, proc_3, args_5)

    def unpack_rpcb_rmtcallres(self) -> rpcb_rmtcallres:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if position > end:
                raise XdrError(f"addr: a length of {count_1}")
            addr_2 = data[start : start + count_1]
            if addr_2.__class__ is not bytes:
                addr_2 = bytes(addr_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"results: a length of {count_3}")
            results_4 = data[start : start + count_3]
            if results_4.__class__ is not bytes:
                results_4 = bytes(results_4)
        except struct_error:
            raise XdrError("rpcb_rmtcallres: ends early") from None
        self.position = position
        return rpcb_rmtcallres(addr_2, results_4)

    def unpack_rpcb_entry(self) -> rpcb_entry:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_maddr: a length of {count_1}")
            r_maddr_2 = data[start : start + count_1]
            if r_maddr_2.__class__ is not bytes:
                r_maddr_2 = bytes(r_maddr_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_netid: a length of {count_3}")
            r_nc_netid_4 = data[start : start + count_3]
            if r_nc_netid_4.__class__ is not bytes:
                r_nc_netid_4 = bytes(r_nc_netid_4)
            (r_nc_semantics_5, count_6) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_6 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_protofmly: a length of {count_6}")
            r_nc_protofmly_7 = data[start : start + count_6]
            if r_nc_protofmly_7.__class__ is not bytes:
                r_nc_protofmly_7 = bytes(r_nc_protofmly_7)
            (count_8,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_8 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_proto: a length of {count_8}")
            r_nc_proto_9 = data[start : start + count_8]
            if r_nc_proto_9.__class__ is not bytes:
                r_nc_proto_9 = bytes(r_nc_proto_9)
        except struct_error:
            raise XdrError("rpcb_entry: ends early") from None
        self.position = position
        return rpcb_entry(r_maddr_2, r_nc_netid_4, r_nc_semantics_5, r_nc_protofmly_7, r_nc_proto_9)

    def unpack_rpcb_entry_list(self) -> rpcb_entry_list:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_maddr: a length of {count_1}")
            r_maddr_2 = data[start : start + count_1]
            if r_maddr_2.__class__ is not bytes:
                r_maddr_2 = bytes(r_maddr_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_netid: a length of {count_3}")
            r_nc_netid_4 = data[start : start + count_3]
            if r_nc_netid_4.__class__ is not bytes:
                r_nc_netid_4 = bytes(r_nc_netid_4)
            (r_nc_semantics_5, count_6) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_6 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_protofmly: a length of {count_6}")
            r_nc_protofmly_7 = data[start : start + count_6]
            if r_nc_protofmly_7.__class__ is not bytes:
                r_nc_protofmly_7 = bytes(r_nc_protofmly_7)
            (count_8,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_8 + 3 & ~3)
            if position > end:
                raise XdrError(f"r_nc_proto: a length of {count_8}")
            r_nc_proto_9 = data[start : start + count_8]
            if r_nc_proto_9.__class__ is not bytes:
                r_nc_proto_9 = bytes(r_nc_proto_9)
        except struct_error:
            raise XdrError("rpcb_entry_list: ends early") from None
        self.position = position
        return rpcb_entry_list(rpcb_entry(r_maddr_2, r_nc_netid_4, r_nc_semantics_5, r_nc_protofmly_7, r_nc_proto_9))

    def unpack_rpcb_entry_list_ptr(self) -> list[rpcb_entry_list]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[rpcb_entry_list] = []
            while more_1 == 1:
                (count_3,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_3 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_maddr: a length of {count_3}")
                r_maddr_4 = data[start : start + count_3]
                if r_maddr_4.__class__ is not bytes:
                    r_maddr_4 = bytes(r_maddr_4)
                (count_5,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_5 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_nc_netid: a length of {count_5}")
                r_nc_netid_6 = data[start : start + count_5]
                if r_nc_netid_6.__class__ is not bytes:
                    r_nc_netid_6 = bytes(r_nc_netid_6)
                (r_nc_semantics_7, count_8) = _unpack_2I(data, position)
                start = position + 8
                position = start + (count_8 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_nc_protofmly: a length of {count_8}")
                r_nc_protofmly_9 = data[start : start + count_8]
                if r_nc_protofmly_9.__class__ is not bytes:
                    r_nc_protofmly_9 = bytes(r_nc_protofmly_9)
                (count_10,) = _unpack_I(data, position)
                start = position + 4
                position = start + (count_10 + 3 & ~3)
                if position > end:
                    raise XdrError(f"r_nc_proto: a length of {count_10}")
                r_nc_proto_11 = data[start : start + count_10]
                if r_nc_proto_11.__class__ is not bytes:
                    r_nc_proto_11 = bytes(r_nc_proto_11)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rpcb_entry_list: ends early")
                value_2.append(rpcb_entry_list(rpcb_entry(r_maddr_4, r_nc_netid_6, r_nc_semantics_7, r_nc_protofmly_9, r_nc_proto_11)))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("rpcb_entry_list_ptr: ends early") from None
        if position > end:
            raise XdrError("rpcb_entry_list_ptr: ends early")
        self.position = position
        result: list[rpcb_entry_list] = value_2
        return result

    def unpack_rpcbs_addrlist(self) -> rpcbs_addrlist:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (prog_1, vers_2, success_3, failure_4, count_5) = _unpack_2I2iI(data, position)
            start = position + 20
            position = start + (count_5 + 3 & ~3)
            if position > end:
                raise XdrError(f"netid: a length of {count_5}")
            netid_6 = data[start : start + count_5]
            if netid_6.__class__ is not bytes:
                netid_6 = bytes(netid_6)
        except struct_error:
            raise XdrError("rpcbs_addrlist: ends early") from None
        self.position = position
        return rpcbs_addrlist(prog_1, vers_2, success_3, failure_4, netid_6)

    def unpack_rpcbs_rmtcalllist(self) -> rpcbs_rmtcalllist:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (prog_1, vers_2, proc_3, success_4, failure_5, indirect_6, count_7) = _unpack_3I3iI(data, position)
            start = position + 28
            position = start + (count_7 + 3 & ~3)
            if position > end:
                raise XdrError(f"netid: a length of {count_7}")
            netid_8 = data[start : start + count_7]
            if netid_8.__class__ is not bytes:
                netid_8 = bytes(netid_8)
        except struct_error:
            raise XdrError("rpcbs_rmtcalllist: ends early") from None
        self.position = position
        return rpcbs_rmtcalllist(prog_1, vers_2, proc_3, success_4, failure_5, indirect_6, netid_8)

    def unpack_rpcbs_proc(self) -> list[int]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            if 13 * 4 > end - position:
                raise XdrError(f"value: {13} items")
            value_1 = list(struct_unpack_from(f">{13}i", data, position))
            position += 4 * 13
        except struct_error:
            raise XdrError("rpcbs_proc: ends early") from None
        self.position = position
        result: list[int] = value_1
        return result

    def unpack_rpcbs_addrlist_ptr(self) -> list[rpcbs_addrlist]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[rpcbs_addrlist] = []
            while more_1 == 1:
                (prog_3, vers_4, success_5, failure_6, count_7) = _unpack_2I2iI(data, position)
                start = position + 20
                position = start + (count_7 + 3 & ~3)
                if position > end:
                    raise XdrError(f"netid: a length of {count_7}")
                netid_8 = data[start : start + count_7]
                if netid_8.__class__ is not bytes:
                    netid_8 = bytes(netid_8)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rpcbs_addrlist: ends early")
                value_2.append(rpcbs_addrlist(prog_3, vers_4, success_5, failure_6, netid_8))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("rpcbs_addrlist_ptr: ends early") from None
        if position > end:
            raise XdrError("rpcbs_addrlist_ptr: ends early")
        self.position = position
        result: list[rpcbs_addrlist] = value_2
        return result

    def unpack_rpcbs_rmtcalllist_ptr(self) -> list[rpcbs_rmtcalllist]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[rpcbs_rmtcalllist] = []
            while more_1 == 1:
                (prog_3, vers_4, proc_5, success_6, failure_7, indirect_8, count_9) = _unpack_3I3iI(data, position)
                start = position + 28
                position = start + (count_9 + 3 & ~3)
                if position > end:
                    raise XdrError(f"netid: a length of {count_9}")
                netid_10 = data[start : start + count_9]
                if netid_10.__class__ is not bytes:
                    netid_10 = bytes(netid_10)
                (more_1,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rpcbs_rmtcalllist: ends early")
                value_2.append(rpcbs_rmtcalllist(prog_3, vers_4, proc_5, success_6, failure_7, indirect_8, netid_10))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("rpcbs_rmtcalllist_ptr: ends early") from None
        if position > end:
            raise XdrError("rpcbs_rmtcalllist_ptr: ends early")
        self.position = position
        result: list[rpcbs_rmtcalllist] = value_2
        return result

    def unpack_rpcb_stat(self) -> rpcb_stat:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            if 13 * 4 > end - position:
                raise XdrError(f"info: {13} items")
            info_1 = list(struct_unpack_from(f">{13}i", data, position))
            position += 4 * 13
            (setinfo_2, unsetinfo_3, more_4) = _unpack_2iI(data, position)
            position += 12
            addrinfo_5: list[rpcbs_addrlist] = []
            while more_4 == 1:
                (prog_6, vers_7, success_8, failure_9, count_10) = _unpack_2I2iI(data, position)
                start = position + 20
                position = start + (count_10 + 3 & ~3)
                if position > end:
                    raise XdrError(f"netid: a length of {count_10}")
                netid_11 = data[start : start + count_10]
                if netid_11.__class__ is not bytes:
                    netid_11 = bytes(netid_11)
                (more_4,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rpcbs_addrlist: ends early")
                addrinfo_5.append(rpcbs_addrlist(prog_6, vers_7, success_8, failure_9, netid_11))
            if more_4:
                raise XdrError(f"addrinfo: a bool of {more_4}")
            (more_12,) = _unpack_I(data, position)
            position += 4
            rmtinfo_13: list[rpcbs_rmtcalllist] = []
            while more_12 == 1:
                (prog_14, vers_15, proc_16, success_17, failure_18, indirect_19, count_20) = _unpack_3I3iI(data, position)
                start = position + 28
                position = start + (count_20 + 3 & ~3)
                if position > end:
                    raise XdrError(f"netid: a length of {count_20}")
                netid_21 = data[start : start + count_20]
                if netid_21.__class__ is not bytes:
                    netid_21 = bytes(netid_21)
                (more_12,) = _unpack_I(data, position)
                position += 4
                if position > end:
                    raise XdrError("rpcbs_rmtcalllist: ends early")
                rmtinfo_13.append(rpcbs_rmtcalllist(prog_14, vers_15, proc_16, success_17, failure_18, indirect_19, netid_21))
            if more_12:
                raise XdrError(f"rmtinfo: a bool of {more_12}")
        except struct_error:
            raise XdrError("rpcb_stat: ends early") from None
        if position > end:
            raise XdrError("rpcb_stat: ends early")
        self.position = position
        return rpcb_stat(info_1, setinfo_2, unsetinfo_3, addrinfo_5, rmtinfo_13)

    def unpack_rpcb_stat_byvers(self) -> list[rpcb_stat]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            if 3 * 68 > end - position:
                raise XdrError(f"value: {3} items")
            value_1: list[rpcb_stat] = []
            for _ in range(3):
                if 13 * 4 > end - position:
                    raise XdrError(f"info: {13} items")
                info_2 = list(struct_unpack_from(f">{13}i", data, position))
                position += 4 * 13
                (setinfo_3, unsetinfo_4, more_5) = _unpack_2iI(data, position)
                position += 12
                addrinfo_6: list[rpcbs_addrlist] = []
                while more_5 == 1:
                    (prog_7, vers_8, success_9, failure_10, count_11) = _unpack_2I2iI(data, position)
                    start = position + 20
                    position = start + (count_11 + 3 & ~3)
                    if position > end:
                        raise XdrError(f"netid: a length of {count_11}")
                    netid_12 = data[start : start + count_11]
                    if netid_12.__class__ is not bytes:
                        netid_12 = bytes(netid_12)
                    (more_5,) = _unpack_I(data, position)
                    position += 4
                    if position > end:
                        raise XdrError("rpcbs_addrlist: ends early")
                    addrinfo_6.append(rpcbs_addrlist(prog_7, vers_8, success_9, failure_10, netid_12))
                if more_5:
                    raise XdrError(f"addrinfo: a bool of {more_5}")
                (more_13,) = _unpack_I(data, position)
                position += 4
                rmtinfo_14: list[rpcbs_rmtcalllist] = []
                while more_13 == 1:
                    (prog_15, vers_16, proc_17, success_18, failure_19, indirect_20, count_21) = _unpack_3I3iI(data, position)
                    start = position + 28
                    position = start + (count_21 + 3 & ~3)
                    if position > end:
                        raise XdrError(f"netid: a length of {count_21}")
                    netid_22 = data[start : start + count_21]
                    if netid_22.__class__ is not bytes:
                        netid_22 = bytes(netid_22)
                    (more_13,) = _unpack_I(data, position)
                    position += 4
                    if position > end:
                        raise XdrError("rpcbs_rmtcalllist: ends early")
                    rmtinfo_14.append(rpcbs_rmtcalllist(prog_15, vers_16, proc_17, success_18, failure_19, indirect_20, netid_22))
                if more_13:
                    raise XdrError(f"rmtinfo: a bool of {more_13}")
                if position > end:
                    raise XdrError("value: ends early")
                value_1.append(rpcb_stat(info_2, setinfo_3, unsetinfo_4, addrinfo_6, rmtinfo_14))
        except struct_error:
            raise XdrError("rpcb_stat_byvers: ends early") from None
        self.position = position
        result: list[rpcb_stat] = value_1
        return result

    def unpack_netbuf(self) -> netbuf:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (maxlen_1, count_2) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_2 + 3 & ~3)
            if position > end:
                raise XdrError(f"buf: a length of {count_2}")
            buf_3 = data[start : start + count_2]
            if buf_3.__class__ is not bytes:
                buf_3 = bytes(buf_3)
        except struct_error:
            raise XdrError("netbuf: ends early") from None
        self.position = position
        return netbuf(maxlen_1, buf_3)

    def unpack_rpcb_string(self) -> bytes:
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
            raise XdrError("rpcb_string: ends early") from None
        self.position = position
        result: bytes = value_2
        return result
