"""Names of inputs and outputs side by side, names of outputs, wires that cross."""

import re

from boxwork.renderers.draw import draw
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.svg.hops import crossings

from .faults import faults
from .support import graph_of
from .zoo import SPECS

TANGLED = """\
dims: {seq: any, d: 12}
inputs: {first: "real[seq, d]", second: "real[seq, d]", third: "real[seq, d]"}
outputs: {y: "real[seq, d]", z: "real[seq, d]", w: "real[seq, d]"}
nodes:
  a: {use: Linear, in: first, with: {width: d}}
  b: {use: Add, in: [a, second]}
  c: {use: Linear, in: b, with: {width: d}}
  y: {use: Add, in: [c, third]}
  z: {use: LayerNorm, in: b}
  w: {use: ReLU, in: second}
"""
TWO = """\
dims: {d: 12}
inputs: {x: "real[d]"}
outputs: {one: "real[d]", two: "real[d]"}
blocks:
  Two:
    inputs: {x: "real[d]"}
    outputs: {left: "real[d]", right: "real[d]"}
    nodes:
      left:  {use: Linear, in: x, with: {width: d}}
      right: {use: ReLU, in: left}
nodes:
  t:   {use: Two, in: x}
  one: {use: Add, in: [t.left, x]}
  two: {use: Add, in: [t.right, x]}
"""


def picture(text: str) -> Layout:
    return layout(graph_of(text), Opening.of())


def test_inputs_and_outputs_stand_side_by_side() -> None:
    found = picture(TANGLED)
    for role in ("input", "output"):
        heights = {box.y for box in found.boxes if box.role == role}
        assert len(heights) == 1, role
    assert faults(found) == []


def test_the_output_of_the_box_below_goes_on_straight() -> None:
    boxes = {box.path: box for box in picture(TANGLED).boxes}
    straight = boxes["output w"]
    assert straight.x + straight.w / 2 == boxes["w"].x + boxes["w"].w / 2


def test_closed_boxes_name_their_outputs() -> None:
    found = picture(TWO)
    assert [t.text for t in found.texts if t.path == "t" and t.role == "width"] == ["left", "right"]
    assert faults(found) == []


def test_wires_that_cross_hop() -> None:
    found = picture(TWO)
    hops = crossings(found.lines)
    assert hops
    for (k, i), places in hops.items():
        (ax, y), (bx, by) = found.lines[k].points[i : i + 2]
        assert y == by
        assert all(min(ax, bx) < x < max(ax, bx) for x in places)
    paths = re.findall(r'class="wire"[^>]* d="([^"]*)"', draw(graph_of(TWO)))
    assert sum("A" in path for path in paths) == len({k for k, _ in hops})


def test_wires_that_do_not_cross_do_not_hop() -> None:
    assert crossings(picture(SPECS["split"]).lines) == {}
