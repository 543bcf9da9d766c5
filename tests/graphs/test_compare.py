"""Comparisons: what is the same is said to be, edits are found and nothing else."""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import pairwise

import pytest

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.specs.library import shipped
from boxwork.specs.write import expand

from .compared import LAYER, of, told
from .support import graph_of

# The same.


@pytest.mark.parametrize("name", list(shipped()))
def test_a_spec_is_the_same_as_itself_and_as_what_it_expands_to(name: str, tmp_path) -> None:
    spec, graph = load(name)
    assert compare(graph, load(name)[1]).same
    (tmp_path / "expanded.yaml").write_text(expand(spec), encoding="utf-8")
    found = compare(graph, load(tmp_path / "expanded.yaml")[1])
    assert [c.facts() for c in found.changes] == []


def test_names_do_not_count() -> None:
    other = re.sub(r"\bnorm\b", "first", LAYER)
    other = re.sub(r"\bact\b", "bent", other)
    other = re.sub(r"\bLayer\b", "Step", other)
    other = re.sub(r"\bstack\b", "steps", other)
    assert other != LAYER
    assert compare(graph_of(LAYER), graph_of(other)).same


def test_the_order_of_writing_does_not_count() -> None:
    one = """\
nodes:
  a: {use: ReLU, in: x}
  b: {use: Tanh, in: x}
  c: {use: Logistic, in: b}
  y: {use: Add, in: [a, c]}
"""
    other = """\
nodes:
  b: {use: Tanh, in: x}
  c: {use: Logistic, in: b}
  a: {use: ReLU, in: x}
  y: {use: Add, in: [c, a]}
"""
    assert compare(graph_of(one), graph_of(other)).same


def test_what_is_concatenated_in_another_order_is_not_the_same() -> None:
    one = """\
dims: {seq: any, d: 4}
outputs: {y: "real[seq, 2 * d]"}
nodes:
  a: {use: ReLU, in: x}
  b: {use: Tanh, in: x}
  y: {use: Concat, in: [a, b]}
"""
    found = compare(graph_of(one), graph_of(one.replace("[a, b]", "[b, a]")))
    assert [c.kind for c in found.changes] == ["wire"]


def test_a_wrapper_is_seen_through() -> None:
    wrapped = LAYER.replace("  stack: {use: Layer,", "  stack: {use: Outer,").replace(
        "blocks:\n",
        """\
blocks:
  Outer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: {type: "real[seq, d]", from: inner}}
    nodes:
      inner: {use: Layer, in: x}
""",
    )
    assert compare(graph_of(LAYER), graph_of(wrapped)).same
    assert told(graph_of(LAYER), graph_of(wrapped.replace("ReLU", "GELU"))) == [
        ("replaced", "stack.*.inner.act", "ReLU", "GELU")
    ]


def test_a_block_is_the_same_as_its_nodes_written_out() -> None:
    one = "nodes:\n  f: {use: ReLU, in: x}\n  y: {use: AddNorm, in: {x: x, branch: f}}\n"
    other = "nodes:\n  f: {use: ReLU, in: x}\n  s: {use: Add, in: [x, f]}\n  y: {use: LayerNorm}\n"
    assert compare(graph_of(one), graph_of(other)).same


OUT = LAYER.replace("  stack: {use: Layer, repeat: layers}\n",
                    "".join(f"  layer_{k}: {{use: Layer}}\n" for k in range(3)))  # fmt: skip


def test_layers_written_out_are_the_copies_of_a_stack() -> None:
    there, back = compare(graph_of(LAYER), graph_of(OUT)), compare(graph_of(OUT), graph_of(LAYER))
    assert there.same
    assert back.same
    assert lines(there) == ["the 3 copies of stack are written out, layer_0 to layer_2"]
    assert lines(back) == ["layer_0 to layer_2 are the 3 copies of stack"]
    four = graph_of(LAYER.replace("layers: 3", "layers: 4"))
    assert not compare(four, graph_of(OUT)).same


@pytest.mark.parametrize("k", [1, 2])
def test_one_of_the_layers_written_out_is_another(k: int) -> None:
    other = LAYER[LAYER.index("  Layer:") : LAYER.index("nodes:\n  stack")]
    other = other.replace("  Layer:", "  Other:").replace("ReLU", "GELU")
    other = other.replace("    inputs:", "    title: Layer\n    inputs:", 1)
    changed = OUT.replace("nodes:\n  layer_0", f"{other}nodes:\n  layer_0")
    changed = changed.replace(f"layer_{k}: {{use: Layer}}", f"layer_{k}: {{use: Other}}")
    found = compare(graph_of(LAYER), graph_of(changed))
    assert [(c.kind, c.a, c.b, c.after) for c in found.told if c.kind != "written"] == [
        ("replaced", f"stack.{k}.act", f"layer_{k}.act", "GELU")
    ]
    back = compare(graph_of(changed), graph_of(LAYER))
    assert [c.facts() for c in back.changes] == [c.mirrored().facts() for c in found.changes]


# What was edited is found, and nothing else.

EDITS = [
    ("swap.LayerNorm=RMSNorm", {("replaced", "stack.*.norm_1"), ("replaced", "stack.*.norm_2"),
                                ("replaced", "norm")}),
    ("set.norm.use=RMSNorm", {("replaced", "norm")}),
    ("remove=stack.*.drop_1", {("removed", "stack.*.drop_1")}),
    ("remove=drop", {("removed", "drop")}),
    ("set.stack.*.attn.with.kv_heads=1", {("setting", "stack.*.attn", "kv_heads")}),
    ("set.stack.*.attn.with.causal=false", {("setting", "stack.*.attn", "causal")}),
    ("set.logits.with.bias=true", {("setting", "logits", "bias")}),
    ("settings.dropout=0.2", {("setting", "drop", "rate"), ("setting", "stack.*.drop_1", "rate"),
                              ("setting", "stack.*.drop_2", "rate")}),
    ("dims.layers=3", {("dim", "layers", "layers")}),
    ("dims.heads=1", {("dim", "heads", "heads")}),
    ("dims.d_model=24", {("dim", "d_model", "d_model"), ("dim", "d_ff", "d_ff")}),
    ("dims.vocab=99", {("dim", "vocab", "vocab")}),
    ("set.stack.share=true", {("shared", "stack")}),
]  # fmt: skip
SMALL = ("dims.d_model=48", "dims.heads=3", "dims.layers=2")


def key(change: Change) -> tuple[str, ...]:
    return tuple(x for x in (change.kind, change.path, change.what) if x)


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=[edit for edit, _ in EDITS])
def test_an_edit_is_found_and_nothing_else(edit: str, expected: set[tuple[str, ...]]) -> None:
    found = compare(of("gpt2", *SMALL), of("gpt2", *SMALL, edit))
    assert {key(change) for change in found.told} == expected
    assert lines(found)


@pytest.mark.parametrize("seed", range(12))
def test_several_edits_are_all_found(seed: int) -> None:
    rng = random.Random(seed)
    apart = [e for e in EDITS if not e[0].startswith(("swap", "dims.heads", "settings"))]
    chosen = rng.sample(apart, 3)
    found = compare(of("gpt2", *SMALL), of("gpt2", *SMALL, *(edit for edit, _ in chosen)))
    expected = set().union(*(keys for _, keys in chosen))
    assert {key(change) for change in found.told} == expected


@pytest.mark.parametrize("seed", range(20))
def test_a_box_put_in_or_replaced_in_a_random_chain_is_found(seed: int) -> None:
    rng = random.Random(seed)
    blocks = ["ReLU", "Tanh", "LayerNorm", "RMSNorm", "Softmax", "Logistic"]
    chain = [rng.choice(blocks) for _ in range(rng.randint(3, 9))]
    for one, other in pairwise(chain):  # else which of two alike was put in cannot be told
        if one == other:
            return
    at = rng.randrange(len(chain))
    more = [*chain[:at], "GELU", *chain[at:]]
    found = compare(chained(chain), chained(more)).changes
    assert [(c.kind, c.after) for c in found] == [("added", "GELU")]
    less = [*chain[:at], *chain[at + 1 :]]
    if less and (at in (0, len(chain) - 1) or chain[at - 1] != chain[at + 1]):
        gone = compare(chained(chain), chained(less)).changes
        assert Counter(c.kind for c in gone)["removed"] >= 1
        assert len(gone) <= 2


def chained(blocks: list[str]) -> Graph:
    nodes = [f"  n{i}: {{use: {block}}}" for i, block in enumerate(blocks)]
    end = f'outputs: {{y: {{type: "real[seq, d]", from: n{len(blocks) - 1}}}}}'
    return graph_of("\n".join([end, "nodes:", *nodes]))


def test_a_norm_that_moved_is_no_norm_that_came_and_went() -> None:
    after = LAYER.replace("      norm: {use: LayerNorm, in: x}\n      up: {use: Linear,",
                          "      up: {use: Linear, in: x,").replace(
        "      y: {use: Add, in: [x, down]}",
        "      sum: {use: Add, in: [x, down]}\n      y: {use: LayerNorm}")  # fmt: skip
    found = compare(graph_of(LAYER), graph_of(after))
    assert [c.kind for c in found.told] == ["moved"]
    assert lines(found) == ["norms before each sublayer → after each sum"]


def test_a_wire_that_goes_elsewhere() -> None:
    one = """\
nodes:
  a: {use: ReLU, in: x}
  b: {use: Tanh, in: a}
  y: {use: Add, in: [a, b]}
"""
    found = compare(graph_of(one), graph_of(one.replace("[a, b]", "[x, b]")))
    assert [(c.kind, c.path, c.before, c.after) for c in found.changes] == [
        ("wire", "y", "b, a", "b, x")
    ]
    assert lines(found) == ["y reads b, x instead of b, a"]


def test_ties_and_numbers_written() -> None:
    untied = of("gpt2", "set.logits.tie={}")
    assert told(of("gpt2"), untied) == [("tie", "logits.weight", "tok.table")]
    assert lines(compare(of("gpt2"), untied)) == [
        "the head (logits) no longer tied to the token embedding (tok)"
    ]
    one = """\
dims: {d: 2}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
nodes:
  y: {use: Linear, in: x, with: {width: d, bias: false}, values: {weight: [[1, 2], [3, 4]]}}
"""
    other = graph_of(one.replace("[3, 4]", "[3, 5]"))
    assert [c.kind for c in compare(graph_of(one), other).changes] == ["values"]


def test_turns_that_copies_take() -> None:
    one = LAYER.replace("repeat: layers}", "repeat: 4}")
    other = LAYER.replace("{use: Layer, repeat: layers}",
                          "{repeat: 4, vary: {use: [Layer, Other]}}").replace(
        "nodes:\n  stack", "  Other:\n    inputs: {x: \"real[seq, d]\"}\n"
        "    outputs: {y: \"real[seq, d]\"}\n    nodes:\n      y: {use: Tanh, in: x}\n"
        "nodes:\n  stack")  # fmt: skip
    found = compare(graph_of(one), graph_of(other))
    assert "turns" in [c.what for c in found.told]
    assert compare(graph_of(other), graph_of(other)).same
