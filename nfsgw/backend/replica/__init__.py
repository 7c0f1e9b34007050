"""A replica set: bricks that hold the same, one of which, the primary, orders all changes."""
