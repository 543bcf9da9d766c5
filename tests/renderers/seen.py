"""What is seen on a page: where things are, what has the focus, what is said."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from .browser import CHROMIUM, Browser

Show = Callable[..., Browser]

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


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
