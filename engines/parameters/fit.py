"""Whether arrays are the parameters of a graph: all of them, none else, each in its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from boxwork.blocks.block import Parameter
from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import parameters
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean

MAX_APART = 5  # as many are told one by one, more in one sentence
MAX_NAMED = 3  # which names so many


def fit(graph: Graph, arrays: Mapping[str, Any], source: str = "the parameters") -> None:
    """Hold arrays against the graph.

    Raises:
        DataError: with what is missing, what is too much, and what has another shape; of many
            a few are named, and it is said how many more there are.
    """
    wrong = [*_names(graph, arrays, source), *_shapes(graph, arrays, source)]
    if wrong:
        raise DataError(wrong)


def _names(graph: Graph, arrays: Mapping[str, Any], source: str) -> Iterator[Diagnostic]:
    """What is missing, and what the graph does not have."""
    declared = parameters(graph)
    missing = [name for name in declared if name not in arrays]
    extra = [name for name in arrays if name not in declared]

    def lacks(name: str) -> Diagnostic:
        hint = did_you_mean(name, extra) if extra else ""
        return Diagnostic("BW504", f"{source} lacks {name}", help=hint)

    def has(name: str) -> Diagnostic:
        message = f"{source} has `{name}`, which {graph.name} does not"
        return Diagnostic("BW504", message, help=did_you_mean(name, missing or declared))

    many = f"{source} lacks {len(missing):,} parameters of {graph.name}"
    yield from _bounded(missing, lacks, "BW504", many)
    many = f"{source} has {len(extra):,} arrays that {graph.name} does not"
    yield from _bounded(extra, has, "BW504", many)


def _shapes(graph: Graph, arrays: Mapping[str, Any], source: str) -> Iterator[Diagnostic]:
    """What has another shape than the graph says."""
    found = {
        name: (_product(arrays[name].shape), _wanted(one))
        for name, one in parameters(graph).items()
        if name in arrays and tuple(arrays[name].shape) != tuple(int(dim) for dim in one.dims)
    }

    def unlike(name: str) -> Diagnostic:
        has, wanted = found[name]
        return Diagnostic("BW505", f"{source}: {name} is {has}, but {graph.name} has {wanted}")

    said = [f"{name} is {has}, not {wanted}" for name, (has, wanted) in found.items()]
    many = f"{len(found):,} arrays of {source} have other shapes than in {graph.name}"
    yield from _bounded([*found], unlike, "BW505", many, said, _sizes(graph, arrays, found))


def _sizes(graph: Graph, arrays: Mapping[str, Any], names: Iterable[str]) -> str:
    """The dims of the graph with which arrays of other shapes would fit, if they agree."""
    found: dict[str, set[int]] = {}
    for name in names:
        dims, shape = parameters(graph)[name].dims, arrays[name].shape
        for dim, size in zip(dims, shape, strict=False) if len(dims) == len(shape) else ():
            if str(dim.name) in graph.dims:
                found.setdefault(str(dim.name), set()).add(int(size))
    if any(len(sizes) > 1 for sizes in found.values()):
        return ""
    other = {name: size for name, (size,) in found.items() if size != int(graph.dims[name])}
    told = ", ".join(f"{name} = {size:,}" for name, size in other.items())
    return f"these weights are of a spec with {told}" if told else ""


def _bounded(
    names: list[str],
    tell: Callable[[str], Diagnostic],
    code: str,
    many: str,
    said: Sequence[str] = (),
    help: str = "",
) -> Iterator[Diagnostic]:
    """What is said of each name; of many of them in one sentence."""
    if len(names) <= MAX_APART:
        yield from map(tell, names)
        return
    shown = [*(said or names)[:MAX_NAMED], f"and {len(names) - MAX_NAMED:,} more"]
    message = f"{many}: {('; ' if said else ', ').join(shown)}"
    yield Diagnostic(code, message, help=help)


def _product(sizes: Sequence[Any]) -> str:
    return " × ".join(map(str, sizes)) or "one number"


def _wanted(parameter: Parameter) -> str:
    names = ", ".join(str(dim.name) for dim in parameter.dims)
    return f"[{names}] = {_product(parameter.dims)}"
