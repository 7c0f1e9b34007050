"""Who may see which part of a volume, and how: between the protocol programs and the backend.

The programs turn a file handle and a call into an :class:`~nfsgw.exports.access.Access`, which is
a volume on which the export's rules already hold.  This package knows nothing of XDR or sockets.
"""

__all__: list[str] = []
