"""Layers that are written out one by one, seen as the copies of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from boxwork.graphs.comparing.kinds import kind
from boxwork.graphs.comparing.levels import Item, Level, Source, Sources
from boxwork.graphs.graph import Composite, Part


def rolled(found: Level) -> Level | None:
    """The level with each chain of layers as one box with copies; None if there is no chain."""
    runs = list(_runs(found))
    if not runs:
        return None
    places = {item.path: (run[0].path, k, len(run)) for run in runs for k, item in enumerate(run)}
    made = {run[0].path: _stack(run) for run in runs}
    items = {}
    for path, item in found.items.items():
        if path not in places or path in made:
            kept = made.get(path, item)
            items[path] = replace(kept, sources=_moved(kept.sources, places))
    outputs = {port: _to(source, places) for port, source in found.outputs.items()}
    written = tuple(path for path in found.written if path in items)
    return Level(found.of, items, outputs, found.opened, written)


def chained(found: Level) -> bool:
    """Whether there is a chain of layers."""
    return next(_runs(found), None) is not None


def _stack(run: list[Item]) -> Item:
    """One box for a chain: as many copies, each with its template, alike ones with the same."""
    known: dict[str, Part] = {}
    parts = tuple(known.setdefault(kind(item.part), item.part) for item in run)
    first, last = run[0].node, run[-1].node
    node = replace(
        first, parts=parts if len(known) > 1 else parts[:1], count=len(run), outputs=last.outputs
    )
    paths = tuple(item.path for item in run)
    return Item(run[0].path, node, run[0].sources, run[0].spine, copies=paths)


def _moved(
    sources: Mapping[str, Sources], places: Mapping[str, tuple[str, int, int]]
) -> dict[str, Sources]:
    return {port: tuple(_to(one, places) for one in ones) for port, ones in sources.items()}


def _to(source: Source, places: Mapping[str, tuple[str, int, int]]) -> Source:
    """A wire from a layer as one from a copy; from the last, as one from the stack."""
    if source.item not in places:
        return source
    path, k, count = places[source.item]
    return Source(path, source.port, None if k == count - 1 else k)


def _runs(found: Level) -> Iterator[list[Item]]:
    """Chains of layers: each hands its first output to the first input of the next."""
    tied = {step for t in found.composite.ties for step in (t.own[0], t.target[0])}
    able = {p: item for p, item in found.items.items() if _layer(item) and p not in tied}
    after: dict[str, Item] = {}
    for item in able.values():
        carried = next(iter(item.sources.values()), ())
        before = able.get(carried[0].item) if len(carried) == 1 else None
        if before is not None and before.path not in after and _follows(before, item):
            after[before.path] = item
    later = {item.path for item in after.values()}
    for path in found.items:
        if path not in after or path in later:
            continue
        run = [able[path]]
        while run[-1].path in after:
            run.append(after[run[-1].path])
        yield run


def _layer(item: Item) -> bool:
    node = item.node
    plain = node.count is None and node.parallel is None and not node.values
    return plain and isinstance(item.part, Composite) and "." not in item.path


def _follows(before: Item, item: Item) -> bool:
    """Whether two boxes may be copies of one: the same ports, and all but the first read alike."""
    one, other = before.part, item.part
    carried, *rest = item.sources
    return (
        one.title == other.title
        and list(one.inputs) == list(other.inputs)
        and list(one.outputs) == list(other.outputs)
        and item.sources[carried][0].port == next(iter(one.outputs))
        and all(before.sources.get(port) == item.sources[port] for port in rest)
    )
