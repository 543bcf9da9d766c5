"""``boxwork count``: parameters, operations, memory and time of a spec, and their sums."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from boxwork.commands.guard import print_json, warn
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, ToyOption, context_option


class Why(StrEnum):
    """The figures whose sums are told."""

    params = "params"
    flops = "flops"
    kv = "kv"
    memory = "memory"


class Dtype(StrEnum):
    """The kinds of numbers that weights may be."""

    float32 = "float32"
    float16 = "float16"
    bfloat16 = "bfloat16"
    int8 = "int8"
    int4 = "int4"


def count(
    spec: SpecArgument,
    path: Annotated[
        str,
        typer.Argument(
            metavar="[PATH]",
            help="Only what is in one box: stack.*.attn, or stack.3 for one copy.",
            show_default=False,
        ),
    ] = "",
    toy: ToyOption = False,
    sets: SetOption = None,
    context: Annotated[int | None, context_option("the longest that the spec allows")] = None,
    batch: Annotated[
        int, typer.Option("--batch", min=1, metavar="N", help="How many samples at a time.")
    ] = 1,
    dtype: Annotated[
        Dtype,
        typer.Option("--dtype", help="The numbers; of int8 and int4 only the weights are."),
    ] = Dtype.bfloat16,
    depth: Annotated[
        int, typer.Option("--depth", min=1, metavar="N", help="How many levels of boxes to show.")
    ] = 1,
    why: Annotated[
        Why | None,
        typer.Option("--why", help="Print the sum behind a figure, with the formula of each box."),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="NAME", help="An accelerator to tell of. May be repeated."),
    ] = None,
    accelerators: Annotated[
        str | None,
        typer.Option(
            "--accelerators",
            metavar="FILE",
            help="A YAML file of more accelerators, as graphs/counting/accelerators.yaml is.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count what a spec costs: parameters, operations, memory, time.

    A multiply-add is two operations; docs/counting.md has the conventions.

    Examples:
        boxwork count gpt2
        boxwork count llama-3.1-8b --context 8192 --dtype int8 --on h100-sxm
        boxwork count gpt2 --why flops stack.*.attn
    """
    from boxwork.api import load
    from boxwork.commands import countpage

    graph = load(spec, *(sets or ()), toy=toy)
    counted = graph.count(context, batch=batch, dtype=dtype.value, accelerators=accelerators)
    if why is not None:
        lines = counted.why(why.value, path)
        if as_json:
            print_json(countpage.why_facts(counted, lines))
        else:
            typer.echo("\n".join(countpage.why(counted, why.value, lines, path)))
    elif as_json:
        print_json(countpage.facts(counted, path, on or ()))
    else:
        typer.echo("\n".join(countpage.page(counted, path, depth, on or ())))
    warn((*graph.warnings, *counted.warnings))
