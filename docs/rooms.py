"""The picture of docs/architecture.md: the way of a spec through the rooms."""

from __future__ import annotations

from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.svg.svg import svg

# name, what it says, family, column, row
ROOMS = (
    ("specs", ("specs", "YAML → Spec", "source, schema, variants"), "embedding", 0, 1),
    ("graphs", ("graphs", "Spec → checked Graph", "wires, widths, templates"), "attention", 1, 1),
    ("engines", ("engines", "Graph → numbers", "plan, NumPy, weights"), "feedforward", 2, 0),
    ("renderers", ("renderers", "Graph → pictures", "layout, SVG, text"), "softmax", 2, 2),
)
WIDTH, HEIGHT = 196.0, 92.0
COLUMNS, ROWS = (150.0, 430.0, 710.0), (40.0, 120.0, 200.0)
GROUND = 330.0
SPAN = (COLUMNS[0], COLUMNS[2] + WIDTH)


def picture() -> str:
    """The rooms as boxes, in the notation of every other drawing."""
    boxes, texts = [], []
    for path, lines, family, column, row in ROOMS:
        x, y = COLUMNS[column], ROWS[row]
        boxes.append(Box(path, "box", family, x, y, WIDTH, HEIGHT))
        texts += _lines(path, lines, x + WIDTH / 2, y + 30)
    width = SPAN[1] - SPAN[0]
    boxes.append(Box("blocks", "box", "norm", SPAN[0], GROUND, width, 76))
    says = "the ground: wire types, dims, expressions, the contract of a block, the catalogue"
    ground = ("blocks", says)
    texts += _lines("blocks", ground, (SPAN[0] + SPAN[1]) / 2, GROUND + 32)
    one_way = "imports run one way: each room knows those to its left and the ground"
    texts += [
        Text("", "name", "gpt2.yaml", 62, ROWS[1] + HEIGHT / 2 + 5),
        Text("", "name", "arrays", 972, ROWS[0] + HEIGHT / 2 + 5),
        Text("", "name", "gpt2.svg", 972, ROWS[2] + HEIGHT / 2 + 5),
        Text("", "width", "Spec", 388, ROWS[1] + HEIGHT / 2 - 8),
        Text("", "width", "Graph", 655, ROWS[1] + HEIGHT / 2 - 8),
        Text("", "width", one_way, (SPAN[0] + SPAN[1]) / 2, GROUND + 104),
    ]
    about = "How a spec becomes numbers and pictures, and which folder does what."
    return svg(Layout("The rooms of boxwork", about, 1040, 460, boxes, list(_wires()), texts))


def _lines(path: str, lines: tuple[str, ...], x: float, y: float) -> list[Text]:
    roles = ("title", "detail", "detail")
    return [
        Text(path, role, line, x, y + 21 * k)  # type: ignore[arg-type]
        for k, (role, line) in enumerate(zip(roles, lines, strict=False))
    ]


def _wires() -> list[Line]:
    middle = [row + HEIGHT / 2 for row in ROWS]
    fork = COLUMNS[2] - 26
    ends = [column + WIDTH for column in COLUMNS]
    wires = [
        Line("", "specs", "", ((112, middle[1]), (COLUMNS[0], middle[1]))),
        Line("specs", "graphs", "", ((ends[0], middle[1]), (COLUMNS[1], middle[1]))),
        Line("engines", "arrays", "", ((ends[2], middle[0]), (938, middle[0]))),
        Line("renderers", "gpt2.svg", "", ((ends[2], middle[2]), (932, middle[2]))),
    ]
    for row, target in ((0, "engines"), (2, "renderers")):
        there = ((fork, middle[row]), (COLUMNS[2], middle[row]))
        wires.append(Line("graphs", target, "", ((ends[1], middle[1]), (fork, middle[1]), *there)))
    for column, target in ((0, "specs"), (1, "graphs")):
        x = COLUMNS[column] + WIDTH / 2
        wires.append(Line("blocks", target, "", ((x, GROUND), (x, ROWS[1] + HEIGHT))))
    x = COLUMNS[2] + WIDTH / 2
    wires.append(Line("blocks", "renderers", "", ((x, GROUND), (x, ROWS[2] + HEIGHT))))
    return wires
