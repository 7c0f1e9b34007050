"""One brick: LMDB tables and data files, and operations that become records ."""
