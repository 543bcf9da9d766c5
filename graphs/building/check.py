"""What is allowed but looks like a slip, and what would grow too large."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.settings import Settings
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.building.wires import Written, reached
from boxwork.graphs.graph import Composite, Node
from boxwork.specs.diagnostics import Span
from boxwork.specs.hints import closest
from boxwork.specs.library import block_names
from boxwork.specs.spec import CompositeDecl, Spec

MAX_BOXES = 2_000_000


def unused(spec: Spec, root: Scope, settings: Settings, trail: Trail, *, failed: bool) -> None:
    """Warn of dims, settings and blocks that nothing uses, and of hidden catalogue blocks."""
    catalogue = set(block_names())
    for name, block in spec.blocks.items():
        if name in catalogue and not (isinstance(block, CompositeDecl) and block.closed):
            message = f"the block {name} of this spec hides the catalogue's {name}"
            trail.report("BW903", message, block.span, help="give it another name")
    if failed:
        return  # what failed may be what would have used them
    for what, code, decls in (("dim", "BW901", root.dims), ("setting", "BW905", root.settings)):
        for name, decl in decls.items():
            if name not in root.used and name not in spec.inherited:
                near = closest(name, [other for other in decls if other in spec.inherited])
                mend = f"did you mean `{near}`, of the base?" if near else "use it or take it out"
                trail.report(code, f"the {what} {name} is not used", decl.span, help=mend)
    for name, block in spec.blocks.items():
        if name not in settings.names.used and name not in spec.inherited:
            message = f"the block {name} is not used"
            trail.report("BW906", message, block.span, help="use it or take it out")


def unread(decl: CompositeDecl, wires: Mapping[str, Written], trail: Trail) -> None:
    """Warn of nodes that no output depends on."""
    if decl.closed or any(node.wrong for node in decl.nodes.values()):
        return  # one that is wrong may have been meant to read it
    used = reached(decl, wires, [out.wire.text.split(".")[0] for out in decl.outputs.values()])
    for name, node in decl.nodes.items():
        if name not in used:
            trail.report(
                "BW902",
                f"nothing reads {trail.path(name)}",
                node.span,
                help="wire it to what should read it, or take it out",
            )


def expanded_size(root: Composite, trail: Trail, span: Span) -> None:
    """Refuse a graph whose boxes, all copies written out, no machine could list."""
    known: dict[int, int] = {}
    boxes = {name: _boxes(node, known) for name, node in root.nodes.items()}
    total = sum(boxes.values())
    if total > MAX_BOXES:
        most = max(boxes, key=lambda name: boxes[name])
        trail.report(
            "BW208",
            f"written out, the graph has {total:,} boxes; the most is {MAX_BOXES:,}",
            root.nodes[most].span or span,
            label="" if len(boxes) == 1 else f"{boxes[most]:,} of them are here",
            help="use or repeat less inside",
        )


def _boxes(node: Node, known: dict[int, int]) -> int:
    """How many boxes a node is, all copies written out."""
    sizes = []
    for part in node.parts:
        if id(part) not in known:
            inner = part.nodes.values() if isinstance(part, Composite) else ()
            known[id(part)] = 1 + sum(_boxes(n, known) for n in inner)
        sizes.append(known[id(part)])
    rounds, rest = divmod(1 if node.count is None else node.count, len(sizes))
    return rounds * sum(sizes) + sum(sizes[:rest])
