"""What comparisons say of well-known differences, in the words of the field."""

from __future__ import annotations

import pytest

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.comparing.worded import rooted, turned
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import Source

from .support import graph_of


def told(a: str, b: str, *edits: str) -> list[str]:
    return lines(compare(load(a)[1], load(b, edits)[1]))


def test_outputs_that_do_not_correspond_are_told_by_the_names_of_their_own_side() -> None:
    there, back = told("bert-base", "leaf-flower"), told("leaf-flower", "bert-base")
    one, other = "scores (real[kinds])", "embedding (real[seq, d_model]) and pooled (real[d_model])"
    assert f"gives {one} instead of {other}" in there
    assert f"gives {other} instead of {one}" in back
    for line in [*there, *back]:
        assert " reads " not in line or "tokens" in line


def test_wires_are_told_by_the_names_of_their_own_side() -> None:
    one = "nodes:\n  a: {use: ReLU, in: x}\n  b: {use: Tanh, in: a}\n  y: {use: Add, in: [a, b]}\n"
    other = (
        "nodes:\n  c: {use: ReLU, in: x}\n  d: {use: Tanh, in: c}\n  y: {use: Add, in: [x, d]}\n"
    )
    assert lines(compare(graph_of(one), graph_of(other))) == ["y reads d, x instead of b, a"]
    assert lines(compare(graph_of(other), graph_of(one))) == ["y reads b, a instead of d, x"]


def test_what_another_input_is_read_for() -> None:
    assert told("self-attention", "cross-attention") == [
        "reads memory (real[others, d_model]) as well",
        "attn.k and attn.v read memory instead of x",
    ]


def test_an_encoder_is_told_as_one_with_the_attention_that_reads_it() -> None:
    said = told("llama-2-7b", "transformer")
    assert said[:2] == [
        "reads source (index<vocab>[source_len]) as well",
        "an encoder of 6 layers added (encoder), read by cross-attention (decoder.*.cross)",
    ]
    assert not any("MultiHeadAttention" in line or "AddNorm" in line for line in said)
    back = told("transformer", "gpt2")
    assert (
        "an encoder of 6 layers gone (encoder), and the cross-attention to it (decoder.*.cross)"
    ) in back


def test_positions_that_are_an_array_are_learned() -> None:
    assert "learned positions: Array → PositionalEmbedding" in told("vit-base", "bert-base")
    said = told("vit-base", "transformer")
    assert "learned positions → sinusoidal" in said


@pytest.mark.parametrize(
    ("a", "b", "line"),
    [
        ("llama-2-7b", "llama-3.1-8b", "base 10,000 → 500,000, stretched by 8 (llama3)"),
        ("llama-3.1-8b", "llama-3.2-1b", "stretched by 32 instead of 8"),
        ("llama-3.1-8b", "qwen3-8b", "base 500,000 → 1,000,000, no longer stretched"),
        ("gemma-3-270m", "gemma-3-27b", "stretched by 8 (linear) where the base is 1,000,000"),
        ("qwen3-30b-a3b", "glm-4.5-air", "on half of each head instead of all"),
    ],
)
def test_how_rotary_positions_turn_and_stretch(a: str, b: str, line: str) -> None:
    assert f"rotary positions: {line}" in told(a, b)


def test_a_router_is_told_in_one_line() -> None:
    assert told("deepseek-v3", "deepseek-v3", "swap.Logistic=Softmax") == [
        "router: sigmoid → softmax"
    ]
    assert "router: softmax → sigmoid, balancing bias added" in told("qwen3-30b-a3b", "glm-4.5-air")
    said = told("llama-2-7b", "glm-4.5-air")
    assert "router: sigmoid, with a balancing bias" in said
    assert (
        "32 → 46 layers, the first one with a dense feed-forward (gated SiLU, 10,944 wide)" in said
    )


def test_settings_of_a_mixture_are_those_of_its_router() -> None:
    mixtral, ff = "mixtral-8x7b", "set.stack.*.ff.with"
    assert told(mixtral, mixtral, f"{ff}.sum_to=none") == [
        "router: weights no longer scaled to sum to 1"
    ]
    assert told(mixtral, mixtral, f"{ff}.biased=true") == ["bias of the router added at stack.*.ff"]
    assert told(mixtral, mixtral, f"{ff}.experts=16") == ["8 → 16 experts, 2 active"]


def test_other_turns_of_the_same_kinds_are_told_by_their_numbers() -> None:
    assert told("smollm3", "smollm3", "set.stack.vary={position: [Rotary, none]}") == [
        "the layers take turns: 1 with rotary positions, then 1 with no positions, not 3 and 1"
    ]


def test_heads_and_scores() -> None:
    assert "32 queries sharing 8 → 4 keys" in told("qwen3-8b", "qwen3-30b-a3b")
    assert "attention scores not scaled, instead of by 1/√64" in told("transformer", "t5-small")
    assert told("transformer", "transformer", "set.decoder.*.self.with.heads=4") == [
        "8 → 4 heads, each 64 → 128 wide at decoder.*.self"
    ]
    both = ["set.stack.*.attn.with.sinks=true", "set.stack.*.attn.with.cap=50"]
    assert told("gpt2", "gpt2", *both) == [
        "attention scores capped at 50",
        "attention sinks added",
    ]


def test_biases_say_of_what() -> None:
    assert "biases of queries, keys and values added at stack.*.attn" in told(
        "llama-2-7b", "glm-4.5-air"
    )
    assert "biases of the keys gone everywhere" in told("transformer", "whisper-tiny")
    assert told("gpt2", "gpt2", "set.logits.with.bias=true") == ["bias added at logits"]


def test_sizes_that_say_nothing_of_both_are_not_told() -> None:
    """An experts' model inherits d_ff, and does not use it."""
    assert not any("d_ff" in line for line in told("gpt-oss-20b", "qwen3-30b-a3b"))
    assert any("d_ff" in line for line in told("llama-2-7b", "mistral-7b"))
    one = "dims: {n: 3, m: 4, seq: any, d: 2}\nnodes:\n  y: {use: ReLU, in: x}\n"
    assert compare(graph_of(one), graph_of(one.replace("m: 4", "m: 5"))).same


def test_what_stands_at_one_place_is_not_always_a_replacement() -> None:
    said = told("bert-base", "gpt2")
    assert {"Pooler gone (pooled)", "Linear added (logits)"} <= set(said)
    assert "norm on the embeddings (norm) → final norm (norm)" in said
    assert "PlainNumber → Embedding" in told("letters", "words")


OWN = """\
format: 1
extends: gpt2
blocks:
  Mine:
    family: norm
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes: {a: {use: RMSNorm}, y: {use: Scale, with: {by: 2}}}
swap: {LayerNorm: RMSNorm}
set: {stack.*.norm_1: {use: Mine}}
"""


def test_a_norm_that_does_more_is_told_by_its_own_name() -> None:
    gpt2, own = load("gpt2")[1], load(Source("own.yaml", OWN))[1]
    assert lines(compare(gpt2, own)) == [
        "LayerNorm → Mine at stack.*.norm_1",
        "LayerNorm → RMSNorm at stack.*.norm_2 and norm",
    ]


def test_numbers_as_people_write_them() -> None:
    assert [rooted(x) for x in (0.125, 1.0, 50.0, 0.13)] == ["1/√64", "1", "50", "0.13"]
    assert turned("32 queries sharing 8 keys", "32 queries sharing 4 keys") == (
        "32 queries sharing 8 → 4 keys"
    )
    assert turned("12 heads", "32 queries sharing 8 keys") == "12 heads → 32 queries sharing 8 keys"
