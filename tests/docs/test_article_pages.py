"""docs/article names every spec of the article, in its order, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from boxwork.specs.library import shipped

PAGES = sorted((Path(__file__).parents[2] / "docs" / "article").glob("*.md"))
INDEX = next(page for page in PAGES if page.name == "README.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| \[.*?\]\((\S+?)\) \| (.*) \|$", INDEX, re.MULTILINE)
PLACE = re.compile(r"the\s+article,\s+(\d+)\s+of\s+19")


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_there_are_nineteen_in_order() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 20))


def test_every_spec_stands_in_the_row_that_it_names() -> None:
    rows = {int(number): set(re.findall(r"`([\w.-]+)`", specs)) for number, _, specs in ROWS}
    for name, path in shipped().items():
        if path.parent.name == "article":
            found = PLACE.search(path.read_text("utf-8"))
            assert found, f"{name} does not say where in the article it belongs"
            assert name in rows[int(found[1])], name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\((?!http)(\S+?)\)", text) + re.findall(r'src="(\S+?)"', text)
    assert links
    for link in links:
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_every_drawing_is_shown() -> None:
    shown = {
        name for page in PAGES for name in re.findall(r'images/(\S+?)"', page.read_text("utf-8"))
    }
    assert shown == {path.name for path in (PAGES[0].parent / "images").glob("*.svg")}
