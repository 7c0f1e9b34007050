"""ONC RPC version 2: the messages (RFC 5531, section 9) and the AUTH_SYS body (appendix A).

Made from ``nfsgw/xdr/spec/rpc.x`` by
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

RPC_VERS: Final = 2
MAX_AUTH_BYTES: Final = 400
MAX_MACHINE_NAME: Final = 255
MAX_AUTH_GIDS: Final = 16
CALL: Final = 0
REPLY: Final = 1
MSG_ACCEPTED: Final = 0
MSG_DENIED: Final = 1
SUCCESS: Final = 0
PROG_UNAVAIL: Final = 1
PROG_MISMATCH: Final = 2
PROC_UNAVAIL: Final = 3
GARBAGE_ARGS: Final = 4
SYSTEM_ERR: Final = 5
RPC_MISMATCH: Final = 0
AUTH_ERROR: Final = 1
AUTH_OK: Final = 0
AUTH_BADCRED: Final = 1
AUTH_REJECTEDCRED: Final = 2
AUTH_BADVERF: Final = 3
AUTH_REJECTEDVERF: Final = 4
AUTH_TOOWEAK: Final = 5
AUTH_INVALIDRESP: Final = 6
AUTH_FAILED: Final = 7
AUTH_KERB_GENERIC: Final = 8
AUTH_TIMEEXPIRE: Final = 9
AUTH_TKT_FILE: Final = 10
AUTH_DECODE: Final = 11
AUTH_NET_ADDR: Final = 12
RPCSEC_GSS_CREDPROBLEM: Final = 13
RPCSEC_GSS_CTXPROBLEM: Final = 14
AUTH_NONE: Final = 0
AUTH_SYS: Final = 1
AUTH_SHORT: Final = 2
AUTH_DH: Final = 3
RPCSEC_GSS: Final = 6
AUTH_TLS: Final = 7

_msg_type_values: Final = frozenset((0, 1,))
_reply_stat_values: Final = frozenset((0, 1,))
_accept_stat_values: Final = frozenset((0, 1, 2, 3, 4, 5,))
_reject_stat_values: Final = frozenset((0, 1,))
_auth_stat_values: Final = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,))
_auth_flavor_values: Final = frozenset((0, 1, 2, 3, 6, 7,))

_pack_2I: Final = Struct(">2I").pack
_pack_3I: Final = Struct(">3I").pack
_pack_4I: Final = Struct(">4I").pack
_pack_5I: Final = Struct(">5I").pack
_pack_6I: Final = Struct(">6I").pack
_pack_7I: Final = Struct(">7I").pack
_pack_8I: Final = Struct(">8I").pack
_pack_I: Final = Struct(">I").pack
_unpack_2I: Final = Struct(">2I").unpack_from
_unpack_3I: Final = Struct(">3I").unpack_from
_unpack_6I: Final = Struct(">6I").unpack_from
_unpack_I: Final = Struct(">I").unpack_from


class msg_type(IntEnum):
    """XDR enum ``msg_type``."""

    CALL = 0
    REPLY = 1


class reply_stat(IntEnum):
    """XDR enum ``reply_stat``."""

    MSG_ACCEPTED = 0
    MSG_DENIED = 1


class accept_stat(IntEnum):
    """XDR enum ``accept_stat``."""

    SUCCESS = 0
    PROG_UNAVAIL = 1
    PROG_MISMATCH = 2
    PROC_UNAVAIL = 3
    GARBAGE_ARGS = 4
    SYSTEM_ERR = 5


class reject_stat(IntEnum):
    """XDR enum ``reject_stat``."""

    RPC_MISMATCH = 0
    AUTH_ERROR = 1


class auth_stat(IntEnum):
    """XDR enum ``auth_stat``."""

    AUTH_OK = 0
    AUTH_BADCRED = 1
    AUTH_REJECTEDCRED = 2
    AUTH_BADVERF = 3
    AUTH_REJECTEDVERF = 4
    AUTH_TOOWEAK = 5
    AUTH_INVALIDRESP = 6
    AUTH_FAILED = 7
    AUTH_KERB_GENERIC = 8
    AUTH_TIMEEXPIRE = 9
    AUTH_TKT_FILE = 10
    AUTH_DECODE = 11
    AUTH_NET_ADDR = 12
    RPCSEC_GSS_CREDPROBLEM = 13
    RPCSEC_GSS_CTXPROBLEM = 14


class auth_flavor(IntEnum):
    """The flavors of authentication that we know by name. A message may carry any number: an unknown one is refused with AUTH_ERROR, not as undecodable, so opaque_auth.flavor is an integer."""

    AUTH_NONE = 0
    AUTH_SYS = 1
    AUTH_SHORT = 2
    AUTH_DH = 3
    RPCSEC_GSS = 6
    AUTH_TLS = 7


@dataclass(slots=True)
class opaque_auth:
    """A credential or verifier: its flavor, and a body that only the flavor understands."""

    flavor: int
    body: bytes


@dataclass(slots=True)
class authsys_parms:
    """The body of an AUTH_SYS credential."""

    stamp: int
    machinename: bytes
    uid: int
    gid: int
    gids: list[int]


@dataclass(slots=True)
class call_body:
    """The head of a call. rpcvers is read as it comes: other versions are answered RPC_MISMATCH."""

    rpcvers: int
    prog: int
    vers: int
    proc: int
    cred: opaque_auth
    verf: opaque_auth


@dataclass(slots=True)
class mismatch_info:
    """The lowest and highest version that is served."""

    low: int
    high: int


@dataclass(slots=True)
class accepted_reply_data:
    """On SUCCESS the procedure's results follow."""

    stat: int
    mismatch: mismatch_info | None = None


@dataclass(slots=True)
class accepted_reply:
    """XDR struct ``accepted_reply``."""

    verf: opaque_auth
    reply_data: accepted_reply_data


@dataclass(slots=True)
class rejected_reply:
    """XDR union ``rejected_reply``."""

    stat: int
    mismatch: mismatch_info | None = None
    why: int | None = None


@dataclass(slots=True)
class reply_body:
    """XDR union ``reply_body``."""

    stat: int
    areply: accepted_reply | None = None
    rreply: rejected_reply | None = None


@dataclass(slots=True)
class rpc_msg_body:
    """XDR union ``rpc_msg_body``."""

    mtype: int
    cbody: call_body | None = None
    rbody: reply_body | None = None


@dataclass(slots=True)
class rpc_msg:
    """XDR struct ``rpc_msg``."""

    xid: int
    body: rpc_msg_body


class RPCPacker(Packer):
    """Pack the types of ``rpc.x``."""

    __slots__ = ()

    def pack_msg_type(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _msg_type_values:
                raise XdrError(f"msg_type of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"msg_type: {error}") from error

    def pack_reply_stat(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _reply_stat_values:
                raise XdrError(f"reply_stat of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"reply_stat: {error}") from error

    def pack_accept_stat(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _accept_stat_values:
                raise XdrError(f"accept_stat of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"accept_stat: {error}") from error

    def pack_reject_stat(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _reject_stat_values:
                raise XdrError(f"reject_stat of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"reject_stat: {error}") from error

    def pack_auth_stat(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _auth_stat_values:
                raise XdrError(f"auth_stat of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"auth_stat: {error}") from error

    def pack_auth_flavor(self, value: int) -> None:
        append = self.parts.append
        try:
            if value not in _auth_flavor_values:
                raise XdrError(f"auth_flavor of {value}")
            append(_pack_I(value))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"auth_flavor: {error}") from error

    def pack_opaque_auth(self, value: opaque_auth) -> None:
        append = self.parts.append
        try:
            body_1 = value.body
            count_2 = len(body_1)
            if count_2 > 400:
                raise XdrError(f"body: {count_2} bytes, at most 400")
            append(_pack_2I(value.flavor, count_2))
            append(body_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"opaque_auth: {error}") from error

    def pack_authsys_parms(self, value: authsys_parms) -> None:
        append = self.parts.append
        try:
            machinename_1 = value.machinename
            count_2 = len(machinename_1)
            if count_2 > 255:
                raise XdrError(f"machinename: {count_2} bytes, at most 255")
            append(_pack_2I(value.stamp, count_2))
            append(machinename_1)
            if count_2 & 3:
                append(PADDING[count_2 & 3])
            gids_3 = value.gids
            count_4 = len(gids_3)
            if count_4 > 16:
                raise XdrError(f"gids: {count_4} items, at most 16")
            append(_pack_3I(value.uid, value.gid, count_4))
            append(struct_pack(f">{count_4}I", *gids_3))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"authsys_parms: {error}") from error

    def pack_call_body(self, value: call_body) -> None:
        append = self.parts.append
        try:
            cred_1 = value.cred
            body_2 = cred_1.body
            count_3 = len(body_2)
            if count_3 > 400:
                raise XdrError(f"body: {count_3} bytes, at most 400")
            append(_pack_6I(value.rpcvers, value.prog, value.vers, value.proc, cred_1.flavor, count_3))
            append(body_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            verf_4 = value.verf
            body_5 = verf_4.body
            count_6 = len(body_5)
            if count_6 > 400:
                raise XdrError(f"body: {count_6} bytes, at most 400")
            append(_pack_2I(verf_4.flavor, count_6))
            append(body_5)
            if count_6 & 3:
                append(PADDING[count_6 & 3])
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"call_body: {error}") from error

    def pack_mismatch_info(self, value: mismatch_info) -> None:
        append = self.parts.append
        try:
            append(_pack_2I(value.low, value.high))
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"mismatch_info: {error}") from error

    def pack_accepted_reply_data(self, value: accepted_reply_data) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 == 0:
                append(b"\x00\x00\x00\x00")
            elif stat_1 == 2:
                mismatch_2 = value.mismatch
                if mismatch_2 is None:
                    raise XdrError("accepted_reply_data.mismatch is missing")
                append(_pack_3I(2, mismatch_2.low, mismatch_2.high))
            elif stat_1 in _accept_stat_values:
                append(_pack_I(stat_1))
            else:
                raise XdrError(f"accepted_reply_data.stat of {stat_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"accepted_reply_data: {error}") from error

    def pack_accepted_reply(self, value: accepted_reply) -> None:
        append = self.parts.append
        try:
            verf_1 = value.verf
            body_2 = verf_1.body
            count_3 = len(body_2)
            if count_3 > 400:
                raise XdrError(f"body: {count_3} bytes, at most 400")
            append(_pack_2I(verf_1.flavor, count_3))
            append(body_2)
            if count_3 & 3:
                append(PADDING[count_3 & 3])
            reply_data_4 = value.reply_data
            stat_5 = reply_data_4.stat
            if stat_5 == 0:
                append(b"\x00\x00\x00\x00")
            elif stat_5 == 2:
                mismatch_6 = reply_data_4.mismatch
                if mismatch_6 is None:
                    raise XdrError("accepted_reply_data.mismatch is missing")
                append(_pack_3I(2, mismatch_6.low, mismatch_6.high))
            elif stat_5 in _accept_stat_values:
                append(_pack_I(stat_5))
            else:
                raise XdrError(f"accepted_reply_data.stat of {stat_5}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"accepted_reply: {error}") from error

    def pack_rejected_reply(self, value: rejected_reply) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 == 0:
                mismatch_2 = value.mismatch
                if mismatch_2 is None:
                    raise XdrError("rejected_reply.mismatch is missing")
                append(_pack_3I(0, mismatch_2.low, mismatch_2.high))
            elif stat_1 == 1:
                why_3 = value.why
                if why_3 is None:
                    raise XdrError("rejected_reply.why is missing")
                if why_3 not in _auth_stat_values:
                    raise XdrError(f"auth_stat of {why_3}")
                append(_pack_2I(1, why_3))
            else:
                raise XdrError(f"rejected_reply.stat of {stat_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rejected_reply: {error}") from error

    def pack_reply_body(self, value: reply_body) -> None:
        append = self.parts.append
        try:
            stat_1 = value.stat
            if stat_1 == 0:
                areply_2 = value.areply
                if areply_2 is None:
                    raise XdrError("reply_body.areply is missing")
                verf_3 = areply_2.verf
                body_4 = verf_3.body
                count_5 = len(body_4)
                if count_5 > 400:
                    raise XdrError(f"body: {count_5} bytes, at most 400")
                append(_pack_3I(0, verf_3.flavor, count_5))
                append(body_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
                reply_data_6 = areply_2.reply_data
                stat_7 = reply_data_6.stat
                if stat_7 == 0:
                    append(b"\x00\x00\x00\x00")
                elif stat_7 == 2:
                    mismatch_8 = reply_data_6.mismatch
                    if mismatch_8 is None:
                        raise XdrError("accepted_reply_data.mismatch is missing")
                    append(_pack_3I(2, mismatch_8.low, mismatch_8.high))
                elif stat_7 in _accept_stat_values:
                    append(_pack_I(stat_7))
                else:
                    raise XdrError(f"accepted_reply_data.stat of {stat_7}")
            elif stat_1 == 1:
                rreply_9 = value.rreply
                if rreply_9 is None:
                    raise XdrError("reply_body.rreply is missing")
                stat_10 = rreply_9.stat
                if stat_10 == 0:
                    mismatch_11 = rreply_9.mismatch
                    if mismatch_11 is None:
                        raise XdrError("rejected_reply.mismatch is missing")
                    append(_pack_4I(1, 0, mismatch_11.low, mismatch_11.high))
                elif stat_10 == 1:
                    why_12 = rreply_9.why
                    if why_12 is None:
                        raise XdrError("rejected_reply.why is missing")
                    if why_12 not in _auth_stat_values:
                        raise XdrError(f"auth_stat of {why_12}")
                    append(_pack_3I(1, 1, why_12))
                else:
                    raise XdrError(f"rejected_reply.stat of {stat_10}")
            else:
                raise XdrError(f"reply_body.stat of {stat_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"reply_body: {error}") from error

    def pack_rpc_msg_body(self, value: rpc_msg_body) -> None:
        append = self.parts.append
        try:
            mtype_1 = value.mtype
            if mtype_1 == 0:
                cbody_2 = value.cbody
                if cbody_2 is None:
                    raise XdrError("rpc_msg_body.cbody is missing")
                cred_3 = cbody_2.cred
                body_4 = cred_3.body
                count_5 = len(body_4)
                if count_5 > 400:
                    raise XdrError(f"body: {count_5} bytes, at most 400")
                append(_pack_7I(0, cbody_2.rpcvers, cbody_2.prog, cbody_2.vers, cbody_2.proc, cred_3.flavor, count_5))
                append(body_4)
                if count_5 & 3:
                    append(PADDING[count_5 & 3])
                verf_6 = cbody_2.verf
                body_7 = verf_6.body
                count_8 = len(body_7)
                if count_8 > 400:
                    raise XdrError(f"body: {count_8} bytes, at most 400")
                append(_pack_2I(verf_6.flavor, count_8))
                append(body_7)
                if count_8 & 3:
                    append(PADDING[count_8 & 3])
            elif mtype_1 == 1:
                rbody_9 = value.rbody
                if rbody_9 is None:
                    raise XdrError("rpc_msg_body.rbody is missing")
                stat_10 = rbody_9.stat
                if stat_10 == 0:
                    areply_11 = rbody_9.areply
                    if areply_11 is None:
                        raise XdrError("reply_body.areply is missing")
                    verf_12 = areply_11.verf
                    body_13 = verf_12.body
                    count_14 = len(body_13)
                    if count_14 > 400:
                        raise XdrError(f"body: {count_14} bytes, at most 400")
                    append(_pack_4I(1, 0, verf_12.flavor, count_14))
                    append(body_13)
                    if count_14 & 3:
                        append(PADDING[count_14 & 3])
                    reply_data_15 = areply_11.reply_data
                    stat_16 = reply_data_15.stat
                    if stat_16 == 0:
                        append(b"\x00\x00\x00\x00")
                    elif stat_16 == 2:
                        mismatch_17 = reply_data_15.mismatch
                        if mismatch_17 is None:
                            raise XdrError("accepted_reply_data.mismatch is missing")
                        append(_pack_3I(2, mismatch_17.low, mismatch_17.high))
                    elif stat_16 in _accept_stat_values:
                        append(_pack_I(stat_16))
                    else:
                        raise XdrError(f"accepted_reply_data.stat of {stat_16}")
                elif stat_10 == 1:
                    rreply_18 = rbody_9.rreply
                    if rreply_18 is None:
                        raise XdrError("reply_body.rreply is missing")
                    stat_19 = rreply_18.stat
                    if stat_19 == 0:
                        mismatch_20 = rreply_18.mismatch
                        if mismatch_20 is None:
                            raise XdrError("rejected_reply.mismatch is missing")
                        append(_pack_5I(1, 1, 0, mismatch_20.low, mismatch_20.high))
                    elif stat_19 == 1:
                        why_21 = rreply_18.why
                        if why_21 is None:
                            raise XdrError("rejected_reply.why is missing")
                        if why_21 not in _auth_stat_values:
                            raise XdrError(f"auth_stat of {why_21}")
                        append(_pack_4I(1, 1, 1, why_21))
                    else:
                        raise XdrError(f"rejected_reply.stat of {stat_19}")
                else:
                    raise XdrError(f"reply_body.stat of {stat_10}")
            else:
                raise XdrError(f"rpc_msg_body.mtype of {mtype_1}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpc_msg_body: {error}") from error

    def pack_rpc_msg(self, value: rpc_msg) -> None:
        append = self.parts.append
        try:
            body_1 = value.body
            mtype_2 = body_1.mtype
            if mtype_2 == 0:
                cbody_3 = body_1.cbody
                if cbody_3 is None:
                    raise XdrError("rpc_msg_body.cbody is missing")
                cred_4 = cbody_3.cred
                body_5 = cred_4.body
                count_6 = len(body_5)
                if count_6 > 400:
                    raise XdrError(f"body: {count_6} bytes, at most 400")
                append(_pack_8I(value.xid, 0, cbody_3.rpcvers, cbody_3.prog, cbody_3.vers, cbody_3.proc, cred_4.flavor, count_6))
                append(body_5)
                if count_6 & 3:
                    append(PADDING[count_6 & 3])
                verf_7 = cbody_3.verf
                body_8 = verf_7.body
                count_9 = len(body_8)
                if count_9 > 400:
                    raise XdrError(f"body: {count_9} bytes, at most 400")
                append(_pack_2I(verf_7.flavor, count_9))
                append(body_8)
                if count_9 & 3:
                    append(PADDING[count_9 & 3])
            elif mtype_2 == 1:
                rbody_10 = body_1.rbody
                if rbody_10 is None:
                    raise XdrError("rpc_msg_body.rbody is missing")
                stat_11 = rbody_10.stat
                if stat_11 == 0:
                    areply_12 = rbody_10.areply
                    if areply_12 is None:
                        raise XdrError("reply_body.areply is missing")
                    verf_13 = areply_12.verf
                    body_14 = verf_13.body
                    count_15 = len(body_14)
                    if count_15 > 400:
                        raise XdrError(f"body: {count_15} bytes, at most 400")
                    append(_pack_5I(value.xid, 1, 0, verf_13.flavor, count_15))
                    append(body_14)
                    if count_15 & 3:
                        append(PADDING[count_15 & 3])
                    reply_data_16 = areply_12.reply_data
                    stat_17 = reply_data_16.stat
                    if stat_17 == 0:
                        append(b"\x00\x00\x00\x00")
                    elif stat_17 == 2:
                        mismatch_18 = reply_data_16.mismatch
                        if mismatch_18 is None:
                            raise XdrError("accepted_reply_data.mismatch is missing")
                        append(_pack_3I(2, mismatch_18.low, mismatch_18.high))
                    elif stat_17 in _accept_stat_values:
                        append(_pack_I(stat_17))
                    else:
                        raise XdrError(f"accepted_reply_data.stat of {stat_17}")
                elif stat_11 == 1:
                    rreply_19 = rbody_10.rreply
                    if rreply_19 is None:
                        raise XdrError("reply_body.rreply is missing")
                    stat_20 = rreply_19.stat
                    if stat_20 == 0:
                        mismatch_21 = rreply_19.mismatch
                        if mismatch_21 is None:
                            raise XdrError("rejected_reply.mismatch is missing")
                        append(_pack_6I(value.xid, 1, 1, 0, mismatch_21.low, mismatch_21.high))
                    elif stat_20 == 1:
                        why_22 = rreply_19.why
                        if why_22 is None:
                            raise XdrError("rejected_reply.why is missing")
                        if why_22 not in _auth_stat_values:
                            raise XdrError(f"auth_stat of {why_22}")
                        append(_pack_5I(value.xid, 1, 1, 1, why_22))
                    else:
                        raise XdrError(f"rejected_reply.stat of {stat_20}")
                else:
                    raise XdrError(f"reply_body.stat of {stat_11}")
            else:
                raise XdrError(f"rpc_msg_body.mtype of {mtype_2}")
        except (struct_error, TypeError, AttributeError) as error:
            raise XdrError(f"rpc_msg: {error}") from error


class RPCUnpacker(Unpacker):
    """Unpack the types of ``rpc.x``."""

    __slots__ = ()

    def unpack_msg_type(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _msg_type_values:
                raise XdrError(f"msg_type of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("msg_type: ends early") from None
        if position > end:
            raise XdrError("msg_type: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_reply_stat(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _reply_stat_values:
                raise XdrError(f"reply_stat of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("reply_stat: ends early") from None
        if position > end:
            raise XdrError("reply_stat: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_accept_stat(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _accept_stat_values:
                raise XdrError(f"accept_stat of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("accept_stat: ends early") from None
        if position > end:
            raise XdrError("accept_stat: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_reject_stat(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _reject_stat_values:
                raise XdrError(f"reject_stat of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("reject_stat: ends early") from None
        if position > end:
            raise XdrError("reject_stat: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_auth_stat(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _auth_stat_values:
                raise XdrError(f"auth_stat of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("auth_stat: ends early") from None
        if position > end:
            raise XdrError("auth_stat: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_auth_flavor(self) -> int:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (value_1,) = _unpack_I(data, position)
            if value_1 not in _auth_flavor_values:
                raise XdrError(f"auth_flavor of {value_1}")
            position += 4
        except struct_error:
            raise XdrError("auth_flavor: ends early") from None
        if position > end:
            raise XdrError("auth_flavor: ends early")
        self.position = position
        result: int = value_1
        return result

    def unpack_opaque_auth(self) -> opaque_auth:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (flavor_1, count_2) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_2 + 3 & ~3)
            if count_2 > 400 or position > end:
                raise XdrError(f"body: a length of {count_2}")
            body_3 = data[start : start + count_2]
            if body_3.__class__ is not bytes:
                body_3 = bytes(body_3)
        except struct_error:
            raise XdrError("opaque_auth: ends early") from None
        self.position = position
        return opaque_auth(flavor_1, body_3)

    def unpack_authsys_parms(self) -> authsys_parms:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stamp_1, count_2) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_2 + 3 & ~3)
            if count_2 > 255 or position > end:
                raise XdrError(f"machinename: a length of {count_2}")
            machinename_3 = data[start : start + count_2]
            if machinename_3.__class__ is not bytes:
                machinename_3 = bytes(machinename_3)
            (uid_4, gid_5, count_6) = _unpack_3I(data, position)
            position += 12
            if count_6 > 16 or count_6 * 4 > end - position:
                raise XdrError(f"gids: {count_6} items")
            gids_7 = list(struct_unpack_from(f">{count_6}I", data, position))
            position += 4 * count_6
        except struct_error:
            raise XdrError("authsys_parms: ends early") from None
        self.position = position
        return authsys_parms(stamp_1, machinename_3, uid_4, gid_5, gids_7)

    def unpack_call_body(self) -> call_body:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (rpcvers_1, prog_2, vers_3, proc_4, flavor_5, count_6) = _unpack_6I(data, position)
            start = position + 24
            position = start + (count_6 + 3 & ~3)
            if count_6 > 400 or position > end:
                raise XdrError(f"body: a length of {count_6}")
            body_7 = data[start : start + count_6]
            if body_7.__class__ is not bytes:
                body_7 = bytes(body_7)
            (flavor_8, count_9) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_9 + 3 & ~3)
            if count_9 > 400 or position > end:
                raise XdrError(f"body: a length of {count_9}")
            body_10 = data[start : start + count_9]
            if body_10.__class__ is not bytes:
                body_10 = bytes(body_10)
        except struct_error:
            raise XdrError("call_body: ends early") from None
        self.position = position
        return call_body(rpcvers_1, prog_2, vers_3, proc_4, opaque_auth(flavor_5, body_7), opaque_auth(flavor_8, body_10))

    def unpack_mismatch_info(self) -> mismatch_info:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (low_1, high_2) = _unpack_2I(data, position)
            position += 8
        except struct_error:
            raise XdrError("mismatch_info: ends early") from None
        if position > end:
            raise XdrError("mismatch_info: ends early")
        self.position = position
        return mismatch_info(low_1, high_2)

    def unpack_accepted_reply_data(self) -> accepted_reply_data:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 == 0:
                position += 4
                value_2 = accepted_reply_data(stat_1)
            elif stat_1 == 2:
                (low_3, high_4) = _unpack_2I(data, position + 4)
                position += 12
                value_2 = accepted_reply_data(stat_1, mismatch_info(low_3, high_4))
            elif stat_1 in _accept_stat_values:
                position += 4
                value_2 = accepted_reply_data(stat_1)
            else:
                raise XdrError(f"accepted_reply_data.stat of {stat_1}")
        except struct_error:
            raise XdrError("accepted_reply_data: ends early") from None
        if position > end:
            raise XdrError("accepted_reply_data: ends early")
        self.position = position
        result: accepted_reply_data = value_2
        return result

    def unpack_accepted_reply(self) -> accepted_reply:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (flavor_1, count_2) = _unpack_2I(data, position)
            start = position + 8
            position = start + (count_2 + 3 & ~3)
            if count_2 > 400 or position > end:
                raise XdrError(f"body: a length of {count_2}")
            body_3 = data[start : start + count_2]
            if body_3.__class__ is not bytes:
                body_3 = bytes(body_3)
            (stat_4,) = _unpack_I(data, position)
            if stat_4 == 0:
                position += 4
                reply_data_5 = accepted_reply_data(stat_4)
            elif stat_4 == 2:
                (low_6, high_7) = _unpack_2I(data, position + 4)
                position += 12
                reply_data_5 = accepted_reply_data(stat_4, mismatch_info(low_6, high_7))
            elif stat_4 in _accept_stat_values:
                position += 4
                reply_data_5 = accepted_reply_data(stat_4)
            else:
                raise XdrError(f"accepted_reply_data.stat of {stat_4}")
        except struct_error:
            raise XdrError("accepted_reply: ends early") from None
        if position > end:
            raise XdrError("accepted_reply: ends early")
        self.position = position
        return accepted_reply(opaque_auth(flavor_1, body_3), reply_data_5)

    def unpack_rejected_reply(self) -> rejected_reply:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 == 0:
                (low_3, high_4) = _unpack_2I(data, position + 4)
                position += 12
                value_2 = rejected_reply(stat_1, mismatch_info(low_3, high_4))
            elif stat_1 == 1:
                (why_5,) = _unpack_I(data, position + 4)
                if why_5 not in _auth_stat_values:
                    raise XdrError(f"auth_stat of {why_5}")
                position += 8
                value_2 = rejected_reply(stat_1, None, why_5)
            else:
                raise XdrError(f"rejected_reply.stat of {stat_1}")
        except struct_error:
            raise XdrError("rejected_reply: ends early") from None
        if position > end:
            raise XdrError("rejected_reply: ends early")
        self.position = position
        result: rejected_reply = value_2
        return result

    def unpack_reply_body(self) -> reply_body:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (stat_1,) = _unpack_I(data, position)
            if stat_1 == 0:
                (flavor_3, count_4) = _unpack_2I(data, position + 4)
                start = position + 12
                position = start + (count_4 + 3 & ~3)
                if count_4 > 400 or position > end:
                    raise XdrError(f"body: a length of {count_4}")
                body_5 = data[start : start + count_4]
                if body_5.__class__ is not bytes:
                    body_5 = bytes(body_5)
                (stat_6,) = _unpack_I(data, position)
                if stat_6 == 0:
                    position += 4
                    reply_data_7 = accepted_reply_data(stat_6)
                elif stat_6 == 2:
                    (low_8, high_9) = _unpack_2I(data, position + 4)
                    position += 12
                    reply_data_7 = accepted_reply_data(stat_6, mismatch_info(low_8, high_9))
                elif stat_6 in _accept_stat_values:
                    position += 4
                    reply_data_7 = accepted_reply_data(stat_6)
                else:
                    raise XdrError(f"accepted_reply_data.stat of {stat_6}")
                value_2 = reply_body(stat_1, accepted_reply(opaque_auth(flavor_3, body_5), reply_data_7))
            elif stat_1 == 1:
                (stat_10,) = _unpack_I(data, position + 4)
                if stat_10 == 0:
                    (low_12, high_13) = _unpack_2I(data, position + 8)
                    position += 16
                    rreply_11 = rejected_reply(stat_10, mismatch_info(low_12, high_13))
                elif stat_10 == 1:
                    (why_14,) = _unpack_I(data, position + 8)
                    if why_14 not in _auth_stat_values:
                        raise XdrError(f"auth_stat of {why_14}")
                    position += 12
                    rreply_11 = rejected_reply(stat_10, None, why_14)
                else:
                    raise XdrError(f"rejected_reply.stat of {stat_10}")
                value_2 = reply_body(stat_1, None, rreply_11)
            else:
                raise XdrError(f"reply_body.stat of {stat_1}")
        except struct_error:
            raise XdrError("reply_body: ends early") from None
        if position > end:
            raise XdrError("reply_body: ends early")
        self.position = position
        result: reply_body = value_2
        return result

    def unpack_rpc_msg_body(self) -> rpc_msg_body:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (mtype_1,) = _unpack_I(data, position)
            if mtype_1 == 0:
                (rpcvers_3, prog_4, vers_5, proc_6, flavor_7, count_8) = _unpack_6I(data, position + 4)
                start = position + 28
                position = start + (count_8 + 3 & ~3)
                if count_8 > 400 or position > end:
                    raise XdrError(f"body: a length of {count_8}")
                body_9 = data[start : start + count_8]
                if body_9.__class__ is not bytes:
                    body_9 = bytes(body_9)
                (flavor_10, count_11) = _unpack_2I(data, position)
                start = position + 8
                position = start + (count_11 + 3 & ~3)
                if count_11 > 400 or position > end:
                    raise XdrError(f"body: a length of {count_11}")
                body_12 = data[start : start + count_11]
                if body_12.__class__ is not bytes:
                    body_12 = bytes(body_12)
                value_2 = rpc_msg_body(mtype_1, call_body(rpcvers_3, prog_4, vers_5, proc_6, opaque_auth(flavor_7, body_9), opaque_auth(flavor_10, body_12)))
            elif mtype_1 == 1:
                (stat_13,) = _unpack_I(data, position + 4)
                if stat_13 == 0:
                    (flavor_15, count_16) = _unpack_2I(data, position + 8)
                    start = position + 16
                    position = start + (count_16 + 3 & ~3)
                    if count_16 > 400 or position > end:
                        raise XdrError(f"body: a length of {count_16}")
                    body_17 = data[start : start + count_16]
                    if body_17.__class__ is not bytes:
                        body_17 = bytes(body_17)
                    (stat_18,) = _unpack_I(data, position)
                    if stat_18 == 0:
                        position += 4
                        reply_data_19 = accepted_reply_data(stat_18)
                    elif stat_18 == 2:
                        (low_20, high_21) = _unpack_2I(data, position + 4)
                        position += 12
                        reply_data_19 = accepted_reply_data(stat_18, mismatch_info(low_20, high_21))
                    elif stat_18 in _accept_stat_values:
                        position += 4
                        reply_data_19 = accepted_reply_data(stat_18)
                    else:
                        raise XdrError(f"accepted_reply_data.stat of {stat_18}")
                    rbody_14 = reply_body(stat_13, accepted_reply(opaque_auth(flavor_15, body_17), reply_data_19))
                elif stat_13 == 1:
                    (stat_22,) = _unpack_I(data, position + 8)
                    if stat_22 == 0:
                        (low_24, high_25) = _unpack_2I(data, position + 12)
                        position += 20
                        rreply_23 = rejected_reply(stat_22, mismatch_info(low_24, high_25))
                    elif stat_22 == 1:
                        (why_26,) = _unpack_I(data, position + 12)
                        if why_26 not in _auth_stat_values:
                            raise XdrError(f"auth_stat of {why_26}")
                        position += 16
                        rreply_23 = rejected_reply(stat_22, None, why_26)
                    else:
                        raise XdrError(f"rejected_reply.stat of {stat_22}")
                    rbody_14 = reply_body(stat_13, None, rreply_23)
                else:
                    raise XdrError(f"reply_body.stat of {stat_13}")
                value_2 = rpc_msg_body(mtype_1, None, rbody_14)
            else:
                raise XdrError(f"rpc_msg_body.mtype of {mtype_1}")
        except struct_error:
            raise XdrError("rpc_msg_body: ends early") from None
        if position > end:
            raise XdrError("rpc_msg_body: ends early")
        self.position = position
        result: rpc_msg_body = value_2
        return result

    def unpack_rpc_msg(self) -> rpc_msg:
        data: Any = self.data
        position = self.position
        end = self.end
        try:
            (xid_1, mtype_2) = _unpack_2I(data, position)
            if mtype_2 == 0:
                (rpcvers_4, prog_5, vers_6, proc_7, flavor_8, count_9) = _unpack_6I(data, position + 8)
                start = position + 32
                position = start + (count_9 + 3 & ~3)
                if count_9 > 400 or position > end:
                    raise XdrError(f"body: a length of {count_9}")
                body_10 = data[start : start + count_9]
                if body_10.__class__ is not bytes:
                    body_10 = bytes(body_10)
                (flavor_11, count_12) = _unpack_2I(data, position)
                start = position + 8
                position = start + (count_12 + 3 & ~3)
                if count_12 > 400 or position > end:
                    raise XdrError(f"body: a length of {count_12}")
                body_13 = data[start : start + count_12]
                if body_13.__class__ is not bytes:
                    body_13 = bytes(body_13)
                body_3 = rpc_msg_body(mtype_2, call_body(rpcvers_4, prog_5, vers_6, proc_7, opaque_auth(flavor_8, body_10), opaque_auth(flavor_11, body_13)))
            elif mtype_2 == 1:
                (stat_14,) = _unpack_I(data, position + 8)
                if stat_14 == 0:
                    (flavor_16, count_17) = _unpack_2I(data, position + 12)
                    start = position + 20
                    position = start + (count_17 + 3 & ~3)
                    if count_17 > 400 or position > end:
                        raise XdrError(f"body: a length of {count_17}")
                    body_18 = data[start : start + count_17]
                    if body_18.__class__ is not bytes:
                        body_18 = bytes(body_18)
                    (stat_19,) = _unpack_I(data, position)
                    if stat_19 == 0:
                        position += 4
                        reply_data_20 = accepted_reply_data(stat_19)
                    elif stat_19 == 2:
                        (low_21, high_22) = _unpack_2I(data, position + 4)
                        position += 12
                        reply_data_20 = accepted_reply_data(stat_19, mismatch_info(low_21, high_22))
                    elif stat_19 in _accept_stat_values:
                        position += 4
                        reply_data_20 = accepted_reply_data(stat_19)
                    else:
                        raise XdrError(f"accepted_reply_data.stat of {stat_19}")
                    rbody_15 = reply_body(stat_14, accepted_reply(opaque_auth(flavor_16, body_18), reply_data_20))
                elif stat_14 == 1:
                    (stat_23,) = _unpack_I(data, position + 12)
                    if stat_23 == 0:
                        (low_25, high_26) = _unpack_2I(data, position + 16)
                        position += 24
                        rreply_24 = rejected_reply(stat_23, mismatch_info(low_25, high_26))
                    elif stat_23 == 1:
                        (why_27,) = _unpack_I(data, position + 16)
                        if why_27 not in _auth_stat_values:
                            raise XdrError(f"auth_stat of {why_27}")
                        position += 20
                        rreply_24 = rejected_reply(stat_23, None, why_27)
                    else:
                        raise XdrError(f"rejected_reply.stat of {stat_23}")
                    rbody_15 = reply_body(stat_14, None, rreply_24)
                else:
                    raise XdrError(f"reply_body.stat of {stat_14}")
                body_3 = rpc_msg_body(mtype_2, None, rbody_15)
            else:
                raise XdrError(f"rpc_msg_body.mtype of {mtype_2}")
        except struct_error:
            raise XdrError("rpc_msg: ends early") from None
        if position > end:
            raise XdrError("rpc_msg: ends early")
        self.position = position
        return rpc_msg(xid_1, body_3)
