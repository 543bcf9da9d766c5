"""How many copies a repeated node has by the sizes that are known, and writing them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from boxwork.blocks import expressions
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import ExpressionError, parse
from boxwork.specs import marked
from boxwork.specs.diagnostics import Span
from boxwork.specs.spec import NodeDecl


def copies(repeat: str, sizes: Mapping[str, str]) -> int | None:
    """What ``repeat`` comes to with these sizes, None if they do not tell."""

    def lookup(name: str) -> Dim:
        if sizes.get(name, "any") == "any":
            raise ExpressionError(f"`{name}` has no size here", 0, 0)
        return expressions.size(parse(sizes[name]), lookup)

    try:
        return int(expressions.size(parse(repeat), lookup))
    except (ExpressionError, RecursionError, ValueError):
        return None


def written_out(node: NodeDecl, count: int, span: Span, *names: str) -> NodeDecl:
    """A repeated node whose varying settings (and those of ``names``) list every copy."""
    vary = dict(node.vary)
    for name in names:
        if name not in vary:
            value = node.use if name == "use" else node.given[name][1]
            assert value is not None
            vary[name] = (marked.Scalar(name, span), marked.Sequence((value,), span))
    full = {
        name: (key, replace(items, items=_cycled(items.items, count)))
        for name, (key, items) in vary.items()
    }
    given = {name: value for name, value in node.given.items() if name not in full}
    return replace(node, vary=full, given=given)


def with_item(
    entry: tuple[marked.Scalar, marked.Sequence], index: int, value: marked.Marked
) -> tuple[marked.Scalar, marked.Sequence]:
    """A varying setting with another value at one copy."""
    key, items = entry
    new = (*items.items[:index], value, *items.items[index + 1 :])
    return key, replace(items, items=new)


def _cycled(items: Iterable[marked.Marked], count: int) -> tuple[marked.Marked, ...]:
    listed = list(items)
    return tuple(listed[i % len(listed)] for i in range(count))
