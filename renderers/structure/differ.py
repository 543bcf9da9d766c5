"""What sets two templates apart, in words: their blocks, settings, nodes or wires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boxwork.blocks.dims import Dim
from boxwork.blocks.expressions import number
from boxwork.blocks.grammar import ExpressionError, parse
from boxwork.blocks.settings import show
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.comparing.uses import sides
from boxwork.graphs.graph import Composite, Node, Part
from boxwork.specs import library
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import CompositeDecl


def kin(one: Part, other: Part) -> bool:
    """Whether two parts are one block, or one an edited copy of the other (Layer, Layer2)."""
    if one.name == other.name or one.title == other.title:
        return True
    short, long = sorted((one.name, other.name), key=len)
    return long.startswith(short) and long[len(short) :].isdigit()


def set_apart(parts: Sequence[Part]) -> list[str]:
    """The settings in which parts of one block differ, for each of them: ``heads 2 window 16``.

    A setting whose value follows from others that differ is left out.
    """
    full = [{name: said(value) for name, value in part.settings.items()} for part in parts]
    names = dict.fromkeys(name for given in full for name in given)
    differing = [name for name in names if len({given.get(name) for given in full}) > 1]
    kept = [name for name in differing if not all(_follows(p, name, differing) for p in parts)]
    told = [_told(name, [part.settings.get(name) for part in parts]) for name in kept or differing]
    return [" ".join(words) for words in zip(*told, strict=True)] if told else [""] * len(parts)


def said(value: object) -> str:
    """The value of a setting in words; a block with what it was given."""
    if isinstance(value, BlockValue):
        given = ", ".join(f"{name} {said(one)}" for name, one in value.given)
        return f"{value.definition.name} ({given})" if given else value.definition.name
    return f"{value:.4g}" if isinstance(value, float) else show(value)


def _told(name: str, values: Sequence[object]) -> list[str]:
    """A setting with its values; presets by the names they have, if these tell them apart."""
    words = name.replace("_", " ")
    full = [said(value) for value in values]
    short = [_short(value) for value in values]
    apart = len(set(short)) == len(set(zip(short, full, strict=True))) == len(set(full))
    return [
        (words if value else f"not {words}") if isinstance(value, bool) else f"{words} {one}"
        for value, one in zip(values, short if apart else full, strict=True)
    ]


def _short(value: object) -> str:
    """A preset by its name; all else as it is said in full."""
    if isinstance(value, BlockValue) and value.used != value.definition.name:
        return value.used
    return said(value)


def _follows(part: Part, name: str, differing: Sequence[str]) -> bool:
    """Whether the value of a setting is the default, computed from others that differ."""
    decl = library.composite(part.name)
    setting = decl.settings.get(name) if decl else None
    if decl is None or setting is None or not isinstance(setting.default, Scalar):
        return False
    text, value = setting.default.text, part.settings.get(name)
    if text in part.settings:
        return text in differing and said(part.settings[text]) == said(value)
    try:
        expr = parse(text)
    except ExpressionError:
        return False
    known = _numbers(decl, part)
    size = value if isinstance(value, float) else _size(value)
    if size is None or not {one.text for one in expr.names()} & set(differing):
        return False
    try:
        return abs(number(expr, known.__getitem__) - size) <= 1e-9 * abs(size)
    except (LookupError, ExpressionError):
        return False


def _size(value: object) -> float | None:
    return int(value) if isinstance(value, Dim) and not value.free else None


def _numbers(decl: CompositeDecl, part: Part) -> Mapping[str, Any]:
    """What the names in the defaults of a block mean: its settings, the dims of its inputs."""
    known: dict[str, Any] = dict(part.settings)
    for port, types in part.inputs.items():
        if port in decl.inputs and types:
            declared = decl.inputs[port].port.type.dims
            for dim, there in zip(reversed(declared), reversed(types[0].dims), strict=False):
                if dim is not None and dim.kind == "name":
                    known.setdefault(dim.text, there)
    return known


def differences(base: Part, part: Part, path: str = "") -> Iterator[str]:
    """What is different in a part, node by node: ``attn not causal``, ``a (GELU) added``."""
    if base is part:
        return
    if not kin(base, part):
        yield f"{path} {part.name}".strip() if part.name != "none" else f"without {path}"
        return
    given = set_apart([base, part])[1]
    if given:
        yield f"{path} {given}".strip()
    elif isinstance(base, Composite) and isinstance(part, Composite):
        yield from _inside(base, part, f"{path}." if path else "")


def _inside(base: Composite, part: Composite, prefix: str) -> Iterator[str]:
    told = False
    for name in dict.fromkeys([*part.nodes, *base.nodes]):
        before, after, path = base.nodes.get(name), part.nodes.get(name), prefix + name
        if after is None:
            found = [f"without {path}"]
        elif before is None:
            found = [f"{path} ({after.part.name}) added"]
        else:
            found = list(_node(before, after, path))
        yield from found
        told = told or bool(found)
    if not told:  # an added node is read by others: that needs no words of its own
        yield from _wires(base, part, prefix)


def _node(before: Node, after: Node, path: str) -> Iterator[str]:
    if before.count != after.count:
        yield f"{path} once" if after.count is None else f"{path} ×{after.count}"
    elif sides(before) != sides(after):
        yield f"{path} {sides(after)}"
    elif before.shared != after.shared:
        yield f"{path} {'shared' if after.shared else 'not shared'}"
    if len(before.parts) != len(after.parts):
        yield f"{path} varies otherwise" if len(after.parts) > 1 else f"{path} does not vary"
        return
    pairs = zip(before.parts, after.parts, strict=True)
    yield from dict.fromkeys(words for pair in pairs for words in differences(*pair, path))


def _wires(base: Composite, part: Composite, prefix: str) -> Iterator[str]:
    for name, node in part.nodes.items():
        read = {port: [*map(str, refs)] for port, refs in node.inputs.items()}
        before = {port: [*map(str, refs)] for port, refs in base.nodes[name].inputs.items()}
        if read != before:
            yield f"{prefix}{name} reads {', '.join(ref for refs in read.values() for ref in refs)}"
    for port, ref in part.sources.items():
        if str(ref) != str(base.sources.get(port)):
            yield f"{prefix}{port} is {ref}"
