"""READDIR: names in a directory (RFC 1813, section 3.3.16)."""

from __future__ import annotations

from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.listing import (
    COOKIE_VERIFIER,
    ENTRY_BYTES,
    RESOK_BYTES,
    check_cookie,
    pack_entries,
)
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    READDIR3args,
    READDIR3res,
    READDIR3resfail,
    READDIR3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: READDIR3args) -> READDIR3res:
    """Return entries after the cookie, as many as fit in ``count`` (and in one transfer).

    :raises FsError: TOOSMALL: not even one entry fits; BAD_COOKIE: see ``nfs3/listing.py``.
    """
    export, directory = nfs.exports.open(call, args.dir)
    check_cookie(args.cookie, args.cookieverf)
    attributes, entries, eof = await export.readdir(
        export.credentials(call),
        directory,
        args.cookie,
        False,
        min(args.count, nfs.transfer_max(call)) - RESOK_BYTES,
        ENTRY_BYTES,
    )
    if (not entries and not eof) or args.count < RESOK_BYTES:
        raise FsError(FsCode.TOOSMALL, attributes)
    return READDIR3res(
        NFS3_OK,
        READDIR3resok(attributes, COOKIE_VERIFIER, pack_entries(entries, eof)),
    )


def fail(status: int, error: FsError) -> READDIR3res:
    """Return the failure arm, with the attributes of the directory."""
    return READDIR3res(status, resfail=READDIR3resfail(error.attributes))
