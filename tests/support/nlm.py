"""NLM as tests speak it: arguments as a client sends them, records, and results."""

from __future__ import annotations

from typing import Any

from nfsgw.xdr.generated import nlm as x
from tests.conformance.client import ROOT, User, call_record

__all__ = [
    "HANDLE",
    "cancel_args",
    "decoded",
    "kind",
    "lock",
    "lock_args",
    "nlm_record",
    "share_args",
    "test_args",
    "unlock_args",
]

HANDLE = b"a handle of a file".ljust(32, b".")
"""The handle in arguments that name none."""

_TYPES = {
    "TEST": ("testargs", "testres"),
    "LOCK": ("lockargs", "res"),
    "CANCEL": ("cancargs", "res"),
    "UNLOCK": ("unlockargs", "res"),
    "GRANTED": ("testargs", "res"),
    "SHARE": ("shareargs", "shareres"),
    "UNSHARE": ("shareargs", "shareres"),
    "NM_LOCK": ("lockargs", "res"),
    "FREE_ALL": ("notify", ""),
}


def kind(version: int, name: str) -> Any:  # noqa: ANN401 - a class
    """Return a type of a version by its name without prefix."""
    return getattr(x, f"{'nlm4' if version == 4 else 'nlm'}_{name}")


def nlm_record(version: int, name: str, arguments: object, user: User = ROOT) -> tuple[int, bytes]:
    """Return the xid and the record of a call."""
    packer = x.NLMPacker()
    plain = name.removesuffix("_MSG").removesuffix("_RES")
    arguments_type, result_type = _TYPES[plain]
    wanted = result_type if name.endswith("_RES") else arguments_type
    getattr(packer, f"pack_{kind(version, wanted).__name__}")(arguments)
    number = getattr(x, f"NLM_{name}")
    return call_record(x.NLM_PROG, version, number, packer.get_buffer(), user)


def decoded(version: int, name: str, data: bytes) -> Any:  # noqa: ANN401 - the procedure's own
    """Return a decoded result; None for void."""
    result = "" if name.endswith(("_MSG", "_RES")) else _TYPES[name][1]
    if not result:
        assert data == b""
        return None
    unpacker = x.NLMUnpacker(data)
    value = getattr(unpacker, f"unpack_{kind(version, result).__name__}")()
    unpacker.done()
    return value


def lock(version: int = 4, **changed: Any) -> Any:  # noqa: ANN401 - nlm_lock or nlm4_lock
    """Return a lock as a client sends it."""
    fields: dict[str, Any] = {
        "caller_name": b"alpha",
        "fh": HANDLE,
        "oh": b"7@alpha",
        "svid": 7,
        "l_offset": 100,
        "l_len": 10,
    }
    return kind(version, "lock")(**{**fields, **changed})


def lock_args(
    version: int = 4,
    *,
    block: bool = False,
    exclusive: bool = True,
    reclaim: bool = False,
    state: int = 3,
    cookie: bytes = b"cook",
    **changed: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Return arguments of LOCK."""
    what = lock(version, **changed)
    return kind(version, "lockargs")(cookie, block, exclusive, what, reclaim, state)


def test_args(version: int = 4, *, exclusive: bool = True, **changed: Any) -> Any:  # noqa: ANN401
    """Return arguments of TEST and GRANTED."""
    cookie = changed.pop("cookie", b"cook")
    return kind(version, "testargs")(cookie, exclusive, lock(version, **changed))


test_args.__test__ = False  # type: ignore[attr-defined]


def cancel_args(version: int = 4, *, exclusive: bool = True, **changed: Any) -> Any:  # noqa: ANN401
    """Return arguments of CANCEL."""
    cookie = changed.pop("cookie", b"cook")
    return kind(version, "cancargs")(cookie, True, exclusive, lock(version, **changed))


def unlock_args(version: int = 4, **changed: Any) -> Any:  # noqa: ANN401
    """Return arguments of UNLOCK."""
    cookie = changed.pop("cookie", b"cook")
    return kind(version, "unlockargs")(cookie, lock(version, **changed))


def share_args(
    version: int = 4,
    *,
    mode: int = x.fsm_DN,
    access: int = x.fsa_R,
    reclaim: bool = False,
    cookie: bytes = b"cook",
    **changed: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Return arguments of SHARE and UNSHARE."""
    fields: dict[str, Any] = {"caller_name": b"alpha", "fh": HANDLE, "oh": b"7@alpha"}
    share = kind(version, "share")(mode=mode, access=access, **{**fields, **changed})
    return kind(version, "shareargs")(cookie, share, reclaim)
