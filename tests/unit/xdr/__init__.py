"""Tests of ``nfsgw.xdr``."""
