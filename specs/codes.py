"""The codes of diagnostics: what each means, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent

from boxwork.specs import marked
from boxwork.specs.source import read

GROUPS = {
    "BW0": "reading the text of a spec",
    "BW1": "the language",
    "BW2": "the graph",
    "BW3": "variants",
    "BW4": "input at run time",
    "BW5": "weights, files, counting and sweeps",
    "BW9": "warnings",
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code: a short title, an explanation, a wrong example and its mending."""

    code: str
    title: str
    why: str
    wrong: str
    right: str

    @property
    def group(self) -> str:
        return GROUPS[self.code[:3]]


@cache
def codes() -> Mapping[str, Code]:
    """Every code, in order."""
    tree = read(Path(__file__).with_name("codes.yaml"))
    return {key.text: _code(key.text, entry) for key, entry in tree.items}


def explain(code: str) -> str | None:
    """What ``boxwork explain BW203`` prints; None if there is no such code."""
    found = codes().get(code.strip().upper())
    if found is None:
        return None
    return (
        f"{found.code}: {found.title} ({found.group})\n\n{found.why}\n\n"
        f"Wrong:\n\n{indent(found.wrong, '    ')}\n\nRight:\n\n{indent(found.right, '    ')}\n"
    )


def _code(code: str, entry: marked.Marked) -> Code:
    assert isinstance(entry, marked.Mapping), entry.span
    texts = {key.text: value.text for key, value in entry.items if isinstance(value, marked.Scalar)}
    return Code(code, **{name: text.strip("\n") for name, text in texts.items()})
