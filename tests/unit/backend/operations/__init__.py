"""Tests of the operations, on tables in dictionaries."""
