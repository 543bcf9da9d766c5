"""A16: the GPT, and the rhyme that it goes on with."""

from __future__ import annotations

import pytest

import boxwork as bw

from .support import RHYME, model

SPINE = ["tok", "pos", "sum", "drop", "stack", "norm", "logits", "probabilities"]


def test_it_is_the_arrangement_of_the_article() -> None:
    root = bw.load("gpt").checked.root
    assert list(root.nodes) == SPINE
    block = root.nodes["stack"].part_of(0)
    names = [getattr(node.part, "name", "") for node in block.nodes.values()]
    assert names == ["LayerNorm", "MultiHeadAttention", "Dropout", "Add",
                     "LayerNorm", "FeedForward", "Dropout", "Add"]  # fmt: skip


def test_both_embeddings_are_equally_long() -> None:
    with pytest.raises(bw.SpecError, match="width mismatch at sum"):
        bw.load("gpt", "set.pos.with.width=d_model / 2")


def test_trained_on_the_rhyme_it_goes_on_with_it() -> None:
    made = model("gpt")
    history = made.train(text=RHYME, steps=60)
    assert history.last < 0.5
    assert "".join(made.generate_text("humpty", max_new=21)) == " dumpty sat on a wall"
    assert "".join(made.generate_text("h", max_new=26)) == "umpty dumpty sat on a wall"


def test_word_by_word() -> None:
    made = model("gpt-words")
    history = made.train(text=RHYME, steps=60)
    assert history.last < 0.5
    assert "".join(made.generate_text("humpty", max_new=5)) == " dumpty sat on a wall"


def test_the_parts_of_today_learn_it_too() -> None:
    made = model("gpt-modern")
    history = made.train(text=RHYME, steps=60)
    assert history.last < 0.5
    assert "".join(made.generate_text("humpty", max_new=21)) == " dumpty sat on a wall"
