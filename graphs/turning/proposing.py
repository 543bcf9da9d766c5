"""How proposals are written: pieces of a variant, with the names that mean something there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from boxwork.graphs.graph import Composite, Part
from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.spelled import Speller, blocks_of, presets_of
from boxwork.specs.declared import named_blocks, node_at
from boxwork.specs.draft import SECTIONS, Draft
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import PresetDecl
from boxwork.specs.swap import fresh_name
from boxwork.specs.trees import Tree, block_tree, flowing
from boxwork.specs.write import flow

PLACES = ("node", "after", "before")  # what says where something is taken out or put in
Piece = Mapping[str, Tree]
Proposals = Iterator[list[Piece]]  # those of one list are alternatives
Drafts = Iterator[list[Draft]]


def path_of(path: str, now: Attempt) -> str:
    """A path as an edit writes it: all copies where there is one; else which copy it is stays."""
    made: list[str] = []
    part: Part = now.graph.root
    node = None
    for step in path.split("."):
        if step.isdigit() or step == "*":
            made.append("*" if node is not None and node.count == 1 else step)
            continue
        made.append(step)
        node = part.nodes.get(step) if isinstance(part, Composite) else None
        part = node.part if node is not None else part
    return ".".join(made)


def of_all_copies(piece: Piece) -> Piece:
    """A piece that edits all copies where it edited one."""
    return {
        name: _of_all(part) if name in ("remove", "insert", "set") else part
        for name, part in piece.items()
    }


def _of_all(part: Tree) -> Tree:
    if isinstance(part, Mapping):  # what is set
        return {_starred(path): item for path, item in part.items()}
    if not isinstance(part, list):
        return part
    made: list[Tree] = [
        {k: _starred(v) if isinstance(v, str) and k in PLACES else v for k, v in one.items()}
        if isinstance(one, Mapping) else _starred(str(one))
        for one in part
    ]  # fmt: skip
    return [one for k, one in enumerate(made) if one not in made[:k]]


def _starred(path: str) -> str:
    return ".".join("*" if step.isdigit() else step for step in path.split("."))


def setting(path: str, piece: Mapping[str, Tree], now: Attempt) -> Piece:
    """A piece laid over a node."""
    return {"set": {path_of(path, now): piece}}


def differs(now: Attempt, path: str) -> bool:
    """Whether a box, or anything in it, is still different."""
    return any(_at(path, change.a) for change in now.comparison.changes)


def lacking(now: Attempt, path: str) -> bool:
    """Whether a box of the second graph, or anything in it, is not there yet."""
    return any(_at(path, change.b) for change in now.comparison.changes)


def _at(path: str, found: str) -> bool:
    return found == path or found.startswith(f"{path}.")


def unswapped(draft: Draft) -> Draft:
    """A draft without its swaps: with a block given anew there may be nothing to swap."""
    return draft.only(*(name for name in SECTIONS if name != "swap"))


def speller(now: Attempt, path: str, goal: Goal, other: str = "") -> Speller:
    """Spells what a node at a path may say, like the one at ``other`` in the second spec.

    Dims and presets go by name if the block sees them.
    """
    place = node_at(now.spec, path)
    if path and (place is None or place[0].closed):
        return Speller()
    texts = _numbers(goal, other, now) if other else {}
    return Speller(now.graph.dims, presets_of(now.spec), texts)


def _numbers(goal: Goal, path: str, now: Attempt) -> dict[str, str]:
    """Numbers that were written with names (``sqrt(d_model)``) which mean the same in both."""
    place = node_at(goal.spec, path)
    if place is None or place[0].closed:
        return {}
    owner, node = place
    given = dict(node.given)
    block = goal.spec.blocks.get(node.use.text) if node.use is not None else None
    if isinstance(block, PresetDecl):
        given = dict(block.given) | given
    ours, theirs = now.graph.dims, goal.graph.dims
    same = {n for n, dim in ours.items() if n in theirs and dim.agrees(theirs[n])}
    found: dict[str, str] = {}
    for name, (_, value) in given.items():
        if isinstance(value, Scalar) and "(" in value.text:
            words = set(words_in(value)) - {"sqrt", "log", "min", "max"}
            names = {word for word in words if not word.isdigit()}
            if names <= same - set(owner.settings):
                found[name] = value.text
    return found


def with_blocks(piece: Piece, names: Iterable[str], now: Attempt, goal: Goal) -> Piece:
    """A piece with the blocks of the second spec that it names, and the sizes that all name."""
    names = set(names)
    found = named_blocks(goal.spec, names)
    given = {
        name: block_tree(block) for name, block in found.items()
        if name not in now.spec.blocks
        or flowing(block_tree(now.spec.blocks[name])) != flowing(block_tree(block))
    }  # fmt: skip
    words = names | {word for one in given.values() for word in words_in(one)}
    made: dict[str, Tree] = {**piece, "blocks": given} if given else {**piece}
    settings = goal.spec.root.settings
    dims = [n for n in goal.spec.root.dims if not goal.graph.dims[n].free]  # those the wires bind
    fresh = {
        n: f"{settings[n].type} = {flow(default)}"
        for n in settings if n in words and n not in now.spec.root.settings
        and (default := settings[n].default) is not None
    }  # fmt: skip
    words |= {word for text in fresh.values() for word in words_in(text)}
    if more := {n: str(goal.graph.dims[n]) for n in dims if n in words - set(now.graph.dims)}:
        made["dims"] = more
    return made | ({"settings": dict(fresh)} if fresh else {})


def apart(piece: Piece, now: Attempt, goal: Goal) -> Iterator[Piece]:
    """A piece, and the same with names of its own for blocks that the first spec has otherwise."""
    yield piece
    blocks = piece.get("blocks", {})
    assert isinstance(blocks, Mapping)
    taken = [*goal.base.blocks, *now.spec.blocks]
    fresh = {name: fresh_name(name, [*taken, *blocks]) for name in blocks if name in taken}
    if fresh:
        made = _renamed(piece, fresh)
        assert isinstance(made, Mapping)
        named = made["blocks"]
        assert isinstance(named, Mapping)
        yield {**made, "blocks": {fresh.get(name, name): one for name, one in named.items()}}


def _renamed(value: Tree, names: Mapping[str, str]) -> Tree:
    """A tree in which blocks go by other names."""
    if isinstance(value, Mapping):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, names) for item in value]
    text = value if isinstance(value, str) else getattr(value, "text", "")
    return names.get(text, value)


def words_in(value: Tree) -> Iterator[str]:
    """All names in a tree."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from words_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from words_in(item)
    else:
        text = value if isinstance(value, str) else getattr(value, "text", "")
        yield from "".join(c if c.isalnum() or c == "_" else " " for c in text).split()


def own_blocks(part: Part) -> list[str]:
    """The blocks that a node's block and its settings name."""
    return [part.name, *(n for value in part.settings.values() for n in blocks_of(value))]
