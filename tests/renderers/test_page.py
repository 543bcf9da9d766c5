"""The page in a browser: boxes open and close, the picture moves, by clicks, wheel and fingers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from boxwork.renderers.draw import draw
from boxwork.renderers.page import views
from boxwork.renderers.page.html import page
from boxwork.renderers.structure.opening import Opening

from .seen import Show, box, camera, focused, middle, needs_browser, opened, panel, said
from .support import shipped

pytestmark = needs_browser

# Everything drawn inside a picture: its kind, then its corners in the picture's units (of a text:
# its words and its anchor).
MEASURE = """(root => {
  const back = root.getScreenCTM().inverse();
  const drawn = [...root.querySelectorAll("rect:not(.page), text, circle, path")];
  return drawn.filter(one => !one.closest(".targets")).map(one => {
    const box = one.getBBox(), way = back.multiply(one.getScreenCTM());
    const at = (x, y) => new DOMPoint(x, y).matrixTransform(way);
    const a = at(box.x, box.y), b = at(box.x + box.width, box.y + box.height);
    if (one.tagName === "text") {
      const point = at(one.getAttribute("x"), one.getAttribute("y"));
      return [`${one.getAttribute("class")} ${one.textContent}`, point.x, point.y];
    }
    const plain = one.tagName === "rect" && !one.hasAttribute("class");
    const outer = plain ? one.parentNode.getAttribute("class") : "";
    const kind = `${one.tagName} ${one.getAttribute("class")} ${outer}`;
    return [kind, a.x, a.y, b.x, b.y];
  });
})"""


def unlike(ours: list[list[Any]], theirs: list[list[Any]]) -> list[Any]:
    """What stands in one picture only."""
    left = list(theirs)
    lost = []
    for one in ours:
        same = (
            k
            for k, other in enumerate(left)
            if other[0] == one[0]
            and all(abs(a - b) < 0.2 for a, b in zip(one[1:], other[1:], strict=True))
        )
        if (k := next(same, None)) is None:
            lost.append(one)
        else:
            del left[k]
    return lost + left


@pytest.mark.parametrize("name", ["gpt2", "transformer"])
def test_what_opens_is_what_draw_would_draw(show: Show, name: str) -> None:
    graph = shipped(name)
    browser = show(page(graph, Opening()))
    for path in browser.js(
        "[...document.querySelectorAll('.target[aria-expanded=false]')].map(t => t.dataset.path)"
    ):
        browser.click(*middle(browser, box(path)))
        assert path in opened(browser)
        svg = draw(graph, open=sorted(opened(browser)), depth=0)
        ours = browser.js(f"{MEASURE}(drawing)")
        theirs = browser.js(
            "(text => { const held = document.createElement('div'); held.innerHTML = text;"
            "held.querySelector('style').remove(); document.body.append(held);"
            f"const found = {MEASURE}(held.firstChild); held.remove(); return found;"
            f"}})({json.dumps(svg)})"
        )
        assert len(theirs) > 60
        assert unlike(ours, theirs) == []
        browser.key("Enter")
        assert path not in opened(browser)
        browser.key("0")


def test_boxes_open_and_close_by_click(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    assert opened(browser) == {"stack.*"}
    browser.click(*middle(browser, box("stack.*.attn")))
    assert opened(browser) == {"stack.*", "stack.*.attn"}
    assert focused(browser) == "stack.*.attn"
    browser.click(*middle(browser, box("stack.*.attn.merged")))
    assert opened(browser) == {"stack.*", "stack.*.attn"}  # there is nothing inside
    assert focused(browser) == "stack.*.attn.merged"
    assert "no further boxes" not in said(browser)
    browser.click(*middle(browser, box("stack.*.attn", ".badge")))
    assert opened(browser) == {"stack.*"}
    browser.click(*middle(browser, "#open-all"))
    assert opened(browser) == {"pos", "stack.*", "stack.*.attn", "stack.*.ff"}
    browser.click(*middle(browser, "#close-all"))
    assert opened(browser) == set()


def test_a_drag_moves_the_page_and_opens_nothing(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    before, (x, y) = camera(browser), middle(browser, box("stack.*.attn"))
    browser.mouse("mouseMoved", x, y)
    browser.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
    browser.mouse("mouseMoved", x + 30, y + 10, button="left", buttons=1)
    browser.mouse("mouseMoved", x + 60, y + 20, button="left", buttons=1)
    browser.mouse("mouseReleased", x + 60, y + 20, button="left", clickCount=1)
    browser.settle()
    after = camera(browser)
    assert opened(browser) == {"stack.*"}
    assert after[0] < before[0]
    assert after[1] < before[1]
    assert after[2:] == before[2:]


def test_hovering_tells_of_a_box(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.mouse("mouseMoved", *middle(browser, box("tok")))
    assert "Token embedding" in panel(browser)
    assert "50257 × 768" in panel(browser)
    browser.mouse("mouseMoved", *middle(browser, "h1"))
    assert "124,439,808" in panel(browser)


def test_zoom_pan_and_fit(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    whole = camera(browser)
    browser.key("+")
    nearer = camera(browser)
    assert nearer[2] == pytest.approx(whole[2] / 1.25, rel=1e-3)
    browser.key("-")
    assert camera(browser) == pytest.approx(whole, abs=0.1)
    browser.mouse("mouseWheel", 300, 400, deltaX=0, deltaY=-300)
    browser.settle()
    wheeled = camera(browser)
    assert wheeled[2] < whole[2]
    browser.key("ArrowUp", shift=True)
    assert camera(browser)[1] < wheeled[1]
    browser.click(*middle(browser, "#in"))
    assert camera(browser)[2] < wheeled[2]
    browser.key("0")
    assert camera(browser) == whole
    browser.resize(900, 600)
    browser.settle()
    assert camera(browser)[3] >= whole[3]


def test_fingers_pinch_and_tap(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    whole, (x, y) = camera(browser), middle(browser, box("stack.*.attn"))
    browser.touch("touchStart", (x - 40, y), (x + 40, y))
    browser.touch("touchMove", (x - 80, y), (x + 80, y))
    browser.touch("touchEnd")
    browser.settle()
    assert camera(browser)[2] == pytest.approx(whole[2] / 2, rel=0.05)
    assert opened(browser) == {"stack.*"}
    browser.touch("touchStart", middle(browser, box("stack.*.attn")))
    browser.touch("touchEnd")
    browser.settle()
    assert opened(browser) == {"stack.*", "stack.*.attn"}


def test_a_view_that_is_not_held(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROOM", 100_000)
    browser = show(page(shipped("transformer"), Opening()))
    held = len(views.views(shipped("transformer"), Opening()))
    for path in ("encoder.*.attn", "encoder.*.ff", "decoder.*.ff", "decoder.*.self"):
        browser.key("0")
        browser.click(*middle(browser, box(path)))
        assert path in opened(browser)
        assert focused(browser) == path
    assert f"this page holds {held} views" in said(browser)
    assert browser.js("document.getElementById('notice').innerText") == said(browser)


def test_copies_one_by_one(show: Show) -> None:
    browser = show(page(shipped("gpt2"), Opening.of(["stack.3"])))
    browser.click(*middle(browser, box("stack.4-11")))
    assert opened(browser) == {"stack.3", "stack.4"}
    assert focused(browser) == "stack.4"
    browser.key("Enter")
    browser.js(f"document.querySelector({json.dumps(box('stack.3'))}).parentNode.focus()")
    browser.key("Enter")
    assert opened(browser) == set()
    assert focused(browser) == "stack"
