"""What a race found: the losses of several specs that learned the same, and what each spent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwork.units import operations

if TYPE_CHECKING:
    from boxwork.renderers.look.theme import Theme

KINDS = ("parameters", "flops")  # what may be made equal
WAYS = 3  # a training step computes three times what a pass does: forward, and twice that back
Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One spec in a race: what it is, what it spent, and its losses by seed at some steps.

    ``scaled`` is the dim that was set, from what to what; ``tokens`` and ``flops`` are those of
    one step, forward and backward.
    """

    parameters: int
    steps: int
    tokens: float
    flops: float
    scaled: tuple[str, int, int] | None = None
    at: Sequence[int] = ()
    losses: Sequence[Sequence[float]] = ()

    @property
    def last(self) -> list[float]:
        """The loss at the end, by seed."""
        return [row[-1] for row in self.losses]

    @property
    def set(self) -> str:
        """What was set, in words: d_model 48 → 42."""
        if self.scaled is None:
            return ""
        dim, before, after = self.scaled
        return f"{dim} {before} → {after}" if before != after else f"{dim} {before}, as it was"

    def facts(self) -> dict[str, object]:
        """The same as plain data; tokens and FLOPs of the whole training."""
        found: dict[str, object] = {
            "parameters": self.parameters,
            "steps": self.steps,
            "tokens": round(self.tokens * self.steps),
            "flops": round(self.flops * self.steps),
            "measured_at": list(self.at),
            "losses": [list(row) for row in self.losses],
        }
        if self.scaled is not None:
            found["scaled"] = dict(zip(("dim", "from", "to"), self.scaled, strict=True))
        return found


@dataclass(frozen=True, slots=True)
class Race:
    """Specs that learned the same text from the same seeds; the first sets the footing.

    ``equal`` is what all have or spend as much of as the first: ``parameters``, ``flops``, or
    None for the same steps on the same windows. ``measured`` says on what losses were measured.
    """

    entries: Mapping[str, Entry]
    seeds: tuple[int, ...]
    measured: str
    equal: str | None = None
    first: str = ""  # whose parameters or FLOPs they are; it may have failed itself

    @property
    def steps(self) -> int:
        """The steps of the first that came to the end."""
        return next(iter(self.entries.values())).steps

    @property
    def losses(self) -> dict[str, Sequence[Sequence[float]]]:
        """The losses that were measured: by spec, a row for each seed."""
        return {name: one.losses for name, one in self.entries.items()}

    @property
    def last(self) -> dict[str, list[float]]:
        """The losses at the end: by spec, one for each seed."""
        return {name: one.last for name, one in self.entries.items()}

    def mean(self, name: str) -> tuple[float, float]:
        """The mean of the last losses over the seeds, and their standard deviation."""
        return mean_and_spread(self.entries[name].last)

    def told(self, name: str) -> str:
        """The last loss of one spec: its mean, and its spread over the seeds."""
        mean, spread = self.mean(name)
        return f"{mean:.4g}" + (f" ± {spread:.2g}" if len(self.seeds) > 1 else "")

    def footing(self) -> str:
        """What was equal, in a sentence."""
        if self.equal == "parameters":
            return f"equal parameters: as many as {self.first} has, as nearly as can be"
        if self.equal == "flops":
            way = f"{WAYS} × the products of a pass for every step: forward, and twice that back"
            return f"equal FLOPs: as many as {self.first} spends ({way})"
        return "equal steps, on the same windows"

    def rows(self) -> list[list[str]]:
        """The best first, below a row of heads: losses, and what each spent."""
        found = [["", "loss", "steps", "tokens", "FLOPs", "parameters", "set"]]
        for name in sorted(self.entries, key=lambda one: self.mean(one)[0]):
            one = self.entries[name]
            found.append(
                [
                    name,
                    self.told(name),
                    f"{one.steps:,}",
                    f"{round(one.tokens * one.steps):,}",
                    operations(one.flops * one.steps),
                    f"{one.parameters:,}{self._apart(name)}",
                    one.set,
                ]
            )
        return found if any(row[-1] for row in found[1:]) else [row[:-1] for row in found]

    def _apart(self, name: str) -> str:
        """How far its parameters are from those of the first, where they were to be equal."""
        wanted = self.entries.get(self.first)
        if self.equal != "parameters" or wanted is None or name == self.first:
            return ""
        part = self.entries[name].parameters / wanted.parameters - 1
        return f" ({part:+.2%})" if part else " (equal)"

    @property
    def across(self) -> str:
        """What curves are drawn over."""
        return "FLOPs" if self.equal == "flops" else "tokens"

    def curves(self) -> dict[str, Points]:
        """The losses over tokens, or over FLOPs if these are equal; means over the seeds."""
        return {
            name: [
                (step * (one.flops if self.equal == "flops" else one.tokens), _mean(column))
                for step, column in zip(one.at, zip(*one.losses, strict=True), strict=True)
            ]
            for name, one in self.entries.items()
        }

    def chart(self, theme: Theme = "auto") -> str:
        """The curves as SVG."""
        from boxwork.renderers.charts.chart import chart

        about = f"mean of {len(self.seeds)} seeds" if len(self.seeds) > 1 else "seed 0"
        curves = self.curves()
        most = max((x for points in curves.values() for x, _ in points), default=0.0)
        unit = operations(most).partition(" ")[2]
        size = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}[unit]
        drawn = {name: [(x / size, y) for x, y in points] for name, points in curves.items()}
        what = {"FLOPs": f"{unit}FLOP of training", "tokens": f"{unit} tokens".strip()}
        title = f"Loss, {about}"
        return chart(drawn, title=title, x=what[self.across], y="loss", theme=theme)

    def facts(self) -> dict[str, object]:
        """The race as plain data, for JSON."""
        return {
            "equal": self.equal,
            "footing": self.footing(),
            "steps": self.steps,
            "seeds": list(self.seeds),
            "measured": self.measured,
            "specs": {name: one.facts() for name, one in self.entries.items()},
            "last": self.last,
            "over": self.across,
            "curves": {name: [list(p) for p in curve] for name, curve in self.curves().items()},
        }

    def __str__(self) -> str:
        return "\n".join(f"{name}: loss {self.told(name)}" for name in self.entries)


def mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the standard deviation of a sample; 0 of one value."""
    mean = _mean(values)
    if len(values) < 2:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (len(values) - 1))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
