"""What a spec is trained for: a loss box, and an input for what its output should be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from boxwork.blocks.catalogue import primitives
from boxwork.blocks.types import Port, parse_port, parse_type
from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.interpret import Names
from boxwork.specs.marked import Mapping, Scalar
from boxwork.specs.spec import InputDecl, NodeDecl, OutputDecl, Spec

USUAL, PLAIN = "CrossEntropy", "MeanSquaredError"


@dataclass(frozen=True)
class Objective:
    """A spec with its loss: ``loss`` is an output, ``wanted`` an input, of the same spec.

    ``output`` is what the loss looks at, ``block`` which loss it is.
    """

    spec: Spec
    output: str
    wanted: str
    loss: str
    block: str


def objective(spec: Spec, *, output: str | None = None, block: str | None = None) -> Objective:
    """A spec made ready for training on one of its outputs.

    The first output that says what comes next, or which class wins, gets a CrossEntropy; else
    the first output a MeanSquaredError. A loss that the spec has itself is used as it is.

    Raises:
        DataError: if there is no such output.
    """
    if output is None and block is None and (own := _own(spec)) is not None:
        return own
    output = _output(spec, output)
    block = block or _usual(spec, output)
    if block not in _losses():
        hint = did_you_mean(block, _losses()) or f"known: {', '.join(sorted(_losses()))}"
        raise DataError([Diagnostic("BW582", f"`{block}` is no loss", help=hint)])
    decl = spec.root.outputs[output]
    if not decl.type.dims:
        hint = "give it a dim: real[1] for one number"
        raise _error(f"a loss looks at a row of numbers; {output} is {decl.type}", hint)
    taken = {*spec.root.inputs, *spec.root.nodes, *spec.root.outputs}
    wanted, loss = _free("wanted", taken), _free("loss", taken)
    return Objective(_attached(spec, decl, wanted, loss, block), output, wanted, loss, block)


def _losses() -> dict[str, tuple[Port, Port]]:
    """Every loss by name: what it looks at, and what is wanted there."""
    found = {name: block.inputs() for name, block in primitives().items() if block.family == "loss"}
    return {name: (ports[0], ports[1]) for name, ports in found.items() if len(ports) > 1}


def _own(spec: Spec) -> Objective | None:
    """The loss that a spec has as an output, if what is wanted there is an input."""
    for decl in spec.root.outputs.values():
        node = spec.root.nodes.get(decl.wire.text)
        if node is None or node.use is None or not isinstance(node.inputs, Mapping):
            continue
        block = node.use.text
        if block not in _losses():
            continue
        scores, wanted = (node.inputs.get(port.name) for port in _losses()[block])
        if not (isinstance(scores, Scalar) and isinstance(wanted, Scalar)):
            continue
        if wanted.text in spec.root.inputs:
            return Objective(spec, scores.text, wanted.text, decl.name, block)
    return None


def _output(spec: Spec, named: str | None) -> str:
    outputs = spec.root.outputs
    if named is not None:
        if named in outputs:
            return named
        hint = did_you_mean(named, outputs)
        raise _error(f"{spec.name} has no output `{named}`", hint)
    read = [name for name in outputs if spec.interpretation.outputs.get(name)]
    return (read or list(outputs))[0]


def _usual(spec: Spec, output: str) -> str:
    """CrossEntropy for scores of tokens or classes, one for each; else the mean square."""
    readings = spec.interpretation.outputs.get(output, ())
    if not readings or not spec.root.outputs[output].type.dims:
        return PLAIN
    one = isinstance(readings[0], Names) and _width(spec, output) == "1"
    return PLAIN if one else USUAL


def _width(spec: Spec, output: str) -> str:
    """The last dim of an output, followed to the number it is declared to be."""
    last = spec.root.outputs[output].type.dims[-1]
    text = last.text if last is not None else ""
    seen: set[str] = set()
    while text in spec.root.dims and text not in seen:
        seen.add(text)
        text = spec.root.dims[text].value.text
    return text


def _free(name: str, taken: Collection[str]) -> str:
    """A name that nothing has yet: wanted, else wanted_2 and so on."""
    names = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def _attached(spec: Spec, decl: OutputDecl, wanted: str, loss: str, block: str) -> Spec:
    root, (scores, target) = spec.root, _losses()[block]
    *rest, last = _dims(decl.type.text)
    over = ", ".join(rest)
    given = f"index<{last}>[{over}]" if target.type.kind == "index" else decl.type.text
    gives = f"real[{over}]"
    text = f"{wanted}: {given}\n{loss}: {gives}"
    span = Span(Source("training", text), 0, len(text))

    def scalar(text: str) -> Scalar:
        return Scalar(text, span)

    wires = (scalar(scores.name), decl.wire), (scalar(target.name), scalar(wanted))
    node = NodeDecl(loss, span, scalar(block), inputs=Mapping(wires, span))
    return replace(
        spec,
        root=replace(
            root,
            inputs={**root.inputs, wanted: InputDecl(parse_port(wanted, given), scalar(given))},
            outputs={
                **root.outputs,
                loss: OutputDecl(loss, parse_type(gives), scalar(gives), scalar(loss), span),
            },
            nodes={**root.nodes, loss: node},
        ),
    )


def _dims(text: str) -> list[str]:
    """The dims of a type as they are written: ``seq`` and ``max(a, b)`` of a type with both."""
    found, depth = [""], 0
    for letter in text[text.index("[") + 1 : text.rindex("]")]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [dim.strip() for dim in found]


def _error(message: str, help: str) -> DataError:
    return DataError([Diagnostic("BW430", message, help=help)])
