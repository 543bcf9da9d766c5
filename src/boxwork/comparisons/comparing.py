"""Architectures compared: words, a table, a drawing, behaviour; written by the end of a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from boxwork import arguments
from boxwork.api import Graph, load
from boxwork.comparisons import comparison as written
from boxwork.comparisons.comparison import Behaviour
from boxwork.comparisons.faults import faults
from boxwork.comparisons.measures import Row, rows, shared_context
from boxwork.comparisons.names import short, untaken
from boxwork.drawings import Drawing, Looks, look
from boxwork.specs.diagnostics import DataError, Diagnostic, SpecError

if TYPE_CHECKING:
    from boxwork.comparisons.behaviour import Difference
    from boxwork.comparisons.edits import Edits
    from boxwork.counting import Counted
    from boxwork.graphs.comparing.compare import Comparison as Pair
    from boxwork.races.raced import Race
    from boxwork.races.racing import Refuse, Tell

SUFFIXES = (".svg", ".png", ".pdf", ".html", ".md", ".json", ".yaml")


def compare(
    *specs: str | Path | Graph,
    edits: str | Iterable[str] = (),
    context: int | None = None,
    toy: bool = False,
) -> Comparison:
    """Compare two architectures, or each of several with the one before it.

    Args:
        *specs: names of shipped specs, paths of YAML files, or loaded graphs.
        edits: edits of each that is loaded, as ``--set`` takes them: one, or several.
        context: the length at which costs are counted; the longest that all take, if None.
        toy: take the toy profile of each that is loaded.

    Raises:
        SpecError: with everything that is wrong in any of them.
    """
    if len(specs) < 2:
        raise TypeError(f"compare takes two specs or more, not {len(specs)}")
    given = arguments.edits(edits)
    found: list[Graph] = []
    wrong: list[Diagnostic] = []
    for spec in specs:
        try:
            found.append(spec if isinstance(spec, Graph) else load(spec, *given, toy=toy))
        except SpecError as error:
            wrong += faults(short(str(spec)), error.diagnostics, wrong)
    if wrong:
        raise SpecError(wrong)
    named = _named(specs, found)
    paths = {n: s for n, s in zip(named, specs, strict=True) if not isinstance(s, Graph)}
    return Comparison(named, context, paths)


def _named(specs: Sequence[str | Path | Graph], graphs: Sequence[Graph]) -> dict[str, Graph]:
    """The graphs by the names that they go by here; no two alike."""
    named: dict[str, Graph] = {}
    for spec, graph in zip(specs, graphs, strict=True):
        stem = graph.name if isinstance(spec, Graph) else short(spec)
        named[untaken(stem, named)] = graph
    return named


class Comparison:
    """Two architectures or more, each held against the one before it."""

    def __init__(
        self,
        graphs: Mapping[str, Graph],
        context: int | None = None,
        paths: Mapping[str, str | Path] | None = None,
    ) -> None:
        self.graphs = dict(graphs)
        self.paths = dict(paths or {})  # where they were read, if they were
        self.context = None if context is None else arguments.count(context, "context", 1)
        self.behaviour = Behaviour()

    @property
    def names(self) -> tuple[str, ...]:
        """What the architectures are called."""
        return tuple(self.graphs)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Each graph with the one before it: which boxes correspond, and what is different."""
        from boxwork.graphs.comparing.compare import compare

        checked = [graph.checked for graph in self.graphs.values()]
        return tuple(compare(a, b) for a, b in pairwise(checked))

    @property
    def same(self) -> bool:
        """Whether all mean the same graph, whatever names they use."""
        return all(pair.same for pair in self.pairs)

    @cached_property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """What is different in words, for each pair; nothing if it is the same."""
        from boxwork.graphs.comparing.sharing import remark
        from boxwork.graphs.comparing.telling import lines

        return tuple(
            tuple(filter(None, (remark(pair, *names), *lines(pair))))
            for pair, names in zip(self.pairs, pairwise(self.names), strict=True)
        )

    @property
    def changes(self) -> list[list[dict[str, object]]]:
        """What is different as data, for each pair."""
        return [[change.facts() for change in pair.told] for pair in self.pairs]

    @cached_property
    def edits(self) -> tuple[Edits, ...]:
        """What would make each of the one before it, as edits of a variant: few, and verified."""
        from boxwork.comparisons.edits import Edits

        return tuple(
            Edits(self.graphs[a], self.graphs[b], (a, b)) for a, b in pairwise(self.graphs)
        )

    def variant(self, beside: str | Path = ".") -> str:
        """A spec that extends the first as it is written, and is the same graph as the second.

        Raises:
            DataError: if there are more than two, the first has no name to extend, or no edits
                make the second of it.
        """
        from boxwork.comparisons.edits import as_variant, nameless

        first, *others = self.graphs
        if len(others) > 1 or first not in self.paths:
            raise nameless(self.names)
        second = others[0]
        return as_variant(self.paths[first], self.graphs[second], (first, second), Path(beside))

    @cached_property
    def table(self) -> list[Row]:
        """Dims, parameters and costs of all of them."""
        return rows([graph.checked for graph in self.graphs.values()], self.costs)

    @cached_property
    def costs(self) -> list[Counted]:
        """What each costs at the same context: see ``Graph.count``."""
        graphs = list(self.graphs.values())
        context = self.context or shared_context([graph.checked for graph in graphs])
        return [graph.count(context) for graph in graphs]

    def draw(self, path: str | Path | None = None, **looks: Unpack[Looks]) -> Drawing:
        """Draw them side by side; with a path, write the picture there as well.

        Raises:
            DataError: if the picture cannot be made or written.
        """
        from boxwork.renderers.abreast.abreast import abreast
        from boxwork.renderers.look.sizes import aired

        chosen = look(looks)
        with aired(chosen.air):
            made = abreast(self.pairs, self.names)
        drawing = Drawing(made, chosen, self.html)
        if path is not None:
            drawing.save(path)
        return drawing

    def run(self, seed: int = 0, *, refuse: Refuse | None = None) -> list[Difference]:
        """Run each beside the one before it, on one input and with the weights that both have.

        Args:
            seed: what input and weights are drawn by.
            refuse: takes what hinders a pair, and the others run; without it, that is raised.

        Raises:
            DataError: if they do not read the same, or one is too large to run.
        """
        from boxwork.comparisons.behaviour import difference

        seed, graphs = arguments.count(seed, "seed"), list(self.graphs.values())
        found, wrong = {}, []
        for names, (a, b), pair in zip(
            pairwise(self.names), pairwise(graphs), self.pairs, strict=True
        ):
            try:
                found[names] = difference(a, b, pair, seed)
            except DataError as error:
                wrong += [d for d in error.diagnostics if d not in wrong]
        if wrong and (refuse is None or not found):
            raise DataError(wrong)
        if refuse is not None:
            refuse(wrong)
        self.behaviour.runs = found
        return list(found.values())

    def race(
        self,
        text: str | Path,
        *,
        steps: int = 200,
        seeds: int = 1,
        equal: str | None = None,
        scale_dim: str | None = None,
        held_out: str | Path | None = None,
        tell: Tell = lambda name, seed: None,
        refuse: Refuse | None = None,
        **options: Any,
    ) -> Race:
        """Train all of them on a text, each from the same seeds, and keep their losses.

        Args:
            text: what they learn; a Path is read as a file.
            steps: how many steps the first takes.
            seeds: how many trainings each gets, with seeds 0, 1, ….
            equal: ``"parameters"``: a dim of the others is scaled until they have as many as the
                first; ``"flops"``: they take as many steps as come to the same; else all take
                the same steps.
            scale_dim: the dim that is scaled; ``d_model``, if all have it.
            held_out: a text that none learns, to measure losses on; a Path is read as a file.
            tell: is told which spec begins, and with which seed.
            refuse: takes what hinders a spec, and the others race; without it, that is raised.
            **options: ``batch=16, length=32, rate=3e-3`` and what else ``Model.train`` takes.

        Raises:
            DataError: if one of them cannot learn from the text, or there is no dim to scale.
        """
        from boxwork.races import racing

        steps, seeds = arguments.count(steps, "steps", 1), arguments.count(seeds, "seeds", 1)
        racing.hold(equal, scale_dim, options)
        self.behaviour.race = racing.race(
            self.graphs,
            text,
            steps=steps,
            seeds=seeds,
            equal=equal,
            scale_dim=scale_dim,
            held_out=held_out,
            tell=tell,
            refuse=refuse,
            **options,
        )
        return self.behaviour.race

    def html(self) -> str:
        """One page with the words, the table, the drawing and the curves."""
        from boxwork.comparisons.page import html

        return html(self)

    def markdown(self) -> str:
        """The words and the table as Markdown."""
        return written.markdown(self)

    def facts(self) -> dict[str, object]:
        """Everything as plain data, for JSON."""
        return written.facts(self)

    def save(self, path: str | Path, **looks: Unpack[Looks]) -> None:
        """Write it by the end of the file's name: .svg, .png, .pdf, .html, .md or .json.

        What ends in .yaml is the second as a variant of the first.

        Raises:
            DataError: if the name ends unlike all of them, or the file cannot be written.
        """
        from boxwork.files import known_suffix
        from boxwork.specs.output import write

        suffix = known_suffix(path, SUFFIXES, "a comparison")
        made: str | bytes
        if suffix == ".yaml":
            made = self.variant(Path(path).parent)
        else:
            made = written.render(self, suffix, looks)
        write(path, made if isinstance(made, str) else lambda file: file.write(made))

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """What notebooks show: the picture, or the words where they show none."""
        return {"image/svg+xml": self.draw().svg, "text/plain": str(self)}

    def __str__(self) -> str:
        return written.text(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)}>"
