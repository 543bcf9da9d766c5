"""Comparisons of shipped specs: mirrors agree, short ways find what long ones do, words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from boxwork.graphs.comparing import align, sequence
from boxwork.graphs.comparing.compare import Comparison, compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.graph import Composite
from boxwork.specs.library import shipped

from .compared import LAYER, PAIRS, of, shipped_graph
from .support import graph_of


def test_from_b_to_a_is_the_mirror_image_for_all_shipped_pairs() -> None:
    names = list(shipped())
    for a, b in product(names, names):
        if a < b:
            there = compare(shipped_graph(a), shipped_graph(b))
            back = compare(shipped_graph(b), shipped_graph(a))
            assert there.same == back.same
            assert [c.facts() for c in back.changes] == [
                c.mirrored().facts() for c in there.changes
            ]
            for found in (there, back):
                assert all(line.strip() for line in lines(found))
                assert bool(lines(found)) == (not found.same)


def test_copies_are_not_unrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    from boxwork.graphs.comparing import align

    made = 0
    level = align.level

    def counted(composite: Composite, opened=frozenset()):
        nonlocal made
        made += 1
        return level(composite, opened)

    monkeypatch.setattr(align, "level", counted)
    compare(of("gpt2"), of("llama-3.1-8b"))
    few, made = made, 0
    compare(of("gpt2", "dims.layers=900"), of("llama-3.1-8b", "dims.layers=1200"))
    assert made == few


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_a_long_list_is_aligned_as_a_short_one_is(
    a: str, b: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = compare(shipped_graph(a), shipped_graph(b))
    monkeypatch.setattr(sequence, "WIDE", -1)
    long = compare(shipped_graph(a), shipped_graph(b))
    assert [c.facts() for c in long.changes] == [c.facts() for c in short.changes]


UNLIKE = (  # layers that all have another size
    LAYER.replace("    nodes:\n      norm", "    settings: {size: size}\n    nodes:\n      norm")
    .replace("{width: hidden}", "{width: size}")
    .replace("repeat: layers}", "repeat: layers, vary: {size: [hidden, 2 * hidden, 3 * hidden]}}")
)


def test_layers_of_one_shape_are_aligned_as_the_first_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = UNLIKE.replace("y: {use: Add", "last: {use: RMSNorm}\n      y: {use: Add")
    one, other = graph_of(UNLIKE), graph_of(other.replace("down]", "last]"), hidden=32)
    as_one = compare(one, other)
    monkeypatch.setattr(align, "shape", lambda part: part)
    alone = compare(one, other)
    assert [len(match.inside) for match in alone.alignment.matches] == [3, 0]
    assert {c.kind for c in alone.changes} == {"dim", "setting", "added"}
    assert [c.facts() for c in as_one.changes] == [c.facts() for c in alone.changes]
    levels = [inside.a for match in as_one.alignment.matches for inside in match.inside]
    assert len({id(item.part) for here in levels for item in here.items.values()}) == 11


def told_of(found: Comparison) -> str:
    return "\n".join(f"  {line}" for line in lines(found)) or "  the same"


def test_words(golden: Callable[[str, str], None]) -> None:
    said = [
        f"{a} → {b}\n{told_of(compare(shipped_graph(a), shipped_graph(b)))}\n" for a, b in PAIRS
    ]
    golden("comparisons.txt", "\n".join(said))


@pytest.mark.parametrize("name", ["gpt2", "llama-3.1-8b", "transformer"])
def test_words_hold_everywhere_or_name_places(name: str) -> None:
    edits = ["swap.LayerNorm=RMSNorm"] if name != "llama-3.1-8b" else ["swap.RMSNorm=LayerNorm"]
    (line,) = lines(compare(of(name), of(name, *edits)))
    assert line.endswith(" everywhere")
