"""What is said of repeated boxes: in what the copies differ and which, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from boxwork.graphs.graph import Node, Parallel, Part
from boxwork.renderers.figure import SIDE
from boxwork.renderers.structure.differ import differences, kin, set_apart

MOST = 6  # kinds of copies, or runs of numbers, that are listed
MOST_RUNS = 12
SHARED = "one set of weights"
KEPT = "kept while generating"

Kinds = dict[str, list[int]]  # what is said of some copies, and which these are


def remarks(node: Node, copies: range) -> list[str]:
    """What is said of some copies of a node: of several alike, in what others differ from them."""
    if node.parallel is not None:
        return [beside(node.parallel), *([SHARED] if node.shared else [])]
    if not copies or node.count is None:
        return []
    said: list[str] = []
    if len(node.parts) > 1 and len(kinds(node, copies)) > 1:
        said += _told_apart(node, copies)
    elif len(node.parts) > 1 and len(copies) < node.count:
        said += _besides(node, copies[0])
    return [*said, SHARED] if node.shared and len(copies) > 1 else said


def beside(side: Parallel) -> str:
    """Copies side by side in words: ``128 side by side, 8 active``."""
    said = f"{int(side.count):,} {SIDE}"
    if side.weights is None:
        return said
    return f"{said}, {side.active} active" if side.active is not None else f"{said}, weighed"


def kinds(node: Node, copies: Iterable[int]) -> list[tuple[Part, list[int]]]:
    """The templates of some copies, the most common first, each with the copies it has."""
    found: dict[int, tuple[Part, list[int]]] = {}
    for copy in copies:
        part = node.part_of(copy)
        found.setdefault(id(part), (part, []))[1].append(copy)
    return sorted(found.values(), key=lambda kind: -len(kind[1]))


def main_copy(node: Node, copies: Sequence[int] | None) -> int:
    """The copy that is drawn for all: the first of the most common template."""
    if not copies or len(node.parts) == 1:
        return copies[0] if copies else 0
    return kinds(node, copies)[0][1][0]


def alike(node: Node, start: int, stop: int) -> list[range]:
    """Copies from ``start`` on in runs of one template; in one run if they keep taking turns."""
    runs: list[range] = []
    for copy in range(start, stop):
        if runs and node.part_of(copy) is node.part_of(copy - 1):
            runs[-1] = range(runs[-1].start, copy + 1)
        else:
            runs.append(range(copy, copy + 1))
    return runs if len(runs) <= MOST_RUNS else [range(start, stop)]


def names(node: Node, copies: Sequence[int]) -> list[str]:
    """The titles of the blocks that take turns, in order; edited copies go by the original's."""
    found = kinds(node, copies)
    titles = _titles([part for part, _ in found])
    first = {copies[0]: title for title, (_, copies) in zip(titles, found, strict=True)}
    return list(dict.fromkeys(first[copy] for copy in sorted(first)))


def _titles(parts: Sequence[Part]) -> list[str]:
    """The titles of parts; an edited copy goes by the title of what it was."""
    titles: list[str] = []
    for i, part in enumerate(parts):
        like = next((k for k, other in enumerate(parts[:i]) if kin(other, part)), None)
        titles.append(part.title if like is None else titles[like])
    return titles


def _besides(node: Node, copy: int) -> Iterator[str]:
    """In what one copy differs from the others, its title aside."""
    for label, (base, *others) in _classes(node, range(node.count or 0)).items():
        for part, there in (base, *others):
            if copy in there:
                yield from [label.removeprefix(part.title).strip()] if label else []
                yield from [] if part is base[0] else [_unlike(base[0], part) or "differs"]


def _told_apart(node: Node, copies: range) -> Iterator[str]:
    classes = _classes(node, copies)
    if len(classes) > 1:
        yield _turns({k: [c for _, there in kind for c in there] for k, kind in classes.items()})
    edited: Kinds = {}
    for (base, _), *others in classes.values():
        for part, there in others:
            edited.setdefault(_unlike(base, part), []).extend(there)
    yield from _edited(edited)


@lru_cache(maxsize=32)
def _classes(node: Node, copies: range) -> dict[str, list[tuple[Part, list[int]]]]:
    """The templates of some copies by their labels; those of one label differ inside."""
    found = kinds(node, copies)
    classes: dict[str, list[tuple[Part, list[int]]]] = {}
    parts = [part for part, _ in found]
    labels = _written(node, found) or _labels(parts)
    for label, kind in zip(labels, found, strict=True):
        classes.setdefault(label, []).append(kind)
    return classes


def _written(node: Node, found: Sequence[tuple[Part, list[int]]]) -> list[str]:
    """The names that the spec gives to one block with settings that differ: Local, Global."""
    if len(node.kinds) != len(node.parts) or len(set(_titles([p for p, _ in found]))) > 1:
        return []
    names = [node.kinds[copies[0] % len(node.kinds)] for _, copies in found]
    stems = [name.rstrip("0123456789") for name in names]  # an edited copy has a number
    return stems if len(set(stems)) == len(names) > 1 else []


@lru_cache(maxsize=128)
def _unlike(base: Part, part: Part) -> str:
    words = list(dict.fromkeys(differences(base, part)))
    more = [f"{len(words) - 3} more"] if len(words) > 4 else []
    return ", ".join([*words[: 3 if more else 4], *more])


def _labels(parts: Sequence[Part]) -> list[str]:
    """The names of blocks if those differ, with the settings that differ among one name."""
    titles = _titles(parts)
    labels = [""] * len(parts)
    several = len(set(titles)) > 1
    for title in dict.fromkeys(titles):
        same = [i for i, other in enumerate(titles) if other == title]
        for i, given in zip(same, set_apart([parts[i] for i in same]), strict=True):
            labels[i] = f"{title} {given}".strip() if several else given
    return labels


def _turns(found: Kinds) -> str:
    """``5 Local + 1 Global, ×10`` where kinds take turns, else which copies are which."""
    order = sorted(found, key=lambda label: min(found[label]))
    kind = {copy: label for label, copies in found.items() for copy in copies}
    turns = [kind[copy] for copy in sorted(kind)]
    if len(found) > MOST:
        rest = len(found) - MOST + 1
        return ", ".join([*order[: MOST - 1], f"{rest} more kinds"])
    if len(found) == len(turns):
        return ", ".join(turns)
    if period := _period(turns):
        return _cycle(turns, period)
    common = max(order, key=lambda label: len(found[label]))
    scattered = len(_runs(found[common])) > 1
    told = [f"{which(found[k])}: {k}" for k in order if not (scattered and k == common)]
    return ", ".join([*told, *([f"the others: {common}"] if scattered else [])])


def _period(turns: Sequence[str]) -> int:
    """After how many copies the kinds come again; 0 if they do not."""
    for period in range(1, len(turns) // 2 + 1):
        if all(turns[i] == turns[i - period] for i in range(period, len(turns))):
            return period
    return 0


def _cycle(turns: Sequence[str], period: int) -> str:
    """Kinds in the order in which they come, how often they do, and what is left at the end."""
    times, rest = divmod(len(turns), period)
    once = [(label, len(list(run))) for label, run in groupby(turns[:period])]
    left = [(label, len(list(run))) for label, run in groupby(turns[len(turns) - rest :])]
    if len(once) > MOST:
        return ", ".join(f"{label} ×{turns.count(label)}" for label in dict.fromkeys(turns))
    bare = all(many == 1 and not label[:1].isupper() for label, many in once)
    said = f"{_sum(once, bare=bare)}, ×{times}"
    return f"{said}, then {_sum(left, bare=bare)}" if left else said


def _sum(runs: Sequence[tuple[str, int]], *, bare: bool) -> str:
    """``5 Local + 1 Global``; of settings ``2 with window 16 + 1 without window``.

    Where settings change from copy to copy they are told ``bare``: ``window 16 + no window``.
    """
    return " + ".join(_counted(label, many, bare=bare) for label, many in runs)


def _counted(label: str, many: int, *, bare: bool) -> str:
    """How many copies are of a kind; a setting that is none is told as missing."""
    name, _, value = label.rpartition(" ")
    missing = value == "none" and " " not in name
    if bare:
        return f"no {name}" if missing else label
    if label[:1].isupper():
        return f"{many} {label}"
    return f"{many} without {name}" if missing else f"{many} with {label}"


def _edited(found: Kinds) -> Iterator[str]:
    for said, copies in list(found.items())[:MOST]:
        verb = "differ" if len(copies) > 1 else "differs"
        yield f"{which(copies)}: {said}" if said else f"{which(copies)} {verb}"
    if len(found) > MOST:
        yield f"{len(found) - MOST} more kinds of copies"


def _runs(copies: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for copy in sorted(copies):
        if runs and runs[-1][1] == copy - 1:
            runs[-1] = (runs[-1][0], copy)
        else:
            runs.append((copy, copy))
    return runs


def which(copies: Sequence[int]) -> str:
    """Copies by number: ``copy 3``, ``copies 0–2 and 5``."""
    if len(copies) == 1:
        return f"copy {copies[0]}"
    words = []
    for first, last in _runs(copies):
        pair = [str(first)] if first == last else [str(first), str(last)]
        words += pair if last - first < 2 else [f"{first}–{last}"]
    if len(words) > MOST:
        return f"copies {', '.join(words[: MOST - 1])}, …"
    return f"copies {', '.join(words[:-1])} and {words[-1]}" if words[1:] else f"copies {words[0]}"
