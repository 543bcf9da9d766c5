"""Two models of 100 layers and two families, checked, counted and compared; next to 1 layer."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import boxwork as bw

ROUNDS = 5
LAYERS = 100
CONTEXT = 1024

HEAD = """\
format: 1
name: {name}
dims: {{seq: any, context: 1024, vocab: 50257, d_model: 768, heads: 12, kv_heads: 4, d_ff: 3072}}
require: [seq <= context]
inputs: {{tokens: "index<vocab>[seq]"}}
outputs: {{logits: "real[seq, vocab]"}}
interpret: {{logits: {{next: tokens}}}}
blocks:
  Layer:
    inputs: {{x: "real[seq, d_model]"}}
    outputs: {{y: "real[seq, d_model]"}}
    settings: {{hidden: size}}
    nodes:
{layer}
nodes:
  tok: {{use: Embedding, in: tokens, with: {{count: vocab, width: d_model}}}}
{first}
{stack}
  norm: {{use: {norm}}}
  logits: {{use: Linear, with: {{width: vocab, bias: false}}}}
"""
LAYER = """\
      norm_1: {{use: {norm}, in: x}}
      attn: {{use: MultiHeadAttention, with: {{causal: true, {attention}}}}}
      add_1: {{use: Add, in: [x, attn]}}
      norm_2: {{use: {norm}}}
      ff: {{use: {ff}, with: {{hidden: hidden}}}}
      y: {{use: Add, in: [add_1, ff]}}"""
FAMILIES = {
    "GPT": {
        "norm": "LayerNorm",
        "attention": "heads: heads",
        "ff": "FeedForward",
        "first": "  pos: {use: PositionalEmbedding, in: tokens, with: {count: context, width: "
        "d_model}}\n  first: {use: Add, in: [tok, pos]}",
    },
    "Llama": {
        "norm": "RMSNorm",
        "attention": "heads: heads, kv_heads: kv_heads, biased: false, position: RotaryEncoding",
        "ff": "GatedFeedForward",
        "first": "  first: {use: RMSNorm, in: tok}",
    },
}
Stack = Callable[[str, int], str]


def repeated(layer: str, layers: int) -> str:
    """One layer, and a count."""
    return f"  stack: {{use: Layer, with: {{hidden: d_ff}}, repeat: {layers}}}"


def varied(layer: str, layers: int) -> str:
    """One stack whose layers all have another width."""
    widths = ", ".join(f"d_ff + {k}" for k in range(layers))
    return f"  stack: {{use: Layer, repeat: {layers}, vary: {{hidden: [{widths}]}}}}"


def written(layer: str, layers: int) -> str:
    """A node for each layer, all of another width."""
    return "\n".join(
        f"  layer_{k}: {{use: Layer, with: {{hidden: d_ff + {k}}}}}" for k in range(layers)
    )


def flat(layer: str, layers: int) -> str:
    """No layers, only what is in them, all of another width."""
    lines, x = [], "first"
    for k in range(layers):
        text = layer.replace("hidden: hidden", f"hidden: d_ff + {k}").replace("in: x", f"in: {x}")
        text = text.replace("[x, attn]", f"[{x}, attn_{k}]").replace(
            "[add_1, ff]", f"[add_1_{k}, ff_{k}]"
        )
        for line in text.splitlines():
            name, _, rest = line.strip().partition(":")
            lines.append(f"  {name}_{k}:{rest}")
        x = f"y_{k}"
    return "\n".join(lines)


KINDS: dict[str, Stack] = {
    "repeated": repeated,
    "all different": varied,
    "written out": written,
    "written out, flat": flat,
}


def main() -> None:
    """Time all three steps for 1 layer and for 100: repeated, different, written out."""
    bw.load("gpt2").count().facts()  # catalogue and imports, once
    heads = ("boxes", "check", "count", "compare", "together", "× 1 layer")
    print(f"{'':20}" + "".join(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for name, stack in KINDS.items():
            many, one = (specs(Path(folder), stack, layers) for layers in (LAYERS, 1))
            steps = timed(many)
            boxes = sum(len(bw.load(path).checked.root.nodes) for path in many)
            cells = "".join(f"{seconds * 1e3:9.1f} ms" for seconds in (*steps, sum(steps)))
            print(f"{name:20}{boxes:12,}{cells}{sum(steps) / sum(timed(one)):12.1f}")


def specs(folder: Path, stack: Stack, layers: int) -> list[Path]:
    """A model of each family, as files."""
    paths = []
    for name, parts in FAMILIES.items():
        layer = LAYER.format(**parts)
        text = HEAD.format(name=name, layer=layer, stack=stack(layer, layers), **parts)
        if stack is flat:
            start, end = text.index("blocks:"), text.index("\nnodes:") + 1
            text = text[:start] + text[end:]
        paths.append(folder / f"{name}.{stack.__name__}.{layers}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def timed(paths: list[Path]) -> tuple[float, float, float]:
    """The median seconds of CPU for checking, counting and comparing, words and table included."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        graphs = [bw.load(path) for path in paths]
        checked = time.process_time()
        for graph in graphs:
            graph.count(CONTEXT).facts()
        counted = time.process_time()
        str(bw.compare(*graphs, context=CONTEXT))
        times.append((checked - begun, counted - checked, time.process_time() - counted))
    check, count, compare = (statistics.median(step) for step in zip(*times, strict=True))
    return check, count, compare
