"""What numbers are said to mean, held against the wires that carry them."""

from __future__ import annotations

from boxwork.blocks.types import WireType
from boxwork.graphs.building.ahead import CODE, seer
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.graph import Composite
from boxwork.specs.diagnostics import Note, Span
from boxwork.specs.interpret import Names, Next, Tokenizer
from boxwork.specs.spec import Spec


def held_interpretation(spec: Spec, root: Composite, trail: Trail) -> None:
    """Hold names, tokenizers and next tokens against the types of inputs and outputs."""
    inputs = {name: types[0] for name, types in root.inputs.items()}
    holder = _Holder(spec, inputs, trail)
    for name, readings in spec.interpretation.inputs.items():
        for reading in readings:
            if isinstance(reading, Names):
                holder.names(name, inputs[name], reading)
            else:
                holder.tokenizer(name, inputs[name])
    for name, outputs in spec.interpretation.outputs.items():
        for found in outputs:
            if name not in root.outputs:
                continue
            if isinstance(found, Names):
                holder.names(name, root.outputs[name], found)
            else:
                holder.next(name, root.outputs[name], found)
                holder.ahead(name, root, found)


class _Holder:
    def __init__(self, spec: Spec, inputs: dict[str, WireType], trail: Trail) -> None:
        self.spec, self.inputs, self.trail = spec, inputs, trail

    def names(self, name: str, type: WireType, reading: Names) -> None:
        """As many names as numbers; one number may tell two classes by its sign."""
        size = type.bound or type.width
        if size is None or size.free:
            return
        found = len(reading.names)
        if found != int(size) and not (int(size) == 1 and found == 2):
            self._report(name, type, f"{name} has {int(size):,} numbers, but {found:,} names")

    def tokenizer(self, name: str, type: WireType) -> None:
        """Text becomes indices, and no more of them than the input takes."""
        if type.bound is None:
            self._report(
                name,
                type,
                f"a tokenizer gives indices, but {name} carries numbers",
                help=f"declare {name}: index<vocab>[…]",
            )
            return
        made: Tokenizer | None = self.spec.interpretation.tokenizer(name)
        if made is None or not made.symbols or type.bound.free:
            return
        if len(made.symbols) > int(type.bound):
            said = f"the tokenizer of {name} has {len(made.symbols):,} {made.things}"
            self._report(
                name,
                type,
                f"{said}, but only indices below {type.bound} are allowed",
                help=f"make {type.bound.name} at least {len(made.symbols)} to run it on text",
                code="BW908",
            )

    def next(self, name: str, type: WireType, reading: Next) -> None:
        """One score for each index that may follow."""
        follows = self.inputs.get(reading.of)
        if follows is None or follows.bound is None:
            self._report(
                name, type, f"{name} scores what follows on {reading.of}, which carries no indices"
            )
        elif type.width is None or not type.width.agrees(follows.bound):
            self._report(
                name,
                type,
                f"{name} has {type.width} scores for the {follows.bound} indices of {reading.of}",
            )

    def ahead(self, name: str, root: Composite, reading: Next) -> None:
        """What follows must not be seen: no box may look ahead on the way to its scores."""
        follows = self.inputs.get(reading.of)
        for dim in follows.dims if follows is not None else ():
            found = seer(root, reading.of, name, str(dim.value)) if dim.free else None
            if found is not None:
                self._report(
                    name,
                    root.outputs[name],
                    f"{name} scores what follows on each of {reading.of}, but can see it",
                    help="use boxes that look back only, such as attention with causal: true",
                    code=CODE,
                    why=(Note(f"{found.path} ({found.block}) looks at all of {dim}", found.span),),
                )

    def _report(
        self,
        name: str,
        type: WireType,
        message: str,
        help: str = "",
        code: str = "BW118",
        why: tuple[Note, ...] = (),
    ) -> None:
        tree = self.spec.interpret
        value = tree.get(name) if tree is not None else None
        span: Span = value.span if value is not None else self.spec.span
        notes = why or (Note(f"{name} is {type.named()}" + _sizes(type)),)
        self.trail.report(code, message, span, notes=notes, help=help)


def _sizes(type: WireType) -> str:
    dims = [d for d in (*type.dims, *([type.bound] if type.bound else [])) if not d.free]
    named = [f"{d.name} = {d}" for d in dims if d.name.constant is None]
    return f", {', '.join(dict.fromkeys(named))}" if named else ""
