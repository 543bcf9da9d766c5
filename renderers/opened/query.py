"""One query of one head: keys, products, softmax, values, their weighted sum."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.mixing import Scene, sees
from boxwork.renderers.opened.sheet import HIGH, RADIUS, Sheet
from boxwork.renderers.values.written import chosen, subscript

MOST = 6  # tokens that have a column each
STEP, NARROW = 108.0, 40.0  # between columns, and beside an ellipsis
VALUE = 47.0  # from the middle of a column to its value
NARROWEST = 190.0  # from the left of a panel to its middle, with room for the head's name
LEFT, RIGHT = 86.0, 40.0  # in a panel, before its first column and after the query
HALF = HIGH / 2


@dataclass(frozen=True, slots=True)
class _Column:
    """One token, its place among all, and whether the query sees it; no place: an ellipsis."""

    x: float
    place: int | None
    sign: str = ""
    seen: bool = True


class Query:
    """The way from the keys to the mixed values, as columns in a panel."""

    def __init__(self, scene: Scene, head: int) -> None:
        self.scene, self.head = scene, head
        self.i = 0 if scene.run is None else scene.run.weights.shape[-2] - 1
        places = self._places()
        self._offsets: list[float] = []
        x, wide = LEFT, STEP
        if scene.keys:
            wide = max(STEP, *(width(name, s.NEURON) + 12 for name in scene.keys))
        for k, place in enumerate(places):
            short = place is None or (k and places[k - 1] is None)
            x += 0.0 if not k else wide * 0.62 if short else wide
            self._offsets.append(x)
        self._query = x + wide
        self._where = places
        self._middle = 0.0
        self.wide = self._query + RIGHT

    @property
    def middle(self) -> float:
        """From its left to where the sum stands."""
        return (self._offsets[0] + self._offsets[-1]) / 2

    def _places(self) -> list[int | None]:
        if self.scene.run is None:
            return [0, 1, None, -1]
        return chosen(self.scene.run.weights[self.head, self.i].tolist(), MOST)

    def put(self, sheet: Sheet, left: float, *, labels: bool) -> float:
        """Draw it from x = ``left`` on; gives back how high it is."""
        columns = [
            self._column(left + x, k) for x, k in zip(self._offsets, self._where, strict=True)
        ]
        self._middle = left + self.middle
        rows = self._rows()
        self._panel(sheet, left, rows)
        for column in columns:
            if column.place is None:
                for row in ("keys", "products", "weights"):
                    sheet.say("…", (column.x, rows[row]), "neuron")
            else:
                self._put_column(sheet, column, rows)
        self._put_query(sheet, left, columns, rows)
        self._put_softmax(sheet, columns, rows)
        self._put_sum(sheet, columns, rows)
        if labels:
            self._put_labels(sheet, left - 10, rows)
        return rows["top"]

    def _column(self, x: float, place: int | None) -> _Column:
        if place is None:
            return _Column(x, None)
        run = self.scene.run
        if run is None:
            return _Column(x, place, subscript("n" if place < 0 else place + 1))
        q_len, k_len = run.weights.shape[-2:]
        seen = sees(self.scene.block, self.i, place, q_len, k_len)
        return _Column(x, place, subscript(place + 1), seen)

    def _rows(self) -> dict[str, float]:
        """The height of each row of the panel."""
        rows, y = {}, 16.0 if self.scene.keys else 24.0
        if self.scene.keys:
            rows["tokens"] = y
            y += 24
        if self.scene.run is not None:
            rows["strips"] = y
            y += 24
        rows["keys"] = y
        rows["dots"] = y + 46
        rows["products"] = rows["dots"] + 42
        y = rows["products"]
        if self.scene.scored:
            y = rows["scores"] = y + 42
        rows["softmax"] = y + 46
        rows["weights"] = rows["softmax"] + 46
        rows["times"] = rows["weights"] + 50
        spread = self._offsets[-1] - self._offsets[0]
        rows["plus"] = rows["times"] + max(60.0, 0.2 * spread)
        rows["y"] = rows["plus"] + 42
        rows["top"] = rows["y"] + (48 if self.scene.run is not None else 30)
        if self.scene.heads > 1 and self._offsets[0] + spread / 2 < NARROWEST:
            rows["top"] += 22  # the name of the head stands above
        return rows

    def _panel(self, sheet: Sheet, left: float, rows: dict[str, float]) -> None:
        sheet.panel(f"head {self.head}", left, 0, left + self.wide, rows["top"])
        if self.scene.heads > 1:
            sheet.say(f"head {self.head + 1}", (left + 14, rows["top"] - 16), "caption", "start")

    def _name(self, what: str, column: _Column | None = None) -> str:
        return f"{self.head}.{what}" + (f".{column.place}" if column else "")

    def _put_column(self, sheet: Sheet, column: _Column, rows: dict[str, float]) -> None:
        x, sign, run, hidden = column.x, column.sign, self.scene.run, not column.seen
        place = column.place or 0
        sheet.chip(self._name("k", column), f"k{sign}", (x, rows["keys"]), "linear", wide=40,
                   hidden=hidden)  # fmt: skip
        if run is not None:
            group = self.head * len(run.k) // self.scene.heads
            sheet.strip(
                self._name("keys", column), run.k[group, place].tolist(), (x, rows["strips"]), 42
            )
            if self.scene.keys:
                sheet.say(self.scene.keys[place], (x, rows["tokens"]), "neuron")
        sheet.arrow((x, rows["keys"] + HALF), (x, rows["dots"] - RADIUS), dashed=hidden)
        sheet.circle(self._name("dot", column), "•", (x, rows["dots"]))
        sheet.arrow((x, rows["dots"] + RADIUS), (x, rows["products"] - HALF), dashed=hidden)
        said = f"k{sign} · q" if run is None else shown(run.products[self.head, self.i, place], 3)
        at = (x, rows["products"])
        sheet.chip(self._name("product", column), said, at, wide=56, hidden=hidden)
        top = rows["products"] + HALF
        if "scores" in rows:
            sheet.arrow((x, top), (x, rows["scores"] - HALF), dashed=hidden)
            self._put_score(sheet, column, rows["scores"])
            top = rows["scores"] + HALF
        if not hidden:
            sheet.arrow((x, top), (x, rows["softmax"] - HALF))
        self._put_weighed(sheet, column, rows)

    def _put_score(self, sheet: Sheet, column: _Column, y: float) -> None:
        run, scale = self.scene.run, self.scene.scale
        if not column.seen:
            words = "hidden"
        elif run is None:
            words = f"× {shown(scale, 3)}" if scale is not None else "× scale"
            other = "capped" if self.scene.block.cap is not None else "+ bias"
            words = other if scale == 1 else words
        else:
            words = shown(run.scores[self.head, self.i, column.place], 3)
        at, name = (column.x, y), self._name("score", column)
        sheet.chip(name, words, at, wide=56, hidden=not column.seen)

    def _put_weighed(self, sheet: Sheet, column: _Column, rows: dict[str, float]) -> None:
        """The weight of a value, the value, and their product."""
        x, run, place = column.x, self.scene.run, column.place or 0
        weight = 0.2 if run is None else float(run.weights[self.head, self.i, place])
        said = f"u{column.sign}" + ("" if run is None else f" = {shown(weight, 2)}")
        at = (x, rows["weights"])
        sheet.chip(self._name("u", column), said, at, "softmax", wide=40, hidden=not column.seen)
        if column.seen:
            sheet.arrow((x, rows["softmax"] + HALF), (x, rows["weights"] - HALF))
        thick, hidden = _thick(weight), not column.seen
        low, y = rows["weights"] + HALF, rows["times"]
        sheet.arrow((x, low), (x, y - RADIUS), thick=thick, dashed=hidden)
        aside = self._aside(column)
        at = (x + aside * VALUE, y)
        sheet.chip(self._name("v", column), f"v{column.sign}", at, "feedforward", wide=38,
                   hidden=hidden)  # fmt: skip
        sheet.arrow((x + aside * (VALUE - 19), y), (x + aside * RADIUS, y), dashed=hidden)
        if run is not None:
            group = self.head * len(run.v) // self.scene.heads
            at = (x + aside * VALUE, y - HALF - 11)
            sheet.strip(self._name("values", column), run.v[group, place].tolist(), at, 40)
        sheet.circle(self._name("times", column), "×", (x, y))

    def _aside(self, column: _Column) -> int:
        """On which side of a product its value stands: away from the lines to the sum."""
        return -1 if column.x < self._middle else 1

    def _put_query(
        self, sheet: Sheet, left: float, columns: list[_Column], rows: dict[str, float]
    ) -> None:
        """The query at the right, and its way to every product."""
        x, run = left + self._query, self.scene.run
        sign = ""
        if self.scene.alike:
            sign = subscript("n" if run is None else run.weights.shape[-1])
        sheet.chip(self._name("q"), f"q{sign}", (x, rows["keys"]), "attention", wide=40)
        if run is not None:
            at = (x, rows["strips"])
            sheet.strip(self._name("query"), run.q[self.head, self.i].tolist(), at, 42)
            if self.scene.queries and "tokens" in rows:
                sheet.say(self.scene.queries[-1], (x, rows["tokens"]), "neuron")
        y, right = rows["dots"], x
        for column in reversed(columns):
            if column.place is None:
                continue
            turn = [(x, rows["keys"] + HALF), (x, y)] if right == x else [(right - RADIUS, y)]
            sheet.arrow(*turn, (column.x + RADIUS, y), dashed=not column.seen)
            right = column.x

    def _put_softmax(self, sheet: Sheet, columns: list[_Column], rows: dict[str, float]) -> None:
        at, wide = (self._middle, rows["softmax"]), columns[-1].x - columns[0].x + 64
        sheet.chip(self._name("softmax"), "softmax", at, "softmax", wide=wide)
        if self.scene.block.sinks:
            self._put_sink(
                sheet, at[0] + wide / 2, columns[-1].x + self._query - self._offsets[-1], rows
            )

    def _put_sink(self, sheet: Sheet, end: float, x: float, rows: dict[str, float]) -> None:
        """The number that joins softmax beside the scores, above the query; and its share."""
        run, y = self.scene.run, rows["softmax"]
        said = "sink" if run is None else shown(float(run.sinks[self.head]), 3)
        chip = sheet.chip(self._name("sink"), said, (x, y), wide=48, tip="the sink of this head")
        sheet.arrow((chip.x, y), (end, y))
        if run is not None:
            share = 1.0 - float(run.weights[self.head, self.i].sum())
            sheet.say(f"sink: {shown(share, 2)}", (x, y + HALF + 10), "note")

    def _put_sum(self, sheet: Sheet, columns: list[_Column], rows: dict[str, float]) -> None:
        """The sum over the middle of all columns; the lines are as thick as the weights."""
        run = self.scene.run
        x, y = self._middle, rows["plus"]
        for column in columns:
            if column.place is None:
                continue
            weight = 0.2 if run is None else float(run.weights[self.head, self.i, column.place])
            dx, dy = x - column.x, rows["plus"] - rows["times"]
            length = (dx * dx + dy * dy) ** 0.5
            ex, ey = dx / length * RADIUS, dy / length * RADIUS
            start, end = (column.x + ex, rows["times"] + ey), (x - ex, y - ey)
            sheet.arrow(start, end, thick=_thick(weight), dashed=not column.seen)
        sheet.circle(self._name("plus"), "+", (x, y))
        sheet.arrow((x, y + RADIUS), (x, rows["y"] - HALF))
        sheet.chip(self._name("y"), "y", (x, rows["y"]), "attention", wide=44)
        if run is not None:
            at = (x, rows["y"] + HALF + 15)
            sheet.numbers(self._name("out"), run.y[self.head, self.i].tolist(), at)

    def _put_labels(self, sheet: Sheet, x: float, rows: dict[str, float]) -> None:
        done = {
            "scaled": self.scene.scale != 1,
            "capped": self.scene.block.cap is not None,
            "bias added": self.scene.biased,
        }
        scores = " and ".join(word for word, really in done.items() if really)
        said = {
            "keys": "keys, and the query",
            "dots": "products with the query",
            "scores": scores,
            "softmax": "made to add up to 1",
            "weights": "weights",
            "times": "times the values",
            "plus": "sum",
        }
        for row, words in said.items():
            if row in rows:
                sheet.say(words, (x, rows[row]), "note", "end")


def _thick(weight: float) -> float:
    """The width of a line that stands for a weight from 0 to 1."""
    return 0.8 + 5.2 * min(max(weight, 0.0), 1.0)
