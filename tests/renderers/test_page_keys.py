"""The page in a browser, by keyboard: focus and what is told, search, copying paths, help."""

from __future__ import annotations

import json

import pytest

from .seen import Show, box, focused, middle, needs_browser, opened, panel, said

pytestmark = needs_browser


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
