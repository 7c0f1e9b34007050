"""Tests of the bytes of files."""
