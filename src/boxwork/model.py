"""A model: an architecture with parameters, which runs, learns and goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from boxwork import arguments
from boxwork.continuing import Continuing, warned
from boxwork.learning import Learning

if TYPE_CHECKING:
    from boxwork.architecture import Graph
    from boxwork.drawings import Drawing, Looks
    from boxwork.engines.running.numpy import Model as Engine
    from boxwork.generation import Generation
    from boxwork.specs.spec import Spec
    from boxwork.words import Readings


class Model(Continuing, Learning):
    """A graph with parameters: call it, look inside it, train it, let it go on, save it."""

    graph: Graph
    engine: Engine

    def __init__(self, graph: Graph, engine: Engine) -> None:
        self.graph = graph
        self.engine = engine

    def __call__(self, /, *values: Any, **by_name: Any) -> Any:
        """The output, or the outputs by name if there are several.

        Inputs are given in order or by name: arrays, lists, or text where the spec names a
        tokenizer; a batch is an array with leading axes, or a list of unlike lengths.

        Raises:
            DataError: if an input does not fit, with the bound that it breaks.
        """
        return self.engine(**self._encoded(values, by_name))

    def trace(
        self, /, *values: Any, paths: Iterable[str] | None = None, **by_name: Any
    ) -> Mapping[str, Any]:
        """Every activation by path, or those asked for (``stack.*.attn``)."""
        asked = None if paths is None else arguments.paths(paths, "paths")
        return self.engine.trace(paths=asked, **self._encoded(values, by_name))

    def draw(
        self,
        path: str | Path | None = None,
        *,
        inputs: Mapping[str, Any] | None = None,
        open: str | Iterable[str] = (),
        depth: int | None = None,
        neurons: int = 24,
        **looks: Unpack[Looks],
    ) -> Drawing:
        """Draw the graph with these parameters, and with the values of a run.

        ``inputs`` are those of the run, by name; all else is as in ``Graph.draw``.

        Raises:
            DataError: if an input does not fit.
        """
        values: dict[str, Any] = {}
        if inputs is not None:
            given = self._encoded((), arguments.by_name(inputs, "inputs"))
            values = {**self.engine.trace(**given), **given}
        return self.graph.draw(
            path,
            open=open,
            depth=depth,
            values=values,
            parameters=self.parameters,
            neurons=neurons,
            **looks,
        )

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The arrays by path; ties and shares resolve, but are not listed."""
        return self.engine.parameters

    def read(self, outputs: Any, top: int = 5) -> Readings:
        """What outputs say, if the spec interprets them; ``print`` it to have it in words.

        Args:
            outputs: what a call of this model gave.
            top: how many of the likeliest next tokens to tell.
        """
        from boxwork.words import read

        if not isinstance(outputs, Mapping):
            outputs = {next(iter(self.graph.outputs)): outputs}
        top = arguments.count(top, "top")
        return read(self.graph.checked, self.graph.interpretation, outputs, top)

    def save(self, path: str | Path) -> None:
        """Write the parameters as safetensors, paths as names; whole or not at all.

        Raises:
            DataError: if the name does not end in ``.safetensors``, or it cannot be written.
        """
        from boxwork.engines.parameters.weights import save
        from boxwork.files import known_suffix

        if not Path(path).exists() or Path(path).is_file():  # a pipe has any name
            known_suffix(path, (".safetensors",), "a set of weights")
        save(path, self.graph.checked, self.engine.parameters)

    def _learning(self) -> tuple[Spec, Mapping[str, Any]]:
        return self.graph.spec, self.engine.parameters

    def _encoded(self, values: Sequence[Any], by_name: Mapping[str, Any]) -> dict[str, Any]:
        from boxwork.engines.feeding.inputs import named
        from boxwork.texts import encoded

        given = named(self.graph.checked, values, by_name)
        return encoded(self.graph.checked, self.graph.interpretation, given)

    def _begin(self, values: Sequence[Any], by_name: Mapping[str, Any]) -> Generation:
        from boxwork.engines.feeding.inputs import named
        from boxwork.generation import Generation, start

        graph = self.graph
        if "beams" in by_name and "beams" not in graph.inputs:
            raise TypeError(
                "one continuation has no beams; continuations(…, beams=5) gives the likeliest five"
            )
        given = named(graph.checked, values, by_name)
        return Generation(
            self.engine, start(graph.checked, graph.interpretation, given, warned), warned
        )

    def __repr__(self) -> str:
        from boxwork.graphs.totals import total

        numbers = total(self.graph.checked)
        return f"<Model {self.graph.name}: {numbers:,} parameters, {self.engine.dtype.name}>"
