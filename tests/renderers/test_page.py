"""The page in a browser, by real events: clicks, keys, wheel, fingers; and what is seen then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boxwork.renderers import views
from boxwork.renderers.draw import draw
from boxwork.renderers.html import page
from boxwork.renderers.look import Look
from boxwork.renderers.opening import Opening
from boxwork.renderers.palettes import CONTRAST, DARK, LIGHT

from .browser import CHROMIUM, Browser
from .support import graph_of, shipped
from .test_views import ODD

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

Show = Callable[..., Browser]

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


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Open a page; afterwards nothing was complained of, and nothing was loaded."""

    def opened(text: str) -> Browser:
        path = tmp_path / "a page.html"
        path.write_text(text, encoding="utf-8")
        browser.open(path)
        return browser

    yield opened
    asked = [e["params"] for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    assert [one["request"]["url"] for one in asked] == [(tmp_path / "a page.html").as_uri()]
    complained = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
    assert not [event for event in browser.events if event["method"] in complained]
    browser.resize(1280, 800)


@pytest.fixture(scope="module")
def gpt2() -> str:
    return page(shipped("gpt2"), Opening())


def focused(browser: Browser) -> str:
    return str(browser.js("document.activeElement.dataset.path ?? document.activeElement.id"))


def opened(browser: Browser) -> set[str]:
    return set(browser.js("drawing.dataset.open").split())


def middle(browser: Browser, selector: str) -> tuple[float, float]:
    """The middle of an element on the screen."""
    find = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
    x, y = browser.js(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({find})")
    return x, y


def box(path: str, inside: str = ".hit") -> str:
    return f'.target[data-path="{path}"] > {inside}'


def camera(browser: Browser) -> list[float]:
    return [float(n) for n in browser.js("drawing.getAttribute('viewBox')").split()]


def said(browser: Browser) -> str:
    return str(browser.js("document.getElementById('status').textContent"))


def panel(browser: Browser) -> str:
    return str(browser.js("document.getElementById('panel').innerText"))


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


def test_every_element_is_reached_and_read_in_order(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    boxes = browser.js("[...document.querySelectorAll('.target')].map(t => t.dataset.path)")
    assert boxes[0] == "tokens"
    assert boxes[-1] == "output logits"
    browser.js("document.activeElement.blur()")
    reached = []
    for _ in range(len(boxes) + 12):
        browser.key("Tab")
        reached.append(focused(browser))
    assert [path for path in reached if path in boxes] == boxes
    ids = set(browser.js("[...document.querySelectorAll('header button:enabled')].map(b => b.id)"))
    assert {"search", *ids} <= set(reached)


def test_boxes_open_and_close_by_keys(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.key("End")
    assert focused(browser) == "output logits"
    browser.key("Home")
    browser.key("ArrowUp")
    browser.key("ArrowUp")
    assert focused(browser) == "pos"
    browser.key("Enter")
    assert "pos" in opened(browser)
    assert focused(browser) == "pos"
    browser.key("ArrowUp")
    assert focused(browser).startswith("pos.")
    browser.key("Escape")
    assert focused(browser) == "pos"
    browser.key(" ")
    assert "pos" not in opened(browser)
    browser.key("ArrowLeft")
    assert focused(browser) == "tok"
    browser.key("ArrowRight")
    assert focused(browser) == "pos"
    browser.key("Escape")
    assert focused(browser) == ""


def test_what_is_focused_is_told(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    assert "124,439,808" in panel(browser)
    browser.js(f"document.querySelector({json.dumps(box('stack.*.attn'))}).parentNode.focus()")
    assert "2,362,368 parameters" in said(browser)
    assert "closed, Enter opens" in said(browser)
    told = panel(browser)
    for words in ("stack.*.attn", "MultiHeadAttention", "softmax", "causal", "d_model = 768"):
        assert words in told
    assert "from stack.*.norm_1" in told
    assert browser.js("document.querySelectorAll('.lit').length") == 4
    roles = browser.js(
        "[...document.querySelectorAll('.target')].map(t => [t.getAttribute('role'),"
        " t.getAttribute('aria-expanded'), t.getAttribute('aria-label')])"
    )
    assert ["button", "false", "Masked multi-head attention, MultiHeadAttention, stack.*.attn"] in (
        roles
    )
    assert all(name and (role == "button") == (state is not None) for role, state, name in roles)
    ring = (
        f"getComputedStyle(document.querySelector({json.dumps(box('stack.*.attn'))})).strokeWidth"
    )
    assert float(browser.js(f"parseFloat({ring})")) >= 2


def test_hovering_tells_of_a_box(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.mouse("mouseMoved", *middle(browser, box("tok")))
    assert "Token embedding" in panel(browser)
    assert "50257 × 768" in panel(browser)
    browser.mouse("mouseMoved", *middle(browser, "h1"))
    assert "124,439,808" in panel(browser)


@pytest.mark.parametrize("asked", ["stack.*.attn", "stack.3.attn", "ack.7.att", "masked multi"])
def test_search_finds_and_focuses(show: Show, gpt2: str, asked: str) -> None:
    browser = show(gpt2)
    browser.key("/")
    assert focused(browser) == "search"
    browser.type(asked)
    assert browser.js("found.hidden") is False
    browser.key("Enter")
    assert focused(browser) == "stack.*.attn"
    assert browser.js("found.hidden") is True


def test_search_opens_what_is_around(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.click(*middle(browser, "#close-all"))
    browser.key("/")
    browser.type("attn")
    browser.key("ArrowDown")
    browser.key("ArrowUp")
    browser.key("ArrowDown")
    chosen = browser.js("document.querySelector('[aria-selected=true] code').textContent")
    assert chosen.startswith("stack.*.attn.")
    browser.key("Enter")
    assert focused(browser) == chosen
    assert opened(browser) == {"stack.*", "stack.*.attn"}


def test_search_of_what_is_not_there(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.key("/")
    browser.type("nowhere")
    assert "no box" in browser.js("found.innerText")
    browser.key("Enter")
    browser.key("Escape")
    browser.key("Escape")
    assert browser.js("found.hidden") is True
    assert focused(browser) == ""


def test_copy_puts_the_path_on_the_clipboard(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    browser.click(*middle(browser, box("stack.*.norm_1")))
    browser.key("c")
    assert said(browser) == "Copied stack.*.norm_1"
    assert browser.js("navigator.clipboard.readText()") == "stack.*.norm_1"
    browser.key("0")  # the norm has opened: all of it is seen again
    browser.click(*middle(browser, box("logits")))
    browser.click(*middle(browser, "#copy"))
    assert said(browser) == "Copied logits"
    assert browser.js("navigator.clipboard.readText()") == "logits"


def test_copy_falls_back(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    browser.js(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));"
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
    )
    browser.click(*middle(browser, box("tok")))
    browser.key("c")
    assert browser.js("window.copied") == "tok"
    assert said(browser) == "Copied tok"
    assert focused(browser) == "tok"


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


def colour(hexadecimal: str) -> str:
    return "rgb({}, {}, {})".format(*(int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)))


def test_light_and_dark(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    ground = "getComputedStyle(document.body).backgroundColor"
    words = "getComputedStyle(document.querySelector('#drawing .title')).fill"
    assert (browser.js(ground), browser.js(words)) == (colour(LIGHT.page), colour(LIGHT.text))
    browser.click(*middle(browser, "#theme"))
    assert (browser.js(ground), browser.js(words)) == (colour(DARK.page), colour(DARK.text))
    browser.key("t")
    assert browser.js(ground) == colour(LIGHT.page)


@pytest.mark.parametrize(
    ("theme", "page_of"), [("auto", DARK), ("light", LIGHT), ("contrast", CONTRAST)]
)
def test_the_system_may_be_dark(show: Show, theme: Any, page_of: Any) -> None:
    browser = show(page(shipped("gpt2"), Opening(), Look(theme)))
    browser.media(**{"prefers-color-scheme": "dark", "prefers-reduced-motion": "reduce"})
    ground = browser.js("getComputedStyle(document.body).backgroundColor")
    browser.media(**{"prefers-color-scheme": "light", "prefers-reduced-motion": "reduce"})
    assert ground == colour(page_of.page)


def test_paper_shows_the_whole_drawing_alone(show: Show, gpt2: str, tmp_path: Path) -> None:
    browser = show(gpt2)
    browser.key("t")
    browser.key("+")
    before = camera(browser)
    browser.js(
        "addEventListener('beforeprint', () => { window.printed = [drawing.getAttribute('viewBox'),"
        "getComputedStyle(document.body).backgroundColor]; })"
    )
    browser.paper(tmp_path / "page.pdf")
    printed = (tmp_path / "page.pdf").read_bytes()
    assert printed.count(b"/Type /Page\n") == 1
    assert browser.js("window.printed[0]").startswith("0 0 ")
    assert camera(browser) == before


def test_help_is_seen_and_opens(show: Show, gpt2: str) -> None:
    browser = show(gpt2)
    assert "Enter" in browser.js("document.querySelector('p.keys').innerText")
    browser.key("?")
    assert browser.js("document.getElementById('keys').open") is True
    browser.key("Escape")
    assert browser.js("document.getElementById('keys').open") is False
    browser.resize(400, 800)
    browser.settle()
    browser.click(*middle(browser, "#help"))
    assert browser.js("document.getElementById('keys').open") is True
    wide = "[document.documentElement.scrollWidth, innerWidth]"
    assert browser.js(wide) == [400, 400]


def test_odd_names_are_shown_as_they_are(show: Show) -> None:
    browser = show(page(graph_of(ODD), Opening()))
    label = '</script><b>&amp; "日本" שלום 🙂'
    labels = "[...document.querySelectorAll('.target')].map(t => t.getAttribute('aria-label'))"
    (found,) = (one for one in browser.js(labels) if one.startswith("</script>"))
    path = found.rpartition(", ")[2]
    browser.click(*middle(browser, box(path)))
    assert browser.js("document.querySelector('#panel h2').textContent") == label
    assert browser.js("document.querySelectorAll('b').length") == 0
    browser.key("/")
    browser.type("日本")
    browser.key("Enter")
    assert focused(browser) == path


def test_a_view_that_is_not_held(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROOM", 100_000)
    browser = show(page(shipped("transformer"), Opening()))
    held = browser.js("JSON.parse(document.getElementById('data').textContent).views.length")
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
