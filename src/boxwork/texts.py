"""Inputs given as text: what the tokenizers of a spec make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from boxwork.engines.tokens.tokenizers import Tokenizer, input_tokenizer
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError
from boxwork.specs.interpret import Interpretation


def encoded(
    graph: Graph, interpretation: Interpretation, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a run, texts and lists of texts as the ids of their tokens.

    The text of an input that an output goes on with gets no end.
    """
    going_on = {interpretation.next_of(output) for output in interpretation.outputs}
    found = dict(values)
    for name, value in values.items():
        if name in graph.inputs and _is_text(value):
            tokens = input_tokenizer(graph, interpretation, name)
            if tokens is not None:
                found[name] = _encode(name, tokens, value, unfinished=name in going_on)
    return found


def _is_text(value: Any) -> bool:
    some = isinstance(value, list | tuple) and len(value) > 0
    return isinstance(value, str) or (some and all(isinstance(one, str) for one in value))


def _encode(name: str, tokens: Tokenizer, value: Any, *, unfinished: bool) -> list[Any]:
    if not isinstance(value, str):
        return [
            _encode(f"{name}[{place}]", tokens, one, unfinished=unfinished)
            for place, one in enumerate(value)
        ]
    try:
        return list(tokens.encode(value, unfinished=unfinished))
    except DataError as error:
        said = (replace(d, message=f"{name}: {d.message}") for d in error.diagnostics)
        raise DataError(said) from None
