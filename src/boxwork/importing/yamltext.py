"""The text of a variant, as one would write it by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from boxwork.importing.family import Pieces, Value
from boxwork.specs.prose import WIDTH, prose


def variant(base: str, texts: Mapping[str, str], pieces: Pieces) -> str:
    """A spec that extends a base: what is said of it, then what is different."""
    lines = ["format: 1"]
    for key in ("name", "about", "extends", "source"):
        if text := base if key == "extends" else texts.get(key):
            lines += prose(key, text)
    tree = _tree(pieces)
    if tree:
        lines.append("")
    for section, parts in tree.items():
        lines += _section(section, parts)
    return "\n".join(lines) + "\n"


def _tree(pieces: Pieces) -> dict[str, Any]:
    """The pieces by section, in the order of a spec."""
    tree: dict[str, Any] = {}
    for section in ("dims", "settings", "toy", "blocks", "set"):
        for path, value in pieces.items():
            if path[0] == section:
                at = tree
                for step in path[:-1]:
                    at = at.setdefault(step, {})
                at[path[-1]] = value
    return tree


def _section(name: str, parts: dict[str, Value]) -> Iterator[str]:
    """Sizes side by side; blocks and edits one to a line."""
    if name in ("dims", "settings", "toy"):
        yield from _wrapped(f"{name}: {flow(parts)}", len(name) + 3)
        return
    yield f"{name}:"
    for key, value in parts.items():
        yield from _entry(key, value)


def _entry(key: str, value: Value) -> Iterator[str]:
    line = f"  {key}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict):
        yield line
        return
    yield f"  {key}:"
    for inner, one in value.items():
        yield from _wrapped(f"    {inner}: {flow(one)}", 8)


def _wrapped(line: str, indent: int) -> Iterator[str]:
    """A long line broken after commas; what follows stands deeper."""
    while len(line) > WIDTH and (cut := line.rfind(", ", 0, WIDTH)) > 0:
        yield line[: cut + 1]
        line = " " * indent + line[cut + 2 :]
    yield line


def flow(value: Value) -> str:
    """A value in braces and brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return shown(value)
    return str(value)


def shown(number: float) -> str:
    """A number without a point if it is whole, and without zeros in its power: 1e-6."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    short = re.sub(r"e([+-])0*", r"e\1", f"{number:g}").replace("e+", "e")
    return short if float(short) == number else repr(number)
