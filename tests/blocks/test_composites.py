"""The composites of the catalogue against plain NumPy: names of parameters, and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import special

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Composite, Part
from tests.blocks.specs import graph_of

RNG = np.random.default_rng(11)
X, Z = RNG.normal(size=(2, 5, 8)), RNG.normal(size=(2, 3, 6))


def model(node: str) -> Model:
    """A spec of one node, `b`, with random parameters, biases and scales too."""
    graph = graph_of(
        f"""
        dims: {{n: any, m: any, d: 8, d_memory: 6, heads: 2}}
        inputs: {{x: "real[n, d]", z: "real[m, d_memory]", r: "real[heads, n, n]"}}
        outputs: {{b: "real[n, d]"}}
        nodes: {{b: {node}}}
        """
    )
    drawn = {path: RNG.normal(size=a.shape) for path, a in init(graph, 0, np.float64).items()}
    return Model(graph, drawn, dtype=np.float64)


def run(made: Model, **values: np.ndarray) -> np.ndarray:
    return made.run({"x": X, "z": Z, "r": np.zeros((2, 2, 5, 5))} | values)["b"]


def linear(p, path, x):
    y = x @ p[f"b.{path}.weight"]
    return y + p[f"b.{path}.bias"] if f"b.{path}.bias" in p else y


def norm(p, path, x):
    y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    return y * p[f"b.{path}.scale"] + p[f"b.{path}.bias"]


def attention(p, path, x, memory, heads, kv_heads=None, mask=None, bias=0.0, change=None):
    """Multi-head attention written straight down, one head after the other."""
    q, k, v = (linear(p, f"{path}{n}", m) for n, m in zip("qkv", (x, memory, memory), strict=True))
    kv_heads = kv_heads or heads
    width = q.shape[-1] // heads
    change = change or (lambda part: part)
    outs = []
    for h in range(heads):
        g = h // (heads // kv_heads)
        own, group = slice(h * width, (h + 1) * width), slice(g * width, (g + 1) * width)
        scores = change(q[..., own]) @ np.swapaxes(change(k[..., group]), -1, -2)
        scores = scores / np.sqrt(width) + (bias[:, h] if np.ndim(bias) else bias)
        scores = scores if mask is None else np.where(mask, scores, -np.inf)
        outs.append(special.softmax(scores, axis=-1) @ v[..., group])
    return linear(p, f"{path}y", np.concatenate(outs, axis=-1))


CAUSAL = np.tri(5, dtype=bool)
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def test_attention_to_oneself() -> None:
    made = model("{use: MultiHeadAttention, in: x, with: {heads: 2}}")
    assert sorted(made.parameters) == [f"b.{n}.{w}" for n in "kqvy" for w in ("bias", "weight")]
    np.testing.assert_allclose(run(made), attention(made.parameters, "", X, X, 2), **CLOSE)


def test_attention_to_another_sequence() -> None:
    made = model("{use: MultiHeadAttention, in: {query: x, memory: z}, with: {heads: 4}}")
    assert made.parameters["b.k.weight"].shape == (6, 8)
    np.testing.assert_allclose(run(made), attention(made.parameters, "", X, Z, 4), **CLOSE)


def test_attention_of_groups_causal_without_biases_with_other_widths() -> None:
    settings = "{heads: 4, kv_heads: 2, head_dim: 3, biased: false, causal: true}"
    made = model(f"{{use: MultiHeadAttention, in: x, with: {settings}}}")
    assert {p: a.shape for p, a in made.parameters.items()} == {
        "b.q.weight": (8, 12), "b.k.weight": (8, 6), "b.v.weight": (8, 6), "b.y.weight": (12, 8),
    }  # fmt: skip
    expected = attention(made.parameters, "", X, X, 4, 2, CAUSAL)
    np.testing.assert_allclose(run(made), expected, **CLOSE)
    later = X.copy()
    later[:, 3:] += 1
    np.testing.assert_array_equal(run(made, x=later)[:, :3], run(made)[:, :3])


def test_attention_with_no_bias_in_the_keys() -> None:
    made = model("{use: MultiHeadAttention, in: x, with: {heads: 2, biased_k: false}}")
    assert sorted(made.parameters)[:2] == ["b.k.weight", "b.q.bias"]
    np.testing.assert_allclose(run(made), attention(made.parameters, "", X, X, 2), **CLOSE)


def test_attention_in_a_window_with_a_bias_on_the_scores() -> None:
    made = model("{use: MultiHeadAttention, in: {query: x, bias: r}, with: {heads: 2, window: 2}}")
    bias = RNG.normal(size=(2, 2, 5, 5))
    near = abs(np.subtract.outer(np.arange(5), np.arange(5))) < 2
    expected = attention(made.parameters, "", X, X, 2, mask=near, bias=bias)
    np.testing.assert_allclose(run(made, r=bias), expected, **CLOSE)


def test_attention_with_norms_and_positions_inside() -> None:
    settings = "{heads: 2, q_norm: RMSNorm, position: RotaryEncoding}"
    made = model(f"{{use: MultiHeadAttention, in: x, with: {settings}}}")
    p = dict(made.parameters)
    assert p["b.q_unit.scale"].shape == p["b.k_unit.scale"].shape == (4,)
    turns = np.exp(1j * np.arange(5)[:, None] * 10000.0 ** -np.array([0, 0.5]))

    def change(part, scale):
        part = scale * part / np.sqrt((part**2).mean(-1, keepdims=True) + 1e-6)
        turned = (part[..., :2] + 1j * part[..., 2:]) * turns
        return np.concatenate([turned.real, turned.imag], axis=-1)

    q, k, v = (linear(p, n, X) for n in "qkv")
    outs = []
    for own in (slice(0, 4), slice(4, 8)):
        a = change(q[..., own], p["b.q_unit.scale"])
        b = change(k[..., own], p["b.k_unit.scale"])
        scores = a @ np.swapaxes(b, -1, -2) / 2
        outs.append(special.softmax(scores, axis=-1) @ v[..., own])
    np.testing.assert_allclose(run(made), linear(p, "y", np.concatenate(outs, -1)), **CLOSE)


def test_attention_with_norms_over_all_heads() -> None:
    settings = (
        "{heads: 4, kv_heads: 2, q_norm_all: RMSNorm, k_norm_all: {use: RMSNorm, with: {eps: 1}}}"
    )
    made = model(f"{{use: MultiHeadAttention, in: x, with: {settings}}}")
    p = dict(made.parameters)
    assert (p["b.q_unit_all.scale"].shape, p["b.k_unit_all.scale"].shape) == ((8,), (4,))

    def level(part, scale, eps):
        return scale * part / np.sqrt((part**2).mean(-1, keepdims=True) + eps)

    q = level(linear(p, "q", X), p["b.q_unit_all.scale"], 1e-6)
    k, v = level(linear(p, "k", X), p["b.k_unit_all.scale"], 1), linear(p, "v", X)
    outs = []
    for head in range(4):
        own, group = (slice(2 * i, 2 * i + 2) for i in (head, head // 2))
        scores = q[..., own] @ np.swapaxes(k[..., group], -1, -2) / np.sqrt(2)
        outs.append(special.softmax(scores, axis=-1) @ v[..., group])
    np.testing.assert_allclose(run(made), linear(p, "y", np.concatenate(outs, -1)), **CLOSE)


def test_feed_forward() -> None:
    made = model("{use: FeedForward, in: x, with: {hidden: 12}}")
    p = made.parameters
    expected = linear(p, "y", np.maximum(linear(p, "up", X), 0))
    np.testing.assert_allclose(run(made), expected, **CLOSE)
    made = model("{use: FeedForward, in: x, with: {hidden: 3, activation: Tanh, bias: false}}")
    p = made.parameters
    np.testing.assert_allclose(run(made), linear(p, "y", np.tanh(linear(p, "up", X))), **CLOSE)


def test_gated_feed_forward() -> None:
    made = model("{use: GatedFeedForward, in: x, with: {hidden: 12}}")
    p = made.parameters
    assert sorted(p) == ["b.gate.weight", "b.up.weight", "b.y.weight"]
    gate = linear(p, "gate", X)
    expected = linear(p, "y", gate * special.expit(gate) * linear(p, "up", X))
    np.testing.assert_allclose(run(made), expected, **CLOSE)


def test_a_gpt_block() -> None:
    made = model("{use: GPTBlock, in: x, with: {heads: 2}}")
    p = made.parameters
    assert p["b.ff.up.weight"].shape == (8, 32)
    a = X + attention(p, "attn.", norm(p, "norm_1", X), norm(p, "norm_1", X), 2, mask=CAUSAL)
    inner = linear(p, "ff.up", norm(p, "norm_2", a))
    expected = a + linear(p, "ff.y", inner * (1 + special.erf(inner / np.sqrt(2))) / 2)
    np.testing.assert_allclose(run(made), expected, **CLOSE)


def test_an_encoder_and_a_decoder_layer() -> None:
    made = model("{use: EncoderLayer, in: x, with: {heads: 2, hidden: 5}}")
    p = made.parameters
    a = norm(p, "norm_1.y", X + attention(p, "attn.", X, X, 2))
    b = linear(p, "ff.y", np.maximum(linear(p, "ff.up", a), 0))
    np.testing.assert_allclose(run(made), norm(p, "y.y", a + b), **CLOSE)

    made = model("{use: DecoderLayer, in: {x: x, memory: z}, with: {heads: 2, hidden: 5}}")
    p = made.parameters
    a = norm(p, "norm_1.y", X + attention(p, "self.", X, X, 2, mask=CAUSAL))
    b = norm(p, "norm_2.y", a + attention(p, "cross.", a, Z, 2))
    c = linear(p, "ff.y", np.maximum(linear(p, "ff.up", b), 0))
    np.testing.assert_allclose(run(made), norm(p, "y.y", b + c), **CLOSE)


def test_a_positional_embedding() -> None:
    made = model("{use: PositionalEmbedding, in: x, with: {count: 9, width: d}}")
    assert list(made.parameters) == ["b.embed.table"]
    np.testing.assert_array_equal(run(made), made.parameters["b.embed.table"][:5])


def unread(part: Part) -> Iterator[str]:
    """The nodes inside that neither another node nor an output reads."""
    if not isinstance(part, Composite):
        return
    wires = [ref for n in part.nodes.values() for refs in n.inputs.values() for ref in refs]
    read = {ref.node for ref in [*wires, *part.sources.values()]}
    for name, node in part.nodes.items():
        yield from [] if name in read else [name]
        yield from unread(node.part)


@pytest.mark.parametrize(
    ("node", "places"),
    [
        ("{use: FeedForward, in: x, with: {hidden: 4, drop: Drop}}", ["rest"]),
        ("{use: GPTBlock, in: x, with: {heads: 2, drop: Drop}}", ["drop_1", "drop_2"]),
        ("{use: EncoderLayer, in: x, with: {heads: 2, drop: Drop}}",
         ["drop_1", "drop_2", "ff.rest"]),
        ("{use: EncoderLayer, in: x, with: {heads: 2, drop_inner: none, drop: Drop}}",
         ["drop_1", "drop_2"]),
        ("{use: DecoderLayer, in: {x: x, memory: z}, with: {heads: 2, drop: Drop}}",
         ["drop_1", "drop_2", "drop_3", "ff.rest"]),
    ],
)  # fmt: skip
def test_where_dropout_goes(node, places) -> None:
    """Everywhere it is drawn it drops, while training only; without one there is no box."""
    drop = node.replace("Drop}", "{use: Dropout, with: {rate: 0.5}}}")
    with_drop, without = model(drop), model(node.replace(", drop: Drop", ""))
    assert not list(unread(with_drop.graph.root.nodes["b"].part))
    traced = with_drop.trace(x=X, z=Z, r=np.zeros((2, 2, 5, 5)))
    drops = {path for path in traced if re.search(r"\.(drop_\d|rest)$", path)}
    assert {f"b.{place}" for place in places} == drops
    plain = without.trace(x=X, z=Z, r=np.zeros((2, 2, 5, 5)))
    assert not {f"b.{place}" for place in places} & set(plain)
    values = {"x": X, "z": Z, "r": np.zeros((2, 2, 5, 5))}
    trained = [with_drop.run(values, training=True, key=key)["b"] for key in (1, 1, 2)]
    np.testing.assert_array_equal(trained[0], trained[1])
    assert not np.allclose(trained[0], trained[2])
    assert not np.allclose(trained[0], run(with_drop))
