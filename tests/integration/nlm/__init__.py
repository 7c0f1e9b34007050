"""The lock manager over real sockets."""
