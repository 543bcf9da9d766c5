"""Paths to parameters in the templates of a composite, ``*`` for any copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boxwork.blocks.block import Parameter
from boxwork.blocks.forms import Form
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.graph import Composite, Node, Part, Primitive
from boxwork.specs.diagnostics import Span
from boxwork.specs.hints import did_you_mean

Path = tuple[str, ...]


def found_at(
    path: Path, nodes: Mapping[str, Node], span: Span, trail: Trail
) -> tuple[Path, Mapping[Path, Parameter]]:
    """A path with its stars filled in, and the parameters at or below it by what follows it."""
    node = nodes.get(path[0])
    if node is None:
        trail.fail(
            "BW211",
            f"there is no node `{path[0]}` to tie to",
            span,
            help=did_you_mean(path[0], nodes),
        )
    head, parts, rest = _copies(path, node, span, trail)
    inner, found = _at(path, parts[0], rest, span, trail)
    for part in parts[1:]:
        if _dims(_at(path, part, rest, span, trail)[1]) != _dims(found):
            trail.fail(
                "BW211",
                f"the copies of {node.name} have unlike parameters, so `*` cannot stand for all",
                span,
                help=f"tie the copies one by one: {node.name}.0, {node.name}.1, …",
            )
    return (*head, *inner), found


def _dims(found: Mapping[Path, Parameter]) -> dict[Path, list[Form]]:
    return {path: [dim.name for dim in p.dims] for path, p in found.items()}


def _at(
    path: Path, part: Part, rest: Path, span: Span, trail: Trail
) -> tuple[Path, Mapping[Path, Parameter]]:
    """What ``rest`` leads to in one template, and the parameters at or below it."""
    if not rest:
        found = dict(_below(part))
        if not found:
            message = f"{dotted(path)} has no parameters"
            trail.fail("BW211", message, span, help="tie boxes that own arrays")
        return (), found
    if isinstance(part, Composite):
        return found_at(rest, part.nodes, span, trail)
    if len(rest) > 1 or rest[0] not in part.parameters:
        trail.fail(
            "BW211",
            f"{part.name} has no parameter `{dotted(rest)}`",
            span,
            help=did_you_mean(rest[0], part.parameters),
        )
    return rest, {(): part.parameters[rest[0]]}


def _copies(
    path: Path, node: Node, span: Span, trail: Trail
) -> tuple[Path, tuple[Part, ...], Path]:
    """The first step of a path with the copies it means, their templates, and the rest."""
    if node.count is None:
        return (path[0],), (node.part,), path[1:]
    index = path[1] if len(path) > 1 else "*"
    if index == "*":
        return (path[0], "*"), tuple(dict.fromkeys(node.parts)), path[2:]
    if not index.isdigit() or int(index) >= node.count:
        trail.fail(
            "BW211",
            f"{node.name} has {node.count} copies: write {node.name}.* for all",
            span,
        )
    return (path[0], index), (node.part_of(int(index)),), path[2:]


def _below(part: Part) -> Iterator[tuple[Path, Parameter]]:
    """Every parameter of a template by its path inside."""
    if isinstance(part, Primitive):
        yield from (((name,), parameter) for name, parameter in part.parameters.items())
        return
    for node in part.nodes.values():
        head: Path = (node.name,) if node.count is None else (node.name, "*")
        yield from (((*head, *inner), parameter) for inner, parameter in _below(node.part))


def counts(path: Path, nodes: Mapping[str, Node]) -> list[int]:
    """How many copies each star of a path stands for."""
    found, place = [], 0
    while place < len(path) and path[place] in nodes:
        node = nodes[path[place]]
        place += 1
        if node.count is not None:
            if path[place] == "*":
                found.append(node.count)
            place += 1
        if not isinstance(node.part, Composite):
            break
        nodes = node.part.nodes
    return found


def meet(one: Path, other: Path) -> bool:
    """Whether two paths with stars can mean the same parameter."""
    return len(one) == len(other) and all(
        a == b or "*" in (a, b) for a, b in zip(one, other, strict=True)
    )


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(path)
