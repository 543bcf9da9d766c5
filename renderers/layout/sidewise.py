"""Regions side by side: branches that part and meet again, and columns that feed another."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from boxwork.renderers.figure import Point
from boxwork.renderers.layout.tracks import lane_up
from boxwork.renderers.look import sizes as s
from boxwork.renderers.regions.region import (
    Arm,
    Bundle,
    Head,
    Pin,
    Region,
    Strand,
    before,
    finished,
    moved_bundle,
    moved_head,
)
from boxwork.renderers.structure.scope import Net


def side_by_side(branches: Sequence[Region], spine: int | None = None) -> Region:
    """Branches on one floor; one of them on the spine, or the middle of all."""
    xs, x = [], 0.0
    for i, branch in enumerate(branches):
        x += branch.left + (branches[i - 1].right + s.BRANCH if i else 0.0)
        xs.append(x)
    middle = (xs[(len(xs) - 1) // 2] + xs[len(xs) // 2]) / 2 if spine is None else xs[spine]
    xs = [x - middle for x in xs]
    region = Region(
        max(b.left - x for b, x in zip(branches, xs, strict=True)),
        max(b.right + x for b, x in zip(branches, xs, strict=True)),
        max(b.height for b in branches),
    )
    for branch, x in zip(branches, xs, strict=True):
        _take(region, branch, x)
    return region


def _take(region: Region, part: Region, x: float) -> None:
    """Place a part in a region, with the ends of its wires above and below."""
    region.put(part, x, 0)
    for pin in part.pins:
        region.pins.append(Pin(pin.net, pin.x + x, moved_bundle(pin.bundle, x, 0)))
    for net, head in part.heads.items():
        at = moved_head(head, x, 0)
        up = (*at.points, (at.x, region.height))
        region.heads[net] = Head(at.x, up, at.source, at.dot)


def beside(
    columns: Sequence[Region], main: Region, nets: Sequence[Net], leaving: AbstractSet[Net]
) -> Region:
    """Columns left of another; their wires run up between them to its left side.

    Those that are ``leaving`` also go on to the top.
    """
    straight = _straight_up(columns, main, nets)
    bent = [net for net in reversed(nets) if not straight or net not in columns[-1].heads]
    rails = {net: -main.left - s.RAIL - s.LANE * i for i, net in enumerate(bent)}
    x = min(rails.values(), default=-main.left) - s.RAIL
    if straight:
        room = columns[-1].right - straight.x + s.LANE
        rails[nets[-1]] = -main.left - max(s.RAIL + s.LANE * len(bent), room)
        x = rails[nets[-1]] - straight.x + columns[-1].right
    placed: list[tuple[Region, float]] = []
    for column in reversed(columns):
        x -= column.right
        placed.append((column, x))
        x -= column.left + s.BRANCH
    region = Region(-x - s.BRANCH, main.right, main.height)
    roof = 0.0
    starts: dict[Net, list[Point]] = {}
    for column, at in placed:
        for net, head in column.heads.items():
            bend = 0 if head is straight else s.CORNER + 2
            roof = max(roof + s.TRACK, column.height + bend) if roof else column.height + bend
            starts[net] = [(at + head.x, roof), (rails[net], roof)]
    region.height = max(region.height, roof + s.CORNER)
    _take(region, main, 0)
    region.arms = [arm for arm in main.arms if arm.net not in rails]
    for column, at in placed:
        region.put(column, at, 0)
        for pin in column.pins:
            region.pins.append(Pin(pin.net, pin.x + at, moved_bundle(pin.bundle, at, 0)))
        for net, head in column.heads.items():
            arms = [arm for arm in main.arms if arm.net == net]
            if net in leaving:
                strand = Strand(((rails[net], region.height),))
                arms.append(Arm(net, region.height, "left", [strand]))
            rail = _rail(rails[net], starts[net][0][1], arms)
            lines, rest = finished(moved_head(head, at, 0), before(starts[net], rail))
            region.lines += lines
            if rest:
                region.heads[net] = rest
    main_part, *others = region.children
    region.children = [*reversed(others), main_part]  # in an order in which they can run
    return region


def _straight_up(columns: Sequence[Region], main: Region, nets: Sequence[Net]) -> Head | None:
    """The only wire of the last column, if it needs no bend: all arms are above that column.

    The wires of the others then run up between it and what they go to.
    """
    if not columns or not nets or list(columns[-1].heads) != [nets[-1]]:
        return None
    low = min((arm.y for arm in main.arms if arm.net in nets), default=0.0)
    return columns[-1].heads[nets[-1]] if low > columns[-1].height + s.CORNER else None


def _rail(x: float, y: float, arms: Sequence[Arm]) -> Bundle:
    """From (x, y) to arms above and below."""
    up = [(arm.y, arm.bundle) for arm in arms if arm.y >= y]
    down = [(arm.y, arm.bundle) for arm in arms if arm.y < y]
    bundle = lane_up(x, up) if up else []
    if down:
        first, *rest = before([(x, y)], lane_up(x, down, down=True))
        bundle += [Strand(first.points, first.target, first.port, bool(up)), *rest]
    return bundle
