"""A page in a browser, for tests by real events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxwork.renderers.page.html import page
from boxwork.renderers.structure.opening import Opening

from .browser import Browser
from .seen import Show
from .support import shipped

STARTED = """new Promise(function wait(done) {
  document.getElementById("stage").dataset.shown ? done() : requestAnimationFrame(() => wait(done));
})"""  # a page unpacks what it holds before it shows it


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
        browser.js(STARTED)
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
