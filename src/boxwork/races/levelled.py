"""A sweep on equal footing: every variant has, or spends, as much as the spec as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boxwork.engines.learning.options import STEPS
from boxwork.graphs.building.build import build
from boxwork.graphs.totals import total
from boxwork.races.footing import common, scaled
from boxwork.races.racing import Course, steps_for

if TYPE_CHECKING:
    from boxwork.graphs.graph import Graph
    from boxwork.materials import Material
    from boxwork.specs.spec import Spec


@dataclass(frozen=True, slots=True)
class Level:
    """What is equal, parameters or FLOPs of a training, and how much; ``dim`` is scaled."""

    equal: str
    amount: float
    dim: str | None = None


def level(
    spec: Spec, equal: str, dim: str | None, material: Material | None, options: Mapping[str, Any]
) -> Level:
    """The footing that a spec sets.

    Raises:
        SpecError: if the spec is wrong.
        DataError: if it cannot learn the text.
    """
    graph = build(spec)
    if equal == "parameters":
        return Level(equal, total(graph), dim)
    course = _course(material, options)
    entrant = course.entrant(spec.name, spec, graph)
    steps = options.get("steps") or STEPS
    if options.get("epochs"):
        steps = options["epochs"] * entrant.data.per_epoch(course.batch)
    return Level(equal, steps * entrant.flops(course.batch))


def resized(at: Level, spec: Spec) -> tuple[Spec, Graph, dict[str, Any]]:
    """A variant with as many parameters, as nearly as can be, and what was set.

    It may be wrong as it stands, as long as it is not with another size of the dim.

    Raises:
        SpecError: if it is.
        DataError: if it has no dim to scale.
    """
    found = scaled(spec, common({spec.name: spec}, at.dim), round(at.amount))
    told = dict(zip(("dim", "from", "to"), found.told, strict=True))
    return found.spec, found.graph, {"scaled": told}


def steps(
    at: Level, spec: Spec, graph: Graph, material: Material, options: Mapping[str, Any]
) -> int:
    """How many steps of a variant spend as much."""
    course = _course(material, options)
    return steps_for(at.amount, course.entrant(spec.name, spec, graph).flops(course.batch))


def _course(material: Material | None, options: Mapping[str, Any]) -> Course:
    assert material is not None
    return Course(material, options)
