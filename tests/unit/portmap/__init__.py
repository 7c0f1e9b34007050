"""Unit tests of nfsgw.portmap."""
