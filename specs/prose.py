"""Texts for people as YAML: on one line, folded if they are long, line by line if they are so."""

from __future__ import annotations

from collections.abc import Iterator

from boxwork.specs.scalars import quoted

WIDTH = 100


def prose(key: str, text: str, indent: int = 0) -> Iterator[str]:
    """A key and its text; what no block of YAML would give back as it is stands in quotes."""
    before = " " * indent
    line = f"{before}{key}: {quoted(text)}"
    lines = text.split("\n")
    if len(lines) > 1 and lines[0] and lines[-1] and all(map(_plain, lines)):
        yield f"{before}{key}: |-"
        yield from (f"{before}  {one}" if one else "" for one in lines)
    elif len(line) > WIDTH and text and _plain(text) and "  " not in text:
        yield f"{before}{key}: >-"
        yield from _folded(text, indent + 2)
    else:
        yield line


def _plain(line: str) -> bool:
    """Whether a line of a block is read as it is written."""
    return line.isprintable() and line == line.strip()


def _folded(text: str, indent: int) -> Iterator[str]:
    """Lines of whole words; the breaks between them are read as spaces."""
    line = ""
    for word in text.split(" "):
        if line and indent + len(line) + 1 + len(word) > WIDTH:
            yield " " * indent + line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield " " * indent + line
