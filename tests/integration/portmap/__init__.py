"""The port mapper and registration against Debian's own programs."""
