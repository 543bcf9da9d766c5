"""What a training saw: losses and norms of gradients by step, drawn or written as numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwork.engines.learning.train import Record
    from boxwork.renderers.look.theme import Theme

SUFFIXES = (".svg", ".csv", ".json")
FINE, SMOOTH = 1000, 100  # points of a curve
MAX_LINES = 8  # layers drawn over the steps; more are drawn side by side

Points = list[tuple[float, float]]


class History:
    """Losses and gradients of a training, step by step.

    ``losses`` are those of each step's batch, before the step moved anything. ``gradients``
    are the norms of the whole gradient before clipping; ``norms`` has them by layer
    (``stack.0``), if they were asked for.
    """

    def __init__(self, name: str, record: Record, rates: Sequence[float], per_epoch: int) -> None:
        self.name = name
        self.losses: Sequence[float] = tuple(record.losses)
        self.gradients: Sequence[float] = tuple(record.norms)
        self.norms: Mapping[str, Sequence[float]] = {
            layer: tuple(norms) for layer, norms in record.layers.items()
        }
        self.rates = tuple(rates)
        self.per_epoch = max(1, min(per_epoch, len(self.losses)))
        self._record = record

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.losses)

    @property
    def first(self) -> float:
        """The loss of the first step."""
        return self.losses[0]

    @property
    def last(self) -> float:
        """The average loss over the examples of the last epoch."""
        return self._record.mean(self.per_epoch)

    def curve(self, theme: Theme = "auto") -> str:
        """The losses over the steps, and their averages over epochs, as SVG."""
        from boxwork.renderers.charts.chart import chart

        series = {"loss": _points(self.losses)}
        if 1 < self.per_epoch <= self.steps // 2:
            series["epoch"] = list(self._epochs())
        return chart(series, title=f"{self.name}: loss", x="step", y="loss", theme=theme)

    def _epochs(self) -> Iterator[tuple[float, float]]:
        losses, counts = self.losses, self._record.examples
        for start in range(0, self.steps - self.per_epoch + 1, self.per_epoch):
            part = slice(start, start + self.per_epoch)
            total = sum(x * n for x, n in zip(losses[part], counts[part], strict=True))
            yield float(start + self.per_epoch), total / sum(counts[part])

    def norm_curve(self, theme: Theme = "auto") -> str:
        """The norms of the gradient by layer, as SVG.

        Over the steps; more than a few layers stand side by side, at the first, the middle and
        the last step: there a gradient that vanishes or explodes is a slope.
        """
        from boxwork.renderers.charts.chart import chart

        title = f"{self.name}: norms of the gradient"
        series = {layer: _points(norms, SMOOTH) for layer, norms in self.norms.items()}
        x = "step"
        if not series:
            series = {"all": _points(self.gradients, SMOOTH)}
        elif len(series) > MAX_LINES:
            series, x = self._side_by_side(), f"layer, from {self._ends()}"
        return chart(series, title=title, x=x, y="norm", log_y=True, theme=theme)

    def _side_by_side(self) -> dict[str, Points]:
        places = sorted({0, self.steps // 2, self.steps - 1})
        return {
            f"step {place + 1}": [
                (float(number), norms[place]) for number, norms in enumerate(self.norms.values(), 1)
            ]
            for place in places
        }

    def _ends(self) -> str:
        first, *_, last = self.norms
        return f"{first} to {last}"

    def save_curve(self, path: str | Path, theme: Theme = "auto") -> None:
        """Write the losses as .svg, .csv or .json; whole or not at all."""
        columns = {"loss": self.losses, "rate": self.rates, "gradient": self.gradients}
        self._save(path, "a loss curve", columns, lambda: self.curve(theme))

    def save_norms(self, path: str | Path, theme: Theme = "auto") -> None:
        """Write the norms by layer as .svg, .csv or .json; whole or not at all."""
        columns = dict(self.norms) or {"all": self.gradients}
        self._save(path, "norms", columns, lambda: self.norm_curve(theme))

    def _save(
        self, path: str | Path, what: str, columns: Mapping[str, Sequence[float]], draw: object
    ) -> None:
        from boxwork.files import known_suffix
        from boxwork.specs.output import write

        suffix = known_suffix(path, SUFFIXES, what)
        if suffix == ".svg":
            assert callable(draw)
            write(path, draw())
        elif suffix == ".json":
            write(path, json.dumps({name: list(row) for name, row in columns.items()}) + "\n")
        else:
            write(path, _csv(columns))

    def _repr_svg_(self) -> str:
        return self.curve()

    def __repr__(self) -> str:
        return f"<History: {self.steps} steps, loss {self.first:.4g} → {self.last:.4g}>"


def _points(values: Sequence[float], most: int = FINE) -> Points:
    """Values by step; of a long row, the means over as many steps as leave so many points."""
    width = -(-len(values) // most)
    pieces = [values[start : start + width] for start in range(0, len(values), width)]
    ends = (min(width * (place + 1), len(values)) for place in range(len(pieces)))
    return [(float(end), sum(part) / len(part)) for end, part in zip(ends, pieces, strict=True)]


def _csv(columns: Mapping[str, Sequence[float]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *columns])
    writer.writerows(
        [step, *(repr(x) for x in row)]
        for step, row in enumerate(zip(*columns.values(), strict=True), 1)
    )
    return text.getvalue()
