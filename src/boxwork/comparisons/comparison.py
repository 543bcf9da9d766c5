"""A comparison written out: for a terminal, as Markdown, as a page, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Protocol, Unpack

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
SMALLEST = 0.6  # of its size, below which a drawing is not shrunk but scrolled
DECIMAL = ("", "k", "M", "G", "T", "P", "E")
BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi")


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
        return html(made, looks)
    return made.draw(**looks).render(suffix[1:])


def facts(made: Comparison) -> dict[str, object]:
    """Everything as plain data."""
    seen = made.behaviour
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
    if seen.edits:
        found["edits"] = [one.facts() for one in made.edits]
    if seen.runs:
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
            for (one, other), run in seen.runs.items()
        ]
    if seen.race:
        found["race"] = seen.race.facts()
    return found


def _graphs(made: Comparison) -> list[Graph]:
    return [made.pairs[0].a, *(pair.b for pair in made.pairs)]


def text(made: Comparison) -> str:
    """The words and the table in plain columns."""
    parts = ["\n".join(_pair_lines(made)), *(_edited(made) if made.behaviour.edits else [])]
    parts.append("\n".join([*_columns([_head(made), *map(_cells, made.table)]), _at(made)]))
    parts += ["\n".join(_behaviour(made))] if _seen(made) else []
    return "\n\n".join(parts)


def _pair_lines(made: Comparison) -> Iterator[str]:
    for k, lines in enumerate(made.lines):
        if k:
            yield ""
        yield f"{made.names[k]} → {made.names[k + 1]}"
        for line in lines or [SAME]:
            yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _edited(made: Comparison) -> Iterator[str]:
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


def _at(made: Comparison) -> str:
    """At which lengths, and in what, costs are counted."""
    sizes = [size for one in made.costs for size in one.sizes.values()]
    length = f"{max(sizes):,} positions, " if sizes else ""
    return f"costs: {length}{made.costs[0].dtype}, one sample, masked attention"


def _seen(made: Comparison) -> bool:
    return bool(made.behaviour.runs or made.behaviour.race)


def _behaviour(made: Comparison) -> Iterator[str]:
    """What was seen in runs and in trainings, in words."""
    for (one, other), run in made.behaviour.runs.items():
        shared = f"{run.shared:,} shared numbers" if run.shared else "no shared weights"
        yield f"run of {one} beside {other} (seed {run.seed}, {shared}): {run}"
    race = made.behaviour.race
    if race:
        seeds = f"{len(race.seeds)} seeds" if len(race.seeds) > 1 else "seed 0"
        yield f"race, {seeds}, {race.footing()}"
        yield from (f"  {line}" for line in _columns(race.rows()))
        yield f"loss: mean over {race.measured}"


def _head(made: Comparison) -> list[str]:
    times = [f"{k + 1} ÷ 1" for k in range(1, len(made.names))]
    times = [f"× {made.names[0]}"] if len(times) == 1 else times
    return ["", *made.names, *times]


def _cells(row: Row) -> list[str]:
    sizes = ["–" if value is None else amount(value, row.unit) for value in row.values]
    return [row.name, *sizes, *(_ratio(row.ratio(k)) for k in range(1, len(row.values)))]


def amount(value: int, unit: str = "") -> str:
    """A count whole; operations and bytes in thousands, millions and so on, to four digits."""
    if not unit:
        return f"{value:,}"
    prefixes, step = (BINARY, 1024) if unit == "B" else (DECIMAL, 1000)
    number, k = float(value), 0
    while number >= step and k + 1 < len(prefixes):
        number, k = number / step, k + 1
    return f"{number:,.4g} {prefixes[k]}{unit}"


def _ratio(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _columns(cells: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns: names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            word.ljust(wide) if not k else word.rjust(wide)
            for k, (word, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def markdown(made: Comparison) -> str:
    """The words and the table as Markdown."""
    parts = [f"# {_title(made)}"]
    for k, lines in enumerate(made.lines):
        if len(made.lines) > 1:
            parts.append(f"## {made.names[k]} → {made.names[k + 1]}")
        parts.append("\n".join(f"- {_marked(line)}" for line in lines or [SAME]))
    if made.behaviour.edits:
        parts += [f"```yaml\n{text}\n```" for text in _edited(made)]
    head, *_ = rows = [_head(made), *map(_cells, made.table)]
    marks = ["---", *("---:" for _ in head[1:])]
    parts.append("\n".join(f"| {' | '.join(row)} |" for row in [head, marks, *rows[1:]]))
    parts.append(_at(made))
    if _seen(made):
        parts.append("```text\n" + "\n".join(_behaviour(made)) + "\n```")
    return "\n\n".join(parts) + "\n"


def _marked(line: str) -> str:
    """A line with what Markdown would read in it made plain."""
    return line.replace("*", r"\*").replace("_", r"\_").replace("<", r"\<")


def _title(made: Comparison) -> str:
    return " → ".join(made.names)


STYLE = """\
body{font-family:Arial,"Liberation Sans",Helvetica,sans-serif;margin:2rem auto;max-width:76rem;
padding:0 1rem;color:#26313b;background:#fff;line-height:1.45}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #e1e5e9}
th:first-child,td:first-child{text-align:left}
figure{margin:2rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}
@media (prefers-color-scheme:dark){body{color:#e8edf2;background:#14181d}
th,td{border-color:#2e363f}}"""


def html(made: Comparison, looks: Looks | None = None) -> str:
    """One page that needs nothing else: words, drawing, table, curves."""
    title = escape(_title(made))
    parts = [f"<h1>{title}</h1>"]
    for k, lines in enumerate(made.lines):
        if len(made.lines) > 1:
            parts.append(f"<h2>{escape(made.names[k])} → {escape(made.names[k + 1])}</h2>")
        items = "".join(f"<li>{escape(line)}</li>" for line in lines or [SAME])
        parts.append(f"<ul>{items}</ul>")
    if made.behaviour.edits:
        parts += [f"<pre>{escape(text)}</pre>" for text in _edited(made)]
    parts.append(_figure(made.draw(**(looks or {})).svg))
    parts.append(_html_table([_head(made), *map(_cells, made.table)]))
    parts.append(f"<p>{escape(_at(made))}</p>")
    if _seen(made):
        parts.append(f"<pre>{escape(chr(10).join(_behaviour(made)))}</pre>")
    if made.behaviour.race:
        parts.append(
            f"<figure>{made.behaviour.race.chart((looks or {}).get('theme', 'auto'))}</figure>"
        )
    head = f'<meta charset="utf-8"><title>{title}</title><style>\n{STYLE}\n</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join(parts)
    page = f"<head>{head}{view}</head>\n<body>\n{body}\n</body>"
    return f'<!doctype html>\n<html lang="en">\n{page}\n</html>\n'


def _figure(svg: str) -> str:
    """A drawing that shrinks with the page, but not until it cannot be read."""
    wide = re.search(r'<svg[^>]* width="([\d.]+)', svg)
    least = f' style="min-width:{SMALLEST * float(wide[1]):.0f}px"' if wide else ""
    return f"<figure><div{least}>{svg}</div></figure>"


def _html_table(cells: Sequence[Sequence[str]]) -> str:
    def row(kind: str, words: Sequence[str]) -> str:
        first, *rest = words
        scope = ' scope="row"' if kind == "td" else ""
        tag = "th" if kind == "td" else kind
        inner = f"<{tag}{scope}>{escape(first)}</{tag}>"
        return inner + "".join(f"<{kind}>{escape(word)}</{kind}>" for word in rest)

    lines = [f"<tr>{row('td' if k else 'th', words)}</tr>" for k, words in enumerate(cells)]
    return "<table>\n" + "\n".join(lines) + "\n</table>"
