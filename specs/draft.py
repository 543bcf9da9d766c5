"""A variant in the making: what it gives and edits, as a tree that can be added to and cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from boxwork.specs.trees import Tree, written

SECTIONS = (
    "dims", "settings", "outputs", "blocks", "interpret", "swap", "remove", "insert", "set",
)  # fmt: skip
LISTS = ("remove", "insert")
WHOLE = ("outputs", "blocks", "interpret")  # entries of these are given as a whole
Way = tuple[str | int, ...]  # where something stands in the tree


@dataclass(frozen=True)
class Draft:
    """What a variant says after ``extends``, by section."""

    tree: Mapping[str, Tree] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many edits it makes: one for each size, block, swap, node or path that it names."""
        return sum(len(self._section(name)) for name in SECTIONS)

    def _section(self, name: str) -> Mapping[str, Tree] | Sequence[Tree]:
        found = self.tree.get(name, ())
        return found if isinstance(found, Mapping | list | tuple) else ()

    def only(self, *sections: str) -> Draft:
        """Some of its sections."""
        return Draft({name: part for name, part in self.tree.items() if name in sections})

    def outside(self, path: str) -> Draft:
        """The same without what it sets at a node, and all that it says of boxes inside."""

        def kept(item: Tree) -> bool:
            if isinstance(item, Mapping):
                item = next(item[key] for key in ("node", "after", "before") if key in item)
            return not str(item).startswith(f"{path}.")

        made = dict(self.tree)
        for name in ("remove", "insert", "set"):
            old = self._section(name)
            if isinstance(old, Mapping):
                made[name] = {k: item for k, item in old.items() if k != path and kept(k)}
            elif old:
                made[name] = [item for item in old if kept(item)]
        return Draft(made)

    def plus(self, piece: Mapping[str, Tree]) -> Draft:
        """The same with more: lists grow, settings of one node are laid over one another."""
        made = dict(self.tree)
        for name, new in piece.items():
            old = made.get(name)
            if isinstance(old, Mapping) and isinstance(new, Mapping):
                made[name] = _laid(old, new, 2 if name == "set" else 0)
            elif isinstance(old, list) and isinstance(new, list):
                made[name] = [*old, *new]
            else:
                made[name] = new
        return Draft(made)

    def ways(self) -> Iterator[Way]:
        """All that could be left out, the last first and the large before what is in it."""
        for name in reversed(SECTIONS):
            yield from _ways(self.tree.get(name, ""), (name,))

    def without(self, way: Way) -> Draft:
        """The same without what stands there; what is then empty goes too."""
        made = _cut(self.tree, way)
        return Draft(made if isinstance(made, Mapping) else {})

    def tidied(self) -> Draft:
        """The same, with blocks that are given nothing, and nodes, as their names alone."""
        made = {name: _tidied(part) for name, part in self.tree.items()}
        if isinstance(gone := made.get("remove"), list):
            made["remove"] = [
                one["node"] if isinstance(one, Mapping) and list(one) == ["node"] else one
                for one in gone
            ]
        swaps = made.get("swap")
        return Draft(made | ({"swap": _named(swaps)} if isinstance(swaps, Mapping) else {}))

    @cached_property
    def body(self) -> str:
        """The sections as YAML."""
        found = {name: self.tree[name] for name in SECTIONS if self._section(name)}
        if isinstance(paths := found.get("set"), Mapping):  # what is in a node after the node
            found["set"] = dict(sorted(paths.items(), key=lambda pair: pair[0].count(".")))
        lines = [line for name, part in found.items() for line in written(name, part)]
        return "".join(f"{line}\n" for line in lines)


def _laid(old: Mapping[str, Tree], new: Mapping[str, Tree], deep: int) -> dict[str, Tree]:
    made = dict(old)
    for key, value in new.items():
        before = old.get(key)
        if (
            deep
            and key not in ("in", "tie")
            and isinstance(before, Mapping)
            and isinstance(value, Mapping)
        ):
            value = _laid(before, value, deep - 1)
        made[key] = value
    return made


def _ways(value: Tree, way: Way) -> Iterator[Way]:
    if isinstance(value, Mapping):
        for key in reversed(list(value)):
            if len(way) > 1 or way[0] not in LISTS:
                yield (*way, key)
            if way[0] not in WHOLE:
                yield from _ways(value[key], (*way, key))
    elif isinstance(value, list | tuple) and way[0] in LISTS:
        for k in reversed(range(len(value))):
            if len(way) == 1:
                yield (*way, k)
            yield from _ways(value[k], (*way, k))


def _cut(value: Tree, way: Way) -> Tree | None:
    """A tree without what stands at ``way``; None if nothing is left."""
    first, *rest = way

    def kept(key: str | int, item: Tree) -> Tree | None:
        if key != first:
            return item
        return _cut(item, tuple(rest)) if rest else None

    if isinstance(value, Mapping):
        named = {
            key: inner for key, item in value.items() if (inner := kept(key, item)) is not None
        }
        return named or None
    if isinstance(value, list | tuple):
        items = [kept(k, item) for k, item in enumerate(value)]
        return [item for item in items if item is not None] or None
    return value  # the way led to what has been cut already


def _tidied(value: Tree) -> Tree:
    if isinstance(value, Mapping):
        made = {key: _tidied(item) for key, item in value.items()}
        given = made.get("with")
        return made | ({"with": _named(given)} if isinstance(given, Mapping) else {})
    return [_tidied(item) for item in value] if isinstance(value, list | tuple) else value


def _named(blocks: Mapping[str, Tree]) -> dict[str, Tree]:
    """``{use: X}`` as ``X``."""
    return {
        name: item["use"] if isinstance(item, Mapping) and list(item) == ["use"] else item
        for name, item in blocks.items()
    }
