"""What is said of copies that differ, of shared parameters, and of ties."""

import pytest

from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.renderers.figure import Layout
from boxwork.renderers.text import tree

from .faults import faults
from .support import drawn, graph_of, laid_out, wires

HEAD = """\
dims: {seq: any, d: 12}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
"""
BLOCKS = {
    "Local": """\
  Local:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    settings: {window: size or none = none}
    nodes:
      attn: {use: MultiHeadAttention, with: {heads: 2, window: window}}
      y:    {use: LayerNorm}
""",
    "Global": """\
  Global:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes: {y: {use: RMSNorm}}
""",
}
TWO = ("set.stack.3.attn={with: {causal: false}}", "set.stack.11.ff={use: GatedFeedForward}")


def gpt2(*edits: str) -> Graph:
    return load("gpt2", edits)[1]


def spec(*nodes: str) -> Graph:
    body = "".join(f"  {node}\n" for node in nodes)
    used = [text for name, text in BLOCKS.items() if name in body]
    blocks = "blocks:\n" + "".join(used) if used else ""
    return graph_of(f"{HEAD}{blocks}nodes:\n{body}  y: {{use: ReLU}}\n")


def said(graph: Graph, node: str) -> str:
    """What the tree remarks on a node."""
    for line in tree(graph).splitlines():
        if line.split()[0] == node:
            cells = line.split("  ")
            return cells[-1].strip()
    raise KeyError(node)


def written(picture: Layout, path: str) -> str:
    """The texts inside a box or a frame from the top, in one line."""
    aside = ("count", "width")
    return " ".join(t.text for t in picture.texts if t.path == path and t.role not in aside)


@pytest.mark.parametrize(
    ("edits", "remark"),
    [
        (TWO, "copy 3: attn not causal; copy 11: ff GatedFeedForward"),
        (["insert={after: stack.3.attn, nodes: {a: {use: GELU}}}"], "copy 3: a (GELU) added"),
        (["remove=[stack.0.drop_1, stack.5.drop_1]"], "copies 0 and 5: without drop_1"),
        (["set.stack.0={with: {heads: 6}}"], "copy 0: heads 6, copies 1–11: heads 12"),
        (["set.stack.4.ff.act={use: Tanh}"], "copy 4: ff.act Tanh"),
    ],
)
def test_edited_copies_are_told_apart(edits: list[str], remark: str) -> None:
    graph = gpt2(*edits)
    assert said(graph, "stack").removeprefix("12 × 7,087,872; ") == remark
    said_in_frame = written(laid_out(graph), "stack")
    assert said_in_frame == f"GPT transformer block {remark.replace('; ', ' ')}"
    assert remark.split("; ", maxsplit=1)[0] in written(laid_out(graph, depth=0), "stack")


def test_what_is_drawn_for_all_copies_is_what_most_are() -> None:
    graph = gpt2("set.stack.0.attn={with: {causal: false}}")
    picture = laid_out(graph)
    assert "Masked" in written(picture, "stack.*.attn")
    assert drawn(picture) == wires(graph, everything=False)
    assert faults(picture) == []


def test_folding_leaves_out_copies_that_differ() -> None:
    picture = laid_out(gpt2(*TWO), "stack.3")
    assert "stack.4-10" in {box.path for box in picture.boxes}
    assert written(picture, "stack.11").endswith(
        "block 11 12 heads, 3072 hidden ff GatedFeedForward"
    )
    assert written(picture, "stack.3").endswith("block 3 attn not causal")
    assert faults(picture) == []


@pytest.mark.parametrize(
    ("turns", "remark"),
    [
        ("[Slow, ReLU]", "activation Slow + activation ReLU, ×2"),
        (
            "[Slow, {use: Slow, with: {by: 3}}]",
            "activation Scale (by 0.5) + activation Scale (by 3), ×2",
        ),
    ],
)
def test_presets_are_told_by_name_if_their_names_tell_them_apart(turns: str, remark: str) -> None:
    graph = graph_of(
        f"{HEAD}blocks: {{Slow: {{use: Scale, with: {{by: 0.5}}}}}}\n"
        f"nodes: {{y: {{use: FeedForward, repeat: 4, with: {{hidden: 3}}, "
        f"vary: {{activation: {turns}}}}}}}\n"
    )
    assert said(graph, "y").endswith(f"; {remark}")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (", with: {heads: 2, window: 4}", "2 heads × 6, window 4"),
        (", with: {heads: 2}", "2 heads × 6"),
        (", with: {heads: 2}, repeat: 4, vary: {window: [4, none]}", "2 heads × 6"),
    ],
)
def test_a_second_line_says_what_there_is_in_all_copies(more: str, line: str) -> None:
    picture = laid_out(spec(f"a: {{in: x, use: MultiHeadAttention{more}}}"), depth=0)
    assert [t.text for t in picture.texts if t.path == "a" and t.role == "detail"] == [line]


def test_many_turns_stay_folded() -> None:
    graph = spec("a: {in: x, repeat: 60, vary: {use: [Local, Global]}}")
    picture = laid_out(graph, "a.3")
    assert "a.4-59" in {box.path for box in picture.boxes}
    assert written(picture, "a.4-59") == "Local, Global 4 … 59 1 Local + 1 Global, ×28"


@pytest.mark.parametrize(
    ("node", "remark"),
    [
        ("{repeat: 4, vary: {use: [ReLU, GELU, SiLU, Tanh]}}", "ReLU, GELU, SiLU, Tanh"),
        ("{repeat: 8, vary: {use: [ReLU, Tanh]}}", "1 ReLU + 1 Tanh, ×4"),
        (
            "{repeat: 6, vary: {use: [Local, Local, Local, Local, Local, Global]}}",
            "copies 0–4: Local, copy 5: Global",
        ),
        (
            "{repeat: 5, vary: {use: [Local, Local, Global, Local, Local]}}",
            "copy 2: Global, the others: Local",
        ),
        (
            "{repeat: 14, vary: {use: [Local, Local, Local, Local, Local, Global]}}",
            "5 Local + 1 Global, ×2, then 2 Local",
        ),
        (
            "{use: MultiHeadAttention, repeat: 6, vary: {heads: [2, 4], window: [none, 16]}}",
            "heads 2 window none + heads 4 window 16, ×3",
        ),
        (
            "{use: MultiHeadAttention, repeat: 4, with: {heads: 4}, vary: {kv_heads: [4, 2]}}",
            "kv heads 4 + kv heads 2, ×2",
        ),
        (
            "{use: MultiHeadAttention, repeat: 4, vary: {heads: [2, 4], head_dim: [6, 9]}}",
            "heads 2 head dim 6 + heads 4 head dim 9, ×2",
        ),
    ],
)
def test_what_varies_and_nothing_else(node: str, remark: str) -> None:
    assert said(spec("a: " + node.replace("{", "{in: x, ", 1)), "a").endswith(remark)


def test_presets_that_take_turns_go_by_their_names() -> None:
    graph = graph_of(
        f"{HEAD}blocks:\n{BLOCKS['Local']}"
        "  Near: {use: Local, with: {window: 8}}\n  Far: {use: Local, with: {window: none}}\n"
        "nodes:\n  a: {in: x, repeat: 9, vary: {use: [Near, Near, Near, Far]}}\n  y: {use: ReLU}\n"
    )
    assert said(graph, "a").endswith("3 Near + 1 Far, ×2, then 1 Near")
    assert written(laid_out(graph), "a") == "Near 3 Near + 1 Far, ×2, then 1 Near"


def test_edited_presets_keep_their_names() -> None:
    _, graph = load("gemma-3-27b")
    (note, *rest) = [
        t.text for t in laid_out(graph).texts if t.path == "stack" and t.role == "note"
    ]
    assert " ".join([note, *rest]) == "5 Local + 1 Global, ×10, then 2 Local"


def test_closed_boxes_tell_the_cycle_and_what_is_shared() -> None:
    picture = laid_out(
        spec(
            "a: {in: x, repeat: 4, vary: {use: [ReLU, GELU, SiLU, Tanh]}}",
            "b: {use: LayerNorm, repeat: 3, share: true}",
            "c: {use: Local, repeat: 4, vary: {window: [8, none]}}",
        ),
        depth=0,
    )
    assert written(picture, "a") == "ReLU, GELU, SiLU, Tanh"
    assert written(picture, "b") == "Layer norm one set of weights"
    assert written(picture, "c") == "Local window 8 + no window, ×2"
    assert faults(picture) == []


def test_a_box_tied_to_a_box_says_so_once() -> None:
    graph = spec(
        "a: {use: FeedForward, in: x, with: {hidden: 24}}",
        "b: {use: FeedForward, with: {hidden: 24}, tie: a}",
        "c: {use: FeedForward, repeat: 3, with: {hidden: 24}}",
        "e: {use: FeedForward, repeat: 3, with: {hidden: 24}, tie: c.*}",
        "f: {use: Local, tie: {attn.q.weight: g.attn.q.weight, attn.q.bias: g.attn.q.bias}}",
        "g: {use: Local}",
    )
    assert said(graph, "b") == "tied to a"
    assert said(graph, "e") == "tied to c"
    assert said(graph, "f") == "tied to g.attn.q.weight, g.attn.q.bias"
    assert tree(graph).count("tied to") == 3, "told once, not inside again"
    notes = {(t.path, t.text) for t in laid_out(graph, "b", "f.attn").texts if t.role == "note"}
    assert notes == {("e", "tied to c"), ("b", "tied to a"), ("f.attn.q", "tied to g.attn.q")}


def test_many_ties_are_counted() -> None:
    names = ["q.weight", "q.bias", "k.weight", "k.bias", "v.weight"]
    ties = ", ".join(f"{name}: a.{name}" for name in names)
    graph = spec(
        "a: {use: MultiHeadAttention, in: x, with: {heads: 2}}",
        f"b: {{use: MultiHeadAttention, with: {{heads: 2}}, tie: {{{ties}}}}}",
    )
    assert said(graph, "b") == "tied to a.q.weight, a.q.bias and 3 more"


@pytest.mark.parametrize(("shared", "told"), [(2, "4 heads × 3, 2 kv heads"), (4, "4 heads × 3")])
def test_heads_that_share_keys_and_values_are_counted(shared: int, told: str) -> None:
    given = f"{{heads: 4, kv_heads: {shared}, head_dim: 3}}"
    picture = laid_out(spec(f"a: {{use: MultiHeadAttention, in: x, with: {given}}}"))
    assert [t.text for t in picture.texts if t.path == "a" and t.role == "detail"] == [told]


@pytest.mark.parametrize("wires", ["[first, lin]", "[first, lin, second]"])
def test_the_number_of_copies_leaves_room_for_wires_from_the_side(wires: str) -> None:
    graph = graph_of(f"""\
dims: {{seq: any, d: 4}}
inputs: {{x: "real[seq, d]"}}
outputs:
  out: {{type: "real[seq, d]", from: first}}
  more: {{type: "real[seq, d]", from: second}}
  last: {{type: "real[seq, d]", from: far}}
nodes:
  first: {{use: ReLU, in: x}}
  second: {{use: Tanh, in: first}}
  norm:  {{use: LayerNorm}}
  lin:   {{use: Linear, with: {{width: d}}}}
  mixed: {{use: Multiply, in: {wires}, repeat: 3}}
  far:   {{use: Add, in: [mixed, first]}}
""")
    picture = laid_out(graph)
    assert faults(picture) == []
    assert [text.text for text in picture.texts if text.role == "count"] == ["3×"]
