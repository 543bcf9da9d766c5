"""What a training aims at: the graph with its loss, and what its inputs mean."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.engines.tokens.tokenizers import Tokenizer, input_tokenizer
from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph, Primitive
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Interpretation, Names
from boxwork.specs.objective import objective
from boxwork.specs.spec import Spec


@dataclass(frozen=True, slots=True)
class Goal:
    """A graph whose output ``loss`` says how far ``output`` is from the input ``wanted``."""

    graph: Graph
    interpretation: Interpretation
    output: str
    wanted: str
    loss: str
    block: str

    @classmethod
    def of(cls, spec: Spec, loss: str | None = None) -> Goal:
        """The goal of a spec, with the loss of this name or its usual one."""
        aim = objective(spec, block=loss)
        graph = build(aim.spec)
        if aim.loss not in spec.root.outputs:
            _hold_plain(graph, aim.loss, aim.block)
        return cls(graph, spec.interpretation, aim.output, aim.wanted, aim.loss, aim.block)

    @property
    def inputs(self) -> list[str]:
        """What the spec reads, without what is wanted of it."""
        return [name for name in self.graph.inputs if name != self.wanted]

    @property
    def next_of(self) -> str | None:
        """The input that the output says the continuation of."""
        return self.interpretation.next_of(self.output)

    @property
    def classes(self) -> tuple[str, ...]:
        """What the numbers of the output are called."""
        ways = self.interpretation.outputs.get(self.output, ())
        return next((way.names for way in ways if isinstance(way, Names)), ())

    def tokenizer(self, name: str) -> Tokenizer:
        """The tokenizer of an input that is to be read from text."""
        found = input_tokenizer(self.graph, self.interpretation, name)
        if found is None:
            hint = f"name one: `interpret: {{{name}: {{tokenizer: characters, alphabet: …}}}}`"
            raise unsuited(f"{name} has no tokenizer, so it cannot read text", hint)
        return found


def _hold_plain(graph: Graph, loss: str, block: str) -> None:
    """Refuse to add a loss that has something to learn: its weights would be the spec's."""
    own = graph.root.nodes[loss].part
    if isinstance(own, Primitive) and own.parameters:
        message = f"{block} has parameters of its own ({', '.join(own.parameters)})"
        hint = f"make it a node and an output of the spec: {loss}: {{use: {block}, in: …}}"
        raise unsuited(f"{message}, so it is not added to a spec that lacks them", hint)


def hold_tokens(goal: Goal, what: str) -> None:
    """Refuse a loss of numbers where tokens are wanted."""
    if goal.graph.inputs[goal.wanted].bound is None:
        message = f"{goal.block} compares numbers, and {what} gives tokens"
        raise unsuited(message, "leave the loss out: CrossEntropy is for tokens")


def unsuited(message: str, hint: str = "") -> DataError:
    """What is said if a spec cannot be trained on what is given."""
    return DataError([Diagnostic("BW464", message, help=hint)])
