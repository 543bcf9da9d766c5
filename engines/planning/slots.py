"""Where the values of a plan are held: what each step reads and writes, and when that ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from boxwork.engines.planning.wiring import Site, Source
from boxwork.graphs.graph import Primitive
from boxwork.graphs.noted import noted
from boxwork.graphs.together import INSIDE

Reads = tuple[int | tuple[int, ...] | None, ...]


def hanging(
    reads: Mapping[Site, Mapping[str, tuple[Source, ...]]], sites: Iterable[Site]
) -> dict[Site | None, frozenset[str]]:
    """The free dims whose lengths what a site makes may hang on: its own, and before it."""
    found: dict[Site | None, frozenset[str]] = {}
    for site in sites:
        sources = (source for several in reads[site].values() for source in several)
        before = (found.get(source.site, frozenset()) for source in sources)
        found[site] = _lengths(site.primitive).union(*before)
    return found


@noted
def _lengths(primitive: Primitive) -> frozenset[str]:
    """The free dims of a box and of its wires."""
    dims = list(primitive.dims.values())
    for wires in (*primitive.inputs.values(), tuple(primitive.outputs.values())):
        dims += (dim for wire in wires for dim in wire.dims)
    return frozenset().union(*(dim.value.names for dim in dims))


@noted
def shape_only(primitive: Primitive) -> frozenset[str]:
    """The inputs of which only the shape is read."""
    ports = primitive.block.inputs()
    return frozenset(port.name for port in ports if port.type.kind == "shape")


def ports_of(site: Site, wanted: Set[Source]) -> list[str]:
    """The outputs of a site in their order, then what is wanted of the inside."""
    own = [port.name for port in site.primitive.block.output_ports()]
    if site.node.parallel is None:
        return own
    return own + sorted(s.port for s in wanted if s.site is site and s.port.startswith(INSIDE))


def arguments_of(
    site: Site, reads: Mapping[str, tuple[Source, ...]], slots: Mapping[Source, int]
) -> Reads:
    """The slots of the arguments of ``forward``, in the order of the ports."""
    found: list[int | tuple[int, ...] | None] = []
    for port in site.primitive.block.inputs():
        if port.type.kind == "shape":
            continue
        sources = tuple(slots[source] for source in reads.get(port.name, ()))
        found.append(sources if port.many else sources[0] if sources else None)
    return tuple(found)


def written(ports: Iterable[str], site: Site, slots: Mapping[Source, int]) -> set[int]:
    """The slots that a site writes."""
    found = (Source(site, port) for port in ports)
    return {slots[source] for source in found if source in slots}


def frees(
    arguments: list[Reads], written: list[set[int]], asked: Mapping[str, int]
) -> list[tuple[int, ...]]:
    """For each step, the slots that no later step reads and nobody asked for."""
    done = set(asked.values())
    result: list[tuple[int, ...]] = []
    for reads, writes in zip(reversed(arguments), reversed(written), strict=True):
        read = {slot for one in reads for slot in (one if isinstance(one, tuple) else (one,))}
        last = {slot for slot in read | writes if slot is not None} - done
        result.append(tuple(sorted(last)))
        done |= last
    return result[::-1]
