"""NSM, the network status monitor, version 1 (X/Open XNFS, "Network Status Monitor Protocol").

Made from ``nfsgw/xdr/spec/sm_inter.x`` by
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

from nfsgw.xdr.codec import PADDING, Packer, Unpacker, XdrError

SM_MAXSTRLEN: Final = 1024
SM_PRIV_SIZE: Final = 16
STAT_SUCC: Final = 0
STAT_FAIL: Final = 1
SM_NULL: Final = 0
SM_STAT: Final = 1
SM_MON: Final = 2
SM_UNMON: Final = 3
SM_UNMON_ALL: Final = 4
SM_SIMU_CRASH: Final = 5
SM_NOTIFY: Final = 6
SM_VERS: Final = 1
SM_PROG: Final = 100024

_res_values: Final = frozenset((0, 1,))

_pack_3i: Final = Struct(">3i").pack
_pack_3i16s: Final = Struct(">3i16s").pack
_pack_I: Final = Struct(">I").pack
_pack_Ii: Final = Struct(">Ii").pack
_pack_i: Final = Struct(">i").pack
_pack_i16s: Final = Struct(">i16s").pack
_unpack_3i: Final = Struct(">3i").unpack_from
_unpack_3i16s: Final = Struct(">3i16s").unpack_from
_unpack_I: Final = Struct(">I").unpack_from
_unpack_Ii: Final = Struct(">Ii").unpack_from
_unpack_i: Final = Struct(">i").unpack_from
_unpack_i16s: Final = Struct(">i16s").unpack_from


@dataclass(slots=True)
class sm_name:
    """XDR struct ``sm_name``."""

    mon_name: bytes


@dataclass(slots=True)
class my_id:
    """Who wants to know, and the procedure to call."""

    my_name: bytes
    my_prog: int
    my_vers: int
    my_proc: int


@dataclass(slots=True)
class mon_id:
    """Which host is of interest, and to whom."""

    mon_name: bytes
    id: my_id


@dataclass(slots=True)
class mon:
    """XDR struct ``mon``."""

    monid: mon_id
    priv: bytes


@dataclass(slots=True)
class stat_chge:
    """A host's new state, as it says itself."""

    mon_name: bytes
    state: int


class res(IntEnum):
    """XDR enum ``res``."""

    STAT_SUCC = 0
    STAT_FAIL = 1


@dataclass(slots=True)
class sm_stat_res:
    """XDR struct ``sm_stat_res``."""

    res_stat: int
    state: int


@dataclass(slots=True)
class sm_stat:
    """XDR struct ``sm_stat``."""

    state: int


@dataclass(slots=True)
class status:
    """What the program that monitors a host is called with (NLM: nlm_sm_status, NLM_SM_NOTIFY)."""

    mon_name: bytes
    state: int
    priv: bytes


class SM_INTERPacker(Packer):
    """Pack the types of ``sm_inter.x``."""

    __slots__ = ()

    def pack_sm_name(self, value: sm_name) -> None:
        append = self.parts.append
        try:
            mon_name_1 = value.mon_name
            count_2 = len(mon_name_1)
            if count_2 > 1024:
                raise XdrError(f"mon_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(mon_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"sm_name: {error}") from error

    def pack_my_id(self, value: my_id) -> None:
        append = self.parts.append
        try:
            my_name_1 = value.my_name
            count_2 = len(my_name_1)
            if count_2 > 1024:
                raise XdrError(f"my_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(my_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_3i(value.my_prog, value.my_vers, value.my_proc))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"my_id: {error}") from error

    def pack_mon_id(self, value: mon_id) -> None:
        append = self.parts.append
        try:
            mon_name_1 = value.mon_name
            count_2 = len(mon_name_1)
            if count_2 > 1024:
                raise XdrError(f"mon_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(mon_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            id_3 = value.id
            my_name_4 = id_3.my_name
            count_5 = len(my_name_4)
            if count_5 > 1024:
                raise XdrError(f"my_name: {count_5} bytes, at most 1024")
            append(_pack_I(count_5))
            append(my_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            append(_pack_3i(id_3.my_prog, id_3.my_vers, id_3.my_proc))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mon_id: {error}") from error

    def pack_mon(self, value: mon) -> None:
        append = self.parts.append
        try:
            monid_1 = value.monid
            mon_name_2 = monid_1.mon_name
            count_3 = len(mon_name_2)
            if count_3 > 1024:
                raise XdrError(f"mon_name: {count_3} bytes, at most 1024")
            append(_pack_I(count_3))
            append(mon_name_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            id_4 = monid_1.id
            my_name_5 = id_4.my_name
            count_6 = len(my_name_5)
            if count_6 > 1024:
                raise XdrError(f"my_name: {count_6} bytes, at most 1024")
            append(_pack_I(count_6))
            append(my_name_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            priv_7 = value.priv
            if len(priv_7) != 16:
                raise XdrError(f"priv: {len(priv_7)} bytes, not 16")
            append(_pack_3i16s(id_4.my_prog, id_4.my_vers, id_4.my_proc, priv_7))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mon: {error}") from error

    def pack_stat_chge(self, value: stat_chge) -> None:
        append = self.parts.append
        try:
            mon_name_1 = value.mon_name
            count_2 = len(mon_name_1)
            if count_2 > 1024:
                raise XdrError(f"mon_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(mon_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_i(value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"stat_chge: {error}") from error

    def pack_res(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _res_values:
                raise XdrError(f"res of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"res: {error}") from error

    def pack_sm_stat_res(self, value: sm_stat_res) -> None:
        append = self.parts.append
        try:
            res_stat_1 = value.res_stat
            if res_stat_1 not in _res_values:
                raise XdrError(f"res of {res_stat_1}")
            append(_pack_Ii(res_stat_1, value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"sm_stat_res: {error}") from error

    def pack_sm_stat(self, value: sm_stat) -> None:
        append = self.parts.append
        try:
            append(_pack_i(value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"sm_stat: {error}") from error

    def pack_status(self, value: status) -> None:
        append = self.parts.append
        try:
            mon_name_1 = value.mon_name
            count_2 = len(mon_name_1)
            if count_2 > 1024:
                raise XdrError(f"mon_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(mon_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            priv_3 = value.priv
            if len(priv_3) != 16:
                raise XdrError(f"priv: {len(priv_3)} bytes, not 16")
            append(_pack_i16s(value.state, priv_3))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"status: {error}") from error


class SM_INTERUnpacker(Unpacker):
    """Unpack the types of ``sm_inter.x``."""

    __slots__ = ()

    def unpack_sm_name(self) -> sm_name:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"mon_name: a length of {count_1}")
            mon_name_2 = data[start : start + count_1]
            if mon_name_2.__class__ is not bytes:
                mon_name_2 = bytes(mon_name_2)
        except struct_error:
            raise XdrError("sm_name: ends early") from None
        self.position = position
        return sm_name(mon_name_2)

    def unpack_my_id(self) -> my_id:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"my_name: a length of {count_1}")
            my_name_2 = data[start : start + count_1]
            if my_name_2.__class__ is not bytes:
                my_name_2 = bytes(my_name_2)
            (my_prog_3, my_vers_4, my_proc_5) = _unpack_3i(data, position)
            position += 12
        except struct_error:
            raise XdrError("my_id: ends early") from None
        if position > end:
            raise XdrError("my_id: ends early")
        self.position = position
        return my_id(my_name_2, my_prog_3, my_vers_4, my_proc_5)

    def unpack_mon_id(self) -> mon_id:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"mon_name: a length of {count_1}")
            mon_name_2 = data[start : start + count_1]
            if mon_name_2.__class__ is not bytes:
                mon_name_2 = bytes(mon_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"my_name: a length of {count_3}")
            my_name_4 = data[start : start + count_3]
            if my_name_4.__class__ is not bytes:
                my_name_4 = bytes(my_name_4)
            (my_prog_5, my_vers_6, my_proc_7) = _unpack_3i(data, position)
            position += 12
        except struct_error:
            raise XdrError("mon_id: ends early") from None
        if position > end:
            raise XdrError("mon_id: ends early")
        self.position = position
        return mon_id(mon_name_2, my_id(my_name_4, my_prog_5, my_vers_6, my_proc_7))

    def unpack_mon(self) -> mon:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"mon_name: a length of {count_1}")
            mon_name_2 = data[start : start + count_1]
            if mon_name_2.__class__ is not bytes:
                mon_name_2 = bytes(mon_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"my_name: a length of {count_3}")
            my_name_4 = data[start : start + count_3]
            if my_name_4.__class__ is not bytes:
                my_name_4 = bytes(my_name_4)
            (my_prog_5, my_vers_6, my_proc_7, priv_8) = _unpack_3i16s(data, position)
            position += 28
        except struct_error:
            raise XdrError("mon: ends early") from None
        if position > end:
            raise XdrError("mon: ends early")
        self.position = position
        return mon(mon_id(mon_name_2, my_id(my_name_4, my_prog_5, my_vers_6, my_proc_7)), priv_8)

    def unpack_stat_chge(self) -> stat_chge:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"mon_name: a length of {count_1}")
            mon_name_2 = data[start : start + count_1]
            if mon_name_2.__class__ is not bytes:
                mon_name_2 = bytes(mon_name_2)
            (state_3,) = _unpack_i(data, position)
            position += 4
        except struct_error:
            raise XdrError("stat_chge: ends early") from None
        if position > end:
            raise XdrError("stat_chge: ends early")
        self.position = position
        return stat_chge(mon_name_2, state_3)

    def unpack_res(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _res_values:
                raise XdrError(f"res of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("res: ends early") from None
        if position > end:
            raise XdrError("res: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_sm_stat_res(self) -> sm_stat_res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (res_stat_1, state_2) = _unpack_Ii(data, position)
            if res_stat_1 not in _res_values:
                raise XdrError(f"res of {res_stat_1}")
            position += 8
        except struct_error:
            raise XdrError("sm_stat_res: ends early") from None
        if position > end:
            raise XdrError("sm_stat_res: ends early")
        self.position = position
        return sm_stat_res(res_stat_1, state_2)

    def unpack_sm_stat(self) -> sm_stat:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (state_1,) = _unpack_i(data, position)
            position += 4
        except struct_error:
            raise XdrError("sm_stat: ends early") from None
        if position > end:
            raise XdrError("sm_stat: ends early")
        self.position = position
        return sm_stat(state_1)

    def unpack_status(self) -> status:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"mon_name: a length of {count_1}")
            mon_name_2 = data[start : start + count_1]
            if mon_name_2.__class__ is not bytes:
                mon_name_2 = bytes(mon_name_2)
            (state_3, priv_4) = _unpack_i16s(data, position)
            position += 20
        except struct_error:
            raise XdrError("status: ends early") from None
        if position > end:
            raise XdrError("status: ends early")
        self.position = position
        return status(mon_name_2, state_3, priv_4)
