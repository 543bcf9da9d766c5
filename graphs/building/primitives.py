"""Templates of primitives: settings held, dims bound, parameters and output types told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from boxwork.blocks import expressions
from boxwork.blocks.block import BlockError, Dims, Parameter
from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form, SizeError
from boxwork.blocks.grammar import ExpressionError, parse_condition
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.infer import Binding
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.scope import UnknownNameError
from boxwork.graphs.building.trail import Frame, Trail
from boxwork.graphs.graph import Condition, Primitive
from boxwork.specs.diagnostics import Note
from boxwork.specs.spec import NodeDecl

Conditions = dict[tuple[Form, str, Form], Condition]


def primitive(
    block: BlockValue,
    decl: NodeDecl,
    frame: Frame,
    wires: Mapping[str, tuple[Wire, ...]],
    trail: Trail,
    conditions: Conditions,
) -> Primitive:
    """The template of one use of a primitive: its dims, types and parameters."""
    cls = block.definition.primitive
    assert cls is not None
    made = cls(**dict(block.given))
    known = {s.name: getattr(made, s.name) for s in cls.settings()}
    for name in cls.fixed:
        if isinstance(known[name], Dim) and known[name].free:
            where = f"{trail.path(decl.name)} ({block.used})"
            a = "an" if name[0] in "aeiou" else "a"
            message = f"{where} needs {a} {name} that is known before the run"
            place = block.spans.get(name, frame.span)
            trail.fail("BW212", message, place, help=f"{known[name].name} is known at run time")
    binding = Binding(trail, decl.name, block.used, frame.span, _from(known))
    binding.wires(cls.inputs(), wires)
    dims = Dims({k: v for k, v in known.items() if isinstance(v, Dim)} | binding.dims)
    inputs = {port: tuple(w.type for w in ws) for port, ws in wires.items()}
    try:
        for text in cls.require:
            _hold(text, binding, made, block, frame, conditions)
        outputs = {p.name: None for p in made.output_ports()} | dict(
            made.output_types(dims, inputs)
        )
        types = {p.name: outputs[p.name] or binding.type_of(p) for p in made.output_ports()}
        parameters = dict(made.parameters(dims))
    except (BlockError, SizeError) as error:
        trail.fail(
            "BW216",
            f"{binding.path} ({block.used}): {error}",
            frame.span,
            help=getattr(error, "help", ""),
        )
    _bound(parameters, binding, frame)
    return Primitive(block.definition.name, made, dims, inputs, types, parameters)


def _bound(parameters: Mapping[str, Parameter], binding: Binding, frame: Frame) -> None:
    """A parameter is an array of a fixed size: free dims cannot be in its shape."""
    for name, parameter in parameters.items():
        for dim in parameter.dims:
            if dim.free:
                shape = ", ".join(str(d.name) for d in parameter.dims)
                binding.trail.fail(
                    "BW212",
                    f"{binding.path}: its parameter {name} [{shape}] would have a size that "
                    f"only the run knows: {dim.name}",
                    frame.span,
                    help=f"give {dim.name} a size, or change which dim stands last",
                )


def _hold(
    text: str,
    binding: Binding,
    made: Any,
    block: BlockValue,
    frame: Frame,
    conditions: Conditions,
) -> None:
    expr = parse_condition(text)
    try:
        found = expressions.holds(expr, binding.get)
    except ExpressionError as error:
        message = f"{binding.path} ({type(made).__name__}) needs {text}: {error}"
        binding.trail.fail("BW114", message, frame.span, notes=binding.said(expr))
    if isinstance(found, tuple):  # known at run time only: every run holds it
        owner = f"{binding.path} ({type(made).__name__})"
        place = binding.trail.place(frame.span)
        conditions.setdefault(found, Condition(*found, text, place, owner))
    elif not found:
        values = ", ".join(
            f"{name} = {binding.get(name)}" for name in dict.fromkeys(e.text for e in expr.names())
        )
        binding.trail.fail(
            "BW116",
            f"{binding.path} ({type(made).__name__}) needs {text}, but {values}",
            frame.span,
            notes=[*binding.said(expr), *_given(block, text)],
            help="change one of them",
        )


def _given(block: BlockValue, text: str) -> Iterator[Note]:
    """Where the settings in a requirement were given."""
    for name in dict.fromkeys(e.text for e in parse_condition(text).names()):
        if name in block.spans:
            span = block.spans[name]
            yield Note(f"{name}: {span.source.text[span.start : span.end]}", span)


def lacks(block: BlockValue, frame: Frame, trail: Trail) -> bool:
    """Report the settings of a primitive that must be given and are not."""
    cls, given = block.definition.primitive, dict(block.given)
    needed = [s for s in cls.settings() if s.required and s.name not in given] if cls else []
    for setting in needed:
        missing(setting.name, str(setting.type), frame, block, trail)
    return bool(needed)


def missing(name: str, kind: str, frame: Frame, block: BlockValue, trail: Trail) -> None:
    """Report a setting that must be given, at the node that should give it."""
    given = f"with: {{{name}: …}}"
    mend = f"{{use: {block.used}, {given}}}" if block.span else given
    trail.report(
        "BW112",
        f"{block.used} needs the setting {name}",
        block.span or frame.span,
        help=f"write {mend} ({kind})",
    )


def given_only(block: BlockValue) -> Callable[[str], Dim | float]:
    """The sizes and numbers among the settings of a block that were given, by name."""
    return _from(dict(block.given))


def _from(known: Mapping[str, Any]) -> Callable[[str], Dim | float]:
    def lookup(name: str) -> Dim | float:
        value = known.get(name)
        if isinstance(value, Dim | float):
            return value
        raise UnknownNameError(name)

    return lookup
