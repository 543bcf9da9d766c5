"""Whether a comparison goes into two blocks, or tells them by their settings."""

from __future__ import annotations

from boxwork.graphs.comparing.levels import leaves
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.graph import Composite, Part, Primitive
from boxwork.specs import library

SIMILAR = 0.5  # blocks of unlike names are gone into if so much of their insides is shared


def shipped(part: Part) -> bool:
    """Whether a composite is the catalogue's, whose insides follow from its settings."""
    decl = library.composite(part.name)
    if decl is None or not isinstance(part, Composite):
        return False
    return part.settings.keys() == decl.settings.keys() and part.nodes.keys() <= decl.nodes.keys()


def placed(part: Part) -> set[str]:
    """The nodes of a catalogue block that hold what a setting gives."""
    decl = library.composite(part.name)
    assert decl is not None
    blocks = {name for name, one in decl.settings.items() if one.type.base == "block"}
    found = set()
    for name, node in decl.nodes.items():
        given = [value.text for _, value in node.given.values() if hasattr(value, "text")]
        if (node.use is not None and node.use.text in blocks) or blocks & set(given):
            found.add(name)
    return found


def gone_into(a: Part, b: Part, inside: Alignment) -> bool:
    """Whether two blocks of unlike names are one, edited: most of what is in them is shared."""
    if a.family == b.family != "" and shipped(a) and shipped(b) and _flat(a) and _flat(b):
        return False
    if a.title == b.title:  # one is an edited copy of the other: AddNorm, AddNorm2
        return True
    if _beside(a) != _beside(b) or _keeps(a) != _keeps(b):  # one network, and a mixture of them
        return False
    if not _flat(a) or not _flat(b):
        return any(m.a and m.b for m in inside.matches)
    one, other = leaves(a), leaves(b)
    return (one & other).total() >= SIMILAR * (one | other).total()


def _beside(part: Part) -> bool:
    """Whether copies stand side by side in a block."""
    return any(n.parallel is not None for n in getattr(part, "nodes", {}).values())


def _keeps(part: Part) -> bool:
    """Whether generation keeps what is in a block instead of what its boxes would keep."""
    return any(n.kept is not None for n in getattr(part, "nodes", {}).values())


def _flat(part: Part) -> bool:
    return all(isinstance(n.part, Primitive) for n in getattr(part, "nodes", {}).values())
