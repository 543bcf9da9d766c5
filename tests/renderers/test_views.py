"""What a page holds: the views that draw would draw, in pieces, in reading order, within bounds."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from boxwork.graphs.graph import Graph
from boxwork.renderers.figure import Box, Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.page import views as module
from boxwork.renderers.page.found import find, order
from boxwork.renderers.page.html import page
from boxwork.renderers.page.pieces import Pieces, runs
from boxwork.renderers.page.views import View, views
from boxwork.renderers.structure.opening import Opening
from boxwork.specs.library import shipped as names

from .support import graph_of, shipped
from .zoo import SPECS

ODD = SPECS["constant"].replace("A long label of a box", "'</script><b>&amp; \"日本\" שלום 🙂'")


def held(text: str) -> dict[str, Any]:
    """The data of a page."""
    found = re.search(r'<script id="data" type="text/plain">([\w+/=]*)</script>', text)
    assert found
    data = json.loads(zlib.decompress(base64.b64decode(found[1])))
    assert isinstance(data, dict)
    return data


def rows(packed: list[int], table: list[list[int]]) -> Iterator[list[int]]:
    for first, length in zip(packed[::2], packed[1::2], strict=True):
        yield from table[first : first + length]


@pytest.mark.parametrize("name", names())
def test_each_view_is_what_draw_would_draw(name: str) -> None:
    graph = shipped(name)
    made = views(graph, Opening())
    assert made[0].picture == layout(graph, Opening())
    for view in [*made[:12], *made[-3:]]:
        assert view.picture == layout(graph, Opening.of(sorted(view.opened), 0))


@pytest.mark.parametrize(
    "opening", [Opening.of(["stack"]), Opening.of(["stack.3.attn"]), Opening.of(["all"])]
)
def test_the_first_view_is_what_was_asked_for(opening: Opening) -> None:
    graph = shipped("gpt2")
    first = views(graph, opening)[0]
    assert first.picture == layout(graph, opening)
    assert first.picture == layout(graph, Opening.of(sorted(first.opened), 0))


@pytest.mark.parametrize("name", ["gpt2", "transformer", "llama-3.1-8b", "translator"])
def test_every_single_opening_is_held(name: str) -> None:
    graph = shipped(name)
    found = views(graph, Opening())
    made, default = {view.opened for view in found}, found[0].opened
    every = frozenset[str]().union(*made)
    assert len(every) > 8
    assert frozenset() in made
    for path in every:
        around = {other for other in every if path.startswith(f"{other}.")}
        assert frozenset({path, *around}) in made
        assert default | {path, *around} in made


def test_small_drawings_hold_all_views() -> None:
    made = {view.opened for view in views(graph_of(SPECS["constant"]), Opening())}
    every = sorted(frozenset[str]().union(*made))
    assert len(every) > 2
    some = [
        frozenset(path for k, path in enumerate(every) if n >> k & 1)
        for n in range(1 << len(every))
    ]
    whole = [
        one
        for one in some
        if all(a in one or not b.startswith(f"{a}.") for b in one for a in every)
    ]
    assert made == set(whole)


def test_many_views_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 500)
    singles = len(views(shipped("transformer"), Opening()))
    assert 40 < singles < 120
    monkeypatch.setattr(module, "OVER", 0)
    assert 3 <= len(views(shipped("transformer"), Opening())) < 10
    assert 4 <= len(views(shipped("gpt2", layers=100), Opening.of(["all"]))) < 10


def test_whatever_is_seen_first_opens_and_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 0)
    graph = shipped("mixtral-8x7b")
    asked = ("stack.0.ff", "stack.0.attn")
    made = views(graph, Opening.of(asked))
    first, held = made[0], {view.opened for view in made}
    assert set(asked) < first.opened
    inside = [f"stack.0.ff.{name}" for name in ("scores", "choice")] + ["stack.0.attn.q_placed"]
    for path in inside:
        assert first.opened | {path} in held
    for path in asked:
        assert first.opened - {path} in held


@pytest.mark.parametrize("name", ["transformer", "gpt2", "llama-3.1-8b", "deepseek-v3"])
def test_pages_are_small(name: str) -> None:
    text = page(shipped(name), Opening())
    assert len(text.encode()) < 200_000
    assert len(held(text)["views"]) >= 5


def test_pieces_stand_where_the_layout_says() -> None:
    graph = shipped("transformer")
    pieces, made = Pieces(), views(graph, Opening())[:20]
    packed = [pieces.view(view.picture, lambda box: order(graph, box)) for view in made]
    facts, paths = pieces.facts(), list(pieces.paths.kept)
    for view, one in zip(made, packed, strict=True):
        boxes = {box.path: box for box in view.picture.boxes}
        found = list(rows(one["boxes"], facts["boxes"]))  # type: ignore[arg-type]
        assert sorted(paths[row[0]] for row in found) == sorted(boxes)
        for path, _, x, y, w, h in found:
            box = boxes[paths[path]]
            wanted = pytest.approx((box.x * 10, box.y * 10, box.w * 10, box.h * 10), abs=0.6)
            assert (x, y, w, h) == wanted
        lines = list(rows(one["lines"], facts["lines"]))  # type: ignore[arg-type]
        ends = sorted((paths[row[3]], paths[row[4]]) for row in lines)
        assert ends == sorted((line.source, line.target) for line in view.picture.lines)


def test_runs() -> None:
    assert runs([4, 5, 6, 2, 9, 10]) == [4, 3, 2, 1, 9, 2]
    assert runs([]) == []


def reading(graph: Graph, picture: Layout) -> list[str]:
    def place(box: Box) -> Any:
        return order(graph, box)

    return [box.path for box in sorted(picture.boxes, key=place)]


def test_reading_order_is_that_of_the_spec() -> None:
    graph = shipped("transformer")
    read = reading(graph, layout(graph, Opening.of(["encoder.*.attn"])))
    assert read[:2] == ["source", "embed_source"]
    assert read[-1] == "output logits"
    assert read.index("encoder") < read.index("encoder.*.attn") < read.index("encoder.*.attn.q")
    assert read.index("encoder.*.y") < read.index("target") < read.index("decoder")


def test_what_paths_stand_for() -> None:
    graph = shipped("gpt2")
    openers = {path: find(graph, path).opener for path in ("stack", "stack.*.attn", "stack.3")}
    assert openers == {"stack": "stack.*", "stack.*.attn": "stack.*.attn", "stack.3": "stack.3"}
    assert find(graph, "stack.4-11").opener == "stack.4"
    assert find(graph, "stack.4-11").copies == range(4, 12)
    assert find(graph, "stack.3.attn").part.name == "MultiHeadAttention"


def facts_of(data: dict[str, Any], path: str) -> dict[str, Any]:
    (number,) = (facts for known, facts, _ in data["paths"] if known == path)
    told = data["facts"][number]
    assert isinstance(told, dict)
    return told


def test_what_is_told_of_boxes() -> None:
    data = held(page(shipped("gpt2"), Opening()))
    q = facts_of(data, "stack.*.attn.q")
    assert q["block"] == "Linear"
    assert q["formula"] == "y = x @ weight + bias"
    assert q["parameters"] == 768 * 768 + 768
    assert q["arrays"] == [["weight", "768 × 768"], ["bias", "768"]]
    assert q["gives"] == [["y", "real[seq, d_model = 768]"]]
    stack, logits = facts_of(data, "stack"), facts_of(data, "logits")
    assert (stack["copies"], stack["parameters"]) == (12, 7087872)
    assert logits["notes"] == ["tied to tok.table"]
    assert "arXiv" in facts_of(data, "stack.*.ff")["source"]
    assert facts_of(data, "tokens")["type"] == "index<vocab = 50257>[seq]"
    assert data["parameters"] == 124439808


def test_a_spec_tells_of_its_own_blocks() -> None:
    own = {"FeedForward": {"formula": "mine"}}
    data = held(page(shipped("gpt2"), Opening(), own=own))
    assert facts_of(data, "stack.*.ff")["formula"] == "mine"


class Attributes(HTMLParser):
    """All attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, name, value or "") for name, value in attrs]


def test_nothing_is_loaded_and_no_handlers_are_inline() -> None:
    text = page(shipped("gpt2"), Opening())
    parser = Attributes()
    parser.feed(text)
    assert not [one for one in parser.seen if one[1].startswith("on") or one[1] in ("src", "href")]
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp", text)


def test_names_are_escaped_and_kept() -> None:
    text = page(graph_of(ODD), Opening())
    assert text.count("</script>") == 2
    assert '</script><b>&amp; "日本" שלום 🙂' in [one["title"] for one in held(text)["facts"]]


def test_the_same_bytes_every_time() -> None:
    first, second = (page(shipped("gpt2"), Opening.of(["stack.*.ff"])) for _ in range(2))
    assert first == second


def test_one_view_if_nothing_opens() -> None:
    made: list[View] = views(shipped("loss-by-differences"), Opening())
    assert [view.opened for view in made] == [frozenset()]
