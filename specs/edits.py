"""The edits of a variant on its base: `remove`, `insert` and `set`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from boxwork.specs import marked
from boxwork.specs.counts import with_item, written_out
from boxwork.specs.diagnostics import Note, Reporter
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import Keys, wrong_shape
from boxwork.specs.lookup import first_output, settings_of, takes_input
from boxwork.specs.nodes import overlay, read_nodes
from boxwork.specs.paths import Paths
from boxwork.specs.rewire import (
    dropped,
    explicit,
    first_wire,
    read_elsewhere,
    reads_first,
    with_first,
)
from boxwork.specs.spec import CompositeDecl, NodeDecl, PresetDecl, Spec

SameType = Callable[[Spec, str], bool]
STAYS = "inputs stay as they are: edit the nodes that read it"


class Edits:
    """Applies edits one after the other; each sees what those before it made."""

    def __init__(
        self,
        spec: Spec,
        reporter: Reporter,
        same_type: SameType,
        final: dict[str, str],
    ) -> None:
        self.paths = Paths(spec, reporter, final)
        self.reporter, self.same_type = reporter, same_type

    @property
    def spec(self) -> Spec:
        """The spec as edited so far."""
        return self.paths.spec

    def remove(self, value: marked.Marked | None) -> None:
        """``[stack.*.drop_1, {node: pos, instead: tok}]``."""
        for item in _items(value):
            path: marked.Marked | None = item
            instead: marked.Scalar | None = None
            if isinstance(item, marked.Mapping):
                keys = Keys(item, ("node", "instead"), self.reporter, "what to remove")
                path, instead = keys.scalar("node"), keys.scalar("instead")
                if "node" not in keys:
                    keys.missing("node", "the path of the node")
            if not isinstance(path, marked.Scalar):
                if isinstance(item, marked.Sequence):
                    wrong_shape("what to remove", item, marked.Scalar, self.reporter)
                continue
            self._remove(path, instead)

    def _remove(self, path: marked.Scalar, instead: marked.Scalar | None) -> None:
        before = self.spec

        def change(owner: CompositeDecl, name: str) -> CompositeDecl:
            if name not in owner.nodes:
                message = f"`{path.text}` is an input, which cannot be removed"
                self.paths.fail("BW304", message, path.span, STAYS)
            owner = self._explicit(owner, name)
            if instead is not None:
                self._there(owner, name, instead)
            wire = instead or first_wire(owner.nodes[name])
            only = first_wire(owner.nodes[name], only=True) is not None
            if instead is None and not (only and self.same_type(before, path.text)):
                wire = None
            owner, stranded = dropped(owner, name, wire, _told("removed", path))
            if stranded:
                self.paths.fail(
                    "BW304",
                    f"without {path.text}, nothing feeds {stranded}",
                    path.span,
                    f"say what it reads: {{node: {path.text}, instead: WIRE}}",
                )
            return owner

        self.paths.change(path, change)

    def _explicit(self, owner: CompositeDecl, name: str) -> CompositeDecl:
        """The block that is edited, every implied wire written.

        The first output and the last copy of the edited node are the node itself.
        """
        made = explicit(owner, lambda node: takes_input(self.spec, node, owner.closed) is not False)
        node = made.nodes.get(name)
        if node is None:
            return made
        first = first_output(self.spec, node, owner.closed)
        count = self.paths.counted(node, own=False) if node.repeat is not None else None
        copies = [name] if not count else [name, f"{name}.{count - 1}"]
        same = [*copies, *(f"{copy}.{first}" for copy in copies if first)]
        return read_elsewhere(made, same, marked.Scalar(name, node.span))

    def _there(self, owner: CompositeDecl, gone: str, wire: marked.Scalar) -> None:
        """What readers are to read instead must be there, once the node is gone."""
        known = [name for name in (*owner.inputs, *owner.nodes) if name != gone]
        first = wire.text.split(".")[0]
        if first not in known:
            mend = did_you_mean(first, known)
            self.paths.fail("BW201", f"there is no wire `{wire.text}` here", wire.span, mend)

    def insert(self, value: marked.Marked | None) -> None:
        """``[{after: stack.*.attn, nodes: {extra: {use: LayerNorm}}}]``."""
        for item in _items(value):
            if not isinstance(item, marked.Mapping):
                wrong_shape(
                    "what to insert",
                    item,
                    marked.Mapping,
                    self.reporter,
                    "{after: PATH, nodes: {…}} or {before: PATH, nodes: {…}}",
                )
                continue
            keys = Keys(item, ("after", "before", "nodes"), self.reporter, "what to insert")
            after, before = keys.scalar("after"), keys.scalar("before")
            nodes = read_nodes(keys.mapping("nodes"), self.reporter)
            if (after is None) == (before is None):
                keys.missing("after", "or `before`, one of them: the path of a node")
            elif not nodes:
                keys.missing("nodes", "the new nodes, as in a block")
            elif after is not None:
                self.paths.change(after, partial(self._after, new=nodes, path=after))
            elif before is not None:
                self.paths.change(before, partial(self._before, new=nodes, path=before))

    def _after(
        self, owner: CompositeDecl, name: str, new: dict[str, NodeDecl], path: marked.Scalar
    ) -> CompositeDecl:
        owner = self._explicit(owner, name)
        self._free(owner, new, path)
        last = next(reversed(new))
        moved = read_elsewhere(
            owner, [name], replace(path, text=last), Note(f"`{last}` was inserted", path.span)
        )
        new = with_first(new, replace(path, text=name))
        nodes: dict[str, NodeDecl] = {} if name in moved.nodes else dict(new)
        for key, node in moved.nodes.items():
            nodes[key] = node
            if key == name:
                nodes |= new
        return replace(moved, nodes=nodes)

    def _before(
        self, owner: CompositeDecl, name: str, new: dict[str, NodeDecl], path: marked.Scalar
    ) -> CompositeDecl:
        owner = self._explicit(owner, name)
        self._free(owner, new, path)
        if name not in owner.nodes or (wire := first_wire(owner.nodes[name])) is None:
            mend = "a new node goes before one that reads a wire; give it an `in`, or say `after`"
            self.paths.fail("BW304", f"`{path.text}` reads nothing", path.span, mend)
        last = replace(path, text=next(reversed(new)))
        nodes: dict[str, NodeDecl] = {}
        for key, node in owner.nodes.items():
            if key == name:
                nodes |= with_first(new, wire)
                node = reads_first(node, last)
                told = Note(f"`{last.text}` was inserted", path.span)
                node = replace(node, edits=(*node.edits, told))
            nodes[key] = node
        return replace(owner, nodes=nodes)

    def _free(self, owner: CompositeDecl, new: Mapping[str, NodeDecl], path: marked.Scalar) -> None:
        for name, node in new.items():
            if name in owner.nodes or name in owner.inputs:
                self.paths.fail(
                    "BW117",
                    f"there is a `{name}` already beside {path.text}",
                    node.span,
                    "give the new node another name",
                )

    def set(self, tree: marked.Mapping | None) -> None:
        """``{stack.*.attn: {with: {kv_heads: 4}}}``."""
        for path, piece in tree.items if tree else ():
            if not isinstance(piece, marked.Mapping):
                wrong_shape(
                    f"the edit of {path.text}",
                    piece,
                    marked.Mapping,
                    self.reporter,
                    "a piece of a node, such as {with: {heads: 4}}",
                )
                continue
            self.paths.change(
                path,
                partial(self._overlaid, piece=piece, path=path),
                partial(self._one_copy, piece=piece, path=path),
            )

    def _overlaid(
        self, owner: CompositeDecl, name: str, piece: marked.Mapping, path: marked.Scalar
    ) -> CompositeDecl:
        if name not in owner.nodes:
            self.paths.fail("BW304", f"`{path.text}` is an input, not a node", path.span, STAYS)
        node = owner.nodes[name]
        new = overlay(node, piece, self.reporter)
        written = overlay(NodeDecl(name, node.span, None), piece, Reporter())
        kept = {k: v for k, v in new.vary.items() if k not in written.given or k in written.vary}
        new = replace(new, vary=kept)
        if new.use is not node.use and new.use is not None:
            known = settings_of(self.spec.blocks, new.use.text, owner.closed)
            fits = {k: v for k, v in new.given.items() if k in known or k in written.given}
            new = replace(new, given=fits)
            new = replace(new, vary={k: v for k, v in new.vary.items() if k != "use"})
        new = replace(new, edits=(*node.edits, _told("set", path)))
        return replace(owner, nodes=dict(owner.nodes) | {name: new})

    def _one_copy(
        self,
        owner: CompositeDecl,
        name: str,
        index: int,
        count: int,
        piece: marked.Mapping,
        path: marked.Scalar,
    ) -> CompositeDecl:
        """One copy becomes a step of a `vary` as long as the stack."""
        for key, _ in piece.items:
            if key.text not in ("use", "with"):
                self.paths.fail(
                    "BW304",
                    f"`{key.text}` cannot be set for one copy",
                    key.span,
                    "only `use` and `with` can",
                )
        node = owner.nodes[name]
        new = overlay(NodeDecl(name, node.span, None), piece, self.reporter)
        varied = [key for key in new.given if key in node.given]
        full = written_out(node, count, path.span, "use", *varied)
        vary = dict(full.vary)
        for setting in [*varied, *(k for k in new.given if k in node.vary)]:
            vary[setting] = with_item(vary[setting], index, new.given[setting][1])
        use = new.use or vary["use"][1].items[index]
        rest = {k: v for k, v in new.given.items() if k not in vary}
        assert isinstance(use, marked.Scalar)
        if rest:
            made = PresetDecl(use.text, path.span, use, rest)
            use = replace(use, text=self.paths.add(use.text, made))
        vary["use"] = with_item(vary["use"], index, use)
        full = replace(full, vary=vary, edits=(*node.edits, _told("set", path)))
        return replace(owner, nodes=dict(owner.nodes) | {name: full})


def _told(what: str, path: marked.Scalar) -> Note:
    """What reports of errors that follow from an edit say of it."""
    return Note(f"`{path.text}` was {what}", path.span)


def _items(value: marked.Marked | None) -> Iterator[marked.Marked]:
    if isinstance(value, marked.Sequence):
        yield from value.items
    elif value is not None:
        yield value
