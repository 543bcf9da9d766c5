"""The edit `swap`: one block for another, at once and everywhere, block settings included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from boxwork.specs import library, marked
from boxwork.specs.diagnostics import Note, Reporter
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import wrong_shape
from boxwork.specs.lookup import declaration, settings_of
from boxwork.specs.spec import (
    BlockDecl,
    CompositeDecl,
    Given,
    NodeDecl,
    SettingDecl,
    Spec,
)


@dataclass(frozen=True)
class Swap:
    """One block for another, with the settings given for the new one."""

    old: marked.Scalar
    new: marked.Scalar
    given: Given = field(default_factory=dict)


def swap(spec: Spec, tree: marked.Mapping, reporter: Reporter) -> Spec:
    """Apply ``{LayerNorm: RMSNorm, GELU: {use: SiLU}}`` to everything the spec uses."""
    swaps = {key.text: made for key, value in tree.items if (made := _read(key, value, reporter))}
    swapper = _Swapper(spec, swaps)
    root = swapper.composite(spec.root)
    blocks = {name: swapper.block(decl) for name, decl in spec.blocks.items()}
    for old, made in swaps.items():
        if old not in swapper.hit:
            known = [*spec.blocks, *library.block_names()]
            reporter.error(
                "BW303",
                f"nothing in {spec.name} uses the block {old}",
                made.old.span,
                help="" if old in known else did_you_mean(old, known),
            )
    edited = spec.edited | frozenset(swapper.copies)
    return replace(spec, root=root, blocks=blocks | swapper.copies, edited=edited)


def _read(key: marked.Scalar, value: marked.Marked, reporter: Reporter) -> Swap | None:
    if isinstance(value, marked.Scalar):
        return Swap(key, value)
    use = value.get("use") if isinstance(value, marked.Mapping) else None
    if not isinstance(value, marked.Mapping) or not isinstance(use, marked.Scalar):
        wrong_shape(
            f"the swap of {key.text}",
            value,
            marked.Scalar,
            reporter,
            "the new block, or {use: …, with: {…}}",
        )
        return None
    given = value.get("with")
    pairs = given.items if isinstance(given, marked.Mapping) else ()
    return Swap(key, use, {k.text: (k, v) for k, v in pairs})


class _Swapper:
    """Rewrites declarations; catalogue composites that mention a swapped block are copied."""

    def __init__(self, spec: Spec, swaps: Mapping[str, Swap]) -> None:
        self.spec, self.swaps = spec, swaps
        self.hit: set[str] = set()
        self.told: list[Note] = []
        self.copies: dict[str, BlockDecl] = {}
        self._renamed: dict[str, str] = {}

    def block(self, decl: BlockDecl) -> BlockDecl:
        if isinstance(decl, CompositeDecl):
            return self.composite(decl)
        use, extra = self._use(decl.use, decl.closed, decl.name)
        return replace(decl, use=use, given=self._given(decl.given, use, extra, decl.closed))

    def composite(self, decl: CompositeDecl) -> CompositeDecl:
        settings, told = {}, {}
        for name, setting in decl.settings.items():
            self.told = []
            settings[name] = self._setting(setting, decl)
            told[name] = self.told
        nodes = {}
        for name, node in decl.nodes.items():
            self.told = list(told.get(node.use.text, ())) if node.use else []
            nodes[name] = self._node(node, decl)
        return replace(decl, nodes=nodes, settings=settings)

    def _setting(self, setting: SettingDecl, owner: CompositeDecl) -> SettingDecl:
        if setting.type.base != "block" or setting.default is None:
            return setting
        return replace(setting, default=self._value(setting.default, owner.closed))

    def _node(self, node: NodeDecl, owner: CompositeDecl) -> NodeDecl:
        use, extra = (None, None) if node.use is None else self._use(node.use, owner.closed)
        vary = {
            name: (key, replace(seq, items=tuple(self._value(i, owner.closed) for i in seq.items)))
            for name, (key, seq) in node.vary.items()
        }
        given = self._given(node.given, use, extra, owner.closed)
        edits = (*node.edits, *dict.fromkeys(self.told))
        return replace(node, use=use, given=given, vary=vary, edits=edits)

    def _given(
        self, given: Given, use: marked.Scalar | None, extra: Given | None, closed: bool
    ) -> Given:
        kept = {k: (key, self._value(value, closed)) for k, (key, value) in given.items()}
        if extra is None:
            return kept
        known = settings_of(self.spec.blocks, use.text, closed) if use else set()
        return {k: v for k, v in kept.items() if k in known} | dict(extra)

    def _value(self, value: marked.Marked, closed: bool) -> marked.Marked:
        """A setting's value: block names in it are swapped."""
        match value:
            case marked.Scalar():
                use, extra = self._use(value, closed)
                return _closure(use, dict(extra)) if extra else use
            case marked.Sequence(items=items):
                return replace(value, items=tuple(self._value(i, closed) for i in items))
            case marked.Mapping():
                return self._mapping(value, closed)

    def _mapping(self, value: marked.Mapping, closed: bool) -> marked.Mapping:
        use, given = value.get("use"), value.get("with")
        if not isinstance(use, marked.Scalar):
            return value
        new, extra = self._use(use, closed)
        pairs = given.items if isinstance(given, marked.Mapping) else ()
        found = self._given({k.text: (k, v) for k, v in pairs}, new, extra, closed)
        return _closure(new, found)

    def _use(
        self, use: marked.Scalar, closed: bool, preset: str = ""
    ) -> tuple[marked.Scalar, Given | None]:
        """The block that now stands where ``use`` stood, and the settings given with it."""
        found = self.swaps.get(use.text)
        if found is not None:
            self.hit.add(use.text)
            said = f"{use.text} was swapped for {found.new.text}"
            self.told.append(Note(said, found.old.span))
            return found.new, found.given
        decl = declaration(self.spec.blocks, use.text, closed, preset)
        if isinstance(decl, CompositeDecl) and decl is not self.spec.blocks.get(use.text):
            return replace(use, text=self._copy(use.text)), None
        return use, None

    def _copy(self, name: str) -> str:
        """The name of a catalogue composite, or of its copy if the swaps reach into it."""
        if name not in self._renamed:
            self._renamed[name] = name  # catalogue blocks never contain themselves
            decl = library.composite(name)
            assert decl is not None
            before, told = self.hit, self.told
            self.hit = set()
            made = self.composite(decl)
            changed = bool(self.hit) or _uses(made) != _uses(decl)
            self.hit |= before
            self.told = told
            if changed:
                self._renamed[name] = fresh_name(name, [*self.spec.blocks, *self.copies])
                self.copies[self._renamed[name]] = replace(made, name=self._renamed[name])
        return self._renamed[name]


def _uses(decl: CompositeDecl) -> list[str]:
    return [node.use.text if node.use else "" for node in decl.nodes.values()]


def fresh_name(name: str, taken: list[str]) -> str:
    """A name for an edited copy of a block: ``AddNorm2``."""
    used = {*taken, *library.block_names()}
    number = 2
    while f"{name}{number}" in used:
        number += 1
    return f"{name}{number}"


def _closure(use: marked.Scalar, given: Given) -> marked.Mapping:
    def key(text: str) -> marked.Scalar:
        return marked.Scalar(text, use.span)

    pairs: list[tuple[marked.Scalar, marked.Marked]] = [(key("use"), use)]
    if given:
        pairs.append((key("with"), marked.Mapping(tuple(given.values()), use.span)))
    return marked.Mapping(tuple(pairs), use.span)
