"""READDIRPLUS: names in a directory, with attributes and handles (RFC 1813, section 3.3.17)."""

from __future__ import annotations

from nfsgw.errors import FsCode, FsError
from nfsgw.nfs3.listing import (
    COOKIE_VERIFIER,
    ENTRY_PLUS_BYTES,
    RESOK_BYTES,
    check_cookie,
    entries_within,
    entry_bytes_for,
    pack_entries_plus,
)
from nfsgw.nfs3.service import Nfs3
from nfsgw.rpc.program import Call
from nfsgw.xdr.generated.nfs3 import (
    NFS3_OK,
    READDIRPLUS3args,
    READDIRPLUS3res,
    READDIRPLUS3resfail,
    READDIRPLUS3resok,
)

__all__ = ["fail", "run"]


async def run(nfs: Nfs3, call: Call, args: READDIRPLUS3args) -> READDIRPLUS3res:
    """Return entries after the cookie, as many as fit in ``maxcount`` and suit ``dircount``.

    :raises FsError: TOOSMALL: not even one entry fits; BAD_COOKIE: see ``nfs3/listing.py``.
    """
    export, directory = nfs.exports.open(call, args.dir)
    check_cookie(args.cookie, args.cookieverf)
    attributes, entries, eof = await export.readdir(
        export.credentials(call),
        directory,
        args.cookie,
        True,
        min(
            min(args.maxcount, nfs.transfer_max(call)) - RESOK_BYTES,
            entry_bytes_for(args.dircount),
        ),
        ENTRY_PLUS_BYTES,
    )
    if (not entries and not eof) or args.maxcount < RESOK_BYTES:
        raise FsError(FsCode.TOOSMALL, attributes)
    suiting = entries_within(entries, args.dircount)
    if suiting < len(entries):
        entries, eof = entries[:suiting], False
    return READDIRPLUS3res(
        NFS3_OK,
        READDIRPLUS3resok(
            attributes,
            COOKIE_VERIFIER,
            pack_entries_plus(entries, eof, export.handle),
        ),
    )


def fail(status: int, error: FsError) -> READDIRPLUS3res:
    """Return the failure arm, with the attributes of the directory."""
    return READDIRPLUS3res(status, resfail=READDIRPLUS3resfail(error.attributes))
