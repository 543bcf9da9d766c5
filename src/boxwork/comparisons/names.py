"""What architectures go by in a comparison."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def untaken(stem: str, names: Collection[str]) -> str:
    """A name that nothing has yet: gpt, else gpt (2) and so on."""
    name, k = stem, 2
    while name in names:
        name, k = f"{stem} ({k})", k + 1
    return name


def short(spec: str | Path) -> str:
    """The name of a spec, or of its file."""
    path = Path(spec)
    return path.stem if path.suffix in (".yaml", ".yml") else str(spec)
