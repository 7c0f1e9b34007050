"""Tests of nfsgw.rpc without a reactor."""
