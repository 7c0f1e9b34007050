"""Unit tests of nfsgw.nsm."""
