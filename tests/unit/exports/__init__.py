"""Unit tests of nfsgw.exports."""
