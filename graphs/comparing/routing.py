"""Topics of a comparison about mixtures of experts on both sides: how many, and their router."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boxwork.graphs.comparing.boxes import pairs
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.worded import at, plain
from boxwork.graphs.graph import WEIGH, Composite, Node, Part

Line = tuple[str, Sequence[Change]]
Words = Callable[[Part], str]
SET = ("sum_to", "groups", "active_groups")  # what a mixture may hand on to its router
SCORES = {"Softmax": "softmax", "Logistic": "sigmoid"}


@dataclass(frozen=True, slots=True)
class Router:
    """How the experts of a position are chosen; the nodes that do so."""

    choice: Node
    scores: str  # softmax, sigmoid
    biased: bool  # whether what balances the load is added before choosing
    groups: str  # 4 of 8
    sum_to: object  # what the weights of those chosen sum to
    nodes: tuple[str, ...]


def routed(part: Part | None) -> Node | None:
    """The networks of a mixture: what stands side by side, weighed."""
    nodes = part.nodes.values() if isinstance(part, Composite) else ()
    return next((n for n in nodes if n.parallel is not None and n.parallel.weights), None)


def beside(part: Composite) -> list[Node]:
    """The networks beside those chosen from, through which every position goes."""
    return [n for n in part.nodes.values() if n.parallel is None and n.part.family == "feedforward"]


def router(part: Part) -> Router | None:
    """What chooses, if it is of the usual kind."""
    node = routed(part)
    refs = node.inputs.get(WEIGH, ()) if node is not None else ()
    if not isinstance(part, Composite) or not refs or refs[0].node not in part.nodes:
        return None
    choice = part.nodes[refs[0].node]
    if choice.part.name != "ChooseTop":
        return None
    before = choice.inputs["scores"][0].node
    name = part.nodes[before].part.name if before in part.nodes else ""
    bias = [ref.node for ref in choice.inputs.get("bias", ())]
    settings = choice.part.settings
    groups = f"{settings['active_groups']} of {settings['groups']}"
    grouped = str(settings["groups"]) != "1"
    scored = SCORES.get(name, "scores without softmax")
    nodes = (choice.name, *([before] if name in SCORES else []), *bias)
    return Router(choice, scored, bool(bias), groups if grouped else "", settings["sum_to"], nodes)


def told(one: Router) -> list[str]:
    """What a router does that most do not: they take a softmax, and weights that sum to 1."""
    words = [one.scores] if one.scores != "softmax" else []
    words += ["with a balancing bias"] if one.biased else []
    words += [f"experts from {one.groups} groups"] if one.groups else []
    words += [] if one.sum_to == 1 else [f"weights {_sum(one.sum_to)}"]
    return words


def _sum(value: object) -> str:
    return "as they are" if value is None else f"that sum to {value:g}"


def _otherwise(one: Router, other: Router) -> list[str]:
    """What is different between two routers."""
    words = [f"{one.scores} → {other.scores}"] if one.scores != other.scores else []
    if one.biased != other.biased:
        words.append("balancing bias added" if other.biased else "balancing bias gone")
    if one.groups != other.groups:
        new = f"experts from {other.groups} groups" if other.groups else ""
        old = f"no longer from {one.groups} groups" if one.groups else ""
        words.append(f"{new} instead of {one.groups}" if new and old else new or f"experts {old}")
    if one.sum_to != other.sum_to:
        words.append(_summed(one.sum_to, other.sum_to))
    return words


def _summed(before: object, after: object) -> str:
    if after is None:
        return f"weights no longer scaled to sum to {before:g}"
    if before is None:
        return f"weights scaled to sum to {after:g}"
    return f"weights that sum to {after:g} instead of {before:g}"


@dataclass(frozen=True, slots=True)
class _Both:
    """Two mixtures that correspond."""

    a: str
    b: str
    one: Composite
    other: Composite

    def at(self, change: Change) -> bool:
        """Whether a change is a setting of the mixture itself."""
        return change.kind == "setting" and (change.a, change.b) == (self.a, self.b)

    def within(self, change: Change) -> str | None:
        """The path of a change from the mixture on."""
        for path, start in ((change.b, self.b), (change.a, self.a)):
            if path:
                return path[len(start) + 1 :] if path.startswith(f"{start}.") else None
        return None


def _mixtures(comparison: Comparison) -> Iterator[_Both]:
    for a, b, item, other in pairs(comparison):
        one, two = item.part, other.part
        if (
            routed(one)
            and routed(two)
            and isinstance(one, Composite)
            and isinstance(two, Composite)
        ):
            yield _Both(a, b, one, two)


def experts(feed: Words, hidden: Words) -> Callable[[Comparison, Sequence[Change]], Iterator[Line]]:
    """The topic of how many experts there are, of which kind, and how wide."""

    def topic(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
        lines: dict[str, list[Change]] = {}
        for both in _mixtures(comparison):
            words, taken = _experts(both, left, feed, hidden)
            if taken:
                lines.setdefault(words, []).extend(taken)
        for words, taken in lines.items():
            where = f" {at([c.path for c in taken], 2)}" if len(lines) > 1 and words else ""
            yield words + where, taken

    return topic


def _experts(
    both: _Both, left: Sequence[Change], feed: Words, hidden: Words
) -> tuple[str, list[Change]]:
    one, other = routed(both.one), routed(both.other)
    assert one is not None
    assert other is not None
    inside = [(c, path) for c in left if (path := both.within(c)) is not None]
    words = _counts(one, other)
    networks = feed(one.part), feed(other.part)
    if networks[0] != networks[1]:
        words.append(f"each {networks[0]} → {networks[1]}")
    wide = hidden(one.part), hidden(other.part)
    if wide[0] != wide[1]:
        words.append(f"each {plain(wide[0])} → {plain(wide[1])} wide")
    always = [n.name for n in (*beside(both.one), *beside(both.other))]
    taken = [
        c for c, path in inside
        if c.kind == "side" or (c.what == "hidden" and (path in always or path == other.name))
    ]  # fmt: skip
    taken += [c for c in left if both.at(c) and c.what in ("experts", "active")]
    words += _shared(both, hidden, same=bool(wide[0] != wide[1]))
    sums = [
        c for c, path in inside
        if c.kind in ("added", "removed") and (path in always or c.part.family == "combine")
        and "." not in path
    ]  # fmt: skip
    taken += sums if len(beside(both.one)) != len(beside(both.other)) else []
    if networks[0] != networks[1]:
        taken += [c for c, path in inside if _activates(c, path, other.name)]
    names = {n for c in taken for n in c.what.split() if c.kind == "side"}
    for c in left:
        if c.kind == "dim" and (c.what in names or (c.before, c.after) == wide):
            taken.append(c)
    if words and words[0].startswith("each"):
        words[0] = f"experts {words[0]}"
    return ", ".join(words), taken


def _activates(change: Change, path: str, name: str) -> bool:
    """Whether a change is one of the activations inside the experts."""
    boxes = change.kind in ("added", "removed", "replaced")
    return boxes and path.startswith(f"{name}.") and change.part.family == "activation"


def _counts(one: Node, other: Node) -> list[str]:
    """``32 → 128 experts, 4 active``."""
    sides = [n.parallel for n in (one, other)]
    assert sides[0] is not None
    assert sides[1] is not None
    names = [str(side.count.name) for side in reversed(sides) if side is not None]
    noun = next((n for n in names if n.isidentifier()), other.label.lower() or "copies")
    counts = [int(s.count) for s in sides if s is not None]
    active = ["all" if s.active is None else f"{int(s.active):,}" for s in sides if s is not None]
    noun = noun.replace("_", " ")
    if counts[0] == counts[1] and active[0] == active[1]:
        return []
    if active[0] == active[1]:
        return [f"{counts[0]:,} → {counts[1]:,} {noun}, {active[1]} active"]
    if counts[0] == counts[1]:
        return [f"{active[0]} → {active[1]} of {counts[1]:,} {noun} active"]
    return [f"{counts[0]:,} {noun}, {active[0]} active → {counts[1]:,} {noun}, {active[1]} active"]


def _shared(both: _Both, hidden: Words, *, same: bool) -> list[str]:
    """The experts that are always there: come, gone, or of another width."""
    before, after = beside(both.one), beside(both.other)
    if len(before) != len(after):
        one, other = len(before), len(after)
        noun = "shared expert" if max(one, other) == 1 else "shared experts"
        if one and other:
            return [f"{one} → {other} {noun}"]
        return [f"{other} {noun} added"] if other else [f"{one} {noun} gone"]
    wide = [[hidden(n.part) for n in nodes] for nodes in (before, after)]
    if wide[0] == wide[1] or same:
        return []
    return [f"the shared expert {plain(wide[0][0])} → {plain(wide[1][0])} wide"]


def routers(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How experts are chosen: what makes scores of numbers, groups, what weights sum to."""
    lines: dict[str, list[Change]] = {}
    for both in _mixtures(comparison):
        one, other = router(both.one), router(both.other)
        if one is None or other is None:
            continue
        words = ", ".join(_otherwise(one, other))
        names = {*one.nodes, *other.nodes}
        taken = [c for c in left if both.within(c) in names or (both.at(c) and c.what in SET)]
        named = {"groups", "active_groups"}
        taken += [c for c in left if c.kind == "dim" and c.what in named and words]
        if taken:
            lines.setdefault(f"router: {words}" if words else "", []).extend(taken)
    for words, taken in lines.items():
        where = f" {at([c.path for c in taken], 2)}" if len(lines) > 1 and words else ""
        yield words + where, taken
