"""One use of a block on wires of named sizes, to see which arrays it then owns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from boxwork.blocks.block import Parameter
from boxwork.blocks.catalogue import primitives
from boxwork.blocks.settings import SettingType
from boxwork.blocks.types import Port, TypePattern, parse_ports
from boxwork.specs import library
from boxwork.specs.diagnostics import Reporter, Source, SpecError
from boxwork.specs.marked import Mapping as MarkedMapping
from boxwork.specs.spec import CompositeDecl

NODE = "it"
WIDTH, SMALL = 16, 4  # sizes that divide each other, as heads must divide widths
_STAR = re.compile(r"(?<=[\[,])\s*\*(?=\s*[,\]])")
_NAME = re.compile(r"[a-z]\w*")


def parameters(name: str) -> Mapping[str, str]:
    """The parameters of a block by path, with named shapes: ``[width_in, width]``.

    Those of a block that must be given stand as ``node.*``. Empty if the block owns none, or if
    no sample of it can be made up.
    """
    from boxwork.graphs.building.build import build
    from boxwork.graphs.parameters import parameters as declared
    from boxwork.specs.schema import read_spec
    from boxwork.specs.source import parse

    reporter = Reporter()
    try:
        tree = parse(Source(f"a sample of {name}", _spec(name)))
        assert isinstance(tree, MarkedMapping)
        spec = read_spec(tree, reporter)
        reporter.raise_errors()
        assert spec is not None
        found = declared(build(spec))
    except SpecError:
        return {}
    own = {path.removeprefix(f"{NODE}."): _shape(array) for path, array in found.items()}
    composite = library.composite(name)
    return own if composite is None else _in_order(own | dict(_of_given(composite)), composite)


def _of_given(block: CompositeDecl) -> Iterator[tuple[str, str]]:
    """The parameters of nodes whose block is a setting that has no default."""
    for name, node in block.nodes.items():
        used = block.settings.get(node.use.text) if node.use else None
        if used is not None and used.default is None:
            front = f"[{node.parallel.text}, …], " if node.parallel and not node.share else ""
            yield f"{name}.*", f"{front}each array of {used.name}"


def _in_order(parameters: Mapping[str, str], block: CompositeDecl) -> Mapping[str, str]:
    """The parameters in the order of the nodes that have them."""
    names = list(block.nodes)
    paths = sorted(parameters, key=lambda path: names.index(path.split(".")[0]))
    return {path: parameters[path] for path in paths}


def _shape(array: Parameter) -> str:
    shape = f"[{', '.join(str(dim.name) for dim in array.dims)}]"
    return shape if array.trained else f"{shape}, not trained"


def _spec(block: str) -> str:
    """The YAML of a spec that is this one block."""
    inputs, outputs, settings = _declared(block)
    wired = [port for port in inputs if port.required]
    given = {key: _value(key, kind) for key, kind in settings.items()}
    sizes = {key: SMALL for key, kind in settings.items() if kind.base == "size"}
    for port in wired:
        size = SMALL if port.type.kind == "shape" else WIDTH  # positions may have a bound
        sizes |= {name: size for name in _names(port.type) if name not in sizes}
    made = {port.name: _type(port.type) for port in outputs if not port.optional}
    lines = ["format: 1", f"name: a sample of {block}", f"dims: {_flow(sizes)}", "inputs:"]
    lines += [f"  {port.name}: {_type(port.type)!r}" for port in wired]
    lines += ["outputs:"]
    for name, kind in made.items():
        lines.append(f"  out_{name}: {{type: {kind!r}, from: {NODE}.{name}}}")
    wires = {port.name: f"[{port.name}]" if port.many else port.name for port in wired}
    lines += ["nodes:", f"  {NODE}: {{use: {block}, in: {_flow(wires)}, with: {_flow(given)}}}"]
    return "\n".join(lines) + "\n"


def _declared(block: str) -> tuple[list[Port], list[Port], dict[str, SettingType]]:
    """The inputs, the outputs, and the settings that must be given."""
    composite = library.composite(block)
    if composite is None:
        cls = primitives()[block]
        needed = {s.name: s.type for s in cls.settings() if s.required}
        inputs, outputs = parse_ports(cls.ports)
        return list(inputs), list(outputs), needed
    needed = {n: s.type for n, s in composite.settings.items() if s.default is None}
    ports = [Port(n, output.type) for n, output in composite.outputs.items()]
    return [decl.port for decl in composite.inputs.values()], ports, needed


def _type(pattern: TypePattern) -> str:
    text = _STAR.sub("positions", str(pattern))
    return text.replace("shape[", "real[")  # what reads a shape takes any wire


def _names(pattern: TypePattern) -> Iterator[str]:
    text = _type(pattern)
    yield from _NAME.findall(text.partition("[")[2])
    if pattern.kind == "index":
        yield from _NAME.findall(text.partition("[")[0].removeprefix("index"))


def _value(name: str, kind: SettingType) -> str:
    """Something that a setting of this type may be."""
    match kind.base:
        case "size" | "text" | "dim":
            return name
        case "list":
            return f"[{SMALL}]"
        case "sizes":
            return f"{{part: {WIDTH}}}"
        case "block":
            return "ReLU"
        case "choice":
            return kind.choices[0]
        case "flag":
            return "true"
        case _:
            return "1"


def _flow(entries: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
