"""From a draft to better ones: kinds of proposals in an order, and how dear they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.proposing import Piece, of_all_copies
from boxwork.specs.draft import Draft

Tier = Callable[[Attempt, Goal], Iterator[Sequence[Piece | Draft]]]


@dataclass(frozen=True)
class Search:
    """Kinds of proposals in the order in which they are taken up, again and again.

    ``thrifty``: what copies whole blocks of the second spec comes when nothing else is left.
    """

    tiers: Sequence[Tier]
    thrifty: bool = False

    def run(self, first: Attempt, goal: Goal, tries: int, most: float) -> Attempt:
        """As far as it leads, by so many more drafts; none makes more edits than ``most``."""
        climb = _Climb(goal, goal.tries + tries, most)
        now = first
        while not now.comparison.same and not climb.over:
            before = now
            now = climb.through(now, self.tiers, dear=not self.thrifty)
            if now is before and self.thrifty:
                now = climb.through(now, self.tiers, dear=True)
            if now is before:
                break
        return cut_down(now, goal) if now.comparison.same else now


@dataclass
class _Climb:
    goal: Goal
    end: int  # how many drafts may have been tried when it ends
    most: float

    @property
    def over(self) -> bool:
        return self.goal.tries > self.end

    def through(self, now: Attempt, tiers: Sequence[Tier], *, dear: bool) -> Attempt:
        """As far as the proposals of each kind lead, one kind after the other."""
        for tier in tiers:
            while not now.comparison.same and not self.over:
                better = next(self._better(now, tier, dear=dear), None)
                if better is None:
                    break
                now = better
        return now

    def _better(self, now: Attempt, tier: Tier, *, dear: bool) -> Iterator[Attempt]:
        for alternatives in tier(now, self.goal):
            given = _drafts(now, alternatives)
            able = (one for one in given if one.count <= self.most and (dear or _cheap(one, now)))
            tried = map(self.goal.attempt, able)
            found = [one for one in tried if one is not None and one.distance < now.distance]
            if found:
                yield min(found, key=lambda one: (one.distance, one.draft.count))
            if self.over:
                return


def _drafts(now: Attempt, alternatives: Sequence[Piece | Draft]) -> Iterator[Draft]:
    """The drafts that alternatives make: of an edit of one copy also that of all of them."""
    for one in alternatives:
        if isinstance(one, Draft):
            yield one
            continue
        yield now.draft.plus(one)
        wide = of_all_copies(one)
        if wide != one:
            yield now.draft.plus(wide)


def _cheap(draft: Draft, now: Attempt) -> bool:
    """Whether a draft copies no more blocks of the second spec."""
    return _copied(draft) <= _copied(now.draft)


def _copied(draft: Draft) -> set[str]:
    blocks = draft.tree.get("blocks", {})
    assert isinstance(blocks, Mapping)
    return {n for n, one in blocks.items() if isinstance(one, Mapping) and "nodes" in one}


def cut_down(now: Attempt, goal: Goal) -> Attempt:
    """The same without what it does as well without."""
    for way in list(now.draft.ways()):
        if way[0] == "interpret":  # graphs are the same without, but not what their numbers mean
            continue
        tried = goal.attempt(now.draft.without(way))
        if tried is not None and tried.distance <= now.distance:
            now = tried
    return now


def without_detours(now: Attempt, goal: Goal, narrow: Search, tries: int) -> Attempt:
    """The same without what changes more than it should, and without what sets that back."""
    if not now.comparison.same:
        return now
    for way in now.draft.ways():
        if len(way) != 2 or way[0] not in ("blocks", "swap"):
            continue
        bare = goal.attempt(now.draft.without(way))
        bare = bare and cut_down(bare, goal)
        if bare is None or bare.draft.count > now.draft.count - 2:  # nothing set it back
            continue
        found = narrow.run(bare, goal, tries, now.draft.count - 1)
        if found.comparison.same:
            return without_detours(found, goal, narrow, tries)
    return now
