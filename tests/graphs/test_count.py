"""What graphs cost: published figures, sums over boxes and copies, state, and the ways to a box."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.blocks.cost import Lengths
from boxwork.graphs.counting.accelerators import Accelerator, accelerators, bound
from boxwork.graphs.counting.boxes import find, leaves, whole
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.counting.tally import Tallier, Tally
from boxwork.graphs.counting.why import ELEMENTWISE, PARAMETERS, PRODUCTS, STATE, why
from boxwork.graphs.load import load
from boxwork.graphs.totals import total, totals
from boxwork.specs.diagnostics import DataError
from boxwork.specs.library import shipped
from tests.examples import examples
from tests.graphs.support import graph_of

BF16, KIB, GIB = 2, 2**10, 2**30
ROOT = Path(__file__).parents[2]

LOOKING = """
    dims: {seq: any, d: 64}
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      y: {use: MultiHeadAttention, repeat: 3, with: {heads: 2}}
"""
TIED = """
    dims: {seq: any, d: 4, n: 7}
    inputs: {tokens: "index<n>[seq]"}
    outputs: {y: "real[seq, n]"}
    blocks:
      Two:
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[seq, d]"}
        nodes:
          a: {use: Linear, with: {width: d}}
          y: {use: Linear, with: {width: d}, tie: {bias: a.bias}}
    nodes:
      tok: {use: Embedding, in: tokens, with: {count: n, width: d}}
      own: {use: Two, repeat: 5}
      one: {use: Two, repeat: 3, share: true}
      y: {use: Linear, with: {width: n, bias: false}, tie: {weight: tok.table}}
"""


def counting(name: str, length: int, stepped: str = "seq", **dims: int) -> Counting:
    _, graph = load(name, (), dims)
    return Counting(graph, dict.fromkeys(graph.free, length), stepped)


def test_gpt2_at_its_context_is_the_hand_count() -> None:
    found = counting("gpt2", 1024).full()
    n, d, heads = 1024, 768, 12
    layer = 3 * d * d + d * d + 2 * d * (4 * d)  # q, k, v, output, feed-forward
    attention = 2 * (2 * n * n * d)
    assert found.matmul == 12 * (2 * n * layer + attention) + 2 * n * d * 50257 == 291_648_307_200
    assert found.masked == found.matmul - 12 * attention + 12 * (n + 1) * n * 2 * d
    gelu, norm, softmax = 9 * 4 * d, 7 * d + 5, 5 * heads * n + d
    biases, adds = 4 * d + 4 * d + d, 2 * d
    row = 12 * (gelu + 2 * norm + softmax + biases + adds) + d + norm
    assert found.elementwise == n * row


def test_a_step_of_gpt2_is_its_last_position() -> None:
    found = counting("gpt2", 1024)
    step, full, before = found.step(), found.full(), counting("gpt2", 1023).full()
    assert step is not None
    assert step.masked == step.matmul == full.masked - before.masked
    assert step.state == full.state


@pytest.mark.parametrize(
    ("name", "dims", "kib"),
    [
        ("gpt2-xl", {}, 300),
        ("gpt2", {}, 36),
        ("llama-3.1-8b", {}, 128),
    ],
)
def test_published_bytes_of_keys_and_values(name: str, dims: dict[str, int], kib: int) -> None:
    found = counting(name, 1000, **dims).full()
    assert found.growth * BF16 == kib * KIB
    assert found.state == found.unlimited == 1000 * found.growth


def test_windows_cap_what_gemma_remembers() -> None:
    found = counting("gemma-3-27b", 128 * 1024)
    full = found.full()
    assert full.unlimited * BF16 / GIB == 62.0
    assert round(full.state * BF16 / GIB, 1) == 10.4
    kinds = {kind.path: kind.copies for kind, _ in found.states(whole(found.graph))}
    assert sorted(kinds.values()) == [10, 52]
    assert {path.split(".")[1] for path in kinds} == {"0", "5"}
    curve = found.curve()
    assert list(curve) == [2**n for n in range(7, 18)]
    assert curve[1024].state == curve[1024].unlimited == 1024 * full.growth
    assert curve[2048].state - curve[1024].state == 1024 * full.growth * 10 // 62


@pytest.mark.parametrize("name", sorted(shipped()))
def test_boxes_add_up(name: str) -> None:
    _, graph = load(name)
    found = Counting(graph, dict.fromkeys(graph.free, 6), next(iter(graph.free), None))
    box, by_node = whole(graph), totals(graph).nodes
    assert {each.path: found.parameters(each) for each in box.inside()} == by_node
    assert sum((found.full(each) for each in box.inside()), Tally()) == found.full()
    deep = list(leaves(box.kinds))
    full = found.full()
    kept = {"state": full.state, "unlimited": full.unlimited, "growth": full.growth}
    assert replace(found._full.kinds(deep), **({} if found.stepping is graph else kept)) == full
    owned = (found._counter.part(kind.part, kind.tied).times(kind.owned) for kind in deep)
    assert sum(count.total for count in owned) == total(graph)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_sum_comes_to_its_figure(name: str) -> None:
    _, graph = load(name)
    found = Counting(graph, dict.fromkeys(graph.free, 6), next(iter(graph.free), None))
    box, full = whole(graph), found.full()

    def told(what: str, *groups: str) -> int:
        return sum(x.result for x in why(found, what, box) if not groups or x.group in groups)

    assert told("params", PARAMETERS) == total(graph)
    assert (told("flops", PRODUCTS), told("flops", ELEMENTWISE)) == (full.matmul, full.elementwise)
    assert told("kv", STATE) == full.state
    assert told("memory") == full.reals + full.kept + full.indices


@settings(max_examples=examples(20))
@given(layers=st.integers(0, 300), length=st.integers(1, 5000))
def test_copies_add_up(layers: int, length: int) -> None:
    none, one, many = (counting("llama-3.1-8b", length, layers=n) for n in (0, 1, layers))
    layer = one.full(find(one.graph, "stack"))
    assert one.full() == none.full() + layer
    assert many.full() == none.full() + layer.times(layers)
    assert many.parameters() == none.parameters() + one.parameters(find(one.graph, "stack")).times(
        layers
    )


def test_ties_and_shares_count_once_but_run_each_time() -> None:
    graph = graph_of(TIED)
    found = Counting(graph, {"seq": 2}, "seq")
    tied = 4 * 4 + 4 * 4 + 4
    assert found.parameters().total == 28 + 5 * tied + tied
    assert found.full().matmul == 2 * 2 * (8 * 2 * 16 + 28)
    for path, numbers, copies in (
        ("one", tied, 3),
        ("one.*", tied, 3),
        ("one.0", tied, 1),
        ("one.2", 0, 1),
        ("own.4", tied, 1),
        ("own.*.y", 5 * 16, 5),
        ("own.4.y", 16, 1),
        ("y", 0, 1),
    ):
        box = find(graph, path)
        assert (found.parameters(box).total, box.copies) == (numbers, copies), path
    remarks = {line.path: line.remark for line in why(found, "params", find(graph, "own.3"))}
    assert remarks["own.3.y.bias"] == "tied to own.3.a.bias"
    remarks = {line.path: line.remark for line in why(found, "params", whole(graph))}
    assert remarks["y.weight"] == "tied to tok.table"


def test_a_tie_of_one_copy_sets_it_apart() -> None:
    graph = graph_of(TIED.replace("own: {use: Two, repeat: 5}", "own: {use: Two, repeat: 5}\n"
        "      again: {use: Two, tie: {a.weight: own.2.a.weight}}"))  # fmt: skip
    found = Counting(graph, {"seq": 2}, "seq")
    assert found.parameters(find(graph, "again")).total == 20
    assert found.parameters().total == total(graph)


def test_what_hangs_on_the_source_runs_once() -> None:
    found = counting("transformer", 8, stepped="target_len")
    step = found.step()
    assert step is not None
    assert found.step(found.box("encoder")) == Tally()
    keys = found.step(found.box("decoder.*.cross.k"))
    assert keys is not None
    assert keys.matmul == 0
    own, taken = 6 * 2 * 512 * 8, 6 * 2 * 512 * 8  # of the target, of the source
    assert step.state == own + taken
    assert step.growth == 6 * 2 * 512


ONCE = """
    dims: {seq: any, length: any, d: 4, n: 3, h: 2}
    inputs: {x: "real[h, seq, d]", other: "real[h, length, d]", given: "real[d]"}
    outputs: {y: "real[h, seq, d]"}
    blocks:
      Read:
        inputs: {x: "real[h, seq, d]", memory: "real[h, length, d]", more: "real[h, n, d]"}
        outputs: {y: "real[h, seq, d]"}
        nodes:
          a: {use: DotProductAttention, in: {q: x, k: memory, v: memory}}
          b: {use: DotProductAttention, in: {q: a, k: more, v: more}}
          y: {use: Add, in: [x, b]}
    nodes:
      deep: {use: ReLU, in: other, repeat: 3}
      same: {use: ReLU, in: deep, repeat: 0}
      rows: {use: Array, with: {dims: [h, n, d]}}
      two: {use: Read, in: {x: x, memory: same, more: rows}, repeat: 5}
      first: {use: Read, in: {x: two, memory: deep.0, more: rows}}
      y: {use: DotProductAttention, in: {q: first, k: deep, v: other}}
"""


def test_a_wire_that_many_read_is_held_once() -> None:
    """Not for each reader, nor arrays, inputs and what copies hand to each other."""
    found = Counting(graph_of(ONCE), {"seq": 6, "length": 7}, "seq")
    lines = why(found, "kv", whole(found.graph))
    assert {line.path: line.result for line in lines} == {
        "deep: once": 2 * 7 * 4,
        "deep.0: once": 2 * 7 * 4,
    }
    assert found.full().state == sum(line.result for line in lines)
    assert [tally.state for tally in found.curve((1, 2)).values()] == [112, 112]


def test_what_cannot_be_stepped_is_named_and_remembers_nothing() -> None:
    found = Counting(graph_of(LOOKING), {"seq": 9}, "seq")
    assert found.obstacle == "y.*.mix (DotProductAttention) looks at the whole of seq"
    assert found.step() is None
    assert found.full().state == 0
    assert found.curve() == {}


def test_hidden_states_do_not_grow() -> None:
    text = """
        dims: {seq: any, d: 4}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[seq, d]"}
        nodes: {y: {use: GRU, with: {width: d}}}
    """
    found = Counting(graph_of(text), {"seq": 100}, "seq").full()
    assert (found.state, found.growth) == (4, 0)


def test_counting_makes_no_array() -> None:
    code = (
        "import sys; from boxwork.graphs.load import load\n"
        "from boxwork.graphs.counting.count import Counting\n"
        "_, g = load('gpt2'); c = Counting(g, {'seq': 8}, 'seq'); c.full(), c.step(), c.curve();"
        "assert 'numpy' not in sys.modules"
    )
    env = {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=ROOT)


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("stck", "there is no box stck", "did you mean `stack`?"),
        ("stack.attn", "there is no box stack.attn: stack is repeated", "all copies are `stack.*`"),
        ("stack.12", "there is no box stack.12: stack has 12 copies", "they are counted from 0"),
        ("stack.*.atn", "there is no box stack.*.atn", "did you mean `stack.*.attn`?"),
        ("tok.table", "there is no box tok.table", "tok cannot be opened"),
    ],
)
def test_no_such_box(path: str, message: str, hint: str) -> None:
    _, graph = load("gpt2")
    with pytest.raises(DataError) as caught:
        find(graph, path)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("BW540", message)
    assert found.help.startswith(hint)


def test_a_roof_is_the_slower_of_two() -> None:
    one = Accelerator("one", "One", {"bfloat16": 100.0}, 10.0, None, "")
    assert (bound(one, "bfloat16", 1000, 10).seconds, bound(one, "bfloat16", 1000, 10).by) == (
        10.0,
        "compute",
    )
    assert (bound(one, "bfloat16", 10, 1000).seconds, bound(one, "bfloat16", 10, 1000).by) == (
        100.0,
        "memory",
    )
    assert not bound(one, "float32", 1000, 10).known


def test_every_accelerator_names_its_source() -> None:
    for key, one in accelerators().items():
        assert one.key == key
        assert len(one.source) > 20
        assert one.bandwidth > 1e11
        assert all(1e12 < rate < 1e16 for rate in one.flops.values())
        assert one.memory is None or 1e10 < one.memory < 1e12


def test_accelerators_of_a_file_come_beside_ours(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "mine: {bandwidth: 1.5T, memory: 80G, flops: {bfloat16: 2P}, source: me}\n"
        "m2-ultra: {bandwidth: 1k, source: me}\n"
    )
    found = accelerators(path)
    assert found["mine"] == Accelerator("mine", "mine", {"bfloat16": 2e15}, 1.5e12, 8e10, "me")
    assert found["m2-ultra"].bandwidth == 1000
    assert "h100-sxm" in found


def test_all_that_is_wrong_with_a_file_of_accelerators_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "a: {bandwidth: fast, source: me}\n"
        "b: {bandwith: 1G, source: me}\n"
        "c: 7\n"
        "d: {bandwidth: -1, source: [x], flops: {fp8: 1T}}\n"
        "e: {bandwidth: 0, flops: 1T}\n"
    )
    with pytest.raises(DataError) as caught:
        accelerators(path)
    said = [(d.span.line, d.code, d.message) for d in caught.value.diagnostics if d.span]
    above = "bandwidth must be a number above 0, with k, M, G, T or P"
    assert said == [
        (1, "BW541", above),
        (2, "BW541", "b has no bandwidth"),
        (2, "BW541", "b has no key `bandwith`"),
        (3, "BW541", "c must be a mapping"),
        (4, "BW541", above),
        (4, "BW541", "source of d must be a text"),
        (4, "BW541", "flops of d has no key `fp8`"),
        (5, "BW541", "e has no source"),
        (5, "BW541", above),
        (5, "BW541", "flops of e must be a mapping"),
    ]
    with pytest.raises(DataError):
        accelerators(tmp_path / "missing.yaml")


def test_a_template_is_looked_at_once() -> None:
    _, graph = load("llama-3.1-8b", (), {"layers": 10_000})
    tallier = Tallier(Lengths.full({"seq": 10}), "seq")
    tallier.part(graph.root)
    assert len(tallier._known) < 40
