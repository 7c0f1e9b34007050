"""The network lock manager, program 100021, versions 1, 3 and 4 (X/Open XNFS; RFC 1813, app. II)."""
