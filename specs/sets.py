"""Edits from outside a file: ``--set dims.layers=2`` and keyword arguments, as a variant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Source, Span, SpecError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.nodes import NODE_KEYS
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
Entry = tuple[list[marked.Scalar], marked.Marked]


def read_sets(sets: Sequence[str], reporter: Reporter) -> marked.Mapping | None:
    """All ``--set`` flags as one tree, as if they stood in a variant."""
    entries = [entry for text in sets if (entry := _entry(text, reporter)) is not None]
    return _tree(entries) if entries else None


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
    return _tree(entries) if entries else None


def said(value: object) -> str:
    """The value of a keyword as a spec would say it."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entry(text: str, reporter: Reporter) -> Entry | None:
    source = Source("--set", text)
    path, equals, _ = text.partition("=")
    whole = Span(source, 0, max(len(text), 1))
    if not equals or not path.strip():
        reporter.error(
            "BW101", "an edit is written PATH=VALUE", whole, help="for example --set dims.layers=2"
        )
        return None
    keys = list(_keys(path, source))
    if keys[0].text not in SECTIONS:
        reporter.error(
            "BW101",
            f"there is no edit `{keys[0].text}`",
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
    if section == "set":
        cut = next((i for i, part in enumerate(parts) if i and part in NODE_KEYS), len(parts))
        parts = [".".join(parts[:cut]), *parts[cut:]]
    elif section == "swap":
        parts = [rest]
    for part in parts:
        yield marked.Scalar(part, Span(source, place, place + len(part)))
        place += len(part) + 1


def _tree(entries: list[Entry]) -> marked.Mapping:
    """Nest the entries; a later one wins over an earlier one of the same path."""
    span = entries[0][0][0].span
    groups: dict[str, tuple[marked.Scalar, list[Entry]]] = {}
    for (key, *rest), value in entries:
        groups.setdefault(key.text, (key, []))[1].append((rest, value))
    items = []
    for key, inner in groups.values():
        ends = [value for rest, value in inner if not rest]
        deeper = [(rest, value) for rest, value in inner if rest]
        items.append((key, ends[-1] if ends or not deeper else _tree(deeper)))
    return marked.Mapping(tuple(items), span)
