"""``bw.compare``: from names, files and graphs; what it gives to look at."""

from pathlib import Path

import pytest

import boxwork as bw
from boxwork.comparisons.measures import by_kind
from boxwork.specs.diagnostics import Diagnostic
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


def test_a_single_edit_needs_no_list() -> None:
    one, several = (
        bw.compare("gpt", "gpt-modern", edits=e) for e in ("dims.layers=2", ["dims.layers=2"])
    )
    assert [int(g.checked.dims["layers"]) for g in one.graphs.values()] == [2, 2]
    assert one.lines == several.lines


def test_edits_and_errors() -> None:
    made = bw.compare("gpt2", "gpt2-medium", edits=["dims.layers=2"])
    assert not any("layers" in line for line in made.lines[0])
    with pytest.raises(bw.SpecError) as caught:
        bw.compare("gptt", "gpt22", "gpt")
    assert len(caught.value.diagnostics) == 2
    with pytest.raises(bw.SpecError) as caught:
        bw.compare("gpt", "gpt-modern", edits="dims.layer=2")
    notes = [one.notes[-1].text for one in caught.value.diagnostics]
    assert notes == ["the spec is gpt", "the spec is gpt-modern"]
    with pytest.raises(TypeError, match="two specs or more"):
        bw.compare("gpt")


def test_what_is_wrong_in_one_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("format: 1\nextends: gpt\ndims: {heads: 5, layers: 1.5}\n")
    with pytest.raises(bw.SpecError) as alone:
        bw.load(tmp_path / "wrong.yaml")
    with pytest.raises(bw.SpecError) as twice:
        bw.compare(tmp_path / "wrong.yaml", tmp_path / "wrong.yaml")
    assert str(twice.value) == str(alone.value)
    assert "help: write 1 or 2" in str(alone.value)


@pytest.mark.parametrize("name", list(shipped()))
def test_the_kinds_of_parameters_add_up(name: str) -> None:
    graph = bw.load(name)
    assert sum(by_kind(graph.checked).values()) == graph.count().parameters.total


def test_what_is_active_is_a_row_where_it_is_not_all() -> None:
    rows = {row.name: row.values for row in bw.compare("mistral-7b", "mixtral-8x7b").table}
    assert rows["parameters"] == (7_241_732_096, 46_702_792_704)
    assert rows["active parameters"] == (7_241_732_096, 12_879_925_248)
    drawn = str(bw.compare("mistral-7b", "mixtral-8x7b", toy=True).draw())
    assert "11,984 parameters, 7,376 active" in drawn
    assert "active parameters" not in str(bw.compare("gpt", "gpt-modern"))


def test_latent_attention_and_routers_beside_plain_ones() -> None:
    (told,) = bw.compare("deepseek-v3", "mixtral-8x7b").lines
    attention = (
        "LatentAttention → MultiHeadAttention, 128 heads → 32 queries sharing 8 keys, "
        "keeping keys and values instead of latent (512) and k_rot (64)"
    )
    experts = (
        "256 experts, 8 active → 8 experts, 2 active, each 2048 → 14,336 wide, 1 shared expert gone"
    )
    router = (
        "router: sigmoid → softmax, balancing bias gone, experts no longer from 4 of 8 groups, "
        "weights that sum to 1 instead of 2.5"
    )
    assert {attention, experts, router} <= set(told)
    assert not any("ChooseTop" in line or "Array" in line for line in told)


def test_what_is_no_longer_stretched_says_no_more() -> None:
    (told,) = bw.compare("gpt-oss-20b", "mixtral-8x7b").lines
    assert "rotary positions: base 150,000 → 1,000,000, no longer stretched" in told


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


def test_arrays_without_numbers_are_the_same(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text(
        "format: 1\nname: Empty\ndims: {n: 0, v: 0}\n"
        'inputs: {tokens: "index<v>[]", x: "real[n]"}\noutputs: {y: "real[n]", u: "real[2]"}\n'
        "nodes:\n  y: {use: ReLU, in: x}\n"
        "  u: {use: Embedding, in: tokens, with: {count: v, width: 2}}\n",
        encoding="utf-8",
    )
    with pytest.raises(bw.DataError, match="there is no index at all"):
        bw.compare(empty, empty).run()
    (run,) = bw.compare(bw.load(empty, v=1), bw.load(empty, v=1)).run()
    assert str(run) == "all activations that both have are the same"


def test_a_pair_that_does_not_read_the_same_is_no_end() -> None:
    made = bw.compare("gpt", "gpt-modern", "leaf-flower")
    with pytest.raises(bw.DataError, match="BW550"):
        made.run()
    wrong: list[Diagnostic] = []
    (run,) = made.run(refuse=wrong.extend)
    assert run.a == "stack.0.norm_1"
    assert list(made.behaviour.runs) == [("gpt", "gpt-modern")]
    assert [one.code for one in wrong] == ["BW550"]


def test_specs_without_anything_in_common() -> None:
    made = bw.compare("softmax", "leaf-flower")
    said = "nothing in common: no box of softmax corresponds to one of leaf-flower"
    assert made.lines[0][0] == said
    (line, *_) = bw.compare("leaf-flower", "gpt").lines[0]
    assert line == "little in common: 1 box corresponds, of 2 in leaf-flower and 26 in gpt"
    assert not any("in common" in line for line in bw.compare("gpt2", "transformer").lines[0])
    assert bw.compare("softmax", "softmax").lines == ((),)


@pytest.mark.parametrize("what", ["costs", "run"])
def test_a_context_of_nothing(what: str) -> None:
    made = bw.compare("gpt", bw.load("gpt", context=0))
    with pytest.raises(bw.DataError, match=r"seq = 1.*requires seq <= context: at most 0"):
        _ = made.costs if what == "costs" else made.run()
