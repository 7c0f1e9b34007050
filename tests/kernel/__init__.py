"""A stock Debian kernel mounts from the gateway and works on it."""
