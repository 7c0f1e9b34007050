"""Tests, by tier; CONTRIBUTING.md says which is which."""
