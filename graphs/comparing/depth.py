"""A topic of a comparison: how many layers, and whether the first ones are of another kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.feeding import feed, hidden, is_feed
from boxwork.graphs.comparing.levels import Item, Level, primitives
from boxwork.graphs.comparing.routing import routed
from boxwork.graphs.comparing.worded import joined, plain
from boxwork.graphs.graph import Composite, Graph, Part

Line = tuple[str, Sequence[Change]]


def first_ones(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Layers of another kind before the others, or after them, which came or went."""
    one, other = comparison.alignment.a, comparison.alignment.b
    for kind, level in (("removed", one), ("added", other)):
        taken = [c for c in left if c.kind == kind and _is_layers(level.items.get(c.path))]
        stacks = _stacks(level)
        rest = [item for item in stacks if item.path not in {c.path for c in taken}]
        if len(taken) != 1 or len(rest) != 1 or not _stacks(one if kind == "added" else other):
            continue
        change, main = taken[0], rest[0]
        extra = level.items[change.path]
        count = extra.node.count or 0
        which = "first" if stacks.index(extra) < stacks.index(main) else "last"
        which = f"the {which} {count}" if count > 1 else f"the {which} one"
        totals = [sum(i.node.count or 0 for i in _stacks(each)) for each in (one, other)]
        kind_of = _with(extra.part, main.part)
        if totals[0] != totals[1]:
            no_longer = ", no longer" if kind == "removed" else ","
            line = f"{totals[0]} → {totals[1]} layers{no_longer} {which} {kind_of}"
        else:
            which = which.replace("one", "layer") if count == 1 else f"{which} layers"
            line = f"{which}{' no longer' if kind == 'removed' else ''} {kind_of}"
        here = ("0", str(count)) if kind == "added" else (str(count), "0")
        told = [(str(totals[0]), str(totals[1])), here]
        network = _feed(extra.part)
        wide = hidden(network) if network is not None else ""
        also = [
            c for c in left
            if (c.kind == "copies" and main.path in (c.a, c.b))
            or (c.kind == "dim" and (c.before, c.after) in told)
            or (c.kind == "dim" and (c.after if kind == "added" else c.before) == wide)
        ]  # fmt: skip
        yield line, [change, *also]


def _is_layers(item: Item | None) -> bool:
    return item is not None and bool(item.node.count) and item.spine and _composite(item.part)


def _composite(part: Part) -> bool:
    return isinstance(part, Composite)


def _stacks(level: Level) -> list[Item]:
    """The stacks of layers on the main way, in order."""
    return [item for item in level.items.values() if _is_layers(item)]


def _with(part: Part, main: Part) -> str:
    """What sets a layer apart: ``with a dense feed-forward (gated SiLU, 18,432 wide)``."""
    one, other = _feed(part), _feed(main)
    if one is None or other is None or feed(one) == feed(other):
        return f"of another kind ({part.title})"
    dense = "dense " if routed(other) is not None and routed(one) is None else ""
    wide = f", {plain(hidden(one))} wide" if dense else ""
    return f"with a {dense}feed-forward ({feed(one)}{wide})"


def _feed(part: Part) -> Part | None:
    nodes = part.nodes.values() if isinstance(part, Composite) else ()
    return next((n.part for n in nodes if is_feed(n.part)), None)


def layers(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How often the stacks repeat."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if (
            c.kind == "copies"
            and isinstance(c.part, Composite)
            and "once" not in (c.before, c.after)
        ):
            groups.setdefault((c.before, c.after), []).append(c)
    several = (
        any(len(_stacks(level)) > 1 for level in (comparison.alignment.a, comparison.alignment.b))
        or sum(map(len, groups.values())) > 1
    )
    words, taken = [], []
    for (before, after), group in groups.items():
        dims = [c for c in left if c.kind == "dim" and (c.before, c.after) == (before, after)]
        where = f" in {joined([c.b for c in group])}" if several else ""
        dim = [c for c in dims if _repeats(comparison.b, c.what)][:1]
        words.append(f"{before} → {after} {'layer' if after == '1' else 'layers'}{where}")
        taken += [*group, *dim]
    if several and words:  # the dim of their sum
        taken += [c for c in left if c.kind == "dim" and c.what == "layers" and c not in taken]
    if words:
        yield ", ".join(words), taken


def _repeats(graph: Graph, name: str) -> bool:
    """Whether a dim is a number of copies only: no wire and no parameter has it."""
    return name in ("layers", "depth", "copies") or not any(
        str(dim.name) == name
        for p in primitives(graph.root)
        for dim in [*p.dims.values(), *(d for one in p.parameters.values() for d in one.dims)]
    )
