"""Encoders, and decoders that read one: boxwork's numbers against those of the originals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.parameters.initialise import init
from boxwork.engines.planning.plan import Planner
from boxwork.engines.running.numpy import Model
from boxwork.graphs.load import load
from boxwork.graphs.totals import total
from boxwork.specs.diagnostics import DataError

ORACLES = Path(__file__).parent.parent / "oracles"
TINY = {"vocab": 29, "d_model": 16, "heads": 4, "d_ff": 20, "layers": 2}
T5 = TINY | {"head_dim": 6, "buckets": 8, "far": 20}
GATED = (
    "{use: GatedFeedForward, "
    "with: {hidden: d_ff, activation: {use: GELU, with: {approximate: tanh}}}}"
)
# file -> the spec, its sizes, edits
CASES: dict[str, tuple[str, dict[str, int], list[str]]] = {
    "bert": ("bert-base", TINY | {"context": 16}, []),
    "t5": ("t5-small", T5, []),
    "t5-gated": ("t5-small", T5, [f"blocks.Forward={GATED}"]),
    "whisper": ("whisper-tiny", TINY | {"mels": 5, "longest": 14, "context": 11}, []),
    "vit": (
        "vit-base",
        {k: n for k, n in TINY.items() if k != "vocab"} | {"image": 12, "patch": 4, "classes": 7},
        [],
    ),
}
OUTPUTS = ("embedding", "pooled", "logits")
INPUTS = ("tokens", "types", "source", "target", "audio", "image")
CLOSE = {"float32": 1e-5, "float64": 1e-10}


@cache
def stored(name: str) -> Mapping[str, np.ndarray]:
    return dict(np.load(ORACLES / f"{name}.npz", allow_pickle=False))


def parts(name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The parameters, the inputs (cut to what is no padding) and what came out."""
    arrays = dict(stored(name))
    lengths = arrays.pop("length", None)
    wanted = {key: arrays.pop(key) for key in OUTPUTS if key in arrays}
    given: dict[str, Any] = {key: arrays.pop(key) for key in INPUTS if key in arrays}
    for key in ("tokens", "types", "source"):
        if key in given and lengths is not None:
            given[key] = [row[:n] for row, n in zip(given[key], lengths, strict=True)]
    if "embedding" in wanted:
        wanted["embedding"] = [row[:n] for row, n in zip(wanted["embedding"], lengths, strict=True)]
    return arrays, given, wanted


def model(name: str, parameters: dict[str, Any], dtype: str, edits: tuple[str, ...] = ()) -> Model:
    spec, dims, own = CASES[name]
    kept = {d: n for d, n in dims.items() if not any(e.startswith(f"dims.{d}=") for e in edits)}
    return Model(load(spec, [*own, *edits], kept)[1], parameters, dtype=dtype)


def apart(one: Any, other: Any) -> float:
    """The largest difference of two arrays, or of two lists of them."""
    if isinstance(one, list):
        return max(apart(a, b) for a, b in zip(one, other, strict=True))
    assert one.shape == other.shape
    return float(np.abs(one - other).max())


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("name", CASES)
def test_outputs_equal_those_of_the_original(name: str, dtype: str) -> None:
    """Of texts of unlike length too: what is padding there is not seen here."""
    parameters, given, wanted = parts(name)
    found = model(name, parameters, dtype).run(given)
    assert found.keys() == wanted.keys()
    for path, expected in wanted.items():
        assert apart(found[path], expected) < CLOSE[dtype], path
        assert max(np.abs(one).max() for one in expected) > 0.3


@pytest.mark.parametrize("name", CASES)
def test_samples_alone_give_the_same(name: str) -> None:
    parameters, given, wanted = parts(name)
    made = model(name, parameters, "float64")
    for sample in range(len(next(iter(given.values())))):
        found = made.run({key: rows[sample] for key, rows in given.items()})
        for path, expected in wanted.items():
            assert apart(found[path], expected[sample]) < 1e-10


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_counts(name: str) -> None:
    """A parameter that the outputs do not depend on would hide a fault."""
    parameters, given, _ = parts(name)
    before, still = model(name, parameters, "float64").run(given), []
    for path, array in parameters.items():
        wave = 0.1 * np.cos(np.arange(array.size)).reshape(array.shape)
        after = model(name, parameters | {path: array + wave}, "float64").run(given)
        if all(apart(after[key], before[key]) < 1e-9 for key in before):
            still.append(path)
    # a bias on every key shifts all scores of a query alike, which softmax does not see
    assert [path for path in still if not path.endswith(".k.bias")] == []


PLAIN = {
    "bert": ["blocks.Norm={use: LayerNorm}"],
    "t5": ["set.bias_target={with: {far: 19}}"],
    "t5-gated": ["set.encoder.*.attn={with: {scale: 0.9}}"],
    "whisper": ["set.pos_source={with: {form: paper}}"],
    "vit": ["set.stack.*.ff={with: {activation: {use: GELU, with: {approximate: tanh}}}}"],
}


@pytest.mark.parametrize(("name", "edits"), PLAIN.items())
def test_what_is_special_is_felt(name: str, edits: list[str]) -> None:
    parameters, given, wanted = parts(name)
    found = model(name, parameters, "float64", tuple(edits)).run(given)
    assert any(apart(found[path], expected) > 1e-6 for path, expected in wanted.items())


def test_minilm_takes_the_mean() -> None:
    parameters, given, wanted = parts("bert")
    _, graph = load("minilm-l6", keywords=TINY | {"context": 16})
    found = Model(graph, parameters, dtype="float64").run(given)
    means = np.stack([rows.mean(axis=0) for rows in wanted["embedding"]])
    assert apart(found["embedding"], means) < 1e-10
    assert apart(found["pooled"], wanted["pooled"]) < 1e-10


def test_the_pooler_is_told_apart() -> None:
    _, graph = load("bert-base")
    own = sum(a.size for path, a in init(graph).items() if path.startswith("pooled."))
    found = total(graph)
    assert (found, found - own) == (109_482_240, 108_891_648)
    assert f"{own:,}" in graph.about
    assert f"{found - own:,}" in graph.about


def test_where_bert_drops() -> None:
    """Not between the two layers of a feed-forward network, as 2017 and T5 do."""
    for name, inside in (("bert-base", False), ("t5-small", True), ("transformer-big", True)):
        planner = Planner(load(name, toy=True)[1])
        assert any(path.endswith(".ff.rest") for path in planner.everything) is inside
        assert any(path.endswith(".drop_2") for path in planner.everything)


def test_whisper_tells_both_counts() -> None:
    _, graph = load("whisper-tiny")
    found = total(graph)
    assert found + 1500 * 384 == 37_760_640
    assert "37,760,640" in graph.about


def test_whisper_takes_thirty_seconds() -> None:
    parameters, given, _ = parts("whisper")
    made = model("whisper", parameters, "float64")
    short = made(audio=given["audio"][0][:9], target=[1, 2])
    assert short.shape == (2, 29)
    with pytest.raises(DataError, match="frames <= longest"):
        made(audio=np.zeros((15, 5)), target=[1])
    with pytest.raises(DataError, match="target_len <= context"):
        made(audio=np.zeros((3, 5)), target=[1] * 12)


@pytest.mark.parametrize("name", ["whisper", "t5"])
def test_ragged_batches_of_both_sides(name: str) -> None:
    """Sound and text of unlike length at once equal runs of their own."""
    parameters, _, _ = parts(name)
    made, random = model(name, parameters, "float64"), np.random.default_rng(5)
    sizes = ((14, 3), (5, 9), (1, 1))
    given = {
        key: [
            random.normal(size=(size[0], 5)) if key == "audio" else random.integers(0, 29, size[at])
            for size in sizes
        ]
        for key, at in zip(made.graph.inputs, (0, 1), strict=True)
    }
    together = made.run(given)["logits"]
    for sample, found in enumerate(together):
        alone = made.run({key: rows[sample] for key, rows in given.items()})["logits"]
        assert apart(found, alone) < 1e-9
