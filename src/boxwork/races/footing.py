"""On equal footing: a dim is scaled until a spec has as many parameters as another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import total
from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span, SpecError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import DimDecl, Spec

WIDTH = "d_model"  # what is scaled if all have it
MOST = 1 << 20  # of a dim
FAR = 512  # so many values next to a guess are tried for one that the spec allows
CODE = "BW580"


@dataclass(frozen=True, slots=True)
class Scaled:
    """A spec whose dim was set, from what and to what; ``parameters`` are what it has now."""

    spec: Spec
    graph: Graph
    dim: str
    before: int
    after: int
    parameters: int

    @property
    def told(self) -> tuple[str, int, int]:
        """The dim, what it was, and what it is."""
        return self.dim, self.before, self.after


def scaled(spec: Spec, dim: str, wanted: int) -> Scaled:
    """The spec with the value of a dim that brings its parameters closest to those wanted.

    All values are looked at that the spec allows: what it requires holds, and all widths fit.
    Parameters are taken to grow with the dim.

    Raises:
        SpecError: if the spec is wrong whatever the dim is.
        DataError: if parameters do not hang on it.
    """
    tried: dict[int, tuple[Spec, Graph]] = {}
    counts: dict[int, int | None] = {}

    def count(size: int) -> int | None:
        if size not in counts:
            made = with_dim(spec, dim, size)
            try:
                tried[size] = made, build(made)
                counts[size] = total(tried[size][1])
            except SpecError:
                counts[size] = None
        return counts[size]

    before = int(spec.root.dims[dim].value.text.replace("_", ""))
    start = next((n for n in _around(before, 0, MOST, FAR) if count(n) is not None), None)
    if start is None:
        build(spec)
        raise AssertionError("a spec that is right has one size that can be")
    after = nearest(count, start, wanted)
    if after is None:
        message = f"the parameters of {spec.name} do not hang on {dim}, so it scales nothing"
        raise DataError([Diagnostic(CODE, message, help="give another one with --scale-dim")])
    parameters = counts[after]
    assert parameters is not None
    return Scaled(*tried[after], dim, before, after, parameters)


def with_dim(spec: Spec, name: str, size: int) -> Spec:
    """The same spec, wherever a dim of its own comes from, with another size of it."""
    text = f"{name}: {size}"
    span = Span(Source("a race", text), len(name) + 2, len(text))
    decl = DimDecl(name, Scalar(str(size), span), span)
    return replace(spec, root=replace(spec.root, dims={**spec.root.dims, name: decl}))


def common(specs: Mapping[str, Spec], asked: str | None = None) -> str:
    """The dim that is scaled: the one that is asked for, else ``d_model``, else the only one.

    Raises:
        DataError: if a spec does not have it as a number of its own, or none says itself.
    """
    own = {name: _numbers(spec) for name, spec in specs.items()}
    if asked is not None:
        wrong = [
            _lacking(name, specs[name], asked, dims)
            for name, dims in own.items()
            if asked not in dims
        ]
        if wrong:
            raise DataError(wrong)
        return asked
    outer = {dim for spec in specs.values() for dim in _outside(spec)}
    first, *others = own.values()
    shared = [dim for dim in first if dim not in outer and all(dim in one for one in others)]
    if WIDTH in shared or len(shared) == 1:
        return WIDTH if WIDTH in shared else shared[0]
    message = f"there is no one dim to scale {' and '.join(specs)} by"
    hint = "declare one of the same name in each, such as d_model"
    if shared:
        hint = f"choose one with --scale-dim: {', '.join(shared)}"
    raise DataError([Diagnostic(CODE, message, help=hint)])


def _numbers(spec: Spec) -> list[str]:
    """The dims that are written as a number, not computed from others."""
    return [
        name
        for name, decl in spec.root.dims.items()
        if decl.value.text.replace("_", "").isdecimal()
    ]


def _outside(spec: Spec) -> Iterator[str]:
    """The dims of what goes in and comes out: what is learned has them."""
    inputs = (decl.port.type for decl in spec.root.inputs.values())
    for kind in (*inputs, *(decl.type for decl in spec.root.outputs.values())):
        for dim in (*kind.dims, kind.bound):
            if dim is not None:
                yield from (name.text for name in dim.names())


def _lacking(name: str, spec: Spec, asked: str, own: Sequence[str]) -> Diagnostic:
    why = f"{name} has no dim `{asked}`"
    if asked in spec.root.dims:
        why = f"{asked} of {name} cannot be scaled: it is computed from others, or free"
    hint = did_you_mean(asked, own) or f"it has {', '.join(own) or 'none to scale'}"
    return Diagnostic(CODE, why, help=hint)


def nearest(count: Callable[[int], int | None], start: int, wanted: int) -> int | None:
    """The size from 1 whose count is closest to the one wanted; of two, the smaller.

    Counts grow with sizes; of a size that cannot be there is none. ``start`` can be. None if
    another size has the same count.
    """
    low, high = (start, None) if _at(count, start) <= wanted else (None, start)
    while (low is None or high is None or high - low > 1) and (found := _between(count, low, high)):
        here = _at(count, found)
        if here == _at(count, start):
            return None
        low, high = (found, high) if here <= wanted else (low, found)
    ends = [size for size in (low, high) if size is not None]
    return min(ends, key=lambda size: (abs(_at(count, size) - wanted), size))


def _between(count: Callable[[int], int | None], low: int | None, high: int | None) -> int | None:
    """A size between two, or beyond the one that is known, that can be; None if there is none."""
    if high is None:
        assert low is not None
        sizes: Iterable[int] = _around(min(2 * low, MOST), low, MOST + 1, FAR)
    elif low is None:
        sizes = _around(high // 2, 0, high, FAR)
    else:
        sizes = _around((low + high) // 2, low, high, high - low)
    return next((size for size in sizes if count(size) is not None), None)


def _around(middle: int, low: int, high: int, far: int) -> Iterator[int]:
    """The sizes between two, without them, those next to the middle first."""
    for step in range(far + 1):
        for size in dict.fromkeys((middle - step, middle + step)):
            if low < size < high:
                yield size


def _at(count: Callable[[int], int | None], size: int) -> int:
    found = count(size)
    assert found is not None
    return found
