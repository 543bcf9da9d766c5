"""A graph for networkx: primitives by path, every copy and every wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwork.engines.planning.wiring import Source, Wiring
from boxwork.graphs.graph import Graph

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def to_networkx(graph: Graph) -> MultiDiGraph[str]:
    """Inputs and primitives as nodes, wires as edges.

    A node has the attributes ``block`` (``Linear``; ``input`` for an input), ``family``,
    ``detail`` and ``parameters`` (how many numbers); an edge has ``port`` (where it arrives),
    ``out`` (the port it leaves) and ``type``. ``result.graph["outputs"]`` tells the node of
    every output.
    """
    import networkx

    wiring = Wiring(graph)
    result: MultiDiGraph[str] = networkx.MultiDiGraph(name=graph.name)
    for name, wire in graph.inputs.items():
        result.add_node(name, block="input", family="input", detail=str(wire), parameters=0)
    sites = list(wiring.sites())
    for site in sites:
        part = site.primitive
        numbers = sum(_size(site.path, name, graph) for name in part.parameters)
        result.add_node(
            site.path, block=part.name, family=part.family, detail=part.detail, parameters=numbers
        )
    for site in sites:
        for port, sources in wiring.reads(site).items():
            for source in sources:
                kind = _type(source, graph)
                result.add_edge(_node(source), site.path, port=port, out=source.port, type=kind)
    outputs = {name: wiring.find(name) for name in graph.outputs}
    result.graph["outputs"] = {name: _node(found) for name, found in outputs.items() if found}
    return result


def _node(source: Source) -> str:
    return source.port if source.site is None else source.site.path


def _type(source: Source, graph: Graph) -> str:
    if source.site is None:
        return str(graph.inputs[source.port])
    return str(source.site.primitive.outputs[source.port])


def _size(path: str, name: str, graph: Graph) -> int:
    """How many numbers a primitive owns; a tied array counts where it is tied to."""
    from boxwork.graphs.parameters import canonical, parameters
    from boxwork.graphs.totals import Count

    own = f"{path}.{name}"
    found = canonical(graph, own)
    return Count.of(parameters(graph)[own]).total if found == (own, False) else 0
