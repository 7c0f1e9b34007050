"""Writes to a SQLite database that others write to.  Arguments: the file, who, transactions."""

from __future__ import annotations

import sqlite3
import sys

SCHEMA = """
CREATE TABLE IF NOT EXISTS stock (item INTEGER PRIMARY KEY, sold INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sale (number INTEGER PRIMARY KEY, item INTEGER, who TEXT, nth INTEGER);
CREATE INDEX IF NOT EXISTS by_who ON sale (who, nth);
INSERT OR IGNORE INTO stock VALUES (0, 0), (1, 0), (2, 0);
"""


def main() -> None:
    """Sell; every third transaction is rolled back."""
    path, who, transactions = sys.argv[1], sys.argv[2], int(sys.argv[3])
    database = sqlite3.connect(path, timeout=120, isolation_level=None)
    database.executescript("BEGIN IMMEDIATE;" + SCHEMA + "COMMIT;")
    for nth in range(transactions):
        database.execute("BEGIN IMMEDIATE")
        item = nth % 3
        (last,) = database.execute("SELECT coalesce(max(number), 0) FROM sale").fetchone()
        database.execute("INSERT INTO sale VALUES (?, ?, ?, ?)", (last + 1, item, who, nth))
        database.execute("UPDATE stock SET sold = sold + 1 WHERE item = ?", (item,))
        database.execute("ROLLBACK" if nth % 3 == 2 else "COMMIT")
    database.close()


main()
