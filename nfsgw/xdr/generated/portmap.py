"""The port mapper, version 2 (RFC 1833, section 3).

Made from ``nfsgw/xdr/spec/portmap.x`` by
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

PMAP_PORT: Final = 111
IPPROTO_TCP: Final = 6
IPPROTO_UDP: Final = 17
PMAPPROC_NULL: Final = 0
PMAPPROC_SET: Final = 1
PMAPPROC_UNSET: Final = 2
PMAPPROC_GETPORT: Final = 3
PMAPPROC_DUMP: Final = 4
PMAPPROC_CALLIT: Final = 5
PMAP_VERS: Final = 2
PMAP_PROG: Final = 100000

_pack_2I: Final = Struct(">2I").pack
_pack_4I: Final = Struct(">4I").pack
_pack_5I: Final = Struct(">5I").pack
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_4I: Final = Struct(">4I").unpack_from
_unpack_5I: Final = Struct(">5I").unpack_from
_unpack_I: Final = Struct(">I").unpack_from


@dataclass(slots=True)
class mapping:
    """One registration: program, version, protocol and the port where it is served."""

    prog: int
    vers: int
    prot: int
    port: int


@dataclass(slots=True)
class pmaplistnode:
    """XDR struct ``pmaplistnode``."""

    map: mapping


@dataclass(slots=True)
class call_args:
    """CALLIT, which we refuse to serve: anyone could use it to send calls from our address."""

    prog: int
    vers: int
    proc: int
    args: bytes


@dataclass(slots=True)
class call_result:
    """XDR struct ``call_result``."""

    port: int
    res: bytes


class PORTMAPPacker(Packer):
    """Pack the types of ``portmap.x``."""

    __slots__ = ()

    def pack_mapping(self, value: mapping) -> None:
        append = self.parts.append
        try:
            append(_pack_4I(value.prog, value.vers, value.prot, value.port))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mapping: {error}") from error

    def pack_pmaplistnode(self, value: pmaplistnode) -> None:
        append = self.parts.append
        try:
            map_1 = value.map
            append(_pack_4I(map_1.prog, map_1.vers, map_1.prot, map_1.port))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"pmaplistnode: {error}") from error

    def pack_pmaplist(self, value: list[pmaplistnode]) -> None:
        append = self.parts.append
        try:
            for item_1 in value:
                map_2 = item_1.map
                append(_pack_5I(1, map_2.prog, map_2.vers, map_2.prot, map_2.port))
            append(b"\x00\x00\x00\x00")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"pmaplist: {error}") from error

    def pack_call_args(self, value: call_args) -> None:
        append = self.parts.append
        try:
            args_1 = value.args
            count_2 = len(args_1)
            append(_pack_4I(value.prog, value.vers, value.proc, count_2))
            append(args_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"call_args: {error}") from error

    def pack_call_result(self, value: call_result) -> None:
        append = self.parts.append
        try:
            res_1 = value.res
            count_2 = len(res_1)
            append(_pack_2I(value.port, count_2))
            append(res_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"call_result: {error}") from error


class PORTMAPUnpacker(Unpacker):
    """Unpack the types of ``portmap.x``."""

    __slots__ = ()

    def unpack_mapping(self) -> mapping:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (prog_1, vers_2, prot_3, port_4) = _unpack_4I(data, position)
            position += 16
        except struct_error:
            raise XdrError("mapping: ends early") from None
        if position > end:
            raise XdrError("mapping: ends early")
        self.position = position
        return mapping(prog_1, vers_2, prot_3, port_4)

    def unpack_pmaplistnode(self) -> pmaplistnode:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (prog_1, vers_2, prot_3, port_4) = _unpack_4I(data, position)
            position += 16
        except struct_error:
            raise XdrError("pmaplistnode: ends early") from None
        if position > end:
            raise XdrError("pmaplistnode: ends early")
        self.position = position
        return pmaplistnode(mapping(prog_1, vers_2, prot_3, port_4))

    def unpack_pmaplist(self) -> list[pmaplistnode]:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (more_1,) = _unpack_I(data, position)
            position += 4
            value_2: list[pmaplistnode] = []
            while more_1 == 1:
                (prog_3, vers_4, prot_5, port_6, more_1) = _unpack_5I(data, position)
                position += 20
                if position > end:
                    raise XdrError("pmaplistnode: ends early")
                value_2.append(pmaplistnode(mapping(prog_3, vers_4, prot_5, port_6)))
            if more_1:
                raise XdrError(f"value: a bool of {more_1}")
        except struct_error:
            raise XdrError("pmaplist: ends early") from None
        if position > end:
            raise XdrError("pmaplist: ends early")
        self.position = position
        result: list[pmaplistnode] = value_2
        return result

    def unpack_call_args(self) -> call_args:
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
            raise XdrError("call_args: ends early") from None
        self.position = position
        return call_args(prog_1, vers_2, proc_3, args_5)

    def unpack_call_result(self) -> call_result:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (port_1, count_2) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_2 + 3 & ~3)
            if position > end:
                raise XdrError(f"res: a length of {count_2}")
            res_3 = data[start : start + count_2]
            if res_3.__class__ is not bytes:
                res_3 = bytes(res_3)
        except struct_error:
            raise XdrError("call_result: ends early") from None
        self.position = position
        return call_result(port_1, res_3)
