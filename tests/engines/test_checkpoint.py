"""Checkpoints: going on is as never having stopped; others' checkpoints are refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.learning import checkpoint
from boxwork.engines.learning.checkpoint import Identity
from boxwork.engines.learning.options import Options
from boxwork.engines.learning.train import Trainer
from boxwork.engines.parameters import weights
from boxwork.engines.parameters.tensors import fill
from boxwork.engines.parameters.weights import CHECKPOINT
from boxwork.specs.diagnostics import DataError
from boxwork.specs.output import write

from .support import shipped, wrong
from .test_train import trainer

OWN = Identity("Test", "spec", "data", "MeanSquaredError", "float64")
KINDS = ("sgd", "momentum", "nesterov", "adamw")


def saved(path: Path, one: Trainer, identity: Identity = OWN) -> Path:
    checkpoint.save(path, one, identity, one.parameters.views)
    return path


def half_way(path: Path, **options: Any) -> Path:
    """A checkpoint after 4 of 8 steps."""
    one = trainer(8, **options)
    for step in one:
        if step.number == 4:
            return saved(path, one)
    raise AssertionError


@pytest.mark.parametrize("kind", KINDS)
def test_going_on_is_as_never_having_stopped(tmp_path: Path, kind: str) -> None:
    options: dict[str, Any] = {"optimiser": kind, "schedule": "cosine", "decay": 0.1}
    whole = trainer(8, layers=True, **options)
    list(whole)
    again = trainer(8, layers=True, **options)
    point = checkpoint.load(half_way(tmp_path / "a.checkpoint", layers=True, **options))
    point.restore(again)
    assert (again.done, len(again.record.losses)) == (4, 4)
    list(again)
    assert again.parameters.numbers.tobytes() == whole.parameters.numbers.tobytes()
    assert again.record == whole.record
    ends = [saved(tmp_path / name, one).read_bytes() for name, one in (("w", whole), ("x", again))]
    assert ends[0] == ends[1]


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    point = checkpoint.load(half_way(tmp_path / "a.checkpoint"))
    assert point.identity == OWN
    assert (point.done, point.options.steps, point.options.rate) == (4, 8, 0.1)
    assert not point.norms
    assert list(point.parameters()) == ["x"]


def test_a_folder_stands_for_the_checkpoint_in_it(tmp_path: Path) -> None:
    assert wrong(checkpoint.load, tmp_path) == [
        ("BW501", f"there is no *.checkpoint file in {tmp_path}")
    ]
    half_way(tmp_path / "a.checkpoint")
    assert checkpoint.load(tmp_path).path == tmp_path / "a.checkpoint"
    half_way(tmp_path / "b.checkpoint")
    assert wrong(checkpoint.load, tmp_path) == [
        ("BW501", f"there are 2 checkpoints in {tmp_path}: a.checkpoint, b.checkpoint")
    ]


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.99])
def test_a_checkpoint_that_is_cut_off(tmp_path: Path, part: float) -> None:
    path = half_way(tmp_path / "a.checkpoint")
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    ((code, message),) = wrong(checkpoint.load, path)
    assert code in ("BW502", "BW503")
    assert str(path) in message


def test_weights_are_no_checkpoint_and_a_checkpoint_is_no_weights(tmp_path: Path) -> None:
    graph = shipped("leaf-flower")
    from boxwork.engines.parameters.initialise import init

    weights.save(tmp_path / "w.safetensors", graph, init(graph))
    with pytest.raises(DataError) as caught:
        checkpoint.load(tmp_path / "w.safetensors")
    (found,) = caught.value.diagnostics
    assert found.code == "BW530"
    assert found.help == f"to start from these weights: --weights {tmp_path}/w.safetensors"
    path = half_way(tmp_path / "a.checkpoint")
    message = f"{path} is a checkpoint of a training, not a set of weights"
    assert wrong(weights.load, path, graph) == [("BW502", message)]


def test_a_checkpoint_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    facts = json.dumps({"version": 2})
    write(path, lambda file: fill(file, {"x": np.zeros(1)}, {CHECKPOINT: facts}))
    message = f"{path} is a checkpoint of version 2; this boxwork reads 1"
    assert wrong(checkpoint.load, path) == [("BW531", message)]


@pytest.mark.parametrize("facts", ["", "[]", "1", '{"version": 1}', '{"version": 1, "done": "x"}'])
def test_facts_that_are_none(tmp_path: Path, facts: str) -> None:
    path = tmp_path / "a.checkpoint"
    write(path, lambda file: fill(file, {"x": np.zeros(1)}, {CHECKPOINT: facts}))
    ((code, message),) = wrong(checkpoint.load, path)
    assert code == "BW530"
    assert message.startswith(str(path))


def test_arrays_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    one = trainer(8)
    checkpoint.save(path, one, OWN, {"y": np.zeros(2)})
    ((code, message),) = wrong(checkpoint.load(path).restore, one)
    assert code == "BW530"
    assert message == f"{path} lacks parts of a checkpoint: 'x'"


def test_no_such_file(tmp_path: Path) -> None:
    half_way(tmp_path / "gpt.checkpoint")
    with pytest.raises(DataError) as caught:
        checkpoint.load(tmp_path / "gtp.checkpoint")
    assert caught.value.diagnostics[0].code == "BW501"
    assert caught.value.diagnostics[0].help == "did you mean `gpt.checkpoint`?"


def test_another_spec_data_loss_or_option(tmp_path: Path) -> None:
    path = half_way(tmp_path / "a.checkpoint", schedule="cosine")
    point = checkpoint.load(path)
    point.hold(OWN, {"steps": 8, "rate": 0.1})
    point.hold_spec("Test", "spec")
    assert wrong(point.hold_spec, "Other", "x") == [
        ("BW532", f"{path} is a checkpoint of Test, not of Other as it is here")
    ]
    assert wrong(point.hold, replace(OWN, data="x"), {"epochs": 3}) == [
        ("BW532", f"{path} was trained on other data than this"),
        ("BW532", f"{path} was trained with steps = 8, not epochs = 3"),
    ]
    other = replace(OWN, data="x", loss="CrossEntropy", dtype="float32")
    assert wrong(
        point.hold, other, {"rate": 0.2, "steps": 9, "batch": 2}, norms=True
    ) == [  # another loss wants other numbers of the same file
        ("BW532", f"{path} was trained with the loss MeanSquaredError, not CrossEntropy"),
        ("BW532", f"{path} was trained with the dtype float64, not float32"),
        ("BW532", f"{path} was trained with rate = 0.1, not 0.2"),
        ("BW532", f"{path} was trained with steps = 8, not 9"),
        ("BW532", f"{path} has kept no norms of the steps before"),
    ]


def test_a_constant_rate_may_go_on_for_longer(tmp_path: Path) -> None:
    point = checkpoint.load(half_way(tmp_path / "a.checkpoint", schedule="constant"))
    point.hold(OWN, {"steps": 12})
    for steps in (3, 4):  # it has done 4 already
        assert len(wrong(point.hold, OWN, {"steps": steps})) == 1


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    facts = {name: name for name in "abcdefgh"}
    arrays = {"x": np.zeros(3), "y": np.ones(2, np.float32)}
    for name in ("one", "two"):
        write(tmp_path / name, lambda file: fill(file, arrays, facts))
    one, two = ((tmp_path / name).read_bytes() for name in ("one", "two"))
    assert one == two
    assert b'{"__metadata__":{"a":"a","b":"b","c":"c"' in one


def test_views_and_single_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    arrays = {"turned": np.arange(6.0).reshape(2, 3).T, "one": np.array(3.0)}
    write(tmp_path / "a", lambda file: fill(file, arrays, {"a": "b"}))
    found = load_file(tmp_path / "a")
    for name, array in arrays.items():
        assert found[name].shape == array.shape
        assert np.array_equal(found[name], array)


def test_options_survive(tmp_path: Path) -> None:
    options = Options(steps=8, batch=2, rate=0.1, warmup=1)
    point = checkpoint.load(half_way(tmp_path / "a.checkpoint", warmup=1))
    assert point.options == replace(
        options, optimiser="sgd", schedule="constant", decay=0.0, clip=0.0
    )
