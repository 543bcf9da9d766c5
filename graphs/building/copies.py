"""How often a node stands in the graph: `repeat`, `vary`, `share`, and `use: none`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.settings import Settings
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.graph import Part
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note
from boxwork.specs.spec import NodeDecl

MAX_COPIES = 100_000


@dataclass(slots=True)
class Copies:
    """The blocks of one cycle, and how many copies there are (None: not repeated)."""

    blocks: tuple[BlockValue, ...]
    count: int | None
    shared: bool
    used: str

    @property
    def first(self) -> int:
        """The first step of the cycle at which there is a box."""
        if len(self.blocks) == 1:
            return 0
        return next(i for i, block in enumerate(self.blocks) if block.definition.name != "none")

    @property
    def absent(self) -> bool:
        """True for `use: none`: no box, readers read its input."""
        return not self.blocks

    def check(self, parts: Sequence[Part], decl: NodeDecl, trail: Trail) -> None:
        """Copies hand one wire on: what comes out must be what went in."""
        if self.count is None:
            return
        assert decl.repeat is not None
        self._alike(parts, decl, trail)
        for part in parts:
            port, (carried, *_) = next(iter(part.inputs.items()))
            name, made = next(iter(part.outputs.items()))
            if not carried.agrees(made):
                trail.fail(
                    "BW214",
                    f"the copies of {trail.path(decl.name)} do not fit each other: "
                    f"{part.name} takes {carried} and gives {made}",
                    decl.repeat.span,
                    notes=[Note(f"output {name} of each copy feeds input {port} of the next")],
                    help="a repeated block must give what it takes",
                )

    def _alike(self, parts: Sequence[Part], decl: NodeDecl, trail: Trail) -> None:
        """Blocks that take turns go by one set of names for what they take and give."""
        for part in parts:
            for what, ours, first in (
                ("inputs", part.inputs, parts[0].inputs),
                ("outputs", part.outputs, parts[0].outputs),
            ):
                if part.name != "none" and list(ours)[: len(first)] != list(first):
                    trail.fail(
                        "BW209",
                        f"the blocks that take turns at {trail.path(decl.name)} name their {what} "
                        f"differently: {', '.join(first)} and {', '.join(ours)}",
                        decl.span,
                        help="wrap one of them in a block of your own with the names of the other",
                    )


def copies_of(decl: NodeDecl, scope: Scope, settings: Settings) -> Copies:
    """Which blocks stand at a node, with their settings."""
    if decl.repeat is None and decl.share is None and not decl.vary:
        block = _block(decl, 0, scope, settings)
        found, used = ((), "none") if block is None else ((block,), block.used)
        return Copies(found, None, False, used)
    count = None if decl.repeat is None else _count(decl, decl.repeat, scope)
    shared = decl.share is not None and decl.share.text == "true"
    _repeated(decl, scope.trail)
    cycle = max((len(items.items) for _, items in decl.vary.values()), default=1)
    # The whole cycle is read, also where there are fewer copies: what it names is used.
    blocks = [_block(decl, step, scope, settings) for step in range(cycle)]
    if count is not None:
        blocks = blocks[: max(count, 1)]
    if shared and len(set(blocks)) > 1:
        scope.trail.fail(
            "BW209",
            f"{decl.name} shares one set of parameters, so it cannot vary",
            decl.span,
            help="take out `share` or `vary`",
        )
    names = list(dict.fromkeys(block.used if block else "none" for block in blocks))
    if all(block is None for block in blocks):
        return Copies((), count, shared, "none")
    kept = tuple(block or _identity(blocks) for block in blocks)
    return Copies(kept, count, shared, ", ".join(names))


def _repeated(decl: NodeDecl, trail: Trail) -> None:
    """What is about copies needs copies, and steps that take turns go together."""
    about = [(key.span, "vary") for key, _ in decl.vary.values()]
    if decl.share is not None and decl.parallel is None:
        about.append((decl.share.span, "share"))
    if about and decl.repeat is None:
        span, word = about[0]
        message = f"{decl.name} has `{word}` but no `repeat`: there are no copies"
        trail.fail("BW102", message, span, help=f"say how many: repeat: N, or take out `{word}`")
    lengths = {len(items.items) for _, items in decl.vary.values()}
    if len(lengths) > 1:
        said = ", ".join(f"{name} has {len(s.items)}" for name, (_, s) in decl.vary.items())
        message = f"the lists of one `vary` must be equally long: {said}"
        mend = (
            "their first entries are the first copy, and so on: repeat those that stay as they are"
        )
        trail.fail("BW209", message, about[-1][0], help=mend)


def _count(decl: NodeDecl, repeat: marked.Scalar, scope: Scope) -> int:
    dim = scope.size(repeat)
    path = scope.trail.path(decl.name)
    if dim.free:
        scope.trail.fail(
            "BW208",
            f"{path} is repeated {dim.name} times, which only the run knows",
            repeat.span,
            help="give it a size",
        )
    if int(dim) < 0:
        scope.trail.fail(
            "BW114",
            f"{path} cannot be repeated {int(dim)} times",
            repeat.span,
            help="give 0 or more: of 0 copies, what comes in goes on",
        )
    if int(dim) > MAX_COPIES:
        scope.trail.fail(
            "BW208",
            f"{path} is repeated {int(dim):,} times; the most is {MAX_COPIES:,}",
            repeat.span,
            help="give fewer copies",
        )
    return int(dim)


def _block(decl: NodeDecl, step: int, scope: Scope, settings: Settings) -> BlockValue | None:
    given = dict(decl.given)
    use = decl.use
    for name, (key, items) in decl.vary.items():
        item = items.items[step % len(items.items)]
        if name != "use":
            given[name] = (key, item)
        elif isinstance(item, marked.Scalar):
            use = item
        else:
            scope.trail.fail(
                "BW209",
                "`use` varies over names of blocks",
                item.span,
                help="fill one in under blocks, and name that: Wide: {use: Linear, with: {…}}",
            )
    if use is None:
        scope.trail.fail(
            "BW102",
            f"the node {decl.name} needs the key `use`",
            decl.span,
            help="the block that stands here; `boxwork list blocks` shows those there are",
        )
    block = settings.names.block(use, scope)
    if block is None:
        return None
    return settings.given(given, block, scope, decl.name)


def _identity(blocks: Sequence[BlockValue | None]) -> BlockValue:
    """What stands for `none` among copies that vary: a block that hands its input on."""
    like = next(block for block in blocks if block is not None)
    definition = replace(like.definition, name="none")  # its ports have the names of the others'
    return replace(like, definition=definition, given=(), used="none")
