"""The MOUNT program against Debian's own programs."""
