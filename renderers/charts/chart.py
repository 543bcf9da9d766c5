"""Line charts as SVG: loss curves, or norms of gradients over steps or over layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from boxwork.renderers.charts.scales import Scale, placed, scale
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import px, shown
from boxwork.renderers.look.theme import DASHES, MARKS, Theme, series_style
from boxwork.renderers.svg.svg import document

PLOT, HEIGHT = 560.0, 300.0  # of the plot itself
LINE = 18.0  # from one label at the right to the next
MARKED = 30  # series of up to so many points show each

Points = Sequence[tuple[float, float]]
Run = list[tuple[float, float]]  # neighbours on the page, without a gap between them


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the axes are on the page."""

    x: Scale
    y: Scale
    left: float
    top: float
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point."""
        return self.left + self.x.at(x) * PLOT, self.top + (1 - self.y.at(y)) * self.height

    @property
    def bottom(self) -> float:
        """The height of the lower axis on the page."""
        return self.top + self.height


def chart(
    series: Mapping[str, Points],
    *,
    title: str,
    x: str,
    y: str,
    log_y: bool = False,
    theme: Theme = "auto",
) -> str:
    """A line chart as SVG: one line for each series of (x, y), its name at its end.

    Series differ by colour, dashes and marks. Points that are not finite, or not above 0
    on a logarithmic axis, leave a gap and are counted below the chart.
    """
    kept = {name: [(float(a), float(b)) for a, b in points] for name, points in series.items()}
    good = [p for points in kept.values() for p in points if _fits(p, log_y)]
    across = scale([a for a, _ in good], snug=True)
    up = scale([b for _, b in good], log=log_y)
    left = s.MARGIN + max(width(text, s.WIDTH) for _, text in up.ticks) + 10
    top = s.MARGIN + 62
    plot = Plot(across, up, left, top, max(HEIGHT, LINE * len(kept)))
    runs = {name: list(_runs(points, plot)) for name, points in kept.items()}
    note = _left_out(kept, log=log_y)
    names = max((width(name, s.WIDTH) for name in kept), default=0.0)
    wide = max(left + PLOT + 34 + names, s.MARGIN + width(title, s.TITLE)) + s.MARGIN
    parts = [
        *_axes(plot, title, x, y),
        *(part for k, name in enumerate(kept) for part in _series(name, runs[name], k)),
        *_labels(runs, plot),
        *_text(s.MARGIN, plot.bottom + 66, note, "note"),
    ]
    high = plot.bottom + 48 + (26 if note else 6)
    about = f"A line chart of {y} over {x}. {' '.join(_told(kept, log=log_y))}".strip()
    return document((wide, high), (title, about), series_style(len(kept), theme), parts)


def _fits(point: tuple[float, float], log: bool) -> bool:
    return placed(point[0]) and placed(point[1], log=log)


def _told(series: Mapping[str, Points], *, log: bool) -> Iterator[str]:
    """What each line says, for those who cannot see it."""
    for name, points in series.items():
        good = [point for point in points if _fits(point, log)]
        if good:
            (x0, y0), (x1, y1) = good[0], good[-1]
            yield f"{name}: from {shown(y0)} at {shown(x0)} to {shown(y1)} at {shown(x1)}."


def _left_out(series: Mapping[str, Points], *, log: bool) -> str:
    lost = sum(not _fits(point, log) for points in series.values() for point in points)
    if not lost:
        return "" if any(series.values()) else "no points"
    why = "not finite, or not above 0" if log else "not finite"
    return f"left out: {lost:,} {'point' if lost == 1 else 'points'} ({why})"


def _runs(points: Points, plot: Plot) -> Iterator[Run]:
    """The points on the page in pieces without a gap, thinned to what can be seen."""
    for good, there in groupby(points, lambda p: _fits(p, plot.y.log)):
        if good:
            yield thinned([plot.point(*p) for p in there])


def thinned(points: Run) -> Run:
    """Of many points in one column of pixels, the first, lowest, highest and last."""
    if len(points) <= 2 * PLOT:
        return points
    kept: Run = []
    for _, group in groupby(points, lambda p: int(p[0])):
        column = list(group)
        low = min(range(len(column)), key=lambda i: column[i][1])
        high = max(range(len(column)), key=lambda i: column[i][1])
        kept += [column[i] for i in sorted({0, low, high, len(column) - 1})]
    return kept


def _axes(plot: Plot, title: str, x: str, y: str) -> Iterator[str]:
    left, right, bottom = plot.left, plot.left + PLOT, plot.bottom
    yield from _text(s.MARGIN, s.MARGIN + 16, title, "title")
    yield from _text(s.MARGIN, plot.top - 16, y, "caption")
    for value, words in plot.y.ticks:
        at = plot.point(plot.x.low, value)[1]
        yield _path("grid", [(left, at), (right, at)])
        yield from _text(left - 8, at + 4.5, words, "width", "end")
    yield _path("axis", [(left, bottom), (right, bottom)])
    for value, words in plot.x.ticks:
        at = plot.point(value, plot.y.low)[0]
        yield _path("axis", [(at, bottom), (at, bottom + 5)])
        yield from _text(at, bottom + 19, words, "width", "middle")
    yield from _text(left + PLOT / 2, bottom + 42, x, "caption", "middle")


def _series(name: str, runs: Sequence[Run], k: int) -> Iterator[str]:
    dash = DASHES[k % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    marked = sum(map(len, runs)) <= MARKED
    yield f'<g class="s{k}" data-series={quoteattr(name)}><title>{escape(name)}</title>'
    lines = [_way(run) for run in runs if len(run) > 1]
    if lines:
        yield f'<path class="line"{dashed} d="{"".join(lines)}"/>'
    points = [point for run in runs for point in run if marked or len(run) == 1]
    if points:
        yield f'<path class="mark" d="{"".join(_mark(p, MARKS[k % len(MARKS)]) for p in points)}"/>'
    yield "</g>"


def _mark(at: tuple[float, float], offsets: Sequence[tuple[float, float]]) -> str:
    return _way([(at[0] + dx, at[1] + dy) for dx, dy in offsets]) + "Z"


def _labels(runs: Mapping[str, Sequence[Run]], plot: Plot) -> Iterator[str]:
    """The names at the right, each near the end of its line, none over another."""
    ends = [(there[-1][-1], k, name) for k, (name, there) in enumerate(runs.items()) if there]
    ends.sort(key=lambda end: (end[0][1], end[1]))
    heights = spread([y for (_, y), _, _ in ends], LINE, plot.top, plot.bottom)
    right = plot.left + PLOT
    for ((x, y), k, name), at in zip(ends, heights, strict=True):
        way = [(x, y), (right + 8, y), (right + 22, at), (right + 30, at)]
        yield f'<g class="s{k}">{_path("lead", way)}</g>'
        yield from _text(right + 34, at + 4.5, name, "width label")


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending places at least ``gap`` apart, near those wanted, between two bounds."""
    groups: list[list[float]] = []  # how many stand together, and the sum of their offsets
    for i, place in enumerate(wanted):
        groups.append([1, place, i])
        while len(groups) > 1 and _start(groups[-2], gap, low, high) + gap * groups[-2][0] > (
            _start(groups[-1], gap, low, high)
        ):
            size, total, _ = groups.pop()
            groups[-1][1] += total - size * groups[-1][0] * gap
            groups[-1][0] += size
    return [
        _start(group, gap, low, high) + i * gap for group in groups for i in range(int(group[0]))
    ]


def _start(group: Sequence[float], gap: float, low: float, high: float) -> float:
    size, total = group[0], group[1]
    return max(low, min(total / size, high - (size - 1) * gap))


def _way(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in points)


def _path(kind: str, points: Iterable[tuple[float, float]]) -> str:
    return f'<path class="{kind}" d="{_way(points)}"/>'


def _text(x: float, y: float, words: str, role: str, anchor: str = "start") -> Iterator[str]:
    if words:
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{px(x)}" y="{px(y)}"'
        yield f'<text class="{role}" {place}{side}>{escape(words)}</text>'
