"""Tests of nfsgw.rpc over loopback sockets."""
