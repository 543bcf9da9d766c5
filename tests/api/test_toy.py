"""Toy profiles: every spec of the gallery has one, at which it runs, learns and goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks.attention import DotProductAttention
from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning.goal import Goal
from boxwork.engines.parameters.initialise import init
from boxwork.graphs.graph import Composite, Graph, Node, Primitive
from boxwork.graphs.load import load
from boxwork.graphs.totals import total
from boxwork.invented import invented
from boxwork.specs.library import shipped
from tests.engines.going_on import hold
from tests.engines.support import model_of

GALLERY = [name for name, path in shipped().items() if path.parent.name == "gallery"]
TOYS = [name for name in shipped() if load(name)[0].toy]
SMALL = 100_000  # parameters of a toy


def nodes(part: Composite, before: str = "") -> Iterator[tuple[str, Node]]:
    """Every node by its path, those of each part of a repeated one."""
    for node in part.nodes.values():
        yield f"{before}{node.name}", node
        for place, inside in enumerate(node.parts):
            if isinstance(inside, Composite):
                yield from nodes(inside, f"{before}{node.name}.{place}.")


def windows(graph: Graph) -> list[int]:
    """How far the attention of a graph sees, where it does not see all."""
    parts = (part for _, node in nodes(graph.root) for part in node.parts)
    blocks = (part.block for part in parts if isinstance(part, Primitive))
    return [
        int(block.window)
        for block in blocks
        if isinstance(block, DotProductAttention) and block.window is not None
    ]


def test_every_spec_of_the_gallery_has_a_toy() -> None:
    assert set(GALLERY) <= set(TOYS)


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_is_small_and_keeps_what_is_special(name: str) -> None:
    whole, toy = load(name)[1], load(name, toy=True)[1]
    assert total(toy) < SMALL
    kinds = {path: len(node.parts) for path, node in nodes(whole.root)}
    assert {path: len(node.parts) for path, node in nodes(toy.root)} == kinds
    copies = {path: node.count or 0 for path, node in nodes(toy.root)}
    assert all(count > 1 for path, count in copies.items() if kinds[path] > 1)
    assert len(windows(toy)) == len(windows(whole))
    length = len(next(iter(invented(toy, 0).values())))
    assert all(window < length for window in windows(toy))


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_runs(name: str) -> None:
    model = bw.load(name, toy=True).init()
    outputs = model(**invented(model.graph.checked, 0))
    for value in outputs.values() if isinstance(outputs, dict) else [outputs]:
        assert np.isfinite(value).all()
        assert np.ptp(value) > 0


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_learns(name: str) -> None:
    """A step along the gradient lowers the loss, and no trained array is left out of it."""
    settings = load(name)[0].root.settings
    goal = Goal.of(load(name, keywords={s: 0 for s in settings if s == "dropout"}, toy=True)[0])
    net = Trainable(goal.graph, init(goal.graph, 1, np.float64), goal.loss)
    example = invented(goal.graph, 0)
    before, gradients = net.gradients(example)
    assert set(gradients) == set(net.trained)
    steep = math.sqrt(math.fsum(float(np.sum(gradient**2)) for gradient in gradients.values()))
    assert 0 < steep < math.inf
    for path, gradient in gradients.items():
        net.parameters[path] -= 1e-3 / steep * gradient
    assert before - net.loss(example) == pytest.approx(1e-3 * steep, rel=0.1)


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_goes_on_as_full_runs_do(name: str) -> None:
    spec, graph = load(name, toy=True)
    grows = [spec.interpretation.next_of(output) for output in graph.outputs]
    if not any(grows):
        pytest.skip(f"{name} is not gone on with")
    others = {wire: given for wire, given in invented(graph, 0).items() if wire not in grows}
    session = hold(model_of(graph, 1), spec.interpretation, count=20, **others)
    assert session.cut.obstacle is None


def test_sizes_given_win_over_the_toy() -> None:
    graph = bw.load("gpt2", "dims.vocab=9", toy=True, layers=3)
    assert graph.checked.dims["layers"].size({}) == 3
    assert str(graph.outputs["logits"]) == "real[seq, 9]"
    assert bw.load("gpt2", toy=False).outputs["logits"] == bw.load("gpt2").outputs["logits"]


def test_a_variant_has_the_toy_of_its_base_size_by_size() -> None:
    toys = [{k: d.value.text for k, d in load(n)[0].toy.items()} for n in ("gpt2", "gpt2-xl")]
    assert toys[0] == toys[1]
    llama, qwen = (load(n, toy=True)[1].dims for n in ("llama-2-7b", "qwen3-0.6b"))
    assert {k for k in llama if llama[k] != qwen[k]} == {"kv_heads", "head_dim"}


@pytest.mark.parametrize("name", ["gemma-3-27b", "gpt2-medium"])
def test_a_toy_is_written_out(name: str, tmp_path: Any) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(bw.load(name).expand(), encoding="utf-8")
    assert str(bw.load(path, toy=True)) == str(bw.load(name, toy=True))


def test_what_breaks_in_a_toy_is_said_to_come_from_it() -> None:
    with pytest.raises(bw.SpecError) as caught:
        bw.load("gpt2-xl", toy=True, heads=5)
    assert "d_model = 16, set at boxwork/specs/gallery/gpt2.yaml" in str(caught.value)
    assert "(through toy, extends: gpt2)" in str(caught.value)


def test_edits_of_copies_that_a_toy_does_not_have(tmp_path: Any) -> None:
    """As with --set: an edit that only the toy's sizes leave nothing of is no error."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "format: 1\nextends: gpt2\nset: {stack.9.ff: {with: {hidden: 8}}}\n", encoding="utf-8"
    )
    graph = bw.load(path, toy=True)
    assert [warning.code for warning in graph.warnings] == ["BW904"]
    assert total(graph.checked) == total(bw.load("gpt2", toy=True).checked)


def test_sweeps_and_comparisons_take_it() -> None:
    swept = bw.sweep("gpt2", vary={"dims.layers": [1, 2]}, toy=True, jobs=1)
    assert [row["parameters"] for row in swept.rows] == [4848, 8128]
    pair = bw.compare("gpt2", "llama-2-7b", toy=True)
    assert total(pair.graphs["gpt2"].checked) == 8128


def test_weights_of_full_size_do_not_fit_a_toy(tmp_path: Any) -> None:
    """In one sentence, however many arrays there are; other files are told of as ever."""
    path = tmp_path / "full.safetensors"
    bw.load("gpt2", layers=5, d_model=24, vocab=99).init().save(path)
    toy = bw.load("gpt2", toy=True)
    with pytest.raises(bw.DataError) as caught:
        toy.load(path)
    (found,) = caught.value.diagnostics
    assert found.message == f"the parameters of {path} are not those of the toy of GPT-2 small"
    assert found.help.startswith("leave --toy (toy=True) out")
    assert "have other shapes than in GPT-2 small: tok.table is 99 × 24" in found.notes[0].text
    with pytest.raises(bw.DataError, match="there is no file"):
        toy.load(tmp_path / "no.safetensors")
    toy.init().save(path)
    assert toy.load(path)(tokens=[1, 2]).shape == (2, 32)


def test_inputs_of_sizes_that_are_none_or_too_much() -> None:
    empty = bw.load("gpt2", toy=True, vocab=0).init()
    with pytest.raises(bw.DataError, match="there is no index at all"):
        empty(**invented(empty.graph.checked, 0))
    huge = load("loss-by-differences", ["dims.kinds=2**40"])[1]
    with pytest.raises(bw.DataError, match="drawing 2,199,023,255,552 random numbers needs"):
        invented(huge, 0)
