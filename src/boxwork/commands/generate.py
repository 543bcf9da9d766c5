"""``boxwork generate``: a prompt in, what follows on it out, as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands.guard import CallError, print_json, warn
from boxwork.commands.loading import loaded
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, ToyOption
from boxwork.commands.run import InOption, WeightsOption

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.engines.generation.choose import Choosing
    from boxwork.generation import Generation
    from boxwork.specs.diagnostics import Diagnostic

PromptOption = Annotated[
    str | None,
    typer.Option(
        "--prompt",
        metavar="TEXT",
        help="What to go on from: text where the spec names a tokenizer, else ids as a JSON "
        "list; @FILE reads it from a file. May be left out if the tokenizer has a start.",
        show_default=False,
    ),
]
TemperatureOption = Annotated[
    float | None,
    typer.Option(
        metavar="T",
        help="Draw by chance: below 1 the likely tokens become likelier, above 1 less so. "
        "0 takes the likeliest, as without it.",
        show_default=False,
    ),
]
TopKOption = Annotated[
    int | None,
    typer.Option(metavar="K", help="Draw from the K likeliest tokens alone.", show_default=False),
]
TopPOption = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        help="Draw from the fewest tokens whose chances add up to P.",
        show_default=False,
    ),
]
BeamsOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Tell the N best continuations instead, each after its score: the sum of the "
        "logarithms of its tokens' chances.",
        show_default=False,
    ),
]
PenaltyOption = Annotated[
    float,
    typer.Option(
        metavar="POWER",
        help="With --beams: divide scores by the length to this power, for longer ones.",
    ),
]
StopOption = Annotated[
    str, typer.Option(metavar="TEXT", help="End before this text.", show_default=False)
]


def generate(
    spec: SpecArgument,
    prompt: PromptOption = None,
    given: InOption = None,
    weights: WeightsOption = None,
    max_new: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many tokens to add at most.")
    ] = 64,
    temperature: TemperatureOption = None,
    top_k: TopKOption = None,
    top_p: TopPOption = None,
    beams: BeamsOption = None,
    length_penalty: PenaltyOption = 0.0,
    seed: Annotated[
        int, typer.Option(min=0, metavar="S", help="What tokens (and random weights) are drawn by.")
    ] = 0,
    stop: StopOption = "",
    toy: ToyOption = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a model go on from a prompt.

    The likeliest token follows, unless --temperature, --top-k or --top-p ask for chance. What is
    printed begins with the prompt; with --toy it is random if none is given. An encoder-decoder
    takes its source with --in.

    Examples:
        boxwork generate gpt --prompt "humpty d" --max-new 20
        boxwork generate gpt --prompt "humpty d" --temperature 0.8 --top-k 5 --seed 7
        boxwork generate gpt --prompt "h" --beams 3 --max-new 4
        boxwork generate llama-3.1-405b --toy
        boxwork generate transformer --in source="Wo wohnst du?" --set dims.layers=1 --max-new 5
    """
    how = _choosing(temperature, top_k, top_p, seed, beams, length_penalty)
    graph = loaded(spec, sets, toy=toy)
    told: list[Diagnostic] = []
    drawn = toy and prompt is None and not given
    begun = _begin(
        graph, None if drawn else _asked(graph, prompt, given or []), weights, seed, told.append
    )
    if stop:
        begun.require_text()
    if weights is None and graph.random:
        what = "weights and the inputs" if drawn else "weights"
        note = f"The {what} are random (seed {seed}): what follows means nothing yet."
        typer.echo(note, err=True)
    warn(told)
    told.clear()
    facts: dict[str, object] = {
        "name": graph.name,
        "weights": weights,
        "seed": seed,
        "prompt": {"tokens": begun.prompt, "text": begun.begun if begun.tokenizer else None},
    }
    if beams is not None:
        _beams(begun, beams, max_new, length_penalty, stop, facts if as_json else None)
    elif as_json:
        print_json(facts | _whole(begun, how, max_new, stop))
    else:
        _stream(begun, how, max_new, stop)
    warn(told)  # not in the middle of the text


def _choosing(
    temperature: float | None,
    top_k: int | None,
    top_p: float | None,
    seed: int,
    beams: int | None,
    length_penalty: float,
) -> Choosing:
    """How to choose; a call that says nonsense is refused."""
    from boxwork.engines.generation.choose import Choosing

    try:
        how = Choosing(temperature, top_k, top_p, seed)
    except ValueError as error:
        name, _, said = str(error).partition(" ")
        raise CallError(f"--{name.replace('_', '-')} {said}") from None
    if beams is None:
        if length_penalty:
            raise CallError("--length-penalty is for --beams", "add --beams 3, or leave it out")
        return how
    if beams < 1:
        raise CallError(f"--beams is a whole number from 1, not {beams}")
    if not 0 <= length_penalty < float("inf"):
        raise CallError(f"--length-penalty is a number from 0, not {length_penalty}")
    if (temperature, top_k, top_p) != (None, None, None):
        hint = "leave out --temperature, --top-k and --top-p, or --beams"
        raise CallError("--beams finds the likeliest, and draws nothing by chance", hint)
    return how


def _asked(graph: Graph, prompt: str | None, given: list[str]) -> dict[str, Any]:
    """The inputs that were given; the prompt is that of the input that grows."""
    from boxwork.commands.values import inputs
    from boxwork.engines.generation.target import target

    name = target(graph.checked, graph.interpretation).input
    return inputs(graph, [*given] if prompt is None else [*given, f"{name}={prompt}"])


def _begin(
    graph: Graph,
    values: dict[str, Any] | None,
    weights: str | None,
    seed: int,
    tell: Callable[[Diagnostic], None],
) -> Generation:
    """The model with what it goes on from, drawn at random if there are no values.

    Wrong inputs are told before it is made.
    """
    from boxwork.generation import Generation, start
    from boxwork.invented import invented

    if values is None:
        values = invented(graph.checked, seed)
    begin = start(graph.checked, graph.interpretation, values, tell)
    model = graph.init(seed=seed) if weights is None else graph.load(weights)
    return Generation(model.engine, begin, tell)


def _stream(begun: Generation, how: Choosing, most: int, stop: str) -> None:
    """Print what comes as it comes; after Ctrl-C the line is ended."""
    tokens = begun.tokens(how, most)
    try:
        if begun.tokenizer is None:
            typer.echo(" ".join(map(str, begun.prompt)), nl=False)
            for token in tokens:
                typer.echo(f" {token}", nl=False)
        else:
            typer.echo(begun.begun, nl=False)
            for piece in begun.text(tokens, stop):
                typer.echo(piece, nl=False)
    finally:
        typer.echo()


def _whole(begun: Generation, how: Choosing, most: int, stop: str) -> dict[str, object]:
    """The tokens and the text as facts."""
    found: list[int] = []

    def noted() -> Iterator[int]:
        for token in begun.tokens(how, most):
            found.append(token)
            yield token

    if begun.tokenizer is None:
        return {"tokens": list(noted()), "text": None}
    text = "".join(begun.text(noted(), stop))
    return {"tokens": found, "text": text}


def _beams(
    begun: Generation,
    count: int,
    most: int,
    power: float,
    stop: str,
    facts: dict[str, object] | None,
) -> None:
    """The best continuations, one to a line after its score; or as facts."""
    found = begun.best(count, most, power, stop)
    if facts is not None:
        shown = [{"tokens": c.tokens, "text": c.text, "score": c.score} for c in found]
        print_json(facts | {"continuations": shown})
        return
    for one in found:
        ids = " ".join(map(str, (*begun.prompt, *one.tokens)))
        text = ids if one.text is None else f"{begun.begun}{one.text}".replace("\n", "\\n")
        typer.echo(f"{one.score:8.3f}  {text}")
