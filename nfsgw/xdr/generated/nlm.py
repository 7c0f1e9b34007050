"""Network Lock Manager, versions 1, 3 (X/Open XNFS) and 4 (RFC 1813, appendix II).

Made from ``nfsgw/xdr/spec/nlm.x`` by
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

LM_MAXSTRLEN: Final = 1024
MAXNETOBJ_SZ: Final = 1024
fsm_DN: Final = 0
fsm_DR: Final = 1
fsm_DW: Final = 2
fsm_DRW: Final = 3
fsa_NONE: Final = 0
fsa_R: Final = 1
fsa_W: Final = 2
fsa_RW: Final = 3
LCK_GRANTED: Final = 0
LCK_DENIED: Final = 1
LCK_DENIED_NOLOCKS: Final = 2
LCK_BLOCKED: Final = 3
LCK_DENIED_GRACE_PERIOD: Final = 4
NLM4_GRANTED: Final = 0
NLM4_DENIED: Final = 1
NLM4_DENIED_NOLOCKS: Final = 2
NLM4_BLOCKED: Final = 3
NLM4_DENIED_GRACE_PERIOD: Final = 4
NLM4_DEADLCK: Final = 5
NLM4_ROFS: Final = 6
NLM4_STALE_FH: Final = 7
NLM4_FBIG: Final = 8
NLM4_FAILED: Final = 9
NLM_NULL: Final = 0
NLM_TEST: Final = 1
NLM_LOCK: Final = 2
NLM_CANCEL: Final = 3
NLM_UNLOCK: Final = 4
NLM_GRANTED: Final = 5
NLM_TEST_MSG: Final = 6
NLM_LOCK_MSG: Final = 7
NLM_CANCEL_MSG: Final = 8
NLM_UNLOCK_MSG: Final = 9
NLM_GRANTED_MSG: Final = 10
NLM_TEST_RES: Final = 11
NLM_LOCK_RES: Final = 12
NLM_CANCEL_RES: Final = 13
NLM_UNLOCK_RES: Final = 14
NLM_GRANTED_RES: Final = 15
NLM_VERS: Final = 1
NLM_SHARE: Final = 20
NLM_UNSHARE: Final = 21
NLM_NM_LOCK: Final = 22
NLM_FREE_ALL: Final = 23
NLM_VERSX: Final = 3
NLMPROC4_NULL: Final = 0
NLMPROC4_TEST: Final = 1
NLMPROC4_LOCK: Final = 2
NLMPROC4_CANCEL: Final = 3
NLMPROC4_UNLOCK: Final = 4
NLMPROC4_GRANTED: Final = 5
NLMPROC4_TEST_MSG: Final = 6
NLMPROC4_LOCK_MSG: Final = 7
NLMPROC4_CANCEL_MSG: Final = 8
NLMPROC4_UNLOCK_MSG: Final = 9
NLMPROC4_GRANTED_MSG: Final = 10
NLMPROC4_TEST_RES: Final = 11
NLMPROC4_LOCK_RES: Final = 12
NLMPROC4_CANCEL_RES: Final = 13
NLMPROC4_UNLOCK_RES: Final = 14
NLMPROC4_GRANTED_RES: Final = 15
NLMPROC4_SHARE: Final = 20
NLMPROC4_UNSHARE: Final = 21
NLMPROC4_NM_LOCK: Final = 22
NLMPROC4_FREE_ALL: Final = 23
NLM4_VERS: Final = 4
NLM_PROG: Final = 100021

_fsh_mode_values: Final = frozenset((0, 1, 2, 3,))
_fsh_access_values: Final = frozenset((0, 1, 2, 3,))
_nlm_stats_values: Final = frozenset((0, 1, 2, 3, 4,))
_nlm4_stats_values: Final = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 8, 9,))

_pack_2I: Final = Struct(">2I").pack
_pack_2Ib: Final = Struct(">2I3x?").pack
_pack_2Q: Final = Struct(">2Q").pack
_pack_3I: Final = Struct(">3I").pack
_pack_3Ibi: Final = Struct(">3I3x?i").pack
_pack_b2I: Final = Struct(">3x?2I").pack
_pack_bbI: Final = Struct(">3x?3x?I").pack
_pack_bI: Final = Struct(">3x?I").pack
_pack_I: Final = Struct(">I").pack
_pack_I2Q: Final = Struct(">I2Q").pack
_pack_I2Qbi: Final = Struct(">I2Q3x?i").pack
_pack_Ib2I: Final = Struct(">I3x?2I").pack
_pack_Ii: Final = Struct(">Ii").pack
_pack_i: Final = Struct(">i").pack
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_2Q: Final = Struct(">2Q").unpack_from
_unpack_3I: Final = Struct(">3I").unpack_from
_unpack_4Ii: Final = Struct(">4Ii").unpack_from
_unpack_I: Final = Struct(">I").unpack_from
_unpack_I2Q: Final = Struct(">I2Q").unpack_from
_unpack_I2QIi: Final = Struct(">I2QIi").unpack_from
_unpack_Ii: Final = Struct(">Ii").unpack_from
_unpack_i: Final = Struct(">i").unpack_from


class fsh_mode(IntEnum):
    """What a share reservation denies to others, and what it reserves."""

    fsm_DN = 0
    fsm_DR = 1
    fsm_DW = 2
    fsm_DRW = 3


class fsh_access(IntEnum):
    """XDR enum ``fsh_access``."""

    fsa_NONE = 0
    fsa_R = 1
    fsa_W = 2
    fsa_RW = 3


class nlm_stats(IntEnum):
    """Versions 1 and 3"""

    LCK_GRANTED = 0
    LCK_DENIED = 1
    LCK_DENIED_NOLOCKS = 2
    LCK_BLOCKED = 3
    LCK_DENIED_GRACE_PERIOD = 4


@dataclass(slots=True)
class nlm_stat:
    """XDR struct ``nlm_stat``."""

    stat: int


@dataclass(slots=True)
class nlm_res:
    """XDR struct ``nlm_res``."""

    cookie: bytes
    stat: nlm_stat


@dataclass(slots=True)
class nlm_holder:
    """XDR struct ``nlm_holder``."""

    exclusive: bool
    svid: int
    oh: bytes
    l_offset: int
    l_len: int


@dataclass(slots=True)
class nlm_testrply:
    """XDR union ``nlm_testrply``."""

    stat: int
    holder: nlm_holder | None = None


@dataclass(slots=True)
class nlm_testres:
    """XDR struct ``nlm_testres``."""

    cookie: bytes
    test_stat: nlm_testrply


@dataclass(slots=True)
class nlm_lock:
    """XDR struct ``nlm_lock``."""

    caller_name: bytes
    fh: bytes
    oh: bytes
    svid: int
    l_offset: int
    l_len: int


@dataclass(slots=True)
class nlm_lockargs:
    """XDR struct ``nlm_lockargs``."""

    cookie: bytes
    block: bool
    exclusive: bool
    alock: nlm_lock
    reclaim: bool
    state: int


@dataclass(slots=True)
class nlm_cancargs:
    """XDR struct ``nlm_cancargs``."""

    cookie: bytes
    block: bool
    exclusive: bool
    alock: nlm_lock


@dataclass(slots=True)
class nlm_testargs:
    """XDR struct ``nlm_testargs``."""

    cookie: bytes
    exclusive: bool
    alock: nlm_lock


@dataclass(slots=True)
class nlm_unlockargs:
    """XDR struct ``nlm_unlockargs``."""

    cookie: bytes
    alock: nlm_lock


@dataclass(slots=True)
class nlm_share:
    """XDR struct ``nlm_share``."""

    caller_name: bytes
    fh: bytes
    oh: bytes
    mode: int
    access: int


@dataclass(slots=True)
class nlm_shareargs:
    """XDR struct ``nlm_shareargs``."""

    cookie: bytes
    share: nlm_share
    reclaim: bool


@dataclass(slots=True)
class nlm_shareres:
    """XDR struct ``nlm_shareres``."""

    cookie: bytes
    stat: int
    sequence: int


@dataclass(slots=True)
class nlm_notify:
    """XDR struct ``nlm_notify``."""

    name: bytes
    state: int


class nlm4_stats(IntEnum):
    """Version 4"""

    NLM4_GRANTED = 0
    NLM4_DENIED = 1
    NLM4_DENIED_NOLOCKS = 2
    NLM4_BLOCKED = 3
    NLM4_DENIED_GRACE_PERIOD = 4
    NLM4_DEADLCK = 5
    NLM4_ROFS = 6
    NLM4_STALE_FH = 7
    NLM4_FBIG = 8
    NLM4_FAILED = 9


@dataclass(slots=True)
class nlm4_stat:
    """XDR struct ``nlm4_stat``."""

    stat: int


@dataclass(slots=True)
class nlm4_res:
    """XDR struct ``nlm4_res``."""

    cookie: bytes
    stat: nlm4_stat


@dataclass(slots=True)
class nlm4_holder:
    """XDR struct ``nlm4_holder``."""

    exclusive: bool
    svid: int
    oh: bytes
    l_offset: int
    l_len: int


@dataclass(slots=True)
class nlm4_testrply:
    """XDR union ``nlm4_testrply``."""

    stat: int
    holder: nlm4_holder | None = None


@dataclass(slots=True)
class nlm4_testres:
    """XDR struct ``nlm4_testres``."""

    cookie: bytes
    test_stat: nlm4_testrply


@dataclass(slots=True)
class nlm4_lock:
    """XDR struct ``nlm4_lock``."""

    caller_name: bytes
    fh: bytes
    oh: bytes
    svid: int
    l_offset: int
    l_len: int


@dataclass(slots=True)
class nlm4_lockargs:
    """XDR struct ``nlm4_lockargs``."""

    cookie: bytes
    block: bool
    exclusive: bool
    alock: nlm4_lock
    reclaim: bool
    state: int


@dataclass(slots=True)
class nlm4_cancargs:
    """XDR struct ``nlm4_cancargs``."""

    cookie: bytes
    block: bool
    exclusive: bool
    alock: nlm4_lock


@dataclass(slots=True)
class nlm4_testargs:
    """XDR struct ``nlm4_testargs``."""

    cookie: bytes
    exclusive: bool
    alock: nlm4_lock


@dataclass(slots=True)
class nlm4_unlockargs:
    """XDR struct ``nlm4_unlockargs``."""

    cookie: bytes
    alock: nlm4_lock


@dataclass(slots=True)
class nlm4_share:
    """XDR struct ``nlm4_share``."""

    caller_name: bytes
    fh: bytes
    oh: bytes
    mode: int
    access: int


@dataclass(slots=True)
class nlm4_shareargs:
    """XDR struct ``nlm4_shareargs``."""

    cookie: bytes
    share: nlm4_share
    reclaim: bool


@dataclass(slots=True)
class nlm4_shareres:
    """XDR struct ``nlm4_shareres``."""

    cookie: bytes
    stat: int
    sequence: int


@dataclass(slots=True)
class nlm4_notify:
    """XDR struct ``nlm4_notify``."""

    name: bytes
    state: int


class NLMPacker(Packer):
    """Pack the types of ``nlm.x``."""

    __slots__ = ()

    def pack_netobj(self, value: bytes) -> None:
        append = self.parts.append
        try:
            count_1 = len(value)
            if count_1 > 1024:
                raise XdrError(f"netobj: {count_1} bytes, at most 1024")
            append(_pack_I(count_1))
            append(value)
            if count_1 & 3:
                append(PADDING[count_1 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"netobj: {error}") from error

    def pack_fsh_mode(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fsh_mode: {error}") from error

    def pack_fsh_access(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _fsh_access_values:
                raise XdrError(f"fsh_access of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"fsh_access: {error}") from error

    def pack_nlm_stats(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_stats: {error}") from error

    def pack_nlm_stat(self, value: nlm_stat) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_1}")
            append(_pack_I(stat_1))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_stat: {error}") from error

    def pack_nlm_res(self, value: nlm_res) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            stat_3 = value.stat.stat
            if stat_3 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_3}")
            append(_pack_I(stat_3))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_res: {error}") from error

    def pack_nlm_holder(self, value: nlm_holder) -> None:
        append = self.parts.append
        try:
            oh_1 = value.oh
            count_2 = len(oh_1)
            if count_2 > 1024:
                raise XdrError(f"oh: {count_2} bytes, at most 1024")
            append(_pack_b2I(value.exclusive, value.svid, count_2))
            append(oh_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_2I(value.l_offset, value.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_holder: {error}") from error

    def pack_nlm_testrply(self, value: nlm_testrply) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 == 1:
                holder_2 = value.holder
                if holder_2 is None:
                    raise XdrError("nlm_testrply.holder is missing")
                oh_3 = holder_2.oh
                count_4 = len(oh_3)
                if count_4 > 1024:
                    raise XdrError(f"oh: {count_4} bytes, at most 1024")
                append(_pack_Ib2I(1, holder_2.exclusive, holder_2.svid, count_4))
                append(oh_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                append(_pack_2I(holder_2.l_offset, holder_2.l_len))
            elif stat_1 in _nlm_stats_values:
                append(_pack_I(stat_1))
            else:
                raise XdrError(f"nlm_testrply.stat of {stat_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_testrply: {error}") from error

    def pack_nlm_testres(self, value: nlm_testres) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            test_stat_3 = value.test_stat
            stat_4 = test_stat_3.stat
            if stat_4 == 1:
                holder_5 = test_stat_3.holder
                if holder_5 is None:
                    raise XdrError("nlm_testrply.holder is missing")
                oh_6 = holder_5.oh
                count_7 = len(oh_6)
                if count_7 > 1024:
                    raise XdrError(f"oh: {count_7} bytes, at most 1024")
                append(_pack_Ib2I(1, holder_5.exclusive, holder_5.svid, count_7))
                append(oh_6)
                if count_7 & 3:
                    append(PADDING[count_7 & 3])
                append(_pack_2I(holder_5.l_offset, holder_5.l_len))
            elif stat_4 in _nlm_stats_values:
                append(_pack_I(stat_4))
            else:
                raise XdrError(f"nlm_testrply.stat of {stat_4}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_testres: {error}") from error

    def pack_nlm_lock(self, value: nlm_lock) -> None:
        append = self.parts.append
        try:
            caller_name_1 = value.caller_name
            count_2 = len(caller_name_1)
            if count_2 > 1024:
                raise XdrError(f"caller_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(caller_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            fh_3 = value.fh
            count_4 = len(fh_3)
            if count_4 > 1024:
                raise XdrError(f"fh: {count_4} bytes, at most 1024")
            append(_pack_I(count_4))
            append(fh_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            oh_5 = value.oh
            count_6 = len(oh_5)
            if count_6 > 1024:
                raise XdrError(f"oh: {count_6} bytes, at most 1024")
            append(_pack_I(count_6))
            append(oh_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            append(_pack_3I(value.svid, value.l_offset, value.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_lock: {error}") from error

    def pack_nlm_lockargs(self, value: nlm_lockargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bbI(value.block, value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_3Ibi(alock_3.svid, alock_3.l_offset, alock_3.l_len, value.reclaim, value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_lockargs: {error}") from error

    def pack_nlm_cancargs(self, value: nlm_cancargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bbI(value.block, value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_3I(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_cancargs: {error}") from error

    def pack_nlm_testargs(self, value: nlm_testargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bI(value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_3I(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_testargs: {error}") from error

    def pack_nlm_unlockargs(self, value: nlm_unlockargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_I(count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_3I(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_unlockargs: {error}") from error

    def pack_nlm_share(self, value: nlm_share) -> None:
        append = self.parts.append
        try:
            caller_name_1 = value.caller_name
            count_2 = len(caller_name_1)
            if count_2 > 1024:
                raise XdrError(f"caller_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(caller_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            fh_3 = value.fh
            count_4 = len(fh_3)
            if count_4 > 1024:
                raise XdrError(f"fh: {count_4} bytes, at most 1024")
            append(_pack_I(count_4))
            append(fh_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            oh_5 = value.oh
            count_6 = len(oh_5)
            if count_6 > 1024:
                raise XdrError(f"oh: {count_6} bytes, at most 1024")
            append(_pack_I(count_6))
            append(oh_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            mode_7 = value.mode
            if mode_7 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_7}")
            access_8 = value.access
            if access_8 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_8}")
            append(_pack_2I(mode_7, access_8))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_share: {error}") from error

    def pack_nlm_shareargs(self, value: nlm_shareargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            share_3 = value.share
            caller_name_4 = share_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_I(count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = share_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = share_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            mode_10 = share_3.mode
            if mode_10 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_10}")
            access_11 = share_3.access
            if access_11 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_11}")
            append(_pack_2Ib(mode_10, access_11, value.reclaim))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_shareargs: {error}") from error

    def pack_nlm_shareres(self, value: nlm_shareres) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            stat_3 = value.stat
            if stat_3 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_3}")
            append(_pack_Ii(stat_3, value.sequence))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_shareres: {error}") from error

    def pack_nlm_notify(self, value: nlm_notify) -> None:
        append = self.parts.append
        try:
            name_1 = value.name
            count_2 = len(name_1)
            if count_2 > 1024:
                raise XdrError(f"name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_i(value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm_notify: {error}") from error

    def pack_nlm4_stats(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_stats: {error}") from error

    def pack_nlm4_stat(self, value: nlm4_stat) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_1}")
            append(_pack_I(stat_1))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_stat: {error}") from error

    def pack_nlm4_res(self, value: nlm4_res) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            stat_3 = value.stat.stat
            if stat_3 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_3}")
            append(_pack_I(stat_3))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_res: {error}") from error

    def pack_nlm4_holder(self, value: nlm4_holder) -> None:
        append = self.parts.append
        try:
            oh_1 = value.oh
            count_2 = len(oh_1)
            if count_2 > 1024:
                raise XdrError(f"oh: {count_2} bytes, at most 1024")
            append(_pack_b2I(value.exclusive, value.svid, count_2))
            append(oh_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_2Q(value.l_offset, value.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_holder: {error}") from error

    def pack_nlm4_testrply(self, value: nlm4_testrply) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 == 1:
                holder_2 = value.holder
                if holder_2 is None:
                    raise XdrError("nlm4_testrply.holder is missing")
                oh_3 = holder_2.oh
                count_4 = len(oh_3)
                if count_4 > 1024:
                    raise XdrError(f"oh: {count_4} bytes, at most 1024")
                append(_pack_Ib2I(1, holder_2.exclusive, holder_2.svid, count_4))
                append(oh_3)
                if count_4 & 3:
                    append(PADDING[count_4 & 3])
                append(_pack_2Q(holder_2.l_offset, holder_2.l_len))
            elif stat_1 in _nlm4_stats_values:
                append(_pack_I(stat_1))
            else:
                raise XdrError(f"nlm4_testrply.stat of {stat_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_testrply: {error}") from error

    def pack_nlm4_testres(self, value: nlm4_testres) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            test_stat_3 = value.test_stat
            stat_4 = test_stat_3.stat
            if stat_4 == 1:
                holder_5 = test_stat_3.holder
                if holder_5 is None:
                    raise XdrError("nlm4_testrply.holder is missing")
                oh_6 = holder_5.oh
                count_7 = len(oh_6)
                if count_7 > 1024:
                    raise XdrError(f"oh: {count_7} bytes, at most 1024")
                append(_pack_Ib2I(1, holder_5.exclusive, holder_5.svid, count_7))
                append(oh_6)
                if count_7 & 3:
                    append(PADDING[count_7 & 3])
                append(_pack_2Q(holder_5.l_offset, holder_5.l_len))
            elif stat_4 in _nlm4_stats_values:
                append(_pack_I(stat_4))
            else:
                raise XdrError(f"nlm4_testrply.stat of {stat_4}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_testres: {error}") from error

    def pack_nlm4_lock(self, value: nlm4_lock) -> None:
        append = self.parts.append
        try:
            caller_name_1 = value.caller_name
            count_2 = len(caller_name_1)
            if count_2 > 1024:
                raise XdrError(f"caller_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(caller_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            fh_3 = value.fh
            count_4 = len(fh_3)
            if count_4 > 1024:
                raise XdrError(f"fh: {count_4} bytes, at most 1024")
            append(_pack_I(count_4))
            append(fh_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            oh_5 = value.oh
            count_6 = len(oh_5)
            if count_6 > 1024:
                raise XdrError(f"oh: {count_6} bytes, at most 1024")
            append(_pack_I(count_6))
            append(oh_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            append(_pack_I2Q(value.svid, value.l_offset, value.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_lock: {error}") from error

    def pack_nlm4_lockargs(self, value: nlm4_lockargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bbI(value.block, value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_I2Qbi(alock_3.svid, alock_3.l_offset, alock_3.l_len, value.reclaim, value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_lockargs: {error}") from error

    def pack_nlm4_cancargs(self, value: nlm4_cancargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bbI(value.block, value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_I2Q(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_cancargs: {error}") from error

    def pack_nlm4_testargs(self, value: nlm4_testargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_bI(value.exclusive, count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_I2Q(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_testargs: {error}") from error

    def pack_nlm4_unlockargs(self, value: nlm4_unlockargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            alock_3 = value.alock
            caller_name_4 = alock_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_I(count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = alock_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = alock_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            append(_pack_I2Q(alock_3.svid, alock_3.l_offset, alock_3.l_len))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_unlockargs: {error}") from error

    def pack_nlm4_share(self, value: nlm4_share) -> None:
        append = self.parts.append
        try:
            caller_name_1 = value.caller_name
            count_2 = len(caller_name_1)
            if count_2 > 1024:
                raise XdrError(f"caller_name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(caller_name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            fh_3 = value.fh
            count_4 = len(fh_3)
            if count_4 > 1024:
                raise XdrError(f"fh: {count_4} bytes, at most 1024")
            append(_pack_I(count_4))
            append(fh_3)
            if count_4 & 3:
                append(PADDING[count_4 & 3])
            oh_5 = value.oh
            count_6 = len(oh_5)
            if count_6 > 1024:
                raise XdrError(f"oh: {count_6} bytes, at most 1024")
            append(_pack_I(count_6))
            append(oh_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
            mode_7 = value.mode
            if mode_7 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_7}")
            access_8 = value.access
            if access_8 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_8}")
            append(_pack_2I(mode_7, access_8))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_share: {error}") from error

    def pack_nlm4_shareargs(self, value: nlm4_shareargs) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            share_3 = value.share
            caller_name_4 = share_3.caller_name
            count_5 = len(caller_name_4)
            if count_5 > 1024:
                raise XdrError(f"caller_name: {count_5} bytes, at most 1024")
            append(_pack_I(count_5))
            append(caller_name_4)
            if count_5 & 3:
                append(PADDING[count_5 & 3])
            fh_6 = share_3.fh
            count_7 = len(fh_6)
            if count_7 > 1024:
                raise XdrError(f"fh: {count_7} bytes, at most 1024")
            append(_pack_I(count_7))
            append(fh_6)
            if count_7 & 3:
                append(PADDING[count_7 & 3])
            oh_8 = share_3.oh
            count_9 = len(oh_8)
            if count_9 > 1024:
                raise XdrError(f"oh: {count_9} bytes, at most 1024")
            append(_pack_I(count_9))
            append(oh_8)
            if count_9 & 3:
                append(PADDING[count_9 & 3])
            mode_10 = share_3.mode
            if mode_10 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_10}")
            access_11 = share_3.access
            if access_11 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_11}")
            append(_pack_2Ib(mode_10, access_11, value.reclaim))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_shareargs: {error}") from error

    def pack_nlm4_shareres(self, value: nlm4_shareres) -> None:
        append = self.parts.append
        try:
            cookie_1 = value.cookie
            count_2 = len(cookie_1)
            if count_2 > 1024:
                raise XdrError(f"cookie: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(cookie_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            stat_3 = value.stat
            if stat_3 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_3}")
            append(_pack_Ii(stat_3, value.sequence))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_shareres: {error}") from error

    def pack_nlm4_notify(self, value: nlm4_notify) -> None:
        append = self.parts.append
        try:
            name_1 = value.name
            count_2 = len(name_1)
            if count_2 > 1024:
                raise XdrError(f"name: {count_2} bytes, at most 1024")
            append(_pack_I(count_2))
            append(name_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            append(_pack_i(value.state))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"nlm4_notify: {error}") from error


class NLMUnpacker(Unpacker):
    """Unpack the types of ``nlm.x``."""

    __slots__ = ()

    def unpack_netobj(self) -> bytes:
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
            raise XdrError("netobj: ends early") from None
        self.position = position
        result: bytes = value_2
        return result

    def unpack_fsh_mode(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("fsh_mode: ends early") from None
        if position > end:
            raise XdrError("fsh_mode: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_fsh_access(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("fsh_access: ends early") from None
        if position > end:
            raise XdrError("fsh_access: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_nlm_stats(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("nlm_stats: ends early") from None
        if position > end:
            raise XdrError("nlm_stats: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_nlm_stat(self) -> nlm_stat:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_1}")
            position += 4
        except struct_error:
            raise XdrError("nlm_stat: ends early") from None
        if position > end:
            raise XdrError("nlm_stat: ends early")
        self.position = position
        return nlm_stat(stat_1)

    def unpack_nlm_res(self) -> nlm_res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3,) = _unpack_I(data, position)
            if stat_3 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_3}")
            position += 4
        except struct_error:
            raise XdrError("nlm_res: ends early") from None
        if position > end:
            raise XdrError("nlm_res: ends early")
        self.position = position
        return nlm_res(cookie_2, nlm_stat(stat_3))

    def unpack_nlm_holder(self) -> nlm_holder:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (exclusive_1, svid_2, count_3) = _unpack_3I(data, position)
            if exclusive_1 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_1}")
            start = position + 12
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_3}")
            oh_4 = data[start : start + count_3]
            if oh_4.__class__ is not bytes:
                oh_4 = bytes(oh_4)
            (l_offset_5, l_len_6) = _unpack_2I(data, position)
            position += 8
        except struct_error:
            raise XdrError("nlm_holder: ends early") from None
        if position > end:
            raise XdrError("nlm_holder: ends early")
        self.position = position
        return nlm_holder(exclusive_1 == 1, svid_2, oh_4, l_offset_5, l_len_6)

    def unpack_nlm_testrply(self) -> nlm_testrply:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 == 1:
                (exclusive_3, svid_4, count_5) = _unpack_3I(data, position + 4)
                if exclusive_3 > 1:
                    raise XdrError(f"exclusive: a bool of {exclusive_3}")
                start = position + 16
                position = start + (count_5 + 3 & ~3)
                if count_5 > 1024 or position > end:
                    raise XdrError(f"oh: a length of {count_5}")
                oh_6 = data[start : start + count_5]
                if oh_6.__class__ is not bytes:
                    oh_6 = bytes(oh_6)
                (l_offset_7, l_len_8) = _unpack_2I(data, position)
                position += 8
                value_2 = nlm_testrply(stat_1, nlm_holder(exclusive_3 == 1, svid_4, oh_6, l_offset_7, l_len_8))
            elif stat_1 in _nlm_stats_values:
                position += 4
                value_2 = nlm_testrply(stat_1)
            else:
                raise XdrError(f"nlm_testrply.stat of {stat_1}")
        except struct_error:
            raise XdrError("nlm_testrply: ends early") from None
        if position > end:
            raise XdrError("nlm_testrply: ends early")
        self.position = position
        result: nlm_testrply = value_2
        return result

    def unpack_nlm_testres(self) -> nlm_testres:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3,) = _unpack_I(data, position)
            if stat_3 == 1:
                (exclusive_5, svid_6, count_7) = _unpack_3I(data, position + 4)
                if exclusive_5 > 1:
                    raise XdrError(f"exclusive: a bool of {exclusive_5}")
                start = position + 16
                position = start + (count_7 + 3 & ~3)
                if count_7 > 1024 or position > end:
                    raise XdrError(f"oh: a length of {count_7}")
                oh_8 = data[start : start + count_7]
                if oh_8.__class__ is not bytes:
                    oh_8 = bytes(oh_8)
                (l_offset_9, l_len_10) = _unpack_2I(data, position)
                position += 8
                test_stat_4 = nlm_testrply(stat_3, nlm_holder(exclusive_5 == 1, svid_6, oh_8, l_offset_9, l_len_10))
            elif stat_3 in _nlm_stats_values:
                position += 4
                test_stat_4 = nlm_testrply(stat_3)
            else:
                raise XdrError(f"nlm_testrply.stat of {stat_3}")
        except struct_error:
            raise XdrError("nlm_testres: ends early") from None
        if position > end:
            raise XdrError("nlm_testres: ends early")
        self.position = position
        return nlm_testres(cookie_2, test_stat_4)

    def unpack_nlm_lock(self) -> nlm_lock:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_1}")
            caller_name_2 = data[start : start + count_1]
            if caller_name_2.__class__ is not bytes:
                caller_name_2 = bytes(caller_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_3}")
            fh_4 = data[start : start + count_3]
            if fh_4.__class__ is not bytes:
                fh_4 = bytes(fh_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_5}")
            oh_6 = data[start : start + count_5]
            if oh_6.__class__ is not bytes:
                oh_6 = bytes(oh_6)
            (svid_7, l_offset_8, l_len_9) = _unpack_3I(data, position)
            position += 12
        except struct_error:
            raise XdrError("nlm_lock: ends early") from None
        if position > end:
            raise XdrError("nlm_lock: ends early")
        self.position = position
        return nlm_lock(caller_name_2, fh_4, oh_6, svid_7, l_offset_8, l_len_9)

    def unpack_nlm_lockargs(self) -> nlm_lockargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (block_3, exclusive_4, count_5) = _unpack_3I(data, position)
            if block_3 > 1:
                raise XdrError(f"block: a bool of {block_3}")
            if exclusive_4 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_4}")
            start = position + 12
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_5}")
            caller_name_6 = data[start : start + count_5]
            if caller_name_6.__class__ is not bytes:
                caller_name_6 = bytes(caller_name_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_7}")
            fh_8 = data[start : start + count_7]
            if fh_8.__class__ is not bytes:
                fh_8 = bytes(fh_8)
            (count_9,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_9 + 3 & ~3)
            if count_9 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_9}")
            oh_10 = data[start : start + count_9]
            if oh_10.__class__ is not bytes:
                oh_10 = bytes(oh_10)
            (svid_11, l_offset_12, l_len_13, reclaim_14, state_15) = _unpack_4Ii(data, position)
            if reclaim_14 > 1:
                raise XdrError(f"reclaim: a bool of {reclaim_14}")
            position += 20
        except struct_error:
            raise XdrError("nlm_lockargs: ends early") from None
        if position > end:
            raise XdrError("nlm_lockargs: ends early")
        self.position = position
        return nlm_lockargs(cookie_2, block_3 == 1, exclusive_4 == 1, nlm_lock(caller_name_6, fh_8, oh_10, svid_11, l_offset_12, l_len_13), reclaim_14 == 1, state_15)

    def unpack_nlm_cancargs(self) -> nlm_cancargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (block_3, exclusive_4, count_5) = _unpack_3I(data, position)
            if block_3 > 1:
                raise XdrError(f"block: a bool of {block_3}")
            if exclusive_4 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_4}")
            start = position + 12
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_5}")
            caller_name_6 = data[start : start + count_5]
            if caller_name_6.__class__ is not bytes:
                caller_name_6 = bytes(caller_name_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_7}")
            fh_8 = data[start : start + count_7]
            if fh_8.__class__ is not bytes:
                fh_8 = bytes(fh_8)
            (count_9,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_9 + 3 & ~3)
            if count_9 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_9}")
            oh_10 = data[start : start + count_9]
            if oh_10.__class__ is not bytes:
                oh_10 = bytes(oh_10)
            (svid_11, l_offset_12, l_len_13) = _unpack_3I(data, position)
            position += 12
        except struct_error:
            raise XdrError("nlm_cancargs: ends early") from None
        if position > end:
            raise XdrError("nlm_cancargs: ends early")
        self.position = position
        return nlm_cancargs(cookie_2, block_3 == 1, exclusive_4 == 1, nlm_lock(caller_name_6, fh_8, oh_10, svid_11, l_offset_12, l_len_13))

    def unpack_nlm_testargs(self) -> nlm_testargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (exclusive_3, count_4) = _unpack_2I(data, position)
            if exclusive_3 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_3}")
            start = position + 8
            position = start + (count_4 + 3 & ~3)
            if count_4 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_4}")
            caller_name_5 = data[start : start + count_4]
            if caller_name_5.__class__ is not bytes:
                caller_name_5 = bytes(caller_name_5)
            (count_6,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_6 + 3 & ~3)
            if count_6 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_6}")
            fh_7 = data[start : start + count_6]
            if fh_7.__class__ is not bytes:
                fh_7 = bytes(fh_7)
            (count_8,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_8 + 3 & ~3)
            if count_8 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_8}")
            oh_9 = data[start : start + count_8]
            if oh_9.__class__ is not bytes:
                oh_9 = bytes(oh_9)
            (svid_10, l_offset_11, l_len_12) = _unpack_3I(data, position)
            position += 12
        except struct_error:
            raise XdrError("nlm_testargs: ends early") from None
        if position > end:
            raise XdrError("nlm_testargs: ends early")
        self.position = position
        return nlm_testargs(cookie_2, exclusive_3 == 1, nlm_lock(caller_name_5, fh_7, oh_9, svid_10, l_offset_11, l_len_12))

    def unpack_nlm_unlockargs(self) -> nlm_unlockargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_3}")
            caller_name_4 = data[start : start + count_3]
            if caller_name_4.__class__ is not bytes:
                caller_name_4 = bytes(caller_name_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_5}")
            fh_6 = data[start : start + count_5]
            if fh_6.__class__ is not bytes:
                fh_6 = bytes(fh_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_7}")
            oh_8 = data[start : start + count_7]
            if oh_8.__class__ is not bytes:
                oh_8 = bytes(oh_8)
            (svid_9, l_offset_10, l_len_11) = _unpack_3I(data, position)
            position += 12
        except struct_error:
            raise XdrError("nlm_unlockargs: ends early") from None
        if position > end:
            raise XdrError("nlm_unlockargs: ends early")
        self.position = position
        return nlm_unlockargs(cookie_2, nlm_lock(caller_name_4, fh_6, oh_8, svid_9, l_offset_10, l_len_11))

    def unpack_nlm_share(self) -> nlm_share:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_1}")
            caller_name_2 = data[start : start + count_1]
            if caller_name_2.__class__ is not bytes:
                caller_name_2 = bytes(caller_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_3}")
            fh_4 = data[start : start + count_3]
            if fh_4.__class__ is not bytes:
                fh_4 = bytes(fh_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_5}")
            oh_6 = data[start : start + count_5]
            if oh_6.__class__ is not bytes:
                oh_6 = bytes(oh_6)
            (mode_7, access_8) = _unpack_2I(data, position)
            if mode_7 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_7}")
            if access_8 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_8}")
            position += 8
        except struct_error:
            raise XdrError("nlm_share: ends early") from None
        if position > end:
            raise XdrError("nlm_share: ends early")
        self.position = position
        return nlm_share(caller_name_2, fh_4, oh_6, mode_7, access_8)

    def unpack_nlm_shareargs(self) -> nlm_shareargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_3}")
            caller_name_4 = data[start : start + count_3]
            if caller_name_4.__class__ is not bytes:
                caller_name_4 = bytes(caller_name_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_5}")
            fh_6 = data[start : start + count_5]
            if fh_6.__class__ is not bytes:
                fh_6 = bytes(fh_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_7}")
            oh_8 = data[start : start + count_7]
            if oh_8.__class__ is not bytes:
                oh_8 = bytes(oh_8)
            (mode_9, access_10, reclaim_11) = _unpack_3I(data, position)
            if mode_9 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_9}")
            if access_10 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_10}")
            if reclaim_11 > 1:
                raise XdrError(f"reclaim: a bool of {reclaim_11}")
            position += 12
        except struct_error:
            raise XdrError("nlm_shareargs: ends early") from None
        if position > end:
            raise XdrError("nlm_shareargs: ends early")
        self.position = position
        return nlm_shareargs(cookie_2, nlm_share(caller_name_4, fh_6, oh_8, mode_9, access_10), reclaim_11 == 1)

    def unpack_nlm_shareres(self) -> nlm_shareres:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3, sequence_4) = _unpack_Ii(data, position)
            if stat_3 not in _nlm_stats_values:
                raise XdrError(f"nlm_stats of {stat_3}")
            position += 8
        except struct_error:
            raise XdrError("nlm_shareres: ends early") from None
        if position > end:
            raise XdrError("nlm_shareres: ends early")
        self.position = position
        return nlm_shareres(cookie_2, stat_3, sequence_4)

    def unpack_nlm_notify(self) -> nlm_notify:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"name: a length of {count_1}")
            name_2 = data[start : start + count_1]
            if name_2.__class__ is not bytes:
                name_2 = bytes(name_2)
            (state_3,) = _unpack_i(data, position)
            position += 4
        except struct_error:
            raise XdrError("nlm_notify: ends early") from None
        if position > end:
            raise XdrError("nlm_notify: ends early")
        self.position = position
        return nlm_notify(name_2, state_3)

    def unpack_nlm4_stats(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("nlm4_stats: ends early") from None
        if position > end:
            raise XdrError("nlm4_stats: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_nlm4_stat(self) -> nlm4_stat:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_1}")
            position += 4
        except struct_error:
            raise XdrError("nlm4_stat: ends early") from None
        if position > end:
            raise XdrError("nlm4_stat: ends early")
        self.position = position
        return nlm4_stat(stat_1)

    def unpack_nlm4_res(self) -> nlm4_res:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3,) = _unpack_I(data, position)
            if stat_3 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_3}")
            position += 4
        except struct_error:
            raise XdrError("nlm4_res: ends early") from None
        if position > end:
            raise XdrError("nlm4_res: ends early")
        self.position = position
        return nlm4_res(cookie_2, nlm4_stat(stat_3))

    def unpack_nlm4_holder(self) -> nlm4_holder:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (exclusive_1, svid_2, count_3) = _unpack_3I(data, position)
            if exclusive_1 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_1}")
            start = position + 12
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_3}")
            oh_4 = data[start : start + count_3]
            if oh_4.__class__ is not bytes:
                oh_4 = bytes(oh_4)
            (l_offset_5, l_len_6) = _unpack_2Q(data, position)
            position += 16
        except struct_error:
            raise XdrError("nlm4_holder: ends early") from None
        if position > end:
            raise XdrError("nlm4_holder: ends early")
        self.position = position
        return nlm4_holder(exclusive_1 == 1, svid_2, oh_4, l_offset_5, l_len_6)

    def unpack_nlm4_testrply(self) -> nlm4_testrply:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 == 1:
                (exclusive_3, svid_4, count_5) = _unpack_3I(data, position + 4)
                if exclusive_3 > 1:
                    raise XdrError(f"exclusive: a bool of {exclusive_3}")
                start = position + 16
                position = start + (count_5 + 3 & ~3)
                if count_5 > 1024 or position > end:
                    raise XdrError(f"oh: a length of {count_5}")
                oh_6 = data[start : start + count_5]
                if oh_6.__class__ is not bytes:
                    oh_6 = bytes(oh_6)
                (l_offset_7, l_len_8) = _unpack_2Q(data, position)
                position += 16
                value_2 = nlm4_testrply(stat_1, nlm4_holder(exclusive_3 == 1, svid_4, oh_6, l_offset_7, l_len_8))
            elif stat_1 in _nlm4_stats_values:
                position += 4
                value_2 = nlm4_testrply(stat_1)
            else:
                raise XdrError(f"nlm4_testrply.stat of {stat_1}")
        except struct_error:
            raise XdrError("nlm4_testrply: ends early") from None
        if position > end:
            raise XdrError("nlm4_testrply: ends early")
        self.position = position
        result: nlm4_testrply = value_2
        return result

    def unpack_nlm4_testres(self) -> nlm4_testres:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3,) = _unpack_I(data, position)
            if stat_3 == 1:
                (exclusive_5, svid_6, count_7) = _unpack_3I(data, position + 4)
                if exclusive_5 > 1:
                    raise XdrError(f"exclusive: a bool of {exclusive_5}")
                start = position + 16
                position = start + (count_7 + 3 & ~3)
                if count_7 > 1024 or position > end:
                    raise XdrError(f"oh: a length of {count_7}")
                oh_8 = data[start : start + count_7]
                if oh_8.__class__ is not bytes:
                    oh_8 = bytes(oh_8)
                (l_offset_9, l_len_10) = _unpack_2Q(data, position)
                position += 16
                test_stat_4 = nlm4_testrply(stat_3, nlm4_holder(exclusive_5 == 1, svid_6, oh_8, l_offset_9, l_len_10))
            elif stat_3 in _nlm4_stats_values:
                position += 4
                test_stat_4 = nlm4_testrply(stat_3)
            else:
                raise XdrError(f"nlm4_testrply.stat of {stat_3}")
        except struct_error:
            raise XdrError("nlm4_testres: ends early") from None
        if position > end:
            raise XdrError("nlm4_testres: ends early")
        self.position = position
        return nlm4_testres(cookie_2, test_stat_4)

    def unpack_nlm4_lock(self) -> nlm4_lock:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_1}")
            caller_name_2 = data[start : start + count_1]
            if caller_name_2.__class__ is not bytes:
                caller_name_2 = bytes(caller_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_3}")
            fh_4 = data[start : start + count_3]
            if fh_4.__class__ is not bytes:
                fh_4 = bytes(fh_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_5}")
            oh_6 = data[start : start + count_5]
            if oh_6.__class__ is not bytes:
                oh_6 = bytes(oh_6)
            (svid_7, l_offset_8, l_len_9) = _unpack_I2Q(data, position)
            position += 20
        except struct_error:
            raise XdrError("nlm4_lock: ends early") from None
        if position > end:
            raise XdrError("nlm4_lock: ends early")
        self.position = position
        return nlm4_lock(caller_name_2, fh_4, oh_6, svid_7, l_offset_8, l_len_9)

    def unpack_nlm4_lockargs(self) -> nlm4_lockargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (block_3, exclusive_4, count_5) = _unpack_3I(data, position)
            if block_3 > 1:
                raise XdrError(f"block: a bool of {block_3}")
            if exclusive_4 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_4}")
            start = position + 12
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_5}")
            caller_name_6 = data[start : start + count_5]
            if caller_name_6.__class__ is not bytes:
                caller_name_6 = bytes(caller_name_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_7}")
            fh_8 = data[start : start + count_7]
            if fh_8.__class__ is not bytes:
                fh_8 = bytes(fh_8)
            (count_9,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_9 + 3 & ~3)
            if count_9 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_9}")
            oh_10 = data[start : start + count_9]
            if oh_10.__class__ is not bytes:
                oh_10 = bytes(oh_10)
            (svid_11, l_offset_12, l_len_13, reclaim_14, state_15) = _unpack_I2QIi(data, position)
            if reclaim_14 > 1:
                raise XdrError(f"reclaim: a bool of {reclaim_14}")
            position += 28
        except struct_error:
            raise XdrError("nlm4_lockargs: ends early") from None
        if position > end:
            raise XdrError("nlm4_lockargs: ends early")
        self.position = position
        return nlm4_lockargs(cookie_2, block_3 == 1, exclusive_4 == 1, nlm4_lock(caller_name_6, fh_8, oh_10, svid_11, l_offset_12, l_len_13), reclaim_14 == 1, state_15)

    def unpack_nlm4_cancargs(self) -> nlm4_cancargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (block_3, exclusive_4, count_5) = _unpack_3I(data, position)
            if block_3 > 1:
                raise XdrError(f"block: a bool of {block_3}")
            if exclusive_4 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_4}")
            start = position + 12
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_5}")
            caller_name_6 = data[start : start + count_5]
            if caller_name_6.__class__ is not bytes:
                caller_name_6 = bytes(caller_name_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_7}")
            fh_8 = data[start : start + count_7]
            if fh_8.__class__ is not bytes:
                fh_8 = bytes(fh_8)
            (count_9,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_9 + 3 & ~3)
            if count_9 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_9}")
            oh_10 = data[start : start + count_9]
            if oh_10.__class__ is not bytes:
                oh_10 = bytes(oh_10)
            (svid_11, l_offset_12, l_len_13) = _unpack_I2Q(data, position)
            position += 20
        except struct_error:
            raise XdrError("nlm4_cancargs: ends early") from None
        if position > end:
            raise XdrError("nlm4_cancargs: ends early")
        self.position = position
        return nlm4_cancargs(cookie_2, block_3 == 1, exclusive_4 == 1, nlm4_lock(caller_name_6, fh_8, oh_10, svid_11, l_offset_12, l_len_13))

    def unpack_nlm4_testargs(self) -> nlm4_testargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (exclusive_3, count_4) = _unpack_2I(data, position)
            if exclusive_3 > 1:
                raise XdrError(f"exclusive: a bool of {exclusive_3}")
            start = position + 8
            position = start + (count_4 + 3 & ~3)
            if count_4 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_4}")
            caller_name_5 = data[start : start + count_4]
            if caller_name_5.__class__ is not bytes:
                caller_name_5 = bytes(caller_name_5)
            (count_6,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_6 + 3 & ~3)
            if count_6 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_6}")
            fh_7 = data[start : start + count_6]
            if fh_7.__class__ is not bytes:
                fh_7 = bytes(fh_7)
            (count_8,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_8 + 3 & ~3)
            if count_8 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_8}")
            oh_9 = data[start : start + count_8]
            if oh_9.__class__ is not bytes:
                oh_9 = bytes(oh_9)
            (svid_10, l_offset_11, l_len_12) = _unpack_I2Q(data, position)
            position += 20
        except struct_error:
            raise XdrError("nlm4_testargs: ends early") from None
        if position > end:
            raise XdrError("nlm4_testargs: ends early")
        self.position = position
        return nlm4_testargs(cookie_2, exclusive_3 == 1, nlm4_lock(caller_name_5, fh_7, oh_9, svid_10, l_offset_11, l_len_12))

    def unpack_nlm4_unlockargs(self) -> nlm4_unlockargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_3}")
            caller_name_4 = data[start : start + count_3]
            if caller_name_4.__class__ is not bytes:
                caller_name_4 = bytes(caller_name_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_5}")
            fh_6 = data[start : start + count_5]
            if fh_6.__class__ is not bytes:
                fh_6 = bytes(fh_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_7}")
            oh_8 = data[start : start + count_7]
            if oh_8.__class__ is not bytes:
                oh_8 = bytes(oh_8)
            (svid_9, l_offset_10, l_len_11) = _unpack_I2Q(data, position)
            position += 20
        except struct_error:
            raise XdrError("nlm4_unlockargs: ends early") from None
        if position > end:
            raise XdrError("nlm4_unlockargs: ends early")
        self.position = position
        return nlm4_unlockargs(cookie_2, nlm4_lock(caller_name_4, fh_6, oh_8, svid_9, l_offset_10, l_len_11))

    def unpack_nlm4_share(self) -> nlm4_share:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_1}")
            caller_name_2 = data[start : start + count_1]
            if caller_name_2.__class__ is not bytes:
                caller_name_2 = bytes(caller_name_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_3}")
            fh_4 = data[start : start + count_3]
            if fh_4.__class__ is not bytes:
                fh_4 = bytes(fh_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_5}")
            oh_6 = data[start : start + count_5]
            if oh_6.__class__ is not bytes:
                oh_6 = bytes(oh_6)
            (mode_7, access_8) = _unpack_2I(data, position)
            if mode_7 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_7}")
            if access_8 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_8}")
            position += 8
        except struct_error:
            raise XdrError("nlm4_share: ends early") from None
        if position > end:
            raise XdrError("nlm4_share: ends early")
        self.position = position
        return nlm4_share(caller_name_2, fh_4, oh_6, mode_7, access_8)

    def unpack_nlm4_shareargs(self) -> nlm4_shareargs:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (count_3,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_3 + 3 & ~3)
            if count_3 > 1024 or position > end:
                raise XdrError(f"caller_name: a length of {count_3}")
            caller_name_4 = data[start : start + count_3]
            if caller_name_4.__class__ is not bytes:
                caller_name_4 = bytes(caller_name_4)
            (count_5,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_5 + 3 & ~3)
            if count_5 > 1024 or position > end:
                raise XdrError(f"fh: a length of {count_5}")
            fh_6 = data[start : start + count_5]
            if fh_6.__class__ is not bytes:
                fh_6 = bytes(fh_6)
            (count_7,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_7 + 3 & ~3)
            if count_7 > 1024 or position > end:
                raise XdrError(f"oh: a length of {count_7}")
            oh_8 = data[start : start + count_7]
            if oh_8.__class__ is not bytes:
                oh_8 = bytes(oh_8)
            (mode_9, access_10, reclaim_11) = _unpack_3I(data, position)
            if mode_9 not in _fsh_mode_values:
                raise XdrError(f"fsh_mode of {mode_9}")
            if access_10 not in _fsh_access_values:
                raise XdrError(f"fsh_access of {access_10}")
            if reclaim_11 > 1:
                raise XdrError(f"reclaim: a bool of {reclaim_11}")
            position += 12
        except struct_error:
            raise XdrError("nlm4_shareargs: ends early") from None
        if position > end:
            raise XdrError("nlm4_shareargs: ends early")
        self.position = position
        return nlm4_shareargs(cookie_2, nlm4_share(caller_name_4, fh_6, oh_8, mode_9, access_10), reclaim_11 == 1)

    def unpack_nlm4_shareres(self) -> nlm4_shareres:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"cookie: a length of {count_1}")
            cookie_2 = data[start : start + count_1]
            if cookie_2.__class__ is not bytes:
                cookie_2 = bytes(cookie_2)
            (stat_3, sequence_4) = _unpack_Ii(data, position)
            if stat_3 not in _nlm4_stats_values:
                raise XdrError(f"nlm4_stats of {stat_3}")
            position += 8
        except struct_error:
            raise XdrError("nlm4_shareres: ends early") from None
        if position > end:
            raise XdrError("nlm4_shareres: ends early")
        self.position = position
        return nlm4_shareres(cookie_2, stat_3, sequence_4)

    def unpack_nlm4_notify(self) -> nlm4_notify:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (count_1,) = _unpack_I(data, position)
            start = position + 4
            position = start + (count_1 + 3 & ~3)
            if count_1 > 1024 or position > end:
                raise XdrError(f"name: a length of {count_1}")
            name_2 = data[start : start + count_1]
            if name_2.__class__ is not bytes:
                name_2 = bytes(name_2)
            (state_3,) = _unpack_i(data, position)
            position += 4
        except struct_error:
            raise XdrError("nlm4_notify: ends early") from None
        if position > end:
            raise XdrError("nlm4_notify: ends early")
        self.position = position
        return nlm4_notify(name_2, state_3)
