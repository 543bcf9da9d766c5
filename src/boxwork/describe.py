"""What a block of the catalogue says about itself: the facts of ``explain`` and ``list``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives
from boxwork.blocks.docstrings import joined, told
from boxwork.blocks.types import ANY_SIZE, Port
from boxwork.specs import library, marked
from boxwork.specs.spec import CompositeDecl


@dataclass(frozen=True)
class Facts:
    """A block: its ports and settings as they are declared, its arrays with named shapes.

    ``texts`` are what its declaration says in words: formula, shapes, errors, source.
    """

    name: str
    kind: str  # primitive or composite
    family: str
    about: str
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    settings: Sequence[str] = ()
    require: Sequence[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The facts as plain data."""
        return asdict(self)


def describe(name: str, *, briefly: bool = False) -> Facts | None:
    """The facts of a block; None if the catalogue has no such block. Briefly: no parameters."""
    composite = library.composite(name)
    primitive = primitives().get(name)
    if composite is not None:
        return _composite(composite, {} if briefly else _parameters(name))
    if primitive is not None:
        return _primitive(name, primitive, {} if briefly else _parameters(name))
    return None


def _parameters(name: str) -> Mapping[str, str]:
    from boxwork.sample import parameters

    return parameters(name)


def _primitive(name: str, cls: type[Block], parameters: Mapping[str, str]) -> Facts:
    about, texts = told(cls)
    blanks = iter(cls.blanks)
    ports = re.sub(rf"(?<=[\[ ]){ANY_SIZE}(?=[\],])", lambda _: next(blanks, ANY_SIZE), cls.ports)
    inputs, _, outputs = ports.partition("->")
    return Facts(
        name,
        "primitive",
        cls.family,
        about,
        inputs=_ports(inputs),
        outputs=_ports(outputs),
        settings=[f"{setting.name}: {setting}" for setting in cls.settings()],
        require=cls.require,
        parameters=parameters,
        texts=texts,
    )


def _ports(text: str) -> list[str]:
    """The declared ports, one by one: commas inside brackets part nothing."""
    return [port.strip() for port in re.split(r",(?![^\[]*\])", text) if port.strip()]


def _composite(decl: CompositeDecl, parameters: Mapping[str, str]) -> Facts:
    texts = {key: decl.text[key] for key in ("formula", "source") if key in decl.text}
    return Facts(
        decl.name,
        "composite",
        decl.text.get("family", ""),
        decl.text.get("about", ""),
        inputs=[_input(port.port) for port in decl.inputs.values()],
        outputs=[f"{name}: {output.type}" for name, output in decl.outputs.items()],
        settings=[
            f"{name}: {setting.type}{_default(setting.default)}"
            for name, setting in decl.settings.items()
        ],
        require=[requirement.text.text for requirement in decl.require],
        parameters=parameters,
        nodes={name: node.use.text for name, node in decl.nodes.items() if node.use},
        texts=texts,
    )


def _input(port: Port) -> str:
    default = port.default or ("none" if port.optional else "")
    return f"{port.name}: {port.type}" + (f" = {default}" if default else "")


def _default(value: marked.Marked | None) -> str:
    """A default as it is written."""
    if value is None:
        return ""
    if isinstance(value, marked.Scalar):
        return f" = {value.text}"
    return f" = {joined(value.span.source.text[value.span.start : value.span.end])}"
