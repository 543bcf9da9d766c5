"""From marked YAML to declarations: which keys there are, and what stands under each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Span
from boxwork.specs.interpret import Interpretation
from boxwork.specs.keys import Keys, block_name, text_of
from boxwork.specs.meanings import read_interpretation
from boxwork.specs.nodes import read_given, read_nodes
from boxwork.specs.ports import (
    read_dims,
    read_inputs,
    read_outputs,
    read_requirements,
    read_settings,
)
from boxwork.specs.spec import (
    BlockDecl,
    CompositeDecl,
    InputDecl,
    NodeDecl,
    PresetDecl,
    Spec,
)
from boxwork.specs.toy import read_toy

FORMAT = "1"
SPEC_TEXT = ("name", "about", "special", "source", "year")
BLOCK_TEXT = ("about", "formula", "source", "title", "family", "detail")
PORTS_AND_NODES = ("inputs", "outputs", "nodes")
BODY = ("inputs", "outputs", "settings", "dims", "require", "nodes")
SPEC_KEYS = ("format", *SPEC_TEXT, *BODY, "toy", "interpret", "blocks")
EDITS = ("swap", "remove", "insert", "set")
VARIANT_KEYS = (
    "format",
    *SPEC_TEXT,
    "extends",
    "outputs",
    "dims",
    "toy",
    "settings",
    "blocks",
    "interpret",
    "require",
    *EDITS,
)
BASE_KEYS = dict.fromkeys(
    ("inputs", "nodes"), "they come from the base; edit them with swap, insert, set, …"
)
COMPOSITE_KEYS = (*BLOCK_TEXT, *BODY, "closed")
# Kept free for rules that would map the names in other people's files to paths.
RESERVED = {
    "weights": "files of weights are given to a call (--weights FILE); "
    "the names in them are the paths of the parameters",
}


def read_spec(tree: marked.Mapping, reporter: Reporter) -> Spec | None:
    """Read a whole spec (not a variant); None if there is too little to go on."""
    keys = Keys(tree, SPEC_KEYS, reporter, "a spec", RESERVED)
    check_format(keys, reporter)
    title = keys.scalar("name")
    root = _body(keys, "", title.span if title else tree.span, reporter, root=True)
    blocks = read_blocks(keys.mapping("blocks"), reporter)
    interpret = keys.mapping("interpret")
    with reporter.confining():
        meant = read_interpretation(
            interpret, _written(keys, "inputs"), _written(keys, "outputs"), reporter
        )
    return Spec(
        title.text if title else "",
        root,
        blocks,
        meant,
        tree.span,
        {key: text for key in SPEC_TEXT if (text := text_of(keys.get(key)))},
        interpret=interpret,
        toy=read_toy(keys.mapping("toy"), root.dims, reporter),
    )


def _written(keys: Keys, section: str) -> tuple[str, ...]:
    """The names in a section, those with a wrong type too: what is said of them is not the slip."""
    tree = keys.get(section)
    return tuple(key.text for key, _ in tree.items) if isinstance(tree, marked.Mapping) else ()


def interpretation(
    interpret: marked.Mapping | None, root: CompositeDecl, reporter: Reporter
) -> Interpretation:
    """Read what the numbers mean, for inputs and outputs that are known."""
    with reporter.confining():
        return read_interpretation(interpret, tuple(root.inputs), tuple(root.outputs), reporter)


def check_format(keys: Keys, reporter: Reporter) -> None:
    """The first thing a file must say is which format it is written in."""
    written = keys.scalar("format")
    if written is None:
        if "format" not in keys:
            keys.missing("format", f"write `format: {FORMAT}` in the first line")
    elif written.text != FORMAT:
        reporter.error(
            "BW104",
            f"format {written.text} is not known to this version",
            written.span,
            label=f"expected {FORMAT}",
            help="a newer boxwork may read it" if written.text.isdigit() else "write `format: 1`",
        )


def read_block_file(tree: marked.Mapping, reporter: Reporter) -> CompositeDecl:
    """Read a composite of the catalogue: a file of one block."""
    keys = Keys(tree, ("format", "block", *COMPOSITE_KEYS), reporter, "a block")
    check_format(keys, reporter)
    title = keys.scalar("block")
    decl = _composite(keys, title.text if title else "", tree.span, reporter)
    return replace(decl, closed=True)


def read_blocks(tree: marked.Mapping | None, reporter: Reporter) -> dict[str, BlockDecl]:
    """Read the blocks that a spec defines itself."""
    blocks: dict[str, BlockDecl] = {}
    for key, value in tree.items if tree else ():
        block_name(key, reporter)
        if not isinstance(value, marked.Mapping):
            reporter.error(
                "BW103",
                f"the block {key.text} must be a mapping",
                value.span,
                help="a preset {use: …, with: {…}}, or inputs, outputs and nodes",
            )
        elif value.get("use") is not None or not any(map(value.get, PORTS_AND_NODES)):
            blocks[key.text] = _preset(key, value, reporter)
        else:
            keys = Keys(value, COMPOSITE_KEYS, reporter, "a block")
            blocks[key.text] = _composite(keys, key.text, key.span, reporter)
    return {k: b for k, b in blocks.items() if not isinstance(b, PresetDecl) or b.use.text}


def _preset(key: marked.Scalar, value: marked.Mapping, reporter: Reporter) -> PresetDecl:
    keys = Keys(value, ("use", "with", "closed"), reporter, "a preset")
    use = keys.scalar("use")
    if use is None and "use" not in keys:
        keys.missing("use", "the block it fills in (or `nodes`, for a block made of nodes)")
    given = read_given(keys.mapping("with"), reporter)
    closed = keys.flag("closed")
    return PresetDecl(
        key.text, key.span, use or marked.Scalar("", key.span), given, closed=bool(closed)
    )


def _composite(keys: Keys, title: str, span: Span, reporter: Reporter) -> CompositeDecl:
    decl = _body(keys, title, span, reporter)
    texts = {key: text for key in BLOCK_TEXT if (text := text_of(keys.get(key)))}
    return replace(decl, text=texts, closed=bool(keys.flag("closed")))


def _body(
    keys: Keys, title: str, span: Span, reporter: Reporter, *, root: bool = False
) -> CompositeDecl:
    inputs = read_inputs(keys.mapping("inputs"), reporter)
    given = keys.mapping("outputs")
    outputs = read_outputs(given, reporter)
    nodes = read_nodes(keys.mapping("nodes"), reporter)
    if "nodes" not in keys:
        keys.missing("nodes", "the boxes of the architecture" if root else "the boxes inside")
    computes = "what it computes, with its type"
    if "outputs" not in keys:
        keys.missing("outputs", computes)
    elif given is not None and not given.items:
        reporter.error("BW102", f"{keys.what} needs an output", given.span, help=computes)
    _apart(inputs, nodes, reporter)
    return CompositeDecl(
        title,
        span,
        inputs,
        outputs,
        nodes,
        read_settings(keys.mapping("settings"), reporter),
        read_dims(keys.mapping("dims"), reporter, free=root),
        read_requirements(keys.get("require"), reporter),
    )


def _apart(
    inputs: Mapping[str, InputDecl], nodes: Mapping[str, NodeDecl], reporter: Reporter
) -> None:
    """Inputs and nodes share one namespace: both are read as wires."""
    for node in nodes.values():
        if node.name in inputs:
            reporter.error(
                "BW117",
                f"the node {node.name} has the name of an input",
                node.span,
                help=f"rename the node: a wire from `{node.name}` could mean either",
            )
