"""Where the pool's configuration lives: named records that are changed by compare-and-swap."""
