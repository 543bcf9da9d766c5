"""Values and blocks of a checked graph, spelled as a variant of another spec would write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import show
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.graph import Part
from boxwork.specs import library
from boxwork.specs.keys import SNAKE
from boxwork.specs.spec import CompositeDecl, PresetDecl, Spec
from boxwork.specs.trees import Tree, flowing, given_tree


@dataclass(frozen=True)
class Speller:
    """Spells values as they may be written at one place of a spec.

    ``dims`` may be called by name there, and ``presets`` stand for what they fill in;
    ``texts`` say how a number was written, if its names mean the same here.
    """

    dims: Mapping[str, Dim] = field(default_factory=dict)
    presets: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def value(self, value: object) -> Tree:
        """A setting's value."""
        if isinstance(value, Dim):
            return self._size(value)
        if isinstance(value, BlockValue):
            return self.block(value)
        if isinstance(value, tuple):
            if value and all(isinstance(one, tuple) and len(one) == 2 for one in value):
                return {name: self.value(one) for name, one in value}
            return [self.value(one) for one in value]
        if isinstance(value, float):  # 1e-5, as people write it
            return re.sub(r"e\+?(-?)0*", r"e\1", show(value))
        return show(value)

    def _size(self, size: Dim) -> str:
        text = str(size.name)
        if SNAKE.match(text) and text in self.dims and self.dims[text].agrees(size):
            return text
        return str(size)

    def block(self, block: BlockValue) -> Tree:
        """A block and what is given with it; its name alone if that is nothing."""
        name = block.definition.name
        usual = usual_of(name)
        settings = {key: self.value(one) for key, one in block.given}
        given = {key: one for key, one in settings.items() if usual.get(key) != one}
        plain = [(key, Speller().value(one)) for key, one in block.given if key in given]
        known = self.presets.get(told(name, plain))
        return known or ({"use": name, "with": given} if given else name)

    def setting(self, name: str, value: object) -> Tree:
        """The value of one setting of a node."""
        return self.texts[name] if name in self.texts else self.value(value)

    def use(self, part: Part) -> dict[str, Tree]:
        """A node's block and its settings: all that are not what the block takes by itself."""
        usual = usual_of(part)
        plain = {n: Speller().value(v) for n, v in part.settings.items()}
        more = {n: text for n, text in plain.items() if usual.get(n) != text}
        known = self.presets.get(told(part.name, more.items()))
        if known:
            return {"use": known}
        given: Tree = {n: self.setting(n, part.settings[n]) for n in more}
        made: dict[str, Tree] = {"use": part.name}
        return made | {"with": given} if given else made


def told(name: str, given: Iterable[tuple[str, Tree]]) -> str:
    """A block and its settings in words that are the same however they were written."""
    return f"{name} {sorted((key, _plain(value)) for key, value in given)}"


def _plain(value: Tree) -> str:
    text = flowing(value)
    try:
        return repr(float(text))
    except ValueError:
        return text


def presets_of(spec: Spec) -> dict[str, str]:
    """What the spec's own presets fill in, in words, and their names."""
    found: dict[str, str] = {}
    for name, block in spec.blocks.items():
        if isinstance(block, PresetDecl) and block.use.text not in spec.blocks:
            usual = usual_of(block.use.text)
            given = {k: _plain(v) for k, v in given_tree(block.given).items()}
            more = [(k, v) for k, v in given.items() if _plain(usual.get(k, "")) != v]
            found.setdefault(told(block.use.text, more), name)
    return found


def usual_of(block: Part | str) -> Mapping[str, Tree]:
    """The defaults of a block that are the same everywhere."""
    name = block if isinstance(block, str) else block.name
    primitive, decl = primitives().get(name), library.composite(name)
    if primitive is not None:
        return usual_primitive(primitive)
    return usual_composite(decl) if decl is not None else {}


def usual_primitive(block: type[Block]) -> dict[str, Tree]:
    """The defaults of a primitive, spelled."""
    return {s.name: show(s.default) for s in block.settings() if not s.required}


def usual_composite(decl: CompositeDecl) -> dict[str, Tree]:
    """The defaults of a composite as they are written, but for those that are computed."""
    words = {"none", "true", "false"}
    texts = {s.name: getattr(s.default, "text", "") for s in decl.settings.values()}
    return {
        name: text for name, text in texts.items()
        if text in words | set(decl.settings[name].type.choices) or text[:1].isdigit()
        or decl.settings[name].type.base == "block"
    }  # fmt: skip


def blocks_of(value: object) -> list[str]:
    """The names of blocks in a setting's value, those given to blocks too."""
    if isinstance(value, BlockValue):
        inner = [name for _, one in value.given for name in blocks_of(one)]
        return [value.definition.name, *inner]
    if isinstance(value, tuple):
        return [name for one in value for name in blocks_of(one)]
    return []
