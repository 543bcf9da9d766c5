"""Edits of shipped specs, any number of any kind: as few are found, and they do the same."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.load import load
from boxwork.graphs.totals import totals
from boxwork.graphs.turning.turning import turning

from .random_edits import random_edits

SPECS = {
    "gpt": ("dims.layers=2",),
    "gpt2": ("dims.layers=2", "dims.d_model=48", "dims.heads=3"),
    "llama-2-7b": ("dims.layers=2", "dims.d_model=32", "dims.heads=4", "dims.head_dim=8"),
    "gemma-3-270m": ("dims.layers=7",),
    "olmo-2-7b": ("dims.layers=2",),
    "smollm3": ("dims.layers=5",),
    "transformer": ("dims.layers=2",),
    "gpt-modern": (),
    "deep-residual": (),
    "letters-embedded": (),
    "qwen3-0.6b": (),
    "mixtral-8x7b": (),
    "gpt-oss-20b": (),
    "deepseek-v3": (),
    "bert-base": (),
    "t5-small": (),
    "whisper-tiny": (),
    "vit-base": (),
    "translator": (),
}


@given(st.integers(0, 2**32), st.sampled_from(sorted(SPECS)), st.integers(1, 6))
@settings(max_examples=20)
def test_random_edits_are_found_again(seed: int, name: str, most: int) -> None:
    edits = random_edits(Random(seed), name, most, *SPECS[name])
    base, _ = load(name, SPECS[name])
    spec, graph = load(name, [*SPECS[name], *edits])
    found = turning(base, spec, graph)
    assert found.whole, (edits, [change.facts() for change in found.left])
    assert found.count <= len(edits), (edits, found.draft.body)
    made = found.rest.a
    assert compare(made, graph).same
    assert totals(made).all == totals(graph).all


def test_attention_taken_out_between_norms_is_one_edit() -> None:
    base, _ = load("gemma-3-270m", SPECS["gemma-3-270m"])
    edits = [*SPECS["gemma-3-270m"], "remove=[stack.*.attn]"]
    found = turning(base, *load("gemma-3-270m", edits))
    assert found.whole
    assert found.count == 1


def test_a_block_that_is_given_anew_and_set_back_elsewhere_is_a_detour() -> None:
    """One of two norms is another: it is set alone, whatever else changes."""
    branch = "{new: {use: LayerNorm}, both: {use: Add, in: [logits, new]}}"
    edits = [
        f"insert=[{{after: logits, nodes: {branch}}}]",
        *("set.stack.*.norm_2.use=LayerNorm", "remove=[norm]", "dims.layers=4"),
    ]
    base, _ = load("llama-2-7b", SPECS["llama-2-7b"])
    found = turning(base, *load("llama-2-7b", [*SPECS["llama-2-7b"], *edits]))
    assert found.whole
    assert found.count == 4
