"""What is found of a template once is noted on it, and lives as long as it does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from boxwork.graphs.graph import Part

Kind = TypeVar("Kind", bound=Part)
Found = TypeVar("Found")


def noted(find: Callable[[Kind], Found]) -> Callable[[Kind], Found]:
    """A function of templates that looks at each of them once; templates never change."""
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def of(part: Kind) -> Found:
        known = part.__dict__
        if name not in known:
            known[name] = find(part)
        found: Found = known[name]
        return found

    return of
