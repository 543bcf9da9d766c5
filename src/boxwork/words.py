"""Outputs in words: which token comes next, which class wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from boxwork.engines.tokens.readings import Choice, Reading, readings

if TYPE_CHECKING:
    from boxwork.graphs.graph import Graph
    from boxwork.specs.interpret import Interpretation


class Readings(Sequence[list[Reading]]):
    """The readings of every sample; as text, one line for each."""

    def __init__(self, samples: list[list[Reading]]) -> None:
        self._samples = samples

    @overload
    def __getitem__(self, place: int) -> list[Reading]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Reading]]: ...
    def __getitem__(self, place: int | slice) -> list[Reading] | list[list[Reading]]:
        return self._samples[place]

    def __len__(self) -> int:
        return len(self._samples)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        return f"<Readings of {len(self)} {'sample' if len(self) == 1 else 'samples'}:\n{self}>"

    def lines(self) -> Iterator[str]:
        """One line for every reading, samples counted if there are several."""
        for place, sample in enumerate(self._samples):
            for reading in sample:
                which = f"[{place}]" if len(self) > 1 else ""
                yield f"{reading.output}{which}: {sentence(reading)}"

    def facts(self) -> list[list[dict[str, object]]]:
        """The readings as plain data."""
        return [[_facts(reading) for reading in sample] for sample in self._samples]


def read(
    graph: Graph, interpretation: Interpretation, outputs: Mapping[str, Any], top: int = 5
) -> Readings:
    """What the outputs of a run say, as far as the spec interprets them."""
    return Readings(readings(graph, interpretation, outputs, top))


def sentence(reading: Reading) -> str:
    """One reading in words."""
    if reading.kind == "next":
        return f"next {', '.join(f'{_shown(c)} {_percent(c.value)}' for c in reading.choices)}"
    best, *others = reading.choices
    rest = f", before {', '.join(f'{c.name} {c.value:.3g}' for c in others)}" if others else ""
    return f"{best.name} {best.value:.3g}{rest}"


def _shown(choice: Choice) -> str:
    """A token so that a space can be seen; one without a name is its number."""
    return choice.name if choice.name == f"#{choice.id}" else f'"{choice.name}"'


def _percent(chance: float) -> str:
    return f"{100 * chance:.1f}%" if chance >= 0.001 else f"{100 * chance:.1g}%"


def _facts(reading: Reading) -> dict[str, object]:
    choices = [{"name": c.name, "id": c.id, "value": c.value} for c in reading.choices]
    return {"output": reading.output, "kind": reading.kind, "choices": choices}
