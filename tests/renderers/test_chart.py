"""Line charts: every point in its place, names that do not touch, the book of SVG."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.renderers.charts.chart import chart, spread, thinned
from boxwork.renderers.charts.scales import scale
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.look.palettes import COLOURS, DARK, LIGHT
from boxwork.renderers.look.theme import DASHES, MARKS, ROLES, Theme

from .looks import contrast

SVG = "{http://www.w3.org/2000/svg}"
TWO = {
    "train": [(step, 3.0 - step / 50) for step in range(101)],
    "validation": [(step, 3.1 - step / 60) for step in range(0, 101, 20)],
}


def drawn(series: dict[str, list[tuple[float, float]]], **more: bool) -> ElementTree.Element:
    made = chart(series, title="Loss", x="step", y="loss", **more)
    return ElementTree.fromstring(made)


def texts(root: ElementTree.Element, role: str) -> list[str]:
    found = (t for t in root.iter(f"{SVG}text") if t.get("class") == role)
    return [t.text or "" for t in found]


def lines(root: ElementTree.Element) -> dict[str, list[list[tuple[float, float]]]]:
    """The points of every series on the page, piece by piece."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        if name := group.get("data-series"):
            ways = [p.get("d", "") for p in group.iter(f"{SVG}path") if p.get("class") == "line"]
            pieces = [piece for way in ways for piece in way.split("M") if piece]
            found[name] = [[_point(p) for p in piece.split("L")] for piece in pieces]
    return found


def _point(text: str) -> tuple[float, float]:
    x, y = text.split()
    return float(x), float(y)


def test_points_are_where_the_axes_say() -> None:
    root = drawn(TWO)
    assert texts(root, "title") == ["Loss"]
    assert texts(root, "caption") == ["loss", "step"]
    ticks = {
        t.text: float(t.get("y", "0")) - 4.5
        for t in root.iter(f"{SVG}text")
        if t.get("text-anchor") == "end"
    }
    (way,) = lines(root)["train"]
    assert len(way) == 101
    one = ticks["0"] - ticks["1"]
    for (_, y), (_, value) in zip(way, TWO["train"], strict=True):
        assert y == pytest.approx(ticks["0"] - value * one, abs=0.3)
    steps = [b[0] - a[0] for a, b in pairwise(way)]
    assert max(steps) - min(steps) < 0.25


def test_powers_of_ten_are_evenly_apart_on_a_log_axis() -> None:
    (way,) = lines(drawn({"norm": [(k, 10.0**-k) for k in range(9)]}, log_y=True))["norm"]
    steps = [b[1] - a[1] for a, b in pairwise(way)]
    assert max(steps) - min(steps) < 0.25
    assert min(steps) > 20


def test_what_has_no_place_leaves_a_gap_and_is_counted() -> None:
    points = [(0, 3.0), (1, 2.0), (2, math.nan), (3, 1.0), (4, math.inf), (5, 0.5), (6, 0.4)]
    root = drawn({"train": points})
    assert [len(piece) for piece in lines(root)["train"]] == [2, 2]
    assert texts(root, "note") == ["left out: 2 points (not finite)"]
    assert "nan" not in ElementTree.tostring(root, "unicode").lower()
    root = drawn({"norm": [(0, 1.0), (1, 0.0), (2, -1.0), (3, 2.0)]}, log_y=True)
    assert texts(root, "note") == ["left out: 2 points (not finite, or not above 0)"]


@pytest.mark.parametrize("points", [[], [(3, 1.5)], [(0, 0.0), (1, 0.0)], [(0, math.nan)]])
@pytest.mark.parametrize("log_y", [False, True])
def test_few_points(points: list[tuple[float, float]], log_y: bool) -> None:
    root = drawn({"only": points}, log_y=log_y)
    good = any(value > 0 or (value == 0 and not log_y) for _, value in points)
    marks = [p for p in root.iter(f"{SVG}path") if p.get("class") == "mark"]
    assert bool(marks) == good == ("only" in texts(root, "width label"))


def test_series_differ_without_colour() -> None:
    root = drawn({f"layer {k}": [(0, k), (1, k + 0.5)] for k in range(12)})
    looks = []
    for group in (g for g in root.iter(f"{SVG}g") if g.get("data-series")):
        line, mark = group.findall(f"{SVG}path")
        x, y = _point(re.findall(r"[\d.]+ [\d.]+", mark.get("d", ""))[0])
        at = lines(root)[group.get("data-series") or ""][0][0]
        offset = round(x - at[0], 1), round(y - at[1], 1)
        looks.append((line.get("stroke-dasharray"), offset))
    assert len(set(looks)) == 12
    assert math.lcm(len(DASHES), len(MARKS)) == 20


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30))
def test_names_at_the_right_never_touch(ends: list[float]) -> None:
    root = drawn({f"stack.{k}": [(0, 1.0), (9, end)] for k, end in enumerate(ends)})
    labels = [t for t in root.iter(f"{SVG}text") if t.get("class") == "width label"]
    heights = sorted(float(t.get("y", "0")) for t in labels)
    size = ROLES["width"][0]
    assert len(heights) == len(ends)
    assert all(b - a > size for a, b in pairwise(heights))
    assert heights[-1] < float(root.get("height", "0"))
    assert all(
        float(t.get("x", "0")) + width(t.text or "", size) <= float(root.get("width", "0"))
        for t in labels
    )


def test_labels_stay_at_their_ends_where_there_is_room() -> None:
    assert spread([10, 50, 90], 18, 0, 100) == [10, 50, 90]
    assert spread([50, 50], 18, 0, 100) == [41, 59]
    assert spread([99, 99, 100], 18, 0, 100) == [64, 82, 100]
    assert spread([0, 40, 45], 18, 0, 100) == [0, 33.5, 51.5]


def test_many_points_are_thinned_and_spikes_stay() -> None:
    points = [(step, 1.0) for step in range(100_000)]
    points[33_333] = (33_333, 7.0)
    (way,) = lines(drawn({"train": points}))["train"]
    assert len(way) < 2500
    assert min(y for _, y in way) < way[0][1] - 100
    assert thinned([(0.0, 1.0), (0.1, 2.0)]) == [(0.0, 1.0), (0.1, 2.0)]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=6), st.booleans())
def test_any_numbers(values: list[float], log_y: bool) -> None:
    root = drawn({"a": list(enumerate(values))}, log_y=log_y)
    height = float(root.get("height", "0"))
    for piece in lines(root)["a"]:
        assert all(0 <= y <= height for _, y in piece)


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12))
def test_ticks_are_round_and_hold_everything(low: float, span: float) -> None:
    made = scale([low, low + span])
    ticks = [tick for tick, _ in made.ticks]
    unseen = 1e-6 * max(abs(low), span)  # what is left out is thinner than any line
    assert made.low <= low + unseen
    assert made.high >= low + span - unseen
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(ticks)


def test_words_of_ticks() -> None:
    assert [text for _, text in scale([0, 0.2]).ticks] == ["0.00", "0.05", "0.10", "0.15", "0.20"]
    assert [text for _, text in scale([0, 20_000]).ticks][:2] == ["0", "5,000"]
    assert [text for _, text in scale([0, 3], snug=True).ticks] == ["0", "1", "2", "3"]
    assert [text for _, text in scale([0.02, 0.4], log=True).ticks] == [
        "0.02", "0.05", "0.1", "0.2", "0.5",
    ]  # fmt: skip


def test_words_of_numbers() -> None:
    given = [-26.598, 0.0, -0.0, 107.0, 11.2, 123456.0, 1e9, 2.5e-7, -1e-5, 0.05, math.nan]
    assert [shown(value) for value in given] == [
        "−26.6", "0", "0", "107", "11.2", "123500", "1e9", "2.5e−7", "−1e−5", "0.05",
        "NaN",
    ]  # fmt: skip


def test_the_book() -> None:
    made = chart(TWO, title="<a> & b", x="step", y="loss")
    assert made == chart(TWO, title="<a> & b", x="step", y="loss")
    root = ElementTree.fromstring(made)
    assert root.findtext(f"{SVG}title") == "<a> & b"
    assert root.findtext(f"{SVG}desc") == (
        "A line chart of loss over step. train: from 3 at 0 to 1 at 100. "
        "validation: from 3.1 at 0 to 1.433 at 100."
    )
    assert made.count("@media") == 1
    assert "var(" not in made


@pytest.mark.parametrize(("theme", "page"), [("light", LIGHT.page), ("dark", DARK.page)])
def test_forced_themes(theme: Theme, page: str) -> None:
    made = chart(TWO, title="Loss", x="step", y="loss", theme=theme)
    assert "@media" not in made
    assert f".page{{fill:{page}}}" in made


def test_lines_can_be_seen_on_their_page() -> None:
    for light, dark in COLOURS:
        assert contrast(light, LIGHT.page) >= 4.5
        assert contrast(dark, DARK.page) >= 4.5
