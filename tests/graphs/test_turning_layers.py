"""Edits of layers that are written out one by one, from a stack and back: one for each of ours."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from boxwork.graphs.load import load
from boxwork.graphs.turning.turning import turning

from .compared import LAYER
from .support import spec_and_graph

STACK = LAYER.replace("layers: 3", "layers: 5")
OUT = STACK.replace(
    "  stack: {use: Layer, repeat: layers}\n",
    "".join(f"  layer_{k}: {{use: Layer}}\n" for k in range(5)),
)
ONE = [
    *(f"set.layer_{k}.act.use=GELU" for k in range(5)),
    "set.layer_0.norm.with.eps=1e-3",
    "set.layer_4.up.with.bias=false",
    "remove=[layer_0.act]",
    "remove=[layer_2.act]",
    "insert=[{after: layer_0.act, nodes: {more: {use: Tanh}}}]",
    "insert=[{before: layer_3.down, nodes: {more: {use: LayerNorm}}}]",
]
TWO = [
    ("set.layer_0.act.use=GELU", "set.layer_1.act.use=GELU"),
    ("set.layer_0.act.use=GELU", "set.layer_3.act.use=GELU"),
    ("set.layer_0.act.use=GELU", "set.layer_3.norm.use=RMSNorm"),
    ("set.layer_1.act.use=GELU", "remove=[layer_4.act]"),
    ("swap.ReLU=GELU", "set.layer_1.act.use=Tanh"),
]


@pytest.mark.parametrize("base", [STACK, OUT], ids=["stack", "written out"])
@pytest.mark.parametrize("edits", [*((edit,) for edit in ONE), *TWO])
def test_one_layer_takes_one_edit(base: str, edits: Sequence[str]) -> None:
    found = turning(spec_and_graph(base)[0], *spec_and_graph(OUT, *edits))
    assert found.whole
    assert found.count <= len(edits), found.draft.body


@pytest.mark.parametrize("edits", [*((edit,) for edit in ONE), *TWO])
def test_layers_turn_back_into_a_stack(edits: Sequence[str]) -> None:
    found = turning(spec_and_graph(OUT, *edits)[0], *spec_and_graph(STACK))
    assert found.whole
    assert found.count <= len(edits), found.draft.body


@pytest.mark.parametrize("count", [2, 4, 6])
def test_a_layer_more_or_less_is_one_edit_of_a_stack_and_of_a_chain(count: int) -> None:
    out = OUT.replace("  layer_4: {use: Layer}\n", "")
    assert turning(spec_and_graph(STACK)[0], *spec_and_graph(out)).draft.tree == {
        "set": {"stack": {"repeat": "4"}}
    }
    stack = STACK.replace("repeat: layers", f"repeat: {count}")
    found = turning(spec_and_graph(out)[0], *spec_and_graph(stack))
    assert found.whole
    assert found.count <= max(1, 4 - count), found.draft.body


SINGLE = [
    ("gpt-oss-20b", "set.stack.16.ff.scores.tie={}"),
    ("gpt2", "remove=[stack.0.attn]", "set.stack.*.norm_2.with.bias=false"),
    ("gpt-modern", "set.stack.1.ff.y.with.bias=false", "remove=[stack.*.norm_1]"),
    ("gemma-3-270m", "remove=[stack.0.attn.q_unit]", "set.stack.*.ff.gate.with.bias=true"),
    ("gpt", "set.stack.0.attn.k.with.bias=false", "remove=[stack.*.ff.act]"),
]


@pytest.mark.parametrize("edited", SINGLE, ids=lambda edited: edited[0])
def test_one_copy_of_a_stack_takes_one_edit(edited: Sequence[str]) -> None:
    name, *edits = edited
    found = turning(load(name)[0], *load(name, edits))
    assert found.whole
    assert found.count <= len(edits), found.draft.body
