"""Topics of a comparison about what is small or idle: biases, dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.differing import said
from boxwork.graphs.comparing.levels import primitives, typical, uses
from boxwork.graphs.comparing.worded import at, joined
from boxwork.graphs.graph import Composite, Part

Line = tuple[str, Sequence[Change]]
BIASES = ("bias", "biased", "biased_k", "biased_out")
ROUTER = " of the router"
DROPS = ("drop", "drop_inner")
WHERE = {
    "biased": "queries, keys and values",
    "biased_k": "the keys",
    "biased_out": "the output projection",
}


def biases(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Biases that go or come: all of them, all but one, or which."""
    for word, value in (("gone", "false"), ("added", "true")):
        taken = [
            c for c in left
            if c.kind == "setting" and c.what in BIASES and c.after == value
            and c.before in ("true", "false")
        ]  # fmt: skip
        if not taken:
            continue
        graphs = (comparison.a, comparison.b)
        having, without = graphs if value == "false" else graphs[::-1]
        rest, most = list(_biased(without.root)), list(_biased(having.root))
        if len(rest) < 2 and len(taken) > 1 and 2 * len(most) > len(list(_able(having.root))):
            but = " but at" if value == "false" else ", not only at"
            yield f"biases {word}" + "".join(f"{but} {path}" for path in rest), taken
            continue
        for which in dict.fromkeys(_which(c.path, taken) for c in taken):
            group = [c for c in taken if _which(c.path, taken) == which]
            paths = list(dict.fromkeys(c.path for c in group))
            single = len(paths) == 1 and (group[0].what == "bias" or which == ROUTER)
            noun = "bias" if single else "biases"
            yield f"{noun}{which} {word}{_where(comparison, group, paths)}", group


def _biased(part: Part, before: str = "") -> Iterator[str]:
    """The paths of all boxes with a bias."""
    return (path for path, biased in _able(part, before) if biased)


def _able(part: Part, before: str = "") -> Iterator[tuple[str, bool]]:
    """All boxes that may have a bias, and whether they have; copies once."""
    for node in part.nodes.values() if isinstance(part, Composite) else ():
        path = before + node.name
        inner = typical(node)
        if isinstance(inner, Composite):
            yield from _able(inner, f"{path}." if node.count is None else f"{path}.*.")
        elif isinstance(inner.settings.get("bias"), bool) and inner.family != "norm":
            yield path, bool(inner.settings["bias"])


def _where(comparison: Comparison, group: Sequence[Change], paths: Sequence[str]) -> str:
    name = group[0].part.name
    every = len(paths) > 1 and uses(comparison.b, name) == len(paths)
    return " everywhere" if every else f" {at(paths, 3)}"


def _which(path: str, changes: Sequence[Change]) -> str:
    """Of attention, which of its layers are meant: `` of the keys``; nothing if it is all."""
    here = [c for c in changes if c.path == path and c.what in WHERE]
    if here and here[0].part.family != "attention":  # a mixture has one in its router
        return ROUTER if here[0].part.family == "feedforward" else ""
    whats = [c.what for c in here]
    if not whats or ("biased" in whats and "biased_out" in whats):
        return ""
    own = ["biased"] if "biased" in whats else whats
    return f" of {joined([WHERE[what] for what in own])}"


def dropouts(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Dropout that is nowhere any more, or is where there was none."""
    for kind, without in (("removed", comparison.b), ("added", comparison.a)):
        taken = [c for c in left if c.kind == kind and any(p and _idle(p.name) for p in c.parts)]
        given = [c for c in left if c.kind == "setting" and c.what in DROPS and _given(c) == kind]
        verb = "added" if kind == "added" else "gone"
        if not any(_idle(p.name) for p in primitives(without.root)):
            rates = {said(c.part.settings["rate"]) for c in taken}
            rate = f" of {rates.pop()}" if len(rates) == 1 and kind == "added" else ""
            if taken or given:
                yield f"dropout{rate} {verb}", [*taken, *given]
        elif given:
            yield f"Dropout {verb} inside {joined([c.path for c in given])}", given


def _given(change: Change) -> str:
    """Whether a block is given dropout that had none, or no longer."""
    return "added" if change.before == "none" else "removed" if change.after == "none" else ""


def _idle(name: str) -> bool:
    return name == "Dropout"
