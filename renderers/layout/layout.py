"""From a checked graph to the places of its boxes, lines and texts: structural and linear.

Each composite is laid out once for the way it is used, about its spine, and placed as often
as it occurs.
"""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.graphs.graph import Graph, Part
from boxwork.graphs.totals import Counter
from boxwork.renderers.figure import Layout, Text
from boxwork.renderers.layout.wiring import Wiring
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import wrap
from boxwork.renderers.regions.region import Region, flatten
from boxwork.renderers.regions.use import Use
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.structure.scope import Net
from boxwork.renderers.structure.tied import Ties
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.moment import moment

BELOW = 16.0  # from the drawing to the baseline of what is said of it


def layout(
    graph: Graph, opening: Opening, data: Data | None = None, known: Layouts | None = None
) -> Layout:
    """Lay out a graph, opened as asked, with the numbers that are known of it.

    ``known`` spares what it was used for before; it has data of its own.
    """
    use = Use(graph.root, opening, root=True)
    region = (known or Layouts(data or Data(graph))).scope(use)[0]
    left, right = region.left + s.MARGIN, region.right + s.MARGIN
    height = region.height + 2 * s.MARGIN
    made = Layout(graph.name, graph.about, left + right, height, [], [], [])
    flatten(region, made, left, height - s.MARGIN)
    if data is not None and (said := moment(data, made)):
        _write_below(made, said)
    return made


def _write_below(made: Layout, said: str) -> None:
    """Say below a drawing of which numbers of a run it shows."""
    for line in wrap(said, s.NOTE, max(made.width - 2 * s.MARGIN, 150.0)):
        y = made.height - s.MARGIN + BELOW
        made.texts.append(Text("", "note", line, s.MARGIN, y, "start"))
        made.height += s.CAPTION_LINE


class Layouts:
    """Lays out composites, each use of a template once."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self._known: dict[Use, tuple[Region, Mapping[str, Net]]] = {}
        self._counter = Counter()

    def scope(self, use: Use) -> tuple[Region, Mapping[str, Net]]:
        """The region of an open composite, and the wires that are its outputs."""
        found = self._known.get(use)
        if found is None:
            found = self._known[use] = Wiring(use, self).region()
        return found

    def parameters(self, part: Part, ties: Ties) -> int:
        """How many numbers a part owns."""
        return self._counter.part(part, tuple(path for path, _ in ties)).total
