"""Numbers written into a spec: held against the shape of the parameter they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from boxwork.blocks.block import Parameter
from boxwork.blocks.expressions import number
from boxwork.blocks.grammar import ExpressionError, parse
from boxwork.graphs.building.standins import stands_in
from boxwork.graphs.building.tiepaths import meet
from boxwork.graphs.building.trail import ReportedError, Trail
from boxwork.graphs.graph import Node, Part, Primitive, Tie
from boxwork.specs import marked
from boxwork.specs.hints import did_you_mean
from boxwork.specs.spec import NodeDecl
from boxwork.specs.values import Nested, Values


def read_values(tree: marked.Mapping | None, node: Node, trail: Trail) -> Mapping[str, Values]:
    """The arrays of `values:` by the path of their parameter within the node."""
    found: dict[str, Values] = {}
    if stands_in(node.parts):
        return found  # its parameters are not known
    for key, value in tree.items if tree else ():
        try:
            parameters = [_parameter(part, key, trail) for part in dict.fromkeys(node.parts)]
            if any(other.dims != parameters[0].dims for other in parameters):
                trail.fail(
                    "BW119",
                    f"the copies of {node.name} have a {key.text} of unlike shapes",
                    key.span,
                    help="numbers for a stack that varies fit only what all copies have alike",
                )
            found[key.text] = _array(value, parameters[0], key, trail)
        except ReportedError:
            continue
    return found


def _parameter(part: Part, key: marked.Scalar, trail: Trail) -> Parameter:
    steps = key.text.split(".")
    for step in steps[:-1]:
        inner = None if isinstance(part, Primitive) else part.nodes.get(step)
        if inner is None:
            nodes = () if isinstance(part, Primitive) else part.nodes
            mend = did_you_mean(step, nodes) if nodes else "it is made of no further boxes"
            message = f"there is no node `{step}` in {part.name}"
            trail.fail("BW119", message, key.span, help=mend)
        part = inner.part
    known = part.parameters if isinstance(part, Primitive) else {}
    if steps[-1] not in known:
        trail.fail(
            "BW119",
            f"{part.name} has no parameter `{steps[-1]}`",
            key.span,
            help=did_you_mean(steps[-1], known),
        )
    return known[steps[-1]]


def _array(value: marked.Marked, parameter: Parameter, key: marked.Scalar, trail: Trail) -> Values:
    shape = [int(d) for d in parameter.dims]
    reader = _Reader(key.text, trail)
    if isinstance(value, marked.Mapping) and not _is_ours(value):
        if not shape:
            message = f"{key.text} is one number, without positions to name"
            trail.fail("BW119", message, value.span, help="write the number alone")
        names = tuple(name.text for name, _ in value.items)
        if len(names) != shape[-1]:
            trail.fail(
                "BW119",
                f"{key.text} has {shape[-1]} positions in its last dim "
                f"({parameter.dims[-1].name}), but {len(names)} are named",
                value.span,
            )
        columns = [reader.nested(v, shape[:-1], ()) for _, v in value.items]
        ours = frozenset(
            (*place, last) for last, (_, found) in enumerate(columns) for place in found
        )
        return Values(_stacked([c for c, _ in columns], len(shape) - 1), names, ours)
    numbers, ours_found = reader.nested(value, shape, ())
    return Values(numbers, (), frozenset(ours_found))


def _is_ours(value: marked.Mapping) -> bool:
    return [key.text for key, _ in value.items] == ["ours"]


class _Reader:
    def __init__(self, name: str, trail: Trail) -> None:
        self.name, self.trail = name, trail

    def nested(
        self, value: marked.Marked, shape: list[int], place: tuple[int, ...]
    ) -> tuple[Nested, list[tuple[int, ...]]]:
        """The numbers of a list of lists, and the places of those marked as ours."""
        if isinstance(value, marked.Mapping) and _is_ours(value):
            numbers, _ = self.nested(value.items[0][1], shape, place)
            return numbers, _places(shape, place)
        if not shape:
            return self._number(value), []
        if not isinstance(value, marked.Sequence):
            self.trail.fail("BW119", f"{self.name}: expected a list of {shape[0]} here", value.span)
        if len(value.items) != shape[0]:
            self.trail.fail(
                "BW119",
                f"{self.name}: expected {shape[0]} entries, found {len(value.items)}",
                value.span,
            )
        found = [self.nested(v, shape[1:], (*place, i)) for i, v in enumerate(value.items)]
        return tuple(n for n, _ in found), [p for _, ours in found for p in ours]

    def _number(self, value: marked.Marked) -> float:
        if isinstance(value, marked.Scalar):
            with suppress(ExpressionError, KeyError):
                return number(parse(value.text), _no_names)
        self.trail.fail("BW119", f"{self.name}: expected a number", value.span)


def _no_names(name: str) -> float:
    raise KeyError(name)


def _places(shape: list[int], place: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not shape:
        return [place]
    return [p for i in range(shape[0]) for p in _places(shape[1:], (*place, i))]


def _stacked(columns: list[Nested], depth: int) -> Nested:
    """Columns (the positions of the last dim) as an array laid out row by row."""
    if depth == 0:
        return tuple(columns)
    rows = zip(*(column for column in columns if isinstance(column, tuple)), strict=True)
    return tuple(_stacked(list(row), depth - 1) for row in rows)


def not_owned(decls: Mapping[str, NodeDecl], ties: Iterable[Tie], trail: Trail) -> None:
    """Numbers for a parameter that is tied to another would never be used."""
    owns = [tie.own for tie in ties]
    for decl in decls.values():
        for key, _ in decl.values.items if decl.values else ():
            start = (decl.name,) if decl.repeat is None else (decl.name, "*")
            if any(meet((*start, *key.text.split(".")), own) for own in owns):
                trail.report(
                    "BW119",
                    f"{decl.name}.{key.text} is tied to another parameter: these numbers are lost",
                    key.span,
                    help="write them where the array lives",
                )
