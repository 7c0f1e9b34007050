"""MOUNT, versions 3 and 1: from a path to the first file handle (RFC 1813, appendix I)."""

__all__: list[str] = []
