"""What each shipped spec is: its kind, its size, what is special of it; no arrays are made."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boxwork.api import Graph, load
from boxwork.graphs.graph import Part, Primitive
from boxwork.graphs.totals import Count, totals
from boxwork.specs.library import shipped

ARTICLE = re.compile(r"the article, (\d+) of \d+")  # a source that tells its place there


@dataclass(frozen=True, slots=True)
class Known:
    """A shipped spec and its facts."""

    name: str
    file: Path
    graph: Graph

    @property
    def extends(self) -> str:
        """The base that it is a variant of; empty if it is none."""
        return self.graph.spec.extends

    @property
    def group(self) -> str:
        """The folder it is in: article or gallery."""
        return self.file.parent.name

    def said(self, key: str) -> str:
        """What it says about itself: about, special, source, year."""
        return self.graph.spec.text.get(key, "")

    @property
    def kind(self) -> str:
        """Decoder, encoder, encoder-decoder; or network, without a stack that has attention."""
        graph = self.graph
        stacks = (node for node in graph.checked.root.nodes.values() if node.count is not None)
        if not any(map(_attends, (part for stack in stacks for part in stack.parts))):
            return "network"
        grows = {graph.interpretation.next_of(output) for output in graph.outputs} - {None}
        if not grows:
            return "encoder"
        return "decoder" if grows == set(graph.inputs) else "encoder-decoder"

    @property
    def parameters(self) -> Count:
        """How many numbers it has."""
        return totals(self.graph.checked).all

    @property
    def active(self) -> int:
        """The parameters that one position goes through."""
        return self.parameters.active

    def facts(self) -> dict[str, object]:
        """All of it as plain data."""
        count = self.parameters
        return {
            "name": self.name,
            "title": self.graph.name,
            "group": self.group,
            "extends": self.extends,
            "kind": self.kind,
            "year": self.said("year"),
            "parameters": {"total": count.total, "buffers": count.buffers, "active": self.active},
            "special": self.said("special"),
            "about": self.said("about"),
            "source": self.said("source"),
            "file": str(self.file),
        }


def survey() -> Iterator[Known]:
    """Every shipped spec: those of the article in its order, then the gallery by name."""
    found = [Known(name, path, load(name)) for name, path in sorted(shipped().items())]
    yield from sorted(found, key=_place)


def _place(one: Known) -> tuple[float, bool]:
    """The article's order, there bases before their variants; the rest after it."""
    found = ARTICLE.match(one.said("source"))
    return (int(found[1]), one.extends != "") if found else (math.inf, False)


def _attends(part: Part) -> bool:
    """Whether there is attention in a part, however deep."""
    if isinstance(part, Primitive):
        return part.family == "attention"
    return any(_attends(inside) for node in part.nodes.values() for inside in node.parts)
