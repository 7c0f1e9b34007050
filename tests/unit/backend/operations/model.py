"""A POSIX tree of Python objects, written without a look at the operations, to compare them with.

For each call it gives the *set* of reasons to refuse it: the operation must succeed if the set
is empty, else fail with one of them.  So the model knows the rules, and not their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nfsgw.backend.api import Credentials, FileType
from nfsgw.errors import FsCode

__all__ = ["Item", "Model"]


@dataclass(eq=False)
class Item:
    """A file of any type; a directory has children."""

    kind: FileType
    mode: int
    uid: int
    gid: int
    number: int = 0
    size: int = 0
    children: dict[bytes, Item] = field(default_factory=dict)

    @property
    def is_directory(self) -> bool:
        """Say whether it is one."""
        return self.kind is FileType.DIRECTORY

    def can(self, who: Credentials, right: str) -> bool:
        """Say whether the mode gives ``who`` a right ("r", "w" or "x")."""
        if who.uid == 0:
            return right != "x" or self.is_directory or self.mode & 0o111 != 0
        if who.uid == self.uid:
            of_class = self.mode >> 6
        elif self.gid in {who.gid, *who.groups}:
            of_class = self.mode >> 3
        else:
            of_class = self.mode
        return bool(of_class & {"r": 4, "w": 2, "x": 1}[right])

    def contains(self, other: Item) -> bool:
        """Say whether ``other`` is this one or below it."""
        return other is self or any(child.contains(other) for child in self.children.values())


class Model:
    """The tree, and the rules of changing it."""

    def __init__(self, root: int) -> None:
        self.root = Item(FileType.DIRECTORY, 0o777, 0, 0, root)

    def items(self) -> list[Item]:
        """Return everything that has a name, and the root, by number."""
        found = {self.root}
        left = [self.root]
        while left:
            for child in left.pop().children.values():
                if child not in found:
                    found.add(child)
                    left.append(child)
        return sorted(found, key=lambda item: item.number)

    def directories(self) -> list[Item]:
        """Return all directories."""
        return [item for item in self.items() if item.is_directory]

    def links(self, item: Item) -> int:
        """Count an item's links by looking at the whole tree."""
        if item.is_directory:
            return 2 + sum(child.is_directory for child in item.children.values())
        every = [child for parent in self.directories() for child in parent.children.values()]
        return every.count(item)

    def new(self, who: Credentials, parent: Item, kind: FileType, mode: int) -> Item:
        """Return an item as ``who`` would create it in ``parent``."""
        inherits = bool(parent.mode & 0o2000)
        gid = parent.gid if inherits else who.gid
        if kind is FileType.SYMLINK:
            mode = 0o777
        elif kind is FileType.DIRECTORY:
            mode |= 0o2000 if inherits else 0
        elif who.uid != 0 and gid not in {who.gid, *who.groups}:
            mode &= ~0o2000
        return Item(kind, mode, who.uid, gid)

    def against_adding(self, who: Credentials, parent: Item, name: bytes) -> set[FsCode]:
        """Return why a name cannot be added."""
        reasons = set()
        if not (parent.can(who, "x") and parent.can(who, "w")):
            reasons.add(FsCode.ACCES)
        if name in parent.children:
            reasons.add(FsCode.EXIST)
        return reasons

    def against_removing(self, who: Credentials, parent: Item, name: bytes) -> set[FsCode]:
        """Return why a name cannot be taken away, whatever it stands for."""
        reasons = set()
        if not (parent.can(who, "x") and parent.can(who, "w")):
            reasons.add(FsCode.ACCES)
        item = parent.children.get(name)
        if item is None:
            reasons.add(FsCode.NOENT)
        elif parent.mode & 0o1000 and who.uid not in (0, item.uid, parent.uid):
            reasons.add(FsCode.PERM)
        return reasons

    def against_renaming(
        self, who: Credentials, source: Item, old: bytes, target: Item, new: bytes
    ) -> set[FsCode]:
        """Return why a RENAME is refused."""
        moved, replaced = source.children.get(old), target.children.get(new)
        searchable = source.can(who, "x") and target.can(who, "x")
        if moved is not None and moved is replaced:
            return set() if searchable else {FsCode.ACCES}
        reasons = self.against_removing(who, source, old)
        if replaced is not None:
            reasons |= self.against_removing(who, target, new)
        elif not (target.can(who, "x") and target.can(who, "w")):
            reasons.add(FsCode.ACCES)
        if moved is None:
            return reasons
        if moved.is_directory:
            if moved.contains(target):
                reasons.add(FsCode.INVAL)
            if source is not target and not moved.can(who, "w"):
                reasons.add(FsCode.ACCES)
        if replaced is not None:
            if moved.is_directory and not replaced.is_directory:
                reasons.add(FsCode.NOTDIR)
            if replaced.is_directory and not moved.is_directory:
                reasons.add(FsCode.ISDIR)
            if replaced.children:
                reasons.add(FsCode.NOTEMPTY)
        return reasons
