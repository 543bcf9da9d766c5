"""The tree of a graph as text."""

from boxwork.renderers.text import tree

from .support import graph_of, shipped
from .zoo import SPECS


def test_gpt2_as_a_tree() -> None:
    assert (
        tree(shipped("gpt2"))
        == """\
GPT-2 small
  tokens      input                seq                       indices below 50257
  tok         Embedding            seq × 768     38,597,376
  pos         PositionalEmbedding  seq × 768        786,432
  sum         Add                  seq × 768
  drop        Dropout              seq × 768
  stack ×12   GPTBlock             seq × 768     85,054,464  12 × 7,087,872
    ├ norm_1  LayerNorm            seq × 768          1,536
    ├ attn    MultiHeadAttention   seq × 768      2,362,368
    ├ drop_1  Dropout              seq × 768
    ├ add_1   Add                  seq × 768
    ├ norm_2  LayerNorm            seq × 768          1,536
    ├ ff      FeedForward          seq × 768      4,722,432
    ├ drop_2  Dropout              seq × 768
    └ y       Add                  seq × 768
  norm        LayerNorm            seq × 768          1,536
  logits      Linear               seq × 50257               tied to tok.table
  logits      output               seq × 50257
  total                                         124,439,808"""
    )


def test_repeats_that_vary_share_or_vanish() -> None:
    lines = {line.split()[0]: line for line in tree(graph_of(SPECS["varied"])).splitlines()}
    assert lines["stack"].endswith(
        "7 × 4,256; 2 with window 16 + 1 without window, ×2, then 1 with window 16"
    )
    assert lines["same"].endswith("one set of weights")
    assert lines["empty"].split()[1] == "×0"


def test_every_box_is_opened_down_to_a_depth() -> None:
    graph = shipped("gpt2")
    levels = [tree(graph, depth) for depth in (1, 2, 3, 9)]
    counts = [len(text.splitlines()) for text in levels]
    assert counts[0] < counts[1] < counts[2] == counts[3]
    assert "stack" in levels[0]
    assert "norm_1" not in levels[0]
    assert "    └ embed" in levels[1]  # of pos, which is not repeated
    assert "    │ ├ q " in levels[2]
