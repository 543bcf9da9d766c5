"""A comparison as one page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from boxwork.comparisons.columns import cells, head
from boxwork.comparisons.comparison import (
    SAME,
    Comparison,
    behaved,
    counted_at,
    edited,
    seen,
    title,
)

if TYPE_CHECKING:
    from boxwork.drawings import Looks

SMALLEST = 0.6  # of its size, below which a drawing is not shrunk but scrolled
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
    name = escape(title(made))
    parts = [f"<h1>{name}</h1>"]
    for k, lines in enumerate(made.lines):
        if len(made.lines) > 1:
            parts.append(f"<h2>{escape(made.names[k])} → {escape(made.names[k + 1])}</h2>")
        items = "".join(f"<li>{escape(line)}</li>" for line in lines or [SAME])
        parts.append(f"<ul>{items}</ul>")
    if made.behaviour.edits:
        parts += [f"<pre>{escape(text)}</pre>" for text in edited(made)]
    parts.append(_figure(made.draw(**(looks or {})).svg))
    parts.append(_table([head(made.names), *map(cells, made.table)]))
    parts.append(f"<p>{escape(counted_at(made))}</p>")
    if seen(made):
        parts.append(f"<pre>{escape(chr(10).join(behaved(made)))}</pre>")
    if made.behaviour.race:
        parts.append(
            f"<figure>{made.behaviour.race.chart((looks or {}).get('theme', 'auto'))}</figure>"
        )
    meta = f'<meta charset="utf-8"><title>{name}</title><style>\n{STYLE}\n</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join(parts)
    page = f"<head>{meta}{view}</head>\n<body>\n{body}\n</body>"
    return f'<!doctype html>\n<html lang="en">\n{page}\n</html>\n'


def _figure(svg: str) -> str:
    """A drawing that shrinks with the page, but not until it cannot be read."""
    wide = re.search(r'<svg[^>]* width="([\d.]+)', svg)
    least = f' style="min-width:{SMALLEST * float(wide[1]):.0f}px"' if wide else ""
    return f"<figure><div{least}>{svg}</div></figure>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    def row(kind: str, words: Sequence[str]) -> str:
        first, *rest = words
        scope = ' scope="row"' if kind == "td" else ""
        tag = "th" if kind == "td" else kind
        inner = f"<{tag}{scope}>{escape(first)}</{tag}>"
        return inner + "".join(f"<{kind}>{escape(word)}</{kind}>" for word in rest)

    lines = [f"<tr>{row('td' if k else 'th', words)}</tr>" for k, words in enumerate(rows)]
    return "<table>\n" + "\n".join(lines) + "\n</table>"
