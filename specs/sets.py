"""Edits from outside a file: ``--set dims.layers=2`` and keyword arguments, as a variant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Source, Span, SpecError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.nodes import NODE_KEYS
from boxwork.specs.slips import UNKNOWN
from boxwork.specs.source import parse
from boxwork.specs.spec import Spec

SECTIONS = (
    "dims",
    "settings",
    "swap",
    "remove",
    "insert",
    "set",
    "require",
    "name",
    "about",
    "interpret",
    "blocks",
)
LISTS = ("remove", "insert", "require")
Entry = tuple[list[marked.Scalar], marked.Marked]


def read_sets(sets: Sequence[str], reporter: Reporter) -> marked.Mapping | None:
    """All ``--set`` flags as one tree, as if they stood in a variant."""
    entries = [entry for text in sets if (entry := _entry(text, reporter)) is not None]
    return _tree(entries, reporter) if entries else None


def read_keywords(
    keywords: Mapping[str, object], spec: Spec, reporter: Reporter
) -> marked.Mapping | None:
    """Keyword arguments such as ``layers=2``: new values for dims and settings."""
    entries: list[Entry] = []
    for name, value in keywords.items():
        written = said(value)
        source = Source(f"{name}={written}", f"{name}={written}")
        key = marked.Scalar(name, Span(source, 0, len(name)))
        section = "dims" if name in spec.root.dims else "settings"
        if name not in spec.root.dims and name not in spec.root.settings:
            known = [*spec.root.dims, *spec.root.settings]
            reporter.error(
                "BW108",
                f"{spec.name} has no dim or setting `{name}`",
                key.span,
                help=did_you_mean(name, known),
            )
            continue
        text = marked.Scalar(written, Span(source, len(name) + 1, len(source.text)))
        entries.append(([marked.Scalar(section, key.span), key], text))
    return _tree(entries, reporter) if entries else None


def said(value: object) -> str:
    """The value of a keyword as a spec would say it."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entry(text: str, reporter: Reporter) -> Entry | None:
    source = Source("--set", text)
    path, equals, value = text.partition("=")
    whole = Span(source, 0, max(len(text), 1))
    if not equals or not path.strip():
        reporter.error(
            "BW101", "an edit is written PATH=VALUE", whole, help="for example --set dims.layers=2"
        )
        return None
    if not value.strip():
        label = f"`{path.strip()}` is given no value"
        mend = "write one after the =, or none: --set dims.layers=2"
        reporter.error("BW101", label, whole, help=mend)
        return None
    keys = list(_keys(path, source))
    if keys[0].text not in SECTIONS:
        reporter.error(
            "BW101",
            f"{UNKNOWN} `{keys[0].text}`",
            keys[0].span,
            help=did_you_mean(keys[0].text, SECTIONS),
        )
        return None
    try:
        return keys, parse(source, len(path) + 1)
    except SpecError as error:
        for diagnostic in error.diagnostics:
            reporter.add(diagnostic)
        return None


def _keys(path: str, source: Source) -> Iterator[marked.Scalar]:
    """The path of an edit: for `set` the node's path stays in one piece."""
    section, _, rest = path.partition(".")
    yield marked.Scalar(section, Span(source, 0, len(section)))
    place = len(section) + 1
    parts = rest.split(".") if rest else []
    if section == "set" and parts:
        cut = next((i for i, part in enumerate(parts) if i and part in NODE_KEYS), len(parts))
        parts = [".".join(parts[:cut]), *parts[cut:]]
    elif section == "swap" and parts:
        parts = [rest]
    for part in parts:
        yield marked.Scalar(part, Span(source, place, place + len(part)))
        place += len(part) + 1


def _tree(entries: list[Entry], reporter: Reporter) -> marked.Mapping:
    """All entries as one mapping; a later one wins over an earlier one of the same path."""
    tree: marked.Mapping | None = None
    for (section, *keys), value in entries:
        old = tree.get(section.text) if tree is not None else None
        if keys and isinstance(old, marked.Scalar | marked.Sequence):
            reporter.error(
                "BW101",
                f"`{section.text}` is given whole before, and now in part",
                section.span,
                help="write it in one --set",
            )
            continue
        if not keys and section.text in LISTS and old is not None:
            new: marked.Marked = marked.Sequence((*_items(old), *_items(value)), section.span)
        else:
            new = _laid(old, keys, value, deep=section.text in ("dims", "settings", "set"))
        tree = _with(tree, section, new)
    assert tree is not None
    return tree


def _laid(
    old: marked.Marked | None, keys: Sequence[marked.Scalar], value: marked.Marked, *, deep: bool
) -> marked.Marked:
    """What stands at a path, with a value put in further down it; mappings are merged."""
    inside = old if isinstance(old, marked.Mapping) else None
    if keys:
        key, *rest = keys
        below = inside.get(key.text) if inside else None
        if not rest and not deep:  # a whole block, a whole meaning
            return _with(inside, key, value)
        return _with(inside, key, _laid(below, rest, value, deep=deep))
    if inside is None or not isinstance(value, marked.Mapping):
        return value
    merged = inside
    for key, item in value.items:
        new = _laid(inside.get(key.text), (), item, deep=deep) if deep else item
        merged = _with(merged, key, new)
    return merged


def _with(tree: marked.Mapping | None, key: marked.Scalar, value: marked.Marked) -> marked.Mapping:
    """A mapping with one entry more, or another value in the place of the old one."""
    items = tree.items if tree is not None else ()
    span = tree.span if tree is not None else key.span
    if all(k.text != key.text for k, _ in items):
        return marked.Mapping((*items, (key, value)), span)
    return marked.Mapping(
        tuple((key, value) if k.text == key.text else (k, v) for k, v in items), span
    )


def _items(value: marked.Marked) -> tuple[marked.Marked, ...]:
    return value.items if isinstance(value, marked.Sequence) else (value,)
