"""``boxwork list``: the specs and the blocks that are there."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from boxwork.commands.guard import print_json, warn
from boxwork.commands.options import JsonOption
from boxwork.commands.tables import columns

Row = dict[str, object]


class What(StrEnum):
    """What can be listed."""

    specs = "specs"
    blocks = "blocks"


def list_(
    what: Annotated[
        What, typer.Argument(metavar="specs|blocks", help="What to list.")
    ] = What.specs,
    as_json: JsonOption = False,
) -> None:
    """List the shipped specs, or the blocks of the catalogue.

    Examples:
        boxwork list
        boxwork list blocks --json
    """
    rows = list(_specs() if what is What.specs else _blocks())
    if as_json:
        print_json(rows)
        return
    keys = ("name", "extends") if what is What.specs else ("name", "kind", "family")
    typer.echo("\n".join(columns([[*(str(row[k]) for k in keys), _first(row)] for row in rows])))
    if what is What.blocks:
        from boxwork.api import skipped

        warn(skipped())


def _specs() -> Iterator[Row]:
    """What each shipped spec says about itself, without building it."""
    from boxwork.specs.library import shipped
    from boxwork.specs.marked import Scalar
    from boxwork.specs.source import read

    for name, path in sorted(shipped().items()):
        tree = read(path)
        keys = {"title": "name", "extends": "extends", "about": "about", "year": "year"}
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


def _first(row: Row) -> str:
    """The first sentence of what a spec or a block says about itself."""
    text = str(row["about"] or row.get("title", ""))
    return text.partition(". ")[0].rstrip(".")
