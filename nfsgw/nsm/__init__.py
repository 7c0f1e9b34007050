"""The network status monitor, program 100024, version 1 (X/Open XNFS, chapter 11)."""
