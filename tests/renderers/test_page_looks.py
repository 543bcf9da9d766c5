"""How the page looks in a browser: light, dark, on paper, with odd names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boxwork.renderers.look.look import Look
from boxwork.renderers.look.palettes import CONTRAST, CONTRAST_DARK, DARK, LIGHT
from boxwork.renderers.page.html import page
from boxwork.renderers.structure.opening import Opening

from .seen import Show, box, camera, focused, middle, needs_browser
from .support import graph_of, shipped
from .test_views import ODD

pytestmark = needs_browser


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
    ("theme", "page_of"),
    [("auto", DARK), ("light", LIGHT), ("contrast", CONTRAST_DARK), ("contrast-light", CONTRAST)],
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
