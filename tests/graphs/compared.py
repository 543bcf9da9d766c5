"""What the tests of comparisons share: pairs of shipped specs, a stack of layers, what is told."""

from __future__ import annotations

from functools import cache

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load

PAIRS = [
    ("gpt2", "llama-3.1-8b"),
    ("llama-3.1-8b", "gpt2"),
    ("gpt2", "transformer"),
    ("gpt2", "gpt2-medium"),
    ("gpt", "gpt2"),
    ("gpt", "gpt-modern"),
    ("gpt", "gpt-words"),
    ("translator", "translator-sep"),
    ("translator-sep", "translator"),
    ("deep-plain", "deep-residual"),
    ("words", "letters"),
    ("letters", "letters-embedded"),
    ("self-attention", "self-attention-practice"),
    ("multi-head-shared", "multi-head-separate"),
    ("leaf-flower", "leaf-flower-relu"),
    ("positions-sine", "positions-share"),
    ("gpt2", "mixtral-8x7b"),
    ("llama-3.1-8b", "qwen3-30b-a3b"),
    ("llama-2-7b", "deepseek-v3"),
    ("glm-4.5-air", "llama-2-7b"),
    ("llama-2-7b", "mistral-7b"),
    ("llama-2-7b", "olmo-2-7b"),
    ("llama-2-7b", "smollm3"),
    ("smollm3", "gpt2"),
    ("llama-3.1-8b", "llama-3.2-1b"),
    ("llama-3.1-8b", "gemma-3-27b"),
    ("qwen3-8b", "qwen3-0.6b"),
    ("gpt2", "olmo-2-7b"),
    ("bert-base", "minilm-l6"),
    ("bert-base", "gpt2"),
    ("mixtral-8x7b", "deepseek-v3"),
    ("deepseek-v3", "kimi-k2"),
    ("glm-4.5-air", "deepseek-v3"),
    ("qwen3-30b-a3b", "gpt-oss-20b"),
    ("gpt-oss-20b", "deepseek-v3"),
    ("gemma-3-270m", "olmo-2-7b"),
    ("gemma-3-270m", "gemma-3-27b"),
    ("transformer", "t5-small"),
    ("t5-small", "transformer"),
    ("whisper-tiny", "transformer"),
    ("vit-base", "bert-base"),
    ("gpt2", "vit-base"),
    ("bert-base", "leaf-flower"),
    ("self-attention", "cross-attention"),
]
LAYER = """\
dims: {seq: any, d: 8, hidden: 16, layers: 3}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      norm: {use: LayerNorm, in: x}
      up: {use: Linear, with: {width: hidden}}
      act: {use: ReLU}
      down: {use: Linear, with: {width: d}}
      y: {use: Add, in: [x, down]}
nodes:
  stack: {use: Layer, repeat: layers}
  y: {use: LayerNorm}
"""


@cache
def shipped_graph(name: str) -> Graph:
    return load(name)[1]


def of(name: str, *sets: str) -> Graph:
    return load(name, sets)[1]


def told(a: Graph, b: Graph) -> list[tuple[str, ...]]:
    """The changes that are differences of their own, dims aside."""
    return [
        tuple(x for x in (c.kind, c.path, c.what, c.before, c.after) if x)
        for c in compare(a, b).told
        if c.kind != "dim"
    ]
