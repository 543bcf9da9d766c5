"""Reading nodes: what each uses, reads, sets and repeats."""

from __future__ import annotations

from dataclasses import replace

from boxwork.blocks.catalogue import primitives
from boxwork.blocks.grammar import parse
from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter
from boxwork.specs.keys import Keys, name, wrong_shape
from boxwork.specs.ports import at
from boxwork.specs.spec import Given, NodeDecl

COPIES = ("repeat", "vary", "share", "parallel", "weigh")
NODE_KEYS = ("use", "in", "with", *COPIES, "tie", "values", "keep", "label")
RESERVED = {
    "collect": "a word reserved for a later format",
    "each": "a word reserved for a later format",
}


def read_nodes(tree: marked.Mapping | None, reporter: Reporter) -> dict[str, NodeDecl]:
    """The nodes of a spec or of a block, in the order of the file."""
    nodes: dict[str, NodeDecl] = {}
    for key, value in tree.items if tree else ():
        before = reporter.confined
        with reporter.confining():
            name(key, "node", reporter)
            node = _read(key, value, reporter)
        nodes[key.text] = replace(node, wrong=reporter.confined > before)
    return nodes


def _read(key: marked.Scalar, value: marked.Marked, reporter: Reporter) -> NodeDecl:
    if isinstance(value, marked.Mapping):
        return read_node(key, value, reporter)
    mend = "such as {use: Linear, with: {width: 10}}"
    wrong_shape(f"the node {key.text}", value, marked.Mapping, reporter, mend)
    return NodeDecl(key.text, key.span, None)


def read_node(key: marked.Scalar, value: marked.Mapping, reporter: Reporter) -> NodeDecl:
    """One node."""
    node = overlay(NodeDecl(key.text, key.span, None), value, reporter)
    keys = Keys(value, NODE_KEYS, reporter, f"the node {key.text}", RESERVED)  # told once
    if "use" not in keys and "use" not in node.vary:
        keys.missing(
            "use", "the block that stands here; `boxwork list blocks` shows those there are"
        )
    for twice in set(node.vary) & set(node.given):
        reporter.error(
            "BW117",
            f"{twice} is given twice: under `with` and under `vary`",
            node.given[twice][0].span,
            help="leave it out of `with`: every step of `vary` gives it",
        )
    _copied(keys)
    return node


def _copied(keys: Keys) -> None:
    """What is about copies needs copies."""
    if "vary" in keys and "repeat" not in keys:
        keys.missing("repeat", "`vary` is about the copies of a repeated node", "vary")
    if "share" in keys and "repeat" not in keys and "parallel" not in keys:
        keys.missing("repeat", "`share` is about the copies of a repeated node", "share")
    if "weigh" in keys and "parallel" not in keys:
        keys.missing("parallel", "`weigh` says how much each copy side by side counts", "weigh")


def overlay(node: NodeDecl, value: marked.Mapping, reporter: Reporter) -> NodeDecl:
    """A node with a piece laid over it: settings and arrays are merged, all else is replaced."""
    keys = Keys(value, NODE_KEYS, reporter, f"the node {node.name}", RESERVED, _misplaced(value))
    keys.flag("share")
    keys.flag("keep")
    repeat, parallel, label = keys.scalar("repeat"), keys.scalar("parallel"), keys.scalar("label")
    _count(repeat, "repeat", reporter)
    _count(parallel, "parallel", reporter)
    inputs, tie = keys.get("in"), keys.get("tie")
    return replace(
        node,
        use=keys.scalar("use") or node.use,
        inputs=node.inputs if inputs is None else inputs,
        given={**node.given, **read_given(keys.mapping("with"), reporter)},
        repeat=repeat or node.repeat,
        vary=dict(node.vary) | _vary(keys.mapping("vary"), reporter),
        share=keys.scalar("share") or node.share,
        parallel=parallel or node.parallel,
        weigh=keys.scalar("weigh") or node.weigh,
        tie=node.tie if tie is None else tie,
        values=_merged(node.values, keys.mapping("values")),
        keep=keys.scalar("keep") or node.keep,
        label=label.text if label else node.label,
    )


def _count(text: marked.Scalar | None, what: str, reporter: Reporter) -> None:
    """How many copies there are is an expression."""
    if text is not None:
        at(text, reporter, "BW106", lambda: parse(text.text), what)


def _merged(old: marked.Mapping | None, new: marked.Mapping | None) -> marked.Mapping | None:
    """The arrays of both, by the paths of their parameters; the new ones count."""
    if old is None or new is None:
        return new or old
    kept = tuple((key, value) for key, value in old.items if new.get(key.text) is None)
    return marked.Mapping((*kept, *new.items), new.span)


def _misplaced(value: marked.Mapping) -> dict[str, str]:
    """What to say of settings that stand beside `use` instead of under `with`."""
    from boxwork.specs import library

    use = value.get("use")
    unknown = [key.text for key, _ in value.items if key.text not in NODE_KEYS]
    if not unknown or not isinstance(use, marked.Scalar):
        return {}
    primitive, composite = primitives().get(use.text), library.composite(use.text)
    known = {s.name for s in primitive.settings()} if primitive else set()
    known |= set(composite.settings) if composite else set()
    said = "is a setting of {0}: write with: {{{1}: …}}"
    return {key: f"`{key}` " + said.format(use.text, key) for key in unknown if key in known}


def read_given(tree: marked.Mapping | None, reporter: Reporter) -> Given:
    """The settings under `with`."""
    return {
        key.text: (key, value)
        for key, value in (tree.items if tree else ())
        if name(key, "setting", reporter)
    }


def _vary(
    tree: marked.Mapping | None, reporter: Reporter
) -> dict[str, tuple[marked.Scalar, marked.Sequence]]:
    vary: dict[str, tuple[marked.Scalar, marked.Sequence]] = {}
    for key, value in tree.items if tree else ():
        if not isinstance(value, marked.Sequence):
            wrong_shape(
                f"what varies ({key.text})",
                value,
                marked.Sequence,
                reporter,
                "one entry per copy; they start again when used up",
            )
        elif not value.items:
            reporter.error("BW209", f"the list of {key.text} is empty", value.span)
        else:
            vary[key.text] = (key, value)
    lengths = {len(value.items) for _, value in vary.values()}
    if len(lengths) > 1:
        _unequal(vary, reporter)
        return {}
    return vary


def _unequal(vary: dict[str, tuple[marked.Scalar, marked.Sequence]], reporter: Reporter) -> None:
    said = ", ".join(f"{name} has {len(items.items)}" for name, (_, items) in vary.items())
    key = next(reversed(vary.values()))[0]
    reporter.error(
        "BW209",
        f"the lists of one `vary` must be equally long: {said}",
        key.span,
        help="write each out to the same number of copies",
    )
