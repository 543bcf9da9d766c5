"""Races: on the same windows, with equal parameters or FLOPs; losses without dropout."""

import math
from pathlib import Path
from typing import Any

import pytest

import boxwork as bw
from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning.goal import Goal
from boxwork.races.raced import Entry, Race
from boxwork.specs.diagnostics import Diagnostic

TEXT = "humpty dumpty sat on a wall. humpty dumpty had a great fall. "
FEW: dict[str, Any] = {"steps": 2, "batch": 2, "length": 8}


def test_means_and_spreads() -> None:
    entry = Entry(1, 2, 16, 100, None, (0, 2), [(4.0, 3.0), (2.0, 1.0)])
    race = Race({"a": entry}, (0, 1), "64 windows")
    assert race.mean("a") == (2.0, pytest.approx(math.sqrt(2)))
    assert race.told("a") == "2 ± 1.4"
    assert race.curves() == {"a": [(0, 3.0), (32, 2.0)]}


def test_a_race_is_on_the_same_windows() -> None:
    made = bw.compare("gpt", bw.load("gpt", context=16))
    race = made.race(TEXT, steps=2, batch=2)
    one, other = race.losses.values()
    assert len(one[0]) == len(other[0]) == 3  # at the start, and after each step
    assert one[0] == other[0]  # the longest that both take, from the same seed
    assert made.race(TEXT, steps=2, batch=2).losses == race.losses
    assert race.steps == 2


def test_losses_are_without_dropout() -> None:
    graph = bw.load("gpt", dropout=0.5, context=8)
    race = bw.compare(graph, "gpt").race(TEXT, **FEW)
    goal = Goal.of(graph.spec)
    ids = [" abcdefghijklmnopqrstuvwxyz.".index(letter) for letter in TEXT]
    places = len(ids) - 8
    assert places < 64  # so all of them are measured on
    rows = [ids[start : start + 9] for start in range(places)]
    net = Trainable(goal.graph, dict(graph.init(0).parameters), goal.loss)
    tokens, wanted = [row[:-1] for row in rows], [row[1:] for row in rows]
    alone = net.loss({"tokens": tokens, goal.wanted: wanted})
    assert race.losses[graph.name][0][0] == pytest.approx(alone, rel=1e-5)
    dropped, _ = net.gradients({"tokens": tokens, goal.wanted: wanted})
    assert abs(dropped - alone) > 0.01


def test_a_text_that_is_held_out() -> None:
    made = bw.compare("gpt", "gpt-modern")
    own = made.race(TEXT, **FEW)
    held = made.race(TEXT, held_out="jack fell down and broke his crown and jill came", **FEW)
    assert held.losses != own.losses
    assert "without dropout" in own.measured
    assert held.measured.startswith("40 windows of a text that none learned")


def test_equal_parameters() -> None:
    made = bw.compare("gpt", "gpt-modern", bw.load("gpt", layers=1))
    race = made.race(TEXT, equal="parameters", **FEW)
    wanted = bw.load("gpt").count().parameters.total
    for name in made.names[1:]:
        entry = race.entries[name]
        assert abs(entry.parameters / wanted - 1) < 0.05
        assert entry.scaled is not None
        assert entry.scaled[:2] == ("d_model", 48)
    assert race.entries["gpt"].scaled is None
    assert "d_model 48 → 42" in str(made)
    assert "(-0.77%)" in str(made)
    layers = bw.compare("gpt", "gpt-modern").race(
        TEXT, equal="parameters", scale_dim="layers", **FEW
    )
    assert layers.entries["gpt-modern"].scaled == ("layers", 3, 2)


def test_equal_flops() -> None:
    made = bw.compare("gpt", bw.load("gpt", layers=6), bw.load("gpt", layers=1))
    race = made.race(TEXT, equal="flops", steps=6, batch=2, length=16)
    first = bw.load("gpt").count(context=16).full.matmul
    assert race.entries["gpt"].flops == 3 * 2 * first
    spent = {name: one.flops * one.steps for name, one in race.entries.items()}
    for name, entry in race.entries.items():
        assert abs(spent[name] - spent["gpt"]) <= entry.flops / 2
    deep, flat = list(race.entries.values())[1:]
    assert deep.steps == 3
    assert flat.steps > 12
    assert race.across == "FLOPs"
    assert race.curves()["gpt"][-1][0] == spent["gpt"]
    assert ">GFLOP of training</text>" in race.chart() or "MFLOP of training" in race.chart()


def test_those_that_cannot_race_are_told_and_the_others_do() -> None:
    made = bw.compare("leaf-flower", "gpt", "sunny-rainy", "gpt-modern")
    with pytest.raises(bw.DataError) as caught:
        made.race(TEXT, **FEW)
    assert [d.message.partition(":")[0] for d in caught.value.diagnostics] == [
        "leaf-flower",
        "sunny-rainy",
    ]
    wrong: list[Diagnostic] = []
    race = made.race(TEXT, equal="flops", refuse=wrong.extend, **FEW)
    assert list(race.entries) == ["gpt", "gpt-modern"]
    assert race.first == "gpt"
    assert len(wrong) == 2
    with pytest.raises(bw.DataError, match="leaf-flower"):
        bw.compare("leaf-flower", "sunny-rainy").race(TEXT, refuse=wrong.extend, **FEW)
    assert len(wrong) == 2


def test_one_that_explodes_is_told_and_the_others_come_to_the_end() -> None:
    steep = bw.load("gpt", "swap.LayerNorm=none", "swap.GELU=ReLU", dropout=0)
    made = bw.compare("gpt", steep)
    wrong: list[Diagnostic] = []
    how: dict[str, Any] = {"steps": 6, "batch": 2, "rate": 3, "optimiser": "sgd", "clip": 0.0}
    race = made.race(TEXT, seeds=2, refuse=wrong.extend, **how)
    assert {d.code for d in wrong} == {"BW465"}
    assert all(d.message.startswith(f"{made.names[1]}: ") for d in wrong)
    assert list(race.entries) == ["gpt"]
    assert len(race.last["gpt"]) == 2


def test_what_no_race_can_be_told() -> None:
    made = bw.compare("gpt", "gpt-modern")
    for wrong in ({"steps": 0}, {"seeds": 0}):
        with pytest.raises(ValueError, match="a whole number from 1"):
            made.race(TEXT, **wrong)
    with pytest.raises(ValueError, match="equal is one of parameters, flops"):
        made.race(TEXT, equal="width")
    with pytest.raises(ValueError, match="scale_dim"):
        made.race(TEXT, scale_dim="d_model")
    with pytest.raises(TypeError, match="seeds=K"):
        made.race(TEXT, seed=3)
    with pytest.raises(bw.DataError, match="BW466"):
        made.race(TEXT, stepz=3)


def test_flops_that_are_not_known(tmp_path: Path) -> None:
    spec = """
format: 1
name: Table
dims: {seq: any, vocab: 28}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret:
  tokens: {tokenizer: characters, alphabet: " abcdefghijklmnopqrstuvwxyz."}
  logits: {next: tokens}
nodes:
  logits: {use: Embedding, with: {count: vocab, width: vocab}}
"""
    (tmp_path / "table.yaml").write_text(spec, encoding="utf-8")
    made = bw.compare("gpt", tmp_path / "table.yaml")
    assert set(made.race(TEXT, **FEW).entries) == {"gpt", "table"}
    with pytest.raises(bw.DataError, match="BW581"):
        made.race(TEXT, equal="flops", **FEW)
