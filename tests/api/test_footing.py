"""Equal parameters: the value of a dim whose count is closest, of all that a spec allows."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boxwork as bw
from boxwork.graphs.building.build import build
from boxwork.graphs.totals import total
from boxwork.races.footing import common, nearest, scaled, with_dim
from boxwork.specs.spec import Spec


@given(
    stride=st.integers(1, 12),
    least=st.integers(1, 30),
    most=st.integers(31, 400),
    start=st.integers(0, 1000),
    wanted=st.integers(0, 300_000),
)
def test_the_nearest_of_all_that_are_allowed(
    stride: int, least: int, most: int, start: int, wanted: int
) -> None:
    allowed = range(stride * -(-least // stride), most + 1, stride)
    if not allowed:
        return

    def count(size: int) -> int | None:
        return 3 * size * size + 40 if size in allowed else None

    found = nearest(count, allowed[start % len(allowed)], wanted)
    best = min(allowed, key=lambda size: (abs(3 * size * size + 40 - wanted), size))
    assert found == best


@pytest.mark.parametrize(("first", "other"), [("gpt", "gpt-modern"), ("gpt-modern", "gpt")])
def test_no_width_of_a_spec_is_nearer(first: str, other: str) -> None:
    wanted = total(bw.load(first).checked)
    graph = bw.load(other)
    found = scaled(graph.spec, "d_model", wanted)
    assert found.parameters == total(bw.load(other, d_model=found.after).checked)
    apart = []
    for size in range(1, 100):
        try:
            apart.append(abs(total(build(with_dim(graph.spec, "d_model", size))) - wanted))
        except bw.SpecError:
            continue
    assert len(apart) < 50  # most are no multiple of the heads
    assert abs(found.parameters - wanted) == min(apart)


def test_what_a_spec_requires_is_held() -> None:
    graph = bw.load("gpt-modern", heads=4)
    found = scaled(graph.spec, "d_model", 89_164)
    assert found.after % 8 == 0  # rotary turns pairs in each of the heads


def specs(*names: str) -> dict[str, Spec]:
    return {name: bw.load(name).spec for name in names}


def test_which_dim(tmp_path: Path) -> None:
    assert common(specs("gpt", "gpt-modern")) == "d_model"
    assert common(specs("gpt", "gpt2"), "layers") == "layers"
    assert common(specs("gpt"), "vocab") == "vocab"
    with pytest.raises(bw.DataError) as caught:
        common(specs("gpt", "gpt2"), "d_ff")
    assert [d.code for d in caught.value.diagnostics] == ["BW580", "BW580"]
    assert "computed from others" in str(caught.value)
    with pytest.raises(bw.DataError, match="did you mean `d_model`"):
        common(specs("gpt"), "d_modell")
    spec = bw.load("gpt").expand().replace("d_model", "breadth")
    (tmp_path / "broad.yaml").write_text(spec, encoding="utf-8")
    broad = bw.load(tmp_path / "broad.yaml")
    with pytest.raises(bw.DataError, match="--scale-dim: context, breadth, heads, layers"):
        common({"broad": broad.spec})
    both = specs("gpt") | {"broad": broad.spec}
    with pytest.raises(bw.DataError, match="no one dim to scale gpt and broad by"):
        common(both)


def test_a_dim_that_parameters_do_not_hang_on() -> None:
    graph = bw.load("gpt-modern")
    with pytest.raises(bw.DataError, match="do not hang on context"):
        scaled(graph.spec, "context", 1000)
