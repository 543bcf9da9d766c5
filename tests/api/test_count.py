"""``graph.count``: what it tells, for whom it is refused, and blocks that do not say."""

from pathlib import Path
from typing import Any

import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from boxwork.engines.planning.memory import peak
from boxwork.engines.planning.plan import Planner
from boxwork.specs.library import shipped

SQUARES = """\
format: 1
name: Squares
dims: {seq: any, n: 3}
inputs: {features: "real[seq, n]"}
outputs: {y: "real[seq, n]"}
nodes:
  first: {use: Linear, with: {width: n}}
  y: {use: Squared, repeat: 2}
"""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))


def squared(**methods: Any) -> None:
    body = {
        "__doc__": "Every number times itself.",
        "__module__": __name__,
        "ports": "x: real[*] -> y: real[*]",
        "forward": lambda self, cx, p, x: x * x,
    }
    bw.register(type("Squared", (bw.Block,), body | methods))


def squares(tmp_path: Path) -> bw.Graph:
    path = tmp_path / "squares.yaml"
    path.write_text(SQUARES)
    return bw.load(path)


def test_the_context_is_the_longest_that_the_spec_allows() -> None:
    counted = bw.load("gpt2").count()
    assert counted.sizes == {"seq": 1024}
    assert counted.parameters.total == counted.active == 124_439_808
    assert counted.weights("float32") == 4 * 124_439_808
    assert counted.weights("int4") == 124_439_808 // 2
    assert repr(counted).startswith("<Counted GPT-2 small at seq = 1,024: 124,439,808 parameters")
    assert bw.load("transformer").count().sizes == {"source_len": 1024, "target_len": 1024}
    assert bw.load("leaf-flower").count().sizes == {}


def test_samples_share_the_weights_and_nothing_else() -> None:
    graph = bw.load("gpt2", layers=2)
    one, four = graph.count(100, dtype="float32"), graph.count(100, batch=4, dtype="float32")
    assert four.full.matmul == 4 * one.full.matmul
    assert four.state == 4 * one.state == 4 * 4 * 100 * 2 * 2 * 768
    assert four.training == 4 * one.training
    assert four.running[0] == 4 * one.running[0]
    assert four.moved(four.full) - four.state == one.moved(one.full) - one.state
    assert four.positions == 400


def test_only_weights_are_of_eight_bits() -> None:
    graph = bw.load("gpt2", layers=1)
    small, half = graph.count(64, dtype="int8"), graph.count(64)
    assert 2 * small.weights() == half.weights()
    assert (small.state, small.training) == (half.state, half.training)


def test_tables_that_are_looked_up_are_not_read_whole() -> None:
    graph = bw.load("llama-3.1-8b", layers=1)
    counted = graph.count(16)
    table = 128256 * 4096
    assert counted.full.read == counted.parameters.total - table
    assert bw.load("gpt2").count(16).full.read == 124_439_808 - 1024 * 768


@pytest.mark.parametrize("name", ["gpt", "transformer", "leaf-flower", "letters", "translator"])
def test_every_number_of_a_run_is_on_a_wire(name: str) -> None:
    graph = bw.load(name)
    counted = graph.count(5, dtype="float32")
    inputs = {
        input_: [[0] * 5, 0][not wire.dims] if wire.bound else [0.0] * int(wire.dims[-1])
        for input_, wire in graph.inputs.items()
    }
    for input_, wire in graph.inputs.items():
        if wire.bound and wire.dims and not wire.dims[0].free:
            inputs[input_] = [0] * int(wire.dims[0])
    values = graph.init().trace(**inputs)
    made = sum(v.size for path, v in values.items() if path not in graph.inputs)
    assert counted.full.reals + counted.full.indices == made


@pytest.mark.parametrize("name", sorted(shipped()))
def test_fewer_copies_have_the_same_peak(name: str) -> None:
    graph = bw.load(name)
    counted = graph.count(min(7, *graph.count().sizes.values(), 7), dtype="float32")
    plan = Planner(graph.checked).plan(list(graph.outputs))
    assert counted.running == peak(plan, lambda dim: dim.size(counted.sizes), 1, 4)


@pytest.mark.parametrize("layers", [1, 3, 4, 9])
def test_cycles_of_copies_have_the_same_peak(layers: int) -> None:
    graph = bw.load("gpt2", "set.stack.vary={hidden: [16, 4096, 50]}", layers=layers)
    counted = graph.count(7)
    plan = Planner(graph.checked).plan(list(graph.outputs))
    assert counted.running == peak(plan, lambda dim: dim.size(counted.sizes), 1, 2)


def test_a_block_that_does_not_say_is_named(registered: None, tmp_path: Path) -> None:
    squared()
    counted = squares(tmp_path).count(10)
    (found,) = counted.warnings
    assert (found.code, found.message) == ("BW912", "the operations of Squared are not counted")
    assert counted.full.matmul == 2 * 10 * 3 * 3
    assert counted.facts()["flops"]["not_counted"] == ["Squared"]  # type: ignore[index]
    (line,) = counted.why("flops", "y.0")
    assert line.remark == "Squared does not say"


def test_a_block_of_yours_is_counted(registered: None, tmp_path: Path) -> None:
    squared(flops=lambda self, d, inputs: bw.Flops(elementwise=bw.product(1, *inputs["x"][0].dims)))
    counted = squares(tmp_path).count(10)
    assert counted.warnings == ()
    assert counted.full.elementwise == 3 * 10 * 3


@pytest.mark.parametrize(
    ("flops", "said"),
    [
        (lambda self, d, inputs: 7, "flops of Squared gives 7"),
        (lambda self, d, inputs: d.depth, "flops of Squared raises AttributeError: depth"),
    ],
)
def test_flops_that_are_wrong_are_told(
    registered: None, tmp_path: Path, flops: Any, said: str
) -> None:
    squared(flops=flops)
    with pytest.raises(bw.DataError) as caught:
        squares(tmp_path).count(10)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("BW542", said)


def test_a_context_past_what_the_spec_requires() -> None:
    with pytest.raises(bw.DataError) as caught:
        bw.load("gpt2").count(1025)
    (found,) = caught.value.diagnostics
    assert found.code == "BW543"
    assert found.message == ("seq = 1,025, but GPT-2 small requires seq <= context: at most 1024")
    assert found.notes[0].span is not None


def test_a_length_that_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "halves.yaml"
    path.write_text(
        "format: 1\nname: Halves\ndims: {seq: any, d: 4}\n"
        'inputs: {a: "real[seq / 2, d]"}\noutputs: {y: "real[seq / 2, d]"}\n'
        "nodes:\n  y: {use: Linear, in: a, with: {width: d}}\n"
    )
    assert bw.load(path).count(4).full.matmul == 2 * 2 * 16
    with pytest.raises(bw.DataError, match=r"BW543.*Halves cannot be seq = 5"):
        bw.load(path).count(5)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"context": -1}, ValueError),
        ({"context": 1.5}, TypeError),
        ({"batch": 0}, ValueError),
        ({"dtype": "fp4"}, ValueError),
    ],
)
def test_wrong_calls(given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        bw.load("gpt").count(**given)


def test_an_unknown_accelerator_lists_the_known_ones() -> None:
    with pytest.raises(bw.DataError) as caught:
        bw.load("gpt").count().roofline(["h100", "tpu-v5e", "abacus"])
    first, second = caught.value.diagnostics
    assert (first.code, first.message) == ("BW544", "no accelerator is called 'h100'")
    assert first.help.startswith("did you mean `h100-sxm`? known: h100-sxm, h200-sxm, ")
    assert second.help.startswith("known: h100-sxm, ")


def test_a_step_is_held_by_the_memory_and_a_long_pass_by_computing() -> None:
    counted = bw.load("llama-3.1-8b").count(8192)
    (roof,) = counted.roofline(["a100-80gb"])
    assert roof.step is not None
    assert (roof.full.by, roof.step.by, roof.fits) == ("compute", "memory", True)
    assert roof.full.seconds == pytest.approx(counted.full.masked / 312e12)
    read = 2 * (8_030_261_248 - 128256 * 4096) + 8192 * 128 * 1024
    assert roof.step.seconds == pytest.approx(read / 2.039e12)
    assert counted.roofline(["rtx-4090"])[0].fits
    assert not bw.load("llama-3.1-8b").count(131_072).roofline(["rtx-4090"])[0].fits
