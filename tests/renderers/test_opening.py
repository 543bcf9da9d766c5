"""What is drawn open, and what is said of paths that lead nowhere."""

import pytest

from boxwork.renderers.draw import draw
from boxwork.renderers.figure import Layout
from boxwork.specs.diagnostics import DataError

from .support import laid_out, shipped


def frames(picture: Layout) -> set[str]:
    return {box.path for box in picture.boxes if box.shape == "frame"}


def closed(picture: Layout) -> set[str]:
    return {box.path for box in picture.boxes if box.shape == "box"}


def test_nothing_asked_opens_repeated_boxes_once() -> None:
    picture = laid_out(shipped("gpt2"))
    assert frames(picture) == {"stack"}
    assert "stack.*.attn" in closed(picture)


def test_depth_0_closes_all() -> None:
    picture = laid_out(shipped("gpt2"), depth=0)
    assert frames(picture) == set()
    assert [t.text for t in picture.texts if t.role == "count"] == ["12×"]


def test_what_is_asked_for_opens_at_any_depth() -> None:
    assert frames(laid_out(shipped("gpt2"), "stack.*", depth=0)) == {"stack"}
    assert frames(laid_out(shipped("gpt2"), "stack.*.attn", depth=0)) == {"stack", "stack.*.attn"}


def test_depth_opens_level_by_level() -> None:
    assert frames(laid_out(shipped("gpt2"), depth=1)) == {"stack", "pos"}
    assert frames(laid_out(shipped("gpt2"), depth=2)) == {
        "stack",
        "pos",
        "stack.*.attn",
        "stack.*.ff",
    }


def test_a_path_opens_what_it_names() -> None:
    picture = laid_out(shipped("gpt2"), "pos", "stack.*.attn")
    assert frames(picture) == {"pos", "stack", "stack.*.attn"}


def test_one_copy_among_many() -> None:
    picture = laid_out(shipped("gpt2"), "stack.3.attn")
    assert frames(picture) == {"stack.3", "stack.3.attn"}
    assert {"stack.0-2", "stack.4-11"} <= closed(picture)
    assert [t.text for t in picture.texts if t.role == "count"] == ["3×", "8×"]


def test_a_repeated_node_unrolls() -> None:
    picture = laid_out(shipped("gpt2", layers=3), "stack")
    assert frames(picture) == {"stack.0", "stack.1", "stack.2"}


def test_all_opens_all() -> None:
    picture = laid_out(shipped("gpt2", layers=2), "all")
    assert frames(picture) == {"pos"} | {
        path for i in range(2) for path in (f"stack.{i}", f"stack.{i}.attn", f"stack.{i}.ff")
    }


@pytest.mark.parametrize(
    ("path", "message", "help"),
    [
        ("stak", "no box at stak: the graph has no node `stak`", "did you mean `stack`?"),
        (
            "stack.3.atn",
            "no box at stack.3.atn: `stack.3` has no node `atn`",
            "did you mean `stack.3.attn`?",
        ),
        (
            "stack.12",
            "no box at stack.12: `stack` is repeated and has no copy `12`",
            "its copies are stack.0 to stack.11; stack.* stands for all of them",
        ),
        ("norm.x", "norm.x cannot be opened: `norm` is made of no further boxes", "open norm"),
    ],
)
def test_a_path_that_leads_nowhere(path: str, message: str, help: str) -> None:
    with pytest.raises(DataError) as error:
        draw(shipped("gpt2"), open=[path])
    (found,) = error.value.diagnostics
    assert (found.code, found.message, found.help) == ("BW450", message, help)


def test_every_wrong_path_is_named() -> None:
    with pytest.raises(DataError) as error:
        draw(shipped("gpt2"), open=["a", "stack", "b"])
    assert len(error.value.diagnostics) == 2
