"""``boxwork list``: the specs, the blocks and the data that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    data = "data"


def list_(
    what: Annotated[
        What, typer.Argument(metavar="specs|blocks|data", help="What to list.")
    ] = What.specs,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD",
            help="Only what has all of these words in its name or in what is said of it.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the shipped specs, the blocks, or the data to train on.

    A spec stands with its kind, the number of its parameters, and what is special about it.

    Examples:
        boxwork list
        boxwork list specs decoder 2025
        boxwork list blocks --json
        boxwork list data
    """
    rows = [row for row in ROWS[what]() if _has(row, words or ())]
    if as_json:
        print_json(rows)
    else:
        typer.echo("\n\n".join(TABLES[what](rows)), nl=bool(rows))
        if not rows:
            typer.echo(f"none of the {what.value} has {' and '.join(words or ())}", err=True)
    if what is What.blocks and not as_json:
        from boxwork.api import skipped

        warn(skipped())


def _has(row: Row, words: Iterable[str]) -> bool:
    """Whether all words stand somewhere in what is told."""
    told = " ".join(str(value) for key, value in row.items() if key != "file").lower()
    return all(word.lower() in told for word in words)


def _specs() -> Iterator[Row]:
    from boxwork.survey import survey

    return (known.facts() for known in survey())


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


def _of_specs(rows: list[Row]) -> Iterator[str]:
    """A table for each group, under what stands in its columns."""
    for group in dict.fromkeys(str(row["group"]) for row in rows):
        cells = [_cells(row) for row in rows if row["group"] == group]
        heads = (group, "year", "kind", "size", "active", "what is special")
        # of the article no spec has a year, and in few are some parameters active alone
        shown = [k for k, column in enumerate(zip(*cells, strict=True)) if any(column)]
        table = [[row[k] for k in shown] for row in (heads, *cells)]
        numbers = [place for place, k in enumerate(shown) if heads[k] in ("size", "active")]
        yield "\n".join(columns(table, right=numbers))


def _cells(row: Row) -> tuple[str, ...]:
    """A spec in a line; a variant that says nothing special is as its base."""
    from boxwork.units import parameters

    sizes = row["parameters"]
    assert isinstance(sizes, Mapping)
    total, active = sizes["total"], sizes["active"]
    less = parameters(active) if active < total else ""
    own = row["group"] != "gallery"
    brief = row["special"] or (
        f"as {row['extends']}" if row["extends"] and not own else row["title"]
    )
    year = "" if own else row["year"]
    return str(row["name"]), str(year), str(row["kind"]), parameters(total), less, str(brief)


def _plain(*keys: str) -> Callable[[list[Row]], Iterator[str]]:
    """One table: these columns, then the first sentence of what is said."""

    def tables(rows: list[Row]) -> Iterator[str]:
        yield "\n".join(columns([[*(str(row[key]) for key in keys), _first(row)] for row in rows]))

    return tables


def _first(row: Row) -> str:
    """The first sentence of what a block or a file says about itself."""
    return str(row["about"]).partition(". ")[0].rstrip(".")


ROWS: Mapping[What, Callable[[], Iterator[Row]]] = {
    What.specs: _specs,
    What.blocks: _blocks,
    What.data: _data,
}
TABLES: Mapping[What, Callable[[list[Row]], Iterator[str]]] = {
    What.specs: _of_specs,
    What.blocks: _plain("name", "kind", "family"),
    What.data: _plain("name", "lines"),
}
