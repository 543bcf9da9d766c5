"""Small specs with nodes that are kept while generating."""

LATENT = """
dims: {{seq: any, context: 90, vocab: 11, d: 8, heads: 2, nope: 4, rope: 2, v_dim: 3, rank: 5,
       layers: {layers}}}
require: [seq <= context]
inputs: {{tokens: "index<vocab>[seq]"}}
outputs: {{logits: "real[seq, vocab]"}}
interpret: {{logits: {{next: tokens}}}}
blocks:
  Latent:
    inputs:  {{x: "real[seq, d]"}}
    outputs: {{y: "real[seq, d]"}}
    settings: {{window: size or none = none}}
    nodes:
      q_up:     {{use: Linear, in: x, with: {{width: heads * (nope + rope), bias: false}}}}
      q_head:   {{use: SplitHeads, with: {{heads: heads}}}}
      q_parts:  {{use: Split, with: {{sizes: [nope, rope]}}}}
      q_rot:    {{use: RotaryEncoding, in: q_parts.1}}
      q:        {{use: Concat, in: [q_parts.0, q_rot]}}
      kv_down:  {{use: Linear, in: x, with: {{width: rank + rope, bias: false}}}}
      kv_parts: {{use: Split, with: {{sizes: [rank, rope]}}}}
      latent:   {{use: RMSNorm, in: kv_parts.0{keep}}}
      k_rot:    {{use: RotaryEncoding, in: kv_parts.1{keep}}}
      k_shared: {{use: Expand, with: {{dim: heads}}}}
      kv_up:    {{use: Linear, in: latent, with: {{width: heads * (nope + v_dim), bias: false}}}}
      kv_head:  {{use: SplitHeads, with: {{heads: heads}}}}
      k_and_v:  {{use: Split, with: {{sizes: [nope, v_dim]}}}}
      k:        {{use: Concat, in: [k_and_v.0, k_shared]}}
      mix:      {{use: DotProductAttention, in: {{q: q, k: k, v: k_and_v.1}},
                 with: {{causal: true, window: window}}}}
      merged:   {{use: MergeHeads}}
      y:        {{use: Linear, with: {{width: d, bias: false}}}}
  Layer:
    inputs:  {{x: "real[seq, d]"}}
    outputs: {{y: "real[seq, d]"}}
    settings: {{window: size or none = none}}
    nodes:
      norm:   {{use: RMSNorm, in: x}}
      attn:   {{use: Latent, with: {{window: window}}}}
      y:      {{use: Add, in: [x, attn]}}
nodes:
  tok:    {{use: Embedding, in: tokens, with: {{count: vocab, width: d}}}}
  stack:  {{use: Layer, repeat: layers{vary}}}
  logits: {{use: Linear, with: {{width: vocab, bias: false}}}}
"""


def latent(windows: str = "", layers: int = 2, *, keep: bool = True) -> str:
    """Latent attention in some layers, with windows that take turns."""
    vary = f", vary: {{window: [{windows}]}}" if windows else ""
    return LATENT.format(layers=layers, vary=vary, keep=", keep: true" if keep else "")


BODY = """
dims: {seq: any, context: 60, vocab: 11, d: 8}
require: [seq <= context]
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
"""
FIRST = "  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}\n"
LAST = "  logits: {use: Linear, with: {width: vocab}}\n"


def text(*nodes: str, blocks: str = "") -> str:
    """A spec of some nodes after an embedding, and scores after the last of them."""
    inside = "".join(f"  {node}\n" for node in nodes)
    return f"{BODY}{blocks}nodes:\n{FIRST}{inside}{LAST}"


def attends(query: str, memory: str, more: str = "") -> str:
    """Attention of one wire to another that is kept somewhere before."""
    wires = f"{{query: {query}, memory: {memory}}}"
    return f"use: MultiHeadAttention, in: {wires}, with: {{heads: 2, causal: true{more}}}"


LOW = "low: {use: Linear, in: tok, with: {width: 3}, keep: true}"
# What stands between what is kept and attention, each as nodes.
BETWEEN = {
    "nothing": (LOW, f"mix: {{{attends('tok', 'low')}}}"),
    "rotary positions": (
        "low: {use: Linear, in: tok, with: {width: 4}, keep: true}",
        "turned: {use: RotaryEncoding}",
        f"mix: {{{attends('tok', 'turned')}}}",
    ),
    "rotary positions in a window": (
        "low: {use: Linear, in: tok, with: {width: 4}, keep: true}",
        "turned: {use: RotaryEncoding}",
        f"mix: {{{attends('tok', 'turned', ', window: 5')}}}",
    ),
    "learned positions": (
        LOW,
        "at: {use: PositionalEmbedding, in: low, with: {count: context, width: 3}}",
        "placed: {use: Add, in: [low, at]}",
        f"mix: {{{attends('tok', 'placed')}}}",
    ),
    "sinusoids in a window": (
        LOW,
        "at: {use: SinusoidalEncoding, in: low, with: {width: 3}}",
        "placed: {use: Add, in: [low, at]}",
        f"mix: {{{attends('tok', 'placed', ', window: 4')}}}",
    ),
    "a part of what is split": (
        "parts: {use: Split, in: tok, with: {sizes: [3, 5]}, keep: true}",
        "up: {use: FeedForward, in: parts.1, with: {hidden: 4}}",
        f"mix: {{{attends('tok', 'up')}}}",
    ),
    "two that meet": (
        LOW,
        "other: {use: Linear, in: tok, with: {width: 3}, keep: true}",
        "both: {use: Multiply, in: [low, other]}",
        f"near: {{{attends('tok', 'both', ', window: 3')}}}",
        f"far: {{{attends('near', 'other')}}}",
    ),
    "two windows": (
        LOW,
        f"near: {{{attends('tok', 'low', ', window: 3')}}}",
        f"far: {{{attends('near', 'low', ', window: 7')}}}",
    ),
    "a copy of a stack": (
        "stack: {use: Linear, in: tok, repeat: 3, with: {width: d}, keep: true}",
        f"mix: {{{attends('stack.0', 'stack')}}}",
    ),
    "a stack that reads it": (
        LOW,
        "stack: {use: Looks, in: {x: tok, kept: low}, repeat: 2, vary: {window: [3, none]}}",
    ),
    "a block that keeps inside": (
        "low: {use: Low, in: tok}",
        f"near: {{{attends('tok', 'low', ', window: 3')}}}",
        "again: {use: Low, in: near}",
        f"far: {{{attends('near', 'again')}}}",
    ),
    "a block that is kept": (
        "low: {use: Plain, in: tok, keep: true}",
        f"mix: {{{attends('tok', 'low')}}}",
    ),
    "a bias by distance": (
        LOW,
        "far: {use: RelativePositionBias, in: tok, with: {heads: 2, buckets: 4, far: 9}}",
        ("mix: {use: MultiHeadAttention, in: {query: tok, memory: low, bias: far},"
        " with: {heads: 2, causal: true, window: 6}}"),
    ),
    "an empty stack": (
        "stack: {use: Linear, in: tok, repeat: 0, with: {width: d}, keep: true}",
        f"mix: {{{attends('tok', 'stack')}}}",
    ),
}  # fmt: skip
BLOCKS = {
    "Looks": """
    inputs: {x: "real[n, width]", kept: "real[n, low]"}
    outputs: {y: "real[n, width]"}
    settings: {window: size or none}
    nodes:
      up: {use: Linear, in: kept, with: {width: 4}}
      turned: {use: RotaryEncoding}
      mix: {use: MultiHeadAttention, in: {query: x, memory: turned},
            with: {heads: 2, causal: true, window: window}}
      y: {use: Add, in: [x, mix]}
""",
    "Low": """
    inputs: {x: "real[n, width]"}
    outputs: {y: "real[n, 4]"}
    nodes:
      down: {use: Linear, in: x, with: {width: 4}, keep: true}
      y: {use: RotaryEncoding}
""",
    "Plain": """
    inputs: {x: "real[n, width]"}
    outputs: {y: "real[n, 4]"}
    nodes:
      down: {use: Linear, in: x, with: {width: 4}}
      y: {use: RotaryEncoding}
""",
}


def between(name: str) -> str:
    """One of the specs above, with the blocks that it uses."""
    nodes = BETWEEN[name]
    used = [block for block in BLOCKS if f"use: {block}," in " ".join(nodes)]
    blocks = "".join(f"  {block}:{BLOCKS[block]}" for block in used)
    return text(*nodes, blocks=f"blocks:\n{blocks}" if used else "")
