"""The page of the gallery: every spec, its drawing and its place in the family tree."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from boxwork.api import load
from boxwork.graphs.totals import totals
from boxwork.specs.library import shipped
from tests.renderers.faults import faults

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from family import roots, shortly  # noqa: E402
from familytree import layout  # noqa: E402
from gallery import PAGE  # noqa: E402

from .test_article_pages import anchors  # noqa: E402

GALLERY = {name for name, path in shipped().items() if path.parent.name == "gallery"}
TEXT = (ROOT / PAGE).read_text("utf-8")
MEMBERS = {member.known.name: member for root in roots() for member in root.all()}


def test_every_spec_is_a_heading_a_row_and_a_branch() -> None:
    headings = re.findall(r"^## ([a-z0-9.-]+)$", TEXT, re.MULTILINE)
    rows = re.findall(r"^\| \[(.*?)\]", TEXT, re.MULTILINE)
    branches = re.findall(r"^ *- \[(.*?)\]", TEXT, re.MULTILINE)
    for found in (headings, rows, branches):
        assert sorted(found) == sorted(GALLERY)


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_its_numbers_are_exact(name: str) -> None:
    (row,) = re.findall(rf"^\| \[{re.escape(name)}\].*$", TEXT, re.MULTILINE)
    assert f" {totals(load(name).checked).all.trained:,} |" in row


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!http)(\S+?)\)", TEXT) + re.findall(r'src="(\S+?)"', TEXT)
    for link in links:
        file, _, anchor = link.partition("#")
        target = ROOT / "docs" / file if file else ROOT / PAGE
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_the_tree_is_what_specs_extend() -> None:
    made = layout()
    assert faults(made) == []
    boxes = [box.path for box in made.boxes if box.block]
    assert sorted(boxes) == sorted(GALLERY)
    extends = {name: load(name).spec.extends for name in GALLERY}
    drawn = {(line.source, line.target) for line in made.lines}
    assert drawn <= {(base, name) for name, base in extends.items()}
    beside = {child.known.name for m in MEMBERS.values() for child in m.children if child.resized}
    others = {name for name, base in extends.items() if base in GALLERY} - beside
    assert others <= {target for _, target in drawn}


def test_what_is_changed_is_told_without_sizes() -> None:
    mistral = MEMBERS["mistral-7b"]
    heads, window = shortly(mistral)
    assert heads == "32 heads → 32 queries sharing 8 keys"
    assert "4096" in window
    assert [line for line in mistral.changes if "d_ff" in line] == mistral.sizes
    assert MEMBERS["gpt2-xl"].resized
    assert shortly(MEMBERS["gpt2-xl"]) == []
    assert not MEMBERS["llama-3.1-8b"].resized
    assert MEMBERS["llama-2-7b"].changes == ()
