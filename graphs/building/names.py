"""What the name of a block means: a setting's, the spec's own, or the catalogue's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from boxwork.blocks.catalogue import primitives
from boxwork.graphs.building.definitions import BlockValue, Definition, described
from boxwork.graphs.building.scope import Scope
from boxwork.specs import library, marked
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import SNAKE
from boxwork.specs.spec import BlockDecl, Given, PresetDecl

MAX_PRESETS = 24


class BlockNames:
    """Finds blocks by name; ``given`` lays the settings of a preset over its block."""

    def __init__(
        self,
        blocks: Mapping[str, BlockDecl],
        root: Scope,
        given: Callable[[Given, BlockValue, Scope, str], BlockValue],
    ) -> None:
        self.blocks, self.root, self._given = blocks, root, given
        self.used: set[str] = set()
        self._presets: dict[str, BlockValue] = {}
        self._composites: dict[str, BlockValue] = {}  # the spec's own
        self._plain: dict[str, BlockValue] = {}  # the catalogue's
        self._busy: list[str] = []

    def block(self, use: marked.Scalar, scope: Scope) -> BlockValue | None:
        """The block that a name stands for: a setting's, the spec's own, the catalogue's."""
        name = use.text
        if name == "none":
            return None
        if SNAKE.match(name) and scope.declares(name):
            value = scope.get(name)
            if value is None or isinstance(value, BlockValue):
                return value
            scope.trail.fail(
                "BW110",
                f"`{name}` is {described(value)}, not a block",
                use.span,
                help="`use` takes a block, or a setting of type block",
            )
        closed = scope.outer is None and not scope.root
        for found in (self._catalogue, self._own) if closed else (self._own, self._catalogue):
            block = found(name, scope)
            if block is not None:
                return block
        known = [*self.blocks, *library.block_names()]
        known += [s for s, decl in scope.settings.items() if decl.type.base == "block"]
        mend = did_you_mean(name, known) or "`boxwork list blocks` shows those of the catalogue"
        scope.trail.fail("BW110", f"no block is named `{name}`", use.span, help=mend)

    def _catalogue(self, name: str, scope: Scope) -> BlockValue | None:
        if name not in self._plain:
            decl, primitive = library.composite(name), primitives().get(name)
            if decl is None and primitive is None:
                return None
            defined = Definition(name, None if decl is not None else primitive, decl)
            self._plain[name] = BlockValue(defined, (), name)
        return self._plain[name]

    def _own(self, name: str, scope: Scope) -> BlockValue | None:
        decl = self.blocks.get(name)
        if decl is None:
            return None
        self.used.add(name)
        if not isinstance(decl, PresetDecl):
            if name not in self._composites:
                self._composites[name] = BlockValue(Definition(name, composite=decl), (), name)
            return self._composites[name]
        if name in self._busy:
            way = " → ".join([*self._busy[self._busy.index(name) :], name])
            scope.trail.fail("BW207", f"a block that contains itself: {way}", decl.span)
        if len(self._busy) >= MAX_PRESETS:
            way = " → ".join([*self._busy[:4], "…"])
            scope.trail.fail("BW207", f"presets nested {MAX_PRESETS} deep: {way}", decl.span)
        if name not in self._presets:
            self._presets[name] = self._preset(decl, scope)
        return self._presets[name]

    def _preset(self, decl: PresetDecl, scope: Scope) -> BlockValue:
        inside = Scope(scope.trail, {}, {}) if decl.closed else self.root
        self._busy.append(decl.name)
        try:
            if decl.use.text == decl.name:
                base = self._catalogue(decl.name, inside)  # a preset may refine its namesake
            else:
                base = self.block(decl.use, inside)
            if base is None:
                message = f"`{decl.use.text}` is no block to fill in"
                scope.trail.fail("BW110", message, decl.use.span)
            return replace(self._given(decl.given, base, inside, decl.name), used=decl.name)
        finally:
            self._busy.pop()
