"""Specs that extend others: a base, new sizes and blocks, and edits on its graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Source, SpecError
from boxwork.specs.edits import Edits, SameType
from boxwork.specs.hints import closest, did_you_mean
from boxwork.specs.keys import Keys, text_of
from boxwork.specs.library import find, shown
from boxwork.specs.lookup import circular
from boxwork.specs.ports import read_dims, read_outputs, read_requirements, read_settings
from boxwork.specs.references import without_leftovers
from boxwork.specs.schema import (
    BASE_KEYS,
    EDITS,
    RESERVED,
    SPEC_TEXT,
    VARIANT_KEYS,
    check_format,
    interpretation,
    read_blocks,
    read_spec,
)
from boxwork.specs.sets import read_keywords, read_sets, said
from boxwork.specs.slips import mend
from boxwork.specs.source import mapping, near_file, read
from boxwork.specs.spec import CompositeDecl, DimDecl, SettingDecl, Spec
from boxwork.specs.swap import swap
from boxwork.specs.toy import at_toy, read_toy

MAX_CHAIN = 16


def read_any(
    target: str | Path | Source,
    sets: Sequence[str],
    keywords: Mapping[str, object],
    reporter: Reporter,
    same_type: SameType,
    *,
    toy: bool = False,
    go_on: bool = False,
) -> Spec:
    """Read a spec or a variant, at the sizes of its toy or its own, then edited from outside.

    The edits are those of keyword arguments, then those of ``--set``.
    A ``Source`` is a text that stands in no file yet; what it extends is looked up beside its name.
    ``same_type(spec, path)`` says whether a node gives the type it takes (it needs the
    wired graph, so it is handed in). To ``go_on`` is not to stop at errors that are confined to
    what they are about: whoever looks at the rest raises them.
    """
    given = read_sets(sets, reporter)
    sizes = {name: said(value) for name, value in keywords.items()}
    reader = _Reader(reporter, same_type, sizes | _sizes(given), toy)
    if isinstance(target, Source):
        spec = reader.take(mapping(target), Path(target.name), [])
    else:
        spec = reader.read(find(target), [])
    if spec is not None:
        mend(reporter, spec)
    reporter.raise_unconfined()
    assert spec is not None
    if toy:
        spec = at_toy(spec)
    named = read_keywords(keywords, spec, reporter)
    for tree, what in ((named, "the keywords"), (given, "--set")):
        if tree is not None:
            spec = reader.vary(
                spec, Keys(tree, VARIANT_KEYS, reporter, what, RESERVED), inherit=False
            )
    if not go_on:
        reporter.raise_errors()
    reporter.raise_unconfined()
    return spec


def vary(base: Spec, source: Source, reporter: Reporter, same_type: SameType) -> Spec:
    """A spec with the text of a variant laid over it, whatever that says it extends."""
    tree = mapping(source)
    keys = Keys(tree, VARIANT_KEYS, reporter, "a variant", RESERVED, BASE_KEYS)
    spec = _Reader(reporter, same_type, _sizes(tree), toy=False).vary(base, keys, inherit=True)
    reporter.raise_errors()
    return spec


def _sizes(tree: marked.Mapping | None, key: str = "dims") -> dict[str, str]:
    """The sizes that a variant, or the call, gives."""
    dims = tree.get(key) if tree is not None else None
    items = dims.items if isinstance(dims, marked.Mapping) else ()
    return {key.text: value.text for key, value in items if isinstance(value, marked.Scalar)}


@dataclass
class _Reader:
    reporter: Reporter
    same_type: SameType
    given: dict[str, str]  # the sizes that the call gives
    toy: bool
    _toys: dict[str, str] = field(default_factory=dict)  # those of the toys read so far
    _own: dict[str, str] = field(default_factory=dict)  # and those of the variants

    @property
    def final(self) -> dict[str, str]:
        """The sizes that are given above: edits below hold for those."""
        return self._own | self._toys | self.given

    def read(self, path: Path, chain: list[Path], via: str = "") -> Spec | None:
        """Read a file, and what it extends."""
        return self.take(read(path, shown(path), via), path, chain)

    def take(self, tree: marked.Mapping, path: Path, chain: list[Path]) -> Spec | None:
        """Go on from the text of a file."""
        if self.toy:
            self._toys = _sizes(tree, "toy") | self._toys
        extends = tree.get("extends")
        if extends is None:
            return read_spec(tree, self.reporter)
        keys = Keys(tree, VARIANT_KEYS, self.reporter, "a variant", RESERVED, BASE_KEYS)
        check_format(keys, self.reporter)
        self._own = _sizes(tree) | self._own
        base = self._base(keys, path, chain)
        if base is None:
            return None
        said = {key: text for key, text in base.text.items() if key != "special"}
        base = replace(base, text=said, extends=text_of(extends))
        return self.vary(base, keys, inherit=True)

    def _base(self, keys: Keys, path: Path, chain: list[Path]) -> Spec | None:
        named = keys.scalar("extends")
        if named is None:
            return None
        chain = [*chain, path.resolve()]
        try:
            target = find(named.text, path.parent)
        except SpecError as error:
            mend = error.diagnostics[0].help
            self.reporter.error(
                "BW301", f"there is no spec {named.text} to extend", named.span, help=mend
            )
            return None
        if target.resolve() in chain or len(chain) > MAX_CHAIN:
            way = " → ".join(p.stem for p in [*chain, target])
            self.reporter.error("BW302", f"specs that extend each other: {way}", named.span)
            return None
        if not _is_file(target):
            near = near_file(path.parent / named.text, path.name)
            mend = f"did you mean `{Path(named.text).with_name(near)}`?" if near else ""
            mend = mend or "a path beside this file, or a shipped name (`boxwork list specs`)"
            message = f"there is no spec {named.text} to extend"
            self.reporter.error("BW301", message, named.span, help=mend)
            return None
        return self.read(target, chain, f"extends: {named.text}")

    def vary(self, base: Spec, keys: Keys, *, inherit: bool) -> Spec:
        """Apply a variant to its base."""
        spec = self._declared(base, keys)
        if inherit:
            names = (
                frozenset(base.root.dims) | frozenset(base.blocks) | frozenset(base.root.settings)
            )
            spec = replace(spec, inherited=names)
        if any(edit in keys for edit in EDITS) and not circular(spec):
            spec = self._edited(spec, keys)
        interpret = keys.mapping("interpret")
        if interpret is None:
            return spec
        merged = _merged(base.interpret, interpret)
        found = interpretation(merged, spec.root, self.reporter)
        return replace(spec, interpret=merged, interpretation=found)

    def _declared(self, base: Spec, keys: Keys) -> Spec:
        root = base.root
        dims = read_dims(keys.mapping("dims"), self.reporter, free=True)
        settings = self._settings(keys, root)
        outputs = read_outputs(keys.mapping("outputs"), self.reporter)
        require = read_requirements(keys.get("require"), self.reporter)
        blocks = read_blocks(keys.mapping("blocks"), self.reporter)
        texts = {key: text_of(keys.get(key)) or base.text.get(key, "") for key in SPEC_TEXT}
        self._known_dims(keys, dims, root)
        root = replace(
            root,
            outputs=dict(root.outputs) | outputs,
            dims=dict(root.dims) | dims,
            settings=dict(root.settings) | settings,
            require=(*root.require, *require),
        )
        toy = read_toy(keys.mapping("toy"), root.dims, self.reporter)
        return replace(
            base,
            toy=dict(base.toy) | toy,
            name=texts["name"] or base.name,
            root=root,
            blocks=dict(base.blocks) | blocks,
            text={key: text for key, text in texts.items() if text},
        )

    def _known_dims(self, keys: Keys, dims: Mapping[str, DimDecl], root: CompositeDecl) -> None:
        """From the command line only dims that are there can be set."""
        for name, decl in dims.items() if keys.what == "--set" else ():
            if name not in root.dims:
                self._unknown("dim", marked.Scalar(name, decl.span), root.dims)

    def _unknown(self, what: str, name: marked.Scalar, known: Iterable[str]) -> None:
        message = f"the spec has no {what} `{name.text}`"
        self.reporter.error("BW108", message, name.span, help=did_you_mean(name.text, known))

    def _settings(self, keys: Keys, root: CompositeDecl) -> dict[str, SettingDecl]:
        """New settings, or just a new value for one that the base declares."""
        tree = keys.mapping("settings")
        new, found = [], {}
        for key, value in tree.items if tree else ():
            known = root.settings.get(key.text)
            typed = isinstance(value, marked.Scalar) and "=" in value.text
            if known is None and not typed and keys.what == "--set":
                self._unknown("setting", key, root.settings)
            elif known is None and not typed and (near := closest(key.text, root.settings)):
                message = f"the base has no setting `{key.text}`, and a new one needs a type"
                mend = f"did you mean `{near}`? a new one is written `{key.text}: TYPE = VALUE`"
                self.reporter.error("BW108", message, key.span, help=mend)
            elif known is None or typed:
                new.append((key, value))
            else:
                found[key.text] = replace(known, default=value)
        if new and tree is not None:
            found |= read_settings(marked.Mapping(tuple(new), tree.span), self.reporter)
        return found

    def _edited(self, spec: Spec, keys: Keys) -> Spec:
        before = spec
        if "swap" in keys and (tree := keys.mapping("swap")) is not None:
            spec = swap(spec, tree, self.reporter)
        edits = Edits(spec, self.reporter, self.same_type, self.final)
        edits.remove(keys.get("remove"))
        edits.insert(keys.get("insert"))
        edits.set(keys.mapping("set"))
        return without_leftovers(edits.spec, before)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _merged(base: marked.Mapping | None, new: marked.Mapping) -> marked.Mapping:
    if base is None:
        return new
    kept = tuple((k, v) for k, v in base.items if new.get(k.text) is None)
    return marked.Mapping((*kept, *new.items), new.span)
