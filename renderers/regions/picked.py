"""Which of copies side by side run at the position of a run that is shown, and how they count."""

from __future__ import annotations

import math

from boxwork.graphs.graph import WEIGH
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.structure.scope import Element
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.origin import origin

MOST = 3  # copies that are told with their weights


def picked(element: Element, path: str, data: Data) -> list[str]:
    """``in this run: 3 (0.62), 1 (0.38)``, those that count most first; copies count from 0.

    Nothing without a run, or where no wire weighs them; ``path`` leads to their scope.
    """
    node, side = element.node, element.side
    if node is None or side is None or side.weights is None or not data.values:
        return []
    source = origin(data.graph, path, node.inputs[WEIGH][0])
    weights = data.value(source, len(side.weights.dims)) if source else None
    counting = [k for k, weight in enumerate(weights or ()) if weight != 0]
    if weights is None or not counting or not all(map(math.isfinite, weights)):
        return []
    counting.sort(key=lambda k: -abs(weights[k]))
    said = [f"{k} ({shown(weights[k], 2)})" for k in counting[:MOST]]
    more = len(counting) - MOST
    return [f"in this run: {', '.join(said)}" + (f" and {more} more" if more > 0 else "")]
