"""Choosing the top: the scores of all experts, and the weights of those that are chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from boxwork.blocks.routing import ChooseTop
from boxwork.renderers.figure import Cell
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

FEW = 8  # experts whose numbers are written
WIDE, HIGH = 46.0, 22.0  # of a cell with a number
SMALL, ROW = 15.0, 16  # side of a cell without one, and how many stand in a row
GAP = 34.0  # between the scores and the weights
UNKNOWN = 8  # experts drawn where only the run knows how many there are


def choose(subject: Subject) -> Region:
    """A cell for each expert, twice: its score, and above, its weight if it is chosen."""
    return _Choose(subject).made()


class _Choose:
    def __init__(self, subject: Subject) -> None:
        block = subject.part.block
        assert isinstance(block, ChooseTop)
        self.block, self.sheet, self.subject = block, Sheet(subject), subject
        choices = subject.part.dims["choices"]
        self.scores, self.weights = subject.row("scores"), subject.out()
        if self.scores is None or self.weights is None or len(self.scores) != len(self.weights):
            self.scores = self.weights = None
            self.count = UNKNOWN if choices.free else int(choices)
        else:
            self.count = len(self.scores)
        self.groups = int(block.groups) if self.count % int(block.groups) == 0 else 1
        self.in_row = self._in_row()
        self.cell = (WIDE, HIGH) if self.count <= FEW else (SMALL, SMALL)

    def _in_row(self) -> int:
        """Whole groups in a row, if there are groups."""
        if self.count <= FEW:
            return self.count
        each = self.count // self.groups
        return ROW if self.groups == 1 or each > ROW else each * max(1, ROW // each)

    def made(self) -> Region:
        chosen = self._chosen()
        rows = math.ceil(self.count / self.in_row)
        above = rows * self.cell[1] + GAP
        for place in range(self.count):
            self._put("score", place, 0.0, self.scores, True)
            self._put("weight", place, above, self.weights, place in chosen)
        left = -min(self.count, self.in_row) * self.cell[0] / 2 - 8
        middle = rows * self.cell[1] / 2
        self.sheet.say("scores", (left, middle), "note", "end")
        self.sheet.say("weights", (left, above + middle), "note", "end")
        self.sheet.arrow((0, above - GAP + 3), (0, above - 3))
        return self.sheet.framed(*self._notes())

    def _chosen(self) -> set[int]:
        """Those of the run; without one, some that stand for them, in the first open groups."""
        if self.weights is not None:
            return {place for place, weight in enumerate(self.weights) if weight != 0}
        active = min(int(self.block.active), self.count)
        among = self.count // self.groups * int(self.block.active_groups)
        among = self.count if self.groups == 1 else among
        return {int((k + 0.5) * among / active) for k in range(active)}

    def _put(
        self, what: str, place: int, low: float, numbers: Sequence[float] | None, there: bool
    ) -> None:
        """One cell; rows grow downwards, as one reads."""
        wide, high = self.cell
        rows, row = math.ceil(self.count / self.in_row), place // self.in_row
        x = (place % self.in_row - min(self.count, self.in_row) / 2) * wide
        y = low + (rows - 1 - row) * high
        shade = None
        if there and numbers is None:
            shade = 0.15 if what == "score" else 0.6
        elif there and numbers is not None and math.isfinite(numbers[place]):
            most = max((abs(n) for n in numbers if math.isfinite(n)), default=0.0) or 1.0
            shade = numbers[place] / most
        cell = Cell(f"{self.sheet.path}[{what}, {place}]", x, y, wide, high, shade)
        cell.hidden = not there
        self.sheet.region.cells.append(cell)
        if there and numbers is not None and self.count <= FEW:
            self.sheet.say(shown(numbers[place], 3), (x + wide / 2, y + high / 2))

    def _notes(self) -> list[str]:
        """What is done, in words, without what is not used; what the crosses are."""
        block, biased = self.block, "bias" in self.subject.part.inputs
        of = f"of {self.subject.part.dims['choices']}"
        what = "scores + bias" if biased else "scores"
        said = [f"the {block.active} largest {of} {what} are chosen, their scores are the weights"]
        if block.sum_to is not None:
            said[0] += f", made to sum to {shown(block.sum_to)}"
        if int(block.active_groups) < int(block.groups):
            said.append(
                f"only in {block.active_groups} of {block.groups} groups, "
                f"in which the two largest {what} have the largest sum"
            )
        return [*said, "crossed out: not chosen, its weight is 0"]
