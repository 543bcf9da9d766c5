"""What a primitive says of itself in its docstring: in words, and section by section."""

from __future__ import annotations

import inspect
import re

from boxwork.blocks.block import Block

_SECTION = re.compile(r"^([A-Z][a-z]+): ", re.MULTILINE)


def told(cls: type[Block]) -> tuple[str, dict[str, str]]:
    """What stands before the first ``Formula:`` and the like, and what each of them says."""
    about, *rest = _SECTION.split(inspect.getdoc(cls) or "")
    titles, bodies = rest[::2], rest[1::2]
    return joined(about), {
        title.lower(): joined(body) for title, body in zip(titles, bodies, strict=True)
    }


def joined(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
