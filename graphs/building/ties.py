"""One array, two names: resolving `tie` to parameters, and which way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from boxwork.blocks.block import Parameter
from boxwork.graphs.building.tiepaths import Path, counts, dotted, found_at, meet
from boxwork.graphs.building.trail import ReportedError, Trail
from boxwork.graphs.graph import Node, Tie
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note, Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import SHAPES
from boxwork.specs.spec import CompositeDecl

T = TypeVar("T")
FOR_EXAMPLE = "for example tie: {weight: tok.table}"


@dataclass(frozen=True)
class WrittenTie:
    """A tie as written: a path in the node, a path to tie it to, and which way round."""

    own: Path
    target: marked.Scalar
    transpose: bool | None
    span: Span


def resolve_ties(decl: CompositeDecl, nodes: Mapping[str, Node], trail: Trail) -> tuple[Tie, ...]:
    """The ties written in one composite, parameter by parameter."""
    found: dict[Path, Tie] = {}
    starts: dict[str, list[Path]] = {}
    for node in decl.nodes.values():
        if node.tie is None or node.name not in nodes:
            continue
        try:
            for written in _written(node.name, node.tie, nodes[node.name], trail):
                for tie in _resolve(written, nodes, trail):
                    if any(meet(tie.own, own) for own in starts.get(tie.own[0], ())):
                        mend = "take out one of the two ties"
                        message = f"{dotted(tie.own)} is tied twice"
                        trail.fail("BW218", message, written.span, help=mend)
                    starts.setdefault(tie.own[0], []).append(tie.own)
                    found[tie.own] = tie
        except ReportedError:
            continue
    _circles(found, trail)
    return tuple(found.values())


def _written(name: str, value: marked.Marked, node: Node, trail: Trail) -> Iterator[WrittenTie]:
    start: Path = (name,) if node.count is None else (name, "*")
    if isinstance(value, marked.Scalar):
        yield WrittenTie(start, value, None, value.span)
        return
    if isinstance(value, marked.Sequence):
        message = "`tie` is a mapping from parameters to paths, or one path"
        trail.fail("BW103", message, value.span, help=FOR_EXAMPLE)
    for key, target in value.items:
        inner = tuple(key.text.split("."))
        if node.count is not None and inner[0] != "*" and not inner[0].isdigit():
            inner = ("*", *inner)
        if isinstance(target, marked.Mapping):
            yield _explicit((name, *inner), key, target, trail)
        elif isinstance(target, marked.Scalar):
            yield WrittenTie((name, *inner), target, None, key.span)
        else:
            message = f"a tie is a path, not {SHAPES[type(target)]}"
            trail.fail("BW103", message, target.span, help=FOR_EXAMPLE)


def _explicit(own: Path, key: marked.Scalar, target: marked.Mapping, trail: Trail) -> WrittenTie:
    to, transpose = target.get("to"), target.get("transpose")
    for unknown, _ in target.items:
        if unknown.text not in ("to", "transpose"):
            trail.fail(
                "BW101",
                f"a tie has no key `{unknown.text}`",
                unknown.span,
                help=did_you_mean(unknown.text, ("to", "transpose")),
            )
    if not isinstance(to, marked.Scalar):
        mend = f"write {key.text}: {{to: tok.table, transpose: true}}"
        trail.fail("BW102", "the tie needs `to`, the path of a parameter", key.span, help=mend)
    flag = transpose.text if isinstance(transpose, marked.Scalar) else None
    if transpose is not None and flag not in ("true", "false"):
        mend = "leave it out where the names of the dims say which way round it is"
        trail.fail("BW109", "`transpose` is true or false", transpose.span, help=mend)
    return WrittenTie(own, to, None if flag is None else flag == "true", key.span)


def _resolve(written: WrittenTie, nodes: Mapping[str, Node], trail: Trail) -> Iterator[Tie]:
    start, ours = found_at(written.own, nodes, written.span, trail)
    path = tuple(written.target.text.split("."))
    end, theirs = found_at(path, nodes, written.target.span, trail)
    for inner, parameter in ours.items():
        own, other = (*start, *inner), (*end, *inner)
        if inner not in theirs:
            trail.fail(
                "BW211",
                f"{dotted(own)} has no partner {dotted(other)}",
                written.span,
                notes=[Note(f"there is {dotted((*end, *found))}") for found in list(theirs)[:4]],
                help=f"for this one: tie: {{{dotted(inner)}: {dotted(end)}}}"
                if () in theirs
                else "",
            )
        stars = own.count("*"), other.count("*")
        if stars[1] not in (0, stars[0]):
            trail.fail(
                "BW211",
                f"{dotted(own)} and {dotted(other)} do not pair up: "
                f"{stars[0]} and {stars[1]} times `*`",
                written.span,
                help="write a `*` for each stack that either is in, or name one copy: stack.0",
            )
        _samecounts(own, other, nodes, written, trail)
        yield _tie(own, parameter, other, theirs[inner], written, trail)


def _samecounts(
    own: Path, other: Path, nodes: Mapping[str, Node], written: WrittenTie, trail: Trail
) -> None:
    if "*" not in other:
        return
    times = counts(own, nodes), counts(other, nodes)
    if times[0] != times[1]:
        trail.fail(
            "BW211",
            f"{dotted(own)} and {dotted(other)} do not pair up: "
            f"{_times(times[0])} and {_times(times[1])} copies",
            written.span,
            help="repeat both equally often, or tie all to the array of one copy: stack.0",
        )


def _times(counts: list[int]) -> str:
    return " × ".join(f"{count:,}" for count in counts) or "no"


def _tie(
    own: Path, ours: Parameter, other: Path, theirs: Parameter, written: WrittenTie, trail: Trail
) -> Tie:
    names = [d.name for d in ours.dims], [d.name for d in theirs.dims]
    matrix = len(ours.dims) == 2
    straight, turned = names[0] == names[1], names[0] == _turned(names[1])
    notes = [
        Note(
            f"{dotted(path)} is [{', '.join(str(d.name) for d in p.dims)}]"
            f" = [{', '.join(str(d) for d in p.dims)}]"
        )
        for path, p in ((own, ours), (other, theirs))
    ]
    transpose = written.transpose
    if transpose and len(ours.dims) < 2:
        mend = "take out `transpose`"
        message = "only a matrix can be transposed"
        trail.fail("BW210", message, written.span, notes=notes, help=mend)
    if transpose is None:
        literal = all(d.name.constant is not None for d in ours.dims) and len(ours.dims) > 1
        fits = ours.dims and sorted(map(int, ours.dims)) == sorted(map(int, theirs.dims))
        unclear = matrix and not straight and not turned and fits
        if (straight and turned and literal) or unclear:
            trail.fail(
                "BW217",
                f"the names of the dims do not say which way round "
                f"{dotted(own)} is {dotted(other)}",
                written.span,
                notes=notes,
                help=f"write {{to: {dotted(other)}, transpose: true}} (or false)",
            )
        transpose = turned and not straight
    wanted = _turned(theirs.dims) if transpose else theirs.dims
    if [int(d) for d in ours.dims] != [int(d) for d in wanted]:
        trail.fail(
            "BW210",
            f"{dotted(own)} and {dotted(other)} have unlike shapes",
            written.span,
            notes=notes,
            help="give both boxes the same sizes, or take the tie out",
        )
    return Tie(own, other, transpose, written.span)


def _turned(dims: Sequence[T]) -> list[T]:
    """The dims of a matrix turned over; of one for each copy side by side, each is turned."""
    return [*dims[:-2], *reversed(dims[-2:])]


def _circles(ties: Mapping[Path, Tie], trail: Trail) -> None:
    """No parameter may lead back to itself, through stars or without."""
    by_node: dict[str, list[Tie]] = {}
    for tie in ties.values():
        by_node.setdefault(tie.own[0], []).append(tie)
    leads = {
        own: {other.own for other in by_node.get(tie.target[0], ()) if meet(tie.target, other.own)}
        for own, tie in ties.items()
    }
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        way = list(dict.fromkeys(reversed(error.args[1])))
        shown = " → ".join(dotted(path) for path in [*way, ties[way[-1]].target])
        span = ties[way[0]].span
        assert span is not None
        trail.report(
            "BW218",
            f"parameters tied in a circle: {shown}",
            span,
            help="one of them must have an array of its own (`share: true` shares all copies)",
        )
