"""A single value as YAML: bare where it is read as it stands, else in quotes."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"(-(?=[0-9.]))?[A-Za-z0-9_(.<][A-Za-z0-9_ .*+/()<>=-]*(?<! )\Z")


def quoted(text: str) -> str:
    """A scalar, in quotes where YAML would read something else."""
    if _PLAIN.match(text):
        return text
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(letter: str) -> str:
    """A letter in quotes; one that YAML would fold, drop or refuse by its number."""
    if letter.isprintable():
        return letter
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
