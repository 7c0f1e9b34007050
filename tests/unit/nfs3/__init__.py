"""Unit tests of NFS version 3."""
