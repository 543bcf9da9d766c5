"""Toy profiles: sizes at which a spec is a toy that runs anywhere, with what is special kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.ports import read_dims
from boxwork.specs.spec import DimDecl, Spec

VIA = "toy"  # through what a size came that a toy gave


def read_toy(
    tree: marked.Mapping | None, dims: Mapping[str, DimDecl], reporter: Reporter
) -> dict[str, DimDecl]:
    """``toy: {d_model: 16, layers: 2}``: sizes for dims that the spec has."""
    toy = read_dims(tree, reporter, free=True)
    for name, decl in toy.items():
        if name not in dims:
            message = f"the spec has no dim `{name}`"
            reporter.error("BW108", message, decl.span, help=did_you_mean(name, dims))
        elif dims[name].free:
            message = f"`{name}` is known only at run time, in a toy as well"
            reporter.error("BW310", message, decl.span, help="leave it out")
        elif decl.free:
            message = f"a toy gives `{name}` a size, and `any` is none"
            reporter.error("BW310", message, decl.value.span, help="a small whole number")
    return {name: decl for name, decl in toy.items() if name in dims and not decl.free}


def at_toy(spec: Spec) -> Spec:
    """A spec at the sizes of its toy; as it is, if it has none."""
    dims = {name: _through(decl) for name, decl in spec.toy.items()}
    return replace(spec, root=replace(spec.root, dims=dict(spec.root.dims) | dims))


def is_toy(spec: Spec) -> bool:
    """Whether a spec is at sizes of its toy."""
    return any(from_toy(dim.span) for dim in spec.root.dims.values())


def from_toy(span: Span) -> bool:
    """Whether a size came through a toy."""
    return span.via.split(", ")[0] == VIA


def _through(decl: DimDecl) -> DimDecl:
    """The same size, said to have come through the toy."""

    def told(span: Span) -> Span:
        via = f"{VIA}, {span.via}" if span.via else VIA
        return span._replace(source=replace(span.source, via=via))

    value = replace(decl.value, span=told(decl.value.span))
    return replace(decl, value=value, span=told(decl.span))
