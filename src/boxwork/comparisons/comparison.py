"""A comparison written out: for a terminal, as Markdown, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Protocol, Unpack

from boxwork.comparisons.columns import cells, columns, head

if TYPE_CHECKING:
    from boxwork.comparisons.behaviour import Difference
    from boxwork.comparisons.edits import Edits
    from boxwork.comparisons.measures import Row
    from boxwork.counting import Counted
    from boxwork.drawings import Drawing, Looks
    from boxwork.graphs.comparing.compare import Comparison as Pair
    from boxwork.graphs.graph import Graph
    from boxwork.races.raced import Race

SAME = "the same graph: only names or the order of writing may differ"
WIDTH = 88


@dataclass(slots=True)
class Behaviour:
    """What was seen when the specs ran or learned, and whether edits are asked for."""

    runs: dict[tuple[str, str], Difference] = field(default_factory=dict)  # by the two specs
    race: Race | None = None
    edits: bool = False


class Comparison(Protocol):
    """What is written out: see ``boxwork.comparisons.comparing.Comparison``."""

    behaviour: Behaviour

    @property
    def names(self) -> tuple[str, ...]:
        """What the architectures are called."""
        ...

    @property
    def same(self) -> bool:
        """Whether all mean the same graph."""
        ...

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each graph with the one before it."""
        ...

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """What is different in words, for each pair."""
        ...

    @property
    def changes(self) -> list[list[dict[str, object]]]:
        """What is different as data, for each pair."""
        ...

    @property
    def edits(self) -> tuple[Edits, ...]:
        """What makes each of the one before it."""
        ...

    @property
    def table(self) -> list[Row]:
        """Dims and parameters of all of them."""
        ...

    @property
    def costs(self) -> list[Counted]:
        """What each costs at the same context."""
        ...

    def draw(self, path: None = None, **looks: Unpack[Looks]) -> Drawing:
        """Draw them side by side."""
        ...


def render(made: Comparison, suffix: str, looks: Looks) -> str | bytes:
    """A comparison as what a suffix asks for."""
    if suffix == ".json":
        return json.dumps(facts(made), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if suffix == ".md":
        return markdown(made)
    if suffix == ".html":
        from boxwork.comparisons.page import html

        return html(made, looks)
    return made.draw(**looks).render(suffix[1:])


def facts(made: Comparison) -> dict[str, object]:
    """Everything as plain data."""
    watched = made.behaviour
    found: dict[str, object] = {
        "specs": dict(zip(made.names, (one.name for one in _graphs(made)), strict=True)),
        "same": made.same,
        "pairs": [
            {"from": a, "to": b, "same": pair.same, "lines": list(lines), "changes": changes}
            for a, b, pair, lines, changes in zip(
                made.names, made.names[1:], made.pairs, made.lines, made.changes, strict=False
            )
        ],
        "context": max((n for one in made.costs for n in one.sizes.values()), default=None),
        "table": {row.name: dict(zip(made.names, row.values, strict=True)) for row in made.table},
    }
    if watched.edits:
        found["edits"] = [one.facts() for one in made.edits]
    if watched.runs:
        found["runs"] = [
            {
                "from": one,
                "to": other,
                "a": run.a,
                "b": run.b,
                "by": run.by,
                "shared": run.shared,
                "seed": run.seed,
            }
            for (one, other), run in watched.runs.items()
        ]
    if watched.race:
        found["race"] = watched.race.facts()
    return found


def _graphs(made: Comparison) -> list[Graph]:
    return [made.pairs[0].a, *(pair.b for pair in made.pairs)]


def text(made: Comparison) -> str:
    """The words and the table in plain columns."""
    parts = ["\n".join(_pair_lines(made)), *(edited(made) if made.behaviour.edits else [])]
    parts.append(
        "\n".join([*columns([head(made.names), *map(cells, made.table)]), counted_at(made)])
    )
    parts += ["\n".join(behaved(made))] if seen(made) else []
    return "\n\n".join(parts)


def _pair_lines(made: Comparison) -> Iterator[str]:
    for k, lines in enumerate(made.lines):
        if k:
            yield ""
        yield f"{made.names[k]} → {made.names[k + 1]}"
        for line in lines or [SAME]:
            yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False)  # fmt: skip


def edited(made: Comparison) -> Iterator[str]:
    """The edits of each pair, as a variant says them."""
    for one in made.edits:
        yield f"{told_of(one)}\n{one.yaml}".rstrip()


def told_of(edits: Edits) -> str:
    """What a set of edits does, in words."""
    a, b = edits.names
    count = {0: "no edits", 1: "one edit"}.get(edits.count, f"{edits.count} edits")
    if edits.same:
        return f"# {count} of {a} make{'s' if edits.count == 1 else ''} {b}"
    left = "; ".join(edits.left)
    return f"# no variant of {a} was found that is {b}; {count} leave different: {left}"


def counted_at(made: Comparison) -> str:
    """At which lengths, and in what, costs are counted."""
    sizes = [size for one in made.costs for size in one.sizes.values()]
    length = f"{max(sizes):,} positions, " if sizes else ""
    return f"costs: {length}{made.costs[0].dtype}, one sample, masked attention"


def seen(made: Comparison) -> bool:
    """Whether anything ran or learned."""
    return bool(made.behaviour.runs or made.behaviour.race)


def behaved(made: Comparison) -> Iterator[str]:
    """What was seen in runs and in trainings, in words."""
    for (one, other), run in made.behaviour.runs.items():
        shared = f"{run.shared:,} shared numbers" if run.shared else "no shared weights"
        yield f"run of {one} beside {other} (seed {run.seed}, {shared}): {run}"
    race = made.behaviour.race
    if race:
        seeds = f"{len(race.seeds)} seeds" if len(race.seeds) > 1 else "seed 0"
        yield f"race, {seeds}, {race.footing()}"
        yield from (f"  {line}" for line in columns(race.rows()))
        yield f"loss: mean over {race.measured}"


def markdown(made: Comparison) -> str:
    """The words and the table as Markdown."""
    parts = [f"# {title(made)}"]
    for k, lines in enumerate(made.lines):
        if len(made.lines) > 1:
            parts.append(f"## {made.names[k]} → {made.names[k + 1]}")
        parts.append("\n".join(f"- {_marked(line)}" for line in lines or [SAME]))
    if made.behaviour.edits:
        parts += [f"```yaml\n{text}\n```" for text in edited(made)]
    first, *rows = head(made.names), *map(cells, made.table)
    marks = ["---", *("---:" for _ in first[1:])]
    parts.append("\n".join(f"| {' | '.join(row)} |" for row in [first, marks, *rows]))
    parts.append(counted_at(made))
    if seen(made):
        parts.append("```text\n" + "\n".join(behaved(made)) + "\n```")
    return "\n\n".join(parts) + "\n"


def _marked(line: str) -> str:
    """A line with what Markdown would read in it made plain."""
    return line.replace("*", r"\*").replace("_", r"\_").replace("<", r"\<")


def title(made: Comparison) -> str:
    """The names, in order."""
    return " → ".join(made.names)
