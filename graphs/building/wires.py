"""Who reads whom: the wires of one composite, the implied ones written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import NamedTuple

from boxwork.graphs.building.trail import ReportedError, Trail
from boxwork.graphs.graph import WEIGH
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import SHAPES
from boxwork.specs.spec import CompositeDecl, NodeDecl

FIRST = ""  # the port of a wire that was written without one


class WrittenRef(NamedTuple):
    """A wire as written: ``x``, ``node``, ``node.port``, ``stack.3``."""

    node: str  # empty for an input of the composite
    rest: tuple[str, ...]
    text: marked.Scalar


Written = Mapping[str, tuple[WrittenRef, ...]]  # port -> wires; FIRST for the first port


def written_wires(
    decl: CompositeDecl, takes_input: Callable[[NodeDecl], bool], trail: Trail
) -> tuple[dict[str, Written], set[str]]:
    """The wires of every node, by port; and the nodes of which some are wrong, and left out."""
    found: dict[str, Written] = {}
    partly: set[str] = set()
    before = next(iter(decl.inputs), None)
    for node in decl.nodes.values():
        wires: dict[str, tuple[WrittenRef, ...]] = {}
        try:
            if node.inputs is not None:
                wires = {port: refs for port, refs in _explicit(decl, node, partly, trail) if refs}
            elif before is not None and takes_input(node):
                wires = {FIRST: (_implied(decl, before, node),)}
            if node.weigh is not None:
                _apart(node, wires, trail)
                wires[WEIGH] = (written_ref(decl, node.weigh, trail),)
        except ReportedError:
            partly.add(node.name)
        found[node.name] = wires
        before = node.name
    return found, partly


def _apart(node: NodeDecl, wires: Written, trail: Trail) -> None:
    """The wire of `weigh` is no input of the block."""
    if WEIGH in wires:
        assert node.weigh is not None
        trail.fail(
            "BW224",
            f"the block of {trail.path(node.name)} has an input {WEIGH} of its own",
            node.weigh.span,
            help="wrap it in a block whose input is called otherwise",
        )


def _implied(decl: CompositeDecl, before: str, node: NodeDecl) -> WrittenRef:
    source = "" if before in decl.inputs else before
    rest = (before,) if before in decl.inputs else ()
    return WrittenRef(source, rest, marked.Scalar(before, node.span))


def _explicit(
    decl: CompositeDecl, node: NodeDecl, partly: set[str], trail: Trail
) -> Iterator[tuple[str, tuple[WrittenRef, ...]]]:
    def read(wires: Iterable[marked.Marked]) -> Iterator[WrittenRef]:
        for wire in wires:
            try:
                yield written_ref(decl, _scalar(wire, trail), trail)
            except ReportedError:
                partly.add(node.name)

    match node.inputs:
        case marked.Scalar() as text:
            yield FIRST, tuple(read([text]))
        case marked.Sequence(items=items):
            yield FIRST, tuple(read(items))
        case marked.Mapping(items=pairs):
            for port, value in pairs:
                many = value.items if isinstance(value, marked.Sequence) else (value,)
                yield port.text, tuple(read(many))


def _scalar(value: marked.Marked, trail: Trail) -> marked.Scalar:
    if isinstance(value, marked.Scalar):
        return value
    trail.fail(
        "BW103", f"a wire is the name of a node or input, not {SHAPES[type(value)]}", value.span
    )


def written_ref(decl: CompositeDecl, text: marked.Scalar, trail: Trail) -> WrittenRef:
    """Read one wire; its node or input must exist."""
    if not text.text:
        trail.fail(
            "BW201",
            "the name of a wire is missing here",
            text.span,
            help="write the name of a node or input (in { } a colon needs a space after it)",
        )
    first, *rest = text.text.split(".")
    if first in decl.inputs:
        if rest:
            trail.fail("BW206", f"the input {first} has no ports", text.span, help=f"write {first}")
        return WrittenRef("", (first,), text)
    if first in decl.nodes:
        return WrittenRef(first, tuple(rest), text)
    trail.fail(
        "BW201",
        f"there is no wire `{text.text}` here",
        text.span,
        notes=[Note(f"in {decl.name}")] if decl.name and not trail.frames else [],
        help=did_you_mean(first, [*decl.inputs, *decl.nodes]),
    )


def in_order(
    decl: CompositeDecl, wires: Mapping[str, Written], trail: Trail
) -> tuple[list[str], set[str]]:
    """The nodes in an order in which they can run, and those caught in a cycle."""
    reads = {name: sources(wires.get(name, {})) for name in decl.nodes}
    if _runs_as_written(reads):
        return list(reads), set()
    stuck: set[str] = set()
    while True:
        sorter = TopologicalSorter({n: r - stuck for n, r in reads.items() if n not in stuck})
        try:
            return _as_written(sorter, list(decl.nodes)), stuck
        except CycleError as error:
            # graphlib lists each node before the one that reads it
            way = list(error.args[1])
            _report_cycle(decl, way, wires, trail)
            stuck |= set(way)


def _runs_as_written(reads: Mapping[str, set[str]]) -> bool:
    """Whether every node stands below all that it reads."""
    above: set[str] = set()
    for name, read in reads.items():
        if not read <= above:
            return False
        above.add(name)
    return True


def _as_written(sorter: TopologicalSorter[str], names: list[str]) -> list[str]:
    """An order in which they can run, as near to the file's as that allows."""
    sorter.prepare()
    place = {name: i for i, name in enumerate(names)}
    ready: list[tuple[int, str]] = []
    found: list[str] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, (place[name], name))
        _, name = heappop(ready)
        found.append(name)
        sorter.done(name)
    return found


def sources(written: Written) -> set[str]:
    """The nodes that a node reads."""
    return {ref.node for refs in written.values() for ref in refs if ref.node}


def edits_near(decl: CompositeDecl, name: str, wires: Mapping[str, Written]) -> tuple[Note, ...]:
    """What variants changed at a node and at those that it reads."""
    near = [name, *sorted(sources(wires.get(name, {})))]
    if not any(decl.nodes[n].edits for n in near):
        return ()
    return tuple(dict.fromkeys(note for n in near for note in decl.nodes[n].edits))


def _report_cycle(
    decl: CompositeDecl, way: list[str], wires: Mapping[str, Written], trail: Trail
) -> None:
    last = decl.nodes[way[-1]]
    refs: Iterable[WrittenRef] = (r for refs in wires[way[-1]].values() for r in refs)
    text = next((r.text.span for r in refs if r.node == way[-2]), last.span)
    if len(way) == 2:
        message = f"{trail.path(way[0])} reads its own output"
    else:
        message = f"a cycle: {' → '.join(way)}"
    trail.report(
        "BW205", message, text, help="a wire may only come from what does not depend on it"
    )


def reached(decl: CompositeDecl, wires: Mapping[str, Written], start: Iterable[str]) -> set[str]:
    """The nodes that an output depends on."""
    found: set[str] = set()
    waiting = [name for name in start if name in decl.nodes]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sources(wires.get(name, {}))
    return found
