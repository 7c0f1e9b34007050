"""The bytes of files: data files on disk, their order, durability and checksums."""
