"""Writing a spec as YAML with nothing implied: variants applied, wires and defaults written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from boxwork.blocks.block import Block
from boxwork.blocks.settings import show
from boxwork.specs import library, marked
from boxwork.specs.lookup import declaration, takes_input
from boxwork.specs.pieces import SHIPPED, located
from boxwork.specs.prose import prose
from boxwork.specs.rewire import explicit
from boxwork.specs.scalars import quoted
from boxwork.specs.schema import BLOCK_TEXT, SPEC_TEXT
from boxwork.specs.spec import (
    BlockDecl,
    CompositeDecl,
    Given,
    NodeDecl,
    OutputDecl,
    PresetDecl,
    SettingDecl,
    Spec,
)

Declared = BlockDecl | type[Block] | None


def expand(spec: Spec, named: Callable[[Path], str] = str) -> str:
    """The YAML of a spec that means the same and leaves nothing to be read between the lines.

    Defaults that are computed from the wires (``head_dim: size = d_query / heads``) stay
    defaults: they have no spelling outside their block. ``named`` writes the absolute path of
    a file; what is shipped goes by its name.
    """
    return "\n".join(_Writer(spec, named).lines()) + "\n"


class _Writer:
    def __init__(self, spec: Spec, named: Callable[[Path], str]) -> None:
        self.spec, self.named = spec, named

    def lines(self) -> Iterator[str]:
        spec = self.spec
        yield "format: 1"
        texts = dict(spec.text) | {"name": spec.name}
        for key in SPEC_TEXT:
            yield from prose(key, texts[key]) if texts.get(key) else ()
        yield from self._body(spec.root, 0)
        toy = ((d.name, quoted(d.value.text)) for d in spec.toy.values())
        yield from _section("toy", toy, 0)
        if spec.interpret is not None:
            yield from _section("interpret", _meanings(spec.interpret, self.named), 0)
        if spec.blocks:
            yield "blocks:"
            for name, block in spec.blocks.items():
                if isinstance(block, PresetDecl):
                    yield f"  {name}: {self._preset(block)}"
                else:
                    yield f"  {name}:"
                    yield from self._texts(block)
                    yield from self._body(block, 4)
                    yield from self._nodes(block, 4)
        yield from self._nodes(spec.root, 0)

    def _texts(self, block: CompositeDecl) -> Iterator[str]:
        for key in BLOCK_TEXT:
            yield from prose(key, block.text[key], 4) if block.text.get(key) else ()
        if block.closed:
            yield "    closed: true"

    def _body(self, decl: CompositeDecl, indent: int) -> Iterator[str]:
        dims = ((d.name, quoted(d.value.text)) for d in decl.dims.values())
        yield from _section("dims", dims, indent)
        settings = ((s.name, quoted(_setting(s))) for s in decl.settings.values())
        yield from _section("settings", settings, indent)
        if decl.require:
            required = ", ".join(quoted(r.text.text) for r in decl.require)
            yield f"{' ' * indent}require: [{required}]"
        inputs = ((i.port.name, quoted(i.text.text)) for i in decl.inputs.values())
        yield from _section("inputs", inputs, indent)
        yield from _section("outputs", map(_output, decl.outputs.values()), indent)

    def _nodes(self, decl: CompositeDecl, indent: int) -> Iterator[str]:
        # a wire that is there for some of the blocks that a setting holds stays implied
        written = explicit(decl, lambda node: takes_input(self.spec, node, decl.closed) is True)
        nodes = written.nodes.values()
        lines = ((node.name, self._node(node, decl.closed)) for node in nodes)
        yield from _section("nodes", lines, indent)

    def _node(self, node: NodeDecl, closed: bool) -> str:
        fields: dict[str, str] = {}
        if node.use is not None and "use" not in node.vary:
            fields["use"] = quoted(node.use.text)
        if node.inputs is not None:
            fields["in"] = flow(node.inputs)
        given = self._given(node, closed)
        if given:
            fields["with"] = given
        for key in ("repeat", "share", "parallel", "weigh"):
            value = getattr(node, key)
            if value is not None:
                fields[key] = quoted(value.text)
        if node.vary:
            fields["vary"] = _flow_pairs((k, flow(v)) for k, (_, v) in node.vary.items())
        if node.tie is not None:
            fields["tie"] = flow(node.tie)
        if node.values is not None:
            fields["values"] = flow(node.values)
        if node.keep is not None:
            fields["keep"] = quoted(node.keep.text)
        if node.label:
            fields["label"] = quoted(node.label)
        return _flow_pairs(fields.items())

    def _preset(self, preset: PresetDecl) -> str:
        fields = {"use": quoted(preset.use.text)}
        decl = declaration(self.spec.blocks, preset.use.text, preset.closed, preset.name)
        given = self._with_defaults(decl, preset.given, ())
        if given:
            fields["with"] = given
        if preset.closed:
            fields["closed"] = "true"
        return _flow_pairs(fields.items())

    def _given(self, node: NodeDecl, closed: bool) -> str:
        use = node.use.text if node.use is not None and "use" not in node.vary else ""
        decl = declaration(self.spec.blocks, use, closed)
        return self._with_defaults(decl, node.given, node.vary)

    def _with_defaults(self, decl: Declared, given: Given, taken: Iterable[str]) -> str:
        """The settings as written, then the defaults that have a spelling here."""
        pairs = [(name, flow(value)) for name, (_, value) in given.items()]
        skip = {*given, *taken}
        defaults = ((n, t) for n, t in self._defaults(decl) if n not in skip)
        pairs += [(name, quoted(text)) for name, text in defaults]
        return _flow_pairs(pairs) if pairs else ""

    def _defaults(self, decl: Declared) -> Iterator[tuple[str, str]]:
        if isinstance(decl, CompositeDecl):
            for setting in decl.settings.values():
                text = setting.default
                if isinstance(text, marked.Scalar) and self._same_everywhere(setting, text.text):
                    yield setting.name, text.text
        elif isinstance(decl, type):
            yield from _primitive_defaults(decl)

    def _same_everywhere(self, setting: SettingDecl, text: str) -> bool:
        """Whether a default means the same written elsewhere."""
        if setting.type.base == "block":
            own = text in self.spec.blocks
            return text == "none" or (not own and text in library.block_names())
        if text in ("none", "true", "false") or text in setting.type.choices:
            return True
        return re.fullmatch(r"[\d.]+(e[+-]?\d+)?", text) is not None


def _primitive_defaults(primitive: type[Block]) -> Iterator[tuple[str, str]]:
    for setting in primitive.settings():
        if not setting.required and not isinstance(setting.default, tuple):
            yield setting.name, show(setting.default)


def _setting(setting: SettingDecl) -> str:
    if setting.default is None:
        return str(setting.type)
    return f"{setting.type} = {flow(setting.default)}"


def _output(output: OutputDecl) -> tuple[str, str]:
    return output.name, _flow_pairs(
        [("type", quoted(output.text.text)), ("from", quoted(output.wire.text))]
    )


def _section(name: str, pairs: Iterable[tuple[str, str]], indent: int) -> Iterator[str]:
    lines = [f"{' ' * indent}  {key}: {text}" for key, text in pairs]
    if lines:
        yield f"{' ' * indent}{name}:"
        yield from lines


def _meanings(tree: marked.Mapping, named: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    return ((quoted(key.text), flow(_found(value, named))) for key, value in tree.items)


def _found(reading: marked.Marked, named: Callable[[Path], str]) -> marked.Marked:
    """A reading whose file is named so that it is found from anywhere."""
    if isinstance(reading, marked.Sequence):
        items = tuple(_found(item, named) for item in reading.items)
        return marked.Sequence(items, reading.span)
    if not isinstance(reading, marked.Mapping):
        return reading
    pairs = []
    for key, value in reading.items:
        if key.text == "file" and isinstance(value, marked.Scalar):
            path = located(value.text, value.span.source)
            if path.parent not in SHIPPED:  # what is shipped is found by its name
                value = marked.Scalar(named(path.absolute()), value.span)
        pairs.append((key, value))
    return marked.Mapping(tuple(pairs), reading.span)


def _flow_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {text}" for key, text in pairs) + "}"


def flow(value: marked.Marked) -> str:
    """A piece of YAML on one line."""
    match value:
        case marked.Scalar(text=text):
            told = value.plain or text not in ("none", "true", "false")
            return quoted(text) if told else json.dumps(text)  # in quotes it is a text
        case marked.Sequence(items=items):
            return "[" + ", ".join(flow(item) for item in items) + "]"
        case marked.Mapping(items=pairs):
            return _flow_pairs((quoted(key.text), flow(item)) for key, item in pairs)


def flow_of(pairs: Mapping[str, str | Iterable[str]], flags: Iterable[str] = ()) -> str:
    """Texts and lists of texts by name, then what is true, as a mapping on one line."""
    shown = {
        key: _text(value) if isinstance(value, str) else f"[{', '.join(map(_text, value))}]"
        for key, value in pairs.items()
    }
    return _flow_pairs([*shown.items(), *((flag, "true") for flag in flags)])


def _text(text: str) -> str:
    return json.dumps(text) if text == "none" else quoted(text)
