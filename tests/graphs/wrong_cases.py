"""The cases under `wrong/`: how they are written, read, tried and written anew.

A case is a title, a spec (or pieces of one), and what boxwork says about it:

    ==== a misspelt block
    nodes:
      y: {use: Relu}
    ----
    BW110 2:12 no block is named `Relu`
      help: did you mean `ReLU`?

What the pieces leave out is added below them, so that lines count as written; a line
`+ nodes` says what is really left out. `+++ name.yaml` begins another file, `? --set …`,
`? layers=2` and `? --toy` are what the call gives. `pytest --accept` writes what is said anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from boxwork.graphs.load import load
from boxwork.specs.diagnostics import Diagnostic, Note, Span, SpecError

FOLDER = Path(__file__).parent / "wrong"
FRAME = {
    "format": "format: 1",
    "name": "name: example",
    "dims": "dims: {seq: any, d: 4}",
    "inputs": 'inputs: {x: "real[seq, d]"}',
    "outputs": 'outputs: {y: "real[seq, d]"}',
    "nodes": "nodes:\n  y: {use: ReLU}",
}


@dataclass
class Case:
    """One wrong spec, and what is said about it."""

    title: str
    text: str
    said: str
    sets: list[str] = field(default_factory=list)
    keywords: dict[str, object] = field(default_factory=dict)
    toy: bool = False


def cases(path: Path) -> list[Case]:
    """The cases of one file."""
    _, *parts = re.split(r"^==== ", path.read_text("utf-8"), flags=re.MULTILINE)
    found = []
    for part in parts:
        title, _, rest = part.partition("\n")
        text, _, said = rest.partition("\n----\n")
        case = Case(title, text, said.strip("\n"))
        lines = case.text.split("\n")
        for line in [line for line in lines if line.startswith("? ")]:
            lines.remove(line)
            _given(case, line.removeprefix("? "))
        case.text = "\n".join(lines)
        found.append(case)
    return found


def _given(case: Case, line: str) -> None:
    if line.startswith("--set "):
        case.sets.append(line.removeprefix("--set "))
        return
    if line == "--toy":
        case.toy = True
        return
    name, _, value = line.partition("=")
    case.keywords[name] = float(value) if "." in value else int(value)


def written(path: Path, found: dict[str, str]) -> str:
    """The text of a file of cases with what is said put in anew."""
    head, *parts = re.split(r"^==== ", path.read_text("utf-8"), flags=re.MULTILINE)
    for part in parts:
        title = part.split("\n", 1)[0]
        head += f"==== {part.partition(chr(10) + '----')[0]}\n----\n{found[title]}\n\n"
    return head.rstrip("\n") + "\n"


def files(case: Case) -> Iterator[tuple[str, str]]:
    """The files of a case by name, the first completed to a whole spec."""
    first, *others = re.split(r"^\+\+\+ (.*)\n", case.text, flags=re.MULTILINE)
    yield "example.yaml", complete(first)
    yield from zip(others[::2], others[1::2], strict=True)


def complete(pieces: str) -> str:
    """A spec of these pieces; what they leave out comes after them."""
    left_out = set(re.findall(r"^\+ (\w+)$", pieces, re.MULTILINE))
    pieces = re.sub(r"^\+ \w+\n", "", pieces, flags=re.MULTILINE)
    if pieces.startswith(("- ", "#")):
        return pieces + "\n"
    own = set(re.findall(r"^(\w+):", pieces, re.MULTILINE)) | left_out
    frame = {"format": FRAME["format"]} if "extends" in own else FRAME
    return "\n".join([pieces, *(text for key, text in frame.items() if key not in own)]) + "\n"


def said(case: Case, folder: Path) -> str:
    """What boxwork says about a case: one paragraph of text."""
    for name, text in files(case):
        (folder / name).write_text(text, encoding="utf-8")
    try:
        _, graph = load(folder / "example.yaml", case.sets, case.keywords, toy=case.toy)
        found = graph.warnings
    except SpecError as error:
        found = error.diagnostics
    return "\n".join(line for one in found for line in told(one)).replace(f"{folder}/", "")


def told(found: Diagnostic) -> Iterator[str]:
    """A diagnostic in short: code, place and message, then all that explains it."""
    yield f"{found.code} {place(found.span)} {found.message}"
    if found.label:
        yield f"  here: {found.label}"
    yield from (f"  {place(span)}: {text}" for span, text in found.labels)
    yield from (f"  = {note(one)}" for one in found.notes)
    if found.help:
        yield f"  help: {found.help}"


def note(one: Note) -> str:
    return one.text + (f" at {place(one.span)}" if one.span else "")


def place(span: Span | None) -> str:
    """Line and column; with the name of the source if it is not the case's own file."""
    if span is None:
        return "-"
    name = Path(span.source.name).name
    return ("" if name == "example.yaml" else f"{name}:") + f"{span.line}:{span.column}"
