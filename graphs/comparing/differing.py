"""Settings that differ, and whether that follows from dims or from other settings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import show
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.graph import Part
from boxwork.specs import library


@dataclass(frozen=True)
class Differing:
    """Holds settings of two uses of a block against each other; knows the dims of both graphs."""

    a: Mapping[str, Dim]
    b: Mapping[str, Dim]

    def differing(
        self, a: Part, b: Part, place: tuple[str, str], owner: str, *, follow: bool
    ) -> Iterator[Change]:
        """Settings that both have and that differ; blocks as settings are told inside."""
        differing = [n for n in a.settings if n in b.settings and not _equal(a, b, n)]
        for name in differing:
            before, after = a.settings[name], b.settings[name]
            if follow and (_is_block(before) or _is_block(after)) and a.name == b.name:
                continue
            implied = self._implied(before, after) or (follow and _follows(a, b, name, differing))
            words = said(before), said(after)
            yield Change("setting", *place, name, *words, (a, b), owner, implied)

    def _implied(self, before: object, after: object) -> bool:
        """Whether a size differs only because dims of the same names do."""
        if isinstance(before, Dim) and isinstance(after, Dim):
            return before.name == after.name and before.name.constant is None
        if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
            pairs = list(zip(before, after, strict=True))
            return all(one == other or self._implied(one, other) for one, other in pairs)
        if isinstance(before, float) and isinstance(after, float):
            return any(
                abs(rule(one) - before) < 1e-9 * before and abs(rule(other) - after) < 1e-9 * after
                for one, other in self._sizes
                for rule in (float, math.sqrt, lambda x: 1 / x, lambda x: 1 / math.sqrt(x))
            )
        return False

    @cached_property
    def _sizes(self) -> list[tuple[float, float]]:
        """The sizes on both sides of the dims that changed: numbers may be their roots."""
        a, b = self.a, self.b
        shared = [(a[name], b[name]) for name in a if name in b]
        known = [(x, y) for x, y in shared if not x.free and not y.free and not x.agrees(y)]
        return [(float(int(x)), float(int(y))) for x, y in known if int(x) and int(y)]


def said(value: object) -> str:
    """A setting's value in words."""
    if isinstance(value, BlockValue):
        given = ", ".join(f"{name} {said(one)}" for name, one in value.given)
        return f"{value.definition.name} ({given})" if given else value.definition.name
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):  # 1e-5, as people write it
        return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.6g}")
    return show(value)


def _is_block(value: object) -> bool:
    return isinstance(value, BlockValue)


def _equal(a: Part, b: Part, name: str) -> bool:
    one, other = a.settings[name], b.settings[name]
    if isinstance(one, Dim) and isinstance(other, Dim):
        return one.agrees(other)
    if isinstance(one, BlockValue) and isinstance(other, BlockValue):
        return one.definition.name == other.definition.name and said(one) == said(other)
    return one == other


def _follows(a: Part, b: Part, name: str, differing: list[str]) -> bool:
    """Whether a setting has its default on both sides, computed from others that differ."""
    decl = library.composite(b.name) if a.name == b.name else None
    setting = decl.settings.get(name) if decl else None
    text = getattr(setting.default, "text", "") if setting else ""
    if not text:
        return False
    if text in b.settings:
        return text in differing and all(said(p.settings[text]) == said(p.settings[name])
                                         for p in (a, b))  # fmt: skip
    return _computed(a, b, name)


def _computed(a: Part, b: Part, name: str) -> bool:
    """Whether a number is one over the root of a size of the block, on both sides."""
    before, after = a.settings[name], b.settings[name]
    if not isinstance(before, float) or not isinstance(after, float):
        return False
    sizes = [(a.settings[n], b.settings.get(n)) for n in a.settings]
    return any(
        math.isclose(before * before * int(one), 1) and math.isclose(after * after * int(other), 1)
        for one, other in sizes
        if isinstance(one, Dim) and isinstance(other, Dim) and not one.free and not other.free
    )
