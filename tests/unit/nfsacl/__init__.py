"""Unit tests of NFSACL."""
