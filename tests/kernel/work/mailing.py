"""Appends messages to a mailbox under a lock on it.  Arguments: the mailbox, who, messages."""

from __future__ import annotations

import fcntl
import os
import sys


def deliver(mailbox: str, who: str, number: int) -> None:
    """Append one message in several writes, as mail programs do."""
    with open(mailbox, "a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        before = os.fstat(file.fileno()).st_size
        file.write(f"From {who} {number}\n")
        file.flush()
        for line in range(number % 7 * 40):
            file.write(f"{who} {number} {line}\n")
        file.write(f"End {who} {number} after {before}\n\n")


def main() -> None:
    """Deliver all."""
    mailbox, who, messages = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for number in range(messages):
        deliver(mailbox, who, number)


main()
