"""Which blocks a spec names, and how often: edited copies that nothing names any more go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from boxwork.specs import marked
from boxwork.specs.keys import CAMEL
from boxwork.specs.spec import BlockDecl, CompositeDecl, Spec


def references(spec: Spec) -> Counter[str]:
    """How often each block is named, in nodes, presets and settings."""
    found = Counter(_in_block(spec.root))
    for block in spec.blocks.values():
        found.update(_in_block(block))
    return found


def named(block: BlockDecl) -> set[str]:
    """The blocks that one names."""
    return set(_in_block(block))


def _in_block(block: BlockDecl) -> Iterator[str]:
    if not isinstance(block, CompositeDecl):
        if block.use.text != block.name:  # else it refines its namesake of the catalogue
            yield block.use.text
        for _, value in block.given.values():
            yield from _in_value(value)
        return
    for setting in block.settings.values():
        if setting.default is not None:
            yield from _in_value(setting.default)
    for node in block.nodes.values():
        if node.use is not None and "use" not in node.vary:
            yield node.use.text
        for _, value in [*node.given.values(), *node.vary.values()]:
            yield from _in_value(value)


def _in_value(value: marked.Marked) -> Iterator[str]:
    match value:
        case marked.Scalar(text=text):
            if CAMEL.match(text):
                yield text
        case marked.Sequence(items=items):
            for item in items:
                yield from _in_value(item)
        case marked.Mapping(items=pairs):
            for _, item in pairs:
                yield from _in_value(item)


def without_leftovers(spec: Spec, before: Spec) -> Spec:
    """The spec without the blocks that an edit replaced: named before, and no more."""
    own = references(before)
    while True:
        named = references(spec)
        gone = {n for n in spec.blocks if not named[n] and (own[n] or n in spec.edited)}
        if not gone:
            return spec
        blocks = {name: block for name, block in spec.blocks.items() if name not in gone}
        spec = replace(spec, blocks=blocks, edited=spec.edited - gone)
