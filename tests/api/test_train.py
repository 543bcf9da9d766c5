"""``model.train``: in place, by seed, from what stands in a file or from Python's own lists."""

import json
import signal
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from boxwork.engines.learning import checkpoint
from boxwork.history import History

TEXT = "humpty dumpty sat on a wall."
SMALL = {"d_model": 12, "heads": 2, "layers": 2}
FAST: dict[str, Any] = {"steps": 6, "batch": 4}


def small(seed: int = 0) -> bw.Model:
    return bw.load("gpt", **SMALL).init(seed=seed)


def arrays(model: bw.Model) -> list[bytes]:
    return [array.tobytes() for array in model.parameters.values()]


def test_the_parameters_are_trained_in_place() -> None:
    model = small()
    before, first = arrays(model), model(tokens="humpty")
    history = model.train(text=TEXT, steps=60, batch=4)
    assert history.last < history.first / 1.5
    assert all(new != old for new, old in zip(arrays(model), before, strict=True))
    assert not np.array_equal(model(tokens="humpty"), first)  # what was bound runs with them


def test_the_same_seed_gives_the_same_bytes() -> None:
    models = [small() for _ in range(3)]
    for model, seed in zip(models, (0, 0, 1), strict=True):
        model.train(text=TEXT * 3, seed=seed, **FAST)
    assert arrays(models[0]) == arrays(models[1])
    assert arrays(models[0]) != arrays(models[2])


def test_ties_stay_tied() -> None:
    model = bw.load("gpt2", vocab=28, context=16, d_model=12, heads=2, layers=1).init()
    rows = np.arange(10).reshape(2, 5)
    model.train(batches=[{"tokens": rows, "wanted": rows + 1}], steps=3)
    assert np.array_equal(model.parameters["logits.weight"], model.parameters["tok.table"].T)


def test_pairs_and_tables_as_lists_and_as_files(tmp_path: Path) -> None:
    rows = [[32, 107, 56, 11.2, "leaf"], [241, 200, 4, 59.5, "flower"]]
    (tmp_path / "t.csv").write_text("32,107,56,11.2,leaf\n241,200,4,59.5,flower\n")
    histories = [
        bw.load("leaf-flower").init().train(table=table, **FAST)
        for table in (rows, tmp_path / "t.csv", (tmp_path / "t.csv").read_text())
    ]
    assert histories[0].losses == histories[1].losses == histories[2].losses
    numbers = [[32, 107, 56, 11.2, 0], [241, 200, 4, 59.5, 1]]
    array = bw.load("leaf-flower").init().train(table=np.array(numbers), **FAST)
    assert array.losses == histories[0].losses
    graph = bw.load("transformer", vocab=20, d_model=8, heads=2, layers=1)
    ends = [
        graph.init().train(pairs=pairs, **FAST).losses
        for pairs in (
            [("Wo wohnst du?", "Where do you live?")],
            "Wo wohnst du?\tWhere do you live?",
        )
    ]
    assert ends[0] == ends[1]


def test_a_training_goes_on_bit_for_bit(tmp_path: Path) -> None:
    whole, parts = small(), small()
    history = whole.train(text=TEXT * 3, steps=8, batch=4, norms=True)
    path = tmp_path / "gpt.checkpoint"
    steps = {"schedule": "constant", "batch": 4, "warmup": 0}
    parts.train(text=TEXT * 3, steps=4, save=path, every=4, **steps)
    again = small(seed=5)  # its parameters do not count
    again.train(text=TEXT * 3, steps=8, resume=path)
    straight = small()
    straight.train(text=TEXT * 3, steps=8, **steps)
    assert arrays(again) == arrays(straight)
    assert len(history.norms["stack.0"]) == 8


def test_a_training_goes_on_in_another_folder(tmp_path: Path) -> None:
    """A tokenizer's file counts by what is in it, not by where it is."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    tokens = bw.train_tokenizer(TEXT * 3, "subwords", 40)
    tokens.save(old / "tokens.json")
    spec = bw.load("gpt", **SMALL, vocab=tokens.size, dropout=0).expand().splitlines()
    place = next(place for place, line in enumerate(spec) if "tokenizer: characters" in line)
    spec[place] = "  tokens: {tokenizer: subwords, file: tokens.json}"
    (old / "gpt.yaml").write_text("\n".join(spec), encoding="utf-8")
    how: dict[str, Any] = {"text": TEXT * 30, "batch": 2, "length": 8, "schedule": "constant"}
    model = bw.load(old / "gpt.yaml").init()
    model.train(**how, steps=2, save=old / "gpt.checkpoint", every=2)
    old.rename(new)
    again = bw.load(new / "gpt.yaml").init()
    del how["schedule"]
    assert again.train(**how, steps=3, resume=new / "gpt.checkpoint").steps == 3
    other = bw.train_tokenizer("jack and jill went up the hill. " * 3, "subwords", tokens.size)
    other.save(new / "tokens.json")
    (new / "gpt.yaml").write_text(
        "\n".join(spec).replace(f"vocab: {tokens.size}", f"vocab: {other.size}"), encoding="utf-8"
    )
    with pytest.raises(bw.DataError, match="BW532"):
        bw.load(new / "gpt.yaml").init().train(**how, steps=3, resume=new / "gpt.checkpoint")


def test_a_training_that_cannot_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    how: dict[str, Any] = {"text": TEXT * 9, "steps": 1, "batch": 200}
    with monkeypatch.context() as patch:
        patch.setattr("boxwork.engines.planning.memory.available", lambda: 100_000)
        with pytest.raises(bw.DataError) as caught:
            small().train(**how)
    (told,) = caught.value.diagnostics
    start, end = "a step of 200 examples, needs ", " MB of memory, and 100 kB are free"
    assert told.code == "BW420"
    assert told.message.startswith(f"training GPT of the article, {start}")
    assert told.message.endswith(end)
    need = float(told.message.partition(start)[2].removesuffix(end))
    model = small()
    tracemalloc.start()
    model.train(**how)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.8 < need * 1e6 / taken < 1.2


def test_a_loss_with_parameters_is_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))

    class WeighedError(bw.Block):
        """A square, weighed by a number that is learned.

        Formula: loss = weight * (y - wanted) ** 2
        Source: this test
        """

        ports = "y: real[*, width], wanted: real[*, width] -> loss: real[*]"
        family = "loss"

        def parameters(self, d: Any) -> dict[str, Any]:
            return {"weight": bw.load("leaf-flower").parameters["middle.weight"]}

        def forward(self, cx: Any, p: Any, y: Any, wanted: Any) -> Any:
            return cx.xp.mean((y - wanted) ** 2, axis=-1)

    bw.register(WeighedError)
    with pytest.raises(bw.DataError, match=r"parameters of its own \(weight\)"):
        bw.load("leaf-flower").init().train(table=[[1, 2, 3, 4, 1, 0]], loss="WeighedError")


def test_the_history_is_drawn_and_written(tmp_path: Path) -> None:
    history = small().train(text=TEXT * 3, norms=True, **FAST)
    assert list(history.norms) == ["tok", "pos", "stack.0", "stack.1", "norm", "logits"]
    assert history._repr_svg_().startswith("<svg")
    assert "stack.1" in history.norm_curve()
    assert repr(history).startswith("<History: 6 steps, loss 3.")
    history.save_curve(tmp_path / "c.json")
    facts = json.loads((tmp_path / "c.json").read_text())
    assert facts["loss"] == list(history.losses)
    history.save_norms(tmp_path / "n.csv")
    lines = (tmp_path / "n.csv").read_text().splitlines()
    assert lines[0] == "step,tok,pos,stack.0,stack.1,norm,logits"
    assert lines[6].startswith(f"6,{history.norms['tok'][5]!r},")
    assert sum(n[0] ** 2 for n in history.norms.values()) == pytest.approx(
        history.gradients[0] ** 2
    )
    with pytest.raises(bw.DataError, match="BW508"):
        history.save_curve(tmp_path / "c.png")


def test_many_layers_are_drawn_side_by_side() -> None:
    graph = bw.load("gpt", **SMALL | {"layers": 7})
    history = graph.init().train(text=TEXT, norms=True, **FAST)
    picture = history.norm_curve()
    assert "layer, from tok to logits" in picture
    assert "step 6" in picture


def test_the_mean_of_an_epoch_is_over_examples() -> None:
    features = np.zeros((3, 4))
    batches = [
        {"features": features[:2], "wanted": [0, 0]},
        {"features": features, "wanted": [1] * 3},
    ]
    history = bw.load("leaf-flower").init().train(batches=batches, steps=2, rate=0)
    assert history.last == pytest.approx(np.log(2))
    assert isinstance(history, History)


def interrupted(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the optimiser be interrupted in the middle of the fourth step."""
    from boxwork.engines.learning.optimise import AdamW

    real = AdamW.step

    def stopped(self: AdamW, gradients: Any, rate: float, count: int) -> None:
        for _ in range(times if count == 4 else 0):
            signal.raise_signal(signal.SIGINT)
        real(self, gradients, rate, count)

    monkeypatch.setattr(AdamW, "step", stopped)


def test_an_interrupt_keeps_what_was_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted(monkeypatch, 1)
    model, path = small(), tmp_path / "gpt.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        model.train(text=TEXT, save=path, **FAST)
    assert "stopping after this step" in capsys.readouterr().err
    monkeypatch.undo()
    four = small()
    four.train(text=TEXT, save=tmp_path / "four.checkpoint", every=4, **FAST)
    assert path.read_bytes() == (tmp_path / "four.checkpoint").read_bytes()
    kept = checkpoint.load(path).parameters()
    assert arrays(model) == [kept[name].tobytes() for name in model.parameters]
    model.train(text=TEXT, resume=path)
    assert arrays(model) == arrays(four)


def test_a_second_interrupt_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch, 2)
    model, path, own = small(), tmp_path / "gpt.checkpoint", signal.getsignal(signal.SIGINT)
    before = arrays(model)
    with pytest.raises(KeyboardInterrupt):
        model.train(text=TEXT, save=path, **FAST)
    assert arrays(model) == before
    assert not path.exists()
    assert signal.getsignal(signal.SIGINT) is own


def test_epochs_may_be_said_again_when_it_goes_on(tmp_path: Path) -> None:
    graph, path = bw.load("leaf-flower"), tmp_path / "a.checkpoint"
    rows = [[32, 107, 56, 11.2, "leaf"], [241, 200, 4, 59.5, "flower"]] * 3
    call: dict[str, Any] = {"table": rows, "batch": 4}
    graph.init().train(**call, epochs=3, save=path, every=5)
    whole, model = graph.init(), graph.init()
    whole.train(**call, epochs=3)
    model.train(**call, epochs=3, resume=path)
    assert arrays(model) == arrays(whole)
    with pytest.raises(bw.DataError, match="was trained with steps = 6, not 8"):
        graph.init().train(**call, epochs=4, resume=path)


def test_the_numbers_of_numpy_are_options_too(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    options = {"steps": np.int64(2), "seed": np.int32(3), "rate": np.float32(0.5)}
    small().train(text=TEXT, save=path, every=2, batch=np.uint8(4), **options)
    again = checkpoint.load(path).options
    assert (again.steps, again.seed, again.rate, again.batch) == (2, 3, 0.5, 4)


def test_examples_that_are_single_numbers(tmp_path: Path) -> None:
    model = bw.load("leaf-flower").init()
    history = model.train(batches=[{"wanted": 1, "features": [1, 2, 3, 4]}], steps=2)
    assert history.steps == 2


def test_a_training_that_runs_away_leaves_the_model_alone() -> None:
    model = small()
    before = arrays(model)
    with pytest.raises(bw.DataError, match="BW465"):
        model.train(text=TEXT, rate=1e30, clip=0, warmup=0, optimiser="sgd", **FAST)
    assert arrays(model) == before


def test_what_is_given_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rhyme.txt").write_text(TEXT)
    model = small()
    with pytest.raises(TypeError, match="train takes one of text, pairs, table, batches, not not"):
        model.train()
    with pytest.raises(TypeError, match="not text and pairs"):
        model.train(text=TEXT, pairs=[])
    with pytest.raises(ValueError, match=r"for the file rhyme.txt, give Path\('rhyme.txt'\)"):
        model.train(text="rhyme.txt")
    with pytest.raises(TypeError, match="pairs takes a list of pairs, or the Path of a file"):
        model.train(pairs=["ab"])
    with pytest.raises(TypeError, match="batches are a list of inputs by name"):
        model.train(batches={"tokens": [1]})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not of batches"):
        model.train(batches=[], save="x")
    with pytest.raises(bw.DataError, match="BW466"):
        model.train(text=TEXT, epoch=3)
    with pytest.raises(bw.DataError, match="BW582"):
        model.train(text=TEXT, loss="CrossEntrpy")
    with pytest.raises(bw.DataError, match="BW501"):
        model.train(text=Path("rime.txt"))


def test_a_spec_without_parameters_has_nothing_to_learn(tmp_path: Path) -> None:
    spec = 'format: 1\nname: T\ndims: {n: 2}\ninputs: {x: "real[n]"}\noutputs: {y: "real[n]"}\n'
    (tmp_path / "t.yaml").write_text(spec + "nodes:\n  y: {use: ReLU}\n")
    with pytest.raises(bw.DataError, match="T has no parameters to train"):
        bw.load(tmp_path / "t.yaml").init().train(table=[[1, 2, 1, 2]])
