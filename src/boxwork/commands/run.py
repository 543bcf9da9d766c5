"""``boxwork run``: numbers or text in, numbers and what they say out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands.guard import CallError, print_json
from boxwork.commands.loading import loaded
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, ToyOption

if TYPE_CHECKING:
    from boxwork.api import Graph, Model


class Dtype(StrEnum):
    """The numbers that a run computes with."""

    float32 = "float32"
    float64 = "float64"


InOption = Annotated[
    list[str] | None,
    typer.Option(
        "--in",
        metavar="NAME=VALUE",
        help="An input: text where the spec names a tokenizer, else numbers (1,2.5,3) or JSON "
        "([1,2,3]); a file by @FILE or by its path (.npy, .npz, .json, .txt). A .npz or .json "
        "file alone gives all inputs by name. May be repeated.",
        show_default=False,
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="FILE",
        help="Parameters: a .safetensors file, or a folder of them. Random without it.",
        show_default=False,
    ),
]
OutOption = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Write outputs and traces: .npz and .json by name, .npy for a single one.",
        show_default=False,
    ),
]
TraceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--trace",
        metavar="PATH",
        help="Also tell what is on the wire of this name: stack.0.attn, stack.*.ff. "
        "May be repeated.",
        show_default=False,
    ),
]


def run(
    spec: SpecArgument,
    given: InOption = None,
    weights: WeightsOption = None,
    seed: Annotated[int, typer.Option(min=0, help="What random parameters are drawn by.")] = 0,
    dtype: Annotated[Dtype, typer.Option(help="What is computed with.")] = Dtype.float32,
    out: OutOption = None,
    trace: TraceOption = None,
    toy: ToyOption = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a spec on text or numbers.

    The parameters are random unless --weights gives them; with --toy, so are the inputs unless
    --in gives them. Text for an input that has a
    tokenizer may be given as ids, too, as a JSON list: --in tokens=[8,21,13].

    Examples:
        boxwork run gpt --in tokens="humpty dumpty sat on a wall"
        boxwork run leaf-flower --in features=32,107,56,11.2
        boxwork run gpt2 --set dims.layers=2 --in tokens=[8,21,13] --out logits.npz
        boxwork run gemma-3-27b --toy
    """
    from boxwork.commands import arrayfiles
    from boxwork.commands.values import inputs
    from boxwork.files import known_suffix
    from boxwork.invented import invented

    graph = loaded(spec, sets, toy=toy)
    if out is not None:
        known_suffix(out, arrayfiles.SUFFIXES, "a result")
    drawn = given is None and toy and bool(graph.inputs)
    if given is None and graph.inputs and not toy:
        hint = "give each with --in NAME=VALUE"
        if graph.spec.toy:
            hint += ", or take random ones at small sizes with --toy"
        raise CallError(f"{graph.name} takes {_wanted(graph)}", hint)
    values = invented(graph.checked, seed) if drawn else inputs(graph, given or ())
    _check(graph, values, dtype.value)
    model = _model(graph, weights, seed, dtype.value)
    outputs, traced = _results(model, values, trace or ())
    if out is not None:
        arrayfiles.save(out, outputs | traced)
    if as_json:
        print_json(_facts(model, values if drawn else {}, outputs, traced, weights, seed))
        return
    _show(model, outputs, traced)
    random = [
        *(["parameters"] if weights is None and graph.random else []),
        *(values if drawn else []),
    ]
    if random:
        typer.echo(_said_random(random, seed))
    if out is not None:
        typer.echo(f"wrote {out}", err=True)


def _said_random(what: list[str], seed: int) -> str:
    """What of a run is random: its parameters, inputs by their names."""
    said = " and ".join([", ".join(what[:-1]), what[-1]] if what[1:] else what)
    are = "are" if what[1:] or what == ["parameters"] else "is"
    the = "The " if what[0] == "parameters" else ""
    return f"{the}{said} {are} random (seed {seed}): the numbers mean nothing yet."


def _wanted(graph: Graph) -> str:
    wires = (f"{name}: {wire.named()}" for name, wire in graph.inputs.items())
    return f"{'an input' if len(graph.inputs) == 1 else 'inputs'}, {', '.join(wires)}"


def _check(graph: Graph, values: Mapping[str, Any], dtype: str) -> None:
    """Refuse wrong input before the parameters are made, which may take a while."""
    from boxwork.engines.feeding.inputs import check
    from boxwork.texts import encoded

    check(graph.checked, encoded(graph.checked, graph.interpretation, values), dtype)


def _model(graph: Graph, weights: str | None, seed: int, dtype: str) -> Model:
    if weights is None:
        return graph.init(seed=seed, dtype=dtype)
    return graph.load(weights, dtype=dtype)


def _results(
    model: Model, values: Mapping[str, Any], paths: list[str] | tuple[()]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The outputs, and what was asked for beside them, all from one pass."""
    names = list(model.graph.outputs)
    found = model.trace(paths=[*names, *paths], **values)
    traced = {path: found[path] for path in found if path not in names}
    return {name: found[name] for name in names}, traced


def _show(model: Model, outputs: Mapping[str, Any], traced: Mapping[str, Any]) -> None:
    """Readings in words, and every array as a small table or in a line."""
    from boxwork.commands.numbers import table

    for name, value in {**outputs, **traced}.items():
        typer.echo("\n".join(table(name, value)))
    for line in model.read(dict(outputs)).lines():
        typer.echo(line)


def _facts(
    model: Model,
    drawn: Mapping[str, Any],
    outputs: Mapping[str, Any],
    traced: Mapping[str, Any],
    weights: str | None,
    seed: int,
) -> dict[str, object]:
    from boxwork.commands.arrayfiles import plain

    return {
        "name": model.graph.name,
        "weights": weights,
        "seed": seed if weights is None or drawn else None,
        "random_inputs": {name: plain(value) for name, value in drawn.items()},
        "outputs": {name: plain(value) for name, value in outputs.items()},
        "trace": {path: plain(value) for path, value in traced.items()},
        "readings": model.read(dict(outputs)).facts(),
    }
