"""A18: encoder and decoder; the encoder is run once, and feeds every decoder layer."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw
from tests.engines.going_on import counted

from .support import PAIRS, close, model

SOURCE, TARGET = "Wo wohnst du?", "Where do you"


def test_one_encoder_output_goes_to_all_five_decoder_layers() -> None:
    graph = bw.load("translator")
    nodes = graph.checked.root.nodes
    assert (nodes["encoder"].count, nodes["decoder"].count) == (5, 5)
    reads = {b for _, b in graph.to_networkx().out_edges("encoder.4.y.y")}
    assert reads == {f"decoder.{i}.cross.{name}" for i in range(5) for name in "kv"}


def test_the_encoder_is_run_once_for_all_words(monkeypatch: pytest.MonkeyPatch) -> None:
    made = model("translator")
    with counted(monkeypatch) as runs:
        words = list(made.generate(source=SOURCE, target=[1], max_new=8))
    assert len(words) > 1
    encoder = {path: count for path, count in runs.items() if path.startswith("encoder.")}
    assert {path.split(".")[1] for path in encoder} == set("01234")
    assert set(encoder.values()) == {1}
    assert runs["decoder.4.cross.mix"] > 1
    assert runs["decoder.4.cross.k"] == 1, "keys of the German are made once, too"


def test_the_encoder_does_not_hang_on_what_is_translated_so_far() -> None:
    made = model("translator")
    paths = ["encoder"]
    first = made.trace(source=SOURCE, target="", paths=paths)["encoder"]
    close(made.trace(source=SOURCE, target=TARGET, paths=paths)["encoder"], first, 0)


def test_the_decoder_looks_back_only_and_the_encoder_both_ways() -> None:
    made = model("translator")
    long = made(source=SOURCE, target=[1, 2, 3, 4, 5])
    close(made(source=SOURCE, target=[1, 2, 3]), long[:3])
    whole = made.trace(source=[4, 5, 6, 7], target=[1])["encoder"]
    part = made.trace(source=[4, 5, 6], target=[1])["encoder"]
    assert np.abs(whole[:3] - part).max() > 1e-3


def test_the_feed_forward_works_on_each_position_by_itself() -> None:
    made = model("translator")
    trace = made.trace(source=SOURCE, target=TARGET)
    up, down = (made.parameters[f"encoder.0.ff.{name}.weight"] for name in ("up", "y"))
    inside = trace["encoder.0.norm_1"]
    for position, row in enumerate(inside):
        close(np.maximum(row @ up, 0) @ down, trace["encoder.0.ff"][position])


@pytest.mark.parametrize(("name", "order"), [
    ("translator", ["Linear", "ReLU", "Dropout", "Linear"]),
    ("translator-as-written", ["Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout"]),
])  # fmt: skip
def test_where_relu_and_dropout_stand(name: str, order: list[str]) -> None:
    layer = bw.load(name).checked.root.nodes["encoder"].part_of(0)
    assert [node.part.name for node in layer.nodes["ff"].part.nodes.values()] == order


def test_as_written_nothing_negative_is_added() -> None:
    least = {
        name: model(name).trace(source=SOURCE, target=TARGET)["decoder.0.ff"].min()
        for name in ("translator", "translator-as-written")
    }
    assert least["translator"] < -0.1
    assert least["translator-as-written"] == 0


@pytest.mark.parametrize("name", ["translator", "translator-as-written"])
def test_trained_it_translates(name: str) -> None:
    made = bw.load(name, dropout=0).init(seed=0)
    history = made.train(pairs=PAIRS, steps=200, rate=2e-3)
    assert history.last < 0.3
    said = {
        source: "".join(made.generate_text(source=source, max_new=10)).strip()
        for source, _ in pairs()
    }
    assert said["Wo wohnst du?"] == "Where do you live?"
    assert sum(said[source] == target for source, target in pairs()) >= 11


def pairs() -> list[list[str]]:
    return [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()]
