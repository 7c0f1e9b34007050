"""Replies in pieces: bytes, and ranges of files that are not read before they are sent."""

from __future__ import annotations

from typing import Any

from nfsgw.filerange import FileRange

__all__ = ["joined", "release_pieces"]


def joined(parts: list[Any]) -> bytes:
    """Return the pieces of a reply as bytes, reading those that are still in a file.

    :raises EOFError: a file has become shorter.
    """
    return b"".join([piece.read() if isinstance(piece, FileRange) else piece for piece in parts])


def release_pieces(parts: list[Any]) -> None:
    """Let go of the files of pieces that will not be sent."""
    for piece in parts:
        if isinstance(piece, FileRange):
            piece.release()
