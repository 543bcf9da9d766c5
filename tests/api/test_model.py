"""A graph with parameters: called, traced, saved, and read in words."""

from pathlib import Path

import numpy as np
import pytest

import boxwork as bw


@pytest.fixture(scope="module")
def model() -> bw.Model:
    return bw.load("gpt").init()


@pytest.fixture(scope="module")
def translator() -> bw.Model:
    return bw.load("transformer", layers=1, d_model=16, heads=2).init()


def test_one_output_is_an_array(model: bw.Model) -> None:
    out = model(tokens=[8, 21, 13])
    assert out.shape == (3, 28)
    assert out.dtype == np.float32
    assert np.array_equal(out, model([8, 21, 13]))


def test_text_is_taken_where_the_spec_names_a_tokenizer(model: bw.Model) -> None:
    assert np.array_equal(model("hut"), model([8, 21, 20]))
    assert np.array_equal(model(["hut", "tuh"]), model([[8, 21, 20], [20, 21, 8]]))


def test_text_has_start_and_end_where_the_spec_says_so(translator: bw.Model) -> None:
    by_hand = translator(source=[4, 5, 6, 7, 2], target=[1])
    assert np.array_equal(translator(source="Wo wohnst du?", target=""), by_hand)
    assert np.array_equal(translator("Wo wohnst du?", ""), by_hand)


def test_texts_of_unlike_length_are_a_batch(model: bw.Model) -> None:
    short, long = model(["ab", "cde"])
    assert (short.shape, long.shape) == ((2, 28), (3, 28))
    assert np.allclose(short, model("ab"), atol=1e-6)


def test_text_that_is_not_known_names_its_input(model: bw.Model) -> None:
    with pytest.raises(bw.DataError, match=r"tokens\[1\]: the letter 'X'"):
        model(["ab", "X"])


def test_traces_by_path(model: bw.Model) -> None:
    values = model.trace("ab")
    assert values["stack.2.attn.q"].shape == (2, 48)
    assert np.array_equal(values["probabilities"], model("ab"))
    assert list(model.trace(tokens="ab", paths=["stack.*"])) == ["stack.0", "stack.1", "stack.2"]


def test_parameters_are_saved_and_loaded(model: bw.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "w.safetensors")
    again = model.graph.load(tmp_path / "w.safetensors")
    assert list(again.parameters) == list(model.graph.parameters)
    assert np.array_equal(again("ab"), model("ab"))
    assert model.graph.load(tmp_path, dtype="float64")("ab").dtype == np.float64


def test_seeds_and_kinds() -> None:
    graph = bw.load("gpt")
    assert np.array_equal(graph.init(seed=1)("ab"), graph.init(seed=1)("ab"))
    assert not np.array_equal(graph.init(seed=1)("ab"), graph.init(seed=2)("ab"))
    assert graph.init(dtype="float64")("ab").dtype == np.float64
    with pytest.raises(bw.DataError, match="float32 or float64"):
        graph.init(dtype="int8")


def test_what_is_random() -> None:
    assert bw.load("gpt").random
    assert not bw.load("leaf-flower").random


def test_it_tells_what_it_is(model: bw.Model) -> None:
    assert repr(model) == "<Model GPT of the article: 89,164 parameters, float32>"


def test_next_tokens_in_words(model: bw.Model) -> None:
    out = model("humpty")
    best = "_" + " abcdefghijklmnopqrstuvwxyz."
    readings = model.read(out, top=3)
    assert str(readings).startswith(f'probabilities: next "{best[1 + int(out[-1].argmax())]}" ')
    assert str(readings).count("%") == 3
    assert len(readings) == 1
    (reading,) = readings[0]
    assert [choice.value for choice in reading.choices] == sorted(out[-1].tolist())[:-4:-1]


def test_readings_of_several_samples(model: bw.Model) -> None:
    readings = model.read(model(["ab", "cde"]))
    assert [line.partition(":")[0] for line in str(readings).splitlines()] == [
        "probabilities[0]",
        "probabilities[1]",
    ]
    assert repr(readings).startswith("<Readings of 2 samples:\n")


def test_tokens_without_a_name_are_numbers(translator: bw.Model) -> None:
    text = str(translator.read(translator("Wo", ""), top=200))
    assert 'next "' in text or "next #" in text
    assert ", #" in text


def test_the_class_that_wins() -> None:
    model = bw.load("leaf-flower").init()
    assert str(model.read(model([32, 107, 56, 11.2]))) == (
        "scores: leaf 0.796, before flower 0.199"
    )


PLAIN = """\
format: 1
name: plain
dims: {d: 4}
inputs: {x: "real[d]"}
outputs: {y: "real[d]", z: "real[d]"}
nodes:
  y: {use: Linear, with: {width: d}}
  z: {use: ReLU}
"""


def test_several_outputs_are_named(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(PLAIN, encoding="utf-8")
    model = bw.load(tmp_path / "plain.yaml").init()
    out = model(x=[1, 2, 3, 4])
    assert list(out) == ["y", "z"]
    assert np.array_equal(out["z"], np.maximum(out["y"], 0))
    assert str(model.read(out)) == ""  # nothing is interpreted
