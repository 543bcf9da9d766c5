"""Ties: which array stands for which, which way round, at any depth; and numbers in the spec."""

import pytest

from boxwork.graphs.parameters import aliases, parameters
from boxwork.graphs.totals import total

from .support import graph_of, node_at, wrong

HEAD = """
    dims: {seq: any, vocab: 9, d: 4}
    inputs: {tokens: "index<vocab>[seq]"}
    outputs: {logits: "real[seq, vocab]"}
    nodes:
      tok: {use: Embedding, with: {count: vocab, width: d}}
      logits: {use: Linear, with: {width: vocab, bias: false}, tie: {weight: TARGET}}
"""
STACKS = """
    nodes:
      one: {use: Layer, in: x, repeat: 2}
      two: {use: Layer, in: x, repeat: 2, tie: TIE}
      y: {use: Add, in: [one, two]}
    blocks:
      Layer:
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]"}
        nodes:
          q: {use: Linear, with: {width: d}}
          y: {use: Linear, with: {width: d, bias: false}}
"""


def tied(text: str) -> dict[str, tuple[str, bool]]:
    """Which path goes by which other, and whether it is turned."""
    return dict(aliases(graph_of(text)))


def test_a_head_is_turned_and_counts_once() -> None:
    text = HEAD.replace("TARGET", "tok.table")
    assert tied(text) == {"logits.weight": ("tok.table", True)}
    assert list(parameters(graph_of(text))) == ["tok.table"]
    assert total(graph_of(text)) == 36


def test_names_decide_even_where_sizes_are_equal() -> None:
    text = HEAD.replace("TARGET", "tok.table").replace("vocab: 9", "vocab: 4")
    assert tied(text) == {"logits.weight": ("tok.table", True)}


def test_names_that_are_the_same_in_the_same_order_are_not_turned() -> None:
    text = """
        dims: {seq: any, d: 4, e: 4}
        nodes:
          up: {use: Linear, with: {width: e, bias: false}}
          down: {use: Linear, with: {width: d, bias: false}}
          again: {use: Linear, with: {width: e, bias: false}, tie: {weight: up.weight}}
          y: {use: Linear, with: {width: d, bias: false}, tie: {weight: up.weight}}
    """
    assert tied(text) == {"again.weight": ("up.weight", False), "y.weight": ("up.weight", True)}


def test_where_names_cannot_decide_it_is_said() -> None:
    text = """
        inputs: {x: "real[seq, 4]"}
        outputs: {y: "real[seq, 4]"}
        nodes:
          one: {use: Linear, with: {width: 4, bias: false}}
          y: {use: Linear, with: {width: 4, bias: false}, tie: {weight: TARGET}}
    """
    assert [code for code, _ in wrong(text.replace("TARGET", "one.weight"))] == ["BW217"]
    for turned in (True, False):
        target = f"{{to: one.weight, transpose: {str(turned).lower()}}}"
        assert tied(text.replace("TARGET", target)) == {"y.weight": ("one.weight", turned)}


def test_paths_pair_up_copy_by_copy() -> None:
    assert tied(STACKS.replace("TIE", "{'*.q.weight': 'one.*.q.weight'}")) == {
        f"two.{i}.q.weight": (f"one.{i}.q.weight", False) for i in range(2)
    }


def test_one_copy_may_be_the_target_of_all() -> None:
    assert tied(STACKS.replace("TIE", "{q.weight: one.1.q.weight}")) == {
        f"two.{i}.q.weight": ("one.1.q.weight", False) for i in range(2)
    }


def test_whole_nodes_may_be_tied() -> None:
    assert tied(STACKS.replace("TIE", "one")) == {
        f"two.{i}.{path}": (f"one.{i}.{path}", False)
        for i in range(2)
        for path in ("q.weight", "q.bias", "y.weight")
    }


def test_one_node_inside_may_be_tied() -> None:
    text = STACKS.replace("TIE", "{'*.q': 'one.*.q'}")
    assert set(tied(text)) == {f"two.{i}.q.{p}" for i in range(2) for p in ("weight", "bias")}


def test_a_tie_inside_a_repeated_block_is_one_in_every_copy() -> None:
    text = STACKS.replace("TIE", "{}").replace(
        "bias: false}", "bias: false}, tie: {weight: q.weight}"
    )
    expected = {
        f"{s}.{i}.y.weight": (f"{s}.{i}.q.weight", False) for s in ("one", "two") for i in range(2)
    }
    assert tied(text) == expected
    assert total(graph_of(text)) == 4 * (16 + 4)


def test_ties_may_follow_each_other() -> None:
    text = """
        nodes:
          a: {use: Linear, with: {width: d, bias: false}}
          b: {use: Linear, with: {width: d, bias: false}, tie: {weight: a.weight}}
          y: {use: Linear, with: {width: d, bias: false}, tie: {weight: b.weight}}
    """
    assert tied(text) == {"b.weight": ("a.weight", False), "y.weight": ("a.weight", False)}


def test_a_tie_to_a_shared_stack_leads_to_its_first_copy() -> None:
    text = """
        nodes:
          s: {use: Linear, repeat: 3, share: true, with: {width: d, bias: false}}
          y: {use: Linear, with: {width: d, bias: false}, tie: {weight: s.2.weight}}
    """
    assert tied(text)["y.weight"] == ("s.0.weight", False)
    assert total(graph_of(text)) == 16


VALUES = """
    dims: {seq: any, d: 3, kinds: 2}
    outputs: {y: "real[seq, kinds]"}
    nodes:
      y: {use: Linear, with: {width: kinds}, values: VALUES}
"""


@pytest.mark.parametrize(
    "written",
    [
        "{weight: {leaf: [1, 2, 3], flower: [4, 5, 6e-1]}}",
        "{weight: [[1, 4], [2, 5], [3, 0.6]]}",
        "{weight: [[1, 2 ** 2], [2, 5], [3, 6 / 10]]}",
    ],
)
def test_values_are_laid_out_as_the_parameter_is(written: str) -> None:
    found = node_at(graph_of(VALUES.replace("VALUES", written)), "y").values["weight"]
    assert found.numbers == ((1, 4), (2, 5), (3, 0.6))
    assert found.names == (("leaf", "flower") if "leaf" in written else ())


def test_numbers_that_are_ours_are_marked() -> None:
    written = "{weight: {leaf: [1, {ours: 2}, 3], flower: {ours: [4, 5, 6]}}, bias: [0, {ours: 1}]}"
    values = node_at(graph_of(VALUES.replace("VALUES", written)), "y").values
    assert values["weight"].ours == {(1, 0), (0, 1), (1, 1), (2, 1)}
    assert values["weight"].numbers == ((1, 4), (2, 5), (3, 6))
    assert values["bias"].ours == {(1,)}


def test_values_may_go_inside() -> None:
    text = STACKS.replace("repeat: 2, tie: TIE", "values: {q.bias: [1, 2, 3, 4]}")
    assert node_at(graph_of(text), "two").values["q.bias"].numbers == (1, 2, 3, 4)
