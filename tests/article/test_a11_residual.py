"""A11: output plus input, for which their widths must agree."""

from __future__ import annotations

import pytest

import boxwork as bw

from .support import close, model, numbers, with_parameters


def test_output_and_input_are_added() -> None:
    made, x = model("residual"), numbers(3, 4)
    attention = with_parameters("self-attention-practice", dict(made.parameters))
    close(made(x), attention(x) + x)


def test_it_costs_no_parameters() -> None:
    names = [list(bw.load(name).parameters) for name in ("residual", "self-attention-practice")]
    assert names[0] == names[1]


def test_widths_that_do_not_agree_are_told_with_both_sides() -> None:
    with pytest.raises(bw.SpecError) as caught:
        bw.load("residual", "set.attn.with.width=3")
    (error,) = (one for one in caught.value.diagnostics if one.severity == "error")
    assert error.code == "BW203"
    said = str(caught.value)
    assert "real[words, 4]" in said
    assert "real[words, 3]" in said
