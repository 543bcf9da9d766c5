"""Reading inputs, outputs, settings, dims and requirements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from boxwork.blocks.grammar import ExpressionError, parse, parse_condition
from boxwork.blocks.settings import parse_setting
from boxwork.blocks.types import TypePattern, parse_port, parse_type
from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Source, Span, SpecError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import Keys, name, wrong_shape
from boxwork.specs.source import parse as parse_yaml
from boxwork.specs.spec import DimDecl, InputDecl, OutputDecl, Requirement, SettingDecl

T = TypeVar("T")


def at(
    text: marked.Scalar,
    reporter: Reporter,
    code: str,
    read: Callable[[], T],
    what: str,
    help: str = "",
) -> T | None:
    """Read a piece of text; report what is wrong with it at its place in the file."""
    try:
        return read()
    except ExpressionError as error:
        span = text.part(error.start, error.end)
        reporter.error(code, f"{what}: {error}", span, help=help or error.help)
        return None


def read_inputs(tree: marked.Mapping | None, reporter: Reporter) -> dict[str, InputDecl]:
    """``{x: "real[seq, d_model]", memory: "real[k_len, d_memory] = x"}``."""
    inputs: dict[str, InputDecl] = {}
    for key, value in tree.items if tree else ():
        good = name(key, "input", reporter)
        if not isinstance(value, marked.Scalar):
            wrong_shape(
                f"the input {key.text}",
                value,
                marked.Scalar,
                reporter,
                'a type such as "real[seq, d_model]" (quoted inside { })',
            )
            continue
        port = at(
            value,
            reporter,
            "BW107",
            partial(parse_port, key.text, value.text),
            f"the type of {key.text}",
        )
        if port and good:
            inputs[key.text] = InputDecl(port, value)
    for decl in inputs.values():
        if decl.port.default is not None and decl.port.default not in inputs:
            reporter.error(
                "BW206",
                f"the input {decl.port.name} defaults to `{decl.port.default}`, which is no input",
                decl.text.span,
                help=did_you_mean(decl.port.default, [n for n in inputs if n != decl.port.name])
                or "= none is for what may be missing",
            )
            inputs[decl.port.name] = InputDecl(replace(decl.port, default=None), decl.text)
    return inputs


def read_outputs(tree: marked.Mapping | None, reporter: Reporter) -> dict[str, OutputDecl]:
    """``logits: real[seq, vocab]`` or ``logits: {type: …, from: head}``."""
    outputs: dict[str, OutputDecl] = {}
    for key, value in tree.items if tree else ():
        good = name(key, "output", reporter)
        wire: marked.Scalar | None = None
        written: marked.Marked | None = value
        if isinstance(value, marked.Mapping):
            keys = Keys(value, ("type", "from"), reporter, "an output")
            written, wire = keys.scalar("type"), keys.scalar("from")
            if "type" not in keys:
                keys.missing("type", "such as real[seq, vocab]")
        elif not isinstance(value, marked.Scalar):
            wrong_shape(f"the output {key.text}", value, marked.Scalar, reporter)
        pattern = _type(key, written, reporter, _from(key.text, value))
        if pattern and good and isinstance(written, marked.Scalar):
            outputs[key.text] = OutputDecl(
                key.text, pattern, written, wire or marked.Scalar(key.text, key.span), key.span
            )
    return outputs


def _from(name: str, value: marked.Marked) -> str:
    """What is meant where an output is given the name of a node instead of a type."""
    if not isinstance(value, marked.Scalar) or not value.text.isidentifier():
        return ""
    written = f'{name}: {{type: "real[…]", from: {value.text}}}'
    return f"for the node {value.text} under another name: {written}"


def _type(
    key: marked.Scalar, value: marked.Marked | None, reporter: Reporter, help: str
) -> TypePattern | None:
    if not isinstance(value, marked.Scalar):
        return None
    what = f"the type of {key.text}"
    return at(value, reporter, "BW107", partial(parse_type, value.text), what, help)


def read_dims(tree: marked.Mapping | None, reporter: Reporter, *, free: bool) -> dict[str, DimDecl]:
    """``{seq: any, d_model: 768, d_ff: 4 * d_model}``."""
    dims: dict[str, DimDecl] = {}
    for key, value in tree.items if tree else ():
        good = name(key, "dim", reporter)
        if not isinstance(value, marked.Scalar):
            wrong_shape(f"the dim {key.text}", value, marked.Scalar, reporter)
            continue
        if value.text == "any":
            if not free:
                reporter.error(
                    "BW107",
                    "a block has no free dims of its own",
                    value.span,
                    help="take the dim from the type of an input",
                )
                continue
        elif at(value, reporter, "BW106", partial(parse, value.text), f"the dim {key.text}") is (
            None
        ):
            continue
        if good:
            dims[key.text] = DimDecl(key.text, value, key.span)
    return dims


def read_settings(tree: marked.Mapping | None, reporter: Reporter) -> dict[str, SettingDecl]:
    """``{head_dim: size = d_query / heads, window: size or none = none}``."""
    settings: dict[str, SettingDecl] = {}
    for key, value in tree.items if tree else ():
        good = name(key, "setting", reporter)
        if not isinstance(value, marked.Scalar):
            wrong_shape(
                f"the setting {key.text}",
                value,
                marked.Scalar,
                reporter,
                "its type and default, such as `number = 0.1`",
            )
            continue
        read = at(
            value,
            reporter,
            "BW109",
            partial(parse_setting, value.text),
            f"the type of {key.text}",
            _typed(value.text),
        )
        if read and good:
            default = _default(value, read[1], reporter)
            settings[key.text] = SettingDecl(key.text, read[0], default, key.span)
    return settings


def _typed(text: str) -> str:
    """What is meant where a setting is given a value instead of its type."""
    if text in ("true", "false"):
        return f"for a setting that is {text}: `flag = {text}`"
    try:
        float(text)
    except ValueError:
        return ""
    return f"for a setting that is {text}: `{'size' if text.isdecimal() else 'number'} = {text}`"


def _default(value: marked.Scalar, start: int | None, reporter: Reporter) -> marked.Marked | None:
    if start is None:
        return None
    while value.text[start : start + 1] == " ":
        start += 1
    text = value.text[start:]
    span = value.part(start, len(value.text))
    if not text.startswith(("[", "{", '"', "'")):
        return marked.Scalar(text, span)
    try:
        if span.source.text[span.start : span.end] != text:  # something in it was escaped
            return _placed(parse_yaml(Source(span.source.name, text)), span)
        # the text of a scalar ends where its span does
        return parse_yaml(replace(span.source, text=span.source.text[: span.end]), span.start)
    except SpecError as error:
        for diagnostic in error.diagnostics:
            reporter.add(diagnostic)
        return None


def _placed(value: marked.Marked, span: Span) -> marked.Marked:
    """The same value, all of it said to stand at one place."""
    match value:
        case marked.Scalar():
            return replace(value, span=span)
        case marked.Sequence(items=items):
            return marked.Sequence(tuple(_placed(item, span) for item in items), span)
        case marked.Mapping(items=pairs):
            placed = ((replace(key, span=span), _placed(item, span)) for key, item in pairs)
            return marked.Mapping(tuple(placed), span)


def read_requirements(value: marked.Marked | None, reporter: Reporter) -> tuple[Requirement, ...]:
    """``[seq <= context, d_model % heads == 0]``."""
    if value is None:
        return ()
    items = value.items if isinstance(value, marked.Sequence) else (value,)
    found = []
    for item in items:
        if not isinstance(item, marked.Scalar):
            wrong_shape("a requirement", item, marked.Scalar, reporter)
            continue
        expr = at(item, reporter, "BW106", partial(parse_condition, item.text), "require")
        if expr:
            found.append(Requirement(expr, item))
    return tuple(found)
