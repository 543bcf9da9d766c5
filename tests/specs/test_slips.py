"""Edits that lack their first word are told how they are written."""

import pytest

import boxwork as bw


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("layers=3", "help: write --set dims.layers=3"),
        ("dropout=0", "help: write --set settings.dropout=0"),
        ("stack.0.attn.with.heads=1", "help: write --set set.stack.0.attn.with.heads=1"),
        ("stack.0.attn.heads=1", "help: write --set set.stack.0.attn.with.heads=1"),
        ("nodes.norm.use=RMSNorm", "help: write --set set.norm.use=RMSNorm"),
        ("norm.use=RMSNorm", "help: write --set set.norm.use=RMSNorm"),
        ("dim.layers=3", "did you mean `dims`"),
        ("dims.d_model=", "`dims.d_model` is given no value"),
        ("swap.LayerNorm= ", "`swap.LayerNorm` is given no value"),
    ],
)
def test_how_it_is_written(edit: str, said: str) -> None:
    with pytest.raises(bw.SpecError) as caught:
        bw.load("gpt2", edit)
    assert said in str(caught.value)
    (found,) = caught.value.diagnostics
    assert found.code == "BW101"
    if found.help.startswith("write --set ") and "heads=1" not in edit:
        bw.load("gpt2", found.help.removeprefix("write --set "))
