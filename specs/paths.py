"""Following a path into a spec: every block on the way is copied, so that an edit stays local."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from boxwork.specs import marked
from boxwork.specs.counts import copies, written_out
from boxwork.specs.diagnostics import Reporter, Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import SNAKE
from boxwork.specs.lookup import declaration
from boxwork.specs.references import references
from boxwork.specs.spec import BlockDecl, CompositeDecl, NodeDecl, PresetDecl, Spec
from boxwork.specs.swap import fresh_name

Change = Callable[[CompositeDecl, str], CompositeDecl]
ChangeCopy = Callable[[CompositeDecl, str, int, int], CompositeDecl]


@dataclass(frozen=True)
class Edit:
    """What to do at a path: to the node, or (``copy``) to one copy of a repeated node."""

    path: marked.Scalar
    change: Change
    copy: ChangeCopy | None


class EditError(Exception):
    """An edit that was reported and is left out."""


@dataclass
class Paths:
    """Finds the node at a path and changes it, in a spec that is replaced on the way."""

    spec: Spec
    reporter: Reporter
    final: dict[str, str]  # sizes that variants above and the call give

    def change(self, path: marked.Scalar, change: Change, copy: ChangeCopy | None = None) -> None:
        """Apply a change where ``path`` leads; what is wrong is reported."""
        try:
            steps = path.text.split(".")
            edit = Edit(path, change, copy)
            root = self._descend(self.spec.root, steps, edit, {}, alone=True)
        except EditError:
            return
        hidden = self.spec.inherited | frozenset(self.spec.blocks)
        self.spec = replace(self.spec, root=root, inherited=hidden)

    def fail(self, code: str, message: str, span: Span, help: str = "") -> NoReturn:
        """Report, and leave the edit out."""
        self.reporter.error(code, message, span, help=help)
        raise EditError

    def _descend(
        self,
        owner: CompositeDecl,
        steps: Sequence[str],
        edit: Edit,
        given: Mapping[str, marked.Marked],
        *,
        alone: bool,
    ) -> CompositeDecl:
        """The composite, edited; ``alone`` if the path leads to every use of it."""
        path = edit.path
        name, rest = steps[0], list(steps[1:])
        if not rest and name in owner.inputs:
            return edit.change(owner, name)
        node = owner.nodes.get(name)
        if node is None:
            where = f"in the block {owner.name}" if owner.name else f"in {self.spec.name}"
            self.fail(
                "BW303",
                f"`{path.text}` leads nowhere: there is no node `{name}` {where}",
                path.span,
                did_you_mean(name, owner.nodes),
            )
        index = None
        if rest and node.repeat is not None:
            index = self._index(node, rest.pop(0), path)
        elif rest and (rest[0] == "*" or rest[0].isdigit()):
            self.fail(
                "BW303",
                f"`{path.text}`: {name} is not repeated",
                path.span,
                f"leave out `{rest[0]}`",
            )
        if not rest:
            if index is None:
                return edit.change(owner, name)
            if edit.copy is None:
                self.fail(
                    "BW304",
                    f"`{path.text}`: this edit is for all copies",
                    path.span,
                    f"write {name}.*",
                )
            return edit.copy(owner, name, index, self.count(node, path, own=False))
        inside = _given(node, given, owner)
        every = index is None or self.count(node, path, own=False) == 1

        def edited(use: marked.Scalar) -> marked.Scalar:
            if not SNAKE.match(use.text):
                return self._copied(use, owner.closed, rest, edit, inside, alone=alone and every)
            use = self._of_setting(owner, use, path, inside)
            return self._copied(use, owner.closed, rest, edit, inside, alone=False)

        new = self._all(node, edited) if index is None else self._one(node, index, path, edited)
        return replace(owner, nodes=dict(owner.nodes) | {name: new})

    def _index(self, node: NodeDecl, step: str, path: marked.Scalar) -> int | None:
        if step == "*":
            return None
        if not step.isdigit():
            self.fail(
                "BW303",
                f"`{path.text}`: {node.name} is repeated",
                path.span,
                f"write {node.name}.*.{step} for all copies, or {node.name}.0.{step}",
            )
        index, count = int(step), self.count(node, path, own=False)
        if index >= count:
            own = self.count(node, path, own=True)
            if index < own:
                self.fail(
                    "BW904",
                    f"`{path.text}` is not there with {count} copies of {node.name}",
                    path.span,
                    "the edit is left out",
                )
            self.fail(
                "BW303", f"`{path.text}`: {node.name} has {own} copies, 0 to {own - 1}", path.span
            )
        return index

    def count(self, node: NodeDecl, path: marked.Scalar, *, own: bool) -> int:
        """How many copies a node has, with the sizes of the spec so far or with the final ones."""
        count = self.counted(node, own=own)
        if count is None:
            self.fail(
                "BW304",
                f"cannot tell how many copies of {node.name} there are",
                path.span,
                f"edit all of them: {node.name}.*",
            )
        return count

    def counted(self, node: NodeDecl, *, own: bool) -> int | None:
        """The same, None where the sizes do not tell."""
        assert node.repeat is not None
        now = {name: decl.value.text for name, decl in self.spec.root.dims.items()}
        count = None if own else copies(node.repeat.text, now | self.final)
        return copies(node.repeat.text, now) if count is None else count  # a wrong size is told

    def _all(self, node: NodeDecl, edited: Callable[[marked.Scalar], marked.Scalar]) -> NodeDecl:
        done: dict[str, marked.Scalar] = {}

        def once(use: marked.Marked) -> marked.Marked:
            if not isinstance(use, marked.Scalar):
                return use
            if use.text not in done:
                done[use.text] = edited(use)
            return done[use.text]

        if "use" not in node.vary:
            assert node.use is not None
            return replace(node, use=edited(node.use))
        key, items = node.vary["use"]
        new = replace(items, items=tuple(once(item) for item in items.items))
        return replace(node, vary=dict(node.vary) | {"use": (key, new)})

    def _one(
        self,
        node: NodeDecl,
        index: int,
        path: marked.Scalar,
        edited: Callable[[marked.Scalar], marked.Scalar],
    ) -> NodeDecl:
        count = self.count(node, path, own=False)
        node = written_out(node, count, path.span, "use")
        key, items = node.vary["use"]
        use = items.items[index]
        assert isinstance(use, marked.Scalar)
        uses = [*items.items[:index], edited(use), *items.items[index + 1 :]]
        return replace(
            node, vary=dict(node.vary) | {"use": (key, replace(items, items=tuple(uses)))}
        )

    def _copied(
        self,
        use: marked.Scalar,
        closed: bool,
        rest: Sequence[str],
        edit: Edit,
        given: Mapping[str, marked.Marked],
        *,
        alone: bool,
        preset: str = "",
    ) -> marked.Scalar:
        """The name of the block at ``use`` with the change made inside, or of a copy of it."""
        decl = declaration(self.spec.blocks, use.text, closed, preset)
        if decl is None or isinstance(decl, type):
            message = f"`{edit.path.text}`: {use.text} has no nodes inside"
            self.fail("BW303", message, edit.path.span)
        own = decl is self.spec.blocks.get(use.text)
        alone = alone and own and references(self.spec)[use.text] <= 1
        new: BlockDecl
        if isinstance(decl, PresetDecl):
            held = {k: v for k, (_, v) in decl.given.items()}
            inner = self._copied(
                decl.use, decl.closed, rest, edit, held, alone=alone, preset=decl.name
            )
            new = replace(decl, use=inner)
        else:
            new = self._descend(decl, rest, edit, given, alone=alone)
            if not alone:
                new = replace(new, text={"title": decl.name} | dict(new.text))
        return replace(use, text=self.add(use.text, new, alone=alone))

    def add(self, old: str, new: BlockDecl, *, alone: bool = False) -> str:
        """List an edited block: in the place of the old one if nothing else uses that."""
        name = old if alone else fresh_name(old.rstrip("0123456789"), list(self.spec.blocks))
        blocks = dict(self.spec.blocks) | {name: replace(new, name=name)}
        self.spec = replace(self.spec, blocks=blocks, edited=self.spec.edited | {name})
        return name

    def _of_setting(
        self,
        owner: CompositeDecl,
        use: marked.Scalar,
        path: marked.Scalar,
        given: Mapping[str, marked.Marked],
    ) -> marked.Scalar:
        """The block that a block setting holds here."""
        setting = owner.settings.get(use.text)
        value = given.get(use.text, setting.default if setting else None)
        if isinstance(value, marked.Scalar) and not SNAKE.match(value.text):
            return value
        self.fail(
            "BW304",
            f"`{path.text}`: the block there is given by the setting {use.text}",
            path.span,
            "edit it where it is given",
        )


def _given(
    node: NodeDecl, outer: Mapping[str, marked.Marked], owner: CompositeDecl
) -> dict[str, marked.Marked]:
    """What a node sets, names of the owner's own settings replaced by what they hold."""
    found: dict[str, marked.Marked] = {}
    for name, (_, value) in node.given.items():
        if isinstance(value, marked.Scalar) and value.text in owner.settings:
            default = owner.settings[value.text].default
            value = outer.get(value.text, default or value)
        found[name] = value
    return found
