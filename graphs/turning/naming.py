"""Sizes of a variant by the names that the second spec has for them, which it then declares too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import parse
from boxwork.graphs.graph import Composite, Graph
from boxwork.graphs.turning.proposing import words_in
from boxwork.specs.declared import node_at
from boxwork.specs.draft import Draft
from boxwork.specs.spec import Spec
from boxwork.specs.trees import Tree

Told = tuple[str, str]  # what a size is given for, and the number
EDITED = ("blocks", "swap", "insert", "set")


def named(draft: Draft, known: Mapping[str, Dim], spec: Spec, other: Graph) -> Draft:
    """The same variant with numbers called as in the second spec, and dims for new names.

    ``known`` are the dims of what the variant makes.
    """
    votes: dict[Told, Counter[str]] = {}
    for told, name in _sizes(other.root, spec, ""):
        if all(_usable(word.text, known, other) for word in parse(name).names()):
            votes.setdefault(told, Counter())[name] += 1
    names = {told: count.most_common(1)[0][0] for told, count in votes.items()}
    edited = {
        section: _renamed(part, "", names) if section in EDITED else part
        for section, part in draft.tree.items()
    }
    words = set(words_in([part for section, part in edited.items() if section in EDITED]))
    fresh: dict[str, Tree] = {
        name: str(dim) for name, dim in other.dims.items()
        if name in words and name not in known and not dim.free
    }  # fmt: skip
    return Draft(edited).plus({"dims": fresh}) if fresh else Draft(edited)


def _usable(word: str, known: Mapping[str, Dim], other: Graph) -> bool:
    """Whether a name means the same in both, or could."""
    dim = other.dims.get(word)
    return dim is not None and not dim.free and (word not in known or known[word].agrees(dim))


def _sizes(part: Composite, spec: Spec, before: str) -> Iterator[tuple[Told, str]]:
    """The sizes given in a graph, and how often boxes repeat, as names or of names."""
    for node in part.nodes.values():
        path = before + node.name
        place = node_at(spec, path) if node.count is not None else None
        if place is not None and place[1].repeat is not None:
            yield ("repeat", str(node.count)), place[1].repeat.text
        for inside in node.parts:
            for name, value in inside.settings.items():
                if isinstance(value, Dim) and not value.free and value.name.constant is None:
                    yield (name, str(value)), str(value.name)
            if isinstance(inside, Composite):
                yield from _sizes(inside, spec, f"{path}." if node.count is None else f"{path}.*.")


def _renamed(value: Tree, key: str, names: Mapping[Told, str]) -> Tree:
    if isinstance(value, Mapping):
        return {name: _renamed(item, name, names) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, key, names) for item in value]
    text = value if isinstance(value, str) else getattr(value, "text", "")
    return names.get((key, text), value)
