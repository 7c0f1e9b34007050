"""Unit tests of nfsgw.nlm."""
