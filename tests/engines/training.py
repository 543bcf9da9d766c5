"""What the tests of training share: goals from a few lines of YAML, small specs, materials."""

import tempfile
from pathlib import Path
from textwrap import dedent

from boxwork.engines.learning.goal import Goal
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import Source
from boxwork.specs.spec import Spec

ANY_LENGTH = """
    dims: {seq: any, vocab: 4, d: 3, context: 6}
    require: [seq <= context]
    inputs: {tokens: "index<vocab>[seq]"}
    outputs: {logits: "real[seq, vocab]"}
    interpret: {tokens: {tokenizer: characters, alphabet: " abc"}, logits: {next: tokens}}
    nodes:
      tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
      logits: {use: Linear, with: {width: vocab}}
"""
FIXED = """
    dims: {context: 3, vocab: 4}
    inputs: {tokens: "index<vocab>[context]"}
    outputs: {logits: "real[vocab]"}
    interpret: {tokens: {tokenizer: characters, alphabet: " abc"}, logits: {next: tokens}}
    nodes:
      tok: {use: PlainNumber, in: tokens}
      logits: {use: Linear, with: {width: vocab}}
"""
CLASSES = """
    dims: {n: 2, kinds: 3}
    inputs: {features: "real[n]"}
    outputs: {scores: "real[kinds]"}
    interpret: {features: {names: [size, weight]}, scores: {classes: [ant, bee, cat]}}
    nodes:
      scores: {use: Linear, in: features, with: {width: kinds}}
"""
SIGN = """
    dims: {n: 2}
    inputs: {features: "real[n]"}
    outputs: {score: "real[1]"}
    interpret: {score: {classes: [warm, cold]}}
    nodes:
      score: {use: Linear, in: features, with: {width: 1}}
"""
NUMBERS = """
    dims: {n: 2, m: 2}
    inputs: {features: "real[n]"}
    outputs: {y: "real[m]"}
    nodes:
      y: {use: Linear, in: features, with: {width: m}}
"""
TRANSLATE = """
    dims: {source_len: any, target_len: any, vocab: 7, d: 4}
    require: [target_len <= 4]
    inputs: {source: "index<vocab>[source_len]", target: "index<vocab>[target_len]"}
    outputs: {logits: "real[target_len, vocab]"}
    interpret:
      source: {tokenizer: words, vocabulary: [<s>, </s>, <SEP>, ja, nein, yes, "no"]}
      target: {tokenizer: source, start: <s>, end: </s>}
      logits: {next: target}
    nodes:
      memory: {use: Embedding, in: source, with: {count: vocab, width: d}}
      tok: {use: Embedding, in: target, with: {count: vocab, width: d}}
      cross: {use: MultiHeadAttention, in: {query: tok, memory: memory}, with: {heads: 2}}
      logits: {use: Linear, with: {width: vocab}}
"""
ONE_ROW = """
    dims: {seq: any, vocab: 6, d: 3}
    inputs: {tokens: "index<vocab>[seq]"}
    outputs: {logits: "real[seq, vocab]"}
    interpret:
      tokens: {tokenizer: words, vocabulary: [</s>, <SEP>, ja, nein, yes, "no"], end: </s>}
      logits: {next: tokens}
    nodes:
      tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
      logits: {use: Linear, with: {width: vocab}}
"""


def spec_from(text: str) -> Spec:
    """A spec, which gets its first lines here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text("format: 1\nname: Test\n" + dedent(text), encoding="utf-8")
        return load(path)[0]


def goal_of(text: str, loss: str | None = None) -> Goal:
    return Goal.of(spec_from(text), loss)


def file(text: str) -> Source:
    return Source("given.txt", text)
