"""What the name of a block stands for: a block of the spec's own, or one of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives
from boxwork.blocks.types import parse_ports
from boxwork.specs import library, marked
from boxwork.specs.keys import SNAKE
from boxwork.specs.spec import BlockDecl, CompositeDecl, NodeDecl, PresetDecl, Spec

MAX_PRESETS = 24

Blocks = Mapping[str, BlockDecl]
Primitive = type[Block]


def declaration(
    blocks: Blocks, name: str, closed: bool, preset: str = ""
) -> BlockDecl | Primitive | None:
    """The declaration that a name stands for, None if there is none.

    ``closed``: where the name is written only the catalogue is seen (but for copies that
    edits made). ``preset``: the name is written in this preset, which may refine its
    namesake: then it is the catalogue's.
    """
    own = blocks.get(name) if name != preset else None
    listed = library.composite(name) or primitives().get(name)
    return (listed or own) if closed else (own or listed)


def presets(
    blocks: Blocks, name: str, closed: bool, preset: str = ""
) -> Iterator[BlockDecl | Primitive]:
    """The presets that a name stands for, one filling in the next, and what the last fills in."""
    for _ in range(MAX_PRESETS + 1):
        decl = declaration(blocks, name, closed, preset)
        if decl is None:
            return
        yield decl
        if not isinstance(decl, PresetDecl):
            return
        preset, name, closed = decl.name, decl.use.text, decl.closed


def base(
    blocks: Blocks, name: str, closed: bool, preset: str = ""
) -> CompositeDecl | Primitive | None:
    """The block that a name stands for at last, presets looked through."""
    *_, last = (None, *presets(blocks, name, closed, preset))
    return None if isinstance(last, PresetDecl) else last


def circular(spec: Spec) -> bool:
    """Whether presets fill in each other, so that nothing stands at the end (reported later)."""
    chains = (tuple(presets(spec.blocks, name, closed=False)) for name in spec.blocks)
    return any(len(chain) > MAX_PRESETS for chain in chains)


def settings_of(blocks: Blocks, name: str, closed: bool, preset: str = "") -> set[str]:
    """The settings that a block declares."""
    found = base(blocks, name, closed, preset)
    if isinstance(found, CompositeDecl):
        return set(found.settings)
    return {setting.name for setting in found.settings()} if found else set()


def inputs_of(found: CompositeDecl | Primitive) -> list[str]:
    """The names of the inputs of a block."""
    if isinstance(found, CompositeDecl):
        return list(found.inputs)
    return [port.name for port in found.inputs()]


def takes_input(spec: Spec, node: NodeDecl, closed: bool) -> bool | None:
    """Whether the node above feeds this one if nothing is written.

    None if that depends on which block a setting holds.
    """
    found = standing(spec, node.use.text, closed) if node.use is not None else []
    takes = {block is None or bool(inputs_of(block)) for block in found} or {True}
    return None if len(takes) > 1 else takes.pop()


def first_output(spec: Spec, node: NodeDecl, closed: bool) -> str:
    """The name of the first output of a node's block; empty if settings decide it."""
    uses = [node.use] if "use" not in node.vary else node.vary["use"][1].items
    names = set()
    for use in uses:
        text = use.text if isinstance(use, marked.Scalar) else "none"
        for found in standing(spec, text, closed) if text != "none" else ():
            if isinstance(found, CompositeDecl):
                names.add(next(iter(found.outputs), ""))
            elif found is not None:
                port = parse_ports(found.ports)[1][0]
                names.add(_first_part(spec, node, text, closed) if port.many else port.name)
    return names.pop() if len(names) == 1 else ""


def _first_part(spec: Spec, node: NodeDecl, use: str, closed: bool) -> str:
    """The first output of a block whose outputs are named by its `sizes`."""
    chain = presets(spec.blocks, use, closed)
    given = [node.given, *(decl.given for decl in chain if isinstance(decl, PresetDecl))]
    sizes = next((held["sizes"][1] for held in given if "sizes" in held), None)
    match sizes:
        case marked.Mapping(items=((key, _), *_)):
            return key.text
        case marked.Sequence():
            return "0"
    return ""


def standing(spec: Spec, use: str, closed: bool) -> list[CompositeDecl | Primitive | None]:
    """The blocks that may stand where ``use`` is written: one, or all that a setting holds."""
    if use == "none" or not SNAKE.match(use):
        return [base(spec.blocks, use, closed)]
    found, settings, waiting = {}, set(), [use]
    while waiting:
        setting = waiting.pop()
        if setting not in settings:
            settings.add(setting)
            for name, inside in _held(spec, setting):
                if name != "none" and SNAKE.match(name):
                    waiting.append(name)
                else:
                    found[name, inside] = base(spec.blocks, name, inside)
    return list(found.values())


def _held(spec: Spec, setting: str) -> Iterator[tuple[str, bool]]:
    """The names of blocks that are given anywhere for settings of a name."""
    for owner in (spec.root, *spec.blocks.values()):
        values: list[tuple[str, marked.Marked]] = []
        if isinstance(owner, PresetDecl):
            values += ((name, value) for name, (_, value) in owner.given.items())
        else:
            values += ((s.name, s.default) for s in owner.settings.values() if s.default)
            for node in owner.nodes.values():
                values += ((name, value) for name, (_, value) in node.given.items())
                values += (
                    (name, item) for name, (_, items) in node.vary.items() for item in items.items
                )
        for name, value in values:
            yield from ((text, owner.closed) for text in _blocks_in(name, value, setting))


def _blocks_in(name: str, value: marked.Marked, setting: str) -> Iterator[str]:
    """The block that a value is, if it is given for this setting; and those given inside."""
    use = value.get("use") if isinstance(value, marked.Mapping) else value
    if name == setting and isinstance(use, marked.Scalar):
        yield use.text
    given = value.get("with") if isinstance(value, marked.Mapping) else None
    if isinstance(given, marked.Mapping):
        for key, inner in given.items:
            yield from _blocks_in(key.text, inner, setting)
