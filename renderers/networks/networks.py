"""An open Linear, or a chain of them, as layers of neurons with names and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from boxwork.graphs.graph import Primitive
from boxwork.graphs.parameters import find
from boxwork.renderers.networks.neurons import Layer, Network
from boxwork.renderers.regions.region import Head, Pin, Region, Strand
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.regions.words import index, title
from boxwork.renderers.structure.dense import is_linear, sizes
from boxwork.renderers.structure.scope import Element, Net, Scope
from boxwork.renderers.values.data import Data

SPOKEN = {" ": "space", "\n": "newline", "\t": "tab"}


def network(scope: Scope, element: Element, path: str, data: Data, notes: Sequence[str]) -> Region:
    """The region of an open Linear, or of a chain of small ones; ``path`` leads to the scope."""
    chain = element.layers or [element]
    layers = [_inputs(scope, chain[0], path, data)]
    ends = [_layer(one, path, data) for one in chain]
    ends[-1] = _read(ends[-1], _outputs(scope, element), data)
    region = Network([*layers, *ends], notes).made()
    wire = element.wires[0]
    region.pins.append(Pin(wire.net, 0, [Strand(((0, 0),), chain[0].name, wire.port)]))
    for net in element.nets:
        region.heads[net] = Head(0, ((0, region.height),), element.name)
    return region


def spoken(symbol: str) -> str:
    """A letter as it is written where it stands alone."""
    return SPOKEN.get(symbol, symbol)


def _inputs(scope: Scope, first: Element, path: str, data: Data) -> Layer:
    """The numbers that come in, with what they are called and their values."""
    assert isinstance(first.part, Primitive)
    count = sizes(first.part)[0]
    subject = Subject(first, first.part, path, data)
    where = subject.source("x") if data.known else None
    if where is None:
        net = first.wires[0].net
        outside = scope.root and net.element in data.graph.inputs
        return Layer(f"{first.name}.x", "input", count, "", _names(net.element, data, outside))
    values = subject.row("x")
    outside = where in data.graph.inputs
    return Layer(
        f"{first.name}.x", "input", count, "", _names(where, data, outside), _whole(values, count)
    )


def _names(where: str, data: Data, outside: bool) -> Sequence[str]:
    """What the numbers of a wire are called: by the spec, of an input or where they are made."""
    if outside:
        return data.features(where)
    if not find(data.graph, f"{where}.weight"):
        return ()
    weights = data.weights(f"{where}.weight")
    return weights.names if weights else ()


def _whole(values: list[float] | None, count: int) -> list[float] | None:
    """Values for every neuron, or none."""
    return values if values is not None and len(values) == count else None


def _layer(element: Element, path: str, data: Data) -> Layer:
    """The neurons of one node."""
    part, name = element.part, element.name
    assert isinstance(part, Primitive)
    wire = next(iter(element.outputs.values()))
    values = _whole(data.value(path + name, len(wire.dims)), int(wire.dims[-1]))
    words = title(element) + index(element)
    if not is_linear(part):
        return Layer(name, "activation", int(wire.dims[-1]), words, values=values)
    below, count = sizes(part)
    weights = data.weights(f"{path}{name}.weight")
    biases = data.weights(f"{path}{name}.bias") if "bias" in part.parameters else None
    return Layer(
        name,
        "sum",
        count,
        words,
        weights.names if weights else (),
        values,
        [[weights.at(i, j) for j in range(count)] for i in range(below)] if weights else None,
        [biases.at(j) for j in range(count)] if biases else (),
    )


def _both(meaning: str, name: str) -> str:
    """What a number of an output means, and what its neuron is called."""
    return meaning if meaning == name else f"{meaning} ({name})"


def _outputs(scope: Scope, element: Element) -> list[str]:
    """The outputs of the graph that an element is."""
    net = Net(element.name, next(iter(element.outputs)))
    return [name for name, end in scope.ends.items() if end == net] if scope.root else []


def _classes(outputs: Sequence[str], data: Data) -> Sequence[str]:
    return next((found for name in outputs if (found := data.classes(name))), ())


def meanings(scope: Scope, element: Element, data: Data) -> list[str]:
    """What the numbers of an element mean, if it is an output of the graph."""
    return [spoken(name) for name in _classes(_outputs(scope, element), data)]


def _read(layer: Layer, outputs: Sequence[str], data: Data) -> Layer:
    """The last layer, with what its numbers mean where it is an output of the graph."""
    classes = _classes(outputs, data)
    values = layer.values
    names: Sequence[str] = [spoken(name) for name in classes] or layer.names
    if classes and layer.names:
        names = [_both(*pair) for pair in zip(names, layer.names, strict=False)]
    winner = None
    if layer.count == 1 and len(classes) == 2:  # one number tells two classes by its sign
        names = [f"{classes[0]} if above 0, else {classes[1]}"]
    elif classes and values and len(classes) == layer.count:
        winner = max(range(layer.count), key=lambda k: values[k])
    return Layer(
        layer.path,
        layer.kind,
        layer.count,
        layer.title,
        names,
        values,
        layer.weights,
        layer.biases,
        winner,
    )
