"""``bw.sweep``: rows are what counting and training say; who works, and when, changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import boxwork as bw
from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning.goal import Goal
from boxwork.materials import given as given_text
from boxwork.sweeps.grid import MOST, given, split
from boxwork.sweeps.ledger import Ledger

TEXT = "humpty dumpty sat on a wall.\n"
SMALL = ("dims.d_model=12", "dims.layers=1")
VARY = {"dims.heads": [1, 2], "swap.LayerNorm": ["LayerNorm", "RMSNorm"]}
RACE: dict[str, Any] = {"train": TEXT, "steps": 3, "batch": 2, "seeds": 2}


class Here(Executor):
    """Does everything at once, in this thread; notes what, and breaks where it is told to."""

    def __init__(self, breaks: Callable[[int], bool] = lambda number: False) -> None:
        self.edits: list[tuple[str, ...]] = []
        self.breaks = breaks

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.edits.append(args[0].edits)
        if self.breaks(len(self.edits)):
            future.set_exception(BrokenExecutor("it was killed"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,4", ["1", "2", "4"]),
        (" 1 , none ", ["1", "none"]),
        ("[512, 512, none],[none]", ["[512, 512, none]", "[none]"]),
        ("{use: GELU, with: {a: 1}},ReLU", ["{use: GELU, with: {a: 1}}", "ReLU"]),
        ("min(4, d),2", ["min(4, d)", "2"]),
        ('"a, b",c', ['"a, b"', "c"]),
        ("it's,b", ["it's", "b"]),
        ("1,", ["1", ""]),
    ],
)
def test_values_stand_between_commas_outside_brackets(text: str, values: list[str]) -> None:
    assert split(text) == values


def test_values_of_python_are_written_as_a_spec_writes_them() -> None:
    grid = given({"a": [1, None, True, [1, None], {"use": "GELU", "with": {"x": 2}}], "b": "1,2"})
    assert grid.axes[0].values == ("1", "none", "true", "[1, none]", "{use: GELU, with: {x: 2}}")
    assert grid.axes[1].values == ("1", "2")
    assert grid.variants()[:3] == [("1", "1"), ("1", "2"), ("none", "1")]


def measured(graph: bw.Graph, seed: int) -> float:
    """What a training of RACE ends with, on all windows of the text, without dropout."""
    model = graph.init(seed)
    model.train(text=TEXT, steps=RACE["steps"], batch=RACE["batch"], seed=seed)
    goal = Goal.of(graph.spec)
    net = Trainable(goal.graph, dict(model.parameters), goal.loss)
    batches = given_text(text=TEXT).dataset(goal).spaced(64, 2)
    assert sum(len(batch["tokens"]) for batch in batches) == 1  # the text is that short
    return net.loss(batches[0])


def test_rows_are_what_counting_and_training_say() -> None:
    found = bw.sweep("gpt", *SMALL, vary=VARY, context=16, executor=Here(), **RACE)
    assert [list(row["edits"].values()) for row in found] == [
        ["1", "LayerNorm"],
        ["1", "RMSNorm"],
        ["2", "LayerNorm"],
        ["2", "RMSNorm"],
    ]
    graph = bw.load("gpt", *SMALL, "dims.heads=2", "swap.LayerNorm=RMSNorm")
    counted, row = graph.count(16), found.rows[-1]
    assert counted.step is not None
    assert row["parameters"] == counted.parameters.total
    assert row["lengths"] == {"seq": 16}
    assert (row["flops"], row["flops_step"]) == (counted.full.matmul, counted.step.matmul)
    assert (row["state"], row["weights"]) == (counted.state, counted.weights())
    losses = [measured(graph, seed) for seed in (0, 1)]
    assert row["losses"] == losses
    assert row["loss"] == sum(losses) / 2
    assert row["spread"] == pytest.approx(abs(losses[0] - losses[1]) / 2**0.5)


def test_equal_parameters() -> None:
    grid = {"dims.layers": [1, 2, 3], "dims.heads": [1, 5]}
    found = bw.sweep("gpt", vary=grid, equal="parameters", executor=Here())
    wanted = bw.load("gpt").count().parameters.total
    for row in found:
        assert abs(row["parameters"] / wanted - 1) < 0.1
        assert row["scaled"]["to"] % int(row["edits"]["dims.heads"]) == 0
    assert found.rows[4]["scaled"] == {"dim": "d_model", "from": 48, "to": 48}
    assert "| d_model 48 → 48 |" in found.markdown()
    assert found.csv().splitlines()[0].endswith(",state,scaled,error")
    layers = bw.sweep("gpt", vary={"dims.d_model": [24]}, equal="parameters", scale_dim="layers")
    assert layers.rows[0]["scaled"]["to"] > 3
    with pytest.raises(bw.DataError, match="d_model is varied"):
        bw.sweep("gpt", vary={"dims.d_model": [24]}, equal="parameters")
    (row,) = bw.sweep("gpt", vary={"dims.layers": [2]}, equal="parameters", scale_dim="d_ff")
    assert row["error"]["code"] == "BW580"


def test_equal_flops(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    how: dict[str, Any] = {
        "equal": "flops",
        "executor": Here(),
        **RACE,
        "seeds": 1,
        "results": rows,
    }
    found = bw.sweep("gpt", *SMALL, vary={"dims.layers": [1, 3]}, **how)
    assert [row["steps"] for row in found] == [3, 1]
    assert found.csv().splitlines()[0].endswith(",steps,loss,spread,error")
    spent = bw.sweep("gpt", *SMALL, vary={"dims.layers": [1]}, executor=Here(), **RACE)
    assert spent.rows[0]["losses"][:1] == found.rows[0]["losses"]  # that is the spec as it is
    with pytest.raises(bw.DataError, match="what is equal differs"):
        bw.sweep("gpt", *SMALL, vary={"dims.layers": [1]}, **how | {"equal": None})
    with pytest.raises(ValueError, match="a text that is learned"):
        bw.sweep("gpt", vary={"dims.layers": [1]}, equal="flops")


def test_who_works_changes_no_byte() -> None:
    with ThreadPoolExecutor(3) as threads:
        ways: list[dict[str, Any]] = [{}, {"jobs": 1}, {"executor": Here()}, {"executor": threads}]
        made = [bw.sweep("gpt", *SMALL, vary=VARY, **RACE, **way) for way in ways]
        assert threads.submit(pow, 2, 3).result() == 8  # it is still open
    assert len({one.csv() + one.json() + one.markdown() + one.plot() for one in made}) == 1


def test_one_that_fails_is_a_row() -> None:
    found = bw.sweep("gpt", *SMALL, vary={"dims.heads": [1, 5]}, executor=Here(), **RACE)
    good, bad = found.rows
    assert "error" not in good
    assert found.failed == [bad]
    assert bad["error"]["code"] == "BW116"
    assert "heads = 5, set at --set" in bad["error"]["report"]
    assert set(bad) == {"edits", "error"}
    assert "<td>BW116: " in found._repr_html_()
    assert repr(found) == "<Sweep of GPT of the article: 2 variants, 1 failed>"


def test_what_was_counted_stays_when_a_training_fails() -> None:
    options = RACE | {"rate": 1e30, "clip": 0, "optimiser": "sgd", "steps": 9}
    found = bw.sweep("gpt", *SMALL, vary={"dims.heads": [1]}, executor=Here(), **options)
    (row,) = found
    assert row["error"]["code"] == "BW465"
    assert row["parameters"] > 0
    assert "loss" not in row


def test_an_unforeseen_error_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise RuntimeError("no fingers")

    monkeypatch.setattr("boxwork.counting.Counted.__init__", broken)
    found = bw.sweep("gpt", *SMALL, vary={"dims.heads": [1, 2]}, executor=Here())
    assert [row["error"]["code"] for row in found] == ["BW565", "BW565"]
    assert found.rows[0]["error"]["message"] == "RuntimeError: no fingers"


def test_a_sweep_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, whole = tmp_path / "rows.jsonl", tmp_path / "whole.jsonl"
    bw.sweep("gpt", *SMALL, vary=VARY, executor=Here(), results=whole, **RACE)
    lines = whole.read_text().splitlines(keepends=True)
    head, *rows = lines
    for known in ([], rows[:2], rows[:1:-1], rows):  # whoever was quicker was written first
        path.write_text("".join([head, *known]))
        by = Here()
        bw.sweep("gpt", *SMALL, vary=VARY, executor=by, results=path, **RACE)
        assert len(by.edits) == 4 - len(known)
        assert path.read_bytes() == whole.read_bytes()


def test_half_a_line_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    bw.sweep("gpt", *SMALL, vary=VARY, executor=Here(), results=path)
    whole = path.read_bytes()
    for cut in (1, 40, len(whole) - whole.rindex(b'{"edits"') - 1):
        path.write_bytes(whole[:-cut])
        by = Here()
        bw.sweep("gpt", *SMALL, vary=VARY, executor=by, results=path)
        assert len(by.edits) == (0 if cut == 1 else 1)
        assert path.read_bytes() == whole


def test_a_row_after_half_a_line_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    for number in range(3):
        ledger = Ledger(path, {"spec": "x"})
        assert list(ledger.rows) == [(str(before),) for before in range(number)]
        ledger.add((str(number),), {"parameters": number})
        with path.open("ab") as file:
            file.write(b'{"edits": ["9')  # and there it was killed


def test_a_grid_may_grow(tmp_path: Path) -> None:
    path, by = tmp_path / "rows.jsonl", Here()
    bw.sweep("gpt", *SMALL, vary={"dims.heads": [1, 2]}, executor=Here(), results=path)
    found = bw.sweep("gpt", *SMALL, vary={"dims.heads": [3, 2, 1]}, executor=by, results=path)
    assert by.edits == [(*SMALL, "dims.heads=3")]
    assert [row["edits"]["dims.heads"] for row in found] == ["3", "2", "1"]
    less = bw.sweep("gpt", *SMALL, vary={"dims.heads": [1]}, executor=Here(), results=path)
    assert len(less) == 1
    assert len(path.read_text().splitlines()) == 4  # rows of other grids stay


def test_a_lost_worker_is_a_row_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    breaks = Here(lambda number: number == 2)
    found = bw.sweep("gpt", *SMALL, vary=VARY, executor=breaks, results=path)
    assert [row.get("error", {}).get("code") for row in found] == [None, "BW564", None, None]
    assert found.rows[1]["error"]["message"] == "its worker was lost: it was killed"
    again = Here()
    found = bw.sweep("gpt", *SMALL, vary=VARY, executor=again, results=path)
    assert again.edits == [(*SMALL, "dims.heads=1", "swap.LayerNorm=RMSNorm")]
    assert not found.failed


def test_an_executor_that_takes_nothing_any_more_gives_rows() -> None:
    class Broken(Here):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            raise BrokenExecutor("gone")

    found = bw.sweep("gpt", *SMALL, vary=VARY, executor=Broken())
    assert {row["error"]["code"] for row in found} == {"BW564"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"context": 8}, "the context differs"),
        ({"steps": 4}, "the training differs"),
        ({"train": TEXT * 2}, "the training differs"),
        ({"dtype": "int8", "seeds": 1}, "the dtype and the training differ"),
    ],
)
def test_rows_of_another_sweep_are_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    bw.sweep("gpt", *SMALL, vary={"dims.heads": [1]}, executor=Here(), results=path, **RACE)
    before, options = path.read_bytes(), RACE | change
    with pytest.raises(bw.DataError, match=f"BW563.*{said}"):
        bw.sweep("gpt", *SMALL, vary={"dims.heads": [1]}, executor=Here(), results=path, **options)
    with pytest.raises(bw.DataError, match=r"BW563.*the spec differs"):
        bw.sweep("gpt", vary={"dims.heads": [1]}, executor=Here(), results=path, **RACE)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["{}\n", "name,loss\n", '{"kind": "boxwork sweep"}\n', "[1]\n"])
def test_other_files_are_no_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    with pytest.raises(bw.DataError, match="BW563"):
        bw.sweep("gpt", vary={"dims.heads": [1]}, executor=Here(), results=path)
    assert path.read_text() == text


def test_what_cannot_be_varied_is_told_before_anything_is_done() -> None:
    def refused(kind: type[Exception], match: str, vary: Any, **options: Any) -> None:
        by = Here()
        with pytest.raises(kind, match=match):
            bw.sweep("gpt", vary=vary, executor=by, **options)
        assert not by.edits

    refused(bw.DataError, "BW560.*nothing is varied", {})
    refused(bw.DataError, "BW560.*value is missing", {"dims.heads": []})
    refused(bw.DataError, "BW560.*2 twice", {"dims.heads": [2, "2"]})
    refused(
        bw.DataError, "BW560.*given 1..4, which is no value but a range", {"dims.heads": "1..4"}
    )
    size = 101
    vary = {f"dims.{name}": list(range(size)) for name in ("heads", "layers")}
    refused(bw.DataError, rf"BW561.*{size**2:,} variants \(101 × 101\); at most {MOST:,}", vary)
    refused(bw.SpecError, "BW108.*`headz`", {"dims.headz": [1, 2]})
    refused(bw.SpecError, "BW303.*leads nowhere", {"set.stack.*.atn.with.heads": [1, 2]})
    refused(bw.SpecError, "BW303.*nothing.*uses the block Foo", {"swap.Foo": ["ReLU", "GELU"]})
    refused(bw.DataError, "BW466", {"dims.heads": [1]}, train=TEXT, steps=0)
    refused(TypeError, "nothing is trained on", {"dims.heads": [1]}, steps=3)
    refused(TypeError, "seeds=K", {"dims.heads": [1]}, train=TEXT, seed=3)
    refused(TypeError, "by name", [1])
    refused(TypeError, "list of values", {"dims.heads": 1})
    refused(TypeError, "give one of them", {"dims.heads": [1]}, jobs=2)


def test_an_edit_with_one_good_value_is_tried() -> None:
    found = bw.sweep("gpt", *SMALL, vary={"swap.LayerNorm": ["RMSNorm", "Foo"]}, executor=Here())
    assert ["error" in row for row in found] == [False, True]


def test_sizes_that_fit_in_no_spec_of_the_base_may_be_varied() -> None:
    found = bw.sweep("gpt", "dims.d_model=50", vary={"dims.heads": [2, 5]}, executor=Here())
    assert not found.failed  # 50 numbers and the 3 heads of the file would not do


def test_tables_and_plots(tmp_path: Path) -> None:
    found = bw.sweep("gpt", *SMALL, vary=VARY, executor=Here(), **RACE)
    heads, first, *_ = found.table()
    assert heads[:3] == ["dims.heads", "swap.LayerNorm", "parameters"]
    assert heads[-2:] == ["loss", "±"]
    assert first[:3] == ["1", "LayerNorm", f"{found.rows[0]['parameters']:,}"]
    for suffix in ("csv", "json", "md"):
        found.save(tmp_path / f"x.{suffix}")
    csv = (tmp_path / "x.csv").read_text().splitlines()
    assert csv[0].startswith("dims.heads,swap.LayerNorm,parameters,weights,flops,")
    assert csv[1].startswith(f"1,LayerNorm,{found.rows[0]['parameters']},")
    assert json.loads((tmp_path / "x.json").read_text())["rows"] == found.rows
    assert (tmp_path / "x.md").read_text().startswith("| dims.heads | swap.LayerNorm | para")
    found.save_plot(tmp_path / "x.svg")
    svg = (tmp_path / "x.svg").read_text()
    assert 'data-series="LayerNorm → RMSNorm"' in svg
    assert "A line chart of loss over dims.heads." in svg
    for path in ("x.txt", "x"):
        with pytest.raises(bw.DataError, match="BW508"):
            found.save(tmp_path / path)


def test_what_is_active_is_told_where_it_is_not_all() -> None:
    found = bw.sweep("mixtral-8x7b", vary={"dims.active": [1, 2, 4]}, toy=True, executor=Here())
    heads, *rows = found.table()
    assert heads[:3] == ["dims.active", "parameters", "active"]
    assert [row[1] for row in rows] == ["11,984"] * 3
    assert [row["active"] for row in found] == [5_072, 7_376, 11_984]  # of four experts
    assert found.csv().startswith("dims.active,parameters,weights,flops,flops_step,state,active,")


def test_words_are_numbered_in_a_plot() -> None:
    vary = {"swap.LayerNorm": ["LayerNorm", "RMSNorm"]}
    svg = bw.sweep("gpt", *SMALL, vary=vary, executor=Here()).plot()
    assert "swap.LayerNorm: 1 is LayerNorm, 2 is RMSNorm" in svg
    assert "A line chart of parameters" in svg


def test_the_workers_of_a_cluster() -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    local = distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
    )
    with local:
        found = bw.sweep("gpt", *SMALL, vary=VARY, scheduler=local.scheduler_address, **RACE)
    assert found.csv() == bw.sweep("gpt", *SMALL, vary=VARY, executor=Here(), **RACE).csv()


def test_a_scheduler_that_does_not_answer() -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    for address in ("tcp://127.0.0.1:9", "localhost", "tcp://127.0.0.1:x", "http://127.0.0.1:9"):
        with pytest.raises(bw.DataError, match="BW562"):
            bw.sweep("gpt", vary={"dims.heads": [1, 2]}, scheduler=address)


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(bw.DataError, match=r"BW566[\s\S]*boxwork\[dask\]"):
        bw.sweep("gpt", vary={"dims.heads": [1, 2]}, scheduler="tcp://127.0.0.1:9")
