"""Shipped specs, damaged at random: what comes out is a graph or a SpecError, and soon."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from boxwork.graphs.load import load
from boxwork.graphs.parameters import parameters
from boxwork.graphs.totals import totals
from boxwork.specs.diagnostics import SpecError
from boxwork.specs.library import shipped
from boxwork.specs.write import expand

from ..examples import examples

ODD = "[]{}(),:#&*!|>-?%@`\"'\\\t\0 \u00a0\u200b\ufeff\x1b😀é=+/<.~^$;"
NUMBERS = ["0", "-1", "1", "1.5", "1e400", "10**9", "9**9**9", "999999999999999999", "017", "none"]
WORDS = ["none", "any", "true", "null", "seq", "d", "x", "y", "ReLU", "Linear", "GPTBlock", "Drop"]
WORD = re.compile(r"[A-Za-z_][\w.*]*")
NUMBER = re.compile(r"\b\d[\d._]*\b")
SPECS = {name: path.read_text("utf-8") for name, path in shipped().items()}


def lines_deleted(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    start = draw(st.integers(0, len(lines) - 1))
    return "\n".join(lines[:start] + lines[start + draw(st.integers(1, 3)) :])


def line_doubled(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    place = draw(st.integers(0, len(lines) - 1))
    return "\n".join([*lines[: place + 1], *lines[place:]])


def lines_swapped(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    i, j = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    lines[i], lines[j] = lines[j], lines[i]
    return "\n".join(lines)


def line_moved_in(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    place = draw(st.integers(0, len(lines) - 1))
    indent = draw(st.sampled_from(["  ", " ", "\t", "- "]))
    lines[place] = indent + lines[place]
    return "\n".join(lines)


def word_replaced(draw: st.DrawFn, text: str) -> str:
    words = list(WORD.finditer(text))
    assume(words)
    found = draw(st.sampled_from(words))
    other = draw(st.sampled_from([*sorted({w[0] for w in words}), *WORDS]))
    return text[: found.start()] + other + text[found.end() :]


def number_replaced(draw: st.DrawFn, text: str) -> str:
    numbers = list(NUMBER.finditer(text))
    assume(numbers)
    found = draw(st.sampled_from(numbers))
    return text[: found.start()] + draw(st.sampled_from(NUMBERS)) + text[found.end() :]


def letter_inserted(draw: st.DrawFn, text: str) -> str:
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.sampled_from(ODD)) + text[place:]


def cut_off(draw: st.DrawFn, text: str) -> str:
    return text[: draw(st.integers(0, len(text)))]


MUTATIONS: list[Callable[[st.DrawFn, str], str]] = [
    lines_deleted,
    line_doubled,
    lines_swapped,
    line_moved_in,
    word_replaced,
    word_replaced,
    number_replaced,
    letter_inserted,
    cut_off,
]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The text of a shipped spec with a few things wrong."""
    text = SPECS[draw(st.sampled_from(sorted(SPECS)))]
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from(MUTATIONS))(draw, text)
    return text


@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
@given(damaged())
def test_damaged_specs(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = _file(tmp_path_factory)
    path.write_text(text, encoding="utf-8")
    began = time.process_time()
    try:
        spec, graph = load(path)
    except SpecError as error:
        told(error)
    else:
        assert totals(graph).all.total >= 0
        assert expand(spec)
        if totals(graph).all.arrays < 10_000:
            parameters(graph)
    assert time.process_time() - began < 5


EDITS = ["swap", "remove", "insert", "set", "dims", "settings", "blocks", "interpret", "require"]


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(SPECS)),
    st.sampled_from(EDITS),
    st.lists(st.sampled_from([*"abcdxyz.*=0123[]{},: ", "stack", "attn", "GELU", "drop", "tok"])),
)
def test_odd_sets(name: str, edit: str, pieces: list[str]) -> None:
    try:
        load(name, [f"{edit}.{''.join(pieces)}"])
    except SpecError as error:
        told(error)


@settings(max_examples=examples(100))
@given(
    st.sampled_from(["layers", "heads", "d_model", "seq", "dropout", "nothing"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.lists(st.integers(), max_size=2),
    ),
)
def test_odd_keywords(name: str, value: object) -> None:
    try:
        load("gpt", keywords={name: value})
    except SpecError as error:
        told(error)


def told(error: SpecError) -> None:
    """What is wrong can be printed, and every one of its places is in a text."""
    assert str(error)
    for found in error.diagnostics:
        assert found.span is None or found.span.start <= len(found.span.source.text)


def _file(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "example.yaml"
