"""The edge of a spec: its dims and settings evaluated, the types of its inputs and outputs."""

from __future__ import annotations

from boxwork.blocks.types import Port, TypePattern, WireType
from boxwork.graphs.building.infer import Binding
from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.trail import ReportedError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import CompositeDecl

DIMS = "write them one by one, such as real[seq, d_model], and declare them under dims"


def evaluate(root: Scope) -> None:
    """Give every dim and setting of the spec its value, so that all that is wrong is told."""
    for name, setting in root.settings.items():
        if setting.default is None:
            root.trail.report(
                "BW112",
                f"the setting {name} has no value",
                setting.span,
                help=f"write {name}: {setting.type} = …",
            )
    for name in [*root.dims, *root.settings]:
        try:
            root.value(name)
        except (ReportedError, LookupError):
            continue


def input_types(decl: CompositeDecl, root: Scope) -> dict[str, tuple[WireType, ...]]:
    """The types of the spec's inputs; those that are wrong are reported and left out."""
    binding = Binding(root.trail, "", "the spec", decl.span, root.lookup)
    found: dict[str, tuple[WireType, ...]] = {}
    for name, declared in decl.inputs.items():
        try:
            found[name] = (_input_type(declared.port, declared.text, binding, root),)
        except ReportedError:
            continue
    return found


def outputs_known(decl: CompositeDecl, root: Scope) -> bool:
    """Whether the types of the spec's outputs speak of its own dims only."""
    known = [_names_known(out.type, out.text, root) for out in decl.outputs.values()]
    for out in decl.outputs.values():
        if None in out.type.dims or out.type.kind == "shape":
            message = f"the output {out.name} of a spec names its kind and all its dims"
            root.trail.report("BW107", message, out.text.span, help=DIMS)
            known.append(False)
    return all(known)


def _input_type(port: Port, text: Scalar, binding: Binding, root: Scope) -> WireType:
    if None in port.type.dims:
        message = "the input of a spec names all its dims, without *"
        root.trail.fail("BW107", message, text.span, help=DIMS)
    if port.type.kind == "shape":
        message = "the input of a spec carries values: real[…] or index<…>[…], not shape"
        mend = "what only has a shape is a port of a block: give values of that shape"
        root.trail.fail("BW107", message, text.span, help=mend)
    if port.optional or port.default is not None:
        message = f"the input {port.name} of a spec is always given: it has no default"
        mend = "take the default out: only inputs of blocks have one"
        root.trail.fail("BW107", message, text.span, help=mend)
    if not _names_known(port.type, text, root):
        raise ReportedError
    return binding.type_of(port)


def _known_or_new(name: str, root: Scope) -> str:
    known, new = did_you_mean(name, root.known()), f"`{name}: any` under dims"
    if not known:
        return f"add {new}"
    meant = known.startswith("did you mean")
    return known if meant else f"{known}; a length that only a run knows is {new}"


def _names_known(pattern: TypePattern, text: Scalar, root: Scope) -> bool:
    known = True
    for expr in [*pattern.dims, pattern.bound]:
        for part in expr.names() if expr is not None else ():
            if not root.declares(part.text):
                known = False
                root.trail.report(
                    "BW108",
                    f"`{part.text}` is no dim of this spec",
                    text.part(part.start, part.end),
                    help=_known_or_new(part.text, root),
                )
    return known
