"""Unit tests of nfsgw.mount."""
