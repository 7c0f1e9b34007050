"""Programs on two stock kernels work on the same files and rely on locks."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests.kernel.lab import WORK, Guest
from tests.kernel.locker import PROMPT_S

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(600)]

Guests = tuple[Guest, Guest]


def together(guests: Guests, scripts: list[str], timeout_s: float = 240) -> list[str]:
    """Run scripts at once, by turns in one guest and the other; return what they print."""
    running = [guests[n % 2].start(script) for n, script in enumerate(scripts)]
    return [finish(timeout_s).check() for finish in running]


def fetch(guest: Guest, path: str) -> Path:
    """Copy a file from a guest to where the test can read it."""
    name = Path(path).name
    guest.run(f"cp {path} {guest.directory}/{name}")
    return guest.directory / name


def test_counting(guests: Guests) -> None:
    """Two processes in each guest count under locks on ranges, and never meet."""
    guests[0].run("truncate -s 80 /mnt/counters")
    program = f"python3 -IS {WORK}/counting.py /mnt/counters"
    counted = together(guests, [f"{program} {seed} 80" for seed in range(1, 5)])
    cells = guests[1].run("od -A n -v -t d8 -w16 /mnt/counters").split()
    assert cells[::2] == 5 * ["0"]
    assert sum(map(int, cells[1::2])) == sum(map(int, counted))


def test_handing_over(guests: Guests) -> None:
    """Two guests that can only go on in turn do so promptly at every step."""
    guests[0].run("truncate -s 3 /mnt/ring")
    walk = f"python3 -IS {WORK}/handing.py /mnt/ring 200"
    for shown in together(guests, [walk, walk]):
        median_s, longest_s = json.loads(shown)
        print(f"each step waits {median_s * 1e3:.0f} ms, at most {longest_s * 1e3:.0f} ms")
        assert longest_s < PROMPT_S


def test_mailbox(guests: Guests) -> None:
    """Messages that four processes append to one mailbox are all there, each in one piece."""
    scripts = [f"python3 -IS {WORK}/mailing.py /mnt/mailbox {who} 25" for who in "abcd"]
    together(guests, scripts)
    text = fetch(guests[1], "/mnt/mailbox").read_text()
    found, place = [], 0
    for message in re.finditer(r"From (\w) (\d+)\n(.*?)End \1 \2 after (\d+)\n\n", text, re.S):
        who, number, body, before = message.groups()
        assert (message.start(), int(before)) == (place, place)
        assert body == "".join(f"{who} {number} {n}\n" for n in range(int(number) % 7 * 40))
        found.append((who, int(number)))
        place = message.end()
    assert place == len(text)
    assert sorted(found) == [(who, number) for who in "abcd" for number in range(25)]


def test_sqlite(guests: Guests) -> None:
    """Two writers in each guest leave a database that is whole, and in which nothing is lost."""
    scripts = [f"python3 -IS {WORK}/selling.py /mnt/shop.db {who} 18" for who in "abcd"]
    together(guests, scripts)
    with sqlite3.connect(fetch(guests[1], "/mnt/shop.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sold = database.execute("SELECT sold FROM stock ORDER BY item").fetchall()
        assert sold == [(24,), (24,), (0,)]
        rows = database.execute("SELECT who, nth FROM sale ORDER BY who, nth").fetchall()
        assert rows == [(who, nth) for who in "abcd" for nth in range(18) if nth % 3 != 2]
        numbers = database.execute("SELECT min(number), max(number) FROM sale").fetchone()
        assert numbers == (1, 48)
    assert guests[0].run("ls /mnt | grep shop.db") == "shop.db\n"


def test_git_from_two_guests(guests: Guests) -> None:
    """Two guests commit to one branch of one repository; no commit is lost."""
    one, two = guests
    one.run(
        """
        set -e
        git init -q --bare -b main /mnt/two.git
        cd /mnt/two.git; git config user.name name; git config user.email a@b
        """
    )
    commit = """
        set -e
        cd /mnt/two.git
        for i in $(seq 5); do
            blob=$(echo "$1 $i" | git hash-object -w --stdin)
            tree=$(printf '100644 blob %s\\tfile\\n' $blob | git mktree)
            while :; do
                old=$(git rev-parse -q --verify main || true)
                new=$(git commit-tree -m "$1 $i" ${old:+-p $old} $tree)
                git update-ref refs/heads/main $new ${old:-$(printf %040d 0)} 2>/dev/null && break
                sleep 0.$((RANDOM % 5))
            done
        done
    """
    together(guests, [f"set -- {who}\n{commit}" for who in ("one", "two")])
    two.run("git -C /mnt/two.git fsck --full --strict")
    log = one.run("git -C /mnt/two.git log --format=%s main").splitlines()
    assert sorted(log) == [f"{who} {i}" for who in ("one", "two") for i in range(1, 6)]
