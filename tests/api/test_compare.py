"""``bw.compare``: from names, files and graphs; what it gives to look at."""

import math
from pathlib import Path

import pytest

import boxwork as bw
from boxwork.behaviour import Race
from boxwork.measures import by_kind
from boxwork.specs.library import shipped


def test_names_files_and_graphs(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(bw.load("gpt").expand(), encoding="utf-8")
    made = bw.compare("gpt", tmp_path / "mine.yaml", bw.load("gpt-modern"))
    assert made.names == ("gpt", "mine", "GPT of the article, with today's parts")
    assert [pair.same for pair in made.pairs] == [True, False]
    assert made.lines[0] == ()
    assert "LayerNorm → RMSNorm everywhere" in made.lines[1]
    assert str(made).count("→") > 3
    assert made._repr_mimebundle_()["image/svg+xml"].startswith("<svg")


def test_edits_and_errors() -> None:
    made = bw.compare("gpt2", "gpt2-medium", edits=["dims.layers=2"])
    assert not any("layers" in line for line in made.lines[0])
    with pytest.raises(bw.SpecError) as caught:
        bw.compare("gptt", "gpt22", "gpt")
    assert len(caught.value.diagnostics) == 2
    with pytest.raises(TypeError, match="two specs or more"):
        bw.compare("gpt")


@pytest.mark.parametrize("name", list(shipped()))
def test_the_kinds_of_parameters_add_up(name: str) -> None:
    graph = bw.load(name)
    assert sum(by_kind(graph.checked).values()) == graph.count().parameters.total


def test_shared_weights_make_the_same_run() -> None:
    (run,) = bw.compare("gpt", "gpt").run()
    assert run.shared == bw.load("gpt").count().parameters.total
    assert str(run) == "all activations that both have are the same"
    (run,) = bw.compare("gpt", bw.load("gpt", "swap.GELU=ReLU")).run(seed=3)
    assert (run.a, run.seed) == ("stack.0.ff.act", 3)
    assert run.by is not None
    assert run.by > 0.01
    (run,) = bw.compare("gpt", bw.load("gpt", d_model=96)).run()
    assert (run.a, run.by) == ("tok", None)


def test_means_and_spreads() -> None:
    losses = {"a": [(4.0, 2.0), (2.0, 0.0)]}
    race = Race(losses, {"a": [3.0, 1.0]}, 2, (0, 1), {"a": 1})
    assert race.mean("a") == (2.0, pytest.approx(math.sqrt(2)))
    assert race.told("a") == "2 ± 1.4"
    assert race.curves() == {"a": [(1.0, 3.0), (2.0, 1.0)]}


def test_a_race_is_on_the_same_windows() -> None:
    made = bw.compare("gpt", bw.load("gpt", context=16), edits=[])
    race = made.race("humpty dumpty sat on a wall and had a great fall", steps=2, batch=2)
    one, other = race.losses.values()
    assert len(one[0]) == len(other[0]) == 2
    assert one[0] == other[0]  # the longest that both take, from the same seed
    again = made.race("humpty dumpty sat on a wall and had a great fall", steps=2, batch=2)
    assert again.losses == race.losses
