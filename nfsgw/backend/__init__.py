"""Volumes and what they are made of; knows nothing of RPC, XDR or sockets."""
