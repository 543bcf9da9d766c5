"""What is given to the Python API is held at once, in a sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boxwork as bw

GRAPH = bw.load("gpt", layers=1)
TEXT = "format: 1\nname: X/Y\n" + "# a long text\n" * 300


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: bw.load(TEXT), ValueError, "not its text"),
        (lambda: bw.load(5), TypeError, "not an int"),  # type: ignore[arg-type]
        (lambda: bw.load(None), TypeError, "not a NoneType"),  # type: ignore[arg-type]
        (lambda: bw.load("x/" + "y" * 5000), bw.SpecError, "BW00"),
        (lambda: bw.load("gpt", 5), TypeError, "layers=2"),  # type: ignore[arg-type]
        (lambda: GRAPH.draw(open=3), TypeError, "open is a path"),  # type: ignore[arg-type]
        (lambda: GRAPH.draw(open=[3]), TypeError, "open is a path"),  # type: ignore[list-item]
        (lambda: GRAPH.draw(depth="2"), TypeError, "depth is a"),  # type: ignore[arg-type]
        (lambda: GRAPH.draw(depth=-1), ValueError, "depth is a"),
        (lambda: GRAPH.init(seed=None), TypeError, "seed is a"),  # type: ignore[arg-type]
        (lambda: GRAPH.init(seed="a"), TypeError, "seed is a"),  # type: ignore[arg-type]
        (lambda: GRAPH.init(seed=1.5), TypeError, "seed is a"),  # type: ignore[arg-type]
        (lambda: GRAPH.init(seed=True), TypeError, "seed is a"),
        (lambda: GRAPH.init(seed=-1), ValueError, "seed is a"),
        (lambda: GRAPH.init().trace("ab", paths=3), TypeError, "paths is a"),  # type: ignore[arg-type]
        (lambda: GRAPH.init().parameters["zzzz"], KeyError, "no parameter `zzzz`'$"),
        (lambda: GRAPH.init().trace("ab")["zzzz"], KeyError, "no activation `zzzz`'$"),
        (lambda: GRAPH.init().draw(inputs="ab"), TypeError, "inputs go by name"),  # type: ignore[arg-type]
        (lambda: GRAPH.count().why("flop"), ValueError, "flops, kv, memory, not 'flop'"),  # type: ignore[arg-type]
        (lambda: bw.import_config({}), TypeError, "path of a config.json, and was given: dict"),  # type: ignore[arg-type]
        (
            lambda: bw.sweep("gpt", vary=["dims.heads"]),
            TypeError,
            "such as {.dims.heads.: .1, 2, 4.}",
        ),  # type: ignore[arg-type]
        (lambda: GRAPH.init().save("m.pt"), bw.DataError, r"BW508.*\.pt"),
    ],
)
def test_it_is_said_in_a_sentence(call: Callable[[], Any], error: Any, said: str) -> None:
    with pytest.raises(error, match=said):
        call()


def test_what_is_fine(tmp_path: Path) -> None:
    model = GRAPH.init(seed=np.int64(3))
    same = GRAPH.init(3)
    assert all((model.parameters[path] == same.parameters[path]).all() for path in same.parameters)
    GRAPH.draw(open=("stack",), depth=1)
    GRAPH.draw(open=iter(["stack"]))
    assert list(model.trace("ab", paths="stack.0.attn")) == ["stack.0.attn"]
    assert repr(model.trace("ab", paths="tok")) == "<Trace of 1 activation: tok>"
    assert repr(model.trace("ab")).endswith(" activations: tokens, tok, pos.index, …>")
    model.save(tmp_path / "m.safetensors")
