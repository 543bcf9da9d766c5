"""Boxes that are kept while generating say so, in every way out."""

import pytest

from boxwork.graphs.comparing.compare import compare
from boxwork.renderers.abreast.abreast import abreast
from boxwork.renderers.formats.dot import dot
from boxwork.renderers.formats.mermaid import mermaid
from boxwork.renderers.svg.aloud import tip
from boxwork.renderers.svg.svg import svg
from boxwork.renderers.text import tree
from tests.engines.keeping import between, latent, text

from .faults import faults
from .support import graph_of, laid_out

SAID = "kept while generating"
KEPT_SUM = text(
    "sum: {use: Add, in: [tok, tok], keep: true}",
    "mix: {use: MultiHeadAttention, in: {query: tok, memory: sum}, with: {heads: 2, causal: true}}",
)


@pytest.mark.parametrize("opened", [(), ("stack.*.attn.latent",)])
def test_closed_and_open_boxes_say_so_once(opened: tuple[str, ...]) -> None:
    picture = laid_out(graph_of(latent()), "stack", "stack.*.attn", *opened)
    said = [one.path for one in picture.texts if one.text == SAID]
    assert len(said) == len(set(said)) == 4  # two in each of two layers
    assert not list(faults(picture))


def test_it_is_written_in_every_format() -> None:
    graph = graph_of(latent())
    picture = laid_out(graph, "stack.*.attn")
    for made in (svg(picture), dot(picture), mermaid(picture)):
        assert SAID in made
    rows = [line for line in tree(graph, 3).splitlines() if line.endswith(SAID)]
    assert [row.split()[2] for row in rows] == ["latent", "k_rot"]


def test_it_is_read_aloud() -> None:
    picture = laid_out(graph_of(latent()), "stack.*.attn")
    (box,) = [one for one in picture.boxes if one.path == "stack.*.attn.latent"]
    assert tip(box) == f"stack.*.attn.latent · RMSNorm, {SAID} · 5 parameters"


def test_a_sum_that_is_kept_has_room_to_say_so() -> None:
    picture = laid_out(graph_of(KEPT_SUM))
    (box,) = [one for one in picture.boxes if one.path == "sum"]
    assert (box.shape, box.sign) == ("box", "")
    assert [one.text for one in picture.texts if one.path == "sum"] == ["Add", SAID]
    assert not list(faults(picture))


def test_a_repeated_box_that_is_kept_says_so_on_its_frame() -> None:
    picture = laid_out(graph_of(between("a copy of a stack")))
    assert SAID in [one.text for one in picture.texts if one.path == "stack"]


def test_comparisons_mark_it() -> None:
    plain, marked = graph_of(latent(keep=False)), graph_of(latent())
    made = abreast([compare(plain, marked)], ["without", "with"])
    assert {"kept: latent", "kept: k_rot"} <= {one.text for one in made.texts}
