"""The page of the gallery: its family tree, its numbers, and every spec with its drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from math import ceil

import familytree
import sheet
from family import Member, roots, shortly

from boxwork.specs.library import shipped
from boxwork.survey import Known
from boxwork.units import operations, parameters, size

PAGE, TREE = "docs/gallery.md", "docs/images/family-tree.svg"
CONTEXT = 1024  # positions at which a token is counted; fewer where a spec takes no more
SHORT = 64  # positions at which no window is full yet
SHOWN, WIDEST = 0.72, 480  # of the size of a drawing, and pixels: text stands beside it
HEAD = """\
# The gallery

The architectures that people talk about, each as a short YAML file that checks to the published
number of parameters. `boxwork list specs` lists them, `boxwork run NAME --toy` runs one at small
sizes, `boxwork draw NAME` draws it, `boxwork compare A B` tells two of them apart. All of this page
is made by `make docs` from the specs themselves.

## Who changed what from whom

A spec that `extends` another hangs below it. What stands beside it is what it says of itself, then
what `boxwork compare` finds, sizes left out.

![The family tree of the gallery](images/family-tree.svg)

The same as text:

"""
NUMBERS = """
## In numbers

Operations are those of matrix products for one more token after 1,023 others, or after as many as
the spec takes; a multiply-add is two. An encoder reads all of them at once: a part of that is told,
or the whole if it reads no tokens. What is remembered (keys and values, in bfloat16) is told for
each token, and for as many as the spec takes at most: windows are respected. Where a latent is
kept, keys and values are made of it anew for all tokens, as the boxes are drawn; programs save most
of that by another order of the products. [counting.md](counting.md) has the conventions, and
`boxwork count NAME --why kv` prints the sums.

| spec | year | kind | parameters | active | a token | remembered for each | for all |
|---|---|---|---:|---:|---:|---:|---:|
"""


def files() -> dict[str, Callable[[], str]]:
    """The page and its drawing, and how they are made."""
    return {PAGE: page, TREE: familytree.picture}


def page() -> str:
    """The gallery as Markdown."""
    members = [member for root in roots() for member in root.all()]
    lines = [line for root in roots() for line in _branch(root)]
    rows = [_row(member.known) for member in members]
    entries = [line for member in members for line in _entry(member)]
    return HEAD + "\n".join(lines) + "\n" + NUMBERS + "\n".join([*rows, *entries]) + "\n"


def _branch(member: Member, depth: int = 0) -> Iterator[str]:
    """The tree as a list."""
    special = member.known.said("special") or "the same at other sizes"
    told = "; ".join([special, *map(_plain, shortly(member))])
    year = member.known.said("year")
    yield f"{'  ' * depth}- {_link(member.known.name)} ({year}): {told}"
    for child in member.children:
        yield from _branch(child, depth + 1)


def _link(name: str) -> str:
    return f"[{name}](#{re.sub(r'[^a-z0-9-]', '', name)})"


def _plain(text: str) -> str:
    """A text that means nothing more in Markdown."""
    return text.replace("*", r"\*")


def _row(known: Known) -> str:
    token, each, whole = _costs(known)
    active = parameters(known.active) if known.active < known.parameters.trained else ""
    cells = [_link(known.name), known.said("year"), known.kind]
    cells += [f"{known.parameters.trained:,}", active, token, each, whole]
    return f"| {' | '.join(cells)} |"


@cache
def _costs(known: Known) -> tuple[str, str, str]:
    """What a token costs, and what is remembered of one and of all; empty if nothing is."""
    longest = known.graph.count()
    least = min(longest.sizes.values(), default=0)
    here = known.graph.count(min(CONTEXT, least)) if least else longest
    if here.step is None:
        each = ceil(here.full.matmul / (here.positions or 1))
        return f"{operations(each, 'FLOP')}{'' if here.positions else ' in all'}", "", ""
    short = known.graph.count(min(SHORT, least))
    kept = size(short.full.growth * short.itemsize)
    most = longest.positions
    return operations(here.step.matmul, "FLOP"), kept, f"{size(longest.state)} at {most:,}"


def _entry(member: Member) -> Iterator[str]:
    known = member.known
    yield f"\n## {known.name}\n"
    if not member.resized:
        yield from _drawing(known)
    title = f"[{known.graph.name}](../specs/gallery/{shipped()[known.name].name})"
    about = " ".join(known.said("about").split())
    yield f"{title} · {known.said('year')} · {known.kind}\n\n{about}\n"
    yield from _told(known)
    if member.changes:
        yield f"\nWhat it changes of {_link(known.extends)}:\n"
        yield from (f"- {_plain(line)}" for line in member.changes)
    if member.resized:
        drawing = f"drawings/{known.name}-closed.svg"
        yield f"\nIts [drawing]({drawing}) is that of {_link(known.extends)} at other sizes."
    else:
        yield '\n<br clear="right">'


def _drawing(known: Known) -> Iterator[str]:
    """The drawing beside the text."""
    wide = min(round(SHOWN * sheet.closed(known.name).layout.width), WIDEST)
    source = f"drawings/{known.name}-closed.svg"
    yield f'<img align="right" width="{wide}" alt="{known.graph.name}, drawn" src="{source}">\n'


def _told(known: Known) -> Iterator[str]:
    """Its numbers in words."""
    count = known.parameters
    token, each, whole = _costs(known)
    buffers = f", and {count.buffers:,} numbers that are not trained" if count.buffers else ""
    active = f", {known.active:,} of them active" if known.active < count.trained else ""
    yield f"- {count.trained:,} parameters{active}{buffers}"
    yield f"- {token}{'' if token.endswith('all') else ' for a token'}"
    if each:
        yield f"- {each} remembered for each token, {whole} positions"
