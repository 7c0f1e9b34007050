"""The network status monitor."""
