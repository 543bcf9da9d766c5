"""``boxwork list``: the specs, the blocks and the data that are there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from boxwork.commands.guard import print_json, warn
from boxwork.commands.options import JsonOption
from boxwork.commands.tables import columns

Row = dict[str, object]
ARTICLE = re.compile(r"the article, (\d+) of \d+")  # a source that tells its place there


class What(StrEnum):
    """What can be listed."""

    specs = "specs"
    blocks = "blocks"
    data = "data"


KEYS = {
    What.specs: ("name", "extends"),
    What.blocks: ("name", "kind", "family"),
    What.data: ("name", "lines"),
}


def list_(
    what: Annotated[
        What, typer.Argument(metavar="specs|blocks|data", help="What to list.")
    ] = What.specs,
    as_json: JsonOption = False,
) -> None:
    """List the shipped specs, the blocks, or the data to train on.

    Examples:
        boxwork list
        boxwork list blocks --json
        boxwork list data
    """
    rows = list({What.specs: _specs, What.blocks: _blocks, What.data: _data}[what]())
    if as_json:
        print_json(rows)
        return
    typer.echo(
        "\n".join(columns([[*(str(row[k]) for k in KEYS[what]), _first(row)] for row in rows]))
    )
    if what is What.blocks:
        from boxwork.api import skipped

        warn(skipped())


def _specs() -> list[Row]:
    """What each shipped spec says about itself; those of the article first, in its order."""
    return sorted(_described(), key=_place)


def _place(row: Row) -> tuple[float, bool]:
    """The article's order, there bases before their variants; the rest after it."""
    found = ARTICLE.match(str(row["source"]))
    return (int(found[1]), row["extends"] != "") if found else (math.inf, False)


def _described() -> Iterator[Row]:
    """The specs by name, none of them built."""
    from boxwork.specs.library import shipped
    from boxwork.specs.marked import Scalar
    from boxwork.specs.source import read

    for name, path in sorted(shipped().items()):
        tree = read(path)
        keys = {"title": "name", "extends": "extends", "about": "about", "source": "source"}
        keys["year"] = "year"
        found = {key: tree.get(written) for key, written in keys.items()}
        said = {key: one.text if isinstance(one, Scalar) else "" for key, one in found.items()}
        yield {"name": name, **said, "file": str(path)}


def _blocks() -> Iterator[Row]:
    from boxwork.describe import describe
    from boxwork.specs.library import block_names

    for name in block_names():
        facts = describe(name, briefly=True)
        assert facts is not None
        yield {"name": name, "kind": facts.kind, "family": facts.family, "about": facts.about}


def _data() -> Iterator[Row]:
    """The files to train on, each with its first line."""
    from boxwork.specs.library import shipped_data

    for name, path in shipped_data().items():
        lines = path.read_text(encoding="utf-8").splitlines()
        yield {"name": name, "about": lines[0], "lines": len(lines), "file": str(path)}


def _first(row: Row) -> str:
    """The first sentence of what a spec or a block says about itself."""
    text = str(row["about"] or row.get("title", ""))
    return text.partition(". ")[0].rstrip(".")
