"""What outputs say to people."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.engines.tokens.readings import gives_chances, readings
from boxwork.graphs.load import load

from .support import graph_of, spec_of


def test_next_letters_of_a_softmax_and_of_logits_are_the_same() -> None:
    spec, graph = load("gpt")
    model = Model(graph, init(graph))
    found = model.run({"tokens": [8, 21, 13]}, ["probabilities", "logits"])
    ((reading,),) = readings(graph, spec.interpretation, found, top=28)
    assert (reading.output, reading.kind) == ("probabilities", "next")
    assert_allclose(sum(choice.value for choice in reading.choices), 1, rtol=1e-5)
    assert_allclose(reading.best.value, found["probabilities"][-1].max())
    assert reading.best.id == found["logits"][-1].argmax()
    assert reading.best.name == " abcdefghijklmnopqrstuvwxyz."[reading.best.id]
    values = [choice.value for choice in reading.choices]
    assert values == sorted(values, reverse=True)


LOGITS = """
dims: {seq: any, vocab: 4}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret:
  tokens: {tokenizer: words, vocabulary: [<s>, wo, du]}
  logits: {next: tokens}
nodes:
  logits: {use: Embedding, with: {count: vocab, width: vocab}}
"""


def test_logits_become_chances() -> None:
    interpretation, graph = spec_of(LOGITS)
    logits = np.log([[1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4]]) + 7
    ((reading,),) = readings(graph, interpretation, {"logits": logits}, top=2)
    assert [(c.name, c.id) for c in reading.choices] == [("#3", 3), ("du", 2)]
    assert_allclose([c.value for c in reading.choices], [0.4, 0.3])


def test_every_sample_of_a_batch_is_read() -> None:
    interpretation, graph = spec_of(LOGITS)
    logits = np.zeros((2, 3, 5, 4))
    logits[1, 2, 4, 1] = 9
    found = readings(graph, interpretation, {"logits": logits})
    assert len(found) == 6
    assert found[5][0].best.name == "wo"
    assert found[0][0].best.name == "<s>"
    ragged = readings(graph, interpretation, {"logits": [logits[1, 2], logits[0, 0, :2]]})
    assert [sample[0].best.name for sample in ragged] == ["wo", "<s>"]


@pytest.mark.parametrize(
    ("last", "chances"),
    [
        ("logits: {use: ReLU}", False),
        ("logits: {use: Softmax}", True),
        ("logits: {use: Softmax, repeat: 2}", True),
        ("logits: {use: Softmax, repeat: 0}", False),
        ("soft: {use: Softmax}, logits: {use: Scale, with: {by: 2}}", False),
    ],
)
def test_what_gives_chances_is_seen_in_the_graph(last: str, chances: bool) -> None:
    head = LOGITS.partition("nodes:")[0]
    embedding = "e: {use: Embedding, with: {count: vocab, width: vocab}}"
    graph = graph_of(f"{head}nodes: {{{embedding}, {last}}}")
    assert gives_chances(graph, "logits") is chances


def test_classes_of_the_leaf() -> None:
    spec, graph = load("leaf-flower")
    scores = Model(graph, init(graph)).run({"features": [32, 107, 56, 11.2]})
    ((reading,),) = readings(graph, spec.interpretation, scores)
    assert (reading.kind, reading.best.name) == ("classes", "leaf")
    assert [choice.name for choice in reading.choices] == ["leaf", "flower"]
    assert_allclose(reading.best.value, scores["scores"][0])


def test_one_output_read_twice_and_one_number_by_its_sign() -> None:
    interpretation, graph = spec_of("""
        inputs: {x: "real[2]"}
        outputs: {scores: "real[2]", one: "real[1]"}
        interpret:
          scores: [{classes: [leaf, flower]}, {classes: [sunny, rainy]}]
          one: {classes: [leaf, flower]}
        nodes:
          scores: {use: ReLU, in: x}
          one: {use: Linear, in: x, with: {width: 1}}
        """)
    values = {"scores": np.array([1.0, 2.0]), "one": np.array([-0.5])}
    ((first, second, sign),) = readings(graph, interpretation, values)
    assert [first.best.name, second.best.name, sign.best.name] == ["flower", "rainy", "flower"]
    values["one"] = np.array([0.5])
    assert readings(graph, interpretation, values)[0][2].best.name == "leaf"
    assert len(readings(graph, interpretation, {"one": values["one"]})[0]) == 1
