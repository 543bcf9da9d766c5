"""Edits that turn one graph into another: they do, and they are no more than ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import gives_what_it_takes, load
from boxwork.graphs.totals import totals
from boxwork.graphs.turning import attempts
from boxwork.graphs.turning.turning import Turning, turning
from boxwork.specs import library, marked
from boxwork.specs.diagnostics import Source
from boxwork.specs.draft import LISTS, SECTIONS
from boxwork.specs.source import read
from boxwork.specs.spec import Spec

from ..gallery import KINDS
from .compared import LAYER
from .support import spec_and_graph
from .test_compare import EDITS, SMALL


@cache
def loaded(name: str, *sets: str) -> tuple[Spec, Graph]:
    return load(name, sets)


def turned(a: tuple[Spec, Graph], b: tuple[Spec, Graph]) -> Turning:
    """The edits from one to the other, held: what they make is the second, box by box."""
    found = turning(a[0], *b)
    assert found.whole, [change.facts() for change in found.left]
    made = found.rest.a
    assert compare(made, b[1]).same
    assert totals(made).all == totals(b[1]).all
    assert list(made.inputs) == list(b[1].inputs)
    return found


def edited(name: str, *edits: str, small: Sequence[str] = ()) -> Turning:
    """The edits found for a spec that was edited so: no more than ours."""
    found = turned(loaded(name, *small), load(name, [*small, *edits]))
    assert found.count <= len(edits), found.draft.body
    return found


# One edit of each kind.

MORE = [
    "insert=[{after: stack.*.attn, nodes: {more: {use: LayerNorm}}}]",
    "insert=[{before: norm, nodes: {more: {use: Tanh}}}]",
    "insert=[{after: tok, nodes: {more: {use: Tanh}, both: {use: Add, in: [tok, more]}}}]",
    "set.logits.tie={}",
    "set.stack.repeat=5",
    "set.stack.vary.drop=[Drop, none]",
    "set.stack.with.norm=RMSNorm",
    "set.stack.*.ff.with.activation=SiLU",
    "set.stack.*.y.in=[add_1, ff]",
    "remove=[stack.*.norm_1]",
    "swap.GELU=ReLU",
    "swap.FeedForward={use: GatedFeedForward}",
    "swap.LayerNorm={use: LayerNorm, with: {bias: false}}",
    "blocks.Drop={use: Dropout, with: {rate: 0.5}}",
]


@pytest.mark.parametrize("edit", [*(edit for edit, _ in EDITS), *MORE])
def test_one_edit_is_found_as_one(edit: str) -> None:
    assert edited("gpt2", edit, small=SMALL).count == 1


@pytest.mark.parametrize("edit", ["set.decoder.*.cross.with.heads=4", "swap.LayerNorm=RMSNorm",
                                  "remove=[encoder.*.drop_1]", "set.encoder.share=true",
                                  "set.embed_target.tie={}"])  # fmt: skip
def test_one_edit_of_two_stacks_is_found_as_one(edit: str) -> None:
    assert edited("transformer", edit).count == 1


TEN = (
    "dims.context=2048", "dims.layers=3", "dims.vocab=99", "settings.dropout=0.2",
    "swap.LayerNorm=RMSNorm", "remove=[drop]",
    "insert=[{after: stack.*.ff, nodes: {more: {use: Tanh}}}]",
    "set.stack.*.attn.with.kv_heads=1", "set.logits.tie={}", "set.stack.*.ff.y.with.bias=false",
)  # fmt: skip


def test_ten_edits_are_found_as_ten() -> None:
    assert edited("gpt2", *TEN, small=SMALL).count == 10


@pytest.mark.parametrize("count", range(2, 10, 2))
def test_some_of_ten_edits(count: int) -> None:
    edited("gpt2", *TEN[:count], small=SMALL)
    edited("gpt2", *TEN[count:], small=SMALL)


# Pairs whose difference is known.


def hand(a: str, b: str) -> Turning:
    """From one text to the other; back again is as possible."""
    one, other = spec_and_graph(a), spec_and_graph(b)
    turned(other, one)
    return turned(one, other)


def test_names_and_the_order_of_writing_take_no_edits() -> None:
    other = LAYER
    for old, new in (("norm", "first"), ("act", "bent"), ("Layer", "Step"), ("stack", "steps")):
        other = re.sub(rf"\b{old}\b", new, other)
    assert hand(LAYER, other).count == 0


def test_a_wrapper_takes_no_edits() -> None:
    outer = """\
blocks:
  Outer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: {type: "real[seq, d]", from: inner}}
    nodes:
      inner: {use: Layer, in: x}
"""
    wrapped = LAYER.replace("stack: {use: Layer,", "stack: {use: Outer,")
    wrapped = wrapped.replace("blocks:\n", outer)
    assert hand(LAYER, wrapped).count == 0
    found = hand(LAYER, wrapped.replace("ReLU", "GELU"))
    assert found.draft.tree == {"swap": {"ReLU": "GELU"}}


AFTER = LAYER.replace(
    "      norm: {use: LayerNorm, in: x}\n      up: {use: Linear,", "      up: {use: Linear, in: x,"
).replace(
    "      y: {use: Add, in: [x, down]}",
    "      sum: {use: Add, in: [x, down]}\n      y: {use: LayerNorm}",
)


def test_a_norm_that_moved_is_taken_out_and_put_in() -> None:
    found = hand(LAYER, AFTER)
    assert found.count == 2
    assert found.draft.tree["remove"] == ["stack.*.norm"]


def test_a_box_more_and_a_box_less() -> None:
    more = LAYER.replace("      down:", "      wide: {use: Tanh}\n      down:")
    assert hand(LAYER, more).draft.tree == {
        "insert": [{"after": "stack.*.act", "nodes": {"wide": {"use": "Tanh"}}}]
    }
    assert hand(more, LAYER).draft.tree == {"remove": ["stack.*.wide"]}


def test_another_size_under_another_name() -> None:
    other = re.sub(r"\bd\b", "width", LAYER).replace("width: 8", "width: 12")
    other = other.replace("{width: width}", "{width: width}")
    assert hand(LAYER, other).draft.tree == {"dims": {"d": "12"}}


def test_a_branch_with_its_sum() -> None:
    one = "nodes:\n  f: {use: Tanh, in: x}\n  y: {use: ReLU}\n"
    other = "nodes:\n  f: {use: Tanh, in: x}\n  s: {use: Add, in: [x, f]}\n  y: {use: ReLU}\n"
    assert hand(one, other).count == 1
    assert hand(other, one).count == 1


def test_a_head_that_is_tied_and_one_that_is_not() -> None:
    assert edited("llama-3.2-1b", "set.logits.tie={}").draft.tree == {
        "set": {"logits": {"tie": {}}}
    }
    found = turned(load("llama-2-7b"), load("llama-2-7b", ["set.logits.tie={weight: tok.table}"]))
    assert found.draft.tree == {"set": {"logits": {"tie": {"weight": "tok.table"}}}}


def test_turns_come_and_go() -> None:
    one, other = load("llama-2-7b"), load("llama-2-7b", ["set.stack.vary.position=[Rotary, none]"])
    assert turned(one, other).count == 1
    assert turned(other, one).count == 1
    assert turned(other, load("llama-2-7b", ["set.stack.vary.position=[none, Rotary]"])).count == 1


def test_layers_written_out_take_no_edits_and_one_of_them_takes_one() -> None:
    out = "".join(f"  layer_{k}: {{use: Layer}}\n" for k in range(3))
    out = LAYER.replace("  stack: {use: Layer, repeat: layers}\n", out)
    assert hand(LAYER, out).count == 0
    one, other = spec_and_graph(out), spec_and_graph(out, "set.layer_1.act.use=GELU")
    found = turned(spec_and_graph(LAYER), other)
    assert found.draft.tree == {"set": {"stack.1.act": {"use": "GELU"}}}
    assert turned(one, other).count == 1


# The gallery.


@pytest.mark.parametrize("name", sorted(library.shipped()))
def test_from_a_spec_to_itself_nothing_is_edited(name: str) -> None:
    found = turned(loaded(name), loaded(name))
    assert found.count == 0
    assert not found.draft.body


def extending() -> dict[str, tuple[str, int]]:
    """The shipped variants: what each extends, and how many edits it makes."""
    found = {}
    for name, path in library.shipped().items():
        tree = read(path)
        base = tree.get("extends")
        if isinstance(base, marked.Scalar):
            found[name] = base.text, sum(_entries(tree.get(key), key) for key in SECTIONS)
    return found


def _entries(part: marked.Marked | None, key: str) -> int:
    if isinstance(part, marked.Mapping | marked.Sequence):
        return len(part.items)
    return int(part is not None and key in LISTS)


@pytest.mark.parametrize("name", sorted(extending()))
def test_shipped_variants_are_found_with_no_more_edits(name: str) -> None:
    base, count = extending()[name]
    assert turned(loaded(base), loaded(name)).count <= count


ROUND = [*pairwise(KINDS), (KINDS[-1], KINDS[0])]


EXPERTS = [("gpt2", "mixtral-8x7b"), ("mixtral-8x7b", "gpt2")]  # the second by blocks anew
BOTH = [*ROUND, *((b, a) for a, b in ROUND), *EXPERTS]
FAR = ("bert-base", "transformer")  # a variant has all outputs of its base


@pytest.mark.parametrize(("a", "b"), BOTH)
def test_decoders_of_the_gallery_turn_into_one_another(a: str, b: str) -> None:
    turned(loaded(a), loaded(b))


@pytest.mark.parametrize("pair", [("transformer", "t5-small"), ("t5-small", "transformer")])
def test_stacks_that_read_more_or_less_are_found(pair: tuple[str, str]) -> None:
    found = turned(*map(loaded, pair))
    assert found.count <= 20


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("qwen3-8b", "qwen3-30b-a3b", 8),  # six sizes, the expert, the mixture
        ("qwen3-30b-a3b", "qwen3-8b", 4),
        ("mistral-7b", "mixtral-8x7b", 6),
        ("mixtral-8x7b", "mistral-7b", 3),
    ],
)
def test_a_mixture_takes_the_place_of_one_network(a: str, b: str, count: int) -> None:
    found = turned(loaded(a), loaded(b))
    assert found.count <= count
    assert "stack.*.ff:" in found.draft.body
    assert "Layer" not in found.draft.body  # what stands round it is left alone


def test_gpt2_turns_into_llama() -> None:
    found = turned(loaded("gpt2"), loaded("llama-3.1-8b"))
    assert found.count <= 14
    assert found.draft.tree["remove"] == ["pos", "drop", "stack.*.drop_1", "stack.*.drop_2"]
    page = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text(encoding="utf-8")
    assert found.draft.body in page


def test_what_is_written_is_read_as_the_same(tmp_path: Path) -> None:
    found = turned(loaded("gpt2"), loaded("olmo-2-7b"))
    text = f"format: 1\nname: One\nextends: gpt2\n{found.draft.body}"
    assert compare(load(Source(str(tmp_path / "one.yaml"), text))[1], loaded("olmo-2-7b")[1]).same


def test_what_was_not_found_is_told_as_what_is_left() -> None:
    found = turning(loaded(FAR[0])[0], *loaded(FAR[1]))
    assert not found.whole
    assert ("removed", "output", "pooled") in {(c.kind, c.what, c.a) for c in found.left}


def test_what_has_other_inputs_is_not_reached_and_said_so() -> None:
    found = turning(loaded("gpt2")[0], *loaded("leaf-flower"))
    assert not found.whole
    assert found.left


def test_removals_ask_one_graph_for_all_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one for every box, laid over and wired anew; but where there is no such graph."""
    asked: list[str] = []

    def wired(spec: Spec, path: str) -> bool:
        asked.append(path)
        return gives_what_it_takes(spec, path)

    monkeypatch.setattr(attempts, "gives_what_it_takes", wired)
    found = turning(loaded("t5-small")[0], *loaded("whisper-tiny"))
    assert len(found.draft.tree["remove"]) > 5
    assert not asked
