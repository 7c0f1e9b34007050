"""A POSIX tree of Python objects, written without a look at the operations, to compare them with.

For each call it gives the *set* of reasons to refuse it: the operation must succeed if the set
is empty, else fail with one of them.  So the model knows the rules, and not their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nfsgw.backend.api import AclEntry, AclTag, Credentials, FileType
from nfsgw.errors import FsCode

__all__ = ["Acl", "Item", "Model"]

_BITS = {"r": 4, "w": 2, "x": 1}


@dataclass(frozen=True)
class Acl:
    """An ACL; ``named`` are those of users and groups by ("u" or "g", id), which take a mask."""

    owner: int
    group: int
    other: int
    mask: int | None = None
    named: tuple[tuple[str, int, int], ...] = ()

    def entries(self) -> list[AclEntry]:
        """Return it as the operations take and give it."""
        named = {"u": AclTag.USER, "g": AclTag.GROUP}
        found = [
            AclEntry(AclTag.USER_OBJ, 0, self.owner),
            AclEntry(AclTag.GROUP_OBJ, 0, self.group),
            AclEntry(AclTag.OTHER, 0, self.other),
            *(AclEntry(named[kind], number, has) for kind, number, has in self.named),
        ]
        if self.mask is not None:
            found.append(AclEntry(AclTag.MASK, 0, self.mask))
        return sorted(found, key=lambda entry: (entry.tag, entry.id))

    def with_mode(self, mode: int) -> Acl:
        """Return it after a change of mode."""
        owner, middle, other = mode >> 6 & 7, mode >> 3 & 7, mode & 7
        if self.mask is None:
            return replace(self, owner=owner, group=middle, other=other)
        return replace(self, owner=owner, mask=middle, other=other)

    @property
    def mode(self) -> int:
        """Return the nine bits that it stands for."""
        middle = self.group if self.mask is None else self.mask
        return self.owner << 6 | middle << 3 | self.other


@dataclass(eq=False)
class Item:
    """A file of any type; a directory has children.

    :ivar acl: None if the mode is all there is.
    """

    kind: FileType
    mode: int
    uid: int
    gid: int
    number: int = 0
    size: int = 0
    acl: Acl | None = None
    default: Acl | None = None
    children: dict[bytes, Item] = field(default_factory=dict)

    @property
    def is_directory(self) -> bool:
        """Say whether it is one."""
        return self.kind is FileType.DIRECTORY

    def can(self, who: Credentials, rights: str) -> bool:
        """Say whether ``who`` has all of some rights ("r", "w", "x", "wx") by one entry."""
        wanted = sum(_BITS[right] for right in rights)
        if who.uid == 0:
            return "x" not in rights or self.is_directory or self.mode & 0o111 != 0
        return any(has & wanted == wanted for has in self.entries_about(who))

    def entries_about(self, who: Credentials) -> list[int]:
        """Return what each entry grants that is about ``who``, the mask applied."""
        acl = self.acl or Acl(0, 0, 0).with_mode(self.mode)
        mask = 7 if acl.mask is None else acl.mask
        if who.uid == self.uid:
            return [acl.owner]
        users = [has for kind, number, has in acl.named if kind == "u" and number == who.uid]
        if users:
            return [users[0] & mask]
        groups = {who.gid, *who.groups}
        found = [has for kind, number, has in acl.named if kind == "g" and number in groups]
        if self.gid in groups:
            found.append(acl.group)
        return [has & mask for has in found] or [acl.other]

    def chmod(self, mode: int) -> None:
        """Set the mode, and the ACL with it."""
        self.mode = mode
        if self.acl is not None:
            self.acl = self.acl.with_mode(mode)

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
        item = Item(kind, mode, who.uid, gid)
        if parent.default is not None and kind is not FileType.SYMLINK:
            item.mode = mode & (parent.default.mode | 0o7000)
            if parent.default.mask is not None:
                item.acl = parent.default.with_mode(item.mode)
            if item.is_directory:
                item.default = parent.default
        return item

    def against_adding(self, who: Credentials, parent: Item, name: bytes) -> set[FsCode]:
        """Return why a name cannot be added."""
        reasons = set()
        if not parent.can(who, "wx"):
            reasons.add(FsCode.ACCES)
        if name in parent.children:
            reasons.add(FsCode.EXIST)
        return reasons

    def against_removing(self, who: Credentials, parent: Item, name: bytes) -> set[FsCode]:
        """Return why a name cannot be taken away, whatever it stands for."""
        reasons = set()
        if not parent.can(who, "wx"):
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
        elif not target.can(who, "wx"):
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
