"""An architecture as ``bw.load`` gives it: checked, drawn, counted, written; nothing has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from boxwork import arguments
from boxwork.blocks.catalogue import broken_plugins
from boxwork.drawings import Drawing, Looks, check, look
from boxwork.graphs import load as loading
from boxwork.specs.diagnostics import DataError, Diagnostic, Note, SpecError

if TYPE_CHECKING:
    from graphviz import Digraph
    from networkx import MultiDiGraph

    from boxwork.blocks.block import Parameter
    from boxwork.blocks.types import WireType
    from boxwork.counting import Counted
    from boxwork.graphs.graph import Graph as Checked
    from boxwork.model import Model
    from boxwork.specs.interpret import Interpretation
    from boxwork.specs.spec import Spec
    from boxwork.tokens import Tokens


def load(target: str | Path, /, *edits: str, toy: bool = False, **sizes: object) -> Graph:
    """Read, wire and check a spec.

    Args:
        target: the name of a shipped spec, or the path of a YAML file.
        *edits: edits as ``--set`` takes them: ``"swap.LayerNorm=RMSNorm"``.
        toy: take the small sizes of the spec's toy profile; edits and sizes come after it. A
            small spec that has none is taken as it is.
        **sizes: new values of the spec's dims and settings: ``layers=2, dropout=0``.

    Raises:
        SpecError: with everything that is wrong.
    """
    target, edits = arguments.target(target), arguments.edits(edits)
    unusable = skipped()
    try:
        spec, graph = loading.load(target, edits, sizes, toy=toy)
    except SpecError as error:
        if not unusable:
            raise
        raise SpecError([*error.diagnostics, *unusable]) from None
    return Graph(spec, graph, (*graph.warnings, *unusable))


def skipped() -> tuple[Diagnostic, ...]:
    """A warning for every plug-in that could not be loaded."""
    hint = "its maker can mend it; until then, uninstalling it ends this warning"
    return tuple(Diagnostic("BW907", str(one), help=hint) for one in broken_plugins())


class Graph:
    """A checked architecture: every wire has a type, nothing has been computed yet."""

    def __init__(self, spec: Spec, checked: Checked, warnings: Sequence[Diagnostic] = ()) -> None:
        self.spec = spec
        self.checked = checked
        self.warnings = tuple(warnings)
        self._counted: dict[tuple[int | None, int, str], Counted] = {}

    @property
    def name(self) -> str:
        """What the spec calls itself."""
        return self.checked.name

    @property
    def inputs(self) -> Mapping[str, WireType]:
        """The inputs: name → wire type."""
        return self.checked.inputs

    @property
    def outputs(self) -> Mapping[str, WireType]:
        """The outputs: name → wire type."""
        return self.checked.outputs

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters: path → declaration; a tied one stands at its target."""
        from boxwork.graphs.parameters import parameters

        return parameters(self.checked)

    @property
    def random(self) -> bool:
        """Whether ``init`` draws any numbers: not if the spec gives all that are to be drawn."""
        from boxwork.graphs.parameters import written

        drawn = (path for path, one in self.parameters.items() if one.init == "normal")
        return any(written(self.checked, path) is None for path in drawn)

    @property
    def interpretation(self) -> Interpretation:
        """What the numbers mean to people: tokenizers, names, classes."""
        return self.spec.interpretation

    def tokenizer(self, name: str | None = None) -> Tokens:
        """The tokenizer of an input; without a name, of the first that has one.

        Raises:
            DataError: if there is no such input, or it has no tokenizer.
        """
        from boxwork.tokens import of_input

        return of_input(self.checked, self.interpretation, name)

    def init(self, seed: int = 0, dtype: str = "float32") -> Model:
        """A model with random parameters, drawn by seed and path.

        Raises:
            DataError: if the parameters cannot fit into the machine's memory.
        """
        from boxwork.engines.parameters.initialise import init
        from boxwork.engines.running.numpy import Model as Engine
        from boxwork.engines.running.numpy import floating
        from boxwork.model import Model

        kind, seed = floating(dtype), arguments.count(seed, "seed")
        return Model(self, Engine(self.checked, init(self.checked, seed, kind), dtype=kind))

    def load(self, path: str | Path, dtype: str = "float32") -> Model:
        """A model with the parameters of a safetensors file, or of a folder of them.

        Raises:
            DataError: if the file cannot be read, or its names or shapes do not fit.
        """
        from boxwork.engines.running.numpy import Model as Engine
        from boxwork.engines.running.numpy import floating
        from boxwork.model import Model

        kind = floating(dtype)
        return Model(self, Engine(self.checked, self._loaded(path, kind), dtype=kind))

    def _loaded(self, path: str | Path, dtype: Any) -> dict[str, Any]:
        """The parameters of a file, in shape; for a toy they may be of full size, which is said."""
        from boxwork.engines.parameters.weights import UNFIT, load
        from boxwork.specs.toy import is_toy

        try:
            return load(path, self.checked, dtype)
        except DataError as error:
            *_, last = error.diagnostics
            if not is_toy(self.spec) or last.code not in UNFIT:
                raise
        message = f"the parameters of {path} are not those of the toy of {self.name}"
        mend = "leave --toy (toy=True) out; or take parameters of the toy, from boxwork train --toy"
        raise DataError([Diagnostic(last.code, message, notes=(Note(last.message),), help=mend)])

    def draw(
        self,
        path: str | Path | None = None,
        *,
        open: str | Iterable[str] = (),
        depth: int | None = None,
        values: Mapping[str, Any] | None = None,
        parameters: Mapping[str, Any] | None = None,
        neurons: int = 24,
        **looks: Unpack[Looks],
    ) -> Drawing:
        """Draw the boxes; with a path, write the picture there as well.

        Args:
            path: where to write it; the end of its name says how: ``.svg``, ``.png``, ``.pdf``,
                ``.dot``, ``.mmd``, ``.md``, or ``.html`` for a page in which boxes open.
            open: paths of boxes to open (``stack.*.attn``), or ``all``.
            depth: open every box down to this depth.
            values: arrays of a run to show, by path; inputs by their names.
            parameters: arrays to show as weights; else the numbers written in the spec.
            neurons: up to how many numbers side by side are drawn as circles.
            **looks: how it looks: ``theme``, ``width``, ``font_size``, ``scale``, ``signs`` and
                ``engine``; see ``boxwork.drawings.Looks``.

        Raises:
            DataError: if a box is not there, or the picture cannot be made or written.
        """
        from boxwork.renderers.draw import opened
        from boxwork.renderers.layout.layout import layout
        from boxwork.renderers.look.sizes import aired
        from boxwork.renderers.page.html import page
        from boxwork.renderers.values.data import Data
        from boxwork.renderers.values.fitting import hold_fitting

        chosen = look(looks)
        if path is not None:
            check(path, chosen)
        paths = arguments.paths(open, "open")
        depth = None if depth is None else arguments.count(depth, "depth")
        neurons = arguments.count(neurons, "neurons")
        data = Data(self.checked, parameters or {}, values or {}, self.interpretation)
        hold_fitting(data)
        opening = opened(self.checked, paths, depth, data, neurons)
        own = self.spec.said
        with aired(chosen.air):
            made = layout(self.checked, opening, data)
        drawing = Drawing(
            made,
            chosen,
            lambda: page(self.checked, opening, chosen, own, data),
        )
        if path is not None:
            drawing.save(path)
        return drawing

    def count(
        self,
        context: int | None = None,
        *,
        batch: int = 1,
        dtype: str = "bfloat16",
        accelerators: str | Path | None = None,
    ) -> Counted:
        """Count parameters, operations, memory and time at best; no array is made.

        Args:
            context: the length of all free dims; the longest that the spec allows, if None.
            batch: how many samples run together.
            dtype: float32, float16, bfloat16, int8 or int4; of the last two, only weights are.
            accelerators: a YAML file of more accelerators.

        Raises:
            DataError: if the spec requires another context, or the file is wrong.
        """
        from boxwork.counting import Counted

        key = context, batch, dtype
        found = self._counted.get(key) if accelerators is None else None
        if found is None:
            found = Counted(
                self.checked,
                self.interpretation,
                context,
                batch=batch,
                dtype=dtype,
                table=accelerators,
            )
        if accelerators is None:
            self._counted[key] = found
        return found

    def to_graphviz(self, *, open: str | Iterable[str] = (), depth: int | None = None) -> Digraph:
        """The drawing as a ``graphviz.Digraph``, every box and line pinned to its place.

        ``graph.render("name", format="svg", neato_no_op=2)`` keeps the places; its ``source``
        is what ``draw`` writes as ``.dot``.
        """
        return self.draw(open=open, depth=depth).to_graphviz()

    def expand(self) -> str:
        """The YAML of this spec with nothing implied: variants applied, wires written out."""
        from boxwork.specs.write import expand

        return expand(self.spec)

    def to_networkx(self) -> MultiDiGraph[str]:
        """The whole graph of primitives by path, every copy and every wire."""
        from boxwork.networks import to_networkx

        return to_networkx(self.checked)

    def _repr_svg_(self) -> str:
        return self.draw().svg

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """What notebooks show: the picture, or the tree where they show none."""
        return {"image/svg+xml": self.draw().svg, "text/plain": str(self)}

    def __repr__(self) -> str:
        from boxwork.graphs.totals import total

        ways = f"{', '.join(self.inputs)} → {', '.join(self.outputs)}"
        return f"<Graph {self.name}: {ways}, {total(self.checked):,} parameters>"

    def __str__(self) -> str:
        from boxwork.renderers.text import tree

        return tree(self.checked)
